"""`enforcement simulate day` writes a generated day, `simulate run` decides it without a broker, `enforcement demo` runs it on one. Only the
command line lives here."""

import json
import sys
from collections import Counter
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Final

import click
from pydantic import ValidationError
from rich.console import Console
from rich.table import Table

from pipeline.broker import BrokerError
from pipeline.core.rules.rules import Rules
from pipeline.rulebook import BadRules, load_rules
from pipeline.settings import Settings
from pipeline.simulate.tally.against_truth import against_truth
from pipeline.simulate.world.day import HOME, Day, Push, generate_day
from pipeline.simulate.world.row_files import source_files
from pipeline.simulate.world.seeded_chance import LOCAL
from pipeline.words.command_line import command, group
from pipeline.words.error_words import wrong_settings
from pipeline.words.spoken import said, told
from schemas.errors import PipelineError

SEED: Final = 7
DATE: Final = "2026-11-24"
SPEED: Final = 1500.0
DRY_RUN: Final = timedelta(hours=26)
"""From midnight: the day, and what its people do until two in the morning."""
EXIT_UNAVAILABLE: Final = 69
EXIT_SETTINGS: Final = 78

_seed = click.option("--seed", default=SEED, show_default=True, help="The same seed gives the same day.")
_date = click.option(
    "--date", "on", default=DATE, show_default=True, type=click.DateTime(["%Y-%m-%d"]),
    help="The day, such as 2026-11-24.",
)  # fmt: skip
_street = click.option(
    "--street", "streets", multiple=True, default=(HOME,), help="Street code; may be repeated."
)
_scale = click.option("--scale", default=1.0, show_default=True, help="1.0 is 300 reports a street.")


@group("simulate")
def simulate_group() -> None:
    """Generate a street's day from a seed."""


@simulate_group.command("day")
@_seed
@_date
@_street
@_scale
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="The good reports, one JSON a line."
)
@click.option(
    "--truth", type=click.Path(dir_okay=False, path_type=Path), help="The truth about every push, as JSON."
)
@click.option(
    "--rows",
    type=click.Path(file_okay=False, path_type=Path),
    help="A folder for the files that the sources wrote, one a format: what `push` and `validate` read.",
)
@click.option("--summary", is_flag=True, help="Print a summary of the day.")
def day_command(
    seed: int,
    on: datetime,
    streets: tuple[str, ...],
    scale: float,
    out: Path | None,
    truth: Path | None,
    rows: Path | None,
    summary: bool,
) -> None:
    """Generate a day; without --out, --truth or --rows, its reports go to standard output."""
    day = _generated(seed, on.date(), streets, scale, _rules())
    lines = "".join(push.value.decode() + "\n" for push in day.pushes if _is_a_line(push))
    if out:
        out.write_text(lines, encoding="utf-8")
    if truth:
        truth.write_text(json.dumps(truth_of(day), ensure_ascii=False, indent=1), encoding="utf-8")
    if rows:
        rows.mkdir(parents=True, exist_ok=True)
        for file in source_files(day.rows):
            (rows / file.name).write_bytes(file.content)
    if summary:
        _summarise(day)
    elif not out and not truth and not rows:
        click.echo(lines, nl=False)


@simulate_group.command("run")
@_seed
@_date
@_street
@_scale
@click.option("--json", "as_json", is_flag=True, help="One JSON object on one line.")
def run_command(seed: int, on: datetime, streets: tuple[str, ...], scale: float, as_json: bool) -> None:
    """Decide a day and what its people do by the rules alone, without a broker, and hold it against the truth."""
    from pipeline.simulate.demo.dry_run import DryRun
    from pipeline.simulate.demo.screen import truth_table

    rules = _rules()
    day = _generated(seed, on.date(), streets, scale, rules)
    dry_run = DryRun(rules, seed)
    dry_run.play(day, datetime.combine(on.date(), time(), LOCAL) + DRY_RUN)
    truth = against_truth(day, dry_run.entries)
    if as_json:
        click.echo(json.dumps({"reports": len(day.pushes), **truth.as_dict()}))
    else:
        Console().print(truth_table(truth))


@command("demo")
@_seed
@_date
@_scale
@click.option("--speed", default=SPEED, show_default=True, help="How many times faster than real time.")
@click.option(
    "--kill",
    "kills",
    default=0,
    show_default=True,
    type=click.IntRange(0, 20),
    help="Kill the worker this many times.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object on one line at the end.")
@click.option("--keep", is_flag=True, help="Leave the broker, the topics and the worker's log.")
@click.option(
    "--picture",
    "picture_file",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Also draw the afternoon's screen and the table as an SVG file, as in docs/demo.svg.",
)
def demo_command(
    seed: int,
    on: datetime,
    scale: float,
    speed: float,
    kills: int,
    as_json: bool,
    keep: bool,
    picture_file: Path | None,
) -> None:
    """A street's whole day on a real Kafka, live in this terminal."""
    from pipeline.simulate.demo.demo import run_demo  # slow to import: brokers' clients and all
    from pipeline.simulate.demo.deployment import brokers
    from pipeline.simulate.demo.screen import result_table
    from pipeline.simulate.demo.screen_picture import Picture

    console = Console(stderr=True)
    picture = Picture() if picture_file else None
    rules = _rules()
    day = _generated(seed, on.date(), (HOME,), scale, rules)
    try:
        with brokers(keep) as address:
            result = run_demo(day, rules, speed, console, address, kills=kills, keep=keep, picture=picture)
    except (BrokerError, PipelineError) as error:
        click.echo(f"enforcement: {error.code}: {told(error.message)}", err=True)
        sys.exit(EXIT_UNAVAILABLE)
    table = result_table(result.counts, result.truth, result.latencies_ms, result.wall_s)
    (console if as_json else Console()).print(table)
    if picture and picture_file:
        picture.write(picture_file, table)
    if as_json:
        click.echo(json.dumps(result.counts.as_dict() | {"against_truth": result.truth.as_dict()}))
    sys.exit(1 if result.counts.lost or result.counts.doubled or result.unaccounted else 0)


def truth_of(day: Day) -> dict[str, object]:
    """The ground truth of a day as plain values: its incidents, and the expected outcome of each push."""
    return {
        "seed": day.seed,
        "date": day.date.isoformat(),
        "streets": list(day.streets),
        "events": [
            {
                "event_id": event.event_id,
                "street": event.street,
                "matter": event.matter,
                "at": event.at.isoformat(),
                "grid": event.facts.scene.grid,
                "address": event.facts.scene.address,
                "lonlat": list(event.facts.scene.lonlat),
                "self_disposed": event.self_disposed,
            }
            for event in day.events
        ],
        "pushes": [
            {
                "at": push.at.isoformat(),
                "source": push.source,
                "source_no": push.source_no,
                "key": push.street,
                "expectation": push.expectation,
                "event_id": push.event_id,
                "thing": push.thing,
                "format": push.format,
                "matter": push.truth.matter if push.truth else "",
                "kind": push.truth.kind if push.truth else "",
                "grid": push.truth.grid if push.truth else None,
            }
            for push in day.pushes
        ],
    }


def _rules() -> Rules:
    try:
        return load_rules(Settings().rules_dir)
    except ValidationError as error:
        click.echo(wrong_settings(error), err=True)
        sys.exit(EXIT_SETTINGS)
    except BadRules as error:
        raise click.ClickException("; ".join(problem.spoken() for problem in error.problems)) from error


def _generated(seed: int, on: date, streets: tuple[str, ...], scale: float, rules: Rules) -> Day:
    try:
        return generate_day(seed, on, streets, scale, rules)
    except (LookupError, ValueError) as error:
        raise click.ClickException(told(str(error))) from error


def _is_a_line(push: Push) -> bool:
    """Whether the push fits a file of JSON lines: bad records are not always text of one line."""
    return not push.expectation.startswith("bad:")


def _summarise(day: Day) -> None:
    words = "{date}, seed {seed}: {events} events, {pushes} pushes"
    facts = {"date": day.date, "seed": day.seed, "events": len(day.events), "pushes": len(day.pushes)}
    table = Table(title=said(words, **facts))
    sources = sorted({push.source for push in day.pushes})
    for column in ("", *sources, said("all")):
        table.add_column(column, justify="right" if column else "left")
    kinds = Counter(push.expectation for push in day.pushes)
    for kind in sorted(kinds, key=lambda expectation: (":" in expectation, expectation)):
        by_source = Counter(push.source for push in day.pushes if push.expectation == kind)
        table.add_row(kind, *(str(by_source[source] or "") for source in sources), str(kinds[kind]))
    Console().print(table)
