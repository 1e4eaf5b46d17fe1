"""Whether `rules/routing.yaml` gives each possible case to exactly one: every grid, matter and hour meets a line, and every line decides.

Values that the same lines let pass are tried once: the lines that a case meets are those that all its values meet.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date, timedelta
from functools import reduce
from itertools import product, zip_longest
from math import prod
from operator import and_
from typing import Final, NamedTuple

from pipeline.core.rules.rules import (
    LEAD,
    TERRITORIAL,
    DayKind,
    Daytime,
    Routed,
    RouteMode,
    RoutingRule,
    kind_of,
)
from pipeline.core.worktime.office_hours import WorkCalendar
from pipeline.rulebook.days import minutes_of
from pipeline.rulebook.sheet import Filled, Problem
from pipeline.rulebook.tables.matter_tables import MattersTable
from pipeline.rulebook.tables.roster_tables import RosterTable
from pipeline.rulebook.tables.rule_tables import RouteEntry, RoutingTable
from schemas.values.terms import Severity, Source, Urgency

CalendarOf = Callable[[], WorkCalendar | None]
"""Makes the calendar where a line asks what kind of day it is; None where a file of it is wrong."""
_POOL_MIN: Final = 2
_MINUTES: Final = 60
_DAY: Final = 24 * _MINUTES
_LONG_DAYS: Final = 31
"""No holiday lasts that long."""


class RoutingProof(NamedTuple):
    """Of how many kinds of case some case meets no line, an example, and of lines that get none those that do."""

    unmet: int
    example: Routed | None
    never_reached: dict[int, tuple[str, ...]]


def rule_of(entry: RouteEntry) -> RoutingRule:
    """The core's value of a line."""
    when = entry.when
    return RoutingRule(
        id=entry.id,
        mode=entry.mode,
        to=entry.to,
        then=entry.then,
        matters=when.matters,
        severities=when.severities,
        sources=when.sources,
        urgencies=when.urgencies,
        grids=when.grids,
        hours=minutes_of(when.hours) if when.hours else None,
        days=when.days,
        since=entry.since,
        until=entry.until,
        reason_zh=entry.reason_zh,
        reason_en=entry.reason_en,
    )


def kinds_of_case(matters: int) -> int:
    """How many kinds of case the lines are tried with, of so many matters."""
    return matters * len(Severity) * len(Source) * len(Urgency)


def prove(
    rules: Sequence[RoutingRule], matters: Sequence[str], grids: Sequence[str], calendar_of: CalendarOf
) -> RoutingProof:
    """Each kind of case in each grid at each time. Values that no line tells apart are tried once."""
    parts = _parts(rules, matters)
    settings = _settings(rules, grids, calendar_of)
    unmet, example = 0, None
    reached: set[int] = set()
    taken: dict[int, dict[str, None]] = {number: {} for number in range(len(rules))}
    for alike in product(*parts):
        by_matter, by_severity, by_source, by_urgency = (part.case for part in alike)
        kind = Routed(by_matter.matter, by_severity.severity, by_source.source, by_urgency.urgency)
        is_met = True
        of_kind = reduce(and_, (part.lines for part in alike))
        for lines, (grid, time) in settings.items():
            met = of_kind & lines
            if not met:
                is_met, example = False, example or kind._replace(grid=grid, time=time)
                continue
            first, others = _bits(met)
            reached.add(first)
            for number in others:
                taken[number][rules[first].id] = None
        unmet += 0 if is_met else prod(part.size for part in alike)
    never = {number: tuple(ids) for number, ids in taken.items() if number not in reached}
    return RoutingProof(unmet, example, never)


class _Alike(NamedTuple):
    """Cases that the same lines let pass, and that differ in one value: one of them, which lines (a bit each), how many they are."""

    case: Routed
    lines: int
    size: int


def _parts(rules: Sequence[RoutingRule], matters: Sequence[str]) -> list[list[_Alike]]:
    """The matters, severities, sources and urgencies, in this order."""
    any_case = Routed(matters[0], Severity.P1, Source.PATROL, Urgency.NORMAL)
    parts = {
        "matters": [any_case._replace(matter=matter) for matter in matters],
        "severities": [any_case._replace(severity=severity) for severity in Severity],
        "sources": [any_case._replace(source=source) for source in Source],
        "urgencies": [any_case._replace(urgency=urgency) for urgency in Urgency],
    }
    found = []
    for condition, cases in parts.items():
        by_lines: dict[int, list[Routed]] = {}
        for case in cases:
            by_lines.setdefault(_passing(rules, case, {condition}), []).append(case)
        found.append([_Alike(alike[0], lines, len(alike)) for lines, alike in by_lines.items()])
    return found


def _settings(
    rules: Sequence[RoutingRule], grids: Sequence[str], calendar_of: CalendarOf
) -> dict[int, tuple[str | None, Daytime | None]]:
    """Where and when, once for each set of lines that let it pass."""
    nowhere = Routed("", Severity.P1, Source.PATROL, Urgency.NORMAL)
    places: dict[int, str | None] = {}
    for grid in (*grids, None) if any(rule.grids for rule in rules) else (None,):
        places.setdefault(_passing(rules, nowhere._replace(grid=grid), {"grids"}), grid)
    times: dict[int, Daytime | None] = {}
    for time in _times(rules, calendar_of):
        of_time = {"hours", "days", "from", "until"}
        times.setdefault(_passing(rules, nowhere._replace(time=time), of_time), time)
    return {here & now: (grid, time) for (here, grid), (now, time) in product(places.items(), times.items())}


def _passing(rules: Sequence[RoutingRule], case: Routed, conditions: set[str]) -> int:
    """The lines whose conditions of these names the case meets, a bit each."""
    return sum(1 << number for number, rule in enumerate(rules) if conditions.isdisjoint(rule.unmet(case)))


def _bits(lines: int) -> tuple[int, list[int]]:
    first, *others = (number for number in range(lines.bit_length()) if lines >> number & 1)
    return first, others


def check_lines(
    page: Filled[RoutingTable],
    matters: Filled[MattersTable],
    grids: Sequence[str],
    calendar_of: CalendarOf,
) -> Iterator[Problem]:
    """Every possible case must meet a line, and every line a case."""
    lines, codes = page.table.rules, [matter.code for matter in matters.table.matters]
    yield from page.repeated("rules", "id", [line.id for line in lines])
    for number, line in enumerate(lines):
        for code in sorted(line.when.matters - set(codes)):
            at = ("rules", number, "when", "matters")
            yield page.problem(at, f"no such matter: {code}", "a code of matters.yaml")
        if line.when.hours and len(set(minutes_of(line.when.hours))) == 1:
            at = ("rules", number, "when", "hours")
            yield page.problem(at, "ends when it begins", 'hours as "22:00-06:00"')
    proof = prove([rule_of(line) for line in lines], codes, grids, calendar_of)
    if proof.example is not None:
        wrong = f"no line for {proof.unmet} kinds of case, such as {_told(proof.example)}"
        yield page.problem(("rules",), wrong, "a last line with `when: {}`")
    for number, ids in proof.never_reached.items():
        wrong = f"never reached: {', '.join(ids)} take it all" if ids else "never reached: no case is like it"
        yield page.problem(("rules", number, "when"), wrong, "a line that decides")


def check_grids(page: Filled[RoutingTable], grids: Sequence[str]) -> Iterator[Problem]:
    """A line may name only grids, communities and streets that there are."""
    for number, line in enumerate(page.table.rules):
        for place, code in enumerate(line.when.grids):
            if not any(grid.startswith(code) for grid in grids):
                at = ("rules", number, "when", "grids", place)
                yield page.problem(at, f"no such grid: {code}", "a grid of grids/, or the begin of one")


def check_teams(page: Filled[RoutingTable], roster: Filled[RosterTable]) -> Iterator[Problem]:
    """A line may name only teams that every street has: a dispatch one, an offer several."""
    table = roster.table
    common = {team.id for team in (*table.groups, *table.posts)} | {LEAD, TERRITORIAL}
    local = [{squad.id for squad in local_squads.squads} for local_squads in table.squads]
    everywhere = common | (set.intersection(*local) if local else set())
    for number, line in enumerate(page.table.rules):
        at = ("rules", number)
        for field, names in (("to", line.to), ("then", line.then)):
            for place, name in enumerate(names):
                if name not in everywhere:
                    wrong = f"not a team of every street: {name}"
                    yield page.problem((*at, field, place), wrong, ", ".join(sorted(everywhere)))
        if line.mode is RouteMode.DISPATCH and len(line.to) != 1:
            yield page.problem((*at, "to"), f"a dispatch to {len(line.to)} teams", "one team")
        if line.mode is RouteMode.OFFER and len(set(line.to)) < _POOL_MIN:
            yield page.problem((*at, "to"), "an offer to one team", "a pool of two or more, or mode dispatch")


def _times(rules: Sequence[RoutingRule], calendar_of: CalendarOf) -> tuple[Daytime | None, ...]:
    """A minute of a day for each stretch between those that a line names, on each kind of day that there is then; none where no line asks."""
    timed = [rule for rule in rules if rule.is_timed]
    if not timed:
        return (None,)
    calendar = calendar_of()
    minutes = {0, *(minute % _DAY for rule in timed if rule.hours for minute in rule.hours)}
    begins = {rule.since for rule in timed if rule.since}
    begins |= {rule.until + timedelta(days=1) for rule in timed if rule.until}
    days = [(date.min, kind) for kind in DayKind]
    for first, last in zip_longest(sorted(begins), sorted(begins)[1:]):
        days += [(first, kind) for kind in _kinds(first, last, calendar)]
    return tuple(Daytime(minute, day, kind) for minute, (day, kind) in product(sorted(minutes), days))


def _kinds(first: date, end: date | None, calendar: WorkCalendar | None) -> Collection[DayKind]:
    """The kinds of day from `first` to before `end`; of a long stretch all."""
    if end is None or calendar is None or (end - first).days > _LONG_DAYS:
        return tuple(DayKind)
    return {kind_of(calendar, first + timedelta(days=days)) for days in range((end - first).days)}


def _told(case: Routed) -> str:
    """The kind of case, as short as it can be said."""
    parts = [case.matter, case.severity.value, case.source.value, case.urgency.value]
    parts += [case.grid] if case.grid else []
    if case.time is not None:
        parts.append(
            f"{case.time.kind.value} {case.time.minute // _MINUTES:02}:{case.time.minute % _MINUTES:02}"
        )
        parts += [f"{case.time.day}"] if case.time.day != date.min else []
    return " ".join(parts)
