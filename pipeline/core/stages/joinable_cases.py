"""The open cases of a street that a report may be of: surely, then it joins; or likely, then somebody is asked.

    beside it, or at its address ─┐
    alike in what both say        ├─► compared: sure ─► joins the oldest beside it, else the likest
    of a matter taken for its own │             likely ─► a case of its own, and the likest is suspected
    told by the same phone       ─┘             contradicted, or too little ─► a case of its own

What contradicts in words (another number, plate, building, shop) keeps apart what lies side by side. Words are taken apart only
where they are needed, since that costs as much as the rest of a decision: two addresses with a number are one or they are not. The
first report without a number reads all cases of its matter that nobody has read ahead.
"""

from bisect import insort
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import cache
from typing import Final, NamedTuple

from pipeline.core.case.case_book import FoundCase, Match
from pipeline.core.case.joined_reports import as_opened
from pipeline.core.duplicates.candidate_index import CandidateIndex
from pipeline.core.duplicates.duplicate_rules import DuplicateRules
from pipeline.core.duplicates.likeness import Comparison, Likeness, compare
from pipeline.core.duplicates.report_said import Comparable, Subjects, Where, comparable
from pipeline.core.stages.duplicates import (
    DuplicateIndex,
    Spot,
    minutes_after,
)
from schemas.state.case import Case, Facts
from schemas.values.text import UNDETERMINED

WHY_MAX: Final = 400
"""Of the reasons, in characters: with the rest they are a note."""


class Fits(NamedTuple):
    """Which cases, by id, can take in what is looked for; and of which it may be suspected to be one."""

    takes: Callable[[str], bool]
    may_be_suspected: Callable[[str], bool]


class _Held(NamedTuple):
    """What a case is found by beside its place."""

    matter: str
    opened_at: datetime
    callers: frozenset[str]


class OpenCases:
    """By matter and place as `DuplicateIndex` has them, by what they say, and by who told of them."""

    def __init__(self, rules: DuplicateRules, near: DuplicateIndex) -> None:
        """`near` is empty."""
        self._rules = rules
        self._near = near
        self._said = CandidateIndex(by_matter=True, newest_max=_NEWEST_MAX)
        self._unread: dict[str, dict[str, Case]] = {}
        """By matter the open cases whose words nobody has needed yet."""
        self._to_read: list[str] = []
        """Those of them, the newest last, and others that are read by now or gone."""
        self._unnumbered: dict[str, set[str]] = {}
        """By matter those whose address has no number: only their words say where they are."""
        self._by_caller: dict[str, list[tuple[datetime, str]]] = {}
        self._held: dict[str, _Held] = {}

    def add(self, case: Case) -> None:
        """From now on reports may join it."""
        spot = self._near.add(case, case.facts.opened_at)
        self._take_up(case)
        if not _is_numbered(spot):
            self._unnumbered.setdefault(as_opened(case).matter, set()).add(case.case_id)

    def renew(self, case: Case) -> None:
        """Others have called of it, or one is split off: whoever calls again is known."""
        self._give_up(case.case_id)
        self._take_up(case)

    def remove(self, case: Case) -> None:
        """Reports of it are cases of their own."""
        self._near.remove(case)
        held = self._held.get(case.case_id)
        self._give_up(case.case_id)
        if held is not None:
            self._unnumbered.get(held.matter, set()).discard(case.case_id)

    def find(
        self,
        matter: str,
        said: Callable[[], Comparable],
        spot: Spot,
        at: datetime,
        fits: Fits,
        callers: Iterable[str] = (),
    ) -> FoundCase:
        """What a report is of, which is asked what it has `said` once, if at all: of those beside it the oldest that surely is, else the
        likest by what both say; else the likest of those that it may be.
        """
        if self._is_alone(matter, spot, callers):
            return FoundCase()
        said, compared = cache(said), dict[str, Comparison]()

        def held_against(case_id: str) -> Comparison:
            if case_id not in compared:
                compared[case_id] = compare(self._rules, self._read(case_id), said())
            return compared[case_id]

        for match in self._near.at_place(matter, spot, at):
            if fits.takes(match.case_id) and held_against(match.case_id).likeness is Likeness.SURE:
                return FoundCase(match)
        for case_id in self._others(matter, said, spot, at, callers):
            held_against(case_id)
        return FoundCase(
            self._likest(compared, Likeness.SURE, fits.takes, matter, at),
            self._likest(compared, Likeness.LIKELY, fits.may_be_suspected, matter, at),
        )

    def find_called(self, said: Comparable, at: datetime, fits: Fits) -> FoundCase:
        """The open case of which the same phone asks what became of it, where nobody knows what is meant, or where: never sure."""
        if not said.urges:
            return FoundCase()
        compared = {
            case_id: compare(self._rules, self._read(case_id), said) for case_id in self._called(said.callers)
        }
        sure, likely = (
            self._likest(compared, likeness, fits.may_be_suspected, "", at)
            for likeness in (Likeness.SURE, Likeness.LIKELY)
        )
        return FoundCase(suspect=sure or likely)

    def read_ahead(self) -> bool:
        """Reads the words of one more open case; False where all are read. What `find` finds is the same with it and without."""
        while self._to_read:
            case_id = self._to_read.pop()
            if case_id in self._held:
                self._read(case_id)
                return True
        return False

    def _is_alone(self, matter: str, spot: Spot, callers: Iterable[str]) -> bool:
        """Whether there is surely nothing to hold a report against: nothing beside it, nothing that only words could find, nobody's call."""
        if not _is_numbered(spot) or any(caller in self._by_caller for caller in callers):
            return False
        codes = (matter, *self._rules.related_in_order(matter))
        return not any(self._unnumbered.get(code) or self._near.has_near(code, spot) for code in codes)

    def _others(
        self, matter: str, said: Callable[[], Comparable], spot: Spot, at: datetime, callers: Iterable[str]
    ) -> Iterator[str]:
        """Those that it may be of though they are of another matter, or not beside it; one may come twice."""
        related, is_numbered = self._rules.related_in_order(matter), _is_numbered(spot)
        for code in related:
            for match in self._near.at_place(code, spot, at)[-_RELATED_MAX:]:
                yield match.case_id
        by_words = [code for code in (matter, *related) if not is_numbered or self._unnumbered.get(code)]
        for code in by_words:
            for case_id in [*self._unread.get(code, ())]:
                self._read(case_id)
        alike = [case.key for case in self._said.candidates(said(), by_words)] if by_words else []
        for case_id in (*alike, *self._called(callers)):
            if self._near.may_be_at(spot, case_id):
                yield case_id

    def _called(self, callers: Iterable[str]) -> list[str]:
        """The newest that these phones told of."""
        return [
            case_id
            for caller in sorted(callers)
            for _, case_id in self._by_caller.get(caller, ())[-_NEWEST_MAX:]
        ]

    def _likest(
        self,
        compared: dict[str, Comparison],
        likeness: Likeness,
        may_be: Callable[[str], bool],
        matter: str,
        at: datetime,
    ) -> Match | None:
        """Of those that are as like as this the one with the most points, of several such the oldest."""
        likest = min(
            (
                case_id
                for case_id, found in compared.items()
                if found.likeness is likeness and may_be(case_id)
            ),
            key=lambda case_id: (-compared[case_id].points, self._held[case_id].opened_at, case_id),
            default=None,
        )
        if likest is None:
            return None
        after = minutes_after(at, self._held[likest].opened_at)
        reasons = compared[likest].reason[:WHY_MAX]
        return Match(likest, ", ".join(filter(None, (matter, reasons, after))))

    def _take_up(self, case: Case) -> None:
        facts = as_opened(case)
        callers = frozenset(report.caller for report in case.reports if report.caller)
        self._held[case.case_id] = _Held(facts.matter, facts.opened_at, callers)
        self._unread.setdefault(facts.matter, {})[case.case_id] = case
        self._to_read.append(case.case_id)
        for caller in callers:
            insort(self._by_caller.setdefault(caller, []), (facts.opened_at, case.case_id))

    def _give_up(self, case_id: str) -> None:
        held = self._held.pop(case_id, None)
        if held is None:
            return
        self._said.remove(case_id)
        self._unread[held.matter].pop(case_id, None)
        for caller in held.callers:
            told = self._by_caller[caller]
            told.remove((held.opened_at, case_id))
            if not told:
                del self._by_caller[caller]

    def _read(self, case_id: str) -> Comparable:
        """What the case says, which is found by its words from now on."""
        unread = self._unread[self._held[case_id].matter]
        case = unread.get(case_id)
        if case is not None:
            spot, callers = self._near.spot(case_id), self._held[case_id].callers
            self._said.add(said_of(self._rules, case_id, as_opened(case), spot, callers))
            del unread[case_id]
        return self._said[case_id]


def said_of(
    rules: DuplicateRules, key: str, facts: Facts, spot: Spot, callers: Iterable[str | None]
) -> Comparable:
    """What a case, or a report that is none yet, says of place and matter; its text is free of personal data."""
    known, geocode = facts.matter != UNDETERMINED, facts.geocode
    is_near = geocode is not None and geocode.radius_m <= LOCATED_MAX_M
    located = (geocode.lon, geocode.lat) if geocode and is_near else None
    return comparable(
        rules,
        key,
        facts.text,
        facts.place.address,
        facts.opened_at,
        Where(spot.address, spot.lonlat, "", spot.grid, located, geocode.radius_m if geocode else 0),
        Subjects((facts.matter,) if known else (), certain=known, stated=known),
        callers=frozenset(caller for caller in callers if caller),
    )


def _is_numbered(spot: Spot) -> bool:
    return any(map(str.isdigit, spot.address))


LOCATED_MAX_M: Final = 60
"""An address that may be further off says too little of where it is to be held against a point."""
_RELATED_MAX: Final = 2
"""So many cases at one place are looked at for each matter that is taken for another."""
_NEWEST_MAX: Final = 8
"""So many cases of one name, road or phone are held against a report."""
