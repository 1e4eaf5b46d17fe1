"""How a partition is opened, in this order and no other: fence, wait, restore, check, compare, seek.

1 init_transactions      fences every older owner and ends its open transaction
2 LSO == HW              nothing uncommitted stands on cases.v1 and journal.v1, so what is read is all there is
3 restore                the latest snapshot of each case, and the position
4 check                  topic ids, partition counts, offsets within the log, sequence, digest, and that no log ends before what this
                         process has seen of it; failing stops the worker
5 compare                this worker's clock with the broker's: one that is wrong decides nothing
6 seek                   by the inbox, to the position or to the log's start; never to a committed offset
"""

import gc
import logging
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final, NamedTuple, TypeVar

from msgspec.structs import replace

from pipeline import metrics
from pipeline.stream.brokers import Ends, TopicFacts
from pipeline.stream.core_protocol import WorkerParts
from pipeline.stream.machine import MACHINE, Machine
from pipeline.stream.partition.batch import LONG_AGO, OpenPartition
from pipeline.stream.partition.digest import StateDigest, digest_of
from pipeline.stream.partition.known_log import KnownPartition
from pipeline.stream.partition.ledger import INIT_S, Ledger, Lost
from pipeline.stream.partition.outgoing_records import position_record, rfc3339
from pipeline.stream.partition.restore import Restored, check, key_elsewhere, restore
from pipeline.stream.partition.work_metrics import Counting
from schemas import topics
from schemas.errors import PARTITIONS_DIFFER, BadMessage, CorruptLog, PipelineError, Unavailable
from schemas.outputs import Position, TopicPosition
from schemas.partitioning import partition_of
from schemas.wire import codecs
from schemas.wire.codec import Codec

log: Final = logging.getLogger("enforcement.opening")
STATE: Final = (topics.CASES, topics.JOURNAL)
SET_BACK: Final = "enforcement topics set-back"
_ALERT_S: Final = 30.0
_LOOK_S: Final = 0.2
_Read = TypeVar("_Read")


class NotOurs(PipelineError):
    """The assignment of the partition to this worker is no longer certain."""


class Permit:
    """Shared by an owner and its opening: whether to stop, whether to fence, and whether fencing is under way."""

    def __init__(self, is_ours: Callable[[], bool], machine: Machine = MACHINE) -> None:
        self.stopping: Final = machine.flag()
        self.fencing: Final = machine.flag()
        self.is_ours: Final = is_ours


def open_partition(parts: WorkerParts, partition: int, permit: Permit) -> OpenPartition:
    """The partition as its log holds it, ready to work.

    Raises:
        NotOurs: it may be another's by now; nobody was fenced.
        Lost: the brokers did not fence in time.
        Unavailable: the brokers do not answer, another wrote meanwhile, or the worker stops.
        CorruptLog: the log contradicts itself.
        ClockWrong: this worker's clock is too far from the broker's.
    """
    started = parts.machine.monotonic()
    ledger = Ledger(parts, partition)
    try:
        restored, digest, last, ends = take_over(parts, ledger, partition, permit)
        written = restored.position
        _check_key(parts, written, last)
        last = replace(last, caller_key=parts.key_mark)
        _say_what_is_odd(parts, last, written is None, ends)
        core = parts.new_core()
        counting = Counting(parts.rules, parts.clock(), _listed_streets(parts, partition, last.partitions))
        # one after the other: a record that is decoded is not held twice
        cases = _decoded(restored.snapshots, codecs.CASE, "case_unreadable")
        retired = _decoded(restored.retired, codecs.RETIRED, "retired_unreadable")
        duties = _decoded(restored.duties, codecs.STREET_DUTY, "duty_unreadable")
        core.restore(counting.restored(cases), retired, counting.restored_duties(duties))
        written = _with_key(ledger, written, last.caller_key)
        gc.freeze()  # most of the restored state stays: no garbage collection needs to traverse it again
    except BaseException:
        ledger.close()
        raise
    seconds = parts.machine.monotonic() - started
    metrics.RESTORE_SECONDS.observe(seconds)
    log.info("partition %d open: epoch %d, seq %d, %d cases, %.2f s, rules %s, before %s", partition, last.epoch, last.seq,
             digest.cases, seconds, parts.rules.version if parts.rules else "none", last.rules_version)  # fmt: skip
    return OpenPartition(parts, ledger, core, digest, last, written, counting)


def _listed_streets(parts: WorkerParts, partition: int, partitions: int) -> list[str]:
    """The streets of the partition whose people are listed."""
    people = parts.rules.people if parts.rules is not None else {}
    return [street for street in people if partition_of(street, partitions) == partition]


def renew(parts: WorkerParts, ledger: Ledger, partition: int, permit: Permit) -> None:
    """A new producer goes on after a transaction whose end is in doubt, and is as it should be; what the old one may still have under way is fenced.

    The state in memory is that of the log only if nobody has written since: then `cases.v1` ends as it was left.

    Raises:
        NotOurs: it may be another's by now; nobody was fenced.
        Lost: the brokers did not fence in time, or another has written: open the partition anew.
        Unavailable: the brokers do not answer, or the worker stops.
    """
    ledger.renew()
    _fence(ledger, partition, permit)
    deadline = parts.machine.monotonic() + INIT_S
    while (high := parts.brokers.highs((topics.CASES,), partition)[topics.CASES]) < ledger.end:
        if parts.machine.monotonic() > deadline:
            break
        if permit.stopping.wait(_LOOK_S):
            raise Unavailable("stopping", f"partition {partition} does not go on")
    if high != ledger.end:
        raise Lost(
            "overtaken", f"partition {partition}: {topics.CASES} ends at {high}, not at {ledger.end} as left"
        )


class TakenOver(NamedTuple):
    """A partition that nobody else can write any more, as its log holds it. `last` is its position, with the next epoch."""

    restored: Restored
    digest: StateDigest
    last: Position
    ends: Mapping[str, Ends]


def take_over(parts: WorkerParts, ledger: Ledger, partition: int, permit: Permit) -> TakenOver:
    """Fence, wait, restore, check and compare clocks; raises what `open_partition` does."""
    known = parts.known_log.of(partition)
    facts, ends = fence(parts, ledger, partition, permit)
    restored, digest = _read_state(parts, ledger, known, facts, ends, permit)
    parts.known_log.restored(partition, ends, restored.position)
    if parts.broker_time.is_stale():
        ledger.compare_clocks()
        if ledger.doubt is not None:
            renew(parts, ledger, partition, permit)
    return TakenOver(restored, digest, _next_position(restored, partition, facts, ends), ends)


def ahead_of(parts: WorkerParts, last: Position, now: datetime) -> timedelta | None:
    """By how much the last entry is dated ahead of `now`; None where that is no more than clocks may differ."""
    if last.at is None or last.at - now <= timedelta(seconds=parts.settings.clock_offset_max_s):
        return None
    return last.at - now


def fence(
    parts: WorkerParts, ledger: Ledger, partition: int, permit: Permit
) -> tuple[Mapping[str, TopicFacts], Mapping[str, Ends]]:
    """Shut every other owner out and wait until all is settled. Returns what the topics are, and where they end from now on."""
    _fence(ledger, partition, permit)
    ends = _wait_until_settled(parts, partition, permit)
    ledger.end = ends[topics.CASES].high
    return _facts(parts, partition), ends


def _fence(ledger: Ledger, partition: int, permit: Permit) -> None:
    """Fence, if ownership is certain: a worker woken from sleep would fence the rightful owner. A rebalance waits meanwhile."""
    permit.fencing.set()
    try:
        if not permit.is_ours():
            raise NotOurs("not_ours", f"partition {partition} may be another's by now")
        ledger.open()
    finally:
        permit.fencing.clear()


def _wait_until_settled(parts: WorkerParts, partition: int, permit: Permit) -> Mapping[str, Ends]:
    """The topics' ends, once no uncommitted record stands in the state topics: a restore past one would miss it."""
    started = parts.machine.monotonic()
    gauge = metrics.BLOCKED.labels(partition)
    is_alerted = False
    while True:
        ends = parts.brokers.ends((*STATE, *topics.INPUTS), partition)
        if all(ends[name].stable == ends[name].high for name in STATE):
            gauge.set(0)
            return ends
        waited = parts.machine.monotonic() - started
        gauge.set(waited)
        if waited > _ALERT_S and not is_alerted:
            is_alerted = True
            log.error("partition %d: for %.0f s a foreign transaction stands on its state", partition, waited)
        if permit.stopping.wait(_LOOK_S):
            raise Unavailable("stopping", f"partition {partition} was not opened")


def _read_state(
    parts: WorkerParts,
    ledger: Ledger,
    known: KnownPartition,
    facts: Mapping[str, TopicFacts],
    ends: Mapping[str, Ends],
    permit: Permit,
) -> tuple[Restored, StateDigest]:
    """The state as read, and checked, also against what was `known` before. A contradiction is the log's fault only if it was read to
    its end: a worker that was frozen while it read has been overtaken by the next owner, and a broker that is cut off from the others
    answers by what it knew. Either has half of the old state and half of the new. Where the log ends shows by writing there.
    """
    partition = known.partition
    try:
        known.compare_ends(ends)
        restored = restore(parts, partition, ends, permit.stopping)
        digest = digest_of(restored.snapshots, restored.retired, restored.duties)
        check(restored, partition, facts, ends, digest.hex())
        known.compare_position(restored.position)
    except CorruptLog as error:
        written_at = ledger.ends_by_writing()
        if any(written_at[name] != ends[name].high for name in STATE):
            raise Unavailable(
                "log_moved", f"partition {partition} was not read to its end: {error}"
            ) from error
        raise
    return restored, digest


def _facts(parts: WorkerParts, partition: int) -> Mapping[str, TopicFacts]:
    names = [topic.name for topic in topics.TOPICS]
    facts = parts.brokers.topics(names)
    missing = [name for name in names if name not in facts]
    if missing:
        raise Unavailable("topic_missing", f"partition {partition}: there is no {', '.join(missing)}")
    counts = {facts[name].partitions for name in names}
    if len(counts) > 1:
        raise CorruptLog(PARTITIONS_DIFFER, f"the topics have {sorted(counts)} partitions")
    return facts


def _check_key(parts: WorkerParts, written: Position | None, last: Position) -> None:
    """The key of the callers' tokens is the log's: under another one no caller is known again, and no audit can replay.

    A partition that was never worked takes the key that the others have.
    """
    mark = parts.key_mark
    if mark is None:
        return
    before = written.caller_key if written else key_elsewhere(parts, last.partition, last.partitions)
    if before in (None, mark):
        return
    if before == parts.settings.caller_key_replaces:
        log.warning("partition %d: the callers' key is %s from here on, no longer %s: who called before is not known "
                    "again", last.partition, mark, before)  # fmt: skip
        return
    raise CorruptLog(
        "other_caller_key",
        f"the log is written under the callers' key {before}, and this worker has {mark}: give it the deployment's own "
        f"(ENFORCEMENT_CALLER_KEY_FILE); if that is lost for good, ENFORCEMENT_CALLER_KEY_REPLACES={before} goes on with this one",
    )


def _with_key(ledger: Ledger, written: Position | None, mark: str | None) -> Position | None:
    """The position as it stands, with the key that goes on from here: not only once something comes in this partition."""
    if written is None or mark in (None, written.caller_key):
        return written
    position = replace(written, caller_key=mark)
    ledger.begin()
    ledger.write(position_record(position, rfc3339(position.at or LONG_AGO)))
    ledger.commit()
    return position


def _next_position(
    restored: Restored, partition: int, facts: Mapping[str, TopicFacts], ends: Mapping[str, Ends]
) -> Position:
    """The position in the log with the next epoch; for a log never worked, the start of its inputs."""
    old = restored.position
    inputs = old.inputs if old else tuple(
        TopicPosition(topic=name, topic_id=facts[name].topic_id, next_offset=ends[name].begin)
        for name in topics.INPUTS
    )  # fmt: skip
    return Position(
        partition=partition,
        partitions=facts[topics.CASES].partitions,
        epoch=old.epoch + 1 if old else 1,
        seq=old.seq if old else 0,
        at=old.at if old else None,
        inputs=inputs,
        cases_topic_id=facts[topics.CASES].topic_id,
        journal_topic_id=facts[topics.JOURNAL].topic_id,
        digest="0" * 32,
        rules_version=old.rules_version if old else "none",
        code_version=old.code_version if old else "none",
        caller_key=old.caller_key if old else None,
    )


def _say_what_is_odd(
    parts: WorkerParts, last: Position, never_worked: bool, ends: Mapping[str, Ends]
) -> None:
    """What is no contradiction, and nobody should find out by chance."""
    ahead = ahead_of(parts, last, parts.clock.at(parts.broker_time.now_s()))
    if last.at is not None and ahead is not None:
        log.error(
            "partition %d: its last entry is dated %s, %s ahead of the brokers: a worker with a wrong clock wrote it, or the brokers' "
            "clock was wrong. Until then all that comes counts as of that time. To set it back: %s --partition %d --actor ID --reason TEXT",
            last.partition, last.at.isoformat(timespec="seconds"), timedelta(seconds=int(ahead.total_seconds())),
            SET_BACK, last.partition,
        )  # fmt: skip
    for name in topics.INPUTS:
        if never_worked and ends[name].begin > 0:
            log.error("partition %d: %s begins at %d: what stood before was deleted and never decided; "
                      "enforcement audit counts it", last.partition, name, ends[name].begin)  # fmt: skip


def _decoded(records: dict[bytes, bytes], codec: Codec[_Read], unreadable: str) -> Iterator[_Read]:
    """Each record once; its bytes are freed as it is decoded. One that cannot be read is a corrupt log of the code `unreadable`."""
    while records:
        key, value = records.popitem()
        try:
            yield codec.decode(value)
        except BadMessage as error:
            raise CorruptLog(unreadable, f"{key.decode(errors='replace')}: {error}") from None
