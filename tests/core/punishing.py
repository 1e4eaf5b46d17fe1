"""Steps of a penalty procedure, and measures beside it, as random officers take them: mostly the next one with what belongs
to it, sometimes not."""

from collections.abc import Mapping
from typing import Final

from pipeline.core.penalty import measures, penalty_procedure
from pipeline.core.rules.penalty_records import (
    NO_FACTS,
    as_it_holds,
    decision_of,
    measure_of,
    open_measures,
    owed_back,
    state_of,
)
from schemas.values.penalty_terms import AppealOutcome, Disposal, MeasureKind, MeasureStep
from schemas.values.terms import PenaltyStep, Source
from tests.core.players.scene import Content, Scene, documents
from tests.core.proceedings import SAID


def penalise(scene: Scene) -> Content:
    """What an officer says who takes a step."""
    possible = sorted(penalty_procedure.possible(scene.case.penalty)) or [PenaltyStep.ARCHIVED]
    decided = decision_of(scene.case.penalty) is not NO_FACTS
    if decided and scene.draw.random() < 0.4:  # what ends a file comes too early as often as not
        possible = [one for one in possible if one in _ENDING] or possible
    if len(possible) > 1 and scene.draw.random() < 0.7:  # the long way is the more telling one
        possible = [one for one in possible if one not in _SHORT] or possible
    if scene.draw.random() < 0.88:
        possible = [one for one in possible if not _is_seldom(scene, one)] or possible
    possible = _telling(scene, possible)
    step = scene.draw.choice(list(PenaltyStep) if scene.slips(0.2) else possible)
    facts = {**SAID.get(step.value, {}), **_also(scene, step)}
    if scene.draw.random() < 0.18 and not (step is PenaltyStep.ARCHIVED and owed_back(scene.case.penalty)):
        _misstate(scene, facts)
    return {"step": step.value, "facts": facts, "evidence": documents(scene)}


def measure(scene: Scene) -> Content:
    """What an officer says who takes things, keeps them longer, has them tested, or gives them back."""
    held = open_measures(scene.case.penalty)
    kind = scene.draw.choice(held if held and scene.draw.random() < 0.8 else list(MeasureKind))
    possible = sorted(measures.NEXT[state_of(measure_of(scene.case.penalty, kind))])
    step = scene.draw.choice(list(MeasureStep) if scene.slips(0.3) else possible)
    facts = dict(SAID.get(step.value, {}))
    if step is MeasureStep.TESTING:
        facts["until"] = scene.at(days=-scene.draw.randint(1, 9))
    if step is MeasureStep.ENDED:
        facts["disposal"] = scene.one_of(Disposal)
    if scene.draw.random() < 0.25:
        _misstate(scene, facts)
    return {
        "measure_kind": kind.value,
        "step": step.value,
        "facts": facts,
        "evidence": documents(scene),
    }


def _telling(scene: Scene, possible: list[PenaltyStep]) -> list[PenaltyStep]:
    """What few would come to otherwise: what was paid is revoked and given back, who lost before the court is demanded of."""
    penalty = scene.case.penalty
    steps = as_it_holds(penalty).steps if penalty else ()
    some: frozenset[PenaltyStep] = frozenset()
    if owed_back(penalty):
        some = _GIVING_BACK
    elif PenaltyStep.SERVED in steps and scene.case.facts.matter.startswith("WJ"):
        some = _PULLING_DOWN
    elif PenaltyStep.PAID in steps:
        some = _MENDING
    elif PenaltyStep.DEMANDED in steps:
        some = _LOSING
    following = sorted(some & penalty_procedure.possible(penalty))
    return following if following and scene.draw.random() < 0.8 else possible


def _is_demanded(scene: Scene) -> bool:
    penalty = scene.case.penalty
    return penalty is not None and PenaltyStep.DEMANDED in as_it_holds(penalty).steps


def _is_seldom(scene: Scene, step: PenaltyStep) -> bool:
    """What is rare in the field, or comes again."""
    held = as_it_holds(scene.case.penalty).steps if scene.case.penalty else ()
    return step in _SELDOM or (step is PenaltyStep.NOTICED and step in held)


def _also(scene: Scene, step: PenaltyStep) -> Content:
    """What depends on the case, or on chance."""
    draw, said = scene.draw, SAID.get(step.value, {})
    also: Content = {"fine_yuan": _fine(scene)} if "fine_yuan" in said else {}
    if "fine_yuan" in also and draw.random() < 0.1:
        also["kinds"] = draw.choice((["warning"], ["confiscated_gains"], ["fine", "business_stopped"]))
    match step:
        case PenaltyStep.FILED if draw.random() < 0.1:
            also |= {"committed_at": scene.at(days=1_000), "continuing": draw.random() < 0.3}
        case PenaltyStep.INVESTIGATED if draw.random() < 0.4:
            also["complex"] = True
        case PenaltyStep.NOTICED:
            also |= {} if draw.random() < 0.9 else {"device_checked_by": None}
            also |= {"evidence_reviewed": _is_reviewed(scene), "hearing_offered": draw.random() < 0.7}
        case PenaltyStep.HEARING_NOTIFIED:
            also["hearing_at"] = scene.at(days=-draw.choice((2, 12, 12, 12)))
        case PenaltyStep.HEARD if draw.random() < 0.3:
            also["host"] = "W0931"
        case PenaltyStep.REVIEWED:
            also["hearing_waived"] = draw.random() < 0.5
        case PenaltyStep.DECIDED:
            also |= {"hearing_waived": draw.random() < 0.5, "discussed": draw.random() < 0.5}
    return also | _on_the_spot(scene, step) | _unpaid(scene, step) | _besides(scene, step)


def _besides(scene: Scene, step: PenaltyStep) -> Content:
    """Who is recused, what spares the party, what is a crime, what is public, and how a building goes."""
    draw = scene.draw
    match step:
        case PenaltyStep.RECUSED:
            return {"recused": draw.choice((["W0931"], ["W0999"]))}
        case PenaltyStep.INVESTIGATED | PenaltyStep.REVIEWED if draw.random() < 0.15:
            return {"ground": draw.choice(("first_minor", "no_fault", "under_age"))}
        case PenaltyStep.CRIME_DECIDED:
            return {"crime": draw.random() < 0.3}
        case PenaltyStep.ANNOUNCED:
            return {"until": scene.at(days=-draw.randint(1, 3))}
        case PenaltyStep.ENFORCED if draw.random() < 0.3:
            return {"ordered_by": None}
        case PenaltyStep.ARCHIVED if draw.random() < 0.3:
            return {"corrected": False}
        case PenaltyStep.DECIDED | PenaltyStep.SIMPLE_DECIDED | PenaltyStep.CHANGED if draw.random() < 0.5:
            return {"public": True}
        case PenaltyStep.REVOKED:
            return {"remake": draw.random() < 0.7}
        case PenaltyStep.REFUNDED:
            return {"refunded_yuan": owed_back(scene.case.penalty) + draw.choice((0, 0, 1))}
    return {}


def _unpaid(scene: Scene, step: PenaltyStep) -> Content:
    """What is demanded, deferred, or decided by who was asked to look at it again."""
    draw = scene.draw
    also: Content = {}
    match step:
        case PenaltyStep.DEMANDED if draw.random() < 0.8:
            also["until"] = scene.at(days=-draw.choice((1, 9)))
        case PenaltyStep.PAYMENT_DEFERRED if draw.random() < 0.8:
            also["pay_by"] = [scene.at(days=-days) for days in draw.choice(((20,), (10, 40), (40, 10)))]
        case PenaltyStep.RECONSIDERATION_ENDED | PenaltyStep.SUIT_ENDED:
            also["outcome"] = scene.one_of(AppealOutcome)
            if (
                _is_demanded(scene) and draw.random() < 0.8
            ):  # who loses before the court has been asked to pay just now
                also["outcome"] = "upheld"
            also |= {"fine_yuan": _fine(scene)} if draw.random() < 0.5 else {}
            also |= {"remake": True} if also["outcome"] == "revoked" else {}
    return also


def _on_the_spot(scene: Scene, step: PenaltyStep) -> Content:
    """What is collected, reviewed or demanded there and then."""
    draw = scene.draw
    also: Content = {}
    if step in (PenaltyStep.SIMPLE_DECIDED, PenaltyStep.PAID) and draw.random() < 0.6:
        also["collected_on_spot_yuan"] = draw.choice((0, *_FINES))
        also["hard_to_collect_later"] = draw.random() < 0.3
    if step is PenaltyStep.SIMPLE_DECIDED:
        also |= {"evidence_reviewed": _is_reviewed(scene), "rights_told": draw.random() < 0.8}
        also["review_first_told"] = draw.random() < 0.9
    if step is PenaltyStep.ENFORCED:
        also["demanded"] = draw.random() < 0.7
    return also


def _is_reviewed(scene: Scene) -> bool:
    return scene.case.facts.source is not Source.MONITOR or scene.draw.random() < 0.5


def _fine(scene: Scene) -> object:
    """Mostly what the party was told already."""
    told = [
        one.facts.fine_yuan
        for one in (scene.case.penalty.records if scene.case.penalty else ())
        if one.facts and one.facts.fine_yuan is not None
    ]
    return told[-1] if told and scene.draw.random() < 0.8 else scene.draw.choice(_FINES)


_FINES: Final = (0, 0, 50, 150, 500, 5_000, 60_000)
_SHORT: Final = frozenset(
    {PenaltyStep.SIMPLE_DECIDED, PenaltyStep.NO_PENALTY, PenaltyStep.TRANSFERRED, PenaltyStep.ARCHIVED}
)
_ENDING: Final = frozenset(
    {
        *(PenaltyStep.ANNOUNCED, PenaltyStep.DEMANDED, PenaltyStep.COURT_APPLIED, PenaltyStep.ENFORCED),
        PenaltyStep.ARCHIVED,
    }
)
_GIVING_BACK: Final = frozenset({PenaltyStep.REFUNDED, PenaltyStep.ARCHIVED, PenaltyStep.SERVED})
_PULLING_DOWN: Final = frozenset({PenaltyStep.ANNOUNCED, PenaltyStep.ENFORCED})
_MENDING: Final = frozenset({PenaltyStep.CHANGED, PenaltyStep.REVOKED})
_LOSING: Final = frozenset({PenaltyStep.SUIT_FILED, PenaltyStep.SUIT_ENDED, PenaltyStep.COURT_APPLIED})
_SELDOM: Final = frozenset(
    {
        *(PenaltyStep.RECUSED, PenaltyStep.CRIME_SUSPECTED, PenaltyStep.PUBLISHED),
        *(PenaltyStep.SENT_BACK, PenaltyStep.CHANGED, PenaltyStep.REVOKED),
    }
)
_OTHERWISE: Final[Mapping[str, tuple[object, ...]]] = {
    "officers": ([], ["W0931"], ["W0931", "W0931"]),
    "host": ("W0931",),
    "reviewer": ("W0931",),
    "ground": ("minor", "no_fault", "not_established"),
    "party": ("legal_person",),
    "fine_yuan": _FINES,
    "receiver": (None,),
    "refunded_yuan": (1, None),
    "kinds": (["licence_revoked"],),
    "harm": ("serious", None),
    "gravity": ("grave", None),
    "approved_by": ("W0931", None),
    "more": ("60 calendar_days", None),
    "hearing_at": ("2026-01-01T09:00:00+08:00", None),
    "hearing_place": (None,),
    "committed_at": (None,),
    "disposal": (None,),
    "ordered_by": (None,),
    "outcome": (None,),
    "paid_yuan": (None, 0),
    "pay_by": ([], ["2026-01-01T09:00:00+08:00"]),
    "until": ("2026-01-01T09:00:00+08:00", None),
    "collected_on_spot_yuan": _FINES,
}
"""What else a fact may be said to be; the others are yes or no."""


def _misstate(scene: Scene, facts: Content) -> None:
    """One fact is left out, said otherwise, or said though nobody asked."""
    known = list(facts)
    if known and scene.draw.random() < 0.4:
        del facts[scene.draw.choice(known)]
    elif known and scene.draw.random() < 0.8:
        name = scene.draw.choice(known)
        facts[name] = scene.draw.choice(_OTHERWISE.get(name, (False, None)))
    else:
        facts["crime"] = True
