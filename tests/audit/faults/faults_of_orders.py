"""Faults of orders to correct and their re-inspection (I8). Each spoils a good log in one way."""

from datetime import timedelta

from msgspec.structs import replace

from schemas.journal.clock_events import CaseAsked, RequestLapsed
from schemas.journal.correction_events import CorrectionInspected, CorrectionReleased
from schemas.state.case import Request
from schemas.values.penalty_terms import CostState, InspectionResult, PartyKind
from schemas.values.terms import LapseReason, PenaltyStep, RequestKind, SuspensionReason
from tests.audit.logs import MemoryLog
from tests.audit.mutant import planted
from tests.audit.spoiling import at, edit_entry, edit_event, entries, entry, event_of, without_event


@planted("I8", "a case rests for another reason than the order that was given")
def order_without_its_rest(log: MemoryLog):
    index = at(log, "correction_ordered")
    rest = event_of(log, index, "case_suspended").suspension
    edit_event(log, index, "case_suspended", suspension=replace(rest, reason=SuspensionReason.WEATHER))


@planted("I8", "the date of an order is moved when it was over")
def extended_too_late(log: MemoryLog):
    extended = at(log, "correction_extended")
    case_id = event_of(log, extended, "correction_extended").case_id
    index = next(
        i
        for i in entries(log, "correction_ordered")
        if event_of(log, i, "correction_ordered").case_id == case_id
    )
    order = event_of(log, index, "correction_ordered").order
    rest = event_of(log, index, "case_suspended").suspension
    edit_event(log, index, "correction_ordered", order=replace(order, until=order.at))
    edit_event(log, index, "case_suspended", suspension=replace(rest, until=order.at))


@planted("I8", "somebody looked again and saw nothing")
def inspected_unproven(log: MemoryLog):
    edit_event(log, at(log, "correction_inspected"), "correction_inspected", evidence=())


@planted("I8", "an order is released by an officer who handled the case")
def released_by_the_officer(log: MemoryLog):
    edit_event(log, at(log, "correction_released"), "correction_released", by="O1")


@planted("I8", "a case is disposed of and nobody looked again")
def disposed_uninspected(log: MemoryLog):
    without_event(log, at(log, "correction_inspected"), "correction_inspected")


@planted("I8", "a penalty file is archived and nobody saw that the order was obeyed")
def archived_disobeyed(log: MemoryLog):
    case_id = _penalised(log)
    for index in entries(log, "correction_inspected"):
        seen = event_of(log, index, "correction_inspected")
        if seen.case_id == case_id and seen.result is InspectionResult.OBEYED:
            without_event(log, index, "correction_inspected")


@planted("I8", "somebody looks again with a photo that is older than the order")
def inspected_with_old(log: MemoryLog):
    index = at(log, "correction_inspected")
    seen = event_of(log, index, "correction_inspected")
    old = event_of(log, at(log, "correction_ordered"), "correction_ordered").order.at
    edit_event(
        log,
        index,
        "correction_inspected",
        evidence=tuple(replace(item, taken_at=old) for item in seen.evidence),
    )


@planted("I8", "what was seen before the date is called disobeyed")
def disobeyed_early(log: MemoryLog):
    for index in entries(log, "correction_inspected"):
        seen = event_of(log, index, "correction_inspected")
        if seen.result is InspectionResult.DISOBEYED:
            edit_event(log, index, "correction_inspected", at=seen.at - timedelta(days=20))
            return


@planted("I8", "an order is released by an officer of its penalty")
def released_by_the_punisher(log: MemoryLog):
    seen = next(
        i
        for i in entries(log, "correction_inspected")
        if event_of(log, i, "correction_inspected").case_id == _penalised(log)
        and event_of(log, i, "correction_inspected").result is InspectionResult.OBEYED
    )
    event = event_of(log, seen, "correction_inspected")
    released = CorrectionReleased(case_id=event.case_id, at=event.at, by="W0931", note="不再追究")
    events = tuple(
        released if isinstance(one, CorrectionInspected) else one for one in entry(log, seen).events
    )
    edit_entry(log, seen, events=events)


@planted("I8", "a case is done, and the penalty for its order is another party's")
def penalised_another(log: MemoryLog):
    case_id = _penalised(log)
    for index in entries(log, "penalty_moved"):
        moved = event_of(log, index, "penalty_moved")
        if moved.case_id == case_id and moved.facts is not None and moved.facts.party is not None:
            edit_event(log, index, "penalty_moved", facts=replace(moved.facts, party=PartyKind.LEGAL_PERSON))


@planted("I8", "a case is transferred and nobody looked again")
def transferred_uninspected(log: MemoryLog):
    index = at(log, "case_transferred")
    case_id = event_of(log, index, "case_transferred").case_id
    ordered = event_of(log, at(log, "correction_ordered"), "correction_ordered")
    first = next(i for i in entries(log, "case_transferred"))
    before = replace(ordered, case_id=case_id)
    edit_entry(log, first, events=(before, *entry(log, first).events))


@planted("I8", "nobody is punished since it is corrected, while the order is disobeyed")
def corrected_by_word(log: MemoryLog):
    case_id = _penalised(log)
    for index in entries(log, "penalty_moved"):
        moved = event_of(log, index, "penalty_moved")
        if moved.case_id == case_id and moved.step is PenaltyStep.SIMPLE_DECIDED:
            facts = replace(moved.facts, corrected=True)
            edit_event(log, index, "penalty_moved", step=PenaltyStep.NO_PENALTY, facts=facts)


@planted("I8", "an order ends what the district is asked for")
def ended_a_request(log: MemoryLog):
    index = at(log, "correction_ordered")
    case_id = event_of(log, index, "correction_ordered").case_id
    asked = Request(
        kind=RequestKind.SUPERVISION, by="D1", team=None, at=entry(log, index).at, reason="overdue"
    )
    lapsed = RequestLapsed(
        case_id=case_id,
        kind=asked.kind,
        by=asked.by,
        team=None,
        asked_at=asked.at,
        at=asked.at,
        why=LapseReason.CASE_MOVED_ON,
    )
    events = entry(log, index).events
    edit_entry(log, index, events=(CaseAsked(case_id=case_id, request=asked), *events, lapsed))


@planted("I8", "something is done in a party's stead at once, and the party never hears of it")
def instead_untold(log: MemoryLog):
    index = at(log, "acted_instead")
    edit_event(
        log, index, "acted_instead", done=replace(event_of(log, index, "acted_instead").done, told=False)
    )


@planted("I8", "costs are recovered that nobody claimed")
def costs_unclaimed(log: MemoryLog):
    edit_event(log, at(log, "costs_moved"), "costs_moved", costs=CostState.RECOVERED)


def _penalised(log: MemoryLog) -> str:
    """The case whose order was extended, disobeyed and fined."""
    return str(event_of(log, at(log, "correction_extended"), "correction_extended").case_id)
