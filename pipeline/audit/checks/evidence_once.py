"""I19: a photo or clip proves one case of a street, and what cannot be evidence of a report is set aside, and nothing else is.

report   a content that another case has, or a time that cannot be, is marked; a find said to be dealt with has neither
action   no photo or clip that another case has
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from pipeline.audit.checks.check_context import CheckContext
from pipeline.audit.findings import Invariant
from pipeline.audit.log.entry_join import Join, JoinedEntry
from pipeline.audit.model.case_memory import ReportNo
from pipeline.audit.model.fold import Touched
from schemas.journal.events import CaseOpened, Event, ReportMerged
from schemas.journal.merge_events import ReportSplit
from schemas.journal.update_events import ReportUpdated
from schemas.state.case import Facts, ReportRef
from schemas.values.evidence import Evidence
from schemas.values.terms import CaseOutcome, EvidenceKind
from schemas.values.text import street_of

_SHOWN: Final = 12
Content = tuple[str, str]
"""A street, and the hash of what was recorded there."""
Holding = tuple[str, ReportNo | None]
"""A case, and by which merged report it holds a content; None: by itself."""


class EvidenceOnce:
    """Who holds which photo and clip. A document may be about many cases and is not looked at."""

    def __init__(self, context: CheckContext) -> None:
        self._context = context
        self._holders: defaultdict[Content, set[Holding]] = defaultdict(set)
        self._held: defaultdict[Holding, set[Content]] = defaultdict(set)

    def check_entry(self, joined: JoinedEntry, touched_cases: Sequence[Touched]) -> None:
        """An entry."""
        # what is split off was judged when it came
        is_split = any(isinstance(event, ReportSplit) for event in joined.entry.events)
        for touched in touched_cases:
            case_id = touched.after.case_id
            comes = not is_split and touched.has("case_opened", "report_merged", "report_updated")
            if comes and self._context.measures(joined, Invariant.I19):
                self._reported(joined, touched)
            for event in touched.events:
                self._event(joined, case_id, event)
            if touched.has("case_retired"):
                for holding in [holding for holding in self._held if holding[0] == case_id]:
                    self._forget(holding)

    def end(self, join: Join) -> None:
        """Nothing is left to check."""

    def _event(self, joined: JoinedEntry, case_id: str, event: Event) -> None:
        """What the event brings into the case, or takes out of it."""
        match event:
            case ReportSplit(source=source, source_no=source_no):
                self._forget((case_id, (source.value, source_no)))
            case CaseOpened(report=report, evidence=evidence):
                self._keep((case_id, None), report, evidence)
            case ReportMerged(report=report):
                self._keep((case_id, (report.source.value, report.source_no)), report, report.evidence)
            case ReportUpdated(source=source, source_no=source_no):
                first = self._context.fold.cases[case_id].reports[0].number
                number = (source.value, source_no)
                self._keep((case_id, None if number == first else number), event, event.evidence)
            case _:
                for item in _recordings(getattr(event, "evidence", ())):
                    if self._context.measures(joined, Invariant.I19):
                        self._is_own(joined, case_id, item)
                    self._hold((case_id, None), (street_of(case_id), item.sha256))

    def _is_own(self, joined: JoinedEntry, case_id: str, item: Evidence) -> None:
        others = self._others(case_id, item.sha256)
        words = {"sha256": item.sha256[:_SHOWN], "other": min(others, default="-")}
        self._context.findings.holds("proves_two", not others, joined.place, case_id, **words)

    def _reported(self, joined: JoinedEntry, touched: Touched) -> None:
        """A report comes: each mark of it is right, and of a find said to be dealt with no photo is another's."""
        case_id = touched.after.case_id
        for event in touched.events:
            if isinstance(event, CaseOpened):
                for item in _recordings(event.evidence) if touched.has("case_self_disposed") else ():
                    self._is_own(joined, case_id, item)
                self._marks(joined, case_id, event.report, event.evidence, event.facts)
            elif isinstance(event, ReportMerged) and event.report.facts is not None:
                self._marks(joined, case_id, event.report, event.report.evidence, event.report.facts)
            elif isinstance(event, ReportUpdated) and event.evidence:
                self._marks_of_others(joined, case_id, event)

    def _marks_of_others(self, joined: JoinedEntry, case_id: str, event: ReportUpdated) -> None:
        """Of what comes later it is seen that another case's is marked as such; when it was reported then is not in the journal."""
        marks = {mark.sha256: mark.case_id for mark in event.set_aside}
        for item in _recordings(event.evidence):
            others = self._others(case_id, item.sha256)
            is_right = marks.get(item.sha256) in others if others else marks.get(item.sha256) is None
            if others or self._context.is_whole:
                words = {
                    "sha256": item.sha256[:_SHOWN],
                    "number": f"{event.source.value}/{event.source_no}",
                }
                self._context.findings.holds("set_aside_wrong", is_right, joined.place, case_id, **words)

    def _marks(
        self, joined: JoinedEntry, case_id: str, report: ReportRef, items: Sequence[Evidence], facts: Facts
    ) -> None:
        holds, marks = self._context.findings.holds, {mark.sha256: mark for mark in report.set_aside}
        known = {item.sha256 for item in items}
        for sha256 in known | marks.keys():
            same = [item for item in items if item.sha256 == sha256]
            others = self._others(case_id, sha256) if any(_recordings(same)) else frozenset()
            mark = marks.get(sha256)
            if mark is not None and mark.case_id is not None and not others and not self._context.is_whole:
                continue  # the other was opened before the journal begins
            if others:
                is_right = mark is not None and mark.case_id in others
            else:
                untimed = any(self._is_untimed(item, facts, report.at) for item in same)
                is_right = (mark is not None) == untimed and (mark is None or mark.case_id is None)
            words = {"sha256": sha256[:_SHOWN], "number": f"{report.source.value}/{report.source_no}"}
            holds("set_aside_wrong", is_right, joined.place, case_id, **words)

    def _is_untimed(self, item: Evidence, facts: Facts, arrived: datetime) -> bool:
        """Whether it was taken or ended after the report that brought it, ends before it begins, or is far too old for it."""
        ends = item.ended_at or item.taken_at
        told = [moment for moment in (facts.reported_at, facts.occurred_at, arrived) if moment is not None]
        oldest = min(told) - timedelta(days=self._context.audit_rules.report_photo_days)
        too_old = item.taken_at < oldest and item.kind is not EvidenceKind.DOCUMENT
        return max(item.taken_at, ends) > arrived or ends < item.taken_at or too_old

    def _others(self, case_id: str, sha256: str) -> frozenset[str]:
        """The cases that hold the content, where this one does not; merged cases are one, and void ones do not count."""
        cases = self._context.fold.cases
        holders = {
            holder
            for holder, _ in self._holders.get((street_of(case_id), sha256), ())
            if (host := cases.get(self._host_of(holder))) is None or host.outcome is not CaseOutcome.VOIDED
        }
        hosts = {self._host_of(holder) for holder in holders}
        return frozenset() if self._host_of(case_id) in hosts else frozenset(holders)

    def _host_of(self, case_id: str) -> str:
        case = self._context.fold.cases.get(case_id)
        return case.merged_into or case_id if case else case_id

    def _keep(self, holding: Holding, report: ReportRef | ReportUpdated, items: Sequence[Evidence]) -> None:
        """What the report brought is the case's, but for what another case has."""
        others = {mark.sha256 for mark in report.set_aside if mark.case_id is not None}
        for item in _recordings(items):
            if item.sha256 not in others:
                self._hold(holding, (street_of(holding[0]), item.sha256))

    def _hold(self, holding: Holding, content: Content) -> None:
        self._holders[content].add(holding)
        self._held[holding].add(content)

    def _forget(self, holding: Holding) -> None:
        for content in self._held.pop(holding, ()):
            self._holders[content].discard(holding)
            if not self._holders[content]:
                del self._holders[content]


def _recordings(items: Sequence[Evidence]) -> Iterator[Evidence]:
    """The photos and clips among them."""
    return (item for item in items if item.kind is not EvidenceKind.DOCUMENT)
