"""Logs to audit, without a broker: what the core decided, as the records the worker would have written, in memory."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from pipeline.audit.auditing import audit_partition
from pipeline.audit.checks.check_context import AuditSetup
from pipeline.audit.checks.crossing import hops, moved_reports
from pipeline.audit.findings import Findings
from pipeline.audit.log.partition_log import AuditRecord, Held
from pipeline.audit.model.people.people_there import people_there
from pipeline.audit.model.rules_reader import AuditRules, read_audit_rules
from pipeline.core.case.turn import InputRecord, Outcome, Turn
from pipeline.core.partition import Partition
from pipeline.stream.partition.digest import StateDigest
from pipeline.stream.partition.outgoing_records import outgoing, position_record, rfc3339
from schemas import topics
from schemas.journal.entry import JournalEntry, RecordCause
from schemas.outputs import Position, TopicPosition
from tests.audit.people_table import table_of
from tests.core.players.play import Play
from tests.core.players.witness import Tally
from tests.core.story import KEY, RULES, Story, time_set_back

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ALL = tuple(topic.name for topic in topics.TOPICS)


@dataclass
class MemoryLog:
    """One partition of all topics, in memory. `begins`: where a topic begins, if not with its first record; `oldests`: if the
    brokers hold more of it.
    """

    partition: int = 0
    topics: dict[str, list[AuditRecord]] = field(default_factory=lambda: {name: [] for name in ALL})
    begins: dict[str, int] = field(default_factory=dict)
    oldests: dict[str, int] = field(default_factory=dict)
    closed: frozenset[str] = frozenset()
    entries_later: list[JournalEntry] = field(default_factory=list)
    second: dict[str, Iterable[AuditRecord]] = field(default_factory=dict)
    hanging: tuple[Held, ...] = ()

    def may_read(self, topic: str) -> bool:
        return topic not in self.closed

    def begin(self, topic: str) -> int:
        return self.begins.get(topic, 0)

    def oldest(self, topic: str) -> int:
        return self.oldests.get(topic, self.begin(topic))

    def end(self, topic: str) -> int:
        return self.topics[topic][-1].offset + 1 if self.topics[topic] else 0

    def records(self, topic: str) -> Iterator[AuditRecord]:
        if self.may_read(topic):
            yield from (record for record in self.topics[topic] if record.offset >= self.begin(topic))

    def later(self) -> Iterator[JournalEntry]:
        yield from self.entries_later

    def again(self, topic: str) -> Iterator[AuditRecord]:
        yield from self.second.get(topic, self.records(topic))

    def held(self) -> tuple[Held, ...]:
        return self.hanging or tuple(Held(topic, 0, 0, 0.0) for topic in ALL)

    def add(
        self, topic: str, key: bytes | None, value: bytes | None, at: datetime, headers=()
    ) -> AuditRecord:
        """A record at the end of a topic."""
        ms = int((at - EPOCH).total_seconds() * 1000) + 1
        there = self.topics[topic]
        offset = there[-1].offset + 1 if there else 0
        record = AuditRecord(topic, self.partition, offset, ms, key, value, tuple(headers))
        there.append(record)
        return record

    def copy(self) -> "MemoryLog":
        """A log of its own, to be spoilt."""
        topics = {name: list(records) for name, records in self.topics.items()}
        return MemoryLog(
            self.partition,
            topics,
            dict(self.begins),
            closed=self.closed,
            entries_later=list(self.entries_later),
        )


def logged(pushed: Iterable[tuple[InputRecord, datetime]], outcomes: Iterable[Outcome]) -> MemoryLog:
    """As a worker writes it, each outcome in a transaction of its own."""
    log, digest, inputs = MemoryLog(), StateDigest(), {}
    pushed = list(pushed)
    there = {record.value for record, _ in pushed}
    for record, at in pushed:
        ms = int((at - EPOCH).total_seconds() * 1000)
        inputs[record.topic, record.offset] = record
        log.topics[record.topic].append(
            AuditRecord(record.topic, 0, record.offset, ms, record.key, record.value, record.headers)
        )
    offsets = dict.fromkeys(topics.INPUTS, 0)
    for outcome in outcomes:
        entry, cause = outcome.entry, outcome.entry.cause
        decided = inputs[cause.topic, cause.offset] if isinstance(cause, RecordCause) else None
        if isinstance(cause, RecordCause):
            offsets[cause.topic] = cause.offset + 1
        for one in outgoing(outcome, decided, rfc3339(entry.at)):
            if one.partition is not None:
                if one.value not in there:  # nobody has decided it yet
                    log.add(one.topic, one.key, one.value, entry.at, one.headers)
                continue
            log.add(one.topic, one.key, one.value, entry.at, one.headers)
            if one.topic == topics.CASES and one.key:
                digest.put(one.key, one.value)
        position = _position(entry, offsets, digest)
        written = position_record(position, rfc3339(entry.at))
        log.add(written.topic, written.key, written.value, entry.at, written.headers)
    return log


def story_log(story: Story) -> MemoryLog:
    """All that a story wrote."""
    return logged(story.pushed, story.outcomes)


def worked(
    pushed: Iterable[tuple[InputRecord, datetime]],
    until: datetime,
    noticed: Callable[[datetime], datetime] = lambda due: due,
) -> list[Outcome]:
    """The same records as a worker decides them: timers count from when they are due; `noticed` is when it comes to what."""
    core, outcomes, last = Partition(RULES, KEY, "test"), list[Outcome](), EPOCH

    def turn(at: datetime) -> Turn:
        nonlocal last
        last = max(at, last)
        return Turn(0, 1, len(outcomes) + 1, last, max(last, noticed(last)))

    def fire(to: datetime) -> None:
        while (due := core.next_due()) is not None and due <= max(to, last):
            outcomes.append(core.fire(turn(due)))

    for record, arrived in pushed:
        fire(arrived)
        outcomes.append(core.step(record, turn(arrived)))
    fire(until)
    return outcomes


def worked_log(story: Story) -> MemoryLog:
    """All that a worker makes of what was pushed in a story."""
    return logged(story.pushed, worked(story.pushed, story.now))


def play_log(start: str, seed: int, length: int, mood: str) -> MemoryLog:
    """All that random people made of a burst of steps."""
    return played_log(start, f"burst {seed} {length} {mood}")


def played_log(start: str, *script: str) -> MemoryLog:
    """All that random people made of a script of `tests.core.players.play`."""
    play = Play(Tally(), start)
    for words in script:
        play.do(words)
    anew, outcomes = Partition(RULES, KEY, "test"), list[Outcome]()
    for done, (at, record) in enumerate(play.fed):
        if done in play.set_backs:
            before = outcomes[-1].entry.at
            outcomes.append(time_set_back(Turn(0, 1, len(outcomes) + 1, at), before))
        turn = Turn(0, 1, len(outcomes) + 1, at)
        outcomes.append(anew.fire(turn) if record is None else anew.step(record, turn))
    return logged([(record, at) for at, record in play.fed if record is not None], outcomes)


@cache
def audit_rules() -> AuditRules:
    """The rules of the repository, with the people of the stories."""
    rules = read_audit_rules(Path(__file__).parents[2] / "rules")
    tables = {street: table_of(people) for street, people in RULES.people.items()}
    return replace(rules, people=people_there(tables))


def audit_setup(**changes) -> AuditSetup:
    """What the stories were decided by."""
    return replace(
        AuditSetup(
            {audit_rules().version: audit_rules()}.get, partitions=1, code_version="test", caller_key=KEY
        ),
        **changes,
    )


def audited(log: MemoryLog, *, replayed: bool = True, **changes) -> Findings:
    """What the auditor finds in it."""
    found = audit_partition(log, audit_setup(**changes), {RULES.version: RULES}.get if replayed else None)
    hops.judge(found)
    moved_reports.judge(found)
    return found


def _position(entry: JournalEntry, offsets: dict[str, int], digest: StateDigest) -> Position:
    return Position(
        partition=entry.partition,
        partitions=1,
        epoch=entry.epoch,
        seq=entry.seq,
        at=entry.at,
        inputs=tuple(
            TopicPosition(topic=topic, topic_id="t", next_offset=offset) for topic, offset in offsets.items()
        ),
        cases_topic_id="c",
        journal_topic_id="j",
        digest=digest.hex(),
        rules_version=entry.rules_version,
        code_version=entry.code_version,
    )
