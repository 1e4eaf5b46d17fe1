"""Faults of the order in which a penalty procedure goes, and of its limits: I4, I8. Each spoils a good log in one way."""

from msgspec.structs import replace

from schemas.state.penalty import PenaltyFacts
from schemas.values.penalty_terms import AppealOutcome, MeasureStep
from schemas.values.terms import PenaltyStep
from tests.audit.logs import MemoryLog
from tests.audit.mutant import planted
from tests.audit.spoiling import edit_clock, edit_event, entries, event_of


def _at(log: MemoryLog, step: PenaltyStep) -> int:
    """The entry in which this step was taken."""
    return next(i for i in entries(log, "penalty_moved") if event_of(log, i, "penalty_moved").step is step)


@planted("I4", "a penalty is reviewed though the hearing that was asked for was not held")
def hearing_forgotten(log: MemoryLog):
    edit_event(log, _at(log, PenaltyStep.HEARING_WITHDRAWN), "penalty_moved", step=PenaltyStep.CLUE)


@planted("I4", "the court is applied to while the decision is before it")
def court_while_contested(log: MemoryLog):
    edit_event(log, _at(log, PenaltyStep.SUIT_ENDED), "penalty_moved", step=PenaltyStep.COURT_APPLIED)


@planted("I4", "a penalty goes on though it was revoked")
def revoked_and_on(log: MemoryLog):
    revoked = PenaltyFacts(outcome=AppealOutcome.REVOKED)
    edit_event(log, _at(log, PenaltyStep.RECONSIDERATION_ENDED), "penalty_moved", facts=revoked)


@planted("I4", "a building is pulled down while the order is before the court")
def pulled_down_while_contested(log: MemoryLog):
    announced = _at(log, PenaltyStep.ANNOUNCED)
    case_id = event_of(log, announced, "penalty_moved").case_id
    index = next(
        i
        for i in entries(log, "penalty_moved")
        if (event := event_of(log, i, "penalty_moved")).case_id == case_id
        and event.step is PenaltyStep.SUIT_ENDED
    )
    edit_event(log, index, "penalty_moved", step=PenaltyStep.ENFORCED)


@planted("I4", "a building is pulled down and nothing was announced")
def pulled_down_unannounced(log: MemoryLog):
    edit_event(log, _at(log, PenaltyStep.ANNOUNCED), "penalty_moved", step=PenaltyStep.PUBLISHED)


@planted("I8", "a limit of the authority is counted as the party's time is, which moves over days off")
def moved_over_days_off(log: MemoryLog):
    index = next(
        i
        for i in entries(log, "measure_moved")
        if event_of(log, i, "measure_moved").step is MeasureStep.BEGUN
    )
    edit_clock(log, index, "started", lambda clock: replace(clock, roster=None), "legal")


@planted("I4", "nobody is punished for what a head found to be a crime, and it is not transferred")
def crime_not_transferred(log: MemoryLog):
    edit_event(log, _at(log, PenaltyStep.TRANSFERRED), "penalty_moved", step=PenaltyStep.NO_PENALTY)


@planted("I4", "a decision stays public though it was revoked")
def still_public(log: MemoryLog):
    edit_event(log, _at(log, PenaltyStep.UNPUBLISHED), "penalty_moved", step=PenaltyStep.RECUSED)
