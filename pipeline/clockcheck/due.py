"""`enforcement clock due`: computes a deadline by the clocks that cases have."""

import json
import sys
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Final, NamedTuple, NoReturn

import click

from pipeline.core.rules.rules import Rules
from pipeline.core.worktime import clock_arithmetic
from pipeline.core.worktime.office_hours import SHANGHAI, WorkCalendar
from pipeline.core.worktime.policy import LONGEST, Limit, LimitUnit
from pipeline.moments import Moment
from pipeline.rulebook import RULES_DIR, BadRules, load_rules
from pipeline.rulesdiff.problem_lines import echo_problems
from pipeline.words.command_line import command
from pipeline.words.spoken import said, told
from schemas.state.case import Clock
from schemas.values.terms import ClockKind

EXIT_USAGE: Final = 2

_EXAMPLE: Final = "2026-11-24T09:00+08:00"
_INSTANT: Final = Moment(
    offset_required=True
)  # a deadline differs from zone to zone, so the offset is required


class Pause(NamedTuple):
    """The span during which the clock stands."""

    at: datetime
    until: datetime


class PauseType(click.ParamType):
    """Two instants, the later one second."""

    name = "pause"

    def convert(
        self, value: str | Pause, param: click.Parameter | None, context: click.Context | None
    ) -> Pause:
        """An ISO 8601 interval."""
        if isinstance(value, Pause):
            return value
        parts = value.split("/")
        if len(parts) != 2:
            self.fail(
                said(
                    "{value} is no pause; allowed: as {example}",
                    value=value,
                    example=f"{_EXAMPLE}/2026-11-25T09:30+08:00",
                ),
                param,
                context,
            )
        pause = Pause(*(_INSTANT.convert(part, param, context) for part in parts))
        if pause.until <= pause.at:
            self.fail(said("{value} does not end after it begins", value=value), param, context)
        return pause


@command("due")
@click.option("--start", type=_INSTANT, required=True, metavar="ISO", help=f"Such as {_EXAMPLE}.")
@click.option(
    "--work-minutes", type=click.IntRange(1, LONGEST[LimitUnit.WORK_MINUTES]), metavar="N",
    help="Minutes of office hours (工作时).",
)  # fmt: skip
@click.option(
    "--workdays", type=click.IntRange(1, LONGEST[LimitUnit.WORKDAYS]), metavar="N",
    help="Workdays (工作日); the day of the start is not counted.",
)  # fmt: skip
@click.option(
    "--natural-minutes", type=click.IntRange(1, LONGEST[LimitUnit.NATURAL_MINUTES]), metavar="N",
    help="Minutes, day and night (自然时).",
)  # fmt: skip
@click.option(
    "--pause", "pauses", type=PauseType(), multiple=True, metavar="ISO/ISO",
    help="The clock stood from then until then (挂账); may be given several times.",
)  # fmt: skip
@click.option(
    "--roster", metavar="NAME", help="Count the hours of this roster in hours.yaml; default: office hours."
)
@click.option(
    "--rules", "folder", type=click.Path(path_type=Path, file_okay=False), default=RULES_DIR,
    envvar="ENFORCEMENT_RULES_DIR", metavar="DIR", help="Folder of rules; default: the shipped ones.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of text.")
def due_command(
    start: datetime,
    work_minutes: int | None,
    workdays: int | None,
    natural_minutes: int | None,
    pauses: tuple[Pause, ...],
    roster: str | None,
    folder: Path,
    as_json: bool,
) -> None:
    """The deadline of something that begins at START and has this limit.

    \b
    Example:
      enforcement clock due --start 2026-11-24T09:00+08:00 --work-minutes 240
      enforcement clock due --start 2026-09-30T10:00+08:00 --workdays 3
      enforcement clock due --start 2026-11-24T09:00+08:00 --work-minutes 240 \\
        --pause 2026-11-24T10:00+08:00/2026-11-25T09:30+08:00

    The deadline is the instant at which the limit is used up; at the end of an interval it stays there: 12:00, not 14:00. N workdays
    end with the last office hour of the N-th. A pause moves the deadline by the office time it took (for natural minutes: by its
    length), unless it begins after the limit is used up.

    `provisional` behind it: the deadline depends on a year whose holidays are not announced yet, and is computed again when they are.
    """
    limit = _one_limit(work_minutes, workdays, natural_minutes)
    _check_order(start, pauses)
    rules = _read(folder)
    calendar = _hours_of(rules, roster)
    try:
        clock = _run(calendar, start, limit, sorted(pauses))
    except (ValueError, OverflowError) as why:
        raise click.UsageError(told(str(why))) from None
    due_at = _local(clock.due_at)
    if as_json:
        document = {
            "due": due_at,
            "provisional": clock.provisional,
            "start": _local(start),
            "limit": clock.limit,
            "pauses": [[_local(pause.at), _local(pause.until)] for pause in sorted(pauses)],
            "roster": roster,
            "rules": rules.version,
        }
        click.echo(json.dumps(document))
    else:
        click.echo(said("{due} provisional", due=due_at) if clock.provisional else due_at)


def _one_limit(work_minutes: int | None, workdays: int | None, natural_minutes: int | None) -> Limit:
    limits = [
        Limit(value, unit)
        for value, unit in (
            (work_minutes, LimitUnit.WORK_MINUTES),
            (workdays, LimitUnit.WORKDAYS),
            (natural_minutes, LimitUnit.NATURAL_MINUTES),
        )
        if value is not None
    ]
    if len(limits) != 1:
        given = said("no limit given") if not limits else said("{count} limits given", count=len(limits))
        allowed = said("allowed: one of --work-minutes, --workdays and --natural-minutes")
        raise click.UsageError(f"{given}; {allowed}")
    return limits[0]


def _check_order(start: datetime, pauses: Sequence[Pause]) -> None:
    in_order = sorted(pauses)
    if in_order and in_order[0].at < start:
        raise click.UsageError(
            said(
                "the pause from {pause} begins before the start, {start}",
                pause=_local(in_order[0].at),
                start=_local(start),
            )
        )
    for earlier, later in pairwise(in_order):
        if later.at < earlier.until:
            raise click.UsageError(
                said(
                    "two pauses overlap: one ends {end}, another begins {begin}",
                    end=_local(earlier.until),
                    begin=_local(later.at),
                )
            )


def _read(folder: Path) -> Rules:
    try:
        return load_rules(folder)
    except BadRules as why:
        echo_problems(why, as_json=False)
        _stop(
            "bad_rules", said("{folder} is wrong in {count} places", folder=folder, count=len(why.problems))
        )


def _hours_of(rules: Rules, roster: str | None) -> WorkCalendar:
    if roster is not None and roster not in rules.rosters:
        allowed = ", ".join(sorted(rules.rosters)) or said("none in these rules")
        raise click.UsageError(
            said("no such roster: {roster}; allowed: {allowed}", roster=roster, allowed=allowed)
        )
    return rules.hours_of(roster)


def _run(calendar: WorkCalendar, start: datetime, limit: Limit, pauses: Sequence[Pause]) -> Clock:
    for at in (start, *(instant for pause in pauses for instant in pause)):
        calendar.is_work_time(at)  # natural minutes need no calendar, but 2206 is still a typing error
    clock = clock_arithmetic.begin(calendar, ClockKind.DISPOSE, start, (limit,))
    for pause in pauses:
        clock = clock_arithmetic.go_on(
            calendar, clock_arithmetic.halt(clock, pause.at), pause.until, "suspended"
        )
    return clock


def _local(at: datetime) -> str:
    return at.astimezone(SHANGHAI).isoformat()


def _stop(code: str, message: str) -> NoReturn:
    todo = said("see: {command} --help", command="enforcement clock due")
    click.echo(f"error[{code}]: {message} — {todo}", err=True)
    sys.exit(EXIT_USAGE)
