"""What an opening takes first: a timer or a record."""

import threading
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from pipeline.stream.fetching.inbox import APPENDED, Inbox
from pipeline.stream.partition.batch import OpenPartition
from pipeline.stream.worker_clock import WorkerClock


@pytest.mark.parametrize("speed", [1.0, 7.0, 60.0, 600.0])
def test_a_deadline_in_the_instant_of_an_arrival_fires(speed: float) -> None:
    """However the clock rounds: else neither would ever be first, and the partition would stand still."""
    clock = WorkerClock(datetime(2026, 3, 2, 9, tzinfo=UTC), 1_772_400_000.1234567, speed)
    for stamp_ms in range(1_772_400_001_000, 1_772_400_002_000):
        record: Any = SimpleNamespace(topic="reports", timestamp=stamp_ms, timestamp_type=APPENDED)
        inbox = Inbox({"reports": 0}, 10, threading.Event(), lambda: float("inf"))
        inbox.put("reports", [record], 1)
        opened: Any = SimpleNamespace(
            inbox=inbox, settings=SimpleNamespace(settle_s=0.5), _parts=SimpleNamespace(clock=clock)
        )
        assert OpenPartition.is_known(opened, clock.at(stamp_ms / 1_000))
