"""The public client: pushes reports and actions, waits for receipts, reads assignments and cases. Reads committed records only.

    with Client() as client:
        receipt = client.push(report)
        for task in client.assignments("city-appearance", follow=True): ...

One client may be shared by threads, each iterator belongs to one thread. A closed client ends its iterators.
"""

import threading
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import closing
from datetime import datetime
from types import TracebackType
from typing import Final, Self

from pipeline.edge.client.assignment_reader import from_state, of_teams, still_open
from pipeline.edge.client.case_search import cases_with, latest_cases
from pipeline.edge.client.decoding import decoded
from pipeline.edge.client.known_names import check_known
from pipeline.edge.client.past_reports import PastReports
from pipeline.edge.client.pushing import Content, Pusher, pipelined
from pipeline.edge.client.receipt_waiting import PendingReceipt
from pipeline.kafka_log.connection import connection_of
from pipeline.kafka_log.following_reader import FollowingReader
from pipeline.kafka_log.log_record import LogRecord
from schemas.duty.street_duty import StreetDuty
from schemas.errors import PipelineError
from schemas.inputs.action import Action
from schemas.inputs.letter_discard import DiscardLetter
from schemas.inputs.report import Report
from schemas.journal.entry import JournalEntry
from schemas.journal.events import CaseOpened
from schemas.outputs import Assignment, Notice, Receipt
from schemas.partitioning import partition_of
from schemas.state.case import Case
from schemas.topics import ASSIGNMENTS, CASES, DUTY_KEY, JOURNAL, NOTICES, RECEIPTS, REPORTS
from schemas.values.text import street_of
from schemas.wire import codecs
from schemas.wire.envelope import ALSO

TIMEOUT_S: Final = 10.0
POLL_S: Final = 0.2
LOOK_BACK_FIRST: Final = 2_000
"""A case is looked for in so many offsets before the log's end, then in four times as many before those, and so on."""


class Client:
    """The outside world's way to one deployment."""

    def __init__(
        self,
        brokers: str | None = None,
        *,
        topic_prefix: str | None = None,
        kafka_options: Mapping[str, str | int | float | bool] | None = None,
    ) -> None:
        """Does not connect before it is used.

        Args:
            brokers: host:port, several with commas; default: ENFORCEMENT_BROKERS, else the broker of this machine.
            topic_prefix: of a deployment that shares its brokers; default: ENFORCEMENT_TOPIC_PREFIX.
            kafka_options: further settings of librdkafka: security.protocol, ssl.ca.location, sasl.mechanisms, client.id.
        """
        self._connection = connection_of(brokers, topic_prefix, kafka_options)
        self._pusher = Pusher(self._connection)
        self._closed = threading.Event()

    def __enter__(self) -> Self:
        """The client itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closed, whatever happened."""
        self.close()

    @property
    def brokers(self) -> str:
        """The addresses that are used."""
        return self._connection.brokers

    def close(self) -> None:
        """Closes all connections and ends all iterators."""
        self._closed.set()
        self._pusher.close()

    # pushing and acting

    def push(
        self, report: Report | Content | bytes, *, timeout_s: float = TIMEOUT_S, street: str | None = None
    ) -> Receipt:
        """Push a report and wait for its receipt. A refusal is a receipt, not an error.

        Args:
            report: typed, or the contract's JSON as a mapping or as bytes; the latter two are judged by the pipeline.
            street: the key to push under, where the report cannot be read for it.

        Raises:
            NoReceipt: none within `timeout_s`; pushing again is safe.
            Unavailable: no broker answers, or it did not acknowledge.
            BadMessage: a typed report with a field that is not what the contract says.
        """
        return self.submit(report, street=street).receipt(timeout_s)

    def submit(self, report: Report | Content | bytes, *, street: str | None = None) -> PendingReceipt:
        """Push a report without waiting; thousands may be under way. Raises as `push` does, but for NoReceipt."""
        return self._pusher.report(report, street)

    def push_many(
        self, reports: Iterable[Report | Content | bytes], *, timeout_s: float = TIMEOUT_S
    ) -> Iterator[tuple[int, Receipt | PipelineError]]:
        """Push all without waiting in between; yields the number, from 0, and the answer of each, in order.

        After `timeout_s` without a single answer all that waits is yielded as NoReceipt at once.

        Raises:
            Unavailable: no broker answers; what was yielded is done, the rest may be pushed again.
        """
        return pipelined(reports, self.submit, timeout_s)

    def act(self, action: Action | Content | bytes, *, timeout_s: float = TIMEOUT_S) -> Receipt:
        """Push an action and wait for its receipt; build one with `pipeline.edge.client.action_builder`. Raises as `push` does."""
        return self.submit_action(action).receipt(timeout_s)

    def submit_action(self, action: Action | Content | bytes, *, street: str | None = None) -> PendingReceipt:
        """Push an action without waiting."""
        return self._pusher.action(action, street)

    def push_again(
        self, topic: str, content: bytes, letter: str, *, street: str | None = None
    ) -> PendingReceipt:
        """Push once more, to the input `topic`, what had become the dead letter of this id, mended or as it was; without waiting.

        The new record's entry names the letter. Raises as `submit` does.
        """
        push = self._pusher.report if topic == REPORTS else self._pusher.action
        return push(content, street, retry_of=letter)

    def discard(self, discard: DiscardLetter, *, timeout_s: float = TIMEOUT_S) -> Receipt:
        """Say that nothing will be made of a dead letter, and wait for the receipt. Raises as `push` does."""
        return self._pusher.discard(discard).receipt(timeout_s)

    def act_many(
        self, actions: Iterable[Action | Content | bytes], *, timeout_s: float = TIMEOUT_S
    ) -> Iterator[tuple[int, Receipt | PipelineError]]:
        """As `push_many`, for actions."""
        return pipelined(actions, self.submit_action, timeout_s)

    # reading

    def assignments(
        self,
        team: str | Collection[str] | None,
        *,
        follow: bool = False,
        since: datetime | None = None,
        street: str | None = None,
    ) -> Iterator[Assignment]:
        """The open assignments of `team` by due time; with `follow`, then every later one as it comes, without end.

        A later assignment of the same case, team and kind replaces the earlier one; `done` and `withdrawn` end it. The log keeps
        30 days: older tasks are read from the state (`<entry>:task:<n>` is their id, `why` is empty).

        Args:
            team: one team or post, several, or None for all.
            since: look only at what was assigned after this time.
            street: the code of the one street to look at.

        Raises:
            UnknownName: nothing is open, and the rules at hand know no such team or street.
            Unavailable: no broker answers; while following, not for minutes.
            Unreadable: an assignment of the team is of a contract that this client does not know.
        """
        for news in self.assignment_news(team, follow=follow, since=since, street=street):
            yield from news

    def assignment_news(
        self,
        team: str | Collection[str] | None,
        *,
        follow: bool = True,
        since: datetime | None = None,
        street: str | None = None,
    ) -> Iterator[list[Assignment]]:
        """As `assignments`, in lists: first all open ones, perhaps none, then the later ones, each list as it comes."""
        teams = {team} if isinstance(team, str) else team
        with closing(FollowingReader(self._connection, ASSIGNMENTS, follows=follow)) as reader:
            partitions = _partitions(reader, street)
            begins, ends = reader.starts(partitions), reader.ends(partitions)
            starts = reader.starts(partitions, _milliseconds(since)) if since else begins
            reader.add(starts)
            assignments = of_teams(reader.read_to(ends, self._closed.is_set), teams)
            shortened = [number for number in partitions if 0 < begins[number] == starts[number]]
            # the state is read last: what changes meanwhile comes again from the log
            now = still_open(
                (task for task in assignments if street in (None, task.street)),
                lambda: self._older(shortened, teams, street, since),
            )
            if not now:
                check_known(teams, street)
            yield now
            while follow and not self._closed.is_set():
                news = [
                    assignment
                    for assignment in of_teams(reader.poll(POLL_S), teams)
                    if street in (None, assignment.street)
                ]
                if news:
                    yield news

    def _older(
        self,
        partitions: Collection[int],
        teams: Collection[str] | None,
        street: str | None,
        since: datetime | None,
    ) -> Iterator[Assignment]:
        """The open tasks as the state has them, of partitions whose log of assignments has lost its beginning."""
        if not partitions:
            return
        with closing(FollowingReader(self._connection, CASES, follows=False)) as reader:
            for task in from_state(latest_cases(self._everything(reader, partitions)), teams):
                if street in (None, task.street) and (since is None or task.at >= since):
                    yield task

    def _everything(self, reader: FollowingReader, partitions: Collection[int]) -> Iterator[LogRecord]:
        """All records up to now."""
        ends = reader.ends(partitions)
        reader.add(reader.starts(partitions))
        return reader.read_to(ends, self._closed.is_set)

    def case(self, case_id: str) -> Case | None:
        """The latest snapshot of the case; None if no case has this id, or its snapshot is retired.

        Raises:
            Unavailable: no broker answers.
        """
        with closing(FollowingReader(self._connection, CASES, follows=False)) as reader:
            for records in self._looking_back(reader, case_id):
                if records:
                    return decoded(codecs.CASE, records[-1]) if records[-1].value else None
        return None

    def cases_of_number(self, number: str) -> list[Case]:
        """The latest snapshots of the cases that answer for the report of this number; several where sources or streets share it.

        Reads all snapshots, retired ones excepted. Raises as `case` does.
        """
        with closing(FollowingReader(self._connection, CASES, follows=False)) as reader:
            return cases_with(self._everything(reader, reader.partitions()), number)

    def street_duty(self, street: str) -> StreetDuty | None:
        """What happened to the people and devices of a street; None where nothing did. Raises as `case` does."""
        key, found = DUTY_KEY + street.encode(), None
        with closing(FollowingReader(self._connection, CASES, follows=False)) as reader:
            for record in self._everything(reader, _partitions(reader, street)):
                if record.key == key:
                    found = record
        return decoded(codecs.STREET_DUTY, found) if found is not None and found.value else None

    def past_case(self, case_id: str) -> Case | None:
        """A case that is kept no longer, as its journal tells it; None if there was none of this id. Raises as `journal` does."""
        with closing(FollowingReader(self._connection, CASES, follows=False)) as reader:
            records = self._everything(reader, _partitions(reader, street_of(case_id)))
            is_past = PastReports(records).has_case(case_id)
        return self._from_journal(case_id) if is_past else None

    def past_cases_of_number(self, number: str) -> list[Case]:
        """The cases that are kept no longer and held the report of this number. Raises as `journal` does."""
        with closing(FollowingReader(self._connection, CASES, follows=False)) as reader:
            past = PastReports(self._everything(reader, reader.partitions()))
        cases = map(self._from_journal, filter(past.has_case, past.cases_of(number)))
        return [case for case in cases if case is not None]

    def _from_journal(self, case_id: str) -> Case | None:
        from pipeline.edge.explain.case_history import steps

        history = steps(self.journal(case_id))
        return history[-1].after if history else None

    def journal(self, case_id: str) -> list[JournalEntry]:
        """Every entry about the case, the one that opened it first; empty if there is no such case.

        Of an entry that touches another case too (merged, split), only what happened to this one.

        Raises:
            Unavailable: no broker answers.
            Unreadable: an entry is of a contract that this client does not know.
        """
        from pipeline.edge.explain.case_history import (
            of_case,  # brings the core: only who reads a history pays
        )

        entries: list[JournalEntry] = []
        with closing(FollowingReader(self._connection, JOURNAL, follows=False)) as reader:
            for records in self._looking_back(reader, case_id):
                read = (decoded(codecs.JOURNAL_ENTRY, record) for record in records)
                entries[:0] = [own for entry in read if (own := of_case(entry, case_id)).events]
                if entries and any(isinstance(event, CaseOpened) for event in entries[0].events):
                    break
        return entries

    def entries(self, since: datetime) -> Iterator[JournalEntry]:
        """All that was decided since then, of all streets, in order within each partition. Raises as `journal` does."""
        with closing(FollowingReader(self._connection, JOURNAL, follows=False)) as reader:
            partitions = reader.partitions()
            ends = reader.ends(partitions)
            reader.add(reader.starts(partitions, _milliseconds(since)))
            for record in reader.read_to(ends, self._closed.is_set):
                yield decoded(codecs.JOURNAL_ENTRY, record)

    def _looking_back(self, reader: FollowingReader, case_id: str) -> Iterator[list[LogRecord]]:
        """The records about the case in the newest part of the log, then in the part before it, four times as long, and so on."""
        key = case_id.encode()
        [partition] = _partitions(reader, street_of(case_id))
        begin, end = reader.starts([partition])[partition], reader.ends([partition])[partition]
        back = LOOK_BACK_FIRST
        while end > begin and not self._closed.is_set():
            start = max(begin, end - back)
            reader.add({partition: start})
            read = reader.read_to({partition: end}, self._closed.is_set)
            yield [record for record in read if _is_about(record, key) and record.offset < end]
            end, back = start, back * 4

    def receipts(
        self, sender: str | None = None, *, follow: bool = True, since: datetime | None = None
    ) -> Iterator[Receipt]:
        """The receipts to a source or an actor, or all: from now on, or those since then."""
        for record in self._follow(RECEIPTS, follow, since, sender):
            if record.value is not None:
                yield decoded(codecs.RECEIPT, record)

    def notices(
        self, role: str | None = None, *, follow: bool = True, since: datetime | None = None
    ) -> Iterator[Notice]:
        """The notices to a role, or all: from now on, or since then."""
        for record in self._follow(NOTICES, follow, since, role):
            if record.value is not None:
                yield decoded(codecs.NOTICE, record)

    def _follow(
        self, topic: str, follow: bool, since: datetime | None, key: str | None
    ) -> Iterator[LogRecord]:
        wanted = None if key is None else key.encode()
        with closing(FollowingReader(self._connection, topic, follows=follow)) as reader:
            partitions = reader.partitions()
            ends = reader.ends(partitions)
            reader.add(ends if since is None else reader.starts(partitions, _milliseconds(since)))
            yield from _keyed(reader.read_to(ends, self._closed.is_set), wanted)
            while follow and not self._closed.is_set():
                yield from _keyed(reader.poll(POLL_S), wanted)


def _is_about(record: LogRecord, case_id: bytes) -> bool:
    """By its key, or by the header that names the other cases an entry touches."""
    if record.key == case_id:
        return True
    return any(name == ALSO and case_id in (ids or b"").split(b",") for name, ids in record.headers)


def _partitions(reader: FollowingReader, street: str | None) -> list[int]:
    """Those to look at: all, or the one where the street's records stand."""
    partitions = reader.partitions()
    return partitions if street is None else [partition_of(street, len(partitions))]


def _keyed(records: Iterable[LogRecord], key: bytes | None) -> Iterator[LogRecord]:
    return (record for record in records if key is None or record.key == key)


def _milliseconds(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp() * 1000)
