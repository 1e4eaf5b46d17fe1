"""Whether `rules/routing.yaml` gives each possible case to exactly one: every grid, matter and hour meets a line, and every line decides.

Cases are tried once for each kind that the lines tell apart: grids that the same lines name, times between those that a line names.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import product
from typing import Final, NamedTuple

from pipeline.core.rules.rules import LEAD, TERRITORIAL, DayKind, Daytime, Routed, RouteMode, RoutingRule
from pipeline.rulebook.days import minutes_of
from pipeline.rulebook.sheet import Filled, Problem
from pipeline.rulebook.tables.matter_tables import MattersTable
from pipeline.rulebook.tables.roster_tables import RosterTable
from pipeline.rulebook.tables.rule_tables import RouteEntry, RoutingTable
from schemas.values.terms import Severity, Source, Urgency

_POOL_MIN: Final = 2
_MINUTES: Final = 60


class RoutingProof(NamedTuple):
    """How many kinds of case were tried, the first that meets no line with their number, and per line those that take its cases."""

    tried: int
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


def prove(rules: Sequence[RoutingRule], matters: Sequence[str], grids: Sequence[str]) -> RoutingProof:
    """Tries each kind of case that the lines tell apart."""
    tried = unmet = 0
    example = None
    reached: set[int] = set()
    taken: dict[int, dict[str, None]] = {number: {} for number in range(len(rules))}
    for matter, severity, source, urgency, grid, time in product(
        matters, Severity, Source, Urgency, _areas(rules, grids), _times(rules)
    ):
        tried += 1
        case = Routed(matter, severity, source, urgency, grid, time)
        met = [number for number, rule in enumerate(rules) if not rule.unmet(case)]
        if not met:
            unmet, example = unmet + 1, example or case
            continue
        reached.add(met[0])
        for number in met[1:]:
            taken[number][rules[met[0]].id] = None
    never = {number: tuple(ids) for number, ids in taken.items() if number not in reached}
    return RoutingProof(tried, unmet, example, never)


def check_lines(
    page: Filled[RoutingTable], matters: Filled[MattersTable], grids: Sequence[str]
) -> Iterator[Problem]:
    """Every possible case must meet a line, and every line a case."""
    lines, codes = page.table.rules, [matter.code for matter in matters.table.matters]
    yield from page.repeated("rules", "id", [line.id for line in lines])
    for number, line in enumerate(lines):
        for code in sorted(line.when.matters - set(codes)):
            at = ("rules", number, "when", "matters")
            yield page.problem(at, f"no such matter: {code}", "a code of matters.yaml")
    proof = prove([rule_of(line) for line in lines], codes, grids)
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


def _areas(rules: Sequence[RoutingRule], grids: Sequence[str]) -> tuple[str | None, ...]:
    """One grid for each set of lines that name it, and none."""
    alike: dict[tuple[int, ...], str] = {}
    named = [(number, rule.grids) for number, rule in enumerate(rules) if rule.grids]
    for grid in grids if named else ():
        alike.setdefault(tuple(number for number, codes in named if grid.startswith(codes)), grid)
    return (*alike.values(), None)


def _times(rules: Sequence[RoutingRule]) -> tuple[Daytime | None, ...]:
    """A minute, a day and a kind of day for each stretch between those that a line names; none where no line asks."""
    timed = [rule for rule in rules if rule.is_timed]
    if not timed:
        return (None,)
    minutes = {
        0,
        *(minute for rule in timed if rule.hours for minute in rule.hours if minute < 24 * _MINUTES),
    }
    begins = {rule.since for rule in timed if rule.since}
    begins |= {rule.until + timedelta(days=1) for rule in timed if rule.until}
    days = {date.min, *begins}
    return tuple(map(Daytime._make, product(sorted(minutes), sorted(days), DayKind)))


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
