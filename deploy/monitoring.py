"""The files of Prometheus and Alertmanager, made from `rules/objectives.yaml`: rules, scrape jobs, routes."""

from collections.abc import Iterator, Mapping
from typing import Final

import yaml

from deploy.alerts.alert import Alert
from deploy.alerts.pipeline_alerts import machine_alerts
from deploy.alerts.recording import (
    burn_recordings,
    goal_recordings,
    name_recordings,
    stock_recordings,
)
from deploy.alerts.work_alerts import work_alerts
from pipeline.broker import exporter
from pipeline.indicators.objectives import Objectives, load_objectives

FOLDER: Final = "deploy/prometheus"
WORKER_PORT: Final = 6066
AUDIT_PORT: Final = 6067
NOTIFY_PORT: Final = 6068
WORKERS: Final = ("worker-1", "worker-2")
SCRAPE_SECONDS: Final = 15

_HEAD: Final = "# Made by `python -m deploy.generate` from rules/objectives.yaml and {source}: do not edit.\n"
_LINE_MAX: Final = 10_000  # no line break: people search for an expression as one line


def monitoring_files() -> Iterator[tuple[str, str]]:
    """The recording rules, the alerts, Prometheus' and Alertmanager's own files."""
    objectives = load_objectives()
    yield f"{FOLDER}/recording.yaml", _text("deploy/alerts/recording.py", recordings(objectives))
    yield f"{FOLDER}/alerts.yaml", _text("deploy/alerts/", alert_groups(objectives))
    yield f"{FOLDER}/prometheus.yaml", _text("deploy/monitoring.py", _prometheus())
    repeat = max(severity.repeat_hours for severity in objectives.table.severities.values())
    remembers = f"# Start Alertmanager with --data.retention above {repeat}h: what it has forgotten it tells again (its default is 120h).\n"
    routes = _text("deploy/monitoring.py", _alertmanager(objectives)).replace("\n", f"\n{remembers}", 1)
    yield "deploy/alertmanager/alertmanager.yaml", routes


def all_alerts(objectives: Objectives) -> tuple[Alert, ...]:
    """Every alert rule."""
    return (*work_alerts(objectives), *machine_alerts(objectives))


def recordings(objectives: Objectives) -> dict[str, object]:
    """Names and what stands at every evaluation; burn rates every minute; goals more seldom, since long windows change slowly and cost much.

    Prometheus takes a sample for 5 minutes. Goals recorded as seldom as that were missing while the next were being computed, and an
    alert on them began to wait anew each time.
    """
    return {
        "groups": [
            {"name": "names", "rules": [recording.rule() for recording in name_recordings()]},
            {"name": "stock", "rules": [recording.rule() for recording in stock_recordings()]},
            {
                "name": "goals",
                "interval": "3m",
                "rules": [recording.rule() for recording in goal_recordings(objectives)],
            },
            {
                "name": "burn",
                "interval": "1m",
                "rules": [recording.rule() for recording in burn_recordings(objectives)],
            },
        ]
    }


def alert_groups(objectives: Objectives) -> dict[str, object]:
    """The alerts for managers, and those for whoever runs the pipeline."""
    runbooks = objectives.table.runbooks
    groups: Mapping[str, Iterator[Alert]] = {
        "work": work_alerts(objectives),
        "machine": machine_alerts(objectives),
    }
    return {
        "groups": [
            {"name": name, "rules": [alert.rule(runbooks) for alert in alerts]}
            for name, alerts in groups.items()
        ]
    }


def _prometheus() -> dict[str, object]:
    """Prometheus' own file; hosts are named as in deploy/compose.yaml."""
    interval = f"{SCRAPE_SECONDS}s"
    return {
        "global": {"scrape_interval": interval, "evaluation_interval": interval},
        "rule_files": ["recording.yaml", "alerts.yaml"],
        "alerting": {"alertmanagers": [_at("alertmanager:9093")]},
        "scrape_configs": [
            {"job_name": "worker", **_at(*(f"{name}:{WORKER_PORT}" for name in WORKERS))},
            {"job_name": "audit", **_at(f"audit:{AUDIT_PORT}")},
            {"job_name": "notify", **_at(f"notify:{NOTIFY_PORT}")},
            {"job_name": "kafka", **_at(f"kafka:{exporter.PORT}")},
        ],
    }


def _at(*targets: str) -> dict[str, object]:
    return {"static_configs": [{"targets": list(targets)}]}


def _alertmanager(objectives: Objectives) -> dict[str, object]:
    """Routes by the label `receiver`; an alert that follows from a worse one is inhibited by it."""
    table = objectives.table
    by_receiver = [
        {
            "receiver": name,
            "matchers": [f'receiver="{name}"'],
            "routes": [
                {"matchers": [f'severity="{severity}"'], "repeat_interval": f"{settings.repeat_hours}h"}
                for severity, settings in table.severities.items()
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
                'alertname="NoWorker"',
                'alertname=~"WorkerDown|DecisionsStale|LagHigh|PartitionsUnowned|StockIncomplete"',
            ),
            _inhibited('alertname="PartitionsUnowned"', 'alertname="StockIncomplete"'),
            _inhibited(
                'alertname="HandlingBurn", severity="critical"',
                'alertname="HandlingBurn", severity="warning"',
            ),
        ],
        "receivers": [
            {"name": name} | ({"webhook_configs": [{"url": receiver.webhook}]} if receiver.webhook else {})
            for name, receiver in table.receivers.items()
        ],
    }


def _inhibited(source: str, target: str) -> dict[str, object]:
    """While `source` fires, `target` is silent; both are matchers separated by ", "."""
    return {"source_matchers": source.split(", "), "target_matchers": target.split(", ")}


def _text(source: str, content: Mapping[str, object]) -> str:
    body = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=_LINE_MAX)
    return f"{_HEAD.format(source=source)}{body}"
