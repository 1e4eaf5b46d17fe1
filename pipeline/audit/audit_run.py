"""One run of the auditor over a deployment: partition by partition, each up to a cut of its own."""

from collections.abc import Callable, Sequence
from contextlib import closing
from typing import Final, NamedTuple

from pipeline.audit.auditing import audit_partition
from pipeline.audit.checks.check_context import Wanted
from pipeline.audit.checks.replay import ReplayRules
from pipeline.audit.findings import Findings, Invariant
from pipeline.audit.log.cut import Cut, Cutter, KafkaLog
from pipeline.audit.log.second_reading import held_up
from pipeline.kafka_log.bounded_reader import BoundedReader
from pipeline.kafka_log.connection import Connection
from schemas import topics

HIDDEN: Final = "an open transaction hides what stands behind it"


class AuditScope(NamedTuple):
    """What a run covers: all of it or from a time on (ms since 1970), all partitions or one, read twice or once."""

    since_ms: int | None = None
    partition: int | None = None
    twice: bool = True


class RunProgress(NamedTuple):
    """How far a run has come. `entries` is about how many a partition has."""

    partition: int
    entries: int
    done: int


def run(
    connection: Connection,
    wanted: Wanted,
    rules: ReplayRules | None,
    asked: AuditScope,
    progress: Callable[[RunProgress], None] = lambda step: None,
) -> Findings:
    """What is found in the deployment as it is now, while it goes on working.

    Raises:
        Unavailable: no broker answers, or a topic is missing.
        ValueError: there is no such partition.
    """
    total = Findings()
    cutter = Cutter(connection, wanted.transaction_s)
    with closing(cutter), closing(BoundedReader(connection)) as reader:
        for partition in _partitions(cutter, asked):
            cut = cutter.cut(partition, asked.since_ms)
            if cut.is_hidden:
                total.add(_hidden(cut, wanted))
            else:
                log = KafkaLog(reader, cutter, cut, twice=asked.twice)
                total.add(audit_partition(log, wanted, rules, _counted(cut, progress)))
            total.numbers["partitions"] += 1
    return total


def _partitions(cutter: Cutter, asked: AuditScope) -> Sequence[int]:
    there = cutter.partitions()
    if asked.partition is None:
        return there
    if asked.partition not in there:
        raise ValueError(f"there is no partition {asked.partition}; there are {there[0]} to {there[-1]}")
    return [asked.partition]


def _hidden(cut: Cut, wanted: Wanted) -> Findings:
    """Only that somebody holds readers up; what stands behind it is not judged."""
    found = Findings()
    for held in cut.held:
        held_up(held, cut.partition, wanted.transaction_s, found)
    found.skip((one for one in Invariant if one is not Invariant.T0), HIDDEN)
    return found


def _counted(cut: Cut, progress: Callable[[RunProgress], None]) -> Callable[[int], None]:
    entries = cut.ends[topics.JOURNAL] - cut.begins[topics.JOURNAL]
    done = 0

    def tell(many: int) -> None:
        nonlocal done
        done += many
        progress(RunProgress(cut.partition, entries, done))

    return tell
