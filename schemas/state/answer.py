"""What a case remembers of the contact with its callers, and of what they are answered."""

from typing import Annotated

from schemas.values.answer_terms import AnswerFinding, ContactWay, UnsolvedCause
from schemas.values.bounds import between
from schemas.values.text import Identifier, Instant, Note
from schemas.wire.contract import Contract

Times = Annotated[int, *between(0, 1_000_000)]


class CallerContact(Contract, frozen=True, kw_only=True):
    """How the callers of a case were contacted. `counted` attempts reached nobody, the last of them at `missed_at`.

    `reached_at`: when somebody was reached first, `way` how. `given_up`: nobody was, and no more is asked for.
    """

    attempts: Times
    counted: Times = 0
    missed_at: Instant | None = None
    reached_at: Instant | None = None
    way: ContactWay | None = None
    given_up: bool = False

    @property
    def is_over(self) -> bool:
        """Whether nobody need be contacted any more."""
        return self.reached_at is not None or self.given_up


class WrittenAnswer(Contract, frozen=True, kw_only=True):
    """答复: whether it was found so, what was done, by which law or for which reason, and the text for the caller.

    `leg` is the visit after which it was written: a case that is reworked needs another. `next_at`: when something further happens.
    `unsolved`: why the caller was not content with it, `caller_said` what was said then.
    """

    leg: Times
    at: Instant
    by: Identifier
    found: AnswerFinding
    done: Note
    basis: Note
    text: Note
    next_at: Instant | None = None
    unsolved: UnsolvedCause | None = None
    caller_said: Note = ""
