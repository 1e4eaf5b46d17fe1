"""Faults of the time that a unit has (权属单位时限): I8, I9. Each spoils a good log in one way."""

from msgspec.structs import replace

from schemas.journal.clock_events import ClocksChanged
from tests.audit.logs import MemoryLog
from tests.audit.mutant import planted
from tests.audit.spoiling import edit_clock, edit_entry, entry, with_clock


@planted("I8", "an owner has a case and the handling has a team's limit")
def owner_with_a_teams_limit(log: MemoryLog):
    index = with_clock(log, "case_dispatched", "recomputed", "dispose")
    edit_clock(log, index, "recomputed", lambda clock: replace(clock, limit="3 workdays"), "dispose")


@planted("I9", "an owner has a case and its clocks are not counted anew")
def owner_not_counted(log: MemoryLog):
    index = with_clock(log, "case_dispatched", "recomputed", "dispose")
    kept = tuple(
        event
        for event in entry(log, index).events
        if not isinstance(event, ClocksChanged)
        or all(change.change.value != "recomputed" for change in event.changes)
    )
    edit_entry(log, index, events=kept)
