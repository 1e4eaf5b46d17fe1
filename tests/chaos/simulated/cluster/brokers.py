"""What one process sees of the brokers: `SimulatedBrokers` stands where the worker's `Brokers` stands.

Ledger, opening and restore are the worker's own.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Final, cast

from confluent_kafka import Consumer, KafkaError, Producer, TopicPartition

from pipeline.settings import Settings
from pipeline.stream.brokers import Brokers, ClientLog, Ends, TopicFacts
from schemas import topics
from schemas.errors import Unavailable
from tests.chaos.simulated.cluster.log import Place, Record
from tests.chaos.simulated.cluster.network import Network
from tests.chaos.simulated.cluster.nodes import NODES
from tests.chaos.simulated.cluster.producer import Message, SimulatedProducer
from tests.chaos.simulated.scheduler import Process

_SILENT_S: Final = 4.0
_TIMES: Final = 2
_END: Final = KafkaError(KafkaError._PARTITION_EOF, "end")
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
        if self._network.faults.strikes("brokers silent") or not self._network.nodes.is_reached(self._place):
            self._network.scheduler.wait(timeout)
            return None
        return next(iter(self._take(1)), Message(self._place, None, _END))

    def consume(self, limit: int, timeout: float) -> list[Message]:
        """What has come meanwhile."""
        few = self._network.faults.chance.randrange(60)
        return self._take(min(limit, few)) if self._network.nodes.is_reached(self._place) else []

    def close(self) -> None:
        """Nothing is held."""

    def _take(self, limit: int) -> list[Message]:
        records, self._next = self._network.log.partitions[self._place].visible(self._next, limit)
        if self._doctor is not None:
            records = [self._doctor(self._place, record) for record in records]
        return [Message(self._place, record) for record in records]


class SimulatedBrokers(Brokers):
    """What one process sees of the brokers. `where`: what strikes it while it asks them (see `faults.EFFECTS`)."""

    def __init__(
        self,
        settings: Settings,
        network: Network,
        process: Process,
        doctor: Doctor | None = None,
        where: str = "while opening",
    ) -> None:
        super().__init__(settings)
        self._network = network
        self._process = process
        self._doctor = doctor
        self._where = where
        self._app = settings.app_id
        self._own_ends: dict[Place, int] = {}
        self.told: Counter[Place] = Counter()
        """The furthest end of each partition that was ever answered."""

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
        self._travel(self._where)
        self._try_another()
        counts = self._network.log.counts
        if self._network.broken.overlooks_partitions:
            counts = dict.fromkeys(counts, self._settings.partitions)
        return {name: TopicFacts(f"id-of-{name}", counts[name]) for name in names}

    def configs(self, names: Iterable[str]) -> Mapping[str, Mapping[str, str | None]]:
        """As they were made, or set since."""
        self._travel(self._where)
        self._try_another()
        return {name: {**self._network.log.configs[name]} for name in names}

    def configure(self, changes: Mapping[str, Mapping[str, str]]) -> None:
        """At once."""
        self._travel(self._where)
        for name, config in changes.items():
            self._network.log.configs[name].update(config)

    def all_ends(self, names: Iterable[str], partitions: Iterable[int]) -> Mapping[Place, Ends]:
        """Three questions, one after the other, as the worker asks them."""
        numbers = tuple(partitions)
        places = [(name, number) for name in names for number in numbers]
        logs = {place: self._network.log.partitions[place] for place in places}
        self._travel(self._where)
        self._hear_all(logs)
        begins = {place: log.begin for place, log in logs.items()}
        self._travel(self._where)
        self._hear_all(logs)
        stables = {place: log.stable for place, log in logs.items()}
        self._travel(self._where)
        self._hear_all(logs)
        self.told |= Counter({place: log.high for place, log in logs.items()})
        if self._network.broken.waits_for_nobody:
            return {place: Ends(begins[place], stables[place], stables[place]) for place in logs}
        return {place: Ends(begins[place], stables[place], log.high) for place, log in logs.items()}

    def highs(self, names: Iterable[str], partition: int) -> Mapping[str, int]:
        """One question; the answer may be old when it comes."""
        network = self._network
        self._travel("anywhere")
        self._hear_all((name, partition) for name in names)
        highs = {name: network.log.partitions[name, partition].high for name in names}
        network.effect(self._process, "anywhere")
        if network.broken.overlooks_others and topics.CASES in highs:
            return {topics.CASES: self._own_ends[topics.CASES, partition]}
        return highs

    def _travel(self, where: str) -> None:
        self._network.effect(self._process, where)
        if self._network.faults.strikes("brokers silent"):
            self._network.scheduler.wait(_SILENT_S)
            raise Unavailable("no_answer", "the brokers are silent")

    def _try_another(self) -> None:
        """A question that any broker answers; which one a client asks first is chance."""
        nodes = self._network.nodes
        if nodes.silent is not None and nodes.chance.randrange(NODES) == 0:
            self._network.scheduler.wait(nodes.answer_s)

    def _hear_all(self, places: Iterable[Place]) -> None:
        """Of each partition its leader must answer; asked twice, as `Brokers` does, and no longer."""
        nodes, asked = self._network.nodes, tuple(places)
        for _ in range(_TIMES):
            if all(map(nodes.is_reached, asked)):
                return
            self._network.scheduler.wait(max(_SILENT_S, nodes.answer_s))
        if not all(map(nodes.is_reached, asked)):
            raise Unavailable("no_answer", "a leader is silent")
