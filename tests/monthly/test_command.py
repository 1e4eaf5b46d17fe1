"""`enforcement report`: what somebody is told who asks for one."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.monthly.counting import indicators_between
from pipeline.monthly.report_command import report_command
from pipeline.monthly.window import month_of
from schemas import topics
from schemas.wire import codecs
from tests.audit.good_story.good import good_story
from tests.audit.on_a_broker.test_day import enforcement
from tests.stream.conftest import Deploy


def run(*words: str):
    """The command with these words."""
    return CliRunner().invoke(report_command, words)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--month", "2026-13"), "wrong_month"),
        ((), "which_window"),
        (("--from", "2026-11-24T00:00"), "which_window"),
        (("--month", "2026-11", "--from", "2026-11-24T00:00", "--to", "2026-11-25T00:00"), "which_window"),
        (("--from", "2026-11-25T00:00", "--to", "2026-11-24T00:00"), "wrong_window"),
        (("--month", "2026-11", "--rules", "nowhere"), "bad_rules"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(words, code):
    """With a stable code, and exit 2."""
    done = run(*words)
    assert done.exit_code == 2
    assert done.stderr.startswith(f"error[{code}]: ")
    assert done.stderr.count("\n") == 1


def test_help_teaches():
    """An example, every file, and how it ends."""
    said = run("--help").output
    for words in ("--month 2026-11", "report.html", "cases.parquet", "17/18", "69 if no broker answers"):
        assert words in said, words


def test_without_a_broker_it_says_so():
    """Exit 69 and one line."""
    done = run("--month", "2026-11", "--brokers", "127.0.0.1:1")
    assert (done.exit_code, done.stderr.count("\n")) == (69, 1)
    assert done.stderr.startswith("error[broker_unavailable]")


@pytest.mark.broker
def test_from_a_real_journal(deploy: Deploy, tmp_path: Path) -> None:
    """The command counts what the journal of a broker holds; twice it writes the same bytes."""
    deployment = deploy(partitions=2)
    entries = [outcome.entry for outcome in good_story().outcomes]
    records = [(b"k", codecs.JOURNAL_ENTRY.encode(entry)) for entry in entries]
    deployment.write(topics.JOURNAL, records, 0)
    folders = tmp_path / "1", tmp_path / "2"
    first, second = (
        enforcement(deployment, "report", "--month", "2026-12", "--out", str(folder), "--json")
        for folder in folders
    )
    assert (first.returncode, first.stderr, first.stdout) == (0, "", second.stdout)
    made = [{file.name: file.read_bytes() for file in folder.iterdir()} for folder in folders]
    assert made[0] == made[1]
    wanted = indicators_between({0: entries}, *month_of("2026-12"))
    lines = [json.loads(line) for line in first.stdout.splitlines()]
    assert {one["key"]: one["value"] for one in lines} == {
        key: counted.value for key, counted in wanted.items()
    }
