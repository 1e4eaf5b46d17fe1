"""Boards drawn on a real Prometheus."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from click.testing import CliRunner
from PIL import Image

from deploy.generate import ROOT
from deploy.grafana.grafana_files import FOLDER
from deploy.grafana.kit.board import UIDS
from deploy.grafana.kit.queries import notice
from deploy.picture import main
from deploy.render.answers import series_of, table_of
from deploy.render.dashboard import Dashboard, Span
from deploy.render.fields import field_of
from deploy.render.prometheus_api import Prometheus
from deploy.render.theme import COLUMN, cut, wide, without_han
from deploy.render.units import written
from tests.deploy.invented import START, openmetrics
from tests.deploy.prometheus import backfill, prometheus_on, record_stock

HOUR = 3600
END = START + timedelta(days=2, hours=4)
SPAN = Span(START + timedelta(hours=12), END, HOUR)


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory) -> Iterator[Prometheus]:
    """Two invented days."""
    blocks = backfill(openmetrics(HOUR, START, END), tmp_path_factory.mktemp("prometheus"))
    record_stock(blocks, START, END, timedelta(seconds=HOUR), "2h")
    with prometheus_on(blocks, lookback="2h") as server:
        yield server


def board_of(name, **chosen):
    """As it is committed."""
    return Dashboard.read(ROOT / FOLDER / "dashboards" / f"{name}.json", chosen)


def has_reason(panel, answered):
    """Whether a word says why there is nothing, such as too few cases."""
    return field_of(panel.settings, answered.name, answered.ref).nothing.startswith("…")


@pytest.mark.parametrize("name", UIDS)
def test_every_query_is_answered(name, prometheus):
    """Prometheus understands each query, and where everything moves none is empty without a reason."""
    board = board_of(name)
    empty = []
    for panel in board.panels:
        if panel.kind == "table":
            columns, rows = table_of(panel, board, SPAN, prometheus)
            lacking = [column for column in columns if not any(column in row for row in rows)]
            empty += [f"{panel.title}: {column}" for column in lacking]
        elif panel.targets:
            answered = series_of(panel, board, SPAN, prometheus)
            refs = {answer.ref for answer in answered if answer.points or has_reason(panel, answer)}
            refs |= {target["refId"] for target in panel.targets if target["expr"] == notice()}
            empty += [
                f"{panel.title}: {target['refId']}" for target in panel.targets if target["refId"] not in refs
            ]
    assert empty == []


def test_a_share_stands_beside_its_counts(prometheus):
    """In the table of all shares each is what stands above the line by what stands below it, or its rest to 1."""
    board = board_of("manager")
    panel = next(panel for panel in board.panels if panel.title == "指标一览")
    _, rows = table_of(panel, board, SPAN, prometheus)
    assert len(rows) > 15
    for row in rows:
        above, below = (float(row[column] or 0) for column in ("分子", "分母"))
        assert any(row["比率"] == pytest.approx(ratio) for ratio in (above / below, 1 - above / below)), row


@pytest.mark.parametrize("more", [(), ("--english",)])
@pytest.mark.parametrize("name", UIDS)
def test_a_board_is_drawn(name, more, prometheus, tmp_path):
    """A picture as wide as 24 columns; without a Chinese font as well."""
    out = tmp_path / "board.png"
    span = ("--from", SPAN.start.isoformat(), "--to", SPAN.end.isoformat(), "--sample", str(HOUR))
    asked = ("--board", name, "--prometheus", prometheus.address, "--out", str(out), *span, *more)
    drawn = CliRunner().invoke(main, asked)
    assert drawn.exit_code == 0, drawn.output
    with Image.open(out) as picture:
        assert picture.width >= 24 * COLUMN
        assert len(picture.getcolors(1 << 24) or ()) > 50


def test_a_team_is_chosen(prometheus):
    """A variable narrows what is shown: a team's cases are fewer than all."""
    held = [
        prometheus.number(board.fill('sum(enforcement:held_cases:now{team=~"$team"})', SPAN), END)
        for board in (board_of("manager"), board_of("team"), board_of("manager", team="planning|ecology"))
    ]
    assert held[0] > held[2]
    assert held[0] > held[1]


def test_a_dead_prometheus_is_told(tmp_path):
    """The command says which address does not answer, and writes nothing."""
    out = tmp_path / "board.png"
    asked = ("--board", "team", "--prometheus", "http://127.0.0.1:1", "--out", str(out))
    drawn = CliRunner().invoke(main, (*asked, "--from", "2026-11-01T00:00Z", "--to", "2026-11-02T00:00Z"))
    assert drawn.exit_code == 1
    assert "http://127.0.0.1:1" in drawn.output
    assert not out.exists()


@pytest.mark.parametrize(
    ("value", "unit", "decimals", "text"),
    [
        (0.9312, "percentunit", 1, "93.1%"),
        (42.0, "s", None, "42 s"),
        (0.0035, "s", None, "3.50 ms"),
        (5400.0, "s", None, "1.50 h"),
        (200_000.0, "s", None, "2.31 d"),
        (3.25, "d", 1, "3.2 d"),
        (7065.0, "short", 0, "7065"),
        (12_345.0, "short", None, "12.3 K"),
    ],
)
def test_numbers_have_their_unit(value, unit, decimals, text):
    """As Grafana writes them."""
    assert written(value, unit, decimals) == text


def test_what_does_not_fit_is_cut():
    """A Chinese letter is as wide as it is high."""
    assert wide("处置", 10) == 20
    assert cut("按期处置率", 10, 30) == "按期…"
    assert cut("按期", 10, 30) == "按期"
    assert without_han("● 达标 met") == "● met"
