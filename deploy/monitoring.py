"""What Prometheus and Alertmanager read, made of `rules/objectives.yaml`: rules, scrape jobs, routes."""

from collections.abc import Iterator, Mapping
from typing import Final

import yaml

from deploy.alerts.alert import Alert
from deploy.alerts.pipeline_alerts import machine_alerts
from deploy.alerts.recording import burn_recordings, goal_recordings
from deploy.alerts.work_alerts import work_alerts
from pipeline.indicators.objectives import Objectives, load_objectives

FOLDER: Final = "deploy/prometheus"
WORKER_PORT: Final = 6066
AUDIT_PORT: Final = 6067
WORKERS: Final = ("worker-1", "worker-2")
SCRAPE_SECONDS: Final = 15

_HEAD: Final = "# Made by `python -m deploy.generate` from rules/objectives.yaml and {source}: do not edit.\n"
_LINE_MAX: Final = 10_000  # never broken: an expression is searched for as one line


def monitoring_files() -> Iterator[tuple[str, str]]:
    """The recording rules, the alerts, Prometheus' and Alertmanager's own files."""
    objectives = load_objectives()
    yield f"{FOLDER}/recording.yaml", _text("deploy/alerts/recording.py", recordings(objectives))
    yield f"{FOLDER}/alerts.yaml", _text("deploy/alerts/", alert_groups(objectives))
    yield f"{FOLDER}/prometheus.yaml", _text("deploy/monitoring.py", _prometheus())
    yield "deploy/alertmanager/alertmanager.yaml", _text("deploy/monitoring.py", _alertmanager(objectives))


def all_alerts(objectives: Objectives) -> tuple[Alert, ...]:
    """Every alert rule."""
    return (*work_alerts(objectives), *machine_alerts(objectives))


def recordings(objectives: Objectives) -> dict[str, object]:
    """Long windows change slowly and are dear: they are looked at every five minutes."""
    return {
        "groups": [
            {"name": "goals", "interval": "5m", "rules": [one.rule() for one in goal_recordings(objectives)]},
            {"name": "burn", "interval": "1m", "rules": [one.rule() for one in burn_recordings(objectives)]},
        ]
    }


def alert_groups(objectives: Objectives) -> dict[str, object]:
    """The alerts of managers, and those of whoever runs the pipeline."""
    runbooks = objectives.table.runbooks
    groups: Mapping[str, Iterator[Alert]] = {
        "work": work_alerts(objectives),
        "machine": machine_alerts(objectives),
    }
    return {
        "groups": [
            {"name": name, "rules": [one.rule(runbooks) for one in alerts]} for name, alerts in groups.items()
        ]
    }


def _prometheus() -> dict[str, object]:
    """Names as in deploy/compose.yaml."""
    interval = f"{SCRAPE_SECONDS}s"
    return {
        "global": {"scrape_interval": interval, "evaluation_interval": interval},
        "rule_files": ["recording.yaml", "alerts.yaml"],
        "alerting": {"alertmanagers": [_at("alertmanager:9093")]},
        "scrape_configs": [
            {"job_name": "worker", **_at(*(f"{name}:{WORKER_PORT}" for name in WORKERS))},
            {"job_name": "audit", **_at(f"audit:{AUDIT_PORT}")},
        ],
    }


def _at(*targets: str) -> dict[str, object]:
    return {"static_configs": [{"targets": list(targets)}]}


def _alertmanager(objectives: Objectives) -> dict[str, object]:
    """Routes by the label `receiver`; what follows from something worse is not told beside it."""
    table = objectives.table
    by_receiver = [
        {
            "receiver": name,
            "matchers": [f'receiver="{name}"'],
            "routes": [
                {"matchers": [f'severity="{severity}"'], "repeat_interval": f"{one.repeat_hours}h"}
                for severity, one in table.severities.items()
            ],
        }
        for name in table.receivers
    ]
    return {
        "route": {
            "receiver": next(iter(table.receivers)),
            "group_by": ["alertname"],
            "group_wait": "10s",
            "group_interval": "5m",
            "routes": by_receiver,
        },
        "inhibit_rules": [
            _inhibited(
                'alertname="NoWorker"', 'alertname=~"WorkerDown|DecisionsStale|LagHigh|PartitionsUnowned"'
            ),
            _inhibited(
                'alertname="HandlingBurn", severity="critical"',
                'alertname="HandlingBurn", severity="warning"',
            ),
        ],
        "receivers": [
            {"name": name} | ({"webhook_configs": [{"url": one.webhook}]} if one.webhook else {})
            for name, one in table.receivers.items()
        ],
    }


def _inhibited(source: str, target: str) -> dict[str, object]:
    """While `source` is told, `target` is not; both are matchers with ", " between them."""
    return {"source_matchers": source.split(", "), "target_matchers": target.split(", ")}


def _text(source: str, content: Mapping[str, object]) -> str:
    body = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=_LINE_MAX)
    return f"{_HEAD.format(source=source)}{body}"
