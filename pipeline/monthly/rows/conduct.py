"""What the auditor does not keep of a case, and its closing rests on: faults, late handlings, who gave it back and had to take it after all.

given back, or an objection granted ─┬─ sent to the same team again ─► not right: buck-passing (推诿)
                                     └─ another team has it ─────────► right: it was wrongly dispatched
an objection refused ─► not right
the return is lifted by an appeal ─► right after all
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from pipeline.audit.model.fold import Touched
from pipeline.core.rules.rules import Rules
from pipeline.monthly.rows.closing_kinds import ClosingFault
from pipeline.monthly.rows.own_time import own_time
from schemas.journal import events
from schemas.journal.assessment_events import CaseUnderAssessment
from schemas.journal.clock_events import ClocksChanged, RequestDecided
from schemas.journal.entry import JournalEntry
from schemas.journal.supervision_events import DemeritLifted
from schemas.state.case import Clock
from schemas.values.request_terms import DemeritKind
from schemas.values.terms import ClockEvent, ClockKind, RequestKind, ReturnReason, Stage

_HANDLING: Final = (ClockKind.DISPOSE, ClockKind.JOINT)


@dataclass(slots=True)
class Conduct:
    """Of one case. Times are those at which something happened, by which an appeal names it.

    `given_back`: by whom, and when, where the team was not sent again. `not_right`: returns after which it was.
    `late`: the overdue multiple of each handling that came late, None where its limit was no time at all.
    """

    faults: set[ClosingFault] = field(default_factory=set)
    given_back: dict[str, tuple[datetime, ...]] = field(default_factory=dict)
    not_right: set[datetime] = field(default_factory=set)
    late: dict[datetime, float | None] = field(default_factory=dict)
    passed_on: int = 0

    @property
    def all_faults(self) -> frozenset[ClosingFault]:
        """That it was sent to the wrong team shows when another one has it at the end."""
        wrong = {ClosingFault.MISDISPATCHED} if self.given_back else set()
        return frozenset(self.faults | wrong)

    @property
    def multiple(self) -> float | None:
        """The overdue multiple (超时倍数): time that the handling took over its limit, both by its own clock; of several the largest."""
        return max((times for times in self.late.values() if times is not None), default=None)


NO_CONDUCT: Final = Conduct()
"""Of a case of which nothing is to be remembered; never changed."""


class Conducts:
    """Of all cases of a partition."""

    def __init__(self, rules: Rules) -> None:
        """Nothing yet."""
        self._rules = rules
        self._of: dict[str, Conduct] = {}

    def of(self, case_id: str) -> Conduct:
        """What is remembered of it, to be read."""
        return self._of.get(case_id, NO_CONDUCT)

    def forget(self, case_id: str) -> None:
        """Nothing happens to it any more."""
        self._of.pop(case_id, None)

    def take(self, entry: JournalEntry, touched: Sequence[Touched]) -> Mapping[int, bool]:
        """Remembers what the entry says. By the place of the event in it: that a team was not right (true), or that it was after all."""
        places = {id(event): number for number, event in enumerate(entry.events)}
        return {
            places[id(event)]: not_right
            for touch in touched
            for event, not_right in self._verdicts(touch, entry.at)
        }

    def _verdicts(self, touch: Touched, at: datetime) -> Iterator[tuple[events.Event, bool]]:
        before = touch.before
        if before is None:
            return
        for event in touch.events:
            match event:
                case events.VerificationFailed():
                    self._kept(touch).faults.add(ClosingFault.REWORKED)
                case events.CaseReopened():
                    was_over = before.stage == Stage.CLOSED.value
                    self._kept(touch).faults.add(
                        ClosingFault.OPEN_AGAIN if was_over else ClosingFault.REOPENED
                    )
                case CaseUnderAssessment() if before.stage == Stage.ANSWERED.value:
                    self._kept(touch).faults.add(ClosingFault.OPEN_AGAIN)
                case ClocksChanged() if touch.has("case_disposed", "case_self_disposed"):
                    self._handled(touch, event)
                case _:
                    not_right = self._passed(touch, event, before.team, at)
                    if not_right is not None:
                        yield event, not_right

    def _passed(self, touch: Touched, event: events.Event, holder: str | None, at: datetime) -> bool | None:
        """Whether the event shows that a team was not right, or was; None where it says neither."""
        match event:
            case events.CaseReturned():
                self._give_back(touch, event.team, event.at, event.reason)
            case RequestDecided(kind=RequestKind.OBJECTION) if holder is not None:
                if not event.granted:
                    return True
                self._give_back(touch, holder, at, None)
            case events.CaseDispatched() | events.CaseClaimed():
                return self._sent(touch.after.case_id, event.team)
            case DemeritLifted():
                return self._lifted(touch.after.case_id, event)
        return None

    def _give_back(self, touch: Touched, team: str, at: datetime, reason: ReturnReason | None) -> None:
        """For want of facts anybody may: that says nothing of whose it is."""
        conduct = self._kept(touch)
        conduct.passed_on += 1
        if reason is not ReturnReason.NOT_ENOUGH_FACTS:
            conduct.given_back[team] = (*conduct.given_back.get(team, ()), at)

    def _sent(self, case_id: str, team: str) -> bool | None:
        conduct = self.of(case_id)
        if team not in conduct.given_back:
            return None
        conduct.not_right.update(conduct.given_back.pop(team))
        return True

    def _lifted(self, case_id: str, event: DemeritLifted) -> bool | None:
        conduct, demerit = self.of(case_id), event.demerit
        if demerit.kind is DemeritKind.OVERDUE:
            conduct.late.pop(demerit.at, None)
        if demerit.kind is not DemeritKind.RETURNED or demerit.at not in conduct.not_right:
            return None
        conduct.not_right.discard(demerit.at)
        return False

    def _handled(self, touch: Touched, event: ClocksChanged) -> None:
        for change in event.changes:
            clock = change.clock
            stopped_at = clock.stopped_at
            if change.change is not ClockEvent.STOPPED or clock.kind not in _HANDLING or stopped_at is None:
                continue
            if stopped_at > clock.due_at:
                self._kept(touch).late[stopped_at] = overdue_multiple(self._rules, clock, stopped_at)

    def _kept(self, touch: Touched) -> Conduct:
        return self._of.setdefault(touch.after.case_id, Conduct())


def overdue_multiple(rules: Rules, clock: Clock, stopped_at: datetime) -> float | None:
    """Time that the clock ran over the time that it might have, halts in neither; None where it was due at once."""
    calendar = rules.hours_of(clock.roster)
    limit = own_time(calendar, clock, clock.due_at)
    return own_time(calendar, clock, stopped_at) / limit if limit > timedelta() else None
