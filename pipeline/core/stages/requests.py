"""挂账 and 延期: a team asks for a suspension or an extension, somebody else decides, and meanwhile every clock runs."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from pipeline.core.clocks import running_clocks
from pipeline.core.rules.redaction import scrub
from pipeline.core.rules.refusals import Refusal
from pipeline.core.rules.rules import Rules, Street
from pipeline.core.stages import dispatch, filing_and_closing, joint, request_filing
from pipeline.core.worktime import clock_arithmetic
from pipeline.core.worktime.policy import Span, span_of
from schemas import limits
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
from schemas.values.terms import ClockKind, ExtensionReason, RequestKind, SuspensionReason

Decided = tuple[CaseEvent, ...] | Refusal


def decide_suspend(rules: Rules, case: Case, action: Suspend, at: datetime) -> Decided:
    """Asked for with a reason and an end; how often and how long is the policy's."""
    refusal = request_filing.pending(case) or _may_suspend(rules, case, action.reason, action.until, at)
    if refusal:
        return refusal
    return request_filing.asked(
        case, action, at, RequestKind.SUSPENSION, action.reason.value, until=action.until
    )


def decide_extend(rules: Rules, case: Case, action: Extend, at: datetime) -> Decided:
    """Asked for before the deadline, as often and as far as the policy allows."""
    refusal = request_filing.pending(case) or _may_extend(rules, case, span_of(action.more), at)
    if refusal:
        return refusal
    return request_filing.asked(
        case, action, at, RequestKind.EXTENSION, action.reason.value, more=action.more
    )


def decide_request(rules: Rules, street: Street, case: Case, action: Decide, at: datetime) -> Decided:
    """Granted or not by whoever may decide this, never by who asked; what is granted must still be possible now."""
    request = case.request
    if request is None:
        return Refusal("nothing_asked", "action", "a case with an open request")
    if action.actor.role not in rules.decides[request.kind]:
        return Refusal("role_not_allowed", "actor.role", ", ".join(sorted(rules.decides[request.kind])))
    if action.actor.id == request.by:
        return Refusal("self_approval", "actor.id", "somebody who did not ask")
    decided = RequestDecided(
        case_id=case.case_id,
        kind=request.kind,
        by=action.actor.id,
        granted=action.granted,
        note=scrub(action.note, limits.NOTE_MAX),
    )
    if not action.granted:
        return (decided,)
    if request.kind is RequestKind.OBJECTION:
        events = dispatch.redirected(street, case, action, at)
    else:
        events = _GRANTED[request.kind](rules, case, request, action.actor.id, at)
    return events if isinstance(events, Refusal) else (decided, *events)


def decide_resume(case: Case, action: Resume, at: datetime) -> Decided:
    """The case goes on before its suspension has run out."""
    return (CaseResumed(case_id=case.case_id, at=at, by=action.actor.id),)


def run_out(case: Case, at: datetime) -> tuple[CaseEvent, ...]:
    """The suspension is over: it ends at its own time, however late that is noticed."""
    until = case.suspension.until if case.suspension else at
    return (CaseResumed(case_id=case.case_id, at=min(at, until), by=None),)


def decide_progress(case: Case, action: Progress, at: datetime) -> Decided:
    """Whoever reported it is told what is being done and by when; no clock stops for it."""
    if action.expected_at <= at:
        return Refusal("expected_in_past", "expected_at", "a time after now")
    told = ProgressReported(
        case_id=case.case_id,
        by=action.actor.id,
        measure=scrub(action.measure, limits.NOTE_MAX),
        expected_at=action.expected_at,
    )
    return (told,)


def decide_stage(rules: Rules, case: Case, action: ReachStage) -> Decided:
    """A stage of the matter is done; each once."""
    stages = rules.service_of(case.facts.opened_at).stages.get(case.facts.matter, ())
    names = [one.name for one in stages if one.name not in case.stages_done]
    if action.stage not in names:
        return Refusal("no_such_stage", "stage", ", ".join(names) or "a matter with stages")
    return (
        StageReached(case_id=case.case_id, name=action.stage, by=action.actor.id, evidence=action.evidence),
    )


def _suspended(
    rules: Rules, case: Case, request: Request, by: str, at: datetime
) -> tuple[CaseEvent, ...] | Refusal:
    reason, until = SuspensionReason(request.reason), request.until or at
    refusal = _may_suspend(rules, case, reason, until, at)
    if refusal:
        return refusal
    suspension = Suspension(reason=reason, approved_by=by, since=at, until=until, stage=case.stage)
    return (CaseSuspended(case_id=case.case_id, suspension=suspension),)


def _extended(
    rules: Rules, case: Case, request: Request, by: str, at: datetime
) -> tuple[CaseEvent, ...] | Refusal:
    more, reason = request.more or "", ExtensionReason(request.reason)
    refusal = _may_extend(rules, case, span_of(more), at)
    if refusal:
        return refusal
    changes = running_clocks.extended(rules, case, span_of(more), reason.value, at)
    return (
        CaseExtended(case_id=case.case_id, at=at, by=by, more=more, reason=reason),
        ClocksChanged(case_id=case.case_id, changes=changes),
    )


_GRANTED: Final[Mapping[RequestKind, Callable[[Rules, Case, Request, str, datetime], Decided]]] = {
    RequestKind.SUSPENSION: _suspended,
    RequestKind.EXTENSION: _extended,
    RequestKind.JOINT: joint.begin,
    RequestKind.VOID: filing_and_closing.voided,
    RequestKind.TERMINATION: filing_and_closing.terminated,
}


def _may_suspend(
    rules: Rules, case: Case, reason: SuspensionReason, until: datetime, at: datetime
) -> Refusal | None:
    caps = rules.service_of(case.facts.opened_at).caps
    if case.suspensions >= caps.suspensions:
        return Refusal("suspension_limit", "action", f"at most {caps.suspensions} suspensions of a case")
    if reason not in caps.longest:
        return Refusal("reason_not_allowed", "reason", ", ".join(sorted(caps.longest)))
    latest = clock_arithmetic.after(rules.calendar, at, caps.longest[reason]).at
    if not at < until <= latest:
        return Refusal("suspension_end", "until", f"after now, at most until {latest:%Y-%m-%dT%H:%MZ}")
    return None


def _may_extend(rules: Rules, case: Case, more: Span, at: datetime) -> Refusal | None:
    caps = rules.service_of(case.facts.opened_at).caps
    clock = running_clocks.clock_of(case, ClockKind.DISPOSE)
    if case.extensions >= caps.extensions:
        return Refusal("extension_limit", "action", f"at most {caps.extensions} extension of a case")
    if clock is None or clock.stopped_at is not None or at >= clock.due_at:
        return Refusal("extend_after_deadline", "action", "ask before the deadline")
    latest = _latest(rules, clock, caps.extension)
    if clock_arithmetic.after(rules.hours_of(clock.roster), clock.due_at, more).at > latest:
        return Refusal("extension_too_long", "more", f"at most until {latest:%Y-%m-%dT%H:%MZ}")
    return None


def _latest(rules: Rules, clock: Clock, cap: Span) -> datetime:
    """By the cap, and by no more than the original length."""
    hours = rules.hours_of(clock.roster)
    return min(clock_arithmetic.after(hours, clock.due_at, span).at for span in (cap, span_of(clock.limit)))
