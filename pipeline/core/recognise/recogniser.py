"""Recognises what a text is about, says which words it rests on, and leaves to a person what is not plain."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol

from pipeline.core.recognise.lexicon import Brought, Lexicon
from pipeline.core.recognise.ngram_model import NgramModel, pieces_of
from pipeline.core.recognise.spoken_text import Speech
from schemas.values.recognised_text import Reason, Verdict

_WORDS_TOLD: Final = 3
"""Where the lexicon has fewer words for what fits best, pieces of words are told as well."""


class Subject(NamedTuple):
    """What a text may be about, the points that speak for it, and the words that bring or cost them."""

    code: str
    """A matter's code, or the name of a kind that is not enforcement."""
    points: int
    evidence: Brought


class Recogniser(Protocol):
    """Ranks what a text may be about. The core has one of its own; another model may stand at the edge and hand in its ranking."""

    def rank(self, text: str, category: str = "") -> Sequence[Subject]:
        """The subjects that fit best, the best first, at least two; `category` is the sender's own, in its words."""
        ...


class Kind(NamedTuple):
    """What is no enforcement: its names, what its caller is told, and whether it is an emergency (110, 119, 120)."""

    name_zh: str
    name_en: str
    reply_zh: str
    reply_en: str
    is_emergency: bool = False


@dataclass(frozen=True, slots=True)
class Margins:
    """How far, in points, the best subject must be ahead to be decided without a person.

    `matter`: of another matter. `send`: a matter of what is no enforcement. `turn_away`: what is no enforcement of any matter.
    `least`: the points that the best subject itself needs.
    """

    matter: int
    send: int
    turn_away: int
    least: int


class Recognition(NamedTuple):
    """What a text is about: the decision, why, what fits best whether or not it was decided, and what it was held against."""

    verdict: Verdict
    reason: Reason
    best: Subject
    second: Subject


@dataclass(frozen=True, slots=True, eq=False)
class RecognitionRules:
    """What decides: how subjects are ranked, which of them are no enforcement, and by how much the best must lead."""

    recogniser: Recogniser
    kinds: Mapping[str, Kind]
    margins: Margins

    def recognise(self, text: str, category: str = "") -> Recognition:
        """What the text is about, by these rules."""
        return self.decide(self.recogniser.rank(text, category))

    def decide(self, ranked: Sequence[Subject]) -> Recognition:
        """The decision on a ranking, wherever it was made."""
        best = ranked[0]
        matter, kind = self._first_after(ranked, is_kind=False), self._first_after(ranked, is_kind=True)
        margins = self.margins
        if best.points < margins.least:
            return _told(Verdict.ASK, Reason.LITTLE_SAID, ranked, ranked[1])
        if best.code in self.kinds:
            if _leads_by_less(best, matter, margins.turn_away):
                return _told(Verdict.ASK, Reason.MAY_BE_ENFORCEMENT, ranked, matter)
            return _told(Verdict.NOT_ENFORCEMENT, Reason.CLEAR, ranked, matter)
        if _leads_by_less(best, kind, margins.send):
            return _told(Verdict.ASK, Reason.MAY_BE_NO_ENFORCEMENT, ranked, kind)
        if _leads_by_less(best, matter, margins.matter):
            return _told(Verdict.ASK, Reason.TWO_MATTERS_CLOSE, ranked, matter)
        return _told(Verdict.MATTER, Reason.CLEAR, ranked, ranked[1])

    def _first_after(self, ranked: Sequence[Subject], *, is_kind: bool) -> Subject | None:
        """The best of the others that are, or are not, enforcement."""
        return next((subject for subject in ranked[1:] if (subject.code in self.kinds) == is_kind), None)


def _leads_by_less(best: Subject, other: Subject | None, margin: int) -> bool:
    return other is not None and best.points - other.points < margin


def _told(verdict: Verdict, reason: Reason, ranked: Sequence[Subject], second: Subject | None) -> Recognition:
    return Recognition(verdict, reason, ranked[0], second or ranked[1])


@dataclass(frozen=True, slots=True, eq=False)
class TrainedRecogniser:
    """Ranks by the words of the lexicon and by the trained model, added up."""

    speech: Speech
    lexicon: Lexicon
    model: NgramModel

    def rank(self, text: str, category: str = "") -> Sequence[Subject]:
        """All subjects; ties in the order of the rules."""
        spoken = self.speech.read(f"{category}。{text}" if category else text)
        pieces, found = pieces_of(spoken), self.lexicon.find(spoken)
        points = self.model.weigh(pieces)
        evidence = {subject: self.lexicon.weigh(words) for subject, words in found.items()}
        for subject, brought in evidence.items():
            for _, each in brought:
                points[subject] += each
        order = sorted(points, key=points.__getitem__, reverse=True)
        missing = _WORDS_TOLD - len(evidence.setdefault(order[0], []))
        if missing > 0:
            evidence[order[0]] += self.model.strongest(order[0], pieces, missing)
        return [Subject(code, points[code], evidence.get(code, [])) for code in order]
