"""What a team's leader and the district say of a case, as the auditor remembers it; part of `apply_event`."""

from collections.abc import Callable, Mapping
from typing import Final

from pipeline.audit.model.case_memory import CaseMemory
from schemas.journal.joint_events import OfficersProposed, TaskAssigned
from schemas.journal.supervision_events import CaseFoundHard, CaseSupervised, SupervisionEnded


def _assigned(case: CaseMemory, event: TaskAssigned) -> None:
    case.members = event.members


def _proposed(_: CaseMemory, __: OfficersProposed) -> None:
    """Advice: nobody is bound by it."""


def _supervised(case: CaseMemory, _: CaseSupervised) -> None:
    case.of_district |= {"supervised"}


def _supervision_ended(case: CaseMemory, _: SupervisionEnded) -> None:
    case.of_district -= {"supervised"}


def _found_hard(case: CaseMemory, _: CaseFoundHard) -> None:
    case.of_district |= {"hard"}


DISTRICT_APPLIERS: Final[Mapping[type, Callable[..., None]]] = {
    TaskAssigned: _assigned,
    OfficersProposed: _proposed,
    CaseSupervised: _supervised,
    SupervisionEnded: _supervision_ended,
    CaseFoundHard: _found_hard,
}
