"""The map of a street: roads, estates, shops, landmarks and cameras. Their names are those of the street's places (`rules/places`), so
that an address can be found there; a street without any has invented ones on a lattice.

The same street always has the same map, whatever the seed of the day. No report, no time, no person lives here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from math import cos, hypot, radians, sin
from random import Random
from typing import Final, NamedTuple

from pipeline.core.locate.gazetteer import (
    Gazetteer,
    NamedPlace,
    NumberRange,
    NumberSide,
    PlaceKind,
    along,
    length_m,
)
from pipeline.core.rules.grid import GridPlan, LonLat, distance_m
from pipeline.core.rules.rules import Street
from pipeline.simulate.world.seeded_chance import chance

ROADS_EACH_WAY: Final = 5
LANDMARK_EVERY_M: Final = 180
SHOP_EVERY_M: Final = 24
METRES_PER_DEGREE: Final = 111_320.0
EDGE: Final = 0.02
"""The share of a road at each end without incidents, so that a jittered point stays inside the street."""

SPOT_REACH_M: Final = 110.0
ESTATE_REACH_M: Final = 70.0
CROSSING_M: Final = 45.0
TRIES_MAX: Final = 40

_EAST_WEST: Final = ("锦绣街", "文兴街", "和泰街", "广安街", "新源街", "学苑街", "丰和街", "长宁街")
_NORTH_SOUTH: Final = ("千禾路", "永定路", "西苑路", "育才路", "纺机路", "玉泉路", "双塔西路", "河汾路")
_LANDMARKS: Final = (
    "农贸市场北门", "第三小学门口", "公交站牌旁", "社区卫生站对面", "地铁口", "街心游园南侧", "菜鸟驿站门前", "幼儿园门口",
    "十字路口东北角", "天桥下", "加油站旁", "体育场西门", "便民市场入口", "银行门口", "药店门前", "医院急诊楼外",
)  # fmt: skip
_COMPOUND_FIRST: Final = (
    "兴业", "和馨", "丽景", "文源", "金泽", "康乐", "阳光", "紫荆", "银河", "千禧", "安居", "春晖", "汾景", "绿洲", "瑞丰", "西铭",
)  # fmt: skip
_COMPOUND_LAST: Final = (
    "苑",
    "小区",
    "新村",
    "花园",
    "家属院",
    "佳园",
    "公寓",
    "雅居",
    "里",
    "名邸",
    "社区",
    "城",
)
_FOOD: Final = (
    "烧烤店",
    "刀削面馆",
    "火锅店",
    "早餐铺",
    "麻辣烫",
    "羊汤馆",
    "炸串店",
    "川菜馆",
    "饸饹面馆",
    "卤味店",
)
_TRADE: Final = (
    "水果超市",
    "便利店",
    "五金店",
    "手机店",
    "理发店",
    "服装店",
    "电动车行",
    "蔬菜店",
    "烟酒店",
    "打印店",
    "洗车行",
)
_OWNERS: Final = (
    "老张",
    "兴旺",
    "小胖",
    "鑫源",
    "福来",
    "好又多",
    "阿强",
    "顺达",
    "佳佳",
    "晋味",
    "红星",
    "三晋",
    "聚缘",
    "万家",
)
_SIDES: Final = ("门口", "旁边", "对面", "北侧", "附近", "门前", "")


@dataclass(frozen=True, slots=True)
class Scene:
    """One place under the names that different people use. `lonlat` is WGS84.

    `near`: what stands there beside the road; `crossing`: the road that crosses it there. Both are empty where there is none.
    """

    kind: str
    lonlat: LonLat
    grid: str
    road: str
    near: str
    crossing: str
    number: int
    shop: str
    compound: str
    building: str
    unit: str

    @property
    def address(self) -> str:
        """The exact address."""
        match self.kind:
            case "compound":
                return f"{self.compound}{self.building}{self.unit}"
            case "green":
                return f"{self.compound}{self.building}东侧绿地"
            case "shop":
                return f"{self.door}{self.shop}"
            case "site":
                return f"{self.door}工地"
            case "river":
                return f"{self.door}桥下河道"
        return f"{self.door}附近"

    @property
    def door(self) -> str:
        """The road and the number."""
        return f"{self.road}{self.number}号"

    @property
    def loose_address(self) -> str:
        """The place as named by somebody who does not know the number."""
        return self.compound if self.kind in ("compound", "green") else f"{self.road}{self.near}"


@dataclass(frozen=True, slots=True)
class Device:
    """A camera or sensor, fixed at its place, that detects one matter."""

    id: str
    matter: str
    scene: Scene


class MapRoad(NamedTuple):
    """A road. Without `numbers` its doors are counted from its first end."""

    name: str
    line: tuple[LonLat, ...]
    numbers: tuple[NumberRange, ...]
    spots: tuple[NamedPlace, ...]


class InventedNames(NamedTuple):
    """Of a street without places: the roads from west to east, southernmost first, those from south to north, and an estate of each grid."""

    across: tuple[str, ...]
    down: tuple[str, ...]
    estates: Mapping[str, str]


def invented_names(street: Street) -> InventedNames:
    """The same for the same street."""
    draw = chance("map", street.code)
    main = street.name_zh.removesuffix("街道").removesuffix("街") + "街"
    across = (*draw.sample(_EAST_WEST, ROADS_EACH_WAY - 1), main)
    down = tuple(draw.sample(_NORTH_SOUTH, ROADS_EACH_WAY))
    names = ["".join(pair) for pair in product(_COMPOUND_FIRST, _COMPOUND_LAST)]
    draw.shuffle(names)
    return InventedNames(
        across, down, {code: names[n % len(names)] for n, code in enumerate(street.grids.codes())}
    )


def said_spot(street: str, road: str, segment: int) -> str:
    """What stands in that stretch of a road of a street without places, as people say it."""
    return chance("landmark", street, road, segment).choice(_LANDMARKS)


class StreetMap:
    """The places of one street."""

    def __init__(self, street: Street, gazetteer: Gazetteer) -> None:
        """With the gazetteer's roads and estates; with invented ones where it has none of this street."""
        self.code = street.code
        self.name_zh = street.name_zh
        self.grids = street.grids
        own = [place for place in gazetteer.places if place.street == street.code]
        roads = [place for place in own if place.kind is PlaceKind.ROAD]
        estates = [place for place in own if place.kind is PlaceKind.ESTATE]
        self._named = bool(roads and estates)
        if self._named:
            self._roads = [_map_road(place, own, gazetteer) for place in roads]
            self._estates = [(place.name, place.line[0]) for place in estates]
        else:
            names = invented_names(street)
            self._roads = list(_lattice(street.grids, names))
            self._estates = [(name, street.grids.centre_of(code)) for code, name in names.estates.items()]

    def scene(self, kind: str, draw: Random, *, food: bool) -> Scene:
        """A place of this kind; with `food` its shop cooks."""
        for _ in range(TRIES_MAX):
            if kind in ("road", "shop", "site", "river"):
                road = draw.choice(self._roads)
                share = EDGE + (1 - 2 * EDGE) * draw.random()
                lonlat = moved(along(road.line, share), draw.uniform(4, 14), draw.uniform(0, 360))
                estate = self._nearest_estate(lonlat)
            else:
                estate, centre = draw.choice(self._estates)
                lonlat = moved(centre, draw.uniform(0, ESTATE_REACH_M), draw.uniform(0, 360))
                road, share = self._nearest_road(lonlat)
            grid = self.grids.grid_at(*lonlat)
            if grid is not None:
                return self._scene(kind, lonlat, grid, road, share, estate, draw, food=food)
        raise LookupError(f"the places of {self.code} lie outside its grids")

    def devices(self, how_many: dict[str, int], kinds: dict[str, tuple[str, bool]]) -> tuple[Device, ...]:
        """So many devices per matter, each at a place of the matter's kind (kind, food)."""
        made: list[Device] = []
        for matter in sorted(how_many):
            draw = chance("devices", self.code, matter)
            kind, food = kinds[matter]
            for _ in range(how_many[matter]):
                device = f"{self.code}0131{len(made) + 1:07d}"
                made.append(Device(device, matter, self.scene(kind, draw, food=food)))
        return tuple(made)

    def _scene(
        self,
        kind: str,
        lonlat: LonLat,
        grid: str,
        road: MapRoad,
        share: float,
        estate: str,
        draw: Random,
        *,
        food: bool,
    ) -> Scene:
        door = int(share * length_m(road.line) // SHOP_EVERY_M)
        sign = chance("shop", self.code, road.name, door, food)
        return Scene(
            kind=kind,
            lonlat=lonlat,
            grid=grid,
            road=road.name,
            near=self._near(road, lonlat, door, draw),
            crossing=self._crossing(road, lonlat),
            number=_number(road, share, door, draw),
            shop=sign.choice(_OWNERS) + sign.choice(_FOOD if food else _TRADE),
            compound=estate,
            building=f"{draw.randrange(1, 19)}号楼",
            unit=f"{draw.randrange(1, 7)}单元",
        )

    def _near(self, road: MapRoad, lonlat: LonLat, door: int, draw: Random) -> str:
        """The spot of the road that is nearest, and on which side of it."""
        side = draw.choice(_SIDES)
        if not self._named:
            return said_spot(self.code, road.name, door * SHOP_EVERY_M // LANDMARK_EVERY_M)
        away = {spot.name: distance_m(lonlat, spot.line[0]) for spot in road.spots}
        nearest = min(away, key=lambda name: away[name], default="")
        if not nearest or away[nearest] > SPOT_REACH_M:
            return ""
        return nearest if nearest.endswith("下") else nearest + side

    def _crossing(self, road: MapRoad, lonlat: LonLat) -> str:
        """The road that crosses this one within `CROSSING_M`."""
        crossings = self._junctions[road.name]
        return next((name for name, at in crossings if distance_m(at, lonlat) <= CROSSING_M), "")

    @cached_property
    def _junctions(self) -> dict[str, list[tuple[str, LonLat]]]:
        """Of each road those that cross it, and where."""
        found: dict[str, list[tuple[str, LonLat]]] = {road.name: [] for road in self._roads}
        for one, other in product(self._roads, self._roads):
            if one is not other and (at := _meet(one.line, other.line)) is not None:
                found[one.name].append((other.name, at))
        return found

    def _nearest_estate(self, lonlat: LonLat) -> str:
        lon, lat = lonlat
        return min(self._estates, key=lambda one: hypot(one[1][0] - lon, one[1][1] - lat))[0]

    def _nearest_road(self, lonlat: LonLat) -> tuple[MapRoad, float]:
        """The road whose line is nearest, and at which share of it."""
        near = [(*_foot(road.line, lonlat), road) for road in self._roads]
        _, share, road = min(near, key=lambda one: one[0])
        return road, share


def _map_road(place: NamedPlace, own: Sequence[NamedPlace], gazetteer: Gazetteer) -> MapRoad:
    numbers = tuple(gazetteer.numbers.get((place.street, place.name), ()))
    spots = tuple(spot for spot in own if spot.kind is PlaceKind.SPOT and spot.road == place.name)
    return MapRoad(place.name, place.line, numbers, spots)


def _lattice(grids: GridPlan, names: InventedNames) -> list[MapRoad]:
    """Roads evenly over the street."""
    roads = []
    for number, name in enumerate(names.across):
        lat = grids.south + (number + 0.5) / ROADS_EACH_WAY * (grids.north - grids.south)
        roads.append(MapRoad(name, ((grids.west, lat), (grids.east, lat)), (), ()))
    for number, name in enumerate(names.down):
        lon = grids.west + (number + 0.5) / ROADS_EACH_WAY * (grids.east - grids.west)
        roads.append(MapRoad(name, ((lon, grids.south), (lon, grids.north)), (), ()))
    return roads


def _number(road: MapRoad, share: float, door: int, draw: Random) -> int:
    """The house number there."""
    if not road.numbers:
        return 2 * door + draw.randrange(1, 3)
    side = draw.choice(road.numbers)
    step = 1 if side.side is NumberSide.ALL else 2
    return side.first + step * int(share * (side.last - side.first) / step)


def _foot(line: Sequence[LonLat], lonlat: LonLat) -> tuple[float, float]:
    """How far a point is from the straight between both ends of a line, in degrees, and at which share of it."""
    (x, y), (end_x, end_y) = line[0], line[-1]
    dx, dy = end_x - x, end_y - y
    share = ((lonlat[0] - x) * dx + (lonlat[1] - y) * dy) / ((dx * dx + dy * dy) or 1.0)
    share = min(1.0, max(0.0, share))
    return hypot(lonlat[0] - x - share * dx, lonlat[1] - y - share * dy), share


def _meet(one: Sequence[LonLat], other: Sequence[LonLat]) -> LonLat | None:
    """Where the straights between the ends of two lines cross."""
    (x, y), (end_x, end_y) = one[0], one[-1]
    (u, v), (end_u, end_v) = other[0], other[-1]
    turn = (end_x - x) * (end_v - v) - (end_y - y) * (end_u - u)
    if not turn:
        return None
    share = ((u - x) * (end_v - v) - (v - y) * (end_u - u)) / turn
    away = ((u - x) * (end_y - y) - (v - y) * (end_x - x)) / turn
    if not (0 <= share <= 1 and 0 <= away <= 1):
        return None
    return x + share * (end_x - x), y + share * (end_y - y)


def moved(lonlat: LonLat, metres: float, degrees: float) -> LonLat:
    """The point so many metres away in the direction `degrees` (0 is east, 90 is north), rounded to a decimetre."""
    lon, lat = lonlat
    turn = radians(degrees)
    east, north = metres * cos(turn), metres * sin(turn)
    return (
        round(lon + east / (METRES_PER_DEGREE * cos(radians(lat))), 6),
        round(lat + north / METRES_PER_DEGREE, 6),
    )
