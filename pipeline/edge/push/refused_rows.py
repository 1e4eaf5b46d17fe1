"""The rows of a file that were refused, in a file of their own: to be mended there, and pushed again.

A table stays a table (CSV for Excel, in UTF-8 with its mark) with what is wrong in a column more; all else is one JSON object per line,
with what is wrong under `_error`. Both are passed over when the file is pushed.
"""

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, TextIO

from pipeline.edge.sources.json_files import Row
from pipeline.edge.sources.reading import ERROR_FIELD

_TABLES: Final = ("csv", "xlsx")


class RefusedRows:
    """Made when the first row comes; `path` is None before. Nothing that is there is written over."""

    def __init__(self, wanted: Path | None, beside: Path | None, kind: str, header: Sequence[str]) -> None:
        """`wanted` is the name that was asked for; else it is made of the file's, `beside` which it stands; None for neither: no file."""
        self.path: Path | None = None
        self.count = 0
        self._wanted = wanted
        self._beside = beside
        self._is_table = kind in _TABLES
        self._header = header
        self._file: TextIO | None = None

    def __enter__(self) -> "RefusedRows":
        """Nothing is opened yet."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        """What was written is in the file."""
        if self._file is not None:
            self._file.close()

    def write(self, row: Row, error: Mapping[str, object]) -> None:
        """One row more.

        Raises:
            OSError: the file cannot be written.
        """
        if self._wanted is None and self._beside is None:
            return
        file = self._file or self._open()
        if self._is_table:
            cells = row.raw if isinstance(row.raw, Sequence) and not isinstance(row.raw, str) else []
            told = " ".join(str(error[name]) for name in ("code", "field", "allowed") if error.get(name))
            width = max(len(self._header), len(cells))
            csv.writer(file).writerow([*map(_cell, cells), *[""] * (width - len(cells)), told])
        else:
            record = row.raw if isinstance(row.raw, Mapping) else {"_row": row.number, "_raw": row.raw}
            file.write(json.dumps({**record, ERROR_FIELD: error}, ensure_ascii=False, default=str) + "\n")
        file.flush()
        self.count += 1

    def _open(self) -> TextIO:
        self.path = self._wanted or _free(self._beside, "csv" if self._is_table else "ndjson")
        if self._is_table:
            self._file = self.path.open("w", encoding="utf-8-sig", newline="")
            csv.writer(self._file).writerow([*self._header, ERROR_FIELD])
        else:
            self._file = self.path.open("w", encoding="utf-8")
        return self._file


def _free(beside: Path | None, ending: str) -> Path:
    """day.csv → day.rejected.csv, or day.rejected-2.csv where that is there."""
    stem = (beside or Path("reports")).with_suffix("")
    stem = stem.with_name(stem.name.partition(".rejected")[0])
    number, path = 1, stem.with_name(f"{stem.name}.rejected.{ending}")
    while path.exists():
        number += 1
        path = stem.with_name(f"{stem.name}.rejected-{number}.{ending}")
    return path


def _cell(value: object) -> str:
    """A cell as it is read again: a long number keeps its digits, and a text is no formula."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    return "" if value is None else str(value)
