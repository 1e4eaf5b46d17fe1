"""Nobody answers, or nobody is called so: it is said, with the way on, and nobody waits for ever."""

import json
import os
import signal
import subprocess
import sys
import time

import click
import pytest

from pipeline.cli import commands
from pipeline.edge.client import UnknownName
from pipeline.moments import Moment
from tests.deploy.tools import command_of
from tests.docs.additions import ROOT
from tests.edge.played import Log
from tests.edge.test_commands import leaves

PROGRAM = (sys.executable, "-c", "from pipeline.cli import main; main()")
SIGN = ("act", "140109004-0000000000001", "sign", "--actor", "W0931", "--team", "city-appearance")


def environment_of(log: Log, **more: str) -> dict[str, str]:
    """What names the deployment, in which nobody works."""
    settings = log.settings
    ours = {"ENFORCEMENT_BROKERS": settings.brokers, "ENFORCEMENT_TOPIC_PREFIX": settings.topic_prefix}
    return {**os.environ, **ours, "LANG": "C.UTF-8", **more}


def ran(log: Log, *arguments: str, **more: str) -> "subprocess.CompletedProcess[bytes]":
    """A command as a process."""
    return subprocess.run(
        [*PROGRAM, *arguments], cwd=ROOT, env=environment_of(log, **more), capture_output=True, check=False
    )


def test_an_action_without_an_answer_says_how_to_send_it_again(log: Log):
    """Its id, and the whole line: with the same id it is never done twice."""
    told = ran(log, *SIGN, "--timeout", "1")
    lines = told.stderr.decode().splitlines()
    assert (told.returncode, told.stdout, len(lines)) == (75, b"", 2)
    assert lines[0].startswith("its id is ")
    action_id = lines[0].split()[3].rstrip(",")
    assert lines[0].endswith(f"--team city-appearance --timeout 1 --id {action_id}")
    assert lines[1].startswith("error[no_receipt]: ")


def test_a_program_gets_the_id_of_an_action_without_an_answer(log: Log):
    """One object, also where the id was its own."""
    told = ran(log, *SIGN, "--timeout", "1", "--json", "--id", "mine-1")
    [answer] = map(json.loads, told.stdout.splitlines())
    assert told.returncode == 75
    assert (answer["action_id"], answer["outcome"], answer["code"]) == ("mine-1", "unanswered", "no_receipt")
    assert answer["again"].count("--id") == 1


def test_an_action_that_is_interrupted_says_its_id(log: Log):
    """Ctrl-C while it waits."""
    with subprocess.Popen(
        [*PROGRAM, *SIGN, "--timeout", "600", "--json"],
        cwd=ROOT, env=environment_of(log), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as waiting:  # fmt: skip
        gives_up = time.monotonic() + 120
        while not log.read("actions.v1"):
            assert time.monotonic() < gives_up
        waiting.send_signal(signal.SIGINT)
        told, _ = waiting.communicate()
    assert waiting.returncode == 130
    assert json.loads(told)["code"] == "interrupted"


@pytest.mark.parametrize(
    ("words", "code", "near"),
    [
        (("--team", "city-apearance"), "unknown_team", "city-appearance"),
        (("--team", "市容"), "unknown_team", "city-appearance"),
        (("--team", "planing", "--follow"), "unknown_team", "planning"),
        (("--team", "planning", "--street", "140109040"), "unknown_street", "140109"),
    ],
    ids=["a slip", "in Chinese", "following", "street"],
)
def test_a_team_that_does_not_exist_is_an_error_with_the_nearest_names(
    log: Log, words: tuple[str, ...], code: str, near: str
):
    """Instead of nothing to do, or of waiting for ever."""
    told = ran(log, "assignments", *words)
    assert (told.returncode, told.stdout) == (2, b"")
    [line] = told.stderr.decode().splitlines()
    assert line.startswith(f"error[{code}]: ")
    assert near in line.split("nearest: ")[1]


def test_a_program_that_reads_for_a_team_that_does_not_exist_is_told(log: Log):
    """The Python client as well; a team that exists and has nothing to do is no error."""
    client = log.client()
    assert list(client.assignments("planning")) == []
    with pytest.raises(UnknownName, match="no team is called nobody"):
        next(client.assignments("nobody", follow=True))


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York", "UTC", "Pacific/Auckland"])
def test_a_day_is_shanghais_whatever_the_machines_zone(log: Log, zone: str):
    """`--since 2026-11-29` begins at its midnight there."""
    code = "import time; time.tzset(); from pipeline.moments import Moment; print(Moment().convert('2026-11-29', None, None))"
    told = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "TZ": zone},
        capture_output=True,
        check=True,
    )
    assert told.stdout.decode().strip() == "2026-11-28 16:00:00+00:00"
    assert ran(log, "assignments", "--team", "planning", "--since", "2026-11-29", TZ=zone).returncode == 0
    assert ran(log, "assignments", "--team", "planning", "--since", "29.11.2026", TZ=zone).returncode == 2


def test_every_command_reads_times_in_the_same_way():
    """One type for all options that take a time; a plain day of the calendar is no time."""

    def is_time(option: click.Parameter) -> bool:
        return isinstance(option.type, click.DateTime) and option.type.formats != ["%Y-%m-%d"]

    assert [
        (words, option.name)
        for words in leaves(commands)
        for option in command_of(words).params
        if is_time(option)
    ] == []
    since = {option.name: option.type for option in command_of(("assignments",)).params}["since"]
    assert isinstance(since, Moment)
