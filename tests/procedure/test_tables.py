"""The tables for people say what decides: stages and actions, roles, guards."""

import re

import pytest
from rich.cells import cell_len

from pipeline.core.actions import ACTIONS
from pipeline.core.case.stage_table import STAGE_TABLE
from pipeline.core.case.transitions import STAYING
from pipeline.core.penalty import measures, penalty_procedure
from pipeline.core.penalty.allowed_facts import FACTS
from pipeline.core.stages import joint
from pipeline.procedure.machines import What
from pipeline.procedure.tables import markdown, table_of
from pipeline.words.field_words import Lang
from schemas.journal.journal_event import event_name
from schemas.values.terms import Role
from tests.core.story import RULES, Story
from tests.procedure.reading import code_of


def rows_of(text: str) -> list[list[str]]:
    """The cells of a Markdown table, its heads first."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    assert set(lines[1]) <= set("| -")
    return [[cell.strip() for cell in line[1:-1].split(" | ")] for line in (lines[0], *lines[2:])]


def all_codes(cell: str) -> set[str]:
    """The codes that a cell lists."""
    return {code_of(part) for part in cell.split(", ")} - {"–"}


@pytest.mark.parametrize("lang", Lang)
def test_an_action_is_marked_where_it_is_legal_with_who_may_do_it(lang):
    """Every stage and every action of the table, and no mark more."""
    text = table_of(What.CASE, RULES, lang)
    (_, _, _, *stages), *rows = rows_of(text)
    order = [stage.value for stage in STAGE_TABLE if any(stage in row.stages for row in ACTIONS.values())]
    assert [code_of(stage) for stage in stages] == order
    assert {code_of(row[0]) for row in rows} == set(RULES.may)
    for action, who, whose, *marks in rows:
        assert whose
        assert all_codes(who) == {role.value for role in RULES.may[code_of(action)]}
        assert [mark == "●" for mark in marks] == [
            stage in ACTIONS[code_of(action)].stages for stage in order
        ]
    for kind, roles in RULES.decides.items():
        assert re.search(rf"\b{kind}\b\)? \({', '.join(role for role in Role if role in roles)}\)", text)
    assert {"CJ/T 292" in line for line in text.splitlines() if line.startswith("- ")} == {True, False}
    assert all(event_name(kind).split(".")[0] in text for kind in STAYING)


@pytest.mark.parametrize("lang", Lang)
@pytest.mark.parametrize(
    ("what", "moves"), [(What.PENALTY, penalty_procedure.NEXT), (What.MEASURE, measures.NEXT)]
)
def test_a_step_names_what_may_follow_and_what_the_law_asks_before_it(what, moves, lang):
    """Each guard with its article, as the rules have it."""
    rows = rows_of(table_of(what, RULES, lang))[1:]
    beside = rows[len(moves) :]
    assert [code_of(row) for row, *_ in beside] == [step.value for step in _beside(what)]
    for (step, after), (row, follows, facts, guards) in zip(moves.items(), rows, strict=False):
        assert step is None or code_of(row) == step.value
        assert all_codes(follows) == {step.value for step in after}
        assert facts == (", ".join(FACTS[step] if step else ()) or "–")
        expected = [f"{guard.code} {guard.cited}" for guard in RULES.procedure.guards if step in guard.steps]
        assert guards == ("<br/>".join(expected) or "–")


def _beside(what):
    """What the party does beside the steps; of a measure there is nothing."""
    return penalty_procedure.BESIDE if what is What.PENALTY else ()


@pytest.mark.parametrize("lang", Lang)
def test_a_task_says_what_its_partner_and_what_the_centre_may_make_of_it(lang):
    """Both tables, side by side."""
    rows = rows_of(table_of(What.JOINT, RULES, lang))[1:]
    printed = {code_of(status): (all_codes(partner), all_codes(centre)) for status, partner, centre in rows}
    assert printed == {
        status.value: ({x.value for x in joint.NEXT[status]}, {x.value for x in joint.SETTLED[status]})
        for status in joint.NEXT
    }


def test_columns_stand_under_one_another_and_hold_any_text():
    """Also with Chinese, which is two cells wide; a bar in a text does not end the cell, a long text pads no other row."""
    text = markdown(["步骤", "b"], [("a|b", "x" * 100), ("c", "y")])
    assert text.splitlines() == ["| 步骤 | b |", "| ---- | --- |", rf"| a\|b | {'x' * 100} |", "| c    | y |"]
    assert len({cell_len(line) for line in markdown(["步骤", "b"], [("a", "立案")]).splitlines()}) == 1


def test_what_goes_on_wherever_a_case_stands_is_no_empty_word():
    """The actions that the notes below the table name are taken where the table has no mark for them."""
    notes = [line for line in table_of(What.CASE, RULES, Lang.EN).splitlines() if "wherever" in line]
    assert [note.rpartition("*")[0].rpartition("*")[2] for note in notes] == [
        "penalise",
        "measure",
        "call_back",
    ]
    story = (
        Story()
        .path("report", "sign", "arrive")
        .act("penalise")
        .act("transfer")
        .act("penalise", step="transferred")
    )
    assert story.stage not in ACTIONS["penalise"].stages | ACTIONS["measure"].stages
    assert story.answer == "transfer_without_receiver"
    assert story.act("measure").answer == "accepted"
    story = Story().path("report", "sign").wait(days=3).act("call_back", solved=False, satisfied=False)
    assert story.stage not in ACTIONS["call_back"].stages
    assert story.answer == "accepted"
