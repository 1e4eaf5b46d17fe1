"""Who goes (派员): the pipeline proposes officers and a camera to the team that has just been given a case; its leader may override it.

    given to a team ─► of it on duty, certified for the matter ─► fewest open tasks ─► nearest to where they are ─► fewest lately ─► id
                                                                 └► too few: said so with from when on there are enough

Greedy and deterministic: it follows from the snapshots, the rules and the time. Nothing is proposed in a street whose people nobody has
listed, nor to a department.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from pipeline.core.action_rows import DISPATCHED, ON_SITE
from pipeline.core.duty.duty_desk import DutyDesk
from pipeline.core.duty.people import Officer, StreetPeople
from pipeline.core.duty.who_is_there import DutyView, day_of
from pipeline.core.rules.grid import distance_m, to_wgs84
from pipeline.core.rules.rules import Rules
from pipeline.core.worktime.office_hours import local_text
from schemas import limits
from schemas.duty.duty_terms import DeviceKind, DeviceState
from schemas.duty.proposal import OfficerProposal
from schemas.journal.joint_events import OfficersProposed
from schemas.state.case import Case
from schemas.values.place import Place
from schemas.values.terms import Stage

_SENT_OUT: Final = DISPATCHED | {Stage.REWORK}
_UNDER_WAY: Final = DISPATCHED | ON_SITE | {Stage.SUSPENDED}
_FAR_M: Final = 100_000


class WhoGoes:
    """Of one street. It knows each officer's tasks by what `note` was told of the cases."""

    def __init__(self, rules: Rules, desk: DutyDesk) -> None:
        self._rules: Final = rules
        self._desk: Final = desk
        self._tasks: dict[str, dict[str, Place]] = {}
        """By officer the places of the open cases, by case."""
        self._served: Counter[str] = Counter()
        """In how many cases that are held, open or closed, each has a part."""

    def note(self, before: Case | None, after: Case | None) -> None:
        """A case has changed; None where it is not there yet, or no more."""
        people = self._desk.people
        if people is None or (before and after and before.task is after.task and before.stage is after.stage):
            return
        for officer in _sent(people, before) if before else ():
            self._served[officer] -= 1
            self._tasks.get(officer, {}).pop(before.case_id if before else "", None)
        for officer in _sent(people, after) if after else ():
            self._served[officer] += 1
            if after is not None and after.closed_at is None and after.stage in _UNDER_WAY:
                self._tasks.setdefault(officer, {})[after.case_id] = after.facts.place

    def proposed(self, before: Case | None, after: Case, at: datetime) -> tuple[OfficersProposed, ...]:
        """The proposal, where the change gives the case to a team; it takes effect at `at`."""
        given, view = _given(after), self._desk.view(at)
        if given is None or view is None or given == (_given(before) if before else None):
            return ()
        team = given[1]
        if team in self._rules.departments:
            return ()
        proposal = self._propose(view, team, after)
        return (OfficersProposed(case_id=after.case_id, at=at, team=team, proposal=proposal),)

    def _propose(self, view: DutyView, team: str, case: Case) -> OfficerProposal:
        matter, least = case.facts.matter, self._rules.policy.officers_min
        fit = view.qualified(team, matter)
        chosen = self._first(fit, least, case.facts.place)
        officers = tuple(officer.id for officer in chosen)
        if len(chosen) < least:
            enough_from = view.enough_from(team, matter, least)
            until = local_text(enough_from) if enough_from else "?"
            why = f"{len(fit)} of {team} on duty and certified, {least} needed: enough from {until} on"
            return OfficerProposal(officers=officers, is_enough=False, enough_from=enough_from, why=why)
        loads = ", ".join(f"{officer} {len(self._tasks.get(officer, ()))}" for officer in officers)
        why = f"of {len(fit)} on duty and certified, by open tasks, distance and turns: {loads}"
        return OfficerProposal(officers=officers, camera=_camera(view, chosen), why=why[: limits.NOTE_MAX])

    def _first(self, fit: Sequence[Officer], least: int, place: Place) -> list[Officer]:
        """So many of them; how far away somebody is counts only among those who have as many open tasks."""
        loads = {officer.id: len(self._tasks.get(officer.id, ())) for officer in fit}
        last = sorted(loads.values())[:least][-1] if fit else 0
        near = [officer for officer in fit if loads[officer.id] <= last]

        def rank(officer: Officer) -> tuple[int, int, int, str]:
            tasks = self._tasks.get(officer.id)
            nearest = min(_apart_m(place, other) for other in tasks.values()) if tasks else 0
            return loads[officer.id], nearest, self._served[officer.id], officer.id

        return sorted(near, key=rank)[:least]


def _given(case: Case) -> tuple[int, str] | None:
    """The leg and the team that is to go; None where nobody is."""
    task = case.task
    if task is None or task.team is None or case.stage not in _SENT_OUT:
        return None
    return task.leg, task.team


def _sent(people: StreetPeople, case: Case) -> Iterator[str]:
    """The ids of those who go or went: whom the leader named, else who arrived, else who was proposed; each once."""
    task = case.task
    if task is None:
        return iter(())
    named = task.members or task.officers or (task.proposed.officers if task.proposed else ())
    known = (people.officer(number) for number in named)
    return iter(dict.fromkeys(officer.id for officer in known if officer is not None))


def _apart_m(place: Place, other: Place) -> int:
    """Metres between two places; in one grid none, and far where nobody knows."""
    if place.grid is not None and place.grid == other.grid:
        return 0
    here, there = place.point, other.point
    if here is None or there is None:
        return _FAR_M
    return round(
        distance_m(to_wgs84(here.lon, here.lat, here.crs), to_wgs84(there.lon, there.lat, there.crs))
    )


def _camera(view: DutyView, officers: list[Officer]) -> str | None:
    """One that somebody of them carries, else one that lies ready; None where none may be relied on today."""
    day = day_of(view.at)
    for officer in officers:
        for carried in view.carried_by(officer.id):
            is_out = carried.state is DeviceState.OUT and carried.is_calibrated(day)
            if carried.device.kind is DeviceKind.CAMERA and is_out:
                return carried.device.id
    for own in view.people.devices.values():
        if own.kind is not DeviceKind.CAMERA:
            continue
        ready = view.device(own.id)
        if ready is not None and ready.state is DeviceState.IN and ready.is_calibrated(day):
            return own.id
    return None
