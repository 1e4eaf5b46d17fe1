"""The shape of `rules/procedure.yaml`, and what in it is impossible."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from pipeline.core.penalty import LegalLimit
from pipeline.core.service import LONGEST, Unit, span_of
from pipeline.rulebook.sheet import Filled, Problem
from pipeline.rulebook.tables import Article, Confidence, LimitText, Table, Word
from schemas.terms import PenaltyStep
from schemas.text import Name


class LegalEntry(Table):
    """A limit that a law sets."""

    name_zh: Name
    begins: Annotated[PenaltyStep, Field(alias="from")]
    ends: Annotated[frozenset[PenaltyStep], Field(alias="until", min_length=1)]
    limit: LimitText
    law: Name
    article: Article
    confidence: Confidence


class ProcedureTable(Table):
    """procedure.yaml"""

    limits: dict[Word, LegalEntry]


def legal_limits(table: ProcedureTable) -> tuple[LegalLimit, ...]:
    """As the core knows them."""
    return tuple(
        LegalLimit(name, one.name_zh, one.begins, one.ends, span_of(one.limit), one.law, one.article)
        for name, one in table.limits.items()
    )


def check_procedure(page: Filled[ProcedureTable]) -> Iterator[Problem]:
    """A limit ends elsewhere than it begins, and counts days as laws do."""
    for name, one in page.table.limits.items():
        if one.begins in one.ends:
            yield page.problem(("limits", name, "until"), f"{one.begins} is where it begins", "later steps")
        for value, unit in span_of(one.limit):
            if unit not in (Unit.WORKDAYS, Unit.CALENDAR_DAYS):
                yield page.problem(("limits", name, "limit"), f"in {unit}", "workdays or calendar_days")
            elif value > LONGEST[unit]:
                wrong = f"{one.limit} is over a year"
                yield page.problem(("limits", name, "limit"), wrong, f"at most {LONGEST[unit]} {unit}")
