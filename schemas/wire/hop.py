"""The header by which a forwarded record says where it stood first. Only a worker can write it: it ends in a keyed hash.

forwarded: reports.v1|3|120|2026-11-24T01:00:00+00:00|5f0c…       topic, partition, offset, time of the first entry, token
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

FORWARDED: Final = "forwarded"
"""The header's name."""
_FIELDS: Final = 5
_BYTES_MAX: Final = 200


class Hop(NamedTuple):
    """What the header says. `at` is RFC 3339; whether `token` fits is for whoever has the key."""

    topic: str
    partition: int
    offset: int
    at: str
    token: str

    def encode(self) -> bytes:
        """As the header holds it."""
        return "|".join(map(str, self)).encode()


def read_hop(headers: Sequence[tuple[str, bytes | None]] | None) -> Hop | None:
    """The hop that the first such header tells of; None where none does, or not in this form."""
    if not headers:
        return None
    content = next((content for name, content in headers if name == FORWARDED), None)
    if not content:
        return None
    parts = content[:_BYTES_MAX].decode(errors="replace").split("|")
    if len(parts) != _FIELDS or not all(part.isascii() and part.isdecimal() for part in parts[1:3]):
        return None
    topic, partition, offset, at, token = parts
    return Hop(topic, int(partition), int(offset), at, token)
