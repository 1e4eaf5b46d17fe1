"""What a handing over (承接) changes in a case: the successor stands wherever the team or department stood that the roster ends."""

from typing import Final

from msgspec.structs import replace

from pipeline.core.case import open_requests
from schemas.journal.joint_events import TaskHandedOver
from schemas.state.case import Case, Clock, JointTask
from schemas.values.terms import ClockKind, Stage


def handed_over(case: Case, event: TaskHandedOver, _: Stage) -> Case:
    """Whatever the one had, the other has; a partner that takes part already has one task, mandatory if either was."""
    gone, to, task = event.gone, event.successor, case.task
    if task is not None:
        offered = tuple(dict.fromkeys(to if team == gone else team for team in task.offered_to))
        theirs = {"team": to, "members": ()} if task.team == gone else {}
        task = replace(task, offered_to=offered, **theirs)
    requests = open_requests.requests_of(case)
    case = open_requests.with_requests(
        case, (replace(request, team=to) if request.team == gone else request for request in requests)
    )
    if case.joint is None or all(partner.department != gone for partner in case.joint.tasks):
        return replace(case, task=task)
    joint = replace(case.joint, tasks=_taken_over(case.joint.tasks, gone, to))
    is_partner = any(partner.department == to for partner in case.joint.tasks)
    clocks = case.clocks if is_partner else tuple(_renamed(clock, gone, to) for clock in case.clocks)
    return replace(case, task=task, joint=joint, clocks=clocks)


def _taken_over(tasks: tuple[JointTask, ...], gone: str, to: str) -> tuple[JointTask, ...]:
    theirs = next(task for task in tasks if task.department == gone)
    if all(task.department != to for task in tasks):
        return tuple(replace(task, department=to) if task is theirs else task for task in tasks)
    return tuple(
        replace(task, mandatory=task.mandatory or theirs.mandatory) if task.department == to else task
        for task in tasks
        if task is not theirs
    )


def _renamed(clock: Clock, gone: str, to: str) -> Clock:
    is_theirs = clock.kind in _OF_PARTNERS and clock.name == gone.replace("-", "_")
    return replace(clock, name=to.replace("-", "_")) if is_theirs else clock


_OF_PARTNERS: Final = (ClockKind.PARTNER_RESPOND, ClockKind.PARTNER_ARRIVE, ClockKind.PARTNER_FINISH)
