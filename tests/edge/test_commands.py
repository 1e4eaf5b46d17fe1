"""The command line without a broker: what it teaches, what it refuses, and how it says so."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import click
import pytest

from pipeline.cli import COMMANDS, commands
from pipeline.core.penalty.allowed_facts import FACTS
from pipeline.kafka_log.connection import connection_of
from pipeline.settings import Settings
from schemas.values.penalty_terms import MeasureStep
from schemas.values.terms import PenaltyStep

ROOT = Path(__file__).parents[2]
NOBODY = "127.0.0.1:1"
CASE = "140109004-0000000000001"
ACTOR = ("--actor", "W0931")


def enforcement(*arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run the command as a person would, in English."""
    return subprocess.run(
        [sys.executable, "-c", "from pipeline.cli import main; main()", *arguments],
        cwd=ROOT,
        env={"PATH": "", "LANG": "C.UTF-8", "ENFORCEMENT_BROKERS": NOBODY},
        input=stdin,
        capture_output=True,
        timeout=60,
        check=False,
    )


def leaves(group: click.Command, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Every command that does something, by its words."""
    if not isinstance(group, click.Group):
        return [path]
    context = click.Context(group)
    found = []
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        found += leaves(command, (*path, name))
    return found


def test_help_imports_no_part():
    """It is there at once: neither Faust nor a Kafka client nor the contracts are loaded."""
    heavy = "{'faust', 'kafka', 'confluent_kafka', 'pydantic', 'schemas', 'rich'}"
    code = f"import sys, pipeline.cli\ntry: pipeline.cli.main()\nfinally: print({heavy} & set(sys.modules))"
    began = time.monotonic()
    ran = subprocess.run([sys.executable, "-c", code, "--help"], cwd=ROOT, capture_output=True, check=True)
    assert time.monotonic() - began < 3
    assert ran.stdout.decode().endswith("set()\n")


def test_every_command_is_where_it_is_said_to_be():
    """The table of places has no dead entry, and every part can be asked for help."""
    found = leaves(commands)
    assert {path[0] for path in found} == set(COMMANDS)
    assert {("push",), ("act", "sign"), ("act", "call-back"), ("rules", "check")} <= set(found)


@pytest.mark.parametrize("name", ["push", "assignments", "act", "case", "why"])
def test_help_teaches_with_an_example(name: str):
    """A line that can be typed."""
    asked = enforcement(name, *([CASE] if name == "act" else []), "--help")
    assert asked.returncode == 0
    assert f"enforcement {name} " in asked.stdout.decode().split("Example", 1)[1]


@pytest.mark.parametrize(("name", "steps"), [("penalise", PenaltyStep), ("measure", MeasureStep)])
def test_the_help_of_a_lawful_action_says_which_facts_belong_to_which_step(name, steps):
    """All of them, and what those out of a list may be."""
    text = enforcement("act", CASE, name, "--help").stdout.decode()
    for step in steps:
        assert f"  {step.value}: {', '.join(FACTS[step]) or '-'}\n" in text
    assert ("business_closed" in text) is (name == "penalise")
    assert "disposal: returned, confiscated" in text if name == "measure" else "harm: none, slight" in text


USAGE = [
    (("nonsense",), "No such command 'nonsense'"),
    (("push", "examples/report-12345.json", "--source", "110"), "'110' is not one of"),
    (("push", "there-is-none.json", "--source", "12345"), "No such file or directory"),
    (("assignments",), "Missing option '--team'"),
    (("assignments", "--team", "x", "--since", "yesterday"), "is no time"),
    (("act", CASE, "sign"), "Missing option '--actor'"),
    (("act", CASE, "arrive", *ACTOR), "Missing option '--officer'"),
    (("act", CASE, "return", *ACTOR, "--reason", "no"), "'no' is not one of"),
    (("act", CASE, "verify", *ACTOR), "Missing option '--passed'"),
    (("act", CASE, "arrive", *ACTOR, "--officer", "1", "--point", "here"), "LON,LAT,CRS"),
    (("act", CASE, "dispose", *ACTOR, "--evidence", "README.md"), "1 files, 0 kinds"),
    (("act", CASE, "suspend", *ACTOR, "--reason", "weather"), "Missing option '--until'"),
    (("act", CASE, "suspend", *ACTOR, "--reason", "holiday", "--until", "x"), "'holiday' is not one of"),
    (("act", CASE, "extend", *ACTOR, "--reason", "complex"), "Missing option '--more'"),
    (("act", CASE, "decide", *ACTOR), "Missing option '--grant'"),
    (("act", CASE, "reach-stage", *ACTOR), "Missing option '--stage'"),
    (("act", CASE, "penalise", *ACTOR, "--step", "guessed"), "'guessed' is not one of"),
    (("act", CASE, "penalise", *ACTOR, "--step", "filed", "--facts", "README.md"), "not JSON"),
    (
        ("act", CASE, "penalise", *ACTOR, "--step", "filed", "--fact", "colour=red"),
        "colour: allowed: officers",
    ),
    (("act", CASE, "measure", *ACTOR, "--measure", "theft"), "'theft' is not one of"),
    (("case",), "Missing argument 'CASE'"),
    (("why",), "Missing argument 'CASE'"),
    (("why", CASE, "--at", "yesterday"), "yesterday is no time; allowed: as 2026-11-24T09:00+08:00"),
    (("push", "examples/report-12345.json", "--source", "12345", "--lang", "tlh"), "'tlh' is not one of"),
]


@pytest.mark.parametrize(("arguments", "said"), USAGE)
def test_wrong_usage_is_one_line_and_2(arguments: tuple[str, ...], said: str):
    """With the place of the help, and no traceback."""
    ran = enforcement(*arguments)
    lines = ran.stderr.decode().splitlines()
    assert (ran.returncode, ran.stdout, len(lines)) == (2, b"", 1)
    assert lines[0].startswith("error[usage]: ")
    assert said in lines[0]
    assert lines[0].endswith("--help")


SEIZURE = ("--measure", "seizure")
REFUSED = [
    (("act", "X", "sign", *ACTOR), "error[wrong_format]: case_id;"),
    (("act", CASE, "sign", "--actor", "王 五"), "error[wrong_format]: actor.id;"),
    (("act", CASE, "sign", *ACTOR, "--at", "now"), "error[wrong_time]: acted_at;"),
    (("act", CASE, "verify", *ACTOR, "--passed", "--note", "x" * 501), "error[too_long]: note;"),
    (
        ("act", CASE, "suspend", *ACTOR, "--reason", "weather", "--until", "soon"),
        "error[wrong_time]: until;",
    ),
    (
        ("act", CASE, "suspend", *ACTOR, "--reason", "weather", "--until", "2026-11-25T09:00:00"),
        "error[naive_time]: until;",
    ),
    (
        ("act", CASE, "extend", *ACTOR, "--reason", "complex", "--more", "2 weeks"),
        "error[wrong_format]: more;",
    ),
    (("act", CASE, "reach-stage", *ACTOR, "--stage", "Stop work"), "error[wrong_format]: stage;"),
    (
        ("act", CASE, "penalise", *ACTOR, "--step", "noticed", "--fact", "kinds=warning,detention"),
        "error[not_allowed]: facts.kinds.1;",
    ),
    (
        ("act", CASE, "penalise", *ACTOR, "--step", "decided", "--fact", "fine_yuan=a lot"),
        "error[wrong_type]: facts.fine_yuan;",
    ),
    (
        ("act", CASE, "penalise", *ACTOR, "--step", "decided", "--fact", f"fine_yuan={'9' * 5000}"),
        "error[wrong_type]: facts.fine_yuan;",
    ),
    (
        ("act", CASE, "measure", *ACTOR, *SEIZURE, "--step", "begun", "--fact", "officers=C1,王五"),
        "error[wrong_format]: facts.officers.1;",
    ),
    (
        ("act", CASE, "measure", *ACTOR, *SEIZURE, "--step", "testing", "--fact", "told_in_writing=maybe"),
        "error[wrong_type]: facts.told_in_writing;",
    ),
    (("push", "README.md", "--source", "12345"), "error[format_unknown]: FILE;"),
    (("push", "-", "--source", "12345"), "error[empty]: FILE;"),
]


@pytest.mark.parametrize(("arguments", "said"), REFUSED)
def test_what_the_contract_refuses_is_not_sent(arguments: tuple[str, ...], said: str):
    """It is said before a broker is even looked for."""
    ran = enforcement(*arguments)
    [line] = ran.stderr.decode().splitlines()
    assert (ran.returncode, ran.stdout) == (2, b"")
    assert line.startswith(said)
    assert line.endswith("nothing was sent")


def test_no_broker_is_one_line_and_69():
    """Whatever the command; with the address that was tried and how to start one."""
    asked = [
        ("push", "examples/report-12345.json", "--source", "12345"),
        ("assignments", "--team", "city-appearance"),
        ("act", CASE, "sign", *ACTOR),
        ("case", CASE),
        ("why", CASE),
    ]
    with ThreadPoolExecutor(len(asked)) as pool:  # each waits its seconds, so all at once
        for ran in pool.map(lambda arguments: enforcement(*arguments), asked):
            line = ran.stderr.decode().splitlines()[-1]
            assert (ran.returncode, ran.stdout) == (69, b"")
            assert line.startswith(f"error[broker_unavailable]: no answer from {NOBODY}")
            assert "enforcement broker up" in line


def test_why_with_wrong_rules_says_which():
    """The first place, and where to see them all; before a broker is looked for."""
    ran = enforcement("why", CASE, "--rules", "examples")
    [line] = ran.stderr.decode().splitlines()
    assert (ran.returncode, ran.stdout) == (2, b"")
    assert line.startswith("error[bad_rules]: the rules are wrong: ")
    assert line.endswith("enforcement rules check")


def test_a_wrong_setting_is_named():
    """By the variable that holds it."""
    ran = subprocess.run(
        [sys.executable, "-c", "from pipeline.cli import main; main()", "case", CASE],
        cwd=ROOT,
        env={"PATH": "", "LANG": "C.UTF-8", "ENFORCEMENT_TOPIC_PREFIX": "one two"},
        capture_output=True,
        check=False,
    )
    assert ran.returncode == 78
    assert ran.stderr.decode().startswith("error[wrong_setting]: ENFORCEMENT_TOPIC_PREFIX:")


def test_a_client_knows_the_deployment_as_the_settings_do(monkeypatch: pytest.MonkeyPatch):
    """It reads two variables itself, since reading all settings takes longer than sending an action."""
    for brokers, prefix in ((None, None), ("one:9092,two:9092", "district-7.")):
        for name, value in (("BROKERS", brokers), ("TOPIC_PREFIX", prefix)):
            if value is None:
                monkeypatch.delenv(f"ENFORCEMENT_{name}", raising=False)
            else:
                monkeypatch.setenv(f"ENFORCEMENT_{name}", value)
        monkeypatch.setenv("ENFORCEMENT_HOME", "/nowhere")
        connection, settings = connection_of(None, None), Settings()
        assert (connection.brokers, connection.topic_prefix) == (settings.brokers, settings.topic_prefix)


def test_an_action_needs_neither_the_worker_nor_the_auditor_nor_what_they_import():
    """What `act` imports decides how long a person waits for it."""
    heavy = "{'faust', 'kafka', 'rich', 'pydantic_settings', 'psutil', 'duckdb', 'yaml', 'filelock'}"
    code = (
        "import sys; from pipeline.edge.commands.act_command import action_command; from pipeline.edge.client import Client;"
        f"action_command('sign', 'en'); Client('127.0.0.1:1').close(); print(sorted({heavy} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True)
    assert ran.stdout.decode().strip() == "[]"


def test_messages_are_in_the_language_of_the_environment():
    """Chinese where LANG says so; the code stays."""
    ran = subprocess.run(
        [sys.executable, "-c", "from pipeline.cli import main; main()", "act", "X", "sign", *ACTOR],
        cwd=ROOT,
        env={"PATH": "", "LANG": "zh_CN.UTF-8"},
        capture_output=True,
        check=False,
    )
    assert ran.stderr.decode().startswith("error[wrong_format]: 格式不符 case_id: 应为：")
    assert ran.stderr.decode().endswith("未发送任何内容\n")
