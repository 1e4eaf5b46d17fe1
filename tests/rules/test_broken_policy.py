"""Impossible service policies: each is refused at load with the file, the line and the field, and told what is allowed.

A row edits a copy of the shipped edition. The line that is to be named is that of the edit.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.rules.conftest import problems_of

SHIPPED = "2020-01-01.yaml"
UNITS = "work_minutes, work_hours, workdays, natural_minutes, natural_hours, natural_days"
LEVEL_1, LEVEL_3 = "{level: 1, percent: 80", "{level: 3, percent: 100, after: 4 work_hours"
# text there, text instead, field, what is wrong, what is allowed
EDITS = [
    # limits
    ("sign: 10 natural_minutes", "sign: 0 natural_minutes", "limits.P1.sign", "not of this form", "from 1 on"),
    ("accept: 10 natural_minutes", "accept: -10 natural_minutes", "limits.P1.accept", "not of this form", "from 1 on"),
    ("accept: 10 natural_minutes", "accept: 1.5 natural_hours", "limits.P1.accept", "not of this form", "from 1 on"),
    ("accept: 10 natural_minutes", "accept: 10", "limits.P1.accept", "10 is no text", UNITS),
    ("accept: 10 natural_minutes", "accept: 10 minutes", "limits.P1.accept", '"10 minutes" is not of this form', UNITS),
    ("accept: 10 natural_minutes", "accept: 1 workdays + 2 weeks", "limits.P1.accept", "not of this form", UNITS),
    ("accept: 10 natural_minutes", "accept: 1 workdays and 1 work_hours", "limits.P1.accept", "not of this form", "' + '"),
    ("accept: 10 natural_minutes, ", "", "limits.P1.accept", "is missing", UNITS),
    ("accept: 10 natural_minutes", "acept: 10 natural_minutes", "limits.P1.acept", "unknown field", "accept, dispatch"),
    ("  P4: {accept: 60", "  P5: {accept: 60", "limits.P5", "is not one of these", "P1, P2, P3, P4"),
    ("{dispose: 2 work_hours}", "{dispose: 0 work_hours}", "matters.SR-001.dispose", "not of this form", "from 1 on"),
    ("{dispose: 2 work_hours}", "{dispose: 251 workdays}", "matters.SR-001.dispose", "over a year", "250 workdays"),
    ("{dispose: 2 work_hours}", "{dispose: 8785 natural_hours}", "matters.SR-001.dispose", "over a year", "527040 natural_minutes"),
    ("{dispose: 2 work_hours}", "{dispose: 150 workdays + 150 workdays}", "matters.SR-001.dispose", "over a year", "at most"),
    ("{dispose: 2 work_hours}", "{dispose: 1 workdays + 1 workdays + 1 workdays + 1 workdays}", "matters.SR-001.dispose",
     "5 parts, those of beyond_dispose of P4 among them", "at most 4 in all"),
    ("{dispose: 2 work_hours}", "{}", "matters.SR-001.dispose", "is missing", UNITS),
    ("weather: 7 natural_days", "weather: 400 natural_days", "suspension.longest.weather", "over a year", "at most"),
    ("longest: 10 workdays", "longest: 300 workdays", "extension.longest", "over a year", "250 workdays"),
    # ladders
    (LEVEL_1, "{level: 1, percent: 120", "ladders.handling.rungs.1.percent", "120 is too large", "1 to 100"),
    (LEVEL_1, "{level: 1, percent: 0", "ladders.handling.rungs.1.percent", "0 is too small", "1 to 100"),
    (LEVEL_1, "{level: 1, percent: 40", "ladders.handling.rungs.1.percent", "40 after 50", "rising percents"),
    (LEVEL_1, "{level: 1, percent: 50", "ladders.handling.rungs.1.percent", "50 after 50", "rising percents"),
    (LEVEL_1, "{level: 0, percent: 80", "ladders.handling.rungs.1.level", "0 after 0", "rising levels"),
    (LEVEL_1, "{level: -1, percent: 80", "ladders.handling.rungs.1.level", "-1 is too small", "0 to 9"),
    (LEVEL_1, "{level: 1, percent: 80, after: 1 workdays", "ladders.handling.rungs.1.after", "at 80 percent", "percent: 100"),
    (LEVEL_3, "{level: 3, percent: 100", "ladders.handling.rungs.3.percent", "100 after 100", "`after`"),
    ("percent: 100, after: 1 workdays", "percent: 100, after: 2 work_hours", "ladders.handling.rungs.4.after",
     "2 work_hours after 4 work_hours", "rising times"),
    ("{level: 0, percent: 100, tell: [duty]", "{level: 0, percent: 99, tell: [duty]", "ladders.claim.rungs",
     "nobody is told of the breach", "percent: 100"),
    ("tell: [handler]}", "tell: []}", "ladders.handling.rungs.0.tell", "too few", "a list"),
    ("tell: [handler]}", "tell: [The Boss]}", "ladders.handling.rungs.0.tell.0", "not of this form", "a role or team"),
    ("paper: urge", "paper: letter", "ladders.handling.rungs.2.paper", "is not one of these", "urge, supervise, criticise"),
    ("at_once: [P1, P2]", "at_once: [P1, P9]", "ladders.handling.rungs.2.at_once.1", "is not one of these", "P1, P2"),
    ("every: 5 workdays", "every: 0 workdays", "ladders.handling.every", "not of this form", "from 1 on"),
    # how clocks are measured
    ("office, ladder: claim}", "office, ladder: clam}", "clocks.claim.ladder", "no such ladder: clam", "claim"),
    ("  callback: {measure", "  call_back: {measure", "clocks.call_back", "is not one of these", "callback"),
    ("hours: own, ladder", "hours: theirs, ladder", "clocks.sign.hours", "is not one of these", "office, own"),
    ("measure: cumulative", "measure: both", "clocks.dispose.measure", "is not one of these", "single, cumulative"),
    # caps
    ("    weather:", "    rain:", "suspension.longest.rain", "is not one of these", "weather"),
    ("times: 2", "times: -1", "suspension.times", "-1 is too small", "0 to 10"),
    ("  times: 1", "  times: 11", "extension.times", "11 is too large", "0 to 10"),
    # matters and their stages
    ("  SR-001: {", "  SR-099: {", "matters.SR-099", "no such matter", "matters.yaml"),
    ("  SR-001: {", "  sr1: {", "matters.sr1", "is not of this form", ""),
    ("  SR-002: {", "  SR-001: {", "matters.SR-001", "here twice", "each field once"),
    ("name: penalty_filed", "name: stop_work", "matters.WJ-001.stages.1.name", "stop_work is there twice", "each once"),
    ("limit: 7 workdays}", "limit: 7 weeks}", "matters.WJ-001.stages.1.limit", "not of this form", UNITS),
    ("effective: 2020-01-01", "effective: at once", "effective", "no date", "2026-01-31"),
]  # fmt: skip


def drop_line(path: Path, beginning: str) -> None:
    """The file without the line that begins so, and those that go on with it."""
    lines = path.read_text().splitlines()
    [first] = [number for number, line in enumerate(lines) if line.startswith(beginning)]
    rest = lines[first + 1 :]
    while rest and rest[0].startswith("       "):
        rest.pop(0)
    path.write_text("\n".join([*lines[:first], *rest]) + "\n")


@pytest.mark.parametrize(("old", "new", "field", "wrong", "allowed"), EDITS)
def test_an_impossible_policy_is_refused_with_line_and_field(folder, old, new, field, wrong, allowed):
    """Nobody finds out on the day of the deadline."""
    path = folder / "sla" / SHIPPED
    before, there, after = path.read_text().partition(old)
    assert there, "the row no longer fits the shipped edition"
    path.write_text(before + new + after)
    line = before.count("\n") + 1
    problems = [
        problem for problem in problems_of(folder) if problem.file == str(path) and problem.field == field
    ]
    assert problems, [str(problem) for problem in problems_of(folder)]
    if field != "ladders.claim.rungs":  # a fault of the whole ladder stands where the ladder does
        assert problems[0].line == line
    assert wrong in problems[0].wrong
    assert allowed in problems[0].allowed
    assert problems[0].allowed


@pytest.mark.parametrize("severity", ["P1", "P2", "P3", "P4"])
def test_a_severity_without_limits_is_named(folder, severity):
    """A case of it would have no clock."""
    path = folder / "sla" / SHIPPED
    drop_line(path, f"  {severity}:")
    [problems] = problems_of(folder)
    assert (problems.field, problems.wrong, problems.allowed) == (
        f"limits.{severity}",
        "is missing",
        "P1, P2, P3, P4",
    )
    assert path.read_text().splitlines()[problems.line - 1].startswith("limits:")


@pytest.mark.parametrize("kind", ["accept", "claim", "dispose", "stage", "whole"])
def test_a_kind_of_clock_without_a_rule_is_named(folder, kind):
    """Each is measured somehow."""
    drop_line(folder / "sla" / SHIPPED, f"  {kind}: {{measure")
    [problems] = problems_of(folder)
    assert (problems.field, problems.wrong) == (f"clocks.{kind}", "is missing")
    assert kind in problems.allowed


def test_a_matter_without_limits_is_named(folder):
    """A new matter needs its line in each edition."""
    drop_line(folder / "sla" / SHIPPED, "  JT-001:")
    [problems] = problems_of(folder)
    assert (problems.field, problems.wrong) == ("matters", "no limits for JT-001")
    assert problems.allowed == "every matter of matters.yaml"


def test_two_editions_of_one_day_are_refused(folder):
    """Which of them held would be chance."""
    shutil.copy(folder / "sla" / SHIPPED, folder / "sla" / "2027-01-01.yaml")
    [problems] = problems_of(folder)
    assert (Path(problems.file).name, problems.field) == ("2027-01-01.yaml", "effective")
    assert problems.wrong == f"2020-01-01 is also in {folder}/sla/{SHIPPED}"
    assert problems.allowed == "each day once"


def test_a_second_edition_is_checked_like_the_first(folder):
    """Also one that is not yet in force."""
    later = folder / "sla" / "2030-01-01.yaml"
    text = (folder / "sla" / SHIPPED).read_text().replace("effective: 2020", "effective: 2030")
    later.write_text(text.replace("percent: 80", "percent: 180", 1))
    [problems] = problems_of(folder)
    assert (problems.file, problems.field) == (str(later), "ladders.handling.rungs.1.percent")


@pytest.mark.parametrize("left", ["an empty folder", "none", "a file of another kind"])
def test_a_policy_without_any_edition_is_refused(folder, left):
    """There is at least one, or no case would have a deadline."""
    shutil.rmtree(folder / "sla")
    if left != "none":
        (folder / "sla").mkdir()
    if left == "a file of another kind":
        (folder / "sla" / "policy.txt").write_text("limits: {}")
    [problems] = problems_of(folder)
    assert str(problems) == f"{folder}/sla:1: file: no edition; allowed: at least one sla/<day>.yaml"


def test_a_worker_does_not_start_on_half_a_policy(folder):
    """It ends before it knows a broker, with what is wrong in its last words."""
    path = folder / "sla" / SHIPPED
    path.write_text(path.read_text().replace("percent: 80", "percent: 180", 1))
    environment = {
        **os.environ,
        "ENFORCEMENT_RULES_DIR": str(folder),
        "ENFORCEMENT_BROKERS": "127.0.0.1:1",  # nobody is there
        "ENFORCEMENT_DATA_DIR": str(folder.parent),
        "ENFORCEMENT_HTTP_PORT": "0",
    }
    command = [sys.executable, "-c", "from pipeline.cli import main; main()", "worker"]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode != 0
    assert "ladders.handling.rungs.1.percent: 180 is too large" in ended.stdout + ended.stderr
