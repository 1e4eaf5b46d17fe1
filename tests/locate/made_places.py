"""The invented places of the shipped streets: roads with their numbers, estates, landmarks and junctions; an estate in every grid.

The first street is the one that `enforcement demo` simulates: it has the simulated street's names. Names of the others are of their own, so
that none stands in two streets.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from itertools import islice, product
from typing import NamedTuple

from pipeline.core.rules.grid import GridPlan, LonLat
from pipeline.core.rules.rules import Street
from pipeline.rulebook import RULES_DIR
from pipeline.rulebook.book import build, read_book
from pipeline.rulebook.places.place_files import COLUMNS, PLACES_FOLDER
from pipeline.simulate.world.seeded_chance import chance
from pipeline.simulate.world.street import (
    LANDMARK_EVERY_M,
    ROADS_EACH_WAY,
    SHOP_EVERY_M,
    invented_names,
    moved,
    said_spot,
)

HOME = "140109004"
SIDE_M = 8.0
"""Doors stand so far from the middle of the road."""
_ROADS_BEGIN = "东西新永长安平康建文学工民桥河柳槐松"
_ROADS_END = "兴和丰庆盛昌明华阳泉岭湾坪峪"
_ESTATES_BEGIN = "祥瑞鸿盛嘉御翠华福景德富龙玉"
_ESTATES_END = "泰庭湖林润宁都府辰晟馨枫桂荷"
_ESTATES = ("苑", "小区", "新村", "花园", "家属院", "佳园", "公寓", "雅居")
_KEPT = ("锦绣", "文兴", "和泰", "广安", "新源", "学苑", "丰和", "长宁", "永定", "育才")
_SAID_AROUND = re.compile("(?:旁|对面|门口|门前|门外|入口|南侧|北侧|东北角|[东西南北]门|急诊楼外)+$")
_OF_STREET = ("街道办事处", "派出所", "综合市场", "中心小学", "公园", "人民医院")
_OF_COMMUNITY = ("居委会", "卫生服务站", "便民菜店")


class MadeRoad(NamedTuple):
    """A road of a street from its west or south end."""

    name: str
    start: LonLat
    end: LonLat
    length_m: float
    across: bool


def place_files() -> dict[str, str]:
    """The text of each file of places by its name."""
    rules = build(read_book(RULES_DIR))
    pool = _Names()
    return {
        f"{PLACES_FOLDER}/{street.code}.csv": _text(_rows(street, pool)) for street in rules.streets.values()
    }


class _Names:
    """Names that no two streets share."""

    def __init__(self) -> None:
        pairs = [a + b for a, b in product(_ROADS_BEGIN, _ROADS_END) if a + b not in _KEPT]
        chance("names", "roads").shuffle(pairs)
        self.roads = iter(pairs)
        pairs = [a + b for a, b in product(_ESTATES_BEGIN, _ESTATES_END)]
        chance("names", "estates").shuffle(pairs)
        self.estates = iter([name + last for name in pairs for last in _ESTATES[: 5 + len(name)]])


def _rows(street: Street, pool: _Names) -> Iterator[dict[str, object]]:
    plan = street.grids
    is_home = street.code == HOME
    if is_home:
        across, down, estate_of = invented_names(street)
        estates = [estate_of[code] for code in plan.codes()]
    else:
        main = street.name_zh.removesuffix("街道").removesuffix("街")
        across = (*(f"{name}街" for name in islice(pool.roads, ROADS_EACH_WAY - 1)), f"{main}街")
        down = tuple(f"{name}路" for name in islice(pool.roads, ROADS_EACH_WAY))
        estates = list(islice(pool.estates, len(plan)))
    roads = _roads(plan, across, down)
    for road in roads:
        alias = f"{road.name.removesuffix('街')}大街" if road.name == across[-1] else ""
        yield _row("road", road.name, (road.start, road.end), aliases=alias)
        doors = int(road.length_m // SHOP_EVERY_M)
        for side, first, off in (("odd", 1, SIDE_M), ("even", 2, -SIDE_M)):
            turn = 90 if road.across else 180
            line = [moved(end, off, turn) for end in (road.start, road.end)]
            yield _row("numbers", road.name, line, numbers=f"{side} {first}-{2 * doors + first}")
    for one in roads[:ROADS_EACH_WAY]:
        for other in roads[ROADS_EACH_WAY:]:
            yield _row("junction", one.name, [(other.start[0], one.start[1])], road=other.name, radius_m=25)
    for road in roads:
        yield from _spots(street.code, road)
    for code, name in zip(plan.codes(), estates, strict=True):
        yield _row("estate", name, [plan.centre_of(code)], radius_m=90)
    yield from _landmarks(street, chance("landmarks", street.code).sample(plan.codes(), len(_OF_STREET)))


def _roads(plan: GridPlan, across: Sequence[str], down: Sequence[str]) -> list[MadeRoad]:
    """Those from west to east, then those from south to north."""
    from pipeline.core.rules.grid import distance_m

    roads = []
    for number, name in enumerate(across):
        lat = plan.south + (number + 0.5) / ROADS_EACH_WAY * (plan.north - plan.south)
        ends = (plan.west, lat), (plan.east, lat)
        roads.append(MadeRoad(name, *ends, distance_m(*ends), True))
    for number, name in enumerate(down):
        lon = plan.west + (number + 0.5) / ROADS_EACH_WAY * (plan.east - plan.west)
        ends = (lon, plan.south), (lon, plan.north)
        roads.append(MadeRoad(name, *ends, distance_m(*ends), False))
    return roads


def _spots(street: str, road: MadeRoad) -> Iterator[dict[str, object]]:
    """What stands beside a road and has no name of its own, as the simulated street has it."""
    for segment in range(int(road.length_m // LANDMARK_EVERY_M) + 1):
        said = said_spot(street, road.name, segment)
        along = min(1.0, (segment + 0.5) * LANDMARK_EVERY_M / road.length_m)
        place = tuple(start + along * (end - start) for start, end in zip(road.start, road.end, strict=True))
        name = _SAID_AROUND.sub("", said)
        if name != "十字路口":
            yield _row("spot", name, [(place[0], place[1])], road=road.name, radius_m=90)


def _landmarks(street: Street, codes: Sequence[str]) -> Iterator[dict[str, object]]:
    """What has a name of its own: a few of the street, and some of each community, each in a grid of its own community."""
    main = street.name_zh.removesuffix("街道").removesuffix("街")
    for last, code in zip(_OF_STREET, codes, strict=True):
        aliases = f"{main}办事处|{main}街道办" if last == "街道办事处" else ""
        yield _row(
            "landmark", f"{main}{last}", [_beside(street.grids, code, 0)], aliases=aliases, radius_m=40
        )
    by_community: dict[str, list[str]] = {}
    for code in street.grids.codes():
        by_community.setdefault(code[9:12], []).append(code)
    for own in by_community.values():
        name = street.grids.grids[own[0]].community_zh
        for number, last in enumerate(_OF_COMMUNITY):
            code = own[number * len(own) // len(_OF_COMMUNITY)]
            place = _beside(street.grids, code, number + 1)
            yield _row("landmark", f"{name}{last}", [place], radius_m=40)


def _beside(plan: GridPlan, code: str, number: int) -> LonLat:
    """A place in the grid, not its middle."""
    return moved(plan.centre_of(code), 45, 90 * number + 30)


def _row(kind: str, name: str, line: Sequence[LonLat], **more: object) -> dict[str, object]:
    points = "; ".join(f"{round(lon, 6)} {round(lat, 6)}" for lon, lat in line)
    return {"kind": kind, "name": name, "line": points, **more}


def _text(rows: Iterator[dict[str, object]]) -> str:
    file = io.StringIO()
    writer = csv.DictWriter(file, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()
