"""I2 and I10 of timers, I12: each was armed and fires once, at its rung, not early, before anything that comes later.

Ladders are climbed here a second time: which rung comes next, and when, follows from the clock and the rules.
"""

import heapq
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from pipeline.audit.checks.check_context import CheckContext
from pipeline.audit.checks.deadlines import changes_of, moment, moves_of
from pipeline.audit.findings import Invariant
from pipeline.audit.log.entry_join import Join, JoinedEntry
from pipeline.audit.model.case_memory import CaseMemory
from pipeline.audit.model.fold import Touched
from pipeline.audit.model.oracle import OutOfYears, instant_of, number_of
from pipeline.audit.model.rules_reader import AuditClockRule, AuditRules, AuditRung, plain
from schemas.journal.clock_events import ClockChange, TimerFired
from schemas.journal.entry import TimerCause
from schemas.state.case import Clock, Timer
from schemas.values.terms import ClockEvent, ClockKind, TimerKind

_OUT: Final = "the ladder reaches beyond the calendar"
_WHOLE_PERCENT: Final = 100
_AS_IT_WAS: Final = frozenset({ClockEvent.EXTENDED, ClockEvent.RECOMPUTED})
"""They leave the people above the last rung to be told when they were."""


class TimersFired:
    """I2, I10, I12: what fires, what should have, and that every open case has something due."""

    def __init__(self, ground: CheckContext) -> None:
        self._ground = ground
        self._holds = ground.found.holds
        self._heap: list[tuple[datetime, str]] = []
        self._told: set[tuple[datetime, str]] = set()
        self._next: tuple[datetime, str] | None = None

    def turn(self, turn: JoinedEntry, touched: Sequence[Touched]) -> None:
        """An entry; the cases are as they are after it, but what was due first was noted before it."""
        cause, first = turn.entry.cause, self._next
        if isinstance(cause, TimerCause):
            one = next((one for one in touched if one.after.case_id == cause.case_id), None)
            self._fired(turn, cause, one)
            if first is not None and cause.timer is not TimerKind.RULES_CHANGED:
                self._in_turn(turn, first, cause.due_at)
        elif first is not None:
            self._in_turn(turn, first, turn.entry.at, or_at_once=True)
        for one in touched:
            self._armed(turn, one)
        self._next = self._first()

    def end(self, join: Join) -> None:
        """Nothing is left to be said: what is due at the end may fire next."""

    def _in_turn(
        self, turn: JoinedEntry, first: tuple[datetime, str], until: datetime, *, or_at_once: bool = False
    ) -> None:
        """Nothing that was due earlier was passed over."""
        due_at, case_id = first
        waits = due_at > until or (due_at == until and not or_at_once)
        if waits or first not in self._told:
            self._holds("timer_passed_over", waits, turn.place, case_id, due=due_at.isoformat())
            self._told.add(first)

    def _first(self) -> tuple[datetime, str] | None:
        """What is due first; what is no longer so is dropped."""
        while self._heap:
            due_at, case_id = self._heap[0]
            case = self._ground.fold.cases.get(case_id)
            if case is not None and case.wake() == due_at:
                return self._heap[0]
            heapq.heappop(self._heap)
        return None

    def _fired(self, turn: JoinedEntry, cause: TimerCause, one: Touched | None) -> None:
        place, case_id = turn.place, cause.case_id
        words = {
            "timer": cause.timer.value,
            "clock": _clock(cause.clock, cause.name),
            "due": cause.due_at.isoformat(),
        }
        if one is None or one.before is None:
            unread = not self._ground.is_whole or case_id in self._ground.fold.strangers
            self._holds("timer_of_nobody", unread, place, case_id, **words)
            return
        known = is_armed(one.before, cause, turn)
        self._holds("timer_not_armed", known, place, case_id, **words)
        self._holds("timer_early", turn.entry.at >= cause.due_at, place, case_id, **words)
        event = one.event("timer_fired")
        late_s = int((turn.entry.at - cause.due_at).total_seconds())
        if not isinstance(event, TimerFired) or not _is_of(event.timer, cause):
            self._holds("timer_other_event", False, place, case_id, **words)
            return
        self._holds("timer_lateness", event.late_s == max(0, late_s), place, case_id, **words)
        self._ground.found.late_s.append(max(0, late_s))
        if event.timer.level is not None:
            clock = one.before.clocks.get((event.timer.clock or ClockKind.WHOLE, event.timer.name))
            visit = (cause.clock, cause.name, clock and (clock.leg, clock.started_at), event.timer.level)
            self._holds("level_twice", visit not in one.before.fired, place, case_id, **words)
            one.after.fired |= {visit}

    def _armed(self, turn: JoinedEntry, one: Touched) -> None:
        case = one.after
        wake = case.wake()
        if wake is not None and not one.has("case_retired"):
            heapq.heappush(self._heap, (wake, case.case_id))
        self._holds(
            "case_forgotten", wake is not None or case.is_over, turn.place, case.case_id, stage=case.stage
        )
        if not self._ground.measures(turn, Invariant.I10):
            return
        for change in changes_of(one):
            if change.clock.stopped_at is None:
                self._climbed(turn, one, change)

    def _climbed(self, turn: JoinedEntry, one: Touched, change: ClockChange) -> None:
        case, clock = one.after, change.clock
        words = {"clock": _clock(clock.kind, clock.name), "wake": clock.wake_at}
        ladder = ExpectedRungs(self._ground.yardstick, case, clock)
        try:
            wake = ladder.wake(None if change.change in _AS_IT_WAS else moment(turn, one))
            self._holds("rung_wrong", wake is None or clock.wake_at == wake, turn.place, case.case_id,
                        right=wake, **words)  # fmt: skip
            event = one.event("timer_fired")
            if (
                isinstance(event, TimerFired)
                and event.timer.level is not None
                and _belongs(event.timer, clock)
            ):
                was = one.before.clocks.get((clock.kind, clock.name), clock) if one.before else clock
                told = ExpectedRungs(self._ground.yardstick, case, was).climbed(event.timer.due_at)
                right = (event.timer.level, event.timer.kind, clock.rung) == told
                self._holds("level_wrong", right, turn.place, case.case_id, level=event.timer.level, **words)
        except OutOfYears:
            self._ground.found.skip((Invariant.I10,), _OUT)


class ExpectedRungs:
    """Who is to be told when, for a clock as it is."""

    def __init__(self, yardstick: AuditRules, case: CaseMemory, clock: Clock) -> None:
        self._clock = clock
        self._rule: AuditClockRule = yardstick.rule(case.facts, clock.kind, clock.name)
        self._hours = yardstick.hours(clock.roster)
        self._duty = yardstick.hours(yardstick.duty_of(case.street, case.team))
        self._severity = case.facts.severity

    def wake(self, again_from: datetime | None) -> datetime | None:
        """When the next rung comes up; above the last one so long after `again_from` as the ladder says, None without."""
        left = self._rule.rungs[self._clock.rung :]
        if left:
            return instant_of(min(self._waited(left)))
        if again_from is None:
            return None
        at = self._hours.after(number_of(again_from), self._rule.every).at
        return instant_of(self._duty.next_work_time(at))

    def climbed(self, due_at: datetime) -> tuple[int, TimerKind, int] | None:
        """Of the clock before it woke somebody at `due_at`: the highest rung whose time has come, and how many are behind then."""
        number, rungs = self._clock.rung, self._rule.rungs
        if number >= len(rungs):
            return None
        while number + 1 < len(rungs) and self._due(rungs[number + 1]) <= number_of(due_at):
            number += 1
        rung = rungs[number]
        kind = TimerKind.ESCALATION if rung.after else TimerKind.BREACH
        return rung.level, TimerKind.WARNING if rung.percent < _WHOLE_PERCENT else kind, number + 1

    def _waited(self, rungs: Sequence[AuditRung]) -> Iterator[int]:
        """When each comes up: not before somebody is on duty, but for what is told at once."""
        first: int | None = None
        for rung in rungs:
            due = self._due(rung)
            if first is not None and due > first:
                return  # rungs rise: the others come later still
            at = due if self._severity in rung.at_once else self._duty.next_work_time(due)
            first = at if first is None else min(first, at)
            yield at

    def _due(self, rung: AuditRung) -> int:
        clock = self._clock
        if rung.percent >= _WHOLE_PERCENT:
            at = number_of(clock.due_at)
        else:
            start, limit = number_of(clock.started_at), plain(clock.limit)
            at = self._hours.mark(start, limit, moves_of(clock.moves), rung.percent)
        return self._hours.after(at, rung.after).at if rung.after else at


def is_armed(case: CaseMemory, cause: TimerCause, turn: JoinedEntry) -> bool:
    """Whether an earlier entry armed what fires here, and none disarmed it."""
    if cause.timer is TimerKind.RULES_CHANGED:
        return case.rules_version != turn.entry.rules_version
    if cause.clock is None:
        return any(
            (one.kind, one.due_at, one.clock) == (cause.timer, cause.due_at, None) for one in case.timers
        )
    clock = case.clocks.get((cause.clock, cause.name))
    return clock is not None and clock.stopped_at is None and clock.wake_at == cause.due_at


def _is_of(timer: Timer, cause: TimerCause) -> bool:
    return (timer.kind, timer.clock, timer.name, timer.due_at) == (
        cause.timer, cause.clock, cause.name, cause.due_at,
    )  # fmt: skip


def _belongs(timer: Timer, clock: Clock) -> bool:
    return (timer.clock, timer.name) == (clock.kind, clock.name)


def _clock(kind: ClockKind | None, name: str | None) -> str:
    return " ".join(part for part in (kind.value if kind else None, name) if part) or "-"
