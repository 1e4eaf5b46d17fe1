"""The digest of a partition's state: two owners that hold the same snapshots have the same digest."""

from collections.abc import Mapping
from hashlib import blake2b


class StateDigest:
    """XOR over all snapshots of a 128-bit hash of key and value: kept in step at the cost of one hash a snapshot."""

    __slots__ = ("_of", "_sum")

    def __init__(self) -> None:
        self._of: dict[bytes, int] = {}
        self._sum = 0

    def __len__(self) -> int:
        """How many snapshots there are."""
        return len(self._of)

    def put(self, key: bytes, value: bytes | None) -> None:
        """The snapshot of `key` is now `value`; None deletes it."""
        before = self._of.pop(key, 0)
        if value is None:
            self._sum ^= before
            return
        after = int.from_bytes(blake2b(key + value, digest_size=16).digest())
        self._of[key] = after
        self._sum ^= before ^ after

    def hex(self) -> str:
        """32 hex digits."""
        return f"{self._sum:032x}"


def digest_of(snapshots: Mapping[bytes, bytes]) -> StateDigest:
    """The digest of a restored state."""
    digest = StateDigest()
    for key, value in snapshots.items():
        digest.put(key, value)
    return digest
