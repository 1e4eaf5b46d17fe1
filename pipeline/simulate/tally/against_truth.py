"""What the pipeline did, held against what really happened: duplicates found, duplicates missed, and every push answered.

Merging is judged in pairs of reports. Right: one case, one thing. Wrong: one case, two things. Missed: one thing, two
cases; of these, `beyond_rule` could not be seen by a rule of distance and address, and `case_over` came when the first
case was closed already, or reported a find that was disposed of on the spot. Pairs of two alarms are left out: one storm
has more of them than a day has of all others.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import combinations
from typing import NamedTuple

from pipeline.simulate.world.day import Day, Push
from schemas.journal.entry import JournalEntry, RecordCause
from schemas.journal.events import (
    CaseClosed,
    CaseOpened,
    CaseSelfDisposed,
    MessageDead,
    ReportMerged,
    ReportRefused,
    ReportRepeated,
)
from schemas.journal.joint_events import CaseRejected, CaseTransferred, CaseVoided
from schemas.topics import REPORTS
from schemas.values.terms import Source

GOOD = ("valid", "duplicate_of_event")


@dataclass(frozen=True, slots=True)
class Merging:
    """Pairs of reports, and the two shares made of them; a share of nothing is 1.0."""

    right: int
    wrong: int
    missed: int
    beyond_rule: int
    case_over: int

    @property
    def precision(self) -> float:
        """Of the pairs that were merged, the share that belongs together."""
        return _share(self.right, self.right + self.wrong)

    @property
    def recall(self) -> float:
        """Of the pairs that belong together, the share that was merged."""
        return _share(self.right, self.right + self.missed)

    @property
    def recall_in_reach(self) -> float:
        """The same, without the pairs that the rule cannot see or that came too late."""
        return _share(self.right, self.right + self.missed - self.beyond_rule - self.case_over)

    def as_dict(self) -> dict[str, float]:
        """Counts and shares by name."""
        shares = {"precision": self.precision, "recall": self.recall, "recall_in_reach": self.recall_in_reach}
        return asdict(self) | {name: round(share, 4) for name, share in shares.items()}


@dataclass(frozen=True, slots=True)
class Surprise:
    """Pushes of these bytes were to be answered one way and were answered another."""

    sha256: str
    expected: Mapping[str, int]
    got: Mapping[str, int]


class _CasedReport(NamedTuple):
    """A good report that got a case: what it is about, which case, and when."""

    push: Push
    case_id: str
    at: datetime
    self_disposed: bool


def merging(day: Day, entries: Iterable[JournalEntry]) -> Merging:
    """How well the duplicates of the day were found. `entries` in log order within each partition."""
    pushes = {(push.source, push.source_no): push for push in day.pushes if push.expectation in GOOD}
    reports: list[_CasedReport] = []
    closed: dict[str, datetime] = {}
    for entry in entries:
        for event in entry.events:
            if isinstance(event, CaseClosed | CaseRejected | CaseTransferred | CaseVoided):
                closed[event.case_id] = event.at
        reports += _cased_reports(entry, pushes)
    right = wrong = missed = beyond = over = 0
    for earlier, later in _pairs(reports, lambda report: report.case_id):
        if earlier.push.thing == later.push.thing:
            right += 1
        else:
            wrong += 1
    for earlier, later in _pairs(reports, lambda report: report.push.thing):
        if earlier.case_id == later.case_id:
            continue
        missed += 1
        if earlier.push.beyond_rule or later.push.beyond_rule:
            beyond += 1
        elif earlier.self_disposed or closed.get(earlier.case_id, later.at) < later.at:
            over += 1
    return Merging(right, wrong, missed, beyond, over)


def surprises(day: Day, entries: Iterable[JournalEntry]) -> list[Surprise]:
    """Every push must be answered as the truth says; the same bytes pushed twice are told apart by count only."""
    from_log: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for entry in entries:
        if isinstance(entry.cause, RecordCause) and entry.cause.topic == REPORTS:
            from_log[entry.cause.sha256][_answer(entry)] += 1
    expected: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for push in day.pushes:
        expected[_sha256(push.value)]["case" if push.expectation in GOOD else push.expectation] += 1
    both = sorted(set(from_log) | set(expected))
    return [
        Surprise(sha256, expected[sha256], from_log[sha256])
        for sha256 in both
        if expected[sha256] != from_log[sha256]
    ]


def _cased_reports(entry: JournalEntry, pushes: Mapping[tuple[str, str], Push]) -> list[_CasedReport]:
    reports = []
    settled = any(isinstance(event, CaseSelfDisposed) for event in entry.events)
    for event in entry.events:
        if isinstance(event, CaseOpened | ReportMerged):
            push = pushes.get((event.report.source.value, event.report.source_no))
            if push is not None:
                reports.append(_CasedReport(push, event.case_id, entry.at, settled))
    return reports


def _pairs(
    reports: Sequence[_CasedReport], group: Callable[[_CasedReport], str]
) -> Iterator[tuple[_CasedReport, _CasedReport]]:
    """All pairs within a group, the earlier one first. Pairs of two alarms are left out."""
    groups: defaultdict[str, list[_CasedReport]] = defaultdict(list)
    for report in reports:
        groups[group(report)].append(report)
    for members in groups.values():
        for earlier, later in combinations(sorted(members, key=lambda report: report.at), 2):
            if not earlier.push.source == later.push.source == Source.MONITOR.value:
                yield earlier, later


def _answer(entry: JournalEntry) -> str:
    match entry.events[0]:
        case MessageDead(code=code):
            return f"bad:{code}"
        case ReportRefused(code=code):
            return f"refused:{code}"
        case ReportRepeated():
            return "repush"
    return "case"


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


def _sha256(value: bytes) -> str:
    return hashlib.sha256(value).hexdigest()
