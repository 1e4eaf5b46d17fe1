"""申请: what somebody asks for and somebody else decides (`requests.decide_request`). One at a time for a case; asking stops nothing."""

from datetime import datetime

from msgspec.structs import replace

from pipeline.core.rules.redaction import scrub
from pipeline.core.rules.refusals import Refusal
from schemas import limits
from schemas.inputs.action import Extend, Object, Suspend, Terminate, Void, Whistle
from schemas.journal.clock_events import CaseAsked
from schemas.journal.events import CaseEvent
from schemas.state.case import Case, Request
from schemas.values.terms import RequestKind

Asking = Suspend | Extend | Void | Whistle | Object | Terminate


def pending(case: Case) -> Refusal | None:
    """Why nothing more can be asked for: something waits to be decided."""
    if case.request is None:
        return None
    return Refusal("request_pending", "action", f"{case.request.kind.value} is to be decided first")


def asked(
    case: Case, action: Asking, at: datetime, kind: RequestKind, reason: str, **said: object
) -> tuple[CaseEvent, ...]:
    """It is asked for, by whoever acts; `said` are the fields of `Request` that this kind has beside the reason."""
    request = Request(
        kind=kind,
        by=action.actor.id,
        team=action.actor.team,
        at=at,
        reason=reason,
        note=scrub(action.note, limits.NOTE_MAX),
    )
    return (CaseAsked(case_id=case.case_id, request=replace(request, **said)),)
