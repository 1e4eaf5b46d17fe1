"""The duty post of a generated day (值班台): who is there, who carries which camera when, and what the chief and the leaders say of it.

    day after day, by the seed: a swap, leave, a certificate that is taken away ─► who is there ─► cameras and vehicles out and back
    a call-out (召回) as soon as somebody has to go at night

What is planned is what comes: everybody of the street knows the plan, so nobody goes who will not be there.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from random import Random
from typing import Final, NamedTuple, TypedDict

from msgspec.structs import replace

from pipeline.core.duty.people import DutyDevice, Officer, StreetPeople
from pipeline.core.duty.shifts import Presence
from pipeline.core.duty.who_is_there import DutyView, KnownDuty, day_of
from pipeline.simulate.world.seeded_chance import LOCAL, chance
from schemas.duty import duty_actions as duty
from schemas.duty.duty_terms import DeviceKind, DeviceMark, LeaveReason, ReturnedAs
from schemas.duty.street_duty import Absence, CalledOut, ShiftSwap, StreetDuty, WithdrawnCertificate
from schemas.inputs.action_base import Actor
from schemas.values.terms import Role

DESKS: Final = frozenset({"duty", "verification", "callback"})
"""Who works there carries nothing."""
HANDED_OUT: Final = timedelta(minutes=5)
"""After the shift began: those before have brought back theirs by then."""
READY: Final = timedelta(minutes=15)
"""After the shift began they may go."""
LEAVING: Final = timedelta(minutes=30)
"""So long before the end of the shift nobody sets out any more."""
CALL_OUT: Final = timedelta(hours=4)
_DAY: Final = timedelta(days=1)
_REST: Final = timedelta(hours=1)
_MENDED: Final = timedelta(days=3)


class _Posted(TypedDict):
    """What every action of a duty post says."""

    action_id: str
    street: str
    actor: Actor
    acted_at: datetime


class Unplanned(NamedTuple):
    """How often a day is not as planned; shares from 0 to 1."""

    leave: float = 0.3
    swap: float = 0.15
    breaks: float = 0.15
    withdrawal: float = 0.01


UNPLANNED: Final = Unplanned()


class Spell(NamedTuple):
    """A device is out with an officer meanwhile; `whole_until`: from then on it records nothing more."""

    device: str
    officer: str
    out_at: datetime
    back_at: datetime
    whole_until: datetime


class DutyPlan:
    """Of one street, from `first` on. Its days are planned in their order, each when somebody first asks for it."""

    def __init__(
        self, seed: int, people: StreetPeople, first: date, unplanned: Unplanned = UNPLANNED
    ) -> None:
        """Nothing is planned yet."""
        self._seed: Final = seed
        self._people: Final = people
        self._unplanned: Final = unplanned
        self._begins: Final = datetime.combine(first, datetime.min.time(), LOCAL)
        self._next_day = first
        self._duty = StreetDuty(street=people.street, version=1, entry_id="0:1:0")
        self._known = KnownDuty(people, self._duty)
        self._spells: list[Spell] = []
        self._broken: list[tuple[str, datetime, datetime]] = []
        """Which devices are broken, from when until when."""
        self._actions: dict[date, list[duty.DutyAction]] = {}
        self._vehicles = [one for one in people.devices.values() if one.kind is DeviceKind.VEHICLE]
        self._cameras = [one for one in people.devices.values() if one.kind is DeviceKind.CAMERA]

    def actions(self, day: date) -> list[duty.DutyAction]:
        """What is said on that day as far as it is planned, in the order of time; call-outs apart."""
        self._plan_until(day)
        return sorted(self._actions.get(day, ()), key=lambda action: action.acted_at)

    def view(self, at: datetime) -> DutyView:
        """Who is there then."""
        self._plan_until(day_of(at))
        return DutyView(self._known, at)

    def camera(self, officer: str, at: datetime) -> str | None:
        """What the officer records with then."""
        self._plan_until(day_of(at))
        return next(
            (
                spell.device
                for spell in self._spells
                if spell.officer == officer and spell.out_at + HANDED_OUT <= at < spell.whole_until
            ),
            None,
        )

    def spells(self, officer: str) -> Iterator[Spell]:
        """Those of the officer's cameras, as far as days are planned, the last one first."""
        return (spell for spell in reversed(self._spells) if spell.officer == officer)

    def call_out(self, officers: list[Officer], at: datetime) -> list[duty.DutyAction]:
        """The chief calls these in from `at` on, each for some hours, and a camera is handed out to each."""
        said: list[duty.DutyAction] = []
        for officer in officers:
            until = at + CALL_OUT
            self._duty = _with(self._duty, call=CalledOut(officer=officer.id, begins=at, ends=until))
            said.append(
                duty.CallOut(
                    **self._said(f"call.{officer.id}.{at:%m%d%H%M%S}", at),
                    officer=officer.id,
                    until=until,
                    note="夜间警情，召回处置",
                )
            )
        self._known = KnownDuty(self._people, self._duty)
        for officer in officers:
            said += self._carry(officer, Presence(at, at + CALL_OUT), self._cameras)
        return said

    def is_free_for(self, officer: Officer, begins: datetime) -> bool:
        """Whether the officer can be called out then: neither away nor soon or lately at work."""
        ends = begins + CALL_OUT + _REST
        self._plan_until(day_of(ends))
        if any(one.begins < ends and begins < one.ends for one in self._known.absences(officer.id)):
            return False
        planned = self._known.planned(officer.id, day_of(begins) - _DAY, day_of(ends))
        return not any(one.begins < ends and begins - _REST < one.ends for one in planned)

    def _plan_until(self, day: date) -> None:
        while self._next_day <= day:
            self._next_day += _DAY
            self._plan(self._next_day - _DAY)

    def _plan(self, day: date) -> None:
        draw = chance(self._seed, "duty", self._people.street, day.isoformat())
        said = [*self._swap(day, draw), *self._leave(day, draw), *self._withdrawal(day, draw)]
        self._known = KnownDuty(self._people, self._duty)
        starts: list[tuple[datetime, int, Officer, Presence]] = []
        for number, officer in enumerate(self._field()):
            for shift in self._known.presences(officer.id, day):
                is_first = day_of(self._begins) == day and shift.holds(self._begins)
                if day_of(shift.begins) == day or is_first:
                    starts.append((max(shift.begins, self._begins), number, officer, shift))
        with_vehicle: set[str] = set()
        for begins, _, officer, shift in sorted(starts, key=lambda start: start[:2]):
            spans = Presence(begins, shift.ends)
            said += self._carry(officer, spans, self._cameras, draw)
            if officer.team not in with_vehicle and (vehicle := self._carry(officer, spans, self._vehicles)):
                with_vehicle.add(officer.team)
                said += vehicle
        for action in said:
            self._actions.setdefault(day_of(action.acted_at), []).append(action)

    def _field(self) -> Iterator[Officer]:
        """Those who go out and may decide something."""
        return (
            officer
            for officer in self._people.officers.values()
            if officer.team not in DESKS and officer.certificates
        )

    def _carry(
        self, officer: Officer, span: Presence, devices: Sequence[DutyDevice], draw: Random | None = None
    ) -> list[duty.DutyAction]:
        """领用与归还 of the first that is free all the time; none is where all are out. With `draw` it may break meanwhile."""
        out_at, ends = span.begins + HANDED_OUT, span.ends
        device = self._free(devices, out_at, ends)
        if device is None:
            return []
        breaks = draw is not None and draw.random() < self._unplanned.breaks / max(len(self._cameras), 1)
        broken_at = out_at + (ends - out_at) / 2
        whole_until = broken_at if breaks else ends
        back_at = broken_at + HANDED_OUT if breaks else ends
        self._spells.append(Spell(device.id, officer.id, out_at, back_at, whole_until))
        name = f"{device.id}.{out_at:%m%d%H%M%S}"
        said: list[duty.DutyAction] = [
            duty.HandOut(**self._said(f"out.{name}", out_at), device=device.id, officer=officer.id)
        ]
        if breaks:
            mended_at = back_at + _MENDED
            self._broken.append((device.id, back_at, mended_at))
            mended = self._said(f"mended.{name}", mended_at)
            said.append(duty.MarkDevice(**mended, device=device.id, mark=DeviceMark.REPAIRED))
            marked = self._said(f"broken.{name}", broken_at)
            marked["actor"] = Actor(id=officer.id, role=Role.OFFICER, team=officer.team)
            said.append(duty.MarkDevice(**marked, device=device.id, mark=DeviceMark.BROKEN, note="无法开机"))
        state = ReturnedAs.BROKEN if breaks else ReturnedAs.IN
        said.append(duty.HandBack(**self._said(f"back.{name}", back_at), device=device.id, state=state))
        if breaks:
            said += self._carry(officer, Presence(back_at, ends), devices)
        return said

    def _free(self, devices: Sequence[DutyDevice], begins: datetime, ends: datetime) -> DutyDevice | None:
        busy = {one.device for one in self._spells if one.out_at < ends and begins < one.back_at}
        busy |= {device for device, since, until in self._broken if since < ends and begins <= until}
        return next((device for device in devices if device.id not in busy), None)

    def _leave(self, day: date, draw: Random) -> Iterator[duty.DutyAction]:
        """请假: somebody is ill, where enough others of the team are there."""
        if draw.random() >= self._unplanned.leave:
            return
        at = self._first_hour(day)
        officer = self._one_of_many(day, draw)
        if officer is None:
            return
        ends = at + _DAY
        reason = draw.choice((LeaveReason.SICK, LeaveReason.LEAVE))
        self._duty = _with(
            self._duty, absence=Absence(officer=officer.id, begins=at, ends=ends, reason=reason)
        )
        said = self._said(f"leave.{officer.id}.{day}", at)
        yield duty.TakeLeave(**said, officer=officer.id, begins=at, ends=ends, reason=reason)

    def _one_of_many(self, day: date, draw: Random) -> Officer | None:
        """Of a day shift in which three or more of the team are there."""
        noon = datetime.combine(day, datetime.min.time(), LOCAL) + timedelta(hours=12)
        there = DutyView(KnownDuty(self._people, self._duty), noon).on_duty()
        field = [one for one in there if one.team not in DESKS and one.certificates]
        teams = [one.team for one in field]
        return _one([one for one in field if teams.count(one.team) > 2], draw)

    def _swap(self, day: date, draw: Random) -> Iterator[duty.DutyAction]:
        """替班: tomorrow's shift is done by somebody of the team who has that day off."""
        if draw.random() >= self._unplanned.swap:
            return
        tomorrow = day + _DAY
        field = [one for one in self._field() if one.pattern == "five_days"]
        pairs = [
            (one, other)
            for one in field
            for other in field
            if one.team == other.team
            and [c.covers for c in one.certificates] == [c.covers for c in other.certificates]
            and self._people.planned(one, tomorrow)
            and not self._people.planned(other, tomorrow)
        ]
        if pairs:
            one, other = draw.choice(pairs)
            self._duty = _with(self._duty, swap=ShiftSwap(day=tomorrow, owner=one.id, by=other.id))
            said = self._said(f"swap.{one.id}.{day}", self._first_hour(day))
            yield duty.SwapShift(**said, officer=one.id, day=tomorrow, other=other.id)

    def _withdrawal(self, day: date, draw: Random) -> Iterator[duty.DutyAction]:
        """收回执法证 at noon."""
        if draw.random() < self._unplanned.withdrawal and (officer := self._one_of_many(day, draw)):
            noon = self._first_hour(day) + timedelta(hours=11)
            certificate = officer.certificates[0]
            gone = WithdrawnCertificate(number=certificate.number, at=noon, until=certificate.until)
            self._duty = _with(self._duty, withdrawn=gone)
            said = self._said(f"withdraw.{certificate.number}", noon)
            yield duty.WithdrawCertificate(**said, number=certificate.number, note="调离执法岗位")

    def _first_hour(self, day: date) -> datetime:
        return datetime.combine(day, datetime.min.time(), LOCAL) + timedelta(hours=1)

    def _said(self, name: str, at: datetime) -> _Posted:
        """What every such action says: the duty chief who is there says it, then."""
        there = DutyView(self._known, at).on_duty("duty")
        chief = next((one.id for one in there if Role.DUTY_CHIEF in one.roles), "chief-1")
        actor = Actor(id=chief, role=Role.DUTY_CHIEF, team="duty")
        return {
            "action_id": f"{self._people.street}-duty-{name}",
            "street": self._people.street,
            "actor": actor,
            "acted_at": at,
        }


def _one(officers: Sequence[Officer], draw: Random) -> Officer | None:
    return draw.choice(officers) if officers else None


def _with(
    known: StreetDuty,
    *,
    absence: Absence | None = None,
    swap: ShiftSwap | None = None,
    call: CalledOut | None = None,
    withdrawn: WithdrawnCertificate | None = None,
) -> StreetDuty:
    """The same, and this too."""
    return replace(
        known,
        absences=(*known.absences, absence) if absence else known.absences,
        swaps=(*known.swaps, swap) if swap else known.swaps,
        call_outs=(*known.call_outs, call) if call else known.call_outs,
        withdrawn=(*known.withdrawn, withdrawn) if withdrawn else known.withdrawn,
    )
