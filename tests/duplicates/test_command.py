"""`enforcement duplicates` as people and programs see it."""

import json
from collections.abc import Sequence

import pytest
from click.testing import CliRunner

from pipeline.cli import commands

ROWS: list[dict[str, object]] = [
    {"id": "a", "text": "新民街86号老四川火锅把桌椅摆到人行道上", "reported_at": "2026-11-24 19:00"},
    {
        "id": "b",
        "content": "老四川火锅店外经营，占着人行道",
        "place": {"address": "新民街"},
        "time": "2026-11-24 19:30",
    },
    {"id": "c", "description": "新民街88号火锅店桌椅占道"},
    {"id": 4, "title": "垃圾", "text": "汾河公园北门垃圾成堆"},
]


def ran(*words: str, rows: Sequence[object] = ROWS, encoding: str = "utf-8") -> tuple[int, str, str]:
    """The exit code, and what is printed for these rows."""
    lines = "\n".join(row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows)
    result = CliRunner().invoke(commands, ["duplicates", "-", *words], input=lines.encode(encoding))
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_program_reads_the_groups_in_a_line(encoding):
    """Of two and more; whoever is alone is in none. Whatever the file is written in."""
    code, text, _ = ran("--json", encoding=encoding)
    assert code == 0
    assert [json.loads(line) for line in text.splitlines()] == [{"groups": [["a", "b"]]}]


def test_a_person_reads_the_groups_with_their_reasons_in_chinese():
    """And how many there are."""
    code, text, counts = ran("--lang", "zh")
    assert code == 0
    assert "同一件事，2件" in text
    assert "a 与 b: 同一道路 新民" in text
    assert "4件，其中2件归为1组" in counts


def test_what_is_likely_is_shown_and_in_no_group():
    """The same estate and matter, and nothing more."""
    rows = [
        {"id": 1, "text": "金色家园小区噪音扰民", "matter": "HB-006"},
        {"id": 2, "text": "金色家园广场舞声音太大", "matter": "HB-006"},
    ]
    assert json.loads(ran("--json", rows=rows)[1]) == {"groups": []}
    assert "a person should look" in ran("--lang", "en", rows=rows)[1]


def test_a_row_that_cannot_be_read_stops_no_other():
    """Each is told with its number and code, and the command ends with 1."""
    rows: list[object] = ['{"id": 1', '"text"', {"id": 3}, {"id": 4, "text": 7.5, "address": ["x"]}, *ROWS]
    code, text, told = ran("--json", "--lang", "en", rows=rows)
    assert code == 1
    assert json.loads(text) == {"groups": [["a", "b"]]}
    assert [line.split(":")[0] for line in told.splitlines()] == ["row 1", "row 2", "row 3", "row 4"]
    assert all(name in told for name in ("wrong_type", "field_missing"))


def test_a_time_or_a_point_that_cannot_be_read_is_left_out_and_said():
    """The rest of the row still counts."""
    rows = [ROWS[0] | {"reported_at": "soon", "lon": "x", "lat": 3}, ROWS[1]]
    code, text, told = ran("--json", "--lang", "en", rows=rows)
    assert (code, json.loads(text)) == (0, {"groups": [["a", "b"]]})
    assert "row 1: point cannot be read" in told
    assert "row 1: reported_at cannot be read" in told


def test_reports_of_the_contract_are_called_by_source_and_number():
    """And rows without any name by their number; a list inside an object is read as well."""
    report = {
        "source": "12345",
        "source_no": "R1",
        "matter": "SR-002",
        "reported_at": "2026-11-24T11:00:00Z",
        "place": {"address": "新民街86号"},
        "text": "老四川火锅占道",
    }
    rows: list[object] = [report, report | {"source_no": "R2"}]
    assert json.loads(ran("--json", rows=rows)[1]) == {"groups": [["12345/R1", "12345/R2"]]}
    unnamed = [{"text": row.get("text") or row["content"], "address": "新民街"} for row in ROWS[:2]]
    assert json.loads(ran("--json", rows=[json.dumps({"data": unnamed})])[1]) == {"groups": [[1, 2]]}


def test_an_empty_file_is_an_error_of_usage():
    """With its code."""
    code, _, told = ran("--json", rows=[])
    assert code == 2
    assert "error[empty]" in told
