"""`enforcement clock due|verify`: computes a deadline, and verifies that the clocks are right."""

import json
import os
import sys
import time
from collections import Counter
from typing import Final

import click

from pipeline.clockcheck.due import due_command
from pipeline.clockcheck.random_cases import CASES_PER_SETTING
from pipeline.clockcheck.verify import DifferingCase, VerifiedPart, check, verify
from pipeline.words.command_line import group
from pipeline.words.spoken import said

EXIT_DIFFERENT: Final = 1
CASES_MAX: Final = 1_000_000_000
PROCESSES_MAX: Final = 256
_SHOWN_MAX: Final = 10
_PROGRESS_SECONDS: Final = 5.0
_COUNTED: Final = (
    *("answers", "halts that moved", "halts", "extensions that moved", "extensions"),
    *("new visits", "provisional", "refused"),
)
_TOTALS: Final = (
    "{cases} cases of seed {seed}, {answers} answers in {seconds} s: {halts_that_moved} of {halts} halts and "
    "{extensions_that_moved} of {extensions} extensions moved a deadline, {new_visits} new visits; {provisional} cases provisional, "
    "{refused} left the calendar"
)


@group("clock")
def clock_group() -> None:
    """The service clock (时限): compute a deadline, and verify that the clocks are right."""


clock_group.add_command(due_command)


@clock_group.command("verify")
@click.option(
    "--cases", type=click.IntRange(1, CASES_MAX), default=10_000, show_default=True, metavar="N",
    help="How many random cases: the first N of the seed.",
)  # fmt: skip
@click.option(
    "--seed", type=click.IntRange(0), default=7, show_default=True, metavar="S", help="The seed of the cases."
)
@click.option(
    "--case", "only", type=click.IntRange(0, CASES_MAX), metavar="I", help="Only this case, counted from 0."
)
@click.option(
    "--processes", type=click.IntRange(1, PROCESSES_MAX), metavar="P",
    help="Processes; default: one for each core. They do not change the cases.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")
def verify_command(cases: int, seed: int, only: int | None, processes: int | None, as_json: bool) -> None:
    """Compute random cases twice, by the clocks and by a slow oracle that looks at each minute, and print what differs.

    \b
    Example:
      enforcement clock verify --cases 1000000 --seed 7
      enforcement clock verify --seed 7 --case 4711 --json

    Calendars are random, too: hours with effective dates, holidays, make-up days, rosters without days off, years that are not
    announced. A case has a limit of one to four parts, halts, extensions and rework, placed at the edges of calendar and limit.
    Compared are its deadline after each step, marks, used time, and its deadline by another limit and by a calendar announced later.

    Ends with 1 at the first differences, each with the command that runs it again. Progress goes to standard error.
    """
    started = time.monotonic()
    if only is not None:
        cases, parts = 1, iter([check(seed, range(only, only + 1))])
    else:
        parts = verify(seed, cases, processes or min(os.cpu_count() or 1, -(-cases // CASES_PER_SETTING)))
    done, count, differing = 0, Counter[str](), list[DifferingCase]()
    reported_at = started
    for part in parts:
        done, differing = done + part.cases, part.differing
        count += part.counts
        now = time.monotonic()
        if now - reported_at >= _PROGRESS_SECONDS:
            reported_at = now
            _progress(done, cases, now - started)
        if differing:
            break
    _show(differing, as_json)
    _sum_up(VerifiedPart(done, count, differing), seed, time.monotonic() - started, as_json)
    sys.exit(EXIT_DIFFERENT if differing else 0)


def _progress(done: int, cases: int, seconds: float) -> None:
    rate = done / seconds
    left = (cases - done) / rate
    words = "{done} of {cases} cases, {rate} a second, {left} s left"
    click.echo(said(words, done=done, cases=cases, rate=f"{rate:.0f}", left=f"{left:.0f}"), err=True)


def _show(differing: list[DifferingCase], as_json: bool) -> None:
    for case in differing[:_SHOWN_MAX]:
        click.echo(case.as_json() if as_json else case.as_text())


def _sum_up(part: VerifiedPart, seed: int, seconds: float, as_json: bool) -> None:
    cases, count, differing = part
    if as_json:
        totals: dict[str, object] = {
            "what": "totals",
            "seed": seed,
            "cases": cases,
            "differences": len(differing),
        }
        totals["seconds"] = round(seconds, 1)
        totals |= {name.replace(" ", "_"): count[name] for name in sorted(count)}
        click.echo(json.dumps(totals))
        return
    numbers = {name.replace(" ", "_"): count[name] for name in _COUNTED}
    click.echo(said(_TOTALS, cases=cases, seed=seed, seconds=f"{seconds:.0f}", **numbers))
    click.echo(
        said("1 difference") if len(differing) == 1 else said("{count} differences", count=len(differing))
    )
