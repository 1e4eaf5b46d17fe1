"""The latest snapshot of each case: from the running deployment, or from a file. Whether it is open is not looked at."""

import logging
from collections.abc import Iterator
from contextlib import closing
from typing import BinaryIO

from schemas.errors import BadMessage
from schemas.state.case import Case
from schemas.topics import CASES
from schemas.wire import codecs


class BadCases(BadMessage):
    """A line of the file is no snapshot of a case."""


def of_file(file: BinaryIO) -> Iterator[Case]:
    """One snapshot a line, empty lines passed over; of a case that is there more than once, the highest version.

    Raises:
        BadCases: a line is something else; the first such is named.
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
    """All that is committed in cases.v1 now.

    Raises:
        Unavailable: no broker answers, or there is no such topic.
        Unreadable: a snapshot is of a contract that this program does not know.
    """
    # slow to import, and not needed for a file
    from pipeline.edge.client.decoding import decoded
    from pipeline.kafka_log.client_types import LogRecord
    from pipeline.kafka_log.connection import connection_of
    from pipeline.kafka_log.following_reader import FollowingReader

    logging.getLogger("kafka").setLevel(logging.CRITICAL + 1)  # it tells each attempt; we tell the result
    latest: dict[bytes, LogRecord] = {}
    with closing(FollowingReader(connection_of(brokers, topic_prefix), CASES)) as reader:
        partitions = reader.partitions()
        ends = reader.ends(partitions)
        reader.add(reader.starts(partitions))
        for record in reader.read_to(ends):
            if record.key and record.value:
                latest[record.key] = record
            elif record.key:
                latest.pop(record.key, None)
    yield from (decoded(codecs.CASE, record) for record in latest.values())
