"""What was decided while a partition's time was ahead, and the time was set back since: nothing fails, nothing is due twice, nothing runs backwards."""

from collections import Counter
from datetime import timedelta
from itertools import pairwise

import pytest

from pipeline.core.worktime import clock_arithmetic
from schemas.journal.clock_events import TimerFired
from schemas.state.case import Case
from tests.core.players.play import Play
from tests.core.players.witness import Tally
from tests.core.story import ELSEWHERE, RULES, Story

DAY = 24
SCRIPTS = (
    ("tuesday", f"burst 1 120 orderly; set_back {DAY}; burst 2 150 asking; wait 30; burst 3 90 together"),
    ("golden week", f"burst 4 150 punishing; set_back {DAY * 9}; burst 5 150 punishing; wait 90"),
    ("year end", f"burst 6 120 together; set_back {DAY}; burst 7 90 tidying; set_back 2; burst 8 90 orderly"),
    ("spring festival", f"burst 9 150 tidying; set_back {DAY * 365}; burst 10 150 hostile; wait 60"),
    ("make-up saturday", f"burst 11 120 asking; set_back {DAY * 2}; burst 12 150 asking; wait 80; burst 13 60 orderly"),
)  # fmt: skip


def clocks_are_sound(case: Case) -> None:
    """No clock has run for less than no time, and its halts come one after the other."""
    for clock in case.clocks:
        hours = RULES.hours_of(clock.roster)
        halts = [(move.at, move.until) for move in clock.moves if move.until is not None]
        moments = [clock.started_at, *(moment for halt in halts for moment in halt)]
        assert all(one <= two for one, two in pairwise(moments)), f"{case.case_id} {clock.kind}"
        for at in (*moments, clock.due_at, clock.started_at - timedelta(days=1)):
            assert clock_arithmetic.used(hours, clock, at) >= timedelta()


@pytest.mark.parametrize(("start", "script"), SCRIPTS)
def test_whatever_people_do_before_and_after_no_promise_is_broken(start: str, script: str) -> None:
    """All laws of the players hold after each step, over a restart, and when all of it is decided once more."""
    play = Play(Tally(), start)
    for words in script.split("; "):
        play.do(words)
        for case in play.witness.latest.values():
            clocks_are_sound(case)
    play.do("replay")


def test_a_case_of_tomorrow_gets_all_its_time_by_its_own_beginning() -> None:
    """Its clocks began ahead: they are due by that, nobody is warned earlier, and each rung is climbed once."""
    story = Story().report()
    due = story.clock("dispose").due_at
    story.set_back(days=1)
    assert story.clock("dispose").due_at == due
    until_due = due - story.now
    story.wait(seconds=until_due.total_seconds() - 1)
    assert ("breach", 1, "team") not in [(kind, level, "team") for kind, level, _ in story.notified()]
    story.wait(days=3)
    fired = Counter(
        (event.timer.clock, event.timer.level, event.timer.kind)
        for outcome in story.outcomes
        for event in outcome.entry.events
        if isinstance(event, TimerFired) and event.timer.level is not None
    )
    assert fired
    assert set(fired.values()) == {1}


def test_a_breach_of_tomorrow_is_not_told_again_today() -> None:
    """What fired ahead stays so: after the time is set back its rung is behind, and the deadline passes in silence."""
    story = Story().report().wait(days=2)
    early = story.notified()
    assert ("breach", 2, "duty_chief") in early
    story.set_back(days=2)
    story.wait(days=3)
    assert story.notified() == early


def test_people_go_on_with_a_case_of_tomorrow() -> None:
    """It is signed for, handled, proved and closed today; a report of the same place joins it."""
    story = Story().report().path("sign").set_back(days=1)
    case_id = story.case_id
    story.wait(minutes=5).report()
    assert story.answer == "merged"
    assert story.case_id == case_id
    story.path("arrive", "dispose", "pass", "call")
    assert story.stage.value == "closed"
    clocks_are_sound(story.case)


def test_a_halt_of_tomorrow_counts_once_though_the_case_rests_again_today() -> None:
    """A clock whose last halt lies ahead stands from the end of that on: the same time moves its deadline only once."""
    story = Story().path("report", "sign", "arrive")
    story.act("suspend").act("decide").wait(hours=30).act("resume")
    assert story.answer == "accepted"
    before = story.clock("dispose")
    story.set_back(hours=24).act("suspend").act("decide")
    stood = story.clock("dispose")
    assert stood.stopped_at == before.moves[-1].until
    story.wait(hours=2).act("resume")
    after = story.clock("dispose")
    assert after.due_at == before.due_at
    clocks_are_sound(story.case)


def test_what_is_opened_today_stands_beside_what_was_opened_tomorrow() -> None:
    """A new case of another place counts from now, and what it is due by comes first."""
    story = Story().report().set_back(days=1).report(place=ELSEWHERE)
    assert story.case.facts.opened_at == story.now
    assert story.core.next_due() == min(clock.wake_at for clock in story.case.clocks if clock.wake_at)
