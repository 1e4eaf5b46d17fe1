"""`enforcement lag`: how far each partition is decided, how much waits, since when, and whose it is."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final, NamedTuple

import click

from pipeline.edge.client.action_builder import now_utc
from pipeline.edge.commands import terminal
from pipeline.kafka_log.broker_admin import GroupMember, OffsetSpan
from pipeline.kafka_log.log_record import TopicPlace
from pipeline.operations.broker_access import (
    BrokerAccess,
    broker_access,
    last_records,
    seconds_since,
    show_rows,
    stamped,
    worker_group,
)
from pipeline.words.command_line import command
from pipeline.words.field_words import Both, Lang, both, exactly
from schemas import topics
from schemas.errors import BadMessage, CorruptLog
from schemas.wire import codecs

_WORDS: Final[Mapping[str, Both]] = {
    "topic": both("主题", "topic"),
    "partition": both("分区", "partition"),
    "decided": both("已判至", "decided to"),
    "end": both("末尾", "end"),
    "lag": both("积压", "lag"),
    "oldest": both("最久等待", "oldest waits"),
    "owner": both("处理者", "owner"),
    "nobody": both("无", "nobody"),
    "all": both(
        "共积压{lag}条，{unowned}个分区无人处理", "{lag} records wait; {unowned} partitions have no owner"
    ),
    "open": both("其后有未结束的事务", "a transaction is open behind"),
}


class PlaceLag(NamedTuple):
    """One partition of one input. `oldest` is when its first record that is not decided was stamped; None where none waits."""

    topic: str
    partition: int
    decided: int
    end: int
    oldest: datetime | None
    owner: GroupMember | None
    is_held: bool

    @property
    def lag(self) -> int:
        """Offsets not decided; 0 where nothing waits but marks of transactions."""
        return self.end - self.decided if self.oldest is not None else 0


@command("lag")
@terminal.broker_options
def lag_command(brokers: str | None, topic_prefix: str | None, as_json: bool, lang: Lang) -> None:
    """How far each partition is decided, how much waits there and since when, and which worker has it.

    \b
    Example:
      enforcement lag
      enforcement lag --json | jq 'select(.lag > 0)'

    Decided is what the position in cases.v1 says, on which the workers themselves rest; the offsets of the group are for
    displays only. The owner is as the group has it: host and process, or the worker's ENFORCEMENT_INSTANCE_ID. Nobody's partitions stand still.

    Ends with 1 where a partition has no owner, 69 if no broker answers.
    """  # fmt: skip
    with broker_access(brokers, topic_prefix, lang) as deployment:
        places = list(_places(deployment))
    now = now_utc()
    if as_json:
        for place in places:
            terminal.say_json(_as_json(place, now))
    else:
        _show(places, now, lang)
    if any(place.owner is None for place in places):
        raise SystemExit(terminal.EXIT_REFUSED)


def _places(deployment: BrokerAccess) -> Iterator[PlaceLag]:
    """Of both inputs, partition by partition."""
    admin, connection = deployment.admin, deployment.connection
    facts = [admin.topic(name) for name in (*topics.INPUTS, topics.CASES)]
    ranges = admin.ranges(facts)
    owners = {
        place: member for member in admin.group(worker_group(connection)).members for place in member.places
    }
    positions = {
        number: _position(deployment, number, ranges[topics.CASES, number]) for number in facts[-1].partitions
    }
    for topic in facts[:-1]:
        for number in topic.partitions:
            span = ranges[topic.name, number]
            decided = positions.get(number, {}).get(topic.name, span.begin)
            oldest = _first(deployment, topic.name, number, max(decided, span.begin), span.stable)
            owner = owners.get(TopicPlace(connection.topic(topic.name), number))
            yield PlaceLag(topic.name, number, decided, span.stable, oldest, owner, span.high > span.stable)


def _position(deployment: BrokerAccess, partition: int, span: OffsetSpan) -> Mapping[str, int]:
    """The next offset of each input topic as the last transaction of the partition wrote it; empty where none ever did."""
    found = last_records(deployment.reader, topics.CASES, partition, span, 1, topics.POSITION_KEY)
    if not found:
        return {}
    try:
        position = codecs.POSITION.decode(found[0].value or b"")
    except BadMessage as error:
        raise CorruptLog("position_unreadable", str(error)) from None
    return {place.topic: place.next_offset for place in position.inputs}


def _first(deployment: BrokerAccess, name: str, partition: int, begin: int, end: int) -> datetime | None:
    """When the first record there was stamped."""
    first = next(iter(deployment.reader.read(name, partition, begin, end)), None)
    return None if first is None else stamped(first.timestamp)


def _as_json(place: PlaceLag, now: datetime) -> Mapping[str, object]:
    owner = place.owner
    return {
        "topic": place.topic,
        "partition": place.partition,
        "decided": place.decided,
        "end": place.end,
        "lag": place.lag,
        "oldest_waits_s": None if place.oldest is None else seconds_since(place.oldest, now),
        "owner": None if owner is None else owner_name(owner),
        "host": None if owner is None else owner.host,
        "transaction_open": place.is_held,
    }


def owner_name(member: GroupMember) -> str:
    """The instance where it has a name, else the client's."""
    return member.instance_id or member.client_id


def _show(places: list[PlaceLag], now: datetime, lang: Lang) -> None:
    heads = ("topic", "partition", "decided", "end", "lag", "oldest", "owner")
    rows = [
        [
            place.topic,
            str(place.partition),
            str(place.decided),
            str(place.end),
            str(place.lag),
            exactly(seconds_since(place.oldest, now), lang) if place.oldest else "-",
            (owner_name(place.owner) if place.owner else _WORDS["nobody"][lang])
            + (f"  ({_WORDS['open'][lang]})" if place.is_held else ""),
        ]
        for place in places
    ]
    show_rows([_WORDS[head][lang] for head in heads], rows)
    unowned = len({place.partition for place in places if place.owner is None})
    click.echo(_WORDS["all"][lang].format(lag=sum(place.lag for place in places), unowned=unowned), err=True)
