"""With ENFORCEMENT_LOG_FORMAT=json every line of a process that runs on and on is JSON, from the first to the last."""

import json
import os
import subprocess
import sys

import pytest

from tests.deploy.tools import ROOT
from tests.stream.fleet.deployment import until

OURS = [sys.executable, "-c", "from pipeline.cli import main; main()"]


def environment(**settings):
    """Of a process whose log is read by a program."""
    chosen = {f"ENFORCEMENT_{name}": value for name, value in settings.items()}
    return {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "ENFORCEMENT_LOG_FORMAT": "json", **chosen}


def test_the_auditor_logs_its_findings_as_json_and_prints_no_table(deploy, tmp_path):
    """The sums of each run are in a line, and nothing is on stdout."""
    settings = deploy().settings
    log, out = tmp_path / "audit.log", tmp_path / "audit.out"
    with log.open("wb") as stderr, out.open("wb") as stdout:
        auditor = subprocess.Popen(
            [*OURS, "audit", "--watch", "--every", "0.2", "--port", "0", "--no-replay"],
            cwd=ROOT,
            env=environment(
                BROKERS=settings.brokers, TOPIC_PREFIX=settings.topic_prefix, DATA_DIR=str(tmp_path)
            ),
            stdout=stdout,
            stderr=stderr,
        )
    try:
        until(60, "two runs", lambda: log.read_text().count('"audited"') > 1)
    finally:
        auditor.terminate()
        auditor.wait(60)
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert lines[0]["message"].startswith("metrics: http://")
    assert lines[1]["facts"]["clean"] is True
    assert out.read_text() == ""


@pytest.mark.parametrize("words", [("worker",), ("audit", "--watch", "--port", "0")], ids=" ".join)
@pytest.mark.parametrize("wrong", [{"PARTITIONS": "0"}, {"PARTITION": "4"}], ids=["a value", "a name"])
def test_the_last_line_of_a_process_that_could_not_start_is_json_too(words, wrong):
    """A wrong value, and a name that nothing reads."""
    done = subprocess.run(
        [*OURS, *words], cwd=ROOT, env=environment(**wrong), capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (78, "")
    [line] = done.stderr.splitlines()
    assert json.loads(line)["level"] == "critical"
    assert "ENFORCEMENT_PARTITION" in json.loads(line)["message"]
