"""How a case ends other than by being closed or merged, as the auditor remembers it; part of `apply_event`."""

from collections.abc import Callable, Mapping
from typing import Final

from pipeline.audit.model.case_memory import CaseMemory
from schemas.journal import assessment_events, joint_events
from schemas.values.terms import CaseOutcome


def _ends_as(outcome: CaseOutcome) -> Callable[[CaseMemory, object], None]:
    def change(case: CaseMemory, _: object) -> None:
        case.outcome = outcome

    return change


def _moved(case: CaseMemory, event: joint_events.CaseMoved) -> None:
    """It goes on in another street."""
    case.outcome, case.moved_to = CaseOutcome.MOVED, event.to_case


ENDING_APPLIERS: Final[Mapping[type, Callable[..., None]]] = {
    assessment_events.CaseAnswered: _ends_as(CaseOutcome.ANSWERED),
    joint_events.CaseRejected: _ends_as(CaseOutcome.REJECTED),
    joint_events.CaseVoided: _ends_as(CaseOutcome.VOIDED),
    joint_events.CaseTransferred: _ends_as(CaseOutcome.TRANSFERRED),
    joint_events.CaseMoved: _moved,
    joint_events.CaseTerminated: _ends_as(CaseOutcome.TERMINATED),
    joint_events.CaseDeclined: _ends_as(CaseOutcome.DECLINED),
    joint_events.CaseSentBack: _ends_as(CaseOutcome.SENT_BACK),
}
