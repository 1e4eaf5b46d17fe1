"""What the brokers themselves know, as an operator asks it: topics and their sizes, disks, the group, open transactions.

Over kafka-python, since librdkafka's client asks neither for disks nor for transactions. Nothing is changed here.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, NamedTuple, TypedDict, TypeVar

from kafka import IsolationLevel, KafkaAdminClient, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType, OffsetSpec
from kafka.errors import (
    CoordinatorLoadInProgressError,
    CoordinatorNotAvailableError,
    KafkaConnectionError,
    NotCoordinatorError,
    for_code,
)

from pipeline.kafka_log.connection import Connection, topic_missing
from pipeline.kafka_log.independent_client import connected, kafka_errors_as_ours
from pipeline.kafka_log.log_record import TopicPlace

T = TypeVar("T")
OPEN_STATES: Final = ("Ongoing", "PrepareCommit", "PrepareAbort", "PrepareEpochFence")
_PASSING: Final = (
    CoordinatorLoadInProgressError,
    CoordinatorNotAvailableError,
    KafkaConnectionError,
    NotCoordinatorError,
)
"""Of a broker that has just started and finds its coordinators first, and of one that was lost while others go on."""
_LOOK_S: Final = 0.1
_UNKNOWN_TOPIC: Final = 3
_DEAD: Final = "Dead"


class TopicOnBrokers(NamedTuple):
    """A topic on the brokers. `behind` are the partitions of which a replica is not in sync."""

    name: str
    partitions: tuple[int, ...]
    replicas: int
    behind: tuple[int, ...]


class OffsetSpan(NamedTuple):
    """Of one partition: its first offset, the end of what readers may see, and the end of what is written."""

    begin: int
    stable: int
    high: int


class Disk(NamedTuple):
    """A folder in which a broker keeps its logs. Of an `offline` folder nothing is known; -1: the broker does not say."""

    broker: int
    folder: str
    offline: bool
    total_bytes: int
    usable_bytes: int


class GroupMember(NamedTuple):
    """A member of the consumer group, and the places that it was given."""

    client_id: str
    instance_id: str | None
    host: str
    places: frozenset[TopicPlace]


class Group(NamedTuple):
    """A consumer group; `state` as Kafka calls it, `Dead` where it does not exist."""

    name: str
    state: str
    members: tuple[GroupMember, ...]


class OpenTransaction(NamedTuple):
    """A transaction that is neither committed nor aborted."""

    transactional_id: str
    state: str
    started_ms: int
    timeout_ms: int
    places: tuple[TopicPlace, ...]


class _Partition(TypedDict):
    """A partition as kafka-python tells of it."""

    partition_index: int
    replica_nodes: list[int]
    isr_nodes: list[int]


class _Assigned(TypedDict):
    """The partitions of a topic that a member has."""

    topic: str
    partitions: list[int]


class _Assignment(TypedDict):
    """All that a member has."""

    assigned_partitions: list[_Assigned]


class _Member(TypedDict):
    """A member of a group as kafka-python tells of it."""

    client_id: str
    group_instance_id: str | None
    client_host: str
    member_assignment: _Assignment | bytes | None


class BrokerAdmin:
    """Of one deployment; topics go by the contract's names. Of one thread only."""

    def __init__(self, connection: Connection) -> None:
        """Connects.

        Raises:
            Unavailable: no broker answers.
        """
        self._connection = connection
        with kafka_errors_as_ours(connection):
            self._admin = connected(connection, KafkaAdminClient)

    def cluster_id(self) -> str:
        """The name that the cluster gave itself; it stays with its data.

        Raises:
            Unavailable: no broker answers.
        """
        return str(self._ask(self._admin.describe_cluster)["cluster_id"])

    def topics(self, names: Iterable[str]) -> dict[str, TopicOnBrokers]:
        """Of those that exist.

        Raises:
            Unavailable: no broker answers, or it does not allow it.
        """
        by_topic = {self._connection.topic(name): name for name in names}
        found = self._ask(lambda: self._admin.describe_topics(list(by_topic)))
        with kafka_errors_as_ours(self._connection):
            for topic in found:
                if topic["error_code"] not in (0, _UNKNOWN_TOPIC):
                    raise for_code(topic["error_code"])(topic["name"])
        return {
            by_topic[topic["name"]]: _facts(by_topic[topic["name"]], topic["partitions"])
            for topic in found
            if topic["partitions"]
        }

    def topic(self, name: str) -> TopicOnBrokers:
        """One of them.

        Raises:
            Unavailable: it does not exist, or no broker answers.
        """
        facts = self.topics([name]).get(name)
        if facts is None:
            raise topic_missing(self._connection.topic(name))
        return facts

    def ranges(self, topics: Iterable[TopicOnBrokers]) -> dict[tuple[str, int], OffsetSpan]:
        """Of each partition of these topics.

        Raises:
            Unavailable: no broker answers.
        """
        keys = {
            (topic.name, number): self._place(topic.name, number)
            for topic in topics
            for number in topic.partitions
        }
        begins = self._offsets(keys.values(), OffsetSpec.EARLIEST, IsolationLevel.READ_UNCOMMITTED)
        stables = self._offsets(keys.values(), OffsetSpec.LATEST, IsolationLevel.READ_COMMITTED)
        highs = self._offsets(keys.values(), OffsetSpec.LATEST, IsolationLevel.READ_UNCOMMITTED)
        return {key: OffsetSpan(begins[place], stables[place], highs[place]) for key, place in keys.items()}

    def configs(self, name: str) -> Mapping[str, str]:
        """What is set of a topic itself; the rest is as its broker has it.

        Raises:
            Unavailable: no broker answers.
        """
        resource = ConfigResource(ConfigResourceType.TOPIC, self._connection.topic(name))
        answers = self._ask(lambda: self._admin.describe_configs([resource]))
        return {
            key: str(config["value"])
            for topics in answers.values()
            for topic in topics.values()
            for key, config in topic.items()
        }

    def disks(self) -> list[Disk]:
        """Every folder of every broker, in order.

        Raises:
            Unavailable: no broker answers.
        """
        answers = self._ask(self._admin.describe_log_dirs)
        return sorted(
            Disk(
                answer["broker"],
                found["log_dir"],
                found["error_code"] != 0,
                found.get("total_bytes", -1),
                found.get("usable_bytes", -1),
            )
            for answer in answers
            for found in answer["log_dirs"]
        )

    def sizes(self, names: Iterable[str]) -> dict[tuple[str, int], int]:
        """The bytes of each partition, of all its replicas together.

        Raises:
            Unavailable: no broker answers.
        """
        by_topic = {self._connection.topic(name): name for name in names}
        sizes: dict[tuple[str, int], int] = {}
        for answer in self._ask(lambda: self._admin.describe_log_dirs(list(by_topic))):
            for folder in answer["log_dirs"]:
                for topic in folder["topics"]:
                    for part in topic["partitions"]:
                        key = by_topic[topic["name"]], part["partition_index"]
                        sizes[key] = sizes.get(key, 0) + part["partition_size"]
        return sizes

    def group(self, name: str) -> Group:
        """The consumer group of this name.

        Raises:
            Unavailable: no broker answers.
        """
        found = self._ask(lambda: self._admin.describe_groups([name]))[name]
        members = [_member(member) for member in found.get("members") or ()]
        return Group(
            name,
            found.get("group_state") or _DEAD,
            tuple(sorted(members, key=lambda member: (member.client_id, member.host))),
        )

    def open_transactions(self) -> list[OpenTransaction]:
        """Of all brokers, the oldest first.

        Raises:
            Unavailable: no broker answers.
        """
        listed = self._ask(lambda: self._admin.list_transactions(state_filters=list(OPEN_STATES)))
        ids = [listing.transactional_id for listings in listed.values() for listing in listings]
        described = self._ask(lambda: self._admin.describe_transactions(ids)) if ids else {}
        found = [
            OpenTransaction(
                name,
                str(facts.state.value),
                facts.transaction_start_time_ms,
                facts.transaction_timeout_ms,
                tuple(sorted(TopicPlace(*place) for place in facts.topic_partitions)),
            )
            for name, facts in described.items()
            if facts.state.value in OPEN_STATES  # it may have ended since
        ]
        return sorted(found, key=lambda transaction: transaction.started_ms)

    def close(self) -> None:
        """Nothing is asked any more."""
        self._admin.close()

    def _place(self, name: str, partition: int) -> TopicPlace:
        return TopicPlace(self._connection.topic(name), partition)

    def _offsets(
        self, places: Iterable[TopicPlace], spec: OffsetSpec, isolation: IsolationLevel
    ) -> dict[TopicPlace, int]:
        wanted = {TopicPartition(*place): spec for place in places}
        answers = self._ask(lambda: self._admin.list_partition_offsets(wanted, isolation))
        return {TopicPlace(place.topic, place.partition): answer.offset for place, answer in answers.items()}

    def _ask(self, question: Callable[[], T]) -> T:
        """Asked again for a while, where what is wrong passes."""
        limit = time.monotonic() + self._connection.answer_s
        with kafka_errors_as_ours(self._connection):
            while True:
                try:
                    return question()
                except _PASSING:
                    if time.monotonic() > limit:
                        raise
                time.sleep(_LOOK_S)


def _facts(name: str, partitions: Sequence[_Partition]) -> TopicOnBrokers:
    return TopicOnBrokers(
        name,
        tuple(sorted(part["partition_index"] for part in partitions)),
        min(len(part["replica_nodes"]) for part in partitions),
        tuple(
            sorted(
                part["partition_index"]
                for part in partitions
                if len(part["isr_nodes"]) < len(part["replica_nodes"])
            )
        ),
    )


def _member(member: _Member) -> GroupMember:
    assignment = member["member_assignment"]  # empty bytes while partitions move
    assigned = assignment["assigned_partitions"] if isinstance(assignment, dict) else ()
    return GroupMember(
        member["client_id"],
        member.get("group_instance_id"),
        member["client_host"].lstrip("/"),
        frozenset(TopicPlace(topic["topic"], number) for topic in assigned for number in topic["partitions"]),
    )
