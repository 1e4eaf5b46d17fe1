"""A JSON file as the value of an option."""

import json
from pathlib import Path
from typing import Final

import click

from pipeline.words.spoken import said

FILE_BYTES_MAX: Final = 1024 * 1024
JSON_FILE: Final[click.Path] = click.Path(exists=True, dir_okay=False, path_type=Path)


def read_json(file: Path, option: str) -> object:
    """What the file says, whatever it is.

    Raises:
        BadParameter: the file is too large, or no JSON in UTF-8.
    """
    if file.stat().st_size > FILE_BYTES_MAX:
        raise click.BadParameter(
            said("{file}: more than {limit} bytes", file=file, limit=FILE_BYTES_MAX), param_hint=option
        )
    try:
        return json.loads(file.read_bytes())
    except (ValueError, RecursionError):
        raise click.BadParameter(said("{file}: not JSON in UTF-8", file=file), param_hint=option) from None
