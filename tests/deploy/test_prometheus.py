"""Samples of one's own, asked of a real Prometheus."""

from datetime import UTC, datetime

import pytest

from deploy.grafana.kit import queries
from deploy.grafana.kit.board_bounds import GOALS
from deploy.grafana.kit.number_looks import GOAL_WORDS
from deploy.grafana.kit.thresholds import missed
from deploy.render.prometheus_api import NotAnswered
from tests.deploy.prometheus import backfill, prometheus_on

START = datetime(2026, 11, 1, tzinfo=UTC)
END = datetime(2026, 11, 1, 10, tzinfo=UTC)


def hourly():
    """A counter that grows by 3 an hour."""
    yield "# TYPE enforcement_reports counter"
    for hour in range(11):
        yield f'enforcement_reports_total{{source="12345"}} {3 * hour} {int(START.timestamp()) + 3600 * hour}'
    yield "# EOF"


def test_what_was_written_is_answered(tmp_path):
    """An instant, a range and a lookback of one's own; a wrong query says what is wrong."""
    with prometheus_on(backfill(hourly(), tmp_path), lookback="1h") as server:
        assert server.number("sum(increase(enforcement_reports_total[10h]))", END) == 30
        assert server.number("enforcement_reports_total", END.replace(minute=59)) == 30
        assert server.number("enforcement_reports_total", END.replace(hour=12)) is None
        [one] = server.between("enforcement_reports_total", START, END, 3600)
        assert one.labels["source"] == "12345"
        assert [value for _, value in one.points] == [3.0 * hour for hour in range(11)]
        with pytest.raises(NotAnswered, match="parse error"):
            server.at("sum(", END)


def test_wrong_samples_are_told(tmp_path):
    """promtool's words, not an empty database."""
    with pytest.raises(NotAnswered):
        backfill(["enforcement_reports_total 1 1"], tmp_path)


def joint_enforcement(ended):
    """So many joint enforcements in ten hours, each of five days, which is too long."""
    yield "# TYPE enforcement_joint_seconds summary"
    for name, last in (("sum", ended * 5 * 86_400), ("count", ended)):
        for hour in range(11):
            at = int(START.timestamp()) + 3600 * hour
            yield f"enforcement_joint_seconds_{name} {last * hour / 10:.0f} {at}"
    yield "# EOF"


@pytest.mark.parametrize(("ended", "word"), [(0, "too few"), (9, "too few"), (10, "missed")])
def test_a_goal_of_nothing_is_not_met(tmp_path, ended, word):
    """No joint enforcement at all has no mean, and nothing is not greater than the goal: that is too few, never met."""
    value, whole = queries.value("joint_days", window="10h"), queries.whole("joint_days", window="10h")
    judged = missed(GOALS["joint_days"], value, whole)
    with prometheus_on(backfill(joint_enforcement(ended), tmp_path), lookback="1h") as server:
        answer = server.number(judged, END)
    assert {code: words.en for code, words, _ in GOAL_WORDS}[f"{answer:g}"] == word
