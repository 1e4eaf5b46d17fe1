"""What the inbox makes of a record's stamp."""

import threading
from types import SimpleNamespace
from typing import Any

from pipeline.stream.fetching.inbox import APPENDED, UNKNOWN, Inbox


def test_what_came_while_the_worker_slept_counts_from_its_arrival() -> None:
    """A stamp is of a wrong clock only if it lies ahead of the brokers' time of now, not of when a batch was begun."""
    trusted_until_s = [105.0]
    record: Any = SimpleNamespace(topic="reports", timestamp=110_000, timestamp_type=APPENDED)
    inbox = Inbox({"reports": 0}, 10, threading.Event(), lambda: trusted_until_s[0])
    assert inbox.came_s(record) == UNKNOWN
    trusted_until_s[0] = 115.0
    assert inbox.came_s(record) == 110.0
