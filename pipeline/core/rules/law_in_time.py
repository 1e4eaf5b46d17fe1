"""Which law holds when (行政处罚法 37): that of the day of the breach, or a later one if that is lighter.

Bases and ranges of fines have their time, from `since` to `until`, both days included. What is lighter is judged by the ranges alone;
where one is not known, both are named and a person decides.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Final, NamedTuple, TypeVar

from pipeline.core.rules.law import Amounts
from pipeline.core.rules.penalty_records import NO_FACTS
from pipeline.core.worktime.office_hours import day_of
from schemas.state.case import Case, Facts
from schemas.state.penalty import PenaltyFacts
from schemas.values.penalty_terms import Gravity, MeasureKind, PartyKind

_ALL: Final = 100
"""Percent."""


class BasisInTime(NamedTuple):
    """A law with its articles, as it is quoted, and when it holds; `as_later`: as it is quoted where it came after the breach."""

    cited: str
    since: date | None = None
    until: date | None = None
    as_later: str = ""


class MeasurePower(NamedTuple):
    """The quotation of the law that gives the power to take measures of these kinds for a matter, and when it holds."""

    kinds: frozenset[MeasureKind]
    cited: str
    since: date | None = None
    until: date | None = None


class Band(NamedTuple):
    """What a fine for a breach of some gravity is by the discretion table (裁量基准): at least, and at most."""

    least: Amounts
    most: Amounts


Bands = tuple[tuple[Gravity, Band], ...]
Shares = Mapping[Gravity, tuple[int, int]]
"""From which percent of a range to which a band goes."""


class FineRange(NamedTuple):
    """The least and the most that the law lets a fine for a matter be, the quotation of its article, and when it holds.

    `bands`: the discretion table of the matter's own (行政处罚法 34); without any its bands are shares of the range.
    """

    least: Amounts
    most: Amounts
    cited: str
    since: date | None = None
    until: date | None = None
    bands: Bands = ()

    def lighter_than(self, other: "FineRange", party: PartyKind | None) -> bool:
        """Whether its most is lower, or its least where the most is the same."""
        own = (self.most.of(party), self.least.of(party))
        return own < (other.most.of(party), other.least.of(party))

    def band(self, gravity: Gravity, party: PartyKind | None, shares: Shares) -> tuple[int, int]:
        """The least and the most of a fine by the discretion table, in whole yuan, both included.

        >>> law = FineRange(Amounts(500, 500), Amounts(20_000, 20_000), "a law")
        >>> law.band(Gravity.ORDINARY, None, {Gravity.ORDINARY: (30, 70)})
        (6350, 14150)
        """
        own = dict(self.bands).get(gravity)
        if own is not None:
            return own.least.of(party), own.most.of(party)
        least, most = self.least.of(party), self.most.of(party)
        first, last = shares[gravity]
        return least + (most - least) * first // _ALL, least + (most - least) * last // _ALL


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
    return (*(law.cited for law in then), *(law.as_later for law in came))


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
