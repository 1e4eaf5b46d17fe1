"""The chain of a case's evidence (证据链): each item is linked to all before it, so that none changes unseen.

    link = sha256(link before it, in hex, then the item in canonical form);  the first one's link before it is 64 zeros
    canonical form: JSON in UTF-8, keys sorted, no spaces, no field that is null

A field that is null is left out, so that a contract with more fields gives an old item its old link. The last link is the
case's head: whoever knows the head knows whether a list of items is the whole list, in its order.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from schemas.values.evidence import Evidence

START: Final = "0" * 64
"""What the first item is linked to."""

_WRITER: Final = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def canonical(item: Evidence) -> bytes:
    """The item as it is hashed."""
    return canonical_json(plain(item))


def plain(item: Evidence) -> Mapping[str, object]:
    """The item as JSON would hold it, without the fields that are null."""
    fields: dict[str, object] = msgspec.to_builtins(item)
    return {name: _without_nulls(content) for name, content in fields.items() if content is not None}


def canonical_json(content: Mapping[str, object]) -> bytes:
    """JSON that was read, as it is hashed; nothing is left out."""
    return _WRITER.encode(content).encode()


def link(previous: str, item: bytes) -> str:
    """The link of an item in canonical form after the link `previous`."""
    return hashlib.sha256(previous.encode() + item).hexdigest()


def head(items: Iterable[Evidence], previous: str = START) -> str:
    """The last link, when `items` follow the link `previous`; that one where there are none."""
    for item in items:
        previous = link(previous, canonical(item))
    return previous


def fresh(known: tuple[Evidence, ...], items: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """The items that are not known yet, each once: what was handed in twice is there once."""
    return tuple(item for item in dict.fromkeys(items) if item not in known)


def grown(
    known: tuple[Evidence, ...], last: str | None, items: Iterable[Evidence]
) -> tuple[tuple[Evidence, ...], str | None]:
    """The items with those that are not known yet, linked behind them, and the last link; None where there are none."""
    new = fresh(known, items)
    return (known + new, head(new, last or head(known))) if new else (known, last)


def _without_nulls(content: object) -> object:
    if isinstance(content, dict):
        return {name: _without_nulls(part) for name, part in content.items() if part is not None}
    return content
