"""The state machines as graphs, read from the core's tables: the case, its penalty procedure, a measure, a partner's task.

`diagrams` draws a graph. A machine begins at the first row of its table.
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
    """A state; it `ends` the machine if no row of the machine's own table leads on."""

    name: Named
    ends: bool


class Edge(NamedTuple):
    """A move by these events (none where the target names the step itself); the first move has no source. `back`: drawn both ways."""

    source: str | None
    target: str
    events: tuple[Named, ...] = ()
    back: bool = False


class StateDiagram(NamedTuple):
    """Nodes in the order of their table, and one edge for each pair with a move."""

    what: What
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


def machine_of(what: What) -> StateDiagram:
    """The machine as read from the tables."""
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
    nodes = tuple(
        Node(Named(stage, STAGES[stage]), STAGE_TABLE[stage].is_terminal) for stage in Stage if stage in used
    )
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
    goes_on = {status: bool(joint.NEXT[status] or joint.SETTLED[status]) for status in joint.NEXT}
    edges = [Edge(None, next(iter(joint.NEXT)), (event_named(JointStarted),))]
    edges += [Edge(status, after) for status, some in joint.NEXT.items() for after in sorted(some)]
    edges += [
        Edge(status, after, (action_named("settle"),))
        for status, some in joint.SETTLED.items()
        for after in sorted(some - {status})
    ]
    return StateDiagram(What.JOINT, _nodes(JOINT_STATUSES, goes_on), tuple(edges))


def _nodes(words: Mapping[Term, Both], goes_on: Mapping[Term, bool]) -> tuple[Node, ...]:
    return tuple(Node(Named(term, words[term]), not more) for term, more in goes_on.items())


_MACHINES: Final[Mapping[What, Callable[[], StateDiagram]]] = {
    What.CASE: _case,
    What.PENALTY: _penalty,
    What.MEASURE: _measure,
    What.JOINT: _joint,
}
