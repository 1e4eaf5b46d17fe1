"""The option that names the rules which explain a case, and how they are loaded."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from pipeline.core.rules.rules import Rules
from pipeline.edge.commands import terminal
from pipeline.rulebook import RULES_DIR, BadRules, load_rules
from pipeline.words.field_words import Lang, label

T = TypeVar("T")

RULES = click.option(
    "--rules",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=RULES_DIR,
    envvar="ENFORCEMENT_RULES_DIR",
    metavar="FOLDER",
    help="The rules that explain it; default: ENFORCEMENT_RULES_DIR, else those of this project.",
)


def rules_in(folder: Path, lang: Lang) -> Rules:
    """The rules of `folder`; wrong ones end the command with the first that is wrong."""
    return read_or_stop(load_rules, folder, lang)


def read_or_stop(read: Callable[[Path], T], folder: Path, lang: Lang) -> T:
    """What `read` makes of the rules of `folder`; wrong ones end the command with the first that is wrong."""
    try:
        return read(folder)
    except BadRules as error:
        message = label("bad_rules", lang, why=error.problems[0].spoken())
        terminal.stop(error.code, message, label("check_rules", lang), terminal.EXIT_USAGE)
