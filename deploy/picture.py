"""`python -m deploy.picture --board manager --prometheus http://127.0.0.1:9090 --from ISO --to ISO --out manager.png`

Draws a board of deploy/grafana/dashboards as a PNG, with the answers of a real Prometheus to each of its queries and Grafana's own code in a
headless Chromium. Variables have the board's default; `--set team=planning` chooses another value. Needs Node.js, Chromium, a font with
Chinese letters, and Grafana's packages: `python -m deploy.render.grafana_code` brings them.
"""

import tempfile
from datetime import datetime
from pathlib import Path
from shutil import move
from typing import Final

import click

from deploy.grafana.grafana_files import FOLDER
from deploy.grafana.kit.board import UIDS
from deploy.render.answers import answers_to
from deploy.render.dashboard import Dashboard, Span
from deploy.render.grafana_code import BrowserWindow, CannotDraw, Shot, draw
from deploy.render.prometheus_api import NotAnswered, Prometheus
from pipeline.moments import Moment

ROOT: Final = Path(__file__).parents[1]
_MOMENT: Final = Moment()


@click.command(help=__doc__)
@click.option("--board", "key", type=click.Choice(sorted(UIDS)), required=True)
@click.option("--prometheus", "address", required=True, help="Its address, such as http://127.0.0.1:9090.")
@click.option("--from", "start", type=_MOMENT, required=True, help="Such as 2026-11-01T00:00+08:00.")
@click.option("--to", "end", type=_MOMENT, required=True)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True)
@click.option("--sample", default=15.0, show_default=True, help="Seconds between two samples in Prometheus.")
@click.option(
    "--set", "chosen", multiple=True, metavar="NAME=VALUE", help="A variable of the board; repeatable."
)
@click.option("--width", default=1920, show_default=True, help="Of the window, in pixels.")
def main(
    key: str,
    address: str,
    start: datetime,
    end: datetime,
    out: Path,
    sample: float,
    chosen: tuple[str, ...],
    width: int,
) -> None:
    """Ask Prometheus and draw the board."""
    picked = {name: value for name, _, value in (setting.partition("=") for setting in chosen)}
    board = Dashboard.read(ROOT / FOLDER / "dashboards" / f"{key}.json", picked)
    span = Span(start, end, sample)
    try:
        shot = Shot(key, board, span, answers_to(board, span, Prometheus(address.rstrip("/"))))
        with tempfile.TemporaryDirectory() as scratch:
            draw([shot], [BrowserWindow("window", width)], Path(scratch), pictures=True)
            move(Path(scratch) / f"{key}-window.png", out)
    except (NotAnswered, CannotDraw) as error:
        raise click.ClickException(str(error)) from error
    print(f"wrote {out}")


if __name__ == "__main__":
    main()
