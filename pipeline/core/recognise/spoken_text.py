"""A caller's text made ready to be weighed: one form of each word, and how much each place of the text counts.

"路灯的事不说了, 主要是井盖" is about a manhole: what is dismissed hardly counts, what is put first counts more.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, NamedTuple

ALL: Final = 100
"""Hundredths: the text counts as it stands."""
PAUSE: Final = ","
"""What stands for words that say nothing, and for a space: it parts clauses where somebody wrote no marks."""
READ_MAX: Final = 600
"""So many characters are weighed; who speaks on says nothing new of the matter."""


class SpeechReach(StrEnum):
    """Which part of what is said a turn of speech changes."""

    CLAUSE = "clause"
    REST_OF_CLAUSE = "rest_of_clause"
    REST_OF_SENTENCE = "rest_of_sentence"


@dataclass(frozen=True, slots=True)
class SpeechTurn:
    """Words after or around which the text counts `percent` of what it would."""

    words: frozenset[str]
    percent: int
    reach: SpeechReach


@dataclass(frozen=True, slots=True)
class Courtesy:
    """How a caller ends politely, which is no praise: a clause that is nothing but `bare` words with `particles` counts `percent`; one of
    `thanks` does so where a clause before it asks for something (`asking`).
    """

    bare: frozenset[str]
    thanks: frozenset[str]
    particles: frozenset[str]
    asking: frozenset[str]
    percent: int


class SpokenText(NamedTuple):
    """The text in one form; `percents` has a number for each of its characters."""

    text: str
    percents: Sequence[int]


@dataclass(frozen=True, eq=False)
class Speech:
    """How callers speak: what speech recognition makes of a word, and turns of speech."""

    sounds_like: Mapping[str, str]
    turns: Sequence[SpeechTurn]
    courtesy: Courtesy
    _heard: re.Pattern[str] = field(init=False, repr=False)
    _turned: re.Pattern[str] = field(init=False, repr=False)
    _turn_of: Mapping[str, SpeechTurn] = field(init=False, repr=False)
    _bare: re.Pattern[str] = field(init=False, repr=False)
    _thanks: re.Pattern[str] = field(init=False, repr=False)
    _asking: re.Pattern[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        turn_of = {word: turn for turn in self.turns for word in turn.words}
        object.__setattr__(self, "_heard", _any_of(self.sounds_like))
        object.__setattr__(self, "_turned", _any_of(turn_of))
        object.__setattr__(self, "_turn_of", turn_of)
        courtesy, particles = self.courtesy, _alternatives(self.courtesy.particles)
        for name, words in (("_bare", courtesy.bare), ("_thanks", courtesy.bare | courtesy.thanks)):
            object.__setattr__(self, name, re.compile(f"(?:(?:{_alternatives(words)})(?:{particles})*)+"))
        object.__setattr__(self, "_asking", _any_of(courtesy.asking))

    def read(self, text: str) -> SpokenText:
        """The text as it is weighed: width, case and misheard words made even, masks left out, each character with its hundredths."""
        even = even_text(text[:READ_MAX])
        even = _SPACES.sub(PAUSE, _MASK.sub("", even))
        even = self._heard.sub(lambda found: self.sounds_like[found.group()], even)
        return SpokenText(even, self._percents(even))

    def _percents(self, text: str) -> Sequence[int]:
        percents = [ALL] * len(text)
        for found in self._turned.finditer(text):
            turn = self._turn_of[found.group()]
            begin, end = found.span()
            stops = _SENTENCE_END if turn.reach is SpeechReach.REST_OF_SENTENCE else _CLAUSE_END
            if turn.reach is SpeechReach.CLAUSE:
                begin = max(text.rfind(mark, 0, begin) for mark in _CLAUSE_MARKS) + 1
            stop = stops.search(text, end)
            last = stop.start() if stop else len(text)
            percents[begin:last] = [turn.percent] * (last - begin)
        for begin, end in self._courtesies(text):
            percents[begin:end] = [min(self.courtesy.percent, one) for one in percents[begin:end]]
        return percents

    def _courtesies(self, text: str) -> Iterator[tuple[int, int]]:
        """The clauses that only thank; none where nothing else is said."""
        clauses = [(one.start(), one.end()) for one in _CLAUSE.finditer(text)]
        polite = [clause for clause in clauses if self._thanks.fullmatch(text, *clause)]
        if len(polite) == len(clauses):
            return
        for begin, end in polite:
            if self._bare.fullmatch(text, begin, end) or self._asking.search(text, 0, begin):
                yield begin, end


def even_text(text: str) -> str:
    """One width and one case."""
    return unicodedata.normalize("NFKC", text).casefold()


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    """Finds any of the words, the longest first; of none nothing."""
    return re.compile(_alternatives(words))


def _alternatives(words: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=lambda word: (-len(word), word)))) or r"(?!)"


_CLAUSE_MARKS: Final = ",。;!?:"
_CLAUSE: Final = re.compile(r"[^,。;!?:]+")
_CLAUSE_END: Final = re.compile(r"[,。;!?:]")
_SENTENCE_END: Final = re.compile(r"[。;!?]")
_MASK: Final = re.compile(r"\[[^\[\]]{1,8}\]")
_SPACES: Final = re.compile(r"\s+")
