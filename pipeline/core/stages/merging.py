"""并案 and 拆案 by hand: two cases of the same problem become one, and what was merged wrongly is taken apart again.

    merge  case ─► merged, into ─► host           the host answers for both, by the earlier of two deadlines
    split  host ─► report ─► a case of its own    with the clocks that it would have had
           host ─► joined case ─► as it stood     with its clocks as if they had run on, the host with its own again

Both sides change in one entry. No chains: what was merged takes nothing in, and what took something in is not merged.
"""

from collections.abc import Iterator
from datetime import datetime

from msgspec.structs import replace

from pipeline.core.case.decision_context import Decided, DecisionContext
from pipeline.core.case.joined_reports import as_opened, facts_with
from pipeline.core.case.reporters import speaks_against
from pipeline.core.case.stage_table import STAGE_TABLE
from pipeline.core.case.transitions import evolve
from pipeline.core.clocks import merged_clocks
from pipeline.core.penalty import penalty_procedure
from pipeline.core.rules.identity import report_key
from pipeline.core.rules.refusals import Refusal
from pipeline.core.rules.rules import Rules
from pipeline.core.stages import discovery, feedback, joining
from schemas import limits
from schemas.inputs.action import Merge, Split
from schemas.journal.clock_events import ClockChange, ClocksChanged
from schemas.journal.events import CaseEvent
from schemas.journal.merge_events import CaseJoined, CaseMerged, CaseUnmerged, ReportSplit
from schemas.state.case import Case, Clock, Facts, Joined, ReportRef, Request
from schemas.values.terms import Stage
from schemas.values.text import UNDETERMINED
from schemas.values.update_terms import UpdatePart


def decide_merge(context: DecisionContext, action: Merge) -> Decided:
    """The case goes into another open one of the same matter, before anybody has arrived for it."""
    into = context.cases.get(action.into)
    if into is None:
        return Refusal("unknown_case", "into", "the id of a case of this street")
    return may_merge(context.case, into) or merged_into(context, into, action.actor.id, action.note)


def agreed(context: DecisionContext, request: Request, by: str) -> Decided:
    """Somebody says that it is one with the case that it was suspected to be of, whatever each was taken for."""
    into = context.cases.get(request.into or "")
    if into is None:
        return Refusal("merge_into_terminal", "into", "an open case; it ended long ago")
    refusal = may_merge(context.case, into, other_matter=True)
    return refusal or merged_into(context, into, by, request.note)


def merged_into(context: DecisionContext, into: Case, by: str, note: str) -> tuple[CaseEvent, ...]:
    """The events by which the case goes into `into`, which may take it."""
    rules, _, _, case, at, _ = context
    amended = joining.amendment(into, (case.facts,), at, case.reports[0])
    grown = evolve(into, amended) if amended else into
    changes = _adopted(rules, grown, case, at)
    joined = Joined(
        case_id=case.case_id,
        at=at,
        by=by,
        reports=tuple(_joining(into, case, report, at) for report in case.reports),
        clocks=joining.gave_way(into, changes),
    )
    merged = CaseMerged(
        case_id=case.case_id,
        at=at,
        by=by,
        into=into.case_id,
        note=note,
    )
    return (
        merged,
        feedback.retire_later(rules, case.case_id, at),
        CaseJoined(case_id=into.case_id, joined=joined),
        *((amended,) if amended else ()),
        *((ClocksChanged(case_id=into.case_id, changes=changes),) if changes else ()),
    )


def _adopted(rules: Rules, into: Case, case: Case, at: datetime) -> tuple[ClockChange, ...]:
    """The earlier of two deadlines, and of those that the severity asks for from now on."""
    theirs = merged_clocks.adopted(rules, into, case, at)
    with_theirs = evolve(into, ClocksChanged(case_id=into.case_id, changes=theirs)) if theirs else into
    anew = merged_clocks.brought(rules, with_theirs, at)
    return _both(theirs, anew)


def _both(first: tuple[ClockChange, ...], then: tuple[ClockChange, ...]) -> tuple[ClockChange, ...]:
    """Each clock once, as it is after both."""
    return tuple({(change.clock.kind, change.clock.name): change for change in (*first, *then)}.values())


def _joining(into: Case, case: Case, report: ReportRef, at: datetime) -> ReportRef:
    """A report as the host keeps it, with its case: one that came after the host's disposal speaks against it."""
    reported_at = (report.facts or case.facts).reported_at
    return replace(
        report,
        facts=None,
        evidence=(),
        set_aside=(),
        clocks=(),
        against=speaks_against(into, reported_at, at),
    )


def decide_split(context: DecisionContext, action: Split) -> Decided:
    """A merged report becomes a case of its own; a report that came with a whole case takes that case with it."""
    case, wanted = context.case, report_key(action.source, action.source_no)
    for joined in case.joined:
        for report in joined.reports:
            if report_key(report.source, report.source_no) == wanted:
                action = replace(action, source_no=report.source_no)  # as its report wrote it
                return _take_back(context, context.cases[joined.case_id], joined, action)
    for report in case.reports[1:]:
        if report_key(report.source, report.source_no) == wanted and report.facts is not None:
            action = replace(action, source_no=report.source_no)
            return _open(context, report, report.facts, action)
    return Refusal(
        "not_merged", "source_no", "a report that was merged into this case, not its own first one"
    )


def _open(context: DecisionContext, report: ReportRef, facts: Facts, action: Split) -> Decided:
    rules, street, _, host, at, _ = context
    opening = discovery.split_off(rules, street, host.case_id, report, facts, at)
    gone = _gone(host, opening[0].case_id, action)
    own = _as_without(context, gone, report.clocks, report.at)
    return (gone, *own, *opening)


def _take_back(context: DecisionContext, other: Case, joined: Joined, action: Split) -> Decided:
    rules, _, _, host, at, _ = context
    gone = _gone(host, other.case_id, action)
    theirs = merged_clocks.unmerged(rules, other, at)
    return (
        gone,
        *_as_without(context, gone, joined.clocks, joined.at),
        CaseUnmerged(case_id=other.case_id, by=action.actor.id),
        *((ClocksChanged(case_id=other.case_id, changes=theirs),) if theirs else ()),
    )


def _as_without(
    context: DecisionContext, gone: ReportSplit, clocks: tuple[Clock, ...], since: datetime
) -> tuple[CaseEvent, ...]:
    """The host as it would be without what is split off: its facts, its deadlines, and those that others brought who stay."""
    rules, _, cases, case, at, _ = context
    left = evolve(case, gone)
    joiners = (
        *_told_later(left),
        *(report.facts for report in left.reports if report.facts),
        *(cases[joined.case_id].facts for joined in left.joined if joined.case_id in cases),
    )
    amended = joining.without(left, joiners, at)
    left = evolve(left, amended) if amended else left
    changes = merged_clocks.restored(rules, left, clocks, since, at)
    raised = [joiner.opened_at for joiner in joiners if joiner.severity is left.facts.severity]
    if left.amended and left.amended.raised_at and raised and changes:
        # another one that stays is as urgent: what it asked for from its own time on
        restored = evolve(left, ClocksChanged(case_id=case.case_id, changes=changes))
        changes = _both(changes, merged_clocks.brought(rules, restored, min(raised)))
    return (
        *((amended,) if amended else ()),
        *((ClocksChanged(case_id=case.case_id, changes=changes),) if changes else ()),
    )


def _told_later(case: Case) -> Iterator[Facts]:
    """What the report that opened the case said of urgency and place when it came again."""
    opened_with = as_opened(case)
    for update in case.reports[0].updates:
        place = update.place if UpdatePart.PLACE in update.added else None
        if update.urgency or place:
            told = facts_with(opened_with, update.urgency, place)
            yield replace(told, opened_at=update.at)


def _gone(host: Case, to: str, action: Split) -> ReportSplit:
    return ReportSplit(
        case_id=host.case_id,
        source=action.source,
        source_no=action.source_no,
        to=to,
        by=action.actor.id,
        note=action.note,
    )


def may_merge(case: Case, into: Case, *, other_matter: bool = False) -> Refusal | None:
    """Why the one may not go into the other. Of a case whose matter nobody knew the merging says it.

    `other_matter`: it may though it is of another, since somebody said that it is one thing.
    """
    if into.case_id == case.case_id:
        return Refusal("merge_into_itself", "into", "another case")
    if STAGE_TABLE[into.stage].is_terminal:
        return Refusal("merge_into_terminal", "into", f"an open case; it is {into.stage.value}")
    if case.joined:
        return Refusal("merge_chain", "case_id", f"merge {into.case_id} into this one instead")
    if into.stage is Stage.UNDER_ASSESSMENT:
        return Refusal(
            "merge_into_unclear", "into", "a case of which it is known what it is about, and where"
        )
    same_matter = other_matter or case.facts.matter in (into.facts.matter, UNDETERMINED)
    if not same_matter or into.street != case.street:
        return Refusal("merge_other_matter", "into", f"a case of {case.facts.matter} in {case.street}")
    if penalty_procedure.is_open(case):
        return Refusal("merge_with_penalty", "case_id", "a case without a penalty procedure under way")
    if len(into.joined) >= limits.JOINED_PER_CASE_MAX:
        return Refusal("case_full", "into")
    return None
