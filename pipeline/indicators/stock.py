"""What stands in the cases of one partition: counted as they change, so that reading it costs nothing per case.

`note` gets every change, of a restored case too: it takes the case away as it was and adds it as it is. What a case counts for
(`CountedCase`) follows from its snapshot alone. Of single cases only those are kept that are at risk or overdue (`due_cases`).
"""

import threading
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, time, timedelta
from functools import lru_cache
from typing import Final, NamedTuple

from pipeline.core.case.evidence_checks import mark_of
from pipeline.core.case.turn import Change
from pipeline.core.correction_orders import rests_for_it, unsettled
from pipeline.core.rules.rules import Rules
from pipeline.core.worktime.clock_arithmetic import BREACH_PERCENT
from pipeline.core.worktime.office_hours import SHANGHAI, day_of
from pipeline.core.worktime.policy import Ladder
from pipeline.indicators.due_cases import OVERDUE, STEPS, DueCase, DueCases, NearestCase
from pipeline.indicators.duty_stock import DutyReading, DutyStock
from pipeline.indicators.overdue_index import Horizon
from pipeline.metrics import NOBODY
from schemas.state.case import Case
from schemas.values.penalty_terms import CorrectionState
from schemas.values.terms import CaseOutcome, ClockKind, EvidenceKind
from schemas.values.text import UNDETERMINED, category_of

SLOT_S: Final = 300
"""How finely ages are kept."""
_NOT_THERE: Final = frozenset(
    {
        CaseOutcome.MERGED,
        CaseOutcome.MOVED,
        CaseOutcome.VOIDED,
        CaseOutcome.REJECTED,
        CaseOutcome.ANSWERED,
    }
)
"""Ended like this, it is no thing that happened in its grid."""
_REMEMBERED: Final = timedelta(days=1)
"""A recording is older than that only on another day."""
HANDLING: Final = frozenset({ClockKind.DISPOSE, ClockKind.JOINT})
"""One of them runs while a case is handled: joint enforcement has its own limit."""
Holder = tuple[str, str, str, str]
"""Street, team (or `NOBODY`), category of the matter, severity."""


@lru_cache(maxsize=64)
def warnings(ladder: Ladder) -> int:
    """How many rungs it has before the deadline."""
    return sum(rung.percent < BREACH_PERCENT for rung in ladder.rungs)


ORDER_STATES: Final = ("running", "to_inspect", "disobeyed")
"""How an order to correct stands from which something is still to follow: it runs, its date is over, it is not obeyed."""


def order_state(case: Case) -> str | None:
    """Of the order to correct of an open case, one of `ORDER_STATES`; it runs as long as the case rests for it."""
    order = unsettled(case)
    if order is None:
        return None
    if order.state is CorrectionState.DISOBEYED:
        return "disobeyed"
    return "running" if rests_for_it(case) else "to_inspect"


def _is_there(case: Case) -> bool:
    """Whether it is known to be something of a matter in its grid."""
    return case.facts.matter != UNDETERMINED and case.outcome not in _NOT_THERE


class CountedCase(NamedTuple):
    """What one case counts for. `clocks` run: kind, and when they are due in seconds since 1970. `spot`: matter and grid.

    `at_risk`: whoever handles it was warned for the last time; `bound`: a hotline has a say in when it is due.
    """

    stage: str
    clocks: tuple[tuple[str, float], ...]
    case: str
    matter: str
    open: bool
    source: str
    holder: Holder
    spot: tuple[str, str] | None
    slot: int
    at_risk: bool
    bound: bool
    suspended: str | None
    supervised: str | None
    ordered: str | None


_CHANGES_MOST: Final = 2
"""So many fields of a standing, the first ones, are what mostly changes."""


class Stock:
    """The open cases of a partition, counted. One thread notes changes, any thread reads."""

    def __init__(self, rules: Rules, at: datetime, streets: Iterable[str] = ()) -> None:
        """No case yet; `at` is now. `streets`: of these the people are counted, too."""
        self._rules = rules
        self.duty: Final = DutyStock(rules.people, streets)
        self._lock = threading.Lock()
        self.stages: Final[Counter[tuple[str, str, str]]] = Counter()
        self.held: Final[Counter[Holder]] = Counter()
        self.sources: Final[Counter[str]] = Counter()
        self.suspended: Final[Counter[str]] = Counter()
        self.supervised: Final[Counter[str]] = Counter()
        self.ordered: Final[Counter[str]] = Counter()
        self.running: Final[Counter[str]] = Counter()
        self.grids: Final[Counter[str]] = Counter()
        self.repeats: Final[Counter[str]] = Counter()
        self.slots: Final[Counter[int]] = Counter()
        self._spots: Counter[tuple[str, str]] = Counter()
        self._recorded: dict[str, datetime] = {}
        now = at.timestamp()
        self._deadlines: Horizon[tuple[str, Holder]] = Horizon(now)
        self._risks: Horizon[Holder] = Horizon(now)
        self._risky: Counter[Holder] = Counter()
        self._due: Final = DueCases()
        self._unwarned: Final = DueCases()
        """Handling that nobody was warned of: only a hotline's deadline may pass in the night, when nobody is to be woken."""
        self._steps: Final = DueCases()

    def note(self, changes: Iterable[Change]) -> None:
        """The cases are now as these say."""
        for before, after, retired in changes:
            was = self._standing(before) if before is not None else None
            now = None if retired else self._standing(after)
            with self._lock:
                self._recordings(before, after)
                self._move(was, now)

    def advance(self, at: datetime) -> None:
        """It is `at` now: what is past is let go, also where nobody reads."""
        with self._lock:
            self._deadlines.advance(at.timestamp())
            self._risks.advance(at.timestamp())
            gone = [device for device, last in self._recorded.items() if at - last > _REMEMBERED]
            for device in gone:
                del self._recorded[device]

    def read(self, at: datetime) -> "Reading":
        """What stands at `at`, as copies."""
        today = day_of(at)
        midnight = datetime.combine(today + timedelta(days=1), time(), SHANGHAI)
        self.advance(at)
        duty = self.duty.read(at)  # not under the lock: nobody who notes a case has to wait for it
        with self._lock:
            return Reading(
                stages=self.stages.copy(),
                held=self.held.copy(),
                sources=self.sources.copy(),
                suspended=self.suspended.copy(),
                supervised=self.supervised.copy(),
                ordered=self.ordered.copy(),
                running=self.running.copy(),
                late=self._deadlines.behind.copy(),
                today=self._deadlines.before(midnight.timestamp()),
                at_risk=self._risky - self._risks.behind,
                nearest=self._nearest(at.timestamp()),
                untaken=self._steps.longest_overdue(at.timestamp()),
                grids=self.grids.copy(),
                repeats=self.repeats.copy(),
                slots=self.slots.copy(),
                cameras=frozenset(device for device, last in self._recorded.items() if day_of(last) == today),
                duty=duty,
            )

    def _nearest(self, at_s: float) -> tuple[NearestCase, ...]:
        """At risk is what was warned of; overdue whatever is behind its deadline."""
        unwarned = (case for case in self._unwarned.nearest(at_s) if case.state == OVERDUE)
        return (*self._due.nearest(at_s), *unwarned)

    def _standing(self, case: Case) -> CountedCase:
        facts, place = case.facts, case.facts.place
        is_open = case.closed_at is None
        at_risk, bound = self._handling(case) if is_open else (False, False)
        clocks = tuple(
            (clock.kind.value, clock.due_at.timestamp()) for clock in case.clocks if clock.stopped_at is None
        )
        task, suspension = case.task, case.suspension
        return CountedCase(
            case=case.case_id,
            matter=facts.matter,
            open=is_open,
            stage=case.stage.value,
            source=facts.source.value,
            holder=(
                case.street,
                (task.team if task else None) or NOBODY,
                category_of(facts.matter),
                facts.severity.value,
            ),
            spot=(facts.matter, place.grid) if place.grid and _is_there(case) else None,
            slot=int(facts.opened_at.timestamp() // SLOT_S),
            clocks=clocks if is_open else (),
            at_risk=at_risk,
            bound=bound,
            suspended=suspension.reason.value if suspension is not None and is_open else None,
            supervised=case.supervision.reason.value if case.supervision is not None and is_open else None,
            ordered=order_state(case) if is_open else None,
        )

    def _handling(self, case: Case) -> tuple[bool, bool]:
        """Whether the handling runs and every warning before its deadline was given; and whether a hotline has a say in the deadline."""
        for clock in case.clocks:
            if clock.kind in HANDLING and clock.stopped_at is None:
                service = self._rules.service_of(case.facts.opened_at)
                warned = clock.rung >= warnings(service.clocks[clock.kind].ladder)
                return warned, clock.hotline_due_at is not None
        return False, False

    def _move(self, was: CountedCase | None, now: CountedCase | None) -> None:
        """Mostly a case goes on in the same hands: then only its stage and some clocks differ."""
        if was is None or now is None or was[_CHANGES_MOST:] != now[_CHANGES_MOST:]:
            self._count(was, -1)
            self._count(now, 1)
            return
        if not now.open:
            return
        if was.stage != now.stage:
            self.stages[_place_of(was)] -= 1
            self.stages[_place_of(now)] += 1
        new = list(now.clocks)
        for clock in was.clocks:
            if clock in new:
                new.remove(clock)
            else:
                self._count_clock(clock, was, -1)
        for clock in new:
            self._count_clock(clock, now, 1)

    def _count(self, case: CountedCase | None, by: int) -> None:
        if case is None:
            return
        if case.spot is not None:
            self._count_spot(case.spot, by)
        if not case.open:
            return
        self.stages[_place_of(case)] += by
        self.held[case.holder] += by
        self.sources[case.source] += by
        self.slots[case.slot] += by
        if not self.slots[case.slot]:
            del self.slots[case.slot]
        if case.spot is not None:
            self.grids[case.spot[1]] += by
        if case.suspended is not None:
            self.suspended[case.suspended] += by
        if case.supervised is not None:
            self.supervised[case.supervised] += by
        if case.ordered is not None:
            self.ordered[case.ordered] += by
        for clock in case.clocks:
            self._count_clock(clock, case, by)

    def _count_clock(self, clock: tuple[str, float], case: CountedCase, by: int) -> None:
        kind, due_s = clock
        self.running[kind] += by
        self._deadlines.add((kind, case.holder), due_s, by)
        street, team, _, severity = case.holder
        if kind in HANDLING:
            if case.at_risk or case.bound:
                cases = self._due if case.at_risk else self._unwarned
                cases.note((street, team, severity), DueCase(due_s, case.case, case.matter), by)
            if case.at_risk:
                self._risky[case.holder] += by
                self._risks.add(case.holder, due_s, by)
        elif kind in STEPS:
            self._steps.note((kind, team, severity), DueCase(due_s, case.case, case.matter), by)

    def _count_spot(self, spot: tuple[str, str], by: int) -> None:
        before = self._spots[spot]
        self._spots[spot] = after = before + by
        self.repeats[spot[1]] += max(after - 1, 0) - max(before - 1, 0)
        if not after:
            del self._spots[spot]

    def _recordings(self, before: Case | None, after: Case) -> None:
        for item in after.evidence[len(before.evidence) if before is not None else 0 :]:
            if item.kind is EvidenceKind.BODYCAM and item.device and mark_of(after, item) is None:
                last = self._recorded.get(item.device)
                if last is None or last < item.taken_at:
                    self._recorded[item.device] = item.taken_at


def _place_of(case: CountedCase) -> tuple[str, str, str]:
    """Street, stage, severity."""
    return case.holder[0], case.stage, case.holder[3]


class Reading(NamedTuple):
    """What stood at an instant. Two of them add up: each case is in one partition."""

    stages: Counter[tuple[str, str, str]]
    held: Counter[Holder]
    sources: Counter[str]
    suspended: Counter[str]
    supervised: Counter[str]
    ordered: Counter[str]
    running: Counter[str]
    late: Counter[tuple[str, Holder]]
    today: Counter[tuple[str, Holder]]
    at_risk: Counter[Holder]
    nearest: tuple[NearestCase, ...]
    untaken: tuple[NearestCase, ...]
    grids: Counter[str]
    repeats: Counter[str]
    slots: Counter[int]
    cameras: frozenset[str]
    duty: DutyReading
