"""行政处罚: the penalty procedures that officers begin on site, simple (简易程序) or ordinary (普通程序), up to the archive.

Each is lawful, and may go on long after the case is closed.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Final, NamedTuple

from pipeline.simulate.people import evidence_taking
from pipeline.simulate.people.crews import Crews
from pipeline.simulate.people.person_steps import Habits, PersonStep, action_id, minutes, on_duty
from pipeline.simulate.people.rule_knowledge import ORDINARY, SIMPLE
from schemas.inputs.action import Penalise
from schemas.inputs.action_base import Actor
from schemas.outputs import Assignment
from schemas.state.penalty import PenaltyFacts
from schemas.values.penalty_terms import Gravity, PartyKind
from schemas.values.terms import EvidenceKind, PenaltyStep, Role, Severity


class TimedStep(NamedTuple):
    """A step, and the least and most hours between it and the step before."""

    step: PenaltyStep
    hours: tuple[float, float]


SIMPLE_PROCEDURE: Final = (
    TimedStep(PenaltyStep.SIMPLE_DECIDED, (0.1, 0.3)),
    TimedStep(PenaltyStep.SERVED, (0.05, 0.1)),
    TimedStep(PenaltyStep.PAID, (1, 30)),
    TimedStep(PenaltyStep.ARCHIVED, (20, 50)),
)
ORDINARY_PROCEDURE: Final = (
    TimedStep(PenaltyStep.FILED, (0.1, 0.4)),
    TimedStep(PenaltyStep.INVESTIGATED, (1, 20)),
    TimedStep(PenaltyStep.NOTICED, (16, 40)),
    TimedStep(PenaltyStep.REVIEWED, (24, 72)),
    TimedStep(PenaltyStep.DECIDED, (4, 40)),
    TimedStep(PenaltyStep.SERVED, (4, 72)),
    TimedStep(PenaltyStep.PAID, (24, 240)),
    TimedStep(PenaltyStep.ARCHIVED, (20, 72)),
)
_REVIEWER: Final = "legal-1"
"""The organ's lawyer."""
_HEAD: Final = "head-1"
"""Who decides for the organ."""


def begin(
    task: Assignment, arrived: datetime, officers: list[str], draw: Random, habits: Habits, crews: Crews
) -> Iterator[PersonStep]:
    """All steps of a penalty procedure, if one is begun: now and then, for matters that a street may fine by itself."""
    simple = task.matter in SIMPLE
    if task.leg > 1 or not (simple or task.matter in ORDINARY) or draw.random() >= habits.penalises:
        return
    at = arrived
    fine = draw.choice((50, 100, 150, 200)) if simple else draw.choice((500, 1_000, 2_000))
    for number, (step, hours) in enumerate(SIMPLE_PROCEDURE if simple else ORDINARY_PROCEDURE):
        at += minutes(draw, hours[0] * 60, hours[1] * 60)
        if number > 1:  # the later steps are desk work
            at = on_duty(at, Severity.P4, draw)
        if number > 0:
            at = crews.together(task, officers, at)
        yield PersonStep(at, _penalise(task, step, at, officers, fine), outlives_task=True)


def _penalise(task: Assignment, step: PenaltyStep, at: datetime, officers: list[str], fine: int) -> Penalise:
    paper = evidence_taking.item(
        task, EvidenceKind.DOCUMENT, at - timedelta(minutes=1), officers[0], f"{step.value}-{task.leg}"
    )
    return Penalise(
        action_id=action_id(task, step.value),
        case_id=task.case_id,
        actor=Actor(id=officers[0], role=Role.OFFICER, team=task.team),
        acted_at=at,
        step=step,
        facts=_facts(step, tuple(officers), fine),
        evidence=(paper,),
    )


def _facts(step: PenaltyStep, officers: tuple[str, ...], fine: int) -> PenaltyFacts | None:
    party = PartyKind.CITIZEN
    match step:
        case PenaltyStep.FILED:
            return PenaltyFacts(party=party, officers=officers, approved_by=_HEAD)
        case PenaltyStep.INVESTIGATED:
            return PenaltyFacts(officers=officers, identity_shown=True)
        case PenaltyStep.NOTICED:
            return PenaltyFacts(
                party=party,
                fine_yuan=fine,
                gravity=Gravity.SLIGHT,
                evidence_reviewed=True,
                device_checked_by=_REVIEWER,
            )
        case PenaltyStep.REVIEWED:
            return PenaltyFacts(reviewer=_REVIEWER, review_passed=True, defence_done=True)
        case PenaltyStep.DECIDED:
            return PenaltyFacts(fine_yuan=fine, approved_by=_HEAD)
        case PenaltyStep.ARCHIVED:
            return PenaltyFacts(corrected=True, approved_by=_HEAD)
        case PenaltyStep.SIMPLE_DECIDED:
            return PenaltyFacts(
                officers=officers,
                identity_shown=True,
                party=party,
                rights_told=True,
                review_first_told=True,
                evidence_reviewed=True,
                device_checked_by=_REVIEWER,
                fine_yuan=fine,
                gravity=Gravity.SLIGHT,
            )
    return None
