"""`python -m tests.deploy.pictures [FOLDER]`: plays the fortnight, puts it into a real Prometheus, draws every board from its answers.

Needs what `deploy.picture` needs, and `prometheus` and `promtool` (Debian: package `prometheus`). The pictures in docs/boards/ are made
so: every board in a wide window, the manager's also as it stands beside Grafana's menu on a small screen. The operator's board asks for
what only a running worker has: it is drawn from two invented days.
"""

import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Final

from deploy.grafana.grafana_files import FOLDER
from deploy.grafana.kit.board import UIDS
from deploy.render.answers import answers_to
from deploy.render.dashboard import Dashboard, Span
from deploy.render.grafana_code import MENU, BrowserWindow, Shot, draw
from deploy.render.prometheus_api import Prometheus
from pipeline.rulebook import load_rules
from tests.deploy import invented
from tests.deploy.fortnight import BEGIN, END, ROOT, STEP, Fortnight
from tests.deploy.prometheus import backfill, prometheus_on, record_stock

_LOOKBACK: Final = "7h"
AFTERNOON: Final = timedelta(days=4, hours=-16)
"""Before the end: a Thursday at four, when people are at work and some of it is late."""
_PLAYED: Final = Span(BEGIN, END - AFTERNOON, STEP.total_seconds())
_INVENTED: Final = Span(invented.START + timedelta(days=1), invented.START + timedelta(days=2, hours=4), 300)
_OF_A_WORKER: Final = ("health",)
_SMALL: Final = ("manager",)


def shots(keys: Sequence[str], span: Span, server: Prometheus) -> Iterator[Shot]:
    """Boards with their answers."""
    for key in keys:
        board = Dashboard.read(ROOT / FOLDER / "dashboards" / f"{key}.json", {})
        yield Shot(key, board, span, answers_to(board, span, server))


@contextmanager
def _played() -> Iterator[Prometheus]:
    lines = Fortnight(load_rules(ROOT / "rules")).lines()
    with tempfile.TemporaryDirectory() as scratch:
        blocks = backfill(lines, Path(scratch))
        record_stock(blocks, BEGIN, END, STEP, _LOOKBACK)
        with prometheus_on(blocks, lookback=_LOOKBACK) as server:
            yield server


@contextmanager
def _invented() -> Iterator[Prometheus]:
    lines = invented.openmetrics(300, invented.START, _INVENTED.end)
    with tempfile.TemporaryDirectory() as scratch:
        blocks = backfill(lines, Path(scratch))
        record_stock(blocks, invented.START, _INVENTED.end, timedelta(seconds=300), "10m")
        with prometheus_on(blocks, lookback="10m") as server:
            yield server


def main() -> int:
    """Play, ask and draw."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs/boards"
    folder.mkdir(parents=True, exist_ok=True)
    print("playing a fortnight", file=sys.stderr)
    with _played() as server:
        made = list(shots([key for key in UIDS if key not in _OF_A_WORKER], _PLAYED, server))
    with _invented() as server:
        made += shots(_OF_A_WORKER, _INVENTED, server)
    draw(made, [BrowserWindow("1920", 1920)], folder, pictures=True)
    small = [shot for shot in made if shot.name in _SMALL]
    draw(small, [BrowserWindow("1366", 1366, MENU)], folder, pictures=True)
    for key in UIDS:
        (folder / f"{key}-1920.png").rename(folder / f"{key}.png")
        print(f"wrote {folder / key}.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())
