"""The shape of people/<street>.yaml: shifts, how they follow one another, officers with their certificates, cameras and vehicles."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Final

from pydantic import Field

from pipeline.core.worktime.office_hours import FIRST_YEAR, LAST_YEAR
from pipeline.rulebook.tables.rule_tables import NamedTable, Table, TeamId, TimedTable, Word
from schemas import limits
from schemas.values.terms import Role
from schemas.values.text import Identifier, MatterCode, Name

REST: Final = "rest"
"""Stands where a shift would, on a day off."""

ClockText = Annotated[
    str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", description='a time of the day as "08:30"')
]
DutyDay = Annotated[
    date,
    Field(
        ge=date(FIRST_YEAR, 1, 1),
        le=date(LAST_YEAR, 12, 31),
        description=f"a day of {FIRST_YEAR} to {LAST_YEAR}",
    ),
]
ShiftHours = Annotated[float, Field(ge=0.5, le=48, multiple_of=0.25)]


class DutyLimits(Table):
    """How long a shift is at the most, and how long after it the next of the same person begins at the earliest, in hours."""

    shift_hours: Annotated[int, Field(ge=1, le=24)]
    rest_hours: Annotated[int, Field(ge=0, le=24)]


class ShiftEntry(NamedTable):
    """班次: when it begins and how long it lasts; over midnight where it is so long."""

    id: Word
    begins: Annotated[ClockText, Field(alias="from")]
    hours: ShiftHours


class PatternEntry(Table):
    """轮班: from `since` on these shifts, a day each, over and over."""

    id: Word
    since: DutyDay
    days: Annotated[tuple[Word, ...], Field(min_length=1, max_length=366)]


class CertificateEntry(TimedTable):
    """执法证: both days included; without `covers` the comprehensive one, which covers every matter."""

    number: Identifier
    kind: Word
    organ: Name
    since: Annotated[date, Field(alias="from")]
    until: date
    covers: Annotated[tuple[MatterCode, ...], Field(max_length=limits.COVERED_MATTERS_MAX)] = ()


class TrainingEntry(Table):
    """A course or an examination; one that was not passed says so."""

    course: Name
    day: date
    passed: bool = True


class OfficerEntry(Table):
    """Somebody who works there, by an id; their name stands nowhere. `exceptions`: of single days the shift, or `rest`."""

    id: Identifier
    team: TeamId
    roles: Annotated[frozenset[Role], Field(min_length=1)] = frozenset({Role.OFFICER})
    pattern: Word
    offset: Annotated[int, Field(ge=0, le=365)] = 0
    certificates: Annotated[tuple[CertificateEntry, ...], Field(max_length=20)] = ()
    training: Annotated[tuple[TrainingEntry, ...], Field(max_length=100)] = ()
    skills: frozenset[Word] = frozenset()
    exceptions: Annotated[Mapping[DutyDay, Word], Field(max_length=366)] = {}


class CameraEntry(Table):
    """执法记录仪"""

    id: Identifier
    calibrated_until: date


class VehicleEntry(Table):
    """执法车辆, with a loudspeaker or not."""

    id: Identifier
    loudspeaker: bool = False


class PeopleTable(Table):
    """people/<street>.yaml; `as_of` is the day on which it was so."""

    as_of: DutyDay
    limits: DutyLimits
    shifts: Annotated[tuple[ShiftEntry, ...], Field(min_length=1, max_length=50)]
    patterns: Annotated[tuple[PatternEntry, ...], Field(min_length=1, max_length=100)]
    officers: Annotated[tuple[OfficerEntry, ...], Field(min_length=1, max_length=2000)]
    cameras: Annotated[tuple[CameraEntry, ...], Field(max_length=1000)] = ()
    vehicles: Annotated[tuple[VehicleEntry, ...], Field(max_length=1000)] = ()
