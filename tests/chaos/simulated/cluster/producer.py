"""What confluent-kafka's transactional producer does, on the simulated log, with everything that goes wrong between."""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Final, TypeVar, cast

from confluent_kafka import TIMESTAMP_LOG_APPEND_TIME, KafkaError, KafkaException
from greenlet import GreenletExit

from pipeline.stream.brokers import ClientLog
from pipeline.stream.partition.ledger import Ledger
from tests.chaos.simulated.cluster.log import Busy, Content, Fenced, Headers, NotInTransaction, Place, Record
from tests.chaos.simulated.cluster.network import TIMED_OUT, Network
from tests.chaos.simulated.cluster.nodes import Led
from tests.chaos.simulated.faults import COMMITS
from tests.chaos.simulated.scheduler import Process

T = TypeVar("T")
_SENT_AT_ONCE: Final = 0.1
_SLOW_S: Final = 1.0
_LATE_S: Final = (0.02, 0.1, 1.0, 8.0)


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


class Anywhere(int):
    """An offset that is taken for the one that was expected: by a worker that does not look where its first record stands."""

    def __eq__(self, other: object) -> bool:
        return True

    def __ne__(self, other: object) -> bool:
        return False

    __hash__ = int.__hash__


class _Once:
    """A record sent again and again: the partition knows its number and takes it once."""

    def __init__(self, append: Callable[[], Record]) -> None:
        self._append = append
        self._record: Record | None = None

    def __call__(self) -> Record:
        """What stands there."""
        if self._record is None:
            self._record = self._append()
        return self._record


Delivered = Callable[[KafkaError | None, Message], None]


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
        self._sequences: Counter[Place] = Counter()
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
        self.epoch = self._ask(self._tid, lambda: network.log.init(self._tid), timeout)
        if network.faults.strikes("fencing answer lost"):
            network.scheduler.wait(timeout)
            raise KafkaException(TIMED_OUT)
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
        on_delivery: Delivered | None = None,
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
        """Send what is queued, then EndTxn: applied or not, answered or not; or as a broken worker, take silence for success."""
        was_silent = self._network.nodes.changed_at
        try:
            self._commit(timeout)
        except KafkaException:
            nodes = self._network.nodes
            if not self._network.broken.takes_silence_for_success or not (
                nodes.holds or nodes.changed_at > was_silent
            ):
                raise

    def _commit(self, timeout: float) -> None:
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
                self._ask(self._tid, partial(self._join, place), seconds)
                self._joined.add(place)
            append = _Once(partial(log.append, self._tid, self.epoch, place, content, self._sequences[place]))
            record = self._ask(place, append, seconds)
            self._sequences[place] += 1
            self._ends[place] = record.offset + 2
            if on_delivery is not None:
                trusts_ends = self._network.broken.trusts_ends
                told = record._replace(offset=Anywhere(record.offset)) if trusts_ends else record
                on_delivery(None, Message(place, told))

    def _join(self, place: Place) -> None:
        self._network.log.join(self._tid, self.epoch, place, self._network.scheduler.now)

    def _end(self, *, commits: bool, seconds: float) -> None:
        log = self._network.log
        self._ask(self._tid, lambda: log.end(self._tid, self.epoch, commits=commits), seconds)

    def _ask(self, led: Led, request: Callable[[], T], seconds: float) -> T:
        return self._network.ask(self._process, led, request, seconds, self._gave_up)

    def _gave_up(self) -> None:
        """The client says so in a line: it closes a connection that brings no answer in time."""
        if not self._network.broken.believes_every_commit:
            self._log.log(6, "%s: %s", "FAIL", "1 request(s) timed out: disconnect")

    def _send_end_late(self, seconds: float) -> None:
        network, tid, epoch = self._network, self._tid, self.epoch

        def arrive() -> None:
            if network.nodes.holds:
                network.nodes.leave(tid, partial(network.log.end, tid, epoch, commits=True))
                return
            network.faults.meet("late EndTxn")
            with suppress(Fenced, Busy, NotInTransaction):  # nobody waits for this answer any more
                network.log.end(tid, epoch, commits=True)

        network.later(seconds, arrive)

    def _no_answer(self, timeout: float) -> None:
        self._network.scheduler.wait(timeout)
        raise KafkaException(TIMED_OUT)


def epoch_of(ledger: Ledger) -> int:
    """Of its producer, on the simulated log."""
    return cast(SimulatedProducer, ledger._producer).epoch
