"""Finds the reports that may be one with another, without looking at all: by what both would have to have in common of the place.

A key is a cell, an address, a number, two roads, a name, a plate, a device, a phone. Of the reports under one key only the newest are
looked at, so that one more open case costs no report more.
"""

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from heapq import nlargest
from itertools import combinations
from typing import Final

from pipeline.core.duplicates.report_said import Comparable
from pipeline.core.rules.grid import LonLat, cell_of

NEWEST_MAX: Final = 16
"""So many reports of one key are looked at."""

LIKEST_MAX: Final = 8
"""By matter, so many with the most keys in common are looked at in all."""

_Entry = tuple[datetime, str]


class CandidateIndex:
    """Comparable reports by what they say of the place.

    With `by_matter` those of other matters are not looked at, nor names that are not known as such in the middle of a text.
    """

    def __init__(self, *, by_matter: bool, newest_max: int = NEWEST_MAX) -> None:
        """Empty. `newest_max` reports of a key are looked at."""
        self._by_matter = by_matter
        self._newest_max = newest_max
        self._by_key: dict[str, list[_Entry]] = {}
        self._reports: dict[str, Comparable] = {}

    def __len__(self) -> int:
        """How many reports are held."""
        return len(self._reports)

    def __contains__(self, key: str) -> bool:
        """Whether the report is held."""
        return key in self._reports

    def __getitem__(self, key: str) -> Comparable:
        """The report that is held."""
        return self._reports[key]

    def add(self, report: Comparable) -> None:
        """From now on it is found."""
        self._reports[report.key] = report
        entry = _entry(report)
        for key in self._keys(report):
            insort(self._by_key.setdefault(key, []), entry)

    def remove(self, key: str) -> None:
        """It is found no more; nothing where it is not held."""
        report = self._reports.pop(key, None)
        if report is None:
            return
        entry = _entry(report)
        for place in self._keys(report):
            entries = self._by_key[place]
            del entries[bisect_left(entries, entry)]
            if not entries:
                del self._by_key[place]

    def candidates(self, report: Comparable, matters: Iterable[str] = ()) -> list[Comparable]:
        """Those that may be one with it, the oldest first; by matter, those of `matters`."""
        scopes = tuple(matters) if self._by_matter else ("",)
        found: dict[_Entry, int] = {}
        for key in _looked_up(report, thoroughly=not self._by_matter):
            for scope in scopes:
                entries = self._by_key.get(scope + key)
                for entry in entries[-self._newest_max :] if entries else ():
                    found[entry] = found.get(entry, 0) + 1
        likest = (
            found.keys()
            if not self._by_matter
            else nlargest(LIKEST_MAX, found, lambda one: (found[one], one))
        )
        return [self._reports[name] for _, name in sorted(likest) if name != report.key]

    def _keys(self, report: Comparable) -> Iterator[str]:
        scope = report.subjects.codes[0] if self._by_matter and report.subjects.codes else ""
        return (scope + key for key in _kept_under(report, thoroughly=not self._by_matter))


def _entry(report: Comparable) -> _Entry:
    return report.at or _NO_TIME, report.key


def _kept_under(report: Comparable, *, thoroughly: bool) -> set[str]:
    """The keys of what it says, each once."""
    keys = {*_plain_keys(report), *(f"head {name[:2]}" for name, _ in report.place.names)}
    keys.update(f"said {pair}" for pair in _pairs(report, thoroughly=thoroughly))
    if thoroughly:
        keys.update(f"rare {pair}" for pair in report.rare)
    if point := _point(report):
        east, north = cell_of(*point, CELL_M)
        keys.add(f"cell {east} {north}")
    return keys


def _looked_up(report: Comparable, *, thoroughly: bool) -> set[str]:
    """The keys under which what may be one with it is kept."""
    keys = {*_plain_keys(report), *(f"said {name[:2]}" for name, _ in report.place.names)}
    keys.update(f"head {pair}" for pair in _pairs(report, thoroughly=thoroughly))
    if thoroughly:
        keys.update(f"rare {pair}" for pair in report.rare)
    if point := _point(report):
        east, north = cell_of(*point, CELL_M)
        keys.update(
            f"cell {x} {y}" for x in (east - 1, east, east + 1) for y in (north - 1, north, north + 1)
        )
    return keys


def _point(report: Comparable) -> LonLat | None:
    """Where it is, else where its address is."""
    return report.where.lonlat or report.where.located


def _plain_keys(report: Comparable) -> Iterator[str]:
    place = report.place
    yield from (f"plate {plate}" for plate in report.plates)
    yield from (f"phone {caller}" for caller in report.callers)
    yield from (f"house {number}" for _, number in place.houses)
    if report.device:
        yield f"device {report.device}"
    if report.where.address_key:
        yield f"address {report.where.address_key}"
    ends = sorted({name[-2:] for name in place.roads})  # of two writings of a road one ends as the other
    yield from (f"road {end}" for end in ends)
    yield from (f"roads {one} {other}" for one, other in combinations(ends, 2))


def _pairs(report: Comparable, *, thoroughly: bool) -> set[str]:
    """Pairs of letters of names and roads, and of what the text begins with: there stand names that are not known as such.

    `thoroughly`: of the whole text.
    """
    place = report.place
    if thoroughly:
        return {place.text[at : at + 2] for at in range(len(place.text) - 1)}
    named = {*(name for name, _ in place.names), *place.roads}
    pairs = {name[at : at + 2] for name in named for at in range(len(name) - 1)}
    begin = place.text[:_BEGIN]
    return pairs | ({begin[at : at + 2] for at in range(len(begin) - 1)} & report.pieces)


CELL_M: Final = 100
_BEGIN: Final = 24
_NO_TIME: Final = datetime.min.replace(tzinfo=UTC)
