"""The lexicon: what people say of each matter, and of what is none; and how much of it a text says.

A *subject* is what a text may be about: a matter's code, or the name of a kind that is not enforcement.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, NamedTuple

from pipeline.core.recognise.spoken_text import ALL, SpokenText

GAP: Final = "…"
"""Between two parts of a word: the second follows within `GAP_MAX` characters."""
GAP_MAX: Final = 10
_START: Final = 2


class WordGroup(StrEnum):
    """What a word says of a subject: it by itself, its object, what is done, where; or that it is another."""

    SURE = "sure"
    OBJECTS = "objects"
    CONDUCT = "conduct"
    PLACES = "places"
    AGAINST = "against"


@dataclass(frozen=True, slots=True)
class GroupPoints:
    """The points for the first, the second … word of each group that a text says. An object with conduct brings the less of both once more."""

    sure: Sequence[int]
    objects: Sequence[int]
    conduct: Sequence[int]
    places: Sequence[int]
    against: Sequence[int]


Brought = list[tuple[str, int]]
"""Words of the lexicon, or pieces of words, that a text says, each with the points that it brings a subject."""


class _Entry(NamedTuple):
    written: str
    head: str
    tail: str
    of: tuple[tuple[str, WordGroup], ...]


FoundWords = Mapping[WordGroup, Mapping[str, int]]
"""By group: the words that a text says of a subject, each with the hundredths that it counts."""


@dataclass(frozen=True, eq=False)
class Lexicon:
    """Words by subject and group, made quick to find: by their first two characters, or their only one."""

    words: Mapping[str, Mapping[WordGroup, Iterable[str]]]
    points: GroupPoints
    _by_start: Mapping[str, Sequence[_Entry]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        of: dict[str, list[tuple[str, WordGroup]]] = {}
        for subject, groups in self.words.items():
            for group, words in groups.items():
                for word in words:
                    of.setdefault(word, []).append((subject, group))
        by_start: dict[str, list[_Entry]] = {}
        for word, places in of.items():
            head, _, tail = word.partition(GAP)
            by_start.setdefault(head[:_START], []).append(_Entry(word, head, tail, tuple(places)))
        object.__setattr__(self, "_by_start", by_start)

    def find(self, spoken: SpokenText) -> Mapping[str, FoundWords]:
        """By subject the words that the text says, each with the most that it counts in any place of the text."""
        found: dict[str, dict[WordGroup, dict[str, int]]] = {}
        text, percents = spoken
        by_start = self._by_start
        for at in range(len(text)):
            for start in (text[at : at + _START], text[at]):
                for entry in by_start.get(start, ()):
                    if _stands(entry, text, at):
                        for subject, group in entry.of:
                            words = found.setdefault(subject, {}).setdefault(group, {})
                            words[entry.written] = max(percents[at], words.get(entry.written, 0))
        return found

    def weigh(self, found: FoundWords) -> Brought:
        """What the words found bring their subject, group by group."""
        points = self.points
        objects = _brought(found.get(WordGroup.OBJECTS), points.objects)
        conduct = _brought(found.get(WordGroup.CONDUCT), points.conduct)
        brought = [*_brought(found.get(WordGroup.SURE), points.sure), *objects, *conduct]
        if objects and conduct:
            (one, its_points), (other, other_points) = objects[0], conduct[0]
            brought.append((f"{one}+{other}", min(its_points, other_points)))
        if brought:
            brought += _brought(found.get(WordGroup.PLACES), points.places)
        brought += _brought(found.get(WordGroup.AGAINST), points.against)
        return brought


def _stands(entry: _Entry, text: str, at: int) -> bool:
    """Whether the word begins there; its first two characters do."""
    if not text.startswith(entry.head, at):
        return False
    if not entry.tail:
        return True
    end = at + len(entry.head)
    return text.find(entry.tail, end, end + GAP_MAX + len(entry.tail)) >= 0


def _brought(words: Mapping[str, int] | None, points: Sequence[int]) -> Brought:
    """The words that count most, as many as there are points for, with what each brings."""
    if not words:
        return []
    if len(words) == 1:
        ((word, percent),) = words.items()
        return [(word, points[0] * percent // ALL)]
    heaviest = sorted(words.items(), key=_heaviest_first)
    return [(word, each * percent // ALL) for (word, percent), each in zip(heaviest, points, strict=False)]


def _heaviest_first(word: tuple[str, int]) -> tuple[int, int, str]:
    """Of words that count alike the longer first: it says more."""
    return -word[1], -len(word[0]), word[0]
