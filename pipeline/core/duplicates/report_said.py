"""What a report says of place and matter, made ready to be held against another."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Final, NamedTuple

from pipeline.core.duplicates.duplicate_rules import DuplicateRules
from pipeline.core.duplicates.place_said import PlaceSaid, place_said
from pipeline.core.rules.grid import LonLat


class Subjects(NamedTuple):
    """The matters that a report may be about, the best first.

    `certain`: it is the first of them, by its sender or by recognition; `stated`: its sender says so.
    """

    codes: tuple[str, ...] = ()
    certain: bool = False
    stated: bool = False


class Where(NamedTuple):
    """Where it is, besides words: the point in WGS84, or as it came where `crs` names what nobody knows; the grid; the key of its address;
    of one without a point where its address is by the named places, and by how many metres that may be off.
    """

    address_key: str = ""
    lonlat: LonLat | None = None
    crs: str = ""
    grid: str | None = None
    located: LonLat | None = None
    radius_m: int = 0


class Comparable(NamedTuple):
    """A report, comparable. `said` is what it says besides the place; `pieces` are pairs of characters of that, `rare` the seldom ones."""

    key: str
    at: datetime | None
    place: PlaceSaid
    where: Where
    subjects: Subjects
    said: str
    pieces: frozenset[str]
    rare: frozenset[str]
    objects: frozenset[int]
    plates: frozenset[str]
    device: str | None
    callers: frozenset[str]
    urges: bool


def comparable(
    rules: DuplicateRules,
    key: str,
    text: str,
    address: str,
    at: datetime | None,
    where: Where,
    subjects: Subjects,
    *,
    callers: frozenset[str] = frozenset(),
    device: str | None = None,
    plate: str = "",
) -> Comparable:
    """The report named `key`, as it is compared."""
    place = place_said(rules.words, address, text)
    said = rules.courtesies.sub(" ", place.rest)
    pieces = frozenset(_pieces(said)) - rules.said_of_all
    return Comparable(
        key=key,
        at=at,
        place=place,
        where=where,
        subjects=subjects,
        said=said,
        pieces=pieces,
        rare=pieces - rules.common_pieces,
        objects=rules.objects_in(place.text),
        plates=frozenset(_plates(f"{text} {plate}")),
        device=device,
        callers=callers,
        urges=rules.urging.search(place.text) is not None,
    )


def _pieces(said: str) -> Iterator[str]:
    for run in _RUN.findall(said):
        for at in range(len(run) - 1):
            yield run[at : at + 2]


def _plates(text: str) -> Iterator[str]:
    for found in _PLATE.finditer(text):
        yield _NO_LETTER.sub("", found.group()).upper()


_PLATE: Final = re.compile(
    r"[京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新][A-Za-z][·•.\s\-]?[A-Za-z0-9]{5,6}(?![A-Za-z0-9])"
)
_NO_LETTER: Final = re.compile(r"[^\w]")
_RUN: Final = re.compile(r"[^\W\da-z_的了在是有和就都也不把被这那一个着过又还很太]+")
"""Letters of what is said; particles part them."""
