"""`python -m tests.deploy.pictures [FOLDER]`: plays the fortnight, puts it into a real Prometheus, draws every board from its answers.

Needs what `deploy.picture` needs, and `prometheus` and `promtool` (Debian: package `prometheus`). The pictures in docs/boards/ are made
so: every board in a wide window, the manager's also as it stands beside Grafana's menu on a small screen.
"""

import sys
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Final

from deploy.grafana.grafana_files import FOLDER
from deploy.grafana.kit.board import UIDS
from deploy.render.answers import answers_to
from deploy.render.dashboard import Dashboard, Span
from deploy.render.grafana_code import MENU, BrowserWindow, Shot, draw
from pipeline.rulebook import load_rules
from tests.deploy.fortnight import BEGIN, END, ROOT, STEP, Fortnight
from tests.deploy.prometheus import backfill, prometheus_on

AFTERNOON: Final = timedelta(days=3, hours=-16)
"""Before the end: a Friday at four, when people are at work."""
SMALL: Final = ("manager",)
"""Boards drawn for a small screen too."""


def main() -> int:
    """Play, ask and draw."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs/boards"
    folder.mkdir(parents=True, exist_ok=True)
    span = Span(BEGIN, END - AFTERNOON, STEP.total_seconds())
    print("playing a fortnight", file=sys.stderr)
    lines = Fortnight(load_rules(ROOT / "rules")).lines()
    with tempfile.TemporaryDirectory() as scratch:
        with prometheus_on(backfill(lines, Path(scratch)), lookback="7h") as server:
            boards = {key: Dashboard.read(ROOT / FOLDER / "dashboards" / f"{key}.json", {}) for key in UIDS}
            shots = [Shot(key, board, span, answers_to(board, span, server)) for key, board in boards.items()]
        draw(shots, [BrowserWindow("1920", 1920)], folder, pictures=True)
        small = [shot for shot in shots if shot.name in SMALL]
        draw(small, [BrowserWindow("1366", 1366, MENU)], folder, pictures=True)
    for key in UIDS:
        (folder / f"{key}-1920.png").rename(folder / f"{key}.png")
        print(f"wrote {folder / key}.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())
