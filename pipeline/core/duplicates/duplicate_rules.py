"""The rules by which two reports are held against each other: what likeness counts, and from when on it is one thing."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, NamedTuple

from pipeline.core.duplicates.place_words import PlaceWords, either


class Reach(NamedTuple):
    """What a pair needs of both numbers, and of their sum."""

    place: int
    matter: int
    together: int


@dataclass(frozen=True, slots=True)
class PlacePoints:
    """What each likeness of place counts; what speaks against it is below 0."""

    plate: int
    device: int
    address: int
    within_20_m: int
    within_near: int
    within_100_m: int
    near_address: int
    house: int
    junction: int
    name: int
    second_name: int
    other_second_name: int
    other_name: int
    other_trade: int
    road: int
    lane: int
    rare_name: int
    kind_of_road: int
    part: int
    side: int
    grid: int
    caller: int
    urging: int


@dataclass(frozen=True, slots=True)
class MatterPoints:
    """What each likeness of matter counts; what speaks against it is below 0."""

    same: int
    among: int
    related: int
    other: int
    rare_each: int
    content_each: int
    content_max: int
    same_object: int
    other_object: int
    urging: int


@dataclass(frozen=True, slots=True)
class FitRules:
    """Which matters fit a text nearly as well as the best: so many percent of its points, at most `most`; `asked`: where it is not sure."""

    decided_percent: int
    decided_most: int
    asked_percent: int
    asked_most: int


@dataclass(frozen=True, eq=False)
class DuplicateRules:
    """All of it.

    `lasting` are matters of what stays until somebody comes, `of_one_flat` of what is done to a flat or its windows. `related`: groups of matters of which people say one and mean another;
    `objects`: groups of words for one object. Pieces are pairs of characters: `said_of_all` of no report in particular, all but
    `common_pieces` are seldom said.
    """

    window: timedelta
    lasting_window: timedelta
    alarm_window: timedelta
    lasting: frozenset[str]
    of_one_flat: frozenset[str]
    near_m: int
    apart_m: int
    place: PlacePoints
    matter: MatterPoints
    fits: FitRules
    sure: Sequence[Reach]
    likely: Sequence[Reach]
    related: Sequence[frozenset[str]]
    words: PlaceWords
    courtesies: re.Pattern[str]
    urging: re.Pattern[str]
    said_of_all: frozenset[str]
    common_pieces: frozenset[str]
    objects: Sequence[frozenset[str]]
    _related: Mapping[str, frozenset[str]] = field(init=False, repr=False)
    _in_order: Mapping[str, tuple[str, ...]] = field(init=False, repr=False)
    _object_words: re.Pattern[str] = field(init=False, repr=False)
    _object_of: Mapping[str, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        related: dict[str, set[str]] = {}
        for group in self.related:
            for code in group:
                related.setdefault(code, set()).update(group - {code})
        object_of = {word: number for number, words in enumerate(self.objects) for word in words}
        object.__setattr__(self, "_related", {code: frozenset(others) for code, others in related.items()})
        object.__setattr__(
            self, "_in_order", {code: tuple(sorted(others)) for code, others in related.items()}
        )
        object.__setattr__(self, "_object_words", re.compile(either(object_of)))
        object.__setattr__(self, "_object_of", object_of)

    def related_to(self, codes: Iterable[str]) -> frozenset[str]:
        """The matters that are taken for one of these."""
        return frozenset().union(*(self._related.get(code, _NONE) for code in codes))

    def related_in_order(self, code: str) -> tuple[str, ...]:
        """The matters that are taken for this one, in the order of their codes."""
        return self._in_order.get(code, ())

    def objects_in(self, text: str) -> frozenset[int]:
        """The groups of objects of which the text names one."""
        return frozenset(self._object_of[word] for word in self._object_words.findall(text))

    def window_of(self, codes: Iterable[str]) -> timedelta:
        """How far apart in time two reports of such a matter may be."""
        return self.lasting_window if self.lasting.intersection(codes) else self.window


_NONE: Final[frozenset[str]] = frozenset()
