"""What is drawn is what the tables say: read back from the text, no move more and none less."""

import pytest

from pipeline.core.case.stage_table import BACK, STAGE_TABLE
from pipeline.core.case.transitions import fold
from pipeline.core.penalty import measures, penalty_procedure
from pipeline.core.stages import joint
from pipeline.procedure import diagrams
from pipeline.procedure.machines import What, machine_of
from pipeline.procedure.naming import action_named
from pipeline.words.field_words import STAGES, Lang
from schemas.journal.events import CaseOpened
from schemas.journal.journal_event import event_name
from schemas.values.terms import Stage
from tests.core.story import Story
from tests.procedure import reading

FORMS = {"mermaid": (diagrams.mermaid, reading.mermaid), "dot": (diagrams.dot, reading.dot)}
WAYS_BACK = {"case_resumed": Stage.SUSPENDED, "case_unmerged": Stage.MERGED}
"""What leads back to where the case rested when it came to this stage."""


def name_of(kind) -> str:
    """An event's name as it stands in the journal, without the version."""
    return event_name(kind).split(".")[0]


def moves_of_a_case() -> set[tuple[str, str, str]]:
    """Straight from the table."""
    rows = [
        (stage, name_of(kind), target)
        for stage, row in STAGE_TABLE.items()
        for kind, target in row.moves.items()
    ]
    moves = {("start", "case_opened", "reported")}
    moves |= {(stage.value, name, target.value) for stage, name, target in rows if name not in WAYS_BACK}
    for stage, name, target in rows:
        if name in WAYS_BACK:
            assert (stage, target) == (WAYS_BACK[name], BACK)
            came = {source for source, _, there in moves if there == stage.value} - {stage.value}
            moves |= {(stage.value, name, source) for source in came}
    return moves


def moves_of_a_penalty() -> set[tuple[str, str, str]]:
    """Straight from the table; that a notice or a change comes again at once leads nowhere else."""
    table = penalty_procedure.NEXT
    return {
        (step or "start", "", after) for step, some in table.items() for after in some if after is not step
    }


def moves_of_a_measure() -> set[tuple[str, str, str]]:
    """Straight from the table."""
    return {(step or "start", "", after) for step, some in measures.NEXT.items() for after in some}


def moves_of_a_task() -> set[tuple[str, str, str]]:
    """Straight from both tables: what the partner says, and what the centre settles."""
    moves = {("start", "joint_started", "asked")}
    moves |= {(status.value, "", after.value) for status, some in joint.NEXT.items() for after in some}
    return moves | {
        (status.value, "settle", after.value)
        for status, some in joint.SETTLED.items()
        for after in some
        if after is not status
    }


TABLES = {
    What.CASE: moves_of_a_case,
    What.PENALTY: moves_of_a_penalty,
    What.MEASURE: moves_of_a_measure,
    What.JOINT: moves_of_a_task,
}


@pytest.mark.parametrize("lang", Lang)
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("what", What)
def test_a_diagram_holds_every_move_of_the_tables_and_no_other(what, form, lang):
    """In both forms and both languages; each line is one that Mermaid or dot understands."""
    write, read = FORMS[form]
    drawn = read(write(machine_of(what), lang))
    assert drawn.moves() == TABLES[what]()
    assert set(drawn.nodes) == {state for move in TABLES[what]() for state in (move[0], move[2])}


@pytest.mark.parametrize("form", FORMS)
def test_ends_are_drawn_as_ends(form):
    """A stage that is terminal, a step or a status after which nothing comes."""
    write, read = FORMS[form]
    ends = {what: read(write(machine_of(what), Lang.ZH)).ends for what in What}
    used = {state for move in moves_of_a_case() for state in move}
    assert ends[What.CASE] == {stage.value for stage, row in STAGE_TABLE.items() if row.is_terminal} & used
    assert ends[What.PENALTY] == {"archived"}
    assert ends[What.MEASURE] == {"ended"}
    assert ends[What.JOINT] == {"done", "waived"}


@pytest.mark.parametrize("lang", Lang)
def test_words_stand_beside_the_codes(lang):
    """A stage is called what the other commands call it, and keeps its code."""
    nodes = reading.mermaid(diagrams.mermaid(machine_of(What.CASE), lang)).nodes
    del nodes["start"]
    for code, lines in nodes.items():
        words = STAGES[Stage(code)][lang]
        wanted = [code] if words == code.replace("_", " ") else [words, code]
        assert lines[: len(wanted)] == wanted


def test_an_action_is_called_as_the_command_line_calls_it():
    """Its Chinese is kept once: at the head of its help."""
    assert action_named("call_back").line(Lang.ZH) == "回访 call_back"
    assert action_named("call_back").line(Lang.EN) == "call_back"


def test_a_machine_begins_where_it_is_drawn_to_begin():
    """A case that was just opened, and a partner's task that was just given."""
    story = Story().path("report")
    opened = [event for event in story.last.entry.events if isinstance(event, CaseOpened)]
    stage = fold(None, opened, "0:1:1", "of a test").stage
    assert [edge.target for edge in machine_of(What.CASE).edges if edge.source is None] == [stage]
    story = Story().path("digging", "sign", "arrive", "whistle")
    begun = {task.status for task in story.case.joint.tasks}
    assert {edge.target for edge in machine_of(What.JOINT).edges if edge.source is None} == begun
