"""All cases of one partition, folded from the journal alone by the auditor's own tables."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from pipeline.audit.log.entry_join import Output
from pipeline.audit.log.partition_log import AuditRecord
from pipeline.audit.model.apply_event import apply_event
from pipeline.audit.model.audit_tables import OPENING, REPEATING, name_of
from pipeline.audit.model.case_memory import CaseMemory, seeded
from pipeline.audit.model.claim_account import remember_claim
from schemas.journal.entry import JournalEntry
from schemas.journal.events import Answer, CaseRetired, Event
from schemas.state.case import Case


class Touched(NamedTuple):
    """A case that an entry touched: as it was, as it is, and the events of the entry that are its own."""

    before: CaseMemory | None
    after: CaseMemory
    events: tuple[Event, ...]
    illegal_event: str | None = None
    """The first event that may not happen to a case as it stood."""

    def has(self, *names: str) -> bool:
        """Whether one of these events happened to it."""
        return any(name_of(event) in names for event in self.events)

    def event(self, *names: str) -> Event | None:
        """The first of these events that happened to it."""
        return next((event for event in self.events if name_of(event) in names), None)


class Fold:
    """All cases of one partition."""

    def __init__(self) -> None:
        """None yet."""
        self.cases: dict[str, CaseMemory] = {}
        self.retired = 0
        self.strangers: list[str] = []
        """Of the last entry: the cases whose opening was never read."""

    def apply(self, entry: JournalEntry, seeds: Mapping[str, Case]) -> list[Touched]:
        """The cases that the entry touches, in the order in which they come up; they are changed to what it says.

        A case whose opening was never read is taken from `seeds`, the snapshots of this very entry, and not judged.
        """
        touched = []
        self.strangers = []
        for case_id, events in _by_case(entry).items():
            case = self.cases.get(case_id)
            if case is None and name_of(events[0]) != OPENING:
                self.strangers.append(case_id)
                if case_id in seeds:
                    self.cases[case_id] = seeded(seeds[case_id])
                continue
            touched.append(self._touch(case_id, case, events, entry))
        return touched

    def last_of(self, written_back: Iterable[Output]) -> Iterator[tuple[AuditRecord, Case, CaseMemory]]:
        """Those of the snapshots that are the last of their case, with what the case is by its entries."""
        for output in written_back:
            snapshot = output.content
            memory = self.cases.get(snapshot.case_id) if isinstance(snapshot, Case) else None
            if isinstance(snapshot, Case) and memory is not None and memory.entry_id == snapshot.entry_id:
                yield output.record, snapshot, memory

    def _touch(
        self, case_id: str, case: CaseMemory | None, events: tuple[Event, ...], entry: JournalEntry
    ) -> Touched:
        before = case.copy() if case else None
        illegal = None
        for event in events:
            case, legal = apply_event(case, event)
            remember_claim(case, event)
            illegal = illegal or (None if legal else name_of(event))
        if case is None:
            raise LookupError(f"{case_id}: the first event of a case opens it")
        case.version += 1
        case.entry_id, case.rules_version = entry.entry_id, entry.rules_version
        self.cases[case_id] = case
        if any(isinstance(event, CaseRetired) for event in events):
            del self.cases[case_id]
            self.retired += 1
        return Touched(before, case, events, illegal)


def _by_case(entry: JournalEntry) -> Mapping[str, tuple[Event, ...]]:
    events_of: dict[str, tuple[Event, ...]] = {}
    for event in entry.events:
        if name_of(event) in REPEATING or isinstance(event, Answer):
            continue
        events_of[event.case_id] = (*events_of.get(event.case_id, ()), event)
    return events_of
