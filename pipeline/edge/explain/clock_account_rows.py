"""The rows of a case's clock account, as data: `clock_account` makes them, `why_text` and --json show them."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum, StrEnum
from typing import Final, NamedTuple

from msgspec import Struct

from pipeline.core.worktime.policy import ClockMode
from pipeline.edge.explain.case_history import HistoryEvent
from schemas.state.case import Request, Suspension, Timer
from schemas.values.terms import ClockEvent, ClockKind, Paper, Severity, Stage, TimerKind

OFFICE: Final = "office"
DAY_AND_NIGHT: Final = "day_and_night"


class IntervalState(StrEnum):
    """What a clock does in an interval: it runs, it stands and may go on, or it is over."""

    RAN = "ran"
    STOOD = "stood"
    OVER = "over"


class Interval(NamedTuple):
    """What the clock did from `begin` to `end`; `own_s` is the length in seconds of its own time, used up only while it ran.

    `stage`, `suspension` and `asked_by` are set while it stood; `by` is the event that ended a clock that is over.
    """

    state: IntervalState
    begin: datetime
    end: datetime
    own_s: int
    stage: Stage | None = None
    suspension: Suspension | None = None
    asked_by: str | None = None
    by: str | None = None


class DeadlineMove(NamedTuple):
    """A computation of the deadline, and `why`: the clock began, stood, was extended, or the rules changed."""

    at: datetime
    why: ClockEvent
    due_at: datetime
    provisional: bool
    limit: str
    rules_version: str
    more: str | None = None
    more_s: int = 0
    reason: str | None = None
    asked_by: str | None = None
    by: str | None = None


class Climbed(NamedTuple):
    """A rung of the ladder: due at `due_at`, fired `late_s` seconds later at `at`, or not yet (None); `tells` whom it notifies."""

    kind: TimerKind
    level: int | None
    percent: int | None
    after: str | None
    due_at: datetime
    at: datetime | None
    late_s: int
    tells: tuple[str, ...]
    paper: Paper | None
    rules_version: str | None


class ClockRow(NamedTuple):
    """A clock of the case, in one visit of its step. ran_s + left_s = allowed_s = limit_s + what extensions gave.

    `hours`: office, the name of a roster, or day_and_night. `passed_over`: levels that fell outside duty hours and that a higher
    one overtook. `due_if_it_went_on` is where the deadline of a standing clock would be if it went on now.
    `hotline_due_at`: by when the hotline wants it, `own_due_at`: when it is due without that; the earlier is `due_at`.
    `unit`: who has so many percent (`unit_percent`) of the matter's limit, as the roster says (权属单位时限).
    """

    kind: ClockKind
    name: str | None
    name_zh: str | None
    name_en: str | None
    law: str | None
    leg: int
    state: IntervalState
    limit: str
    hours: str
    measure: ClockMode
    edition: date
    rules_version: str
    started_at: datetime
    intervals: tuple[Interval, ...]
    allowed_s: int
    limit_s: int
    ran_s: int
    left_s: int
    due_at: datetime
    provisional: bool
    due_if_it_went_on: datetime | None
    deadlines: tuple[DeadlineMove, ...]
    climbed: tuple[Climbed, ...]
    passed_over: tuple[int, ...]
    next: Climbed | None
    hotline_due_at: datetime | None = None
    own_due_at: datetime | None = None
    unit: str | None = None
    unit_percent: int | None = None


class ClockAccount(NamedTuple):
    """All clocks of a case at `at`, earlier visits included, in the order they began; and its story.

    `rules_version` last decided the case, `explained_by` is what this was computed with.
    """

    case_id: str
    at: datetime
    matter: str
    severity: Severity
    street: str
    stage: Stage
    opened_at: datetime
    edition: date
    rules_version: str
    explained_by: str
    request: Request | None
    further_requests: tuple[Request, ...]
    suspension: Suspension | None
    clocks: tuple[ClockRow, ...]
    timers: tuple[Timer, ...]
    story: tuple[HistoryEvent, ...]


def as_json(account: ClockAccount) -> dict[str, object]:
    """The account and all that is in it, under the same names; instants in RFC 3339, absent ones null."""
    return {name: _plain(value) for name, value in account._asdict().items()}


def _plain(row: object) -> object:
    if isinstance(row, tuple) and hasattr(row, "_asdict"):
        return {name: _plain(value) for name, value in row._asdict().items()}
    if isinstance(row, Struct):
        return {name: _plain(getattr(row, name)) for name in row.__struct_fields__}
    if isinstance(row, Mapping):
        return {name: _plain(value) for name, value in row.items()}
    if isinstance(row, tuple):
        return [_plain(part) for part in row]
    if isinstance(row, Enum):
        return row.value
    return row.isoformat() if isinstance(row, date | datetime) else row
