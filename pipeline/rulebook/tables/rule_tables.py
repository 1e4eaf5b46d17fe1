"""The shape of each file of `rules/`: its fields and their values. Checks between files are in `checks`, the core's values in
`pipeline.core.rules.rules`."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Final, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from pipeline.core.rules.alarms import ANY
from pipeline.core.rules.rules import DayKind, RouteMode
from pipeline.core.worktime import policy
from pipeline.core.worktime.office_hours import FIRST_YEAR, LAST_YEAR
from schemas.values.terms import ExtensionReason, RequestKind, Role, Severity, Source, Urgency
from schemas.values.text import Identifier, MatterCode, Name, StreetCode
from schemas.wire.codecs import DUTY_ACTIONS

UNITS: Final = tuple(policy.UNITS)
_ONE_LIMIT: Final = f"[1-9][0-9]{{0,5}} ({'|'.join(UNITS)})"

LimitText = Annotated[
    str,
    Field(
        pattern=rf"^{_ONE_LIMIT}( \+ {_ONE_LIMIT}){{0,3}}$",
        description=f"a limit as 2 workdays, from 1 on, in {', '.join(UNITS)}; or such with ' + ' between them",
    ),
]
HoursText = Annotated[
    str,
    Field(
        pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]-(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$",
        description='hours as "08:30-12:00"',
    ),
]
Word = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,47}$", description="a word of a-z, 0-9 and _")]
Recipient = Annotated[
    str, Field(pattern=r"^[a-z0-9_.\-]{1,64}$", description="a role or team: a-z, 0-9, _ . -")
]
GridBegin = Annotated[
    str,
    Field(
        pattern=r"^[0-9]{9}([0-9]{3}([0-9]{3})?)?$",
        description="a street (9 digits), community (12) or grid (15)",
    ),
]
TeamId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9\-]{0,31}$", description="a team id: a-z, 0-9 and -")]
Community = Annotated[str, Field(pattern=r"^[0-9]{3}$", description='a community as "001"')]
CategoryCode = Annotated[str, Field(pattern=r"^[A-Z]{2}$", description="two capital letters")]
Article = Annotated[
    str, Field(pattern=r"^[0-9]{1,4}(-[0-9]+)?(\([0-9]+\))?$", description='an article as "36" or "36(2)"')
]
Sentence = Annotated[str, Field(min_length=1, max_length=200)]
Year = Annotated[int, Field(ge=FIRST_YEAR, le=LAST_YEAR)]
Count = Annotated[int, Field(ge=1, le=100)]


class Table(BaseModel):
    """Unknown fields, numbers for text and text for numbers are refused."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, allow_inf_nan=False, hide_input_in_errors=True
    )


class NamedTable(Table):
    """The names of a thing in Chinese and English."""

    name_zh: Name
    name_en: Name


class Confidence(StrEnum):
    """How thoroughly a legal basis was checked."""

    TEXT_READ = "text_read"
    SECOND_HAND = "second_hand"
    FROM_MEMORY = "from_memory"
    NAME_ONLY = "name_only"


def least_first(bounds: tuple[int, int]) -> tuple[int, int]:
    """A least and a most, refused the wrong way round."""
    if bounds[0] > bounds[1]:
        raise PydanticCustomError("bounds", "its least is over its most", {"allowed": "[least, most]"})
    return bounds


class TimedTable(Table):
    """Something that holds from a day until a day of Asia/Shanghai, both included; without them always."""

    since: Annotated[date | None, Field(alias="from")] = None
    until: date | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.since and self.until and self.since > self.until:
            raise PydanticCustomError("bounds", "it ends before it begins", {"allowed": "from <= until"})
        return self


class RoutingCondition(Table):
    """The cases that a routing line matches; a field left out matches every case."""

    matters: frozenset[MatterCode] = frozenset()
    severities: frozenset[Severity] = frozenset()
    sources: frozenset[Source] = frozenset()
    urgencies: frozenset[Urgency] = frozenset()
    grids: Annotated[tuple[GridBegin, ...], Field(max_length=1000)] = ()
    hours: HoursText | None = None
    days: DayKind | None = None


class RouteEntry(TimedTable):
    """One line of the routing table, why it is there, and when it holds."""

    id: TeamId
    reason_zh: Sentence
    reason_en: Sentence
    when: RoutingCondition
    mode: RouteMode
    to: Annotated[tuple[TeamId, ...], Field(min_length=1, max_length=20)]
    then: Annotated[tuple[TeamId, ...], Field(max_length=20)] = ()


class RoutingTable(Table):
    """routing.yaml"""

    rules: Annotated[tuple[RouteEntry, ...], Field(min_length=1, max_length=1000)]


class StreetEntry(NamedTable):
    """A street; its grids are a file of `grids/`."""

    code: StreetCode


class District(NamedTable):
    """The district whose streets these are."""

    code: Annotated[str, Field(pattern=r"^[0-9]{6}$", description='six digits as "140109"')]


class StreetsTable(Table):
    """streets.yaml"""

    district: District
    streets: Annotated[tuple[StreetEntry, ...], Field(min_length=1, max_length=1000)]


class ApartTable(Table):
    """Actions that nobody takes in a case in which they had a part, each with its basis."""

    decide: Sentence
    verify: Sentence
    call_back: Sentence


PostField = Literal["centre_team", "verification_post", "callback_post"]


def _posts_of_roles() -> dict[Role, PostField]:
    return {
        Role.DISPATCHER: "centre_team",
        Role.DUTY_CHIEF: "centre_team",
        Role.VERIFIER: "verification_post",
        Role.CALLBACK_CLERK: "callback_post",
    }


class RolesTable(Table):
    """roles.yaml"""

    may: dict[Word, Annotated[frozenset[Role], Field(min_length=1)]]
    may_duty: Annotated[
        dict[Word, Annotated[frozenset[Role], Field(min_length=1)]], Field(validate_default=True)
    ] = Field(default_factory=dict)
    decides: dict[RequestKind, Annotated[frozenset[Role], Field(min_length=1)]]
    apart: ApartTable
    of_post: dict[Role, PostField] = Field(default_factory=_posts_of_roles)

    @field_validator("may_duty")
    @classmethod
    def chief_changes_people(cls, may_duty: dict[str, frozenset[Role]]) -> dict[str, frozenset[Role]]:
        """Rules from before people and devices were known say nothing of them: they are the duty chief's."""
        return {**dict.fromkeys(DUTY_ACTIONS, frozenset({Role.DUTY_CHIEF})), **may_duty}

    @field_validator("decides")
    @classmethod
    def hotline_decides_of_its_deadline(
        cls, decides: dict[RequestKind, frozenset[Role]]
    ) -> dict[RequestKind, frozenset[Role]]:
        """Rules from before the hotline, the district or the centre was asked for these say nothing of them: they are theirs to grant."""
        own = dict.fromkeys(
            (RequestKind.HOTLINE_EXTENSION, RequestKind.UNREASONABLE), frozenset({Role.HOTLINE})
        )
        of_district = dict.fromkeys(
            (RequestKind.SUPERVISION, RequestKind.HARD_CASE), frozenset({Role.DISTRICT})
        )
        of_centre = {RequestKind.APPEAL: frozenset({Role.DUTY_CHIEF})}
        return {**own, **of_district, **of_centre, **decides}


AddressWordList = Annotated[
    tuple[Annotated[str, Field(min_length=1, max_length=20)], ...], Field(max_length=500)
]


class AddressTable(Table):
    """Words by which it is told whether an address names a place."""

    placeholders: AddressWordList
    named_places: AddressWordList
    empty_names: AddressWordList


class AlarmLimitsTable(Table):
    """What an alarm of one algorithm must be to be taken on."""

    confidence_min: Annotated[float, Field(ge=0, le=1)] = 0.0
    dwell_min_s: Annotated[int, Field(ge=0, le=86_400)] = 0
    confirmations: Annotated[int, Field(ge=0, le=10)] = 0
    confirm_minutes: Annotated[int, Field(ge=1, le=1440)] = 10


class MutedSpotTable(Table):
    """A device whose alarms are known to be false there, until a day."""

    device: Identifier
    algorithm: Identifier = ANY
    until: date
    why: Annotated[str, Field(min_length=1, max_length=100)]


class AlarmsTable(Table):
    """The gate for alarms."""

    algorithms: dict[Identifier, AlarmLimitsTable] = Field(default_factory=dict)
    muted: Annotated[tuple[MutedSpotTable, ...], Field(max_length=1000)] = ()


DatedText = Annotated[
    str,
    Field(max_length=300, pattern=r"^[^{}]*\{date\}[^{}]*$", description="a text with {date} in it once"),
]


def _for_each_reason(answers: dict[ExtensionReason, str]) -> dict[ExtensionReason, str]:
    """Every reason has its text, unless none has."""
    lacks = ", ".join(reason.value for reason in ExtensionReason if answers and reason not in answers)
    if lacks:
        raise PydanticCustomError(
            "lacks", "lacks {lacks}", {"lacks": lacks, "allowed": "a text for each reason"}
        )
    return answers


class InsteadTable(Table):
    """What may be done in a party's stead (代履行), by matter; how many days after the demand."""

    at_once: Annotated[tuple[MatterCode, ...], Field(max_length=999)] = ()
    after_demand: Annotated[tuple[MatterCode, ...], Field(max_length=999)] = ()
    demand_days: Annotated[int, Field(ge=1, le=60)] = 3


class PolicyTable(Table):
    """policy.yaml"""

    version: Annotated[
        str, Field(pattern=r"^[A-Za-z0-9._]{1,32}$", description="1 to 32 letters, digits, . or _")
    ]
    duplicate_window_minutes: Annotated[int, Field(ge=1, le=60 * 24 * 31)]
    duplicate_distance_m: Annotated[int, Field(ge=1, le=1000)]
    same_address_distance_m: Annotated[int, Field(ge=1, le=10_000)]
    point_outside_max_m: Annotated[int, Field(ge=1, le=1_000_000)]
    locate_confidence_min: Annotated[int, Field(ge=1, le=100)]
    address: AddressTable
    future_skew_s: Annotated[int, Field(ge=0, le=86_400)]
    report_photo_days: Annotated[int, Field(ge=1, le=3650)]
    check_sources: frozenset[Source]
    assessed_as: Severity = Severity.P3
    alarms: AlarmsTable = Field(default_factory=AlarmsTable)
    returns_max: Count
    return_within: LimitText
    arrive_distance_m: Annotated[int, Field(ge=1, le=100_000)]
    relapse_days: Annotated[int, Field(ge=1, le=365)]
    joint_partners_min: Annotated[int, Field(ge=1, le=10)]
    reworks_max: Count
    reopens_max: Count
    moves_max: Annotated[int, Field(ge=0, le=8)] = 1
    hotline_limit_max: LimitText = "366 natural_days"
    rest_warning_percent: Annotated[int, Field(ge=1, le=99)] = 80
    extension_answers: Annotated[dict[ExtensionReason, DatedText], AfterValidator(_for_each_reason)] = Field(
        default_factory=dict
    )
    failed_calls_max: Count
    failed_calls_days: Annotated[int, Field(ge=1, le=30)]
    unreached_attempts: Count = 3
    unreached_apart_minutes: Annotated[int, Field(ge=0, le=60 * 24 * 7)] = 60
    officers_min: Count
    retire_days: Annotated[int, Field(ge=1, le=3660)]
    centre_team: TeamId
    verification_post: TeamId
    callback_post: TeamId
    district_post: Word = "district_office"
    hard_case_more: LimitText | None = "10 workdays"
    instead: InsteadTable = InsteadTable()
    appeal_within: LimitText = "5 workdays"
    claim_lease: LimitText | None = None
    claims_open_max: Annotated[int, Field(ge=1, le=10_000)] | None = None
    duty_kept_days: Annotated[int, Field(ge=1, le=31)] = 7


class HoursEntry(Table):
    """Office hours from a date on."""

    effective: date
    intervals: Annotated[tuple[HoursText, ...], Field(min_length=1, max_length=10)]


HoursEntries = Annotated[tuple[HoursEntry, ...], Field(min_length=1, max_length=200)]


class RosterHours(Table):
    """Hours of teams that do not keep office hours."""

    days: Literal["workdays", "every_day"]
    hours: HoursEntries


class HoursTable(Table):
    """hours.yaml"""

    hours: HoursEntries
    rosters: dict[Word, RosterHours] = Field(default_factory=dict)


class Holiday(NamedTable):
    """A span of days off, its first and last day included."""

    first: date
    last: date


class CalendarTable(Table):
    """calendar/<year>.yaml"""

    year: Year
    source: Sentence
    holidays: Annotated[tuple[Holiday, ...], Field(min_length=1, max_length=50)]
    make_up_workdays: Annotated[tuple[date, ...], Field(max_length=50)]
