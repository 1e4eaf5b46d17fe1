"""Options of the commands that read a sender's file, and the file opened by them."""

from pathlib import Path
from typing import BinaryIO, Final

import click

from pipeline.edge.commands import terminal
from pipeline.edge.commands.rules_option import read_or_stop
from pipeline.edge.sources.files import SourceFile, open_source
from pipeline.edge.sources.mapping import SourceMapping, load_mappings
from pipeline.words.field_words import Lang
from pipeline.words.spoken import said
from schemas.values.terms import Source

SOURCE: Final = click.option(
    "--source",
    type=click.Choice([source.value for source in Source]),
    help="Who reports, where the file does not show it.",
)
AS_NAME: Final = click.option(
    "--as",
    "name",
    metavar="NAME",
    help="The format of the file, one of enforcement sources list; default: known by its fields.",
)


def mapping_named(folder: Path, lang: Lang, name: str) -> SourceMapping:
    """The mapping called `name`; where there is none the command ends."""
    mappings = read_or_stop(load_mappings, folder, lang)
    found = next((mapping for mapping in mappings if mapping.name == name), None)
    if found is None:
        known = ", ".join(mapping.name for mapping in mappings)
        message = said("no format is called {name}", name=name)
        terminal.stop("format_unknown", message, said("one of: {known}", known=known), terminal.EXIT_USAGE)
    return found


def opened(file: BinaryIO, folder: Path, lang: Lang, source: Source | None, name: str | None) -> SourceFile:
    """The file with its format recognised.

    Raises:
        BadFile: it cannot be read, or is in no known format.
    """
    if name is not None:
        return open_source(file, [mapping_named(folder, lang, name)], source, name)
    return open_source(file, read_or_stop(load_mappings, folder, lang), source)
