"""Holds two reports against each other: place and matter apart, in whole points, with the reasons in words. What contradicts ends it.

    place   how near, which number, junction, name … in common ─┐
                                                                ├─► sure | likely | no
    matter  same or related, what is said, which object        ─┘

Nothing is sure by words of the matter alone: each line of the rules asks for points of the place. Nor is it where both are recognised,
or said to be, of different matters: one thing told as two is for a person to see.
"""

import re
from enum import StrEnum
from typing import Final, NamedTuple

from pipeline.core.duplicates.common_places import (
    common_house,
    common_names,
    common_roads,
    has_name_besides,
    is_of_one_phone,
    metres_between,
    metres_to_address,
    some,
)
from pipeline.core.duplicates.contradictions import contradiction
from pipeline.core.duplicates.duplicate_rules import DuplicateRules
from pipeline.core.duplicates.report_said import Comparable


class Likeness(StrEnum):
    """What two reports are to each other."""

    SURE = "sure"
    LIKELY = "likely"
    NO = "no"


class Comparison(NamedTuple):
    """What it is, the points of each, and why. `contradicts`: it is two things whatever is alike."""

    likeness: Likeness
    place: int
    matter: int
    why: tuple[str, ...]
    contradicts: bool = False

    @property
    def points(self) -> int:
        """Of place and matter."""
        return self.place + self.matter

    @property
    def reason(self) -> str:
        """In a line."""
        return ", ".join(self.why)


Points = list[tuple[int, str]]


def compare(rules: DuplicateRules, one: Comparable, other: Comparable) -> Comparison:
    """Whether both tell of one thing; the same whichever comes first."""
    against = contradiction(rules, one, other)
    if against:
        return Comparison(Likeness.NO, 0, 0, (against,), contradicts=True)
    place, matter = _of_place(rules, one, other), _of_matter(rules, one, other)
    place_sum, matter_sum = (sum(points for points, _ in found) for found in (place, matter))
    why = tuple(words for _, words in (*place, *matter))
    likeness = _likeness(rules, place_sum, matter_sum)
    if likeness is Likeness.SURE and are_of_two_matters(one, other):
        likeness = Likeness.LIKELY
    return Comparison(likeness, place_sum, matter_sum, why)


def are_of_two_matters(one: Comparable, other: Comparable) -> bool:
    """Whether of both it is known what they may be about, and nothing of that is the same."""
    mine, theirs = one.subjects.codes, other.subjects.codes
    return bool(mine and theirs) and not {*mine} & {*theirs}


def _likeness(rules: DuplicateRules, place: int, matter: int) -> Likeness:
    for likeness, reaches in ((Likeness.SURE, rules.sure), (Likeness.LIKELY, rules.likely)):
        for reach in reaches:
            if place >= reach.place and matter >= reach.matter and place + matter >= reach.together:
                return likeness
    return Likeness.NO


def _of_place(rules: DuplicateRules, one: Comparable, other: Comparable) -> Points:
    found = [*_of_position(rules, one, other), *_of_words(rules, one, other)]
    return [
        *found,
        *_of_sender(rules, one, other, are_apart=not found and _is_exact(one) and _is_exact(other)),
    ]


def _is_exact(report: Comparable) -> bool:
    """Whether it says where to the house, or to the metre."""
    where = report.where
    return where.lonlat is not None or bool(report.place.houses) or bool(_NUMBER.search(where.address_key))


def _of_position(rules: DuplicateRules, one: Comparable, other: Comparable) -> Points:
    points, found = rules.place, Points()
    mine, theirs = one.where, other.where
    if mine.address_key == theirs.address_key and _NUMBER.search(mine.address_key):
        found.append((points.address, "same address"))
    metres = metres_between(one, other)
    if metres is not None and metres <= _BESIDE_M:
        near = points.within_near if metres <= rules.near_m else points.within_100_m
        found.append((points.within_20_m if metres <= _AT_M else near, f"{metres:.0f} m away"))
    to_address = metres_to_address(one, other)
    if to_address is not None and to_address <= rules.near_m:
        found.append((points.near_address, f"{to_address:.0f} m from the other's address"))
    if mine.grid and mine.grid == theirs.grid:
        found.append((points.grid, "same grid"))
    return found


def _of_words(rules: DuplicateRules, one: Comparable, other: Comparable) -> Points:
    points, found = rules.place, Points()
    mine, theirs = one.place, other.place
    roads = common_roads(mine, theirs)
    if house := common_house(mine, theirs):
        found.append((points.house, f"same number {house}"))
    if len(roads) > 1:
        found.append((points.junction, f"same junction {some(roads)}"))
    elif roads:
        is_lane = bool(roads & (mine.lanes | theirs.lanes))
        found.append((points.lane if is_lane else points.road, f"same road {some(roads)}"))
    names = common_names(mine, theirs, roads)
    found += _of_names(rules, one, other, names)
    if mine.trades and theirs.trades and not mine.trades & theirs.trades:
        found.append((points.other_trade, f"other shop: {some(mine.trades)} / {some(theirs.trades)}"))
    if roads and (kinds := (mine.kinds & theirs.kinds) - rules.words.many):
        found.append((points.kind_of_road, f"same kind of place there: {some(kinds)}"))
    for unit, value in sorted(mine.parts & theirs.parts):
        is_number = unit in _LIKE_A_HOUSE and roads and not names
        found.append((points.house if is_number else points.part, f"same part {value}{unit}"))
    for kind, way in sorted(mine.sides & theirs.sides):
        found.append((points.side, f"same side {way}{kind}"))
    return found


def _of_names(rules: DuplicateRules, one: Comparable, other: Comparable, names: list[str]) -> Points:
    points, found = rules.place, Points()
    mine, theirs = one.place, other.place
    if (
        len(names) == 1
        and has_name_besides(mine, theirs, names[0])
        and has_name_besides(theirs, mine, names[0])
    ):
        found.append((points.other_second_name, "other names beside"))
    for rank, name in enumerate(names[:2]):
        found.append((points.second_name if rank else points.name, f"same name {name}"))
    if not names and mine.names and theirs.names and not common_names(mine, theirs, ()):
        found.append((points.other_name, "other names"))
    elif not names and (rare := _rare_name(one, other)):
        found.append((points.rare_name, f"same name {rare}"))
    return found


def _of_sender(rules: DuplicateRules, one: Comparable, other: Comparable, *, are_apart: bool) -> Points:
    """`are_apart`: each says exactly where, and nothing of that is alike; then one who called twice told of two things, unless he asks."""
    points, found = rules.place, Points()
    if one.plates & other.plates:
        found.append((points.plate, f"same plate {some(one.plates & other.plates)}"))
    if one.device and one.device == other.device:
        found.append((points.device, "same device"))
    urges = one.urges or other.urges
    if is_of_one_phone(one, other) and (urges or not are_apart):
        found.append((points.caller, "same phone"))
        if urges:
            found.append((points.urging, "asks what became of it"))
    return found


def _rare_name(one: Comparable, other: Comparable) -> str:
    """The longest row of seldom pairs that both say, if it is long: it is mostly a name."""
    rare = one.rare & other.rare
    longest = ""
    for piece in sorted(rare):
        row = piece
        while longer := next(
            (after for after in sorted(rare) if after[0] == row[-1] and row + after[1] in one.said), ""
        ):
            row += longer[1]
        if len(row) > len(longest) and row in one.said and row in other.said:
            longest = row
    return longest if len(longest) >= _RARE_NAME_MIN else ""


def _of_matter(rules: DuplicateRules, one: Comparable, other: Comparable) -> Points:
    points, found = rules.matter, _of_subjects(rules, one, other)
    pieces = one.pieces & other.pieces
    if pieces:
        rare = one.rare & other.rare
        content = points.rare_each * len(rare) + points.content_each * (len(pieces) - len(rare))
        said = "、".join((*sorted(rare), *sorted(pieces - rare))[:_PIECES_SHOWN])
        found.append((min(points.content_max, content), f"both say {said}"))
    elif not one.pieces and not other.pieces and found:
        found.append((points.content_each, "neither says more"))
    if one.objects & other.objects:
        found.append((points.same_object, "same object"))
    elif one.objects and other.objects:
        found.append((points.other_object, "other object"))
    if is_of_one_phone(one, other) and (one.urges or other.urges):
        found.append((points.urging, "an earlier call"))
    return found


def _of_subjects(rules: DuplicateRules, one: Comparable, other: Comparable) -> Points:
    points = rules.matter
    mine, theirs = one.subjects, other.subjects
    if not mine.codes or not theirs.codes:
        return []
    if mine.codes[0] == theirs.codes[0]:
        return [(points.same, f"same matter {mine.codes[0]}")]
    if common := sorted({*mine.codes} & {*theirs.codes}):
        return [(points.among, f"both may be {common[0]}")]
    codes = " / ".join(sorted((mine.codes[0], theirs.codes[0])))
    if rules.related_to(mine.codes) & {*theirs.codes}:
        return [(points.related, f"one is taken for the other: {codes}")]
    if mine.certain and theirs.certain:
        return [(points.other, f"recognised as other matters: {codes}")]
    return []


_NUMBER: Final = re.compile(r"\d")
"""A whole estate or park is one name, and many places."""
_AT_M: Final = 20
_BESIDE_M: Final = 100
_RARE_NAME_MIN: Final = 3
_PIECES_SHOWN: Final = 4
_LIKE_A_HOUSE: Final = frozenset({"号楼", "座", "口"})
