"""`enforcement forget`: erases what is kept of a caller, or the sealed bytes of a dead letter, and keeps when, by whom and why."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from getpass import getuser
from typing import Final

import click

from pipeline.core.rules.redaction import without_personal_data
from pipeline.edge.client.action_builder import now_utc
from pipeline.edge.commands import terminal
from pipeline.kafka_log.record_writer import ACKNOWLEDGE_S, RecordWriter
from pipeline.operations.broker_access import BrokerAccess, broker_access
from pipeline.operations.forgetting import (
    CallersRecord,
    ErasingRecord,
    Erasure,
    ToForget,
    erasing_records,
    to_forget,
)
from pipeline.words.command_line import command
from pipeline.words.field_words import Lang
from pipeline.words.spoken import said
from schemas import topics
from schemas.errors import BadMessage, PipelineError, Unavailable
from schemas.outputs import Forgotten
from schemas.wire.codec import Codec

_MARK: Final = Codec[Forgotten](Forgotten)
_TO_ERASE: Final = "{token}: would be erased in {many} partitions"
_SENTENCES: Final = {
    Erasure.ERASED: "{token}: erased in {many} partitions",
    Erasure.BEFORE: "{token}: was erased before, nothing stands there",
    Erasure.UNKNOWN: "{token}: no such token, nothing stands there",
}


@command("forget")
@click.argument("tokens", nargs=-1, required=True, metavar="TOKEN…")
@click.option("--why", required=True, metavar="TEXT", help="Why, as the record of it will say.")
@click.option("--actor", metavar="ID", help="Who has it erased; default: the user of this machine.")
@click.option("--dry-run", is_flag=True, help="Say what would be erased, and erase nothing.")
@terminal.broker_options
def forget_command(
    tokens: tuple[str, ...],
    why: str,
    actor: str | None,
    dry_run: bool,
    brokers: str | None,
    topic_prefix: str | None,
    as_json: bool,
    lang: Lang,
) -> None:
    """Erase what is kept of a caller, or of a dead letter's bytes.

    \b
    Example:
      enforcement forget c-5d41402abc4b2a76b9719d911017c592 --why "asked for by the caller" --actor W0931
      enforcement forget c-5d41402abc4b2a76b9719d911017c592 --why test --dry-run

    TOKEN is what stands for the caller in case, assignment and journal (c-…), or for the bytes of a dead letter (d-…). Name and phone are
    deleted from callers.v1 in each partition, and with them the bytes of dead letters in which that phone stands, and what stands under its other
    tokens (a secret order has one of its own); when, by whom and why stays, without personal data, and enforcement audit proves from it that nothing is left. The brokers' disks have it for a day more, until
    compaction; reports.v1 has the report itself for 7 days. The case goes on: a call-back that cannot be made is recorded as missed. Whoever calls
    again is kept anew.

    Doing it twice does no harm. Ends with 1 if a token is unknown, 2 if one is none, 69 if no broker answers.
    """  # fmt: skip
    with broker_access(brokers, topic_prefix, lang) as deployment:
        marks = [_checked(token, actor or getuser(), why) for token in tokens]
        found = to_forget(_records(deployment), [mark.token for mark in marks])
        if not dry_run:
            by, reason, at = marks[0].by, marks[0].why, marks[0].at
            _write(deployment, [record for one in found for record in erasing_records(one, at, by, reason)])
    for one in found:
        _say(one, dry_run, as_json)
    if any(one.result is Erasure.UNKNOWN for one in found):
        raise SystemExit(terminal.EXIT_REFUSED)


def _checked(token: str, actor: str, why: str) -> Forgotten:
    """As the contract has it, without personal data.

    Raises:
        BadMessage: the token, the actor or the reason is none.
    """
    if not why.strip():
        raise BadMessage("too_short", "why", "why it is erased")
    mark = Forgotten(token=token, at=now_utc(), by=actor, why=why.strip())
    return without_personal_data(_MARK.decode_strictly(_MARK.encode(mark)))


def _records(deployment: BrokerAccess) -> Iterator[CallersRecord]:
    for partition in deployment.reader.partitions(topics.CALLERS):
        for record in deployment.reader.read_all(topics.CALLERS, partition):
            yield CallersRecord(partition, record.key, record.value)


def _write(deployment: BrokerAccess, records: Iterable[ErasingRecord]) -> None:
    """In order, each acknowledged.

    Raises:
        Unavailable: the brokers did not acknowledge all of them: what was written stays.
    """
    stored, failures, sent = list[int](), list[PipelineError](), 0
    with ExitStack() as stack:
        writer = RecordWriter(deployment.connection)
        stack.callback(writer.close, ACKNOWLEDGE_S)
        for record in records:
            sent += 1
            writer.send(
                deployment.connection.topic(topics.CALLERS),
                value=record.value,
                key=record.key,
                partition=record.partition,
                headers=record.headers,
                stored=lambda _, offset: stored.append(offset),
                failed=failures.append,
            )
    if failures:
        raise failures[0]
    if len(stored) < sent:
        raise Unavailable("broker_unavailable", f"no acknowledgement from {deployment.connection.brokers}")


def _say(one: ToForget, dry_run: bool, as_json: bool) -> None:
    if as_json:
        terminal.say_json(
            {
                "token": one.token,
                "result": one.result.value,
                "partitions": one.partitions,
                "holds_phone_of": one.holds_phone_of,
                "dry_run": dry_run,
            }
        )
        return
    sentence = _TO_ERASE if dry_run and one.result is Erasure.ERASED else _SENTENCES[one.result]
    terminal.say(said(sentence, token=one.token, many=len(one.partitions)))
    if one.holds_phone_of is not None:
        terminal.say(
            "  " + said("not asked for: the phone of {token} stands there", token=one.holds_phone_of)
        )
