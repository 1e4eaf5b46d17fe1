"""Finds the open case that a new report repeats: same matter, same place, within the window."""

import re
import unicodedata
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, NamedTuple, TypeVar

from pipeline.core.case.stage_table import STAGE_TABLE
from pipeline.core.rules.grid import cell_of, distance_m, to_wgs84
from schemas.state.case import Case
from schemas.values.place import Place
from schemas.values.terms import Stage

K = TypeVar("K")
V = TypeVar("V")

_NOISE: Final = re.compile(r"[\s,.;:!?、,。;:!?()()\-—]+")


class Spot(NamedTuple):
    """A place made comparable: WGS84 degrees where there is a point, the address without spaces and marks."""

    lonlat: tuple[float, float] | None
    address: str


class Match(NamedTuple):
    """The case it is, and why."""

    case_id: str
    why: str


def spot_of(place: Place) -> Spot:
    """The comparable form of `place`."""
    point = place.point
    address = _NOISE.sub("", unicodedata.normalize("NFKC", place.address)) if place.address else ""
    return Spot(to_wgs84(point.lon, point.lat, point.crs) if point else None, address)


class DuplicateIndex:
    """Cases of a street by matter and place: the open ones, or those closed a few days ago."""

    def __init__(self, window_minutes: int, distance_m: int) -> None:
        self._window = timedelta(minutes=window_minutes)
        self._distance_m = distance_m
        self._by_cell: dict[tuple[str, int, int], dict[str, tuple[float, float]]] = {}
        self._by_address: dict[tuple[str, str], dict[str, None]] = {}
        self._opened: dict[str, datetime] = {}

    def add(self, case: Case, since: datetime) -> None:
        """Index `case` as a merge candidate from `since`."""
        spot, matter = spot_of(case.facts.place), case.facts.matter
        self._opened[case.case_id] = since
        if spot.lonlat:
            cell = (matter, *cell_of(*spot.lonlat, self._distance_m))
            self._by_cell.setdefault(cell, {})[case.case_id] = spot.lonlat
        if spot.address:
            self._by_address.setdefault((matter, spot.address), {})[case.case_id] = None

    def remove(self, case: Case) -> None:
        """Removes `case` from the merge candidates: a report of the same thing is a new case."""
        if self._opened.pop(case.case_id, None) is None:
            return
        spot, matter = spot_of(case.facts.place), case.facts.matter
        if spot.lonlat:
            _drop(self._by_cell, (matter, *cell_of(*spot.lonlat, self._distance_m)), case.case_id)
        if spot.address:
            _drop(self._by_address, (matter, spot.address), case.case_id)

    def find(
        self, matter: str, spot: Spot, at: datetime, fits: Callable[[str], bool] = lambda _: True
    ) -> Match | None:
        """The oldest case within the window that is at the same place, by distance or by address, and that `fits`."""
        matches = self._near(matter, spot.lonlat, at) if spot.lonlat else {}
        if spot.address:
            for case_id in self._by_address.get((matter, spot.address), ()):
                if self._is_recent(case_id, at):
                    matches.setdefault(case_id, "same address")
        for case_id in sorted(matches, key=lambda candidate: (self._opened[candidate], candidate)):
            if fits(case_id):
                minutes = int((at - self._opened[case_id]).total_seconds()) // 60
                return Match(case_id, f"{matter}, {matches[case_id]}, {minutes} min after")
        return None

    def _near(self, matter: str, lonlat: tuple[float, float], at: datetime) -> dict[str, str]:
        column, row = cell_of(*lonlat, self._distance_m)
        matches = {}
        for x in (column - 1, column, column + 1):
            for y in (row - 1, row, row + 1):
                for case_id, place in self._by_cell.get((matter, x, y), _NONE).items():
                    apart = distance_m(lonlat, place)
                    if apart <= self._distance_m and self._is_recent(case_id, at):
                        matches[case_id] = f"{apart:.0f} m away"
        return matches

    def _is_recent(self, case_id: str, at: datetime) -> bool:
        return at - self._opened[case_id] <= self._window


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


_NONE: Final[dict[str, tuple[float, float]]] = {}
