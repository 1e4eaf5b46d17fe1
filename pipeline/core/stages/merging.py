"""并案 and 拆案 by hand: two cases of the same problem become one, and what was merged wrongly is taken apart again.

    merge  case ─► merged, into ─► host           the host answers for both, by the earlier of two deadlines
    split  host ─► report ─► a case of its own    with the clocks that it would have had
           host ─► joined case ─► as it stood     with its clocks as if they had run on, the host with its own again

Both sides change in one entry. No chains: what was merged takes nothing in, and what took something in is not merged.
"""

from msgspec.structs import replace

from pipeline.core.case.decision_context import Decided, DecisionContext
from pipeline.core.case.stage_table import STAGE_TABLE
from pipeline.core.clocks import merged_clocks, running_clocks
from pipeline.core.penalty import penalty_procedure
from pipeline.core.rules.refusals import Refusal
from pipeline.core.stages import discovery, feedback
from schemas import limits
from schemas.inputs.action import Merge, Split
from schemas.journal.clock_events import ClocksChanged
from schemas.journal.merge_events import CaseJoined, CaseMerged, CaseUnmerged, ReportSplit
from schemas.state.case import Case, Facts, Joined, ReportRef


def decide_merge(context: DecisionContext, action: Merge) -> Decided:
    """The case goes into another open one of the same matter, before anybody has arrived for it."""
    rules, _, cases, case, at = context
    into = cases.get(action.into)
    if into is None:
        return Refusal("unknown_case", "into", "the id of a case of this street")
    refusal = _may_merge(case, into)
    if refusal:
        return refusal
    changes = merged_clocks.adopted(rules, into, case, at)
    joined = Joined(
        case_id=case.case_id,
        at=at,
        by=action.actor.id,
        reports=tuple(replace(report, facts=None, evidence=()) for report in case.reports),
        clocks=tuple(
            own
            for change in changes
            if (own := running_clocks.clock_of(into, change.clock.kind, change.clock.name))
        ),
    )
    merged = CaseMerged(
        case_id=case.case_id,
        at=at,
        by=action.actor.id,
        into=into.case_id,
        note=action.note,
    )
    return (
        merged,
        feedback.retire_later(rules, case.case_id, at),
        CaseJoined(case_id=into.case_id, joined=joined),
        *((ClocksChanged(case_id=into.case_id, changes=changes),) if changes else ()),
    )


def decide_split(context: DecisionContext, action: Split) -> Decided:
    """A merged report becomes a case of its own; a report that came with a whole case takes that case with it."""
    case, wanted = context.case, (action.source, action.source_no)
    for joined in case.joined:
        if any((report.source, report.source_no) == wanted for report in joined.reports):
            return _take_back(context, context.cases[joined.case_id], joined, action)
    for report in case.reports[1:]:
        if (report.source, report.source_no) == wanted and report.facts is not None:
            return _open(context, report, report.facts, action)
    return Refusal(
        "not_merged", "source_no", "a report that was merged into this case, not its own first one"
    )


def _open(context: DecisionContext, report: ReportRef, facts: Facts, action: Split) -> Decided:
    rules, street, _, host, at = context
    opening = discovery.split_off(rules, street, host.case_id, report, facts, at)
    return (_gone(host, opening[0].case_id, action), *opening)


def _take_back(context: DecisionContext, other: Case, joined: Joined, action: Split) -> Decided:
    rules, _, _, host, at = context
    own = merged_clocks.restored(rules, host, joined, at)
    theirs = merged_clocks.unmerged(rules, other, at)
    return (
        _gone(host, other.case_id, action),
        *((ClocksChanged(case_id=host.case_id, changes=own),) if own else ()),
        CaseUnmerged(case_id=other.case_id, by=action.actor.id),
        *((ClocksChanged(case_id=other.case_id, changes=theirs),) if theirs else ()),
    )


def _gone(host: Case, to: str, action: Split) -> ReportSplit:
    return ReportSplit(
        case_id=host.case_id,
        source=action.source,
        source_no=action.source_no,
        to=to,
        by=action.actor.id,
        note=action.note,
    )


def _may_merge(case: Case, into: Case) -> Refusal | None:
    if into.case_id == case.case_id:
        return Refusal("merge_into_itself", "into", "another case")
    if STAGE_TABLE[into.stage].is_terminal:
        return Refusal("merge_into_terminal", "into", f"an open case; it is {into.stage.value}")
    if case.joined:
        return Refusal("merge_chain", "case_id", f"merge {into.case_id} into this one instead")
    if into.facts.matter != case.facts.matter or into.street != case.street:
        return Refusal("merge_other_matter", "into", f"a case of {case.facts.matter} in {case.street}")
    if penalty_procedure.is_open(case):
        return Refusal("merge_with_penalty", "case_id", "a case without a penalty procedure under way")
    if len(into.joined) >= limits.JOINED_PER_CASE_MAX:
        return Refusal("case_full", "into")
    return None
