"""A setting is right, or it is one line and exit code 78; a secret is never shown."""

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from pipeline.cli import commands
from pipeline.other_variables import OTHER_VARIABLES
from pipeline.setting_names import FEW, UnknownSetting, unknown_settings
from pipeline.settings import Settings
from tests.deploy.tools import ROOT

SECRET = "a-secret-of-more-than-thirty-two-bytes"


def ran(*words, **environment):
    """What a command says with these settings."""
    settings = {f"ENFORCEMENT_{name}": value for name, value in environment.items()}
    return CliRunner().invoke(commands, list(words), env={"LC_ALL": "C.UTF-8", **settings})


def test_show_says_every_setting_where_it_comes_from_and_no_secret():
    """As JSON and as a table; each variable of the page is there."""
    result = ran("config", "show", "--json", CALLER_KEY=SECRET, PARTITIONS="7")
    rows = {row["variable"]: row for row in map(json.loads, result.stdout.splitlines())}
    assert {f"ENFORCEMENT_{name.upper()}" for name in Settings.model_fields} <= set(rows)
    assert (rows["ENFORCEMENT_PARTITIONS"]["value"], rows["ENFORCEMENT_PARTITIONS"]["from"]) == (
        "7",
        "environment",
    )
    assert rows["ENFORCEMENT_STALL_S"]["from"] == "default"
    assert rows["ENFORCEMENT_CALLER_KEY"]["value"] == "***"
    assert SECRET not in result.stdout + ran("config", "show", CALLER_KEY=SECRET).stdout


def test_check_lists_all_that_is_wrong_and_ends_with_78():
    """Unknown names with the nearest, values, the key, the folder: a line each, none with the value of a secret."""
    result = ran("config", "check", HTPP_PORT="1", PARTITIONS="0", TICK_S="x")
    assert result.exit_code == 78
    unknown, partitions, tick = result.stderr.splitlines()
    assert unknown.startswith(
        "error[unknown_setting]: ENFORCEMENT_HTPP_PORT is no setting; nearest: ENFORCEMENT_HTTP_PORT"
    )
    assert partitions.startswith("error[wrong_setting]: ENFORCEMENT_PARTITIONS: ")
    assert tick.startswith("error[wrong_setting]: ENFORCEMENT_TICK_S: ")
    folder, key = ran("config", "check", RULES_DIR="/nowhere", CALLER_KEY="short").stderr.splitlines()
    assert folder.startswith("error[wrong_setting]: ENFORCEMENT_RULES_DIR: there is no folder /nowhere")
    assert key.startswith("error[wrong_setting]: ENFORCEMENT_CALLER_KEY: a key of at least 32 bytes")
    assert "short" not in key


def test_check_ends_with_0_where_all_is_right():
    """And says how many are set."""
    result = ran("config", "check", PARTITIONS="7")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("the settings are right; ")


@pytest.mark.parametrize(
    "words", [("lag",), ("topics", "check"), ("rules", "check"), ("worker",)], ids=" ".join
)
def test_an_unknown_variable_is_refused_by_every_command_with_the_nearest_name(words):
    """Before anything is done; the help is shown all the same."""
    result = ran(*words, PARTITION="4")
    assert result.exit_code == 78
    [line] = result.stderr.splitlines()
    assert line.startswith(
        "error[unknown_setting]: ENFORCEMENT_PARTITION is no setting; nearest: ENFORCEMENT_PARTITIONS"
    )


@pytest.mark.parametrize(
    "words", [("worker",), ("topics", "check"), ("audit", "--once"), ("lag",)], ids=" ".join
)
def test_a_wrong_value_is_one_line_and_78_in_every_process(words):
    """Without a traceback, and several values at once in the same line."""
    done = subprocess.run(
        [sys.executable, "-c", "from pipeline.cli import main; main()", *words],
        cwd=ROOT, env={"PATH": "", "LANG": "C.UTF-8", "ENFORCEMENT_TOPIC_PREFIX": "a b", "ENFORCEMENT_PARTITIONS": "0"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (78, "")
    [line] = done.stderr.splitlines()
    assert line.startswith("error[wrong_setting]: ENFORCEMENT_TOPIC_PREFIX: ")


def test_what_kubernetes_sets_for_a_service_is_passed_over():
    """A link is known by its value: a port that is misspelt is still found."""
    linked = {
        "ENFORCEMENT_SERVICE_HOST": "10.0.0.1",
        "ENFORCEMENT_AUDIT_SERVICE_PORT_METRICS": "6067",
        "ENFORCEMENT_PORT": "tcp://10.0.0.1:6066",
        "ENFORCEMENT_PORT_6066_TCP_ADDR": "10.0.0.1",
    }
    assert unknown_settings(linked) == []
    assert unknown_settings({"ENFORCEMENT_HTPP_PORT": "6066"})[0].nearest[0] == "ENFORCEMENT_HTTP_PORT"


def test_a_variable_like_nothing_is_named_without_a_guess():
    """No nearest name is better than a wrong one."""
    assert unknown_settings({"ENFORCEMENT_XYZZY": "1"}) == [UnknownSetting("ENFORCEMENT_XYZZY", ())]


def test_the_few_names_that_are_known_without_loading_all_are_names():
    """Else one of them would never be refused."""
    known = {f"ENFORCEMENT_{name.upper()}" for name in Settings.model_fields} | {
        one.name for one in OTHER_VARIABLES
    }
    assert known >= FEW
