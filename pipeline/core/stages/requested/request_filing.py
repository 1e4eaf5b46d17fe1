"""申请: filing a request that somebody else decides (`requests.decide_request`). One of each kind at a time; no clock stops for it.

疑似重复 is filed by nobody: that a case is likely one with another the pipeline itself asks the centre, when it opens the case.
"""

from datetime import datetime
from typing import Final

from msgspec.structs import replace

from pipeline.core.case.case_book import Match
from pipeline.core.case.decision_context import Decided, DecisionContext
from pipeline.core.case.open_requests import request_of
from pipeline.core.rules.refusals import Refusal
from schemas.inputs.action import CallBack, Decline, Extend, Object, Suspend, Terminate, Void, Whistle
from schemas.inputs.supervision_actions import Appeal, RaiseHard, Supervise
from schemas.journal.clock_events import CaseAsked
from schemas.journal.events import CaseEvent
from schemas.state.case import Case, Request
from schemas.values.terms import RequestKind

PIPELINE: Final = "pipeline"
"""Who asks where no person does."""

Filing = (
    Suspend
    | Extend
    | Void
    | Whistle
    | Object
    | Terminate
    | Decline
    | CallBack
    | Supervise
    | RaiseHard
    | Appeal
)


def refuse_second(case: Case, kind: RequestKind) -> Refusal | None:
    """The same is not asked for twice: a second one waits until the first is decided or lapses. Another kind may be asked for."""
    if request_of(case, kind) is None:
        return None
    return Refusal("request_pending", "action", f"{kind.value} is to be decided first")


def file(
    context: DecisionContext, action: Filing, kind: RequestKind, reason: str, **fields: object
) -> tuple[CaseEvent, ...]:
    """Builds the event that files a request; `fields` are those of `Request` that this kind has beside the reason."""
    request = Request(
        kind=kind,
        by=action.actor.id,
        team=action.actor.team,
        at=context.at,
        reason=reason,
        note=action.note,
    )
    return (CaseAsked(case_id=context.case.case_id, request=replace(request, **fields)),)


def file_once(
    context: DecisionContext, action: Filing, kind: RequestKind, reason: str, **fields: object
) -> Decided:
    """Files a request, unless the same is asked for already."""
    return refuse_second(context.case, kind) or file(context, action, kind, reason, **fields)


def suspected(case_id: str, suspect: Match | None, at: datetime) -> tuple[CaseEvent, ...]:
    """The event that asks whether the case is one with the other, where there is one; meanwhile it is handled as any."""
    if suspect is None:
        return ()
    request = Request(
        kind=RequestKind.DUPLICATE,
        by=PIPELINE,
        team=None,
        at=at,
        reason=RequestKind.DUPLICATE.value,
        note=suspect.why,
        into=suspect.case_id,
    )
    return (CaseAsked(case_id=case_id, request=request),)
