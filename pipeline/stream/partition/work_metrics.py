"""The metrics of a partition: its stock of cases, and the counts of each transaction once it is committed."""

import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from pipeline import metrics
from pipeline.core.case.turn import Change, Outcome
from pipeline.core.rules.rules import Rules
from pipeline.indicators import flow
from pipeline.indicators.pending import PendingCounts
from pipeline.indicators.stock import Stock
from schemas.duty.street_duty import StreetDuty
from schemas.journal.entry import RecordCause, TimerCause
from schemas.state.case import Case

log: Final = logging.getLogger("enforcement.counted")
Written = tuple[Outcome, tuple[str, ...]]
"""An outcome, and the topics of the records that it was written as."""


class Counting:
    """Counts one opening of a partition. A bug here costs figures, never a case: the stock is dropped from then on."""

    def __init__(self, rules: Rules | None, at: datetime, streets: Iterable[str] = ()) -> None:
        """Without rules the work is not counted, only the records. `streets`: those of the partition whose people are listed."""
        self._rules = rules
        self.stock = Stock(rules, at, streets) if rules is not None else None

    def restored(self, cases: Iterable[Case]) -> Iterator[Case]:
        """The same cases, each noted."""
        for case in cases:
            with self._at_no_cost():
                self._note((Change(None, case),))
            yield case

    def restored_duties(self, duties: Iterable[StreetDuty]) -> Iterator[StreetDuty]:
        """The same states of streets, each noted."""
        for duty in duties:
            with self._at_no_cost():
                self._note_duty(duty)
            yield duty

    def committed(self, written: Iterable[Written], entries: int, seconds: float) -> None:
        """A transaction is committed, so many seconds after its first record."""
        with self._at_no_cost():
            counts = TransactionCounts(self._rules)
            for outcome, topics in written:
                counts.note(outcome, topics)
                self._note(outcome.changes)
                if outcome.duty is not None:
                    self._note_duty(outcome.duty)
            counts.publish(entries, seconds)

    def _note(self, changes: Sequence[Change]) -> None:
        if self.stock is not None:
            self.stock.note(changes)

    def _note_duty(self, duty: StreetDuty) -> None:
        if self.stock is not None:
            self.stock.duty.note(duty)

    @contextmanager
    def _at_no_cost(self) -> Iterator[None]:
        try:
            yield
        except Exception:  # the marked edge: what is restored or committed stays so
            log.exception("this partition's cases are not counted any more")
            self.stock = None


class TransactionCounts:
    """The counts of one transaction. Those of an aborted one are never published."""

    def __init__(self, rules: Rules | None) -> None:
        """Nothing yet. Without rules the work is not counted, only the records."""
        self._rules = rules
        self._pending = PendingCounts()
        self._topics: Counter[str] = Counter()

    def note(self, outcome: Outcome, written: Iterable[str]) -> None:
        """An outcome was written, as records of these topics."""
        pending = self._pending
        self._topics.update(written)
        entry = outcome.entry
        cause = entry.cause
        if isinstance(cause, TimerCause):
            pending.count(metrics.TIMERS, cause.timer.value)
            late_s = ((entry.decided_at or entry.at) - cause.due_at).total_seconds()
            pending.observe_case(metrics.TIMER_LATE, late_s, cause.case_id)
        elif isinstance(cause, RecordCause):
            outcome_name = outcome.receipts[0].outcome.value if outcome.receipts else "none"
            pending.count(metrics.RECORDS, cause.topic, outcome_name)
        for letter in outcome.dead_letters:
            pending.count(metrics.DEAD_LETTERS, letter.code)
        if self._rules is not None:
            flow.note(pending, self._rules, outcome)

    def publish(self, entries: int, seconds: float) -> None:
        """The transaction is committed, so many seconds after its first record."""
        metrics.TRANSACTIONS.labels("committed").inc()
        metrics.TRANSACTION_SECONDS.observe(seconds)
        metrics.BATCH.observe(entries)
        metrics.ENTRIES.inc(entries)
        for topic, many in self._topics.items():
            metrics.OUTPUTS.labels(topic).inc(many)
        self._pending.publish()
