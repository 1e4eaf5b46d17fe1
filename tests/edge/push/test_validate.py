"""`enforcement validate`: a sender learns what push would answer, without a broker."""

import json
from pathlib import Path

from click.testing import CliRunner, Result

from pipeline.edge.push.validate_command import validate_command

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"
REPORT = {
    "source": "12345",
    "source_no": "V-1",
    "street": "140109004",
    "matter": "SR-001",
    "reported_at": "2026-11-30T08:00:00+08:00",
    "place": {"address": "兴华街1号"},
}


def validated(path: Path, *options: str) -> Result:
    return CliRunner().invoke(validate_command, [str(path), *options, "--at", "2026-11-30T09:00+08:00"])


def lines_of(path: Path, *reports: object) -> Path:
    path.write_text("\n".join(json.dumps(report, ensure_ascii=False) for report in reports), encoding="utf-8")
    return path


def answers(result: Result) -> list[dict[str, object]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_what_would_be_accepted_has_its_deadline_and_its_team(tmp_path: Path) -> None:
    """The receipt is the pipeline's own: the case's id, the team, and by when; the command ends with 0."""
    result = validated(EXAMPLES / "report-12345.json", "--json")
    assert result.exit_code == 0, result.output
    [answer] = answers(result)
    assert answer["outcome"] == "accepted"
    assert answer["team"] == "city-appearance"
    assert answer["due_at"]
    assert str(answer["case_id"]).startswith("140109004-")


def test_each_row_is_judged_by_what_came_before_it_and_a_bad_one_stops_no_other(tmp_path: Path) -> None:
    """The same thing twice is one case; a number again is its own receipt; what is wrong names code and field; a row that is no object too."""
    path = lines_of(
        tmp_path / "day.jsonl",
        REPORT,
        REPORT | {"source_no": "V-2"},
        REPORT,
        REPORT | {"source_no": "V-3", "place": {}},
        REPORT | {"source_no": "V-4", "matter": "XX-999"},
        REPORT | {"source_no": "V-5", "street": "999999999"},
        [1],
    )
    result = validated(path, "--json")
    assert result.exit_code == 1
    told = answers(result)
    assert [row["outcome"] for row in told[:3]] == ["accepted", "merged", "accepted"]
    assert told[0]["receipt_id"] == told[2]["receipt_id"]
    assert [(row["code"], row["field"]) for row in told[3:]] == [
        ("place_missing", "place"),
        ("unknown_matter", "matter"),
        ("unknown_street", "street"),
        ("wrong_type", ""),
    ]
    assert "7 rows: 2 accepted, 1 merged, 0 answered directly, 0 updates, 4 refused" in validated(path).stderr


def test_a_hotlines_own_file_is_judged_as_it_is() -> None:
    """The format is known by its fields, and what is refused is named by number, as push would name it."""
    result = validated(EXAMPLES / "sources" / "12319-record.jsonl")
    assert result.exit_code == 0, result.output
    assert "CG20261124000301: ✓" in result.stdout


def test_what_had_to_be_understood_is_counted_below_the_answers(tmp_path: Path) -> None:
    """Once for the file, with the number of rows: a column that nobody reads is named to people, not to programs alone."""
    whole = (EXAMPLES / "sources" / "12345-export.csv").read_text(encoding="utf-8-sig").splitlines()
    path = tmp_path / "export.csv"
    path.write_text(
        "\n".join([f"{whole[0]},内部标记甲", *(f"{row},有" for row in whole[1:])]), encoding="utf-8"
    )
    told = validated(path)
    below = told.stderr.partition("understood (rows):\n")[2]
    assert "      3  fields_unread: " in below
    assert "(内部标记甲)" in below
    assert "understood" not in validated(path, "--json").stderr
    one = validated(EXAMPLES / "sources" / "alarm-gb28181.xml").stderr
    assert one.startswith("understood (rows):\n      1  matter_unknown: ")


def test_the_law_of_another_day_is_asked_for_with_at(tmp_path: Path) -> None:
    """A report of the future is refused by the clock that `--at` says."""
    path = lines_of(tmp_path / "one.json", REPORT | {"reported_at": "2026-11-30T19:00:00+08:00"})
    [refused] = answers(validated(path, "--json"))
    assert refused["code"] == "occurred_in_future"
    late = CliRunner().invoke(validate_command, [str(path), "--json", "--at", "2026-11-30T19:00+08:00"])
    assert answers(late)[0]["outcome"] == "accepted"
