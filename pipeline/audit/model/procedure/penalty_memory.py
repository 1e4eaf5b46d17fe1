"""What the auditor remembers of a penalty procedure: the steps that were taken, those that still count, and the facts on which the law looks.

A step may be taken again; what then counts no more is a table of the auditor's own, written from the law.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, NamedTuple

from schemas.state.case import Penalty
from schemas.state.penalty import PenaltyFacts
from schemas.values.penalty_terms import AppealOutcome
from schemas.values.terms import PenaltyStep

CONTESTED: Final = frozenset({"unappealed", "reconsidered", "judged"})
"""How far the party has contested a decision, among the facts of its penalty: 行政强制法 53."""
_NOTHING: Final = PenaltyFacts()
_TO_HEAR: Final = "hearing_requested hearing_withdrawn hearing_notified heard"
_TO_CARRY_OUT: Final = "served payment_deferred demanded coercion_heard coercion_decided court_applied court_granted court_refused announced"
_UNDOES: Final = f"""
noticed      noticed reviewed {_TO_HEAR}
sent_back    noticed reviewed {_TO_HEAR} sent_back investigated
changed      {_TO_CARRY_OUT} changed
published    published unpublished
unpublished  published
"""
UNDOES: Final[Mapping[PenaltyStep, frozenset[PenaltyStep]]] = {
    PenaltyStep(step): frozenset(map(PenaltyStep, undone))
    for step, *undone in (line.split() for line in _UNDOES.strip().splitlines())
}
"""What counts no more when this is done (again): 行政处罚法 45, 48, 57, 75."""
_LEFT: Final = frozenset(
    map(PenaltyStep, ["clue", "filed", "recused", "crime_suspected", "crime_decided", "reopened"])
)
"""All that counts of a file whose decision is to be made anew."""
_APPEALS: Final = (
    (PenaltyStep.RECONSIDERATION_FILED, PenaltyStep.RECONSIDERATION_ENDED),
    (PenaltyStep.SUIT_FILED, PenaltyStep.SUIT_ENDED),
)
_HANDLING: Final = frozenset({PenaltyStep.FILED, PenaltyStep.INVESTIGATED, PenaltyStep.SIMPLE_DECIDED})
APPROVED: Final = frozenset(
    map(PenaltyStep, ["filed", "sent_back", "reviewed", "decided", "changed", "revoked", "reopened"])
)
"""Steps that somebody approves of, or reviews, who does not handle the case."""


class PenaltyMemory(NamedTuple):
    """The steps taken, those that still count (`counting`), when each was taken last, and the facts on which limits and order depend: fined,
    hearing_offered, public, crime, changed, revoked, remake, published, overturned, and one of `CONTESTED`. The money in yuan, and the people."""

    taken: tuple[PenaltyStep, ...] = ()
    counting: tuple[PenaltyStep, ...] = ()
    last_at: Mapping[PenaltyStep, datetime] = {}
    facts: frozenset[str] = frozenset()
    fine: int = 0
    paid: int = 0
    officers: frozenset[str] = frozenset()
    approvers: frozenset[str] = frozenset()

    @property
    def owed_back(self) -> int:
        """How much more was paid than is owed."""
        return self.paid - (0 if "revoked" in self.facts else self.fine)

    def again_at(self, step: PenaltyStep | None) -> datetime | None:
        """When this step was taken once more, for the last time; None where it was taken once, or never."""
        return self.last_at.get(step) if step and self.taken.count(step) > 1 else None

    def after(
        self, step: PenaltyStep, at: datetime | None, by: str | None, facts: PenaltyFacts | None
    ) -> "PenaltyMemory":
        """As it is after one more step."""
        said = facts or _NOTHING
        known = _known(self.facts, step, said)
        fine, paid = _money(self, step, said)
        handling, approving = people(step, by, facts)
        return PenaltyMemory(
            taken=(*self.taken, step),
            counting=(*_counting(self.counting, step, said), step),
            last_at={**self.last_at, step: at} if at else self.last_at,
            facts=known,
            fine=fine,
            paid=paid,
            officers=self.officers | handling,
            approvers=self.approvers | approving,
        )


def people(
    step: PenaltyStep, by: str | None, facts: PenaltyFacts | None
) -> tuple[frozenset[str], frozenset[str]]:
    """Who handles the case by this step, and who approves of it."""
    said = facts or _NOTHING
    officers = said.officers if step in _HANDLING else ()
    recorded = (by,) if by and step is PenaltyStep.INVESTIGATED else ()
    named = (said.approved_by, said.reviewer) if step in APPROVED else ()
    return (
        frozenset(one.casefold() for one in (*officers, *recorded)),
        frozenset(one.casefold() for one in named if one),
    )


def penalty_of(penalty: Penalty | None) -> PenaltyMemory:
    """The procedure as a snapshot has it; of steps before records were kept nothing but the step is known."""
    memory = PenaltyMemory()
    if penalty is None:
        return memory
    unread = len(penalty.steps) - len(penalty.records)
    for step in penalty.steps[:unread]:
        memory = memory.after(step, None, None, None)
    for record in penalty.records:
        memory = memory.after(record.step, record.at, record.by, record.facts)
    return memory


def _counting(
    count: tuple[PenaltyStep, ...], step: PenaltyStep, said: PenaltyFacts
) -> tuple[PenaltyStep, ...]:
    undone = set(UNDOES.get(step, ()))
    if step is PenaltyStep.REOPENED:
        undone = set(PenaltyStep) - _LEFT | {step}
    is_end = any(step is end for _, end in _APPEALS)
    if is_end and said.outcome is AppealOutcome.CHANGED:  # it is served anew
        undone = set(UNDOES[PenaltyStep.CHANGED])
    if step in (PenaltyStep.NOTICED, PenaltyStep.SENT_BACK) and not {
        PenaltyStep.HEARD,
        PenaltyStep.HEARING_WITHDRAWN,
    } & set(count):
        undone.discard(PenaltyStep.HEARING_REQUESTED)  # 行政处罚法 64: whoever asked is heard
    if step is PenaltyStep.CHANGED:
        undone.update(one for appeal in _APPEALS if appeal[1] in count for one in appeal)
    return tuple(one for one in count if one not in undone)


def _money(memory: PenaltyMemory, step: PenaltyStep, said: PenaltyFacts) -> tuple[int, int]:
    """The fine, and what was paid of it."""
    fine, paid = memory.fine, memory.paid
    forced = {PenaltyStep.COURT_GRANTED, PenaltyStep.COERCION_DECIDED} & set(memory.taken)
    match step:
        case PenaltyStep.DECIDED | PenaltyStep.SIMPLE_DECIDED | PenaltyStep.CHANGED:
            return said.fine_yuan or 0, paid + (said.collected_on_spot_yuan or 0)
        case PenaltyStep.RECONSIDERATION_ENDED | PenaltyStep.SUIT_ENDED:
            return (said.fine_yuan or 0 if said.outcome is AppealOutcome.CHANGED else fine), paid
        case PenaltyStep.INSTALMENT_PAID:
            return fine, paid + (said.paid_yuan or 0)
        case PenaltyStep.PAID:
            return fine, max(fine, paid)
        case PenaltyStep.ENFORCED if forced:
            return fine, max(fine, paid)
        case PenaltyStep.REFUNDED:
            return fine, paid - (said.refunded_yuan or 0)
        case PenaltyStep.REOPENED:
            return 0, 0
    return fine, paid


def _known(before: frozenset[str], step: PenaltyStep, said: PenaltyFacts) -> frozenset[str]:
    known = set(before)
    match step:
        case PenaltyStep.NOTICED | PenaltyStep.SENT_BACK:  # 行政处罚法 64(1): the time to ask for a hearing
            known.discard("hearing_offered")
            known |= {"hearing_offered"} if said.hearing_offered else set()
        case PenaltyStep.DECIDED | PenaltyStep.SIMPLE_DECIDED | PenaltyStep.CHANGED:
            known = known - CONTESTED - {"public", "fined"} | {"unappealed"}
            known |= {"fined"} if said.fine_yuan else set()  # 行政处罚法 67: the time to pay
            known |= {"public"} if said.public else set()
            if step is PenaltyStep.CHANGED:
                known |= {"changed", *(("overturned",) if "published" in known else ())}
        case PenaltyStep.CRIME_DECIDED if said.crime:
            known.add("crime")
        case PenaltyStep.PUBLISHED:
            known = known - {"overturned"} | {"published"}
        case PenaltyStep.UNPUBLISHED:
            known -= {"overturned", "published"}
        case PenaltyStep.REVOKED:
            known = _revoked(known, said)
        case PenaltyStep.REOPENED:
            known &= {"crime"}
        case PenaltyStep.RECONSIDERATION_ENDED | PenaltyStep.SUIT_ENDED:
            known = _appealed(known, step, said)
    return frozenset(known)


def _revoked(known: set[str], said: PenaltyFacts) -> set[str]:
    """行政处罚法 48: nothing more to publish, but to withdraw; nothing to pay, and another decision only where so ordered."""
    told = {
        "revoked",
        *(("remake",) if said.remake else ()),
        *(("overturned",) if "published" in known else ()),
    }
    return known - {"fined", "public", "changed"} | told


def _appealed(known: set[str], step: PenaltyStep, said: PenaltyFacts) -> set[str]:
    outcome = said.outcome.value if said.outcome else None
    if outcome == "revoked":
        known = _revoked(known, said)
    elif outcome == "changed":
        known = known - {"public"} | {*(("overturned",) if "published" in known else ())}
        if "revoked" not in known:
            known = known - {"fined"} | {"changed", *(("fined",) if said.fine_yuan else ())}
    if step is PenaltyStep.SUIT_ENDED:
        return known - CONTESTED | {"judged"}
    if outcome != "withdrawn" and "judged" not in known:
        return known - CONTESTED | {"reconsidered"}
    return known
