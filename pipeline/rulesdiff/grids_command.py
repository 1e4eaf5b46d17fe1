"""`enforcement grids check|import`: the polygons of a street's grids, checked and taken over from a survey."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click

from pipeline.core.rules.grid import to_wgs84
from pipeline.rulebook.places.grid_files import (
    GRIDS_FOLDER,
    SUFFIX,
    GridSheet,
    grid_files,
    parse_grids,
    read_grids,
    written,
)
from pipeline.rulebook.places.grid_geometry import check_geometry
from pipeline.rulesdiff.rules_options import JSON, RULES
from pipeline.rulesdiff.surveyed_files import CRS, DECIMALS, FILE, stop_at, system_of, tell_counts, write
from pipeline.words.command_line import group
from pipeline.words.spoken import said
from schemas.values.terms import Crs

_STREET_DIGITS: Final = 9


@group("grids")
def grids_group() -> None:
    """The grids of the streets: check their polygons, import a survey."""


@grids_group.command()
@click.argument("files", type=FILE, nargs=-1, metavar="[FILE]...")
@RULES
@JSON
def check(files: Sequence[Path], folder: Path, as_json: bool) -> None:
    """Print everything wrong with the grids in FILE, default: those of the rules.

    An outline must be closed and cross itself nowhere, no two grids overlap, a street has no hole inside, codes have 15 digits, begin
    with the street's (the file's name) and its community, and none is there twice.

    Ends with 65 if anything is wrong.
    """
    sheets = [read_grids(path) for path in files or grid_files(folder)]
    _stop_at_faults(sheets, as_json=as_json)
    _tell_counts(sheets, as_json=as_json)


@grids_group.command("import")
@click.argument("file", type=FILE)
@CRS
@click.option(
    "--code",
    "code_field",
    default="grid",
    show_default=True,
    help="Property with the grid's code of 15 digits.",
)
@click.option(
    "--name", "name_field", default="name_zh", show_default=True, help="Property with the grid's name."
)
@click.option(
    "--community",
    "community_field",
    default="community_zh",
    show_default=True,
    help="Property with the community's name.",
)
@RULES
@JSON
def import_(
    file: Path, crs: str, code_field: str, name_field: str, community_field: str, folder: Path, as_json: bool
) -> None:  # fmt: skip
    """Take the grids of FILE (GeoJSON) over into the rules: a file for each street whose codes are in it, which replaces that there.

    \b
    Example:
      enforcement grids import survey.geojson --crs GCJ-02 --code WGDM --name WGMC --community SQMC

    Nothing is written unless all is right. Points become WGS84, to a centimetre.

    Ends with 65 if anything is wrong.
    """
    system = system_of(crs)
    sheets = _surveyed(file, _Survey(system, code_field, name_field, community_field))
    _stop_at_faults(sheets, as_json=as_json)
    for sheet in sheets:
        write(folder / GRIDS_FOLDER / f"{sheet.street}{SUFFIX}", written(sheet.grids))
    _tell_counts(sheets, as_json=as_json)


@dataclass(frozen=True, slots=True)
class _Survey:
    """How a file of a survey is to be read: its coordinate system, and which properties are code, name, community."""

    crs: Crs
    code: str
    name: str
    community: str

    def feature(self, feature: Mapping[str, object]) -> Mapping[str, object]:
        """The feature as ours."""
        properties, geometry = feature.get("properties"), feature.get("geometry")
        told_of = properties if isinstance(properties, dict) else {}
        names = {"grid": self.code, "name_zh": self.name, "community_zh": self.community}
        own = {ours: _text(told_of[name]) for ours, name in names.items() if told_of.get(name) is not None}
        shape = geometry if isinstance(geometry, dict) else {}
        places = self._moved(shape.get("coordinates"))
        return {"type": "Feature", "properties": own, "geometry": shape | {"coordinates": places}}

    def _moved(self, value: object) -> object:
        """Coordinates of any depth, in WGS84."""
        if not isinstance(value, list):
            return value
        numbers = [part for part in value if isinstance(part, int | float) and not isinstance(part, bool)]
        if len(numbers) == len(value) and 2 <= len(value) <= 3:
            lon, lat = to_wgs84(float(numbers[0]), float(numbers[1]), self.crs)
            return [round(lon, DECIMALS), round(lat, DECIMALS)]
        return [self._moved(part) for part in value]


def _surveyed(file: Path, survey: _Survey) -> list[GridSheet]:
    """The grids of the file by street."""
    try:
        content = json.loads(file.read_text(encoding="utf-8-sig"))
        features = content["features"]
        ours = [survey.feature(feature) for feature in features]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as why:
        wrong = GridSheet(str(file), "")
        wrong.faults.append(wrong.flaw("unreadable", detail=str(why)))
        return [wrong]
    by_street: dict[str, list[Mapping[str, object]]] = {}
    for feature in ours:
        properties = feature["properties"]
        code = properties.get("grid", "") if isinstance(properties, dict) else ""
        by_street.setdefault(str(code)[:_STREET_DIGITS], []).append(feature)
    if not by_street:
        by_street[""] = []
    return [
        parse_grids(json.dumps({"features": own}), str(file), street) for street, own in by_street.items()
    ]


def _text(value: object) -> str:
    """Codes that were written as numbers are texts again."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _stop_at_faults(sheets: Sequence[GridSheet], *, as_json: bool) -> None:
    """Prints the faults and ends, if there are any."""
    stop_at(
        {fault for sheet in sheets for fault in sheet.faults} | {*check_geometry(sheets)}, as_json=as_json
    )


def _tell_counts(sheets: Sequence[GridSheet], *, as_json: bool) -> None:
    counts = {sheet.street: len(sheet.grids) for sheet in sheets}
    lines = (
        said("{street}: {number} grids, nothing wrong", street=street, number=number)
        for street, number in counts.items()
    )
    tell_counts(counts, lines, as_json=as_json)
