"""`enforcement records`: what stands at a place of a topic, readable, with personal data masked."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import click

from pipeline.edge.commands import terminal
from pipeline.kafka_log.log_record import LogRecord
from pipeline.operations.broker_access import BrokerAccess, broker_access, last_records, size
from pipeline.operations.record_view import RecordView, flat, view_of
from pipeline.words.command_line import command
from pipeline.words.field_words import Both, Lang, both, to_second
from schemas import topics
from schemas.codes import CODES

COUNT: Final = 10
COUNT_MAX: Final = 10_000
_SUMMARY_MAX: Final = 300
_LESS_TOLD: Final = frozenset(
    [
        "entry_id",
        "receipt_id",
        "assignment_id",
        "notice_id",
        "dead_letter_id",
        "token",
        "sha256",
        "digest",
        "original",
        "rules_version",
        "code_version",
        "topic",
        "partition",
        "offset",
        "epoch",
        "at",
        "decided_at",
        "cases_topic_id",
        "journal_topic_id",
        "message_zh",
        "message_en",
    ]
)
"""Fields that a line has no room for, or says already."""
_WORDS: Final[Mapping[str, Both]] = {
    "by_broker": both("消息服务所记", "by the broker"),
    "by_sender": both("发送方所记", "by its sender"),
    "deleted": both("已删除（无内容）", "deleted: no value"),
    "key": both("键", "key"),
    "no_key": both("无键", "no key"),
    "unread": both(
        "不合规约，只列字段：{code} {field}", "not of the contract, so only its fields: {code} {field}"
    ),
    "no_record": both("{place} 没有可读的记录；{held}", "no record can be read at {place}; {held}"),
    "holds": both("该分区有 {begin} 至 {end}", "the partition holds {begin} to {end}"),
    "nothing": both("该分区为空", "the partition is empty"),
    "no_partition": both("{topic} 没有分区 {partition}", "{topic} has no partition {partition}"),
    "see_topics": both(
        "请查看各分区（enforcement topics show {topic}）",
        "see its partitions: enforcement topics show {topic}",
    ),
    "offset_alone": both("--offset 须与 --partition 同用", "--offset needs --partition"),
    "empty": both("没有记录", "no record"),
}


@command("records")
@click.argument("topic", type=click.Choice([topic.name for topic in topics.TOPICS]), metavar="TOPIC")
@click.option("--partition", type=click.IntRange(0), metavar="N", help="Only this one.")
@click.option(
    "--offset",
    type=click.IntRange(0),
    metavar="N",
    help="The record that stands there, whole; with --partition.",
)
@click.option("--key", metavar="TEXT", help="Only those under this key: a case, a street, a source.")
@click.option(
    "--last",
    "count",
    type=click.IntRange(1, COUNT_MAX),
    default=COUNT,
    show_default=True,
    metavar="N",
    help="So many of the newest, the oldest of them first.",
)
@terminal.broker_options
def records_command(
    topic: str,
    partition: int | None,
    offset: int | None,
    key: str | None,
    count: int,
    brokers: str | None,
    topic_prefix: str | None,
    as_json: bool,
    lang: Lang,
) -> None:
    """What stands in TOPIC: the newest records in a line each, or the record at --partition and --offset, whole.

    \b
    Example:
      enforcement records dead-letters.v1 --last 20
      enforcement records reports.v1 --partition 2 --offset 155
      enforcement records journal.v1 --key 140109004-E2RRVT6Q509DJ
      enforcement records dead-letters.v1 --last 1000 --json | grep internal_error

    TOPIC is named as in the contracts, without a prefix. Committed records only, as every reader sees them. Callers' names and numbers are
    masked, in free text too; of what was pushed and is not of the contract only the fields are shown, and of a dead letter's
    bytes in callers.v1 only how many there are.

    Ends with 1 if no record stands there, 69 if no broker answers.
    """  # fmt: skip
    if offset is not None and partition is None:
        raise click.UsageError(_WORDS["offset_alone"][lang])
    with broker_access(brokers, topic_prefix, lang) as deployment:
        records = _records(deployment, topic, partition, offset, key, count, lang)
    if not records:
        click.echo(_WORDS["empty"][lang], err=True)
        raise SystemExit(terminal.EXIT_REFUSED)
    for record in records:
        if as_json:
            terminal.say_json(_as_json(record))
        else:
            for line in _whole(record, lang) if offset is not None else _in_short(record, lang):
                terminal.say(line)


def _records(
    deployment: BrokerAccess,
    topic: str,
    partition: int | None,
    offset: int | None,
    key: str | None,
    count: int,
    lang: Lang,
) -> list[RecordView]:
    facts = deployment.admin.topic(topic)
    if partition is not None and partition not in facts.partitions:
        message = _WORDS["no_partition"][lang].format(topic=topic, partition=partition)
        terminal.stop(
            "no_partition", message, _WORDS["see_topics"][lang].format(topic=topic), terminal.EXIT_REFUSED
        )
    ranges = deployment.admin.ranges([facts])
    if partition is not None and offset is not None:
        return [_at(deployment, topic, partition, offset, lang)]
    wanted = None if key is None else key.encode()
    found: list[LogRecord] = []
    for number in facts.partitions if partition is None else (partition,):
        found += last_records(deployment.reader, topic, number, ranges[topic, number], count, wanted)
    newest = sorted(found, key=lambda record: (record.timestamp, record.partition, record.offset))[-count:]
    return [view_of(record, topic) for record in newest]


def _at(deployment: BrokerAccess, topic: str, partition: int, offset: int, lang: Lang) -> RecordView:
    span = deployment.admin.ranges([deployment.admin.topic(topic)])[topic, partition]
    is_within = span.begin <= offset < span.stable
    records: Iterable[LogRecord] = (
        deployment.reader.read(topic, partition, offset, offset + 1) if is_within else ()
    )
    record = next(iter(records), None)
    if record is None:  # beyond the ends, compacted away, aborted, or a mark of a transaction
        place = f"{topic}/{partition}@{offset}"
        held = _WORDS["holds" if span.stable > span.begin else "nothing"][lang]
        held = held.format(begin=span.begin, end=span.stable - 1)
        message = _WORDS["no_record"][lang].format(place=place, held=held)
        todo = _WORDS["see_topics"][lang].format(topic=topic)
        terminal.stop("no_record", message, todo, terminal.EXIT_REFUSED)
    return view_of(record, topic)


def _head(record: RecordView, lang: Lang) -> str:
    key = f"{_WORDS['key'][lang]} {record.key}" if record.key is not None else _WORDS["no_key"][lang]
    return f"{record.topic}/{record.partition}@{record.offset}  {to_second(record.at)}  {key}"


def _in_short(record: RecordView, lang: Lang) -> Iterator[str]:
    parts = [_head(record, lang), *_remarks(record, lang)]
    content = record.content or {}
    parts += [
        f"{name}={value}" for name, value in flat(content) if "." not in name and name not in _LESS_TOLD
    ]
    events = content.get("events")
    if isinstance(events, list):
        parts.append(", ".join(str(event.get("event")) for event in events if isinstance(event, dict)))
    text = "  ".join(parts)
    yield text if len(text) <= _SUMMARY_MAX else f"{text[:_SUMMARY_MAX]}…"


def _whole(record: RecordView, lang: Lang) -> Iterator[str]:
    stamped = _WORDS["by_broker" if record.stamped_by_broker else "by_sender"][lang]
    yield f"{_head(record, lang)}  ({stamped})  {record.kind}  {size(record.size_bytes)}"
    for remark in _remarks(record, lang):
        yield f"  {remark}"
    for name, value in flat(record.content or {}):
        yield f"  {name}: {value}"


def _remarks(record: RecordView, lang: Lang) -> Iterator[str]:
    """What is to be known before its fields."""
    if record.content is None:
        yield _WORDS["deleted"][lang]
    elif record.fault is not None:
        yield _WORDS["unread"][lang].format(code=record.fault.code, field=record.fault.field).rstrip()
    elif record.topic == topics.DEAD_LETTERS:
        content = record.content
        yield f"{content.get('topic')}/{content.get('partition')}@{content.get('offset')}"
        explained = CODES.get(str(content.get("code")))
        if explained is not None:
            yield explained.zh if lang is Lang.ZH else explained.en


def _as_json(record: RecordView) -> Mapping[str, object]:
    fault = record.fault
    return {
        "topic": record.topic,
        "partition": record.partition,
        "offset": record.offset,
        "at": record.at.isoformat(timespec="milliseconds"),
        "stamped_by": "broker" if record.stamped_by_broker else "sender",
        "key": record.key,
        "type": record.kind,
        "size_bytes": record.size_bytes,
        "content": record.content,
        "fault": None if fault is None else {"code": fault.code, "field": fault.field},
    }
