"""What happened, counted from the events of an outcome: every counter that an indicator is made of.

A step has ended when its clock stopped in the entry in which it was done (`DONE_BY`); a clock that stands because the case
rests, was given back or is over for another reason ends nothing. It was kept if it stopped no later than it was due. Which end counts
as what is defined in `ending_table`.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple

from pipeline import metrics
from pipeline.core.case.turn import Change, Outcome
from pipeline.core.rules.rules import Rules
from pipeline.core.stages.joint import department_of
from pipeline.core.worktime.clock_arithmetic import counts_work, used
from pipeline.core.worktime.policy import span_of
from pipeline.indicators.pending import PendingCounts
from pipeline.indicators.stock import HANDLING
from pipeline.metrics import NOBODY, PARTNER_STEPS
from schemas.journal import (
    answer_events,
    assessment_events,
    clock_events,
    events,
    joint_events,
    merge_events,
    supervision_events,
    update_events,
)
from schemas.journal.entry import RecordCause
from schemas.state.case import Case, Clock
from schemas.topics import REPORTS
from schemas.values.request_terms import DemeritKind
from schemas.values.terms import (
    ClockEvent,
    ClockKind,
    EvidenceKind,
    JointStatus,
    LapseReason,
    Stage,
    TimerKind,
)
from schemas.values.text import category_of
from schemas.values.update_terms import ReportMark

OFFICERS: Final = 2
DONE_BY: Final[Mapping[ClockKind, tuple[type, ...]]] = {
    ClockKind.ACCEPT: (
        events.CaseAccepted,
        joint_events.CaseRejected,
        events.CaseSelfDisposed,
        assessment_events.CaseAnswered,
    ),
    ClockKind.DISPATCH: (events.CaseDispatched, events.CaseOffered, events.CaseClaimed),
    ClockKind.CLAIM: (events.CaseClaimed,),
    ClockKind.SIGN: (events.CaseSigned,),
    ClockKind.ARRIVE: (events.CaseArrived,),
    ClockKind.DISPOSE: (events.CaseDisposed, events.CaseSelfDisposed),
    ClockKind.STAGE: (clock_events.StageReached,),
    ClockKind.JOINT: (events.CaseDisposed,),
    ClockKind.VERIFY: (events.VerificationPassed, events.VerificationFailed),
    ClockKind.CALLBACK: (events.CallBackRecorded, clock_events.RequestDecided),
    ClockKind.CONTACT: (answer_events.CallerContacted, events.VerificationPassed),
    ClockKind.WHOLE: (events.CaseClosed,),
    ClockKind.LEGAL: (clock_events.PenaltyMoved, clock_events.MeasureMoved),
    ClockKind.DECIDE: (clock_events.RequestDecided,),
}
"""Which event of an entry says that the step of a clock is done."""

PARTNER_DONE: Final[Mapping[ClockKind, frozenset[JointStatus]]] = {
    ClockKind.PARTNER_RESPOND: frozenset({JointStatus.RESPONDED, JointStatus.ARRIVED, JointStatus.REFUSED}),
    ClockKind.PARTNER_ARRIVE: frozenset({JointStatus.ARRIVED}),
    ClockKind.PARTNER_FINISH: frozenset({JointStatus.DONE}),
}
"""To which status a partner's own task must have come: one that refuses or is waived has neither come nor finished."""


class Seen(NamedTuple):
    """An event with what it happened to. `case` is as the entry leaves it, `before` as it found it."""

    outcome: Outcome
    before: Case | None
    case: Case

    @property
    def team(self) -> str:
        """Who holds the case, or held it before the entry."""
        for case in (self.case, self.before):
            if case is not None and case.task is not None and case.task.team:
                return case.task.team
        return NOBODY

    @property
    def category(self) -> str:
        """Of its matter."""
        return category_of(self.case.facts.matter)


def note(pending: PendingCounts, rules: Rules, outcome: Outcome) -> None:
    """Add what the outcome's events say."""
    changes = {change.after.case_id: change for change in outcome.changes}
    for event in outcome.entry.events:
        kind = type(event)
        if (answer := _ANSWERS.get(kind)) is not None:
            answer(pending, event)
        elif (tell := _CASES.get(kind)) is not None:
            change = changes.get(getattr(event, "case_id", ""))
            if change is not None:
                tell(pending, event, Seen(outcome, change.before, change.after))
    for change in outcome.changes:
        _clocks(pending, rules, outcome, change)
    for notice in outcome.notices:
        pending.count(metrics.NOTICES, notice.kind.value, "" if notice.level is None else str(notice.level))


def yes(is_so: bool) -> str:
    """As a label."""
    return "yes" if is_so else "no"


def _clocks(pending: PendingCounts, rules: Rules, outcome: Outcome, change: Change) -> None:
    happened, case_id = outcome.entry.events, change.after.case_id
    stopped = [
        moved.clock
        for event in happened
        if type(event) is clock_events.ClocksChanged and event.case_id == case_id
        for moved in event.changes
        if moved.change is ClockEvent.STOPPED
    ]
    if not stopped:
        return
    own = [event for event in happened if getattr(event, "case_id", None) == case_id]
    seen = Seen(outcome, change.before, change.after)
    for clock in stopped:
        lapsed = any(_is_lapse_of(clock, event) for event in own)
        if lapsed or _is_done(clock, own):
            _ended(pending, rules, seen, clock, lapsed)


def _is_done(clock: Clock, own: Sequence[events.Event]) -> bool:
    """Whether the entry did the step of the clock; of a partner, its own step; of a decision, that on its own request."""
    reached = PARTNER_DONE.get(clock.kind)
    if clock.kind is ClockKind.DECIDE:
        return any(
            isinstance(event, clock_events.RequestDecided) and event.kind.value == clock.name for event in own
        )
    if reached is None:
        return any(isinstance(event, DONE_BY[clock.kind]) for event in own)
    department = department_of(clock.name or NOBODY)
    return any(
        isinstance(event, joint_events.JointTaskMoved)
        and event.department == department
        and event.status in reached
        for event in own
    )


def _is_lapse_of(clock: Clock, event: events.Event) -> bool:
    """Nobody had claimed, or decided, when the time was over, or turned to the caller when all was verified."""
    if isinstance(event, events.VerificationPassed):
        return clock.kind is ClockKind.CONTACT
    if isinstance(event, clock_events.TimerFired):
        return clock.kind is ClockKind.CLAIM and event.timer.kind is TimerKind.CLAIM_LAPSED
    return (
        isinstance(event, clock_events.RequestLapsed)
        and (clock.kind, clock.name) == (ClockKind.DECIDE, event.kind.value)
        and event.why is LapseReason.END_PASSED
    )


def _ended(pending: PendingCounts, rules: Rules, seen: Seen, clock: Clock, lapsed: bool) -> None:
    if clock.stopped_at is None:
        return
    severity, kind = seen.case.facts.severity, clock.kind
    kept = yes(clock.stopped_at <= clock.due_at and not lapsed)
    own = used(rules.hours_of(clock.roster), clock, clock.stopped_at).total_seconds()
    pending.count(metrics.CLOCKS_ENDED, kind.value, severity.value, kept)
    if kind in PARTNER_STEPS:
        pending.observe(
            metrics.PARTNER_SECONDS, own, department_of(clock.name or NOBODY), PARTNER_STEPS[kind]
        )
        return
    hours = "office" if counts_work(span_of(clock.limit)) else "natural"
    pending.observe_case(metrics.CLOCK_SECONDS, own, seen.case.case_id, kind.value, hours)
    if kind in HANDLING:
        pending.count(metrics.HANDLINGS, seen.case.street, seen.team, seen.category, kept)
    if kind is ClockKind.WHOLE:
        pending.count(metrics.CLOSINGS, seen.team, seen.category, kept)
    if kind is ClockKind.JOINT:
        pending.observe(metrics.JOINT_SECONDS, (clock.stopped_at - clock.started_at).total_seconds())


# --- answers: what no case is touched by


def _refused(pending: PendingCounts, event: events.ReportRefused) -> None:
    pending.count(metrics.REPORTS, event.source.value, "refused")
    pending.count(metrics.REFUSALS, "report", event.code)


def _repeated(pending: PendingCounts, event: events.ReportRepeated) -> None:
    pending.count(metrics.REPORTS, event.source.value, "repeated")


def _action_refused(pending: PendingCounts, event: events.ActionRefused) -> None:
    pending.count(metrics.REFUSALS, "action", event.code)


_ANSWERS: Final[Mapping[type, Callable[..., None]]] = {
    events.ReportRefused: _refused,
    events.ReportRepeated: _repeated,
    events.ActionRefused: _action_refused,
}


# --- cases


def _opened(pending: PendingCounts, event: events.CaseOpened, seen: Seen) -> None:
    facts, cause = event.facts, seen.outcome.entry.cause
    is_answered = event.report.answer is not None  # a question is no case that was opened
    if isinstance(cause, RecordCause) and cause.topic == REPORTS:
        pending.count(metrics.REPORTS, facts.source.value, "answered" if is_answered else "opened")
    if is_answered:
        return
    pending.count(metrics.OPENED, facts.source.value, seen.category, facts.severity.value)
    if facts.relapse_of is not None:
        pending.count(metrics.RELAPSES, seen.category)


def _assessed(pending: PendingCounts, event: assessment_events.CaseUnderAssessment, seen: Seen) -> None:
    """It was answered as if it were none, and is a case after all."""
    if seen.before is not None:
        facts = seen.case.facts
        pending.count(metrics.OPENED, facts.source.value, seen.category, facts.severity.value)


def _filed(pending: PendingCounts, event: events.CaseAccepted, seen: Seen) -> None:
    facts = seen.case.facts
    pending.count(metrics.FILED, facts.source.value, seen.category, facts.severity.value)


def _under_check(pending: PendingCounts, event: joint_events.CaseUnderCheck, seen: Seen) -> None:
    """One that the centre doubts was filed already; what is there is filed anew."""
    facts = seen.case.facts
    if event.by is not None:
        pending.count(metrics.UNFILED, facts.source.value, seen.category, facts.severity.value)


def _merged(pending: PendingCounts, event: events.ReportMerged, seen: Seen) -> None:
    pending.count(metrics.REPORTS, event.report.source.value, "merged")


def _updated(pending: PendingCounts, event: update_events.ReportUpdated, seen: Seen) -> None:
    if event.host is None:  # else its host has the same event
        outcome = "urged" if event.mark is ReportMark.URGED else "updated"
        pending.count(metrics.REPORTS, event.source.value, outcome)


def _self_disposed(pending: PendingCounts, event: events.CaseSelfDisposed, seen: Seen) -> None:
    pending.count(metrics.SELF_DISPOSED, seen.category)


def _given(pending: PendingCounts, event: events.CaseDispatched | events.CaseClaimed, seen: Seen) -> None:
    pending.count(metrics.DISPATCHES, event.team)
    if seen.case.task is not None and seen.case.task.leg == 1:
        pending.count(metrics.FIRST_DISPATCHES)


def _returned(pending: PendingCounts, event: events.CaseReturned, seen: Seen) -> None:
    pending.count(metrics.RETURNS, event.team, event.reason.value)
    if seen.before is not None and seen.before.task is not None and seen.before.task.leg == 1:
        pending.count(metrics.FIRST_RETURNS, event.reason.value)


def _disposed(pending: PendingCounts, event: events.CaseDisposed, seen: Seen) -> None:
    filmed = any(item.kind is EvidenceKind.BODYCAM for item in seen.case.evidence)
    officers = len(seen.case.task.officers) if seen.case.task is not None else 0
    pending.count(metrics.DISPOSALS, yes(filmed), yes(officers >= OFFICERS))


def _reworked(pending: PendingCounts, event: events.VerificationFailed, seen: Seen) -> None:
    pending.count(metrics.REWORKS, seen.team)


def _called(pending: PendingCounts, event: events.CallBackRecorded, seen: Seen) -> None:
    pending.count(metrics.CALL_BACKS, seen.case.street, seen.team, yes(event.solved), yes(event.satisfied))
    before = seen.before
    if before is not None and before.stage is Stage.AWAITING_CALLBACK:
        is_first, is_final = before.reopens == 0, seen.case.closed_at is not None
        pending.count(metrics.CALLS_IN_TURN, yes(is_first), yes(is_final), yes(event.satisfied))


def _lifted(pending: PendingCounts, event: supervision_events.DemeritLifted, seen: Seen) -> None:
    """Counters cannot be counted back: what an appeal lifted is counted apart."""
    team, street = event.demerit.team, seen.case.street
    match event.demerit.kind:
        case DemeritKind.OVERDUE:
            pending.count(metrics.HANDLINGS_LIFTED, street, team, seen.category)
        case DemeritKind.UNSOLVED:
            pending.count(metrics.UNSOLVED_LIFTED, street, team)
        case DemeritKind.UNSATISFIED:
            pending.count(metrics.UNSATISFIED_LIFTED, street, team)
        case DemeritKind.RETURNED:
            pending.count(metrics.RETURNS_LIFTED, team)
        case DemeritKind.NOT_CONTACTED:
            pending.count(metrics.CONTACTS_LIFTED, seen.case.facts.severity.value)


def _missed(pending: PendingCounts, event: events.CallMissed, seen: Seen) -> None:
    pending.count(metrics.CALLS_MISSED)


def _reopened(pending: PendingCounts, event: events.CaseReopened, seen: Seen) -> None:
    pending.count(metrics.REOPENS, seen.team)


def _extended(pending: PendingCounts, event: clock_events.CaseExtended, seen: Seen) -> None:
    pending.count(metrics.EXTENSIONS, seen.team)


def _suspended(pending: PendingCounts, event: clock_events.CaseSuspended, seen: Seen) -> None:
    pending.count(metrics.SUSPENSIONS, event.suspension.reason.value)


def _joint(pending: PendingCounts, event: joint_events.JointStarted, seen: Seen) -> None:
    pending.count(metrics.JOINT_STARTED)


def _over(pending: PendingCounts, event: object, seen: Seen) -> None:
    if seen.case.outcome is not None:
        pending.count(metrics.CASES_CLOSED, seen.case.outcome.value)


_CASES: Final[Mapping[type, Callable[..., None]]] = {
    events.CaseOpened: _opened,
    events.CaseAccepted: _filed,
    joint_events.CaseUnderCheck: _under_check,
    events.ReportMerged: _merged,
    update_events.ReportUpdated: _updated,
    events.CaseSelfDisposed: _self_disposed,
    events.CaseDispatched: _given,
    events.CaseClaimed: _given,
    events.CaseReturned: _returned,
    events.CaseDisposed: _disposed,
    events.VerificationFailed: _reworked,
    events.CallBackRecorded: _called,
    events.CallMissed: _missed,
    events.CaseReopened: _reopened,
    clock_events.CaseExtended: _extended,
    clock_events.CaseSuspended: _suspended,
    joint_events.JointStarted: _joint,
    supervision_events.DemeritLifted: _lifted,
    events.CaseClosed: _over,
    assessment_events.CaseUnderAssessment: _assessed,
    assessment_events.CaseAnswered: _over,
    joint_events.CaseRejected: _over,
    joint_events.CaseVoided: _over,
    joint_events.CaseTransferred: _over,
    joint_events.CaseMoved: _over,
    joint_events.CaseTerminated: _over,
    joint_events.CaseDeclined: _over,
    joint_events.CaseSentBack: _over,
    merge_events.CaseMerged: _over,
}
