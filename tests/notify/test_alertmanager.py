"""A real Alertmanager with the committed routes, the real notifier, and services that play along: what fires reaches people."""

import json
import socket
import subprocess
import sys
from contextlib import contextmanager
from urllib.request import Request, urlopen

from tests.deploy.outage.alertmanager import alertmanager, committed_config, is_answered
from tests.deploy.tools import ROOT, tool
from tests.notify.fake_services import SECRETS, robots
from tests.stream.fleet.deployment import until

TELLING_S = 60
ANNOTATIONS = {
    "summary": "紧急案件超期\nlate",
    "description": "一件\none",
    "runbook_url": "docs/runbooks/UrgentOverdue.md",
}


@contextmanager
def notifier(folder, port, services):
    """The process, with a robot of each audience."""
    chief, operator = services.of("wecom"), services.of("feishu")
    environment = {
        "PATH": "",
        "ENFORCEMENT_NOTIFY_WECOM": f"duty_chief={chief}",
        "ENFORCEMENT_NOTIFY_DINGTALK": f"duty_chief={services.of('dingtalk')}",
        "ENFORCEMENT_NOTIFY_FEISHU": f"operator={operator}",
        "ENFORCEMENT_LOG_FORMAT": "json",
    }
    words = [sys.executable, "-c", "from pipeline.cli import main; main()", "notify", "--port", str(port)]
    with (folder / "notify.log").open("ab") as log:
        process = subprocess.Popen(words, cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        until(60, "it serves", lambda: is_answered(f"http://127.0.0.1:{port}/livez"))
        yield process
    finally:
        process.terminate()
        assert process.wait(60) in (143, -9)


def fire(address, receiver, team, *, ends=None):
    """What Prometheus posts."""
    labels = {"alertname": "UrgentOverdue", "severity": "critical", "receiver": receiver, "team": team}
    content = [{"labels": labels, "annotations": ANNOTATIONS, **({"endsAt": ends} if ends else {})}]
    request = Request(
        f"http://{address}/api/v2/alerts", json.dumps(content).encode(), {"Content-Type": "application/json"}
    )
    with urlopen(request, timeout=10):
        pass


def free_port():
    """One that nobody has."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_what_fires_reaches_its_audience_through_refusals_and_a_killed_notifier(tmp_path):
    """Each audience by its own channels; while one refuses, and after the notifier was killed, Alertmanager posts it again."""
    tool("prometheus-alertmanager")
    port, config = free_port(), committed_config()
    for receiver in config["receivers"]:
        for webhook in receiver["webhook_configs"]:
            webhook["url"] = webhook["url"].replace("notify:6068", f"127.0.0.1:{port}")
    with robots() as services, alertmanager(tmp_path / "alertmanager", config) as address:
        services.refusing["dingtalk"] = (130101, "send too fast")
        with notifier(tmp_path, port, services) as process:
            fire(address, "duty_chief", "ecology")
            until(TELLING_S, "the chief is told by one", lambda: services.texts("wecom"))
            until(TELLING_S, "the other has refused", lambda: services.calls >= 3)
            process.kill()
            process.wait(60)
        assert services.texts("dingtalk") == []
        fire(address, "operator", "night")
        services.refusing.clear()
        with notifier(tmp_path, port, services):
            until(TELLING_S, "the chief is told by both", lambda: services.texts("dingtalk"))
            until(TELLING_S, "the operator is told", lambda: services.texts("feishu"))
            assert "【紧急】紧急案件超期" in services.texts("dingtalk")[0]
            fire(address, "duty_chief", "ecology", ends="2026-01-01T00:00:00Z")
            until(TELLING_S, "that it is over", lambda: "【已恢复】" in services.texts("wecom")[-1])
            assert all("已恢复" not in text for text in services.texts("feishu"))
    log = (tmp_path / "notify.log").read_text()
    assert "has not taken it (refused): errcode 130101: send too fast" in log
    assert not any(secret in log for secret in SECRETS)
    assert all(json.loads(line)["message"] for line in log.splitlines())
