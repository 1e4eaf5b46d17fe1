"""Files of records: which forms are read, and what is wrong with the others."""

import codecs
from collections.abc import Iterator
from io import BufferedReader, BytesIO

import pytest

from pipeline.edge.sources.json_files import LINE_BYTES_MAX, Row
from pipeline.edge.sources.json_files import rows as rows_in_utf_8
from pipeline.edge.sources.text_encoding import BadFile, InUtf8, read_some
from schemas.errors import BadMessage

WHOLE = [
    (b'{"a":1}', ["1"]),
    (b'{\n  "a": 1\n}\n', ["1"]),
    (b'\xef\xbb\xbf{"a":1}', ["1"]),
    (b'\n\n  {"a":1}\n\n{"a":2}\n', ["1", "2"]),
    (b'[{"a":1},{"a":2}]', ["1", "2"]),
    (b'[\n{"a":1},\n{"a":2}\n]\n', ["1", "2"]),
    (b"[]", []),
    ('{"a":1}\r\n{"a":2}\r\n'.encode("utf-16"), ["1", "2"]),
    (codecs.BOM_UTF16_BE + '[{"a":1},{"a":2}]'.encode("utf-16-be"), ["1", "2"]),
    ('{"a":1}\n{"a":2}'.encode("utf-16-le"), ["1", "2"]),
    (2 * '{"a":1}\n'.encode("utf-16"), ["1", "1"]),
    (b'\xef\xbb\xbf{"a":1}\n\xef\xbb\xbf{"a":2}', ["1", "2"]),
    (b'\xef\xbb\xbf{"a":1}\xef\xbb\xbf{"a":2}\n{"a":3}', ["1", "2", "3"]),
    ('{"a":"\ufeff1"}'.encode(), ["\ufeff1"]),
    (b'{"a":1}\r\n{"a":2}', ["1", "2"]),
    (b'{"a":1}\n{"a":\n{"a":3}', ["1", "broken_json", "3"]),
    (b'{"a"\n{"a":2}', ["broken_json", "2"]),
    (b'{"a":1}\n{"a":NaN}', ["1", "broken_json"]),
    ('{"a":"占道"}\n{"a":"经营"}\n'.encode("gb18030"), ["占道", "经营"]),
    ('{"a":"占道经营"}\n'.encode() + b'{"a":"\xff"}', ["占道经营", "broken_text"]),
    (b'{"a":1}\n' + b"[" * 200_000, ["1", "nested_too_deep"]),
    (b'{"a":1}\n{"x":"' + b"y" * LINE_BYTES_MAX + b'"}\n{"a":3}', ["1", "too_large", "3"]),
]


def rows(file: BytesIO) -> Iterator[Row]:
    """The rows of a file in whatever encoding."""
    return rows_in_utf_8(BufferedReader(InUtf8(read_some(file), file)))


def brief(record: object) -> str:
    """A record's number, or the code of what is wrong with it."""
    if isinstance(record, BadMessage):
        return record.code
    assert isinstance(record, dict)
    return str(record["a"])


@pytest.mark.parametrize(("content", "expected"), WHOLE)
def test_a_file_is_read_record_by_record(content: bytes, expected: list[str]):
    """One object, an array or lines; a bad line is said in its place and the others are read."""
    found = list(rows(BytesIO(content)))
    assert [brief(row.record) for row in found] == expected
    assert [row.number for row in found] == list(range(1, len(expected) + 1))


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b" \n\n", "empty"),
        (b'{"a":', "broken_json"),
        (b"order_no,phone\n1,2\n", "broken_json"),
        (b"[1,", "broken_json"),
        ("[{'a':1}]".encode("utf-16"), "broken_json"),
        (b'\xff\xfe{"a":1}', "broken_text"),
        ("工单".encode("gb18030"), "broken_json"),
        (b"[" * 200_000, "nested_too_deep"),
    ],
)
def test_a_file_that_is_nothing_of_the_kind_is_refused_as_a_whole(content: bytes, code: str):
    """Before anything of it is pushed."""
    with pytest.raises(BadFile) as caught:
        list(rows(BytesIO(content)))
    assert caught.value.code == code


def test_lines_come_as_they_are_there():
    """A pipe that goes on and on is not waited out."""

    class Pipe(BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise AssertionError("read to its end")

    stream = rows(Pipe(b'{"a":1}\n{"a":2}\n'))
    assert brief(next(stream).record) == "1"
