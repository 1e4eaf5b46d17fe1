"""What became of it is asked by the number that the sender knows."""

import json
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from schemas.values.order_number import comparable
from tests.docs.additions import ROOT

PROGRAM = (sys.executable, "-c", "from pipeline.cli import main; main()")
NUMBER = "晋12345〔2026〕7号"
pytestmark = pytest.mark.broker


def ran(worked: dict[str, str], *arguments: str, stdin: bytes = b"") -> "subprocess.CompletedProcess[str]":
    """A command as a process, in English."""
    told = subprocess.run(
        [*PROGRAM, *arguments],
        cwd=ROOT,
        env={**worked, "LANG": "C.UTF-8"},
        input=stdin,
        capture_output=True,
        check=False,
    )
    return subprocess.CompletedProcess(told.args, told.returncode, told.stdout.decode(), told.stderr.decode())


def test_a_sender_asks_by_its_own_number(worked: dict[str, str]):
    """The receipt, the case and the account of its clocks; written otherwise, it is the same number."""
    number = "ASK-2026-7"
    report = {
        "order_no": number,
        "accepted_at": datetime.now(UTC).isoformat(),
        "cat": "SR-001",
        "content": "占道卖水果",
        "addr": "兴华街77号",
        "region": "140109004",
        "callback": "none",
    }
    pushed = ran(
        worked,
        "push",
        "-",
        "--source",
        "12345",
        "--timeout",
        "60",
        "--json",
        stdin=json.dumps(report).encode(),
    )
    case_id = json.loads(pushed.stdout)["case_id"]
    receipts = ran(worked, "receipts", number)
    [line] = receipts.stdout.splitlines()
    assert f"12345 {number}: ✓ accepted · {case_id}" in line
    [answer] = map(
        json.loads,
        ran(worked, "receipts", "ＡＳＫ-2026-7", "--source", "12345", "--json").stdout.splitlines(),
    )
    assert answer["case_id"] == case_id
    assert "no_receipt" in ran(worked, "receipts", "ask-2026-7").stderr  # another number, as for the pipeline
    assert ran(worked, "case", number).stdout.startswith(case_id)
    assert case_id in ran(worked, "why", number).stdout
    signed = (
        "act",
        case_id,
        "sign",
        "--actor",
        "W0931",
        "--team",
        "city-appearance",
        "--id",
        "ASK-SIGN",
        "--timeout",
        "60",
    )
    assert ran(worked, *signed).returncode == 0
    assert "W0931 ASK-SIGN: ✓ accepted" in ran(worked, "receipts", "ASK-SIGN").stdout


def test_a_number_that_nobody_pushed_is_told_so(worked: dict[str, str]):
    """With what else can be asked."""
    for command, code in (("receipts", "no_receipt"), ("case", "unknown_case"), ("why", "unknown_case")):
        told = ran(worked, command, "NOBODY-1")
        assert (told.returncode, told.stdout) == (1, "")
        assert told.stderr.startswith(f"error[{code}]: ")


def test_who_is_notified_is_listed_and_a_slip_is_told(worked: dict[str, str]):
    """The final answer stands under the hotline's own number; nobody waits for somebody who does not exist."""
    report = {
        "order_no": "ASK-VOID",
        "accepted_at": datetime.now(UTC).isoformat(),
        "cat": "SR-001",
        "content": "占道卖水果",
        "addr": "兴华街79号",
        "region": "140109004",
        "callback": "none",
    }
    pushed = ran(
        worked,
        "push",
        "-",
        "--source",
        "12345",
        "--timeout",
        "60",
        "--json",
        stdin=json.dumps(report).encode(),
    )
    case_id = json.loads(pushed.stdout)["case_id"]
    sent_back = (
        "act",
        case_id,
        "return",
        "--reason",
        "not_our_matter",
        "--actor",
        "W0931",
        "--team",
        "city-appearance",
        "--timeout",
        "60",
    )
    assert ran(worked, *sent_back).returncode == 0
    assert f"{case_id}  SR-001" in ran(worked, "notices", "--to", "duty").stdout
    assert f"{case_id}  SR-001" in ran(worked, "notices", "ＡＳＫ－ＶＯＩＤ").stdout
    assert "no_notices" in ran(worked, "notices", "NOBODY-1").stderr
    slip = ran(worked, "notices", "--to", "dutty")
    assert (slip.returncode, slip.stdout) == (1, "")
    assert "duty" in slip.stderr.split("notified so far: ")[1]


@pytest.mark.parametrize(
    "written", ["晋12345〔2026〕7号", "晋12345（2026）7 号", "晋12345[2026]7号", " 晋１２３４５【2026】7号"]
)
def test_one_number_is_written_in_many_ways(written: str):
    """Brackets, space and width are no difference; the digits are."""
    assert comparable(written) == comparable(NUMBER)
    assert comparable(written) != comparable("晋12345〔2026〕17号")
