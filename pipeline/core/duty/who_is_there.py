"""Who is there at an instant, what they may do, and what they carry: the people of a street as planned, and what happened since.

StreetPeople ─┐   planned shifts − swapped away + taken over + called out, − absences ─► presence
StreetDuty ───┴─► KnownDuty ─► DutyView(known, at): made for each decision, which costs nothing
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from pipeline.core.duty.people import DutyDevice, Officer, StreetPeople
from pipeline.core.duty.shifts import Presence
from pipeline.core.rules.identity import person
from pipeline.core.worktime.office_hours import SHANGHAI
from schemas.duty.certificate import Certificate
from schemas.duty.duty_terms import DeviceState
from schemas.duty.street_duty import Absence, CalledOut, DeviceDuty, DeviceSpell, Loan, StreetDuty

_DAY: Final = timedelta(days=1)
_AROUND: Final = 2
"""A night shift began the day before, and may adjoin another: so many days before one and behind are looked at, too."""
_AHEAD_DAYS: Final = 31
"""So far it is looked when somebody is there again."""
_CACHED_MAX: Final = 20_000


class CarriedDevice(NamedTuple):
    """A device at an instant. `holder` is who has it out, `since` from when on it is so; None: it is as its file says."""

    device: DutyDevice
    state: DeviceState
    holder: str | None
    since: datetime | None
    calibrated_until: date | None

    def is_calibrated(self, day: date) -> bool:
        """Whether what it records on that day proves something."""
        return self.calibrated_until is None or day <= self.calibrated_until


class KnownDuty:
    """The people of a street and what happened since, ready to be asked. What was found is kept: deciding asks the same again."""

    def __init__(self, people: StreetPeople, duty: StreetDuty | None) -> None:
        """`duty` is None where nothing happened yet."""
        self.people: Final = people
        self.duty: Final = duty
        self._absences: dict[str, list[Absence]] = {}
        self._call_outs: dict[str, list[CalledOut]] = {}
        self._loans: dict[str, list[Loan]] = {}
        self._done_by: dict[tuple[str, date], str] = {}
        self._taken: dict[tuple[str, date], list[str]] = {}
        self._issued: dict[str, dict[str, Certificate]] = {}
        self._numbers: dict[str, str] = {}
        self.withdrawn: Final[dict[str, datetime]] = {}
        self._devices: dict[str, DeviceDuty] = {}
        self._presences: dict[tuple[str, date], tuple[Presence, ...]] = {}
        if duty is not None:
            self._note(duty)

    def _note(self, duty: StreetDuty) -> None:
        for absence in duty.absences:
            self._absences.setdefault(absence.officer, []).append(absence)
        for call in duty.call_outs:
            self._call_outs.setdefault(call.officer, []).append(call)
        for loan in duty.loans:
            self._loans.setdefault(loan.officer, []).append(loan)
        for swap in duty.swaps:
            self._done_by[swap.owner, swap.day] = swap.by
            self._taken.setdefault((swap.by, swap.day), []).append(swap.owner)
        for issued in duty.issued:
            number = person(issued.certificate.number)
            self._issued.setdefault(issued.officer, {})[number] = issued.certificate
            self._numbers[number] = issued.officer
        for gone in duty.withdrawn:
            self.withdrawn[person(gone.number)] = gone.at
        self._devices = {device.device: device for device in duty.devices}

    def officer(self, number: str) -> Officer | None:
        """Whose id or certificate's number this is, one of a certificate that was issued since too."""
        issued = self._numbers.get(person(number)) if self._numbers else None
        return self.people.officer(number) if issued is None else self.people.officers.get(issued)

    def owners_on(self, officer: str, day: date) -> list[str]:
        """Whose planned shifts of that day the officer does: the own one first, unless somebody else does it."""
        taken = self._taken.get((officer, day), [])
        return taken if (officer, day) in self._done_by else [officer, *taken]

    def shift_of(self, owner: str, day: date) -> Presence | None:
        """When the planned shift of that officer is, whoever does it; None for a day off, or an officer who is not in the file."""
        known = self.people.officers.get(owner)
        shift = None if known is None else self.people.planned(known, day)
        return None if shift is None else shift.on(day)

    def planned(self, officer: str, first: date, last: date) -> list[Presence]:
        """The shifts that the officer does, begun on these days, and when called out; adjoining ones in one, absences not taken off."""
        days = (first + _DAY * number for number in range((last - first).days + 1))
        shifts = [
            shift
            for day in days
            for owner in self.owners_on(officer, day)
            if (shift := self.shift_of(owner, day)) is not None
        ]
        return joined([*shifts, *self.called_out(officer)])

    def called_out(self, officer: str) -> list[Presence]:
        """When the officer was called out, as far as it is remembered."""
        return [Presence(call.begins, call.ends) for call in self._call_outs.get(officer, ())]

    def absences(self, officer: str) -> list[Absence]:
        """The leave of an officer that is remembered."""
        return self._absences.get(officer, [])

    def presences(self, officer: str, day: date) -> tuple[Presence, ...]:
        """When the officer is there on that day or nearby, the earliest first."""
        key = (officer, day)
        found = self._presences.get(key)
        if found is None:
            if len(self._presences) >= _CACHED_MAX:
                self._presences.clear()
            planned = self.planned(officer, day - _DAY * _AROUND, day + _DAY * _AROUND)
            found = self._presences[key] = tuple(_without(planned, self.absences(officer)))
        return found

    @property
    def has_loans(self) -> bool:
        """Whether anybody is lent, as far as it is remembered."""
        return bool(self._loans)

    def loans(self, officer: str) -> list[Loan]:
        """Where the officer is lent to, as far as it is remembered."""
        return self._loans.get(officer, [])

    def certificates(self, officer: Officer) -> tuple[Certificate, ...]:
        """All of an officer's, the withdrawn ones too; of one number that which was issued last."""
        issued = self._issued.get(officer.id)
        if issued is None:
            return officer.certificates
        own = {person(certificate.number): certificate for certificate in officer.certificates}
        return tuple((own | issued).values())

    def changed_device(self, device: str) -> DeviceDuty | None:
        """What happened to a device lately."""
        return self._devices.get(device)


class DutyView:
    """A street at the instant `at`. An officer is named by id or by a certificate's number, and without another instant it is this one."""

    __slots__ = ("at", "known")

    def __init__(self, known: KnownDuty, at: datetime) -> None:
        """`at` is aware."""
        self.known: Final = known
        self.at: Final = at

    @classmethod
    def of(cls, people: StreetPeople, duty: StreetDuty | None, at: datetime) -> "DutyView":
        """Made of both; whoever asks often keeps the `KnownDuty`."""
        return cls(KnownDuty(people, duty), at)

    def at_time(self, at: datetime) -> "DutyView":
        """The street at another instant, as far as it is remembered."""
        return DutyView(self.known, at)

    @property
    def people(self) -> StreetPeople:
        """The street's file."""
        return self.known.people

    def officer(self, number: str) -> Officer | None:
        """Whose id or certificate's number this is; None where it is nobody's here."""
        return self.known.officer(number)

    def presence(self, number: str, at: datetime | None = None) -> Presence | None:
        """From when until when the officer is on duty, where that is now; None where it is not, or nobody's number."""
        officer = self.officer(number)
        at = self.at if at is None else at
        return None if officer is None else self._presence(officer, at)

    def _presence(self, officer: Officer, at: datetime) -> Presence | None:
        for presence in self.known.presences(officer.id, day_of(at)):
            if presence.holds(at):
                return presence
        return None

    def team_of(self, officer: Officer, at: datetime | None = None) -> str:
        """Where the officer works: in the team that borrows, else in the own one."""
        at = self.at if at is None else at
        lent = (loan.team for loan in self.known.loans(officer.id) if loan.begins <= at < loan.ends)
        return next(lent, officer.team)

    def teams_of(self, number: str, at: datetime | None = None) -> tuple[str, ...]:
        """For whom the officer may act: the own team first, then the one that borrows; none for nobody's number."""
        officer = self.officer(number)
        if officer is None:
            return ()
        return tuple(dict.fromkeys((officer.team, self.team_of(officer, at))))

    def members(self, team: str) -> Iterator[Officer]:
        """Who works in that team now, in the file's order; on duty or not."""
        if not self.known.has_loans:
            return iter(self.people.by_team.get(team, ()))
        return (officer for officer in self.people.officers.values() if self.team_of(officer) == team)

    def on_duty(self, team: str | None = None) -> tuple[Officer, ...]:
        """Who is there, of that team or of the street, in the file's order."""
        of_team = self.people.officers.values() if team is None else self.members(team)
        return tuple(officer for officer in of_team if self._presence(officer, self.at) is not None)

    def certificate_for(
        self, number: str, matter: str | None = None, day: date | None = None
    ) -> Certificate | None:
        """By which certificate the officer may act in that matter (in any) on that day of Shanghai: the one that holds longest."""
        officer = self.officer(number)
        if officer is None:
            return None
        return self._certificate(officer, matter, day_of(self.at) if day is None else day)

    def _certificate(self, officer: Officer, matter: str | None, day: date) -> Certificate | None:
        fit = [
            certificate
            for certificate in self.known.certificates(officer)
            if certificate.is_valid(day)
            and (matter is None or certificate.covers_matter(matter))
            and not self._is_withdrawn(certificate, day)
        ]
        return max(fit, key=lambda certificate: certificate.until, default=None)

    def _is_withdrawn(self, certificate: Certificate, day: date) -> bool:
        """On the day of the withdrawal it holds until then."""
        gone = self.known.withdrawn.get(person(certificate.number))
        if gone is None:
            return False
        return self.at >= gone if day == day_of(self.at) else day >= day_of(gone)

    def qualified(self, team: str, matter: str) -> tuple[Officer, ...]:
        """Who of the team is on duty and may act in that matter today, in the file's order."""
        day = day_of(self.at)
        return tuple(officer for officer in self.on_duty(team) if self._certificate(officer, matter, day))

    def next_qualified(self, team: str, matter: str) -> datetime | None:
        """From when on somebody of the team is there who may act in that matter: now, or later; None: not within a month."""
        today = day_of(self.at)
        members = tuple(self.members(team))
        for ahead in range(_AHEAD_DAYS + 1):
            day = today + _DAY * ahead
            found = [begins for officer in members for begins in self._begins_on(officer, matter, day)]
            if found:
                return min(found)
        return None

    def enough_from(self, team: str, matter: str, least: int) -> datetime | None:
        """From when on so many of the team are there who may act in that matter; None: not within a month."""
        members, today = tuple(self.members(team)), day_of(self.at)
        for ahead in range(_AHEAD_DAYS + 1):
            day = today + _DAY * ahead
            begins = {begin for officer in members for begin in self._begins_on(officer, matter, day)}
            for begin in sorted(begins):
                if len(self.at_time(begin).qualified(team, matter)) >= least:
                    return begin
        return None

    def _begins_on(self, officer: Officer, matter: str, day: date) -> Iterator[datetime]:
        """When a presence of the officer begins on that day, or began before now and goes on, with a certificate for the matter."""
        for presence in self.known.presences(officer.id, day):
            begins = max(presence.begins, self.at)
            if presence.ends > begins and day_of(begins) == day and self._certificate(officer, matter, day):
                yield begins

    def device(self, device: str) -> CarriedDevice | None:
        """A device as it is now; None where the street has none of that id."""
        own = self.people.devices.get(device)
        if own is None:
            return None
        changed = self.known.changed_device(device)
        if changed is None:
            return CarriedDevice(own, DeviceState.IN, None, None, own.calibrated_until)
        calibrated = own.calibrated_until
        if changed.calibrated_until is not None and calibrated is not None:
            calibrated = max(calibrated, changed.calibrated_until)
        else:
            calibrated = changed.calibrated_until or calibrated
        return CarriedDevice(own, changed.state, changed.holder, changed.since, calibrated)

    def holder_of(self, device: str, at: datetime | None = None) -> str | None:
        """The id of the officer who had it then, as far as that is remembered."""
        changed = self.known.changed_device(device)
        if changed is None:
            return None
        at = self.at if at is None else at
        return next((spell.holder for spell in changed.spells if _was_out(spell, at)), None)

    def carried_by(self, number: str) -> tuple[CarriedDevice, ...]:
        """What the officer has out now, in the order of the state."""
        officer, duty = self.officer(number), self.known.duty
        if officer is None or duty is None:
            return ()
        carried = (self.device(one.device) for one in duty.devices if one.holder == officer.id)
        return tuple(device for device in carried if device is not None)


def day_of(at: datetime) -> date:
    """The day of Shanghai in which an instant lies."""
    return at.astimezone(SHANGHAI).date()


def _was_out(spell: DeviceSpell, at: datetime) -> bool:
    return spell.out_at <= at and (spell.back_at is None or at < spell.back_at)


def joined(presences: Iterable[Presence]) -> list[Presence]:
    """In order, those that overlap or adjoin in one."""
    made: list[Presence] = []
    for presence in sorted(presences):
        if made and presence.begins <= made[-1].ends:
            made[-1] = Presence(made[-1].begins, max(made[-1].ends, presence.ends))
        else:
            made.append(presence)
    return made


def _without(presences: Iterable[Presence], absences: Iterable[Absence]) -> Iterator[Presence]:
    """What is left of them."""
    left = list(presences)
    for absence in absences:
        pieces = []
        for begins, ends in left:
            if absence.ends <= begins or ends <= absence.begins:
                pieces.append(Presence(begins, ends))
                continue
            if begins < absence.begins:
                pieces.append(Presence(begins, absence.begins))
            if absence.ends < ends:
                pieces.append(Presence(absence.ends, ends))
        left = pieces
    return iter(left)
