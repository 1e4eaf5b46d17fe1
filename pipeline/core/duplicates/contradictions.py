"""What shows that two reports are of two things, however alike they are: each with what contradicts, in words; nothing where nothing does."""

from collections.abc import Callable, Iterable
from typing import Final

from pipeline.core.duplicates.common_places import (
    common_house,
    common_names,
    common_roads,
    is_of_one_phone,
    is_one_road,
    metres_between,
    some,
)
from pipeline.core.duplicates.duplicate_rules import DuplicateRules
from pipeline.core.duplicates.place_said import BESIDE, GATE
from pipeline.core.duplicates.report_said import Comparable


def contradiction(rules: DuplicateRules, one: Comparable, other: Comparable) -> str:
    """The first that there is; empty where nothing contradicts."""
    return next((why for find in _CONTRADICTIONS if (why := find(rules, one, other))), "")


def _too_long_apart(rules: DuplicateRules, one: Comparable, other: Comparable) -> str:
    if one.at is None or other.at is None:
        return ""
    if one.device and one.device == other.device and abs(one.at - other.at) > rules.alarm_window:
        return "too long apart"
    window = rules.window_of((*one.subjects.codes[:1], *other.subjects.codes[:1]))
    return "too long apart" if abs(one.at - other.at) > window else ""


def _too_far_apart(rules: DuplicateRules, one: Comparable, other: Comparable) -> str:
    metres = metres_between(one, other)
    return f"{metres:.0f} m apart" if metres is not None and metres > rules.apart_m else ""


def _other_plate(_: DuplicateRules, one: Comparable, other: Comparable) -> str:
    if not one.plates or not other.plates or one.plates & other.plates:
        return ""
    return f"other plate: {some(one.plates)} / {some(other.plates)}"


def _other_device(_: DuplicateRules, one: Comparable, other: Comparable) -> str:
    return "other device" if one.device and other.device and one.device != other.device else ""


def _other_number(_: DuplicateRules, one: Comparable, other: Comparable) -> str:
    if one.place.houses and other.place.houses and not common_house(one.place, other.place):
        for road, number in sorted(one.place.houses):
            rivals = {value for name, value in other.place.houses if is_one_road(road, name)}
            if rivals:
                return f"other number: {number} / {some(rivals)}"
    if not one.place.parts or not other.place.parts:
        return ""
    for unit in sorted({unit for unit, _ in one.place.parts} & {unit for unit, _ in other.place.parts}):
        mine, theirs = _of(one.place.parts, unit), _of(other.place.parts, unit)
        if unit not in _MAY_DIFFER and not mine & theirs:
            return f"other {unit}: {some(mine)} / {some(theirs)}"
    return ""


def _other_floor(rules: DuplicateRules, one: Comparable, other: Comparable) -> str:
    """Of what is done to one flat; who is only disturbed names his own floor."""
    mine, theirs = one.place.floors, other.place.floors
    codes = {*one.subjects.codes[:1], *other.subjects.codes[:1]}
    if not mine or not theirs or mine & theirs or not codes or codes - rules.of_one_flat:
        return ""
    return f"other floor: {some(mine)} / {some(theirs)}"


def _other_road(_: DuplicateRules, one: Comparable, other: Comparable) -> str:
    mine, theirs = one.place.roads, other.place.roads
    if not mine or not theirs:
        return ""
    if min(len(mine), len(theirs)) > 1 and len(common := common_roads(one.place, other.place)) == 1:
        (road,) = common
        if all(any(not name.endswith(road) for name in names) for names in (mine, theirs)):
            return f"other junction: {some(mine)} / {some(theirs)}"
    for name in sorted(mine - theirs):
        for rival in sorted(theirs - mine):
            if _is_sibling(name, rival):
                return f"other road: {name} / {rival}"
    return ""


def _is_sibling(name: str, other: str) -> bool:
    """Whether the names differ in one letter that tells roads of one name apart: 解放北 and 解放南, 西一 and 西二."""
    if len(name) != len(other):
        return False
    differing = [pair for pair in zip(name, other, strict=True) if pair[0] != pair[1]]
    return len(differing) == 1 and all(letter in _TELLS_APART for letter in differing[0])


def _other_side(_: DuplicateRules, one: Comparable, other: Comparable) -> str:
    if not one.place.sides or not other.place.sides:
        return ""
    for kind, are_apart in ((GATE, _are_two_gates), (BESIDE, _are_opposite)):
        mine, theirs = _of(one.place.sides, kind), _of(other.place.sides, kind)
        if mine and theirs and all(are_apart(way, rival) for way in mine for rival in theirs):
            return f"other side: {some(mine)}{kind} / {some(theirs)}{kind}"
    return ""


def _are_two_gates(way: str, other: str) -> bool:
    return way != other and not {"正", "前"} >= {way, other}


def _are_opposite(way: str, other: str) -> bool:
    return any(letter in way and rival in other for letter, rival in _OPPOSITES)


def _other_name(_: DuplicateRules, one: Comparable, other: Comparable) -> str:
    mine, theirs = one.place, other.place
    kinds = mine.kinds & theirs.kinds
    if not kinds or common_names(mine, theirs, ()):
        return ""
    for kind in sorted(kinds):
        own, rival = ({name for name, of in said.names if of == kind} for said in (mine, theirs))
        if own and rival:
            return f"other {kind}: {some(own)} / {some(rival)}"
    return ""


def _other_matter(rules: DuplicateRules, one: Comparable, other: Comparable) -> str:
    """Both senders say which, and nobody takes one for the other."""
    mine, theirs = one.subjects, other.subjects
    if not (mine.stated and theirs.stated) or {*mine.codes} & {*theirs.codes}:
        return ""
    if one.plates & other.plates or (is_of_one_phone(one, other) and (one.urges or other.urges)):
        return ""
    if rules.related_to(mine.codes) & {*theirs.codes}:
        return ""
    return f"other matter: {mine.codes[0]} / {theirs.codes[0]}"


def _of(pairs: Iterable[tuple[str, str]], kind: str) -> set[str]:
    return {value for named, value in pairs if named == kind}


_CONTRADICTIONS: Final[tuple[Callable[[DuplicateRules, Comparable, Comparable], str], ...]] = (
    _too_long_apart,
    _too_far_apart,
    _other_plate,
    _other_device,
    _other_number,
    _other_floor,
    _other_road,
    _other_side,
    _other_name,
    _other_matter,
)
_MAY_DIFFER: Final = frozenset({"室"})
"""A caller's own room is not that of which he speaks."""
_TELLS_APART: Final = "东西南北中前后左右上下一二三四五六七八九十"
_WAYS: Final = (("东", "西"), ("南", "北"), ("正", "后"), ("前", "后"))
_OPPOSITES: Final = (*_WAYS, *((there, here) for here, there in _WAYS))
