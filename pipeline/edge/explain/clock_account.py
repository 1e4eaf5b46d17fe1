"""The ledger of a case's clocks: what each interval cost, what moved the deadline, who was told, and what comes next.

A pure function of the case's journal, the rules and an instant. The arithmetic is the core's (`pipeline.core.worktime.clock_arithmetic`).

    started_at ──ran── · ──stood── · ──ran── now ─ ─ left ─ ─ due_at
                                                   ran + left = allowed, to the second

Lengths are whole seconds of the clock's own time, cut so that what is added up is never off by one: an interval is what
the sum up to its end has more than the sum up to its begin.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from msgspec.structs import replace

from pipeline.core.case.stage_table import STAGE_TABLE
from pipeline.core.case.turn import Turn
from pipeline.core.clocks import running_clocks
from pipeline.core.clocks.legal_limits import is_tested
from pipeline.core.outputs import notices
from pipeline.core.rules.rules import Rules
from pipeline.core.worktime import clock_arithmetic
from pipeline.core.worktime.office_hours import WorkCalendar
from pipeline.core.worktime.policy import ClockMode, span_of, text_of
from pipeline.edge.explain.case_history import HistoryStep, cause, deeds, steps
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
from schemas.journal.clock_events import CaseExtended, ClocksChanged, RequestDecided, TimerFired
from schemas.journal.entry import JournalEntry
from schemas.state.case import Case, Clock, Suspension
from schemas.values.terms import ClockEvent, ClockKind


def ledger(entries: Iterable[JournalEntry], rules: Rules, at: datetime) -> ClockAccount | None:
    """The ledger as it stood at `at`, from the entries of one case up to then; None if it was not open yet.

    Raises:
        NoBeginning: the entries do not begin with the opening of the case.
    """
    history = steps(entry for entry in entries if entry.at <= at)
    if not history:
        return None
    case = history[-1].after
    book = _Book(rules, history, case, at)
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
        suspension=case.suspension,
        clocks=tuple(_row(book, visit) for visit in _visits(history)),
        timers=case.timers,
        story=tuple(deeds(history)),
    )


class _Book(NamedTuple):
    """What every row is made from."""

    rules: Rules
    history: Sequence[HistoryStep]
    case: Case
    at: datetime


class _Change(NamedTuple):
    """Something became of a clock; `clock` is the clock after it."""

    step: HistoryStep
    what: ClockEvent
    clock: Clock


class _Visit(NamedTuple):
    """A clock from its start until it is begun anew: its changes, what was fired, and the step that replaced it."""

    changes: list[_Change]
    fired: list[tuple[HistoryStep, TimerFired]]
    replaced: list[HistoryStep]

    @property
    def clock(self) -> Clock:
        """As it is now; one that another replaced ended there."""
        clock = self.changes[-1].clock
        if not self.replaced:
            return clock
        return replace(clock, stopped_at=clock.stopped_at or self.replaced[0].at, wake_at=None)

    @property
    def ended(self) -> HistoryStep:
        """The step that stopped it, or that began it anew."""
        stops = [one.step for one in self.changes if one.what is ClockEvent.STOPPED]
        return stops[-1] if stops else self.replaced[0]


def _visits(history: Iterable[HistoryStep]) -> list[_Visit]:
    """In the order they began."""
    found: list[_Visit] = []
    latest: dict[running_clocks.Key, _Visit] = {}
    for step in history:
        for event in step.events:
            if isinstance(event, TimerFired) and event.timer.clock:
                latest[event.timer.clock, event.timer.name].fired.append((step, event))
            elif isinstance(event, ClocksChanged):
                for one in event.changes:
                    key = (one.clock.kind, one.clock.name)
                    if one.change is ClockEvent.STARTED:
                        if key in latest:
                            latest[key].replaced.append(step)
                        latest[key] = _Visit([], [], [])
                        found.append(latest[key])
                    latest[key].changes.append(_Change(step, one.change, one.clock))
    return found


def _row(book: _Book, visit: _Visit) -> ClockRow:
    rules, case, clock = book.rules, book.case, visit.clock
    calendar = rules.hours_of(clock.roster)
    service = rules.service_of(case.facts.opened_at)
    state = _state(book, visit, clock)
    allowed = _seconds(clock_arithmetic.allowed(calendar, clock))
    ran = _seconds(clock_arithmetic.used(calendar, clock, book.at))
    deadlines = tuple(_deadlines(visit, calendar))
    fired = tuple(_climbed(book, step, event) for step, event in visit.fired)
    zh, en, law = _named(book, clock)
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
        intervals=tuple(_intervals(book, visit, calendar)),
        allowed_s=allowed,
        limit_s=allowed - sum(one.more_s for one in deadlines),
        ran_s=ran,
        left_s=allowed - ran,
        due_at=clock.due_at,
        provisional=clock.provisional,
        due_if_it_went_on=_if_it_went_on(calendar, clock, book.at) if state is IntervalState.STOOD else None,
        deadlines=deadlines,
        climbed=fired,
        passed_over=_passed_over(book, clock, fired),
        next=_next(book, clock),
    )


def _state(book: _Book, visit: _Visit, clock: Clock) -> IntervalState:
    """What it does now. A clock that was stopped may go on if that was a suspension, or if its step may come again."""
    case = book.case
    if clock.stopped_at is None:
        return IntervalState.RAN
    if not visit.replaced and is_tested(case, clock):
        return IntervalState.STOOD
    if visit.replaced or STAGE_TABLE[case.stage].is_terminal or clock.kind is ClockKind.LEGAL:
        return IntervalState.OVER
    if case.suspension is not None and clock.stopped_at >= case.suspension.since:
        return IntervalState.STOOD
    if clock.kind is ClockKind.STAGE and clock.name in case.stages_done:
        return IntervalState.OVER
    rule = book.rules.service_of(case.facts.opened_at).clocks[clock.kind]
    return IntervalState.STOOD if rule.measure is ClockMode.CUMULATIVE else IntervalState.OVER


def _intervals(book: _Book, visit: _Visit, calendar: WorkCalendar) -> Iterator[Interval]:
    """From the start until now, without a gap; those that took no time are left out."""
    clock, spent = visit.clock, dict.fromkeys(IntervalState, timedelta())
    for one in _pieces(book, visit, clock):
        if one.begin == one.end:
            continue
        before = spent[one.state]
        if one.state is not IntervalState.OVER:
            spent[one.state] += _own(calendar, clock, one.begin, one.end)
        yield one._replace(own_s=_seconds(spent[one.state]) - _seconds(before))


def _pieces(book: _Book, visit: _Visit, clock: Clock) -> Iterator[Interval]:
    begin = clock.started_at
    for move in clock.moves:
        if move.until is not None:
            yield Interval(IntervalState.RAN, begin, move.at, 0)
            yield from _stood(book, clock, move.at, move.until)
            begin = move.until
    if clock.stopped_at is None:
        yield Interval(IntervalState.RAN, begin, book.at, 0)
        return
    yield Interval(IntervalState.RAN, begin, clock.stopped_at, 0)
    if _state(book, visit, clock) is IntervalState.STOOD:
        yield from _stood(book, clock, clock.stopped_at, book.at)
    else:
        yield Interval(IntervalState.OVER, clock.stopped_at, book.at, 0, by=cause(visit.ended))


def _stood(book: _Book, clock: Clock, begin: datetime, end: datetime) -> Iterator[Interval]:
    """One interval for each stage at which the case was meanwhile; what the law counts stands for no stage."""
    if clock.kind is ClockKind.LEGAL:
        yield Interval(IntervalState.STOOD, begin, end, 0, by="measure_moved")
        return
    cuts = [
        step.at
        for step in book.history
        if begin < step.at < end and step.before and step.before.stage is not step.after.stage
    ]
    for since, until in zip((begin, *cuts), (*cuts, end), strict=True):
        case = [step for step in book.history if step.at <= since][-1].after
        asked = _asked_by(book.history, case.suspension) if case.suspension else None
        yield Interval(IntervalState.STOOD, since, until, 0, case.stage, case.suspension, asked)


def _asked_by(history: Iterable[HistoryStep], suspension: Suspension) -> str | None:
    """Who asked for what was granted then."""
    for step in history:
        if step.after.suspension == suspension and step.before and step.before.request:
            return step.before.request.by
    return None


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
    return moved._replace(
        more=move.by,
        more_s=_seconds(_own(calendar, was, was.due_at, change.clock.due_at)),
        reason=move.why,
        asked_by=step.before.request.by if step.before and step.before.request else None,
        by=granted[0].by if granted else None,
    )


def _climbed(book: _Book, step: HistoryStep, event: TimerFired) -> Climbed:
    rung = _rung(book.rules, step.after, event, step)
    return rung._replace(at=step.at, late_s=event.late_s, rules_version=step.entry.rules_version)


def _next(book: _Book, clock: Clock) -> Climbed | None:
    """The rung that is armed, and whom it would tell if it fired now."""
    if clock.wake_at is None:
        return None
    case = replace(book.case, clocks=(clock,), timers=())
    fired = TimerFired(case_id=case.case_id, timer=running_clocks.next_timer(book.rules, case), late_s=0)
    return _rung(book.rules, book.case, fired, book.history[-1])


def _rung(rules: Rules, case: Case, event: TimerFired, step: HistoryStep) -> Climbed:
    entry, timer = step.entry, event.timer
    turn = Turn(entry.partition, entry.epoch, entry.seq, entry.at)
    told = notices.of_events(rules, turn, case, [event])
    rung = running_clocks.rung_of(rules, case, timer) if timer.level is not None else None
    return Climbed(
        kind=timer.kind,
        level=timer.level,
        percent=timer.percent,
        after=text_of(rung.after) if rung and rung.after else None,
        due_at=timer.due_at,
        at=None,
        late_s=0,
        tells=tuple(notice.to for notice in told),
        paper=rung.paper if rung else None,
        rules_version=None,
    )


def _passed_over(book: _Book, clock: Clock, fired: Iterable[Climbed]) -> tuple[int, ...]:
    """A claim lapses instead of climbing."""
    if clock.kind is ClockKind.CLAIM:
        return ()
    ladder = book.rules.service_of(book.case.facts.opened_at).clocks[clock.kind].ladder
    climbed = {one.level for one in fired}
    return tuple(rung.level for rung in ladder.rungs[: clock.rung] if rung.level not in climbed)


def _named(book: _Book, clock: Clock) -> tuple[str | None, str | None, str | None]:
    """What the rules call it in Chinese and English, and the article of the law that sets it."""
    if clock.kind is ClockKind.LEGAL:
        for limit in book.rules.legal:
            if limit.name == clock.name:
                return limit.name_zh, None, " ".join((limit.law, *filter(None, (limit.article,))))
    elif clock.kind is ClockKind.STAGE:
        stages = book.rules.service_of(book.case.facts.opened_at).stages
        for stage in stages.get(book.case.facts.matter, ()):
            if stage.name == clock.name:
                return stage.name_zh, None, None
    elif clock.name is not None:
        for department in book.rules.departments.values():
            if running_clocks.clock_name(department.id) == clock.name:
                return department.name_zh, department.name_en, None
    return None, None, None


def _hours(clock: Clock) -> str:
    return (clock.roster or OFFICE) if clock_arithmetic.counts_work(span_of(clock.limit)) else DAY_AND_NIGHT


def _if_it_went_on(calendar: WorkCalendar, clock: Clock, at: datetime) -> datetime:
    return clock_arithmetic.go_on(calendar, clock, at, IntervalState.STOOD.value).due_at


def _own(calendar: WorkCalendar, clock: Clock, begin: datetime, end: datetime) -> timedelta:
    """How much of the clock's own time lies between the two."""
    return clock_arithmetic.used(calendar, replace(clock, started_at=begin, stopped_at=None, moves=()), end)


def _seconds(span: timedelta) -> int:
    return span // timedelta(seconds=1)
