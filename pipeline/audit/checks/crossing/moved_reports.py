"""I1, I2, I4, I9, I12: a case that goes to another street arrives there with all its reports, once, and nobody waits anew.

left    CaseMoved: each report of the case, the clocks as they ran         ─┐ compared when all partitions are read
came    an entry whose cause names the case that the report was of before  ◄┘
"""

from collections.abc import Sequence
from typing import Final

from pipeline.audit.checks.check_context import CheckContext
from pipeline.audit.findings import Findings, Invariant
from pipeline.audit.log.entry_join import Join, JoinedEntry
from pipeline.audit.model.case_memory import CaseMemory
from pipeline.audit.model.crossing.move_account import (
    MovedReport,
    MoveEnd,
    left,
    moved_report,
    runs_of,
)
from pipeline.audit.model.fold import Touched
from schemas import topics
from schemas.journal.entry import RecordCause
from schemas.journal.events import CaseOpened, Event, ReportMerged, ReportRefused, ReportRepeated
from schemas.journal.joint_events import CaseMoved
from schemas.journal.update_events import ReportUpdated
from schemas.outputs import Notice
from schemas.partitioning import partition_of
from schemas.values.terms import NoticeKind
from schemas.values.text import street_of
from schemas.wire.move_header import read_move

_ELSEWHERE: Final = "the other street's partition was not read, or not from its beginning"
_NOTICES_GONE: Final = "the notices are gone by retention, or were not asked for"
_TAKEN: Final = (CaseOpened, ReportMerged, ReportUpdated, ReportRepeated)


class MovedReports:
    """Notes both ends of every move of one partition; `judge` compares them when all partitions are read."""

    def __init__(self, context: CheckContext) -> None:
        self._context = context
        self._holds = context.findings.holds
        if context.is_whole:
            context.findings.moves.whole.add(context.partition)

    def check_entry(self, joined: JoinedEntry, touched_cases: Sequence[Touched]) -> None:
        """An entry."""
        for touched in touched_cases:
            moved = touched.event("case_moved")
            if isinstance(moved, CaseMoved) and touched.before is not None:
                self._left(joined, touched.before, moved)
            opened = touched.event("case_opened")
            if isinstance(opened, CaseOpened):
                self._opened(joined, opened)
        cause = joined.entry.cause
        if isinstance(cause, RecordCause) and cause.moved_from is not None:
            self._came(joined, cause.moved_from, touched_cases)

    def end(self, join: Join) -> None:
        """The rest is judged when all partitions are read."""

    def _left(self, joined: JoinedEntry, case: CaseMemory, event: CaseMoved) -> None:
        """It goes to another street than those that had it, with all its reports, and each source is told."""
        before = [street_of(earlier) for earlier in case.moved_from]
        right = event.to == street_of(event.to_case) and event.to not in (case.street, *before)
        self._holds("move_wrong", right and not case.joined, joined.place, case.case_id, to=event.to)
        many = len(case.reports)
        self._holds("move_incomplete", event.reports == many, joined.place, case.case_id, many=many)
        if self._context.measures(joined, Invariant.I4):
            often = len(before) < self._context.audit_rules.moves_max
            self._holds("moved_too_often", often, joined.place, case.case_id, many=len(before))
        to = partition_of(event.to, self._context.setup.partitions)
        self._context.findings.moves.left |= left(case, to, event.to_case, joined.place)
        if topics.NOTICES in joined.absent:
            self._context.findings.skip((Invariant.I12,), _NOTICES_GONE)
            return
        told = {
            (notice.source.value, notice.source_no)
            for notice in joined.contents(topics.NOTICES)
            if isinstance(notice, Notice) and notice.kind is NoticeKind.MOVED and notice.into == event.to_case
            if notice.source is not None
        }
        for report in case.reports:
            self._holds(
                "move_untold",
                report.number in told,
                joined.place,
                case.case_id,
                number="/".join(report.number),
            )

    def _opened(self, joined: JoinedEntry, event: CaseOpened) -> None:
        """What says that it was another street's comes from there, and nothing else does."""
        cause, came_from = joined.entry.cause, event.came_from
        said = came_from.cases[-1] if came_from is not None else None
        told = cause.moved_from if isinstance(cause, RecordCause) else None
        self._holds("move_pretended", said == told, joined.place, event.case_id, where=said or told or "-")

    def _came(self, joined: JoinedEntry, before: str, touched_cases: Sequence[Touched]) -> None:
        if joined.input is not None:
            move = read_move(joined.input.headers)
            told = move is not None and move.header.came_from.cases[-1:] == (before,)
            self._holds("move_unsaid", told, joined.place, where=before)
        account, taken = self._context.findings.moves, False
        source = partition_of(street_of(before), self._context.setup.partitions)
        for event in joined.entry.events:
            report = _report_of(before, event)
            if report is None:
                continue
            account.sources[report] = source
            if not isinstance(event, _TAKEN):
                account.refused[report] = joined.place
            elif not taken:  # of an update the host of a merged case has the same event
                taken = True
                touched = next(
                    (one for one in touched_cases if one.after.case_id == getattr(event, "case_id", None)),
                    None,
                )
                account.came[report].append(self._end(joined, event, touched))

    def _end(self, joined: JoinedEntry, event: Event, touched: Touched | None) -> MoveEnd:
        case_id, is_first = str(getattr(event, "case_id", "")), isinstance(event, CaseOpened)
        runs = runs_of(touched.after.clocks) if touched is not None and is_first else {}
        opened_at = event.facts.opened_at if isinstance(event, CaseOpened) else None
        return MoveEnd(self._context.partition, case_id, is_first, runs, opened_at, joined.place)


def _report_of(before: str, event: Event) -> MovedReport | None:
    """The report that the event tells of; None of any other event."""
    if isinstance(event, CaseOpened | ReportMerged):
        return moved_report(before, event.report.source.value, event.report.source_no)
    if isinstance(event, ReportUpdated | ReportRepeated | ReportRefused):
        return moved_report(before, event.source.value, event.source_no)
    return None


def judge(findings: Findings) -> None:
    """Compare both ends of every move; `findings` hold what all partitions know."""
    account, holds = findings.moves, findings.holds
    lost = account.missing()
    for report, end in account.left.items():
        if end.to not in account.whole and report not in account.came:
            findings.skip((Invariant.I1,), _ELSEWHERE)
            continue
        refused = account.refused.get(report)
        holds("move_refused", refused is None, refused or end.place, end.to_case, number=report)
        holds("move_lost", report not in lost or refused, end.place, report.case_id, number=report, to=end.to)
        came = account.came.get(report, [])
        holds("move_twice", len(came) <= 1, came[-1].place if came else end.place, end.to_case, number=report)
        for there in came[:1]:
            _compare(findings, report, end, there)
    for report, ends in account.came.items():
        if report in account.left:
            continue
        if account.sources[report] not in account.whole:
            findings.skip((Invariant.I2,), _ELSEWHERE)
            continue
        holds("move_invented", False, ends[0].place, ends[0].to_case, number=report, where=report.case_id)


def _compare(findings: Findings, report: MovedReport, end: MoveEnd, there: MoveEnd) -> None:
    """It is where it was sent; and where it opens a case, that goes on as it was."""
    same = there.to == end.to and street_of(there.to_case) == street_of(end.to_case)
    findings.holds("move_astray", same, there.place, there.to_case, number=report, to=end.to_case)
    if not (end.is_first and there.is_first):
        return
    findings.holds("move_astray", there.to_case == end.to_case, there.place, there.to_case, number=report,
                   to=end.to_case)  # fmt: skip
    anew = [kind.value for kind, run in end.runs.items() if kind in there.runs and there.runs[kind] != run]
    waits = there.opened_at == end.opened_at
    names = ", ".join(anew) or "-"
    findings.holds("begun_anew", waits and not anew, there.place, there.to_case, clock=names)
