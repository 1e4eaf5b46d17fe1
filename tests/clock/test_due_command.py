"""`enforcement clock due`: the vectors of the field, and what somebody is told who asks for the impossible."""

import json
import shutil
import subprocess
import sys

import pytest
from click.testing import CliRunner

from pipeline.clockcheck.clock_command import clock_group
from pipeline.core.worktime.office_hours import LAST_YEAR
from pipeline.rulebook import RULES_DIR, load_rules
from pipeline.settings import Settings

VECTORS = """
2026-02-13T16:30 --work-minutes 240 = 2026-02-14T11:30:00+08:00
2026-02-14T17:00 --work-minutes 60 = 2026-02-24T09:00:00+08:00
2026-11-24T11:40 --work-minutes 30 = 2026-11-24T14:10:00+08:00
2026-11-24T12:30 --work-minutes 120 = 2026-11-24T16:00:00+08:00
2026-11-27T17:20 --work-minutes 30 = 2026-11-30T08:50:00+08:00
2026-09-30T17:30 --work-minutes 30 = 2026-10-08T09:00:00+08:00
2026-10-10T09:00 --work-minutes 420 = 2026-10-12T09:00:00+08:00
2026-09-30T10:00 --workdays 3 = 2026-10-10T17:30:00+08:00
2026-02-14T10:00 --workdays 1 = 2026-02-24T17:30:00+08:00
2026-04-30T16:00 --workdays 5 = 2026-05-11T17:30:00+08:00
2026-11-28T10:00 --workdays 1 = 2026-11-30T17:30:00+08:00
2026-11-24T09:00 --work-minutes 240 --pause 2026-11-24T10:00+08:00/2026-11-25T09:30+08:00 = 2026-11-25T14:30:00+08:00
2026-11-24T09:00 --work-minutes 180 = 2026-11-24T12:00:00+08:00
2026-11-24T23:50 --natural-minutes 30 = 2026-11-25T00:20:00+08:00
2026-11-24T23:50 --natural-minutes 30 --pause 2026-11-24T23:55+08:00/2026-11-25T00:00+08:00 = 2026-11-25T00:25:00+08:00
2026-11-28T23:50 --work-minutes 30 --roster all_day = 2026-11-29T00:20:00+08:00
2026-11-24T09:00:00.5 --work-minutes 1 = 2026-11-24T09:01:00.500000+08:00
"""


def due(*words: str):
    """The command with these words."""
    return CliRunner().invoke(clock_group, ["due", *words])


def lines(table: str) -> list[list[str]]:
    """The start and the other words, and what is printed."""
    return [line.split(" = ") for line in table.strip().splitlines()]


@pytest.mark.parametrize(("words", "printed"), lines(VECTORS))
def test_the_vectors_of_the_field(words, printed):
    """Start and limit as typed, the due time with its offset."""
    start, *rest = words.split()
    result = due("--start", f"{start}+08:00", *rest)
    assert (result.exit_code, result.output) == (0, f"{printed}\n")


def test_a_case_that_ends_in_a_year_not_announced_does_not_crash(tmp_path):
    """By weekends alone, and it says so; no more when the year is announced."""
    words = ("--start", "2026-12-30T10:00+08:00", "--workdays", "3")
    rules = shutil.copytree(RULES_DIR, tmp_path / "rules")
    for year in (rules / "calendar").glob("20[2-9][7-9].yaml"):
        year.unlink()
    result = due(*words, "--rules", str(rules))
    assert (result.exit_code, result.output) == (0, "2027-01-04T17:30:00+08:00 provisional\n")
    announced = (rules / "calendar" / "2026.yaml").read_text().replace("2026", "2027")
    kept = announced[: announced.index("holidays:")]
    (rules / "calendar" / "2027.yaml").write_text(
        kept + "holidays:\n  - {name_zh: 元旦, name_en: New Year, first: 2027-01-01, last: 2027-01-03}\n"
        "make_up_workdays: []\n"
    )
    assert due(*words, "--rules", str(rules)).output == "2027-01-05T17:30:00+08:00\n"


def test_json_says_by_what_it_was_computed():
    """One line for programs."""
    pause = "2026-11-24T02:00Z/2026-11-25T09:30+08:00"
    result = due("--start", "2026-11-24T01:00Z", "--work-minutes", "240", "--pause", pause, "--json")
    assert json.loads(result.output) == {
        "due": "2026-11-25T14:30:00+08:00",
        "provisional": False,
        "start": "2026-11-24T09:00:00+08:00",
        "limit": "240 work_minutes",
        "pauses": [["2026-11-24T10:00:00+08:00", "2026-11-25T09:30:00+08:00"]],
        "roster": None,
        "rules": load_rules(Settings().rules_dir).version,
    }


def test_pauses_may_come_in_any_order():
    """They are put in the order of time; that one ends where the next begins is no overlap."""
    first = "2026-11-24T10:00+08:00/2026-11-24T11:00+08:00"
    second = "2026-11-24T11:00+08:00/2026-11-24T14:30+08:00"
    common = ("--start", "2026-11-24T09:00+08:00", "--work-minutes", "60")
    assert due(*common, "--pause", first).output == "2026-11-24T10:00:00+08:00\n"
    common = ("--start", "2026-11-24T09:00+08:00", "--work-minutes", "120")
    ways = {due(*common, "--pause", a, "--pause", b).output for a, b in ((first, second), (second, first))}
    assert ways == {"2026-11-24T15:30:00+08:00\n"}


BAD = f"""
2026-11-24T09:00 --workdays 1 = 2026-11-24T09:00 has no offset
tomorrow --workdays 1 = tomorrow is no time
2026-11-24T09:00Z = no limit given
2026-11-24T09:00Z --workdays 1 --work-minutes 1 = 2 limits given
2026-11-24T09:00Z --workdays 0 = 0 is not in the range
2026-11-24T09:00Z --work-minutes -5 = -5 is not in the range
2026-11-24T09:00Z --natural-minutes 1.5 = '1.5' is not a valid integer range
2026-11-24T09:00Z --workdays 99999 = 99999 is not in the range
2026-11-24T09:00Z --workdays 1 --pause 2026-11-24T10:00Z/2026-11-24T09:30Z = does not end after it begins
2026-11-24T09:00Z --workdays 1 --pause 2026-11-24T10:00Z/2026-11-24T10:00Z = does not end after it begins
2026-11-24T09:00Z --workdays 1 --pause 2026-11-24T08:59Z/2026-11-24T10:00Z = begins before the start
2026-11-24T09:00Z --workdays 1 --pause 2026-11-24T10:00Z = is no pause
2026-11-24T09:00Z --workdays 1 --pause 2026-11-24T10:00/2026-11-24T11:00Z = has no offset
2026-11-24T09:00Z --workdays 1 --pause 2026-11-24T10:00Z/2026-11-24T12:00Z --pause 2026-11-24T11:00Z/2026-11-24T13:00Z = overlap
2019-12-31T15:59Z --workdays 1 = from 2020 to
2019-12-31T15:59Z --natural-minutes 1 = from 2020 to
{LAST_YEAR}-12-31T15:59Z --workdays 1 = to {LAST_YEAR} only
{LAST_YEAR}-12-31T16:00Z --workdays 1 = to {LAST_YEAR} only
2026-11-24T09:00Z --workdays 1 --pause 2026-11-24T10:00Z/{LAST_YEAR + 1}-01-01T00:00Z = to {LAST_YEAR} only
9999-12-31T23:59-08:00 --workdays 1 = is no time
2026-11-24T09:00Z --workdays 1 --roster night = no such roster: night; allowed: all_day
2026-11-24T09:00Z --workdays 1 --rules nowhere = nowhere is wrong
"""


@pytest.mark.parametrize(("words", "told"), lines(BAD))
def test_bad_input_ends_with_2_and_says_why(words, told):
    """Nothing is printed that could be taken for a deadline."""
    start, *rest = words.split()
    result = due("--start", start, *rest)
    assert (result.exit_code, result.stdout) == (2, "")
    assert told in result.stderr


def test_bad_input_is_one_line_with_where_to_read_on():
    """As all commands tell it."""
    ended = subprocess.run(
        [sys.executable, "-c", "from pipeline.cli import main; main()", "clock", "due", "--start", "2026-11-24"],
        cwd=RULES_DIR.parent, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 2
    assert ended.stderr.startswith("error[usage]: ")
    assert ended.stderr.endswith(" — see: enforcement clock due --help\n")
    assert ended.stderr.count("\n") == 1


def test_help_teaches_with_an_example():
    """Both commands."""
    for words in (["due", "--help"], ["verify", "--help"]):
        assert "Example:" in CliRunner().invoke(clock_group, words).output
