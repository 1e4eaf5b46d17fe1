"""`enforcement push` of a file while nobody answers, while somebody presses Ctrl-C, and of a file of somebody else."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.edge.played import STREET, Log, accepting

ROOT = Path(__file__).parents[3]
COMMAND = (sys.executable, "-c", "from pipeline.cli import main; main()", "push")
ROWS = 300


def day(path: Path, rows: int = ROWS) -> Path:
    """A file of orders of 12345."""
    order = json.loads((ROOT / "examples/report-12345.json").read_text(encoding="utf-8"))
    lines = (json.dumps({**order, "order_no": f"D-{n}", "addr": f"兴华街{n}号"}) for n in range(rows))
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def started(log: Log, *arguments: str) -> subprocess.Popen[str]:
    """The command, against that deployment."""
    where = ("--brokers", log.settings.brokers, "--topic-prefix", log.settings.topic_prefix, "--lang", "en")
    return subprocess.Popen(
        [*COMMAND, *arguments, *where], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_a_file_that_no_worker_answers_ends_after_the_timeout_and_says_so(log: Log, tmp_path: Path):
    """One timeout for all rows: each is told as sent, the hint names the worker and how to ask later, and the code is 75."""
    began_s = time.monotonic()
    push = started(log, str(day(tmp_path / "day.jsonl")), "--source", "12345", "--timeout", "3")
    told, hint = push.communicate(timeout=100)
    assert push.returncode == 75
    assert time.monotonic() - began_s < 90  # 300 times the timeout would be 15 minutes
    rows = told.splitlines()
    assert [row.partition(":")[0] for row in rows] == [f"row {n + 1} D-{n}" for n in range(ROWS)]
    assert all(row.endswith("sent, not answered yet") for row in rows)
    assert f"{ROWS} not answered yet" in hint
    assert "enforcement worker" in hint
    assert "enforcement receipts" in hint
    assert len(log.read("reports.v1")) == ROWS


def test_interrupted_it_says_what_was_sent(log: Log, tmp_path: Path):
    """Ctrl-C while all waits: no waiting for the timeout, the code is 130."""
    push = started(log, str(day(tmp_path / "day.jsonl")), "--source", "12345", "--timeout", "3000")
    assert push.stderr is not None
    while not (line := push.stderr.readline()).startswith(f"… {ROWS} rows sent"):
        assert line, "it ended before all was sent"
    push.send_signal(signal.SIGINT)
    told, said = push.communicate(timeout=60)
    assert push.returncode == 130
    assert (
        f"stopped: sent up to row {ROWS}, {ROWS} of them not answered yet; nothing from row {ROWS + 1}"
        in said
    )
    assert "pushing again is safe" in said
    assert len(told.splitlines()) == ROWS


def test_rows_from_a_pipe_are_answered_while_it_is_open(log: Log):
    """Whoever pushes a growing file sees the answer to each row before the next one comes."""
    order = json.loads((ROOT / "examples/report-12345.json").read_text(encoding="utf-8"))
    where = ("--brokers", log.settings.brokers, "--topic-prefix", log.settings.topic_prefix, "--json")
    push = subprocess.Popen(
        [*COMMAND, "-", "--source", "12345", *where],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert push.stdin is not None
    assert push.stdout is not None
    with log.answering(accepting):
        for number in range(2):
            push.stdin.write(json.dumps({**order, "order_no": f"P-{number}"}) + "\n")
            push.stdin.flush()
            answer = json.loads(push.stdout.readline())
            assert (answer["source_no"], answer["outcome"]) == (f"P-{number}", "accepted")
        push.stdin.close()
        assert push.wait(60) == 0


def test_the_file_of_another_source_is_named_as_such_and_nothing_is_sent(log: Log):
    """One line with the option that would be right."""
    push = started(log, "examples/report-monitor.json", "--source", "12345")
    told, said = push.communicate(timeout=60)
    assert (push.returncode, told) == (2, "")
    assert said.splitlines()[-1].startswith("error[wrong_source]: FILE; allowed: --source monitor")
    assert log.read("reports.v1") == []


def test_a_report_of_the_contract_names_its_own_source(log: Log, tmp_path: Path):
    """The same for a file that needs no format of its own."""
    file = tmp_path / "one.json"
    file.write_text(json.dumps({"source": "monitor", "source_no": "M-1", "street": STREET}))
    push = started(log, str(file), "--source", "patrol")
    _, said = push.communicate(timeout=60)
    assert push.returncode == 2
    assert "--source monitor" in said


def test_a_file_is_known_by_its_fields_and_its_refused_rows_are_kept_to_be_mended(log: Log, tmp_path: Path):
    """Nobody says what it is; a wrong row stops no other, and stands with its error in a file that is pushed once it is mended."""
    header = "orderNum,callTime,address,majorContent,organizationName"
    file = tmp_path / "orders.csv"
    rows = [f"G{n},2026-11-24 09:0{n}:00,兴华街{n}号,占道,兴华街道" for n in range(3)]
    file.write_text(
        "\n".join([header, rows[0], rows[1].replace("2026-11-24", "昨天"), rows[2]]), encoding="gb18030"
    )
    push = started(log, str(file), "--timeout", "3", "--json")
    told, said = push.communicate(timeout=100)
    answers = {answer["row"]: answer for answer in map(json.loads, told.splitlines())}
    assert sorted(answers) == [1, 2, 3]
    assert (answers[2]["code"], answers[2]["field"]) == ("wrong_time", "callTime")
    assert len(log.read("reports.v1")) == 2
    refused = tmp_path / "orders.rejected.csv"
    assert str(refused) in said
    refused.write_text(
        refused.read_text(encoding="utf-8-sig").replace("昨天", "2026-11-24"), encoding="utf-8-sig"
    )
    with log.answering(accepting):
        again = started(log, str(refused), "--json", "--timeout", "60")
        told, _ = again.communicate(timeout=100)
    assert (again.returncode, json.loads(told)["source_no"]) == (0, "G1")


def test_what_was_interrupted_goes_on_when_the_same_file_is_pushed_again(log: Log, tmp_path: Path):
    """Every row is sent again under its own number: whoever answers knows it, and nothing is missing."""
    file = day(tmp_path / "day.jsonl", 20)
    push = started(log, str(file), "--timeout", "3000")
    assert push.stderr is not None
    while not (line := push.stderr.readline()).startswith("… 20 rows sent"):
        assert line, "it ended before all was sent"
    push.send_signal(signal.SIGINT)
    push.communicate(timeout=60)
    with log.answering(accepting):
        again = started(log, str(file), "--timeout", "60")
        told, _ = again.communicate(timeout=100)
    assert again.returncode == 0
    assert len(told.splitlines()) == 20
    numbers = [json.loads(record.value or b"{}")["source_no"] for record in log.read("reports.v1")]
    assert sorted(set(numbers)) == sorted(f"D-{n}" for n in range(20))


def test_an_order_that_its_sender_has_withdrawn_is_pushed_as_a_withdrawal(log: Log):
    """The pipeline ends its case, or says that there is none."""
    push = started(log, "examples/sources/12345-order.json", "--timeout", "3")
    push.communicate(timeout=100)
    marks = [json.loads(record.value or b"{}").get("mark") for record in log.read("reports.v1")]
    assert marks == [None, "urged", "withdrawn"]


def test_a_file_in_no_known_format_says_what_it_lacks(log: Log, tmp_path: Path):
    """The nearest format by name, and the field that is missing; nothing is sent."""
    file = tmp_path / "odd.json"
    file.write_text(json.dumps([{"callTime": "2026-11-24 09:00:00", "callerName": "张某"}]))
    push = started(log, str(file))
    told, said = push.communicate(timeout=60)
    assert (push.returncode, told) == (2, "")
    assert "error[format_unknown]: FILE; allowed: as 12345-order, it lacks orderNum" in said
