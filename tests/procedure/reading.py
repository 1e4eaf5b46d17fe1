"""Reads a diagram back: what its text says, by a grammar that knows no more than what is written, and refuses the rest."""

import re
from typing import NamedTuple

TEXT = r"[^\"|<>{}\[\]\\]"
"""What may stand in a label: nothing that means something to Mermaid or dot."""


class Read(NamedTuple):
    """Nodes by code with their lines, the ends among them, and arrows as (from, to, lines, both ways)."""

    nodes: dict[str, list[str]]
    ends: set[str]
    arrows: list[tuple[str, str, list[str], bool]]

    def moves(self) -> set[tuple[str, str, str]]:
        """(from, code of the event or nothing, to) of every arrow and of everything that is written into a node."""
        by_words = {lines[0]: code for code, lines in self.nodes.items()}
        moves = set()
        for source, target, lines, both in self.arrows:
            assert not both or len(lines) == 2
            moves |= {(source, code, target) for code in codes(lines[:1] if both else lines)}
            moves |= {(target, code, source) for code in codes(lines[1:])} if both else set()
        for node, lines in self.nodes.items():
            moves |= {(node, code_of(line[2:]), node) for line in lines if line.startswith("↻ ")}
            moves |= written(node, lines, by_words)
        return moves


def written(node: str, lines: list[str], by_words: dict[str, str]) -> set[tuple[str, str, str]]:
    """The moves that a node names itself: ← the event, and in the lines below it where they come from."""
    at = next((number for number, line in enumerate(lines) if line[:2] in ("← ", "⇄ ")), None)
    if at is None:
        return set()
    come, *back = [code_of(part) for part in lines[at][2:].removesuffix(":").split(" / ")]
    others = [by_words[words] for line in lines[at + 1 :] for words in line.split(" · ")]
    assert bool(back) == lines[at].startswith("⇄")
    return {(other_node, come, node) for other_node in others} | {
        (node, code, other_node) for code in back for other_node in others
    }


def code_of(text: str) -> str:
    """受理 case_accepted, or accepted (case_accepted), or case_accepted."""
    return text.split()[-1].strip("()")


def codes(lines: list[str]) -> list[str]:
    """The codes of all lines; nothing for an arrow that says nothing."""
    return [code_of(line) for line in lines] or [""]


def mermaid(text: str) -> Read:
    """A flowchart."""
    head, *rest = text.splitlines()
    assert head == "flowchart TD"
    read = Read({}, set(), [])
    for line in rest:
        label = rf'"((?:{TEXT}|<br/>)+)"'
        if node := re.fullmatch(rf"  (\w+)(\[|\(\[){label}(\]|\]\))", line):
            assert (node[2], node[4]) in (("[", "]"), ("([", "])"))
            take_node(read, node[1], node[3].split("<br/>"), ends=node[2] == "([")
        elif arrow := re.fullmatch(rf"  (\w+) (<-->|-->)(?:\|{label}\|)? (\w+)", line):
            lines = arrow[3].split("<br/>") if arrow[3] else []
            read.arrows.append((arrow[1], arrow[4], lines, arrow[2] == "<-->"))
        else:
            assert line == "  start(( ))", line
            take_node(read, "start", ["start"], ends=False)
    return whole(read)


def dot(text: str) -> Read:
    """A digraph."""
    head, *rest, last = text.splitlines()
    assert re.fullmatch(r"digraph \w+ \{", head)
    assert last == "}"
    read = Read({}, set(), [])
    for line in rest:
        label = rf'label="((?:{TEXT}|\\n)*)"'
        if node := re.fullmatch(rf"  (\w+) \[{label}(, style=rounded, peripheries=2)?\];", line):
            take_node(read, node[1], node[2].split(r"\n"), ends=bool(node[3]))
        elif arrow := re.fullmatch(rf"  (\w+) -> (\w+) \[{label}(, dir=both)?\];", line):
            lines = arrow[3].split(r"\n") if arrow[3] else []
            read.arrows.append((arrow[1], arrow[2], lines, bool(arrow[4])))
        elif line == "  start [shape=point];":
            take_node(read, "start", ["start"], ends=False)
        else:
            assert re.fullmatch(r'  (node|edge) \[[\w=", -]+\];', line), line
    return whole(read)


def take_node(read: Read, code: str, lines: list[str], *, ends: bool) -> None:
    """Each once."""
    assert code not in read.nodes
    read.nodes[code] = lines
    read.ends.update({code} if ends else ())


def whole(read: Read) -> Read:
    """No arrow to or from nowhere, no word for two nodes."""
    assert {node for arrow in read.arrows for node in arrow[:2]} <= set(read.nodes)
    assert len({lines[0] for lines in read.nodes.values()}) == len(read.nodes)
    return read
