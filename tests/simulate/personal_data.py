"""What generated callers say of themselves, and a search for it: by the words themselves, not by what they look like."""

import json
import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from random import Random
from typing import NamedTuple

from pipeline.edge.sources.values import is_placeholder

_ID = re.compile(r"身份证号([0-9]{17}[0-9X])")
_PARTING = re.compile(r"(?<=[0-9])[ .-](?=[0-9])")
_ESCAPED = re.compile(r"\\u([0-9a-f]{4})")


class Said(NamedTuple):
    """All of a day; phones as their eleven digits."""

    names: frozenset[str]
    phones: frozenset[str]
    ids: frozenset[str]


def id_number(seed: str) -> str:
    """An invented id number with its check digit (GB 11643), the same for the same seed."""
    draw = Random(seed)
    digits = f"140109{draw.randrange(1950, 2005)}{draw.randrange(1, 13):02d}{draw.randrange(1, 29):02d}"
    digits += f"{draw.randrange(1000):03d}"
    total = sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(digits))
    return digits + "10X98765432"[total % 11]


def said_by(reports: Iterable[bytes]) -> Said:
    """The callers' names and phones and the id numbers of all reports that can be read."""
    names, phones, ids = set[str](), set[str](), set[str]()
    for value in reports:
        try:
            content = json.loads(value)
            caller = content.get("caller") or {}
        except (ValueError, AttributeError):
            continue
        if not isinstance(caller, dict):
            continue
        if caller.get("name") and not is_placeholder(caller["name"]):
            names.add(str(caller["name"]))
        digits = re.sub("[^0-9]", "", unicodedata.normalize("NFKC", str(caller.get("phone") or "")))
        if len(digits) >= 11:
            phones.add(digits[-11:])
        ids.update(_ID.findall(str(content.get("text"))))
    return Said(frozenset(names), frozenset(phones), frozenset(ids))


def found_in(content: bytes, said: Said) -> list[str]:
    """What of it stands there, in whatever width, parting and escaping."""
    text = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), content.decode(errors="replace"))
    text = _PARTING.sub("", unicodedata.normalize("NFKC", text))
    numbers = set(re.findall(r"(?=([0-9]{11}))", text)) | set(re.findall(r"(?=([0-9]{17}[0-9X]))", text))
    return [*sorted(set(_any_of(said.names).findall(text))), *(numbers & (said.phones | said.ids))]


@cache
def _any_of(names: frozenset[str]) -> re.Pattern[str]:
    return re.compile("|".join(sorted(map(re.escape, names), key=len, reverse=True)) or r"(?!)")
