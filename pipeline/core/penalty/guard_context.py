"""A step of the penalty procedure that somebody asks for, and what a guard may look at: what was said, when, by whom.

Nothing is judged here.
"""

from calendar import monthrange
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Final, NamedTuple, TypeVar

from pipeline.core.rules.law import GuardParameters
from pipeline.core.rules.penalty_records import NOTHING_SAID, decision_of, facts_of, record_of
from pipeline.core.rules.rules import Matter, Rules
from pipeline.core.worktime import clock_arithmetic
from pipeline.core.worktime.office_hours import SHANGHAI, day_of
from pipeline.core.worktime.policy import Span
from schemas.inputs.action import Penalise, TakeMeasure
from schemas.state.case import Case
from schemas.state.penalty import PenaltyFacts, PenaltyRecord
from schemas.values.penalty_terms import MeasureStep
from schemas.values.terms import PartyKind
from schemas.values.terms import PenaltyStep as Step

T = TypeVar("T")
_MONTHS: Final = 12
_SATURDAY: Final = 5


class Missing(NamedTuple):
    """What a guard misses: the field that would say it, and what it would have to say."""

    field: str
    wanted: str


class GuardContext(NamedTuple):
    """A step that somebody asks for, with all that a guard may look at."""

    rules: Rules
    case: Case
    action: Penalise | TakeMeasure
    at: datetime

    @property
    def terms(self) -> GuardParameters:
        """The parameters of the guards."""
        return self.rules.procedure.terms

    @property
    def matter(self) -> Matter:
        """The matter of the case."""
        return self.rules.matters[self.case.facts.matter]

    @property
    def step(self) -> Step | MeasureStep:
        """The step that is asked for."""
        return self.action.step

    @property
    def said(self) -> PenaltyFacts:
        """What is said with it."""
        return self.action.facts or NOTHING_SAID

    @property
    def records(self) -> tuple[PenaltyRecord, ...]:
        """The steps behind it."""
        return self.case.penalty.records if self.case.penalty else ()

    @property
    def all_said(self) -> tuple[PenaltyFacts, ...]:
        """What was said at any step, this one last."""
        return (*(record.facts or NOTHING_SAID for record in self.records), self.said)

    @property
    def done_at(self) -> datetime:
        """When it was done by what its record says, and never later than now."""
        return min(self.action.acted_at, self.at)

    def record(self, step: Step) -> PenaltyRecord | None:
        """The record of a step that was taken."""
        return record_of(self.case.penalty, step)

    def facts(self, step: Step) -> PenaltyFacts:
        """What was said at a step; nothing where it was not taken."""
        return facts_of(self.case.penalty, step)

    def party(self) -> PartyKind | None:
        """Who is to be punished, as last said."""
        return self.last_said(lambda one: one.party)

    def last_said(self, what: Callable[[PenaltyFacts], T | None]) -> T | None:
        """Of what may be said at several steps: what was said last."""
        return next((said for one in reversed(self.all_said) if (said := what(one)) is not None), None)

    def fine(self) -> int:
        """The fine that is asked for or was decided."""
        return self.said.fine_yuan or decision_of(self.case.penalty).fine_yuan or 0

    def investigators(self) -> frozenset[str]:
        """Who investigated: by certificate number, and who recorded it."""
        done = [one for one in self.records if one.step in (Step.FILED, Step.INVESTIGATED)]
        named = {officer for one in done for officer in (one.facts or NOTHING_SAID).officers}
        return frozenset(named | {one.by for one in done if one.step is Step.INVESTIGATED})

    def last_day(self, start: datetime, window: Span) -> date:
        """The last day of a window that began at `start`; it is open until that day is over."""
        return day_of(clock_arithmetic.after(self.rules.calendar, start, window).at)

    def is_weekend(self, day: date) -> bool:
        """Whether it is a Saturday or Sunday that is not worked."""
        if day.weekday() < _SATURDAY:
            return False
        before = datetime.combine(day - timedelta(days=1), time(12), SHANGHAI)
        return day_of(self.rules.calendar.due_workdays(before, 1).at) != day


class GuardCheck(NamedTuple):
    """How a guard looks, and the steps it can stand before."""

    steps: frozenset[Step | MeasureStep]
    look: Callable[[GuardContext], Missing | None]


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or the month's last."""
    year, month = divmod(day.month - 1 + months, _MONTHS)
    year, month = day.year + year, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
