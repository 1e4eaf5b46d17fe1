"""Who was there in a street at an instant, what they might do and what they carried: by its file, and by what the journal told since.

Counted from the description, a question at a time, and not by the core's code: that keeps spans that it has joined, here each shift,
call-out and absence is looked at anew.
"""

import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta, timezone
from typing import Final

from pipeline.audit.model.people.duty_memory import DeviceMemory, DutyMemory
from pipeline.rulebook.tables.people_tables import REST, OfficerEntry, PeopleTable, ShiftEntry

_SHANGHAI: Final = timezone(timedelta(hours=8))
_SHIFT_DAYS: Final = 3
"""A shift that began so many days ago is over."""


class PeopleThere:
    """One street's file, asked with what has happened since."""

    def __init__(self, table: PeopleTable) -> None:
        """`table` is people/STREET.yaml."""
        self._officers: Final = {entry.id: entry for entry in table.officers}
        self._patterns: Final = {entry.id: entry for entry in table.patterns}
        self._shifts: Final = {entry.id: entry for entry in table.shifts}
        self._calibrated: Final = {entry.id: entry.calibrated_until for entry in table.cameras}
        self._vehicles: Final = frozenset(entry.id for entry in table.vehicles)
        self._numbers: Final = {
            _plain(number): entry.id
            for entry in table.officers
            for number in (entry.id, *(certificate.number for certificate in entry.certificates))
        }

    def officer(self, number: str, memory: DutyMemory) -> str | None:
        """The id of whoever has that id, or a certificate of that number; None where nobody has."""
        wanted = _plain(number)
        issued = (officer for name, (officer, _) in memory.issued.items() if _plain(name) == wanted)
        officer = next(issued, None) or self._numbers.get(wanted)
        return officer if officer in self._officers else None

    def is_there(self, officer: str, memory: DutyMemory, at: datetime) -> bool:
        """Whether that officer was on duty, as planned, swapped or called out, and not away."""
        for (who, begins), (ends, _) in memory.absences.items():
            if who == officer and begins <= at < ends:
                return False
        if any(who == officer and begins <= at < ends for who, (begins, ends) in memory.call_outs):
            return True
        today = _day(at)
        days = (today - timedelta(days=ago) for ago in range(_SHIFT_DAYS))
        return any(
            _covers(day, shift, at) for day in days for shift in self._shifts_done(officer, memory, day)
        )

    def _shifts_done(self, officer: str, memory: DutyMemory, day: date) -> Iterator[ShiftEntry]:
        """The planned shifts of that day, one's own or another's, that the officer does."""
        owners = [owner for (when, owner), by in memory.swaps.items() if when == day and by == officer]
        if (day, officer) not in memory.swaps:
            owners.append(officer)
        for owner in owners:
            entry = self._officers.get(owner)
            planned = None if entry is None else self._planned(entry, day)
            if planned is not None:
                yield planned

    def _planned(self, officer: OfficerEntry, day: date) -> ShiftEntry | None:
        pattern = self._patterns[officer.pattern]
        passed = (day - pattern.since).days
        name = REST if passed < 0 else pattern.days[(passed + officer.offset) % len(pattern.days)]
        name = officer.exceptions.get(day, name)
        return None if name == REST else self._shifts[name]

    def teams(self, officer: str, memory: DutyMemory, at: datetime) -> tuple[str, ...]:
        """The team that has the officer then: the one that borrows and then the own one, else that alone."""
        lent = [
            team
            for (who, begins), (ends, team) in memory.loans.items()
            if who == officer and begins <= at < ends
        ]
        return (*lent, self._officers[officer].team)

    def is_certified(self, officer: str, memory: DutyMemory, matter: str, at: datetime) -> bool:
        """Whether a certificate of the officer holds on that day and covers the matter (行政处罚法 42)."""
        own = {
            _plain(entry.number): (entry.since, entry.until, entry.covers)
            for entry in self._officers[officer].certificates
        }
        issued = {
            _plain(number): (certificate.since, certificate.until, certificate.covers)
            for number, (who, certificate) in memory.issued.items()
            if who == officer
        }
        withdrawn = {_plain(number) for number, (gone, _) in memory.withdrawn.items() if at >= gone}
        return any(
            since <= _day(at) <= until and matter in (covers or (matter,)) and number not in withdrawn
            for number, (since, until, covers) in (own | issued).items()
        )

    def qualified(self, team: str, memory: DutyMemory, matter: str, at: datetime) -> frozenset[str]:
        """Who of the team was there and certified."""
        return frozenset(
            officer
            for officer in self._officers
            if self.teams(officer, memory, at)[0] == team
            and self.is_there(officer, memory, at)
            and self.is_certified(officer, memory, matter, at)
        )

    def has_device(self, device: str) -> bool:
        """Whether it is one of the street's."""
        return device in self._calibrated or device in self._vehicles

    def is_camera(self, device: str) -> bool:
        """Whether it records."""
        return device in self._calibrated

    def is_reliable(self, device: str, memory: DutyMemory, at: datetime) -> bool:
        """Whether it is a camera that was calibrated on that day."""
        since = memory.devices.get(device, DeviceMemory()).calibrated_until
        return device in self._calibrated and _day(at) <= max(
            self._calibrated[device], since or self._calibrated[device]
        )


def holder_of(device: str, memory: DutyMemory, at: datetime) -> str | None:
    """Who had the device out then."""
    spells = memory.devices.get(device, DeviceMemory()).spells
    return next((who for who, out, back in spells if out <= at and (back is None or at < back)), None)


def is_broken(device: str, memory: DutyMemory, at: datetime) -> bool:
    """Whether somebody said before that it is broken, and nobody since that it is mended."""
    known = memory.devices.get(device, DeviceMemory())
    return known.state == "broken" and known.since is not None and known.since < at


def people_there(tables: Mapping[str, PeopleTable]) -> Mapping[str, PeopleThere]:
    """By street."""
    return {street: PeopleThere(table) for street, table in tables.items()}


def _plain(number: str) -> str:
    return unicodedata.normalize("NFKC", number).casefold().strip()


def _day(at: datetime) -> date:
    return at.astimezone(_SHANGHAI).date()


def _covers(day: date, shift: ShiftEntry, at: datetime) -> bool:
    hour, minute = map(int, shift.begins.split(":"))
    begins = datetime.combine(day, time(hour, minute), _SHANGHAI)
    return begins <= at < begins + timedelta(hours=shift.hours)
