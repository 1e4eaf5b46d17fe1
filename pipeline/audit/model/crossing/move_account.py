"""Which reports one street handed to another with their case, and which of them were decided there: exactly once each."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from pipeline.audit.log.partition_log import AuditRecord, LogPlace
from pipeline.audit.model.case_memory import CaseMemory
from pipeline.audit.model.number_form import number_form
from schemas.errors import BadMessage
from schemas.inputs import intake
from schemas.state.case import Clock, ClockMove
from schemas.values.terms import ClockKind
from schemas.wire.move_header import read_move

KEPT: tuple[ClockKind, ...] = (ClockKind.DISPOSE, ClockKind.WHOLE)
"""The clocks that count for the citizen."""


class MovedReport(NamedTuple):
    """A report by the case that it leaves: that one's id, the source, and the number there in the one form of all its writings."""

    case_id: str
    source: str
    source_no: str

    def __str__(self) -> str:
        return f"{self.source}/{self.source_no}"


def moved_report(case_id: str, source: str, source_no: str) -> MovedReport:
    """Its name on both sides."""
    return MovedReport(case_id, source, number_form(source_no))


class Run(NamedTuple):
    """A clock as far as nobody may change it on the way."""

    started_at: datetime
    moves: tuple[ClockMove, ...]


def runs_of(clocks: Mapping[tuple[ClockKind, str | None], Clock]) -> dict[ClockKind, Run]:
    """Those of the clocks that count for the citizen which run."""
    return {
        kind: Run(clock.started_at, clock.moves)
        for (kind, _), clock in clocks.items()
        if kind in KEPT and clock.stopped_at is None
    }


class MoveEnd(NamedTuple):
    """One end: the partition and the case there, the clocks that run, since when the case waits, and where the entry stands.

    `is_first`: it is the report by which the case opens there; of an arrival, whether one opened.
    """

    to: int
    to_case: str
    is_first: bool
    runs: Mapping[ClockKind, Run]
    opened_at: datetime | None
    place: LogPlace


class MoveAccount:
    """Fed partition by partition; only when all are read can it be said what is missing."""

    def __init__(self) -> None:
        """No partition is read yet."""
        self.left: dict[MovedReport, MoveEnd] = {}
        """Of each report of a case that an entry says was moved."""
        self.came: defaultdict[MovedReport, list[MoveEnd]] = defaultdict(list)
        """Of each report that was decided as one of a moved case."""
        self.sources: dict[MovedReport, int] = {}
        """Of those the partition that they came from."""
        self.refused: dict[MovedReport, LogPlace] = {}
        """Of those the ones that no case has."""
        self.waiting: set[MovedReport] = set()
        """Handed on, and decided by no entry yet."""
        self.whole: set[int] = set()
        """The partitions whose journal was read from its very beginning."""

    def waits(self, record: AuditRecord) -> None:
        """An input record that no entry decides yet: handed on by another street, or not."""
        move = read_move(record.headers)
        if move is None:
            return
        try:
            report = intake.read_report(record.key, record.headers, record.value)
        except BadMessage:
            return
        before = move.header.came_from.cases[-1]
        self.waiting.add(moved_report(before, report.source.value, report.source_no))

    def missing(self) -> dict[MovedReport, MoveEnd]:
        """What was handed to a partition that was read from its beginning, and was neither decided nor waits there."""
        return {
            report: end
            for report, end in self.left.items()
            if end.to in self.whole and report not in self.came and report not in self.waiting
        }

    def add(self, other: "MoveAccount") -> None:
        """What another partition knows."""
        self.left |= other.left
        for report, ends in other.came.items():
            self.came[report] += ends
        self.sources |= other.sources
        self.refused |= other.refused
        self.waiting |= other.waiting
        self.whole |= other.whole


def left(case: CaseMemory, to: int, to_case: str, place: LogPlace) -> dict[MovedReport, MoveEnd]:
    """One end for each report of the case, as it was before it was moved."""
    runs = runs_of(case.clocks)
    return {
        moved_report(case.case_id, *report.number): MoveEnd(
            to, to_case, number == 0, runs, case.facts.opened_at if number == 0 else None, place
        )
        for number, report in enumerate(case.reports)
    }
