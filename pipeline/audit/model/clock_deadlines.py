"""When a clock is due, by the oracle's arithmetic: its limit, its start and its moves; and no later than its hotline wants it."""

from collections.abc import Sequence

from msgspec.structs import replace

from pipeline.audit.log.entry_join import JoinedEntry
from pipeline.audit.model.fold import Touched
from pipeline.audit.model.oracle import DAY, Deadline, Halt, More, Move, number_of
from pipeline.audit.model.rules_reader import AuditRules, plain
from schemas.journal.entry import TimerCause
from schemas.journal.events import CaseOpened
from schemas.state.case import Clock, ClockMove
from schemas.values.terms import ClockKind, TimerKind

BOUND_BY_HOTLINE = frozenset({ClockKind.DISPOSE, ClockKind.WHOLE})
"""What is over by the hotline's deadline."""


def deadline(audit_rules: AuditRules, clock: Clock) -> Deadline:
    """The earlier of its own deadline and the hotline's, which no calendar makes provisional.

    Raises:
        OutOfYears: beyond the calendar.
    """
    own, theirs = own_deadline(audit_rules, clock), hotline_deadline(clock)
    return own if theirs is None or own.at <= theirs else Deadline(theirs, False)


def own_deadline(audit_rules: AuditRules, clock: Clock) -> Deadline:
    """By its limit, its start and its moves alone. Raises as `deadline` does."""
    hours = audit_rules.hours(clock.roster)
    return hours.deadline(number_of(clock.started_at), plain(clock.limit), moves_of(clock.moves))


def as_begun(audit_rules: AuditRules, limit: str | None, clock: Clock) -> str | None:
    """A limit of the rules as a clock that began when this one did says it."""
    if limit is None:
        return None
    started_at = number_of(clock.started_at)
    legal = audit_rules.legal_limit(clock.name) if clock.kind is ClockKind.LEGAL else None
    if legal is not None and legal.roster and " + " in limit:
        window, _, own = limit.rpartition(" + ")  # the party's time comes first, and moves over days off
        days = audit_rules.office.after(started_at, window).at // DAY - started_at // DAY
        limit = f"{days} calendar_days + {own}"
    return audit_rules.hours(clock.roster).in_days(started_at, limit) if "months" in limit else limit


def hotline_deadline(clock: Clock) -> int | None:
    """By when the hotline wants it; None where it has no say."""
    return None if clock.hotline_due_at is None else number_of(clock.hotline_due_at)


def without_hotline(audit_rules: AuditRules, clock: Clock) -> int:
    """When it would be due without the hotline's say. Raises as `deadline` does."""
    if clock.hotline_due_at is None:
        return number_of(clock.due_at)
    return own_deadline(audit_rules, replace(clock, hotline_due_at=None)).at


def moves_of(moves: Sequence[ClockMove]) -> tuple[Move, ...]:
    """The moves of a clock as the oracle has them."""
    return tuple(
        More(number_of(move.at), plain(move.by))
        if move.by is not None
        else Halt(number_of(move.at), number_of(move.until or move.at))
        for move in moves
    )


def brought_along(touched: Touched, clock: Clock) -> Clock | None:
    """This clock as it ran in another street, from which the case came with it."""
    opened = touched.event("case_opened")
    came_from = opened.came_from if isinstance(opened, CaseOpened) else None
    brought = came_from.clocks if came_from is not None else ()
    return next((one for one in brought if (one.kind, one.name) == (clock.kind, clock.name)), None)


def is_counted_anew(rules: AuditRules, joined: JoinedEntry, touched: Touched) -> bool:
    """Whether the limits of a case are others than before: of other rules, of what it is about now, or of the unit that has it now."""
    before, after, cause = touched.before, touched.after, joined.entry.cause
    if before is None or touched.has("case_changed"):
        return touched.has("case_changed")
    other_rules = before.rules_version != joined.entry.rules_version
    by_timer = isinstance(cause, TimerCause) and cause.timer is TimerKind.RULES_CHANGED and other_rules
    return by_timer or rules.percent(before.team, after.facts) != rules.percent(after.team, after.facts)
