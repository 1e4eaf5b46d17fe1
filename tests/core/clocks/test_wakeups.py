"""The wakeups wakes each case when its first timer is due, in order, and does not grow with what is past."""

from msgspec.structs import replace

from pipeline.core.clocks import running_clocks
from pipeline.core.clocks.wakeups import _STALE_SLACK, Wakeups
from schemas.state.case import Timer
from schemas.values.terms import TimerKind
from tests.core.story import Story


def test_what_is_due_first_comes_first():
    """Across cases, by the instant; the same instant by case id."""
    story = Story()
    for minute, matter in enumerate(("SR-001", "SR-008", "SZ-002")):
        story.wait(minutes=minute).report(matter=matter)
    cases = {case.case_id: case for case in story.core.cases()}
    wakeups = Wakeups(cases)
    for case in cases.values():
        wakeups.note(None, case)
    due = []
    while (found := wakeups.first()) is not None:
        case = found
        due.append((running_clocks.wake(case), case.case_id))
        after = replace(
            case, clocks=tuple(clock for clock in case.clocks if clock.wake_at != running_clocks.wake(case))
        )
        cases[case.case_id] = after
        wakeups.note(case, after)
    assert due == sorted(due)
    assert len(due) == sum(len({c.wake_at for c in case.clocks}) for case in story.core.cases())


def test_stale_wake_ups_are_swept():
    """A case that changes ten thousand times leaves a heap of about the armed cases, not of the changes."""
    story = Story().report()
    case = story.case
    cases = {case.case_id: case}
    wakeups = Wakeups(cases)
    wakeups.note(None, case)
    timer = Timer(kind=TimerKind.RETIRE, due_at=case.facts.opened_at)
    for second in range(10_000):
        moved = replace(timer, due_at=timer.due_at.replace(microsecond=second))
        after = replace(case, timers=(moved,))
        cases[case.case_id] = after
        wakeups.note(case, after)
        case = after
    assert len(wakeups._heap) <= _STALE_SLACK + 3
    assert wakeups.next_due() == case.timers[0].due_at


def test_a_case_with_other_rules_is_due_before_its_own_deadlines_until_it_changes():
    """Like any other timer: by the time it is due since, and once."""
    story = Story().report().wait(minutes=1).report(matter="SR-008", source_no="other")
    cases = {case.case_id: case for case in story.core.cases()}
    wakeups = Wakeups(cases)
    for case in cases.values():
        wakeups.note(None, case)
    own = wakeups.next_due()
    for case in cases.values():
        wakeups.note_other_rules(case)
    for case in sorted(cases.values(), key=lambda one: one.facts.opened_at):
        assert wakeups.first() is case
        assert wakeups.next_due() == case.facts.opened_at
        assert wakeups.is_outdated(case)
        wakeups.note(case, case)
        assert not wakeups.is_outdated(case)
    assert wakeups.next_due() == own


def test_without_cases_nothing_is_due():
    """Nothing is armed, nothing is due."""
    assert Wakeups({}).next_due() is None
    assert Wakeups({}).first() is None
