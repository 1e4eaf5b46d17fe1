"""A machine as a diagram: Mermaid, which GitHub draws, or Graphviz' dot.

Arrows that would hide all others are written into the node instead: events that stay at it (↻), and an event that leads to it from
many other nodes, with those nodes (←; ⇄ with the way back).
"""

from collections.abc import Iterator
from typing import Final

from pipeline.procedure.machines import Edge, Node, StateDiagram
from pipeline.words.field_words import Lang

START: Final = "start"
"""The node where a machine begins; no code has this name."""
ALIKE_MIN: Final = 4
"""From this number on, arrows of one event into a node are written into it."""
_PER_LINE: Final = 2


def mermaid(machine: StateDiagram, lang: Lang) -> str:
    """A flowchart; ends are round."""
    return "\n".join(_mermaid(machine, lang))


def dot(machine: StateDiagram, lang: Lang) -> str:
    """A directed graph; ends have a double line."""
    return "\n".join(_dot(machine, lang))


def _mermaid(machine: StateDiagram, lang: Lang) -> Iterator[str]:
    yield "flowchart TD"
    yield f"  {START}(( ))"
    for node in machine.nodes:
        opens, closes = ("([", "])") if node.ends else ("[", "]")
        yield f'  {node.name.code}{opens}"{"<br/>".join(_lines(machine, node, lang))}"{closes}'
    for edge in _drawn(machine):
        arrow = "<-->" if edge.back else "-->"
        label = f'|"{"<br/>".join(_events(edge, lang))}"|' if edge.events else ""
        yield f"  {edge.source or START} {arrow}{label} {edge.target}"


def _dot(machine: StateDiagram, lang: Lang) -> Iterator[str]:
    yield f"digraph {machine.what} {{"
    yield '  node [shape=box, fontname="sans-serif"];'
    yield '  edge [fontname="sans-serif", fontsize=10];'
    yield f"  {START} [shape=point];"
    for node in machine.nodes:
        ends = ", style=rounded, peripheries=2" if node.ends else ""
        yield f'  {node.name.code} [label="{_NEWLINE.join(_lines(machine, node, lang))}"{ends}];'
    for edge in _drawn(machine):
        both = ", dir=both" if edge.back else ""
        yield f'  {edge.source or START} -> {edge.target} [label="{_NEWLINE.join(_events(edge, lang))}"{both}];'
    yield "}"


def _drawn(machine: StateDiagram) -> Iterator[Edge]:
    written = {id(edge) for node in machine.nodes for edge in _alike(machine, node)}
    return (edge for edge in machine.edges if edge.source != edge.target and id(edge) not in written)


def _alike(machine: StateDiagram, node: Node) -> list[Edge]:
    """All arrows from other nodes, if there are many and all have the same events."""
    code = node.name.code
    coming = [edge for edge in machine.edges if edge.target == code and edge.source != code]
    labels = {tuple(event.code for event in edge.events) for edge in coming}
    return coming if len(labels) == 1 and () not in labels and len(coming) >= ALIKE_MIN else []


def _lines(machine: StateDiagram, node: Node, lang: Lang) -> Iterator[str]:
    code = node.name.code
    yield from node.name.lines(lang)
    for edge in machine.edges:
        if edge.source == edge.target == code:
            yield from (f"↻ {event}" for event in _events(edge, lang))
    alike = _alike(machine, node)
    if alike:
        yield f"{'⇄' if alike[0].back else '←'} {' / '.join(_events(alike[0], lang))}:"
        names = {other.name.code: other.name for other in machine.nodes}
        sources = [names[edge.source].words[lang] for edge in alike if edge.source]
        for first in range(0, len(sources), _PER_LINE):
            yield " · ".join(sources[first : first + _PER_LINE])


def _events(edge: Edge, lang: Lang) -> list[str]:
    return [event.line(lang) for event in edge.events]


_NEWLINE: Final = r"\n"
