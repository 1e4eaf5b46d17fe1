"""跨街道移交: a case that lies in another street ends here and goes on there, with all its reports and with its clocks.

    140109004: move ─► CaseMoved, a notice to each source ──────────────────────────┐ one transaction
    140109001: reports.v1, a record for each report, with the header `moved` ◄──────┘
               the first opens the case there, the others join it; the final answer comes from there

Whoever reported it does not wait anew: the clocks of the handling and of the whole case go along (`CameFrom`). A case moves as
often as the policy says, and never back: streets that disagree ask the district above both.
"""

from collections.abc import Iterator
from typing import Final

from msgspec.structs import replace

from pipeline.core.case.decision import Decision
from pipeline.core.case.decision_context import Decided, DecisionContext
from pipeline.core.case.turn import ForwardedRecord, Turn
from pipeline.core.other_street import move_seal
from pipeline.core.penalty import penalty_procedure
from pipeline.core.rules.grid import to_wgs84
from pipeline.core.rules.identity import case_id, report_key
from pipeline.core.rules.refusals import Refusal
from pipeline.core.rules.rules import Street
from pipeline.core.stages import feedback
from pipeline.core.stages.assessment import settling
from schemas import limits
from schemas.inputs.move_actions import Move
from schemas.inputs.report import Person, Report
from schemas.journal.joint_events import CaseMoved
from schemas.partitioning import partition_of
from schemas.state.came_from import CameFrom
from schemas.state.case import Case, Facts, ReportRef
from schemas.topics import REPORTS
from schemas.values.evidence import Evidence
from schemas.values.hotline_order import OrderTerms
from schemas.values.terms import ClockKind
from schemas.values.text import UNDETERMINED, street_of
from schemas.wire import codecs, envelope
from schemas.wire.move_header import MoveHeader

_KEPT: Final = (ClockKind.DISPOSE, ClockKind.WHOLE)
"""What counts for the citizen; the clocks of a step are the next street's own."""


def decide_move(context: DecisionContext, action: Move) -> Decided:
    """It lies in a street that the rules know, which has not had it before, and nothing that only this street may end is under way."""
    rules, _, _, case, at, _ = context
    other = rules.streets.get(action.to)
    if other is None:
        return Refusal("move_unknown_street", "to", ", ".join(sorted(rules.streets)))
    if other.code == case.street:
        return Refusal("move_same_street", "to", "another street")
    refusal = _refuse(context, other.code)
    if refusal is not None:
        return refusal
    place = settling.place_of(context._replace(street=other), _with_own_place(case, action, other))
    if isinstance(place, Refusal):
        return place
    if place.grid is None:
        return Refusal(
            "move_place_unknown", "address", f"a grid, a point or an address of street {other.code}"
        )
    first = case.reports[0]
    moved = CaseMoved(
        case_id=case.case_id,
        at=at,
        by=action.actor.id,
        to=other.code,
        to_case=case_id(other.code, report_key(first.source, first.source_no)),
        reports=len(case.reports),
        place=place,
        note=action.note,
    )
    return (moved, feedback.retire_later(rules, case.case_id, at))


def _refuse(context: DecisionContext, to: str) -> Refusal | None:
    rules, case = context.rules, context.case
    before = [street_of(earlier) for earlier in case.moved_from]
    if len(before) >= min(rules.policy.moves_max, limits.MOVES_PER_CASE_MAX) or to in before:
        return Refusal("moved_already", "to", "the district says whose it is")
    if case.joined:
        return Refusal("move_with_joined", "case_id", "split off first what was merged into it")
    if penalty_procedure.is_open(case):
        return Refusal("move_with_penalty", "case_id", "a case without a penalty procedure under way")
    return None


def _with_own_place(case: Case, action: Move, other: Street) -> Move:
    """Where the case itself says that it is, if the action says nothing; its point where that lies in the other street."""
    if action.grid or action.point or action.address:
        return action
    point = case.facts.place.point
    if point is not None and other.grids.grid_at(*to_wgs84(point.lon, point.lat, point.crs)) is None:
        point = None
    return replace(action, point=point, address=case.facts.place.address)


def with_reports(key: bytes, decision: Decision, turn: Turn, partitions: int | None) -> Decision:
    """The decision with what goes to the other street, where a case is moved."""
    for event in decision.events:
        if isinstance(event, CaseMoved):
            case = next(change.before for change in decision.changes if change.after.case_id == event.case_id)
            if case is not None:
                return decision._replace(sent=tuple(_sent(key, case, event, turn, partitions)))
    return decision


def _sent(
    key: bytes, case: Case, event: CaseMoved, turn: Turn, partitions: int | None
) -> Iterator[ForwardedRecord]:
    """A record for each report of the case, as it stood before it was moved; the first opens it there.

    Where the number of partitions is not known they stay in this one.
    """
    to = turn.partition if partitions is None else partition_of(event.to, partitions)
    clocks = tuple(clock for clock in case.clocks if clock.kind in _KEPT and clock.stopped_at is None)
    came_from = CameFrom(cases=(*case.moved_from, case.case_id), at=event.at, clocks=clocks)
    for number, report in enumerate(case.reports):
        facts = report.facts or case.facts
        header = MoveHeader(
            came_from=came_from if number == 0 else replace(came_from, clocks=()),
            into=event.to_case,
            opened_at=facts.opened_at,
            caller=report.caller,
            call_back=report.call_back,
        )
        evidence = report.evidence if number else case.evidence[: limits.EVIDENCE_MAX]
        value = codecs.REPORT.encode(_as_report(event, report, facts, evidence))
        record_id, at = f"{turn.entry_id}:moved:{number}", event.at.isoformat().replace("+00:00", "Z")
        headers = (
            (envelope.MOVED, move_seal.sealed(key, header, value)),
            *envelope.headers(envelope.REPORT, record_id, at),
        )
        yield ForwardedRecord(REPORTS, to, event.to.encode(), value, headers)


def _as_report(event: CaseMoved, report: ReportRef, facts: Facts, evidence: tuple[Evidence, ...]) -> Report:
    """The report as its source would have pushed it for that street; who called stands in the header alone, by the token."""
    order = report.order
    terms = None
    if order is not None:
        terms = OrderTerms(due_at=order.due_at, limit=order.limit, kind=order.kind, repeat_of=order.repeat_of)
    return Report(
        source=report.source,
        source_no=report.source_no,
        street=event.to,
        matter=None if facts.matter == UNDETERMINED else facts.matter,
        reported_at=facts.reported_at,
        place=event.place,
        text=facts.text,
        occurred_at=facts.occurred_at,
        urgency=facts.urgency,
        reporter=facts.reporter,
        caller=Person(secret=True) if facts.secret else None,
        call_back=report.call_back,
        evidence=evidence,
        order=terms,
    )
