"""Pushes that are under way together: each answer is told as it comes, and who falls silent is waited for once, not row by row.

    add ─► waiting ─┬─ answered ──► told
                    └─ nobody answered anything for `timeout_s` ─► all that waits is told as sent, not answered yet

The time counts from the last answer of any kind, so that a long file with a worker at work is never cut off, and a file of any
length without one ends after `timeout_s`. From then on rows are sent without waiting, until somebody answers again.
"""

import threading
import time
from collections.abc import Callable
from queue import SimpleQueue
from typing import Final

from pipeline.edge.client.receipt_waiting import PendingReceipt
from schemas.errors import PipelineError
from schemas.outputs import Receipt

Outcome = Receipt | PipelineError
Tell = Callable[[int, Outcome], None]
IN_FLIGHT_MAX: Final = 10_000
"""Of one flight, at a time; so much of a file is in memory."""

_IDLE_S: Final = 1.0


class Flight:
    """One thread adds; another one, the flight's own, calls `tell` with the number and the outcome of each, as it comes."""

    def __init__(
        self,
        tell: Tell,
        timeout_s: float,
        most: int = IN_FLIGHT_MAX,
        idle: Callable[[], None] = lambda: None,
    ) -> None:
        """Nothing is under way yet. `tell` may raise: `add` or `land` raises it then. `idle` is called while it waits."""
        self._tell = tell
        self._timeout_s = timeout_s
        self._most = most
        self._idle = idle
        self._changed = threading.Condition()
        self._waiting: dict[int, PendingReceipt] = {}
        self._heard_s = time.monotonic()
        self._outcomes: SimpleQueue[tuple[int, PendingReceipt | PipelineError] | None] = SimpleQueue()
        self._failed: Exception | None = None
        self._thread = threading.Thread(target=self._run, name="answers", daemon=True)
        self._thread.start()

    def add(self, number: int, sent: PendingReceipt | PipelineError) -> None:
        """One more is under way, or was not sent for this error. Waits while too many are, unless nobody answers.

        Raises:
            Exception: what `tell` raised.
        """
        self._check()
        if isinstance(sent, PipelineError):
            self._outcomes.put((number, sent))
            return
        with self._changed:
            if not self._waiting:
                self._heard_s = time.monotonic()
            self._waiting[number] = sent
        sent.on_answer(lambda pending: self._outcomes.put((number, pending)))
        with self._changed:
            while len(self._waiting) >= self._most and self._failed is None:
                self._wait()

    def land(self) -> None:
        """Wait until all are told: answered, or given up because nobody answers.

        Raises:
            Exception: what `tell` raised.
        """
        with self._changed:
            while self._waiting and self._failed is None:
                self._wait()
        self.stop()

    def stop(self) -> None:
        """Tell at once of all that waits that it is not answered yet. Raises as `land` does."""
        with self._changed:
            self._give_up()
        self._outcomes.put(None)
        self._thread.join()
        self._check()

    def _wait(self) -> None:
        """For an answer, a moment; give up when it was silent for too long."""
        left_s = self._heard_s + self._timeout_s - time.monotonic()
        if left_s <= 0:
            self._give_up()
        elif not self._changed.wait(min(left_s, _IDLE_S)):
            self._idle()

    def _give_up(self) -> None:
        """Whoever still waits has its outcome: not answered in time."""
        for number, pending in self._waiting.items():
            self._outcomes.put((number, pending.give_up(self._timeout_s)))
        self._waiting.clear()

    def _run(self) -> None:
        has_ended = False
        try:
            while (arrived := self._outcomes.get()) is not None:
                number, outcome = arrived
                if isinstance(outcome, PipelineError):
                    self._tell(number, outcome)
                elif self._has_come(number):  # else it was given up before
                    self._tell(number, outcome.outcome())
            has_ended = True
        except (PipelineError, OSError) as error:  # it belongs to the thread that adds
            self._fail(error)
        finally:
            if (
                not has_ended and self._failed is None
            ):  # a fault of ours: nobody may wait for what is not told
                self._fail(PipelineError("telling_broken", "telling answers has ended; see the error above"))

    def _fail(self, error: Exception) -> None:
        with self._changed:
            self._failed = error
            self._changed.notify_all()

    def _has_come(self, number: int) -> bool:
        with self._changed:
            self._heard_s = time.monotonic()
            self._changed.notify_all()
            return self._waiting.pop(number, None) is not None

    def _check(self) -> None:
        if self._failed is not None:
            raise self._failed
