"""The requests of a case that nobody has decided yet, the oldest first, one of each kind; and how events change them and what the district granted. Part of `case.evolve`."""

from collections.abc import Iterable

from msgspec.structs import replace

from pipeline.core.case.changes import demerits
from schemas import limits
from schemas.journal import clock_events, supervision_events
from schemas.state.case import Case, Request
from schemas.values.terms import RequestKind, Stage


def requests_of(case: Case) -> tuple[Request, ...]:
    """What was asked for and is open, the oldest first."""
    return () if case.request is None else (case.request, *case.further_requests)


def request_of(case: Case, kind: RequestKind) -> Request | None:
    """The open request of this kind."""
    return next((request for request in requests_of(case) if request.kind is kind), None)


def with_requests(case: Case, requests: Iterable[Request]) -> Case:
    """The case with these open requests."""
    first, *further = (*requests, None)
    return replace(case, request=first, further_requests=tuple(filter(None, further)))


def only(case: Case, *kinds: RequestKind) -> Case:
    """The case with its open requests of these kinds alone."""
    if case.request is None:
        return case
    return with_requests(case, (request for request in requests_of(case) if request.kind in kinds))


def without(case: Case, kind: RequestKind) -> Case:
    """The case without an open request of this kind."""
    if request_of(case, kind) is None:
        return case
    return with_requests(case, (request for request in requests_of(case) if request.kind is not kind))


def asked(case: Case, event: clock_events.CaseAsked, _: Stage) -> Case:
    """One request more; that one of its kind had lapsed is past."""
    lapsed_before = tuple(kind for kind in case.lapsed_requests if kind is not event.request.kind)
    return with_requests(replace(case, lapsed_requests=lapsed_before), (*requests_of(case), event.request))


def lapsed(case: Case, event: clock_events.RequestLapsed, _: Stage) -> Case:
    """One less; those that the event before it ended are gone already. It is remembered for whoever decides too late."""
    kinds = dict.fromkeys((*case.lapsed_requests, event.kind))
    return replace(without(case, event.kind), lapsed_requests=tuple(kinds))


def decided(case: Case, event: clock_events.RequestDecided, _: Stage) -> Case:
    """An objection that is not granted binds whoever objected: it may not return the task either. What is no duplicate stays none."""
    asked = request_of(case, event.kind)
    case = without(case, event.kind)
    if asked is None or event.granted:
        return case
    if asked.into is not None:
        apart = (*case.not_duplicate_of, asked.into)
        return replace(case, not_duplicate_of=apart[-limits.SUSPECTS_PER_CASE_MAX :])
    if asked.demerit is not None:
        return demerits.judged(case, asked.demerit, is_lifted=False)
    if event.kind is RequestKind.OBJECTION and case.task is not None:
        return replace(case, task=replace(case.task, designated=True))
    return case


def supervised(case: Case, event: supervision_events.CaseSupervised, _: Stage) -> Case:
    """It is under supervision."""
    return replace(case, supervision=event.supervision)


def supervision_ended(case: Case, _: supervision_events.SupervisionEnded, __: Stage) -> Case:
    """It is not any more."""
    return replace(case, supervision=None)


def found_hard(case: Case, event: supervision_events.CaseFoundHard, _: Stage) -> Case:
    """It is hard."""
    return replace(case, hard_case=event.hard_case)
