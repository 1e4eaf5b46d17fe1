"""Shared by `grids` and `places`: files that are checked or taken over from somebody's survey, told as faults or as counts."""

import json
import sys
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Final

import click

from pipeline.edge.sources.points import crs_named
from pipeline.rulebook.places.file_faults import FileFault
from pipeline.rulesdiff.rules_command import EXIT_BAD_RULES
from pipeline.whole_file import whole_file
from pipeline.words.spoken import said
from schemas.values.terms import Crs

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
CRS = click.option("--crs", required=True, help="Its coordinate system: WGS84, CGCS2000, GCJ-02 or BD-09.")
DECIMALS: Final = 7
"""Of a degree: points are written to a centimetre."""
_FILE_MODE: Final = 0o644


def system_of(crs: str) -> Crs:
    """The coordinate system that the option names; the command ends where it is none."""
    system = crs_named(crs)
    if system is None:
        raise click.BadParameter(said("WGS84, CGCS2000, GCJ-02 or BD-09"), param_hint="--crs")
    return system


def stop_at(faults: Collection[FileFault], *, as_json: bool) -> None:
    """Prints the faults and ends, if there are any."""
    if not faults:
        return
    if as_json:
        found = [fault.as_json() for fault in sorted(faults)]
        click.echo(json.dumps({"problems": len(found), "found": found}, ensure_ascii=False))
    for fault in sorted(faults) if not as_json else ():
        click.echo(f"{fault.problem().spoken()} [{fault.code}]", err=True)
    sys.exit(EXIT_BAD_RULES)


def tell_counts(counts: Mapping[str, int], lines: Iterable[str], *, as_json: bool) -> None:
    """How many there are of each street; `lines` say it to people."""
    if as_json:
        click.echo(json.dumps({"problems": 0, "streets": counts}))
        return
    for line in lines:
        click.echo(line)


def write(path: Path, text: str) -> None:
    """The file, whole or not at all."""
    with whole_file(path, mode=_FILE_MODE) as file:
        file.write(text.encode())
