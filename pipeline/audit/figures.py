"""The figures of a street's work as they stood at an instant, from the journal alone. The names are the field's.

Counted over everything up to then. A share is of what it says, None where that is nothing. A case is due to be handled
(应处置) when it was, or when its deadline has come; so it is with closing (应结案).
"""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from pipeline.audit.model.audit_tables import name_of
from pipeline.audit.model.case_memory import CaseMemory
from pipeline.audit.model.fold import Fold, Touched
from schemas import topics
from schemas.journal import events as e
from schemas.journal.entry import JournalEntry, RecordCause
from schemas.values.terms import CaseOutcome, ClockKind, ReturnReason

_SHANGHAI: Final = timedelta(hours=8)
_WRONG_UNIT: Final = frozenset(
    {ReturnReason.NOT_OUR_MATTER, ReturnReason.NOT_OUR_AREA, ReturnReason.BEYOND_POWERS}
)
_NOT_CLOSED: Final = frozenset(
    {CaseOutcome.MERGED, CaseOutcome.VOIDED, CaseOutcome.REJECTED, CaseOutcome.TRANSFERRED}
)
"""Over, but nothing was to be closed here."""


class Figure(NamedTuple):
    """A number or a share, and what it is of."""

    name: str
    zh: str
    value: float | None
    of: int | None = None


class Figures:
    """Fed with the entries of one or more partitions, each in log order."""

    def __init__(self, at: datetime) -> None:
        """`at` is the instant; later entries are not counted."""
        self.at: Final = at
        self.open: Counter[str] = Counter()
        """Open cases by stage."""
        self.entries = 0
        self._count: Counter[str] = Counter()

    def feed(self, entries: Iterable[JournalEntry]) -> None:
        """All entries of one partition."""
        fold = Fold()
        for entry in entries:
            if entry.at > self.at:
                break
            self.entries += 1
            touched = fold.apply(entry, {})
            self._note(entry)
            for one in touched:
                self._follow(one)
        for case in fold.cases.values():
            self._settle(case)

    def figures(self) -> list[Figure]:
        """All of them, in the order of the work."""
        count, share = self._counted, self._share
        return [
            count("reports", "来件"),
            count("opened", "立案数"),
            share("filed", "立案率", "opened", "understood"),
            count("merged", "并案件数"),
            count("repeated", "重复来件"),
            count("refused", "不受理"),
            count("dead letters", "死信"),
            Figure("open", "在办", self.open.total()),
            count("due today", "今日到期"),
            count("breached", "超期在办"),
            count("closed", "结案数"),
            share("closed of due", "结案率", "closed", "to close"),
            share("closed on time", "按期结案率", "closed on time", "to close"),
            share("handled on time", "按期处置率", "handled on time", "to handle"),
            share("overdue", "超期率", "overdue", "to handle"),
            share("signed on time", "签收及时率", "signed on time", "signed"),
            count("dispatches", "派遣数"),
            count("returns", "退单数"),
            self._accuracy(),
            share("reworked", "返工率", "reworks", "disposed"),
            share("extended", "延期率", "extensions", "dispatches"),
            share("suspended", "挂账率", "suspensions", "dispatches"),
            share("self-disposed", "自处置率", "self-disposed", "opened"),
            share("relapsed", "回潮率", "relapses", "opened"),
            count("reopened", "重办数"),
            share("solved", "解决率", "solved", "answered calls"),
            share("satisfied", "满意率", "satisfied", "answered calls"),
            count("unreached", "未接通结案"),
            share("joint", "吹哨率", "joint", "opened"),
        ]

    def _counted(self, name: str, zh: str) -> Figure:
        return Figure(name, zh, self._count[name])

    def _share(self, name: str, zh: str, part: str, whole: str) -> Figure:
        of = self._count[whole]
        return Figure(name, zh, round(self._count[part] / of, 4) if of else None, of)

    def _accuracy(self) -> Figure:
        of = self._count["dispatches"]
        wrong = self._count["wrong unit"]
        return Figure("dispatched rightly", "派遣准确率", round(1 - wrong / of, 4) if of else None, of)

    def _note(self, entry: JournalEntry) -> None:
        """What the entry's events add to what is counted as it comes."""
        cause, count = entry.cause, self._count
        is_report = isinstance(cause, RecordCause) and cause.topic == topics.REPORTS
        count["reports"] += is_report
        for event in entry.events:
            name = _COUNTED.get(name_of(event))
            if name:
                count[name] += 1
            match event:
                case e.CaseOpened() | e.ReportMerged() | e.ReportRepeated() | e.ReportRefused():
                    count["understood"] += is_report
                case e.CaseReturned():
                    count["wrong unit"] += event.reason in _WRONG_UNIT
                case e.CallBackRecorded():
                    count["solved"] += event.solved
                    count["satisfied"] += event.satisfied
                case _:
                    pass
            if isinstance(event, e.CaseOpened):
                count["relapses"] += event.facts.relapse_of is not None

    def _follow(self, one: Touched) -> None:
        """What the entry does to a case that can be undone: it is counted when the case is settled."""
        clock = one.after.clocks.get((ClockKind.SIGN, None))
        if one.has("case_signed") and clock is not None and clock.stopped_at is not None:
            self._count["signed"] += 1
            self._count["signed on time"] += clock.stopped_at <= clock.due_at
        if one.has("case_retired"):
            self._settle(one.after)

    def _settle(self, case: CaseMemory) -> None:
        """A case as it stands at the instant, or stood when it was no longer kept."""
        count = self._count
        whole = case.clocks.get((ClockKind.WHOLE, None))
        dispose = case.clocks.get((ClockKind.DISPOSE, None))
        if not case.is_over:
            self.open[case.stage] += 1
        elif case.outcome not in _NOT_CLOSED:
            count["closed"] += 1
            count["unreached"] += case.outcome is CaseOutcome.UNREACHED
        if case.outcome in _NOT_CLOSED:
            return
        if whole is not None:
            ended = whole.stopped_at if case.is_over else None
            count["to close"] += ended is not None or whole.due_at <= self.at
            count["closed on time"] += ended is not None and ended <= whole.due_at
        if dispose is not None:
            late = (dispose.stopped_at or self.at) > dispose.due_at
            count["to handle"] += case.is_handled or late
            count["handled on time"] += case.is_handled and not late
            count["overdue"] += late
            runs = dispose.stopped_at is None
            count["breached"] += runs and late
            count["due today"] += runs and not late and _day(dispose.due_at) == _day(self.at)


_COUNTED: Final = {
    "case_opened": "opened",
    "report_merged": "merged",
    "case_merged": "merged",
    "report_repeated": "repeated",
    "report_refused": "refused",
    "message_dead": "dead letters",
    "case_dispatched": "dispatches",
    "case_claimed": "dispatches",
    "case_returned": "returns",
    "case_disposed": "disposed",
    "verification_failed": "reworks",
    "case_extended": "extensions",
    "case_suspended": "suspensions",
    "case_self_disposed": "self-disposed",
    "case_reopened": "reopened",
    "call_back_recorded": "answered calls",
    "joint_started": "joint",
}


def _day(at: datetime) -> object:
    return (at + _SHANGHAI).date()
