"""A row of a file of texts that cannot be read, as one line for people or one JSON object."""

from typing import Final

import click

from pipeline.edge.commands import terminal
from pipeline.words.field_words import Both, Lang, both
from pipeline.words.spoken import told
from schemas.errors import BadMessage

_WRONG_ROW: Final[Both] = both("第{row}行：{field} 应为：{allowed}", "row {row}: {field}: allowed: {allowed}")


def tell_wrong(number: int, wrong: BadMessage, *, as_json: bool, lang: Lang) -> None:
    """Which row it is, and what would have been right: the line on stderr, the object on stdout among those of the other rows."""
    if as_json:
        error = {"code": wrong.code, "field": wrong.field, "allowed": wrong.allowed}
        terminal.say_json({"row": number, "error": error})
    else:
        words = {"row": number, "field": wrong.field or "row", "allowed": told(wrong.allowed)}
        click.echo(_WRONG_ROW[lang].format(**words), err=True)
