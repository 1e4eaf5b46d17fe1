"""The street's day under faults: sources that push and push again, people who hear assignments and act, and a reader beside
them that notes what it saw. Each of them lives through a broker that goes away."""

import hashlib
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from random import Random
from typing import Final

from confluent_kafka import KafkaError, KafkaException, Message, Producer

from pipeline.settings import Settings
from pipeline.simulate.people.actors import People, Timetable
from pipeline.simulate.tally.topic_reader import Reader, TopicRecord
from pipeline.simulate.world.day import Day, Push
from pipeline.simulate.world.virtual_clock import VirtualClock
from schemas import topics
from schemas.errors import Unavailable
from schemas.inputs.action import Action
from schemas.values.text import street_of
from schemas.wire import codecs

Place = tuple[str, int, int]
AGAIN_SHARE: Final = 0.15
"""Of the pushes, that come once to three times more; as retries of sources do."""
LATE_SHARE: Final = 0.05
LATE_HOURS: Final = 6
LOOK_S: Final = 0.2
STOP_S: Final = 120.0
ANEW_S: Final = 20.0


class Sources:
    """Pushes the day and what people do. `acked` are the places that the broker has acknowledged."""

    def __init__(self, settings: Settings, day: Day, clock: VirtualClock, seed: int) -> None:
        """Nothing is pushed yet."""
        self._settings = settings
        self._clock = clock
        self._producer = self._new_producer()
        self._lock = threading.Lock()
        self._again: list[tuple[str, bytes, bytes]] = []
        self._broken = False
        self._timetable = Timetable()
        self.people = People(seed, self._timetable, self._act)
        self.people.learn(day.known)
        self.acked: set[Place] = set()
        self.failed: Counter[str] = Counter()
        self.sent = 0
        self.unplaced = 0
        """Acknowledged by a leader that does not know where they stand."""
        self.newest_acked_s = 0.0
        """Unix time of the newest record that the broker has acknowledged, as it was pushed first."""
        self._thread = threading.Thread(target=self._timetable.run, args=(clock,), daemon=True)
        draw = Random(seed)
        for number, push in enumerate(day.pushes):
            late = timedelta(hours=draw.uniform(0, LATE_HOURS)) if draw.random() < LATE_SHARE else timedelta()
            times = 1 + (draw.randrange(1, 4) if draw.random() < AGAIN_SHARE else 0)
            for copy in range(times):
                at = push.at + late + timedelta(minutes=20 * copy * draw.random())
                self._timetable.add(at, ("push", number, copy), partial(self._push, push))

    def start(self) -> None:
        """Push when it is time."""
        self._thread.start()

    def stop(self) -> None:
        """No more; what was sent is acknowledged."""
        self._timetable.stop()
        self._thread.join(10)
        ends = time.monotonic() + STOP_S
        while (self._producer.flush(1) or self._again) and time.monotonic() < ends:
            self.poll()

    def poll(self) -> None:
        """Hear what the broker says, and push again what it did not take, as a source does; by a new producer where the
        old one has given up for ever."""
        self._producer.poll(0)
        if not self._again:
            return
        with self._lock:
            if self._broken:
                self._producer.purge()
                self._producer.flush(5)
                self._producer, self._broken = self._new_producer(), False
            again, self._again = self._again, []
        for topic, key, value in again:
            self._produce(topic, key, value)

    def _new_producer(self) -> Producer:
        return Producer(
            {
                "bootstrap.servers": self._settings.brokers,
                "acks": "all",
                "enable.idempotence": True,
                "partitioner": "murmur2_random",
                "linger.ms": 5,
                "message.timeout.ms": 300_000,
                "log_level": 0,
            }
        )

    def _push(self, push: Push) -> None:
        self._send(topics.REPORTS, push.street, push.value)

    def _act(self, action: Action) -> None:
        self._send(topics.ACTIONS, street_of(action.case_id), codecs.ACTION.encode(action))

    def _send(self, topic: str, key: str, value: bytes) -> None:
        self.sent += 1
        self._produce(topic, key.encode(), value)

    def _produce(self, topic: str, key: bytes, value: bytes) -> None:
        told = partial(self._delivered, topic, key, value)
        with self._lock:
            try:
                self._producer.produce(self._settings.topic(topic), value, key, on_delivery=told)
            except KafkaException as error:
                self._failed(topic, key, value, error.args[0])

    def _delivered(
        self, topic: str, key: bytes, value: bytes, error: KafkaError | None, message: Message
    ) -> None:
        if error is None:
            offset = message.offset()
            if offset is None:  # stored when it was sent first; that answer was lost, and its leader too
                self.unplaced += 1
            else:
                self.acked.add((topic, message.partition() or 0, offset))
            self.newest_acked_s = max(self.newest_acked_s, message.timestamp()[1] / 1_000)
        else:
            self._failed(topic, key, value, error)

    def _failed(self, topic: str, key: bytes, value: bytes, error: KafkaError) -> None:
        self.failed[error.name()] += 1
        self._broken = self._broken or error.fatal()
        self._again.append((topic, key, value))


class Witness:
    """Reads topics while all of it happens. `seen` is what stood where, as it was seen first; a place read twice must say the same."""

    def __init__(
        self, settings: Settings, of: tuple[str, ...], hear: Callable[[TopicRecord], None] = lambda _: None
    ) -> None:
        """`hear` gets each record once it is read; after a broker's absence some come again."""
        self._settings = settings
        self._of = of
        self._hear = hear
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.seen: dict[Place, bytes] = {}
        self.contradictions: list[Place] = []
        self.heard: Counter[str] = Counter()
        self.entries_at: list[float] = []
        """When it began to follow, and when it read each journal entry, on the monotonic clock."""

    def start(self) -> None:
        """Read from the beginning on, and follow."""
        self.entries_at.append(time.monotonic())
        self._thread.start()

    def stop(self) -> None:
        """No more."""
        self._over.set()
        self._thread.join(15)

    def _run(self) -> None:
        while not self._over.is_set():
            try:
                self._follow()
            except Unavailable:
                self._over.wait(LOOK_S)

    def _follow(self) -> None:
        """From the beginning on, until nothing has come for so long that the client may have fallen silent: it does, after a frozen broker."""
        reader = Reader(self._settings, self._of)
        heard_s = time.monotonic()
        try:
            while not self._over.is_set() and time.monotonic() < heard_s + ANEW_S:
                for record in reader.poll():
                    heard_s = time.monotonic()
                    self._note(record)
        finally:
            reader.close()

    def _note(self, record: TopicRecord) -> None:
        place = (record.topic, record.partition, record.offset)
        digest = hashlib.blake2b(record.value, digest_size=12).digest()
        known = self.seen.setdefault(place, digest)
        if known != digest:
            self.contradictions.append(place)
        if record.topic == topics.JOURNAL:
            self.entries_at.append(time.monotonic())
        self.heard[record.topic] += 1
        self._hear(record)
