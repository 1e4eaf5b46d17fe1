"""`python -m tests.deploy.pictures [FOLDER]`: plays the fortnight, puts it into a real Prometheus, draws every board from its answers.

Needs `prometheus` and `promtool` (Debian: package `prometheus`), and for Chinese a font that has it. The pictures in docs/boards/
are made so.
"""

import sys
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Final

from deploy.grafana.grafana_files import FOLDER
from deploy.grafana.kit.board import UIDS
from deploy.render.dashboard import Dashboard, Span
from deploy.render.page import draw
from deploy.render.theme import chinese_font
from pipeline.rulebook import load_rules
from tests.deploy.fortnight import BEGIN, END, ROOT, STEP, Fortnight
from tests.deploy.prometheus import backfill, prometheus_on, record_stock

_LOOKBACK: Final = "7h"
AFTERNOON: Final = timedelta(days=3, hours=-16)
"""Before the end: a Friday at four, when people are at work."""


def main() -> int:
    """Play, ask and draw."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs/boards"
    folder.mkdir(parents=True, exist_ok=True)
    span = Span(BEGIN, END - AFTERNOON, STEP.total_seconds())
    print("playing a fortnight", file=sys.stderr)
    lines = Fortnight(load_rules(ROOT / "rules")).lines()
    with tempfile.TemporaryDirectory() as scratch:
        blocks = backfill(lines, Path(scratch))
        record_stock(blocks, BEGIN, END, STEP, _LOOKBACK)
        with prometheus_on(blocks, lookback=_LOOKBACK) as server:
            for key in UIDS:
                board = Dashboard.read(ROOT / FOLDER / "dashboards" / f"{key}.json", {})
                draw(board, span, server, chinese_font(), folder / f"{key}.png")
                print(f"wrote {folder / key}.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())
