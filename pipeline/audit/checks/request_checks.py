"""I8 and I12 of requests: each that is open has a clock for its decision and can still be granted; else it lapses, and both sides are told.

Whether two cases are one is asked once, and who says so merges them.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, TypeGuard

from pipeline.audit.checks.check_context import CheckContext
from pipeline.audit.findings import Invariant
from pipeline.audit.log.entry_join import Join, JoinedEntry
from pipeline.audit.model.audit_tables import GRANTED_WHERE, OF_HOLDER, UNHELD
from pipeline.audit.model.case_memory import CaseMemory
from pipeline.audit.model.fold import Touched
from pipeline.audit.model.procedure.remembered_orders import RememberedOrder
from schemas import topics
from schemas.journal.clock_events import (
    CaseAsked,
    CaseExtended,
    CaseSuspended,
    PenaltyMoved,
    RequestDecided,
    RequestLapsed,
)
from schemas.journal.correction_events import CorrectionExtended, CorrectionInspected, CorrectionReleased
from schemas.journal.entry import RecordCause
from schemas.journal.events import Event
from schemas.journal.instead_events import ActedInstead, CostsMoved
from schemas.journal.supervision_events import DemeritLifted
from schemas.outputs import Notice
from schemas.state.case import Request
from schemas.values.penalty_terms import CorrectionState, CostState, InspectionResult, InsteadGround
from schemas.values.terms import (
    CaseOutcome,
    ClockKind,
    LapseReason,
    NoticeKind,
    PenaltyStep,
    RequestKind,
    SuspensionReason,
)

_NOTICES_GONE: Final = "the notices are gone by retention, or were not asked for"


class Requests:
    """What somebody asked for, until it is decided or lapses."""

    def __init__(self, context: CheckContext) -> None:
        self._context = context
        self._holds = context.findings.holds

    def check_entry(self, joined: JoinedEntry, touched_cases: Sequence[Touched]) -> None:
        """An entry. What earlier versions wrote is not judged: they had neither clocks of decisions nor lapses."""
        for touched in touched_cases:
            if not self._context.measures(joined, Invariant.I8, Invariant.I12):
                continue
            self._clocked(joined, touched.after)
            self._alive(joined, touched.after)
            self._ended(joined, touched)
            self._suspected(joined, touched)
            self._supervised(joined, touched)
            self._demanded(joined, touched)
            self._appealed(joined, touched)
            for event in touched.events:
                if isinstance(event, RequestLapsed):
                    self._lapsed(joined, touched, event)
                elif isinstance(event, CaseExtended) and event.hotline_due_at is not None:
                    self._extended_by_hotline(joined, touched, event.hotline_due_at)

    def end(self, join: Join) -> None:
        """Nothing is left to check."""

    def _clocked(self, joined: JoinedEntry, case: CaseMemory) -> None:
        asked = {request.kind.value for request in case.requests}
        running = {
            name or ""
            for (kind, name), clock in case.clocks.items()
            if kind is ClockKind.DECIDE and clock.stopped_at is None
        }
        lacks, left = ", ".join(sorted(asked - running)), ", ".join(sorted(running - asked))
        self._holds("request_unclocked", not lacks, joined.place, case.case_id, request=lacks)
        self._holds("decision_clock_left", not left, joined.place, case.case_id, request=left)

    def _alive(self, joined: JoinedEntry, case: CaseMemory) -> None:
        """None stays open where nobody could grant it: between timers that fire late, its own may be the next."""
        for request in case.requests:
            alive = not has_moved_on(case, request) and not self._host_is_over(request)
            if isinstance(joined.entry.cause, RecordCause):
                alive = alive and not _is_past(case.end_of(request), joined.entry.at)
            words = {"request": request.kind.value, "stage": case.stage}
            self._holds("dead_request", alive, joined.place, case.case_id, **words)

    def _ended(self, joined: JoinedEntry, touched: Touched) -> None:
        """What was open and is not: somebody decided it, or it lapsed."""
        ended = {event.kind for event in touched.events if isinstance(event, RequestDecided | RequestLapsed)}
        still = {request.kind for request in touched.after.requests}
        for request in touched.before.requests if touched.before else ():
            told = request.kind in ended | still
            self._holds("request_vanished", told, joined.place, touched.after.case_id, request=request.kind)

    def _suspected(self, joined: JoinedEntry, touched: Touched) -> None:
        """What was said to be no duplicate is not asked again; what was said to be one is merged into what it was held to be."""
        before = touched.before
        asked, decided = touched.event("case_asked"), touched.event("request_decided")
        if before is not None and isinstance(asked, CaseAsked) and asked.request.into is not None:
            again = asked.request.into in before.not_duplicate_of
            place, into = joined.place, asked.request.into
            self._holds("suspected_again", not again, place, before.case_id, into=into)
        if before is None or not isinstance(decided, RequestDecided):
            return
        suspicion = before.request_of(decided.kind)
        if suspicion is not None and suspicion.into is not None and decided.granted:
            is_merged = touched.after.merged_into == suspicion.into
            self._holds("merged_elsewhere", is_merged, joined.place, before.case_id, into=suspicion.into)

    def _supervised(self, joined: JoinedEntry, touched: Touched) -> None:
        """Only the district puts a case under supervision or calls it hard; and one under supervision is neither passed nor over."""
        case, place, decided = touched.after, joined.place, touched.event("request_decided")
        for name, kind in _OF_DISTRICT.items():
            if touched.has(name):
                granted = isinstance(decided, RequestDecided) and decided.granted and decided.kind is kind
                self._holds("district_not_asked", granted, place, case.case_id, request=kind.value)
        if touched.before is not None and "supervised" in touched.before.of_district:
            ends = case.is_over or touched.has("verification_passed")
            self._holds("ended_under_supervision", not ends, place, case.case_id, stage=case.stage)

    def _demanded(self, joined: JoinedEntry, touched: Touched) -> None:
        """不合理诉求: shown with evidence, consented to by the hotline, or else the call counts."""
        place, case_id = joined.place, touched.after.case_id
        asked, decided = touched.event("case_asked"), touched.event("request_decided")
        if isinstance(asked, CaseAsked) and asked.request.kind is RequestKind.UNREASONABLE:
            self._holds("demand_unproven", asked.evidence and asked.request.note.strip(), place, case_id)
        claimed = touched.before.request_of(RequestKind.UNREASONABLE) if touched.before else None
        decision = (
            decided
            if isinstance(decided, RequestDecided) and decided.kind is RequestKind.UNREASONABLE
            else None
        )
        consented = claimed is not None and decision is not None and decision.granted
        if touched.has("case_closed") and touched.after.outcome is CaseOutcome.UNREASONABLE:
            self._holds("unconsented", consented, place, case_id)
        if decision is not None and not consented:
            self._holds("demand_uncounted", touched.has("call_back_recorded"), place, case_id)

    def _appealed(self, joined: JoinedEntry, touched: Touched) -> None:
        """考核申诉: of what is counted against whoever asks, with evidence; nobody with a part in the case decides; lifted if granted, and only then."""
        place, case_id, before = joined.place, touched.after.case_id, touched.before
        asked, decided = touched.event("case_asked"), touched.event("request_decided")
        if before is not None and isinstance(asked, CaseAsked) and asked.request.kind is RequestKind.APPEAL:
            request = asked.request
            proven = bool(asked.evidence) and bool(request.note.strip())
            self._holds("appeal_unproven", proven, place, case_id)
            own = [one for one in before.demerits if one.team == request.team and one.lifted is None]
            self._holds("appeal_of_nothing", request.demerit in own, place, case_id)
        appeal = before.request_of(RequestKind.APPEAL) if before else None
        granted = None
        if before and isinstance(decided, RequestDecided) and decided.kind is RequestKind.APPEAL:
            self._holds("appeal_by_handler", decided.by not in before.handlers, place, case_id)
            granted = appeal.demerit if appeal and decided.granted else None
        lifted = touched.event("demerit_lifted")
        gone = lifted.demerit if isinstance(lifted, DemeritLifted) else None
        self._holds("lifted_otherwise", gone == granted, place, case_id)

    def _host_is_over(self, request: Request) -> bool:
        """Of a likely duplicate: whether there is nothing left to be one with. A case that is not known may be open."""
        host = self._context.fold.cases.get(request.into or "")
        return host is not None and host.is_over

    def _lapsed(self, joined: JoinedEntry, touched: Touched, event: RequestLapsed) -> None:
        case, place, before = touched.after, joined.place, touched.before
        asked = before.request_of(event.kind) if before else None
        words = {"request": event.kind.value, "why": event.why.value}
        right = asked is not None and (asked.by, asked.at) == (event.by, event.asked_at)
        if asked is not None and event.why is LapseReason.END_PASSED:
            right = right and _is_past(case.end_of(asked), joined.entry.at)
        elif asked is not None:
            given_back = touched.has(
                "case_returned"
            )  # then nothing stays open, though it may be dispatched again at once
            right = right and (given_back or has_moved_on(case, asked) or self._host_is_over(asked))
        self._holds("lapsed_alive", right, place, case.case_id, **words)
        if topics.NOTICES in joined.absent:
            self._context.findings.skip((Invariant.I12,), _NOTICES_GONE)
            return
        told = {
            notice.to
            for notice in joined.contents(topics.NOTICES)
            if isinstance(notice, Notice)
            and (notice.kind, notice.case_id) == (NoticeKind.REQUEST_LAPSED, case.case_id)
            and notice.request is event.kind
        }
        missed = ", ".join(sorted({*self._sides(event)} - told))
        self._holds("lapse_untold", not missed, place, case.case_id, to=missed, **words)

    def _extended_by_hotline(self, joined: JoinedEntry, touched: Touched, due_at: datetime) -> None:
        """The hotline granted it, to the deadline that it was asked for; and whoever reported the case is told."""
        case, place, decided = touched.after, joined.place, touched.event("request_decided")
        asked = touched.before.request_of(RequestKind.HOTLINE_EXTENSION) if touched.before else None
        granted = isinstance(decided, RequestDecided) and decided.granted
        kind = decided.kind if isinstance(decided, RequestDecided) else None
        right = granted and asked is not None and (kind, asked.until) == (asked.kind, due_at)
        self._holds("hotline_not_asked", right, place, case.case_id, due=due_at)
        if topics.NOTICES in joined.absent:
            self._context.findings.skip((Invariant.I12,), _NOTICES_GONE)
            return
        told = {
            (notice.to, notice.source_no)
            for notice in joined.contents(topics.NOTICES)
            if isinstance(notice, Notice)
            and (notice.kind, notice.case_id, notice.due_at) == (NoticeKind.EXTENDED, case.case_id, due_at)
        }
        missed = ", ".join(
            sorted("/".join(report.number) for report in case.answered() if report.number not in told)
        )
        self._holds("extension_untold", not missed, place, case.case_id, number=missed)

    def _sides(self, event: RequestLapsed) -> Iterator[str]:
        rules = self._context.audit_rules
        yield rules.approver(event.kind)
        yield event.team or rules.posts["centre"]


def has_moved_on(case: CaseMemory, request: Request) -> bool:
    """Whether the case stands where this cannot be granted any more, or another team has the task of whoever asked."""
    holder = None if case.stage in UNHELD else case.team
    if request.kind in OF_HOLDER and request.team not in (None, holder):
        return True
    if request.kind is RequestKind.DUPLICATE and case.joined:
        return True
    return case.stage not in _STAGES[request.kind]


_OF_DISTRICT: Final[Mapping[str, RequestKind]] = {
    "case_supervised": RequestKind.SUPERVISION,
    "case_found_hard": RequestKind.HARD_CASE,
}
_STAGES: Final[Mapping[RequestKind, frozenset[str]]] = {
    RequestKind(kind): frozenset(stages) for kind, stages in GRANTED_WHERE.items()
}


def _is_past(end: datetime | None, at: datetime) -> bool:
    return end is not None and end <= at


class Orders:
    """I8 of orders to correct (责令限期改正): the case rests until the date, once extended at most, and is not done before what follows is."""

    def __init__(self, context: CheckContext) -> None:
        self._context = context
        self._holds = context.findings.holds

    def check_entry(self, joined: JoinedEntry, touched_cases: Sequence[Touched]) -> None:
        """An entry; each case that it touched."""
        for touched in touched_cases:
            self._rests(joined, touched)
            self._inspected(joined, touched)
            self._done(joined, touched)
            self._instead(joined, touched)

    def end(self, join: Join) -> None:
        """Nothing is left to check."""

    def _rests(self, joined: JoinedEntry, touched: Touched) -> None:
        """The rest and the order begin in one entry, and have one end; nobody else may rest a case so, nor move the date twice."""
        case, place, order = touched.after, joined.place, touched.after.order
        suspended = touched.event("case_suspended")
        for_order = (
            isinstance(suspended, CaseSuspended)
            and suspended.suspension.reason is SuspensionReason.CORRECTION
        )
        extended = touched.event("correction_extended")
        is_new = touched.has("correction_ordered")
        is_over = order is not None and order.until <= joined.entry.at  # known only when its date was over
        has_rest = is_over or (order is not None and case.suspended_until == order.until)
        if for_order or is_new:
            right = has_rest and for_order is not is_over and (is_new or extended is not None)
            self._holds("order_without_rest", right, place, case.case_id)
        if isinstance(extended, CorrectionExtended):
            before = touched.before.order if touched.before else None
            right = before is not None and not before.is_extended and extended.at < before.until
            right = right and has_rest and extended.at <= joined.entry.at
            self._holds("order_extended_wrongly", right, place, case.case_id)
        if (is_new or extended is not None) and for_order and touched.before is not None:
            ended = [event.kind.value for event in touched.events if _has_moved_it_on(event)]
            self._holds("order_ended_request", not ended, place, case.case_id, request=", ".join(ended))

    def _inspected(self, joined: JoinedEntry, touched: Touched) -> None:
        """Proven by what is newer than the order, and disobeyed only when the date is over; released by nobody who acted in the case."""
        case, place, before = touched.after, joined.place, touched.before
        seen, released = touched.event("correction_inspected"), touched.event("correction_released")
        order = before.order if before else None
        if isinstance(seen, CorrectionInspected):
            right = order is not None and order.is_open and _is_seen(seen, order, joined.entry.at)
            self._holds("inspected_wrongly", right, place, case.case_id)
        if isinstance(released, CorrectionReleased):
            right = order is not None and before is not None and released.by not in _acted_on(before, order)
            self._holds("order_released_wrongly", right, place, case.case_id)

    def _done(self, joined: JoinedEntry, touched: Touched) -> None:
        """Neither done, nor its penalty file archived, while nothing followed from the order; nor is said to be corrected what was not seen so."""
        case, place, order = touched.after, joined.place, touched.after.order
        if order is None or not order.is_open:
            return
        runs = order.state is CorrectionState.RUNNING
        if touched.has("case_disposed", *_LEAVING):
            followed = not runs and _is_followed(case, order)
            self._holds("order_unsettled", followed, place, case.case_id)
        moved = touched.event("penalty_moved")
        if not isinstance(moved, PenaltyMoved):
            return
        if moved.step is PenaltyStep.ARCHIVED:
            ended = {PenaltyStep.ENFORCED, PenaltyStep.TRANSFERRED} & set(case.penalty.counting)
            self._holds("order_archived", not runs and bool(ended), place, case.case_id)
        elif moved.step is PenaltyStep.NO_PENALTY:
            claimed = moved.facts is not None and moved.facts.corrected is True
            self._holds("corrected_unseen", not claimed, place, case.case_id)

    def _instead(self, joined: JoinedEntry, touched: Touched) -> None:
        """代处置, 代履行: for whom, on a ground with all that it asks for; what it cost is claimed before it is recovered."""
        place, case_id, before = joined.place, touched.after.case_id, touched.before
        acted, moved = touched.event("acted_instead"), touched.event("costs_moved")
        if isinstance(acted, ActedInstead) and self._context.measures(joined, Invariant.I8):
            done, days = acted.done, timedelta(days=self._context.audit_rules.instead_demand_days)
            right = (done.unit is None) is (done.ground is not InsteadGround.OWNER)
            if done.ground is InsteadGround.AFTER_DEMAND:
                demanded = done.demanded_at is not None and done.demanded_at + days <= joined.entry.at
                right = right and demanded and bool(done.paper and done.present)
            right = right and (done.told or done.ground is not InsteadGround.AT_ONCE) and bool(acted.evidence)
            self._holds("instead_wrongly", right, place, case_id)
        if isinstance(moved, CostsMoved) and before is not None:
            number = before.open_costs()
            was = before.costs[number][1] if number is not None else None
            right = (was, moved.costs) in _COSTS_GO
            self._holds("costs_wrongly", right, place, case_id)


def _has_moved_it_on(event: Event) -> TypeGuard[RequestLapsed]:
    return isinstance(event, RequestLapsed) and event.why is LapseReason.CASE_MOVED_ON


def _is_seen(seen: CorrectionInspected, order: RememberedOrder, at: datetime) -> bool:
    """Whether the evidence is newer than what it speaks of, and nothing is called disobeyed before its date."""
    if seen.result is InspectionResult.OBEYED:
        since = order.settled_at or order.served_at or at
    else:
        since = order.until
        if order.state is not CorrectionState.RUNNING or seen.at < since:
            return False
    return seen.at <= at and any(item.taken_at > since for item in seen.evidence)


def _acted_on(case: CaseMemory, order: RememberedOrder) -> frozenset[str]:
    """Whoever handled the case, had to do with the order, or is an officer or recorder of a step of the penalty."""
    return order.by | case.handlers.union(*(taken.by for taken in case.proceedings))


def _is_followed(case: CaseMemory, order: RememberedOrder) -> bool:
    """Whether a penalty was filed or decided against its party since it was found disobeyed, and stands."""
    since, said = order.settled_at, [taken.party for taken in case.proceedings if taken.party]
    if since is None or "revoked" in case.penalty.facts or (said and said[-1] is not order.party):
        return False
    counting = [taken for taken in case.proceedings if taken.step in case.penalty.counting]
    if any(taken.step is PenaltyStep.NO_PENALTY and taken.says_corrected for taken in counting):
        return False
    return any(taken.step in _FOLLOWING and taken.at >= since for taken in counting)


_LEAVING: Final = tuple(
    f"case_{how}"
    for how in ("terminated", "transferred", "moved", "merged", "voided", "declined", "sent_back")
)
_FOLLOWING: Final = frozenset(
    map(PenaltyStep, ["filed", "simple_decided", "decided", "no_penalty", "transferred", "reopened"])
)
_COSTS_GO: Final = (
    (CostState.OPEN, CostState.CLAIMED),
    (CostState.OPEN, CostState.GIVEN_UP),
    (CostState.CLAIMED, CostState.RECOVERED),
    (CostState.CLAIMED, CostState.GIVEN_UP),
)
