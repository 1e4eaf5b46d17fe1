"""The rules that decide, as values: matters, routing, roster, limits. Read from `rules/` by `pipeline.rulebook`.

Nothing in the core knows a deadline, a team or a window that is not in here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from typing import Final, NamedTuple

from pipeline.core.answer_templates import AnswerTexts
from pipeline.core.duplicates.duplicate_rules import DuplicateRules
from pipeline.core.duty.people import StreetPeople
from pipeline.core.locate.locating import Locator
from pipeline.core.recognise.recogniser import RecognitionRules
from pipeline.core.rules.address_key import AddressWords
from pipeline.core.rules.alarms import AlarmPolicy
from pipeline.core.rules.declines import DeclineRules
from pipeline.core.rules.grid import GridPlan
from pipeline.core.rules.heirs import Heirs
from pipeline.core.rules.law import LegalLimit, Power, Procedure
from pipeline.core.rules.law_in_time import BasisInTime, FineRange, MeasurePower
from pipeline.core.worktime.office_hours import SHANGHAI, WorkCalendar, day_of
from pipeline.core.worktime.policy import Service, Span, UnitLimit
from schemas.state.case import Facts
from schemas.values.evidence import NamedEvidence
from schemas.values.terms import EvidenceKind, ExtensionReason, RequestKind, Role, Severity, Source, Urgency
from schemas.values.text import UNDETERMINED


class RouteMode(StrEnum):
    """派单 (a team is named) or 领单 (a pool of teams may claim)."""

    DISPATCH = "dispatch"
    OFFER = "offer"


@dataclass(frozen=True, slots=True)
class Matter:
    """One of the enforcement matters (执法事项). `lead_team` is the team id of the roster.

    `evidence_required` is what closing needs: an item of each kind, and each of the particular papers and photos.
    `procedures` are the penalty procedures open to the street; `penalty_organ` is the organ that the law names to punish.
    """

    code: str
    name_zh: str
    name_en: str
    severity: Severity
    lead_team: str
    evidence_required: tuple[EvidenceKind | NamedEvidence, ...]
    legal_basis: tuple[BasisInTime, ...]
    penalty_organ: str
    street_power: Power
    may_fine: bool
    procedures: frozenset[str]
    fines: tuple[FineRange, ...] = ()
    """One for each time; none where the law leaves the amount to the province, or nobody entered it."""
    measures: tuple[MeasurePower, ...] = ()
    """By which law which measures may be taken for it (行政强制法 16)."""
    evidence_kinds: tuple[EvidenceKind, ...] = field(init=False)
    """The required kinds, each once, in the order of `evidence_required`."""
    evidence_named: tuple[NamedEvidence, ...] = field(init=False)
    """The required evidence that is a particular paper or photo."""

    def __post_init__(self) -> None:
        named = tuple(item for item in self.evidence_required if isinstance(item, NamedEvidence))
        kinds = (item.kind if isinstance(item, NamedEvidence) else item for item in self.evidence_required)
        object.__setattr__(self, "evidence_kinds", tuple(dict.fromkeys(kinds)))
        object.__setattr__(self, "evidence_named", named)


@dataclass(frozen=True, slots=True)
class Team:
    """A team or a post of a street. `communities` (3 digits each) is a territorial team's area, empty for the others.

    `roster` names the hours it is on duty; None for office hours. `handles`: of a department, the matters of which it may have a case of
    its own, as the owner of the pipe or the cover (权属单位).
    """

    id: str
    name_zh: str
    name_en: str
    communities: frozenset[str] = frozenset()
    roster: str | None = None
    handles: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, eq=False)
class Street:
    """A street (街道): its grids and its teams by id."""

    code: str
    name_zh: str
    name_en: str
    grids: GridPlan
    teams: Mapping[str, Team]

    def territorial_team(self, community: str | None) -> str | None:
        """The team whose area the community (3 digits, the tenth to twelfth of a grid code) lies in."""
        if community is None:
            return None
        return next((team.id for team in self.teams.values() if community in team.communities), None)


_NO_MATTER: Final = Matter(
    code=UNDETERMINED,
    name_zh="未定（待研判）",
    name_en="not known yet",
    severity=Severity.P3,
    lead_team="",
    evidence_required=(),
    legal_basis=(),
    penalty_organ="",
    street_power=Power.COORDINATE_ONLY,
    may_fine=False,
    procedures=frozenset(),
)
LEAD: Final = "lead"
TERRITORIAL: Final = "territorial"


class DayKind(StrEnum):
    """A day on which offices work, or a day off (with weekends that are worked and holidays as the calendar has them)."""

    WORKDAYS = "workdays"
    DAYS_OFF = "days_off"


def kind_of(calendar: WorkCalendar, day: date) -> DayKind:
    """Whether the offices work on that day."""
    midnight = datetime.combine(day, time(), SHANGHAI)
    is_workday = day_of(calendar.next_work_time(midnight)) == day
    return DayKind.WORKDAYS if is_workday else DayKind.DAYS_OFF


class Daytime(NamedTuple):
    """When a case is routed, by the clocks of Asia/Shanghai: the minute of the day, the day, and what kind of day it is."""

    minute: int
    day: date
    kind: DayKind


class Routed(NamedTuple):
    """What the routing of a case looks at; `grid`: its code, or as much of its begin as any line names; None where nobody knows it."""

    matter: str
    severity: Severity
    source: Source
    urgency: Urgency
    grid: str | None = None
    time: Daytime | None = None


@dataclass(frozen=True, slots=True)
class RoutingRule:
    """One line of the routing table; the first that matches decides. An empty set matches everything.

    `to` and `then` name teams by id, or as `lead` (the matter's) and `territorial` (the grid's). `to` is the one team
    of a dispatch or the pool of an offer; `then` are tried in order after a return or when nobody claims.
    `grids`: codes of grids, or the begin of such: of a street 9 digits, of a community 12. `hours`: from which minute of the day to
    before which, over midnight where the second is smaller. `since`, `until`: the days on which it holds, both included.
    """

    id: str
    mode: RouteMode
    to: tuple[str, ...]
    then: tuple[str, ...]
    matters: frozenset[str] = frozenset()
    severities: frozenset[Severity] = frozenset()
    sources: frozenset[Source] = frozenset()
    urgencies: frozenset[Urgency] = frozenset()
    grids: tuple[str, ...] = ()
    hours: tuple[int, int] | None = None
    days: DayKind | None = None
    since: date | None = None
    until: date | None = None
    reason_zh: str = ""
    reason_en: str = ""

    @property
    def is_timed(self) -> bool:
        """Whether it asks what time it is."""
        return not (self.hours is None and self.days is None and self.since is None and self.until is None)

    def unmet(self, case: Routed) -> tuple[str, ...]:
        """The conditions that such a case does not meet, by the names that they have in the file; none where the line applies."""
        conditions = (
            ("matters", not self.matters or case.matter in self.matters),
            ("severities", not self.severities or case.severity in self.severities),
            ("sources", not self.sources or case.source in self.sources),
            ("urgencies", not self.urgencies or case.urgency in self.urgencies),
            ("grids", not self.grids or (case.grid is not None and case.grid.startswith(self.grids))),
            *(self._of_time(case.time) if self.is_timed else ()),
        )
        return tuple(name for name, is_met in conditions if not is_met)

    def _of_time(self, time: Daytime | None) -> tuple[tuple[str, bool], ...]:
        if time is None:
            return (("hours", False),)
        return (
            ("hours", self.hours is None or _is_within(time.minute, *self.hours)),
            ("days", self.days in (None, time.kind)),
            ("from", self.since is None or self.since <= time.day),
            ("until", self.until is None or time.day <= self.until),
        )


def _is_within(minute: int, first: int, last: int) -> bool:
    return first <= minute < last if first < last else minute >= first or minute < last


@dataclass(frozen=True, slots=True)
class Policy:
    """Windows, counts and posts: every number of the flow that belongs neither to a matter nor to a clock."""

    duplicate_window_minutes: int
    duplicate_distance_m: int
    same_address_distance_m: int
    point_outside_max_m: int
    address: AddressWords
    future_skew_s: int
    report_photo_days: int
    check_sources: frozenset[Source]
    assessed_as: Severity
    alarms: AlarmPolicy
    returns_max: int
    return_within: Span
    arrive_distance_m: int
    relapse_days: int
    joint_partners_min: int
    reworks_max: int
    reopens_max: int
    moves_max: int
    hotline_limit_max: Span
    rest_warning_percent: int
    extension_answers: Mapping[ExtensionReason, str]
    failed_calls_max: int
    failed_calls_days: int
    unreached_attempts: int
    unreached_apart_minutes: int
    officers_min: int
    retire_days: int
    centre_team: str
    verification_post: str
    callback_post: str
    district_post: str
    hard_case_more: str | None
    instead_at_once: frozenset[str]
    instead_after_demand: frozenset[str]
    instead_demand_days: int
    appeal_within: Span
    claim_lease: Span | None = None
    claims_open_max: int | None = None
    duty_kept_days: int = 7


@dataclass(frozen=True, slots=True, eq=False)
class Rules:
    """One version of all rules.

    `may`: the roles that may do an action; `decides`: the roles that may decide a request; `apart`: for an action that
    nobody does in a case in which they had a part, the norm that says so; `of_post`: the field of the policy with the post
    that a role belongs to; `departments`: who may be called to help;
    `locator`: finds addresses in words; `heirs`: who takes over from a team or department that ends.
    `calendar` counts office hours, `rosters` the hours of teams that have other hours. `services`: the editions of the
    service policy, the earliest first. `legal`: the limits that laws set for a penalty procedure; `procedure`: what laws
    require of its steps; `duplicates`: when two reports tell of one thing; `answers`: what callers are told; `declines`: why an order
    is not accepted. `recognition`: by what a text is recognised; without
    it each report names its matter.
    """

    version: str
    matters: Mapping[str, Matter]
    streets: Mapping[str, Street]
    locator: Locator
    departments: Mapping[str, Team]
    heirs: Heirs
    routing: tuple[RoutingRule, ...]
    may: Mapping[str, frozenset[Role]]
    decides: Mapping[RequestKind, frozenset[Role]]
    apart: Mapping[str, str]
    of_post: Mapping[Role, str]
    policy: Policy
    calendar: WorkCalendar
    rosters: Mapping[str, WorkCalendar]
    services: tuple[Service, ...]
    legal: tuple[LegalLimit, ...]
    procedure: Procedure
    duplicates: DuplicateRules
    answers: AnswerTexts
    declines: DeclineRules
    recognition: RecognitionRules | None = None
    unit_limits: tuple[UnitLimit, ...] = ()
    people: Mapping[str, StreetPeople] = field(default_factory=dict)
    """By street, of those that have a file in `rules/people`."""
    may_duty: Mapping[str, frozenset[Role]] = field(default_factory=dict)
    """The roles that may do an action about people and devices."""

    def matter_of(self, code: str) -> Matter:
        """The matter of a case; what stands for it while nobody knows it."""
        return _NO_MATTER if code == UNDETERMINED else self.matters[code]

    def service_of(self, opened_at: datetime) -> Service:
        """The edition of the service policy for a case that was opened then; the earliest edition for older cases."""
        for edition in self.services[:0:-1]:  # the earliest needs no comparison
            if edition.since <= opened_at:
                return edition
        return self.services[0]

    def hours_of(self, roster: str | None) -> WorkCalendar:
        """The working time of a roster; office hours for None or for a roster that the rules no longer have."""
        return self.rosters.get(roster, self.calendar) if roster else self.calendar

    def unit_percent(self, unit: str | None, facts: Facts) -> int | None:
        """The percent of the matter's limit that the unit has for such a case; None where it has the matter's own (权属单位时限)."""
        limits = [limit for limit in self.unit_limits if limit.unit == unit]
        if not limits:
            return None
        day = day_of(facts.opened_at)
        return next((limit.percent for limit in limits if limit.holds(unit, facts.matter, day)), None)
