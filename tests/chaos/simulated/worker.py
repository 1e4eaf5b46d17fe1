"""A worker process: the real partitions, owners, opening, ledger and lane, on a simulated machine, group and brokers."""

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from aiokafka.structs import TopicPartition
from greenlet import GreenletExit

from pipeline.settings import Settings
from pipeline.stream import broker_topics
from pipeline.stream.brokers import Ends
from pipeline.stream.core_protocol import NewCore, WorkerParts
from pipeline.stream.exits import EX_CONFIG
from pipeline.stream.fetching.fetch import hand_over
from pipeline.stream.fetching.inbox import APPENDED
from pipeline.stream.fetching.partitions import Partitions
from pipeline.stream.partition.kept_state import kept_line
from pipeline.stream.partition.known_log import KnownLog, KnownPartition
from pipeline.stream.topic_watch import TopicWatch
from pipeline.stream.watch import LOOK_S, Watch
from pipeline.stream.worker_clock import WorkerClock
from schemas import topics
from schemas.errors import Unavailable
from tests.chaos.simulated.cluster.brokers import Doctor, SimulatedBrokers
from tests.chaos.simulated.cluster.group import Group, Member
from tests.chaos.simulated.cluster.log import Headers, Place, Record
from tests.chaos.simulated.cluster.network import Network
from tests.chaos.simulated.cluster.nodes import GROUP
from tests.chaos.simulated.scheduler import Flag, Process, Scheduler, SimulatedMachine, Task

_TICK_S: Final = 0.9
_FETCH_S: Final = 0.1
_IDLE_S: Final = 0.9
_NOTE_S: Final = 5.0
_JOIN_S: Final = 60.0
_ASK_AGAIN_S: Final = 0.5
_STOP_S: Final = 6.0
_SURE_S: Final = 8.0
_CHECK_S: Final = 10.0
"""Not once a minute: a run is a minute."""
TOPICS_WRONG: Final = "the topics are not as they must be"


class Fetched:
    """As aiokafka's record."""

    __slots__ = ("headers", "key", "offset", "partition", "timestamp", "timestamp_type", "topic", "value")

    def __init__(self, place: Place, record: Record) -> None:
        self.topic, self.partition = place
        self.timestamp = record.stamp_ms
        self.timestamp_type = APPENDED
        self.offset = record.offset
        self.key: bytes | None = record.key
        self.value: bytes | None = record.value
        self.headers: Headers = record.headers


class _Standing:
    """As aiokafka's state of an assigned partition."""

    def __init__(self) -> None:
        self.has_valid_position = False
        self.position = 0


class SimulatedFetcher:
    """As aiokafka's fetcher and its subscriptions, in what the lane uses of them."""

    def __init__(self, network: Network) -> None:
        self.reassignment_in_progress = True
        self.tps: set[TopicPartition] = set()
        self.lost: Place | None = None
        self._log = network.log
        self._chance = network.faults.chance.random
        self._nodes = network.nodes
        self._standing: dict[TopicPartition, _Standing] = {}

    @property
    def _subscriptions(self) -> "SimulatedFetcher":
        return self

    @property
    def subscription(self) -> "SimulatedFetcher":
        return self

    @property
    def assignment(self) -> "SimulatedFetcher":
        return self

    def assign(self, partitions: frozenset[int]) -> None:
        """As the group says."""
        self.tps = {TopicPartition(topic, number) for topic in topics.INPUTS for number in partitions}
        self._standing = {place: _Standing() for place in self.tps}
        self.reassignment_in_progress = False

    def state_value(self, place: TopicPartition) -> _Standing:
        return self._standing[place]

    def seek_to(self, place: TopicPartition, offset: int) -> None:
        state = self._standing[place]
        state.position, state.has_valid_position = offset, True

    def skip_a_few(self) -> None:
        """A fetch was cancelled after it had moved the position on."""
        for place in sorted(self.tps):
            self._standing[place].position += 2

    async def fetched_records(
        self,
        places: set[TopicPartition],
        timeout: float,  # noqa: ASYNC109  # aiokafka's
        max_records: int,
    ) -> dict[TopicPartition, list[Fetched]]:
        """Of some partitions some records: answers come as they come."""
        fetched = {}
        for place in sorted(places):
            if not self._nodes.is_reached((place.topic, place.partition)):
                continue
            state = self._standing[place]
            log = self._log.partitions[place]
            if not log.begin <= state.position <= log.high:
                self.lost = (place.topic, place.partition)
            if self._chance() < 0.3:
                continue
            records, state.position = log.visible(state.position, 1 + int(self._chance() * 12))
            if records:
                fetched[place] = [Fetched(place, record) for record in records]
        return fetched


class WatchedPartitions(Partitions):
    """The worker's partitions; what they say of ownership is noted, for the simulation to compare with the truth."""

    always_fresh = False

    def __init__(
        self, parts: WorkerParts, stop_worker: Callable[[int, str], None], scheduler: Scheduler
    ) -> None:
        super().__init__(parts, stop_worker)
        self._scheduler = scheduler
        self._said: dict[Task, float] = {}

    def is_fresh(self, generation: int) -> bool:
        """As the worker says; or as a broken one would."""
        fresh = super().is_fresh(generation) or self.always_fresh
        if fresh:
            self._said[self._scheduler.running] = self._scheduler.now
        return fresh

    def said_fresh_at(self) -> float:
        """When the running thread was last told that its partition is this worker's."""
        return self._said.get(self._scheduler.running, -1.0)


class _Forgetful(KnownLog):
    """Broken on purpose."""

    def of(self, partition: int) -> KnownPartition:
        """Nothing."""
        return KnownPartition(partition)


class _Blind(TopicWatch):
    """Broken on purpose: state that is deleted, and topics made otherwise, are not seen."""

    def _compare_ends(self, known: KnownPartition, ends: Mapping[str, Ends]) -> None:
        known.compare_ends(ends)

    def _compare_settings(self) -> None:
        pass


class Worker:
    """One process from its start to its end. A restarted worker is another one."""

    def __init__(
        self,
        network: Network,
        group: Group,
        settings: Settings,
        name: str,
        *,
        origin: datetime,
        speed: float,
        skew_s: float,
        new_core: NewCore,
        doctor: Doctor | None,
        stopped: Callable[["Worker", int, str], None],
    ) -> None:
        self.process = Process(name)
        self.network = network
        self.group = group
        self._scheduler = network.scheduler
        self._stopped = stopped
        self.skew_s = skew_s
        self.looked_at = self._scheduler.now
        """When its watch has looked last."""
        machine = SimulatedMachine(self._scheduler, self.process)
        clock = WorkerClock(origin, 0.0, speed, lambda: self._scheduler.now + skew_s)
        brokers = SimulatedBrokers(settings, network, self.process, doctor)
        watch_brokers = self._watch_brokers = SimulatedBrokers(
            settings, network, self.process, doctor, "anywhere"
        )
        watch = _Blind if network.broken.overlooks_deletion else TopicWatch
        known_log = _Forgetful() if network.broken.forgets_log else KnownLog()
        parts = WorkerParts(settings, brokers, clock, new_core, machine, known_log=known_log)
        self.partitions = WatchedPartitions(parts, self._end, self._scheduler)
        self._settings = settings
        self._ending = machine.lock()
        self.partitions.always_fresh = network.broken.is_always_fresh
        self.partitions.request_rejoin = self.ask_rejoin
        self._watch = Watch(self.partitions, watch(replace(parts, brokers=watch_brokers), check_s=_CHECK_S))
        self.member: Member | None = None
        self._rejoin = Flag(self._scheduler)
        self._fetcher = SimulatedFetcher(network)
        self._heartbeat_s = settings.heartbeat_s

    def start(self) -> None:
        """Its threads begin."""
        for run in (self._belong, self._fetch, self._tick, self._look):
            if run != self._look or not self.network.broken.looks_where_it_waits:
                self._scheduler.spawn(self.process, run)

    def stop(self) -> None:
        """SIGTERM: each partition finishes its transaction, then the group is left."""
        self._scheduler.spawn(self.process, self._stop)

    def has_seen(self, place: Place, end: int) -> bool:
        """Whether its watch was told that the log reaches further."""
        return self._watch_brokers.told[place] > end

    def input_age_s(self) -> float:
        """What its metric says: how long the oldest input waits."""
        return self._watch.input_age_s()

    def ask_rejoin(self) -> None:
        """Of the group, another round."""
        self._rejoin.set()

    def _stop(self) -> None:
        self.partitions.stop(_STOP_S)
        if self.member is not None:
            self.group.leave(self.member)
        self._leave(0, "told to stop")

    def _end(self, code: int, line: str) -> None:
        """As the worker's app does: what memory holds is kept where the log is not as it must be."""
        with self._ending:
            if code == EX_CONFIG and not self.network.broken.keeps_no_state:
                line += kept_line(self._settings, self.partitions.stand_still(), self._scheduler.wait)
            self._leave(code, line)

    def _leave(self, code: int, line: str) -> None:
        """The process is gone, as with `os._exit`."""
        if self.process.alive:
            self._scheduler.kill(self.process)
            self._stopped(self, code, line)
            raise GreenletExit

    def _wait_for_topics(self) -> None:
        """As the worker's app does before it joins the group."""
        sure_at = self._scheduler.now + _SURE_S
        while True:
            try:
                found = broker_topics.differences(self._settings, self._watch_brokers)
            except Unavailable:
                found = []
            else:
                if not found:
                    return
            if found and self._scheduler.now > sure_at:
                self._leave(EX_CONFIG, f"{TOPICS_WRONG}: {found[0]}")
            self._scheduler.wait(1.0)

    def _belong(self) -> None:
        self._wait_for_topics()
        while True:
            self.partitions.park()
            self._fetcher.reassignment_in_progress = True
            self.network.effect(self.process, "anywhere")
            self._find_coordinator()
            member = self.member = self.group.join(self.process, self.member)
            if not self._await_members(member):
                continue
            generation, partitions = member.generation, member.partitions
            self.network.effect(self.process, "anywhere")
            self._fetcher.assign(partitions)
            self.partitions.assign(set(partitions), generation)
            self._beat(member, generation)

    def _find_coordinator(self) -> None:
        """As the client does: a silent one is given up, and the others are asked who coordinates by now."""
        nodes = self.network.nodes
        while not nodes.is_reached(GROUP):
            self._scheduler.wait(_ASK_AGAIN_S if nodes.answer_s < _JOIN_S / 2 else nodes.answer_s)

    def _await_members(self, member: Member) -> bool:
        """Whether the group has made up its mind; meanwhile the coordinator is asked beside it whether it lives."""
        nodes, asked = self.network.nodes, self.network.nodes.leader(GROUP)
        deadline = self._scheduler.now + _JOIN_S
        asks_s = nodes.answer_s if nodes.may_fall_silent else _JOIN_S
        while self._scheduler.now < deadline and not member.joined.wait(asks_s):
            if nodes.silent == asked:
                self._scheduler.wait(nodes.answer_s)
            if nodes.silent == asked or nodes.leader(GROUP) != asked:
                return False
        return member.joined.is_set()

    def _beat(self, member: Member, generation: int) -> None:
        """Until the group wants another round, or somebody here does."""
        while True:
            self._rejoin.wait(self._heartbeat_s)
            if self.network.broken.looks_where_it_waits and self._scheduler.now - self.looked_at > LOOK_S:
                self._look_once()
            if self._rejoin.is_set():
                self._rejoin.clear()
                return
            sent = self._scheduler.now
            self.network.effect(self.process, "anywhere")
            if self.network.faults.strikes("heartbeat lost"):
                continue
            if not self.network.nodes.is_reached(GROUP):
                self._find_coordinator()
                continue
            answer = self.group.heartbeat(member, generation)
            self.network.effect(self.process, "anywhere")
            if answer != "ok":
                return
            self.partitions.heartbeat(sent)

    def _fetch(self) -> None:
        noted = 0.0
        while True:
            if self.network.faults.strikes("fetch cancelled"):
                self._fetcher.skip_a_few()
            _, got = _finished(hand_over(self._fetcher, self.partitions))
            if self._fetcher.lost:
                self.partitions.out_of_range(str(self._fetcher.lost))
            if self._scheduler.now - noted > _NOTE_S:
                noted = self._scheduler.now
                self._note_offsets()
            self._scheduler.wait((_FETCH_S if got else _IDLE_S) * self.network.faults.chance.random())

    def _note_offsets(self) -> None:
        for owner in self.partitions.owners():
            if (opened := owner.opened) is not None:
                for name in topics.INPUTS:
                    self.network.group_offsets[name, owner.partition] = opened.next[name]

    def _tick(self) -> None:
        while True:
            self._scheduler.wait(_TICK_S)
            self.partitions.tick()
            self._watch.review()

    def _look(self) -> None:
        while True:
            self._scheduler.wait(LOOK_S)
            self._look_once()

    def _look_once(self) -> None:
        self._watch.look()
        self.looked_at = self._scheduler.now


def _finished(coroutine: Coroutine[None, None, tuple[bool, bool]]) -> tuple[bool, bool]:
    """The result of a coroutine that never suspends."""
    try:
        coroutine.send(None)
    except StopIteration as ended:
        result: tuple[bool, bool] = ended.value
        return result
    raise RuntimeError("handing over was suspended")
