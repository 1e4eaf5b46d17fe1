"""Faults of orders to correct and their re-inspection (I8). Each spoils a good log in one way."""

from msgspec.structs import replace

from schemas.values.penalty_terms import CostState
from schemas.values.terms import PenaltyStep, SuspensionReason
from tests.audit.logs import MemoryLog
from tests.audit.mutant import planted
from tests.audit.spoiling import at, edit_event, entries, event_of, without_event


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
    seen = at(log, "correction_extended")
    case_id = event_of(log, seen, "correction_extended").case_id
    index = next(
        i
        for i in entries(log, "penalty_moved")
        if (event := event_of(log, i, "penalty_moved")).case_id == case_id
        and event.step is PenaltyStep.ARCHIVED
    )
    edit_event(log, index, "penalty_moved", facts=None)


@planted("I8", "something is done in a party's stead at once, and the party never hears of it")
def instead_untold(log: MemoryLog):
    index = at(log, "acted_instead")
    edit_event(
        log, index, "acted_instead", done=replace(event_of(log, index, "acted_instead").done, told=False)
    )


@planted("I8", "costs are recovered that nobody claimed")
def costs_unclaimed(log: MemoryLog):
    edit_event(log, at(log, "costs_moved"), "costs_moved", costs=CostState.RECOVERED)
