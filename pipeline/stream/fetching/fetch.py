"""Faust's consumer without its per-event path: whole fetched batches go from the fetcher into the inboxes.

Faust keeps what it is good at: group membership, assignment, lifecycle. It never seeks, commits or acknowledges here.
This module overrides internals of faust-streaming 0.15.3 and aiokafka 0.14.0, which are pinned for that reason:

- `AIOKafkaConsumerThread._create_worker_consumer` reads uncommitted and assigns topics one by one (round robin);
  our inputs must be read committed, and the same partition number of both must come to one worker.
- A fetch that is cancelled has already moved the consumer's position on: records lost without a trace. So positions are
  never trusted: before each fetch they are compared with the inbox's, and fetching and handing over is one synchronous
  section in the consumer's thread that no cancellation can split.

"""

import asyncio
import logging
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any, Final, TypeAlias

from aiokafka.errors import IllegalStateError, KafkaError, OffsetOutOfRangeError
from aiokafka.structs import OffsetAndMetadata, TopicPartition
from faust.transport.drivers import aiokafka as driver

from pipeline.stream.exits import EX_CONFIG
from pipeline.stream.fetching.inbox import Inbox
from pipeline.stream.fetching.partitions import Partitions
from pipeline.stream.fetching.silent_brokers import SilentBrokers
from schemas import topics

log: Final = logging.getLogger("enforcement.fetching")
Foreign: TypeAlias = Any
"""An object of Faust or aiokafka, whose internals are untyped. It goes no further than this module."""
FETCH_WAIT_S: Final = 0.1
FETCH_RECORDS_MAX: Final = 4_000
NOTE_OFFSETS_S: Final = 5.0
LEAVE_S: Final = 2.0
_NOTHING_OPEN_S: Final = 0.05


class FetchThread(driver.AIOKafkaConsumerThread):
    """The consumer's thread: its event loop sends heartbeats and fetches, whatever the partitions are doing."""

    _silent: SilentBrokers

    @property
    def partitions(self) -> Partitions:
        """The partitions of this worker."""
        app: Foreign = self.app
        partitions: Partitions = app.partitions
        return partitions

    def _create_worker_consumer(self, transport: Foreign) -> Foreign:
        consumer = super()._create_worker_consumer(transport)
        consumer._isolation_level = "read_committed"
        # Faust's own assignor: topics with the same number of partitions go together, and a partition stays where it
        # was, so that a rebalance restores as few as possible (aiokafka's range assignor would move about half).
        consumer._partition_assignment_strategy = [self.app.assignor]
        settings = self.partitions.parts.settings
        consumer._fetch_max_wait_ms = int(
            settings.answer_s * 1_000 / 4
        )  # an answer that brings nothing is in time
        self._silent = SilentBrokers(
            consumer._client, settings.answer_s, self.app.conf.broker_request_timeout
        )
        return consumer

    async def on_start(self) -> None:
        """Note each answered heartbeat: without a recent one an assignment may have passed to another worker."""
        await super().on_start()
        coordinator = self._ensure_consumer()._coordinator
        send_heartbeat = coordinator._do_heartbeat

        async def beat_and_note() -> bool:
            sent_at_s = self.partitions.parts.machine.boot_seconds()
            answered: bool = await send_heartbeat()
            if answered:
                self.partitions.heartbeat(sent_at_s)
            return answered

        coordinator._do_heartbeat = beat_and_note

        def request_rejoin() -> None:
            with suppress(RuntimeError):  # the loop is closed: this worker is leaving the group
                self.thread_loop.call_soon_threadsafe(coordinator.request_rejoin)

        self.partitions.request_rejoin = request_rejoin

    async def on_thread_stop(self) -> None:
        """Leave the group without waiting for a rebalance: a frozen member holds one up for its whole session."""
        consumer = self._consumer
        if consumer is not None:
            self._silent.close()
            await leave_group(consumer, LEAVE_S)
        await super().on_thread_stop()

    async def fetch(self) -> None:
        """Wait for records of the partitions that want some, and hand them over."""
        await self.call_thread(self._fetch)

    async def _fetch(self) -> None:
        fetcher = self._ensure_consumer()._fetcher
        # without it the coordinator counts this time as not polling
        with fetcher._subscriptions.fetch_context():
            is_wanted, has_fetched = await hand_over(fetcher, self.partitions)
            if has_fetched:
                return
            if not is_wanted:
                await asyncio.sleep(_NOTHING_OPEN_S)
                return
            waiter = fetcher._create_fetch_waiter()
            await asyncio.wait([waiter], timeout=FETCH_WAIT_S)
            if waiter.done():
                waiter.result()  # raises the group coordinator's error
            else:
                waiter.cancel()
            await hand_over(fetcher, self.partitions)

    async def note_offsets(self, offsets: Mapping[tuple[str, int], int]) -> None:
        """Commit to the group, for lag displays only: the worker never resumes from there."""
        await self.call_thread(self._note_offsets, offsets)

    async def _note_offsets(self, offsets: Mapping[tuple[str, int], int]) -> None:
        consumer = self._ensure_consumer()
        assigned = consumer.assignment()
        offsets_to_commit = {
            TopicPartition(*place): OffsetAndMetadata(offset, "")
            for place, offset in offsets.items()
            if TopicPartition(*place) in assigned
        }
        if offsets_to_commit:
            try:
                await consumer.commit(offsets_to_commit)
            except (KafkaError, IllegalStateError) as error:
                self.log.debug("offsets not noted: %r", error)


async def leave_group(consumer: Foreign, limit_s: float) -> None:
    """Stop the consumer within `limit_s`, whatever it is at.

    aiokafka's fetcher awaits each request that it has cancelled; one that was waiting to be repeated, since its broker was not ready,
    raises the cancellation there, and its client would stay open.
    """
    stopping = asyncio.ensure_future(consumer.stop())
    _, late = await asyncio.wait([stopping], timeout=limit_s)
    if late:
        log.warning("a rebalance is under way; the group will miss this worker by itself")
        stopping.cancel()
    with suppress(asyncio.CancelledError):
        await stopping
        return
    await consumer._client.close()


async def hand_over(fetcher: Foreign, partitions: Partitions) -> tuple[bool, bool]:
    """Hands fetched records over; whether a partition wanted some, and whether some came.

    Never suspends, so that no cancellation falls between the fetch and the inbox: see the module.
    """
    subscriptions = fetcher._subscriptions
    if subscriptions.reassignment_in_progress:
        return False, False
    assignment = subscriptions.subscription.assignment
    wanted: dict[TopicPartition, Inbox] = {}
    for partition, inbox in partitions.inboxes().items():
        for topic, offset in inbox.fetch_from.items():
            place = TopicPartition(topic, partition)
            if not inbox.wants(topic) or place not in assignment.tps:
                continue
            state = assignment.state_value(place)
            if not state.has_valid_position or state.position != offset:
                fetcher.seek_to(place, offset)
            wanted[place] = inbox
    if not wanted:
        return False, False
    fetched = await fetcher.fetched_records(set(wanted), timeout=0, max_records=FETCH_RECORDS_MAX)
    for place, inbox in wanted.items():
        # the position also moves over markers and aborted records, of which nothing is fetched
        inbox.put(place.topic, fetched.get(place, ()), assignment.state_value(place).position)
    return True, bool(fetched)


class FetchConsumer(driver.Consumer):
    """Faust's consumer; it hands batches to the partitions' owners."""

    _thread: FetchThread

    @property
    def partitions(self) -> Partitions:
        """The partitions of this worker."""
        app: Foreign = self.app
        partitions: Partitions = app.partitions
        return partitions

    def _new_consumer_thread(self) -> FetchThread:
        return FetchThread(self, loop=self.loop, beacon=self.beacon)

    async def subscribe(self, topics: Iterable[str]) -> None:
        """Exactly the inputs, whatever Faust has registered."""
        await super().subscribe(self._inputs())

    def _inputs(self) -> set[str]:
        return {self.partitions.parts.settings.topic(name) for name in topics.INPUTS}

    async def _drain_messages(self, fetcher: Foreign) -> None:
        try:
            await self._drain(fetcher)
        except asyncio.CancelledError:
            if not self.app.should_stop:  # told to stop during a rebalance: Faust would take it for a crash
                raise

    async def _drain(self, fetcher: Foreign) -> None:
        noted_at_s = time.monotonic()
        note_task: asyncio.Task[None] | None = None
        while not (self.should_stop or fetcher.should_stop):
            try:
                await self._thread.fetch()
            except OffsetOutOfRangeError as error:
                await self.loop.run_in_executor(None, self.partitions.out_of_range, str(error))
            except KafkaError as error:
                self.log.warning("fetch: %r", error)
                await self.sleep(1.0)
            if time.monotonic() - noted_at_s > NOTE_OFFSETS_S and (note_task is None or note_task.done()):
                noted_at_s = time.monotonic()
                # beside the fetching: a coordinator that takes its time must not hold up reports
                note_task = asyncio.create_task(self._thread.note_offsets(self._decided()))

    def _decided(self) -> dict[tuple[str, int], int]:
        settings = self.partitions.parts.settings
        return {
            (settings.topic(name), owner.partition): opened.next[name]
            for owner in self.partitions.owners()
            if (opened := owner.opened) is not None
            for name in topics.INPUTS
        }

    async def on_partitions_revoked(self, revoked: set[Foreign]) -> None:
        """A rebalance begins."""
        await self.loop.run_in_executor(None, self.partitions.park)
        await super().on_partitions_revoked(revoked)

    async def on_partitions_assigned(self, assigned: set[Foreign], generation_id: int = 0) -> None:
        """The rebalance is done. Partitions open in their own threads: the group does not wait for them."""
        await super().on_partitions_assigned(assigned, generation_id)
        ours = {name: {tp.partition for tp in assigned if tp.topic == name} for name in self._inputs()}
        first, *others = ours.values()
        if any(other != first for other in others):
            self.partitions.fatal(EX_CONFIG, f"partitions were assigned apart: {ours}")
            return
        self.partitions.assign(first, generation_id)

    async def perform_seek(self) -> None:
        """Off: Faust would seek to committed offsets; each opening of a partition seeks to its own position."""

    async def seek_to_committed(self) -> Mapping[Foreign, int]:
        """Never."""
        return {}

    async def commit(self, topics: Foreign = None, start_new_transaction: bool = True) -> bool:
        """Never: the position is committed with the outputs, by the ledger."""
        return False

    async def _commit(self, offsets: Mapping[Foreign, int]) -> bool:
        return False

    async def verify_all_partitions_active(self) -> None:
        """Off: Faust's livelock detector sees no acknowledgements and would warn for ever; `watch` detects a real stall."""


class FetchTransport(driver.Transport):
    """Faust's aiokafka transport with this module's consumer."""

    Consumer = FetchConsumer
