"""承接: where the open tasks of a team or a department go that the roster ends, and what rules lack that open cases still need.

roster.yaml gone_from, successor ─► due ─► handed_over: an event for each name, all in one entry of the case
not in the roster at all         ─► lacking: an obstacle; no worker starts on such rules
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from pipeline.core.penalty import penalty_procedure
from pipeline.core.rules.heirs import heir, succession_of
from pipeline.core.rules.rules import Rules
from schemas.journal.joint_events import TaskHandedOver
from schemas.state.case import Case
from schemas.values.terms import JointStatus, Stage
from schemas.values.text import UNDETERMINED

_SETTLED: Final = (JointStatus.DONE, JointStatus.WAIVED)


def holders(case: Case) -> Iterator[str]:
    """Each team and department that has, or may get back, a task of the case; none of a case that is over for good.

    A merged case may be split off again, and an open penalty procedure outlives its case.
    """
    goes_on = penalty_procedure.is_open(case)
    if case.closed_at is not None and case.merged is None and not goes_on:
        return
    task = case.task
    if task is not None and task.team and (case.stage is not Stage.DISPATCH_PENDING or goes_on):
        yield task.team
    if case.closed_at is not None and case.merged is None:
        return
    yield from task.offered_to if task is not None else ()
    if case.joint is not None and _is_joint(case):
        yield from (partner.department for partner in case.joint.tasks if partner.status not in _SETTLED)


def due(rules: Rules, case: Case) -> datetime | None:
    """When the first of them is gone and its task is to be handed over; None while all stay."""
    if not rules.heirs:
        return None
    ended = (succession_of(rules.heirs, case.street, name) for name in holders(case))
    return min((gone.since for gone in ended if gone is not None), default=None)


def handed_over(rules: Rules, case: Case, at: datetime) -> tuple[TaskHandedOver, ...]:
    """What is handed over at `at`: each name that is gone by then once, to whoever has its place."""
    if not rules.heirs:
        return ()
    pairs = {name: heir(rules.heirs, case.street, name, at) for name in holders(case)}
    return tuple(
        TaskHandedOver(case_id=case.case_id, at=at, gone=name, successor=to)
        for name, to in pairs.items()
        if name != to
    )


def lacking(rules: Rules, case: Case) -> str | None:
    """What the rules lack that the case needs; None where a worker can go on with it."""
    if case.street not in rules.streets:
        return f"no street {case.street}"
    if case.facts.matter != UNDETERMINED and case.facts.matter not in rules.matters:
        return f"no matter {case.facts.matter}"
    street = rules.streets[case.street]
    gone = [name for name in holders(case) if name not in street.teams and name not in rules.departments]
    return f"no team or department {', '.join(dict.fromkeys(gone))}" if gone else None


def _is_joint(case: Case) -> bool:
    rested = case.suspension.stage if case.suspension is not None else case.stage
    return rested is Stage.JOINT_IN_PROGRESS
