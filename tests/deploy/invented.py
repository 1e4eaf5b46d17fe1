"""An invented fortnight as OpenMetrics: every series of the contract moves, so that no panel has a reason to be empty.

The numbers mean nothing beyond their sizes. `python -m tests.deploy.invented FILE` writes it for promtool.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import product
from math import exp, inf, log, pi, sin
from pathlib import Path
from random import Random
from typing import Final, NamedTuple

from deploy.value_words import NAMES, NONE
from pipeline.audit.findings import Invariant
from pipeline.core.rules.refusals import MEANINGS
from pipeline.metrics import CASE_DUE, CATALOGUE, STEP_DUE, DescribedMetric
from pipeline.notify.channel import ChannelKind, SendResult
from schemas.codes import CODES
from schemas.values.text import category_of

START: Final = datetime(2026, 11, 2, tzinfo=UTC)
END: Final = START + timedelta(days=14)
_HOUR: Final = 3600
_CASES: Final = 12
"""So many are named; a third of them is overdue."""
_TEAMS: Final = (*tuple(NAMES["team"])[:8], NONE)
_VALUES: Final[dict[str, Sequence[str]]] = {
    "source": tuple(NAMES["source"]),
    "category": tuple(NAMES["category"]),
    "severity": ("P1", "P2", "P3", "P4"),
    "street": ("140109004", "140109015"),
    "team": _TEAMS,
    "clock": tuple(NAMES["clock"]),
    "stage": (
        "dispatch_pending",
        "dispatched",
        "signed",
        "in_progress",
        "awaiting_verification",
        "awaiting_callback",
    ),
    "hours": ("office", "natural"),
    "of": ("report", "action"),
    "kind": tuple(NAMES["kind"]),
    "level": ("0", "1", "2", "3", "4"),
    "department": tuple(NAMES["department"])[:6],
    "step": tuple(NAMES["step"]),
    "kept": ("yes", "no"),
    "solved": ("yes", "no"),
    "satisfied": ("yes", "no"),
    "first": ("yes", "no"),
    "final": ("yes", "no"),
    "bodycam": ("yes", "no"),
    "two_officers": ("yes", "no"),
    "grid": tuple(
        f"140109004{community:03}{serial:03}" for community in range(1, 10) for serial in range(1, 4)
    ),
    "topic": ("reports.v1", "actions.v1"),
    "partition": ("0", "1", "2"),
    "state": tuple(NAMES["state"]),
    "device_kind": tuple(NAMES["device_kind"]),
    "version": ("2026.11+0123456789ab",),
    "quantile": ("p50", "p99", "max"),
    "invariant": tuple(invariant.value for invariant in Invariant),
    "end": ("committed", "aborted"),
    "why": ("rules", "code"),
    "broker": ("1",),
    "folder": ("/var/lib/kafka",),
    "channel": tuple(kind.value for kind in ChannelKind),
    "result": tuple(result.value for result in SendResult),
}
_NAMED: Final[dict[str, Sequence[str]]] = {
    "reports outcome": ("opened", "merged", "updated", "urged", "repeated", "refused"),
    "cases_closed outcome": (
        "resolved",
        "unreached",
        "unsatisfied",
        "transferred",
        "self_disposed",
        "unreasonable",
    ),
    "records outcome": ("accepted", "answered", "merged", "updated", "refused", "dead_letter", "forwarded"),
    "refusals code": tuple(MEANINGS)[2:20],
    "dead_letters code": tuple(CODES)[:5],
    "audit_failures code": ("broker_unavailable",),
    "returns reason": ("not_our_matter", "not_our_area", "not_enough_facts", "beyond_powers"),
    "first_returns reason": ("not_our_matter", "not_our_area", "not_enough_facts", "beyond_powers"),
    "suspensions reason": ("weather", "appraisal", "hearing"),
    "suspended_cases reason": ("weather", "appraisal", "hearing"),
    "supervised_cases reason": ("overdue", "unsolved"),
    "duty_devices state": ("in", "out", "charging", "broken"),
    "ordered_cases state": ("running", "to_inspect", "disobeyed"),
    "producers_retired reason": ("broken_connection", "slow_commit"),
    "overdue_cases clock": ("dispose", "whole"),
    "timers_fired kind": ("warning", "breach", "escalation", "overdue", "claim_lapsed"),
    "notices kind": ("warning", "breach", "escalation", "interim_answer", "final_answer"),
}
_RARE: Final = {"fencings": 0.02, "rebalances": 0.05, "producers_retired": 0.01, "audit_failures": 0.004,
                "dead_letters": 0.1, "refusals": 0.08, "notices": 0.5, "transactions": 900, "records": 200, "outputs": 400,
                "journal_entries": 300, "dispatches": 1.6, "disposals": 5, "returns": 0.02, "first_returns": 0.02, "extensions": 0.02,
                "suspensions": 0.04, "handlings_lifted": 0.005, "unsolved_lifted": 0.005, "unsatisfied_lifted": 0.005, "returns_lifted": 0.001, "contacts_lifted": 0.002, "reworks": 0.004, "reopens": 0.02, "clocks_ended": 1, "self_disposed": 0.06, "relapses": 0.05}  # fmt: skip
_QUIET: Final = {"no": 0.06, "aborted": 0.01, "dead_letter": 0.01, "refused": 0.1}
_BOUNDS: Final[dict[str, tuple[float, ...]]] = {
    "clock_seconds": (300, 900, 1800, 3600, 7200, 14400, 28800, 57600, 86400, 144000, 201600, 288000, 576000),
    "joint_seconds": tuple(hour * 3600.0 for hour in (1, 4, 12, 24, 48, 72, 120, 168, 240, 360, 720)),
    "open_case_age_seconds": (3600, 14400, 28800, 86400, 259200, 604800, 1296000, 2592000, 7776000),
    "transaction_seconds": (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5),
    "commit_seconds": (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5),
    "batch_entries": (1, 3, 10, 30, 100, 300, 1000, 3000),
    "timer_late_seconds": (0.1, 0.3, 1, 3, 10, 30, 100),
    "restore_seconds": (0.1, 0.3, 1, 3, 10, 30, 100),
}
_MIDDLE: Final = {"clock_seconds": 9000.0, "joint_seconds": 280_000.0, "open_case_age_seconds": 90_000.0,
                  "transaction_seconds": 0.02, "commit_seconds": 0.01, "batch_entries": 20.0,
                  "timer_late_seconds": 0.4, "restore_seconds": 2.0}  # fmt: skip
_STANDS: Final[dict[str, float]] = {"open_cases": 6, "held_cases": 0.7, "due_today_cases": 0.1, "at_risk_cases": 0.06,
    "overdue_cases": 0.02, "channel_cases": 40, "running_clocks": 12, "overdue_clocks": 0.4, "suspended_cases": 2, "supervised_cases": 1, "ordered_cases": 2,
    "grid_open_cases": 1, "grid_repeats": 1.3, "cameras_in_use": 14, "officers_on_duty": 1.4, "duty_devices": 3, "ending_certificates": 0.05, "provisional_cases": 0, "input_age_seconds": 0.4, "broker_silent_seconds": 0, "audit_not_checked_entries": 0,
    "lag_records": 30, "rules_info": 1, "build_info": 1, "partitions": 0, "topic_partitions": 3, "snapshots": 90,
    "partition_generation": 5, "loop_lag_seconds": 0.01, "clock_offset_seconds": 0.02, "open_waits_seconds": 0, "audit_violations": 0, "audit_checks": 5000,
    "audit_records": 9000, "audit_dead_letters": 2, "audit_timer_late_seconds": 1.2, "audit_seconds": 40,
    "audit_disk_usable_bytes": 5e10, "audit_disk_total_bytes": 1e11, "audit_disk_offline": 0, "audit_partitions_behind": 0}  # fmt: skip


class Moment(NamedTuple):
    """An instant of a series, with the chance that moves it."""

    seconds: int
    random: Random

    @property
    def busy(self) -> float:
        """From 0 in the night to 2 at noon in China."""
        return max(0.05, 1 + sin(2 * pi * (self.seconds / _HOUR + 8 - 6) / 24 - pi / 12))


def openmetrics(
    step_seconds: int, start: datetime = START, end: datetime = END, seed: int = 7
) -> Iterator[str]:
    """Lines for promtool, a sample of each series every so many seconds."""
    moments = range(int(start.timestamp()), int(end.timestamp()) + 1, step_seconds)
    for metric in CATALOGUE:
        yield f"# TYPE {metric.name} {metric.kind}"
        for values in _combined(metric):
            labels = dict(zip(metric.labels, values, strict=True))
            random = Random(f"{seed} {metric.name} {values}")
            yield from _SERIES[metric.kind](
                metric, labels, [Moment(at, random) for at in moments], step_seconds
            )
    yield "# EOF"


def _combined(metric: DescribedMetric) -> Iterator[tuple[str, ...]]:
    """Every combination of the values of its labels; of cases each once."""
    if metric is STEP_DUE:
        clocks = ("accept", "dispatch", "claim", "sign", "arrive")
        yield from (
            (f"{_VALUES['street'][0]}-{number:02}QRSTVWXYZAB", clock, _TEAMS[number], "0")
            for number, clock in enumerate(clocks)
        )
        return
    if metric is not CASE_DUE:
        yield from product(*(_values(metric, label) for label in metric.labels))
        return
    matters = tuple(NAMES["matter"])
    for number in range(_CASES):
        street, matter = _VALUES["street"][number % 2], matters[number * 5 % len(matters)]
        state = "overdue" if number < _CASES // 3 else "at_risk"
        of_case = (f"{street}-{number:02}BCDEFGHJKMN", street, _TEAMS[number % 8], category_of(matter))
        yield (*of_case, f"P{number % 4 + 1}", matter, state, "0")


def _values(metric: DescribedMetric, label: str) -> Sequence[str]:
    return _NAMED.get(f"{_bare(metric)} {label}") or _VALUES[label]


def _counter(
    metric: DescribedMetric, labels: dict[str, str], moments: list[Moment], step: int
) -> Iterator[str]:
    total, hourly = 0, _hourly(metric, labels)
    for moment in moments:
        total += _few(moment, hourly * step / _HOUR)
        yield _line(metric, "_total", labels, total, moment)


def _gauge(
    metric: DescribedMetric, labels: dict[str, str], moments: list[Moment], step: int
) -> Iterator[str]:
    for moment in moments:
        yield _line(metric, "", labels, _level(metric, labels, moment), moment)


def _level(metric: DescribedMetric, labels: dict[str, str], moment: Moment) -> float:
    if _bare(metric) == "audit_last_run_timestamp_seconds":
        return moment.seconds - 100
    if _bare(metric) == "partitions":
        return 3 if labels["state"] == "open" else 0
    if metric is STEP_DUE:
        return moment.seconds - 600 * (1 + int(labels["case"].partition("-")[2][:2]))
    if metric is CASE_DUE:
        return moment.seconds + 1800 * (int(labels["case"].partition("-")[2][:2]) - _CASES // 3) + 600
    level = _STANDS[_bare(metric)]
    if (
        _bare(metric)
        in ("rules_info", "build_info", "topic_partitions", "partition_generation", "audit_checks")
        or level == 0
    ):
        return level
    if metric.name.endswith("seconds"):
        return round(level * moment.busy * moment.random.uniform(0.5, 1.5), 3)
    return _few(moment, level / moment.busy * (0.5 + moment.busy / 2))


def _histogram(
    metric: DescribedMetric, labels: dict[str, str], moments: list[Moment], step: int
) -> Iterator[str]:
    bounds = (*_BOUNDS[_bare(metric)], inf)
    counts, spent = [0] * len(bounds), 0.0
    name = (
        ("_bucket", "_gsum", "_gcount") if metric.kind == "gaugehistogram" else ("_bucket", "_sum", "_count")
    )
    rows: list[str] = []
    for moment in moments:
        if metric.kind == "gaugehistogram":
            counts, spent = [0] * len(bounds), 0.0
        many = 150 if metric.kind == "gaugehistogram" else _few(moment, 0.6 * step / _HOUR) + 1
        for _ in range(many):
            took = exp(moment.random.gauss(log(_MIDDLE[_bare(metric)]), 1.1))
            spent += took
            counts = [count + (took <= bound) for count, bound in zip(counts, bounds, strict=True)]
        for bound, count in zip(bounds, counts, strict=True):
            le = "+Inf" if bound == inf else str(float(bound))
            rows.append(_line(metric, name[0], {**labels, "le": le}, count, moment))
        rows.append(_line(metric, name[1], labels, spent, moment))
        rows.append(_line(metric, name[2], labels, counts[-1], moment))
    yield from sorted(rows, key=lambda row: row.partition("}")[0])


def _summary(
    metric: DescribedMetric, labels: dict[str, str], moments: list[Moment], step: int
) -> Iterator[str]:
    spent, many = 0.0, 0
    rows: list[str] = []
    for moment in moments:
        more = _few(moment, 0.05 * step / _HOUR)
        many += more
        spent += more * moment.random.uniform(1800, 40_000)
        rows += [_line(metric, "_sum", labels, spent, moment), _line(metric, "_count", labels, many, moment)]
    yield from sorted(rows, key=lambda row: row.partition("}")[0])


def _hourly(metric: DescribedMetric, labels: dict[str, str]) -> float:
    pace = _RARE.get(_bare(metric), 0.12)
    if _bare(metric) == "reports":
        pace = 3
    for value in labels.values():
        pace *= _QUIET.get(value, 1)
    return pace


def _bare(metric: DescribedMetric) -> str:
    return metric.name.removeprefix("enforcement_")


def _few(moment: Moment, mean: float) -> int:
    """A whole number about so great."""
    wanted = mean * moment.busy
    return int(wanted) + (moment.random.random() < wanted % 1)


def _line(metric: DescribedMetric, suffix: str, labels: dict[str, str], value: float, moment: Moment) -> str:
    scraped = {"instance": "worker-1", "job": "worker"}
    inside = ",".join(f'{key}="{value}"' for key, value in (labels | scraped).items())
    return f"{metric.name}{suffix}{{{inside}}} {value} {moment.seconds}"


_SERIES: Final[dict[str, Callable[[DescribedMetric, dict[str, str], list[Moment], int], Iterator[str]]]] = {
    "counter": _counter,
    "gauge": _gauge,
    "histogram": _histogram,
    "gaugehistogram": _histogram,
    "summary": _summary,
}


if __name__ == "__main__":
    Path(sys.argv[1]).write_text("".join(f"{line}\n" for line in openmetrics(900)), "utf-8")
