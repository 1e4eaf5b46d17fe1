"""`enforcement clock due|verify`: when something is due, and the proof that this is right."""

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

EXIT_DIFFERENT: Final = 1
CASES_MAX: Final = 1_000_000_000
PROCESSES_MAX: Final = 256
_TOLD_MAX: Final = 10
_TELL_SECONDS: Final = 5.0


@click.group("clock")
def clock_group() -> None:
    """The service clock (时限): when something is due, and the proof that this is right."""


clock_group.add_command(due_command)


@clock_group.command("verify")
@click.option(
    "--cases", type=click.IntRange(1, CASES_MAX), default=10_000, show_default=True, metavar="N",
    help="How many random cases; the first N of the seed's.",
)  # fmt: skip
@click.option(
    "--seed", type=click.IntRange(0), default=7, show_default=True, metavar="S", help="Which cases."
)
@click.option(
    "--case", "only", type=click.IntRange(0, CASES_MAX), metavar="I", help="Only this one, counted from 0."
)
@click.option(
    "--processes", type=click.IntRange(1, PROCESSES_MAX), metavar="P",
    help="How many at a time; default: one for each core. The cases are the same.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")
def verify_command(cases: int, seed: int, only: int | None, processes: int | None, as_json: bool) -> None:
    """Compute random cases twice, by the clocks and by a slow oracle that looks at each minute, and tell what differs.

    \b
    Example:
      enforcement clock verify --cases 1000000 --seed 7
      enforcement clock verify --seed 7 --case 4711 --json

    Calendars are random, too: hours with effective dates, holidays, make-up days, rosters of every day, years that are not
    announced. A case has a limit of one to four parts, halts, extensions and rework, at the edges of everything. Asked are
    its deadline after each step, marks, used time, and its deadline by another limit and by a calendar announced later.

    Ends with 1 at the first differences, each with the line that runs it again. Progress goes to standard error.
    """
    started = time.monotonic()
    if only is not None:
        cases, parts = 1, iter([check(seed, range(only, only + 1))])
    else:
        parts = verify(seed, cases, processes or min(os.cpu_count() or 1, -(-cases // CASES_PER_SETTING)))
    done, count, found = 0, Counter[str](), list[DifferingCase]()
    told = started
    for part in parts:
        done, found = done + part.cases, part.found
        count += part.asked
        now = time.monotonic()
        if now - told >= _TELL_SECONDS:
            told = now
            _progress(done, cases, now - started)
        if found:
            break
    _tell(found, as_json)
    _sum_up(VerifiedPart(done, count, found), seed, time.monotonic() - started, as_json)
    sys.exit(EXIT_DIFFERENT if found else 0)


def _progress(done: int, cases: int, seconds: float) -> None:
    rate = done / seconds
    left = (cases - done) / rate
    click.echo(f"{done} of {cases} cases, {rate:.0f} a second, {left:.0f} s left", err=True)


def _tell(found: list[DifferingCase], as_json: bool) -> None:
    for one in found[:_TOLD_MAX]:
        click.echo(one.as_json() if as_json else one.as_text())


def _sum_up(part: VerifiedPart, seed: int, seconds: float, as_json: bool) -> None:
    cases, count, found = part
    if as_json:
        totals: dict[str, object] = {
            "what": "totals",
            "seed": seed,
            "cases": cases,
            "differences": len(found),
        }
        totals["seconds"] = round(seconds, 1)
        totals |= {name.replace(" ", "_"): count[name] for name in sorted(count)}
        click.echo(json.dumps(totals))
        return
    click.echo(
        f"{cases} cases of seed {seed}, {count['answers']} answers in {seconds:.0f} s: "
        f"{count['halts that moved']} of {count['halts']} halts and {count['extensions that moved']} of "
        f"{count['extensions']} extensions moved a deadline, {count['new visits']} new visits; "
        f"{count['provisional']} cases provisional, {count['refused']} left the calendar"
    )
    click.echo("1 difference" if len(found) == 1 else f"{len(found)} differences")
