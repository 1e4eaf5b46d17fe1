"""A case as the auditor remembers it: what judging the next entry needs, and nothing else.

Fields are reassigned; their values are never mutated, so `CaseMemory.copy` keeps the case as it was.
"""

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple

from msgspec.structs import replace

from pipeline.audit.model.audit_tables import FINAL
from pipeline.audit.model.procedure.penalty_memory import PenaltyMemory, penalty_of
from pipeline.audit.model.procedure.remembered_orders import (
    RememberedOrder,
    RememberedStep,
    costs_of,
    order_of,
)
from schemas.journal.update_events import ReportUpdated
from schemas.state.case import Case, Clock, Facts, Penalty, ReportRef, Request, Timer
from schemas.state.demerit import Demerit
from schemas.values.penalty_terms import CostState, MeasureKind, MeasureStep
from schemas.values.terms import (
    CaseOutcome,
    ClockKind,
    JointStatus,
    RequestKind,
    Severity,
    TimerKind,
)
from schemas.values.text import street_of

Key = tuple[ClockKind, str | None]
ReportNo = tuple[str, str]
"""The source of a report, and its number there."""


class RememberedReport(NamedTuple):
    """A report that a case answers for, whether its caller is to be called, and the digests of what it said, and says since."""

    source: str
    source_no: str
    call_back: bool
    caller: str | None = None
    content: str | None = None
    updates: tuple[str, ...] = ()
    due_at: datetime | None = None
    """The deadline of its hotline."""
    secret: bool = False

    @classmethod
    def of(cls, report: ReportRef) -> "RememberedReport":
        """What is remembered of a report."""
        updates = tuple(update.content for update in report.updates)
        return cls(
            report.source.value,
            report.source_no,
            report.call_back,
            report.caller,
            report.content,
            updates,
            report.order.due_at if report.order else None,
            report.facts is not None and report.facts.secret,
        )

    def updated(self, event: ReportUpdated) -> "RememberedReport":
        """With what came under its number now; another report as it is."""
        if self.number != (event.source.value, event.source_no):
            return self
        return self._replace(
            call_back=self.call_back or event.call_back,
            caller=event.caller or self.caller,
            updates=(*self.updates, event.update.content),
            due_at=event.update.due_at or self.due_at,
        )

    def extended(self, due_at: datetime) -> "RememberedReport":
        """Not due before this, where its hotline has a deadline."""
        return self._replace(due_at=max(self.due_at, due_at)) if self.due_at else self

    @property
    def number(self) -> ReportNo:
        """The report's name, which never changes."""
        return self.source, self.source_no


_OPEN_COSTS: Final = (CostState.OPEN, CostState.CLAIMED)


@dataclass(slots=True)
class CaseMemory:
    """A case as the auditor knows it. Without `opening_was_read` it was taken from a snapshot."""

    case_id: str
    facts: Facts
    opening_was_read: bool
    version: int = 0
    stage: str = "reported"
    team: str | None = None
    offered_to: tuple[str, ...] = ()
    is_claimed: bool = False
    leg: int = 0
    members: tuple[str, ...] = ()
    on_site: tuple[str, ...] = ()
    """Who arrived last, for the team that has it."""
    handlers: frozenset[str] = frozenset()
    reports: tuple[RememberedReport, ...] = ()
    joined: Mapping[str, tuple[RememberedReport, ...]] = field(default_factory=dict)
    stage_before: str | None = None
    suspended_until: datetime | None = None
    merged_into: str | None = None
    merged_since: datetime | None = None
    clocks: Mapping[Key, Clock] = field(default_factory=dict)
    timers: tuple[Timer, ...] = ()
    fired: frozenset[tuple[object, ...]] = frozenset()
    requests: tuple[Request, ...] = ()
    lapsed_requests: frozenset[RequestKind] = frozenset()
    not_duplicate_of: tuple[str, ...] = ()
    """Cases of which somebody said that this is another."""
    call_due: bool = False
    is_contacted: bool = False
    """Whether a caller was reached, or tried as often as is asked for."""
    answered_leg: int | None = None
    """The visit whose answer was written last."""
    joint: Mapping[str, JointStatus] | None = None
    penalty: PenaltyMemory = field(default_factory=PenaltyMemory)
    measures: Mapping[MeasureKind, MeasureStep] = field(default_factory=dict)
    """The latest step of the newest measure of each kind."""
    stages_done: tuple[str, ...] = ()
    actions: int = 0
    returns: int = 0
    reworks: int = 0
    reopens: int = 0
    suspensions: int = 0
    extensions: int = 0
    of_district: frozenset[str] = frozenset()
    """What the district said of it, and holds: supervised, hard."""
    order: RememberedOrder | None = None
    """The order to correct that was given last."""
    proceedings: tuple[RememberedStep, ...] = ()
    """The steps of its penalty, with what orders to correct depend on."""
    costs: tuple[tuple[int, CostState], ...] = ()
    """Of each thing done in somebody's stead: the yuan, and what became of them."""
    demerits: tuple[Demerit, ...] = ()
    """What is counted against whoever handled it, or was."""
    is_handled: bool = False
    disposed_at: datetime | None = None
    contradicted: frozenset[ReportNo] = frozenset()
    """The reports that came after the disposal and were not answered yet."""
    raised_at: datetime | None = None
    severity_before: Severity | None = None
    """Of a case that was raised: since when it is of a higher severity, and which it was opened with."""
    outcome: CaseOutcome | None = None
    moved_from: tuple[str, ...] = ()
    """The cases of other streets that it was before, the first first; and the one that it is since."""
    moved_to: str | None = None
    ended_at: datetime | None = None
    entry_id: str = ""
    rules_version: str = ""

    @property
    def street(self) -> str:
        """Its street."""
        return street_of(self.case_id)

    @property
    def is_over(self) -> bool:
        """Whether it is at a stage that ends it."""
        return self.stage in FINAL

    def answered(self) -> tuple[RememberedReport, ...]:
        """Every report it answers for, its own first."""
        return (*self.reports, *(report for reports in self.joined.values() for report in reports))

    def hotline_due_at(self) -> datetime | None:
        """The earliest deadline of a hotline that waits for it."""
        return min((report.due_at for report in self.answered() if report.due_at), default=None)

    def extend(self, hotline_due_at: datetime | None) -> None:
        """Once more; what the hotline granted, for all that it would have wanted before."""
        self.extensions += 1
        if hotline_due_at is not None:
            self.reports = tuple(report.extended(hotline_due_at) for report in self.reports)
            self.joined = {
                name: tuple(report.extended(hotline_due_at) for report in reports)
                for name, reports in self.joined.items()
            }

    def awaits_contact(self) -> bool:
        """Whether the team is still to turn to a caller: one who wants a call, of no report that is secret."""
        if self.is_contacted or self.team is None:
            return False
        return not self.is_secret and any(report.call_back for report in self.answered())

    @property
    def is_secret(self) -> bool:
        """Whether somebody who reported it wants to stay secret: only the hotline turns to its callers."""
        return self.facts.secret or any(report.secret for report in self.answered())

    def facts_of(self, clock: Clock) -> Facts:
        """The facts by which a clock is limited: one that was begun before the case was raised keeps the limit it was begun with."""
        if self.raised_at is None or self.severity_before is None or clock.started_at >= self.raised_at:
            return self.facts
        return replace(self.facts, severity=self.severity_before)

    def armed(self) -> Iterator[Timer | Clock]:
        """Everything that is due some time: its own timers, the clocks that wake somebody, and requests that lapse."""
        yield from self.timers
        yield from self.lapses()
        yield from (clock for clock in self.clocks.values() if clock.wake_at is not None)

    def request_of(self, kind: RequestKind) -> Request | None:
        """The open request of this kind."""
        return next((request for request in self.requests if request.kind is kind), None)

    def end_of(self, request: Request) -> datetime | None:
        """When what is asked for would be over or too late: a suspension's end, the deadline that an extension is to move."""
        if request.kind is RequestKind.SUSPENSION:
            return request.until
        if request.kind not in (RequestKind.EXTENSION, RequestKind.HOTLINE_EXTENSION):
            return None
        clock = self.clocks.get((ClockKind.DISPOSE, None))
        return clock.due_at if clock else None

    def lapses(self) -> Iterator[Timer]:
        """The end of each open request that has one, as a timer. Requests without a clock are of versions that had no such end."""
        for request in self.requests:
            end, clock = self.end_of(request), self.clocks.get((ClockKind.DECIDE, request.kind.value))
            if end is not None and clock is not None and clock.stopped_at is None:
                yield Timer(kind=TimerKind.REQUEST_LAPSED, due_at=end, name=request.kind.value)

    def wake(self) -> datetime | None:
        """When something of it is next due."""
        times = [due_of(armed) for armed in self.armed()]
        return min(times) if times else None

    def open_costs(self) -> int | None:
        """Which of its costs are neither recovered nor given up: the first."""
        still = (number for number, (_, state) in enumerate(self.costs) if state in _OPEN_COSTS)
        return next(still, None)

    def copy(self) -> "CaseMemory":
        """As it is now."""
        return copy.copy(self)


def due_of(armed: Timer | Clock) -> datetime:
    """When it is due; of a clock, when it next wakes somebody."""
    if isinstance(armed, Timer):
        return armed.due_at
    return armed.wake_at or armed.due_at


def seeded(case: Case) -> CaseMemory:
    """A case whose opening was not read, as its snapshot has it."""
    memory = _seeded(case)
    memory.order, memory.costs = order_of(case), costs_of(case)
    memory.moved_from, memory.moved_to = case.moved_from, case.moved_to
    memory.proceedings = tuple(map(RememberedStep.of, case.penalty.records if case.penalty else ()))
    return memory


def _seeded(case: Case) -> CaseMemory:
    task, pause = case.task, case.suspension or case.merged
    return CaseMemory(
        case.case_id,
        case.facts,
        opening_was_read=False,
        version=case.version,
        stage=case.stage.value,
        team=task.team if task else None,
        offered_to=task.offered_to if task else (),
        is_claimed=task.claimed if task else False,
        leg=task.leg if task else 0,
        members=task.members if task else (),
        handlers=frozenset(task.handlers) if task else frozenset(),
        reports=tuple(map(RememberedReport.of, case.reports)),
        joined={joined.case_id: tuple(map(RememberedReport.of, joined.reports)) for joined in case.joined},
        stage_before=pause.stage.value if pause else None,
        suspended_until=case.suspension.until if case.suspension else None,
        merged_into=case.merged.into if case.merged else None,
        merged_since=case.merged.since if case.merged else None,
        clocks={(clock.kind, clock.name): clock for clock in case.clocks},
        timers=case.timers,
        requests=tuple(filter(None, (case.request, *case.further_requests))),
        lapsed_requests=frozenset(case.lapsed_requests),
        not_duplicate_of=case.not_duplicate_of,
        call_due=case.call_due,
        is_contacted=_is_contacted(case),
        answered_leg=case.answers[-1].leg if case.answers else None,
        joint={task.department: task.status for task in case.joint.tasks} if case.joint else None,
        penalty=penalty_of(case.penalty),
        measures=measures_of(case.penalty),
        stages_done=case.stages_done,
        actions=len(case.actions),
        returns=len(case.returned),
        reworks=case.reworks,
        reopens=case.reopens,
        suspensions=case.suspensions,
        extensions=case.extensions,
        of_district=of_district(case),
        demerits=case.demerits,
        is_handled=task is not None and task.disposed_at is not None,
        disposed_at=task.disposed_at if task else None,
        contradicted=frozenset((later.source.value, later.source_no) for later in case.contradicted_by),
        raised_at=case.amended.raised_at if case.amended else None,
        severity_before=case.amended.facts.severity if case.amended else None,
        outcome=case.outcome,
        ended_at=case.closed_at,
        entry_id=case.entry_id,
        rules_version=case.rules_version,
    )


def of_district(case: Case) -> frozenset[str]:
    """What the district said of it, and holds."""
    said = {"supervised": case.supervision, "hard": case.hard_case}
    return frozenset(name for name, what in said.items() if what is not None)


def _is_contacted(case: Case) -> bool:
    return case.contact is not None and (case.contact.reached_at is not None or case.contact.given_up)


def measures_of(penalty: Penalty | None) -> Mapping[MeasureKind, MeasureStep]:
    """The latest step of the newest measure of each kind."""
    return {measure.kind: measure.records[-1].step for measure in (penalty.measures if penalty else ())}
