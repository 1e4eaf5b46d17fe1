"""A notice as it begins: of a case, to a team, a post or a source."""

from typing import Final

from msgspec.structs import replace

from pipeline.core.case.turn import Turn
from pipeline.core.clocks import running_clocks
from schemas.outputs import Notice
from schemas.state.case import Case, ReportRef
from schemas.values.terms import ClockKind, NoticeKind

NOBODY: Final = "nobody"
"""Stands until `addressed` fills in the source."""


def to_source(turn: Turn, case: Case, kind: NoticeKind, report: ReportRef) -> Notice:
    """To whoever pushed the report, under its number."""
    clock = running_clocks.clock_of(case, ClockKind.DISPOSE) if kind is not NoticeKind.FINAL_ANSWER else None
    notice = notice_of(turn, case, kind, NOBODY)
    return addressed(replace(notice, due_at=clock.due_at if clock else None), report)


def addressed(notice: Notice, report: ReportRef) -> Notice:
    """The notice to whoever pushed the report."""
    return replace(notice, to=report.source.value, source=report.source, source_no=report.source_no)


def notice_of(turn: Turn, case: Case, kind: NoticeKind, to: str, team: str | None = None) -> Notice:
    """Not yet numbered: `of_events` does that."""
    return Notice(
        notice_id=f"{turn.entry_id}:notice:0",
        entry_id=turn.entry_id,
        at=turn.at,
        to=to,
        kind=kind,
        case_id=case.case_id,
        matter=case.facts.matter,
        stage=case.stage,
        team=team,
        outcome=case.outcome,
    )
