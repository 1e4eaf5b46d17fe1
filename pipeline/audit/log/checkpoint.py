"""How far an audit has seen a partition, so that a later one notices a log that went back, or that was written anew.

entry 1 ─► link ─► link ─► … ─► head      each link is a hash over the one before and the entry's bytes (`schemas.state.chain`)
"""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from schemas.state import chain

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Checkpoint(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Of one partition: its last entry, and what stood around it.

    `offset` and `stamped_ms` are the place of that entry in the journal and when the log took it, `entry` is the hash of its bytes.
    `head` is the last link of the chain that begins with the entry numbered `begun`. `ends` is how far each topic reached,
    `inputs` the offset behind the last record of each input that was decided.
    """

    seq: int
    offset: int
    stamped_ms: int
    entry: str
    begun: int
    head: str
    inputs: dict[str, int]
    ends: dict[str, int]

    @property
    def at(self) -> datetime:
        """When the log took its last entry."""
        return _EPOCH + timedelta(milliseconds=self.stamped_ms)


def entry_hash(value: bytes) -> str:
    """Of an entry's bytes, in hexadecimal digits."""
    return hashlib.sha256(value).hexdigest()


def root_of(checkpoints: Mapping[int, Checkpoint]) -> str:
    """One hash over the heads of all partitions; whoever noted it elsewhere can tell whether a checkpoint was changed since."""
    heads = {str(number): [seen.begun, seen.seq, seen.head] for number, seen in checkpoints.items()}
    return entry_hash(chain.canonical_json(heads))
