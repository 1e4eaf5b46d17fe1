"""What a street takes over from another (跨街道移交): the report keeps its caller, its case the deadlines that the citizen was told."""

from collections.abc import Mapping
from datetime import datetime

from msgspec.structs import replace

from pipeline.core.case.case_book import FoundCase, Match
from pipeline.core.case.decision import AcceptedReport, Decision
from pipeline.core.case.stage_table import STAGE_TABLE
from schemas.state.case import Case, ReportRef
from schemas.values.terms import ClockKind
from schemas.wire.move_header import MoveHeader


def with_caller(came: MoveHeader | None, seen: ReportRef) -> ReportRef:
    """The report with the caller that it had before, who is known by a token alone."""
    return seen if came is None else replace(seen, caller=came.caller, call_back=came.call_back)


def where_to(came: MoveHeader | None, cases: Mapping[str, Case], found: FoundCase) -> FoundCase:
    """What came joins the case that it came with, else it is one of its own; of another that tells of the same somebody says so."""
    if came is None:
        return found
    host = cases.get(came.into)
    if host is not None and not STAGE_TABLE[host.stage].is_terminal:
        return FoundCase(same=Match(host.case_id, f"moved with it from {came.came_from.cases[-1]}"))
    return FoundCase(suspect=found.same or found.suspect)


def is_filed(came: MoveHeader | None) -> bool:
    """Whether the other street had filed it: nobody looks again first."""
    return came is not None and any(clock.kind is ClockKind.DISPOSE for clock in came.came_from.clocks)


def due_at(came: MoveHeader | None, otherwise: datetime | None) -> datetime | None:
    """By when it is to be handled: as was said in the other street."""
    clocks = came.came_from.clocks if came is not None and otherwise is not None else ()
    return next((clock.due_at for clock in clocks if clock.kind is ClockKind.DISPOSE), otherwise)


def unnamed(decision: Decision) -> Decision:
    """Nobody is written to the callers: whoever called stands there since the first street was told."""
    reply = decision.reply
    if not isinstance(reply, AcceptedReport):
        return decision
    return decision._replace(reply=reply._replace(caller=None, secret=None))
