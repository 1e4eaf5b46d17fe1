"""`python -m deploy.picture --board manager --prometheus http://127.0.0.1:9090 --from ISO --to ISO --out manager.png`

Draws a board of deploy/grafana/dashboards as a PNG, with the answers of a real Prometheus to each of its queries. It is not Grafana,
but near enough to judge layout, units, legends and thresholds. Variables have the board's default; `--set team=planning` chooses
another value. Chinese titles need a Chinese font (Debian: fonts-noto-cjk or fonts-wqy-zenhei); without one they are in English.
"""

import sys
from datetime import datetime
from pathlib import Path
from typing import Final

import click

from deploy.grafana.grafana_files import FOLDER
from deploy.grafana.kit.board import UIDS
from deploy.render.dashboard import Dashboard, Span
from deploy.render.page import draw
from deploy.render.prometheus_api import NotAnswered, Prometheus
from deploy.render.theme import chinese_font
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
@click.option("--english", is_flag=True, help="English titles, even where a Chinese font is installed.")
def main(
    key: str,
    address: str,
    start: datetime,
    end: datetime,
    out: Path,
    sample: float,
    chosen: tuple[str, ...],
    english: bool,
) -> None:
    """Ask Prometheus and draw the board."""
    font = None if english else chinese_font()
    if font is None and not english:
        print("no font with Chinese letters: titles are in English", file=sys.stderr)
    picked = {name: value for name, _, value in (setting.partition("=") for setting in chosen)}
    board = Dashboard.read(ROOT / FOLDER / "dashboards" / f"{key}.json", picked)
    try:
        draw(board, Span(start, end, sample), Prometheus(address.rstrip("/")), font, out)
    except NotAnswered as error:
        raise click.ClickException(str(error)) from error
    print(f"wrote {out}")


if __name__ == "__main__":
    main()
