"""The digest of a partition's state: the same records give the same digest."""

from collections.abc import KeysView, Mapping
from hashlib import blake2b
from typing import Final

from schemas.topics import is_case_key

_AT_ONCE: Final = 2_047
"""So many bytes are hashed without letting another thread in, which would cost more than the hash: several partitions are at work."""


class StateDigest:
    """XOR over all records but the position of a 128-bit hash of key and value: updated at the cost of one hash a record."""

    __slots__ = ("_hashes", "_sum", "cases")

    def __init__(self) -> None:
        self._hashes: dict[bytes, int] = {}
        self._sum = 0
        self.cases = 0
        """How many snapshots of cases there are."""

    def put(self, key: bytes, value: bytes | None) -> None:
        """The record of `key` is now `value`; None deletes it."""
        old_hash = self._hashes.pop(key, 0)
        if is_case_key(key):
            self.cases += (value is not None) - (old_hash != 0)
        if value is None:
            self._sum ^= old_hash
            return
        new_hash = _hash(key + value)
        self._hashes[key] = new_hash
        self._sum ^= old_hash ^ new_hash

    def keys(self) -> KeysView[bytes]:
        """Of all records."""
        return self._hashes.keys()

    def hex(self) -> str:
        """32 hex digits."""
        return f"{self._sum:032x}"


def _hash(record: bytes) -> int:
    hashed, view = blake2b(digest_size=16), memoryview(record)
    for start in range(0, len(record), _AT_ONCE):
        hashed.update(view[start : start + _AT_ONCE])
    return int.from_bytes(hashed.digest())


def digest_of(*parts: Mapping[bytes, bytes]) -> StateDigest:
    """The digest of a restored state."""
    digest = StateDigest()
    for part in parts:
        for key, value in part.items():
            digest.put(key, value)
    return digest
