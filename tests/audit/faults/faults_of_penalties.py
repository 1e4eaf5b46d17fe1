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


def _nth(log: MemoryLog, step: PenaltyStep, after: PenaltyStep) -> int:
    """The entry in which this step was taken in the case of `after`, later than that."""
    first = _at(log, after)
    case_id = event_of(log, first, "penalty_moved").case_id
    return next(
        i
        for i in entries(log, "penalty_moved")
        if i > first
        and (event := event_of(log, i, "penalty_moved")).case_id == case_id
        and event.step is step
    )


@planted("I4", "a file that was sent back is announced and decided, and nobody investigated again")
def not_investigated_again(log: MemoryLog):
    edit_event(
        log,
        _nth(log, PenaltyStep.INVESTIGATED, PenaltyStep.SENT_BACK),
        "penalty_moved",
        step=PenaltyStep.CLUE,
    )


@planted("I4", "a file that was sent back is decided by what was announced before")
def decided_by_the_old_notice(log: MemoryLog):
    edit_event(
        log, _nth(log, PenaltyStep.NOTICED, PenaltyStep.SENT_BACK), "penalty_moved", step=PenaltyStep.DECIDED
    )


@planted("I4", "what a changed decision asks for is paid before it was served anew")
def changed_and_not_served(log: MemoryLog):
    edit_event(
        log, _nth(log, PenaltyStep.SERVED, PenaltyStep.CHANGED), "penalty_moved", step=PenaltyStep.PAID
    )


@planted("I4", "a decision that was revoked is made anew, and nobody ordered that")
def remade_without_order(log: MemoryLog):
    case_id = event_of(log, _at(log, PenaltyStep.REFUNDED), "penalty_moved").case_id
    index = next(
        i
        for i in entries(log, "penalty_moved")
        if (event := event_of(log, i, "penalty_moved")).case_id == case_id
        and event.step is PenaltyStep.SUIT_ENDED
    )
    edit_event(log, index, "penalty_moved", facts=PenaltyFacts(outcome=AppealOutcome.REVOKED))


@planted("I4", "money that was paid on a decision that is revoked is not given back")
def not_given_back(log: MemoryLog):
    edit_event(log, _at(log, PenaltyStep.REFUNDED), "penalty_moved", facts=PenaltyFacts(refunded_yuan=1))


@planted("I4", "who investigated decides")
def decided_by_the_officer(log: MemoryLog):
    index = _at(log, PenaltyStep.DECIDED)
    facts = replace(event_of(log, index, "penalty_moved").facts, approved_by="w0931")
    edit_event(log, index, "penalty_moved", facts=facts)


@planted(
    "I8", "the party's time to ask for a hearing counts from the first notice, though it was announced anew"
)
def window_of_the_old_notice(log: MemoryLog):
    index = _nth(log, PenaltyStep.NOTICED, PenaltyStep.SENT_BACK)
    early = event_of(log, _at(log, PenaltyStep.SENT_BACK), "penalty_moved").at
    edit_clock(log, index, "started", lambda clock: replace(clock, started_at=early), "legal")
