"""Reads `rules/grids/<street>.geojson`: a feature for each grid of a street, in WGS84; and what is wrong in it, by stable codes.

What can be seen of each feature alone is checked here, and rules with it are not loaded. How the polygons lie to each other is
checked by `grid_geometry`.
"""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from pipeline.core.rules.grid import Grid, LonLat
from pipeline.rulebook.places.file_faults import FaultWords, FileFault, text_of
from pipeline.rulebook.sheet import Sheet

GRIDS_FOLDER: Final = "grids"
SUFFIX: Final = ".geojson"
GRIDS_MAX: Final = 20_000
_GRID_DIGITS: Final = 15
_STREET_DIGITS: Final = 9
_COMMUNITY: Final = slice(9, 12)
_RING_MIN: Final = 4
_NAME_MAX: Final = 64

WORDS: Final[FaultWords] = {
    "unreadable": ("cannot be read: {detail}", "a FeatureCollection of GeoJSON, in UTF-8"),
    "no_grids": ("no grids", "a feature for each grid"),
    "too_many": ("{detail} grids", f"at most {GRIDS_MAX} in a street"),
    "not_a_polygon": ("no polygon", "a Polygon, or a MultiPolygon of several parts"),
    "number_wrong": ("{detail} is no place", "longitude and latitude in degrees of WGS84"),
    "not_closed": ("the outline is not closed", "the last point is the first"),
    "too_few_points": ("an outline of {detail} points", "at least three corners, the first of them twice"),
    "hole": ("a hole", "grids that leave no hole inside the street"),
    "id_wrong": ("{detail} is no grid's code", "15 digits: street 9, community 3, serial 3"),
    "not_of_street": ("{detail} is no grid of this street", "a code that begins with the file's name"),
    "community_wrong": ("community {detail} is not that of the code", "the tenth to twelfth digit of the code"),
    "name_wrong": ("is no name", f"a text of up to {_NAME_MAX} characters"),
    "id_twice": ("{detail} is there twice", "each grid once"),
    "not_simple": ("the outline crosses itself: {detail}", "an outline that meets itself nowhere"),
    "overlap": ("overlaps {detail}", "grids that share edges at most"),
    "no_street": ("no such street: {detail}", "a file for each street of streets.yaml"),
    "no_file": ("no grids for street {detail}", "a file for each street of streets.yaml"),
}  # fmt: skip
"""Of each code what is wrong, and what would be right."""


class GridFault(FileFault):
    """One thing that is wrong in it."""

    __slots__ = ()

    @property
    def words(self) -> FaultWords:
        """Those of this kind of file."""
        return WORDS


@dataclass(slots=True)
class GridSheet:
    """The grids of one street as read, the line of each, and what is wrong with them."""

    file: str
    street: str
    grids: list[Grid] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)
    faults: list[GridFault] = field(default_factory=list)

    def flaw(self, code: str, grid: str = "", at: str = "", detail: object = "") -> GridFault:
        """A fault of a grid."""
        return GridFault(self.file, self.lines.get(grid, 1), at or grid, code, str(detail))

    def sheet(self) -> Sheet:
        """What of it counts for the version of the rules, whatever the order and the layout."""
        value = {grid.code: [grid.name_zh, grid.community_zh, grid.outlines] for grid in self.grids}
        return Sheet(self.file, value)


def grid_files(folder: Path) -> list[Path]:
    """The files of grids in a folder of rules."""
    return sorted((folder / GRIDS_FOLDER).glob(f"*{SUFFIX}"))


def read_grids(path: Path) -> GridSheet:
    """The grids of a file; what is wrong with it stands in its `faults`."""
    street = path.name.removesuffix(SUFFIX)
    try:
        text = text_of(path, "utf-8")
    except ValueError as why:
        return GridSheet(str(path), street, faults=[GridFault(str(path), 1, "", "unreadable", str(why))])
    return parse_grids(text, str(path), street)


def parse_grids(text: str, file: str, street: str) -> GridSheet:
    """The grids of a text, as those of a file."""
    sheet = GridSheet(file, street)
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as why:
        sheet.faults.append(sheet.flaw("unreadable", detail=str(why)))
        return sheet
    features = content.get("features") if isinstance(content, dict) else None
    if not isinstance(features, list):
        sheet.faults.append(sheet.flaw("unreadable", detail="no features"))
        return sheet
    lines = _lines(text)
    for number, feature in enumerate(features):
        _take(sheet, number, feature, lines)
    if not features:
        sheet.faults.append(sheet.flaw("no_grids"))
    elif len(features) > GRIDS_MAX:
        sheet.faults.append(sheet.flaw("too_many", detail=len(features)))
    return sheet


def check_against_streets(
    sheets: Sequence[GridSheet], streets: Mapping[str, str], folder: Path
) -> Iterator[GridFault]:
    """A street without a file, and a file without a street. `streets`: by code their names."""
    for sheet in sheets:
        if sheet.street not in streets:
            yield sheet.flaw("no_street", detail=sheet.street)
    there = {sheet.street for sheet in sheets}
    for street in streets:
        if street not in there:
            yield GridFault(str(folder / GRIDS_FOLDER), 1, street, "no_file", street)


def written(grids: Sequence[Grid]) -> str:
    """A file of these grids: a feature a line, so that differences are read line by line."""
    features = ",\n".join(json.dumps(_feature(grid), ensure_ascii=False) for grid in sorted(grids))
    return f'{{"type": "FeatureCollection", "features": [\n{features}\n]}}\n'


def _feature(grid: Grid) -> dict[str, object]:
    outlines = [[[list(point) for point in outline]] for outline in grid.outlines]
    one = len(outlines) == 1
    return {
        "type": "Feature",
        "properties": {
            "grid": grid.code,
            "community": grid.code[_COMMUNITY],
            "name_zh": grid.name_zh,
            "community_zh": grid.community_zh,
        },
        "geometry": {
            "type": "Polygon" if one else "MultiPolygon",
            "coordinates": outlines[0] if one else outlines,
        },
    }


def _take(sheet: GridSheet, number: int, feature: object, lines: Mapping[str, int]) -> None:
    """Takes a feature in, or says what is wrong with it."""
    at = f"features.{number}"
    properties = feature.get("properties") if isinstance(feature, dict) else None
    told = properties if isinstance(properties, dict) else {}
    code = told.get("grid")
    if not isinstance(code, str) or len(code) != _GRID_DIGITS or not (code.isascii() and code.isdecimal()):
        line = lines.get(str(code), 1)
        sheet.faults.append(GridFault(sheet.file, line, f"{at}.properties.grid", "id_wrong", str(code)))
        return
    if code in sheet.lines:
        line = sheet.lines[code]
        sheet.faults.append(GridFault(sheet.file, line, f"{at}.properties.grid", "id_twice", code))
        return
    sheet.lines[code] = lines.get(code, 1)
    faults = [sheet.flaw(*fault) for fault in _faults_of(sheet.street, code, told, at)]
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    outlines: list[tuple[LonLat, ...]] = []
    for part in _parts(geometry):
        if not isinstance(part, list) or not part:
            faults.append(sheet.flaw("not_a_polygon", code, f"{at}.geometry"))
            break
        if len(part) > 1:
            faults.append(sheet.flaw("hole", code, f"{at}.geometry"))
        outline = _outline(part[0])
        wrong = _wrong_outline(part[0], outline)
        if wrong:
            faults.append(sheet.flaw(wrong[0], code, f"{at}.geometry", wrong[1]))
        outlines.append(outline)
    sheet.faults += faults
    if not faults:
        sheet.grids.append(Grid(code, told.get("name_zh", ""), told.get("community_zh", ""), tuple(outlines)))


def _faults_of(
    street: str, code: str, told: Mapping[str, object], at: str
) -> Iterator[tuple[str, str, str, object]]:
    """What is wrong with the properties: code, grid, field, detail."""
    if not code.startswith(street) or len(street) != _STREET_DIGITS:
        yield "not_of_street", code, f"{at}.properties.grid", code
    community = told.get("community", code[_COMMUNITY])
    if community != code[_COMMUNITY]:
        yield "community_wrong", code, f"{at}.properties.community", community
    for name in ("name_zh", "community_zh"):
        text = told.get(name, "")
        if not isinstance(text, str) or len(text) > _NAME_MAX:
            yield "name_wrong", code, f"{at}.properties.{name}", ""


def _parts(geometry: object) -> Sequence[object]:
    """The rings of each part; one that is no list where there is no polygon."""
    if not isinstance(geometry, dict):
        return [None]
    coordinates = geometry.get("coordinates")
    if geometry.get("type") == "Polygon":
        return [coordinates]
    if geometry.get("type") == "MultiPolygon" and isinstance(coordinates, list) and coordinates:
        return coordinates
    return [None]


def _outline(ring: object) -> tuple[LonLat, ...]:
    points = ring if isinstance(ring, list) else []
    return tuple((float(point[0]), float(point[1])) for point in points if _is_place(point))


def _wrong_outline(ring: object, outline: Sequence[LonLat]) -> tuple[str, object] | None:
    if not isinstance(ring, list):
        return "not_a_polygon", ""
    if len(outline) < len(ring):
        return "number_wrong", next(point for point in ring if not _is_place(point))
    if len(outline) < _RING_MIN:
        return "too_few_points", len(outline)
    return ("not_closed", "") if outline[0] != outline[-1] else None


def _is_place(point: object) -> bool:
    if not isinstance(point, list) or not 2 <= len(point) <= 3:
        return False
    if any(isinstance(value, bool) or not isinstance(value, int | float) for value in point):
        return False
    return all(map(math.isfinite, point)) and -180 <= point[0] <= 180 and -90 <= point[1] <= 90


def _lines(text: str) -> dict[str, int]:
    """The line in which each code stands first."""
    lines: dict[str, int] = {}
    for number, line in enumerate(text.split("\n"), 1):
        _, found, rest = line.partition('"grid":')
        if found:
            code = rest.strip().split('"')[1] if rest.count('"') > 1 else rest.strip(" ,")
            lines.setdefault(code, number)
    return lines
