"""A terminal that lacks a character is no reason to fail: the work is done, and what is printed says it."""

import json
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from pipeline.words.any_terminal import ERRORS, SAME, speak_any_encoding
from tests.docs.additions import ROOT

PROGRAM = (sys.executable, "-c", "from pipeline.cli import main; main()")


def ran(
    arguments: tuple[str, ...], environment: Mapping[str, str], stdin: bytes = b""
) -> "subprocess.CompletedProcess[bytes]":
    """A command as a process."""
    return subprocess.run(
        [*PROGRAM, *arguments], cwd=ROOT, env=environment, input=stdin, capture_output=True, check=False
    )


@pytest.mark.broker
@pytest.mark.parametrize(
    ("encoding", "mark"), [("gbk", "√"), ("latin-1", "?"), ("ascii", ""), ("utf-8", "✓")]
)
def test_a_report_is_pushed_and_acted_on_whatever_the_terminal_can_print(
    worked: dict[str, str], encoding: str, mark: str
):
    """The receipt is printed with the nearest characters, and the exit code says what became of it."""
    environment = {**worked, "PYTHONIOENCODING": encoding, "LANG": "zh_CN"}
    report = {
        "order_no": f"TERMINAL-{encoding}",
        "accepted_at": datetime.now(UTC).isoformat(),
        "cat": "SR-001",
        "content": "占道卖水果",
        "addr": f"兴华街{2 * (sum(encoding.encode()) % 50) + 102}号",
        "region": "140109004",
        "callback": "none",
    }
    push = ("push", "-", "--source", "12345", "--timeout", "60")
    pushed = ran(push, environment, json.dumps(report).encode())
    assert pushed.returncode == 0, pushed.stderr
    assert f": {mark}" in pushed.stdout.decode(
        encoding, "ignore"
    )  # for ASCII, click prints UTF-8: nobody means ASCII
    [receipt] = map(
        json.loads, ran((*push, "--json"), environment, json.dumps(report).encode()).stdout.splitlines()
    )
    act = (
        "act",
        receipt["case_id"],
        "sign",
        "--actor",
        "W0931",
        "--team",
        "city-appearance",
        "--timeout",
        "60",
    )
    signed = ran(act, environment)
    assert signed.returncode == 0, signed.stderr
    assert signed.stdout.decode(encoding, "ignore").startswith(mark)
    assert ran(("case", receipt["case_id"]), environment).returncode == 0


def test_each_character_has_something_that_every_terminal_has():
    """In one step or several."""
    speak_any_encoding()
    assert (
        "".join(SAME).encode("ascii", ERRORS).decode().count("?") == 1
    )  # √, which only stands for ✓ where it is there
    assert "✓ ✗ …".encode("gbk", ERRORS) == "√ × …".encode("gbk")
    assert "≥ 3 天".encode("latin-1", ERRORS) == b">= 3 ?"
