"""What a transaction did, counted while it is under way and published as metrics when it is committed."""

from collections import Counter
from collections.abc import Iterable

from pipeline import metrics
from pipeline.core.outcome import Outcome
from pipeline.stream.records import Outgoing
from schemas.events import CaseClaimed, CaseDispatched, CaseReturned
from schemas.journal import TimerCause


class Counted:
    """The counts of one transaction. One that is aborted is never published."""

    def __init__(self) -> None:
        """Nothing yet."""
        self._outputs: Counter[str] = Counter()
        self._records: Counter[tuple[str, str]] = Counter()
        self._letters: Counter[str] = Counter()
        self._timers: Counter[str] = Counter()
        self._given: Counter[str] = Counter()
        self._returned: Counter[tuple[str, str]] = Counter()
        self._late: list[float] = []

    def note(self, outcome: Outcome, records: Iterable[Outgoing]) -> None:
        """An outcome was written, as these records."""
        for one in records:
            self._outputs[one.topic] += 1
        cause = outcome.entry.cause
        if isinstance(cause, TimerCause):
            self._timers[cause.timer.value] += 1
            self._late.append((outcome.entry.at - cause.due_at).total_seconds())
        else:
            self._records[cause.topic, outcome.receipts[0].outcome.value if outcome.receipts else "none"] += 1
        for letter in outcome.dead_letters:
            self._letters[letter.code] += 1
        for event in outcome.entry.events:
            if isinstance(event, CaseDispatched | CaseClaimed):
                self._given[event.team] += 1
            elif isinstance(event, CaseReturned):
                self._returned[event.team, event.reason.value] += 1

    def publish(self, entries: int, seconds: float) -> None:
        """The transaction is committed, so many seconds after its first record."""
        metrics.TRANSACTIONS.labels("committed").inc()
        metrics.TRANSACTION_SECONDS.observe(seconds)
        metrics.BATCH.observe(entries)
        metrics.ENTRIES.inc(entries)
        for topic, many in self._outputs.items():
            metrics.OUTPUTS.labels(topic).inc(many)
        for (topic, outcome), many in self._records.items():
            metrics.RECORDS.labels(topic, outcome).inc(many)
        for code, many in self._letters.items():
            metrics.DEAD_LETTERS.labels(code).inc(many)
        for kind, many in self._timers.items():
            metrics.TIMERS.labels(kind).inc(many)
        for team, many in self._given.items():
            metrics.DISPATCHES.labels(team).inc(many)
        for (team, reason), many in self._returned.items():
            metrics.RETURNS.labels(team, reason).inc(many)
        for late in self._late:
            metrics.TIMER_LATE.observe(late)
