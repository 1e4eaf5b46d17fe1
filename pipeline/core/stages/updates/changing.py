"""变更: the centre agrees that a case is about another matter, or another place. It goes on as one that was reported so.

matter, place ─► limits of the new matter, from when it was reported ─► the team that the routing names has it
"""

from pipeline.core.case.decision_context import Decided, DecisionContext
from pipeline.core.case.reporters import answered
from pipeline.core.case.transitions import evolve
from pipeline.core.clocks import running_clocks
from pipeline.core.rules.refusals import Refusal
from pipeline.core.stages import dispatch
from pipeline.core.stages.assessment.recognition import severity_of
from schemas.journal.clock_events import ClocksChanged
from schemas.journal.events import CaseEvent, CaseOffered
from schemas.journal.update_events import CaseChanged
from schemas.state.case import Case, Request
from schemas.values.terms import Stage


def changed(context: DecisionContext, request: Request, by: str) -> Decided:
    """The events by which the case becomes what the request offers; of several reports nobody knows whose case that would be."""
    rules, _, _, case, at, _ = context
    if len(answered(case)) > 1:
        return Refusal("change_of_several", "granted", "false; or split the other reports off first")
    matter = rules.matters.get(request.matter or case.facts.matter)
    if matter is None:
        return Refusal("unknown_matter", "granted", "false: the rules have no such matter any more")
    change = CaseChanged(
        case_id=case.case_id,
        at=at,
        by=by,
        matter=matter.code,
        severity=severity_of(rules, matter, case.facts.urgency),
        place=request.place or case.facts.place,
        note=request.note,
    )
    after = evolve(case, change)
    clocks = running_clocks.relimited(rules, after)
    return (
        change,
        *((ClocksChanged(case_id=case.case_id, changes=clocks),) if clocks else ()),
        *_given(context._replace(case=after)),
    )


def _given(context: DecisionContext) -> tuple[CaseEvent, ...]:
    """To whom it goes, where it was with somebody else; what was offered is not offered again, but given."""
    rules, street, _, case, at, _ = context
    if case.stage is Stage.VERIFYING_BEFORE_FILING:
        return ()
    events, team = dispatch.first(rules, street, case.case_id, case.facts, at)
    pool = {name for event in events if isinstance(event, CaseOffered) for name in event.teams} or {team}
    if _holds(case, pool):
        return ()
    return dispatch.to_team(rules, case.case_id, team, at, f"changed: {case.facts.matter}")


def _holds(case: Case, pool: set[str]) -> bool:
    if case.task is None or case.stage is Stage.DISPATCH_PENDING:
        return False
    return case.task.team in pool or (case.stage is Stage.OFFERED and pool == {*case.task.offered_to})
