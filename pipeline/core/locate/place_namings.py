"""What an address says by its names: a door, a junction, a stretch of road, an estate, a landmark; moved by what stands around the name."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from math import cos, radians
from typing import Final, NamedTuple

from pipeline.core.locate.gazetteer import (
    FoundName,
    Gazetteer,
    NamedPlace,
    NumberRange,
    PlaceKind,
    along,
    length_m,
)
from pipeline.core.rules.grid import METRES_PER_DEGREE, LonLat, distance_m


class Naming(NamedTuple):
    """One way to understand a part of an address. `mention`: where that part stands; `parts`: where the names stand that it is made of."""

    mention: tuple[int, int]
    parts: tuple[tuple[int, int], ...]
    street: str
    name: str
    lonlat: LonLat
    radius_m: int
    confidence: int
    words: tuple[tuple[str, str], ...]
    is_exact: bool = True
    """Not a whole road."""

    def covers(self, mention: tuple[int, int]) -> bool:
        """Whether it is made of the name that stands there."""
        return any(begin < mention[1] and mention[0] < end for begin, end in (self.mention, *self.parts))


def namings(gazetteer: Gazetteer, text: str, found: Sequence[FoundName]) -> Iterator[Naming]:
    """All ways, in the order of the text."""
    roads = [one for one in found if one.places[0].kind is PlaceKind.ROAD]
    used: set[tuple[int, int]] = set()
    for naming in (*_stretches(gazetteer, text, roads), *_junctions(gazetteer, text, roads)):
        used.update(naming.parts)
        yield _around(text, naming)
    for one in found:
        place = (one.start, one.end)
        for named in one.places:
            if named.kind is PlaceKind.ROAD:
                if place not in used:
                    yield from _on_road(gazetteer, text, one, named)
            elif named.kind in (PlaceKind.ESTATE, PlaceKind.LANDMARK):
                sure = ESTATE if named.kind is PlaceKind.ESTATE else LANDMARK
                yield _around(text, _named(one, named, named.kind.value, sure))
            elif named.kind is PlaceKind.SPOT:
                road = next((road for road in roads if _names(road, named)), None)
                if road:
                    words = (("spot", f"{named.road}{named.name}"),)
                    naming = _named(one, named, "spot", SPOT)
                    parts = (place, (road.start, road.end))
                    yield _around(
                        text, naming._replace(parts=parts, name=f"{named.road}{named.name}", words=words)
                    )


def _names(road: FoundName, spot: NamedPlace) -> bool:
    """Whether it is the road that the spot is at."""
    return any(place.name == spot.road and place.street == spot.street for place in road.places)


def _named(found: FoundName, named: NamedPlace, word: str, sure: int) -> Naming:
    place = (found.start, found.end)
    words = ((word, named.name), *_heard(found))
    return Naming(
        place, (place,), named.street, named.name, named.line[0], named.radius_m, sure - _doubt(found), words
    )


def _on_road(gazetteer: Gazetteer, text: str, found: FoundName, road: NamedPlace) -> Iterator[Naming]:
    """The door that stands after a road's name, else the road as a whole."""
    door = _DOOR.match(text, found.end)
    ranges = gazetteer.numbers.get((road.street, road.name), ())
    if door and ranges:
        number = int(door[1])
        yield _around(text, _door(found, road, ranges, number, (found.start, door.end())))
        return
    whole = length_m(road.line)
    place = (found.start, found.end)
    words = (("road", road.name), *_heard(found))
    middle, half = along(road.line, 0.5), int(whole / 2)
    yield Naming(place, (place,), road.street, road.name, middle, half, ROAD - _doubt(found), words, False)


def _door(
    found: FoundName, road: NamedPlace, ranges: Sequence[NumberRange], number: int, mention: tuple[int, int]
) -> Naming:
    """The door of that number: between its neighbours, or beyond the last one that is known."""
    sides = [one for one in ranges if one.holds(number)] or ranges
    nearest = min(sides, key=lambda one: (one.away(number), one.first))
    away = nearest.away(number)
    sure, radius = (
        (DOOR, DOOR_M) if away == 0 else (DOOR_BEYOND - min(40, away // 2), DOOR_M + 12 * min(away, 60))
    )
    name = f"{road.name}{number}号"
    words = (("number" if away == 0 else "number_beyond", name), *_heard(found))
    return Naming(
        mention, (mention,), road.street, name, nearest.place(number), radius, sure - _doubt(found), words
    )


def _junctions(gazetteer: Gazetteer, text: str, roads: Sequence[FoundName]) -> Iterator[Naming]:
    """Two roads that are named one after the other, and cross."""
    for one, other in pairwise(roads):
        between = text[one.end : other.start]
        says_so = _JUNCTION.match(text, other.end) is not None
        if _DOOR.match(text, one.end) or _DOOR.match(text, other.end):
            continue
        if not (_AND.fullmatch(between) or (says_so and len(between) <= GAP_MAX)):
            continue
        for first, second in _pairs(one, other):
            at = gazetteer.junctions.get((first.street, frozenset((first.name, second.name))))
            if at is not None:
                parts = ((one.start, one.end), (other.start, other.end))
                sure = (JUNCTION if says_so else TWO_ROADS) - max(_doubt(one), _doubt(other))
                name = f"{first.name}与{second.name}交叉口"
                words = (("junction", name), *_heard(one), *_heard(other))
                yield Naming((one.start, other.end), parts, first.street, name, at, JUNCTION_M, sure, words)


def _stretches(gazetteer: Gazetteer, text: str, roads: Sequence[FoundName]) -> Iterator[Naming]:
    """A road between two others: from one to the other."""
    for road, begin, end in zip(roads, roads[1:], roads[2:], strict=False):
        if not _TO.fullmatch(text[begin.end : end.start]) or len(text[road.end : begin.start]) > GAP_MAX:
            continue
        for named in road.places:
            ends = [
                gazetteer.junctions.get((named.street, frozenset((named.name, other.name))))
                for found in (begin, end)
                for other in found.places
                if other.street == named.street
            ]
            one, other = (*ends, None, None)[:2]
            if one is None or other is None:
                continue
            middle = (one[0] + other[0]) / 2, (one[1] + other[1]) / 2
            radius = int(distance_m(one, other) / 2)
            parts = tuple((found.start, found.end) for found in (road, begin, end))
            sure = STRETCH - max(map(_doubt, (road, begin, end))) - radius // STRETCH_STEP_M
            name = f"{named.name}({begin.places[0].name}至{end.places[0].name})"
            words = (("stretch", name), *(word for found in (road, begin, end) for word in _heard(found)))
            yield Naming((road.start, end.end), parts, named.street, name, middle, radius, sure, words)


def _pairs(one: FoundName, other: FoundName) -> Iterator[tuple[NamedPlace, NamedPlace]]:
    for first in one.places:
        for second in other.places:
            if first.street == second.street and second.kind is PlaceKind.ROAD:
                yield first, second


def _around(text: str, naming: Naming) -> Naming:
    """The place moved by what is said after its name: 50 m to the north, opposite, beside."""
    rest = text[naming.mention[1] : naming.mention[1] + AROUND_MAX]
    metres = _METRES.match(rest)
    if metres:
        way, far = _WAYS[metres[1]], min(int(metres[2]), FAR_MOST_M)
        radius = naming.radius_m + far // 3
        words = (*naming.words, ("metres", metres.group()))
        return naming._replace(
            lonlat=_moved(naming.lonlat, way, far),
            radius_m=radius,
            confidence=naming.confidence - MOVED - far // FAR_STEP_M,
            words=words,
        )
    side = _SIDE.match(rest)
    if side:
        return _blurred(naming, side.group(), SIDE_M, BLURRED)
    beside = _BESIDE.search(rest)
    if beside:
        opposite = beside[1] in ("对面", "对过", "斜对面", "斜对过")
        return _blurred(naming, beside[1], OPPOSITE_M if opposite else BESIDE_M, BLURRED)
    return naming


def _blurred(naming: Naming, said: str, metres: int, less: int) -> Naming:
    return naming._replace(
        radius_m=naming.radius_m + metres,
        confidence=naming.confidence - less,
        words=(*naming.words, ("around", said)),
    )


def _moved(lonlat: LonLat, way: tuple[float, float], metres: int) -> LonLat:
    lon, lat = lonlat
    east, north = way
    step = metres / METRES_PER_DEGREE
    return lon + east * step / cos(radians(lat)), lat + north * step


def _doubt(found: FoundName) -> int:
    return (BY_SOUND if found.by_sound else 0) + (BY_ALIAS if found.by_alias else 0)


def _heard(found: FoundName) -> tuple[tuple[str, str], ...]:
    if found.by_sound:
        return (("sounds_like", found.said),)
    return (("alias", found.said),) if found.by_alias else ()


_HALF: Final = 0.7071
_WAYS: Final[Mapping[str, tuple[float, float]]] = {
    "东": (1.0, 0.0), "西": (-1.0, 0.0), "北": (0.0, 1.0), "南": (0.0, -1.0),
    "东北": (_HALF, _HALF), "西北": (-_HALF, _HALF), "东南": (_HALF, -_HALF), "西南": (-_HALF, -_HALF),
}  # fmt: skip
_WAY: Final = "(东北|西北|东南|西南|东|西|南|北)"
_FILLER: Final = r"[,、。(]?(?:路口|交叉口|交汇处|十字路口|十字|口)?(?:的|处|这里|那里)?[,、(]?"
_METRES: Final = re.compile(
    rf"{_FILLER}(?:再|一直)?[往向朝以]?{_WAY}(?:边|侧|面|方向|头)?(?:走|约|大约|大概|差不多|过去)*(\d{{1,4}})(?:多)?米"
)
_SIDE: Final = re.compile(rf"{_FILLER}(?:[往向以]{_WAY}|{_WAY}(?:边|侧|面|头|口|角|门))")
_BESIDE: Final = re.compile(
    r"(斜?对面|斜?对过|旁边?|附近|门口|门前|楼下|外面|周边|周围|一带|跟前|边上|隔壁|前面|后面|里面|那边|那块|这边)"
)
_DOOR: Final = re.compile(
    r"(?:路?[东西南北](?:侧|边|面)?|的|,|门牌号?)?[甲乙丙丁]?(\d{1,5})(?:-\d{1,4})?[甲乙丙丁]?(?:(?:号(?!线|楼(?!下|上|门))|弄|巷)|\Z)"
)
_AND: Final = re.compile(r"(?:与|和|跟|同|、|/|-|—|交|及)?")
_JUNCTION: Final = re.compile(
    r"(?:的|这个|那个)?(?:丁字|三岔)?(?:十字|路口|街口|交叉|交汇|交界|相交|交接|红绿灯|转角|拐角|口|[东西南北]{1,2}角)"
)
_TO: Final = re.compile(r"(?:到|至|和|与|-|跟)(?:[东西南北]侧)?")
AROUND_MAX: Final = 12
GAP_MAX: Final = 3
DOOR, DOOR_BEYOND, JUNCTION, TWO_ROADS, ESTATE, LANDMARK, SPOT, STRETCH, ROAD = (
    96, 62, 95, 78, 94, 94, 84, 90, 30,
)  # fmt: skip
"""How sure a place is that is named so and not otherwise."""
DOOR_M, JUNCTION_M, BESIDE_M, OPPOSITE_M, SIDE_M = 20, 25, 30, 40, 60
BLURRED, MOVED = 2, 4
BY_SOUND, BY_ALIAS = 12, 1
FAR_MOST_M, FAR_STEP_M, STRETCH_STEP_M = 3_000, 50, 10
