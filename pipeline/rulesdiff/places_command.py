"""`enforcement places check|import`: the named places of the streets, checked and taken over from somebody's list."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import click

from pipeline.core.rules.grid import GridPlan, to_wgs84
from pipeline.rulebook import BadRules
from pipeline.rulebook.book import build, read_book
from pipeline.rulebook.places.place_files import (
    COLUMNS,
    KINDS,
    OUTSIDE_MAX_M,
    PLACES_FOLDER,
    SUFFIX,
    PlaceSheet,
    check_places,
    parse_places,
    place_files,
    read_places,
    written,
)
from pipeline.rulesdiff.problem_lines import echo_problems
from pipeline.rulesdiff.rules_command import EXIT_BAD_RULES
from pipeline.rulesdiff.rules_options import JSON, RULES
from pipeline.rulesdiff.surveyed_files import CRS, DECIMALS, FILE, stop_at, system_of, tell_counts, write
from pipeline.words.command_line import group
from pipeline.words.spoken import said
from schemas.values.terms import Crs


@group("places")
def places_group() -> None:
    """The named places of the streets: check them, import a list."""


@places_group.command()
@click.argument("files", type=FILE, nargs=-1, metavar="[FILE]...")
@RULES
@JSON
def check(files: Sequence[Path], folder: Path, as_json: bool) -> None:
    """Print everything wrong with the places in FILE (named for its street), default: those of the rules.

    Ends with 65 if anything is wrong.
    """
    sheets = [read_places(path) for path in files or place_files(folder)]
    _stop_at_faults(sheets, _plans(folder, as_json=as_json), as_json=as_json)
    _tell_counts(sheets, as_json=as_json)


@places_group.command("import")
@click.argument("file", type=FILE)
@CRS
@click.option("--kind", type=click.Choice(KINDS), help="What all of it is, where no column kind says so.")
@click.option("--name", "name_column", default="name", show_default=True, help="Column with the name.")
@click.option(
    "--aliases",
    "alias_column",
    default="aliases",
    show_default=True,
    help="Column with other names, | between them.",
)
@click.option(
    "--lon",
    "lon_column",
    default="lon",
    show_default=True,
    help="Column with the longitude, where no column line is.",
)
@click.option("--lat", "lat_column", default="lat", show_default=True, help="Column with the latitude.")
@RULES
@JSON
def import_(
    file: Path, crs: str, kind: str | None, name_column: str, alias_column: str, lon_column: str, lat_column: str,
    folder: Path, as_json: bool,
) -> None:  # fmt: skip
    """Take the places of FILE (CSV in UTF-8) over into the rules, each into the file of the street that it lies in.

    \b
    Example:
      enforcement places import estates.csv --crs BD-09 --kind estate --name XQMC --lon JD --lat WD

    A place of the same kind and name replaces that there. Nothing is written unless all is right. Points become WGS84.

    Ends with 65 if anything is wrong.
    """
    system = system_of(crs)
    plans = _plans(folder, as_json=as_json)
    columns = _Columns(system, kind, name_column, alias_column, lon_column, lat_column)
    taken = _by_street(file, columns, plans)
    _stop_at_faults(taken, plans, as_json=as_json)
    target = folder / PLACES_FOLDER
    merged = [_merged(target / f"{sheet.street}{SUFFIX}", sheet) for sheet in taken]
    _stop_at_faults(merged, plans, as_json=as_json)
    for sheet in merged:
        write(target / f"{sheet.street}{SUFFIX}", written(sheet.rows))
    _tell_counts(taken, as_json=as_json)


class _Columns(NamedTuple):
    """How a list is to be read: its coordinate system, the kind of all of it, and which columns are which."""

    crs: Crs
    kind: str | None
    name: str
    aliases: str
    lon: str
    lat: str

    def ours(self, row: Mapping[str, str]) -> dict[str, str]:
        """The row in our columns, in WGS84."""
        line = row.get("line") or f"{row.get(self.lon) or ''} {row.get(self.lat) or ''}"
        own = {name: row.get(name) or "" for name in COLUMNS}
        return own | {
            "kind": self.kind or own["kind"],
            "name": row.get(self.name) or "",
            "aliases": row.get(self.aliases) or "",
            "line": "; ".join(self._moved(point) for point in line.split(";")),
        }

    def _moved(self, point: str) -> str:
        try:
            lon, lat = map(float, point.split())
        except ValueError:
            return point.strip()
        lon, lat = to_wgs84(lon, lat, self.crs)
        return f"{round(lon, DECIMALS)} {round(lat, DECIMALS)}"


def _by_street(file: Path, columns: _Columns, plans: Mapping[str, GridPlan]) -> list[PlaceSheet]:
    """The rows of the list, each with the street that holds its middle; what lies nowhere in a sheet of its own."""
    try:
        rows = [*csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig")))]
    except (OSError, ValueError, csv.Error) as why:
        wrong = PlaceSheet(str(file), "")
        wrong.flaw("unreadable", detail=why)
        return [wrong]
    everything = parse_places(_text(map(columns.ours, rows)), str(file), "")
    sheets: dict[str, PlaceSheet] = {"": PlaceSheet(str(file), "", faults=everything.faults)}
    for row in everything.rows:
        middle = row.line[len(row.line) // 2] if len(row.line) != 2 else _middle(*row.line)
        street = min(plans, key=lambda code: (plans[code].beyond_m(*middle), code))
        beyond = plans[street].beyond_m(*middle)
        if beyond > OUTSIDE_MAX_M:
            sheets[""].flaw("outside_street", row.line_number, "line", f"{beyond:.0f}")
        else:
            sheets.setdefault(street, PlaceSheet(str(file), street)).rows.append(row)
    nowhere = sheets.pop("")
    return [nowhere] if nowhere.faults else list(sheets.values())


def _middle(one: tuple[float, float], other: tuple[float, float]) -> tuple[float, float]:
    return (one[0] + other[0]) / 2, (one[1] + other[1]) / 2


def _merged(path: Path, taken: PlaceSheet) -> PlaceSheet:
    """The places of a street with those taken over in the place of theirs."""
    there = read_places(path) if path.exists() else PlaceSheet(str(path), taken.street)
    new = {row.key: row for row in taken.rows}
    kept = [new.pop(row.key, row) for row in there.rows]
    return parse_places(written([*kept, *new.values()]), str(path), taken.street)


def _text(rows: Iterator[dict[str, str]]) -> str:
    file = io.StringIO()
    writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()


def _plans(folder: Path, *, as_json: bool) -> Mapping[str, GridPlan]:
    try:
        streets = build(read_book(folder, with_places=False)).streets
    except BadRules as why:
        echo_problems(why, as_json=as_json)
        sys.exit(EXIT_BAD_RULES)
    return {code: street.grids for code, street in streets.items()}


def _stop_at_faults(sheets: Sequence[PlaceSheet], plans: Mapping[str, GridPlan], *, as_json: bool) -> None:
    """Prints the faults and ends, if there are any."""
    faults = [fault for sheet in sheets for fault in sheet.faults]
    faults += [
        fault for sheet in sheets if sheet.rows for fault in check_places(sheet, plans.get(sheet.street))
    ]
    stop_at(faults, as_json=as_json)


def _tell_counts(sheets: Sequence[PlaceSheet], *, as_json: bool) -> None:
    counts = {sheet.street: len(sheet.rows) for sheet in sheets}
    lines = (
        said("{street}: {number} places, nothing wrong", street=street, number=number)
        for street, number in counts.items()
    )
    tell_counts(counts, lines, as_json=as_json)
