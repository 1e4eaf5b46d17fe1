"""What a transaction did, counted while it is under way and published as metrics when it is committed."""

from collections.abc import Iterable

from pipeline import metrics
from pipeline.core.outcome import Outcome
from pipeline.core.rules import Rules
from pipeline.indicators import flow
from pipeline.indicators.pending import Pending
from schemas.journal import TimerCause


class Counted:
    """The counts of one transaction. One that is aborted is never published."""

    def __init__(self, rules: Rules | None) -> None:
        """Nothing yet. Without rules the work is not counted, only the records."""
        self._rules = rules
        self._pending = Pending()

    def note(self, outcome: Outcome, written: Iterable[str]) -> None:
        """An outcome was written, as records of these topics."""
        pending = self._pending
        for topic in written:
            pending.count(metrics.OUTPUTS, topic)
        cause = outcome.entry.cause
        if isinstance(cause, TimerCause):
            pending.count(metrics.TIMERS, cause.timer.value)
            pending.observe(metrics.TIMER_LATE, (outcome.entry.at - cause.due_at).total_seconds())
        else:
            answered = outcome.receipts[0].outcome.value if outcome.receipts else "none"
            pending.count(metrics.RECORDS, cause.topic, answered)
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
        self._pending.publish()
