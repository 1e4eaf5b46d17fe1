"""保密工单: of the place of a secret order whoever handles it learns the road, the estate and the grid, and no door.

Who complained is known by the door they live behind, so numbers of houses, buildings, floors and rooms leave address and text, and
points are rounded. All of it as it was said goes to `callers.v1`, where the hotline's own clerk reads it with name and phone.
"""

import re
from collections.abc import Iterable
from typing import Final

from msgspec.structs import replace

from schemas import limits
from schemas.inputs.report import Report
from schemas.values.evidence import Evidence
from schemas.values.place import Geocode, Place, Point
from schemas.values.recognised_text import RankedSubject

DOOR_MASK: Final = "[门牌]"
COARSE_M: Final = 100
"""A rounded point is off by up to so many metres."""

_DECIMALS: Final = 3
"""Of a degree: some 100 metres."""


def is_secret(report: Report) -> bool:
    """Whether its caller wants to stay secret."""
    return report.caller is not None and report.caller.secret


def without_doors(text: str, length_max: int) -> str:
    """`text` without numbers of houses, buildings, floors and rooms. Roads, junctions, estates and what is named by a number stay.

    >>> without_doors("锦绣街23号3号楼2单元501室楼下烧烤", 200)
    '锦绣街[门牌]楼下烧烤'
    >>> without_doors("安居小区B座十二层", 200), without_doors("208国道与3号线站口", 200), without_doors("解放路17-1", 200)
    ('安居小区[门牌]', '208国道与3号线站口', '解放路[门牌]')
    """
    text = _DOORS.sub(DOOR_MASK, text)
    return text if len(text) <= length_max else text[: length_max - 1] + "…"


def coarse_place(place: Place) -> Place:
    """The place as those who handle it may know it; the grid stays."""
    return Place(
        address=without_doors(place.address, limits.ADDRESS_MAX),
        grid=place.grid,
        point=coarse_point(place.point),
    )


def coarse_point(point: Point | None) -> Point | None:
    """Rounded, and said to be no more exact than that."""
    if point is None:
        return None
    accuracy_m = max(point.accuracy_m or 0.0, float(COARSE_M))
    lon, lat = round(point.lon, _DECIMALS), round(point.lat, _DECIMALS)
    return replace(point, lon=lon, lat=lat, accuracy_m=accuracy_m)


def coarse_geocode(geocode: Geocode | None) -> Geocode | None:
    """Where the address is, as coarse as the point."""
    if geocode is None:
        return None
    return replace(
        geocode,
        lon=round(geocode.lon, _DECIMALS),
        lat=round(geocode.lat, _DECIMALS),
        radius_m=max(geocode.radius_m, COARSE_M),
        words=tuple(without_doors(word, limits.ADDRESS_MAX) for word in geocode.words),
    )


def coarse_evidence(items: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """The caller's photos, without where exactly they were taken: mostly from a window."""
    return tuple(
        item if item.point is None else replace(item, point=coarse_point(item.point)) for item in items
    )


def coarse_report(report: Report) -> Report:
    """What a secret report says of its matter and place, as far as the case may hold it; its number and its caller are as they were."""
    proposal = report.proposal
    return replace(
        report,
        text=without_doors(report.text, limits.TEXT_MAX),
        category=report.category and without_doors(report.category, limits.CATEGORY_MAX),
        evidence=coarse_evidence(report.evidence),
        proposal=proposal and tuple(map(_coarse_subject, proposal)),
    )


def _coarse_subject(subject: RankedSubject) -> RankedSubject:
    words = (replace(one, word=without_doors(one.word, limits.RECOGNISED_WORD_MAX)) for one in subject.words)
    return replace(subject, words=tuple(words))


_FIGURES: Final = r"(?<![\d.])\d{1,4}[A-Za-z]?(?![\d.])"
_HANZI: Final = "[〇零一二三四五六七八九十百两]{1,5}"
_DASH: Final = r"[-‐-―−－~#]"
_NUMBER: Final = rf"{_FIGURES}(?:{_DASH}\d{{1,4}}(?!\d))*"
_OF_HOUSES: Final = r"(?:号(?!线|台风|令|文|公告|通告|坑|机)(?:院|楼|门(?!口))?|#楼?)"
_UNIT: Final = (
    rf"(?:{_OF_HOUSES}(?:[之附](?:\d{{1,3}}(?!\d)|{_HANZI}))?|号?[栋幢]|单元|层|楼|室|户|房间?|门洞)"
)
_PART: Final = (
    rf"(?:附?(?<!月){_NUMBER}[ 　]?(?:{_UNIT}|座)"
    rf"|附?(?<!月)(?!一层){_HANZI}(?:{_OF_HOUSES}|号?[栋幢]|单元|层|楼|室)"
    r"|(?<![A-Za-z])[A-Za-z](?:座|栋|幢|单元|号楼))"
)
_BARE: Final = (
    rf"(?<=[街路道巷弄里村院区园苑]){_NUMBER}(?! ?[路线时点年月日米元个人辆次天多余名家条岁分趟处度万千百起件袋桶平公楼期])"
    rf"|(?<=[\u4e00-\u9fff])\d{{1,3}}{_DASH}\d{{1,3}}{_DASH}\d{{3,4}}(?!\d)"
)
"""A number without its unit: behind a road or an estate, or building, unit and room with dashes."""
_DOORS: Final = re.compile(
    rf"(?:{_PART}|{_BARE})(?:[ ,，、　]?(?:{_PART}|{_DASH}?\d{{3,4}}(?![\d元米]| ?[年元米个人])))*",
    re.IGNORECASE,
)
