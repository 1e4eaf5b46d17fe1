"""Which step of a penalty procedure may follow which, and which fact belongs to which."""

import pytest

from pipeline.core.penalty.allowed_facts import ALL_FACTS, FACTS
from pipeline.core.penalty.penalty_procedure import BESIDE, NEXT, possible
from schemas.state.penalty import PenaltyFacts
from schemas.values.penalty_terms import MeasureStep
from schemas.values.terms import PenaltyStep
from tests.core.proceedings import (
    NOTICE,
    SERVED,
    on_site,
    take,
    taken,
    with_parameters,
)
from tests.core.story import RULES, Story

UP_TO = {
    "clue": "clue",
    "filed": "filed",
    "investigated": "filed investigated",
    "noticed": "filed investigated noticed",
    "hearing_notified": "filed investigated noticed hearing_notified",
    "heard": "filed investigated noticed hearing_notified heard",
    "reviewed": "filed investigated noticed reviewed",
    "decided": "filed investigated noticed reviewed decided",
    "simple_decided": "simple_decided",
    "served": "filed investigated noticed reviewed decided served",
    "paid": f"{SERVED} paid",
    "enforced": f"{SERVED} paid enforced",
    "hearing_requested": f"{NOTICE} hearing_requested",
    "hearing_withdrawn": f"{NOTICE} hearing_requested hearing_withdrawn",
    "payment_deferred": f"{SERVED} payment_deferred",
    "instalment_paid": f"{SERVED} payment_deferred instalment_paid",
    "demanded": f"{SERVED} demanded",
    "coercion_heard": f"{SERVED} demanded coercion_heard",
    "coercion_decided": f"{SERVED} demanded coercion_decided",
    "court_applied": f"{SERVED} demanded court_applied",
    "court_granted": f"{SERVED} demanded court_applied court_granted",
    "court_refused": f"{SERVED} demanded court_applied court_refused",
    "reconsideration_filed": f"{SERVED} reconsideration_filed",
    "reconsideration_ended": f"{SERVED} reconsideration_filed reconsideration_ended",
    "suit_filed": f"{SERVED} suit_filed",
    "suit_ended": f"{SERVED} suit_filed suit_ended",
    "recused": "filed recused",
    "crime_suspected": "filed crime_suspected",
    "crime_decided": "filed crime_suspected crime_decided",
    "announced": f"{SERVED} announced",
    "published": f"{SERVED} published",
    "unpublished": f"{SERVED} published unpublished",
    "sent_back": f"{NOTICE} sent_back",
    "changed": f"{SERVED} changed",
    "revoked": f"{SERVED} revoked",
    "reopened": f"{SERVED} revoked reopened",
    "refunded": f"{SERVED} paid changed refunded",
    "no_penalty": "filed investigated no_penalty",
    "transferred": "clue transferred",
    "archived": "clue archived",
}

OWN_POWER = with_parameters(own_power=True)
"""Rules of an organ that may enforce a fine by itself: no street's."""

# the order of the steps: after each step which may come, or is refused for another reason than the order (/)

TABLE = """
-: clue filed simple_decided
clue: filed simple_decided no_penalty transferred archived recused crime_suspected
filed: investigated no_penalty transferred recused crime_suspected
investigated: noticed no_penalty transferred recused crime_suspected sent_back
noticed: hearing_notified heard/N reviewed decided/R no_penalty transferred hearing_requested recused crime_suspected noticed sent_back
hearing_notified: heard/N reviewed/W decided/W no_penalty transferred hearing_requested recused crime_suspected noticed sent_back
heard: reviewed decided/R no_penalty transferred recused crime_suspected noticed sent_back
reviewed: decided no_penalty transferred recused crime_suspected noticed sent_back
decided: served changed revoked
simple_decided: served changed/H revoked
served: paid enforced/P archived/F payment_deferred demanded/T reconsideration_filed suit_filed published announced changed revoked
paid: enforced archived reconsideration_filed suit_filed published changed revoked
enforced: archived reconsideration_filed suit_filed published changed revoked
no_penalty: archived
transferred: archived
archived:
hearing_requested: hearing_notified heard/N reviewed/W decided/W no_penalty transferred hearing_withdrawn recused crime_suspected noticed sent_back
hearing_withdrawn: hearing_notified heard/N reviewed decided/R no_penalty transferred recused crime_suspected noticed sent_back
payment_deferred: paid enforced/P archived/F instalment_paid demanded/T reconsideration_filed suit_filed published announced changed revoked
instalment_paid: paid enforced/P archived/F instalment_paid demanded/T reconsideration_filed suit_filed published announced changed revoked
demanded: paid enforced/D archived/F payment_deferred coercion_heard coercion_decided/D court_applied/A reconsideration_filed suit_filed published announced changed revoked
coercion_heard: paid enforced/D archived/F payment_deferred coercion_decided/D court_applied/A reconsideration_filed suit_filed published announced changed revoked
coercion_decided: paid enforced reconsideration_filed suit_filed published changed revoked
court_applied: paid court_granted court_refused reconsideration_filed suit_filed published changed revoked
court_granted: paid enforced reconsideration_filed suit_filed published changed revoked
court_refused: paid archived court_granted reconsideration_filed suit_filed published changed revoked
reconsideration_filed: paid enforced/P payment_deferred demanded/T reconsideration_ended suit_filed published announced changed revoked
reconsideration_ended: paid enforced/P archived/F payment_deferred demanded/T suit_filed published announced changed revoked
suit_filed: paid enforced/P payment_deferred demanded/T suit_ended published announced changed revoked
suit_ended: paid enforced/P archived/F payment_deferred demanded/T published announced changed/J revoked/J
recused: investigated no_penalty transferred recused crime_suspected
crime_suspected: investigated no_penalty/C transferred recused crime_decided
crime_decided: investigated no_penalty transferred recused
published: paid enforced/P archived/F payment_deferred demanded/T reconsideration_filed suit_filed unpublished announced changed revoked
announced: paid enforced/P archived/F payment_deferred demanded/T reconsideration_filed suit_filed published changed revoked
unpublished: paid enforced/P archived/F payment_deferred demanded/T reconsideration_filed suit_filed announced published changed revoked
sent_back: investigated no_penalty transferred recused crime_suspected
changed: served reconsideration_filed suit_filed changed revoked
revoked: archived reopened
reopened: investigated no_penalty transferred recused crime_suspected
refunded: served reconsideration_filed suit_filed changed revoked
"""
CODES = {
    "": "accepted",
    "C": "crime_not_decided",
    "R": "close_penalty_without_legal_review",
    "F": "archived_with_open_fine",
    "T": "enforced_before_term",
    "P": "enforced_without_power",
    "A": "court_before_appeal_window",
    "D": "enforced_without_demand",
    "N": "hearing_not_notified",
    "W": "penalty_before_hearing_window",
    "H": "worse_for_contesting",
    "J": "changed_against_judgment",
}
MARKS: dict[str, dict[str, str]] = {
    now: {step: mark for step, _, mark in (one.partition("/") for one in some.split())}
    for now, some in (line.split(":") for line in TABLE.strip().splitlines())
}
ACCEPTED = [(now, step) for now, marks in MARKS.items() for step, mark in marks.items() if not mark]


def brought_to(now: str) -> Story:
    """A procedure whose last step is `now`."""
    return taken(on_site(rules=OWN_POWER if now == "coercion_decided" else RULES), UP_TO.get(now, ""))


@pytest.mark.parametrize("now", MARKS)
def test_every_other_step_is_refused(now):
    """With its code, and nothing has changed."""
    story = brought_to(now).wait(minutes=1)
    before = story.state()
    for step in PenaltyStep:
        code = CODES[MARKS[now].get(step, "")] if step in MARKS[now] else "penalty_step"
        if code != "accepted":
            assert take(story, step) == code, step
            assert story.state() == before
            assert story.last.receipts[0].allowed


@pytest.mark.parametrize(("now", "step"), ACCEPTED)
def test_every_step_that_may_come_next(now, step):
    """It is on record, with who took it and when."""
    story = brought_to(now).wait(minutes=1)
    assert take(story, step) == "accepted"
    record = story.case.penalty.records[-1]
    assert story.case.penalty.steps[-1] == record.step == PenaltyStep(step)
    assert (record.at, record.by) == (story.now, "O1")


def test_the_table_is_whole():
    """Each step is a row, and what may come after it is what the core's tables have."""
    assert set(MARKS) - {"-"} == {step.value for step in PenaltyStep}
    for now, marks in MARKS.items():
        assert set(marks) == possible(brought_to(now).case.penalty), now
    assert set(UP_TO) == set(PenaltyStep) == set(FACTS) - set(MeasureStep) == set(NEXT) - {None} | set(BESIDE)


AGAIN = {"noticed", "hearing_notified", "heard", "reviewed", "sent_back", "investigated", "decided", "changed", "served"} | {
    *("paid", "demanded", "enforced", "coercion_decided", "court_applied", "court_granted", "court_refused"),
    *("revoked", "reopened"),
}  # fmt: skip
"""Steps from which a way leads back to themselves."""


def further(step: PenaltyStep | None) -> set[PenaltyStep]:
    """All steps that can still come, sooner or later."""
    found, new = set[PenaltyStep](), set(NEXT[step])
    while new:
        found |= new
        new = {after for one in new for after in NEXT[one]} - found
    return found


def test_every_step_of_the_procedure_leads_to_the_archive():
    """None is a dead end, each is reached from the beginning, and those that come again are these."""
    main = set(PenaltyStep) - set(BESIDE)
    assert further(None) == main
    assert all(PenaltyStep.ARCHIVED in further(step) for step in main - {PenaltyStep.ARCHIVED})
    assert {step.value for step in main if step in further(step)} == AGAIN
    assert further(PenaltyStep.ARCHIVED) == set()


def test_every_fact_belongs_to_a_step():
    """None that could never be said."""
    assert {name for names in FACTS.values() for name in names} == set(ALL_FACTS)
    assert set(ALL_FACTS) == set(PenaltyFacts.__struct_fields__)
