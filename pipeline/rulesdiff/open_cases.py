"""The latest snapshot of each case, open or closed, from the running deployment or from a file."""

import logging
from collections.abc import Iterator
from contextlib import closing
from typing import BinaryIO

from schemas.errors import BadMessage
from schemas.state.case import Case
from schemas.topics import CASES, is_case_key
from schemas.wire import codecs


class BadCases(BadMessage):
    """A line of the file is not a snapshot of a case."""


def of_file(file: BinaryIO) -> Iterator[Case]:
    """One snapshot a line; empty lines are skipped, and of several snapshots of a case the highest version counts.

    Raises:
        BadCases: a line is something else; the text names the first such line.
    """
    latest: dict[str, Case] = {}
    for number, line in enumerate(file, 1):
        if not line.strip():
            continue
        try:
            case = codecs.CASE.decode(line)
        except BadMessage as why:
            place = f"line {number} of the cases{f', {why.field}' if why.field else ''}"
            raise BadCases("bad_case", place, f"a case snapshot ({why.code})") from None
        if case.case_id not in latest or latest[case.case_id].version < case.version:
            latest[case.case_id] = case
    yield from latest.values()


def of_deployment(brokers: str | None, topic_prefix: str | None) -> Iterator[Case]:
    """All snapshots committed in cases.v1 now.

    Raises:
        Unavailable: no broker answers, or there is no such topic.
        Unreadable: this program does not know a snapshot's contract.
    """
    # slow to import, and not needed to read a file
    from pipeline.edge.client.decoding import decoded
    from pipeline.kafka_log.connection import connection_of
    from pipeline.kafka_log.following_reader import FollowingReader
    from pipeline.kafka_log.log_record import LogRecord

    # it logs each attempt; the command prints the result
    logging.getLogger("kafka").setLevel(logging.CRITICAL + 1)
    latest: dict[bytes, LogRecord] = {}
    with closing(FollowingReader(connection_of(brokers, topic_prefix), CASES)) as reader:
        partitions = reader.partitions()
        ends = reader.ends(partitions)
        reader.add(reader.starts(partitions))
        for record in reader.read_to(ends):
            if not is_case_key(record.key):
                continue
            if record.key and record.value:
                latest[record.key] = record
            elif record.key:
                latest.pop(record.key, None)
    yield from (decoded(codecs.CASE, record) for record in latest.values())
