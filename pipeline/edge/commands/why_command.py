"""`enforcement why`: the clock account of one case, from its journal."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click

from pipeline.core.rules.rules import Rules
from pipeline.edge.client.action_builder import now_utc
from pipeline.edge.commands import terminal
from pipeline.edge.commands.case_command import known_case
from pipeline.edge.commands.rules_option import RULES, rules_in
from pipeline.edge.explain import clock_account_rows
from pipeline.edge.explain.case_history import NoBeginning
from pipeline.edge.explain.clock_account import clock_account
from pipeline.edge.explain.clock_account_rows import ClockAccount
from pipeline.edge.explain.routing_account import routing_account, routing_json, routing_lines
from pipeline.edge.explain.why_text import lines
from pipeline.moments import Moment
from pipeline.words.command_line import command
from pipeline.words.field_words import Lang, label, to_second
from schemas.journal.entry import JournalEntry
from schemas.values.text import street_of


@command("why")
@click.argument("case_id", metavar="CASE")
@click.option("--at", type=Moment(), metavar="ISO", help="As it stood at this time; default: now.")
@click.option(
    "--routing", is_flag=True, help="Why it came to whom: each line of the routing table that was looked at."
)
@RULES
@terminal.broker_options
def why_command(
    case_id: str,
    at: datetime | None,
    routing: bool,
    folder: Path,
    brokers: str | None,
    topic_prefix: str | None,
    as_json: bool,
    lang: Lang,
) -> None:
    """Why the deadlines of CASE are what they are: the account of its clocks, and what happened.

    \b
    Example:
      enforcement why 140109004-E2RRVT6Q509DJ
      enforcement why 140100-20261124-000123 --lang zh
      enforcement why 140109004-E2RRVT6Q509DJ --routing
      enforcement why 140109004-E2RRVT6Q509DJ --at 2026-11-24T17:30+08:00 --json

    CASE is its id, or the number that its sender gave it. For each clock: what it measures, by which limit and rules; each interval, when it ran or stood and why, so that
    ran + left = allowed to the second; how the deadline came about; who was told when and how late; what comes next.

    With --json: the same rows as one object. Ends with 1 if there is no such case, or not yet at that time; with 76 if
    the journal does not hold all of it.
    """
    rules = rules_in(folder, lang)
    with terminal.connected(brokers, topic_prefix, lang) as client:
        case_id = known_case(client, case_id, lang).case_id
        entries = client.journal(case_id)
    # the worker's clock may be a little ahead of this one's
    now = at or max([now_utc(), *(entry.at for entry in entries)])
    if routing:
        _tell_routing(
            case_id, [entry for entry in entries if entry.at <= now], rules, as_json=as_json, lang=lang
        )
        return
    account = _account(case_id, entries, rules, now, lang)
    if as_json:
        terminal.say_json(clock_account_rows.as_json(account))
        return
    for line in lines(account, rules, lang):
        terminal.say(line)


def _tell_routing(
    case_id: str, entries: Sequence[JournalEntry], rules: Rules, *, as_json: bool, lang: Lang
) -> None:
    with _from_its_beginning(lang):
        account = routing_account(entries, rules)
    if as_json:
        terminal.say_json({"case_id": case_id, "routing": routing_json(account)})
        return
    for line in routing_lines(account, rules, street_of(case_id), lang):
        terminal.say(line)


@contextmanager
def _from_its_beginning(lang: Lang) -> Iterator[None]:
    """Ends the command where the journal does not hold the beginning of the case."""
    try:
        yield
    except NoBeginning as error:
        todo = label("whole_journal", lang)
        terminal.stop(error.code, label("no_beginning", lang), todo, terminal.EXIT_UNREADABLE)


def _account(
    case_id: str, entries: Sequence[JournalEntry], rules: Rules, now: datetime, lang: Lang
) -> ClockAccount:
    with _from_its_beginning(lang):
        if not entries:
            raise NoBeginning(case_id)
        account = clock_account(entries, rules, now)
    if account is None:
        message = label("not_yet", lang, at=to_second(now))
        terminal.stop("unknown_case", message, label("later", lang), terminal.EXIT_REFUSED)
    return account
