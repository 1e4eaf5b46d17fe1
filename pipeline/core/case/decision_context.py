"""What a decision on a case may look at, and what it gives: data only, nothing is done here."""

from datetime import datetime
from typing import NamedTuple

from pipeline.core.case.case_book import CaseBook
from pipeline.core.duty.who_is_there import DutyView
from pipeline.core.rules.refusals import Refusal
from pipeline.core.rules.rules import Rules, Street
from schemas.journal.events import CaseEvent
from schemas.state.case import Case

Decided = tuple[CaseEvent, ...] | Refusal
"""The events, at least one, or the reason why there are none."""


class DecisionContext(NamedTuple):
    """The case that somebody or a timer acts on, which is one of `cases`, the book of its street, and the instant (UTC) at which.

    `duty`: who is there, in a street that has a file of its people; without one nothing of it is checked.
    """

    rules: Rules
    street: Street
    cases: CaseBook
    case: Case
    at: datetime
    duty: DutyView | None = None
