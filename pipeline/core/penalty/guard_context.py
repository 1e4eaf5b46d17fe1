"""What a guard may look at: the step that is requested, the facts stated with it, and the steps behind it.

Nothing is judged here.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Final, NamedTuple, TypeVar

from pipeline.core.rules.identity import person, persons
from pipeline.core.rules.law import GuardParameters
from pipeline.core.rules.law_in_time import FineRange, breached_at, range_of
from pipeline.core.rules.penalty_records import NO_FACTS, as_it_holds, facts_of, fine_of, record_of
from pipeline.core.rules.rules import DayKind, Matter, Rules, kind_of
from pipeline.core.worktime import clock_arithmetic
from pipeline.core.worktime.office_hours import day_of
from pipeline.core.worktime.policy import Span
from schemas.inputs.action import Penalise, TakeMeasure
from schemas.state.case import Case
from schemas.state.penalty import PenaltyFacts, PenaltyRecord
from schemas.values.penalty_terms import MeasureStep, PartyKind
from schemas.values.terms import PenaltyStep as Step

T = TypeVar("T")
_SATURDAY: Final = 5


class Missing(NamedTuple):
    """What a step lacks by a guard: the field that would state it, and what it would have to state."""

    field: str
    required: str


class GuardContext(NamedTuple):
    """A requested step of a penalty procedure or of a measure, with all that a guard may look at."""

    rules: Rules
    case: Case
    action: Penalise | TakeMeasure
    at: datetime

    @property
    def parameters(self) -> GuardParameters:
        """The parameters of the guards."""
        return self.rules.procedure.parameters

    @property
    def matter(self) -> Matter:
        """The matter of the case."""
        return self.rules.matter_of(self.case.facts.matter)

    @property
    def step(self) -> Step | MeasureStep:
        """The step that is requested."""
        return self.action.step

    @property
    def facts(self) -> PenaltyFacts:
        """The facts that are stated with it."""
        return self.action.facts or NO_FACTS

    @property
    def records(self) -> tuple[PenaltyRecord, ...]:
        """The steps that hold now, in their order."""
        return as_it_holds(self.case.penalty).records if self.case.penalty else ()

    @property
    def history(self) -> tuple[PenaltyRecord, ...]:
        """Every step that was taken, also those that hold no longer, in their order."""
        return self.case.penalty.records if self.case.penalty else ()

    @property
    def all_facts(self) -> tuple[PenaltyFacts, ...]:
        """The facts of each step that was ever taken, then those of this one: what was said of the breach and the party stays said."""
        return (*(record.facts or NO_FACTS for record in self.history), self.facts)

    @property
    def facts_that_hold(self) -> tuple[PenaltyFacts, ...]:
        """The facts of each step that holds now, then those of this one."""
        return (*(record.facts or NO_FACTS for record in self.records), self.facts)

    @property
    def done_at(self) -> datetime:
        """When the step was done, as the action states it, but never later than now."""
        return min(self.action.acted_at, self.at)

    def record(self, step: Step) -> PenaltyRecord | None:
        """The record of `step` that holds now; None where there is none."""
        return record_of(self.case.penalty, step)

    def facts_of(self, step: Step) -> PenaltyFacts:
        """The facts of `step`; `NO_FACTS` where it was not taken, or holds no longer."""
        return facts_of(self.case.penalty, step)

    @property
    def is_by_court(self) -> bool:
        """Whether a court enforces: what binds our own officers then does not apply."""
        return self.step is Step.ENFORCED and self.record(Step.COURT_GRANTED) is not None

    def party(self) -> PartyKind | None:
        """Who is to be punished, by the latest statement."""
        return self.latest(lambda facts: facts.party)

    def latest(self, fact: Callable[[PenaltyFacts], T | None]) -> T | None:
        """The value of a fact that may be stated at several steps, by the latest statement; None if none states it."""
        values = (fact(facts) for facts in reversed(self.all_facts))
        return next((value for value in values if value is not None), None)

    def fine_yuan(self) -> int:
        """The fine that is requested, else the one that was decided, as it stands now; 0 without either."""
        return self.facts.fine_yuan or fine_of(self.case.penalty)

    def breached_at(self) -> datetime:
        """When the breach was, or ended."""
        return breached_at(self.case.facts, self.all_facts)

    def fines(self) -> FineRange | None:
        """The range that a fine keeps to, by the law that holds for the breach (行政处罚法 37)."""
        breach, decided = day_of(self.breached_at()), day_of(self.done_at)
        return range_of(self.matter.fines, breach, decided, self.party())

    def investigators(self) -> frozenset[str]:
        """Who ever investigated: the officers named at filing and investigation, and who recorded the investigation (`persons`)."""
        records = [record for record in self.history if record.step in (Step.FILED, Step.INVESTIGATED)]
        officers = {officer for record in records for officer in (record.facts or NO_FACTS).officers}
        return persons(officers | {record.by for record in records if record.step is Step.INVESTIGATED})

    def has_head(self, carried_out_by: Iterable[str] = ()) -> bool:
        """Whether a head of the organ approved this step who neither records it nor is among those."""
        head = self.facts.approved_by
        return head is not None and person(head) not in persons((*carried_out_by, self.action.actor.id))

    def last_day(self, start: datetime, window: Span) -> date:
        """The last day of a window that begins at `start`; the window is open until that day is over."""
        return day_of(clock_arithmetic.after(self.rules.calendar, start, window).at)

    def is_weekend(self, day: date) -> bool:
        """Whether it is a Saturday or Sunday that is not worked instead of a holiday (调休)."""
        return day.weekday() >= _SATURDAY and kind_of(self.rules.calendar, day) is DayKind.DAYS_OFF


class GuardCheck(NamedTuple):
    """One guard: the steps that it can stand before, and the function that finds what a step lacks."""

    steps: frozenset[Step | MeasureStep]
    missing: Callable[[GuardContext], Missing | None]
