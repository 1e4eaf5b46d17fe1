"""Samples of one's own, asked of a real Prometheus."""

from datetime import UTC, datetime

import pytest

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
