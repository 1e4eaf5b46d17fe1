"""Teams' assignments: from the log, where those of other teams are skipped before they are decoded, and from the state.

`assignments.v1` keeps 30 days, a task may be open for longer. What is open is in the snapshots of `cases.v1`, which is compacted and
from which the worker itself goes on: so a list of tasks is made of what the log still has and, for older ones, of the snapshots.
A compacted topic of its own would be a second truth to be kept in step, and a record more for each decision.
"""

import logging
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import UTC, datetime
from typing import Final

from pipeline.edge.client.decoding import decoded
from pipeline.edge.client.known_names import rules_at_hand
from pipeline.kafka_log.log_record import LogRecord, header_of
from schemas.outputs import Assignment
from schemas.state.case import Case
from schemas.values.terms import AssignmentKind, AssignmentStatus, RequestKind
from schemas.wire import codecs

log: Final = logging.getLogger("enforcement.client")
TEAM_HEADER: Final = "team"
_LAST: Final = datetime.max.replace(tzinfo=UTC)


def of_teams(records: Iterable[LogRecord], teams: Collection[str] | None) -> Iterator[Assignment]:
    """The assignments of `teams`, or of all, in the records' order. Raises as `decoded` does."""
    wanted = None if teams is None else {team.encode() for team in teams}
    for record in records:
        if record.value is None or (wanted is not None and team_of(record) not in wanted):
            continue
        yield decoded(codecs.ASSIGNMENT, record)


def from_state(cases: Iterable[Case], teams: Collection[str] | None) -> Iterator[Assignment]:
    """The open tasks of `teams`, or of all, as the cases have them; none where no rules are at hand to say who does what."""
    from pipeline.core.outputs.assignments import (
        as_they_stand,  # brings the core: only a log that lost tasks needs it
    )

    rules = rules_at_hand()
    if rules is None:
        log.warning("no rules can be read: tasks assigned before the log begins are not listed")
        return
    for case in cases:
        if case.facts.matter not in rules.matters:
            log.warning("%s: the rules at hand have no matter %s", case.case_id, case.facts.matter)
            continue
        yield from (task for task in as_they_stand(rules, case) if teams is None or task.team in teams)


def still_open(
    assignments: Iterable[Assignment], older: Callable[[], Iterable[Assignment]] = tuple
) -> list[Assignment]:
    """The latest assignment of each task, if it is open; sorted by due time, those without one last.

    `older` are asked for once all `assignments` are read, and count where these say nothing of the task.
    """
    latest = {_task_of(assignment): assignment for assignment in assignments}
    latest = {_task_of(assignment): assignment for assignment in older()} | latest
    stands = [assignment for assignment in latest.values() if assignment.status is AssignmentStatus.OPEN]
    return sorted(stands, key=lambda assignment: (assignment.due_at or _LAST, assignment.case_id))


def _task_of(assignment: Assignment) -> tuple[str, str, AssignmentKind, RequestKind | None]:
    request = assignment.request
    return assignment.case_id, assignment.team, assignment.kind, request.kind if request else None


def team_of(record: LogRecord) -> bytes | None:
    """The team, from the header; None without one."""
    return header_of(record, TEAM_HEADER)
