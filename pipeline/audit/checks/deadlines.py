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
from pipeline.audit.model.audit_tables import DEFERRING, PARTNER_RUNS, RUNNING, UNCLEAR
from pipeline.audit.model.case_memory import CaseMemory, Key
from pipeline.audit.model.clock_deadlines import (
    BOUND_BY_HOTLINE,
    as_begun,
    brought_along,
    deadline,
    is_counted_anew,
    without_hotline,
)
from pipeline.audit.model.fold import Touched
from pipeline.audit.model.oracle import OutOfYears, counts_work, instant_of, number_of
from pipeline.audit.model.procedure.penalty_order import is_current, lasts
from pipeline.audit.model.rules_reader import AuditRules, plain
from schemas.journal.clock_events import CaseExtended, ClockChange, ClocksChanged, MeasureMoved, PenaltyMoved
from schemas.journal.entry import TimerCause
from schemas.state.case import Clock
from schemas.values.penalty_terms import MeasureStep
from schemas.values.terms import ClockEvent, ClockKind, TimerKind

_BEYOND_CALENDAR: Final = "the deadline is beyond the calendar"
_EXTENDED_WITH_CASE: Final = frozenset({ClockKind.DISPOSE, ClockKind.STAGE, ClockKind.WHOLE})
_WHOLE: Final = frozenset({ClockKind.WHOLE})


class Arithmetic:
    """I8: when each clock is due, by which limit, and which clocks run."""

    def __init__(self, context: CheckContext) -> None:
        self._context = context
        self._holds = context.findings.holds

    def check_entry(self, joined: JoinedEntry, touched_cases: Sequence[Touched]) -> None:
        """An entry."""
        for touched in touched_cases:
            if not self._context.measures(joined, Invariant.I8):
                continue
            for change in changes_of(touched):
                self._computed(joined, touched.after, change)
            self._bounded(joined, touched.after)
            if touched.after.opening_was_read:
                self._running(joined, touched.after)

    def end(self, join: Join) -> None:
        """Nothing is left to check."""

    def _computed(self, joined: JoinedEntry, case: CaseMemory, change: ClockChange) -> None:
        clock, audit_rules = change.clock, self._context.audit_rules
        words = _words(clock)
        try:
            due = deadline(audit_rules, clock)
        except OutOfYears:
            self._context.findings.skip((Invariant.I8,), _BEYOND_CALENDAR)
            return
        right, place = instant_of(due.at), joined.place
        recorded = clock.due_at
        self._holds("deadline_wrong", right == clock.due_at, place, case.case_id, recorded=recorded,
                    right=right, **words)  # fmt: skip
        self._holds("provisional_wrong", due.provisional == clock.provisional, place, case.case_id, **words)
        anew = change.change is ClockEvent.ADOPTED and clock.started_at == joined.entry.at
        if anew or change.change in (ClockEvent.STARTED, ClockEvent.RECOMPUTED):
            limit = audit_rules.limit(case.facts_of(clock), clock.kind, clock.name, case.team)
            is_right = as_begun(audit_rules, limit, clock) == plain(clock.limit)
            self._holds("limit_wrong", is_right, place, case.case_id, limit=limit, **words)
        if change.change is ClockEvent.STARTED:
            rule = audit_rules.rule(case.facts, clock.kind)
            roster = audit_rules.duty_of(case.street, case.team) if rule.own_hours else None
            if clock.kind is ClockKind.LEGAL:
                roster = audit_rules.roster_of_law(clock.name)
            self._holds("roster_wrong", clock.roster == roster, place, case.case_id, roster=roster, **words)

    def _bounded(self, joined: JoinedEntry, case: CaseMemory) -> None:
        """The handling and the whole of an open case are over by the earliest deadline of a hotline that waits for it."""
        right = case.hotline_due_at()
        for clock in () if case.is_over else case.clocks.values():
            if clock.kind in BOUND_BY_HOTLINE:
                recorded, holds = clock.hotline_due_at, clock.hotline_due_at == right
                words = {"clock": clock.kind.value, "recorded": recorded or "-", "right": right or "-"}
                self._holds("hotline_deadline_wrong", holds, joined.place, case.case_id, **words)

    def _running(self, joined: JoinedEntry, case: CaseMemory) -> None:
        runs = {
            key
            for key, clock in case.clocks.items()
            if clock.stopped_at is None
            and clock.kind is not ClockKind.DECIDE  # `request_checks` has an eye on these
        }
        expected = set(clocks_to_run(self._context.audit_rules, case))
        words = {"runs": names_of(runs - expected), "lacks": names_of(expected - runs), "stage": case.stage}
        self._holds("other_clocks_run", runs == expected, joined.place, case.case_id, **words)
        for limit in self._context.audit_rules.legal:  # what counts anew
            clock = case.clocks.get((ClockKind.LEGAL, limit.name))
            if clock is not None and clock.stopped_at is None:
                is_anew = is_current(case, limit, clock)
                self._holds("limit_not_anew", is_anew, joined.place, case.case_id, **_words(clock))


class Reasons:
    """I9: what each change of a clock may change, the event that permits it, and that what hangs on a deadline moves with it."""

    def __init__(self, context: CheckContext) -> None:
        self._context = context
        self._holds = context.findings.holds

    def check_entry(self, joined: JoinedEntry, touched_cases: Sequence[Touched]) -> None:
        """An entry."""
        for touched in touched_cases:
            clocks = dict(touched.before.clocks) if touched.before else {}
            for change in changes_of(touched):
                key = (change.clock.kind, change.clock.name)
                self._moved(joined, touched, change, clocks.get(key))
                clocks[key] = change.clock
            self._all_moved(joined, touched)

    def end(self, join: Join) -> None:
        """Nothing is left to check."""

    def _moved(
        self, joined: JoinedEntry, touched: Touched, change: ClockChange, previous: Clock | None
    ) -> None:
        clock = change.clock
        words = _words(clock) | {"change": change.change.value}
        if change.change is not ClockEvent.STARTED and previous is None:
            self._holds(
                "moved_unstarted", touched.before is None, joined.place, touched.after.case_id, **words
            )
            return
        if not self._context.measures(joined, Invariant.I9):
            return
        allowed = _ALLOWED[change.change](
            self._context.audit_rules, joined, touched, clock, previous or clock
        )
        self._holds("moved_without_reason", allowed, joined.place, touched.after.case_id, **words)
        if previous is not None and change.change in _NEVER_EARLIER:
            later = clock.due_at >= previous.due_at
            self._holds("deadline_earlier", later, joined.place, touched.after.case_id, **words)

    def _all_moved(self, joined: JoinedEntry, touched: Touched) -> None:
        """What moves one deadline of a case moves every one that hangs on it."""
        left = set(self._left_by_more_time(joined, touched))
        has_rules = self._context.has_rules  # where they are not at hand `_moved` says so
        if has_rules and is_counted_anew(self._context.audit_rules, joined, touched):
            left.update(self._left_by_rules(touched.after))
        self._holds(
            "linked_left_behind", not left, joined.place, touched.after.case_id, clocks=names_of(left)
        )

    def _left_by_more_time(self, joined: JoinedEntry, touched: Touched) -> Iterator[Key]:
        """An extension is of the handling, the stages that are not done and the whole case; joint enforcement is time of the whole."""
        kinds, more, facts = frozenset[ClockKind](), None, touched.after.facts
        extended = touched.event("case_extended")
        if isinstance(extended, CaseExtended):
            kinds, more = _EXTENDED_WITH_CASE, plain(extended.more)
        elif touched.has("joint_started") and self._context.measures(joined, Invariant.I9):
            kinds, more = _WHOLE, self._context.audit_rules.limit(facts, ClockKind.JOINT, None, None)
        for key, clock in touched.before.clocks.items() if touched.before and more else ():
            if key[0] in kinds and clock.stopped_at is None:
                moves = touched.after.clocks[key].moves[len(clock.moves) :]
                if not any(move.by is not None and plain(move.by) == more for move in moves):
                    yield key

    def _left_by_rules(self, case: CaseMemory) -> Iterator[Key]:
        """Every clock that runs, or that a suspension halts, has the limit of the rules that hold now."""
        audit_rules = self._context.audit_rules
        goes_on = set(clocks_to_run(audit_rules, case))
        if case.stage == "suspended" and case.stage_before:
            resumed = case.copy()
            resumed.stage = case.stage_before
            goes_on.update(clocks_to_run(audit_rules, resumed))
        for key in goes_on & set(case.clocks):
            clock = case.clocks[key]
            if (
                key[0] is ClockKind.LEGAL and clock.roster != audit_rules.roster_of_law(clock.name)
            ) or as_begun(
                audit_rules, audit_rules.limit(case.facts_of(clock), *key, case.team), clock
            ) != plain(clock.limit):
                yield key


def clocks_to_run(audit_rules: AuditRules, case: CaseMemory) -> Iterator[Key]:
    """The clocks that must run in the present state of the case."""
    facts = case.facts
    kinds = list(RUNNING.get(case.stage, ()))
    if case.stage == "suspended" and case.stage_before:
        kinds = [
            kind for kind in RUNNING.get(case.stage_before, ()) if not audit_rules.rule(facts, kind).pausable
        ]
    if case.call_due and not case.is_over and case.stage != "awaiting_callback":
        kinds.append(ClockKind.CALLBACK)
    if not case.awaits_contact():
        kinds = [kind for kind in kinds if kind is not ClockKind.CONTACT]
    keys: list[Key] = [(kind, None) for kind in kinds]
    if ClockKind.DISPOSE in kinds:
        stages = audit_rules.edition(facts.opened_at).stages.get(facts.matter, ())
        keys += ((ClockKind.STAGE, name) for name, _ in stages if name not in case.stages_done)
    if case.stage == "joint_in_progress":
        for department, status in (case.joint or {}).items():
            keys += ((kind, department.replace("-", "_")) for kind in PARTNER_RUNS.get(status, ()))
    yield from (key for key in keys if audit_rules.limit(facts, *key, None))
    yield from ((ClockKind.LEGAL, limit.name) for limit in audit_rules.legal if lasts(case, limit))


def changes_of(touched: Touched) -> Iterator[ClockChange]:
    """What the entry did to the clocks of the case, in order."""
    for event in touched.events:
        if isinstance(event, ClocksChanged):
            yield from event.changes


def moment(joined: JoinedEntry, touched: Touched) -> datetime:
    """The instant that counts for the case's clocks: a timer that ends something takes effect at its due time, even if
    fired late."""
    cause = joined.entry.cause
    if isinstance(cause, TimerCause) and cause.timer in (TimerKind.RESUME, TimerKind.TESTING_OVER):
        return cause.due_at
    return joined.entry.at


# what each change may change; the clock as it was before comes last

Allowed = Callable[[AuditRules, JoinedEntry, Touched, Clock, Clock], bool]


def _started(
    audit_rules: AuditRules, joined: JoinedEntry, touched: Touched, clock: Clock, previous: Clock
) -> bool:
    brought = brought_along(touched, clock)
    if brought is not None:
        return (clock.started_at, clock.moves, clock.stopped_at) == (brought.started_at, brought.moves, None)
    rule = audit_rules.rule(touched.after.facts, clock.kind)
    begins = {moment(joined, touched)}
    if rule.is_cumulative and (touched.before is None or touched.before.stage in UNCLEAR):
        begins = {min(touched.after.facts.opened_at, joined.entry.at)}
    again = previous is not clock and (
        previous.stopped_at is None or (rule.is_cumulative and previous.leg == clock.leg)
    )
    measure = touched.event("measure_moved")
    if isinstance(measure, MeasureMoved) and measure.measure_kind.value == clock.name:
        again = measure.step is not MeasureStep.BEGUN  # another one, after the first has ended
    penalty, limit = touched.event("penalty_moved"), audit_rules.legal_limit(clock.name)
    if isinstance(penalty, PenaltyMoved) and limit is not None and penalty.step is limit.begins:
        again = False  # the step was taken again
    return clock.started_at in begins and not clock.moves and clock.stopped_at is None and not again


def _stopped(_: AuditRules, joined: JoinedEntry, touched: Touched, clock: Clock, previous: Clock) -> bool:
    at, cause = moment(joined, touched), joined.entry.cause
    if isinstance(cause, TimerCause) and cause.timer is TimerKind.WINDOW_LAPSED:
        at = previous.due_at if (cause.clock, cause.name) == (previous.kind, previous.name) else at
    # where the time was set back, not before it began or last went on
    since = max((move.until for move in previous.moves if move.until), default=previous.started_at)
    return previous.stopped_at is None and clock == replace(previous, stopped_at=max(at, since), wake_at=None)


def _went_on(
    audit_rules: AuditRules, joined: JoinedEntry, touched: Touched, clock: Clock, previous: Clock
) -> bool:
    """The halt is recorded, and the time left is the same before and after it."""
    if previous.stopped_at is None:
        return False
    until = max(moment(joined, touched), previous.stopped_at)
    is_moved = clock.moves[:-1] == previous.moves and clock.moves[-1:] != ()
    move = clock.moves[-1] if is_moved else None
    is_halt = move is not None and (move.at, move.until, move.by) == (previous.stopped_at, until, None)
    same = (clock.started_at, clock.limit, clock.stopped_at) == (previous.started_at, previous.limit, None)
    return (
        is_halt
        and same
        and _left(audit_rules, previous, previous.stopped_at) == _left(audit_rules, clock, until)
    )


def _left(audit_rules: AuditRules, clock: Clock, at: datetime) -> int | None:
    """How much of the clock's own time is left at `at`, whatever the hotline wants; None once it is over."""
    try:
        since, until = number_of(at), without_hotline(audit_rules, clock)
        if since >= until:
            return None
        work = counts_work(plain(clock.limit))
        return audit_rules.hours(clock.roster).elapsed(since, until) if work else until - since
    except OutOfYears:
        return None


def _extended(_: AuditRules, joined: JoinedEntry, touched: Touched, clock: Clock, previous: Clock) -> bool:
    by_law = (ClockKind.LEGAL, _prolonged(touched)) == (clock.kind, clock.name)
    granted = touched.has("case_extended", "joint_started") or by_law
    added_time = clock.moves[-1] if clock.moves else None
    is_added = added_time is not None and added_time.by is not None and added_time.at == joined.entry.at
    return granted and is_added and clock.moves[:-1] == previous.moves and _same_run(clock, previous)


def _prolonged(touched: Touched) -> str | None:
    """The limit that the law lets grow longer here: a measure's (行政强制法 25), the time to pay (行政处罚法 66)."""
    measure, penalty = touched.event("measure_moved"), touched.event("penalty_moved")
    if isinstance(measure, MeasureMoved) and measure.step is MeasureStep.EXTENDED:
        return measure.measure_kind.value
    return "payment" if isinstance(penalty, PenaltyMoved) and penalty.step in DEFERRING else None


def _fired(_: AuditRules, joined: JoinedEntry, touched: Touched, clock: Clock, previous: Clock) -> bool:
    fired = isinstance(joined.entry.cause, TimerCause)
    return (
        fired
        and clock == replace(previous, rung=clock.rung, wake_at=clock.wake_at)
        and clock.rung >= previous.rung
    )


def _recomputed(
    rules: AuditRules, joined: JoinedEntry, touched: Touched, clock: Clock, previous: Clock
) -> bool:
    changed = is_counted_anew(rules, joined, touched)
    same = (clock.started_at, clock.moves, clock.stopped_at) == (
        previous.started_at,
        previous.moves,
        previous.stopped_at,
    )
    if touched.has("case_amended") and not changed:  # people are woken at other times by the severity of now
        return clock == replace(previous, wake_at=clock.wake_at)
    return changed and same


def _adopted(
    audit_rules: AuditRules, joined: JoinedEntry, touched: Touched, clock: Clock, previous: Clock
) -> bool:
    """The earlier deadline of what joins; of a report, and of a rise, one counted from this entry on. A split leaves what others brought."""
    own = [without_hotline(audit_rules, one) for one in (clock, previous)]
    earlier = previous.stopped_at is not None or own[0] < own[1]
    if touched.has("report_split"):  # what the one that leaves had brought was earlier still, or as early
        return touched.after.raised_at is not None and (
            earlier or clock.started_at == touched.after.raised_at
        )
    counted = touched.has("case_joined") or clock.started_at == joined.entry.at
    return touched.has("case_joined", "report_merged", "report_updated") and counted and earlier


def _bound(_: AuditRules, joined: JoinedEntry, touched: Touched, clock: Clock, previous: Clock) -> bool:
    """Only what the hotline says differs, and when it is due by it; that it is what its reports say is judged by itself."""
    same = replace(clock, hotline_due_at=None, due_at=previous.due_at, provisional=False, wake_at=None)
    return same == replace(previous, hotline_due_at=None, provisional=False, wake_at=None)


def _restored(_: AuditRules, joined: JoinedEntry, touched: Touched, clock: Clock, previous: Clock) -> bool:
    return touched.has("report_split", "case_unmerged")


def _same_run(clock: Clock, previous: Clock) -> bool:
    return (clock.started_at, clock.limit, clock.stopped_at, clock.rung) == (
        previous.started_at,
        previous.limit,
        previous.stopped_at,
        previous.rung,
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
    ClockEvent.BOUNDED: _bound,
}
_NEVER_EARLIER: Final = frozenset(
    {ClockEvent.STOPPED, ClockEvent.WENT_ON, ClockEvent.EXTENDED, ClockEvent.FIRED}
)


def names_of(keys: set[Key]) -> str:
    """Clocks by name."""
    return (
        ", ".join(sorted(kind.value if name is None else f"{kind.value} {name}" for kind, name in keys))
        or "-"
    )


def _words(clock: Clock) -> dict[str, object]:
    name = f" {clock.name}" if clock.name else ""
    return {"clock": f"{clock.kind.value}{name}", "start": clock.started_at, "spent": clock.limit}
