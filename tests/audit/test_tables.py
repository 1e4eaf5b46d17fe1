"""The auditor knows every event, action and stage of the contracts: a new one is noticed here, not by a false alarm."""

from typing import get_args

from pipeline.audit.findings import MEANINGS, Invariant
from pipeline.audit.model import audit_tables
from pipeline.audit.model.apply_event import APPLIERS
from pipeline.audit.sentences import SENTENCES
from pipeline.core.case.stage_table import STAGE_TABLE, Addressee
from pipeline.core.stages import joint
from schemas.inputs.action import Action, action_name
from schemas.journal import events
from schemas.journal.journal_event import event_name
from schemas.values.terms import Stage


def names_of(union: object) -> set[str]:
    """The names of a union's arms, without their versions."""
    return {named(arm) for arm in get_args(union)}


def named(event) -> str:
    """The name of an event's contract."""
    return event_name(event).partition(".")[0]


def test_every_event_is_known():
    """One line in `pipeline.audit.model.audit_tables` adds an event; without it this fails."""
    known = names_of(events.CaseEvent) | names_of(events.Answer)
    assert known == audit_tables.KNOWN


def test_every_event_that_changes_a_case_is_folded():
    """What the auditor follows changes by these events; the rest change nothing that it follows."""
    folded = {named(kind) for kind in APPLIERS}
    nothing = {
        *("case_accepted", "case_under_check", "case_checked", "case_retired"),
        *audit_tables.REPEATING, *audit_tables.REFUSING, audit_tables.OPENING, audit_tables.FORWARDING, audit_tables.DISCARDING, audit_tables.SETTING_BACK,
        *audit_tables.DUTY_CHANGES, *audit_tables.DUTY_ANSWERS,
    }  # fmt: skip
    assert folded | nothing == audit_tables.KNOWN
    assert not folded & nothing


def test_every_action_and_every_stage_is_known():
    """Each action has its deed, each stage stands where it is used."""
    union = get_args(Action)[0]
    assert {action_name(arm) for arm in get_args(union)} == set(audit_tables.EFFECTS)
    used = {stage for sources, _ in audit_tables.MOVES.values() for stage in sources}
    used |= {to for _, to in audit_tables.MOVES.values()} - {audit_tables.BACK, audit_tables.SAME}
    assert used | {"in_progress"} == {stage.value for stage in Stage}


def test_the_two_tables_of_moves_agree():
    """Written apart, they say the same: what one allows and the other does not is a mistake in one of them."""
    ours = {(stage, event): to for event, (sources, to) in audit_tables.MOVES.items() for stage in sources}
    theirs = {
        (stage.value, named(kind)): to.value
        for stage, row in STAGE_TABLE.items()
        for kind, to in row.moves.items()
    }
    assert ours.keys() == theirs.keys()
    for move, to in theirs.items():
        expected = {audit_tables.BACK: "suspended", audit_tables.SAME: move[0]}.get(ours[move], ours[move])
        assert to == expected, move


def test_the_two_tables_of_clocks_agree():
    """And so do those of the clocks that run, of partners, and of what is over."""
    assert {
        stage.value: row.clocks
        for stage, row in STAGE_TABLE.items()
        if row.clocks and stage is not Stage.IN_PROGRESS
    } == dict(audit_tables.RUNNING)
    assert audit_tables.OPEN_TASKS == joint.OPEN
    assert {stage.value for stage, row in STAGE_TABLE.items() if row.is_terminal} == audit_tables.FINAL


def test_the_two_tables_of_who_is_asked_agree():
    """At each stage the same post, the teams that may claim, or whoever holds the task."""
    tasks = {stage.value: row.task for stage, row in STAGE_TABLE.items() if row.task}
    posts = {
        Addressee.CENTRE: "centre",
        Addressee.VERIFICATION_POST: "verification",
        Addressee.CALLBACK_POST: "callback",
    }
    assert {
        stage: (posts[task.addressee], task.kind.value)
        for stage, task in tasks.items()
        if task.addressee in posts
    } == dict(audit_tables.POSTS)
    held = {stage for stage, task in tasks.items() if task.addressee is Addressee.HOLDER}
    assert held == audit_tables.HANDLED
    assert tasks.keys() - held - audit_tables.POSTS.keys() == {"offered"}


def test_every_sentence_is_said_in_both_languages_of_one_invariant():
    """Each invariant has a meaning and at least one sentence; a sentence names the same words in both languages."""
    assert set(MEANINGS) == set(Invariant)
    assert {sentence.invariant for sentence in SENTENCES.values()} == {
        invariant.value for invariant in Invariant
    }
    for code, said in SENTENCES.items():
        assert (said.en.isascii(), said.zh.isascii()) == (True, False), code
