"""What teams are asked to do, read from the log. Others' assignments are passed over before they are decoded."""

from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, datetime
from typing import Final

from pipeline.edge.client.decoding import decoded
from pipeline.kafka_log.client_types import LogRecord, header_of
from schemas.outputs import Assignment
from schemas.values.terms import AssignmentStatus
from schemas.wire import codecs

TEAM_HEADER: Final = "team"
_LAST: Final = datetime.max.replace(tzinfo=UTC)


def of_teams(records: Iterable[LogRecord], teams: Collection[str] | None) -> Iterator[Assignment]:
    """The assignments of `teams`, or of all, in the records' order. Raises as `decoded` does."""
    wanted = None if teams is None else {team.encode() for team in teams}
    for record in records:
        if record.value is None or (wanted is not None and team_of(record) not in wanted):
            continue
        yield decoded(codecs.ASSIGNMENT, record)


def still_open(assignments: Iterable[Assignment]) -> list[Assignment]:
    """Of each case, team and kind the latest, if it is open; what is due first comes first."""
    latest = {(one.case_id, one.team, one.kind): one for one in assignments}
    stands = [one for one in latest.values() if one.status is AssignmentStatus.OPEN]
    return sorted(stands, key=lambda one: (one.due_at or _LAST, one.case_id))


def team_of(record: LogRecord) -> bytes | None:
    """Whose assignment it is, from the header."""
    return header_of(record, TEAM_HEADER)
