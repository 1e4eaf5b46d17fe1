"""Finds the open case that a new report repeats: same matter, same place, within the window.

A distance or a grid that contradicts wins over an equal address.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import cache
from typing import Final, NamedTuple, TypeVar

from msgspec.structs import replace

from pipeline.core.case.stage_table import STAGE_TABLE
from pipeline.core.duplicates.candidate_index import CandidateIndex
from pipeline.core.duplicates.duplicate_rules import DuplicateRules
from pipeline.core.duplicates.likeness import Likeness, compare
from pipeline.core.duplicates.report_said import Comparable, Subjects, Where, comparable
from pipeline.core.locate.secret_place import DOOR_MASK
from pipeline.core.rules.address_key import AddressWords, address_key
from pipeline.core.rules.grid import GridPlan, LonLat, cell_of, distance_m, is_no_point, to_wgs84
from pipeline.core.rules.redaction import NAME_MASK
from schemas.state.case import Case, Facts
from schemas.values.place import Place
from schemas.values.terms import Stage

WHY_MAX: Final = 400
"""Of the reasons, in characters: with the rest they are a note."""

K = TypeVar("K")
V = TypeVar("V")


class Spot(NamedTuple):
    """A place made comparable: WGS84 degrees where there is a point, the key of its address, its grid. Empty where it says nothing."""

    lonlat: LonLat | None
    address: str
    grid: str | None


class Apart(NamedTuple):
    """How far two reports of one thing may lie apart, in metres: by their points alone, or where they name one address."""

    near_m: int
    address_m: int


class Match(NamedTuple):
    """The case it is, and why."""

    case_id: str
    why: str


def spot_of(place: Place, words: AddressWords) -> Spot:
    """The comparable form of `place`, whose address is free of personal data: 某人家楼下 is true of many places, and no key."""
    point = place.point
    has_key = bool(place.address) and not any(mask in place.address for mask in (NAME_MASK, DOOR_MASK))
    lonlat = None if point is None or is_no_point(point.lon, point.lat) else point
    return Spot(
        to_wgs84(lonlat.lon, lonlat.lat, lonlat.crs) if lonlat else None,
        address_key(place.address, words) if has_key else "",
        place.grid,
    )


def spot_in(facts: Facts, words: AddressWords) -> Spot:
    """Where a case of these facts is: the point of a secret order is too coarse to be near anything."""
    return spot_of(replace(facts.place, point=None) if facts.secret else facts.place, words)


def contradicts(grids: GridPlan, apart: Apart, one: Spot, other: Spot) -> bool:
    """Whether two places cannot be one, whatever their addresses say: by their points, and without both by their grids."""
    both_have_points = one.lonlat is not None and other.lonlat is not None
    if one.lonlat and other.lonlat and distance_m(one.lonlat, other.lonlat) > apart.address_m:
        return True
    if one.grid is None or other.grid is None or one.grid == other.grid:
        return False
    return not both_have_points or grids.gap_m(one.grid, other.grid) > apart.address_m


class DuplicateIndex:
    """Cases of a street by matter and place: the open ones, or those closed a few days ago."""

    def __init__(self, window_minutes: int, apart: Apart, words: AddressWords, grids: GridPlan) -> None:
        self._window = timedelta(minutes=window_minutes)
        self._apart = apart
        self._words = words
        self._grids = grids
        self._by_cell: dict[tuple[str, int, int], dict[str, Spot]] = {}
        self._by_address: dict[tuple[str, str], dict[str, Spot]] = {}
        self._opened: dict[str, datetime] = {}
        self._spots: dict[str, Spot] = {}

    def add(self, case: Case, since: datetime) -> Spot:
        """Index `case` as a merge candidate from `since`. Returns where it is."""
        spot, matter = self._spot(case), case.facts.matter
        self._opened[case.case_id] = since
        self._spots[case.case_id] = spot
        if spot.lonlat:
            cell = (matter, *cell_of(*spot.lonlat, self._apart.near_m))
            self._by_cell.setdefault(cell, {})[case.case_id] = spot
        if spot.address:
            self._by_address.setdefault((matter, spot.address), {})[case.case_id] = spot
        return spot

    def remove(self, case: Case) -> None:
        """Removes `case` from the merge candidates: a report of the same thing is a new case."""
        if self._opened.pop(case.case_id, None) is None:
            return
        spot, matter = self._spots.pop(case.case_id), case.facts.matter
        if spot.lonlat:
            _drop(self._by_cell, (matter, *cell_of(*spot.lonlat, self._apart.near_m)), case.case_id)
        if spot.address:
            _drop(self._by_address, (matter, spot.address), case.case_id)

    def find(
        self, matter: str, spot: Spot, at: datetime, fits: Callable[[str], bool] = lambda _: True
    ) -> Match | None:
        """The oldest case within the window that is at the same place, by distance or by address, and that `fits`."""
        matches = self._near(matter, spot, at)
        if spot.address:
            for case_id, place in self._by_address.get((matter, spot.address), _NONE).items():
                if self._is_recent(case_id, at) and not contradicts(self._grids, self._apart, spot, place):
                    matches.setdefault(case_id, "same address")
        for case_id in sorted(matches, key=lambda candidate: (self._opened[candidate], candidate)):
            if fits(case_id):
                minutes = int((at - self._opened[case_id]).total_seconds()) // 60
                return Match(case_id, f"{matter}, {matches[case_id]}, {minutes} min after")
        return None

    def may_be_at(self, spot: Spot, case_id: str) -> bool:
        """Whether neither points nor grids contradict that `spot` is where the case is."""
        return not contradicts(self._grids, self._apart, spot, self._spots[case_id])

    def _spot(self, case: Case) -> Spot:
        """Where the case was opened: what joins it may say where it is, but not draw in what is near to that."""
        facts = case.amended.facts if case.amended else case.facts
        by_address = facts.geocode is not None
        return spot_in(
            replace(facts, place=replace(facts.place, grid=None)) if by_address else facts, self._words
        )

    def _near(self, matter: str, spot: Spot, at: datetime) -> dict[str, str]:
        matches: dict[str, str] = {}
        if spot.lonlat is None:
            return matches
        column, row = cell_of(*spot.lonlat, self._apart.near_m)
        for x in (column - 1, column, column + 1):
            for y in (row - 1, row, row + 1):
                for case_id, place in self._by_cell.get((matter, x, y), _NONE).items():
                    apart = distance_m(spot.lonlat, place.lonlat) if place.lonlat else self._apart.near_m + 1
                    if apart > self._apart.near_m or not self._is_recent(case_id, at):
                        continue
                    if not contradicts(self._grids, self._apart, spot, place):
                        matches[case_id] = f"{apart:.0f} m away"
        return matches

    def _is_recent(self, case_id: str, at: datetime) -> bool:
        return at - self._opened[case_id] <= self._window


class OpenCases:
    """The open cases of a street that a report may join: by matter and place as `DuplicateIndex` has it, and by what both say.

    What contradicts in words (another number, plate, building, shop) keeps apart what lies side by side. Words are taken apart only
    where they are needed: two addresses with a number are one or they are not.
    """

    def __init__(self, rules: DuplicateRules, near: DuplicateIndex, words: AddressWords) -> None:
        """`near` is empty."""
        self._rules = rules
        self._near = near
        self._words = words
        self._said = CandidateIndex(by_matter=True, newest_max=_NEWEST_MAX)
        self._unread: dict[str, Case] = {}
        """Open cases whose words nobody has needed yet."""
        self._unnumbered: dict[str, set[str]] = {}
        """By matter those whose address has no number: only their words say where they are."""

    def add(self, case: Case) -> None:
        """From now on reports may join it."""
        spot = self._near.add(case, case.facts.opened_at)
        self._unread[case.case_id] = case
        if not self._is_numbered(spot):
            self._unnumbered.setdefault(self._facts(case).matter, set()).add(case.case_id)

    def renew(self, case: Case) -> None:
        """Others have called of it, or one is split off: whoever calls again is known."""
        self._said.remove(case.case_id)
        self._unread[case.case_id] = case

    def remove(self, case: Case) -> None:
        """Reports of it are cases of their own."""
        self._near.remove(case)
        self._said.remove(case.case_id)
        self._unread.pop(case.case_id, None)
        self._unnumbered.get(self._facts(case).matter, set()).discard(case.case_id)

    def find(
        self,
        matter: str,
        said: Callable[[], Comparable],
        spot: Spot,
        at: datetime,
        fits: Callable[[str], bool],
    ) -> Match | None:
        """The case that a report is of, if any that `fits` is: the oldest of those beside it, else the likest by what is `said`, which is
        asked for once, if at all.
        """
        said = cache(said)

        def may_be(case_id: str) -> bool:
            return fits(case_id) and not compare(self._rules, self._read(case_id), said()).contradicts

        beside = self._near.find(matter, spot, at, may_be)
        if beside is not None or (self._is_numbered(spot) and not self._unnumbered.get(matter)):
            return beside
        return self._likest(matter, said(), spot, at, fits)

    def _likest(
        self, matter: str, report: Comparable, spot: Spot, at: datetime, fits: Callable[[str], bool]
    ) -> Match | None:
        for case_id in [*self._unread]:
            self._read(case_id)
        likest: tuple[int, Match] | None = None
        for case in self._said.candidates(report, (matter,)):
            found = compare(self._rules, case, report)
            is_better = likest is None or found.points > likest[0]
            if (
                found.likeness is Likeness.SURE
                and is_better
                and fits(case.key)
                and self._near.may_be_at(spot, case.key)
            ):
                minutes = int((at - case.at).total_seconds()) // 60 if case.at else 0
                reasons = found.reason[:WHY_MAX]
                likest = found.points, Match(case.key, f"{matter}, {reasons}, {minutes} min after")
        return likest[1] if likest else None

    def _read(self, case_id: str) -> Comparable:
        """What the case says, which is found by its words from now on."""
        case = self._unread.pop(case_id, None)
        if case is not None:
            facts = self._facts(case)
            callers = (report.caller for report in case.reports)
            self._said.add(said_of(self._rules, case_id, facts, self._spot(case), callers))
        return self._said[case_id]

    def _facts(self, case: Case) -> Facts:
        """As it was opened."""
        return case.amended.facts if case.amended else case.facts

    def _spot(self, case: Case) -> Spot:
        return spot_in(self._facts(case), self._words)

    @staticmethod
    def _is_numbered(spot: Spot) -> bool:
        return any(map(str.isdigit, spot.address))


_NEWEST_MAX: Final = 8
"""So many cases of one name or road are held against a report."""


def said_of(
    rules: DuplicateRules, key: str, facts: Facts, spot: Spot, callers: Iterable[str | None]
) -> Comparable:
    """What a case, or a report that is none yet, says of place and matter; its text is free of personal data."""
    return comparable(
        rules,
        key,
        facts.text,
        facts.place.address,
        facts.opened_at,
        Where(spot.address, spot.lonlat, "", spot.grid),
        Subjects((facts.matter,), certain=True, stated=True),
        callers=frozenset(caller for caller in callers if caller),
    )


def is_merge_candidate(case: Case) -> bool:
    """Whether a new report may be merged into `case`: it is under check, or somebody was asked to handle it."""
    task = case.task
    if case.stage is Stage.VERIFYING_BEFORE_FILING:
        return True
    if task is None or STAGE_TABLE[case.stage].is_terminal:
        return False
    return task.team is not None or bool(task.offered_to)


def may_relapse(case: Case) -> bool:
    """Whether a report of the same soon after closing is a relapse: a team handled the case, not its finder on the spot."""
    return case.stage is Stage.CLOSED and case.task is not None and case.task.team is not None


def _drop(index: dict[K, dict[str, V]], key: K, case_id: str) -> None:
    cases = index.get(key, {})
    cases.pop(case_id, None)
    if not cases:
        index.pop(key, None)


_NONE: Final[dict[str, Spot]] = {}
