"""A recorded day by other rules: which of its cases would have gone elsewhere, and which would have come late."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from pipeline.core.clocks import running_clocks
from pipeline.core.rules.rules import Rules
from pipeline.core.stages import dispatch
from pipeline.core.worktime import clock_arithmetic
from pipeline.core.worktime.office_hours import day_of
from pipeline.rulebook.moved import is_late
from schemas.journal.events import CaseOffered
from schemas.state.case import Case, Clock
from schemas.values.terms import ClockKind
from schemas.values.text import UNDETERMINED


class Sent(NamedTuple):
    """Whom a case goes to first: the line that decides, dispatch or offer, and the teams."""

    rule: str
    is_offered: bool
    teams: tuple[str, ...]


class Rerouted(NamedTuple):
    """A case that goes elsewhere."""

    case: Case
    was: Sent
    now: Sent


class Relimited(NamedTuple):
    """A case that comes late by one of both, and not by the other."""

    case: Case
    was: Clock
    now: Clock
    becomes_late: bool


class Untried(NamedTuple):
    """A case that these rules have no answer to, and why."""

    case: Case
    why: str


@dataclass(slots=True)
class DayTried:
    """The cases that opened on the day. `unclear`: nobody knew yet what they were about."""

    cases: int = 0
    unclear: int = 0
    rerouted: list[Rerouted] = field(default_factory=list)
    relimited: list[Relimited] = field(default_factory=list)
    untried: list[Untried] = field(default_factory=list)


def try_day(old: Rules, new: Rules, cases: Iterable[Case], day: date, at: datetime) -> DayTried:
    """What `new` would have made of the cases that opened on `day` (Asia/Shanghai); what still runs counts until `at`."""
    result = DayTried()
    for case in sorted(cases, key=lambda case: (case.facts.opened_at, case.case_id)):
        if day_of(case.facts.opened_at) != day:
            continue
        result.cases += 1
        if case.facts.matter == UNDETERMINED:
            result.unclear += 1
            continue
        unknown = next(filter(None, (_unknown(rules, case) for rules in (old, new))), None)
        if unknown is not None:
            result.untried.append(Untried(case, unknown))
            continue
        was, now, clocks = sent(old, case), sent(new, case), _dispose(new, case)
        if was != now:
            result.rerouted.append(Rerouted(case, was, now))
        if clocks is not None and is_late(clocks[0], at) != is_late(clocks[1], at):
            result.relimited.append(Relimited(case, *clocks, is_late(clocks[1], at)))
    return result


def _unknown(rules: Rules, case: Case) -> str | None:
    """What of the case these rules do not know."""
    if case.street not in rules.streets:
        return f"no such street: {case.street}"
    return None if case.facts.matter in rules.matters else f"no such matter: {case.facts.matter}"


def sent(rules: Rules, case: Case) -> Sent:
    """Whom the case went to first by these rules, as it is known now, at the hour at which its handling began."""
    clock = running_clocks.clock_of(case, ClockKind.DISPOSE)
    begun = clock.started_at if clock else case.facts.opened_at
    event = dispatch.first(rules, rules.streets[case.street], case.case_id, case.facts, begun).events[0]
    teams = event.teams if isinstance(event, CaseOffered) else (getattr(event, "team", ""),)
    rule = (getattr(event, "why", None) or "").partition(":")[0]
    return Sent(rule, isinstance(event, CaseOffered), teams)


def _dispose(rules: Rules, case: Case) -> tuple[Clock, Clock] | None:
    """Its clock of handling as it ran, and as it would have by the limit of these rules; None of a case without one."""
    clock = running_clocks.clock_of(case, ClockKind.DISPOSE)
    severity = running_clocks.severity_of(case, clock) if clock else case.facts.severity
    span = rules.service_of(case.facts.opened_at).limit(case.facts.matter, severity, ClockKind.DISPOSE)
    if clock is None or span is None:
        return None
    return clock, clock_arithmetic.recomputed(rules.hours_of(clock.roster), clock, span)
