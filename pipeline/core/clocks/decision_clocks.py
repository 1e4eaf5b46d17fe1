"""How long a request waits for its decision, when it lapses by itself, and on whom a clock is. The clocks themselves are in `running_clocks`.

asked ─► a clock for the decision runs ─► its ladder reminds and escalates ─► decided
                                      └─► the request's own end ─► lapsed
"""

from datetime import datetime

from pipeline.core.case.open_requests import requests_of
from pipeline.core.case.task_rights import holder
from pipeline.core.rules.rules import Rules
from schemas.state.case import Case, Clock, Request, Timer
from schemas.values.terms import ClockKind, RequestKind, Role, TimerKind


def running(case: Case) -> tuple[tuple[ClockKind, str], ...]:
    """The kind and the name of each clock that runs: one for each open request."""
    return tuple((ClockKind.DECIDE, request.kind.value) for request in requests_of(case))


def clock_of(case: Case, kind: RequestKind) -> Clock | None:
    """The clock of the decision on the request of this kind, running or not."""
    clocks = (clock for clock in case.clocks if clock.kind is ClockKind.DECIDE)
    return next((clock for clock in clocks if clock.name == kind.value), None)


def decider(rules: Rules, kind: RequestKind) -> str:
    """Who decides a request: the centre, or the hotline's post or the district where only they decide."""
    roles, policy = rules.decides[kind], rules.policy
    if roles - {Role.HOTLINE, Role.DISTRICT}:
        return policy.centre_team
    return policy.callback_post if Role.HOTLINE in roles else policy.district_post


def end_of(case: Case, request: Request) -> datetime | None:
    """From when on it cannot be granted any more, wherever the case stands; None where no time ends it.

    A suspension ends when it was asked for, an extension comes too late at the deadline that it is to move.
    """
    if request.kind is RequestKind.SUSPENSION:
        return request.until
    if request.kind in (RequestKind.EXTENSION, RequestKind.HOTLINE_EXTENSION):
        return next((clock.due_at for clock in case.clocks if clock.kind is ClockKind.DISPOSE), None)
    return None


def next_lapse(case: Case) -> Timer | None:
    """The request that lapses first, as a timer; None where none will. One without a clock is not yet taken up by these rules."""
    ends = (
        Timer(kind=TimerKind.REQUEST_LAPSED, due_at=due_at, name=request.kind.value)
        for request in requests_of(case)
        if (due_at := end_of(case, request)) is not None and _is_clocked(case, request)
    )
    return min(ends, key=lambda timer: (timer.due_at, timer.name), default=None)


def unclocked(case: Case) -> tuple[Request, ...]:
    """The open requests for which no clock runs: they were filed by an earlier version, which had none."""
    return tuple(request for request in requests_of(case) if not _is_clocked(case, request))


def on_whom(rules: Rules, case: Case, kind: ClockKind | None, name: str | None) -> str:
    """Who is to act before the clock is over: a post, or the team that holds the case; the centre while nobody does."""
    policy = rules.policy
    match kind:
        case ClockKind.DECIDE if name is not None:
            return decider(rules, RequestKind(name))
        case ClockKind.VERIFY:
            return policy.verification_post
        case ClockKind.CALLBACK:
            return policy.callback_post
    return holder(case) or policy.centre_team


def _is_clocked(case: Case, request: Request) -> bool:
    clock = clock_of(case, request.kind)
    return clock is not None and clock.stopped_at is None
