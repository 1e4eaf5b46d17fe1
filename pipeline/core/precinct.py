"""All streets whose records share a partition, and the timers of all their cases.

The one door through which a shell drives the core: restore it, ask what is due, fire that, then step a record.
"""

from collections.abc import Iterable
from datetime import datetime

from pipeline.core.outcome import InputRecord, Outcome, Turn
from pipeline.core.rules import Rules
from schemas.case import Case


class Precinct:
    """The state of one partition. A step either returns its outcome or raises and has changed nothing."""

    def __init__(self, rules: Rules, caller_key: bytes, code_version: str) -> None:
        """An empty precinct. `caller_key` (≥ 32 bytes) keys the tokens that stand for callers."""
        raise NotImplementedError

    def restore(self, cases: Iterable[Case]) -> None:
        """Take over the latest snapshot of each case, in any order."""
        raise NotImplementedError

    def next_due(self) -> datetime | None:
        """When the earliest armed timer is due."""
        raise NotImplementedError

    def fire(self, turn: Turn) -> Outcome:
        """Fire the earliest armed timer, which is due at or before `turn.at`."""
        raise NotImplementedError

    def step(self, record: InputRecord, turn: Turn) -> Outcome:
        """Decide one input record."""
        raise NotImplementedError

    def bury(self, record: InputRecord, turn: Turn) -> Outcome:
        """A dead letter `internal_error` for a record that `step` cannot decide."""
        raise NotImplementedError
