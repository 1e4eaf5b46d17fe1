"""What a report's text was taken for, and what it rests on: part of receipts, events and snapshots."""

from typing import Annotated

from schemas import limits
from schemas.values.bounds import at_most, between
from schemas.values.terms import Term
from schemas.values.text import Code, Identifier, Note
from schemas.wire.contract import Contract

Points = Annotated[int, *between(-1_000_000, 1_000_000)]


class Verdict(Term):
    """What becomes of a text."""

    MATTER = "matter"
    NOT_ENFORCEMENT = "not_enforcement"
    ASK = "ask"


class Reason(Term):
    """Why it is decided, or left to a person."""

    CLEAR = "clear"
    TWO_MATTERS_CLOSE = "two_matters_close"
    MAY_BE_ENFORCEMENT = "may_be_enforcement"
    MAY_BE_NO_ENFORCEMENT = "may_be_no_enforcement"
    LITTLE_SAID = "little_said"


class SaidWord(Contract, frozen=True, kw_only=True):
    """A word of the text, or a piece of one, and the points that it brings or costs."""

    word: Annotated[str, *at_most(limits.RECOGNISED_WORD_MAX, least=1)]
    points: Points


class RankedSubject(Contract, frozen=True, kw_only=True):
    """What the text may be about: the code of a matter, or the name of a kind that is no enforcement; with all its points, and the
    words that brought most of them."""

    code: Identifier
    points: Points
    words: Annotated[tuple[SaidWord, ...], *at_most(limits.RECOGNISED_WORDS_MAX)]


class Recognised(Contract, frozen=True, kw_only=True):
    """What the text was taken for: the decision, why, what fits best whether or not it was decided, and what it was held against.

    `proposed`: the ranking came with the report, from its sender's own model; it was decided by the same margins.
    """

    verdict: Verdict
    reason: Reason
    best: RankedSubject
    second: RankedSubject
    proposed: bool = False


class DirectAnswer(Contract, frozen=True, kw_only=True):
    """直接答复: what the report was, which is nothing to enforce, and the words for its caller."""

    kind: Code
    reply_zh: Note
    reply_en: Note
    emergency: bool = False
