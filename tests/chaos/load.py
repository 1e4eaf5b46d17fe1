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

from confluent_kafka import KafkaError, Message, Producer

from pipeline.settings import Settings
from pipeline.simulate.actors import People, Timetable
from pipeline.simulate.clock import VirtualClock
from pipeline.simulate.day import Day, Push
from pipeline.simulate.wire import Reader, Record
from schemas import codecs, topics
from schemas.action import Action
from schemas.errors import Unavailable
from schemas.text import street_of

Place = tuple[str, int, int]
AGAIN_SHARE: Final = 0.15
"""Of the pushes, that come once to three times more; as retries of sources do."""
LATE_SHARE: Final = 0.05
LATE_HOURS: Final = 6
LOOK_S: Final = 0.2


class Sources:
    """Pushes the day and what people do. `acked` are the places that the broker has acknowledged."""

    def __init__(self, settings: Settings, day: Day, clock: VirtualClock, seed: int) -> None:
        """Nothing is pushed yet."""
        self._settings = settings
        self._clock = clock
        self._producer = Producer(
            {
                "bootstrap.servers": settings.brokers,
                "acks": "all",
                "enable.idempotence": True,
                "partitioner": "murmur2_random",
                "linger.ms": 5,
                "message.timeout.ms": 300_000,
                "log_level": 0,
            }
        )
        self._timetable = Timetable()
        self.people = People(seed, self._timetable, self._act)
        self.acked: set[Place] = set()
        self.failed = 0
        self.sent = 0
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
        """No more; what was sent is acknowledged, or has failed."""
        self._timetable.stop()
        self._thread.join(10)
        self._producer.flush(120)

    def poll(self) -> None:
        """Hear what the broker says."""
        self._producer.poll(0)

    def _push(self, push: Push) -> None:
        self._send(topics.REPORTS, push.street, push.value)

    def _act(self, action: Action) -> None:
        self._send(topics.ACTIONS, street_of(action.case_id), codecs.ACTION.encode(action))

    def _send(self, topic: str, key: str, value: bytes) -> None:
        self.sent += 1
        self._producer.produce(
            self._settings.topic(topic), value, key.encode(), on_delivery=partial(self._delivered, topic)
        )

    def _delivered(self, topic: str, error: KafkaError | None, message: Message) -> None:
        if error is not None:
            self.failed += 1
            return
        self.acked.add((topic, message.partition() or 0, message.offset() or 0))


class Witness:
    """Reads topics while all of it happens. `seen` is what stood where, as it was seen first; a place read twice must say the same."""

    def __init__(
        self, settings: Settings, of: tuple[str, ...], hear: Callable[[Record], None] = lambda _: None
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
        self.silences: list[float] = []
        self._last = time.monotonic()

    def start(self) -> None:
        """Read from the beginning on, and follow."""
        self._last = time.monotonic()
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
        reader = Reader(self._settings, self._of)
        try:
            while not self._over.is_set():
                for record in reader.poll():
                    self._note(record)
        finally:
            reader.close()

    def _note(self, record: Record) -> None:
        place = (record.topic, record.partition, record.offset)
        digest = hashlib.blake2b(record.value, digest_size=12).digest()
        known = self.seen.setdefault(place, digest)
        if known != digest:
            self.contradictions.append(place)
        if record.topic == topics.JOURNAL:
            now = time.monotonic()
            self.silences.append(now - self._last)
            self._last = now
        self.heard[record.topic] += 1
        self._hear(record)
