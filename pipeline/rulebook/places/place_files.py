"""Reads `rules/places/<street>.csv`: the named places of a street, in WGS84; and what is wrong in them, by stable codes.

kind      road | numbers | junction | estate | landmark | spot (it has no name of its own: a chemist's, told with its road)
name      of numbers and of a junction: the road
aliases   other names, with | between them
road      of a junction: the other road; of a spot: its road
numbers   of numbers: odd, even or all, and from which to which: odd 1-99
line      lon lat; lon lat; … of a road and of numbers from the first to the last; else one point
radius_m  how far it reaches around its point
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple

from pipeline.core.locate.address_text import even_name
from pipeline.core.locate.gazetteer import Gazetteer, NamedPlace, NumberRange, NumberSide, PlaceKind, Sounds
from pipeline.core.rules.grid import GridPlan, LonLat
from pipeline.rulebook.places.file_faults import FaultWords, FileFault, text_of
from pipeline.rulebook.sheet import Sheet

PLACES_FOLDER: Final = "places"
SUFFIX: Final = ".csv"
COLUMNS: Final = ("kind", "name", "aliases", "road", "numbers", "line", "radius_m")
NAME_MIN, NAME_MAX = 2, 32
RADIUS_MAX: Final = 5_000
NUMBER_MAX: Final = 99_999
OUTSIDE_MAX_M: Final = 300
"""A road may end so far outside its street."""
_NUMBERS: Final = re.compile(r"(odd|even|all) ([0-9]{1,5})-([0-9]{1,5})")
KINDS: Final = ("road", "numbers", "junction", "estate", "landmark", "spot")

WORDS: Final[FaultWords] = {
    "unreadable": ("cannot be read: {detail}", "CSV in UTF-8"),
    "columns_wrong": ("other columns: {detail}", ", ".join(COLUMNS)),
    "kind_unknown": ("no such kind: {detail}", ", ".join(KINDS)),
    "name_wrong": ("{detail} is no name of a place", f"{NAME_MIN} to {NAME_MAX} characters"),
    "line_wrong": (
        "{detail} is no line",
        "lon lat; lon lat: two points for a road and for numbers, else one",
    ),
    "numbers_wrong": (
        "{detail} are no numbers",
        "`odd 1-99`, `even 2-98` or `all 1-99`, from the least to the most",
    ),
    "radius_wrong": ("{detail} is no radius", f"metres as a whole number up to {RADIUS_MAX}"),
    "road_unknown": ("no such road here: {detail}", "a road of the same file"),
    "place_twice": ("{detail} is there twice", "each road and junction once"),
    "outside_street": ("lies {detail} m outside the street", f"at most {OUTSIDE_MAX_M} m"),
    "no_street": ("no such street: {detail}", "a file for a street of streets.yaml"),
}
"""Of each code what is wrong, and what would be right."""


class PlaceFault(FileFault):
    """One thing that is wrong in it."""

    __slots__ = ()

    @property
    def words(self) -> FaultWords:
        """Those of this kind of file."""
        return WORDS


class PlaceRow(NamedTuple):
    """A row as it is meant."""

    line_number: int
    kind: str
    name: str
    aliases: tuple[str, ...]
    road: str
    numbers: tuple[NumberSide, int, int] | None
    line: tuple[LonLat, ...]
    radius_m: int

    @property
    def key(self) -> tuple[object, ...]:
        """What two rows of one place have in common."""
        return self.kind, self.name, self.road, self.numbers and self.numbers[0]

    @property
    def said_numbers(self) -> str:
        """The numbers as they are written."""
        return "{} {}-{}".format(*self.numbers) if self.numbers else ""

    @property
    def said_line(self) -> str:
        """The points as they are written."""
        return "; ".join(f"{lon} {lat}" for lon, lat in self.line)


@dataclass(slots=True)
class PlaceSheet:
    """The places of one street as read, and what is wrong with them."""

    file: str
    street: str
    rows: list[PlaceRow] = field(default_factory=list)
    faults: list[PlaceFault] = field(default_factory=list)

    def flaw(self, code: str, line: int = 1, at: str = "", detail: object = "") -> None:
        """Notes a fault of a line."""
        self.faults.append(PlaceFault(self.file, line, at, code, str(detail)))

    def sheet(self) -> Sheet:
        """What of it counts for the version of the rules, whatever the order."""
        return Sheet(self.file, sorted(str(row[1:]) for row in self.rows))


def place_files(folder: Path) -> list[Path]:
    """The files of places in a folder of rules."""
    return sorted((folder / PLACES_FOLDER).glob(f"*{SUFFIX}"))


def read_places(path: Path) -> PlaceSheet:
    """The places of a file; what is wrong with it stands in its `faults`."""
    street = path.name.removesuffix(SUFFIX)
    try:
        text = text_of(path, "utf-8-sig")
    except ValueError as why:
        sheet = PlaceSheet(str(path), street)
        sheet.flaw("unreadable", detail=why)
        return sheet
    return parse_places(text, str(path), street)


def parse_places(text: str, file: str, street: str) -> PlaceSheet:
    """The places of a text, as those of a file."""
    sheet = PlaceSheet(file, street)
    try:
        rows = csv.reader(io.StringIO(text))
        names = tuple(next(rows, ()))
        if names != COLUMNS:
            sheet.flaw("columns_wrong", detail=", ".join(names))
            return sheet
        for cells in rows:
            if len(cells) == len(COLUMNS):
                _take(sheet, rows.line_num, dict(zip(COLUMNS, map(str.strip, cells), strict=True)))
            elif cells:
                sheet.flaw("columns_wrong", rows.line_num, detail=len(cells))
    except (ValueError, csv.Error) as why:
        sheet.flaw("unreadable", detail=why)
        return sheet
    _check_roads(sheet)
    return sheet


def written(rows: Iterable[PlaceRow]) -> str:
    """A file of these rows."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        radius = row.radius_m or ""
        aliases = "|".join(row.aliases)
        writer.writerow((row.kind, row.name, aliases, row.road, row.said_numbers, row.said_line, radius))
    return file.getvalue()


def check_places(sheet: PlaceSheet, plan: GridPlan | None) -> Iterator[PlaceFault]:
    """What is wrong with the places of a street of these grids."""
    if plan is None:
        yield PlaceFault(sheet.file, 1, "", "no_street", sheet.street)
        return
    for row in sheet.rows:
        beyond = max(plan.beyond_m(*point) for point in row.line)
        if beyond > OUTSIDE_MAX_M:
            yield PlaceFault(sheet.file, row.line_number, "line", "outside_street", f"{beyond:.0f}")


def gazetteer_of(
    sheets: Sequence[PlaceSheet],
    streets: Mapping[str, tuple[str, GridPlan]],
    sounds: Callable[[], Sounds],
) -> Gazetteer:
    """All places of the files, with the names of the streets and of their communities. `streets`: by code name and grids."""
    places: list[NamedPlace] = []
    aliases: dict[str, list[NamedPlace]] = {}
    numbers: dict[tuple[str, str], list[NumberRange]] = {}
    junctions: dict[tuple[str, frozenset[str]], LonLat] = {}
    for sheet in sheets:
        for row in sheet.rows:
            if row.kind == "numbers" and row.numbers:
                numbers.setdefault((sheet.street, row.name), []).append(NumberRange(*row.numbers, row.line))
            elif row.kind == "junction":
                junctions[sheet.street, frozenset((row.name, row.road))] = row.line[0]
            else:
                kind = PlaceKind(row.kind)
                place = NamedPlace(kind, sheet.street, row.name, row.line, row.radius_m, row.road)
                places.append(place)
                for alias in row.aliases:
                    aliases.setdefault(alias, []).append(place)
    for code, (name, plan) in streets.items():
        middle = ((plan.west + plan.east) / 2, (plan.south + plan.north) / 2)
        places.append(NamedPlace(PlaceKind.STREET, code, name, (middle,)))
        communities = {
            grid.code[9:12]: grid.community_zh for grid in plan.grids.values() if grid.community_zh
        }
        for number, community in communities.items():
            if len(community) >= NAME_MIN:
                places.append(NamedPlace(PlaceKind.COMMUNITY, code, community, (middle,), road=number))
    return Gazetteer(places, aliases, numbers, junctions, sounds)


def _take(sheet: PlaceSheet, line: int, row: Mapping[str, str]) -> None:
    """Takes a row in, or says what is wrong with it."""
    kind, before = row["kind"], len(sheet.faults)
    if kind not in KINDS:
        sheet.flaw("kind_unknown", line, "kind", kind)
        return
    name, road = even_name(row["name"]), even_name(row["road"])
    aliases = tuple(even_name(alias) for alias in row["aliases"].split("|") if alias.strip())
    for at, one in (("name", name), *(("aliases", alias) for alias in aliases)):
        if not NAME_MIN <= len(one) <= NAME_MAX:
            sheet.flaw("name_wrong", line, at, one)
    points = _line(row["line"])
    if len(points) < (2 if kind in ("road", "numbers") else 1):
        sheet.flaw("line_wrong", line, "line", row["line"])
    numbers = _numbers(row["numbers"]) if kind == "numbers" else None
    if kind == "numbers" and numbers is None:
        sheet.flaw("numbers_wrong", line, "numbers", row["numbers"])
    radius = row["radius_m"] or "0"
    if not (radius.isascii() and radius.isdecimal() and int(radius) <= RADIUS_MAX):
        sheet.flaw("radius_wrong", line, "radius_m", radius)
    if len(sheet.faults) == before:
        sheet.rows.append(PlaceRow(line, kind, name, aliases, road, numbers, points, int(radius)))


def _line(text: str) -> tuple[LonLat, ...]:
    """The points; none where one of them is no point."""
    points: list[LonLat] = []
    for part in text.split(";"):
        try:
            lon, lat = map(float, part.split())
        except ValueError:
            return ()
        if not (abs(lon) <= 180 and abs(lat) <= 90):  # neither does a NaN
            return ()
        points.append((lon, lat))
    return tuple(points)


def _numbers(text: str) -> tuple[NumberSide, int, int] | None:
    found = _NUMBERS.fullmatch(text)
    if not found or int(found[2]) > int(found[3]) or int(found[3]) > NUMBER_MAX:
        return None
    return NumberSide(found[1]), int(found[2]), int(found[3])


def _check_roads(sheet: PlaceSheet) -> None:
    """Each road and junction once; what names a road names one of the same file."""
    roads = {row.name for row in sheet.rows if row.kind == "road"}
    seen: set[object] = set()
    for row in sheet.rows:
        named = {"numbers": (row.name,), "junction": (row.name, row.road), "spot": (row.road,)}.get(
            row.kind, ()
        )
        for road in named:
            if road not in roads:
                sheet.flaw("road_unknown", row.line_number, "road", road)
        if row.kind in ("road", "junction"):
            key = row.kind, frozenset((row.name, row.road))
            if key in seen:
                sheet.flaw("place_twice", row.line_number, "name", row.name)
            seen.add(key)
