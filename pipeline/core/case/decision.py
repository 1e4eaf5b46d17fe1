"""What a step decides, as data: events, the cases that they change, and what is answered. `outputs.of` makes of it what leaves.

accepted ─► events, changes, AcceptedReport | AcceptedAction
discarded ► one event, DiscardedLetter; nothing changes
repeated ─► one event, the first answer once more; RetiredReply where that is forgotten
refused  ─► one event, RefusedReport | RefusedAction | RefusedDuty | DeadRecord; nothing changes
on duty  ─► two events, AcceptedDuty, the street's people and devices as they are then
misplaced ► one event, ForwardedReply; nothing changes here
timer    ─► events, changes, no reply: nobody waits for one
"""

from typing import NamedTuple

from pipeline.core.case.turn import Change, ForwardedRecord, InputRecord
from pipeline.core.rules.refusals import Refusal
from schemas.duty.duty_actions import DutyAction
from schemas.duty.street_duty import DutyActionRef, StreetDuty
from schemas.errors import BadMessage
from schemas.inputs.action import Action
from schemas.inputs.report import Person, Report
from schemas.journal.events import ActionRefused, Answer, CaseEvent, ReportRefused
from schemas.state.case import ActionRef, Case, ReportRef, ReportUpdate
from schemas.state.retired import Ended


class AcceptedReport(NamedTuple):
    """The report is in the case, as `report` remembers it. `caller` is the person behind its token, when the report is new;
    `secret` the report itself, when it is one whose place its case may not hold.

    `differs`: it was there before, and said something else then. `ended`: what became of the case since. `update`: it is not the first that came
    under its number, and this is what became of it.
    """

    case_id: str
    report: ReportRef
    caller: Person | None = None
    differs: bool = False
    ended: Ended | None = None
    secret: Report | None = None
    update: ReportUpdate | None = None


class RetiredReply(NamedTuple):
    """The report was in a case that is kept no longer: it opened it, or `joined` it. `differs` as above."""

    case_id: str
    report: Report
    joined: bool
    differs: bool
    ended: Ended


class AcceptedAction(NamedTuple):
    """The action is done, by `actor`, as `action` remembers it."""

    case_id: str
    actor: str
    action: ActionRef


class RefusedReport(NamedTuple):
    """The report is no case and in no case."""

    report: Report
    refusal: Refusal


class RefusedAction(NamedTuple):
    """The action is not done; `case` is the one that it names, None if it is not there. `ended`: it was, and became this."""

    action: Action
    refusal: Refusal
    case: Case | None
    ended: Ended | None = None


class AcceptedDuty(NamedTuple):
    """The action about a street's people or devices is done, by `actor`, as `action` remembers it."""

    actor: str
    action: DutyActionRef


class RefusedDuty(NamedTuple):
    """The action about a street's people or devices is not done."""

    action: DutyAction
    refusal: Refusal


class DeadRecord(NamedTuple):
    """A record that cannot be worked, and why. `token` stands for its sealed bytes."""

    record: InputRecord
    sha256: str
    token: str
    fault: BadMessage


class DiscardedLetter(NamedTuple):
    """A dead letter is discarded, by `actor`."""

    action_id: str
    actor: str


class ForwardedReply(NamedTuple):
    """Nothing was decided of it here: `record` goes to its street's partition. `fault` says what was wrong with its place."""

    content: Report | Action | DutyAction
    record: ForwardedRecord
    fault: BadMessage


Reply = (
    AcceptedReport
    | RetiredReply
    | AcceptedAction
    | RefusedReport
    | RefusedAction
    | AcceptedDuty
    | RefusedDuty
    | DeadRecord
    | DiscardedLetter
    | ForwardedReply
)


class Decision(NamedTuple):
    """The events of a step and the cases that they change: mostly one, two where cases are merged or split.

    `duty`: the people and devices of the street, where they are others now.
    """

    events: tuple[CaseEvent | Answer, ...]
    changes: tuple[Change, ...] = ()
    reply: Reply | None = None
    duty: StreetDuty | None = None
    sent: tuple[ForwardedRecord, ...] = ()
    """The reports of a case that was moved to another street."""


def refuse_report(report: Report, refusal: Refusal) -> Decision:
    """The report is not accepted; nothing changes."""
    event = ReportRefused(
        source=report.source, source_no=report.source_no, code=refusal.code, field=refusal.field
    )
    return Decision((event,), reply=RefusedReport(report, refusal))


def refuse_action(
    action: Action, refusal: Refusal, case: Case | None, ended: Ended | None = None
) -> Decision:
    """The action is not accepted; nothing changes."""
    event = ActionRefused(
        case_id=action.case_id,
        action_id=action.action_id,
        action=action.action,
        actor=action.actor.id,
        code=refusal.code,
        field=refusal.field,
    )
    return Decision((event,), reply=RefusedAction(action, refusal, case, ended))
