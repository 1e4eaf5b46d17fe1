"""Opening a partition: fence, wait, restore, check, seek."""

from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace as changed
from typing import Any, cast

import pytest
from confluent_kafka import Consumer, KafkaError, Message, Producer
from msgspec.structs import replace

from pipeline.settings import Settings
from pipeline.stream.brokers import Brokers, ClientLog, Ends
from pipeline.stream.partition.batch import OpenPartition
from pipeline.stream.partition.ledger import Fenced, Lost
from pipeline.stream.partition.opening import STATE, NotOurs, Permit, open_partition
from schemas import topics
from schemas.errors import CorruptLog, Unavailable
from schemas.outputs import Position
from schemas.wire import codecs
from tests.stream.fleet.counting import CountingCore
from tests.stream.fleet.deployment import Deployment, assert_each_input_decided_once, until


def worked(deployment: Deployment, *values: str) -> OpenPartition:
    deployment.put(values)
    opened = deployment.open()
    deployment.work(opened)
    return opened


def test_a_log_never_worked_is_opened_at_its_start(deployment: Deployment) -> None:
    """Records pushed before the first opening are decided too: there is no committed offset to start from."""
    deployment.put(["a", "b"])
    deployment.put(["c"], topics.ACTIONS)
    opened = deployment.open()
    deployment.work(opened)
    assert_each_input_decided_once(deployment)
    assert opened.seq == 3


def test_a_restored_partition_has_the_same_state_and_digest(deployment: Deployment) -> None:
    """What an owner restores is what the owner before held, to the byte; the epoch tells them apart."""
    before = worked(deployment, "a", "b", "arm:3600")
    held = deployment.position()
    after = deployment.open()
    assert isinstance(before.core, CountingCore)
    assert isinstance(after.core, CountingCore)
    assert after.core.cases == before.core.cases
    assert after.core.next_due() == before.core.next_due() is not None
    deployment.put(["d"])
    deployment.work(after)
    now = deployment.position()
    assert held is not None
    assert now is not None
    assert (now.epoch, now.seq) == (held.epoch + 1, held.seq + 1)
    assert_each_input_decided_once(deployment)


def test_group_offsets_mean_nothing(deployment: Deployment) -> None:
    """Condition 1: the position in the state topic is the truth; a group's offsets may be lost, late or wrong."""
    worked(deployment, "a", "b", "c")
    deployment.commit_to_group(topics.REPORTS, 1)
    opened = deployment.open()
    assert opened.next[topics.REPORTS] == 3
    deployment.work(opened)
    assert_each_input_decided_once(deployment)


def test_what_an_older_owner_left_open_is_ended_and_never_seen(deployment: Deployment) -> None:
    """Opening fences the older owner: its open transaction is aborted and its next commit fails."""
    older = worked(deployment, "a")
    deployment.put(["b"])
    deployment.fetch(older)
    older.ledger.begin()
    opened = deployment.open()
    with pytest.raises(Fenced):
        older.work(10)
    deployment.work(opened)
    assert_each_input_decided_once(deployment)


def test_a_foreign_transaction_on_the_state_is_waited_for(deployment: Deployment) -> None:
    """Condition 2: restored only when nothing uncommitted stands on the state; else what is read may not be all."""
    worked(deployment, "a")
    settings = deployment.settings
    foreign = Producer(
        {"bootstrap.servers": settings.brokers, "transactional.id": f"{settings.topic_prefix}foreign"}
    )
    foreign.init_transactions(10)
    foreign.begin_transaction()
    foreign.produce(settings.topic(topics.CASES), b"uncommitted", b"foreign", 0)
    assert foreign.flush(10) == 0
    with ThreadPoolExecutor() as pool:
        opening = pool.submit(deployment.open)
        with pytest.raises(TimeoutError):
            opening.result(2)
        foreign.abort_transaction(10)
        assert opening.result(60).seq == 1


def test_ownership_that_is_no_longer_sure_opens_nothing(deployment: Deployment) -> None:
    """Condition 3: a worker that woke from sleep must not fence the rightful owner by opening."""
    rightful = worked(deployment, "a")
    with pytest.raises(NotOurs):
        open_partition(deployment.parts(), 0, Permit(lambda: False))
    deployment.put(["b"])
    deployment.work(rightful)
    assert_each_input_decided_once(deployment)


class Overtaken(Brokers):
    """Between reading the cases and reading the journal, something happens."""

    def __init__(self, settings: Settings, meanwhile: Callable[[], None]) -> None:
        super().__init__(settings)
        self._meanwhile = [meanwhile]
        self._readers = 0

    def reader(self, client_log: ClientLog) -> Consumer:
        self._readers += 1
        if self._readers == 2:
            self._meanwhile.pop()()
        return super().reader(client_log)


def test_an_opening_that_another_overtook_finds_no_fault_with_the_log(deployment: Deployment) -> None:
    """A worker frozen while it reads meets a log that has gone on: that is no contradiction, and stops nobody."""
    worked(deployment, "a")

    def overtake() -> None:
        worked(deployment, "b", "c")

    parts = changed(deployment.parts(), brokers=Overtaken(deployment.settings, overtake))
    # the other's opening has fenced this one, which notices at its next write if not before
    with pytest.raises((Unavailable, Fenced), match=r"log_moved|fenced"):
        open_partition(parts, 0, Permit(lambda: True))
    assert_each_input_decided_once(deployment)


class End:
    """The news that a partition has nothing more."""

    def __init__(self, offset: int) -> None:
        self._offset = offset

    def error(self) -> KafkaError:
        return KafkaError(KafkaError._PARTITION_EOF)

    def offset(self) -> int:
        return self._offset


class ShortReader:
    """Reads what a broker knew that was cut off."""

    def __init__(self, reader: Consumer, known: Mapping[str, int]) -> None:
        self._reader = reader
        self._known = known

    def __getattr__(self, name: str) -> Any:
        return getattr(self._reader, name)

    def poll(self, timeout: float) -> Any:
        message = self._reader.poll(timeout)
        return None if message is None else self._as_known(message)

    def consume(self, number: int, timeout: float) -> list[Any]:
        return [self._as_known(message) for message in self._reader.consume(number, timeout)]

    def _as_known(self, message: Message) -> Message | End:
        end = self._known.get(str(message.topic()))
        return message if end is None or (message.offset() or 0) < end else End(end)


class CutOff(Brokers):
    """The leader of these topics was cut off from the other brokers before the last batch: another leads now, and it answers readers,
    and perhaps who asks for the ends, by what it knew."""

    def __init__(self, settings: Settings, led: Collection[str], *, says_ends: bool) -> None:
        super().__init__(settings)
        self._known = {name: ends for name, ends in super().ends(STATE, 0).items() if name in led}
        self._says_ends = says_ends

    def ends(self, names: Iterable[str], partition: int) -> Mapping[str, Ends]:
        known = self._known if self._says_ends else {}
        return {name: known.get(name, ends) for name, ends in super().ends(names, partition).items()}

    def reader(self, client_log: ClientLog) -> Consumer:
        known = {self._settings.topic(name): ends.high for name, ends in self._known.items()}
        return cast("Consumer", ShortReader(super().reader(client_log), known))


@pytest.mark.parametrize("says_ends", [True, False])
@pytest.mark.parametrize("led", [STATE, (topics.CASES,), (topics.JOURNAL,)])
def test_an_old_state_read_from_a_broker_that_was_cut_off_decides_nothing(
    deployment: Deployment, led: Collection[str], says_ends: bool
) -> None:
    """It would decide inputs a second time, or stop with 78 for a log that is sound. It opens anew, until it reads all."""
    worked(deployment, "a")
    cut_off = CutOff(deployment.settings, led, says_ends=says_ends)
    worked(deployment, "b", "c")
    deployment.put(["d"])
    parts = changed(deployment.parts(), brokers=cut_off)
    with pytest.raises((Unavailable, Lost), match=r"log_moved|overtaken"):
        deployment.work(open_partition(parts, 0, Permit(lambda: True)))
    assert deployment.decided() == 3
    deployment.work(deployment.open())
    assert_each_input_decided_once(deployment)


def moved(position: Position, topic: str, offset: int) -> Position:
    inputs = tuple(replace(one, next_offset=offset) if one.topic == topic else one for one in position.inputs)
    return replace(position, inputs=inputs)


TAMPERED: dict[str, Callable[[Position], Position]] = {
    "seq_differs": lambda held: replace(held, seq=held.seq + 1),
    "digest_differs": lambda held: replace(held, digest="0" * 32),
    "cases_topic_id_differs": lambda held: replace(held, cases_topic_id="another"),
    "journal_topic_id_differs": lambda held: replace(held, journal_topic_id="another"),
    "partition_count_differs": lambda held: replace(held, partitions=2),
    "input_topic_differs": lambda held: replace(
        held, inputs=tuple(replace(i, topic_id="x") for i in held.inputs)
    ),
    "input_lost": lambda held: moved(held, topics.REPORTS, 99),
}


def test_a_position_that_contradicts_the_log_stops_the_worker(deployment: Deployment) -> None:
    """Conditions 2 and 4: topic ids, counts, offsets, sequence and digest are checked; nothing is repaired."""
    worked(deployment, "a", "b")
    held = deployment.position()
    assert held is not None
    for code, tamper in TAMPERED.items():
        deployment.write(topics.CASES, [(topics.POSITION_KEY, codecs.POSITION.encode(tamper(held)))])
        with pytest.raises(CorruptLog) as raised:
            deployment.open()
        assert raised.value.code == code
    deployment.write(topics.CASES, [(topics.POSITION_KEY, codecs.POSITION.encode(held))])
    assert deployment.open().seq == 2


def test_a_missing_position_of_a_worked_partition_stops_the_worker(deployment: Deployment) -> None:
    """Without a position nobody knows what was decided: starting over would decide everything twice."""
    worked(deployment, "a")
    deployment.write(topics.CASES, [(topics.POSITION_KEY, None)])
    with pytest.raises(CorruptLog, match="position_missing"):
        deployment.open()


@pytest.mark.parametrize("step", [0, 2])
def test_a_gap_or_repeat_in_the_journal_stops_the_worker(deployment: Deployment, step: int) -> None:
    """Condition 4: entries are numbered; a torn transaction or a second writer shows as a gap or a repeat."""
    worked(deployment, "a", "b")
    last = deployment.entries()[-1]
    forged = replace(last, seq=last.seq + step)
    deployment.write(topics.JOURNAL, [(b"forged", codecs.JOURNAL_ENTRY.encode(forged))])
    with pytest.raises(CorruptLog, match="journal_gap"):
        deployment.open()


def test_aborted_transactions_at_the_end_of_the_journal_hide_nothing(deployment: Deployment) -> None:
    """The last entry is found behind any number of aborted records."""
    opened = worked(deployment, "a")
    settings = deployment.settings
    noise = Producer(
        {"bootstrap.servers": settings.brokers, "transactional.id": f"{settings.topic_prefix}noise"}
    )
    noise.init_transactions(10)
    noise.begin_transaction()
    for _ in range(700):
        noise.produce(settings.topic(topics.JOURNAL), b"aborted", b"noise", 0)
    noise.flush(10)
    noise.abort_transaction(10)
    until(
        10,
        "settled",
        lambda: (ends := deployment.brokers.ends([topics.JOURNAL], 0)[topics.JOURNAL]).stable == ends.high,
    )
    assert deployment.open().seq == opened.seq == 1
