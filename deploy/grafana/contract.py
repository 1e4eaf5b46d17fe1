"""Which labels each series has, so that a query asks for no metric and no label that nobody exports."""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple


class Described(NamedTuple):
    """A metric by its name without the suffixes of Prometheus, its kind, and its labels."""

    name: str
    kind: str
    labels: tuple[str, ...] = ()


_HOLDER: Final = ("team", "category", "severity")
_COUNTERS: Final[Mapping[str, tuple[str, ...]]] = {
    "reports": ("source", "outcome"),
    "refusals": ("of", "code"),
    "dead_letters": ("code",),
    "cases_opened": ("source", "category", "severity"),
    "self_disposed": ("category",),
    "relapses": ("category",),
    "dispatches": ("team",),
    "returns": ("team", "reason"),
    "clocks_ended": ("clock", "severity", "kept"),
    "handlings": ("team", "category", "kept"),
    "closings": ("team", "category", "kept"),
    "cases_closed": ("outcome",),
    "disposals": ("bodycam", "two_officers"),
    "reworks": ("team",),
    "reopens": ("team",),
    "extensions": ("team",),
    "suspensions": ("reason",),
    "call_backs": ("team", "solved", "satisfied"),
    "calls_missed": (),
    "joint_started": (),
    "notices": ("kind", "level"),
    "timers_fired": ("kind",),
    "records": ("topic", "outcome"),
    "journal_entries": (),
    "outputs": ("topic",),
    "transactions": ("end",),
    "fencings": (),
    "producers_retired": ("reason",),
    "rebalances": (),
    "audit_failures": ("code",),
}
_HISTOGRAMS: Final[Mapping[str, tuple[str, ...]]] = {
    "clock_seconds": ("clock", "hours"),
    "joint_seconds": (),
    "transaction_seconds": (),
    "commit_seconds": (),
    "batch_entries": (),
    "timer_late_seconds": (),
    "restore_seconds": (),
}
_GAUGES: Final[Mapping[str, tuple[str, ...]]] = {
    "open_cases": ("stage", "severity"),
    "held_cases": _HOLDER,
    "due_today_cases": _HOLDER,
    "at_risk_cases": _HOLDER,
    "overdue_cases": ("clock", *_HOLDER),
    "channel_cases": ("source",),
    "running_clocks": ("clock",),
    "overdue_clocks": ("clock",),
    "suspended_cases": ("reason",),
    "grid_open_cases": ("grid",),
    "grid_repeats": ("grid",),
    "cameras_in_use": (),
    "provisional_cases": ("partition",),
    "input_age_seconds": ("topic",),
    "lag_records": ("topic", "partition"),
    "rules_info": ("version",),
    "build_info": ("version",),
    "partitions": ("state",),
    "topic_partitions": (),
    "snapshots": ("partition",),
    "loop_lag_seconds": (),
    "open_waits_seconds": ("partition",),
    "audit_violations": ("invariant",),
    "audit_checks": ("invariant",),
    "audit_records": ("topic",),
    "audit_timer_late_seconds": ("quantile",),
    "audit_last_run_timestamp_seconds": (),
    "audit_seconds": (),
}
CATALOGUE: Final = (
    *(Described(name, "counter", labels) for name, labels in _COUNTERS.items()),
    *(Described(name, "histogram", labels) for name, labels in _HISTOGRAMS.items()),
    *(Described(name, "gauge", labels) for name, labels in _GAUGES.items()),
    Described("partner_seconds", "summary", ("department", "step")),
    Described("open_case_age_seconds", "gaugehistogram"),
)
SCRAPED: Final = frozenset({"job", "instance"})
"""Labels that Prometheus adds to every series."""
_SUFFIXES: Final = {
    "counter": ("_total",),
    "gauge": ("",),
    "summary": ("_sum", "_count"),
    "histogram": ("_bucket", "_sum", "_count"),
    "gaugehistogram": ("_bucket", "_gsum", "_gcount"),
}


def _series() -> Iterator[tuple[str, frozenset[str]]]:
    for one in CATALOGUE:
        for suffix in _SUFFIXES[one.kind]:
            more = {"le"} if suffix == "_bucket" else set()
            yield f"enforcement_{one.name}{suffix}", frozenset({*one.labels, *more})


LABELS: Final[Mapping[str, frozenset[str]]] = dict(_series())
"""Every series as it is called in a query."""
