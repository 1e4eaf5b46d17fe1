"""`enforcement topics`: make and check the topics; their settings and sizes, the brokers' disks, open transactions."""

import sys
from collections.abc import Mapping
from datetime import datetime
from typing import Final

import click

from pipeline.broker.local_settings import local_settings
from pipeline.edge.client.action_builder import now_utc
from pipeline.edge.commands import terminal
from pipeline.kafka_log.broker_admin import Disk, OpenTransaction
from pipeline.operations.broker_access import (
    BrokerAccess,
    broker_access,
    seconds_since,
    show_rows,
    size,
    stamped,
)
from pipeline.operations.restore_command import restore_command
from pipeline.operations.set_back_command import set_back_command
from pipeline.settings import Settings
from pipeline.stream import broker_topics
from pipeline.stream.brokers import Brokers
from pipeline.stream.exits import EX_CONFIG
from pipeline.words.command_line import group
from pipeline.words.field_words import Both, Lang, both, exactly, to_second
from pipeline.words.spoken import said, spoken
from schemas import topics

NAMES: Final = [topic.name for topic in topics.TOPICS]
_WORDS: Final[Mapping[str, Both]] = {
    "topic": both("主题", "topic"),
    "partitions": both("分区数", "partitions"),
    "partition": both("分区", "partition"),
    "replicas": both("副本", "replicas"),
    "behind": both("副本未同步", "not in sync"),
    "offsets": both("位点数", "offsets"),
    "first": both("首位点", "first"),
    "end": both("末尾", "end"),
    "open": both("未提交", "not committed"),
    "size": both("大小", "size"),
    "missing": both("不存在", "missing"),
    "disk": both(
        "节点 {broker} {folder}: {free} 可用，共 {total}", "broker {broker} {folder}: {free} free of {total}"
    ),
    "offline": both(
        "节点 {broker} {folder}：离线，无法读写", "broker {broker} {folder}: OFFLINE, cannot be written"
    ),
    "id": both("事务编号", "transactional id"),
    "state": both("状态", "state"),
    "since": both("开始于", "since"),
    "for": both("已历时", "for"),
    "at": both("所写分区", "writes to"),
    "none_open": both("没有未结束的事务", "no transaction is open"),
}


@group("topics")
def topics_group() -> None:
    """The topics on the brokers."""


topics_group.add_command(set_back_command)
topics_group.add_command(restore_command)


@topics_group.command("apply")
def apply_command() -> None:
    """Make the topics that are missing, and have the brokers clean each as it must be, and stamp the inputs and the journal."""
    with terminal.one_line_errors(spoken()):
        settings = local_settings()
        for line in broker_topics.apply(settings, Brokers(settings)):
            click.echo(line)
        _report(settings)


@topics_group.command("check")
def check_command() -> None:
    """Compare the topics with the contracts; exit 78 where they differ."""
    with terminal.one_line_errors(spoken()):
        _report(local_settings())


def _report(settings: Settings) -> None:
    found = broker_topics.differences(settings, Brokers(settings))
    for difference in found:
        click.echo(str(difference), err=True)
    if found:
        click.echo(said("what to do: {command}", command=broker_topics.what_to_do(found)), err=True)
        sys.exit(EX_CONFIG)
    words = "{topics} topics with {partitions} partitions each: as the contracts say"
    click.echo(said(words, topics=len(topics.TOPICS), partitions=settings.partitions))


@topics_group.command("show")
@click.argument("topic", type=click.Choice(NAMES), metavar="TOPIC", required=False)
@terminal.broker_options
def show_command(
    topic: str | None, brokers: str | None, topic_prefix: str | None, as_json: bool, lang: Lang
) -> None:
    """How large each topic is and whether its replicas are in sync, then the brokers' disks; of TOPIC its partitions and settings.

    \b
    Example:
      enforcement topics show
      enforcement topics show journal.v1
      enforcement topics show --json | jq 'select(.folder)'

    TOPIC is named as in the contracts, without a prefix. Sizes are those of all replicas together. Not committed: offsets behind the end of what readers
    see, of a transaction that is open. A disk says how much is free for the broker; one that is offline failed.

    Ends with 1 where a topic is missing, a replica is behind or a disk is offline, 69 if no broker answers.
    """  # fmt: skip
    with broker_access(brokers, topic_prefix, lang) as deployment:
        rows = _topic_rows(deployment) if topic is None else _partition_rows(deployment, topic)
        disks = deployment.admin.disks() if topic is None else []
        config = {} if topic is None else deployment.admin.configs(topic)
    if as_json:
        for row in (
            *rows,
            *({"topic": topic, "config": config} for _ in (0,) if config),
            *map(_disk_as_json, disks),
        ):
            terminal.say_json(row)
    else:
        _show(rows, disks, config, lang)
    if any(row["missing"] or row["behind"] for row in rows) or any(disk.offline for disk in disks):
        sys.exit(terminal.EXIT_REFUSED)


def _topic_rows(deployment: BrokerAccess) -> list[Mapping[str, object]]:
    facts = deployment.admin.topics(NAMES)
    ranges, sizes = deployment.admin.ranges(facts.values()), deployment.admin.sizes(facts)
    rows: list[Mapping[str, object]] = []
    for name in NAMES:
        topic = facts.get(name)
        numbers = topic.partitions if topic else ()
        spans = [ranges[name, number] for number in numbers]
        rows.append(
            {
                "topic": name,
                "missing": topic is None,
                "partitions": len(numbers),
                "replicas": topic.replicas if topic else 0,
                "behind": len(topic.behind) if topic else 0,
                "offsets": sum(span.stable - span.begin for span in spans),
                "open": sum(span.high - span.stable for span in spans),
                "bytes": sum(sizes.get((name, number), 0) for number in numbers),
            }
        )
    return rows


def _partition_rows(deployment: BrokerAccess, name: str) -> list[Mapping[str, object]]:
    topic = deployment.admin.topic(name)
    ranges, sizes = deployment.admin.ranges([topic]), deployment.admin.sizes([name])
    return [
        {
            "topic": name,
            "missing": False,
            "partition": number,
            "behind": int(number in topic.behind),
            "first": ranges[name, number].begin,
            "end": ranges[name, number].stable,
            "open": ranges[name, number].high - ranges[name, number].stable,
            "bytes": sizes.get((name, number), 0),
        }
        for number in topic.partitions
    ]


def _show(rows: list[Mapping[str, object]], disks: list[Disk], config: Mapping[str, str], lang: Lang) -> None:
    names = [name for name in rows[0] if name not in ("missing", "bytes")]
    table = [
        [
            *(str(row[name]) for name in names),
            _WORDS["missing"][lang] if row["missing"] else size(int(str(row["bytes"]))),
        ]
        for row in rows
    ]
    show_rows([*(_WORDS[name][lang] for name in names), _WORDS["size"][lang]], table)
    for key, value in sorted(config.items()):
        terminal.say(f"{key} = {value}")
    for disk in disks:
        terminal.say(disk_line(disk, lang))


def disk_line(disk: Disk, lang: Lang) -> str:
    """How much is free, or that the folder failed."""
    words = _WORDS["offline" if disk.offline else "disk"][lang]
    free, total = size(disk.usable_bytes), size(disk.total_bytes)
    return words.format(broker=disk.broker, folder=disk.folder, free=free, total=total)


def _disk_as_json(disk: Disk) -> Mapping[str, object]:
    return {
        "broker": disk.broker,
        "folder": disk.folder,
        "offline": disk.offline,
        "total_bytes": disk.total_bytes,
        "usable_bytes": disk.usable_bytes,
    }


@topics_group.command("transactions")
@terminal.broker_options
def transactions_command(brokers: str | None, topic_prefix: str | None, as_json: bool, lang: Lang) -> None:
    """Which transactions are open, since when, whose they are and what they hold up; the oldest first.

    \b
    Example:
      enforcement topics transactions
      enforcement topics transactions --json

    Readers see nothing behind an open transaction, and a partition is not opened before it ends. A worker's id begins with the
    prefix and ENFORCEMENT_APP_ID and ends with the partition; the brokers end it after its own limit.
    """
    with broker_access(brokers, topic_prefix, lang) as deployment:
        found = deployment.admin.open_transactions()
    now = now_utc()
    if as_json:
        for transaction in found:
            terminal.say_json(_transaction_as_json(transaction))
    elif not found:
        terminal.say(_WORDS["none_open"][lang])
    else:
        heads = [_WORDS[head][lang] for head in ("id", "state", "since", "for", "at")]
        show_rows(heads, [_transaction_row(transaction, now, lang) for transaction in found])


def _transaction_row(transaction: OpenTransaction, now: datetime, lang: Lang) -> list[str]:
    started = stamped(transaction.started_ms)
    places = ", ".join(f"{topic}/{number}" for topic, number in transaction.places) or "-"
    return [
        transaction.transactional_id,
        transaction.state,
        to_second(started),
        exactly(seconds_since(started, now), lang),
        places,
    ]


def _transaction_as_json(transaction: OpenTransaction) -> Mapping[str, object]:
    return {
        "transactional_id": transaction.transactional_id,
        "state": transaction.state,
        "started_ms": transaction.started_ms,
        "timeout_ms": transaction.timeout_ms,
        "partitions": [f"{topic}/{number}" for topic, number in transaction.places],
    }
