"""What becomes of an update: it is added to the case, passed on to whoever has it, or offered to a person.

more text, photos, place, phone, urgency ─► added
another deadline of the hotline's ────────► the clocks are bound by it
催办 ─────────────────────────────────────► counted, and its holder is told
another matter, another place ────────────► a request (变更), where it can be granted; else those whom it concerns are told
撤销 ─────────────────────────────────────► a request (终止办理, before filing 作废); of one of several reports only told
the case is over ─────────────────────────► kept with it, and the centre is told, which may take it up again
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from msgspec.structs import replace

from pipeline.core.case.decision_context import DecisionContext
from pipeline.core.case.joined_reports import facts_with
from pipeline.core.case.open_requests import request_of
from pipeline.core.case.reporters import answered
from pipeline.core.case.stage_table import STAGE_TABLE
from pipeline.core.case.transitions import evolve
from pipeline.core.rules.identity import report_digest
from pipeline.core.rules.refusals import Refusal
from pipeline.core.stages import joining
from pipeline.core.stages.assessment import settling
from pipeline.core.stages.assessment.recognition import severity_of
from pipeline.core.stages.requested.request_lapse import is_grantable_at
from pipeline.core.stages.updates.told_anew import ToldAnew, told_anew
from schemas import limits
from schemas.inputs.lenient_reading import PushedReport
from schemas.inputs.report import Person, Report
from schemas.journal.assessment_events import CaseLocated, CaseRecognised
from schemas.journal.clock_events import CaseAsked, ClocksChanged
from schemas.journal.events import CaseEvent
from schemas.journal.update_events import ReportUpdated
from schemas.state.case import Case, ReportRef, ReportUpdate, Request
from schemas.values.place import Place
from schemas.values.terms import MissingFact, RequestKind, Stage, VoidReason
from schemas.values.update_terms import ReportMark, UpdateCode, UpdatePart

_WITHDRAWALS: Final[tuple[RequestKind, ...]] = (RequestKind.TERMINATION, RequestKind.VOID)
"""What a withdrawal asks for: the first that can be granted where the case stands."""
_WITHDRAWN: Final = VoidReason.WITHDRAWN.value
"""Why it is asked for."""


class Updated(NamedTuple):
    """What of the report is new, and that with all that follows, in order. `person`: who is to be kept with the callers, if anybody."""

    updated: ReportUpdated
    events: tuple[CaseEvent, ...]
    person: Person | None


def decide_update(
    context: DecisionContext, pushed: PushedReport, first: ReportRef, caller: str | None, entry_id: str
) -> Refusal | Updated:
    """What becomes of the report that was `first`, and says something else now."""
    case, report = context.case, pushed.report
    refusal = _refuse_more(case, first)
    told = refusal or told_anew(context, pushed, first, caller)
    if isinstance(told, Refusal):
        return told
    if not _has_room(case, first, told):
        return Refusal("case_full", "evidence")
    host = (context.cases.get(case.merged.into) if case.merged else None) or case
    on_host = context._replace(case=host)
    request = _request(on_host, report, told)
    update = ReportUpdate(
        content=report_digest(report),
        entry_id=entry_id,
        at=context.at,
        code=_code(host, report, told, request),
        added=tuple(_added(context, report, told)),
        urgency=told.urgency,
        place=told.place or told.elsewhere,
        matter=told.other_matter,
        due_at=told.due_at,
    )
    updated = ReportUpdated(
        case_id=case.case_id,
        source=first.source,
        source_no=first.source_no,
        update=update,
        mark=report.mark,
        said=told.said,
        text=told.text,
        evidence=told.evidence,
        set_aside=told.set_aside,
        caller=told.caller,
        call_back=told.call_back and (told.caller or first.caller) is not None,
        host=None if host is case else host.case_id,
    )
    person = report.caller if told.caller else told.person
    told_to = (updated,) if host is case else (updated, _for_host(updated, host))
    if STAGE_TABLE[host.stage].is_terminal:
        return Updated(updated, told_to, person)
    asked = (CaseAsked(case_id=host.case_id, request=request),) if request else ()
    effects = _effects(on_host, report, first, told, told_to[-1])
    return Updated(updated, (*told_to, *effects, *asked), person)


def _refuse_more(case: Case, first: ReportRef) -> Refusal | None:
    """A case keeps so many updates that it can still be written as one record."""
    of_all = sum(len(report.updates) for report in case.reports)
    if len(first.updates) < limits.UPDATES_PER_REPORT_MAX and of_all < limits.UPDATES_PER_CASE_MAX:
        return None
    return Refusal("too_many_updates", "source_no", f"at most {limits.UPDATES_PER_REPORT_MAX} of a report")


def _has_room(case: Case, first: ReportRef, told: ToldAnew) -> bool:
    """Whether its photos find room: with the case's own, or with the report's that joined it."""
    if len(first.set_aside) + len(told.set_aside) > limits.EVIDENCE_MAX:
        return False
    if first is case.reports[0]:
        return len(case.evidence) + len(told.evidence) <= limits.EVIDENCE_PER_CASE_MAX
    of_all = sum(len(report.evidence) for report in case.reports) + len(told.evidence)
    of_it = len(first.evidence) + len(told.evidence)
    return not told.evidence or (
        of_it <= limits.EVIDENCE_MAX and of_all <= limits.REPORTS_MERGED_EVIDENCE_MAX
    )


def _code(host: Case, report: Report, told: ToldAnew, request: Request | None) -> UpdateCode:
    if STAGE_TABLE[host.stage].is_terminal:
        return UpdateCode.UPDATED_AFTER_END
    if report.mark is ReportMark.WITHDRAWN:
        return UpdateCode.WITHDRAWAL_FILED if request else UpdateCode.WITHDRAWAL_NOTED
    if told.other_matter or told.elsewhere:
        return UpdateCode.CHANGE_OFFERED if request else UpdateCode.CHANGE_NOTED
    if report.mark is ReportMark.URGED:
        return UpdateCode.URGED
    is_new = (
        told.text or told.evidence or told.caller or told.urgency or told.place or told.matter or told.due_at
    )
    return UpdateCode.UPDATED if is_new else UpdateCode.NOTHING_NEW


def _added(context: DecisionContext, report: Report, told: ToldAnew) -> Iterator[UpdatePart]:
    is_open = not STAGE_TABLE[context.case.stage].is_terminal or context.case.merged is not None
    brought = {
        UpdatePart.URGE: report.mark is ReportMark.URGED,
        UpdatePart.TEXT: told.text is not None,
        UpdatePart.EVIDENCE: bool(told.evidence),
        UpdatePart.CALLER: told.caller is not None,
        UpdatePart.PLACE: told.place is not None and is_open,
        UpdatePart.URGENCY: told.urgency is not None and is_open,
        UpdatePart.DEADLINE: told.due_at is not None,
        UpdatePart.MATTER: told.matter is not None and context.case.stage is Stage.UNDER_ASSESSMENT,
    }
    return (part for part, is_new in brought.items() if is_new)


def _request(context: DecisionContext, report: Report, told: ToldAnew) -> Request | None:
    """What is asked for in the name of its source; None where nothing is, or where it could not be granted."""
    case = context.case
    if len(answered(case)) > 1:
        return None
    if report.mark is ReportMark.WITHDRAWN:
        kinds, reason = _WITHDRAWALS, _WITHDRAWN
    elif told.other_matter or told.elsewhere:
        kinds, reason = (RequestKind.CHANGE,), RequestKind.CHANGE.value
    else:
        return None
    kind = next((kind for kind in kinds if is_grantable_at(kind, case.stage)), None)
    if kind is None or any(request_of(case, one) for one in kinds):
        return None
    return Request(
        kind=kind,
        by=report.source.value,
        team=None,
        at=context.at,
        reason=reason,
        note=told.said[: limits.NOTE_MAX],
        source=report.source,
        source_no=case.reports[0].source_no,
        paper=case.reports[0].source_no if kind is RequestKind.TERMINATION else None,
        matter=told.other_matter if kind is RequestKind.CHANGE else None,
        place=told.elsewhere if kind is RequestKind.CHANGE else None,
    )


def _for_host(updated: ReportUpdated, host: Case) -> ReportUpdated:
    """The case that answers for a merged one hears of it, too; what it brought stays with the other, should that be split off."""
    return ReportUpdated(
        case_id=host.case_id,
        source=updated.source,
        source_no=updated.source_no,
        update=updated.update,
        mark=updated.mark,
        said=updated.said,
        caller=updated.caller,
        call_back=updated.call_back,
    )


def _effects(
    context: DecisionContext, report: Report, first: ReportRef, told: ToldAnew, updated: ReportUpdated
) -> tuple[CaseEvent, ...]:
    """What follows for the open case: it is settled what it is about, or it is more urgent, or its place better known."""
    grown = evolve(context.case, updated)
    context = context._replace(case=grown)
    if grown.stage is Stage.UNDER_ASSESSMENT:
        known = tuple(_known(context, report, told))
        return settling.settled(context, known, report.source.value) if known else ()
    said = replace(facts_with(grown.facts, told.urgency, None), place=told.place or Place(), geocode=None)
    amended = joining.amendment(grown, (said,), context.at, first)
    if amended is None:
        return ()
    moves, changes = joining.brought(context, amended, first, None)
    clocks = (ClocksChanged(case_id=grown.case_id, changes=changes),) if changes else ()
    return (amended, *moves, *clocks)


def _known(
    context: DecisionContext, report: Report, told: ToldAnew
) -> Iterator[CaseRecognised | CaseLocated]:
    """What was missing of the case, and is said now."""
    rules, _, _, case, at, _ = context
    missing, by = settling.missing_of(case), report.source.value
    if told.matter is not None and MissingFact.MATTER in missing:
        severity = severity_of(rules, rules.matters[told.matter], case.facts.urgency)
        yield CaseRecognised(case_id=case.case_id, at=at, by=by, matter=told.matter, severity=severity)
    if told.place is not None and MissingFact.PLACE in missing:
        yield CaseLocated(case_id=case.case_id, at=at, by=by, place=told.place)
