"""The table of timers says what happens: weeks of a street in which every timer fires, held against its row."""

from pipeline.core.timers import TIMER_TABLE, ArmedBy
from schemas.journal.clock_events import TimerFired
from schemas.values.terms import TimerKind
from tests.golden.recorded import read, replay


def test_what_fires_was_armed_as_its_row_says_and_gives_its_notice():
    """A clock's timer names its clock, a case's own names none; whoever is told is told by the notice of the row."""
    fired = set()
    for outcome in replay(fed for fed, _ in read("every_turn")):
        for event in outcome.entry.events:
            if isinstance(event, TimerFired):
                kind, row = event.timer.kind, TIMER_TABLE[event.timer.kind]
                fired.add(kind)
                assert (event.timer.clock is None) == (row.armed_by in (ArmedBy.EVENT, ArmedBy.RULES))
                assert {notice.kind for notice in outcome.notices} == {row.notice} - {None}
    assert fired >= set(TimerKind) - {TimerKind.RULES_CHANGED}
