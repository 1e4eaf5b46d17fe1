"""One run of the auditor over a deployment: partition by partition, each up to a cut of its own."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from typing import Final, NamedTuple

from pipeline.audit.auditing import audit_partition
from pipeline.audit.checks.check_context import AuditSetup
from pipeline.audit.checks.crossing import hops, moved_reports
from pipeline.audit.checks.replay import ReplayRulesOf
from pipeline.audit.findings import Findings, Invariant
from pipeline.audit.log.cut import Cut, Cutter, KafkaLog
from pipeline.audit.log.partition_log import LogPlace
from pipeline.audit.log.second_reading import held_up
from pipeline.kafka_log.bounded_reader import BoundedReader
from pipeline.kafka_log.connection import Connection
from schemas import topics

HIDDEN: Final = "an open transaction hides what stands behind it"


class AuditScope(NamedTuple):
    """What a run covers: all of it, from a time on (ms since 1970) or from the checkpoints on, all partitions or one, read twice
    or once.
    """

    since_ms: int | None = None
    partition: int | None = None
    twice: bool = True
    since_checkpoint: bool = False


class RunProgress(NamedTuple):
    """How far a run has come. `entries` is about how many a partition has."""

    partition: int
    entries: int
    done: int


def run(
    connection: Connection,
    setup: AuditSetup,
    rules: ReplayRulesOf | None,
    scope: AuditScope,
    progress: Callable[[RunProgress], None] = lambda step: None,
) -> Findings:
    """Audits the deployment up to now, while it goes on working.

    Raises:
        Unavailable: no broker answers, or a topic is missing.
        ValueError: there is no such partition.
    """
    total = Findings()
    cuts: dict[int, Cut] = {}
    cutter = Cutter(connection, setup.transaction_s)
    with closing(cutter), closing(BoundedReader(connection)) as reader:
        partitions = _partitions(cutter, scope)
        if scope.partition is None:
            _all_are_there(setup, partitions, total)
        for partition in partitions:
            after = setup.checkpoints.get(partition) if scope.since_checkpoint else None
            cut = cutter.cut(partition, scope.since_ms, after)
            if cut.is_hidden:
                total.add(_hidden(cut, setup))
            else:
                log = KafkaLog(reader, cutter, cut, twice=scope.twice)
                total.add(audit_partition(log, setup, rules, _counted(cut, progress)))
                cuts[partition] = cut
            total.numbers["partitions"] += 1
        _look_behind(cutter, reader, cuts, total)
    hops.judge(total)
    moved_reports.judge(total)
    return total


def _all_are_there(setup: AuditSetup, partitions: Sequence[int], total: Findings) -> None:
    """No partition is gone that an earlier audit saw."""
    for partition in sorted(setup.checkpoints.keys() - set(partitions)):
        seen = setup.checkpoints[partition]
        words = {"topic": topics.JOURNAL, "end": 0, "before": seen.ends[topics.JOURNAL], "at": seen.at}
        total.holds("log_went_back", False, LogPlace(topics.JOURNAL, partition, 0), None, **words)


def _look_behind(cutter: Cutter, reader: BoundedReader, cuts: Mapping[int, Cut], total: Findings) -> None:
    """What was forwarded to a partition after that was cut stands behind its cut by now."""
    wanted = {(start.topic, end.to) for start, end in total.hops.missing().items()}
    wanted |= {(topics.REPORTS, end.to) for end in total.moves.missing().values() if end.to in cuts}
    for topic, partition in sorted(wanted):
        begin, end = cuts[partition].ends[topic], cutter.end_now(topic, partition)
        for record in KafkaLog(reader, cutter, cuts[partition]).between(topic, begin, end):
            total.waits(record)


def _partitions(cutter: Cutter, scope: AuditScope) -> Sequence[int]:
    partitions = cutter.partitions()
    if scope.partition is None:
        return partitions
    if scope.partition not in partitions:
        raise ValueError(
            f"there is no partition {scope.partition}; there are {partitions[0]} to {partitions[-1]}"
        )
    return [scope.partition]


def _hidden(cut: Cut, setup: AuditSetup) -> Findings:
    """Judges only the hanging transaction; what it hides is skipped."""
    findings = Findings()
    for held in cut.held:
        held_up(held, cut.partition, setup.transaction_s, findings)
    findings.skip((invariant for invariant in Invariant if invariant is not Invariant.T0), HIDDEN)
    return findings


def _counted(cut: Cut, progress: Callable[[RunProgress], None]) -> Callable[[int], None]:
    entries = cut.ends[topics.JOURNAL] - cut.begins[topics.JOURNAL]
    done = 0

    def tell(count: int) -> None:
        nonlocal done
        done += count
        progress(RunProgress(cut.partition, entries, done))

    return tell
