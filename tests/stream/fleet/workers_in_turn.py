"""Workers whose clock all but stands, one after the other: what is told happens at the instant that is said."""

import signal
from datetime import UTC, datetime

from tests.stream.fleet.deployment import Deployment, Worker


class WorkersInTurn:
    """At most one of them is there."""

    def __init__(self, deployment: Deployment, now: str) -> None:
        """None yet; `now` is what whoever acts takes the time to be, RFC 3339."""
        self._deployment = deployment
        self._worker: Worker | None = None
        self.now = datetime.fromisoformat(now)

    def at(self, text: str) -> None:
        """The worker ends; another one starts at that time."""
        self.stop()
        self.now = datetime.fromisoformat(text).astimezone(UTC)
        worker = self._deployment.worker(real=True, clock_origin=text, clock_speed="0.001")
        self._worker = worker.wait_ready(40)

    def stop(self) -> None:
        """The worker ends when told."""
        if self._worker is not None:
            self._worker.send(signal.SIGTERM)
            assert self._worker.wait(60) == 0
