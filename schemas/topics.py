"""The topic table. All topics have the same number of partitions; every output goes to its input's partition.

Records of one partition are therefore of one worker, and a street is wholly in one partition.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple


class Topic(NamedTuple):
    """A topic as it is created and as it is checked at start. `retention_days` is None where it is kept for years.

    Of a topic `stamped_by_broker` a record's timestamp is when the broker took it: what its writer says the time is means nothing.
    """

    name: str
    key: str
    message: str
    retention_days: int | None
    compacted: bool
    written_by: str
    read_by: str

    @property
    def stamped_by_broker(self) -> bool:
        """Whether time is read off its records: when an input arrived, and in the journal what time it was at the broker."""
        return self.name in STAMPED

    @property
    def config(self) -> Mapping[str, str]:
        """The broker's settings of this topic."""
        if self.compacted:
            config = {**_COMPACTED, **_PACKED}
            if self.name == CALLERS:
                config["max.compaction.lag.ms"] = str(_DAY_MS)
            return config
        kept_ms = -1 if self.retention_days is None else self.retention_days * _DAY_MS
        config = {
            "cleanup.policy": "delete",
            "retention.ms": str(kept_ms),
            **_PACKED,
            "max.message.bytes": _MESSAGE_BYTES_MAX,
        }
        return config | {TIMESTAMP_TYPE: APPEND_TIME} if self.stamped_by_broker else config


_DAY_MS: Final = 86_400_000
_MESSAGE_BYTES_MAX: Final = str(4 * 1024 * 1024)
_PACKED: Final = {"compression.type": "producer"}
"""No broker packs anew what every reader can read (`schemas.published.asyncapi`)."""
_COMPACTED: Final[Mapping[str, str]] = {
    "cleanup.policy": "compact",
    "segment.ms": "3600000",
    "min.cleanable.dirty.ratio": "0.1",
    "delete.retention.ms": str(_DAY_MS),
    "max.message.bytes": _MESSAGE_BYTES_MAX,
}

REPORTS: Final = "reports.v1"
ACTIONS: Final = "actions.v1"
JOURNAL: Final = "journal.v1"
CASES: Final = "cases.v1"
CALLERS: Final = "callers.v1"
ASSIGNMENTS: Final = "assignments.v1"
RECEIPTS: Final = "receipts.v1"
NOTICES: Final = "notices.v1"
DEAD_LETTERS: Final = "dead-letters.v1"

INPUTS: Final = (REPORTS, ACTIONS)
STAMPED: Final = (*INPUTS, JOURNAL)
TIMESTAMP_TYPE: Final = "message.timestamp.type"
APPEND_TIME: Final = "LogAppendTime"
POSITION_KEY: Final = b"__position"
RETIRED_KEY: Final = b"__retired/"
"""How the keys of `RetiredReports` in `cases.v1` begin; the street and the lowest name follow."""
DUTY_KEY: Final = b"__duty/"
"""How the key of a `StreetDuty` in `cases.v1` begins; the street follows."""
FORGOTTEN_KEY: Final = b"__forgotten/"
"""How the key of a `Forgotten` in `callers.v1` begins; the token follows. The record without a value stands under the token itself."""

TOPICS: Final = (
    Topic(REPORTS, "street code", "Report", 7, False, "sources", "pipeline"),
    Topic(ACTIONS, "street code", "Action", 30, False, "teams, clerks, call-back", "pipeline"),
    Topic(JOURNAL, "case id", "JournalEntry", None, False, "pipeline", "auditor, archive"),
    Topic(CASES, "case id", "Case", None, True, "pipeline", "restore, read models"),
    Topic(CALLERS, "caller token", "CallerRecord", None, True, "pipeline", "the hotline's own call-back"),
    Topic(ASSIGNMENTS, "case id", "Assignment", 30, False, "pipeline", "teams, departments"),
    Topic(RECEIPTS, "source or actor", "Receipt", 7, False, "pipeline", "whoever pushed or acted"),
    Topic(NOTICES, "recipient role", "Notice", 30, False, "pipeline", "leaders, hotlines"),
    Topic(DEAD_LETTERS, "as received", "DeadLetter", 90, False, "pipeline", "repair"),
)


def is_case_key(key: bytes | None) -> bool:
    """Whether a record of `cases.v1` under this key is a case's: the pipeline's own begin with two underscores."""
    return key is not None and not key.startswith(b"__")


def prefixed(name: str, prefix: str) -> str:
    """`name` under a deployment's prefix, so that several may share one broker (tests, districts)."""
    return f"{prefix}{name}"
