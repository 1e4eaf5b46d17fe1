"""联合执法: the street blows the whistle, departments come and report back (街乡吹哨、部门报到).

    whistle ─► decided by the centre ─► a task for each partner ─► asked ─► responded ─► arrived ─► done
                                        │                           └► refused ─► settled by the centre
                                        └─ barrier: the lead disposes when every mandatory task is done or waived

Tasks run in parallel, each with clocks of its own: notices name the late partner, not the whole case.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, NamedTuple

from pipeline.core.case.decision_context import Decided, DecisionContext
from pipeline.core.clocks import partner_clocks, running_clocks
from pipeline.core.rules.heirs import heir
from pipeline.core.rules.refusals import Refusal
from pipeline.core.stages.requested import request_filing
from schemas.inputs.action import JointStep, Settle, Whistle
from schemas.journal.clock_events import ClocksChanged
from schemas.journal.joint_events import JointStarted, JointTaskMoved
from schemas.state.case import Case, Joint, JointTask, Request
from schemas.values.placeholders import says_nothing
from schemas.values.terms import ClockKind, JointStatus, RequestKind, Role

OPEN: Final = frozenset({JointStatus.ASKED, JointStatus.RESPONDED, JointStatus.ARRIVED})
NEXT: Final[Mapping[JointStatus, frozenset[JointStatus]]] = {
    JointStatus.ASKED: frozenset({JointStatus.RESPONDED, JointStatus.ARRIVED, JointStatus.REFUSED}),
    JointStatus.RESPONDED: frozenset({JointStatus.ARRIVED, JointStatus.REFUSED}),
    JointStatus.ARRIVED: frozenset({JointStatus.DONE}),
    JointStatus.DONE: frozenset(),
    JointStatus.REFUSED: frozenset({JointStatus.RESPONDED, JointStatus.ARRIVED}),
    JointStatus.WAIVED: frozenset(),
}
"""How a partner's task goes on. ARRIVED implies RESPONDED."""
SETTLED: Final[Mapping[JointStatus, frozenset[JointStatus]]] = {
    status: frozenset()
    if status in (JointStatus.DONE, JointStatus.WAIVED)
    else frozenset({JointStatus.WAIVED, JointStatus.ASKED})
    for status in JointStatus
}
"""How a partner's task is settled: waived, or asked for anew."""


class Blocking(NamedTuple):
    """A task that holds the barrier, and by when it should be done."""

    department: str
    status: JointStatus
    due_at: datetime | None


def decide_whistle(context: DecisionContext, action: Whistle) -> Decided:
    """The lead requests partners, where the matter is eligible; the centre decides."""
    departments, mandatory = (*action.departments, *action.optional), len(action.departments)
    return (
        request_filing.refuse_second(context.case, RequestKind.JOINT)
        or _refuse_partners(context, departments)
        or request_filing.file(
            context, action, RequestKind.JOINT, "joint", departments=departments, mandatory=mandatory
        )
    )


def begin(context: DecisionContext, request: Request, by: str) -> Decided:
    """Granted: every partner has its task, and the whole case the time that joint enforcement may take."""
    rules, _, _, case, at, _ = context
    tasks = tuple(
        JointTask(
            department=department, mandatory=number < request.mandatory, status=JointStatus.ASKED, at=at
        )
        for number, department in enumerate(request.departments)
    )
    joint = Joint(convened_by=request.by, approved_by=by, since=at, tasks=tasks, note=request.note)
    started = JointStarted(case_id=case.case_id, joint=joint)
    span = rules.service_of(case.facts.opened_at).limit(
        case.facts.matter, case.facts.severity, ClockKind.JOINT
    )
    changes = running_clocks.extended(rules, case, span or (), "joint", at, (ClockKind.WHOLE,))
    return (started, ClocksChanged(case_id=case.case_id, changes=changes)) if changes else (started,)


def decide_step(context: DecisionContext, action: JointStep) -> Decided:
    """A partner reports how far it has come."""
    case, at = context.case, context.at
    task = task_of(case, action.actor.team or "")
    if task is None:
        return Refusal("not_a_partner", "actor.team", ", ".join(_departments(case)))
    if action.status not in NEXT[task.status]:
        possible = ", ".join(sorted(NEXT[task.status])) or f"none: it is {task.status.value}"
        return Refusal("joint_step", "status", possible)
    if action.status is JointStatus.REFUSED and says_nothing(action.note):
        return Refusal("refusal_reason_missing", "note", "why the department does not come")
    moved = JointTaskMoved(
        case_id=case.case_id,
        at=at,
        by=action.actor.id,
        department=task.department,
        status=action.status,
        note=action.note,
        evidence=action.evidence,
    )
    return (moved,)


def decide_settle(context: DecisionContext, action: Settle) -> Decided:
    """The lead may waive an optional partner with a reason; the centre settles any, also one that refused."""
    case, at = context.case, context.at
    task = task_of(case, action.department)
    if task is None:
        return Refusal("not_a_partner", "department", ", ".join(_departments(case)))
    status = JointStatus.WAIVED if action.waive else JointStatus.ASKED
    if status not in SETTLED[task.status]:
        return Refusal("joint_step", "department", f"it is {task.status.value}")
    if action.actor.role is not Role.DUTY_CHIEF and (task.mandatory or not action.waive):
        return Refusal("settled_by_centre", "department", "an optional one, or ask the centre")
    moved = JointTaskMoved(
        case_id=case.case_id,
        at=at,
        by=action.actor.id,
        department=task.department,
        status=status,
        note=action.note,
    )
    return (moved,)


def barrier(case: Case) -> Refusal | None:
    """Why the lead may not dispose of the case yet: mandatory tasks not done, optional ones neither done nor waived."""
    waiting = [task.department for task in blocking(case)]
    return Refusal("joint_open_tasks", "action", ", ".join(waiting)) if waiting else None


def blocking(case: Case) -> list[Blocking]:
    """The tasks that the case waits for, the latest deadline last: the end of the list is its critical path."""
    if case.joint is None:
        return []
    tasks = [
        Blocking(task.department, task.status, _finish(case, task.department))
        for task in case.joint.tasks
        if task.status not in (JointStatus.DONE, JointStatus.WAIVED)
    ]
    return sorted(tasks, key=lambda task: (task.due_at is None, task.due_at or case.facts.opened_at))


def task_of(case: Case, department: str) -> JointTask | None:
    """The task of a partner."""
    tasks = case.joint.tasks if case.joint else ()
    return next((task for task in tasks if task.department == department), None)


def department_of(name: str) -> str:
    """The department that a clock of this name is of (`partner_clocks.clock_name`)."""
    return name.replace("_", "-")


def _finish(case: Case, department: str) -> datetime | None:
    clock = running_clocks.clock_of(case, ClockKind.PARTNER_FINISH, partner_clocks.clock_name(department))
    return clock.due_at if clock else None


def _refuse_partners(context: DecisionContext, departments: tuple[str, ...]) -> Refusal | None:
    rules, facts = context.rules, context.case.facts
    if rules.service_of(facts.opened_at).limit(facts.matter, facts.severity, ClockKind.JOINT) is None:
        return Refusal("joint_not_eligible", "action", "a matter with a joint limit")
    for department in departments:
        if department not in rules.departments or _is_gone(context, department):
            there = (name for name in sorted(rules.departments) if not _is_gone(context, name))
            return Refusal("unknown_department", "departments", ", ".join(there)[:200])
    if len(set(departments)) != len(departments) or len(departments) < rules.policy.joint_partners_min:
        wanted = f"{rules.policy.joint_partners_min} or more, each once"
        return Refusal("too_few_partners", "departments", wanted)
    return None


def _is_gone(context: DecisionContext, department: str) -> bool:
    return heir(context.rules.heirs, context.case.street, department, context.at) != department


def _departments(case: Case) -> list[str]:
    return [task.department for task in case.joint.tasks] if case.joint else []
