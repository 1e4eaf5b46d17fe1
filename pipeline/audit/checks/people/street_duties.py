"""I15 and I20 of the people and devices of a street: what is kept of them follows from the journal, and a device is with one person at a time.

The journal is folded by the auditor itself (`model.people.duty_memory`). Only where it is read from its beginning: what happened before
is not known.
"""

from collections.abc import Sequence
from typing import Final

from pipeline.audit.checks.check_context import CheckContext
from pipeline.audit.findings import Invariant
from pipeline.audit.log.entry_join import Join, JoinedEntry
from pipeline.audit.log.partition_log import LogPlace
from pipeline.audit.model.fold import Touched
from pipeline.audit.model.people.duty_memory import DutyMemory, duty_sides
from schemas import topics
from schemas.duty.duty_events import DeviceHandedBack, DeviceHandedOut, DutyActionAccepted, DutyEvent
from schemas.duty.street_duty import StreetDuty

_PARTLY: Final = "the journal is not read from its beginning"


class StreetDuties:
    """One partition's streets."""

    def __init__(self, context: CheckContext) -> None:
        self._context = context
        self._holds = context.findings.holds
        self.streets: Final[dict[str, DutyMemory]] = {}
        self._seen: dict[str, str] = {}
        """By street, the entry of the last state that stands in the log."""

    def check_entry(self, joined: JoinedEntry, touched_cases: Sequence[Touched]) -> None:
        """An entry."""
        events = [event for event in joined.entry.events if isinstance(event, DutyEvent)]
        kept = [output for output in joined.others if isinstance(output.content, StreetDuty)]
        for output in kept:
            if isinstance(output.content, StreetDuty):
                self._seen[output.content.street] = output.content.entry_id
        if not self._context.is_whole:
            if events:
                self._context.findings.skip((Invariant.I15, Invariant.I20), _PARTLY)
            return
        for event in events:
            memory = self.streets.setdefault(event.street, DutyMemory())
            self._one_holder(joined, memory, event)
            memory.note(event)
            if isinstance(event, DutyActionAccepted):
                self._by_whom(joined, event)
        for output in kept:
            if isinstance(output.content, StreetDuty):
                self._same(output.content, output.record.place)

    def end(self, join: Join) -> None:
        """The last state of each street is there."""
        if not self._context.is_whole or join.moved_on:
            return
        for output in join.cases.written_back:
            if isinstance(output.content, StreetDuty):
                self._seen[output.content.street] = output.content.entry_id
                self._same(output.content, output.record.place)
        place = LogPlace(topics.CASES, self._context.partition)
        for street, memory in self.streets.items():
            if memory.version:
                seen, words = self._seen.get(street), {"street": street, "entry_id": memory.entry_id}
                self._holds("duty_missing", seen == memory.entry_id, place, None, **words, seen=seen or "-")

    def _same(self, state: StreetDuty, place: LogPlace) -> None:
        memory = self.streets.get(state.street, DutyMemory())
        differs = [name for name, kept, folded in duty_sides(state, memory) if kept != folded]
        self._holds("duty_differs", not differs, place, None, street=state.street, fields=", ".join(differs))

    def _one_holder(self, joined: JoinedEntry, memory: DutyMemory, event: DutyEvent) -> None:
        if not isinstance(event, DeviceHandedOut | DeviceHandedBack):
            return
        device = memory.devices.get(event.device)
        holder = device.holder if device else None
        words = {"device": event.device, "officer": event.officer, "holder": holder or "-"}
        if isinstance(event, DeviceHandedOut):
            self._holds("device_out_twice", holder is None, joined.place, None, **words)
        else:
            self._holds("device_back_from_other", holder == event.officer, joined.place, None, **words)

    def _by_whom(self, joined: JoinedEntry, event: DutyActionAccepted) -> None:
        """Whoever did it may do such a thing."""
        if self._context.measures(joined, Invariant.I4):
            may = event.role in self._context.audit_rules.may_duty.get(event.action, ())
            words = {"actor": event.actor, "action": event.action, "role": event.role.value}
            self._holds("role_not_allowed", may, joined.place, None, **words)
