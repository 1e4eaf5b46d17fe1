"""Which law holds when (行政处罚法 37): that of the day of the breach, or a later one if that is lighter.

Bases and ranges of fines have their time, from `since` to `until`, both days included. What is lighter is judged by the ranges alone;
where one is not known, both are named and a person decides.
"""

from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple, TypeVar

from pipeline.core.rules.law import Amounts
from pipeline.core.rules.penalty_records import NO_FACTS
from pipeline.core.worktime.office_hours import day_of
from schemas.state.case import Case, Facts
from schemas.state.penalty import PenaltyFacts
from schemas.values.penalty_terms import MeasureKind, PartyKind

LATER_LAW = "（行为后新法，处罚较轻的适用：行政处罚法37）"


class BasisInTime(NamedTuple):
    """A law with its articles, as it is quoted, and when it holds."""

    cited: str
    since: date | None = None
    until: date | None = None


class MeasurePower(NamedTuple):
    """The quotation of the law that gives the power to take measures of these kinds for a matter, and when it holds."""

    kinds: frozenset[MeasureKind]
    cited: str
    since: date | None = None
    until: date | None = None


class FineRange(NamedTuple):
    """The least and the most that the law lets a fine for a matter be, the quotation of its article, and when it holds."""

    least: Amounts
    most: Amounts
    cited: str
    since: date | None = None
    until: date | None = None

    def lighter_than(self, other: "FineRange", party: PartyKind | None) -> bool:
        """Whether its most is lower, or its least where the most is the same."""
        own = (self.most.of(party), self.least.of(party))
        return own < (other.most.of(party), other.least.of(party))


T = TypeVar("T", BasisInTime, FineRange, MeasurePower)


def holding(laws: Iterable[T], day: date) -> tuple[T, ...]:
    """Those that hold on `day`, in their order."""
    return tuple(
        law
        for law in laws
        if (law.since is None or law.since <= day) and (law.until is None or day <= law.until)
    )


def breached_at(facts: Facts, stated: Iterable[PenaltyFacts]) -> datetime:
    """When the breach was, or ended: as the latest of `stated` has it, else as its report; else when it was reported."""
    times = [one.committed_at for one in stated if one.committed_at is not None]
    return times[-1] if times else facts.occurred_at or facts.reported_at


def bases(laws: Iterable[BasisInTime], case: Case, at: datetime) -> tuple[str, ...]:
    """The bases of a case: those of the day of the breach, and beside them those that have come since."""
    records = case.penalty.records if case.penalty else ()
    breach = breached_at(case.facts, (record.facts or NO_FACTS for record in records))
    return _cited(tuple(laws), day_of(breach), day_of(at))


@lru_cache(maxsize=4096)
def _cited(laws: tuple[BasisInTime, ...], breach: date, today: date) -> tuple[str, ...]:
    then, now = holding(laws, breach), holding(laws, today)
    came = tuple(law for law in now if law not in then and law.since is not None and law.since > breach)
    return (*(law.cited for law in then), *(law.cited + LATER_LAW for law in came))


def range_of(
    ranges: Iterable[FineRange], breach: date, decided: date, party: PartyKind | None
) -> FineRange | None:
    """The range that a fine keeps to: that of the day of the breach, or of the day of the decision if that is lighter.

    None where that of the breach is not known: then nothing is judged.
    """
    known = tuple(ranges)
    then, now = holding(known, breach), holding(known, decided)
    if not then:
        return None
    lighter = next((one for one in now if one not in then and one.lighter_than(then[0], party)), None)
    return lighter or then[0]
