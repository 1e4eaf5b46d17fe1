"""I2 and I10 of timers, I12: each was armed and fires once, at its rung, not early, and before anything due later.

Ladders are climbed here a second time: which rung comes next, and when, follows from the clock and the rules.
"""

import heapq
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from pipeline.audit.checks.check_context import CheckContext
from pipeline.audit.checks.deadlines import changes_of, moment
from pipeline.audit.findings import Invariant
from pipeline.audit.log.entry_join import Join, JoinedEntry
from pipeline.audit.model.audit_tables import UNHELD
from pipeline.audit.model.case_memory import CaseMemory
from pipeline.audit.model.clock_deadlines import hotline_deadline, moves_of
from pipeline.audit.model.fold import Touched
from pipeline.audit.model.oracle import Halt, OutOfYears, instant_of, number_of
from pipeline.audit.model.rules_reader import AuditClockRule, AuditRules, AuditRung, plain
from schemas.journal.clock_events import ClockChange, TimerFired
from schemas.journal.entry import RecordCause, TimerCause
from schemas.journal.joint_events import TaskHandedOver
from schemas.state.case import Clock, Timer
from schemas.values.terms import ClockEvent, ClockKind, RequestKind, TimerKind

_BEYOND_CALENDAR: Final = "the ladder reaches beyond the calendar"
_WHOLE_PERCENT: Final = 100
_KEEP_REPEAT_TIME: Final = frozenset({ClockEvent.EXTENDED, ClockEvent.RECOMPUTED})
"""These changes keep the time of the next repeated notice above the last rung."""


class TimersFired:
    """I2, I10, I12: what fires, what should have, and that every open case has something due."""

    def __init__(self, context: CheckContext) -> None:
        self._context = context
        self._holds = context.findings.holds
        self._heap: list[tuple[datetime, str]] = []
        self._reported: set[tuple[datetime, str]] = set()
        self._next: tuple[datetime, str] | None = None

    def check_entry(self, joined: JoinedEntry, touched_cases: Sequence[Touched]) -> None:
        """An entry; the cases are as they are after it, but what was due first was noted before it."""
        cause, first = joined.entry.cause, self._next
        if isinstance(cause, TimerCause):
            touched = next(
                (touched for touched in touched_cases if touched.after.case_id == cause.case_id), None
            )
            self._fired(joined, cause, touched)
            if first is not None and cause.timer is not TimerKind.RULES_CHANGED:
                self._none_passed_over(joined, first, cause.due_at)
        elif first is not None and isinstance(cause, RecordCause):
            self._none_passed_over(joined, first, joined.entry.at, or_at_once=True)
        for touched in touched_cases:
            self._armed(joined, touched)
        self._next = self._first()

    def end(self, join: Join) -> None:
        """Nothing is left to check: what is due at the end may fire next."""

    def _none_passed_over(
        self, joined: JoinedEntry, first: tuple[datetime, str], until: datetime, *, or_at_once: bool = False
    ) -> None:
        """Nothing that was due earlier was passed over."""
        due_at, case_id = first
        waits = due_at > until or (due_at == until and not or_at_once)
        if waits or first not in self._reported:
            self._holds("timer_passed_over", waits, joined.place, case_id, due=due_at)
            self._reported.add(first)

    def _first(self) -> tuple[datetime, str] | None:
        """The earliest wake-up of the partition; outdated ones are dropped."""
        while self._heap:
            due_at, case_id = self._heap[0]
            case = self._context.fold.cases.get(case_id)
            if case is not None and case.wake() == due_at:
                return self._heap[0]
            heapq.heappop(self._heap)
        return None

    def _fired(self, joined: JoinedEntry, cause: TimerCause, touched: Touched | None) -> None:
        place, case_id = joined.place, cause.case_id
        words = {
            "timer": cause.timer.value,
            "clock": _clock_name(cause.clock, cause.name),
            "due": cause.due_at,
        }
        if touched is None or touched.before is None:
            unread = not self._context.is_whole or case_id in self._context.fold.strangers
            self._holds("timer_of_nobody", unread, place, case_id, **words)
            return
        armed = is_armed(touched.before, cause, joined)
        self._holds("timer_not_armed", armed, place, case_id, **words)
        self._holds("timer_early", joined.entry.at >= cause.due_at, place, case_id, **words)
        event = touched.event("timer_fired")
        noticed_at = joined.entry.decided_at or joined.entry.at
        late_s = int((noticed_at - cause.due_at).total_seconds())
        if not isinstance(event, TimerFired) or not _is_of(event.timer, cause):
            self._holds("timer_other_event", False, place, case_id, **words)
            return
        self._holds("timer_lateness", event.late_s == max(0, late_s), place, case_id, **words)
        self._context.findings.late_s.append(max(0, late_s))
        if event.timer.level is not None:
            clock = touched.before.clocks.get((event.timer.clock or ClockKind.WHOLE, event.timer.name))
            visit = (cause.clock, cause.name, clock and (clock.leg, clock.started_at), event.timer.level)
            self._holds("level_twice", visit not in touched.before.fired, place, case_id, **words)
            touched.after.fired |= {visit}

    def _armed(self, joined: JoinedEntry, touched: Touched) -> None:
        case = touched.after
        wake = case.wake()
        if wake is not None and not touched.has("case_retired"):
            heapq.heappush(self._heap, (wake, case.case_id))
        self._holds(
            "case_forgotten", wake is not None or case.is_over, joined.place, case.case_id, stage=case.stage
        )
        if not self._context.measures(joined, Invariant.I10):
            return
        for change in changes_of(touched):
            if change.clock.stopped_at is None:
                self._climbed(joined, touched, change)

    def _climbed(self, joined: JoinedEntry, touched: Touched, change: ClockChange) -> None:
        case, clock = touched.after, change.clock
        words = {"clock": _clock_name(clock.kind, clock.name), "wake": clock.wake_at}
        previous = touched.before.clocks.get((clock.kind, clock.name), clock) if touched.before else clock
        ladder = ExpectedRungs(self._context.audit_rules, case, clock)
        try:
            wake = ladder.wake(None if change.change in _KEEP_REPEAT_TIME else moment(joined, touched))
            if wake is None:  # above its ladder
                wake = previous.wake_at
            self._holds("rung_wrong", clock.wake_at == wake, joined.place, case.case_id, right=wake, **words)
            event = touched.event("timer_fired")
            if (
                isinstance(event, TimerFired)
                and event.timer.level is not None
                and _belongs(event.timer, clock)
            ):
                before = ExpectedRungs(self._context.audit_rules, case, previous)
                expected = before.climbed(event.timer.due_at)
                right = (event.timer.level, event.timer.kind, clock.rung) == expected
                self._holds(
                    "level_wrong", right, joined.place, case.case_id, level=event.timer.level, **words
                )
        except OutOfYears:
            self._context.findings.skip((Invariant.I10,), _BEYOND_CALENDAR)


class ExpectedRungs:
    """When a clock must wake somebody: its ladder, climbed by the rules."""

    def __init__(self, audit_rules: AuditRules, case: CaseMemory, clock: Clock) -> None:
        self._clock = clock
        self._rule: AuditClockRule = audit_rules.rule(case.facts, clock.kind, clock.name)
        self._hours = audit_rules.hours(clock.roster)
        self._duty = audit_rules.hours(audit_rules.duty_of(case.street, _on_whom(audit_rules, case, clock)))
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
        """When each rung comes up: in duty hours only, unless its severity is notified at once."""
        first: int | None = None
        for rung in rungs:
            due = self._due(rung)
            if first is not None and due > first:
                return  # rungs rise: the others come later still
            at = due if self._severity in rung.at_once else self._duty.next_work_time(due)
            first = at if first is None else min(first, at)
            yield at

    def _due(self, rung: AuditRung) -> int:
        clock, moves = self._clock, moves_of(self._clock.moves)
        if rung.percent < _WHOLE_PERCENT:
            start, limit, theirs = number_of(clock.started_at), plain(clock.limit), hotline_deadline(clock)
            return self._hours.mark(start, limit, moves, rung.percent, theirs)
        due = number_of(clock.due_at)
        if rung.after is None:
            return due
        stood = tuple(move for move in moves if isinstance(move, Halt) and move.at >= due)
        return self._hours.deadline(
            due, rung.after, stood
        ).at  # a clock of its own, which stands with the other


def _on_whom(audit_rules: AuditRules, case: CaseMemory, clock: Clock) -> str | None:
    """Who is to act before the clock is over: a post, or the team that holds the case; None while nobody does."""
    match clock.kind:
        case ClockKind.DECIDE:
            return audit_rules.approver(RequestKind(clock.name or ""))
        case ClockKind.VERIFY:
            return audit_rules.posts["verification"]
        case ClockKind.CALLBACK:
            return audit_rules.posts["callback"]
    return None if case.stage in UNHELD else case.team


def is_armed(case: CaseMemory, cause: TimerCause, joined: JoinedEntry) -> bool:
    """Whether an earlier entry armed what fires here, and none disarmed it."""
    if cause.timer is TimerKind.REQUEST_LAPSED:
        return any((lapse.due_at, lapse.name) == (cause.due_at, cause.name) for lapse in case.lapses())
    if cause.timer is TimerKind.RULES_CHANGED:
        handed_over = any(isinstance(event, TaskHandedOver) for event in joined.entry.events)
        return handed_over or case.rules_version != joined.entry.rules_version
    if cause.clock is None:
        return any(
            (timer.kind, timer.due_at, timer.clock) == (cause.timer, cause.due_at, None)
            for timer in case.timers
        )
    clock = case.clocks.get((cause.clock, cause.name))
    return clock is not None and clock.stopped_at is None and clock.wake_at == cause.due_at


def _is_of(timer: Timer, cause: TimerCause) -> bool:
    return (timer.kind, timer.clock, timer.name, timer.due_at) == (
        cause.timer, cause.clock, cause.name, cause.due_at,
    )  # fmt: skip


def _belongs(timer: Timer, clock: Clock) -> bool:
    return (timer.clock, timer.name) == (clock.kind, clock.name)


def _clock_name(kind: ClockKind | None, name: str | None) -> str:
    return " ".join(part for part in (kind.value if kind else None, name) if part) or "-"
