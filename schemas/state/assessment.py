"""待研判: what is missing of a case before anybody can be sent; part of its snapshot."""

from typing import Annotated

from schemas.values.bounds import at_most
from schemas.values.recognised_text import DirectAnswer
from schemas.values.terms import MissingFact
from schemas.values.text import Identifier
from schemas.wire.contract import Contract

MissingFacts = Annotated[tuple[MissingFact, ...], *at_most(len(MissingFact))]


class Assessment(Contract, frozen=True, kw_only=True):
    """What is missing, in the order of `MissingFact`; or the `answer` by which the case left without being one.

    `self_disposed_by`: the patrol that dealt with it on the spot, so that only the verification will be left.
    """

    missing: MissingFacts = ()
    self_disposed_by: Identifier | None = None
    answer: DirectAnswer | None = None
