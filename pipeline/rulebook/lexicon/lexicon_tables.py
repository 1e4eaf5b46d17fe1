"""The shape of each file of `rules/lexicon/`: what people say of matters and of kinds, how they speak, how evidence is weighed."""

from typing import Annotated, Final

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from pipeline.core.recognise.lexicon import GAP
from pipeline.core.recognise.spoken_text import ALL, SpeechReach
from pipeline.rulebook.tables.rule_tables import NamedTable, Sentence, Table
from pipeline.rulebook.tables.rule_tables import Word as KindName
from schemas.values.text import MatterCode

POINTS_MAX: Final = 1000
WORD_MAX: Final = 16
_SOME: Final = 4

Points = Annotated[int, Field(ge=0, le=POINTS_MAX)]
LostPoints = Annotated[int, Field(ge=-POINTS_MAX, le=0)]
Percent = Annotated[int, Field(ge=0, le=300)]
SomePoints = Annotated[tuple[Points, ...], Field(min_length=1, max_length=_SOME)]
SomeLostPoints = Annotated[tuple[LostPoints, ...], Field(min_length=1, max_length=_SOME)]
MarginPoints = Annotated[int, Field(ge=0, le=10 * POINTS_MAX)]


def _well_formed(text: str) -> str:
    """Words that can be found in a text, each once."""
    words = text.split()
    for word in words:
        parts = word.split(GAP)
        if len(word) > WORD_MAX or len(parts) > 2 or not all(parts):
            _refuse(f"{word} is no word", f"up to {WORD_MAX} characters; a{GAP}b for b soon after a")
        if words.count(word) > 1:
            _refuse(f"{word} is here twice", "each word once")
    return text


def _refuse(wrong: str, allowed: str) -> None:
    raise PydanticCustomError("word", "{wrong}", {"wrong": wrong, "allowed": allowed})


Words = Annotated[str, AfterValidator(_well_formed), Field(description="words with spaces between them")]


class SubjectWords(Table):
    """What people say of one subject, by group."""

    sure: Words = ""
    objects: Words = ""
    conduct: Words = ""
    places: Words = ""
    against: Words = ""


class MatterWordsTable(Table):
    """A file with the words of some matters."""

    matters: dict[MatterCode, SubjectWords]


class KindEntry(SubjectWords, NamedTable):
    """A kind that is not enforcement: its words, its names, what its caller is told, and whether it is for 110, 119 or 120."""

    reply_zh: Sentence
    reply_en: Sentence
    emergency: bool = False


class KindsTable(Table):
    """kinds.yaml."""

    kinds: Annotated[dict[KindName, KindEntry], Field(min_length=1)]


class SpeechTurnEntry(Table):
    """Words that change how much a part of the text counts."""

    percent: Percent
    reach: SpeechReach
    words: Words


class CourtesyEntry(Table):
    """How callers end politely."""

    percent: Percent = ALL
    bare: Words = ""
    thanks: Words = ""
    particles: Words = ""
    asking: Words = ""


class SpeechTable(Table):
    """speech.yaml."""

    fillers: Words
    sounds_like: dict[str, Annotated[str, Field(min_length=1, max_length=WORD_MAX)]]
    courtesy: CourtesyEntry = Field(default_factory=CourtesyEntry)
    turns: dict[KindName, SpeechTurnEntry]


class PointsEntry(Table):
    """The points of each group of words."""

    sure: SomePoints
    objects: SomePoints
    conduct: SomePoints
    places: SomePoints
    against: SomeLostPoints


class MarginsEntry(Table):
    """By how much the best subject must lead."""

    matter: MarginPoints
    send: MarginPoints
    turn_away: MarginPoints
    least: MarginPoints


class EvidenceTable(Table):
    """evidence.yaml."""

    points: PointsEntry
    margins: MarginsEntry
