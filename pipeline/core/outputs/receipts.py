"""Receipts (回执): what the sender of a report, an action or a dead record is answered, in Chinese and English."""

from typing import assert_never

from msgspec.structs import replace

from pipeline.core.case.decision import (
    AcceptedAction,
    AcceptedDuty,
    AcceptedReport,
    DeadRecord,
    DiscardedLetter,
    ForwardedReply,
    RefusedAction,
    RefusedDuty,
    RefusedReport,
    Reply,
    RetiredReply,
)
from pipeline.core.case.turn import Turn
from pipeline.core.outputs.dead_letters import subject_of
from pipeline.core.rules.meanings.citations import rule_behind
from pipeline.core.rules.meanings.report_meanings import EMERGENCY, UNDER_ASSESSMENT, Meaning
from pipeline.core.rules.refusals import (
    REPEATED_AFTER_END,
    REPEATED_AFTER_MOVE,
    REPEATED_OTHERWISE,
    Refusal,
    meaning_of,
)
from pipeline.core.rules.rules import Rules
from schemas import limits
from schemas.duty.duty_actions import DutyAction
from schemas.errors import BadMessage
from schemas.inputs.action import Action
from schemas.inputs.report import Report
from schemas.outputs import ActionSubject, Fault, Receipt, RecordSubject, ReportSubject
from schemas.state.case import ActionRef, Case, ReportRef, ReportUpdate
from schemas.state.retired import Ended
from schemas.values.terms import CaseOutcome, ReportOutcome


def of_reply(reply: Reply, turn: Turn, rules: Rules) -> Receipt:
    """The one receipt of a reply."""
    match reply:
        case AcceptedReport():
            if reply.update is not None:
                return update_receipt(reply.case_id, reply.report, reply.update, reply.ended)
            return report_receipt(reply.case_id, reply.report, differs=reply.differs, ended=reply.ended)
        case RetiredReply():
            return retired_receipt(turn, reply)
        case AcceptedAction():
            return action_receipt(reply.case_id, reply.actor, reply.action)
        case RefusedReport() | RefusedAction() | RefusedDuty():
            return _refused(reply, turn, rules)
        case AcceptedDuty():
            return duty_receipt(reply)
        case DeadRecord(record=record, fault=fault):
            refusal = _as_refusal(fault)
            rule = rule_behind(rules, fault.code)
            return refusal_receipt(turn, subject_of(record), refusal, rule, ReportOutcome.DEAD_LETTER)
        case DiscardedLetter():
            return discard_receipt(turn, reply)
        case ForwardedReply(content=content, fault=fault):
            refusal = _as_refusal(fault)
            rule = rule_behind(rules, fault.code)
            return refusal_receipt(turn, content_subject(content), refusal, rule, ReportOutcome.FORWARDED)
    assert_never(reply)


def _refused(reply: RefusedReport | RefusedAction | RefusedDuty, turn: Turn, rules: Rules) -> Receipt:
    match reply:
        case RefusedReport(report, refusal):
            to = ReportSubject(source=report.source, source_no=report.source_no)
            rule = rule_behind(rules, refusal.code, street=report.street)
            return refusal_receipt(turn, to, refusal, rule)
        case RefusedAction(action, refusal, case, ended):
            rule = rule_behind(rules, refusal.code, action=action.action, case=case)
            receipt = refusal_receipt(turn, action_subject(action), refusal, rule, case=case)
            return receipt if ended is None else replace(receipt, ended=ended, case_id=action.case_id)
        case RefusedDuty(action, refusal):
            rule = rule_behind(rules, refusal.code, action=action.action, street=action.street)
            return refusal_receipt(turn, action_subject(action), refusal, rule)
    assert_never(reply)


def report_receipt(
    case_id: str, report: ReportRef, *, differs: bool = False, ended: Ended | None = None
) -> Receipt:
    """The receipt of an accepted or merged report, the same each time the report is pushed.

    Besides, `differs` where it said something else then, and what has become of the case since.
    """
    meaning = _meaning_again(_first_meaning(report), ended, differs=differs)
    return Receipt(
        receipt_id=f"{report.entry_id}:receipt:0",
        entry_id=report.entry_id,
        at=report.at,
        of=ReportSubject(source=report.source, source_no=report.source_no),
        outcome=report.outcome,
        code=report.outcome.value,
        message_zh=meaning.zh,
        message_en=meaning.en,
        case_id=report.told_case or case_id,
        team=report.team,
        due_at=report.due_at,
        due_by=report.due_by,
        differs=differs,
        left_out=report.left_out,
        ended=ended,
        recognised=report.recognised,
        missing=report.missing,
        answer=report.answer,
        suspected=report.suspected,
    )


def update_receipt(case_id: str, report: ReportRef, update: ReportUpdate, ended: Ended | None) -> Receipt:
    """The receipt of a report that came again and said something else, the same each time that content is pushed."""
    meaning = meaning_of(update.code.value)
    return Receipt(
        receipt_id=f"{update.entry_id}:receipt:0",
        entry_id=update.entry_id,
        at=update.at,
        of=ReportSubject(source=report.source, source_no=report.source_no),
        outcome=ReportOutcome.UPDATED,
        code=update.code.value,
        message_zh=meaning.zh,
        message_en=meaning.en,
        case_id=report.told_case or case_id,
        added=update.added,
        ended=ended,
    )


def _first_meaning(report: ReportRef) -> Meaning:
    """What an accepted report is told: that somebody will say what is missing, or how it is answered, where it is so."""
    if report.answer is not None:
        return EMERGENCY if report.answer.emergency else meaning_of("answered")
    return UNDER_ASSESSMENT if report.missing else meaning_of(report.outcome.value)


def retired_receipt(turn: Turn, reply: RetiredReply) -> Receipt:
    """The receipt of a report whose case is kept no longer: a new one, since the first is forgotten, but no other answer."""
    outcome = ReportOutcome.MERGED if reply.joined else ReportOutcome.ACCEPTED
    if reply.ended.outcome is CaseOutcome.ANSWERED and not reply.joined:
        outcome = ReportOutcome.ANSWERED
    meaning = _meaning_again(meaning_of(outcome.value), reply.ended, differs=reply.differs)
    return Receipt(
        receipt_id=f"{turn.entry_id}:receipt:0",
        entry_id=turn.entry_id,
        at=turn.at,
        of=content_subject(reply.report),
        outcome=outcome,
        code=outcome.value,
        message_zh=meaning.zh,
        message_en=meaning.en,
        case_id=reply.case_id,
        differs=reply.differs,
        ended=reply.ended,
    )


def _meaning_again(first: Meaning, ended: Ended | None, *, differs: bool) -> Meaning:
    if differs:
        return REPEATED_OTHERWISE
    if ended is not None and ended.moved_to is not None:
        return REPEATED_AFTER_MOVE
    return REPEATED_AFTER_END if ended is not None and ended.at is not None else first


def action_receipt(case_id: str, actor: str, action: ActionRef) -> Receipt:
    """The receipt of an accepted action, the same each time the action is sent."""
    meaning = meaning_of("accepted")
    return Receipt(
        receipt_id=f"{action.entry_id}:receipt:0",
        entry_id=action.entry_id,
        at=action.at,
        of=ActionSubject(action_id=action.action_id, actor=actor),
        outcome=ReportOutcome.ACCEPTED,
        code="accepted",
        message_zh=meaning.zh,
        message_en=meaning.en,
        case_id=case_id,
        case_version=action.version,
        stage=action.stage,
    )


def duty_receipt(reply: AcceptedDuty) -> Receipt:
    """The receipt of an accepted action about a street's people or devices, the same each time it is sent."""
    meaning, done = meaning_of("accepted"), reply.action
    return Receipt(
        receipt_id=f"{done.entry_id}:receipt:0",
        entry_id=done.entry_id,
        at=done.at,
        of=ActionSubject(action_id=done.action_id, actor=reply.actor),
        outcome=ReportOutcome.ACCEPTED,
        code="accepted",
        message_zh=meaning.zh,
        message_en=meaning.en,
    )


def discard_receipt(turn: Turn, reply: DiscardedLetter) -> Receipt:
    """The receipt of a dead letter's discarding."""
    meaning = meaning_of("accepted")
    return Receipt(
        receipt_id=f"{turn.entry_id}:receipt:0",
        entry_id=turn.entry_id,
        at=turn.at,
        of=ActionSubject(action_id=reply.action_id, actor=reply.actor),
        outcome=ReportOutcome.ACCEPTED,
        code="accepted",
        message_zh=meaning.zh,
        message_en=meaning.en,
    )


def refusal_receipt(
    turn: Turn,
    subject: ReportSubject | ActionSubject | RecordSubject,
    refusal: Refusal,
    rule: str,
    outcome: ReportOutcome = ReportOutcome.REFUSED,
    case: Case | None = None,
) -> Receipt:
    """The receipt that says no, why, by which rule, and what to do."""
    meaning = meaning_of(refusal.code)
    return Receipt(
        receipt_id=f"{turn.entry_id}:receipt:0",
        entry_id=turn.entry_id,
        at=turn.at,
        of=subject,
        outcome=outcome,
        code=refusal.code,
        field=refusal.field[: limits.NOTE_MAX],
        allowed=refusal.allowed[: limits.NOTE_MAX],
        rule=rule[: limits.NOTE_MAX],
        message_zh=meaning.zh,
        message_en=meaning.en,
        case_id=case.case_id if case else None,
        case_version=case.version if case else None,
        stage=case.stage if case else None,
        team=refusal.team,
        faults=tuple(
            Fault(
                code=one.code,
                field=one.field[: limits.NOTE_MAX],
                allowed=one.allowed[: limits.NOTE_MAX],
            )
            for one in (refusal, *refusal.also)
        ),
    )


def _as_refusal(fault: BadMessage) -> Refusal:
    also = tuple(_as_refusal(one) for one in fault.also)
    return Refusal(fault.code, fault.field, fault.allowed, also=also)


def content_subject(content: Report | Action | DutyAction) -> ReportSubject | ActionSubject:
    """Whom a message is from, by its own number."""
    if isinstance(content, Report):
        return ReportSubject(source=content.source, source_no=content.source_no)
    return action_subject(content)


def action_subject(action: Action | DutyAction) -> ActionSubject:
    """The action that a receipt answers, and who sent it."""
    return ActionSubject(action_id=action.action_id, actor=action.actor.id)
