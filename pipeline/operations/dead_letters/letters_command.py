"""`enforcement dead-letters`: which there are, what is wrong with one, push it again, or give it up."""

import hashlib
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

import click

from pipeline.edge.client import Client
from pipeline.edge.client.action_builder import now_utc
from pipeline.edge.commands import receipt_text, terminal
from pipeline.kafka_log.connection import connection_of
from pipeline.moments import Moment
from pipeline.operations.dead_letters import letter_text
from pipeline.operations.dead_letters.letter_book import LetterItem, State, named
from pipeline.operations.dead_letters.letter_log import Original, read_items, read_originals
from pipeline.operations.dead_letters.masked_original import masked
from pipeline.operations.dead_letters.mended import mended
from pipeline.operations.record_view import flat
from pipeline.words.command_line import group
from pipeline.words.field_words import Lang
from pipeline.words.spoken import said
from schemas import topics
from schemas.errors import PipelineError
from schemas.inputs.letter_discard import DISCARD, DiscardLetter

TIMEOUT: Final = click.option(
    "--timeout",
    "timeout_s",
    type=click.FloatRange(0.1, 3600),
    default=10.0,
    show_default=True,
    metavar="SECONDS",
    help="How long to wait for each receipt.",
)


@group("dead-letters")
def letters_group() -> None:
    """Records that could not be worked (死信): list them, look at one, push it again when it is mended, or discard it."""


@letters_group.command("list")
@click.option("--code", metavar="CODE", help="Only those with this code (docs/codes.md).")
@click.option("--topic", type=click.Choice(topics.INPUTS), help="Only those of this topic.")
@click.option(
    "--since",
    type=Moment(),
    metavar="ISO",
    help="Only those that came since then, as 2026-11-24 or 2026-11-24T09:00:00+08:00.",
)
@click.option("--all", "with_settled", is_flag=True, help="Those too that were retried or discarded.")
@terminal.broker_options
def list_command(
    code: str | None,
    topic: str | None,
    since: datetime | None,
    with_settled: bool,
    brokers: str | None,
    topic_prefix: str | None,
    as_json: bool,
    lang: Lang,
) -> None:
    """The open dead letters, a line for each content: the same bytes that come again are one line, with how often they came.

    \b
    Example:
      enforcement dead-letters list
      enforcement dead-letters list --code naive_time --since 2026-11-24
      enforcement dead-letters list --all --json

    A line has the id, the first and the last time, how often, where the latest stands, the code and the field, and what became of it:
    open, retried with the outcome, or discarded by whom and why. The log has letters for 90 days.

    Ends with 0, open ones or not, 69 if no broker answers.
    """
    items = _items(brokers, topic_prefix, lang)
    shown = [
        item
        for item in items
        if (with_settled or item.state is State.OPEN)
        and code in (None, item.latest.code)
        and topic in (None, item.latest.topic)
        and (since is None or item.latest.at >= since)
    ]
    for item in shown:
        if as_json:
            terminal.say_json(letter_text.as_json(item))
        else:
            terminal.say(letter_text.line(item, lang))
    if not shown:
        click.echo(said("no dead letter"), err=True)


@letters_group.command("show")
@click.argument("letter", metavar="ID")
@click.option("--content", is_flag=True, help="What the record holds, personal data masked.")
@terminal.broker_options
def show_command(
    letter: str, content: bool, brokers: str | None, topic_prefix: str | None, as_json: bool, lang: Lang
) -> None:
    """All that is wrong with a dead letter, each copy of it, and what was done about it.

    ID is the letter's as list has it, or the place of the record as TOPIC:PARTITION:OFFSET.

    \b
    Example:
      enforcement dead-letters show 3:1:55
      enforcement dead-letters show reports.v1:3:120 --content

    Of the content the contract's fields are shown; names and numbers are masked in free text too. Of a field that is not of the contract,
    or does not hold what it should, only what kind of value stands there.

    Ends with 1 if there is no such letter (unknown_letter), or its bytes are gone (original_gone), 69 if no broker answers.
    """
    item = _named(_items(brokers, topic_prefix, lang), (letter,))[0]
    if as_json:
        told = dict(letter_text.as_json(item))
        if content:
            [original] = _originals([item], brokers, topic_prefix, lang)
            told |= {"content": masked(item.latest.topic, original.value), "truncated": original.truncated}
        terminal.say_json(told)
        return
    for line in letter_text.page(item, lang):
        terminal.say(line)
    if content:
        _show(item, *_originals([item], brokers, topic_prefix, lang))


def _show(item: LetterItem, original: Original) -> None:
    held = masked(item.latest.topic, original.value)
    if original.truncated:
        terminal.say(said("only the first {count} bytes were kept", count=len(original.value)))
    if held is None:
        terminal.say(
            said("no JSON object, so nothing of it is shown: {count} bytes", count=len(original.value))
        )
        return
    for name, value in flat(held):
        terminal.say(f"  {name}: {value}")


@letters_group.command("retry")
@click.argument("letters", metavar="[ID]…", nargs=-1)
@click.option("--code", metavar="CODE", help="All open ones with this code.")
@click.option(
    "--as-is", is_flag=True, help="As they were: the rules or the contract have changed. The default."
)
@click.option(
    "--file",
    "mended_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The message as it is right, in JSON; of one letter.",
)
@TIMEOUT
@terminal.broker_options
def retry_command(
    letters: tuple[str, ...],
    code: str | None,
    as_is: bool,
    mended_file: Path | None,
    timeout_s: float,
    brokers: str | None,
    topic_prefix: str | None,
    as_json: bool,
    lang: Lang,
) -> None:
    """Push dead letters again, and print the receipt of each: as they were, or mended by a file.

    \b
    Example:
      enforcement dead-letters retry 3:1:55 --file mended.json
      enforcement dead-letters retry --code internal_error
      enforcement dead-letters retry 3:1:55 3:1:60 --as-is

    The record goes to its topic as a sender's would, and the receipt to the number that it has. Its entry names the letter that it was;
    if it dies again the new letter names the first. Retrying twice is safe: the same number never opens a second case. A mended message
    keeps source and number: under another number its caller would have two cases.

    Ends with 0 if all were accepted or merged, 1 if one was not, is unknown (unknown_letter) or gone (original_gone, original_cut), 2 if
    the file is not what the contract says, 69 if no broker answers, 75 if there is no receipt yet.
    """
    if bool(letters) == bool(code):
        raise click.UsageError(said("give either ids or --code"))
    if mended_file is not None and (as_is or code or len(letters) != 1):
        raise click.UsageError(said("--file mends one letter, and is not as it was"))
    items = _items(brokers, topic_prefix, lang)
    if code:
        chosen = [item for item in items if item.state is State.OPEN and item.latest.code == code]
    else:
        chosen = _named(items, letters)
    with terminal.connected(brokers, topic_prefix, lang) as client:
        contents = _contents(chosen, mended_file, brokers, topic_prefix, lang)
        answers = [
            _pushed(client, item, value, timeout_s, as_json=as_json, lang=lang)
            for item, value in zip(chosen, contents, strict=True)
        ]
    if not chosen:
        click.echo(said("no dead letter"), err=True)
    if any(map(receipt_text.is_unanswered, answers)):
        sys.exit(terminal.EXIT_NO_RECEIPT)
    sys.exit(0 if all(map(receipt_text.is_accepted, answers)) else terminal.EXIT_REFUSED)


def _contents(
    chosen: list[LetterItem],
    mended_file: Path | None,
    brokers: str | None,
    topic_prefix: str | None,
    lang: Lang,
) -> list[bytes]:
    """What is pushed for each; all of it is there before anything is pushed."""
    if mended_file is not None:
        item = chosen[0]
        found = read_originals(connection_of(brokers, topic_prefix), [item.latest])
        original = found.get(item.latest.original)
        was = original.value if original is not None and not original.truncated else None
        return [mended(item.latest.topic, mended_file.read_bytes(), was)]
    contents = []
    for item, original in zip(chosen, _originals(chosen, brokers, topic_prefix, lang), strict=True):
        if original.truncated:
            message = said("{letter}: only the first part of it was kept", letter=item.latest.entry_id)
            todo = said("push it mended: --file")
            terminal.stop("original_cut", message, todo, terminal.EXIT_REFUSED)
        contents.append(original.value)
    return contents


def _pushed(
    client: Client, item: LetterItem, value: bytes, timeout_s: float, *, as_json: bool, lang: Lang
) -> receipt_text.Answer:
    answer: receipt_text.Answer
    try:
        pending = client.push_again(item.first.topic, value, item.first.dead_letter_id)
        answer = pending.receipt(timeout_s)
    except PipelineError as error:
        answer = error
    _say(item, answer, as_json=as_json, lang=lang)
    return answer


@letters_group.command("discard")
@click.argument("letters", metavar="ID…", nargs=-1, required=True)
@click.option("--why", required=True, metavar="TEXT", help="Why, as the journal will say.")
@click.option("--actor", required=True, metavar="WHO", help="Who decides it, as the journal will say.")
@TIMEOUT
@terminal.broker_options
def discard_command(
    letters: tuple[str, ...],
    why: str,
    actor: str,
    timeout_s: float,
    brokers: str | None,
    topic_prefix: str | None,
    as_json: bool,
    lang: Lang,
) -> None:
    """Say that nothing will be made of dead letters, and why: an entry of the journal, with who, why and when.

    \b
    Example:
      enforcement dead-letters discard 3:1:55 --why "a test of the sender's" --actor W0931

    It is the content that is discarded: all its copies, and those that come yet. A letter may be retried all the same later on. Discarding
    twice is safe.

    Ends with 0 if all are, 1 if one is unknown (unknown_letter), 2 if actor or reason is not what the contract says, 69 if no broker
    answers, 75 if there is no receipt yet.
    """
    chosen = _named(_items(brokers, topic_prefix, lang), letters)
    answers: list[receipt_text.Answer] = []
    with terminal.connected(brokers, topic_prefix, lang) as client:
        for item in chosen:
            letter = item.latest.dead_letter_id
            name = hashlib.sha256(f"{letter}|{actor}|{why}".encode()).hexdigest()[:32]
            discard = DiscardLetter(
                action_id=name, action=DISCARD, letter=letter, by=actor, acted_at=now_utc(), why=why
            )
            answers.append(client.discard(discard, timeout_s=timeout_s))
            _say(item, answers[-1], as_json=as_json, lang=lang)
    sys.exit(0 if all(map(receipt_text.is_accepted, answers)) else terminal.EXIT_REFUSED)


def _say(item: LetterItem, answer: receipt_text.Answer, *, as_json: bool, lang: Lang) -> None:
    if as_json:
        terminal.say_json({"id": item.latest.dead_letter_id, **receipt_text.as_json(answer, lang)})
    else:
        terminal.say(f"{item.latest.entry_id}: {receipt_text.as_line(answer, lang)}")


def _items(brokers: str | None, topic_prefix: str | None, lang: Lang) -> list[LetterItem]:
    with terminal.one_line_errors(lang):
        return read_items(connection_of(brokers, topic_prefix))


def _named(items: list[LetterItem], names: tuple[str, ...]) -> list[LetterItem]:
    """Each once; the command ends where one is not there."""
    found: list[LetterItem] = []
    for name in names:
        item = named(items, name)
        if item is None:
            message = said("no dead letter {name}", name=name[:80])
            todo = said("look its id up: enforcement dead-letters list --all")
            terminal.stop("unknown_letter", message, todo, terminal.EXIT_REFUSED)
        if item not in found:
            found.append(item)
    return found


def _originals(
    items: list[LetterItem], brokers: str | None, topic_prefix: str | None, lang: Lang
) -> Iterator[Original]:
    """The bytes of the latest copy of each, read in one go; the command ends at the first whose bytes are gone."""
    if not items:
        return
    with terminal.one_line_errors(lang):
        found = read_originals(connection_of(brokers, topic_prefix), [item.latest for item in items])
    for item in items:
        original = found.get(item.latest.original)
        if original is None:
            message = said("the bytes of {letter} are kept no longer", letter=item.latest.entry_id)
            todo = said("have its sender push it again, or push it mended: retry --file")
            terminal.stop("original_gone", message, todo, terminal.EXIT_REFUSED)
        yield original
