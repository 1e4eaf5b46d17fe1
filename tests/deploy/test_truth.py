"""A fortnight of a street: what managers read on their boards is what the journal says, and no panel is empty without a reason."""

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from math import isnan
from typing import Final, NamedTuple

import pytest
import yaml

from deploy.grafana.grafana_files import FOLDER
from deploy.grafana.kit.board import UIDS
from deploy.grafana.kit.queries import notice
from deploy.render.dashboard import Dashboard, Span
from deploy.render.prometheus_api import Prometheus, Series
from pipeline.indicators.indicator_table import FLOWS, INDICATORS, STOCKS, Indicator
from pipeline.monthly.counting import CountedIndicator, indicators_between
from pipeline.rulebook import load_rules
from tests.deploy.fortnight import BEGIN, END, ROOT, STEP, Fortnight
from tests.deploy.prometheus import backfill, prometheus_on, record_stock

INSTANT: Final = timedelta(microseconds=1)
LOOKBACK: Final = "7h"
SPAN: Final = Span(BEGIN, END, STEP.total_seconds())
_MINUTES: Final = re.compile(r"\[(\d+)m\]")
_METRIC: Final = re.compile(r"\b(enforcement_[a-z_]+|up)\b")

CASES: Final = "case_due_timestamp_seconds"
WAITING: Final = "step_due_timestamp_seconds"

NEEDS_A_WORKER: Final = frozenset(
    {
        "up", "enforcement_lag_records", "enforcement_partitions", "enforcement_topic_partitions",
        "enforcement_snapshots", "enforcement_commit_seconds_bucket",
        "enforcement_restore_seconds_bucket", "enforcement_build_info", "enforcement_open_waits_seconds",
        "enforcement_producers_retired_total", "enforcement_loop_lag_seconds", "enforcement_fencings_total",
        "enforcement_rebalances_total", "enforcement_broker_silent_seconds",
    }
)  # fmt: skip
"""What only a worker on a broker has; `tests/stream/test_watch.py` sees them on its page."""


class Played(NamedTuple):
    """The fortnight in a Prometheus, and its indicators from the journal alone."""

    prometheus: Prometheus
    journal: Mapping[str, CountedIndicator]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """Played once for all."""
    rules = load_rules(ROOT / "rules")  # with the people of the street that is played
    fortnight = Fortnight(rules)
    journal = indicators_between({0: fortnight.entries}, BEGIN + INSTANT, END + INSTANT, rules)
    blocks = backfill(fortnight.lines(), tmp_path_factory.mktemp("prometheus"))
    record_stock(blocks, BEGIN, END, STEP, LOOKBACK)
    with prometheus_on(blocks, lookback=LOOKBACK) as server:
        yield Played(server, journal)


@pytest.mark.slow
@pytest.mark.parametrize("indicator", [*FLOWS, *STOCKS], ids=lambda one: one.key)
def test_an_indicator_on_a_board_is_what_the_journal_says(played: Played, indicator: Indicator):
    """Equal, and not to a resolution: the window begins and ends with a scrape."""
    window = f"{int((END - BEGIN).total_seconds())}s"
    shown = played.prometheus.number(indicator.query(window), END)
    counted = played.journal[indicator.key].value
    if counted is None:
        assert shown is None or isnan(shown)
    else:
        assert shown == pytest.approx(counted, rel=1e-9)


def test_the_fortnight_is_worth_comparing(played: Played):
    """Everything that is counted happened, but for what two weeks of a street may do without."""
    rare = {
        "reopened",
        "extended",
        "suspended",
        "suspended_now",
        "supervised_now",
        "ordered_now",
        "relapsed",
        "at_risk",
        "overdue",
        "joint_days",
    }
    nothing = {key for key, counted in played.journal.items() if not counted.numerator}
    assert nothing <= rare
    assert set(played.journal) == set(INDICATORS)


def test_no_panel_is_empty_without_a_reason(played: Played):
    """Every query of every board is answered: with something, or it asks for what only a worker has."""
    empty = []
    for key in UIDS:
        board = Dashboard.read(ROOT / FOLDER / "dashboards" / f"{key}.json", {})
        for panel in board.panels:
            for target in panel.targets:
                query = board.fill(target["expr"], SPAN)
                series = (
                    played.prometheus.at(query, END)
                    if target.get("instant")
                    else played.prometheus.between(query, BEGIN, END, SPAN.step)
                )
                if not _says_something(series) and not _has_a_reason(query):
                    empty.append(f"{key}: {panel.title}: {query}")
    assert empty == []


def test_the_cases_behind_a_number_are_named(played: Played):
    """Whenever some are late or about to be, as many are named as are counted, of the few that a street has at a time."""
    late = played.prometheus.between('sum(enforcement:overdue_cases:now{clock="dispose"})', BEGIN, END, 3600)
    named = played.prometheus.between(
        f'count(enforcement:{CASES}:now{{due="overdue"}} > 0) or vector(0)', BEGIN, END, 3600
    )
    counted, listed = dict(late[0].points), dict(named[0].points)
    assert max(counted.values()) > 0
    assert {at: listed[at] for at in counted} == counted


def test_every_rule_is_answered(played: Played):
    """Each recording rule gives its number and each alert runs; what an alert asks is a question that Prometheus understands."""
    unanswered = []
    for name in ("recording", "alerts"):
        groups = yaml.safe_load((ROOT / f"deploy/prometheus/{name}.yaml").read_text("utf-8"))["groups"]
        for rule in (rule for group in groups for rule in group["rules"]):
            series = played.prometheus.at(rule["expr"], END)
            if "record" in rule and not series and not _has_a_reason(rule["expr"]):
                unanswered.append(rule["record"])
    assert unanswered == []


def _says_something(series: list[Series]) -> bool:
    return any(value == value for one_series in series for _, value in one_series.points)


def _has_a_reason(query: str) -> bool:
    """It asks for a metric of a running worker or of the auditor, for what happened between two scrapes, for what is not counted, or for
    cases that are late or about to be, and at the end there is none.
    """
    metrics = set(_METRIC.findall(query))
    between = any(int(minutes) * 60 < STEP.total_seconds() for minutes in _MINUTES.findall(query))
    return (
        bool(metrics & NEEDS_A_WORKER)
        or CASES in query
        or ("held_cases" in query and "officers_on_duty" in query)  # at midnight nobody of the team is there
        or WAITING in query
        or 'outcome="forwarded"' in query  # with one partition every record is in its own
        or 'outcome="answered"' in query  # every report of the generated days names its matter
        or 'outcome="urged"' in query  # nobody of the generated days urges
        or any("enforcement_audit_" in name for name in metrics)
        or between
        or query == notice()
    )
