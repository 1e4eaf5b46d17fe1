"""The digest of a partition's state: the same snapshots give the same digest."""

from collections.abc import Mapping
from hashlib import blake2b


class StateDigest:
    """XOR over all snapshots of a 128-bit hash of key and value: updated at the cost of one hash a snapshot."""

    __slots__ = ("_hashes", "_sum")

    def __init__(self) -> None:
        self._hashes: dict[bytes, int] = {}
        self._sum = 0

    def __len__(self) -> int:
        """How many snapshots there are."""
        return len(self._hashes)

    def put(self, key: bytes, value: bytes | None) -> None:
        """The snapshot of `key` is now `value`; None deletes it."""
        old_hash = self._hashes.pop(key, 0)
        if value is None:
            self._sum ^= old_hash
            return
        new_hash = int.from_bytes(blake2b(key + value, digest_size=16).digest())
        self._hashes[key] = new_hash
        self._sum ^= old_hash ^ new_hash

    def hex(self) -> str:
        """32 hex digits."""
        return f"{self._sum:032x}"


def digest_of(snapshots: Mapping[bytes, bytes]) -> StateDigest:
    """The digest of a restored state."""
    digest = StateDigest()
    for key, value in snapshots.items():
        digest.put(key, value)
    return digest
