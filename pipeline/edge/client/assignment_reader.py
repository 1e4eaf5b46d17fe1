"""Reads teams' assignments from the log. Those of other teams are skipped before they are decoded."""

from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, datetime
from typing import Final

from pipeline.edge.client.decoding import decoded
from pipeline.kafka_log.log_record import LogRecord, header_of
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
    """The latest assignment of each case, team and kind, if it is open; sorted by due time, those without one last."""
    latest = {
        (assignment.case_id, assignment.team, assignment.kind): assignment for assignment in assignments
    }
    stands = [assignment for assignment in latest.values() if assignment.status is AssignmentStatus.OPEN]
    return sorted(stands, key=lambda assignment: (assignment.due_at or _LAST, assignment.case_id))


def team_of(record: LogRecord) -> bytes | None:
    """The team, from the header; None without one."""
    return header_of(record, TEAM_HEADER)
