"""Watches the worker from threads of its own: /livez, /readyz, /metrics, and the stop when nothing moves any more."""

import json
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

from prometheus_client import REGISTRY, CollectorRegistry

from pipeline import metrics
from pipeline.indicators.collector import CountedPartition, StockCollector
from pipeline.loglines import BROKER_LOST
from pipeline.stream.exits import EX_CONFIG, EX_SOFTWARE
from pipeline.stream.fetching.partitions import Partitions
from pipeline.stream.http_pages import Registries, WorkerPages
from pipeline.stream.partition.batch import OpenPartition, Place
from pipeline.stream.partition.owner import OwnerState, PartitionOwner
from pipeline.stream.topic_watch import TopicWatch
from pipeline.whole_file import whole_file
from schemas import topics
from schemas.errors import CorruptLog, Unavailable

log: Final = logging.getLogger("enforcement.watch")
LOOP_DEAD_S: Final = 30.0
_REVIEW_S: Final = 0.5
LOOK_S: Final = 5.0
_UNSEEN_S: Final = 15.0
"""Without the topics' ends for so long, the input's age is that of the last answer."""
_FOR_THE_GROUP: Final = frozenset({OwnerState.PARKED, OwnerState.GIVEN_UP})
"""States that only another assignment ends."""


class _Progress(NamedTuple):
    """How far a place has come, since when it is there, and for how long when it was looked at."""

    at: int
    since: float
    waits_s: float


class Watch:
    """Of one worker. Runs until the process ends."""

    def __init__(self, partitions: Partitions, topic_watch: TopicWatch | None = None) -> None:
        """Serves nothing yet."""
        self._topic_watch = topic_watch or TopicWatch(partitions.parts)
        self._partitions = partitions
        self._settings = partitions.parts.settings
        self._now_s = partitions.parts.machine.monotonic
        self._loop_seen_at_s = self._awake_at_s = self._now_s()
        self._awake_s = 0.0
        self._awake_lock = threading.Lock()
        self._progress: dict[Place, _Progress] = {}
        self._unanswered: set[int] = set()
        """Partitions whose leader did not answer the last look."""
        self._without_owner: dict[int, float] = {}
        """Partitions that wait for the group, and since when."""
        self._looked_at_s = self._now_s()
        self._registry = CollectorRegistry()
        rules = partitions.parts.rules
        if rules is not None:
            self._registry.register(StockCollector(rules, self._counted, partitions.parts.clock))
        metrics.INPUT_AGE.set_function(self.input_age_s)

    def start(self) -> int:
        """Serve and watch. Returns the HTTP port."""
        pages = WorkerPages(self.is_alive, self.is_ready, Registries(REGISTRY, self._registry))
        port = pages.serve(self._settings.http_host, self._settings.http_port)
        # the look in a thread of its own: it waits long where no broker answers
        for name, pause_s, step in (("review", _REVIEW_S, self.review), ("watch", LOOK_S, self.look)):
            threading.Thread(target=self._every, args=(pause_s, step), name=name, daemon=True).start()
        if self._settings.status_file is not None:
            with whole_file(self._settings.status_file, mode=0o644) as file:
                file.write(json.dumps({"pid": os.getpid(), "http_port": port}).encode())
        log.info("serving /livez, /readyz and /metrics on port %d", port)
        return port

    def loop_alive(self, late_s: float) -> None:
        """The event loop has come round, `late_s` late."""
        self._loop_seen_at_s = self._now_s()
        metrics.LOOP_LAG.set(late_s)

    def is_alive(self) -> bool:
        """Whether the event loop still comes round."""
        return self._now_s() - self._loop_seen_at_s < LOOP_DEAD_S

    def is_ready(self) -> bool:
        """Whether it works every partition that it was given."""
        return self.is_alive() and self._partitions.is_ready()

    def input_age_s(self) -> float:
        """How long the oldest input waits that is not decided, in seconds; 0 where none does.

        What waits for a partition that is being opened is unknown: its age counts from when it was last worked.
        """
        unseen_s = self._now_s() - self._looked_at_s
        ages = [unseen_s if unseen_s > _UNSEEN_S else 0.0]  # what has come meanwhile is unknown
        for owner in self._partitions.owners():
            opened = owner.opened
            if opened is None:
                ages.append(self._now_s() - owner.progressed_at_s)
                continue
            oldest = opened.inbox.oldest()
            if oldest is not None:
                ages.append(self._partitions.parts.clock.real() - oldest.timestamp / 1_000)
            ages += [
                progress.waits_s
                for (_, number), progress in self._progress.items()
                if number == owner.partition
            ]
        return max(ages)

    def _counted(self) -> Iterator[CountedPartition]:
        """The partitions that are open and counted. One that is not open is told of by nobody here: unknown is not 0."""
        for owner in self._partitions.owners():
            opened = owner.opened
            stock = opened.counting.stock if opened is not None else None
            if opened is not None and stock is not None:
                yield CountedPartition(owner.partition, owner.generation, stock, opened.core.provisional)

    def _every(self, pause_s: float, step: Callable[[], None]) -> None:
        """Until the process ends; a fault of ours ends it, since a worker that nobody watches would go on quietly."""
        try:
            while True:
                time.sleep(pause_s)
                step()
        except Exception as fault:  # the edge: whatever broke, it is told, and the worker ends
            log.exception("the watch has ended")
            self._partitions.fatal(EX_SOFTWARE, f"nobody watches this worker: {fault!r}")

    def review(self) -> None:
        """Called about once a second."""
        self._awake()
        self._partitions.review()

    def look(self) -> None:
        """Compare the topics with those known, and each partition with its ends: one whose leader is silent says nothing of the others."""
        try:
            self._look_at_all()
        except Unavailable as error:
            self._without_owner.clear()  # nothing is held against the group while no broker answers
            self._unanswered.update(owner.partition for owner in self._partitions.owners())
            log.warning("not watching: %s", error, extra=BROKER_LOST)
        except CorruptLog as error:
            self._partitions.fatal(EX_CONFIG, str(error))

    def _look_at_all(self) -> None:
        self._topic_watch.look()
        owners = self._partitions.owners()
        self._check_group(owners)
        owned = {owner.partition for owner in owners}
        # how long one stood still counts from when it came: it may have been another worker's meanwhile
        self._progress = {place: seen for place, seen in self._progress.items() if place[1] in owned}
        seen = [self._see(owner) for owner in owners]
        if all(seen):
            self._looked_at_s = self._now_s()
        at = self._partitions.parts.clock()
        for counted in self._counted():
            counted.stock.advance(at)
        self._topic_watch.look_at_others(owned)

    def _awake(self) -> float:
        """For how long, in seconds, this process was not frozen: what it slept through, nobody here could have worked."""
        with self._awake_lock:
            now = self._now_s()
            self._awake_s += min(now - self._awake_at_s, LOOK_S)
            self._awake_at_s = now
            return self._awake_s

    def _check_group(self, owners: Sequence[PartitionOwner]) -> None:
        """Stop the worker if a partition waits for an assignment for longer than any rebalance takes."""
        now = self._awake()
        self._without_owner = {
            owner.partition: self._without_owner.get(owner.partition, now)
            for owner in owners
            if owner.state in _FOR_THE_GROUP
        }
        limit_s = self._settings.rebalance_timeout_s + self._settings.stall_s
        for partition, since in self._without_owner.items():
            if now - since > limit_s:
                line = f"partition {partition}: the group has assigned nothing for {now - since:.0f} s"
                self._partitions.fatal(EX_SOFTWARE, line)

    def _see(self, owner: PartitionOwner) -> bool:
        """Take up its progress; where its leader does not answer, what was seen last stands, and its clock runs on.

        The first answer after that stops nothing: until then nobody could have moved it.
        """
        places = [(name, owner.partition) for name in (*topics.INPUTS, topics.JOURNAL)]
        opened = owner.opened
        progress: dict[Place, _Progress] = {}
        if opened is not None and owner.state is OwnerState.OPEN:
            try:
                progress = self._compare(owner.partition, opened)
            except Unavailable as error:
                log.warning("not watching partition %d: %s", owner.partition, error, extra=BROKER_LOST)
                self._unanswered.add(owner.partition)
                return False
        self._unanswered.discard(owner.partition)
        kept = {place: seen for place, seen in self._progress.items() if place not in places}
        self._progress = kept | progress
        return True

    def _compare(self, partition: int, opened: OpenPartition) -> dict[Place, _Progress]:
        """Stop the worker if there is work and nothing has moved for too long. Returns the progress of each place.

        An input must be fetched while the inbox has room. While records wait in the inbox the journal must grow, by whatever
        entry: on a busy day no action may come for long, and timers go before records.
        """
        ends = self._topic_watch.ends(partition)
        inbox = opened.inbox
        waiting = len(inbox)
        progress = {}
        for name in topics.INPUTS:
            topic = self._settings.topic(name)
            fetched, end, has_room = (
                inbox.fetch_from[topic],
                ends[name].stable,
                inbox.wants(topic),
            )
            metrics.LAG.labels(name, partition).set(
                end - opened.next[name] if fetched < end or waiting else 0
            )
            progress[name, partition] = self._progress_of(
                (name, partition), fetched, must_move=has_room and fetched < end
            )
        journal = (topics.JOURNAL, partition)
        progress[journal] = self._progress_of(journal, opened.seq, must_move=waiting > 0)
        return progress

    def _progress_of(self, place: Place, at: int, *, must_move: bool) -> _Progress:
        """How far `place` has come, and since when it must move and does not; too long stops the worker."""
        now = self._awake()
        previous = self._progress.get(place)
        since = previous.since if previous and must_move and previous.at == at else now
        if now - since > self._settings.stall_s and place[1] not in self._unanswered:
            line = f"{place[0]}/{place[1]}: nothing moved for {now - since:.0f} s"
            self._partitions.fatal(EX_SOFTWARE, line)
        return _Progress(at, since, now - since)
