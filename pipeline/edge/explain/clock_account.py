"""The account of a case's clocks: what each interval cost, what moved the deadline, who was notified, what comes next.

A pure function of the case's journal, the rules and an instant. The arithmetic is the core's (`pipeline.core.worktime.clock_arithmetic`).

    started_at ──ran── · ──stood── · ──ran── now ─ ─ left ─ ─ due_at
                                                   ran + left = allowed, to the second

Lengths are whole seconds of the clock's own time. They add up exactly: the length of an interval is the sum up to its end less
the sum up to its begin, each cut to seconds.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from msgspec.structs import replace

from pipeline.core.case.open_requests import request_of
from pipeline.core.case.stage_table import STAGE_TABLE
from pipeline.core.case.turn import Turn
from pipeline.core.clocks import partner_clocks, running_clocks, unit_limits
from pipeline.core.clocks.halts import is_suspended, is_tested
from pipeline.core.clocks.legal_limits import limit_of
from pipeline.core.outputs import notices
from pipeline.core.rules.rules import Rules
from pipeline.core.worktime import clock_arithmetic
from pipeline.core.worktime.office_hours import WorkCalendar
from pipeline.core.worktime.policy import SCALED_KINDS, ClockMode, span_of, text_of
from pipeline.edge.explain.case_history import HistoryStep, cause, history_events, steps
from pipeline.edge.explain.clock_account_rows import (
    DAY_AND_NIGHT,
    OFFICE,
    Climbed,
    ClockAccount,
    ClockRow,
    DeadlineMove,
    Interval,
    IntervalState,
)
from pipeline.words.field_words import REQUESTS, Lang
from schemas.journal.clock_events import CaseExtended, ClocksChanged, RequestDecided, TimerFired
from schemas.journal.entry import JournalEntry
from schemas.state.case import Case, Clock, Suspension
from schemas.values.terms import ClockEvent, ClockKind, RequestKind


def clock_account(entries: Iterable[JournalEntry], rules: Rules, at: datetime) -> ClockAccount | None:
    """The account as it stood at `at`, from the entries of one case up to then; None if it was not open yet.

    Raises:
        NoBeginning: the entries do not begin with the opening of the case.
    """
    history = steps(_up_to(entries, at))
    if not history:
        return None
    case = history[-1].after
    basis = _Basis(rules, history, case, at)
    return ClockAccount(
        case_id=case.case_id,
        at=at,
        matter=case.facts.matter,
        severity=case.facts.severity,
        street=case.street,
        stage=case.stage,
        opened_at=case.facts.opened_at,
        edition=rules.service_of(case.facts.opened_at).effective,
        rules_version=case.rules_version,
        explained_by=rules.version,
        request=case.request,
        further_requests=case.further_requests,
        suspension=case.suspension,
        clocks=tuple(_row(basis, visit) for visit in _visits(history)),
        timers=case.timers,
        story=tuple(history_events(history)),
    )


class _Basis(NamedTuple):
    """The input of every row."""

    rules: Rules
    history: Sequence[HistoryStep]
    case: Case
    at: datetime


class _Change(NamedTuple):
    """A change of a clock; `clock` is the clock after it."""

    step: HistoryStep
    what: ClockEvent
    clock: Clock


class _Visit(NamedTuple):
    """A clock from its start until it is started anew: its changes, the timers fired, and the step that replaced it."""

    changes: list[_Change]
    fired: list[tuple[HistoryStep, TimerFired]]
    replaced: list[HistoryStep]

    @property
    def clock(self) -> Clock:
        """The clock as it is now; a replaced one stopped when it was replaced."""
        clock = self.changes[-1].clock
        if not self.replaced:
            return clock
        return replace(clock, stopped_at=clock.stopped_at or self.replaced[0].at, wake_at=None)

    @property
    def ended(self) -> HistoryStep:
        """The step that stopped it, or that began it anew."""
        stops = [change.step for change in self.changes if change.what is ClockEvent.STOPPED]
        return stops[-1] if stops else self.replaced[0]


def _visits(history: Iterable[HistoryStep]) -> list[_Visit]:
    """In the order they began."""
    visits: list[_Visit] = []
    latest: dict[running_clocks.Key, _Visit] = {}
    for step in history:
        for event in step.events:
            if isinstance(event, TimerFired) and event.timer.clock:
                latest[event.timer.clock, event.timer.name].fired.append((step, event))
            elif isinstance(event, ClocksChanged):
                for change in event.changes:
                    key = (change.clock.kind, change.clock.name)
                    if change.change is ClockEvent.STARTED:
                        if key in latest:
                            latest[key].replaced.append(step)
                        latest[key] = _Visit([], [], [])
                        visits.append(latest[key])
                    latest[key].changes.append(_Change(step, change.change, change.clock))
    return visits


def _row(basis: _Basis, visit: _Visit) -> ClockRow:
    rules, case, clock = basis.rules, basis.case, visit.clock
    calendar = rules.hours_of(clock.roster)
    service = rules.service_of(case.facts.opened_at)
    state = _state(basis, visit, clock)
    allowed = _seconds(clock_arithmetic.allowed(calendar, clock))
    ran = _seconds(clock_arithmetic.used(calendar, clock, basis.at))
    deadlines = tuple(_deadlines(visit, calendar))
    fired = tuple(_climbed(basis, step, event) for step, event in visit.fired)
    zh, en, law = _named(basis, clock)
    percent = unit_limits.percent_of(rules, case) if clock.kind in SCALED_KINDS else None
    return ClockRow(
        kind=clock.kind,
        name=clock.name,
        name_zh=zh,
        name_en=en,
        law=law,
        leg=clock.leg,
        state=state,
        limit=clock.limit,
        hours=_hours(clock),
        measure=service.clocks[clock.kind].measure,
        edition=service.effective,
        rules_version=visit.changes[0].step.entry.rules_version,
        started_at=clock.started_at,
        intervals=tuple(_intervals(basis, visit, calendar)),
        allowed_s=allowed,
        limit_s=allowed - sum(move.more_s for move in deadlines),
        ran_s=ran,
        left_s=allowed - ran,
        due_at=clock.due_at,
        provisional=clock.provisional,
        due_if_it_went_on=_if_it_went_on(calendar, clock, basis.at) if state is IntervalState.STOOD else None,
        deadlines=deadlines,
        climbed=fired,
        passed_over=_passed_over(basis, clock, fired),
        next=_next(basis, clock),
        hotline_due_at=clock.hotline_due_at,
        own_due_at=clock_arithmetic.own_due(calendar, clock).at,
        unit=case.task.team if case.task and percent else None,
        unit_percent=percent,
    )


def _up_to(entries: Iterable[JournalEntry], at: datetime) -> Sequence[JournalEntry]:
    """All up to the last one of `at` or before: where the time was set back, those before it may be dated later."""
    listed = list(entries)
    while listed and listed[-1].at > at:
        listed.pop()
    return listed


def _state(basis: _Basis, visit: _Visit, clock: Clock) -> IntervalState:
    """Whether it runs, stands or is over. A stopped clock stands if a suspension stopped it, or if its step may come again."""
    case = basis.case
    if clock.stopped_at is None:
        return IntervalState.RAN
    if not visit.replaced and is_tested(case, clock):
        return IntervalState.STOOD
    if visit.replaced or STAGE_TABLE[case.stage].is_terminal or clock.kind is ClockKind.LEGAL:
        return IntervalState.OVER
    if is_suspended(basis.rules, case, clock):
        return IntervalState.STOOD
    if clock.kind is ClockKind.STAGE and clock.name in case.stages_done:
        return IntervalState.OVER
    rule = basis.rules.service_of(case.facts.opened_at).clocks[clock.kind]
    return IntervalState.STOOD if rule.measure is ClockMode.CUMULATIVE else IntervalState.OVER


def _intervals(basis: _Basis, visit: _Visit, calendar: WorkCalendar) -> Iterator[Interval]:
    """From the start until now, without a gap; intervals of no length are left out."""
    clock, spent = visit.clock, dict.fromkeys(IntervalState, timedelta())
    for piece in _pieces(basis, visit, clock):
        if piece.begin >= piece.end:  # a clock that began ahead of now has not run yet
            continue
        before = spent[piece.state]
        if piece.state is not IntervalState.OVER:
            spent[piece.state] += _own(calendar, clock, piece.begin, piece.end)
        yield piece._replace(own_s=_seconds(spent[piece.state]) - _seconds(before))


def _pieces(basis: _Basis, visit: _Visit, clock: Clock) -> Iterator[Interval]:
    begin = clock.started_at
    for move in clock.moves:
        if move.until is not None:
            yield Interval(IntervalState.RAN, begin, move.at, 0)
            yield from _stood(basis, clock, move.at, move.until)
            begin = move.until
    if clock.stopped_at is None:
        yield Interval(IntervalState.RAN, begin, basis.at, 0)
        return
    yield Interval(IntervalState.RAN, begin, clock.stopped_at, 0)
    if _state(basis, visit, clock) is IntervalState.STOOD:
        yield from _stood(basis, clock, clock.stopped_at, basis.at)
    else:
        yield Interval(IntervalState.OVER, clock.stopped_at, basis.at, 0, by=cause(visit.ended))


def _stood(basis: _Basis, clock: Clock, begin: datetime, end: datetime) -> Iterator[Interval]:
    """One interval for each stage that the case was in meanwhile; for a limit of the law, one interval."""
    if clock.kind is ClockKind.LEGAL:
        yield Interval(IntervalState.STOOD, begin, end, 0, by="measure_moved")
        return
    cuts = [
        step.at
        for step in basis.history
        if begin < step.at < end and step.before and step.before.stage is not step.after.stage
    ]
    for since, until in zip((begin, *cuts), (*cuts, end), strict=True):
        case = [step for step in basis.history if step.at <= since][-1].after
        requester = _asked_by(basis.history, case.suspension) if case.suspension else None
        yield Interval(IntervalState.STOOD, since, until, 0, case.stage, case.suspension, requester)


def _asked_by(history: Iterable[HistoryStep], suspension: Suspension) -> str | None:
    """Who asked for the suspension that was granted."""
    for step in history:
        if step.after.suspension == suspension and step.before:
            return _asker(step, RequestKind.SUSPENSION)
    return None


def _asker(step: HistoryStep, kind: RequestKind) -> str | None:
    """Who had asked for this when the step came."""
    asked = request_of(step.before, kind) if step.before else None
    return asked.by if asked else None


def _deadlines(visit: _Visit, calendar: WorkCalendar) -> Iterator[DeadlineMove]:
    was: Clock | None = None
    for change in visit.changes:
        clock, step = change.clock, change.step
        if was is None or (was.due_at, was.provisional, was.limit) != (
            clock.due_at,
            clock.provisional,
            clock.limit,
        ):
            moved = DeadlineMove(
                at=clock.started_at if was is None else step.at,
                why=change.what,
                due_at=clock.due_at,
                provisional=clock.provisional,
                limit=clock.limit,
                rules_version=step.entry.rules_version,
            )
            extended = was is not None and change.what is ClockEvent.EXTENDED
            yield _extension(moved, was, change, calendar) if was and extended else moved
        was = clock


def _extension(moved: DeadlineMove, was: Clock, change: _Change, calendar: WorkCalendar) -> DeadlineMove:
    move, step = change.clock.moves[-1], change.step
    granted = [event for event in step.events if isinstance(event, CaseExtended | RequestDecided)]
    decided = [event for event in step.events if isinstance(event, RequestDecided)]
    return moved._replace(
        more=move.by,
        more_s=_seconds(_own(calendar, was, was.due_at, change.clock.due_at)),
        reason=move.why,
        asked_by=_asker(step, decided[0].kind) if decided else None,
        by=granted[0].by if granted else None,
    )


def _climbed(basis: _Basis, step: HistoryStep, event: TimerFired) -> Climbed:
    rung = _rung(basis.rules, step.after, event, step)
    return rung._replace(at=step.at, late_s=event.late_s, rules_version=step.entry.rules_version)


def _next(basis: _Basis, clock: Clock) -> Climbed | None:
    """The armed rung, and whom it would notify if it fired now."""
    if clock.wake_at is None:
        return None
    case = replace(basis.case, clocks=(clock,), timers=(), request=None, further_requests=())
    fired = TimerFired(case_id=case.case_id, timer=running_clocks.next_timer(basis.rules, case), late_s=0)
    return _rung(basis.rules, basis.case, fired, basis.history[-1])


def _rung(rules: Rules, case: Case, event: TimerFired, step: HistoryStep) -> Climbed:
    entry, timer = step.entry, event.timer
    turn = Turn(entry.partition, entry.epoch, entry.seq, entry.at, entry.decided_at)
    sent = notices.of_events(rules, turn, case, [event])
    rung = running_clocks.rung_of(rules, case, timer) if timer.level is not None else None
    return Climbed(
        kind=timer.kind,
        level=timer.level,
        percent=timer.percent,
        after=text_of(rung.after) if rung and rung.after else None,
        due_at=timer.due_at,
        at=None,
        late_s=0,
        tells=tuple(notice.to for notice in sent),
        paper=rung.paper if rung else None,
        rules_version=None,
    )


def _passed_over(basis: _Basis, clock: Clock, fired: Iterable[Climbed]) -> tuple[int, ...]:
    """The levels that never fired although the ladder is past them. A claim lapses and has none."""
    if clock.kind is ClockKind.CLAIM:
        return ()
    ladder = basis.rules.service_of(basis.case.facts.opened_at).clocks[clock.kind].ladder
    climbed = {rung.level for rung in fired}
    return tuple(rung.level for rung in ladder.rungs[: clock.rung] if rung.level not in climbed)


def _named(basis: _Basis, clock: Clock) -> tuple[str | None, str | None, str | None]:
    """Its Chinese and English name in the rules, and the article of the law that sets the limit."""
    rules, facts = basis.rules, basis.case.facts
    match clock.kind:
        case ClockKind.LEGAL:
            limit = limit_of(rules, clock.kind, clock.name)
            law = " ".join((limit.law, *filter(None, (limit.article,)))) if limit else None
            return limit.name_zh if limit else None, None, law
        case ClockKind.STAGE:
            stages = rules.service_of(facts.opened_at).stages.get(facts.matter, ())
            return next((stage.name_zh for stage in stages if stage.name == clock.name), None), None, None
        case ClockKind.DECIDE:
            asked = REQUESTS[RequestKind(clock.name or "")]
            return asked[Lang.ZH], asked[Lang.EN], None
    for department in rules.departments.values() if clock.name is not None else ():
        if partner_clocks.clock_name(department.id) == clock.name:
            return department.name_zh, department.name_en, None
    return None, None, None


def _hours(clock: Clock) -> str:
    return (clock.roster or OFFICE) if clock_arithmetic.counts_work(span_of(clock.limit)) else DAY_AND_NIGHT


def _if_it_went_on(calendar: WorkCalendar, clock: Clock, at: datetime) -> datetime:
    return clock_arithmetic.go_on(calendar, clock, at, IntervalState.STOOD.value).due_at


def _own(calendar: WorkCalendar, clock: Clock, begin: datetime, end: datetime) -> timedelta:
    """The clock's own time from `begin` to `end`."""
    return clock_arithmetic.used(calendar, replace(clock, started_at=begin, stopped_at=None, moves=()), end)


def _seconds(span: timedelta) -> int:
    return span // timedelta(seconds=1)
