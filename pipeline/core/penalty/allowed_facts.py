"""Which facts may be stated with which step of a penalty procedure, and of a measure beside it.

Any other fact is refused: the sender would believe that it had an effect.
"""

from collections.abc import Mapping
from typing import Final

from pipeline.core.rules.penalty_records import NO_FACTS
from pipeline.core.rules.refusals import Refusal, all_of
from schemas.state.penalty import PenaltyFacts
from schemas.values.penalty_terms import AppealOutcome, MeasureStep, PenaltyKind
from schemas.values.terms import PenaltyStep

_OFFENCE: Final = ("committed_at", "continuing", "endangered", "harm")
_PENALTY: Final = ("kinds", "fine_yuan", "confiscated_yuan", "gravity", "mitigation")
_ELECTRONIC: Final = ("evidence_reviewed", "device_checked_by")
_APPEAL_ENDED: Final = ("outcome", "fine_yuan", "contrary_claim", "remake")
_OFFICERS: Final = ("officers", "identity_shown")

FACTS: Final[Mapping[PenaltyStep | MeasureStep, tuple[str, ...]]] = {
    PenaltyStep.CLUE: _OFFENCE,
    PenaltyStep.FILED: ("officers", "party", "approved_by", *_OFFENCE),
    PenaltyStep.INVESTIGATED: (*_OFFICERS, "party", *_ELECTRONIC, "complex", "ground", *_OFFENCE),
    PenaltyStep.NOTICED: (
        *("party", *_PENALTY, "hearing_offered", "hearing_decided_by", *_ELECTRONIC, "complex", "discussed"),
        *_OFFENCE,
    ),
    PenaltyStep.HEARING_REQUESTED: ("hearing_decided_by",),
    PenaltyStep.HEARING_WITHDRAWN: (),
    PenaltyStep.HEARING_NOTIFIED: ("hearing_at", "hearing_place"),
    PenaltyStep.HEARD: ("host", "defence_done"),
    PenaltyStep.REVIEWED: (
        *("reviewer", "review_passed", "hearing_waived", "defence_done", *_ELECTRONIC),
        *("complex", "ground"),
    ),
    PenaltyStep.DECIDED: (
        *_PENALTY,
        *("hearing_waived", "defence_done", *_ELECTRONIC, "complex", "discussed", "public"),
        *("approved_by", *_OFFENCE),
    ),
    PenaltyStep.SIMPLE_DECIDED: (
        *(*_OFFICERS, "party", "rights_told", "review_first_told", *_ELECTRONIC),
        *(*_PENALTY, "public"),
        *("collected_on_spot_yuan", "hard_to_collect_later", *_OFFENCE),
    ),
    PenaltyStep.SERVED: (),
    PenaltyStep.PAID: ("collected_on_spot_yuan", "hard_to_collect_later"),
    PenaltyStep.PAYMENT_DEFERRED: ("approved_by", "pay_by"),
    PenaltyStep.INSTALMENT_PAID: ("paid_yuan",),
    PenaltyStep.DEMANDED: ("until",),
    PenaltyStep.COERCION_HEARD: ("defence_done",),
    PenaltyStep.COERCION_DECIDED: ("approved_by",),
    PenaltyStep.COURT_APPLIED: ("approved_by", "receiver"),
    PenaltyStep.COURT_GRANTED: (),
    PenaltyStep.COURT_REFUSED: (),
    PenaltyStep.RECONSIDERATION_FILED: ("receiver",),
    PenaltyStep.RECONSIDERATION_ENDED: _APPEAL_ENDED,
    PenaltyStep.SUIT_FILED: ("receiver",),
    PenaltyStep.SUIT_ENDED: _APPEAL_ENDED,
    PenaltyStep.ENFORCED: (*_OFFICERS, "demanded", "emergency", "ordered_by"),
    PenaltyStep.NO_PENALTY: ("ground", "corrected", "educated", "first_time", "approved_by", *_OFFENCE),
    PenaltyStep.TRANSFERRED: ("receiver", "crime"),
    PenaltyStep.ARCHIVED: ("approved_by", "corrected"),
    PenaltyStep.RECUSED: ("recused", "approved_by"),
    PenaltyStep.CRIME_SUSPECTED: ("officers",),
    PenaltyStep.CRIME_DECIDED: ("crime", "approved_by"),
    PenaltyStep.ANNOUNCED: ("until",),
    PenaltyStep.PUBLISHED: (),
    PenaltyStep.UNPUBLISHED: (),
    PenaltyStep.SENT_BACK: ("reviewer", "approved_by"),
    PenaltyStep.CHANGED: (*_PENALTY, "approved_by", "discussed", "public"),
    PenaltyStep.REVOKED: ("approved_by", "remake"),
    PenaltyStep.REOPENED: ("approved_by",),
    PenaltyStep.REFUNDED: ("refunded_yuan",),
    MeasureStep.BEGUN: (*_OFFICERS, "approved_by"),
    MeasureStep.EXTENDED: ("approved_by", "more", "told_in_writing"),
    MeasureStep.TESTING: ("until", "told_in_writing"),
    MeasureStep.TESTED: (),
    MeasureStep.ENDED: ("disposal",),
}
ALL_FACTS: Final = PenaltyFacts.__struct_fields__
_AMOUNTS: Final[Mapping[PenaltyKind, str]] = {
    PenaltyKind.FINE: "fine_yuan",
    PenaltyKind.CONFISCATED_GAINS: "confiscated_yuan",
    PenaltyKind.CONFISCATED_THINGS: "confiscated_yuan",
}
"""The kinds of penalty that are measured in money, each with the fact that states the amount."""


_NEEDED: Final[Mapping[PenaltyStep | MeasureStep, str]] = {
    PenaltyStep.INSTALMENT_PAID: "paid_yuan",
    PenaltyStep.RECONSIDERATION_ENDED: "outcome",
    PenaltyStep.SUIT_ENDED: "outcome",
    PenaltyStep.CRIME_DECIDED: "crime",
    PenaltyStep.RECUSED: "recused",
    PenaltyStep.REFUNDED: "refunded_yuan",
}
"""The fact without which a step says nothing."""


def refuse_facts(step: PenaltyStep | MeasureStep, facts: PenaltyFacts | None) -> Refusal | None:
    """The refusal of a fact that does not belong to the step, of one that it lacks, or of a penalty without its amount; None if all
    may be stated."""
    facts, names = facts or NO_FACTS, FACTS[step]
    allowed = ", ".join(names) or "nothing"
    strange = (
        Refusal("penalty_fact", f"facts.{name}", f"with {step}: {allowed}")
        for name in ALL_FACTS
        if name not in names and getattr(facts, name) != getattr(NO_FACTS, name)
    )
    lacking = (
        Refusal("penalty_amount_missing", f"facts.{name}", f"how much, with {kind}")
        for kind, name in _AMOUNTS.items()
        if kind in facts.kinds and getattr(facts, name) is None
    )
    return all_of((*strange, *lacking, _unsaid(step, facts)))


def _unsaid(step: PenaltyStep | MeasureStep, facts: PenaltyFacts) -> Refusal | None:
    needed = _NEEDED.get(step)
    if needed is not None and getattr(facts, needed) in (None, ()):
        return Refusal("penalty_fact_missing", f"facts.{needed}", f"with {step}")
    if facts.outcome is AppealOutcome.CHANGED and facts.fine_yuan is None:
        return Refusal("penalty_fact_missing", "facts.fine_yuan", "the fine as it is now")
    return None
