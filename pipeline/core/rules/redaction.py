"""Removes personal data from free text before it is written anywhere but to the callers topic.

A report is scrubbed where it is read (`stages.discovery`), with its caller's name; an action at its one door (`actions`),
all its free texts alike: which fields those are follows from the types of its contract. What is looked for is said in
`personal_numbers` and `spoken_names`.
"""

from collections.abc import Iterable
from functools import lru_cache
from types import UnionType
from typing import Final, NamedTuple, TypeVar, Union, get_args, get_origin, get_type_hints

from msgspec import Struct
from msgspec.structs import replace

from pipeline.core.rules.personal_numbers import Found, personal_numbers
from pipeline.core.rules.spoken_names import introduced_names, name_places
from schemas import limits
from schemas.values.text import Address, Name, Note, Reason, Text

T = TypeVar("T", bound=Struct)

NAME_MASK: Final = "[来电人]"
CUT_MARK: Final = "…"


def scrub(text: str, length_max: int, names: Iterable[str] = ()) -> str:
    """`text` with what leads to a person replaced by masks that say what was there: numbers, and the names where they stand as names.

    A mask may be longer than what it replaces, so text over `length_max` is cut, and the cut is marked.

    >>> scrub("张先生 13812345678 反映占道", 200, ["张先生"])
    '[来电人] [电话] 反映占道'
    >>> scrub("占道经营", 3)
    '占道…'
    """
    text = _masked(text, names)
    return text if len(text) <= length_max else text[: length_max - 1] + CUT_MARK


class _FreeTexts(NamedTuple):
    """The fields of a contract that hold free text, with the longest each may be, and those whose contracts hold some."""

    own: tuple[tuple[str, int], ...]
    within: tuple[str, ...]


_FREE_TEXTS: Final[tuple[tuple[object, int], ...]] = (
    (Note, limits.NOTE_MAX),
    (Reason, limits.NOTE_MAX),
    (Name, limits.NAME_MAX),
    (Text, limits.TEXT_MAX),
    (Address, limits.ADDRESS_MAX),
)
"""The types of free text, each with its longest; identifiers, codes and addresses of content hold none."""


def without_personal_data(value: T) -> T:
    """`value`, of a contract, with each of its free texts scrubbed; itself where there is nothing to scrub."""
    contract: type = type(value)
    texts = _free_texts(contract)
    changes: dict[str, object] = {}
    for name, length_max in texts.own:
        text = getattr(value, name)
        if text and (clean := scrub(text, length_max)) != text:
            changes[name] = clean
    for name in texts.within:
        part = getattr(value, name)
        if part is not None and (clean := without_personal_data(part)) is not part:
            changes[name] = clean
    return replace(value, **changes) if changes else value


@lru_cache(maxsize=256)
def _free_texts(contract: type) -> _FreeTexts:
    own: list[tuple[str, int]] = []
    within: list[str] = []
    for name, hint in get_type_hints(contract, include_extras=True).items():
        for arm in get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,):
            own += [(name, length_max) for text, length_max in _FREE_TEXTS if arm == text]
            if isinstance(arm, type) and any(_free_texts(arm)):
                within.append(name)
    return _FreeTexts(tuple(own), tuple(within))


def _masked(text: str, names: Iterable[str]) -> str:
    """Numbers first: a phone behind a name tells that it is one."""
    text = _replaced(text, personal_numbers(text))
    for name in (*names, *introduced_names(text)):
        text = _replaced(text, [Found(start, end, NAME_MASK) for start, end in name_places(text, name)])
    return text


def _replaced(text: str, places: Iterable[Found]) -> str:
    pieces, done = [], 0
    for place in places:
        pieces += [text[done : place.start], place.mask]
        done = place.end
    return "".join((*pieces, text[done:])) if done else text
