"""Faults of contact, answer and unreasonable demands (I12). Each spoils a good log in one way."""

from msgspec.structs import replace

from schemas.values.terms import CaseOutcome
from tests.audit.logs import MemoryLog
from tests.audit.mutant import planted
from tests.audit.spoiling import at, edit_event, entries, event_of, without_event


def _decided(log: MemoryLog, *, granted: bool) -> int:
    """The entry in which the hotline says whether a demand is unreasonable."""
    return next(
        n
        for n in entries(log, "request_decided")
        if event_of(log, n, "request_decided").kind == "unreasonable"
        and event_of(log, n, "request_decided").granted is granted
    )


@planted("I12", "a case is closed and nobody has written what its caller is answered")
def not_answered(log: MemoryLog):
    *_, last = entries(log, "answer_written")
    without_event(log, last, "answer_written")


@planted("I12", "a team turns to the caller of a secret order")
def secret_contacted(log: MemoryLog):
    index = at(log, "caller_contacted")
    case_id = event_of(log, index, "caller_contacted").case_id
    opened = next(
        n for n in entries(log, "case_opened") if event_of(log, n, "case_opened").case_id == case_id
    )
    facts = event_of(log, opened, "case_opened").facts
    edit_event(log, opened, "case_opened", facts=replace(facts, secret=True))


@planted("I12", "a demand is held to be unreasonable, and nothing shows it")
def demand_unproven(log: MemoryLog):
    index = next(
        n for n in entries(log, "case_asked") if event_of(log, n, "case_asked").request.kind == "unreasonable"
    )
    edit_event(log, index, "case_asked", evidence=())


@planted("I12", "the hotline does not consent, and the call counts nowhere")
def demand_uncounted(log: MemoryLog):
    without_event(log, _decided(log, granted=False), "call_back_recorded")


@planted("I12", "a case is closed as an unreasonable demand, and the hotline was not asked")
def unconsented(log: MemoryLog):
    index = at(log, "call_back_recorded", "case_closed")
    edit_event(log, index, "case_closed", outcome=CaseOutcome.UNREASONABLE)
