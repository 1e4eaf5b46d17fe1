"""One codec per message. Everything that crosses a topic goes through one of these."""

from collections.abc import Mapping
from functools import cache
from typing import Final, cast, get_args

from schemas.duty.duty_actions import DutyAction, DutyActionBase
from schemas.duty.street_duty import StreetDuty
from schemas.inputs.action import Action, action_name
from schemas.inputs.action_base import ActionBase
from schemas.inputs.letter_discard import DiscardLetter
from schemas.inputs.report import Report
from schemas.journal.entry import JournalEntry
from schemas.outputs import Assignment, CallerRecord, DeadLetter, Notice, Position, Receipt
from schemas.state.case import Case
from schemas.state.retired import RetiredReports
from schemas.wire.codec import Codec, Door

REPORT: Door[Report] = Door(Report)
ACTION: Door[Action] = Door(Action)
DISCARD: Door[DiscardLetter] = Door(DiscardLetter)
DUTY_ACTION: Door[DutyAction] = Door(DutyAction)
JOURNAL_ENTRY: Codec[JournalEntry] = Codec(JournalEntry)
CASE: Codec[Case] = Codec(Case)
RETIRED: Codec[RetiredReports] = Codec(RetiredReports)
STREET_DUTY: Codec[StreetDuty] = Codec(StreetDuty)
POSITION: Codec[Position] = Codec(Position)
ASSIGNMENT: Codec[Assignment] = Codec(Assignment)
RECEIPT: Codec[Receipt] = Codec(Receipt)
NOTICE: Codec[Notice] = Codec(Notice)
CALLER: Codec[CallerRecord] = Codec(CallerRecord)
DEAD_LETTER: Codec[DeadLetter] = Codec(DeadLetter)

ACTIONS: Final[Mapping[str, type[ActionBase]]] = {
    action_name(kind): kind for kind in cast(tuple[type[ActionBase], ...], get_args(get_args(Action)[0]))
}
"""The contract of each action, by its code."""
DUTY_ACTIONS: Final[Mapping[str, type[DutyActionBase]]] = {
    action_name(kind): kind
    for kind in cast(tuple[type[DutyActionBase], ...], get_args(get_args(DutyAction)[0]))
}
"""The contract of each action about the people and devices of a street, by its code."""


@cache
def action_door(code: str) -> Door[Action]:
    """The door of one kind of action: made in a fraction of the time that the door of all takes.

    Raises:
        KeyError: there is no such action.
    """
    return Door(ACTIONS[code])


def ready() -> None:
    """Make every reader now: for a worker, whose first message should not wait for them."""
    for door in (
        REPORT,
        ACTION,
        DISCARD,
        DUTY_ACTION,
        JOURNAL_ENTRY,
        CASE,
        RETIRED,
        STREET_DUTY,
        POSITION,
        ASSIGNMENT,
        RECEIPT,
        NOTICE,
        CALLER,
        DEAD_LETTER,
    ):
        door.ready()
