"""`enforcement recognise` as people and programs see it."""

import json
from collections.abc import Sequence

from click.testing import CliRunner

from pipeline.cli import commands

TEXTS = [
    {"id": "a", "text": "路口那几个推车卖水果的把人行道占了"},
    {"id": "b", "title": "咨询", "text": "请问养狗证怎么办理，需要什么材料"},
    {"id": "c", "text": "井盖没了，灯也不亮"},
]


def ran(*words: str, texts: Sequence[object] = TEXTS) -> tuple[int, str]:
    """The exit code and what is printed for these rows."""
    lines = "\n".join(row if isinstance(row, str) else json.dumps(row) for row in texts)
    result = CliRunner().invoke(commands, ["recognise", "-", *words], input=lines)
    return result.exit_code, result.stdout


def test_a_program_reads_a_line_for_each_row():
    """The decision, its kind, the second best and the words it rests on."""
    code, text = ran("--json")
    rows = [json.loads(line) for line in text.splitlines()]
    assert code == 0
    assert [(row["id"], row["matter"], row["kind"]) for row in rows] == [
        ("a", "SR-001", "complaint"),
        ("b", "not_enforcement", "consult"),
        ("c", "ask", "complaint"),
    ]
    assert {rows[2]["best"], rows[2]["second"]} == {"SZ-002", "SZ-003"}
    assert all(row["second"] and row["why"] for row in rows)


def test_a_person_reads_what_it_is_and_why():
    """In Chinese the names are Chinese; who must be asked sees between which two."""
    code, text = ran("--lang", "zh")
    assert code == 0
    assert "占道经营、流动摊贩" in text
    assert "井盖" in text
    assert "两个事项接近" in text
    assert "two matters" not in text


def test_a_row_that_cannot_be_read_stops_no_other():
    """It is told with its number, and the command ends with 1."""
    code, text = ran("--json", texts=['{"id": 1', {"id": 2}, {"id": 3, "text": 7}, *TEXTS])
    rows = [json.loads(line) for line in text.splitlines()]
    assert code == 1
    assert [row["row"] for row in rows if "error" in row] == [1, 2, 3]
    assert [row["id"] for row in rows if "error" not in row] == ["a", "b", "c"]
