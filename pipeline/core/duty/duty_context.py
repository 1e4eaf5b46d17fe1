"""What every decider of an action about people and devices looks at, and what two of them have in common."""

from datetime import datetime
from typing import NamedTuple

from pipeline.core.duty.people import Officer
from pipeline.core.duty.who_is_there import DutyView
from pipeline.core.rules.refusals import Refusal
from pipeline.core.rules.rules import Rules, Street
from schemas.duty.duty_events import DutyChange


class DutyContext(NamedTuple):
    """The street that somebody acts on, who is there, and the instant (UTC) at which."""

    rules: Rules
    street: Street
    view: DutyView
    at: datetime


DutyDecided = DutyChange | Refusal
"""What happens, or why it does not."""


def officer_of(context: DutyContext, number: str, field: str = "officer") -> Officer | Refusal:
    """Whose number it is."""
    found = context.view.officer(number)
    return found or Refusal(
        "unknown_officer", field, "the id or certificate's number of an officer of the street"
    )
