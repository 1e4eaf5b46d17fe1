"""Who of a team goes to a case, when, and with which camera.

Where the street's people are known, those go who are on duty and certified, one of them with a camera; is nobody there, then those of
the next shift, and to what cannot wait the duty chief calls somebody out (召回). Elsewhere people and cameras are invented.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from random import Random
from typing import Final, NamedTuple

from pipeline.core.duty.people import Officer, StreetPeople
from pipeline.core.duty.who_is_there import day_of
from pipeline.simulate.people.duty_plan import LEAVING, READY, DutyPlan
from pipeline.simulate.people.person_steps import is_urgent, minutes, officers_of
from schemas.duty.duty_actions import DutyAction
from schemas.outputs import Assignment

OFFICERS_MIN: Final = 2
SOON: Final = timedelta(minutes=45)
"""For somebody who comes so soon nobody is called out."""
_STEP: Final = timedelta(minutes=15)
_AHEAD: Final = timedelta(days=14)
_AT_ONCE: Final = timedelta(days=1)
"""Work that takes no longer is recorded from the arrival on, other work when it is finished."""


class Going(NamedTuple):
    """These arrive at `at`, the first of them with a camera."""

    at: datetime
    officers: list[str]


class CameraStart(NamedTuple):
    """A camera, and when it begins to record."""

    camera: str | None
    taken_at: datetime


class Crews:
    """Of all streets whose people are known."""

    def __init__(self, seed: int, people: Mapping[str, StreetPeople], first: date) -> None:
        """`first` is the day with which everything begins."""
        self.plans: Final = {street: DutyPlan(seed, known, first) for street, known in people.items()}
        self._said: list[DutyAction] = []

    def taken(self) -> list[DutyAction]:
        """What the duty post says of those who were called out since somebody last asked."""
        said, self._said = self._said, []
        return said

    def is_known(self, street: str) -> bool:
        """Whether the people of the street are."""
        return street in self.plans

    def going(self, task: Assignment, at: datetime, wanted: int, draw: Random) -> Going:
        """Who goes from `at` on."""
        plan = self.plans.get(task.street)
        if plan is None:
            return Going(at, draw.sample(officers_of(task), wanted))
        found = self._ready(plan, task, at, SOON if is_urgent(task.severity) else _AHEAD)
        if found is None:
            called = [one for one in plan.view(at).members(task.team) if self._may_come(plan, one, task, at)]
            if len(called) >= OFFICERS_MIN:
                chosen = draw.sample(called, OFFICERS_MIN)
                self._said += plan.call_out(chosen, at)
                return Going(at + READY + minutes(draw, 5, 15), [one.id for one in chosen])
            found = self._ready(plan, task, at, _AHEAD)
        if found is None:
            return Going(at + _AHEAD, draw.sample(officers_of(task), wanted))
        come_at, ready = found
        if come_at > at:
            come_at += minutes(draw, 0, 10)
        first = draw.choice(_with_camera(plan, ready, found[0]))
        others = [one for one in ready if one != first]
        return Going(come_at, [first, *draw.sample(others, min(wanted, len(ready)) - 1)])

    def recording(
        self, task: Assignment, officers: Sequence[str], begun: datetime, done: datetime
    ) -> CameraStart:
        """The camera of those on site and when it records: from `begun` on, or of long work what was last."""
        plan = self.plans[task.street]
        found = ((plan.camera(one, begun), begun) for one in officers)
        at_once = next((CameraStart(camera, at) for camera, at in found if camera), None)
        if at_once is not None and done - begun <= _AT_ONCE:
            return at_once
        plan.actions(day_of(done))
        for officer in officers:
            for spell in plan.spells(officer):
                at = max(spell.out_at + READY, begun)
                if at <= min(done, spell.whole_until - _STEP) and plan.camera(officer, at) == spell.device:
                    return CameraStart(spell.device, at)
        return at_once or CameraStart(None, begun)

    def camera(self, street: str, officer: str, at: datetime) -> str | None:
        """What the officer has with them then."""
        return self.plans[street].camera(officer, at)

    def together(self, task: Assignment, officers: Sequence[str], at: datetime) -> datetime:
        """From when on all of them are there again, and may act."""
        plan = self.plans.get(task.street)
        if plan is None:
            return at
        for moment in _moments(at, _AHEAD):
            view = plan.view(moment)
            if all(view.presence(one) and view.certificate_for(one, task.matter) for one in officers):
                return moment
        return at

    def waiting(self, task: Assignment, arrived: Sequence[str], draw: Random) -> list[str]:
        """Who of those who came goes on with the work; where the people are invented, anybody of the team."""
        if self.is_known(task.street) and arrived:
            return list(arrived)
        return [draw.choice(officers_of(task))]

    def _may_come(self, plan: DutyPlan, officer: Officer, task: Assignment, at: datetime) -> bool:
        is_certified = plan.view(at).certificate_for(officer.id, task.matter) is not None
        return is_certified and plan.is_free_for(officer, at)

    def _ready(
        self, plan: DutyPlan, task: Assignment, at: datetime, within: timedelta
    ) -> tuple[datetime, list[str]] | None:
        """From when on enough of the team can set out, and who."""
        for moment in _moments(at, within):
            view = plan.view(moment)
            ready = [
                one.id
                for one in view.qualified(task.team, task.matter or "")
                if (shift := view.presence(one.id)) and shift.ends - LEAVING > moment
            ]
            if len(ready) >= OFFICERS_MIN and _with_camera(plan, ready, moment):
                return moment, ready
        return None


def _with_camera(plan: DutyPlan, officers: Sequence[str], at: datetime) -> list[str]:
    """Who of them has one then, and a quarter of an hour later too."""
    return [one for one in officers if plan.camera(one, at) and plan.camera(one, at + READY)]


def _moments(at: datetime, within: timedelta) -> Iterator[datetime]:
    """Now, and every quarter of an hour."""
    yield at
    quarter = at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0)
    for number in range(1, within // _STEP + 1):
        yield quarter + _STEP * number


INVENTED: Final = Crews(0, {}, date.min)
"""Nobody is known anywhere."""
