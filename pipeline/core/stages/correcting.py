"""责令限期改正 and 复查: an officer on the spot orders the party to correct by a date; the case rests until then, and somebody looks again.

on site ─► order_correction ─► suspended (correction) ─┬─ its date ─► on site again ─► reinspect ─┬─► obeyed ─► disposed
                                     ▲  extend, once ──┘  or earlier: reinspect, obeyed            └─► disobeyed ─► penalty, or released

What is put right while the officers are there (即查即改) needs no order: it is disposed of at once.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final, get_args

from msgspec.structs import replace

from pipeline.core.case.decision_context import Decided, DecisionContext
from pipeline.core.case.open_requests import requests_of
from pipeline.core.correction_orders import latest, rests_for_it, unsettled
from pipeline.core.rules.identity import person, persons
from pipeline.core.rules.law_in_time import bases
from pipeline.core.rules.refusals import Refusal, all_of
from pipeline.core.stages.requested import request_lapse
from pipeline.core.worktime import clock_arithmetic
from pipeline.core.worktime.office_hours import local_text
from schemas import limits
from schemas.inputs.correction_actions import (
    ExtendCorrection,
    OrderCorrection,
    Reinspect,
    ReleaseCorrection,
)
from schemas.journal.clock_events import CaseResumed, CaseSuspended
from schemas.journal.correction_events import (
    CorrectionExtended,
    CorrectionInspected,
    CorrectionOrdered,
    CorrectionReleased,
)
from schemas.journal.events import CaseEvent, ProgressReported
from schemas.journal.joint_events import Leaving
from schemas.journal.merge_events import CaseMerged
from schemas.state.case import Case, Suspension
from schemas.state.correction import CorrectionOrder
from schemas.values.evidence import Evidence
from schemas.values.penalty_terms import CorrectionState, InspectionResult
from schemas.values.placeholders import says_nothing
from schemas.values.terms import Stage, SuspensionReason


def decide_order(context: DecisionContext, action: OrderCorrection) -> Decided:
    """The order is served, with the notice as evidence; the case rests until its date, and whoever reported it hears so."""
    rules, _, _, case, _, _ = context
    since = case.task.on_site_at or case.task.since if case.task else context.at
    at = _done_at(context, action, since)
    if unsettled(case) is not None:
        return Refusal("order_open", "action", "reinspect it first")
    if len(case.corrections) >= limits.CORRECTIONS_MAX:
        return Refusal("case_full", "case_id")
    refusal = all_of(
        (
            Refusal("order_incomplete", "what", "what is to be corrected")
            if says_nothing(action.what)
            else None,
            None
            if action.evidence
            else Refusal("order_unserved", "evidence", "the notice, as it was served"),
            _refuse_date(context, at, at, action.until),
            _refuse_rest(context, action.until),
        )
    )
    if refusal:
        return refusal
    # 行政处罚法 28
    law = "、".join(bases(rules.matter_of(case.facts.matter).legal_basis, case, at))[: limits.NOTE_MAX]
    order = CorrectionOrder(
        what=action.what,
        party=action.party,
        paper=action.paper,
        basis=law if says_nothing(action.basis) else action.basis,
        served=action.served,
        at=at,
        by=action.actor.id,
        until=action.until,
    )
    return (
        CorrectionOrdered(case_id=case.case_id, order=order, evidence=action.evidence),
        _told(context, order, action.actor.id),
        *_rests(context, action.actor.id, action.until),
    )


def decide_extend(context: DecisionContext, action: ExtendCorrection) -> Decided:
    """Once, at the party's request and with its reason, while the date is ahead; as long from then on as the policy lets an order run.

    What was asked for in time and is recorded late holds, while nobody has looked again.
    """
    case, order = context.case, latest(context.case)
    if order is None or order.state is not CorrectionState.RUNNING:
        return Refusal("no_order_running", "action", "an order that was not inspected yet")
    if order.extended_from is not None:
        return Refusal("order_extended_already", "action", "once for an order")
    at = _done_at(context, action, order.at)
    if at >= order.until:
        return Refusal("order_lapsed", "action", f"before {local_text(order.until)}: reinspect it")
    refusal = all_of(
        (
            Refusal("order_incomplete", "reason", "why the party needs more time")
            if says_nothing(action.reason)
            else None,
            _refuse_date(context, at, order.until, action.until),
            _refuse_rest(context, action.until),
        )
    )
    if refusal:
        return refusal
    later = CorrectionExtended(
        case_id=case.case_id, at=at, by=action.actor.id, until=action.until, reason=action.reason
    )
    told = _told(context, replace(order, until=action.until), action.actor.id)
    return (later, told, *_rests(context, action.actor.id, action.until))


def decide_inspect(context: DecisionContext, action: Reinspect) -> Decided:
    """Obeyed, perhaps before the date; disobeyed only after it. What was disobeyed may be found obeyed later. Seen anew each time."""
    case, order = context.case, latest(context.case)
    obeyed = action.result is InspectionResult.OBEYED
    open_states = (
        (CorrectionState.RUNNING, CorrectionState.DISOBEYED) if obeyed else (CorrectionState.RUNNING,)
    )
    if order is None or order.state not in open_states:
        return Refusal("no_order_running", "action", "an order that was not inspected yet")
    at = _done_at(context, action, order.at)
    if not obeyed and at < order.until:
        return Refusal("inspected_early", "result", f"from {local_text(order.until)} on")
    since = (order.settled_at or order.at) if obeyed else order.until
    if not _is_seen_anew(case, action.evidence, since):
        return Refusal("inspection_unproven", "evidence", f"what was seen, after {local_text(since)}")
    seen = CorrectionInspected(
        case_id=case.case_id,
        at=at,
        by=action.actor.id,
        result=action.result,
        evidence=action.evidence,
        note=action.note,
    )
    return (seen, *_goes_on(case, context.at, action.actor.id))


def decide_release(context: DecisionContext, action: ReleaseCorrection) -> Decided:
    """A head who did not handle the case says why nothing more follows from the order."""
    case, order = context.case, latest(context.case)
    if order is None or order.state not in (CorrectionState.RUNNING, CorrectionState.DISOBEYED):
        return Refusal("no_order_running", "action", "an order that runs, or is disobeyed")
    if person(action.actor.id) in persons(_acted_on(case, order)):
        return Refusal("self_approval", "actor.id", "somebody who did not handle the case")
    if says_nothing(action.note):
        return Refusal("order_incomplete", "note", "why nothing more follows from it")
    released = CorrectionReleased(case_id=case.case_id, at=context.at, by=action.actor.id, note=action.note)
    return (released, *_goes_on(case, context.at, action.actor.id))


def refuse_unsettled(case: Case) -> Refusal | None:
    """A case is not disposed of while it was not looked at again, or the order is disobeyed and nothing follows."""
    # 行政处罚法 28
    order = unsettled(case)
    if order is None:
        return None
    if order.state is CorrectionState.DISOBEYED:
        return Refusal(
            "order_disobeyed", "action", "penalise first; or release_correction, by the duty chief"
        )
    return Refusal("order_not_inspected", "action", f"reinspect first: {order.paper}")


def refuse_leaving(case: Case, events: Iterable[CaseEvent]) -> Refusal | None:
    """Nor does it leave by another door: transferred, terminated, withdrawn, merged."""
    if not any(isinstance(event, _LEAVING) and event.case_id == case.case_id for event in events):
        return None
    return refuse_unsettled(case)


_LEAVING: Final = (CaseMerged, *get_args(Leaving))


def _done_at(
    context: DecisionContext, action: OrderCorrection | ExtendCorrection | Reinspect, since: datetime
) -> datetime:
    """When it was done, as its record says: never later than now, nor before what it follows from."""
    return max(min(action.acted_at, context.at), min(since, context.at))


def _is_seen_anew(case: Case, items: tuple[Evidence, ...], since: datetime) -> bool:
    """Whether something of it was recorded after that, and is not on file already."""
    known = {item.sha256 for item in case.evidence}
    return any(item.taken_at > since and item.sha256 not in known for item in items)


def _acted_on(case: Case, order: CorrectionOrder) -> Iterator[str]:
    """Whoever handled the case, had to do with the order, or is an officer or recorder of a step of the penalty."""
    yield from filter(None, (order.by, order.extended_by, order.settled_by))
    yield from case.task.handlers if case.task else ()
    penalty = case.penalty
    measures = (record for measure in penalty.measures for record in measure.records) if penalty else ()
    for record in (*(penalty.records if penalty else ()), *measures):
        yield record.by
        yield from record.facts.officers if record.facts else ()


def _rests(context: DecisionContext, by: str, until: datetime) -> tuple[CaseEvent, ...]:
    """The case rests from now on, where it does not; an order that became known when its date was over leaves it as it is."""
    case, at = context.case, context.at
    if rests_for_it(case) or until <= at:
        return ()
    rest = Suspension(
        reason=SuspensionReason.CORRECTION, approved_by=by, since=at, until=until, stage=case.stage
    )
    return (CaseSuspended(case_id=case.case_id, suspension=rest),)


def _refuse_rest(context: DecisionContext, until: datetime) -> Refusal | None:
    """What somebody asked for and could not be granted while the case rests is decided first: an order ends nobody's request."""
    case = context.case
    ends = [
        request.kind.value
        for request in requests_of(case)
        if not request_lapse.is_grantable_at(request.kind, Stage.SUSPENDED)
    ]
    if not ends or rests_for_it(case) or until <= context.at:
        return None
    return Refusal("order_waits", "action", f"decide it first: {', '.join(ends)}")


def _goes_on(case: Case, at: datetime, by: str) -> tuple[CaseEvent, ...]:
    return (CaseResumed(case_id=case.case_id, at=at, by=by),) if rests_for_it(case) else ()


def _told(context: DecisionContext, order: CorrectionOrder, by: str) -> ProgressReported:
    """阶段答复: what the party was ordered, and by when it is looked at again."""
    text = context.rules.answers.ordered(order)
    return ProgressReported(case_id=context.case.case_id, by=by, measure=text, expected_at=order.until)


def _refuse_date(
    context: DecisionContext, at: datetime, earliest: datetime, until: datetime
) -> Refusal | None:
    """After `earliest`; at most as long from `at` on as the policy lets an order of such a case run, and all its orders together."""
    rules, case = context.rules, context.case
    caps = rules.service_of(case.facts.opened_at).caps
    spans = (caps.longest.get(SuspensionReason.CORRECTION), caps.orders.get(case.facts.severity))
    if spans[0] is None:
        return Refusal("reason_not_allowed", "action", "suspension.longest.correction of the policy")
    latest_end = min(clock_arithmetic.after(rules.calendar, at, span).at for span in spans if span)
    if caps.orders_in_all is not None:
        in_all = clock_arithmetic.after(rules.calendar, at, caps.orders_in_all).at
        latest_end = min(latest_end, in_all - _ran(case, at))
    if earliest < until <= latest_end:
        return None
    return Refusal(
        "order_date", "until", f"after {local_text(earliest)}, at most until {local_text(latest_end)}"
    )


def _ran(case: Case, at: datetime) -> timedelta:
    """How long the party had for all orders of the case until then, those that are settled until they were."""
    ran = (min(order.settled_at or at, order.until, at) - order.at for order in case.corrections)
    return sum((max(one, timedelta()) for one in ran), timedelta())
