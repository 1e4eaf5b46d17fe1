"""行政处罚: the penalty procedures that officers begin on site, on the spot or by the ordinary way, step by step to the archive.

Each is lawful, and goes on when the case is closed long ago.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Final, NamedTuple

from pipeline.simulate.people import evidence_taking
from pipeline.simulate.people.person_steps import Habits, PersonStep, action_id, minutes, on_duty
from pipeline.simulate.people.rule_knowledge import ORDINARY, SIMPLE
from schemas.inputs.action import Actor, Penalise
from schemas.outputs import Assignment
from schemas.state.penalty import PenaltyFacts
from schemas.values.terms import EvidenceKind, PartyKind, PenaltyStep, Role, Severity


class Next(NamedTuple):
    """A step, and how many hours after the one before it is taken, at least and at most."""

    step: PenaltyStep
    hours: tuple[float, float]


ON_THE_SPOT: Final = (
    Next(PenaltyStep.SIMPLE_DECIDED, (0.1, 0.3)),
    Next(PenaltyStep.SERVED, (0.05, 0.1)),
    Next(PenaltyStep.PAID, (1, 30)),
    Next(PenaltyStep.ARCHIVED, (20, 50)),
)
BY_THE_ORDINARY_WAY: Final = (
    Next(PenaltyStep.FILED, (0.1, 0.4)),
    Next(PenaltyStep.INVESTIGATED, (1, 20)),
    Next(PenaltyStep.NOTICED, (16, 40)),
    Next(PenaltyStep.REVIEWED, (24, 72)),
    Next(PenaltyStep.DECIDED, (4, 40)),
    Next(PenaltyStep.SERVED, (4, 72)),
    Next(PenaltyStep.PAID, (24, 240)),
    Next(PenaltyStep.ARCHIVED, (20, 72)),
)


def begin(
    task: Assignment, arrived: datetime, officers: list[str], draw: Random, habits: Habits
) -> Iterator[PersonStep]:
    """All steps of the procedure, where one is begun: what a street may fine by itself, now and then."""
    simple = task.matter in SIMPLE
    if task.leg > 1 or not (simple or task.matter in ORDINARY) or draw.random() >= habits.penalises:
        return
    at = arrived
    fine = draw.choice((50, 100, 150, 200)) if simple else draw.choice((500, 1_000, 2_000))
    for number, (step, hours) in enumerate(ON_THE_SPOT if simple else BY_THE_ORDINARY_WAY):
        at += minutes(draw, hours[0] * 60, hours[1] * 60)
        if number > 1:  # what is left is done at a desk
            at = on_duty(at, Severity.P4, draw)
        yield PersonStep(at, _taken(task, step, at, officers, fine), stands=True)


def _taken(task: Assignment, step: PenaltyStep, at: datetime, officers: list[str], fine: int) -> Penalise:
    paper = evidence_taking.item(
        task, EvidenceKind.DOCUMENT, at - timedelta(minutes=1), officers[0], f"{step.value}-{task.leg}"
    )
    return Penalise(
        action_id=action_id(task, step.value),
        case_id=task.case_id,
        actor=Actor(id=officers[0], role=Role.OFFICER, team=task.team),
        acted_at=at,
        step=step,
        facts=_said(step, tuple(officers), fine),
        evidence=(paper,),
    )


def _said(step: PenaltyStep, officers: tuple[str, ...], fine: int) -> PenaltyFacts | None:
    party = PartyKind.CITIZEN
    match step:
        case PenaltyStep.FILED:
            return PenaltyFacts(party=party, officers=officers)
        case PenaltyStep.INVESTIGATED:
            return PenaltyFacts(officers=officers, identity_shown=True)
        case PenaltyStep.NOTICED:
            return PenaltyFacts(party=party, fine_yuan=fine, evidence_reviewed=True)
        case PenaltyStep.REVIEWED:
            return PenaltyFacts(reviewer="legal-1", review_passed=True, defence_done=True)
        case PenaltyStep.DECIDED:
            return PenaltyFacts(fine_yuan=fine)
        case PenaltyStep.SIMPLE_DECIDED:
            return PenaltyFacts(
                officers=officers,
                identity_shown=True,
                party=party,
                rights_told=True,
                evidence_reviewed=True,
                fine_yuan=fine,
            )
    return None
