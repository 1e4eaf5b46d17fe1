"""The clients that a worker has: what confluent-kafka's do, on the simulated log, with everything that goes wrong between.

`SimulatedBrokers` stands where the worker's `Brokers` stands; ledger, opening and restore are the worker's own.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import partial
from typing import Final, TypeVar, cast

from confluent_kafka import (
    TIMESTAMP_LOG_APPEND_TIME,
    Consumer,
    KafkaError,
    KafkaException,
    Producer,
    TopicPartition,
)
from greenlet import GreenletExit

from pipeline.settings import Settings
from pipeline.stream.brokers import Brokers, ClientLog, Ends, TopicFacts
from pipeline.stream.partition.ledger import Ledger
from schemas import topics
from schemas.errors import Unavailable
from tests.chaos.simulated.faults import COMMITS, Broken, Faults
from tests.chaos.simulated.log import Busy, Content, Fenced, Headers, Log, NotInTransaction, Place, Record
from tests.chaos.simulated.scheduler import Process, Scheduler

T = TypeVar("T")
_LATENCY_S: Final = 0.004
_BUSY_S: Final = 0.02
_SENT_AT_ONCE: Final = 0.1
_SLOW_S: Final = 1.0
_LATE_S: Final = (0.02, 0.1, 1.0, 8.0)
_END: Final = KafkaError(KafkaError._PARTITION_EOF, "end")
_TIMED_OUT: Final = KafkaError(KafkaError._TIMED_OUT, "no answer")
FREEZES_S: Final = (0.5, 4.0, 8.0, 14.0, 30.0)


class Network:
    """Between processes and brokers: latency, and the faults that strike there."""

    def __init__(self, scheduler: Scheduler, log: Log, faults: Faults, broken: Broken) -> None:
        self.scheduler = scheduler
        self.log = log
        self.faults = faults
        self.broken = broken
        self.group_offsets: dict[Place, int] = {}
        self.crash: Callable[[Process], None] = scheduler.kill
        """Ends a process from outside."""
        self.fencing: Callable[[Process, int], None] = lambda process, partition: None
        """Told before a worker fences."""

    def effect(self, process: Process, where: str) -> None:
        """A request travels, and before it does something may happen to its process."""
        if not process.alive:
            raise GreenletExit
        faults = self.faults
        if faults.active:
            if faults.strikes(f"kill {where}"):
                self.crash(process)
                raise GreenletExit
            if faults.strikes(f"freeze {where}"):
                frozen = faults.chance.choice(FREEZES_S) * (0.5 + faults.chance.random())
                process.frozen_until = self.scheduler.now + frozen
        self.scheduler.wait(faults.chance.random() * _LATENCY_S)

    def later(self, seconds: float, what: Callable[[], None]) -> None:
        """A request arrives so much later, whatever its sender does meanwhile."""
        self.scheduler.call_at(self.scheduler.now + seconds, what)

    def until_not_busy(self, process: Process, request: Callable[[], T], seconds: float) -> T:
        """As the client does: ask again while a transaction of this id is ending."""
        deadline = self.scheduler.now + seconds
        while True:
            try:
                return request()
            except Busy:
                if self.scheduler.now > deadline:
                    raise KafkaException(_TIMED_OUT) from None
            except Fenced:
                self.faults.meet("fenced")
                raise KafkaException(KafkaError(KafkaError._FENCED, "fenced")) from None
            except NotInTransaction:
                error = KafkaError(KafkaError.INVALID_TXN_STATE, "no such transaction")
                raise KafkaException(error) from None
            if not process.alive:
                raise GreenletExit
            self.scheduler.wait(_BUSY_S)


class SimulatedProducer:
    """As librdkafka's transactional producer, in what the ledger uses of it."""

    def __init__(
        self, network: Network, process: Process, tid: str, client_log: ClientLog, ends: dict[Place, int]
    ) -> None:
        """`ends` is told where each partition ends behind a transaction of this process."""
        self._network = network
        self._ends = ends
        self._process = process
        self._tid = tid
        self._log = client_log
        self.epoch = -1
        self._joined: set[Place] = set()
        self._queue: list[tuple[Place, Content, Delivered | None]] = []
        self._held = False
        """Broken on purpose: the last commit is still to be sent."""

    def init_transactions(self, timeout: float) -> None:
        """Fence, or as a broken worker, put it off."""
        if not self._network.broken.fences_late:
            self._init(timeout)

    def _init(self, timeout: float) -> None:
        network = self._network
        network.effect(self._process, "before fencing")
        network.fencing(self._process, int(self._tid.rsplit("-", 1)[1]))
        self.epoch = network.until_not_busy(self._process, lambda: network.log.init(self._tid), timeout)
        if network.faults.strikes("fencing answer lost"):
            network.scheduler.wait(timeout)
            raise KafkaException(_TIMED_OUT)
        network.effect(self._process, "while opening")

    def begin_transaction(self) -> None:
        """Nothing is sent yet."""
        if self._held:
            self._held = False
            self._end(commits=True, seconds=10.0)
        if self.epoch < 0:
            self._init(15.0)
        self._joined.clear()

    def produce(
        self,
        topic: str,
        value: bytes | None,
        key: bytes | None,
        partition: int,
        headers: Headers,
        on_delivery: "Delivered | None" = None,
    ) -> None:
        """Queue a record; it may be sent at once or with the commit."""
        network = self._network
        if not self._process.alive:
            raise GreenletExit
        self._queue.append(((topic, partition), (key, value, headers), on_delivery))
        faults = network.faults
        if faults.active:
            if faults.strikes("produce refused"):
                raise KafkaException(KafkaError(KafkaError._PURGE_QUEUE, "refused"))
            if faults.chance.random() < _SENT_AT_ONCE:
                network.effect(self._process, "before produce")
                self._flush(10.0)

    def poll(self, timeout: float) -> int:
        """Log lines were given as they came."""
        if timeout:
            self._network.scheduler.wait(timeout)
        return 0

    def commit_transaction(self, timeout: float) -> None:
        """Send what is queued, then EndTxn: applied or not, answered or not."""
        network, faults = self._network, self._network.faults
        network.effect(self._process, "before commit")
        self._flush(timeout)
        network.effect(self._process, "before commit")
        if network.broken.holds_transactions:
            self._held = True
            return
        match faults.first(*COMMITS):
            case "commit request lost":
                self._no_answer(timeout)
            case "commit applied, no answer":
                self._end(commits=True, seconds=timeout)
                self._no_answer(timeout)
            case "commit request late":
                self._send_end_late(faults.chance.random() * 2.0 * timeout)
                self._no_answer(timeout)
            case "commit applied, answer lost":
                # the client asks again by itself, and says that all went well
                self._end(commits=True, seconds=timeout)
                self._send_end_late(faults.chance.choice(_LATE_S) * faults.chance.random())
                if not network.broken.believes_every_commit:
                    self._log.log(6, "%s: %s", "FAIL", "broken connection")
            case "commit slow":
                self._end(commits=True, seconds=timeout)
                if not network.broken.believes_every_commit:
                    network.scheduler.wait(_SLOW_S * (1.0 + faults.chance.random()))
            case _:
                self._end(commits=True, seconds=timeout)
        network.effect(self._process, "after commit")

    def abort_transaction(self, timeout: float) -> None:
        """EndTxn; or it never arrives."""
        self._queue.clear()
        if self._network.faults.strikes("abort request lost"):
            self._no_answer(timeout)
        self._end(commits=False, seconds=timeout)

    def flush(self, timeout: float) -> int:
        """What is queued is sent. Returns how many records are not."""
        self._flush(timeout)
        return len(self._queue)

    def purge(self, **_: bool) -> None:
        """What was not sent never will be."""
        self._queue.clear()

    def _flush(self, seconds: float) -> None:
        network, log = self._network, self._network.log
        queue, self._queue = self._queue, []
        for place, content, on_delivery in queue:
            if network.faults.active and network.faults.chance.random() < _SENT_AT_ONCE:
                network.effect(self._process, "before produce")
            if place not in self._joined:
                network.until_not_busy(self._process, partial(self._join, place), seconds)
                self._joined.add(place)
            append = partial(log.append, self._tid, self.epoch, place, content)
            record = network.until_not_busy(self._process, append, seconds)
            self._ends[place] = record.offset + 2
            if on_delivery is not None:
                on_delivery(None, Message(place, record))

    def _join(self, place: Place) -> None:
        self._network.log.join(self._tid, self.epoch, place, self._network.scheduler.now)

    def _end(self, *, commits: bool, seconds: float) -> None:
        log = self._network.log
        self._network.until_not_busy(
            self._process, lambda: log.end(self._tid, self.epoch, commits=commits), seconds
        )

    def _send_end_late(self, seconds: float) -> None:
        network, tid, epoch = self._network, self._tid, self.epoch

        def arrive() -> None:
            network.faults.meet("late EndTxn")
            with suppress(Fenced, Busy, NotInTransaction):  # nobody waits for this answer any more
                network.log.end(tid, epoch, commits=True)

        network.later(seconds, arrive)

    def _no_answer(self, timeout: float) -> None:
        self._network.scheduler.wait(timeout)
        raise KafkaException(_TIMED_OUT)


def epoch_of(ledger: Ledger) -> int:
    """Of its producer, on the simulated log."""
    return cast(SimulatedProducer, ledger._producer).epoch


class Message:
    """As confluent-kafka's."""

    __slots__ = ("_error", "_place", "_record")

    def __init__(self, place: Place, record: Record | None, error: KafkaError | None = None) -> None:
        self._place = place
        self._record = record
        self._error = error

    def error(self) -> KafkaError | None:
        return self._error

    def topic(self) -> str:
        return self._place[0]

    def partition(self) -> int:
        return self._place[1]

    def offset(self) -> int | None:
        return self._record.offset if self._record else None

    def key(self) -> bytes | None:
        return self._record.key if self._record else None

    def value(self) -> bytes | None:
        return self._record.value if self._record else None

    def timestamp(self) -> tuple[int, int]:
        return TIMESTAMP_LOG_APPEND_TIME, self._record.stamp_ms if self._record else -1


Delivered = Callable[[KafkaError | None, Message], None]
Doctor = Callable[[Place, Record], Record]
"""What a broken worker makes of what it reads."""


class SimulatedReader:
    """As confluent-kafka's consumer with assigned offsets: committed records, then the end."""

    def __init__(self, network: Network, process: Process, doctor: Doctor | None) -> None:
        self._network = network
        self._process = process
        self._doctor = doctor
        self._place: Place = ("", 0)
        self._next = 0

    def assign(self, places: list[TopicPartition]) -> None:
        """One place, with its offset."""
        (one,) = places
        self._place, self._next = (one.topic, one.partition), one.offset

    def poll(self, timeout: float) -> Message | None:
        """The next message; None where the brokers are silent."""
        self._network.effect(self._process, "while opening")
        if self._network.faults.strikes("brokers silent"):
            self._network.scheduler.wait(timeout)
            return None
        return next(iter(self._take(1)), Message(self._place, None, _END))

    def consume(self, limit: int, timeout: float) -> list[Message]:
        """What has come meanwhile."""
        return self._take(min(limit, self._network.faults.chance.randrange(60)))

    def close(self) -> None:
        """Nothing is held."""

    def _take(self, limit: int) -> list[Message]:
        records, self._next = self._network.log.partitions[self._place].visible(self._next, limit)
        if self._doctor is not None:
            records = [self._doctor(self._place, record) for record in records]
        return [Message(self._place, record) for record in records]


class SimulatedBrokers(Brokers):
    """What one process sees of the brokers."""

    def __init__(
        self, settings: Settings, network: Network, process: Process, doctor: Doctor | None = None
    ) -> None:
        super().__init__(settings)
        self._network = network
        self._process = process
        self._doctor = doctor
        self._app = settings.app_id
        self._own_ends: dict[Place, int] = {}
        self._facts = {
            topic.name: TopicFacts(f"id-of-{topic.name}", settings.partitions) for topic in topics.TOPICS
        }

    def producer(self, partition: int, client_log: ClientLog) -> Producer:
        """Of that partition's transactional id."""
        tid = f"{self._app}-{partition}"
        producer = SimulatedProducer(self._network, self._process, tid, client_log, self._own_ends)
        return cast(Producer, producer)

    def reader(self, client_log: ClientLog) -> Consumer:
        """Of committed records."""
        return cast(Consumer, SimulatedReader(self._network, self._process, self._doctor))

    def topics(self, names: Iterable[str]) -> Mapping[str, TopicFacts]:
        """All topics are there."""
        self._travel()
        return {name: self._facts[name] for name in names}

    def ends(self, names: Iterable[str], partition: int) -> Mapping[str, Ends]:
        """Three questions, one after the other, as the worker asks them."""
        logs = {name: self._network.log.partitions[name, partition] for name in names}
        self._travel()
        begins = {name: log.begin for name, log in logs.items()}
        self._travel()
        stables = {name: log.stable for name, log in logs.items()}
        self._travel()
        if self._network.broken.waits_for_nobody:
            return {name: Ends(begins[name], stables[name], stables[name]) for name in logs}
        return {name: Ends(begins[name], stables[name], log.high) for name, log in logs.items()}

    def highs(self, names: Iterable[str], partition: int) -> Mapping[str, int]:
        """One question; the answer may be old when it comes."""
        network = self._network
        network.effect(self._process, "anywhere")
        if network.faults.strikes("brokers silent"):
            network.scheduler.wait(4.0)
            raise Unavailable("no_answer", "the brokers are silent")
        highs = {name: network.log.partitions[name, partition].high for name in names}
        network.effect(self._process, "anywhere")
        if network.broken.overlooks_others and topics.CASES in highs:
            return {topics.CASES: self._own_ends[topics.CASES, partition]}
        return highs

    def _travel(self) -> None:
        self._network.effect(self._process, "while opening")
        if self._network.faults.strikes("brokers silent"):
            self._network.scheduler.wait(4.0)
            raise Unavailable("no_answer", "the brokers are silent")
