"""What is written down of the journal: one row per event, per step that ended, per case, per day. Nothing personal.

The columns of the Parquet files are these fields in this order; times are UTC, seconds are seconds.
"""

from collections.abc import Iterator
from datetime import date, datetime
from types import UnionType
from typing import Final, Generic, NamedTuple, TypeVar, get_args, get_type_hints

import pyarrow as pa

ROWS_PER_BATCH: Final = 65_536


class EventRow(NamedTuple):
    """An event (events.parquet). `number` is its place in its entry; `day` is the street's.

    `report` says what became of a report: opened, merged, updated, urged, repeated, refused; null where the event is not the answer to one.
    `team` holds the case or held it last; of a dispatch, a claim or a return it is the team of that.
    `filmed` and `officers` (how many) are those of the handling, where one was done. `first`: of a dispatch or a return the first one of
    the case; of a call-back that of the first handling; `final`: the case was closed with that call.
    `shirked`: with this it showed that the team had not been right to give the task back or to object (推诿); false: it was right after
    all, an appeal was granted.
    """

    at: datetime
    day: date
    partition: int
    seq: int
    number: int
    event: str
    case_id: str | None
    street: str | None
    grid: str | None
    matter: str | None
    category: str | None
    severity: str | None
    source: str | None
    team: str | None
    report: str | None = None
    reason: str | None = None
    code: str | None = None
    department: str | None = None
    relapse: bool | None = None
    solved: bool | None = None
    satisfied: bool | None = None
    filmed: bool | None = None
    officers: int | None = None
    first: bool | None = None
    final: bool | None = None
    shirked: bool | None = None


class Ending(NamedTuple):
    """A step that ended by being done (clocks.parquet): its clock stood still at `stopped_at`, the time of the entry.

    `own_seconds` is the time that the clock ran, in office hours where `hours` is office; `calendar_seconds` is from
    beginning to end. `department` is the partner whose step it was.
    """

    day: date
    partition: int
    seq: int
    case_id: str
    clock: str
    name: str | None
    department: str | None
    street: str
    matter: str
    category: str
    severity: str
    source: str
    team: str | None
    hours: str
    started_at: datetime
    due_at: datetime
    stopped_at: datetime
    kept: bool
    own_seconds: float
    calendar_seconds: float


class CaseRow(NamedTuple):
    """A case as it stood at the end of the window (cases.parquet): every one that was open at some time in it.

    Those too that were opened in the `SPOT_DAYS` before its end (`recent`). `team` holds the case or held it last.
    `handling`: its handling runs, alone or jointly; `overdue`: and `handling_due_at` has passed.
    `closing`: of which kind its end was, where it ended in the window, and `closing_ground` why; null of a merged case.
    `passed_on`: how often it was given back, or an objection granted. `overdue_multiple`: time that a late handling took over its limit.
    """

    case_id: str
    partition: int
    street: str
    grid: str | None
    matter: str
    category: str
    severity: str
    source: str
    team: str | None
    opened_at: datetime
    stage: str
    outcome: str | None
    ended_at: datetime | None
    reports: int
    returns: int
    reworks: int
    reopens: int
    extensions: int
    suspensions: int
    relapse: bool
    joint: bool
    handling_due_at: datetime | None
    whole_due_at: datetime | None
    whole_stopped_at: datetime | None
    open: bool
    handling: bool
    overdue: bool
    whole_overdue: bool
    due_today: bool
    at_risk: bool
    suspended: bool
    supervised: bool
    ordered: bool
    recent: bool
    closing: str | None = None
    closing_ground: str | None = None
    passed_on: int = 0
    overdue_multiple: float | None = None


class DayEnd(NamedTuple):
    """A partition at the end of a day, or of the window where that comes first (days.parquet)."""

    day: date
    partition: int
    open: int
    overdue: int


Row = TypeVar("Row", EventRow, Ending, CaseRow, DayEnd)


class Batches(Generic[Row]):
    """Rows of one kind, kept as columns once there are many."""

    def __init__(self, kind: type[Row]) -> None:
        """None yet."""
        self._schema = schema_of(kind)
        self._rows: list[Row] = []
        self._batches: list[pa.RecordBatch] = []

    def add(self, row: Row) -> None:
        """One more, at the end."""
        self._rows.append(row)
        if len(self._rows) >= ROWS_PER_BATCH:
            self._put_aside()

    def batches(self) -> Iterator[pa.RecordBatch]:
        """All of them."""
        if self._rows:
            self._put_aside()
        yield from self._batches

    def _put_aside(self) -> None:
        columns = [
            pa.array(column, type=field.type)
            for column, field in zip(zip(*self._rows, strict=True), self._schema, strict=True)
        ]
        self._batches.append(pa.RecordBatch.from_arrays(columns, schema=self._schema))
        self._rows = []


def schema_of(kind: type[Row]) -> pa.Schema:
    """The columns of a kind of row; what they mean is in the file itself, as the key `about` of its schema."""
    about = " ".join((kind.__doc__ or "").split())
    return pa.schema([_field(name, hint) for name, hint in get_type_hints(kind).items()], {"about": about})


def _field(name: str, hint: object) -> pa.Field:
    if not isinstance(hint, UnionType):
        return pa.field(name, _TYPES[hint], nullable=False)
    plain = next(arg for arg in get_args(hint) if arg is not type(None))
    return pa.field(name, _TYPES[plain])


_TYPES: Final[dict[object, pa.DataType]] = {
    str: pa.string(),
    int: pa.int64(),
    float: pa.float64(),
    bool: pa.bool_(),
    date: pa.date32(),
    datetime: pa.timestamp("us", "UTC"),
}
