"""The table of timers says what happens: weeks of a street in which every timer fires, held against its row."""

from pipeline.core.timers import TIMER_TABLE, ArmedBy
from schemas.journal.clock_events import TimerFired
from schemas.values.terms import NoticeKind, TimerKind
from tests.audit.good_story.good import good_story


def test_what_fires_was_armed_as_its_row_says_and_gives_its_notice():
    """A clock's timer names its clock, a case's own names none; whoever is told is told by the notice of the row."""
    fired = set()
    for outcome in good_story().outcomes:
        for event in outcome.entry.events:
            if isinstance(event, TimerFired):
                kind, row = event.timer.kind, TIMER_TABLE[event.timer.kind]
                fired.add(kind)
                of_clock = row.armed_by in (ArmedBy.LADDER, ArmedBy.CLOCK_END)
                assert (event.timer.clock is not None) == of_clock
                told = NoticeKind.REQUEST_LAPSED if kind is TimerKind.REQUEST_LAPSED else row.notice
                assert {notice.kind for notice in outcome.notices} == {told} - {None}
    assert fired >= set(TimerKind) - {TimerKind.RULES_CHANGED}
