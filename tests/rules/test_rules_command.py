"""`enforcement rules`: what somebody who writes rules is told."""

import json
import shutil
from pathlib import Path

from click.testing import CliRunner

from pipeline.rulebook import RULES_DIR, load_rules
from pipeline.rulebook.archive import RuleFolders, archive_rules
from pipeline.rulesdiff.rules_command import rules_group


def run(*words):
    """The command with these words."""
    return CliRunner().invoke(rules_group, words)


def broken(folder: Path) -> Path:
    """Rules with one mistake."""
    copy = Path(shutil.copytree(RULES_DIR, folder / "rules"))
    path = copy / "hours.yaml"
    path.write_text(path.read_text().replace('"14:00-17:30"', '"11:00-17:30"'))
    return copy


def test_right_rules_are_said_to_be_right_with_their_version():
    """Without a folder it is the shipped one."""
    result = run("check")
    assert result.exit_code == 0
    assert load_rules().version in result.output
    assert json.loads(run("check", "--json").output)["problems"] == 0


def test_wrong_rules_end_with_65_and_a_line_for_each_problem(tmp_path):
    """As compilers do: file, line, field, what is wrong, what is allowed."""
    folder = broken(tmp_path)
    result = run("check", str(folder))
    assert result.exit_code == 65
    line = result.stderr.splitlines()[0]
    assert line == (
        f"{folder}/hours.yaml:7: hours.0.intervals.1: 11:00-17:30 overlaps what is before it; allowed: ascending hours"
    )


def test_the_folder_of_the_deployment_is_checked_where_none_is_named(tmp_path):
    """What is checked is what a worker with the same environment would load."""
    environment = {"ENFORCEMENT_RULES_DIR": str(broken(tmp_path))}
    assert CliRunner().invoke(rules_group, ["check"], env=environment).exit_code == 65
    assert CliRunner().invoke(rules_group, ["check", str(RULES_DIR)], env=environment).exit_code == 0


def test_wrong_rules_in_json_are_a_list_of_problems(tmp_path):
    """The same for programs."""
    result = run("check", str(broken(tmp_path)), "--json")
    assert result.exit_code == 65
    document = json.loads(result.stdout)
    assert document["problems"] == 1
    assert document["found"][0]["field"] == "hours.0.intervals.1"


def test_a_matter_is_shown_whole():
    """Chinese and English, limits, basis, evidence; codes may be typed in small letters."""
    result = run("show", "matter", "sr-001")
    assert result.exit_code == 0
    for word in (
        "占道经营、流动摊贩",
        "city-appearance",
        "2 work_hours (120 work_minutes)",
        "240 work_minutes",
        "limits in force from 2020-01-01",
        "《城市道路管理条例》第27、42条",
        "bodycam",
    ):
        assert word in result.output
    document = json.loads(run("show", "matter", "SR-001", "--json").output)
    assert (
        document["edition"],
        document["code"],
        document["dispose"],
        document["arrive"],
        document["verify"],
    ) == (
        "2020-01-01",
        "SR-001",
        "2 work_hours",
        "240 work_minutes",
        "1 workdays",
    )


def test_a_matter_that_is_not_there_is_answered_with_those_that_are():
    """A typing error is no stack trace."""
    result = run("show", "matter", "SR-999")
    assert result.exit_code == 2
    assert "no such matter: SR-999" in result.output
    assert "SR-016" in result.output


def test_a_matter_has_the_limits_of_the_edition_in_force_on_the_day(rewritten):
    """An edition that is announced does not hold before its day; and a matter's own limit comes before its severity's."""
    folder = rewritten()
    text = (folder / "sla" / "2020-01-01.yaml").read_text().replace("effective: 2020", "effective: 2031")
    text = text.replace(
        "SR-001: {dispose: 2 work_hours}", "SR-001: {dispose: 5 work_hours, arrive: 50 work_minutes}"
    )
    (folder / "sla" / "2031-01-01.yaml").write_text(text)
    for on, edition, dispose, arrive in (
        ("2030-12-31", "2020-01-01", "2 work_hours", "240 work_minutes"),
        ("2031-01-01", "2031-01-01", "5 work_hours", "50 work_minutes"),
    ):
        result = run("show", "matter", "SR-001", "--rules", str(folder), "--on", on, "--json")
        document = json.loads(result.output)
        assert (document["edition"], document["dispose"], document["arrive"]) == (edition, dispose, arrive)
    assert "2020-01-01, 2031-01-01" in run("check", str(folder)).output


def test_a_day_that_is_none_is_refused():
    """Wrong usage, as everywhere."""
    result = run("show", "matter", "SR-001", "--on", "tomorrow")
    assert result.exit_code == 2
    assert "2026" not in result.stdout


def test_archived_rules_stay_as_they_were_under_their_version(tmp_path):
    """Each version has a folder of its own; to archive it again changes nothing, and wrong rules are not archived."""
    archive, version = tmp_path / "archive", load_rules().version
    kept = run("archive", str(archive)).stdout.strip()
    assert kept == str(archive / version)
    changed = Path(shutil.copytree(RULES_DIR, tmp_path / "changed"))
    hours = changed / "hours.yaml"
    hours.write_text(hours.read_text().replace('"14:00-17:30"', '"14:00-17:00"'))
    told = json.loads(run("archive", str(archive), "--rules", str(changed), "--json").stdout)
    assert told == {"version": load_rules(changed).version, "folder": str(archive / told["version"])}
    assert run("archive", str(archive)).stdout.strip() == kept
    assert sorted(path.name for path in archive.iterdir()) == sorted((version, told["version"]))
    assert load_rules(archive / version).version == version
    assert run("archive", str(archive), "--rules", str(broken(tmp_path / "bad"))).exit_code == 65
    assert run("archive", str(changed / "hours.yaml" / "in-a-file")).exit_code == 1


def test_a_version_is_found_by_the_content_of_its_folder_not_by_its_name(tmp_path):
    """Somebody renamed or edited an archived folder: it holds that version no longer."""
    archive, version = tmp_path / "archive", load_rules().version
    kept = archive_rules(RULES_DIR, archive)
    assert RuleFolders([archive]).find(version) == kept
    kept.rename(archive / "2026.01-000000000000")
    assert RuleFolders([archive]).find("2026.01-000000000000") is None
    assert RuleFolders([archive]).find("..") is None
    assert RuleFolders([archive, RULES_DIR]).find(version) == RULES_DIR
