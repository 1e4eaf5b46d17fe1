"""Reads a file of records: one JSON object, a JSON array, or one object per line. Contents are not looked at.

In UTF-8, as `text_encoding` gives every file. Files that were put together keep their byte-order marks in the middle: each begins a line.
"""

import codecs
import json
from collections.abc import Iterator
from typing import BinaryIO, Final, NamedTuple

from pipeline.edge.sources.text_encoding import BadFile
from schemas.errors import BadMessage

WHOLE_BYTES_MAX: Final = 64 * 1024 * 1024
"""For a file that is one JSON document; a file of lines may have any length."""

LINE_BYTES_MAX: Final = 1024 * 1024
_TOO_LONG: Final = BadMessage("too_large", "", f"at most {LINE_BYTES_MAX} bytes a line")
_BOM: Final = codecs.BOM_UTF8


class Row(NamedTuple):
    """The `number`th record, from 1, or what is wrong with it; `raw` is what stands there, for whoever mends it."""

    number: int
    record: object
    raw: object = None


def rows(file: BinaryIO) -> Iterator[Row]:
    """The file's records, in order; in a file of lines each as soon as its line is read.

    Raises:
        BadFile: empty, too large, or neither JSON nor lines of JSON.
    """
    first, file = _first_line(file)
    if first.startswith(b"["):
        yield from _array(_whole(first, file))
    elif isinstance(_parsed(first), BadMessage):
        yield from _document_or_lines(_whole(first, file))
    else:
        yield Row(1, _parsed(first))
        yield from _lines(file, 2)


def _first_line(file: BinaryIO) -> tuple[bytes, BinaryIO]:
    """The first line that says something, and what follows it."""
    line = file.readline(WHOLE_BYTES_MAX + 1)
    while line:
        if content := line.removeprefix(_BOM).strip():
            return content, file
        line = file.readline(WHOLE_BYTES_MAX + 1)
    raise BadFile("empty", "FILE", "a JSON object, a JSON array, or one object per line")


def _whole(first: bytes, file: BinaryIO) -> bytes:
    rest = file.read(WHOLE_BYTES_MAX + 1)
    if len(first) + len(rest) > WHOLE_BYTES_MAX:
        raise BadFile(
            "too_large", "FILE", f"at most {WHOLE_BYTES_MAX} bytes; one object per line may be more"
        )
    return first + b"\n" + rest


def _array(whole: bytes) -> Iterator[Row]:
    records = _parsed(whole)
    if isinstance(records, BadMessage):
        raise BadFile(records.code, "FILE", records.allowed)
    if not isinstance(records, list):
        raise BadFile("wrong_type", "FILE", "a JSON array")
    yield from (Row(number, record) for number, record in enumerate(records, 1))


def _document_or_lines(whole: bytes) -> Iterator[Row]:
    """One object over several lines, or lines of which the first is broken."""
    document = _parsed(whole)
    if not isinstance(document, BadMessage):
        yield Row(1, document)
        return
    lines = list(_lines(whole.splitlines(keepends=True), 1))
    if all(isinstance(row.record, BadMessage) for row in lines):
        raise BadFile(document.code, "FILE", document.allowed)
    yield from lines


def _lines(lines: BinaryIO | list[bytes], start: int) -> Iterator[Row]:
    number = start
    for line in _bounded(lines):
        for record in _records(line):
            yield Row(number, record)
            number += 1


def _records(line: bytes) -> Iterator[object]:
    """The records of a line: one, none on an empty line, or several where files were put together and a mark stands between them."""
    if len(line) > LINE_BYTES_MAX:
        yield _TOO_LONG
        return
    content = line.removeprefix(_BOM).strip()
    if not content:
        return
    record = _parsed(content)
    if isinstance(record, BadMessage) and _BOM in content:
        parts = [_parsed(part.strip()) for part in content.split(_BOM) if part.strip()]
        if not any(isinstance(part, BadMessage) for part in parts):
            yield from parts
            return
    yield record


def _bounded(lines: BinaryIO | list[bytes]) -> Iterator[bytes]:
    if isinstance(lines, list):
        yield from lines
        return
    while line := lines.readline(LINE_BYTES_MAX + 1):
        yield line
        while len(line) > LINE_BYTES_MAX and not line.endswith(b"\n"):  # pass over the rest of a monster
            line = lines.readline(LINE_BYTES_MAX + 1)


def _parsed(content: bytes) -> object:
    """The JSON value, or what is wrong with it."""
    try:
        return json.loads(content.decode(), parse_constant=_refuse)
    except UnicodeDecodeError:
        return BadMessage("broken_text", "", "UTF-8, UTF-16 or GB18030, and one of them throughout")
    except RecursionError:
        return BadMessage("nested_too_deep", "", "a few levels")
    except ValueError:
        return BadMessage("broken_json", "", "a JSON object")


def _refuse(constant: str) -> None:
    raise ValueError(constant)
