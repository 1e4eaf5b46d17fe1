"""What `enforcement audit --watch` serves to Prometheus. Labels come from closed lists only."""

from collections.abc import Sequence
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, start_http_server

from pipeline.audit.checks.check_context import OTHER_CODE, OTHER_RULES
from pipeline.audit.findings import Findings, Invariant
from pipeline.audit.model.letter_account import STATES
from pipeline.metrics import made

REGISTRY: Final = CollectorRegistry()
_VIOLATIONS: Final = made(
    Gauge, "audit_violations", "Violations of the last run", "违反不变量", ("invariant",), registry=REGISTRY
)
_CHECKS: Final = made(
    Gauge, "audit_checks", "Checks of the last run", "审计检查数", ("invariant",), registry=REGISTRY
)
_RECORDS: Final = made(
    Gauge, "audit_records", "Records of the last run", "审计记录数", ("topic",), registry=REGISTRY
)
_LATE: Final = made(
    Gauge, "audit_timer_late_seconds", "How late timers fired", "触发迟到", ("quantile",), registry=REGISTRY
)
_NOT_CHECKED: Final = made(
    Gauge,
    "audit_not_checked_entries",
    "Entries that the last run could not check whole",
    "未能核查的台账",
    {"why": ("rules", "code")},
    registry=REGISTRY,
)
_LETTERS: Final = made(
    Gauge,
    "audit_dead_letters",
    "Contents of dead letters by what became of them",
    "死信处置",
    {"state": STATES},
    registry=REGISTRY,
)
_LAST_RUN: Final = made(
    Gauge, "audit_last_run_timestamp_seconds", "When the last run ended", "上次审计", registry=REGISTRY
)
_SECONDS: Final = made(Gauge, "audit_seconds", "How long the last run took", "审计用时", registry=REGISTRY)
_OTHER: Final = "other"
_CODES: Final = ("broker_unavailable", "not_authorized", "reader_stalled", "topic_missing", _OTHER)
"""Why a run could not read the log: the codes of the readers of `pipeline.kafka_log`."""
_FAILURES: Final = made(
    Counter,
    "audit_failures",
    "Runs that could not read the log",
    "审计未完成",
    {"code": _CODES},
    registry=REGISTRY,
)


def serve(host: str, port: int) -> str:
    """Serve the metrics, each failure that there may be at 0, so that the first is seen; their address."""
    for code in _CODES:
        _FAILURES.labels(code)
    server, _ = start_http_server(port, host, REGISTRY)
    return f"http://{host}:{server.server_address[1]}/metrics"


def export(findings: Findings, seconds: float) -> None:
    """Publishes the figures of a run that has ended."""
    for invariant in Invariant:
        _VIOLATIONS.labels(invariant.value).set(findings.violated[invariant])
        _CHECKS.labels(invariant.value).set(findings.checked[invariant])
    for why, reason in (("rules", OTHER_RULES), ("code", OTHER_CODE)):
        _NOT_CHECKED.labels(why).set(findings.not_checked[reason])
    for topic, count in findings.records.items():
        _RECORDS.labels(topic).set(count)
    for name, late_s in lateness(findings.late_s).items():
        _LATE.labels(name).set(late_s)
    letters = findings.letters.counts()
    for state in STATES:
        _LETTERS.labels(state).set(letters[state])
    _LAST_RUN.set_to_current_time()
    _SECONDS.set(seconds)


def failed(code: str) -> None:
    """A run ended without having read the log."""
    _FAILURES.labels(code if code in _CODES else _OTHER).inc()


def lateness(late_s: Sequence[int]) -> dict[str, int]:
    """Half, all but one in a hundred, and all timers fired at most so late."""
    if not late_s:
        return {}
    ordered = sorted(late_s)
    return {
        "p50": ordered[(len(ordered) - 1) // 2],
        "p99": ordered[(len(ordered) - 1) * 99 // 100],
        "max": ordered[-1],
    }
