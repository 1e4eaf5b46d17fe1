"""What a report says of a place, taken apart: roads, numbers, parts, names, sides; and what is left of its words."""

import re
from functools import lru_cache
from typing import Final, NamedTuple

from pipeline.core.duplicates.place_words import PlaceWords
from pipeline.core.rules.address_key import figures_of


class PlaceSaid(NamedTuple):
    """What a text says of a place. `text` is all of it in one form, `rest` what is left without the places."""

    text: str
    rest: str
    roads: frozenset[str]
    lanes: frozenset[str]
    """Those of the roads that are short."""
    houses: frozenset[tuple[str, str]]
    """A road's name, or nothing, with the number."""
    parts: frozenset[tuple[str, str]]
    """A unit (号楼, 单元, 期) with its number."""
    names: frozenset[tuple[str, str]]
    """A name with the kind of what bears it, or nothing."""
    kinds: frozenset[str]
    trades: frozenset[str]
    """What shops deal in: 包子 of a 包子铺."""
    sides: frozenset[tuple[str, str]]
    """A gate, or a place beside one, with its direction."""
    floors: frozenset[str]
    """That are named by number."""


@lru_cache(maxsize=1_024)
def place_said(words: PlaceWords, address: str, text: str) -> PlaceSaid:
    """What both say together. Kept, since a report is compared when it comes and again as the case that it opens."""
    where = words.plain(address)
    whole = f"{where} , {words.plain(text)}" if address else words.plain(text)
    rest = list(whole)
    roads, on_roads = _roads(words, whole, rest)
    houses, parts = _numbers(whole, roads, rest)
    sides = _sides(whole, rest)
    named = {*words.names(whole, on_roads)}
    named.update((name, "") for name in words.named_by_address("".join(rest[: len(where)])))
    names = frozenset(pair for pair in named if pair[0])
    left = "".join(rest)
    for name in sorted({name for name, _ in names}, key=len, reverse=True):
        left = left.replace(name, " ")
    return PlaceSaid(
        text=whole,
        rest=words.without_place_words(left),
        roads=frozenset(name for name, _ in roads.values()),
        lanes=frozenset(name for name, kind in roads.values() if kind in _LANES),
        houses=houses,
        parts=parts,
        names=names,
        kinds=frozenset(kind for _, kind in named if kind),
        trades=frozenset(
            shop["trade"] for shop in _SHOP.finditer(whole) if shop["trade"][-1] not in _NO_TRADE
        ),
        sides=sides,
        floors=frozenset(_figures(floor["value"]) for floor in _FLOOR.finditer(whole)),
    )


def _roads(words: PlaceWords, whole: str, rest: list[str]) -> tuple[dict[int, tuple[str, str]], set[int]]:
    """Each road's name and kind by where it ends, and where letters of roads stand."""
    roads: dict[int, tuple[str, str]] = {}
    letters: set[int] = set()
    for name, kind, begin, end in words.roads(whole):
        roads[end] = name, kind
        letters.update(range(begin, end))
        _blank(rest, begin, end)
    return roads, letters


def _numbers(
    whole: str, roads: dict[int, tuple[str, str]], rest: list[str]
) -> tuple[frozenset[tuple[str, str]], frozenset[tuple[str, str]]]:
    """Houses and parts. A number without its road is a house only where it is a courtyard's (5号院)."""
    houses, parts = set(), set()
    for number in _NUMBER.finditer(whole):
        value, unit = number["value"], number["unit"]
        road, _ = roads.get(number.start(), ("", ""))
        if unit not in _HOUSE:
            parts.add((unit, value))
        elif road or unit != _HOUSE[0]:
            houses.add((road, value))
        _blank(rest, *number.span())
    for letter in _LETTER.finditer(whole):
        parts.add((letter["unit"], letter["value"]))
        _blank(rest, *letter.span())
    return frozenset(houses), frozenset(parts)


def _sides(whole: str, rest: list[str]) -> frozenset[tuple[str, str]]:
    sides = set()
    for side in _SIDE.finditer(whole):
        kind = side["kind"]
        sides.add((GATE if kind == GATE else BESIDE, side["way"] or side["to"]))
        if kind:
            _blank(rest, *side.span())
    return frozenset(sides)


def _figures(number: str) -> str:
    return number if number.isdecimal() else figures_of(number)


def _blank(characters: list[str], begin: int, end: int) -> None:
    characters[begin:end] = " " * (end - begin)


GATE: Final = "门"
BESIDE: Final = "侧"
_SHOP: Final = re.compile(
    r"(?P<trade>[\u4e00-\u9fff]{2})(?:店(?!外|内|里|门|主|家|铺|面)|铺(?!设|面|子)|馆(?!子)|车行|洗车行)"
)
_NO_TRADE: Final = "门酒饭商小宾书家本该的个条街路开各旅夜老新"
"""Before 店 they say nothing of what it deals in."""
_HOUSE: Final = ("号", "号院")
_LANES: Final = ("巷", "胡同")
_NUMBER: Final = re.compile(
    r"(?<![\d.a-z-])(?P<value>\d{1,4}(?:-\d{1,3})*)"
    r"(?P<unit>号(?:楼|院|门(?![口前外面])|排口|出口|地块|厂房|公厕|库)?|单元|排|期|室(?!内|外))"
)
_FLOOR: Final = re.compile(
    r"(?<![\d.a-z-])(?P<value>\d{1,2}|[一二三四五六七八九十]{1,3})[层楼](?![下上顶道梯门面里间房板层])"
)
_LETTER: Final = re.compile(r"(?<![a-z0-9])(?P<value>[a-z])(?P<unit>[座口区馆])")
_SIDE: Final = re.compile(
    r"(?P<way>[东西][南北]|[南北][东西]|[东西南北正后前])(?P<kind>门|侧|角|口(?!味)|段|边|面|头|墙|区|端|岸|广场|出口|入口)"
    r"|(?:以|[往向](?=[东西南北]{1,2}(?:[^\w]|走|约|[\d一二三五几两百]))|(?<=桥)(?=[东西南北](?:[^\w]|$)))(?P<to>[东西南北]{1,2})"
)
