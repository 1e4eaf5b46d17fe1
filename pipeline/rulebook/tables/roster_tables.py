"""The shape of roster.yaml: groups, posts, departments and squads, and when they end."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from pipeline.rulebook.tables.rule_tables import Community, NamedTable, Table, TeamId, Word
from schemas.values.text import MatterCode, StreetCode


class EndingTable(NamedTable):
    """Something that may end: from `gone_from` (a day of Asia/Shanghai) on `successor` has its place and its open tasks."""

    id: TeamId
    gone_from: date | None = None
    successor: TeamId | None = None


class TeamEntry(EndingTable):
    """A group or a post; `roster` names its hours if they are not office hours."""

    roster: Word | None = None


class SquadEntry(TeamEntry):
    """An area squad of a street; one that ends may have given its communities away."""

    communities: Annotated[tuple[Community, ...], Field(max_length=999)] = ()


class StreetSquads(Table):
    """The area squads of a street."""

    street: StreetCode
    squads: Annotated[tuple[SquadEntry, ...], Field(max_length=100)]


class DepartmentEntry(EndingTable):
    """A partner department that a team may call (吹哨报到); `handles`: matters of which it may be given a case of its own (权属单位)."""

    handles: Annotated[tuple[MatterCode, ...], Field(max_length=999)] = ()


class UnitLimitEntry(Table):
    """The time that a unit has for handling: so many percent of the matter's own; of the cases that open from `from` until `until`, both days
    included. `rests_on`: what a law says, what other places do, or our own default."""

    unit: TeamId
    percent: Annotated[int, Field(ge=10, le=1000)]
    matters: Annotated[tuple[MatterCode, ...], Field(max_length=999)] = ()
    since: Annotated[date, Field(alias="from")]
    until: date | None = None
    rests_on: Literal["norm", "practice", "ours"]
    source: Annotated[str, Field(min_length=1, max_length=200)]


class RosterTable(Table):
    """roster.yaml"""

    groups: Annotated[tuple[TeamEntry, ...], Field(min_length=1, max_length=100)]
    posts: Annotated[tuple[TeamEntry, ...], Field(min_length=1, max_length=100)]
    departments: Annotated[tuple[DepartmentEntry, ...], Field(max_length=200)] = ()
    squads: Annotated[tuple[StreetSquads, ...], Field(max_length=50_000)]
    unit_limits: Annotated[tuple[UnitLimitEntry, ...], Field(max_length=200)] = ()
