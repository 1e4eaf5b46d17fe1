"""挂账 and 延期: a team requests a suspension or an extension, somebody else decides, and meanwhile every clock runs."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from pipeline.core.case.decision_context import Decided, DecisionContext
from pipeline.core.case.open_requests import request_of, requests_of
from pipeline.core.clocks import hotline_deadlines, running_clocks
from pipeline.core.correction_orders import rests_for_it
from pipeline.core.rules.identity import person
from pipeline.core.rules.refusals import Refusal
from pipeline.core.rules.rules import Rules
from pipeline.core.stages import dispatch, filing_and_closing, joint, merging
from pipeline.core.stages.requested import appealing, declining, demands, request_filing, supervising
from pipeline.core.stages.updates import changing
from pipeline.core.worktime import clock_arithmetic
from pipeline.core.worktime.office_hours import local_text
from pipeline.core.worktime.policy import Span, span_of
from schemas.inputs.action import Decide, Extend, Progress, ReachStage, Resume, Suspend
from schemas.journal.clock_events import (
    CaseExtended,
    CaseResumed,
    CaseSuspended,
    ClocksChanged,
    RequestDecided,
    StageReached,
)
from schemas.journal.events import CaseEvent, ProgressReported
from schemas.state.case import Case, Clock, Request, Suspension
from schemas.values.hotline_order import DeadlineOwner
from schemas.values.terms import ClockKind, ExtensionReason, RequestKind, SuspensionReason


def decide_suspend(context: DecisionContext, action: Suspend) -> Decided:
    """Requested with a reason and an end; the policy limits how often and how long."""
    return (
        request_filing.refuse_second(context.case, RequestKind.SUSPENSION)
        or _refuse_suspension(context, action.reason, action.until)
        or request_filing.file(
            context, action, RequestKind.SUSPENSION, action.reason.value, until=action.until
        )
    )


def decide_extend(context: DecisionContext, action: Extend) -> Decided:
    """Requested before the deadline, as often and as far as the policy allows; past the hotline's own deadline, of the hotline."""
    more = span_of(action.more)
    refusal = (
        request_filing.refuse_second(context.case, RequestKind.EXTENSION)
        or request_filing.refuse_second(context.case, RequestKind.HOTLINE_EXTENSION)
        or _refuse_extension(context, more)
    )
    if refusal:
        return refusal
    until = _past_the_hotline(context, more)
    kind = RequestKind.HOTLINE_EXTENSION if until else RequestKind.EXTENSION
    return request_filing.file(context, action, kind, action.reason.value, more=action.more, until=until)


def decide_request(context: DecisionContext, action: Decide) -> Decided:
    """Granted or denied by a role that may decide this kind, never by who filed it; what is granted must still be possible now."""
    request = _request_meant(context.case, action)
    if isinstance(request, Refusal):
        return request
    roles = context.rules.decides[request.kind]
    if action.actor.role not in roles:
        return Refusal("role_not_allowed", "actor.role", ", ".join(sorted(roles)))
    if person(action.actor.id) == person(request.by):
        return Refusal("self_approval", "actor.id", "somebody who did not ask")
    refusal = appealing.refuse_decider(context.case, request, action.actor)
    if refusal:
        return refusal
    decided = RequestDecided(
        case_id=context.case.case_id,
        kind=request.kind,
        by=action.actor.id,
        granted=action.granted,
        note=action.note,
        source=request.source,
        source_no=request.source_no,
        team=request.team if request.kind is RequestKind.APPEAL else None,
    )
    if not action.granted:
        follows = demands.not_consented(context, request, action.note)
        return follows if isinstance(follows, Refusal) else (decided, *follows)
    if request.kind is RequestKind.OBJECTION:
        events = dispatch.redirected(context, action)
    else:
        events = _GRANTED[request.kind](context, request, action.actor.id)
    return events if isinstance(events, Refusal) else (decided, *events)


def _request_meant(case: Case, action: Decide) -> Request | Refusal:
    """The one that is named, or the only one: of several none is guessed."""
    requests = requests_of(case)
    kinds = ", ".join(request.kind.value for request in requests)
    if action.request is not None:
        return request_of(case, action.request) or _refuse_nothing(case, "request", action.request, kinds)
    if not requests:
        return _refuse_nothing(case, "action", None, kinds)
    return requests[0] if len(requests) == 1 else Refusal("several_requests", "request", kinds)


def _refuse_nothing(case: Case, field: str, kind: RequestKind | None, kinds: str) -> Refusal:
    """Who comes too late hears that it has lapsed, not that it was never asked for."""
    lapsed = [name for name in case.lapsed_requests if kind in (None, name)]
    if lapsed:
        return Refusal("request_lapsed", field, f"{', '.join(lapsed)}: to be asked for anew")
    return Refusal("nothing_asked", field, kinds or "a case with an open request")


def decide_resume(context: DecisionContext, action: Resume) -> Decided:
    """The case goes on before its suspension has run out; not while a party has time to obey an order."""
    if rests_for_it(context.case):
        return Refusal("order_runs", "action", "reinspect, or release_correction by the duty chief")
    return (CaseResumed(case_id=context.case.case_id, at=context.at, by=action.actor.id),)


def run_out(case: Case, at: datetime) -> tuple[CaseEvent, ...]:
    """The suspension has run out: the case goes on from the due time, even if the timer fires late."""
    until = case.suspension.until if case.suspension else at
    return (CaseResumed(case_id=case.case_id, at=min(at, until), by=None),)


def decide_progress(context: DecisionContext, action: Progress) -> Decided:
    """Reporters hear what is being done and by when; no clock stops for it."""
    if action.expected_at <= context.at:
        return Refusal("expected_in_past", "expected_at", "a time after now")
    progress = ProgressReported(
        case_id=context.case.case_id,
        by=action.actor.id,
        measure=action.measure,
        expected_at=action.expected_at,
    )
    return (progress,)


def decide_stage(context: DecisionContext, action: ReachStage) -> Decided:
    """A stage of the matter is done; each once."""
    case = context.case
    stages = context.rules.service_of(case.facts.opened_at).stages.get(case.facts.matter, ())
    names = [stage.name for stage in stages if stage.name not in case.stages_done]
    if action.stage not in names:
        return Refusal("no_such_stage", "stage", ", ".join(names) or "a matter with stages")
    return (
        StageReached(case_id=case.case_id, name=action.stage, by=action.actor.id, evidence=action.evidence),
    )


def _suspended(context: DecisionContext, request: Request, by: str) -> Decided:
    case, at = context.case, context.at
    reason, until = SuspensionReason(request.reason), request.until or at
    refusal = _refuse_suspension(context, reason, until)
    if refusal:
        return refusal
    suspension = Suspension(reason=reason, approved_by=by, since=at, until=until, stage=case.stage)
    return (CaseSuspended(case_id=case.case_id, suspension=suspension),)


def _extended(context: DecisionContext, request: Request, by: str) -> Decided:
    rules, case, at = context.rules, context.case, context.at
    more, reason = request.more or "", ExtensionReason(request.reason)
    refusal = _refuse_extension(context, span_of(more))
    if refusal:
        return refusal
    changes = running_clocks.extended(rules, case, span_of(more), reason.value, at)
    return (
        CaseExtended(
            case_id=case.case_id, at=at, by=by, more=more, reason=reason, hotline_due_at=request.until
        ),
        ClocksChanged(case_id=case.case_id, changes=changes),
    )


_GRANTED: Final[Mapping[RequestKind, Callable[[DecisionContext, Request, str], Decided]]] = {
    RequestKind.SUSPENSION: _suspended,
    RequestKind.EXTENSION: _extended,
    RequestKind.HOTLINE_EXTENSION: _extended,
    RequestKind.JOINT: joint.begin,
    RequestKind.VOID: filing_and_closing.voided,
    RequestKind.TERMINATION: filing_and_closing.terminated,
    RequestKind.CHANGE: changing.changed,
    RequestKind.DUPLICATE: merging.agreed,
    RequestKind.DECLINE: declining.declined,
    RequestKind.SENDING_BACK: declining.sent_back,
    RequestKind.UNREASONABLE: demands.consented,
    RequestKind.SUPERVISION: supervising.supervised,
    RequestKind.HARD_CASE: supervising.found_hard,
    RequestKind.APPEAL: appealing.lifted,
}


def _refuse_suspension(context: DecisionContext, reason: SuspensionReason, until: datetime) -> Refusal | None:
    rules, case, at = context.rules, context.case, context.at
    caps = rules.service_of(case.facts.opened_at).caps
    if case.suspensions >= caps.suspensions:
        return Refusal("suspension_limit", "action", f"at most {caps.suspensions} suspensions of a case")
    allowed = caps.longest.keys() - {SuspensionReason.CORRECTION}
    if reason not in allowed:
        return Refusal("reason_not_allowed", "reason", ", ".join(sorted(allowed)))
    latest = clock_arithmetic.after(rules.calendar, at, caps.longest[reason]).at
    if not at < until <= latest:
        return Refusal("suspension_end", "until", f"after now, at most until {local_text(latest)}")
    return None


def _refuse_extension(context: DecisionContext, more: Span) -> Refusal | None:
    rules, case, at = context.rules, context.case, context.at
    caps = rules.service_of(case.facts.opened_at).caps
    clock = running_clocks.clock_of(case, ClockKind.DISPOSE)
    if case.extensions >= caps.extensions:
        return Refusal("extension_limit", "action", f"at most {caps.extensions} extension of a case")
    if clock is None or clock.stopped_at is not None or at >= clock.due_at:
        theirs = hotline_deadlines.owner_of(clock) is DeadlineOwner.HOTLINE
        asked_by = f"ask before the hotline's deadline {local_text(clock.due_at)}" if clock and theirs else ""
        return Refusal("extend_after_deadline", "action", asked_by or "ask before the deadline")
    latest = _latest(rules, clock, caps.extension)
    if clock_arithmetic.after(rules.hours_of(clock.roster), clock.due_at, more).at > latest:
        return Refusal("extension_too_long", "more", f"at most until {local_text(latest)}")
    return None


def _past_the_hotline(context: DecisionContext, more: Span) -> datetime | None:
    """When it would be due with so much more time, where that is later than the hotline wants it; None where it is not."""
    rules, case = context.rules, context.case
    clock = running_clocks.clock_of(case, ClockKind.DISPOSE)
    if clock is None or clock.hotline_due_at is None:
        return None
    until = clock_arithmetic.after(rules.hours_of(clock.roster), clock.due_at, more).at
    return until if until > clock.hotline_due_at else None


def _latest(rules: Rules, clock: Clock, cap: Span) -> datetime:
    """By the cap, and by no more than the original length."""
    hours = rules.hours_of(clock.roster)
    return min(clock_arithmetic.after(hours, clock.due_at, span).at for span in (cap, span_of(clock.limit)))
