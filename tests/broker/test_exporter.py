"""Kafka shows its own metrics where that is asked for: those that the runbooks ask for are there."""

import re
import socket
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest

from pipeline.broker import Broker, BrokerError
from tests.deploy.test_runbooks import PAGES
from tests.deploy.tools import ROOT

pytestmark = pytest.mark.broker


def free_port():
    """One that nobody has."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_a_broker_shows_its_own_metrics_and_keeps_doing_so_when_it_is_restarted(tmp_path):
    """Every name of Kafka's that a runbook asks for; where the port is taken the broker is not started."""
    port = free_port()
    broker = Broker.start(tmp_path, port=0, metrics_port=port)
    try:
        shown = urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10).read().decode()
        asked = {name for page in PAGES for name in re.findall(r"\bkafka_\w+", page.read_text("utf-8"))}
        assert asked
        assert asked <= set(re.findall(r"^kafka_\w+", shown, re.MULTILINE))
        assert "kafka_log_offlinedirectories 0.0" in shown
        assert Broker.find(tmp_path).metrics_port == port
        with pytest.raises(BrokerError, match="name another for the metrics"):
            Broker.start(tmp_path / "another", port=0, metrics_port=port)
    finally:
        broker.stop()


def test_the_agent_is_put_into_a_folder_for_a_broker_of_somebody_elses(tmp_path):
    """Its option is all that is on stdout, so that it can be given on."""
    done = subprocess.run(
        [sys.executable, "-c", "from pipeline.cli import main; main()", "broker", "exporter", str(tmp_path / "agent")],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    jar, port, names = re.fullmatch(r"-javaagent:(.*)=(\d+):(.*)\n", done.stdout).groups()
    assert Path(jar).read_bytes()[:2] == b"PK"
    assert "kafka.server" in Path(names).read_text()
    assert port == "9404"
