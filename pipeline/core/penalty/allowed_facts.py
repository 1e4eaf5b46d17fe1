"""What may be said with which step of a penalty procedure, and of a measure beside it. Anything else is refused: it would be
believed to count."""

from collections.abc import Mapping
from typing import Final

from pipeline.core.rules.penalty_records import NOTHING_SAID
from pipeline.core.rules.refusals import Refusal
from schemas.state.penalty import PenaltyFacts
from schemas.values.penalty_terms import MeasureStep, PenaltyKind
from schemas.values.terms import PenaltyStep

_BREACH: Final = ("committed_at", "continuing", "endangered", "harm")
_LAID_ON: Final = ("kinds", "fine_yuan", "confiscated_yuan")
_SEEN: Final = ("officers", "identity_shown")

FACTS: Final[Mapping[PenaltyStep | MeasureStep, tuple[str, ...]]] = {
    PenaltyStep.CLUE: _BREACH,
    PenaltyStep.FILED: ("officers", "party", *_BREACH),
    PenaltyStep.INVESTIGATED: (*_SEEN, "party", "evidence_reviewed", "complex", *_BREACH),
    PenaltyStep.NOTICED: ("party", *_LAID_ON, "hearing_offered", "evidence_reviewed", "complex", *_BREACH),
    PenaltyStep.HEARING_NOTIFIED: ("hearing_at", "hearing_place"),
    PenaltyStep.HEARD: ("host", "defence_done"),
    PenaltyStep.REVIEWED: (
        *("reviewer", "review_passed", "hearing_waived", "defence_done", "evidence_reviewed"),
        "complex",
    ),
    PenaltyStep.DECIDED: (
        *_LAID_ON,
        *("hearing_waived", "defence_done", "evidence_reviewed", "complex", "discussed"),
        *_BREACH,
    ),
    PenaltyStep.SIMPLE_DECIDED: (
        *(*_SEEN, "party", "rights_told", "evidence_reviewed", *_LAID_ON),
        *("collected_on_spot_yuan", "hard_to_collect_later", *_BREACH),
    ),
    PenaltyStep.SERVED: (),
    PenaltyStep.PAID: ("collected_on_spot_yuan", "hard_to_collect_later"),
    PenaltyStep.ENFORCED: (*_SEEN, "demanded", "emergency"),
    PenaltyStep.NO_PENALTY: ("ground", "corrected", "educated", "first_time", *_BREACH),
    PenaltyStep.TRANSFERRED: ("receiver", "crime"),
    PenaltyStep.ARCHIVED: (),
    MeasureStep.BEGUN: (*_SEEN, "approved_by"),
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
"""Of what is measured in money, the fact that says how much."""


def said_in_vain(step: PenaltyStep | MeasureStep, facts: PenaltyFacts | None) -> Refusal | None:
    """What does not belong to the step, or is said without its amount."""
    if facts is None:
        return None
    names = FACTS[step]
    for name in ALL_FACTS:
        if name not in names and getattr(facts, name) != getattr(NOTHING_SAID, name):
            allowed = ", ".join(names) or "nothing"
            return Refusal("penalty_fact", f"facts.{name}", f"with {step}: {allowed}")
    for kind, name in _AMOUNTS.items():
        if kind in facts.kinds and getattr(facts, name) is None:
            return Refusal("penalty_amount_missing", f"facts.{name}", f"how much, with {kind}")
    return None
