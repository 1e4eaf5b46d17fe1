"""What is wrong in a file of grids or places, by stable codes; and how such a file is read."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

from pipeline.rulebook.sheet import Problem

FILE_BYTES_MAX: Final = 64 * 1024 * 1024

FaultWords = Mapping[str, tuple[str, str]]
"""Of each code what is wrong, and what would be right."""


class FileFault(NamedTuple):
    """One thing that is wrong: its place, the code of what it is, and what it is about. `line` counts from 1."""

    file: str
    line: int
    field: str
    code: str
    detail: str = ""

    @property
    def words(self) -> FaultWords:
        """Those of its kind of file."""
        raise NotImplementedError

    def problem(self) -> Problem:
        """The same as one of the rules' problems."""
        wrong, allowed = self.words[self.code]
        return Problem(self.file, self.line, self.field, wrong.format(detail=self.detail), allowed)

    def as_json(self) -> dict[str, object]:
        """The same for a program, with what would be right."""
        return self._asdict() | {"allowed": self.words[self.code][1]}


def text_of(path: Path, encoding: str) -> str:
    """The text of a file.

    Raises:
        ValueError: why it cannot be read.
    """
    try:
        if path.stat().st_size > FILE_BYTES_MAX:
            raise ValueError(f"larger than {FILE_BYTES_MAX} bytes")
        return path.read_text(encoding=encoding)
    except OSError as why:
        raise ValueError(why.strerror or str(why)) from why
