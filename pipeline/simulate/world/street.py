"""The map of a street: roads, compounds, shops, landmarks and cameras, made from its grid plan. Names are invented.

The same street always has the same map, whatever the seed of the day. No report, no time, no person lives here.
"""

from dataclasses import dataclass
from itertools import product
from math import cos, radians, sin
from random import Random
from typing import Final

from pipeline.core.rules.grid import LonLat, distance_m
from pipeline.core.rules.rules import Street
from pipeline.simulate.world.seeded_chance import chance

ROADS_EACH_WAY: Final = 5
LANDMARK_EVERY_M: Final = 180
SHOP_EVERY_M: Final = 24
METRES_PER_DEGREE: Final = 111_320.0
EDGE: Final = 0.02
"""The share of the street's width along each edge without incidents, so that a jittered point stays inside."""

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


@dataclass(frozen=True, slots=True)
class Scene:
    """One place under the names that different people use. `lonlat` is WGS84."""

    kind: str
    lonlat: LonLat
    grid: str
    road: str
    near: str
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
                return f"{self.road}{self.number}号{self.shop}"
            case "site":
                return f"{self.road}{self.number}号工地"
            case "river":
                return f"{self.road}{self.number}号桥下河道"
        return f"{self.road}{self.number}号附近"

    @property
    def loose_address(self) -> str:
        """The place as named by somebody who does not know the number."""
        return f"{self.compound}" if self.kind in ("compound", "green") else f"{self.road}{self.near}"


@dataclass(frozen=True, slots=True)
class Device:
    """A camera or sensor, fixed at its place, that detects one matter."""

    id: str
    matter: str
    scene: Scene


class StreetMap:
    """The places of one street."""

    def __init__(self, street: Street) -> None:
        """Lay the map out over the street's grid plan."""
        self.code = street.code
        self.grids = street.grids
        plan, draw = street.grids, chance("map", street.code)
        main = street.name_zh.removesuffix("街道").removesuffix("街") + "街"
        self._across = (*draw.sample(_EAST_WEST, ROADS_EACH_WAY - 1), main)
        self._down = tuple(draw.sample(_NORTH_SOUTH, ROADS_EACH_WAY))
        names = ["".join(pair) for pair in product(_COMPOUND_FIRST, _COMPOUND_LAST)]
        draw.shuffle(names)
        self._compounds = {code: names[n % len(names)] for n, code in enumerate(plan.codes())}

    def scene(self, kind: str, draw: Random, *, food: bool) -> Scene:
        """A place of this kind; with `food` its shop cooks."""
        on_road = kind in ("road", "shop", "site", "river")
        x, y = (EDGE + (1 - 2 * EDGE) * draw.random() for _ in range(2))
        eastward = draw.random() < 0.5
        row, column = draw.randrange(ROADS_EACH_WAY), draw.randrange(ROADS_EACH_WAY)
        if on_road and eastward:
            y = (row + 0.5) / ROADS_EACH_WAY
        elif on_road:
            x = (column + 0.5) / ROADS_EACH_WAY
        else:
            row, column = int(y * ROADS_EACH_WAY), int(x * ROADS_EACH_WAY)
        lonlat = self._at(x, y)
        if on_road:
            lonlat = moved(lonlat, draw.uniform(4, 14), draw.uniform(0, 360))
        grid = self.grids.grid_at(*lonlat)
        if grid is None:
            raise LookupError("the map leaves no place outside the grids")
        road = self._across[row] if eastward else self._down[column]
        return self._named(kind, lonlat, grid, road, self._along_m(x, y, eastward), draw, food=food)

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

    def _named(
        self, kind: str, lonlat: LonLat, grid: str, road: str, along_m: float, draw: Random, *, food: bool
    ) -> Scene:
        segment = int(along_m // LANDMARK_EVERY_M)
        near = chance("landmark", self.code, road, segment).choice(_LANDMARKS)
        door = int(along_m // SHOP_EVERY_M)
        sign = chance("shop", self.code, road, door, food)
        return Scene(
            kind=kind,
            lonlat=lonlat,
            grid=grid,
            road=road,
            near=near,
            number=2 * door + draw.randrange(1, 3),
            shop=sign.choice(_OWNERS) + sign.choice(_FOOD if food else _TRADE),
            compound=self._compounds[grid],
            building=f"{draw.randrange(1, 19)}号楼",
            unit=f"{draw.randrange(1, 7)}单元",
        )

    def _at(self, x: float, y: float) -> LonLat:
        plan = self.grids
        return plan.west + x * (plan.east - plan.west), plan.south + y * (plan.north - plan.south)

    def _along_m(self, x: float, y: float, eastward: bool) -> float:
        point = self._at(x, y)
        return distance_m(self._at(0, y) if eastward else self._at(x, 0), point)


def moved(lonlat: LonLat, metres: float, degrees: float) -> LonLat:
    """The point so many metres away in the direction `degrees` (0 is east, 90 is north), rounded to a decimetre."""
    lon, lat = lonlat
    turn = radians(degrees)
    east, north = metres * cos(turn), metres * sin(turn)
    return (
        round(lon + east / (METRES_PER_DEGREE * cos(radians(lat))), 6),
        round(lat + north / METRES_PER_DEGREE, 6),
    )
