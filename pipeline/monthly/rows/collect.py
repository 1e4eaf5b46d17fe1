"""One partition's journal, read once from its beginning: what happened in each window, and what stands at its end.

The cases are folded by the auditor's tables, as `pipeline.audit.model.fold` does, not by the core that decided them.

    entry ─► marks that lie before it (midnights, ends of windows) ─► fold ─► rows of the window that holds it
"""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from pipeline.audit.model.case_memory import CaseMemory
from pipeline.audit.model.fold import Fold, Touched
from pipeline.core.rules.rules import Rules
from pipeline.core.worktime.office_hours import day_of
from pipeline.monthly.rows.case_row import case_row, running_handling, with_conduct
from pipeline.monthly.rows.conduct import Conducts
from pipeline.monthly.rows.event_rows import Events
from pipeline.monthly.rows.row_types import Batches, CaseRow, DayEnd, Ending, EventRow
from pipeline.monthly.rows.step_rows import endings
from pipeline.monthly.window import Window
from schemas.journal.entry import JournalEntry

SPOT_DAYS: Final = 30
"""So long before the end of a window a case still counts for the spots where the same comes again."""
DATED_AHEAD_MAX: Final = 20_000
"""So many entries behind the end are looked through for one that sets the time back."""
_INSTANT: Final = timedelta(microseconds=1)


class WindowRows:
    """The rows of one partition and one window."""

    def __init__(self, window: Window) -> None:
        """Nothing yet."""
        self.window: Final = window
        self.events: Final = Batches(EventRow)
        self.endings: Final = Batches(Ending)
        self.cases: Final = Batches(CaseRow)
        self.days: Final = Batches(DayEnd)


class Gathering:
    """One partition: first `read`, then `finish`."""

    def __init__(self, partition: int, rules: Rules, windows: Sequence[Window]) -> None:
        """`windows` follow one another without a gap."""
        self.sheets: Final = [WindowRows(window) for window in windows]
        self.entries = 0
        self.strangers: Final[set[str]] = set()
        """Cases whose opening was never read."""
        self.began_at: datetime | None = None
        self.last_at: datetime | None = None
        """When the last entry before the end was written."""
        self.goes_on = False
        """Whether there is an entry after the end."""
        self._partition = partition
        self._rules = rules
        self._fold = Fold()
        self._events = Events()
        self._conducts = Conducts(rules)
        self._handling: dict[str, datetime] = {}
        """By when each case whose handling runs is to be handled."""
        self._open = 0
        self._ended: dict[str, datetime] = {}
        self._marks = deque((at, sheet) for sheet in self.sheets for at in sheet.window.midnights())

    def read(self, entries: Iterable[JournalEntry]) -> None:
        """The entries in log order, up to the last one before the end.

        Those dated after it change their cases, but count in no window, where the time was set back to before the end behind them.
        """
        later: list[JournalEntry] = []
        for entry in entries:
            if entry.at >= self.sheets[-1].window.until:
                later.append(entry)
                if len(later) > DATED_AHEAD_MAX:
                    break
                continue
            for dated_ahead in later:
                self._take(dated_ahead)
            later.clear()
            self._pass_until(entry.at)
            self.began_at = self.began_at or entry.at
            self.last_at = entry.at
            self.entries += 1
            self._take(entry)
        self.goes_on = bool(later)

    @property
    def is_waiting(self) -> bool:
        """Whether something was due before the end and has not fired: the journal does not reach the end yet."""
        until = self.sheets[-1].window.until
        return any(at < until for case in self._fold.cases.values() if (at := case.wake()) is not None)

    def finish(self, end: datetime) -> None:
        """Nothing more comes; the last window ends at `end`, its own end or earlier."""
        self._pass_until(end - _INSTANT)
        for sheet in dict.fromkeys(sheet for _, sheet in self._marks):
            self._pass(end, sheet, is_end=True)

    def _pass_until(self, at: datetime) -> None:
        while self._marks and self._marks[0][0] <= at:
            mark, sheet = self._marks.popleft()
            self._pass(mark, sheet, is_end=mark == sheet.window.until)

    def _pass(self, at: datetime, sheet: WindowRows, *, is_end: bool) -> None:
        if at > sheet.window.since:
            overdue = sum(due_at <= at for due_at in self._handling.values())
            sheet.days.add(DayEnd(day_of(at - _INSTANT), self._partition, self._open, overdue))
        if is_end:
            for case in self._fold.cases.values():
                self._settle(case, sheet, at)

    def _settle(self, case: CaseMemory, sheet: WindowRows, at: datetime) -> None:
        ended_at = self._ended.get(case.case_id)
        recent = case.facts.opened_at >= sheet.window.until - timedelta(days=SPOT_DAYS)
        is_of_window = ended_at is not None and ended_at >= sheet.window.since
        if not (recent or ended_at is None or is_of_window):
            return
        row = case_row(self._rules, case, self._partition, at, ended_at, recent=recent)
        conduct = self._conducts.of(case.case_id)
        sheet.cases.add(with_conduct(row, case, conduct, is_of_window=is_of_window))

    def _take(self, entry: JournalEntry) -> None:
        touched = self._fold.apply(entry, {})
        self.strangers.update(self._fold.strangers)
        for touch in touched:
            self._note(touch, entry.at)
        self._events.remember(entry)
        shirked = self._conducts.take(entry, touched)
        sheet = self._sheet_at(entry.at)
        if sheet is not None:
            self._write(sheet, entry, touched, shirked)
        for touch in touched:
            if touch.has("case_retired"):
                self._forget(touch.after, entry.at)

    def _write(
        self,
        sheet: WindowRows,
        entry: JournalEntry,
        touched: Sequence[Touched],
        shirked: Mapping[int, bool],
    ) -> None:
        for row in self._events.rows(entry, touched, self._fold.cases, shirked):
            sheet.events.add(row)
        for touch in touched:
            for ending in endings(self._rules, touch, entry):
                sheet.endings.add(ending)

    def _note(self, touch: Touched, at: datetime) -> None:
        case, was_open = touch.after, touch.before is not None and not touch.before.is_over
        self._open += (not case.is_over) - was_open
        clock = running_handling(case)
        if clock is not None:
            self._handling[case.case_id] = clock.due_at
        else:
            self._handling.pop(case.case_id, None)
        if not case.is_over:
            self._ended.pop(case.case_id, None)
        else:
            self._ended.setdefault(case.case_id, at)

    def _forget(self, case: CaseMemory, at: datetime) -> None:
        """It is kept no longer; what the windows that are still open want to know of it is written down now."""
        for sheet in self.sheets:
            if at < sheet.window.until:
                self._settle(case, sheet, at)
        self._ended.pop(case.case_id, None)
        self._events.forget(case.case_id)
        self._conducts.forget(case.case_id)

    def _sheet_at(self, at: datetime) -> WindowRows | None:
        return next((sheet for sheet in self.sheets if sheet.window.holds(at)), None)


def end_of(gatherings: Sequence[Gathering]) -> datetime:
    """Where the last window really ends: at its end, or just after the last entry of a journal that does not reach it.

    It does if everything that was due has fired, or if something came later.
    """
    until = gatherings[0].sheets[-1].window.until if gatherings else datetime.max.replace(tzinfo=UTC)
    if any(gathering.goes_on for gathering in gatherings) or not any(
        gathering.is_waiting for gathering in gatherings
    ):
        return until
    return max(gathering.last_at for gathering in gatherings if gathering.last_at is not None) + _INSTANT
