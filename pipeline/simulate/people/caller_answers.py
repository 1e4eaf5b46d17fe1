"""联系 and 答复: what a team does for the callers of its case. It draws by itself, so that the rest of the day stays as it was."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Final

from msgspec.structs import replace

from pipeline.simulate.people import evidence_taking
from pipeline.simulate.people.person_steps import PersonStep, action_id, leader, minutes, on_duty
from schemas.inputs.action import CallBack, Contact, WriteAnswer
from schemas.inputs.action_base import Actor
from schemas.outputs import Assignment
from schemas.values.answer_terms import AnswerFinding, ContactWay, UnsolvedCause
from schemas.values.terms import EvidenceKind, Stage

REACHED: Final = 0.85
ATTEMPTS_MAX: Final = 3
UNREASONABLE: Final = 0.3
"""Of the callers who are not content, so many ask for what nobody can give."""


def contact(task: Assignment, signed_at: datetime) -> Iterator[PersonStep]:
    """Soon after signing, up to three times; of a secret order the hotline does it."""
    if not task.to_contact:
        return
    draw = Random(f"{task.case_id} {task.leg} contact")
    at = signed_at + minutes(draw, 1, 5)
    for attempt in range(1, ATTEMPTS_MAX + 1):
        at = on_duty(at, task.severity, draw)
        reached = draw.random() < REACHED
        yield PersonStep(
            at,
            Contact(
                action_id=action_id(task, f"contact-{attempt}"),
                case_id=task.case_id,
                actor=leader(task),
                acted_at=at,
                way=ContactWay.PHONE if draw.random() < 0.9 else ContactWay.VISIT,
                reached=reached,
                note="" if reached else "无人接听",
            ),
        )
        if reached:
            return
        at += timedelta(minutes=61) + minutes(draw, 0, 60)


def answer(task: Assignment, at: datetime, actor: Actor, done: str) -> PersonStep:
    """What the callers are told of what was done; whoever joins the case later is told the same."""
    draw = Random(f"{task.case_id} {task.leg} answer")
    found = AnswerFinding.TRUE if draw.random() < 0.8 else AnswerFinding.PARTLY
    return PersonStep(
        at,
        WriteAnswer(
            action_id=action_id(task, "answer"),
            case_id=task.case_id,
            actor=actor,
            acted_at=at,
            found=found,
            done=done,
        ),
    )


def perhaps_unreasonable(task: Assignment, said: CallBack) -> CallBack:
    """What a caller who is not content asks for may be what nobody can give (不合理诉求): the clerk says so, with the record of the call."""
    is_content = said.solved and said.satisfied
    if not said.reached or is_content or task.reported_again or task.stage is not Stage.AWAITING_CALLBACK:
        return said
    if Random(f"{task.case_id} {task.leg} demand").random() >= UNREASONABLE:
        return said
    record = evidence_taking.item(
        task, EvidenceKind.DOCUMENT, said.acted_at, said.actor.id, f"call-{task.leg}"
    )
    return replace(
        said,
        note="要求赔偿与本案无关的损失",
        cause=UnsolvedCause.UNREASONABLE,
        evidence=(record,),
    )
