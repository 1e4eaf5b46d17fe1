"""`enforcement assignments`: what a team is to do, as a table, and with --follow as it comes."""

from datetime import datetime
from itertools import chain

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipeline.edge.client import Client
from pipeline.edge.client.action_builder import now_utc
from pipeline.edge.commands import terminal
from pipeline.moments import Moment
from pipeline.words.command_line import command
from pipeline.words.field_words import KINDS, REQUESTS, STATUSES, Lang, due_in, label, where
from pipeline.words.intake_words import OWNERS, left_out_line, order_line
from pipeline.words.recognition_words import missing_line, recognised_line
from pipeline.words.request_words import request_parts
from schemas.outputs import Assignment
from schemas.values.terms import AssignmentStatus
from schemas.wire import codecs

PIPED_WIDTH = 160


@command("assignments")
@click.option("--team", required=True, help="Team or post, such as city-appearance, verification, callback.")
@click.option("--follow", is_flag=True, help="Then go on: each later assignment as it comes, until Ctrl-C.")
@click.option("--street", help="Only of the street with this code (9 digits).")
@click.option(
    "--since",
    type=Moment(),
    metavar="ISO",
    help="Look only at what was assigned since this day or time (Asia/Shanghai without an offset); faster on a long log.",
)
@terminal.broker_options
def assignments_command(
    team: str,
    follow: bool,
    street: str | None,
    since: datetime | None,
    brokers: str | None,
    topic_prefix: str | None,
    as_json: bool,
    lang: Lang,
) -> None:
    """What TEAM is to do now, what is due first coming first.

    \b
    Example:
      enforcement assignments --team city-appearance
      enforcement assignments --team verification --follow --json
      enforcement assignments --team planning --since 2026-11-29

    Every open task is listed, however old: what was assigned more than 30 days ago is read from the cases themselves.
    A team, post or department that the rules do not know is an error with the nearest names, exit code 2.
    """
    with terminal.connected(brokers, topic_prefix, lang) as client:
        if as_json:
            for task in client.assignments(team, follow=follow, street=street, since=since):
                terminal.say_json(codecs.ASSIGNMENT.encode(task))
        else:
            _show(client, team, follow, street, since, lang)


def _show(
    client: Client, team: str, follow: bool, street: str | None, since: datetime | None, lang: Lang
) -> None:
    console = Console()
    if not console.is_terminal:
        console = Console(width=PIPED_WIDTH)
    news = client.assignment_news(team, follow=follow, street=street, since=since)
    now = next(news)
    if now:
        console.print(_table(now, lang))
    else:
        terminal.say(label("nothing", lang))
    for task in chain.from_iterable(news):
        terminal.say(_line(task, lang))


def _table(tasks: list[Assignment], lang: Lang) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column(label("due", lang), no_wrap=True)
    table.add_column(label("task", lang), no_wrap=True)
    table.add_column("", no_wrap=True)
    table.add_column(label("case", lang), no_wrap=True)
    table.add_column(label("what", lang))
    table.add_column(label("where", lang))
    now = now_utc()
    for task in tasks:
        is_late = task.due_at is not None and task.due_at < now
        table.add_row(
            Text(_due(task, now, lang), style="bold red" if is_late else ""),
            _task(task, lang),
            task.severity.value,
            task.case_id,
            Text(terminal.clean(_what(task, lang))),
            Text("\n".join(map(terminal.clean, _place(task, lang)))),
        )
    return table


def _line(task: Assignment, lang: Lang) -> str:
    parts = [STATUSES[task.status][lang], _task(task, lang), task.case_id]
    if task.status is AssignmentStatus.OPEN:
        parts += [_due(task, now_utc(), lang), task.severity.value, _what(task, lang), *_place(task, lang)]
    return "  ".join(parts)


def _due(task: Assignment, now: datetime, lang: Lang) -> str:
    owner = f" {OWNERS[task.due_by][lang]}" if task.due_by else ""
    return f"{due_in(task.due_at, now, lang, provisional=task.provisional)}{owner}"


def _task(task: Assignment, lang: Lang) -> str:
    asked = REQUESTS[task.request.kind][lang] if task.request else ""
    return f"{KINDS[task.kind][lang]} {asked}".rstrip()


def _what(task: Assignment, lang: Lang) -> str:
    """The matter; of an approval also what is asked for, its kind stands before it."""
    more = request_parts(task.request, lang)[1:] if task.request else []
    return " · ".join([_matter(task, lang), *more])


def _matter(task: Assignment, lang: Lang) -> str:
    return f"{task.matter} {task.matter_zh if lang is Lang.ZH else task.matter_en}"


def _place(task: Assignment, lang: Lang) -> list[str]:
    """Where it is, what is to be said of it and what its text may be about, and what its report held and the case does not."""
    more = [missing_line(task.missing, lang), left_out_line(task.left_out, lang)]
    if task.recognised is not None:
        more.insert(1, recognised_line(task.recognised, lang))
    more.append(order_line(task.order, lang))
    if task.urges:
        more.insert(0, label("urges", lang, count=task.urges))
    return [where(task.place), *filter(None, more)]
