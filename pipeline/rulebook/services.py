"""Checks an edition of the service policy, and makes the core's values of it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from itertools import pairwise
from typing import Final

from pipeline.core.worktime.clock_arithmetic import BREACH_PERCENT
from pipeline.core.worktime.office_hours import SHANGHAI
from pipeline.core.worktime.policy import (
    LONGEST,
    Caps,
    ClockRule,
    Ladder,
    MatterStage,
    Rung,
    Service,
    Span,
    span_of,
)
from pipeline.rulebook.sheet import FieldPath, Filled, Problem
from pipeline.rulebook.tables.matter_tables import MattersTable
from pipeline.rulebook.tables.sla_tables import BEYOND_DISPOSE, LadderEntry, MatterLimits, RungEntry, SlaTable
from schemas.values.terms import ClockKind, Severity

PARTS_MAX: Final = 4
"""Parts of a limit joined by " + ". `schemas.values.text.LimitText` takes no more, so a longer limit would make a snapshot undecodable."""


def service_of(table: SlaTable, matters: MattersTable) -> Service:
    """The core's value of an edition."""
    ladders = {name: _ladder(name, entry) for name, entry in table.ladders.items()}
    severities = {matter.code: matter.severity for matter in matters.matters}
    return Service(
        effective=table.effective,
        since=datetime.combine(table.effective, time(), SHANGHAI),
        clocks={
            kind: ClockRule(clock.measure, clock.pausable, clock.hours == "own", ladders[clock.ladder])
            for kind, clock in table.clocks.items()
        },
        steps={
            severity: {ClockKind(kind): span_of(text) for kind, text in entry if kind != BEYOND_DISPOSE}
            for severity, entry in table.limits.items()
        },
        matters={
            code: _matter(entry, table.limits[severities[code]].beyond_dispose)
            for code, entry in table.matters.items()
        },
        stages={
            code: tuple(MatterStage(stage.name, stage.name_zh, _span(stage.limit)) for stage in entry.stages)
            for code, entry in table.matters.items()
            if entry.stages
        },
        caps=Caps(
            table.suspension.times,
            {reason: span_of(text) for reason, text in table.suspension.longest.items()},
            table.extension.times,
            span_of(table.extension.longest),
            {severity: span_of(text) for severity, text in table.orders.longest.items()},
            _span(table.orders.in_all),
        ),
    )


def edition_on(editions: Iterable[SlaTable], day: date) -> SlaTable:
    """The edition for cases that open on `day`; before the earliest edition's day, the earliest. The same as `Rules.service_of`."""
    ordered = sorted(editions, key=lambda edition: edition.effective)
    return next((edition for edition in reversed(ordered) if edition.effective <= day), ordered[0])


def check_sla(pages: Sequence[Filled[SlaTable] | None]) -> Iterator[Problem]:
    """Problems within an edition, and between editions."""
    filled = sorted((page for page in pages if page), key=lambda page: page.table.effective)
    for page in filled:
        yield from _clocks(page)
        yield from _ladders(page)
        yield from _limits(page)
    for earlier, later in pairwise(filled):
        if earlier.table.effective == later.table.effective:
            wrong = f"{later.table.effective} is also in {earlier.sheet.file}"
            yield later.problem(("effective",), wrong, "each day once")


def check_sla_matters(page: Filled[SlaTable], matters: Filled[MattersTable]) -> Iterator[Problem]:
    """Each matter must have limits, and each limit a matter; the limit of the whole case must not have too many parts."""
    codes = [matter.code for matter in matters.table.matters]
    for code in page.table.matters:
        if code not in codes:
            yield page.problem(("matters", code), "no such matter", "a code of matters.yaml")
    for code in codes:
        if code not in page.table.matters:
            yield page.problem(("matters",), f"no limits for {code}", "every matter of matters.yaml")
    for matter in matters.table.matters:
        yield from _whole(page, matter.code, matter.severity)


def _whole(page: Filled[SlaTable], code: str, severity: Severity) -> Iterator[Problem]:
    matter, steps = page.table.matters.get(code), page.table.limits.get(severity)
    if matter is None or steps is None:
        return
    parts = len(span_of(matter.dispose)) + len(span_of(steps.beyond_dispose))
    if parts > PARTS_MAX:
        wrong = f"{parts} parts, those of beyond_dispose of {severity} among them"
        yield page.problem(("matters", code, "dispose"), wrong, f"at most {PARTS_MAX} in all")


def _clocks(page: Filled[SlaTable]) -> Iterator[Problem]:
    for severity in Severity:
        if severity not in page.table.limits:
            yield page.problem(("limits", severity), "is missing", "P1, P2, P3, P4")
    for kind in ClockKind:
        if kind not in page.table.clocks:
            yield page.problem(("clocks", kind), "is missing", ", ".join(ClockKind))
    for kind, clock in page.table.clocks.items():
        if clock.ladder not in page.table.ladders:
            allowed = ", ".join(page.table.ladders)
            yield page.problem(("clocks", kind, "ladder"), f"no such ladder: {clock.ladder}", allowed)


def _ladders(page: Filled[SlaTable]) -> Iterator[Problem]:
    for name, ladder in page.table.ladders.items():
        at = ("ladders", name, "rungs")
        for number, (lower, higher) in enumerate(pairwise(ladder.rungs), start=1):
            for field, wrong, allowed in _falling(lower, higher):
                yield page.problem((*at, str(number), field), wrong, allowed)
        for number, rung in enumerate(ladder.rungs):
            if rung.after is not None and rung.percent != BREACH_PERCENT:
                path = (*at, str(number), "after")
                yield page.problem(path, f"at {rung.percent} percent", "only with percent: 100")
        if not any(rung.percent == BREACH_PERCENT and rung.after is None for rung in ladder.rungs):
            yield page.problem(at, "nobody is told of the breach", "a rung with percent: 100 and no `after`")


def _falling(lower: RungEntry, higher: RungEntry) -> Iterator[tuple[str, str, str]]:
    """Field, problem and allowed value, where a rung is not above the one before it."""
    if higher.level <= lower.level:
        yield "level", f"{higher.level} after {lower.level}", "rising levels"
    if higher.percent < lower.percent or (higher.percent == lower.percent and higher.after is None):
        yield (
            "percent",
            f"{higher.percent} after {lower.percent}",
            "rising percents; above the breach, `after`",
        )
    elif higher.percent == lower.percent and lower.after and higher.after:
        (was, *more), (now, *_) = span_of(lower.after), span_of(higher.after)
        # hours and workdays cannot be compared without a calendar
        if not more and was.unit is now.unit and now.value <= was.value:
            yield "after", f"{higher.after} after {lower.after}", "rising times"


def _limits(page: Filled[SlaTable]) -> Iterator[Problem]:
    """No limit may be longer than the calendar can count, and stage names must be unique."""
    for path, text in _texts(page.table):
        if sum(value / LONGEST[unit] for value, unit in span_of(text)) > 1:
            allowed = ", ".join(f"{most} {unit.value}" for unit, most in LONGEST.items())
            yield page.problem(path, f"{text} is over a year", f"at most {allowed}")
    for code, entry in page.table.matters.items():
        names = [stage.name for stage in entry.stages]
        for number, name in enumerate(names):
            if name in names[:number]:
                at = ("matters", code, "stages", str(number), "name")
                yield page.problem(at, f"{name} is there twice", "each once")


def _texts(table: SlaTable) -> Iterator[tuple[FieldPath, str]]:
    for severity, entry in table.limits.items():
        yield from ((("limits", severity, kind), text) for kind, text in entry)
    for name, ladder in table.ladders.items():
        yield ("ladders", name, "every"), ladder.every
        for number, rung in enumerate(ladder.rungs):
            if rung.after:
                yield ("ladders", name, "rungs", str(number), "after"), rung.after
    for reason, text in table.suspension.longest.items():
        yield ("suspension", "longest", reason), text
    yield from ((("orders", "longest", severity), text) for severity, text in table.orders.longest.items())
    yield from ((("orders", "in_all"), text) for text in (table.orders.in_all,) if text)
    yield ("extension", "longest"), table.extension.longest
    for code, matter in table.matters.items():
        named = {
            "dispose": matter.dispose,
            "joint": matter.joint,
            "arrive": matter.arrive,
            "verify": matter.verify,
        }
        yield from ((("matters", code, field), text) for field, text in named.items() if text)
        for number, stage in enumerate(matter.stages):
            if stage.limit:
                yield ("matters", code, "stages", str(number), "limit"), stage.limit


def _matter(entry: MatterLimits, beyond_dispose: str) -> Mapping[ClockKind, Span]:
    dispose = span_of(entry.dispose)
    limits = {
        ClockKind.DISPOSE: dispose,
        ClockKind.WHOLE: (*dispose, *span_of(beyond_dispose)),
        ClockKind.JOINT: _span(entry.joint),
        ClockKind.ARRIVE: _span(entry.arrive),
        ClockKind.VERIFY: _span(entry.verify),
    }
    return {kind: span for kind, span in limits.items() if span}


def _ladder(name: str, entry: LadderEntry) -> Ladder:
    rungs = tuple(
        Rung(rung.level, rung.percent, _span(rung.after) or (), rung.tell, rung.at_once, rung.paper)
        for rung in entry.rungs
    )
    return Ladder(name, rungs, span_of(entry.every))


def _span(text: str | None) -> Span | None:
    return span_of(text) if text else None
