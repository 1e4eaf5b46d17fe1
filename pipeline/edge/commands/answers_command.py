"""`enforcement receipts` and `enforcement notices`: what senders were answered, and who was notified of what."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import chain
from typing import Final

import click

from pipeline.edge.client import Client
from pipeline.edge.commands import receipt_text, terminal
from pipeline.moments import Moment
from pipeline.words.command_line import command
from pipeline.words.field_words import ENDS, NOTICES, REQUESTS, SOURCES, STAGES, Lang, label, moment
from pipeline.words.request_words import clock_words
from pipeline.words.spoken import told_in
from schemas.outputs import ActionSubject, Notice, Receipt, ReportSubject
from schemas.values.order_number import comparable
from schemas.values.terms import Source
from schemas.wire import codecs

_BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SINCE = click.option(
    "--since", type=Moment(), metavar="ISO", help="From this day or time on; default: all that is kept."
)
_FOLLOW = click.option("--follow", is_flag=True, help="Then go on: each later one as it comes, until Ctrl-C.")


@command("receipts")
@click.argument("number", required=False)
@click.option(
    "--source", type=click.Choice([source.value for source in Source]), help="Only those to this source."
)
@_SINCE
@_FOLLOW
@terminal.broker_options
def receipts_command(
    number: str | None,
    source: str | None,
    since: datetime | None,
    follow: bool,
    brokers: str | None,
    topic_prefix: str | None,
    as_json: bool,
    lang: Lang,
) -> None:
    """What was answered: to the report or the action with NUMBER, or to all of a source; each as it was given then.

    \b
    Example:
      enforcement receipts 140100-20261124-000123
      enforcement receipts --source 12345 --since 2026-11-29
      enforcement receipts --source patrol --follow --json

    NUMBER is the sender's own, or an action's id. Receipts are kept for 7 days; for what was answered before, ask
    `enforcement case NUMBER`. Ends with 1 if there is none of this number.
    """
    with terminal.connected(brokers, topic_prefix, lang) as client:
        answers = _receipts(client, number, source, since, follow)
        first = next(answers, None)
        if first is None and number is not None:
            message = label("no_receipts", lang, number=number)
            terminal.stop("no_receipt", message, label("ask_case", lang), terminal.EXIT_REFUSED)
        for answer in chain([first] if first else [], answers):
            if as_json:
                terminal.say_json(codecs.RECEIPT.encode(answer))
            else:
                terminal.say(f"{moment(answer.at)}  {_of(answer)}: {receipt_text.as_line(answer, lang)}")


def _receipts(
    client: Client, number: str | None, source: str | None, since: datetime | None, follow: bool
) -> Iterator[Receipt]:
    wanted = None if number is None else comparable(number)
    for answer in client.receipts(source, follow=follow, since=since or _BEGINNING):
        if wanted is None or comparable(_own_number(answer)) == wanted:
            yield answer


def _own_number(answer: Receipt) -> str:
    match answer.of:
        case ReportSubject(source_no=number) | ActionSubject(action_id=number):
            return number
    return ""


def _of(answer: Receipt) -> str:
    """Who was answered, and by which number."""
    match answer.of:
        case ReportSubject(source=source, source_no=number):
            return f"{source.value} {number}"
        case ActionSubject(actor=actor, action_id=number):
            return f"{actor} {number}"
        case record:
            return f"{record.topic}:{record.partition}:{record.offset}"


@command("notices")
@click.argument("number", required=False)
@click.option(
    "--to",
    "recipient",
    metavar="WHO",
    help="Only those to this role, team, department or source, such as duty_chief.",
)
@_SINCE
@_FOLLOW
@terminal.broker_options
def notices_command(
    number: str | None,
    recipient: str | None,
    since: datetime | None,
    follow: bool,
    brokers: str | None,
    topic_prefix: str | None,
    as_json: bool,
    lang: Lang,
) -> None:
    """Who was notified of what: warnings, breaches, requests to decide, and the answers to hotlines.

    \b
    Example:
      enforcement notices 140100-20261124-000123
      enforcement notices --to duty_chief
      enforcement notices --to 12345 --since 2026-11-29 --json
      enforcement notices --to planning --follow

    NUMBER is the sender's own: what its report, and the case that answers for it, gave cause to. Notices are kept for 30 days. Ends
    with 1 if there are none of NUMBER, or if WHO has had none, and then names those who have.
    """
    with terminal.connected(brokers, topic_prefix, lang) as client:
        notices = client.notices(recipient, follow=follow, since=since or _BEGINNING)
        if recipient is not None:
            _check_recipient(client, recipient, lang)
        if number is not None:
            notices = _about(client, number, notices, lang)
        for notice in notices:
            if as_json:
                terminal.say_json(codecs.NOTICE.encode(notice))
            else:
                terminal.say(_line(notice, lang))


def _about(client: Client, number: str, notices: Iterator[Notice], lang: Lang) -> Iterator[Notice]:
    """The notices of one report and its case; ends the command with 1 where there are none."""
    wanted = comparable(number)
    cases = {case.case_id for case in client.cases_of_number(number)}
    found = (
        notice
        for notice in notices
        if notice.case_id in cases or comparable(notice.source_no or "") == wanted
    )
    first = next(found, None)
    if first is None:
        message = label("no_notices_of", lang, number=number)
        terminal.stop("no_notices", message, label("ask_case", lang), terminal.EXIT_REFUSED)
    return chain([first], found)


def _check_recipient(client: Client, recipient: str, lang: Lang) -> None:
    """Whoever was never notified may be a slip of the pen: it ends the command with the names that are there."""
    names = {notice.to for notice in client.notices(None, follow=False, since=_BEGINNING)}
    if recipient not in names:
        todo = label("recipients", lang, names=", ".join(sorted(names)) or "-")
        terminal.stop("no_notices", label("no_notices", lang, to=recipient), todo, terminal.EXIT_REFUSED)


def _line(notice: Notice, lang: Lang) -> str:
    parts = [moment(notice.at), notice.to, NOTICES[notice.kind][lang], notice.case_id, notice.matter]
    parts.append(STAGES[notice.stage][lang])
    if notice.clock is not None:
        parts.append(clock_words(notice.clock, notice.clock_name, lang))
    elif notice.request is not None:
        parts.append(REQUESTS[notice.request][lang])
    if notice.into is not None:
        parts += [label("like_case", lang, case=notice.into), told_in(lang, notice.why)]
    if notice.due_at is not None:
        parts.append(f"{label('due', lang)} {moment(notice.due_at)}")
    if notice.outcome is not None:
        parts.append(ENDS[notice.outcome][lang])
    if notice.source is not None:
        parts.append(f"{SOURCES[notice.source][lang]} {notice.source_no}")
    return "  ".join([*parts, notice.text_zh]).rstrip()
