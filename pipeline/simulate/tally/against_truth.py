"""What the pipeline did, held against what really happened: matters and places recognised, duplicates joined, every push answered.

Reports that named neither matter nor place are judged by what was made of their words. Joining is judged in pairs of reports. Right: one
case, one thing. Wrong: one case, two things. Missed: one thing, two cases; of these, `case_over` came when the first case was closed
already, or reported a find that was disposed of on the spot. Pairs of two alarms are left out: one storm has more of them than a day has
of all others.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import combinations
from typing import Final, NamedTuple

from pipeline.core.rules.grid import distance_m
from pipeline.simulate.world.day import Day, Push, Truth
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
from schemas.journal.merge_events import CaseMerged
from schemas.journal.update_events import ReportUpdated
from schemas.state.case import Facts, ReportRef
from schemas.topics import REPORTS
from schemas.values.recognised_text import Verdict
from schemas.values.terms import MissingFact, Source

GOOD = ("valid", "duplicate_of_event")
BESIDE_M: Final = 50.0
"""A place in another grid is right, too, that is so near the real one: it lies on the border."""


@dataclass(frozen=True, slots=True)
class Recognising:
    """Of the reports that named no matter of ours: how many were about what the rules made of their words.

    `asked`: put before a person. `wrong`: taken for another matter, or told the wrong thing. `turned_away`: answered as nothing to enforce
    and was. `sent_in`: nothing to enforce, taken for a matter. `named`: reports that named a matter, or a category that the mapping knows.
    """

    right: int = 0
    asked: int = 0
    wrong: int = 0
    turned_away: int = 0
    sent_in: int = 0
    named: int = 0


@dataclass(frozen=True, slots=True)
class Locating:
    """Of the reports with neither grid nor point: how many were located where they are, by their words.

    `asked`: put before a person, since they say no place that is known. `unfound`: their address is kept as it was told, without a grid.
    `wrong`: in another grid, and more than `BESIDE_M` away. `told`: reports with a grid or a point.
    """

    right: int = 0
    asked: int = 0
    unfound: int = 0
    wrong: int = 0
    told: int = 0


@dataclass(frozen=True, slots=True)
class Joining:
    """Pairs of reports, and the shares made of them; a share of nothing is 1.0."""

    right: int
    wrong: int
    missed: int
    case_over: int

    @property
    def precision(self) -> float:
        """Of the pairs that were joined, the share that belongs together."""
        return _share(self.right, self.right + self.wrong)

    @property
    def recall(self) -> float:
        """Of the pairs that belong together, the share that was joined."""
        return _share(self.right, self.right + self.missed)

    @property
    def recall_in_time(self) -> float:
        """The same, without the pairs that came too late."""
        return _share(self.right, self.right + self.missed - self.case_over)

    def as_dict(self) -> dict[str, float]:
        """Counts and shares by name."""
        shares = {"precision": self.precision, "recall": self.recall, "recall_in_time": self.recall_in_time}
        return asdict(self) | {name: round(share, 4) for name, share in shares.items()}


class AgainstTruth(NamedTuple):
    """What the day shows of the pipeline's understanding. `surprises`: pushes that were answered otherwise than the truth says."""

    recognised: Recognising
    located: Locating
    joined: Joining
    surprises: int

    def as_dict(self) -> dict[str, object]:
        """By name."""
        return {
            "recognised": asdict(self.recognised),
            "located": asdict(self.located),
            "joined": self.joined.as_dict(),
            "surprises": self.surprises,
        }


@dataclass(frozen=True, slots=True)
class Surprise:
    """Pushes of these bytes were to be answered one way and were answered another."""

    sha256: str
    expected: Mapping[str, int]
    got: Mapping[str, int]


class CasedReport(NamedTuple):
    """A good report that got a case: what it is about, which case, when, and what the case keeps of it."""

    push: Push
    truth: Truth
    case_id: str
    at: datetime
    ref: ReportRef
    facts: Facts
    self_disposed: bool


def against_truth(day: Day, entries: Sequence[JournalEntry]) -> AgainstTruth:
    """All of it. `entries` in log order within each partition."""
    reports = cased_reports(day, entries)
    return AgainstTruth(
        Recognising(**Counter(recognition_of(report) for report in reports)),
        Locating(**Counter(filter(None, map(location_of, reports)))),
        joining(reports, entries),
        len(surprises(day, entries)),
    )


def cased_reports(day: Day, entries: Iterable[JournalEntry]) -> list[CasedReport]:
    """The good reports of the day with what became of them."""
    pushes = {(push.source, push.source_no): push for push in day.pushes if push.expectation in GOOD}
    reports: list[CasedReport] = []
    for entry in entries:
        settled = any(isinstance(event, CaseSelfDisposed) for event in entry.events)
        for event in entry.events:
            if isinstance(event, CaseOpened | ReportMerged):
                ref = event.report
                facts = event.facts if isinstance(event, CaseOpened) else ref.facts
                push = pushes.get((ref.source.value, ref.source_no))
                if push is not None and push.truth is not None and facts is not None:
                    reports.append(
                        CasedReport(push, push.truth, event.case_id, entry.at, ref, facts, settled)
                    )
    return reports


def recognition_of(report: CasedReport) -> str:
    """The field of `Recognising` that counts it."""
    recognised, truth = report.ref.recognised, report.truth
    if recognised is None:
        return "named"
    said = recognised.best.code
    match recognised.verdict:
        case Verdict.ASK:
            return "asked"
        case Verdict.MATTER if truth.kind:
            return "sent_in"
        case Verdict.NOT_ENFORCEMENT if truth.matter:
            return "turned_away"
    return "right" if said == (truth.matter or truth.kind) else "wrong"


def location_of(report: CasedReport) -> str:
    """The field of `Locating` that counts it; empty for what is nothing to enforce, which nobody need find."""
    place, found, truth = report.facts.place, report.facts.geocode, report.truth
    if truth.kind:
        return ""
    if MissingFact.PLACE in report.ref.missing:
        return "asked"
    if found is None:
        return "told" if place.grid or place.point else "unfound"
    beside = distance_m((found.lon, found.lat), truth.lonlat) <= BESIDE_M
    return "right" if place.grid == truth.grid or beside else "wrong"


def joining(reports: Sequence[CasedReport], entries: Iterable[JournalEntry]) -> Joining:
    """How well the duplicates of the day were found."""
    ends = _Ends.of(entries)
    right = wrong = missed = over = 0
    for earlier, later in _pairs(reports, ends.case_of):
        if earlier.push.thing == later.push.thing:
            right += 1
        else:
            wrong += 1
    for earlier, later in _pairs(reports, lambda report: report.push.thing):
        case = ends.case_of(earlier)
        if case == ends.case_of(later):
            continue
        missed += 1
        if earlier.self_disposed or ends.closed.get(case, later.at) < later.at:
            over += 1
    return Joining(right, wrong, missed, over)


class _Ends(NamedTuple):
    """When each case was over, and into which it was merged."""

    closed: Mapping[str, datetime]
    into: Mapping[str, str]

    @classmethod
    def of(cls, entries: Iterable[JournalEntry]) -> "_Ends":
        closed: dict[str, datetime] = {}
        into: dict[str, str] = {}
        for event in (event for entry in entries for event in entry.events):
            if isinstance(event, CaseClosed | CaseRejected | CaseTransferred | CaseVoided):
                closed[event.case_id] = event.at
            elif isinstance(event, CaseMerged):
                into[event.case_id] = event.into
        return cls(closed, into)

    def case_of(self, report: CasedReport) -> str:
        """The case that answers for the report in the end."""
        case = report.case_id
        while case in self.into:
            case = self.into[case]
        return case


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


def _pairs(
    reports: Sequence[CasedReport], group: Callable[[CasedReport], str]
) -> Iterator[tuple[CasedReport, CasedReport]]:
    """All pairs within a group, the earlier one first. Pairs of two alarms are left out."""
    groups: defaultdict[str, list[CasedReport]] = defaultdict(list)
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
        case ReportRepeated() | ReportUpdated():
            return "repush"
    return "case"


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


def _sha256(value: bytes) -> str:
    return hashlib.sha256(value).hexdigest()
