"""What the pipeline would answer to reports, with nothing in it and nothing sent: the core itself, with the rules at hand."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from pipeline.core.case.turn import InputRecord, Turn
from pipeline.core.partition import Partition
from pipeline.core.rules.rules import Rules
from pipeline.edge.client.pushing import bytes_of
from schemas.outputs import Receipt
from schemas.topics import REPORTS

_CALLER_KEY: Final = b"rehearsal, no real person here  "


class Rehearsal:
    """All streets, empty; each report is judged after those before it, so that the same thing twice is one case here too."""

    def __init__(self, rules: Rules, at: datetime) -> None:
        """Everything is reported at `at`."""
        self._core = Partition(rules, _CALLER_KEY, "rehearsal")
        self._at = at
        self._count = 0

    def answer(self, content: Mapping[str, object]) -> Receipt:
        """The receipt that the report would be given; its ids are those of no log."""
        street = content.get("street")
        key = street.encode(errors="replace") if isinstance(street, str) and street else None
        record = InputRecord(REPORTS, 0, self._count, key, bytes_of(content), ())
        self._count += 1
        [receipt] = self._core.step(record, Turn(0, 1, self._count, self._at)).receipts
        return receipt
