"""Which cases of a matter are at a place, within the window. A distance or a grid that contradicts wins over an equal address."""

from bisect import bisect_left, insort
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final, NamedTuple, TypeVar

from msgspec.structs import replace

from pipeline.core.case.case_book import Match
from pipeline.core.case.joined_reports import as_opened
from pipeline.core.case.stage_table import STAGE_TABLE
from pipeline.core.locate.secret_place import DOOR_MASK
from pipeline.core.rules.address_key import AddressWords, address_key
from pipeline.core.rules.grid import GridPlan, LonLat, cell_of, distance_m, is_no_point, to_wgs84
from pipeline.core.rules.redaction import NAME_MASK
from pipeline.core.rules.rules import Policy
from schemas.state.case import Case, Facts
from schemas.values.place import Place
from schemas.values.terms import Stage

K = TypeVar("K")

_Entry = tuple[datetime, str]
"""Since when a case is a candidate, and its id."""


class Spot(NamedTuple):
    """A place made comparable: WGS84 degrees where there is a point, the key of its address, its grid. Empty where it says nothing."""

    lonlat: LonLat | None
    address: str
    grid: str | None


class Apart(NamedTuple):
    """How far two reports of one thing may lie apart, in metres: by their points alone, or where they name one address."""

    near_m: int
    address_m: int

    @classmethod
    def of(cls, policy: Policy) -> "Apart":
        """As the policy says."""
        return cls(policy.duplicate_distance_m, policy.same_address_distance_m)


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


def minutes_after(at: datetime, earlier: datetime) -> str:
    """How long after the other one it came, for people."""
    return f"{int((at - earlier).total_seconds()) // 60} min after"


def contradicts(grids: GridPlan, apart: Apart, one: Spot, other: Spot) -> bool:
    """Whether two places cannot be one, whatever their addresses say: by their points, and without both by their grids."""
    both_have_points = one.lonlat is not None and other.lonlat is not None
    if one.lonlat and other.lonlat and distance_m(one.lonlat, other.lonlat) > apart.address_m:
        return True
    if one.grid is None or other.grid is None or one.grid == other.grid:
        return False
    return not both_have_points or grids.gap_m(one.grid, other.grid) > apart.address_m


class DuplicateIndex:
    """Cases of a street by matter and place: the open ones, or those closed a few days ago.

    Of each cell and each address only the newest within the window are looked at, so that a place of which a thousand cases are open
    costs a report no more than any.
    """

    def __init__(self, window_minutes: int, apart: Apart, words: AddressWords, grids: GridPlan) -> None:
        self._window = timedelta(minutes=window_minutes)
        self._apart = apart
        self._words = words
        self._grids = grids
        self._by_cell: dict[tuple[str, int, int], list[_Entry]] = {}
        self._by_address: dict[tuple[str, str], list[_Entry]] = {}
        self._entries: dict[str, _Entry] = {}
        self._spots: dict[str, Spot] = {}
        self._matters: dict[str, str] = {}

    def add(self, case: Case, since: datetime) -> Spot:
        """Index `case` as a merge candidate from `since`. Returns where it is."""
        spot, matter = spot_in(as_opened(case), self._words), case.facts.matter
        entry = self._entries[case.case_id] = since, case.case_id
        self._spots[case.case_id], self._matters[case.case_id] = spot, matter
        if spot.lonlat:
            cell = (matter, *cell_of(*spot.lonlat, self._apart.near_m))
            insort(self._by_cell.setdefault(cell, []), entry)
        if spot.address:
            insort(self._by_address.setdefault((matter, spot.address), []), entry)
        return spot

    def remove(self, case: Case) -> None:
        """Removes `case` from the merge candidates: a report of the same thing is a new case."""
        entry = self._entries.pop(case.case_id, None)
        if entry is None:
            return
        spot, matter = self._spots.pop(case.case_id), self._matters.pop(case.case_id)
        if spot.lonlat:
            _drop(self._by_cell, (matter, *cell_of(*spot.lonlat, self._apart.near_m)), entry)
        if spot.address:
            _drop(self._by_address, (matter, spot.address), entry)

    def find(self, matter: str, spot: Spot, at: datetime) -> Match | None:
        """The oldest case within the window that is at the same place."""
        return next(iter(self.at_place(matter, spot, at)), None)

    def has_near(self, matter: str, spot: Spot) -> bool:
        """Whether there may be any case at the same place; False where there is surely none."""
        if spot.address and (matter, spot.address) in self._by_address:
            return True
        return spot.lonlat is not None and any(
            (matter, *cell) in self._by_cell for cell in self._cells_about(spot.lonlat)
        )

    def at_place(self, matter: str, spot: Spot, at: datetime) -> list[Match]:
        """The cases within the window that are at the same place, by distance or by address, the oldest first."""
        found: dict[_Entry, str] = {}
        if spot.lonlat is not None:
            for cell in self._cells_about(spot.lonlat):
                for entry in self._newest(self._by_cell.get((matter, *cell)), at):
                    apart = self._metres(spot.lonlat, entry)
                    if apart <= self._apart.near_m and self.may_be_at(spot, entry[1]):
                        found[entry] = f"{apart:.0f} m away"
        if spot.address:
            for entry in self._newest(self._by_address.get((matter, spot.address)), at):
                if entry not in found and self.may_be_at(spot, entry[1]):
                    found[entry] = "same address"
        return [
            Match(entry[1], f"{matter}, {found[entry]}, {minutes_after(at, entry[0])}")
            for entry in sorted(found)
        ]

    def _cells_about(self, lonlat: tuple[float, float]) -> Iterator[tuple[int, int]]:
        """The cell of a point and those around it: whatever is near lies in one of them."""
        column, row = cell_of(*lonlat, self._apart.near_m)
        for x in (column - 1, column, column + 1):
            for y in (row - 1, row, row + 1):
                yield x, y

    def spot(self, case_id: str) -> Spot:
        """Where a case of the index is.

        Raises:
            KeyError: it is none.
        """
        return self._spots[case_id]

    def may_be_at(self, spot: Spot, case_id: str) -> bool:
        """Whether neither points nor grids contradict that `spot` is where the case is."""
        return not contradicts(self._grids, self._apart, spot, self._spots[case_id])

    def _newest(self, entries: list[_Entry] | None, at: datetime) -> Iterator[_Entry]:
        """Those within the window, the newest first."""
        for entry in reversed(entries[-_NEWEST_MAX:]) if entries else ():
            if at - entry[0] > self._window:
                return
            yield entry

    def _metres(self, lonlat: LonLat, entry: _Entry) -> float:
        there = self._spots[entry[1]].lonlat
        return distance_m(lonlat, there) if there else self._apart.near_m + 1


def spot_in(facts: Facts, words: AddressWords) -> Spot:
    """Where a case of these facts is, comparable: a grid that was only found by its address says no more than the address, and the
    point of a secret order is too coarse to be near anything.
    """
    place = facts.place if facts.geocode is None else replace(facts.place, grid=None)
    return spot_of(replace(place, point=None) if facts.secret else place, words)


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


def _drop(index: dict[K, list[_Entry]], key: K, entry: _Entry) -> None:
    entries = index[key]
    del entries[bisect_left(entries, entry)]
    if not entries:
        del index[key]


_NEWEST_MAX: Final = 16
"""So many cases of one cell or one address are looked at."""
