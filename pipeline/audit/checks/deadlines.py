"""I8, I9: every deadline computed a second time, which clocks run, and that a deadline moves only for a reason.

The arithmetic is the oracle's, minute by minute; limits and hours come from the rules at hand.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from msgspec.structs import replace

from pipeline.audit.checks.check_context import CheckContext
from pipeline.audit.findings import Invariant
from pipeline.audit.log.entry_join import Join, JoinedEntry
from pipeline.audit.model.audit_tables import PARTNER_RUNS, RUNNING
from pipeline.audit.model.case_memory import CaseMemory, Key
from pipeline.audit.model.fold import Touched
from pipeline.audit.model.oracle import (
    Deadline,
    Halt,
    More,
    Move,
    OutOfYears,
    counts_work,
    instant_of,
    number_of,
)
from pipeline.audit.model.rules_reader import AuditLegalLimit, AuditRules, plain
from schemas.journal.clock_events import ClockChange, ClocksChanged, MeasureMoved
from schemas.journal.entry import TimerCause
from schemas.state.case import Clock, ClockMove
from schemas.values.penalty_terms import MeasureStep
from schemas.values.terms import ClockEvent, ClockKind, TimerKind

_OUT: Final = "the deadline is beyond the calendar"


class Arithmetic:
    """I8: when each clock is due, by which limit, and which clocks run."""

    def __init__(self, ground: CheckContext) -> None:
        self._ground = ground
        self._holds = ground.found.holds

    def turn(self, turn: JoinedEntry, touched: Sequence[Touched]) -> None:
        """An entry."""
        for one in touched:
            if not self._ground.measures(turn, Invariant.I8):
                continue
            for change in changes_of(one):
                self._computed(turn, one.after, change)
            if one.after.opened_here:
                self._running(turn, one.after)

    def end(self, join: Join) -> None:
        """Nothing is left to be said."""

    def _computed(self, turn: JoinedEntry, case: CaseMemory, change: ClockChange) -> None:
        clock, yardstick = change.clock, self._ground.yardstick
        words = _words(clock)
        try:
            due = deadline(yardstick, clock)
        except OutOfYears:
            self._ground.found.skip((Invariant.I8,), _OUT)
            return
        right, place = instant_of(due.at), turn.place
        told = clock.due_at.isoformat()
        self._holds("deadline_wrong", right == clock.due_at, place, case.case_id, told=told,
                    right=right.isoformat(), **words)  # fmt: skip
        self._holds("provisional_wrong", due.provisional == clock.provisional, place, case.case_id, **words)
        if change.change in (ClockEvent.STARTED, ClockEvent.RECOMPUTED):
            limit = yardstick.limit(case.facts, clock.kind, clock.name)
            self._holds("limit_wrong", limit == plain(clock.limit), place, case.case_id, limit=limit, **words)
        if change.change is ClockEvent.STARTED:
            rule = yardstick.rule(case.facts, clock.kind)
            roster = yardstick.duty_of(case.street, case.team) if rule.own_hours else None
            self._holds("roster_wrong", clock.roster == roster, place, case.case_id, roster=roster, **words)

    def _running(self, turn: JoinedEntry, case: CaseMemory) -> None:
        runs = {key for key, clock in case.clocks.items() if clock.stopped_at is None}
        wanted = set(running(self._ground.yardstick, case))
        words = {"runs": named(runs - wanted), "lacks": named(wanted - runs), "stage": case.stage}
        self._holds("other_clocks_run", runs == wanted, turn.place, case.case_id, **words)


class Reasons:
    """I9: what each change of a clock may change, and what gives it the right to."""

    def __init__(self, ground: CheckContext) -> None:
        self._ground = ground
        self._holds = ground.found.holds

    def turn(self, turn: JoinedEntry, touched: Sequence[Touched]) -> None:
        """An entry."""
        for one in touched:
            clocks = dict(one.before.clocks) if one.before else {}
            for change in changes_of(one):
                key = (change.clock.kind, change.clock.name)
                self._moved(turn, one, change, clocks.get(key))
                clocks[key] = change.clock

    def end(self, join: Join) -> None:
        """Nothing is left to be said."""

    def _moved(self, turn: JoinedEntry, one: Touched, change: ClockChange, was: Clock | None) -> None:
        clock = change.clock
        words = _words(clock) | {"change": change.change.value}
        if change.change is not ClockEvent.STARTED and was is None:
            self._holds("moved_unstarted", one.before is None, turn.place, one.after.case_id, **words)
            return
        allowed = _ALLOWED[change.change](self._ground.yardstick, turn, one, clock, was or clock)
        self._holds("moved_without_reason", allowed, turn.place, one.after.case_id, **words)
        if was is not None and change.change in _NEVER_EARLIER:
            later = clock.due_at >= was.due_at
            self._holds("deadline_earlier", later, turn.place, one.after.case_id, **words)


def deadline(yardstick: AuditRules, clock: Clock) -> Deadline:
    """When a clock is due by its limit, its start and its moves.

    Raises:
        OutOfYears: beyond the calendar.
    """
    hours = yardstick.hours(clock.roster)
    return hours.deadline(number_of(clock.started_at), plain(clock.limit), moves_of(clock.moves))


def moves_of(moves: Sequence[ClockMove]) -> tuple[Move, ...]:
    """The moves of a clock as the oracle has them."""
    return tuple(
        More(number_of(one.at), plain(one.by))
        if one.by is not None
        else Halt(number_of(one.at), number_of(one.until or one.at))
        for one in moves
    )


def running(yardstick: AuditRules, case: CaseMemory) -> Iterator[Key]:
    """The clocks that are to run while the case stands as it does."""
    facts = case.facts
    kinds = list(RUNNING.get(case.stage, ()))
    if case.stage == "suspended" and case.rested:
        kinds = [kind for kind in RUNNING.get(case.rested, ()) if not yardstick.rule(facts, kind).pausable]
    if case.call_due and not case.is_over and case.stage != "awaiting_callback":
        kinds.append(ClockKind.CALLBACK)
    keys: list[Key] = [(kind, None) for kind in kinds]
    if ClockKind.DISPOSE in kinds:
        stages = yardstick.edition(facts.opened_at).stages.get(facts.matter, ())
        keys += ((ClockKind.STAGE, name) for name, _ in stages if name not in case.stages_done)
    if case.stage == "joint_in_progress":
        for department, status in (case.joint or {}).items():
            keys += ((kind, department.replace("-", "_")) for kind in PARTNER_RUNS.get(status, ()))
    yield from (key for key in keys if yardstick.limit(facts, *key))
    yield from ((ClockKind.LEGAL, limit.name) for limit in yardstick.legal if _lasts(case, limit))


def _lasts(case: CaseMemory, limit: AuditLegalLimit) -> bool:
    """Whether a limit of the law runs, whatever became of the service case."""
    if limit.measure is not None:
        state = case.measures.get(limit.measure, MeasureStep.ENDED)
        return state is not MeasureStep.ENDED and not (limit.testing and state is MeasureStep.TESTING)
    clock = case.clocks.get((ClockKind.LEGAL, limit.name))
    if limit.is_window and clock is not None and clock.stopped_at is not None:
        return False  # it does not open again
    said = limit.where is None or limit.where in case.said
    return said and limit.begins in case.steps and not limit.ends.intersection(case.steps)


def changes_of(one: Touched) -> Iterator[ClockChange]:
    """What the entry did to the clocks of the case, in order."""
    for event in one.events:
        if isinstance(event, ClocksChanged):
            yield from event.changes


def moment(turn: JoinedEntry, one: Touched) -> datetime:
    """When the clocks of the case follow what the entry says: what ends by itself ends at its own time, however late that
    is noticed."""
    cause = turn.entry.cause
    if isinstance(cause, TimerCause) and cause.timer in (TimerKind.RESUME, TimerKind.TESTING_OVER):
        return cause.due_at
    return turn.entry.at


# what each change may change; the clock as it was comes last

Allowed = Callable[[AuditRules, JoinedEntry, Touched, Clock, Clock], bool]


def _started(yardstick: AuditRules, turn: JoinedEntry, one: Touched, clock: Clock, was: Clock) -> bool:
    rule = yardstick.rule(one.after.facts, clock.kind)
    begins = {moment(turn, one)}
    if rule.is_cumulative and one.before is None:
        begins = {min(one.after.facts.opened_at, turn.entry.at)}
    again = was is not clock and (was.stopped_at is None or (rule.is_cumulative and was.leg == clock.leg))
    measure = one.event("measure_moved")
    if isinstance(measure, MeasureMoved) and measure.measure_kind.value == clock.name:
        again = measure.step is not MeasureStep.BEGUN  # another one, after the first has ended
    return clock.started_at in begins and not clock.moves and clock.stopped_at is None and not again


def _stopped(_: AuditRules, turn: JoinedEntry, one: Touched, clock: Clock, was: Clock) -> bool:
    at, cause = moment(turn, one), turn.entry.cause
    if isinstance(cause, TimerCause) and cause.timer is TimerKind.WINDOW_LAPSED:
        at = was.due_at if (cause.clock, cause.name) == (was.kind, was.name) else at
    return was.stopped_at is None and clock == replace(was, stopped_at=max(at, was.started_at), wake_at=None)


def _went_on(yardstick: AuditRules, turn: JoinedEntry, one: Touched, clock: Clock, was: Clock) -> bool:
    """It stood; what was left then is left now."""
    if was.stopped_at is None:
        return False
    until = max(moment(turn, one), was.stopped_at)
    moved = clock.moves[:-1] == was.moves and clock.moves[-1:] != ()
    move = clock.moves[-1] if moved else None
    stood = move is not None and (move.at, move.until, move.by) == (was.stopped_at, until, None)
    same = (clock.started_at, clock.limit, clock.stopped_at) == (was.started_at, was.limit, None)
    return stood and same and _left(yardstick, was, was.stopped_at) == _left(yardstick, clock, until)


def _left(yardstick: AuditRules, clock: Clock, at: datetime) -> int | None:
    """How much of the clock's own time is left at `at`; None once it is over."""
    if at >= clock.due_at:
        return None
    since, until = number_of(at), number_of(clock.due_at)
    try:
        work = counts_work(plain(clock.limit))
        return yardstick.hours(clock.roster).elapsed(since, until) if work else until - since
    except OutOfYears:
        return None


def _extended(_: AuditRules, turn: JoinedEntry, one: Touched, clock: Clock, was: Clock) -> bool:
    measure = one.event("measure_moved")
    granted = one.has("case_extended", "joint_started") or (
        isinstance(measure, MeasureMoved)
        and measure.step is MeasureStep.EXTENDED
        and (ClockKind.LEGAL, measure.measure_kind.value) == (clock.kind, clock.name)
    )
    move = clock.moves[-1] if clock.moves else None
    added = move is not None and move.by is not None and move.at == turn.entry.at
    return granted and added and clock.moves[:-1] == was.moves and _same_run(clock, was)


def _fired(_: AuditRules, turn: JoinedEntry, one: Touched, clock: Clock, was: Clock) -> bool:
    fired = isinstance(turn.entry.cause, TimerCause)
    return fired and clock == replace(was, rung=clock.rung, wake_at=clock.wake_at) and clock.rung >= was.rung


def _recomputed(_: AuditRules, turn: JoinedEntry, one: Touched, clock: Clock, was: Clock) -> bool:
    cause = turn.entry.cause
    changed = isinstance(cause, TimerCause) and cause.timer is TimerKind.RULES_CHANGED
    other = one.before is not None and one.before.rules_version != turn.entry.rules_version
    same = (clock.started_at, clock.moves, clock.stopped_at) == (was.started_at, was.moves, was.stopped_at)
    return changed and other and same


def _adopted(_: AuditRules, turn: JoinedEntry, one: Touched, clock: Clock, was: Clock) -> bool:
    return one.has("case_joined") and (was.stopped_at is not None or clock.due_at < was.due_at)


def _restored(_: AuditRules, turn: JoinedEntry, one: Touched, clock: Clock, was: Clock) -> bool:
    return one.has("report_split", "case_unmerged")


def _same_run(clock: Clock, was: Clock) -> bool:
    return (clock.started_at, clock.limit, clock.stopped_at, clock.rung) == (
        was.started_at,
        was.limit,
        was.stopped_at,
        was.rung,
    )


_ALLOWED: Final[Mapping[ClockEvent, Allowed]] = {
    ClockEvent.STARTED: _started,
    ClockEvent.STOPPED: _stopped,
    ClockEvent.WENT_ON: _went_on,
    ClockEvent.EXTENDED: _extended,
    ClockEvent.FIRED: _fired,
    ClockEvent.RECOMPUTED: _recomputed,
    ClockEvent.ADOPTED: _adopted,
    ClockEvent.RESTORED: _restored,
}
_NEVER_EARLIER: Final = frozenset(
    {ClockEvent.STOPPED, ClockEvent.WENT_ON, ClockEvent.EXTENDED, ClockEvent.FIRED}
)


def named(keys: set[Key]) -> str:
    """Clocks by name."""
    return (
        ", ".join(sorted(kind.value if name is None else f"{kind.value} {name}" for kind, name in keys))
        or "-"
    )


def _words(clock: Clock) -> dict[str, object]:
    name = f" {clock.name}" if clock.name else ""
    return {"clock": f"{clock.kind.value}{name}", "start": clock.started_at.isoformat(), "spent": clock.limit}
