"""The clocks of each partner's task in joint enforcement: to answer, to come, to finish. They start and stop in `running_clocks`."""

from collections.abc import Mapping
from typing import Final

from schemas.state.case import Case
from schemas.values.terms import ClockKind, JointStatus, Stage

_RUNS: Final[Mapping[JointStatus, tuple[ClockKind, ...]]] = {
    JointStatus.ASKED: (ClockKind.PARTNER_RESPOND, ClockKind.PARTNER_ARRIVE, ClockKind.PARTNER_FINISH),
    JointStatus.RESPONDED: (ClockKind.PARTNER_ARRIVE, ClockKind.PARTNER_FINISH),
    JointStatus.ARRIVED: (ClockKind.PARTNER_FINISH,),
    JointStatus.REFUSED: (ClockKind.PARTNER_FINISH,),
}


def running(case: Case) -> tuple[tuple[ClockKind, str], ...]:
    """The kind and the name of each clock that runs."""
    if case.joint is None or case.stage is not Stage.JOINT_IN_PROGRESS:
        return ()
    return tuple(
        (kind, clock_name(task.department))
        for task in case.joint.tasks
        for kind in _RUNS.get(task.status, ())
    )


def clock_name(department: str) -> str:
    """The department as the name of a clock."""
    return department.replace("-", "_")
