"""`docs/procedure.md`: all diagrams and tables on one page, with the Chinese beside each code."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from pipeline.procedure.diagrams import mermaid
from pipeline.procedure.machines import What, machine_of
from pipeline.procedure.request_table import requests_table
from pipeline.procedure.tables import table_of
from pipeline.rulebook.book import Book, build
from pipeline.words.field_words import Lang

FILE: Final = Path(__file__).parents[2] / "docs" / "procedure.md"

_HEAD: Final = """\
# The procedure 程序

Which move follows which, and who may make it. What the law asks before a step is in [law.md](law.md). Made by `enforcement procedure page` of
the tables that decide and of `rules/`: do not edit.

Round is where it ends. ↻ leaves it where it is, ← leads to it from each of these, ⇄ with the way back.
"""
_ABOUT: Final = {
    What.CASE: "## The case 案件\n\nAn arrow is an event; which action may be asked for at which stage is in the table.",
    What.PENALTY: "## The penalty procedure 行政处罚程序\n\nEach arrow is the action `penalise` with that step. It goes its own way "
    "beside the case. Steps that leave it where it is (a hearing asked for, payment deferred, a reconsideration, a suit) are in the table "
    "alone.",
    What.MEASURE: "## A measure beside it 查封、扣押、先行登记保存\n\nEach arrow is the action `measure` with that step. After one that "
    "has ended another of its kind may begin.",
    What.JOINT: "## A partner's joint task 联合任务\n\nAn arrow without a name is the partner's own `joint_step`.",
}
_REQUESTS: Final = (
    "## What is asked for and decided by somebody else 申请与审批\n\nOne of each kind may be open at a time."
)


def page(book: Book) -> str:
    """The text of the page."""
    return "\n\n".join(_parts(book)) + "\n"


def _parts(book: Book) -> Iterator[str]:
    rules, lang = build(book), Lang.ZH
    yield _HEAD.rstrip()
    for what in What:
        yield _ABOUT[what]
        yield f"```mermaid\n{mermaid(machine_of(what), lang)}\n```"
        yield table_of(what, rules, lang)
    yield _REQUESTS
    yield requests_table(rules, lang)
