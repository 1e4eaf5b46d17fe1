"""The rules by which the auditor measures: limits, ladders, hours, roles, posts. Read from the files of `rules/`.

Limits are texts as the oracle reads them ("120 work_minutes"); nothing here computes a deadline.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple

from pipeline.audit.model.oracle import Oracle
from pipeline.audit.model.people.people_there import PeopleThere, people_there
from pipeline.audit.model.procedure.penalty_memory import CONTESTED
from pipeline.rulebook.book import Book, read_book
from pipeline.rulebook.tables.procedure_tables import ProcedureTable
from pipeline.rulebook.tables.roster_tables import UnitLimitEntry
from pipeline.rulebook.tables.rule_tables import CalendarTable, HoursEntry
from pipeline.rulebook.tables.sla_tables import SlaTable
from schemas.state.case import Facts
from schemas.values.penalty_terms import MeasureKind
from schemas.values.terms import ClockKind, PenaltyStep, RequestKind, Role, Severity

_SHANGHAI: Final = timedelta(hours=8)
_PER_UNIT: Final[Mapping[str, tuple[int, str]]] = {
    "work_hours": (60, "work_minutes"),
    "natural_hours": (60, "natural_minutes"),
    "natural_days": (24 * 60, "natural_minutes"),
}
CUMULATIVE: Final = "cumulative"


class AuditRung(NamedTuple):
    """Climbed at `percent` of the limit, or `after` the deadline; in duty hours only, except for severities `at_once`."""

    level: int
    percent: int
    after: str | None
    at_once: frozenset[Severity]


_AT_ITS_END: Final = (AuditRung(0, 100, None, frozenset()),)


class AuditClockRule(NamedTuple):
    """How a kind of clock is measured, and its ladder; above the last rung the notice is repeated after each `every`."""

    is_cumulative: bool
    pausable: bool
    own_hours: bool
    rungs: tuple[AuditRung, ...]
    every: str


class AuditLegalLimit(NamedTuple):
    """A limit of the law. It runs from `begins` until one of `ends`, while the facts that it `needs` hold; or while a
    `measure` lasts, the time of testing excluded. By its `roster` every day is worked, so that no day off moves
    its end. A window is the party's time: it ends once and has no ladder."""

    name: str
    limit: str
    begins: PenaltyStep | None = None
    ends: frozenset[PenaltyStep] = frozenset()
    needs: frozenset[str] = frozenset()
    measure: MeasureKind | None = None
    testing: bool = False
    is_window: bool = False
    roster: str | None = None


class Edition(NamedTuple):
    """The service policy for the cases that open from a day on. `matters` are the limits of a matter's own clocks."""

    since: date
    rules: Mapping[ClockKind, AuditClockRule]
    steps: Mapping[Severity, Mapping[ClockKind, str]]
    matters: Mapping[str, Mapping[ClockKind, str]]
    stages: Mapping[str, tuple[tuple[str, str], ...]]


@dataclass(frozen=True, slots=True)
class OfHours:
    """Working hours from a date on."""

    effective: date
    intervals: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class OfYear:
    """A year as announced."""

    year: int
    holidays: frozenset[date]
    make_up_workdays: frozenset[date]


@dataclass(frozen=True, slots=True)
class AuditRules:
    """One version of the rules."""

    version: str
    editions: Sequence[Edition]
    legal: Sequence[AuditLegalLimit]
    office: Oracle
    rosters: Mapping[str, Oracle]
    may: Mapping[str, frozenset[Role]]
    may_duty: Mapping[str, frozenset[Role]]
    """Who may change people and devices."""
    decides: Mapping[RequestKind, frozenset[Role]]
    demolition: frozenset[str]
    """Matters whose buildings are pulled down by force as 行政强制法 44 has it."""
    posts: Mapping[str, str]
    successors: Mapping[tuple[str | None, str], tuple[date, str]]
    """Of a team of a street (None: of all) or a department that ends: from which day on, and who has its place."""
    of_post: Mapping[Role, str]
    """The post that whoever acts in this role is of."""
    unit_limits: Sequence[UnitLimitEntry]
    """Units with another time for handling than the matter's."""
    instead_demand_days: int
    claim_lease: str | None
    """How long a claim holds before anybody is on site."""
    claims_open_max: int | None
    """So many claimed cases that are unfinished a team may have."""
    report_photo_days: int
    """So much older than a report its photo may be."""
    moves_max: int
    duty: Mapping[tuple[str | None, str], str]
    """The roster of a team: of all streets (None), or of one."""
    people: Mapping[str, PeopleThere]
    """Of each street whose people are listed."""
    departments: frozenset[str]
    officers_min: int
    """So many officers act together, certified all of them."""

    def edition(self, opened_at: datetime) -> Edition:
        """The one that holds for a case that opened then."""
        day = (opened_at + _SHANGHAI).date()
        return next(
            (edition for edition in reversed(self.editions) if edition.since <= day), self.editions[0]
        )

    def rule(self, facts: Facts, kind: ClockKind, name: str | None = None) -> AuditClockRule:
        """How a clock of this case is measured."""
        rule = self.edition(facts.opened_at).rules[kind]
        return rule._replace(rungs=_AT_ITS_END) if self.is_window(kind, name) else rule

    def is_window(self, kind: ClockKind, name: str | None) -> bool:
        """Whether the clock measures time that is the party's."""
        legal = self.legal_limit(name) if kind is ClockKind.LEGAL else None
        return legal is not None and legal.is_window

    def legal_limit(self, name: str | None) -> AuditLegalLimit | None:
        """The limit of the law of this name."""
        return next((limit for limit in self.legal if limit.name == name), None)

    def roster_of_law(self, name: str | None) -> str | None:
        """By which hours the limit of the law of this name is counted; office hours for None."""
        legal = self.legal_limit(name)
        return legal.roster if legal else None

    def percent(self, unit: str | None, facts: Facts) -> int:
        """How much of the matter's time for handling the unit has, in percent (权属单位时限)."""
        day = (facts.opened_at + _SHANGHAI).date()
        for entry in self.unit_limits:
            is_meant = entry.unit == unit and facts.matter in (entry.matters or (facts.matter,))
            if is_meant and entry.since <= day <= (entry.until or day):
                return entry.percent
        return 100

    def limit(self, facts: Facts, kind: ClockKind, name: str | None, unit: str | None) -> str | None:
        """How long a clock of this case may run that the unit has; None where there is no such clock."""
        limit, percent = self._limit(facts, kind, name), self.percent(unit, facts)
        if limit is None or percent == 100 or kind not in (ClockKind.DISPOSE, ClockKind.WHOLE):
            return limit
        handling = self._limit(facts, ClockKind.DISPOSE, None) or ""
        numbers = (part.split(" ") for part in handling.split(" + "))
        longer = " + ".join(f"{math.ceil(int(number) * percent / 100)} {unit}" for number, unit in numbers)
        return longer + limit.removeprefix(handling)

    def _limit(self, facts: Facts, kind: ClockKind, name: str | None) -> str | None:
        edition = self.edition(facts.opened_at)
        if kind is ClockKind.LEGAL:
            legal = self.legal_limit(name)
            return legal.limit if legal else None
        if kind is ClockKind.STAGE:
            return dict(edition.stages.get(facts.matter, ())).get(name or "")
        own = edition.matters.get(facts.matter, {})
        return own.get(kind) or edition.steps[facts.severity].get(kind)

    def successor_of(self, street: str, name: str, at: datetime) -> str:
        """Who it is at `at`: itself, or the last of its successors whose day has come."""
        day = (at + _SHANGHAI).date()
        line = self.successors.get((street, name)) or self.successors.get((None, name))
        return name if line is None or day < line[0] else self.successor_of(street, line[1], at)

    def hours(self, roster: str | None) -> Oracle:
        """The working time of a roster; office hours for None."""
        return self.rosters.get(roster, self.office) if roster else self.office

    def duty_of(self, street: str, team: str | None) -> str | None:
        """The roster of whoever holds a case; of the centre while nobody does."""
        holder = team or self.posts["centre"]
        return self.duty.get((street, holder)) or self.duty.get((None, holder))

    def approver(self, kind: RequestKind) -> str:
        """The post that decides a request: the centre, unless only the hotline or only the district may."""
        alone = {frozenset({Role.HOTLINE}): "callback", frozenset({Role.DISTRICT}): "district"}
        return self.posts[alone.get(frozenset(self.decides[kind]), "centre")]


def read_audit_rules(folder: Path) -> AuditRules:
    """The rules in `folder`.

    Raises:
        BadRules: the folder or a file in it is wrong.
    """
    book = read_book(folder)
    policy = book.policy
    years = [_year(table) for table in book.calendars]
    return AuditRules(
        version=book.version,
        editions=[_edition(table, book) for table in sorted(book.services, key=lambda sla: sla.effective)],
        legal=[*_legal(book.procedure)],
        office=Oracle([_hours(table) for table in book.hours.hours], years),
        rosters={
            name: Oracle(
                [_hours(table) for table in roster.hours], years, every_day=roster.days == "every_day"
            )
            for name, roster in book.hours.rosters.items()
        },
        may=book.roles.may,
        may_duty=book.roles.may_duty,
        decides=book.roles.decides,
        demolition=book.procedure.guards.demolish_before_appeal_window.matters,
        posts={
            "centre": policy.centre_team,
            "verification": policy.verification_post,
            "callback": policy.callback_post,
            "district": policy.district_post,
        },
        successors=dict(_successors(book)),
        of_post={role: str(getattr(policy, field)) for role, field in book.roles.of_post.items()},
        unit_limits=book.roster.unit_limits,
        instead_demand_days=policy.instead.demand_days,
        claim_lease=policy.claim_lease,
        claims_open_max=policy.claims_open_max,
        report_photo_days=policy.report_photo_days,
        moves_max=policy.moves_max,
        duty=_duty(book),
        people=people_there(book.people),
        departments=frozenset(entry.id for entry in book.roster.departments),
        officers_min=policy.officers_min,
    )


def _successors(book: Book) -> Iterator[tuple[tuple[str | None, str], tuple[date, str]]]:
    of_all = ((None, entry) for entry in (*book.roster.groups, *book.roster.departments))
    local = ((squads.street, entry) for squads in book.roster.squads for entry in squads.squads)
    for street, entry in (*of_all, *local):
        if entry.gone_from is not None and entry.successor is not None:
            yield (street, entry.id), (entry.gone_from, entry.successor)


def _legal(table: ProcedureTable) -> Iterator[AuditLegalLimit]:
    for name, limit in table.limits.items():
        needs = {limit.where.value} if limit.where else set()
        if needs & CONTESTED:
            needs.add("fined")
        window = limit.lapse_tells is not None
        yield AuditLegalLimit(
            name,
            plain(limit.limit),
            limit.begins,
            limit.ends,
            frozenset(needs),
            is_window=window,
            roster=limit.roster,
        )
    for kind, measure in table.measures.by_kind().items():
        yield AuditLegalLimit(
            kind.value,
            plain(measure.limit),
            measure=kind,
            testing=measure.testing,
            roster=measure.roster,
        )


def plain(limit: str) -> str:
    """The limit in the units in which it is counted: "2 work_hours" is "120 work_minutes"."""
    return " + ".join(_plain(*part.split(" ")) for part in limit.split(" + "))


def _plain(number: str, unit: str) -> str:
    factor, counted = _PER_UNIT.get(unit, (1, unit))
    return f"{int(number) * factor} {counted}"


def _edition(table: SlaTable, book: Book) -> Edition:
    severity = {severity.code: severity.severity for severity in book.matters.matters}
    matters: dict[str, dict[ClockKind, str]] = {}
    for code, own in table.matters.items():
        beyond = table.limits[severity[code]].beyond_dispose
        named = {
            ClockKind.DISPOSE: own.dispose,
            ClockKind.WHOLE: f"{own.dispose} + {beyond}",
            ClockKind.JOINT: own.joint,
            ClockKind.ARRIVE: own.arrive,
            ClockKind.VERIFY: own.verify,
        }
        matters[code] = {kind: plain(text) for kind, text in named.items() if text}
    kinds = {kind.value: kind for kind in ClockKind}
    return Edition(
        since=table.effective,
        rules={kind: _rule(table, kind) for kind in table.clocks},
        steps={
            severity: {kinds[name]: plain(text) for name, text in limits if name in kinds}
            for severity, limits in table.limits.items()
        },
        matters=matters,
        stages={
            code: tuple((stage.name, plain(stage.limit)) for stage in own.stages if stage.limit)
            for code, own in table.matters.items()
        },
    )


def _rule(table: SlaTable, kind: ClockKind) -> AuditClockRule:
    clock = table.clocks[kind]
    ladder = table.ladders[clock.ladder]
    rungs = tuple(
        AuditRung(rung.level, rung.percent, plain(rung.after) if rung.after else None, rung.at_once)
        for rung in ladder.rungs
    )
    measured = clock.measure.value == CUMULATIVE
    return AuditClockRule(measured, clock.pausable, clock.hours == "own", rungs, plain(ladder.every))


def _duty(book: Book) -> Mapping[tuple[str | None, str], str]:
    rosters: dict[tuple[str | None, str], str] = {}
    for team in (*book.roster.groups, *book.roster.posts):
        if team.roster:
            rosters[None, team.id] = team.roster
    for local in book.roster.squads:
        rosters |= {(local.street, squad.id): squad.roster for squad in local.squads if squad.roster}
    return rosters


def _hours(entry: HoursEntry) -> OfHours:
    pairs = (text.split("-") for text in entry.intervals)
    return OfHours(entry.effective, tuple((_minute(first), _minute(last)) for first, last in pairs))


def _minute(text: str) -> int:
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)


def _year(table: CalendarTable) -> OfYear:
    days = (
        holiday.first + timedelta(days=number)
        for holiday in table.holidays
        for number in range((holiday.last - holiday.first).days + 1)
    )
    return OfYear(table.year, frozenset(days), frozenset(table.make_up_workdays))
