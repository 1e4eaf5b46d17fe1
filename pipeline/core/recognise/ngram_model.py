"""A linear model over pieces of one to three characters, and over how clauses begin and end: what the lexicon's words have in common
with words that nobody listed.

Each piece has a whole number for each subject. A row of them is kept as one long integer, so that adding rows adds all subjects at once.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import isqrt
from struct import Struct
from typing import Final

from pipeline.core.recognise.lexicon import Brought
from pipeline.core.recognise.spoken_text import SpokenText

PIECE_MAX: Final = 3
BEGIN: Final = "^"
"""Before a piece that a clause begins with: 能不能 at its begin suggests or asks."""
END: Final = "$"
"""After a piece that a clause ends with: 吗 at its end asks."""
_EDGE_MAX: Final = 2
POINTS_MAX: Final = 2000
"""The most that a piece may bring or cost: so all pieces of the longest text fit a cell."""
_CELL_BITS: Final = 32
_ZERO: Final = 1 << (_CELL_BITS - 1)
"""What stands in a cell for no points, so that no cell is ever below zero."""
_MARKS: Final = frozenset(",。;!?:、\"'“”‘’()《》…·-—~.[]【】/")

Pieces = Mapping[str, int]
"""Each piece of a text, with the hundredths that it counts."""


def pieces_of(spoken: SpokenText) -> Pieces:
    """The pieces of the text that hold no mark, and the edges of its clauses, each with the most that it counts in any place."""
    text, percents = spoken
    pieces: dict[str, int] = {}
    for begin, end in _between_marks(text):
        for size in range(1, PIECE_MAX + 1):
            for at in range(begin, end - size + 1):
                piece, percent = text[at : at + size], percents[at]
                if percent > pieces.get(piece, 0):
                    pieces[piece] = percent
        for size in range(1, min(_EDGE_MAX, end - begin) + 1):
            for piece, percent in (
                (BEGIN + text[begin : begin + size], percents[begin]),
                (text[end - size : end] + END, percents[end - 1]),
            ):
                if percent > pieces.get(piece, 0):
                    pieces[piece] = percent
    return pieces


def length_of(weights: Sequence[int]) -> int:
    """The length of a text as a vector of its pieces' weights: points are divided by it, so that long texts say no more than short ones."""
    return isqrt(sum(weight * weight for weight in weights)) or 1


@dataclass(frozen=True, eq=False)
class NgramModel:
    """For each piece, points by the number of the subject (those that are not zero), for a text that is nothing but this piece."""

    subjects: Sequence[str]
    points: Mapping[str, Mapping[int, int]]
    base: Sequence[int]
    """The points of each subject for a text of which no piece is known."""
    _rows: Mapping[str, int] = field(init=False, repr=False)
    _zeros: int = field(init=False, repr=False)
    _cells: Struct = field(init=False, repr=False)

    def __post_init__(self) -> None:
        rows = {
            piece: sum(points << (_CELL_BITS * number) for number, points in row.items())
            for piece, row in self.points.items()
        }
        object.__setattr__(self, "_rows", rows)
        object.__setattr__(self, "_zeros", sum(_ZERO << (_CELL_BITS * n) for n in range(len(self.subjects))))
        object.__setattr__(self, "_cells", Struct(f"<{len(self.subjects)}I"))

    def weigh(self, pieces: Pieces) -> dict[str, int]:
        """The points of each subject."""
        rows, known = self._rows, []
        sums: dict[int, int] = {}  # of rows that count alike: to add is cheaper than to multiply
        for piece, percent in pieces.items():
            row = rows.get(piece)
            if row is not None:
                known.append(percent)
                sums[percent] = sums.get(percent, 0) + row
        total = self._zeros + sum(percent * row for percent, row in sums.items())
        length = length_of(known)
        cells = self._cells.unpack(total.to_bytes(self._cells.size, "little"))
        return {
            subject: base + (cell - _ZERO) // length
            for subject, base, cell in zip(self.subjects, self.base, cells, strict=True)
        }

    def strongest(self, subject: str, pieces: Pieces, most: int) -> Brought:
        """The pieces that bring `subject` most, at most so many; what a piece brings at an edge is added to it."""
        number, rows = self.subjects.index(subject), self.points
        known = [
            (piece, percent, rows[piece].get(number, 0)) for piece, percent in pieces.items() if piece in rows
        ]
        length = length_of([percent for _, percent, _ in known])
        brought: dict[str, int] = {}
        for piece, percent, points in known:
            if points > 0:
                word = piece.strip(BEGIN + END)
                brought[word] = brought.get(word, 0) + points * percent // length
        return sorted(brought.items(), key=lambda word: (-word[1], word[0]))[:most]


def _between_marks(text: str) -> Iterator[tuple[int, int]]:
    """From where to where there is no mark."""
    begin = 0
    for at, character in enumerate(text):
        if character in _MARKS:
            if at > begin:
                yield begin, at
            begin = at + 1
    if begin < len(text):
        yield begin, len(text)
