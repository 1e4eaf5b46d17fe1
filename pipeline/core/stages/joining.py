"""What a report, or a case merged by hand, brings to the case that it joins: none of it is lost.

more urgent          the severity rises; limits are counted from then on where that is earlier; an offered case is given to a team
better placed        address, grid or point where the case had none
against the disposal whoever verifies or calls back is told, and answers it
its callers          are called with the others
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Final, NamedTuple

from msgspec.structs import replace

from pipeline.core.case.decision_context import DecisionContext
from pipeline.core.case.reporters import speaks_against
from pipeline.core.case.transitions import evolve
from pipeline.core.clocks import hotline_deadlines, merged_clocks, running_clocks
from pipeline.core.rules.rules import RouteMode, Rules
from pipeline.core.stages import discovery, dispatch, filing_and_closing
from pipeline.core.stages.discovery import Examined
from schemas.inputs.report import Alarm, Report
from schemas.journal.clock_events import ClockChange, ClocksChanged
from schemas.journal.events import CaseDispatched, CaseEvent, ReportMerged
from schemas.journal.merge_events import CaseAmended
from schemas.state.case import Case, Clock, Facts, ReportRef
from schemas.values.hotline_order import DeadlineOwner
from schemas.values.place import Place
from schemas.values.terms import ClockKind, Severity, Stage, Urgency
from schemas.values.text import UNDETERMINED

_SEVEREST_FIRST: Final = tuple(Severity)
_URGENT_LAST: Final = tuple(Urgency)


def join(
    context: DecisionContext,
    report: Report,
    examined: Examined,
    seen: ReportRef,
    why: str,
    opened_at: datetime | None = None,
) -> tuple[ReportRef, tuple[CaseEvent, ...]]:
    """The report as the case keeps it, with its receipt, and what happens when it joins.

    `opened_at`: since when it waits, where that is not since now: in another street.
    """
    rules, _, _, case, at, _ = context
    facts = discovery.facts_of(rules, report, examined, opened_at or at)
    amended = amendment(case, (facts,), at, report)
    grown = evolve(case, amended) if amended else case
    moves, changes = brought(context, amended, seen, report.alarm)
    due, team = _promise(grown, changes, seen), _team(case, moves)
    merged = replace(
        discovery.merged_report(seen, facts, examined, due, team),
        against=speaks_against(case, report.reported_at, at),
        clocks=gave_way(case, changes),
    )
    return merged, (
        ReportMerged(case_id=case.case_id, report=merged, why=why),
        *((amended,) if amended else ()),
        *moves,
        *((ClocksChanged(case_id=case.case_id, changes=changes),) if changes else ()),
    )


class Brought(NamedTuple):
    """What follows of what joins a case: the moves of the case, and its clocks that change."""

    moves: tuple[CaseEvent, ...]
    changes: tuple[ClockChange, ...]


def brought(
    context: DecisionContext, amended: CaseAmended | None, seen: ReportRef, alarm: Alarm | None
) -> Brought:
    """What follows when the report `seen` makes the case what `amended` says."""
    rules, _, _, case, at, _ = context
    grown = evolve(case, amended) if amended else case
    moves = _moves(
        context._replace(case=grown), seen, alarm, is_raised=amended is not None and amended.raised
    )
    changes = merged_clocks.brought(rules, grown, at)
    if moves:  # the clocks of the step that is over give way to those of the next
        changes = tuple(change for change in changes if _goes_on(rules, case, change))
    return Brought(moves, changes)


def amendment(
    case: Case, joiners: Iterable[Facts], at: datetime, report: Report | ReportRef | None = None
) -> CaseAmended | None:
    """The case with what `joiners` say beside what it was opened with or is already; None where it stays as it is."""
    facts = case.facts
    for joiner in joiners:
        facts = replace(
            facts,
            severity=min(facts.severity, _told(joiner, facts.severity), key=_SEVEREST_FIRST.index),
            urgency=joiner.urgency if is_more_urgent(joiner.urgency, facts.urgency) else facts.urgency,
            place=completed(_surely(facts, joiner), joiner.place),
        )
    return None if facts == case.facts else _event(case, facts, at, report)


def is_more_urgent(urgency: Urgency, known: Urgency) -> bool:
    """Whether it cannot wait as long as what was known."""
    return _URGENT_LAST.index(urgency) > _URGENT_LAST.index(known)


def _told(joiner: Facts, otherwise: Severity) -> Severity:
    """How severe it is, as far as anybody knows: while its matter is not known, by its urgency alone."""
    is_known = joiner.matter != UNDETERMINED or joiner.urgency is Urgency.CRITICAL
    return joiner.severity if is_known else otherwise


def without(case: Case, joiners: Iterable[Facts], at: datetime) -> CaseAmended | None:
    """The case with what the `joiners` say that are left, after another was split off; None where it stays as it is."""
    if case.amended is None:
        return None
    opened = replace(case, facts=case.amended.facts)
    again = amendment(opened, joiners, at) or _event(opened, opened.facts, at, None)
    now = (case.facts.severity, case.facts.urgency, case.facts.place)
    return None if (again.severity, again.urgency, again.place) == now else again


def gave_way(case: Case, changes: Iterable[ClockChange]) -> tuple[Clock, ...]:
    """The clocks of the case that the changed ones take the place of, each once."""
    clocks = {
        (own.kind, own.name): own
        for change in changes
        if (own := running_clocks.clock_of(case, change.clock.kind, change.clock.name))
    }
    return tuple(clocks.values())


def _event(case: Case, facts: Facts, at: datetime, report: Report | ReportRef | None) -> CaseAmended:
    return CaseAmended(
        case_id=case.case_id,
        at=at,
        severity=facts.severity,
        urgency=facts.urgency,
        place=facts.place,
        source=report.source if report else None,
        source_no=report.source_no if report else None,
        raised=(facts.severity, facts.urgency) != (case.facts.severity, case.facts.urgency),
    )


def _surely(facts: Facts, joiner: Facts) -> Place:
    """Where it is; a grid that was only found by the address gives way to one that is said, or lies under a point."""
    is_found = facts.geocode is not None and joiner.geocode is None and joiner.place.grid is not None
    return replace(facts.place, grid=None) if is_found else facts.place


def completed(place: Place, other: Place) -> Place:
    """The place with what the other says besides, or more exactly."""
    return Place(
        address=other.address if says_more(place.address, other.address) else place.address,
        grid=place.grid or other.grid,
        point=place.point or other.point,
    )


def says_more(text: str, other: str) -> bool:
    """Whether the `other` address is this one and goes on, by more than digits of its last number.

    >>> says_more("兴华街18号", "兴华街18号院3号楼"), says_more("兴华街1", "兴华街18号"), says_more("", "兴华街")
    (True, False, True)
    """
    if text not in other or text == other:
        return False
    begin, _, rest = other.partition(text) if text else ("", "", "")
    return not (rest[:1].isdigit() or begin[-1:].isdigit())


def _moves(
    context: DecisionContext, seen: ReportRef, alarm: Alarm | None, *, is_raised: bool
) -> tuple[CaseEvent, ...]:
    """A second source has seen it, or alarms often enough: nobody need look before it is filed. What cannot wait is not offered, it is given."""
    rules, street, _, case, at, _ = context
    is_seen = seen.source not in rules.policy.check_sources or (
        alarm is not None and rules.policy.alarms.is_confirmed(alarm, at, [one.at for one in case.reports])
    )
    if case.stage is Stage.VERIFYING_BEFORE_FILING and is_seen:
        return filing_and_closing.filed(rules, street, case, at)
    cannot_wait = is_raised and dispatch.route(rules, case.facts, at).mode is RouteMode.DISPATCH
    if case.stage is Stage.OFFERED and cannot_wait:
        return dispatch.first(rules, street, case.case_id, case.facts, at).events
    return ()


def _goes_on(rules: Rules, case: Case, change: ClockChange) -> bool:
    return merged_clocks.goes_on(rules.service_of(case.facts.opened_at), change.clock.kind)


def _promise(
    case: Case, changes: tuple[ClockChange, ...], seen: ReportRef
) -> tuple[datetime | None, DeadlineOwner | None]:
    """By when it is to be handled, and who says so; of a case that is suspended the policy says nothing."""
    theirs = [hotline_deadlines.deadline_of(case), seen.order.due_at if seen.order else None]
    hotline_due_at = min(filter(None, theirs), default=None)
    clocks = (change.clock for change in changes if change.clock.kind is ClockKind.DISPOSE)
    clock = next(clocks, None) or running_clocks.clock_of(case, ClockKind.DISPOSE)
    is_known = clock is not None and case.stage is not Stage.SUSPENDED
    return hotline_deadlines.promised(clock.due_at if clock and is_known else None, hotline_due_at)


def _team(case: Case, moves: tuple[CaseEvent, ...]) -> str | None:
    given = [event.team for event in moves if isinstance(event, CaseDispatched)]
    return given[0] if given else case.task.team if case.task else None
