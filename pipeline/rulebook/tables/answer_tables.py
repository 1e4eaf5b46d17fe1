"""The shape of `rules/answers.yaml`, its checks, and the core's value of it."""

from collections.abc import Iterator, Set
from string import Formatter
from typing import Annotated, Final

from pydantic import Field

from pipeline.core.answer_templates import OF_FINDING, OF_ORDER, OF_OUTCOME, AnswerTexts
from pipeline.rulebook.sheet import FieldPath, Filled, Problem
from pipeline.rulebook.tables.matter_tables import MattersTable
from pipeline.rulebook.tables.rule_tables import Table
from schemas import limits
from schemas.values.answer_terms import AnswerFinding
from schemas.values.penalty_terms import CorrectionState
from schemas.values.terms import CaseOutcome
from schemas.values.text import MatterCode

TEXT_MAX: Final = limits.NOTE_MAX // 2
"""Of a template: the other half is for what is filled in."""
Template = Annotated[str, Field(min_length=1, max_length=TEXT_MAX)]


class AnswersTable(Table):
    """answers.yaml"""

    found: dict[AnswerFinding, Template]
    matters: dict[MatterCode, dict[AnswerFinding, Template]] = Field(default_factory=dict)
    outcomes: dict[CaseOutcome, Template]
    next: Template
    no_place: Annotated[str, Field(min_length=1, max_length=40)]
    orders: dict[CorrectionState, Template]
    instead: Template
    penalised: Template


def answer_texts_of(table: AnswersTable) -> AnswerTexts:
    """The core's value."""
    return AnswerTexts(
        table.found,
        table.matters,
        table.outcomes,
        table.next,
        table.no_place,
        table.orders,
        table.instead,
        table.penalised,
    )


def check_answers(page: Filled[AnswersTable], matters: Filled[MattersTable] | None) -> Iterator[Problem]:
    """Every finding and outcome has a text, of matters that there are, and names nothing that is not filled in."""
    table = page.table
    lists = (
        ("found", table.found, AnswerFinding),
        ("outcomes", table.outcomes, CaseOutcome),
        ("orders", table.orders, CorrectionState),
    )
    for name, texts, terms in lists:
        for term in (term for term in terms if term not in texts):
            yield page.problem((name, term.value), "is missing", ", ".join(terms))
    codes = {entry.code for entry in matters.table.matters} if matters else set(table.matters)
    for code in table.matters:
        if code not in codes:
            yield page.problem(("matters", code), "there is no such matter", "a code of matters.yaml")
    for path, text, known in _texts(table):
        unknown = _unknown(text, known)
        if unknown:
            allowed = ", ".join(f"{{{name}}}" for name in sorted(known))
            yield page.problem(path, f"names what is not filled in: {unknown}", allowed)


def _texts(table: AnswersTable) -> Iterator[tuple[FieldPath, str, Set[str]]]:
    yield from ((("found", kind.value), text, OF_FINDING) for kind, text in table.found.items())
    for code, texts in table.matters.items():
        yield from ((("matters", code, kind.value), text, OF_FINDING) for kind, text in texts.items())
    yield from ((("outcomes", kind.value), text, OF_OUTCOME) for kind, text in table.outcomes.items())
    yield from ((("orders", state.value), text, OF_ORDER) for state, text in table.orders.items())
    yield ("instead",), table.instead, {"cost"}
    yield ("penalised",), table.penalised, OF_ORDER
    yield ("next",), table.next, {"at"}


def _unknown(text: str, known: Set[str]) -> str:
    """The names in braces that nothing is known of; a brace that is not closed counts as one."""
    try:
        parts = [part for part in Formatter().parse(text) if part[1] is not None]
    except ValueError:
        return "{"
    return ", ".join(f"{{{name}}}" for _, name, spec, how in parts if name not in known or spec or how)
