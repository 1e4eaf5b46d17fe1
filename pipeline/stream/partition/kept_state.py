"""The state of a partition in a file, where the log is not to be trusted with it any more, and from there back into the log.

    worker   stops deciding ─► memory, as of the last commit ─► FILE: the records of `cases.v1`, a line each, the position last
    operator puts the topics right
    command  fence ─► FILE is of the journal's last entry? ─► what `cases.v1` lacks of it, in transactions, the position last

Whoever is killed meanwhile leaves a partition that no worker opens, and does the rest when run again.
"""

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

import msgspec
from msgspec.structs import replace

from pipeline.settings import Settings
from pipeline.stream.brokers import TopicFacts
from pipeline.stream.core_protocol import WorkerParts
from pipeline.stream.partition.batch import LONG_AGO, OpenPartition
from pipeline.stream.partition.digest import StateDigest, digest_of
from pipeline.stream.partition.ledger import Ledger
from pipeline.stream.partition.opening import Permit, fence
from pipeline.stream.partition.outgoing_records import (
    Outgoing,
    case_record,
    duty_record,
    position_record,
    retired_record,
    rfc3339,
)
from pipeline.stream.partition.restore import Restored, check, restore
from pipeline.whole_file import whole_file
from schemas import topics
from schemas.errors import BadMessage, CorruptLog, PipelineError
from schemas.outputs import Position
from schemas.wire import codecs, envelope

log: Final = logging.getLogger("enforcement.kept_state")
RESTORE: Final = "enforcement topics restore"
_AT_ONCE: Final = 500
"""Records in one transaction."""
_RETRY_S: Final = 1.0
_KEEP_S: Final = 300.0
"""How long a disk may have no room for what is kept; then the worker ends all the same."""


class Outdated(PipelineError):
    """The file is not of the journal's last entry: what it holds is not the state."""


class _Line(msgspec.Struct):
    """A record of `cases.v1`; its value as it is, to the byte."""

    key: str
    value: msgspec.Raw


class KeptState(NamedTuple):
    """What a file holds: the position, and every other record by key."""

    position: Position
    records: dict[bytes, bytes]


def keep(settings: Settings, opened: OpenPartition) -> Path | None:
    """Write the state as of the last commit into a file of `settings.data_dir`; None where nothing was ever decided.

    `opened` must be at rest.

    Raises:
        OSError: it cannot be written.
        CorruptLog: memory is not what was committed.
    """
    position = opened.written
    if position is None:
        return None
    name = f"{settings.topic_prefix}{settings.app_id}-{position.partition}-{position.seq}.jsonl"
    path = settings.data_dir / "state" / name
    digest = StateDigest()
    with whole_file(path) as file:
        for record in _records(opened, rfc3339(position.at or LONG_AGO)):
            digest.put(record.key or b"", record.value)
            file.write(_line(record))
        if digest.keys() != opened.digest.keys():
            raise CorruptLog(
                "memory_differs", f"partition {position.partition}: memory is not what was committed"
            )
        # what an older version wrote may be written otherwise by this one
        whole = replace(position, digest=digest.hex())
        file.write(_line(position_record(whole, "")))
    return path


def kept_line(
    settings: Settings, at_rest: Iterable[OpenPartition], wait: Callable[[float], object] = time.sleep
) -> str:
    """Keep the state of these partitions; says where, and what brings it back. `wait` takes seconds."""
    files = [file for opened in at_rest if (file := _kept(settings, opened, wait)) is not None]
    named = " ".join(f"--from {file}" for file in files)
    return f"; the state is kept, and once the topics are right: {RESTORE} {named}" if files else ""


def _kept(settings: Settings, opened: OpenPartition, wait: Callable[[float], object]) -> Path | None:
    """The file; memory may be the last copy, so a disk without room is waited for."""
    gives_up_s = time.monotonic() + _KEEP_S
    while True:
        try:
            return keep(settings, opened)
        except (OSError, CorruptLog) as error:
            log.critical("the state of partition %d is not kept: %s", opened.last.partition, error)
            if isinstance(error, CorruptLog) or time.monotonic() > gives_up_s:
                return None
        wait(_RETRY_S)


def _records(opened: OpenPartition, at: str) -> Iterator[Outgoing]:
    cases, retired, duties = opened.core.held()
    for case in cases:
        yield case_record(case, at)
    for record in retired:
        yield retired_record(record, at)
    for duty in duties:
        yield duty_record(duty, at)


def _line(record: Outgoing) -> bytes:
    line = _Line((record.key or b"").decode(), msgspec.Raw(record.value or b"null"))
    return msgspec.json.encode(line) + b"\n"


def read(path: Path) -> KeptState:
    """What `keep` wrote.

    Raises:
        OSError: the file cannot be read.
        BadMessage: it is not such a file, or not whole.
    """
    records: dict[bytes, bytes] = {}
    with path.open("rb") as file:
        for number, text in enumerate(file, 1):
            try:
                line = msgspec.json.decode(text, type=_Line)
            except msgspec.MsgspecError:
                raise BadMessage("broken_json", f"line {number}", "a record of a kept state") from None
            records[line.key.encode()] = bytes(line.value)
    position = codecs.POSITION.decode(records.pop(topics.POSITION_KEY, b""))
    if digest_of(records).hex() != position.digest:
        raise BadMessage("wrong_format", "", "the whole of a kept state")
    return KeptState(position, records)


def write_back(parts: WorkerParts, kept: KeptState) -> int:
    """Bring the state in the log to what `kept` holds. Returns how many records it lacked; 0 where it is all there.

    Raises:
        Outdated: it is the state of another entry than the journal's last.
        CorruptLog: more is wrong with the log than its state; nothing was written.
        Fenced: a worker has opened the partition meanwhile.
        Lost, Unavailable: the brokers do not answer. Run again, it does the rest.
    """
    partition = kept.position.partition
    permit = Permit(lambda: True, parts.machine)
    ledger = Ledger(parts, partition)
    try:
        facts, ends = fence(parts, ledger, partition, permit)
        there = restore(parts, partition, ends, permit.stopping)
        position = _position_now(kept.position, there, facts)
        whole = Restored(position=position, journal_seq=there.journal_seq, journal_epoch=there.journal_epoch)
        for key, value in kept.records.items():
            whole.part_of(key)[key] = value
        check(whole, partition, facts, ends, position.digest)
        lacking = [*_lacking(kept.records, there.records(), position)]
        if lacking or there.position != position:
            _write(ledger, [*lacking, position_record(position, rfc3339(position.at or LONG_AGO))])
    finally:
        ledger.close()
    return len(lacking)


def _position_now(position: Position, there: Restored, facts: Mapping[str, TopicFacts]) -> Position:
    """The kept position, of the state topic as it is now: that may have been made anew, its journal not."""
    if (there.journal_epoch, there.journal_seq) != (position.epoch, position.seq):
        raise Outdated(
            "state_outdated",
            f"partition {position.partition}: the file is of entry {position.seq} of epoch {position.epoch}, the journal's last is "
            f"{there.journal_seq} of epoch {there.journal_epoch}",
        )
    return replace(position, cases_topic_id=facts[topics.CASES].topic_id)


def _lacking(kept: dict[bytes, bytes], there: dict[bytes, bytes], position: Position) -> Iterator[Outgoing]:
    """The records that the log has not, or not as they are kept; and a deletion for each that should be gone."""
    at = rfc3339(position.at or LONG_AGO)
    for key, value in kept.items():
        if there.get(key) == value:
            continue
        if topics.is_case_key(key):
            record = case_record(codecs.CASE.decode(value), at)
        elif key.startswith(topics.DUTY_KEY):
            record = duty_record(codecs.STREET_DUTY.decode(value), at)
        else:
            record = retired_record(codecs.RETIRED.decode(value), at)
        yield record._replace(value=value, headers=[*record.headers, (envelope.WRITTEN_BACK, b"1")])
    for key in there.keys() - kept.keys():
        headers = envelope.headers(envelope.CASE, f"{key.decode()}@retired", at)
        yield Outgoing(topics.CASES, key, None, [*headers, (envelope.WRITTEN_BACK, b"1")])


def _write(ledger: Ledger, records: list[Outgoing]) -> None:
    for begin in range(0, len(records), _AT_ONCE):
        ledger.begin()
        for record in records[begin : begin + _AT_ONCE]:
            ledger.write(record)
        ledger.commit()
