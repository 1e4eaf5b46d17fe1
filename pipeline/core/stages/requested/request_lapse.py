"""When a request that nobody has decided ends all the same, so that it blocks nothing and both sides are told.

its own end has passed ─► by a timer (`decision_clocks.next_lapse`), or at once where an entry moves that end into the past
the case has moved on  ─► follows from where it stands after an entry, whatever brought it there: disposed, given back,
                          arrived for, suspended, merged, over, or in other hands; so no step can forget it
the case with which it is likely one is over, or merged ─► it is nothing to be one with (`without_their_host`)
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from pipeline.core.case.case_book import CaseBook
from pipeline.core.case.open_requests import request_of, requests_of
from pipeline.core.case.stage_table import STAGE_TABLE, Addressee
from pipeline.core.case.task_rights import holder
from pipeline.core.clocks import decision_clocks
from schemas.journal.clock_events import CaseSuspended, RequestDecided, RequestLapsed
from schemas.journal.events import CaseClosed, CaseEvent
from schemas.journal.joint_events import CaseDeclined, CaseSentBack, CaseTerminated, CaseVoided, JointStarted
from schemas.journal.merge_events import CaseMerged
from schemas.state.case import Case, Request
from schemas.values.terms import ClockKind, LapseReason, RequestKind, Stage

OF_HOLDER: Final = frozenset(
    {
        RequestKind.SUSPENSION,
        RequestKind.EXTENSION,
        RequestKind.HOTLINE_EXTENSION,
        RequestKind.JOINT,
        RequestKind.OBJECTION,
        RequestKind.HARD_CASE,
    }
)
"""What the team that holds the task asks for itself: of another team it is nothing to grant."""
_GRANTED_BY: Final[Mapping[RequestKind, type[CaseEvent]]] = {
    RequestKind.SUSPENSION: CaseSuspended,
    RequestKind.JOINT: JointStarted,
    RequestKind.VOID: CaseVoided,
    RequestKind.TERMINATION: CaseTerminated,
    RequestKind.DUPLICATE: CaseMerged,
    RequestKind.DECLINE: CaseDeclined,
    RequestKind.SENDING_BACK: CaseSentBack,
    RequestKind.UNREASONABLE: CaseClosed,
}
"""The move that a granted request makes: where the table has none, it cannot be granted."""


def followed(
    before: Case | None, after: Case, events: Sequence[CaseEvent], at: datetime
) -> tuple[RequestLapsed, ...]:
    """The requests that `events` left without a decision and without a chance of one."""
    if before is None or before.request is None:
        return ()
    settled = {event.kind for event in events if isinstance(event, RequestDecided | RequestLapsed)}
    lapses = []
    for request in requests_of(before):
        if request.kind in settled:
            continue
        now = request_of(after, request.kind)
        if now is None or not can_be_granted(after, now):
            lapses.append(lapsed(after.case_id, now or request, at, LapseReason.CASE_MOVED_ON))
        elif _has_ended(after, now, at) and not _is_waking(before, request, at):
            lapses.append(lapsed(after.case_id, now, at, LapseReason.END_PASSED))
    return tuple(lapses)


def without_their_host(
    cases: CaseBook, host: Case, changed: Mapping[str, Case], at: datetime
) -> Iterator[RequestLapsed]:
    """The requests of other cases whether they are one with `host`, which is over; `changed`: as cases stand after this entry."""
    if not STAGE_TABLE[host.stage].is_terminal:
        return
    for case_id in cases.suspected_of(host.case_id):
        request = request_of(changed.get(case_id) or cases[case_id], RequestKind.DUPLICATE)
        if request is not None and request.into == host.case_id:
            yield lapsed(case_id, request, at, LapseReason.CASE_MOVED_ON)


def can_be_granted(case: Case, request: Request) -> bool:
    """Whether it is still possible where the case stands, whatever the time."""
    if request.kind in OF_HOLDER and request.team not in (None, holder(case)):
        return False
    if request.kind is RequestKind.DUPLICATE and case.joined:
        return False  # what took something in is not merged
    return is_grantable_at(request.kind, case.stage)


def is_grantable_at(kind: RequestKind, stage: Stage) -> bool:
    """Whether a request of this kind can be granted to a case that stands there."""
    row = STAGE_TABLE[stage]
    match kind:
        case RequestKind.EXTENSION | RequestKind.HOTLINE_EXTENSION | RequestKind.HARD_CASE:
            return (
                row.task is not None
                and row.task.addressee is Addressee.HOLDER
                and ClockKind.DISPOSE in row.clocks
            )
        case RequestKind.OBJECTION:
            return stage in (Stage.DISPATCHED, Stage.SIGNED)
        case RequestKind.SUPERVISION:
            return CaseTerminated in row.moves  # while it is worked on
        case RequestKind.APPEAL:
            return stage is not Stage.MERGED  # else also when it is over: mostly then
        case RequestKind.CHANGE:
            return row.may_be_merged and stage is not Stage.UNDER_ASSESSMENT
    return _GRANTED_BY[kind] in row.moves


def lapsed(case_id: str, request: Request, at: datetime, why: LapseReason) -> RequestLapsed:
    """Nobody decides it any more."""
    return RequestLapsed(
        case_id=case_id,
        kind=request.kind,
        by=request.by,
        team=request.team,
        asked_at=request.at,
        at=at,
        why=why,
        source=request.source,
        source_no=request.source_no,
    )


def _is_waking(case: Case, request: Request, at: datetime) -> bool:
    """Whether its own timer was due already: that one fires next, and ends it."""
    return _has_ended(case, request, at) and request not in decision_clocks.unclocked(case)


def _has_ended(case: Case, request: Request, at: datetime) -> bool:
    end = decision_clocks.end_of(case, request)
    return end is not None and end <= at
