"""`rules/objectives.yaml`: goals and alerts are refused with file, line and field where they make no sense, and decide nothing."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.indicators.alert_tables import alert_name
from pipeline.indicators.objectives import Basis, load_objectives
from pipeline.rulebook import RULES_DIR, BadRules, load_rules
from pipeline.rulesdiff.rules_command import rules_group

FILE = "objectives.yaml"
# text there, text instead, field, what is wrong, what is allowed
EDITS = [
    ("  returned:", "  returnd:", "goals.returnd", "no such indicator", "returned"),
    ("{at_most: 18 percent, basis: practice}", "{at_most: 18, basis: practice}", "goals.returned.at_most", "is no text", "95 percent"),
    ("at_most: 18 percent", "at_most: 18 days", "goals.returned.at_most", "another unit", "percent"),
    ("at_most: 3 days", "at_most: 3 percent", "goals.joint_days.at_most", "another unit", "days"),
    ("was: 7 days", "was: 7 weeks", "goals.joint_days.was", "is not of this form", "hours"),
    ("at_least: 100 percent", "at_least: 101 percent", "goals.two_officers.at_least", "more than all", "100 percent"),
    ("at_most: 18 percent", "at_most: 18 percent, at_least: 1 percent", "goals.returned", "not one bound", "either"),
    ("{at_most: 18 percent, basis: practice}", "{basis: practice}", "goals.returned", "not one bound", "either"),
    ("basis: practice} # practice: up", "basis: hearsay} # practice: up", "goals.returned.basis", "is not one of these", "norm"),
    ("urgent: [P1, P2]", "urgent: [P1, P9]", "urgent.1", "is not one of these", "P1, P2"),
    ("urgent: [P1, P2]", "urgent: []", "urgent", "has too few items", "a list"),
    ("window_days: 28", "window_days: 0", "window_days", "is too small", "from 1"),
    ("runbooks: docs/runbooks", "runbooks: docs/runbooks/", "runbooks", "is not of this form", "no / at its end"),
    ("no_worker: {severity: critical", "no_worker: {severity: fatal", "alerts.no_worker.severity", "no such severity", "critical"),
    ("no_worker: {severity: critical, tell: operator", "no_worker: {severity: critical, tell: nobody",
     "alerts.no_worker.tell", "no such receiver", "operator"),
    ("    tell: duty_chief\n", "    tell: nobody\n", "alerts.handling_burn.tell", "no such receiver", "operator"),
    ("ended_min: 10, severity: critical", "ended_min: 10, severity: fatal", "alerts.handling_burn.burns.0.severity",
     "no such severity", "critical"),
    ("factor: 14.4", "factor: 20", "alerts.handling_burn.burns.0.factor", "can never be reached", "below 20"),
    ("short_minutes: 5,", "short_minutes: 60,", "alerts.handling_burn.burns.0.short_minutes", "not shorter", "below 60"),
    ("age_seconds_max: 60", "age_seconds_max: 0", "alerts.decisions_stale.age_seconds_max", "is too small", "from 1"),
    ("late_seconds_max: 30", "late_seconds_max: 90000", "alerts.timers_late.late_seconds_max", "is too large", "to 86399"),
    ("letters_per_hour_max: 20", "letters_max: 20", "alerts.dead_letters.letters_max", "unknown field", "letters_per_hour_max"),
    ("  loop_broken:", "  loop_brocken:", "alerts.loop_brocken", "unknown field", "loop_broken"),
    ("clocks: [accept, dispatch", "clocks: [accept, send", "alerts.nobody_took.clocks.1", "is not one of these", "dispatch"),
]  # fmt: skip


def edited(folder: Path, old: str, new: str) -> tuple[Path, int]:
    """A copy of the shipped rules with one edit in the objectives, and its line."""
    copy = Path(shutil.copytree(RULES_DIR, folder / "rules"))
    before, there, after = (copy / FILE).read_text().partition(old)
    assert there, "the row no longer fits the shipped objectives"
    (copy / FILE).write_text(before + new + after)
    return copy, before.count("\n") + 1


@pytest.mark.parametrize(("old", "new", "field", "wrong", "allowed"), EDITS)
def test_an_impossible_objective_is_refused_with_line_and_field(tmp_path, old, new, field, wrong, allowed):
    """Nobody learns from an alert that never comes."""
    folder, line = edited(tmp_path, old, new)
    with pytest.raises(BadRules) as caught:
        load_objectives(folder)
    [problems] = [problem for problem in caught.value.problems if problem.field == field]
    assert (problems.file, problems.line) == (str(folder / FILE), line)
    assert wrong in problems.wrong
    assert allowed in problems.allowed


def test_without_a_goal_there_is_nothing_to_burn(tmp_path):
    """The burn rates need what the goal of timely handling leaves."""
    folder, _ = edited(tmp_path, "  handled_on_time: {at_least", "  closed: {at_least")
    with pytest.raises(BadRules) as caught:
        load_objectives(folder)
    assert "no goal of handled_on_time" in {problem.wrong for problem in caught.value.problems}


def test_the_shipped_objectives_are_read_in_the_units_of_their_indicators():
    """A share is a part of 1; a joint case took seven days and shall take three."""
    goals = load_objectives().goals
    joint, handled = goals["joint_days"], goals["handled_on_time"]
    assert (joint.least, joint.bound, joint.was, joint.basis) == (False, 3, 7, Basis.PRACTICE)
    assert (handled.least, handled.bound, handled.slack) == (True, 0.95, 0.05)
    assert (joint.ended_min, handled.ended_min) == (10, 50)
    assert (handled.text, handled.text_zh, joint.text_zh) == ("95 percent", "95%", "3 天")


def test_objectives_are_no_part_of_the_rules(tmp_path):
    """Another goal is no other rule: the version stays, also where the file is not there at all."""
    version = load_rules().version
    folder, _ = edited(tmp_path, "at_most: 18 percent", "at_most: 12 percent")
    assert load_rules(folder).version == version
    (folder / FILE).unlink()
    assert load_rules(folder).version == version
    assert CliRunner().invoke(rules_group, ["check", str(folder)]).exit_code == 0


def test_the_check_of_the_rules_reads_the_objectives_too(tmp_path):
    """Whoever edits the folder asks one command."""
    folder, line = edited(tmp_path, "at_most: 18 percent", "at_most: 18 days")
    result = CliRunner().invoke(rules_group, ["check", str(folder)])
    assert result.exit_code == 65
    assert result.stderr.startswith(f"{folder}/{FILE}:{line}: goals.returned.at_most: another unit")


def test_an_alert_is_called_by_the_words_of_its_field():
    """So its runbook is found."""
    assert alert_name("nobody_took") == "NobodyTook"
