"""What people do about an assignment, and when: a pure function of the seed, the case, the team and the leg.

A team's requests are in `field_requests`, the penalty procedure in `penalties`, the centre's desk in `centre_desk`.

Nothing depends on the order in which assignments arrive, nor on any clock but the assignment's own time.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Final

from pipeline.simulate.people import caller_answers, centre_desk, evidence_taking, field_requests, penalties
from pipeline.simulate.people.crews import INVENTED, Crews
from pipeline.simulate.people.person_steps import (
    HABITS,
    Habits,
    PersonStep,
    action_id,
    is_urgent,
    leader,
    minutes,
    on_duty,
)
from pipeline.simulate.world.day import Truth
from pipeline.simulate.world.seeded_chance import chance
from schemas.inputs.action import Arrive, CallBack, Claim, Dispose, Reopen, Return, Sign, Verify
from schemas.inputs.action_base import Actor
from schemas.outputs import Assignment
from schemas.values.terms import AssignmentKind, EvidenceKind, ReturnReason, Role, Severity, Stage

VERIFIERS: Final = 4
CLERKS: Final = 3
CALLS_MAX: Final = 3


def decide(
    seed: int,
    task: Assignment,
    handler: str | None = None,
    habits: Habits = HABITS,
    known: Truth | None = None,
    *,
    is_one: bool | None = None,
    crews: Crews = INVENTED,
) -> list[PersonStep]:
    """All steps about an open assignment, in time order. `handler` is the officer who last disposed of the case, if known; `known` what
    a call to the reporter would say; `is_one`: whether two cases that are likely one are; `crews`: who goes.
    """
    draw = chance(seed, "people", task.case_id, task.team, task.kind.value, task.leg)
    match task.kind:
        case AssignmentKind.OFFER:
            return list(_offered(task, draw, habits))
        case AssignmentKind.HANDLE:
            again = task.stage is Stage.REWORK  # verification sent the team's own work back
            steps = _rework(task, draw, habits, crews) if again else _handle(task, draw, habits, crews)
            return sorted(steps, key=lambda step: step.due)  # callers are tried again while the work goes on
        case AssignmentKind.APPROVE:
            return list(centre_desk.approve(task, draw, habits, is_one))
        case AssignmentKind.CHECK:
            return list(centre_desk.check(task, draw, habits))
        case AssignmentKind.ASSESS:
            return list(centre_desk.assess(task, draw, known))
        case AssignmentKind.DISPATCH:
            return list(centre_desk.dispatch(task, draw))
        case AssignmentKind.JOINT:
            return list(centre_desk.partner(task, draw, habits))
        case AssignmentKind.VERIFY:
            return list(_verify(task, draw, habits, handler))
        case AssignmentKind.CALL_BACK:
            return list(_call_back(task, draw, habits))


def _offered(task: Assignment, draw: Random, habits: Habits) -> Iterator[PersonStep]:
    """领单: often a team claims the case; two may claim it at the same time."""
    if draw.random() < habits.claims:
        at = on_duty(task.at + minutes(draw, 1, 12), task.severity, draw)
        yield PersonStep(
            at,
            Claim(action_id=action_id(task, "claim"), case_id=task.case_id, actor=leader(task), acted_at=at),
        )


def _handle(task: Assignment, draw: Random, habits: Habits, crews: Crews) -> Iterator[PersonStep]:
    """签收、到场、处置, or sometimes 退单."""
    urgent = is_urgent(task.severity)
    at = on_duty(task.at + (minutes(draw, 1, 6) if urgent else minutes(draw, 2, 25)), task.severity, draw)
    if task.leg == 1 and draw.random() < habits.returns:
        yield PersonStep(at, _return(task, at, draw))
        return
    request = field_requests.FieldRequest.of(task, Random(draw.random()), habits)
    if request is field_requests.FieldRequest.VOID:
        yield field_requests.void(task, draw)
    yield PersonStep(
        at, Sign(action_id=action_id(task, "sign"), case_id=task.case_id, actor=leader(task), acted_at=at)
    )
    yield from caller_answers.contact(task, at)
    at = on_duty(at + (minutes(draw, 3, 16) if urgent else minutes(draw, 6, 55)), task.severity, draw)
    wanted = draw.choice((2, 2, 2, 3))
    going = crews.going(task, at, wanted, draw)
    at, officers = going.at, going.officers
    if draw.random() < habits.comes_alone:
        yield PersonStep(at, _arrive(task, at, officers[:1], "alone"))
        at += minutes(draw, 8, 20)
    yield PersonStep(at, _arrive(task, at, officers))
    if request not in field_requests.LEAVES_THE_STREET:
        yield from penalties.begin(task, at, officers[:2], Random(draw.random()), habits, crews)
    if request in field_requests.AFTER_ARRIVAL:
        yield field_requests.AFTER_ARRIVAL[request](task, at, draw)
    if request not in field_requests.NOT_FINISHED:
        yield from _dispose(task, at, _done_at(task, at, draw, habits), officers, draw, habits, crews)


def resume(
    seed: int,
    task: Assignment,
    at: datetime,
    habits: Habits = HABITS,
    arrived: tuple[str, ...] = (),
    crews: Crews = INVENTED,
) -> list[PersonStep]:
    """The steps of a team that waited on site for partners, better weather or a decision: it finishes, from `at` on. `arrived`: who
    came, where that is known.
    """
    draw = chance(seed, "people", task.case_id, task.team, task.leg, "goes on")
    begun = on_duty(at + minutes(draw, 5, 15), task.severity, draw)
    officers = crews.waiting(task, arrived, draw)
    begun = crews.together(task, officers, begun)
    return list(_dispose(task, begun, begun + minutes(draw, 15, 60), officers, draw, habits, crews))


def _rework(task: Assignment, draw: Random, habits: Habits, crews: Crews) -> Iterator[PersonStep]:
    """返工: the same team goes once more and takes new evidence."""
    at = on_duty(task.at + minutes(draw, 15, 50), task.severity, draw)
    going = crews.going(task, at, 2, draw)
    at, officers = going.at, going.officers
    yield PersonStep(at, _arrive(task, at, officers))
    yield from _dispose(task, at, at + minutes(draw, 10, 60), officers, draw, habits, crews)


def _dispose(
    task: Assignment,
    begun: datetime,
    done: datetime,
    officers: list[str],
    draw: Random,
    habits: Habits,
    crews: Crews,
) -> Iterator[PersonStep]:
    """处置 with all the evidence the matter requires; sometimes with an item missing, which is refused and then handed in."""
    officer = officers[0]
    evidence = tuple(evidence_taking.evidence(task, begun, done, officers, draw, crews))
    actor = Actor(id=officer, role=Role.OFFICER, team=task.team)
    if evidence and draw.random() < habits.forgets_evidence:
        short = tuple(item for item in evidence if item.kind is not EvidenceKind.PHOTO_AFTER)
        if len(short) == len(evidence):
            short = evidence[:-1]
        yield PersonStep(
            done,
            Dispose(
                action_id=action_id(task, "dispose-short"),
                case_id=task.case_id,
                actor=actor,
                acted_at=done,
                evidence=short,
            ),
        )
        done += minutes(draw, 4, 15)
    note = draw.choice(_FOUND_NOTHING if task.source.value == "monitor" and draw.random() < 0.3 else _DONE)
    yield caller_answers.answer(task, done, actor, note)
    yield PersonStep(
        done,
        Dispose(
            action_id=action_id(task, "dispose"),
            case_id=task.case_id,
            actor=actor,
            acted_at=done,
            evidence=evidence,
            note=note,
        ),
    )


def _verify(task: Assignment, draw: Random, habits: Habits, handler: str | None) -> Iterator[PersonStep]:
    """核查 by somebody who did not handle the case; the handler's own attempt is refused."""
    at = on_duty(task.at + minutes(draw, 6, 45), Severity.P4, draw)
    street = task.street
    if handler is not None and draw.random() < habits.verifies_own_work:
        own = Actor(id=handler, role=Role.VERIFIER, team=task.team)
        yield PersonStep(
            at,
            Verify(
                action_id=action_id(task, "verify-own"),
                case_id=task.case_id,
                actor=own,
                acted_at=at,
                passed=True,
            ),
        )
        at += minutes(draw, 10, 30)
    verifier = Actor(id=f"{street}-verifier-{draw.randint(1, VERIFIERS)}", role=Role.VERIFIER, team=task.team)
    passed = draw.random() >= habits.fails_verification
    photo = evidence_taking.item(
        task, EvidenceKind.PHOTO, at - timedelta(minutes=1), verifier.id, f"verify-{task.leg}"
    )
    yield PersonStep(
        at,
        Verify(
            action_id=action_id(task, "verify"),
            case_id=task.case_id,
            actor=verifier,
            acted_at=at,
            passed=passed,
            note="" if passed else draw.choice(_NOT_DONE),
            evidence=(photo,),
            answer=_ANSWER if task.reported_again else "",
        ),
    )


def _call_back(task: Assignment, draw: Random, habits: Habits) -> Iterator[PersonStep]:
    """回访: up to three calls until the caller answers, the last on another day. Now and then the caller is not content."""
    at = task.at + minutes(draw, 15, 80)
    clerk = Actor(
        id=f"{task.street}-clerk-{draw.randint(1, CLERKS)}", role=Role.CALLBACK_CLERK, team=task.team
    )
    for call in range(1, CALLS_MAX + 1):
        at = on_duty(at, Severity.P4, draw)
        reached = draw.random() >= habits.not_reached
        solved = reached and draw.random() >= habits.not_solved
        satisfied = solved and draw.random() >= habits.not_satisfied
        said = CallBack(
            action_id=action_id(task, f"call-{call}"),
            case_id=task.case_id,
            actor=clerk,
            acted_at=at,
            reached=reached,
            solved=solved if reached else None,
            satisfied=satisfied if reached else None,
            note="" if solved or not reached else draw.choice(_COMPLAINTS),
            answer=_ANSWER if task.reported_again else "",
        )
        yield PersonStep(at, caller_answers.perhaps_unreasonable(task, said))
        if satisfied and task.stage is Stage.AWAITING_CALLBACK and draw.random() < habits.reopens:
            yield _again(task, at + minutes(draw, 60, 240))
        if reached:
            return
        at += minutes(draw, 90, 200) if call < CALLS_MAX - 1 else timedelta(days=1)


def _again(task: Assignment, at: datetime) -> PersonStep:
    """重办: the same caller rings again after the case is closed."""
    operator = Actor(id=f"{task.street}-operator-1", role=Role.HOTLINE)
    reopen = Reopen(
        action_id=action_id(task, "reopen"),
        case_id=task.case_id,
        actor=operator,
        acted_at=at,
        note="来电人再次反映，问题又出现",
    )
    return PersonStep(at, reopen, outlives_task=True)


def _done_at(task: Assignment, arrived: datetime, draw: Random, habits: Habits) -> datetime:
    """When the work is done: mostly soon, with a long limit sometimes days later, and sometimes too late."""
    work = min(timedelta(hours=6), timedelta(minutes=draw.lognormvariate(3.4, 0.6)))
    due = task.due_at
    if due is None or due <= arrived:
        return on_duty(arrived + work, task.severity, draw)
    left = due - arrived
    if draw.random() < habits.late:
        return on_duty(due + minutes(draw, 5, 90), task.severity, draw)
    if left > timedelta(hours=20) and draw.random() < habits.slow:
        return on_duty(arrived + left * draw.uniform(0.2, 0.8), task.severity, draw)
    return on_duty(arrived + min(work, left * 0.8), task.severity, draw)


def _return(task: Assignment, at: datetime, draw: Random) -> Return:
    reason = draw.choice(list(ReturnReason))
    return Return(
        action_id=action_id(task, "return"),
        case_id=task.case_id,
        actor=leader(task),
        acted_at=at,
        reason=reason,
        note=_RETURN_NOTES[reason],
    )


def _arrive(task: Assignment, at: datetime, officers: list[str], name: str = "arrive") -> Arrive:
    actor = Actor(id=officers[0], role=Role.OFFICER, team=task.team)
    return Arrive(
        action_id=action_id(task, name),
        case_id=task.case_id,
        actor=actor,
        acted_at=at,
        officers=tuple(officers),
    )


_DONE: Final = (
    "现场已整改完毕",
    "当事人已自行整改",
    "已清理，恢复原状",
    "已责令停止并整改到位",
    "现场处置完毕，已拍照留存",
)
_FOUND_NOTHING: Final = ("到场核实，未发现告警所述情况", "经查为设备误报")
_ANSWER: Final = "已到现场复查新来件所述位置，未见反弹"
_NOT_DONE: Final = ("现场仍有残留，请返工", "复查时当事人又摆了出来", "处置后照片与现场不符", "整改不彻底")
_COMPLAINTS: Final = ("来电人表示又出现了", "来电人称没人联系过他", "来电人对处理结果不认可")
_RETURN_NOTES: Final = {
    ReturnReason.NOT_OUR_MATTER: "该事项不属本组职责",
    ReturnReason.NOT_OUR_AREA: "地点不在本片区",
    ReturnReason.NOT_ENOUGH_FACTS: "地址不清，联系不上来电人",
    ReturnReason.BEYOND_POWERS: "超出街道处置权限，需上级部门办理",
}
