"""The gazetteer: roads with their house numbers, junctions, estates and landmarks of all streets, and where their names stand in a text.

A name is found as it is written, by an alias, or by its sound: what speech recognition wrote with other characters.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property, lru_cache
from itertools import islice, pairwise, product
from operator import eq
from typing import Final, NamedTuple

from pipeline.core.rules.grid import LonLat, distance_m


class PlaceKind(StrEnum):
    """What a name is of. A spot has no name of its own: it is only told with its road (a chemist's, a bus stop)."""

    ROAD = "road"
    ESTATE = "estate"
    LANDMARK = "landmark"
    SPOT = "spot"
    STREET = "street"
    COMMUNITY = "community"


class NumberSide(StrEnum):
    """Which numbers stand along a line."""

    ODD = "odd"
    EVEN = "even"
    ALL = "all"


class NamedPlace(NamedTuple):
    """A named place of a street. `line`: a road's extent, else one point; `radius_m`: how far it reaches around its point.

    `road`: the road of a spot, the code of a community.
    """

    kind: PlaceKind
    street: str
    name: str
    line: tuple[LonLat, ...]
    radius_m: int = 0
    road: str = ""


class NumberRange(NamedTuple):
    """House numbers from `first` to `last`, one side or both, evenly along `line`."""

    side: NumberSide
    first: int
    last: int
    line: tuple[LonLat, ...]

    def holds(self, number: int) -> bool:
        """Whether the number is of this side."""
        return self.side is NumberSide.ALL or (number % 2 == 1) == (self.side is NumberSide.ODD)

    def away(self, number: int) -> int:
        """By how many numbers it lies outside; 0 within."""
        return max(self.first - number, number - self.last, 0)

    def place(self, number: int) -> LonLat:
        """Where the number is; the nearer end for one outside."""
        share = (number - self.first) / max(1, self.last - self.first)
        return along(self.line, min(1.0, max(0.0, share)))


class FoundName(NamedTuple):
    """Where in a text a name stands, of which places it may be the name, and how it was said."""

    start: int
    end: int
    said: str
    places: tuple[NamedPlace, ...]
    by_sound: bool
    by_alias: bool


class _Spelling(NamedTuple):
    text: str
    places: tuple[NamedPlace, ...]
    is_alias: bool


LINES_KEPT: Final = 16_384
"""Of so many lines the lengths are remembered: more than a district has."""

Sounds = Mapping[str, Sequence[str]]
"""Of each character its syllables without tone, the most usual first."""


@dataclass(frozen=True, eq=False)
class Gazetteer:
    """All named places, made quick to find. `sounds` is asked for when a text is first read: it is slow to make."""

    places: Sequence[NamedPlace]
    aliases: Mapping[str, Sequence[NamedPlace]]
    numbers: Mapping[tuple[str, str], Sequence[NumberRange]]
    """By street and road."""
    junctions: Mapping[tuple[str, frozenset[str]], LonLat]
    """By street and both roads."""
    sounds: Callable[[], Sounds] = field(default=dict)

    def find(self, text: str) -> list[FoundName]:
        """The names in the text from the left, none in another: as they are written before those that only sound so, the longer first."""
        found = self._written(text)
        free = _free(text, found)
        if any(free):
            found += self._sounding(text, free)
        return sorted(found)

    def _written(self, text: str) -> list[FoundName]:
        found: list[FoundName] = []
        by_start = self._by_start
        at = 0
        while at < len(text) - 1:
            for spelling in by_start.get(text[at : at + 2], ()):
                if text.startswith(spelling.text, at):
                    end = at + len(spelling.text)
                    found.append(FoundName(at, end, spelling.text, spelling.places, False, spelling.is_alias))
                    at = end
                    break
            else:
                at += 1
        return found

    def _sounding(self, text: str, free: Sequence[bool]) -> list[FoundName]:
        sounds = self._sound_of
        syllables = [sounds.get(character, character)[0] for character in text]
        by_sound = self._by_sound
        found: list[FoundName] = []
        at = 0
        while at <= len(text) - SOUND_MIN:
            spoken = by_sound.get((syllables[at], syllables[at + 1])) if free[at] else None
            match = self._heard_at(spoken, text, syllables, free, at) if spoken else None
            at = match.end if match else at + 1
            if match:
                found.append(match)
        return found

    @staticmethod
    def _heard_at(
        spoken: "Sequence[tuple[_Spelling, tuple[str, ...]]]",
        text: str,
        syllables: Sequence[str],
        free: Sequence[bool],
        at: int,
    ) -> FoundName | None:
        """The longest of the names that sounds as the text does there; of several that sound the same, those with the most of its
        characters."""
        best: list[_Spelling] = []
        size = most = 0
        for spelling, heard in spoken:
            if len(heard) < size:
                break
            end = at + len(heard)
            if tuple(syllables[at:end]) == heard and all(free[at:end]):
                alike = sum(map(eq, spelling.text, text[at:end]))
                best = [*best, spelling] if best and alike == most else best if alike < most else [spelling]
                size, most = len(heard), max(most, alike)
        if not best:
            return None
        places = dict.fromkeys(place for spelling in best for place in spelling.places)
        return FoundName(at, at + size, text[at : at + size], tuple(places), True, best[0].is_alias)

    @cached_property
    def _spellings(self) -> list[_Spelling]:
        named: dict[str, list[NamedPlace]] = {}
        for place in self.places:
            named.setdefault(place.name, []).append(place)
        spellings = [_Spelling(name, tuple(places), False) for name, places in named.items()]
        spellings += [
            _Spelling(alias, tuple(places), True)
            for alias, places in self.aliases.items()
            if alias not in named
        ]
        return sorted(spellings, key=lambda one: (-len(one.text), one.text))

    @cached_property
    def _by_start(self) -> dict[str, list[_Spelling]]:
        by_start: dict[str, list[_Spelling]] = {}
        for spelling in self._spellings:
            by_start.setdefault(spelling.text[:2], []).append(spelling)
        return by_start

    @cached_property
    def _sound_of(self) -> Sounds:
        return self.sounds()

    @cached_property
    def _by_sound(self) -> dict[tuple[str, ...], list[tuple[_Spelling, tuple[str, ...]]]]:
        """By the first two syllables, the longest first. What is only told with its road is not listened for."""
        by_sound: dict[tuple[str, ...], list[tuple[_Spelling, tuple[str, ...]]]] = {}
        for spelling in self._spellings:
            if len(spelling.text) >= SOUND_MIN and spelling.places[0].kind is not PlaceKind.SPOT:
                each = [self._sound_of.get(character, (character,)) for character in spelling.text]
                for heard in islice(product(*each), READINGS_MAX):
                    by_sound.setdefault(heard[:2], []).append((spelling, heard))
        return by_sound


def along(line: tuple[LonLat, ...], share: float) -> LonLat:
    """The point after so much of the line's length.

    >>> along(((0.0, 0.0), (0.0, 1.0), (0.0, 3.0)), 0.5)
    (0.0, 1.5)
    """
    lengths, whole = _lengths(line)
    rest = share * whole
    for (one, other), length in zip(pairwise(line), lengths, strict=True):
        if rest <= length and length > 0:
            part = rest / length
            return one[0] + part * (other[0] - one[0]), one[1] + part * (other[1] - one[1])
        rest -= length
    return line[-1]


def length_m(line: tuple[LonLat, ...]) -> float:
    """Metres along the line."""
    return _lengths(line)[1]


@lru_cache(LINES_KEPT)
def _lengths(line: tuple[LonLat, ...]) -> tuple[tuple[float, ...], float]:
    """Metres of each piece, and of the whole."""
    lengths = tuple(distance_m(one, other) for one, other in pairwise(line))
    return lengths, sum(lengths)


def _free(text: str, found: Iterable[FoundName]) -> list[bool]:
    free = [True] * len(text)
    for one in found:
        free[one.start : one.end] = [False] * (one.end - one.start)
    return free


READINGS_MAX: Final = 8
"""So many ways to read a name aloud: 长 is chang and zhang."""
SOUND_MIN: Final = 3
"""Names of fewer characters sound like too much else."""
