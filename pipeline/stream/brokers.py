"""How this package talks to the brokers with confluent-kafka: client settings, log lines, topics and offsets.

The consumer group is not here: membership is Faust's (see `fetching.fetch`).
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

from confluent_kafka import (
    Consumer,
    IsolationLevel,
    KafkaError,
    KafkaException,
    Producer,
    TopicCollection,
    TopicPartition,
    Uuid,
)
from confluent_kafka.admin import (
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    OffsetSpec,
    ResourceType,
)

from pipeline.settings import Settings
from schemas.errors import Unavailable

ANSWER_S: Final = 4.0
log: Final = logging.getLogger("enforcement.brokers")
T = TypeVar("T")
K = TypeVar("K")
ClientConfig = dict[str, str | int | float | bool]


class ClientLog:
    """Takes a client's log lines and counts those that report a broken connection.

    librdkafka repeats a lost EndTxn inside and reports success; only a FAIL line tells of it.
    """

    def __init__(self, name: str) -> None:
        self.failures = 0
        self._name = name

    def log(self, _level: int, message: str, *parts: object) -> None:
        """Called by the client from `poll`, as a `logging.Logger` would be."""
        if "FAIL" in map(str, parts[:1]) or "FAIL" in message[:16]:
            self.failures += 1
        log.debug("%s: %s", self._name, message % parts if parts else message)


def _client_config(settings: Settings) -> ClientConfig:
    """Of every client. Without the limits one waits for a minute for a broker that neither answers nor closes its connection."""
    answer_ms = int(settings.answer_s * 1_000)
    return {
        "bootstrap.servers": settings.brokers,
        "socket.timeout.ms": answer_ms,
        "socket.connection.setup.timeout.ms": answer_ms,
        "socket.keepalive.enable": True,
        "log_level": 6,
    }


def _ledger_config(settings: Settings, partition: int) -> ClientConfig:
    """Of the producer of one partition. Its transactional id is what fences: one owner at a time.

    `retry.backoff.ms`: the default of 100 rules back-to-back transactions (106 ms instead of 5).
    `linger.ms` saves half the cost of writing, since each record need not wake the sender; a commit sends at once anyway.
    How it packs is a setting: readers of kafka-python and aiokafka have gzip from Python itself, lz4 only with an extra package.
    `message.timeout.ms` is below the transaction's, so that a batch fails before it is aborted under us.
    """
    return _client_config(settings) | {
        "client.id": f"{settings.app_id}-ledger-{partition}",
        "transactional.id": f"{settings.topic_prefix}{settings.app_id}-{partition}",
        "transaction.timeout.ms": settings.transaction_timeout_ms,
        "message.timeout.ms": settings.transaction_timeout_ms * 4 // 5,
        "request.timeout.ms": int(settings.answer_s * 1_000),
        "acks": "all",
        "compression.type": settings.compression,
        "linger.ms": 5,
        "max.in.flight": 5,
        "retry.backoff.ms": 2,
        "retry.backoff.max.ms": 50,
        "message.max.bytes": 4 * 1024 * 1024,
        "queue.buffering.max.messages": 500_000,
    }


def _reader_config(settings: Settings) -> ClientConfig:
    return _client_config(settings) | {
        "client.id": f"{settings.app_id}-restore",
        "group.id": f"{settings.topic_prefix}{settings.app_id}-restore",
        "isolation.level": "read_committed",
        "enable.auto.commit": False,
        "enable.partition.eof": True,
        "auto.offset.reset": "error",
        "fetch.wait.max.ms": 10,  # the end is only seen by a fetch that finds nothing
        "fetch.queue.backoff.ms": 5,
    }


@dataclass(frozen=True, slots=True)
class Ends:
    """Of one partition: its first offset, the end of what is committed (LSO), and the end of what is written (HW)."""

    begin: int
    stable: int
    high: int


@dataclass(frozen=True, slots=True)
class TopicFacts:
    """The id tells a topic from a later one of the same name."""

    topic_id: str
    partitions: int


class Brokers:
    """What the brokers say about topics, and the clients that write and read there. Safe to use from any thread.

    Every request is repeated once with a new client, and then raises `Unavailable`. A client that is kept may hold on for
    minutes to a former leader (after a broker's restart it gets FENCED_LEADER_EPOCH again and again, and does not refresh),
    or to a topic's absence.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._log = ClientLog("admin")
        self._admin: AdminClient | None = None

    @property
    def admin(self) -> AdminClient:
        """The client; a new one after a failure."""
        client = self._admin
        if client is None:
            settings = self._settings
            config = _client_config(settings) | {"client.id": f"{settings.app_id}-admin"}
            client = self._admin = AdminClient(config, logger=self._log)
        return client

    def producer(self, partition: int, client_log: ClientLog) -> Producer:
        """The transactional producer of that partition, not yet initialised."""
        return Producer(_ledger_config(self._settings, partition), logger=client_log)

    def reader(self, client_log: ClientLog) -> Consumer:
        """Reads assigned partitions from given offsets to their end, committed records only; joins no group."""
        return Consumer(_reader_config(self._settings), logger=client_log)

    def topics(self, names: Iterable[str]) -> Mapping[str, TopicFacts]:
        """Of those topics (contract names) that exist."""
        names_of = {self._settings.topic(name): name for name in names}
        return self._ask(lambda: self._topics(names_of))

    def ends(self, names: Iterable[str], partition: int) -> Mapping[str, Ends]:
        """Of that partition of each topic (contract names)."""
        return {name: ends for (name, _), ends in self.all_ends(names, (partition,)).items()}

    def all_ends(self, names: Iterable[str], partitions: Iterable[int]) -> Mapping[tuple[str, int], Ends]:
        """Of those partitions of each topic (contract names): three requests, however many there are."""
        numbers = tuple(partitions)
        places = {
            (name, number): TopicPartition(self._settings.topic(name), number)
            for name in names
            for number in numbers
        }

        def ask() -> Mapping[tuple[str, int], Ends]:
            begins = self._offsets(places, OffsetSpec.earliest(), IsolationLevel.READ_UNCOMMITTED)
            stables = self._offsets(places, OffsetSpec.latest(), IsolationLevel.READ_COMMITTED)
            highs = self._offsets(places, OffsetSpec.latest(), IsolationLevel.READ_UNCOMMITTED)
            return {key: Ends(begins[key], stables[key], highs[key]) for key in places}

        return self._ask(ask)

    def highs(self, names: Iterable[str], partition: int) -> Mapping[str, int]:
        """Behind the last record of that partition of each topic (contract names), committed or not: one request."""
        places = {name: TopicPartition(self._settings.topic(name), partition) for name in names}
        return self._ask(lambda: self._offsets(places, OffsetSpec.latest(), IsolationLevel.READ_UNCOMMITTED))

    def configs(self, names: Iterable[str]) -> Mapping[str, Mapping[str, str | None]]:
        """The settings of those topics (contract names), which exist."""
        names_of = {ConfigResource(ResourceType.TOPIC, self._settings.topic(name)): name for name in names}

        def ask() -> Mapping[str, Mapping[str, str | None]]:
            answers = self.admin.describe_configs(list(names_of), request_timeout=ANSWER_S)
            return {
                names_of[resource]: {key: entry.value for key, entry in answer.result(ANSWER_S).items()}
                for resource, answer in answers.items()
            }

        return self._ask(ask) if names_of else {}

    def configure(self, changes: Mapping[str, Mapping[str, str]]) -> None:
        """Set these settings of those topics (contract names), which exist; others stay as they are."""
        resources = [
            ConfigResource(
                ResourceType.TOPIC,
                self._settings.topic(name),
                incremental_configs=[
                    ConfigEntry(key, value, incremental_operation=AlterConfigOpType.SET)
                    for key, value in config.items()
                ],
            )
            for name, config in changes.items()
        ]

        def ask() -> None:
            answers = self.admin.incremental_alter_configs(resources, request_timeout=ANSWER_S)
            for answer in answers.values():
                answer.result(ANSWER_S)

        if resources:
            self._ask(ask)

    def _ask(self, question: Callable[[], T]) -> T:
        try:
            return question()
        except (KafkaException, TimeoutError):
            self._admin = None
        try:
            return question()
        except KafkaException as error:
            self._admin = None
            raise unavailable(error) from error
        except TimeoutError as error:
            self._admin = None
            raise Unavailable("no_answer", "the brokers say nothing about the topics") from error

    def _topics(self, names_of: Mapping[str, str]) -> Mapping[str, TopicFacts]:
        facts: dict[str, TopicFacts] = {}
        answers = self.admin.describe_topics(TopicCollection(list(names_of)), request_timeout=ANSWER_S)
        for topic, answer in answers.items():
            try:
                description = answer.result(ANSWER_S)
            except KafkaException as error:
                if error.args[0].code() != KafkaError.UNKNOWN_TOPIC_OR_PART:
                    raise
            else:
                facts[names_of[topic]] = TopicFacts(
                    _plain_id(description.topic_id), len(description.partitions)
                )
        return facts

    def _offsets(
        self, places: Mapping[K, TopicPartition], spec: OffsetSpec, isolation: IsolationLevel
    ) -> Mapping[K, int]:
        specs = dict.fromkeys(places.values(), spec)
        answers = self.admin.list_offsets(specs, isolation_level=isolation, request_timeout=ANSWER_S)
        offsets = {
            (place.topic, place.partition): answer.result(ANSWER_S).offset
            for place, answer in answers.items()
        }
        for (topic, partition), offset in offsets.items():
            if offset < 0:  # librdkafka's word for none, without an error, while leaders change
                raise KafkaException(
                    KafkaError(KafkaError.LEADER_NOT_AVAILABLE, f"no offset of {topic}/{partition}")
                )
        return {key: offsets[place.topic, place.partition] for key, place in places.items()}


def _plain_id(topic_id: Uuid) -> str:
    """As Kafka's own tools print it: the client gives base64 with + and /."""
    return str(topic_id).translate(_URL_SAFE).rstrip("=")


_URL_SAFE: Final = str.maketrans("+/", "-_")


def unavailable(error: KafkaException) -> Unavailable:
    """The client's error as ours; it never carries a record."""
    kafka_error = error.args[0]
    return Unavailable(kafka_error.name().lower().strip("_"), kafka_error.str())
