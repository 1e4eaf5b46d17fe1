"""The machines as graphs, read from the core's tables: the case, its penalty procedure, a measure beside it, a partner's task.

How a graph is written down is in `diagrams`. The first row of a table is where its machine begins.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Final, NamedTuple, TypeVar

from pipeline.core.case.stage_table import BACK, STAGE_TABLE
from pipeline.core.penalty import measures, penalty_procedure
from pipeline.core.stages import joint
from pipeline.procedure.naming import Named, action_named, event_named
from pipeline.words.field_words import JOINT_STATUSES, STAGES, Both
from pipeline.words.penalty_words import MEASURE_STEPS, PENALTY_STEPS
from schemas.journal.clock_events import CaseSuspended
from schemas.journal.events import CaseOpened
from schemas.journal.joint_events import JointStarted
from schemas.values.terms import Stage

Term = TypeVar("Term", bound=StrEnum)


class What(StrEnum):
    """A machine that can be shown."""

    CASE = "case"
    PENALTY = "penalty"
    MEASURE = "measure"
    JOINT = "joint"


class Node(NamedTuple):
    """Where the machine can stand; `ends` where only another table leads out again."""

    name: Named
    ends: bool


class Edge(NamedTuple):
    """A move, by these events (none where the node says it all); from nowhere where it begins. `back`: and the way back, too."""

    source: str | None
    target: str
    events: tuple[Named, ...] = ()
    back: bool = False


class StateDiagram(NamedTuple):
    """Nodes in the order of their table, and the moves between them, one for each pair."""

    what: What
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


def machine_of(what: What) -> StateDiagram:
    """The machine as the tables have it now."""
    return _MACHINES[what]()


def _case() -> StateDiagram:
    pairs: dict[tuple[Stage, Stage], list[Named]] = {}
    ways_back: dict[Stage, Named] = {}
    for stage, row in STAGE_TABLE.items():
        for kind, target in row.moves.items():
            if target is BACK and kind is not CaseSuspended:
                ways_back[stage] = event_named(kind)
            else:
                pairs.setdefault((stage, target), []).append(event_named(kind))
    edges = [Edge(None, next(iter(STAGE_TABLE)), (event_named(CaseOpened),))]
    for (stage, target), events in pairs.items():
        back = ways_back.get(target) if stage is not target else None
        edges.append(Edge(stage, target, (*events, *([back] if back else [])), back=bool(back)))
    used = {stage for pair in pairs for stage in pair}
    nodes = tuple(Node(Named(one, STAGES[one]), STAGE_TABLE[one].is_terminal) for one in Stage if one in used)
    return StateDiagram(What.CASE, nodes, tuple(edges))


def _penalty() -> StateDiagram:
    return _of_steps(What.PENALTY, PENALTY_STEPS, penalty_procedure.NEXT)


def _measure() -> StateDiagram:
    return _of_steps(What.MEASURE, MEASURE_STEPS, measures.NEXT)


def _of_steps(
    what: What, words: Mapping[Term, Both], moves: Mapping[Term | None, frozenset[Term]]
) -> StateDiagram:
    nodes = _nodes(words, {step: bool(after) for step, after in moves.items() if step})
    edges = [Edge(step, after) for step, some in moves.items() for after in sorted(some)]
    return StateDiagram(what, nodes, tuple(edges))


def _joint() -> StateDiagram:
    goes_on = {one: bool(joint.NEXT[one] or joint.SETTLED[one]) for one in joint.NEXT}
    edges = [Edge(None, next(iter(joint.NEXT)), (event_named(JointStarted),))]
    edges += [Edge(one, after) for one, some in joint.NEXT.items() for after in sorted(some)]
    edges += [
        Edge(one, after, (action_named("settle"),))
        for one, some in joint.SETTLED.items()
        for after in sorted(some - {one})
    ]
    return StateDiagram(What.JOINT, _nodes(JOINT_STATUSES, goes_on), tuple(edges))


def _nodes(words: Mapping[Term, Both], goes_on: Mapping[Term, bool]) -> tuple[Node, ...]:
    return tuple(Node(Named(one, words[one]), not more) for one, more in goes_on.items())


_MACHINES: Final[Mapping[What, Callable[[], StateDiagram]]] = {
    What.CASE: _case,
    What.PENALTY: _penalty,
    What.MEASURE: _measure,
    What.JOINT: _joint,
}
