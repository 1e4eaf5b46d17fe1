"""Faults of what is said of dead letters: I17. Each spoils a good log in one way."""

from msgspec.structs import replace

from tests.audit.logs import MemoryLog
from tests.audit.mutant import planted
from tests.audit.spoiling import at, edit_entry, edit_event, entry


@planted("I17", "a record that is pushed again does not say for which dead letter")
def retry_untraced(log: MemoryLog):
    index = at(log, "letter_discarded") - 1
    edit_entry(log, index, cause=replace(entry(log, index).cause, retry_of=None))


@planted("I17", "what was never a dead letter is discarded")
def discard_unknown(log: MemoryLog):
    edit_event(log, at(log, "letter_discarded"), "letter_discarded", letter="0:1:1:deadletter:0")
