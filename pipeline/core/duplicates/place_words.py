"""What a text says of a place: roads, numbers, names, sides. Nothing is looked up: names are found by the words around them.

玉河街86号老四川火锅对面   road 玉河, house 86, name 老四川
丽华苑北门外               name 丽华苑, gate 北
光华街和桃园三巷交叉口     roads 光华, 桃园三
"""

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from pipeline.core.recognise.spoken_text import even_text
from pipeline.core.rules.address_key import with_figures


@dataclass(frozen=True, eq=False)
class PlaceWords:
    """Words around the names of places.

    `kinds` end a name and say what it is (小区, 火锅, 幼儿园); `ends` may, though they are letters of other words as well (苑, 湾);
    `beside` stands right behind one (对面, 门口); `breaks` are no part of a name (在, 反映); `nameless` are no names where they
    stand alone (我们, 马路); `one_name` is written for other writings of a name (工行 for 工商银行); `many` are kinds of which there
    are many on a road; `areas` are the district and the streets, which say of all reports of a street the same (兴华街道长宁街 is
    长宁街).
    """

    kinds: frozenset[str]
    ends: Iterable[str]
    beside: Iterable[str]
    breaks: Iterable[str]
    nameless: Iterable[str]
    one_name: Mapping[str, str]
    many: frozenset[str]
    areas: frozenset[str]
    _anchor: re.Pattern[str] = field(init=False, repr=False)
    _break: re.Pattern[str] = field(init=False, repr=False)
    _soft: frozenset[str] = field(init=False, repr=False)
    _nameless: frozenset[str] = field(init=False, repr=False)
    _tail: re.Pattern[str] = field(init=False, repr=False)
    _other_name: re.Pattern[str] = field(init=False, repr=False)
    _area: re.Pattern[str] = field(init=False, repr=False)
    _place_word: re.Pattern[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        kinds, beside = either(self.kinds), either(self.beside)
        ends = f"[{''.join(self.ends)}]"
        anchor = rf"(?P<kind>{kinds})|(?P<end>{ends})|(?P<beside>{beside}|[东南西北]门|\d+(?:号(?:[楼院]|门(?![口前外面]))|期|排)|[a-z]座)"
        object.__setattr__(self, "_anchor", re.compile(anchor))
        object.__setattr__(
            self,
            "_break",
            re.compile(
                rf"[^\w]|(?!和平)(?:(?<=[路街巷道口号院区门])和|{either({*self.breaks, *self.kinds})})"
            ),
        )
        object.__setattr__(self, "_soft", frozenset({*_MAY_BE_OF_A_NAME, *self.kinds}))
        object.__setattr__(self, "_nameless", frozenset(self.nameless))
        object.__setattr__(self, "_tail", re.compile(rf"(?:{kinds}|{beside}|[东南西北][门侧区])+$"))
        object.__setattr__(
            self, "_place_word", re.compile(rf"{either(set(self.kinds) - set(self.many))}|{beside}")
        )
        object.__setattr__(self, "_other_name", re.compile(either(self.one_name)))
        object.__setattr__(self, "_area", re.compile(rf"(?:{either(self.areas)}){_NO_AREA}"))

    def plain(self, text: str) -> str:
        """One width, case and writing of names, figures for numerals, without masks, dates, times and long numbers."""
        even = self._area.sub(" ", _MASK.sub(" ", even_text(text)))
        even = _SCHOOL.sub(_figures, with_figures(even))
        even = self._other_name.sub(lambda found: self.one_name[found.group()], even)
        return _TIMES.sub(" ", even)

    def without_place_words(self, text: str) -> str:
        """What is said besides kinds of places and what is beside them."""
        return self._place_word.sub(" ", text)

    def names(self, text: str, roads: Container[int]) -> Iterator[tuple[str, str]]:
        """Each name with the kind of what bears it; of a kind without a name the name is empty. At `roads` the letters of a road stand."""
        for anchor in self._anchor.finditer(text):
            if anchor.start() in roads:
                continue
            kind, end = anchor["kind"] or "", anchor["end"] or ""
            name = self._tail.sub("", self._body(text, anchor.start()))  # 和平苑小区 before 7号楼
            if name and end:
                name += end
            if self._is_name(name):
                yield name, kind
            elif kind:
                yield "", kind

    def named_by_address(self, rest: str) -> Iterator[str]:
        """The names in what an address says besides roads and numbers."""
        for part in _PARTS.split(self._place_word.sub(" ", rest)):
            name = self._tail.sub("", part)
            if self._is_name(name) and len(name) <= _NAME_MAX:
                yield name

    def roads(self, text: str) -> Iterator[tuple[str, str, int, int]]:
        """Each road's name without 路 or 街, what ends it, and where it begins and ends with that."""
        for end in _ROAD_END.finditer(text):
            name, kind = self._body(text, end.start()), end.group()
            if kind == "大街" and len(name) == 1:
                name += "大"
            is_short_lane = kind == "巷" and len(name) == 1 and name not in _NO_LANE  # 柳巷
            is_none = name[-1:] in (_NO_ROAD if kind == "路" else _NO_STREET)
            if is_none and _HAS_NUMBER.match(text, end.end()):
                is_none = False  # 西线街2号 has one, whatever 线路 is
            if is_short_lane or (self._is_name(name) and not is_none):
                yield name, kind, end.end() - len(name) - 1, end.end()

    def _is_name(self, name: str) -> bool:
        return (
            len(name) >= _NAME_MIN
            and name not in self._nameless
            and name[-1] not in _ENDS_A_ROAD
            and not name.isdigit()
            and not name.startswith("号")
        )

    def _body(self, text: str, end: int) -> str:
        """What stands before `end` up to a word that is no part of a name."""
        body = text[max(0, end - _NAME_MAX) : end]
        cut = 0
        for found in self._break.finditer(body):
            if len(body) - found.end() >= _NAME_MIN or found.group() not in self._soft:
                cut = found.end()
        return _LEADING_NUMBER.sub("", body[cut:])


def either(words: Iterable[str]) -> str:
    """A pattern of any of the words, the longest first; of none nothing."""
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True))) or r"(?!)"


def _figures(found: re.Match[str]) -> str:
    return with_figures(found.group() + "号")[:-1]


_NO_AREA: Final = "(?![路办边])"
"""兴华街道路灯 has the lights of a road, 兴华街道办事处 is a place."""
_NAME_MIN: Final = 2
_NAME_MAX: Final = 8
_MAY_BE_OF_A_NAME: Final = "向由至沿给让区市县口角层楼号室停占路街巷侧"
"""Single letters at which a name is cut only where enough of it is left."""
_ENDS_A_ROAD: Final = "路街巷"
_NO_ROAD: Final = "马公铁线电水走过堵让占挡修道条半沿临上辅主岔便"
_NO_STREET: Final = "条半沿临逛满整这那"
_HAS_NUMBER: Final = re.compile(r"\d+(?:-\d+)?号")
_NO_LANE: Final = "小大一这那条后前深老"
_ROAD_END: Final = re.compile("大街|大道|胡同|路(?![过灯]|人行)|[街巷]")
_LEADING_NUMBER: Final = re.compile(r"^[\d-]+(?!\d*中)")
_PARTS: Final = re.compile(r"[^\w]+|的")
_SCHOOL: Final = re.compile(r"(?<!第)[一二三四五六七八九十]{1,3}(?=中(?:学|门|对面|校|旁|[^\w]|$))")
_MASK: Final = re.compile(r"\[[^\[\]]{1,8}\]")
_TIMES: Final = re.compile(
    r"\d{4}年|\d{1,2}月\d{1,2}[日号]?|[本上这]月\d{1,2}[日号]|\d{1,2}[:点时]\d{0,2}分?半?多?|\d{1,2}号线|\d{6,}"
)
