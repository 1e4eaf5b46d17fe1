"""The snapshot of a case in `cases.v1`: all that is needed to go on, its armed timers included."""

from typing import Annotated

from pydantic import Field

from schemas import limits
from schemas.action import Officers
from schemas.contract import contract
from schemas.evidence import Evidence
from schemas.place import Place
from schemas.terms import (
    CaseOutcome,
    ClockKind,
    ReportOutcome,
    ReturnReason,
    Severity,
    Source,
    Stage,
    TimerKind,
    Urgency,
)
from schemas.text import (
    CallerToken,
    CaseId,
    EntryId,
    Identifier,
    Instant,
    MatterCode,
    Sha256,
    StreetCode,
    Text,
)

Version = Annotated[int, Field(ge=1, le=1_000_000)]
Count = Annotated[int, Field(ge=0, le=1_000_000)]
Percent = Annotated[int, Field(ge=0, le=100)]
Teams = Annotated[tuple[Identifier, ...], Field(max_length=limits.TEAMS_MAX)]


@contract
class ReportRef:
    """A report that this case answers for, with the receipt it was given: `due_at` and `team` as promised then."""

    source: Source
    source_no: Identifier
    sha256: Sha256
    entry_id: EntryId
    at: Instant
    outcome: ReportOutcome
    due_at: Instant | None
    team: Identifier | None
    caller: CallerToken | None = None
    call_back: bool = False


@contract
class Facts:
    """What the case is about; fixed when it opens. Personal data is already gone from `text`."""

    matter: MatterCode
    severity: Severity
    urgency: Urgency
    source: Source
    place: Place
    text: Text
    reported_at: Instant
    opened_at: Instant
    occurred_at: Instant | None = None
    reporter: Identifier | None = None


@contract
class Task:
    """The handling leg under way: who holds it, or to whom it is offered. `leg` counts from 1.

    `handlers` are the ids of everybody who acted for the team on this case; they never verify or call back.
    """

    leg: Count
    team: Identifier | None
    offered_to: Teams = ()
    designated: bool = False
    since: Instant
    officers: Officers = ()
    arrived_at: Instant | None = None
    disposed_at: Instant | None = None
    handlers: Annotated[tuple[Identifier, ...], Field(max_length=limits.HANDLERS_MAX)] = ()


@contract
class Returned:
    """A team gave the task back."""

    team: Identifier
    reason: ReturnReason
    at: Instant


@contract
class Clock:
    """One service clock. It runs until `stopped_at`; `provisional` when the calendar of a year is not yet known.

    `fired` holds the percents whose timer has fired, rising; each fires once, however often the clock runs on.
    """

    kind: ClockKind
    started_at: Instant
    due_at: Instant
    stopped_at: Instant | None = None
    provisional: bool = False
    fired: Annotated[tuple[Percent, ...], Field(max_length=8)] = ()


@contract
class Timer:
    """Something due. `clock` names the clock it belongs to, where it does."""

    kind: TimerKind
    due_at: Instant
    clock: ClockKind | None = None
    percent: Percent | None = None


@contract
class ActionRef:
    """An accepted action, so that the same action again gets the same receipt."""

    action_id: Identifier
    entry_id: EntryId
    at: Instant
    version: Version
    stage: Stage


@contract
class Case:
    """One case at one version; `version` rises by one with each entry that touches it."""

    case_id: CaseId
    street: StreetCode
    version: Version
    stage: Stage
    facts: Facts
    reports: Annotated[tuple[ReportRef, ...], Field(max_length=limits.REPORTS_PER_CASE_MAX)]
    task: Task | None = None
    returned: Annotated[tuple[Returned, ...], Field(max_length=limits.TEAMS_MAX)] = ()
    reworks: Count = 0
    reopens: Count = 0
    failed_calls: Count = 0
    clocks: Annotated[tuple[Clock, ...], Field(max_length=limits.CLOCKS_PER_CASE_MAX)] = ()
    timers: Annotated[tuple[Timer, ...], Field(max_length=limits.TIMERS_PER_CASE_MAX)] = ()
    actions: Annotated[tuple[ActionRef, ...], Field(max_length=limits.ACTIONS_PER_CASE_MAX)] = ()
    evidence: Annotated[tuple[Evidence, ...], Field(max_length=limits.EVIDENCE_PER_CASE_MAX)] = ()
    closed_at: Instant | None = None
    outcome: CaseOutcome | None = None
    entry_id: EntryId
    rules_version: Identifier
