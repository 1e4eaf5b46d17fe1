"""Progress of a start, as values: nothing here writes to a terminal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class StartStage(StrEnum):
    """The steps of a start, in their order. A cached, formatted broker only starts."""

    WAIT = "wait"  # another process is starting the same broker or fetching the same jars
    FETCH = "fetch"
    FORMAT = "format"
    START = "start"


@dataclass(frozen=True)
class StartProgress:
    """How far a start is. Counts are 0 except while fetching; bytes_total is known from the first report on."""

    stage: StartStage
    jars_done: int = 0
    jars_total: int = 0
    bytes_done: int = 0
    bytes_total: int = 0


# Called on the thread that called `start`, a few times a second at most.
OnProgress = Callable[[StartProgress], None]


def ignore_progress(_: StartProgress) -> None:
    """Discards the progress."""
