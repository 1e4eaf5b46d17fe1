"""What two reports have in common of a place."""

from collections.abc import Iterable
from typing import Final

from pipeline.core.duplicates.place_said import PlaceSaid
from pipeline.core.duplicates.report_said import Comparable
from pipeline.core.rules.grid import distance_m


def metres_between(one: Comparable, other: Comparable) -> float | None:
    """Between the points; None where one has none, or nobody knows that both are of one coordinate system."""
    mine, theirs = one.where, other.where
    if mine.lonlat is None or theirs.lonlat is None or mine.crs != theirs.crs:
        return None
    return distance_m(mine.lonlat, theirs.lonlat)


def metres_to_address(one: Comparable, other: Comparable) -> float | None:
    """Between the point of one and where the address of the other is, less by how much that may be off; None where there is no such pair."""
    mine, theirs = one.where, other.where
    if mine.lonlat is None:
        mine, theirs = theirs, mine
    if mine.lonlat is None or mine.crs or theirs.lonlat is not None or theirs.located is None:
        return None
    return max(0.0, distance_m(mine.lonlat, theirs.located) - theirs.radius_m)


def is_one_road(name: str, other: str) -> bool:
    """Whether both may be one road: one name ends as the other, or one is not said."""
    return not name or not other or name.endswith(other) or other.endswith(name)


def common_roads(one: PlaceSaid, other: PlaceSaid) -> frozenset[str]:
    """The roads that both name, each as the shorter of two writings."""
    return frozenset(
        min(name, rival, key=len)
        for name in one.roads
        for rival in other.roads
        if name.endswith(rival) or rival.endswith(name)
    )


def common_house(one: PlaceSaid, other: PlaceSaid) -> str:
    """A number of one road that both name; empty where there is none."""
    for road, number in sorted(one.houses):
        for name, value in sorted(other.houses):
            if number == value and is_one_road(road, name):
                return number
    return ""


def common_names(one: PlaceSaid, other: PlaceSaid, roads: Iterable[str]) -> list[str]:
    """The names of one that the other says as well, the longest first, none within another or within a road's."""
    found = {name for name, _ in one.names if _is_named(name, other.text)}
    found |= {name for name, _ in other.names if _is_named(name, one.text)}
    kept: list[str] = []
    for name in sorted(found, key=lambda name: (-len(name), name)):
        if not any(name in longer for longer in (*kept, *roads)):
            kept.append(name)
    return kept


def has_name_besides(one: PlaceSaid, other: PlaceSaid, name: str) -> bool:
    """Whether one names something besides `name` that the other does not."""
    return any(name not in own and own not in name and own not in other.text for own, _ in one.names)


def is_of_one_phone(one: Comparable, other: Comparable) -> bool:
    """Whether one caller told of both."""
    return not one.callers.isdisjoint(other.callers)


def some(words: Iterable[str]) -> str:
    """A few of them, for people."""
    return "、".join(sorted(words)[:_SHOWN_MAX])


def _is_named(name: str, text: str) -> bool:
    """Whether the name stands there as a whole: 幸福 does not in 幸福里."""
    start = text.find(name)
    while start >= 0:
        if text[start + len(name) : start + len(name) + 1] not in _GOES_ON:
            return True
        start = text.find(name, start + 1)
    return False


_SHOWN_MAX: Final = 3
_GOES_ON: Final = frozenset("里苑园湾庭府邸郡")
