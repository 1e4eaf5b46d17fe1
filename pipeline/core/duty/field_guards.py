"""Guards of who acts on site: they exist, are of the team, are on duty and certified, and the camera is theirs (行政处罚法 42, 47).

    named ─► known here? ─► of the team, or lent to it? ─► on duty, or on site since the arrival? ─► certified for the matter?
    recording ─► a device of the street? ─► out then, with somebody who was there? ─► calibrated?

A street whose people nobody has listed is asked nothing. Of what is told later than it was done, the time at which it was done counts.
"""

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from pipeline.core.action_rows import ON_SITE, ActionRow, evidence_of
from pipeline.core.case.decision_context import DecisionContext
from pipeline.core.duty.who_is_there import DutyView, day_of
from pipeline.core.rules.identity import persons
from pipeline.core.rules.refusals import Refusal, all_of
from pipeline.core.worktime.office_hours import local_text
from schemas.duty.duty_terms import DeviceState
from schemas.inputs import action as contracts
from schemas.inputs import correction_actions
from schemas.inputs.action import Action
from schemas.inputs.supervision_actions import Assign
from schemas.values.evidence import Evidence
from schemas.values.terms import EvidenceKind, Role, Stage

_DONE_THERE: Final = (
    contracts.Arrive,
    contracts.Dispose,
    contracts.Penalise,
    contracts.TakeMeasure,
    correction_actions.OrderCorrection,
    correction_actions.Reinspect,
)
"""Whoever does these is there and certified; for all else that officers do it is enough that they are of the team."""
_STAYS: Final = ON_SITE - {Stage.REWORK}
"""Where whoever arrived is still; to do it again somebody comes anew."""
_COME_MAX: Final = 5
"""So many of those who could come are named."""


class OnTheSpot(NamedTuple):
    """For whom the people act, and the street as it was when they did."""

    context: DecisionContext
    team: str
    view: DutyView

    def known_as(self, number: str) -> str:
        """The id of the officer of that number; of nobody's the number itself."""
        officer = self.view.officer(number)
        return number if officer is None else officer.id


def refuse_absent(context: DecisionContext, action: Action, row: ActionRow) -> Refusal | None:
    """What each person and each recording that the action names lacks, if anything; None in a street whose people are not known."""
    team = action.actor.team
    if context.duty is None or team is None or team in context.rules.departments:
        return None  # an owner who mends what is its own enforces nothing
    spot = OnTheSpot(context, team, context.duty.at_time(action.acted_at))
    named = _named(context, action)
    is_done_there = isinstance(action, _DONE_THERE)
    faults = [
        _not_of_the_team(spot, field, number) or (_off_duty(spot, field, number) if is_done_there else None)
        for field, number in named.items()
    ]
    if isinstance(action, contracts.Arrive):
        faults.append(_too_few_certified(spot, action))
    elif is_done_there:
        faults += [_not_certified(spot, field, number) for field, number in named.items()]
        faults += [_recorded_by_nobody(spot, named, *item) for item in enumerate(evidence_of(action, row))]
    return all_of(faults)


def _named(context: DecisionContext, action: Action) -> Mapping[str, str]:
    """Every officer whom the action names, by the field that does; a squad is none."""
    named: dict[str, str] = {}
    if action.actor.role is Role.OFFICER:
        named["actor.id"] = action.actor.id
    if isinstance(action, contracts.Arrive):
        named |= _listed("officers", action.officers)
    elif isinstance(action, contracts.Penalise | contracts.TakeMeasure) and action.facts is not None:
        named |= _listed("facts.officers", action.facts.officers)
    elif isinstance(action, Assign):
        squads = context.street.teams
        named |= _listed("members", (member for member in action.members if member not in squads))
    return named


def _listed(field: str, numbers: Iterable[str]) -> Mapping[str, str]:
    return {f"{field}.{place}": number for place, number in enumerate(numbers)}


def _not_of_the_team(spot: OnTheSpot, field: str, number: str) -> Refusal | None:
    if spot.view.officer(number) is None:
        return Refusal("unknown_officer", field, _who_could_come(spot))
    if spot.team not in spot.view.teams_of(number):
        return Refusal("officer_of_other_team", field, _who_could_come(spot), spot.team)
    return None


def _off_duty(spot: OnTheSpot, field: str, number: str) -> Refusal | None:
    """Who arrived on this leg stays until it is done, whenever the shift ends."""
    has_stayed = spot.context.case.stage in _STAYS and spot.known_as(number) in _on_site(spot)
    if has_stayed or spot.view.presence(number) is not None:
        return None
    return Refusal("not_on_duty", field, _who_could_come(spot))


def _not_certified(spot: OnTheSpot, field: str, number: str) -> Refusal | None:
    # 行政处罚法 42
    if _is_certified(spot, number):
        return None
    return Refusal("not_certified", field, _who_could_come(spot))


def _too_few_certified(spot: OnTheSpot, action: contracts.Arrive) -> Refusal | None:
    # 行政处罚法 42: whoever has no certificate comes along
    least = spot.context.rules.policy.officers_min
    certified = {
        officer.id
        for number in action.officers
        if (officer := spot.view.officer(number)) and _is_certified(spot, number)
    }
    if len(certified) >= least or len(persons(action.officers)) < least:  # the latter is refused as it is
        return None
    return Refusal("not_certified", "officers", f"at least {least}: {_who_could_come(spot)}")


def _is_certified(spot: OnTheSpot, number: str) -> bool:
    return spot.view.certificate_for(number, spot.context.case.facts.matter) is not None


def _on_site(spot: OnTheSpot) -> frozenset[str]:
    """Who arrived on this leg, by their ids."""
    task = spot.context.case.task
    return frozenset(map(spot.known_as, task.officers)) if task else frozenset()


def _who_could_come(spot: OnTheSpot) -> str:
    """Some of the team who are on duty and certified; or from when on somebody is."""
    matter = spot.context.case.facts.matter
    there = spot.view.qualified(spot.team, matter)
    if there:
        return ", ".join(officer.id for officer in there[:_COME_MAX])
    since = spot.view.next_qualified(spot.team, matter)
    return f"nobody of {spot.team} before {local_text(since)}" if since else f"nobody of {spot.team}"


def _recorded_by_nobody(
    spot: OnTheSpot, named: Mapping[str, str], place: int, item: Evidence
) -> Refusal | None:
    """A recording names a camera that was out with somebody who was there, and may be relied on (行政处罚法 41, 47)."""
    context, field = spot.context, f"evidence.{place}.device"
    if item in context.case.evidence:
        return None
    if item.officer is not None and spot.view.officer(item.officer) is None:
        return Refusal("unknown_officer", f"evidence.{place}.officer", "an officer who was there")
    is_recording = item.kind is EvidenceKind.BODYCAM
    if item.device is None:
        return Refusal("camera_missing", field, "the camera that recorded it") if is_recording else None
    carried = spot.view.device(item.device)
    if carried is None:  # a phone is nobody's concern
        return Refusal("unknown_device", field, "a camera of the street") if is_recording else None
    there = _on_site(spot) | {spot.known_as(number) for number in named.values()}
    if spot.view.holder_of(item.device, item.taken_at) not in there:
        return Refusal("camera_not_theirs", field, f"one that was out then with {', '.join(sorted(there))}")
    if carried.state is DeviceState.BROKEN and carried.since is not None and item.taken_at > carried.since:
        return Refusal("device_broken", field, f"one that works; broken since {local_text(carried.since)}")
    if not carried.is_calibrated(day_of(item.taken_at)):
        return Refusal("device_uncalibrated", field, f"calibrated, not until {carried.calibrated_until}")
    return None
