"""A sender's outbox on disk: a report that was put there is delivered sooner or later, whatever ends in between.

    from pipeline.edge.client.outbox import Outbox

    outbox = Outbox("reports.outbox")
    outbox.put(report)                          # on disk when this returns; no broker is needed
    for number, answer in outbox.deliver(client): ...

Delivering twice is safe, as pushing again is: the same number gives the same receipt.
"""

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Final, NamedTuple, Self

from pipeline.edge.client.client import TIMEOUT_S, Client
from pipeline.edge.client.pushing import Content, bytes_of, checked_report, pipelined
from pipeline.kafka_log.librdkafka import PUSHED_BYTES_MAX
from schemas.errors import BadMessage, PipelineError
from schemas.inputs.report import Report
from schemas.outputs import Receipt

_TABLE: Final = """
create table if not exists waiting (
    number integer primary key autoincrement,
    report blob not null
)
"""


class Waiting(NamedTuple):
    """A report that is not answered yet, and its number in the outbox."""

    number: int
    report: bytes


class Outbox:
    """Reports in a file of SQLite, from when they are put until they are answered. Any thread may use it; of several processes each
    delivers all, which is safe.
    """

    def __init__(self, path: Path | str) -> None:
        """Opens the file, or makes it.

        Raises:
            PipelineError: `outbox_broken`, it is no outbox, or cannot be written.
        """
        self._path = Path(path)
        self._lock = threading.Lock()
        try:
            self._base = sqlite3.connect(self._path, check_same_thread=False, timeout=TIMEOUT_S)
            self._base.execute("pragma journal_mode = wal")
            self._base.execute("pragma synchronous = full")  # on disk when `put` returns
            self._base.execute(_TABLE)
        except sqlite3.Error as error:
            raise self._broken(error) from None

    def __enter__(self) -> Self:
        """The outbox itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closed, whatever happened."""
        self.close()

    def close(self) -> None:
        """What waits stays in the file."""
        self._base.close()

    def put(self, report: Report | Content | bytes) -> int:
        """Keep a report; it is on disk when this returns. Returns its number here.

        Raises:
            BadMessage: a typed report that is not what the contract says, content that JSON cannot say, or too large for any broker.
            PipelineError: `outbox_broken`, it cannot be written: the report is not kept.
        """
        value = checked_report(report) if isinstance(report, Report) else bytes_of(report)
        if len(value) > PUSHED_BYTES_MAX:
            raise BadMessage("too_large", "", f"at most {PUSHED_BYTES_MAX} bytes")
        try:
            with self._lock, self._base:
                return int(
                    self._base.execute("insert into waiting (report) values (?)", (value,)).lastrowid or 0
                )
        except sqlite3.Error as error:
            raise self._broken(error) from None

    def waiting(self) -> list[Waiting]:
        """What is not answered yet, the oldest first."""
        try:
            with self._lock:
                return [
                    Waiting(*row)
                    for row in self._base.execute("select number, report from waiting order by number")
                ]
        except sqlite3.Error as error:
            raise self._broken(error) from None

    def deliver(
        self, client: Client, *, timeout_s: float = TIMEOUT_S
    ) -> Iterator[tuple[int, Receipt | PipelineError]]:
        """Push all that waits, in its order; yields the number and the answer of each. What is answered, a refusal too, leaves the outbox
        when its answer has been taken; what is not stays.

        Raises:
            Unavailable: no broker answers; what was not yielded stays.
        """
        waiting = self.waiting()
        answers = pipelined((one.report for one in waiting), client.submit, timeout_s)
        for place, answer in answers:
            number = waiting[place].number
            yield number, answer
            if isinstance(answer, Receipt):
                self._forget(number)

    def _forget(self, number: int) -> None:
        try:
            with self._lock, self._base:
                self._base.execute("delete from waiting where number = ?", (number,))
        except sqlite3.Error as error:
            raise self._broken(error) from None

    def _broken(self, error: sqlite3.Error) -> PipelineError:
        return PipelineError("outbox_broken", f"{self._path}: {error}")
