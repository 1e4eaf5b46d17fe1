"""Who there is in a street, and what they carry, as its file in `rules/people` has it: the start, before anything that happened since.

    StreetPeople ─► Officer ─► Certificate      who may act, and in which matters
           │         └─► ShiftPattern ─► Shift      when they are planned to be there
           └► DutyDevice      body cameras and vehicles

A street without such a file has nobody known: nothing is checked there. What happened since (leave, swaps, cameras handed out) is
the state of the street, `schemas/duty/street_duty.py`; who is there at an instant follows from both, in `pipeline/core/duty`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from pipeline.core.duty.shifts import Shift, ShiftPattern
from pipeline.core.rules.identity import person
from schemas.duty.certificate import Certificate
from schemas.duty.duty_terms import DeviceKind
from schemas.values.terms import Role


@dataclass(frozen=True, slots=True)
class Training:
    """A course or an examination that somebody took on that day, and whether it was passed."""

    course: str
    on: date
    passed: bool


@dataclass(frozen=True, slots=True)
class Officer:
    """执法队员: an id and no name; `team` is their own, `offset` how many days further they are in their pattern."""

    id: str
    team: str
    pattern: str
    offset: int = 0
    roles: frozenset[Role] = frozenset()
    certificates: tuple[Certificate, ...] = ()
    training: tuple[Training, ...] = ()
    skills: frozenset[str] = frozenset()
    exceptions: Mapping[date, str | None] = field(default_factory=dict)
    """On these days that shift, or none, whatever the pattern says."""


@dataclass(frozen=True, slots=True)
class DutyDevice:
    """设备: `loudspeaker` is of a vehicle; after `calibrated_until` (included) a camera's recordings prove nothing until it is calibrated anew."""

    id: str
    kind: DeviceKind
    loudspeaker: bool = False
    calibrated_until: date | None = None


@dataclass(frozen=True)
class StreetPeople:
    """All of one street, by id and in the order of its file."""

    street: str
    shifts: Mapping[str, Shift]
    patterns: Mapping[str, ShiftPattern]
    officers: Mapping[str, Officer]
    devices: Mapping[str, DutyDevice]
    shift_hours: int = 24
    """Longer nobody is on duty at a time, by a swap or called out either."""

    @cached_property
    def _by_number(self) -> Mapping[str, Officer]:
        numbers = {person(officer.id): officer for officer in self.officers.values()}
        for officer in self.officers.values():
            for certificate in officer.certificates:
                numbers.setdefault(person(certificate.number), officer)
        return numbers

    def officer(self, number: str) -> Officer | None:
        """Whose id or certificate's number this is, however it is written; None where it is nobody's here."""
        return self._by_number.get(person(number))

    @cached_property
    def by_team(self) -> Mapping[str, tuple[Officer, ...]]:
        """The officers of each team that has any."""
        teams: dict[str, tuple[Officer, ...]] = {}
        for officer in self.officers.values():
            teams[officer.team] = (*teams.get(officer.team, ()), officer)
        return teams

    def planned(self, officer: Officer, day: date) -> Shift | None:
        """The shift that begins on that day; None for a day off."""
        if day in officer.exceptions:
            name = officer.exceptions[day]
        else:
            name = self.patterns[officer.pattern].shift(day, officer.offset)
        return None if name is None else self.shifts[name]
