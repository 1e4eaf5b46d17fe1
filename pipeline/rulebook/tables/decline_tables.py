"""The shape of `rules/declines.yaml`, and the core's values of it."""

from typing import Annotated

from pydantic import Field

from pipeline.core.rules.declines import DeclineGround, DeclineRules
from pipeline.core.worktime.policy import span_of
from pipeline.rulebook.tables.rule_tables import Article, Confidence, LimitText, Sentence, Table
from schemas.values.request_terms import DeclineReason
from schemas.values.terms import Source
from schemas.values.text import Name


class DeclineEntry(Table):
    """Why, in the field's words; what the citizen is told; what it rests on. An article cited from memory is not shown."""

    name_zh: Name
    answer_zh: Sentence
    law: Name
    article: Article | None = None
    confidence: Confidence
    goes_back: bool = False
    needs_earlier: bool = False

    def basis(self) -> str:
        """As it is quoted."""
        is_shown = self.article is not None and self.confidence is not Confidence.FROM_MEMORY
        return f"《{self.law}》{f' {self.article}' if is_shown else ''}"


class DeclinesTable(Table):
    """declines.yaml"""

    sources: Annotated[frozenset[Source], Field(min_length=1)]
    send_back_within: LimitText
    grounds: Annotated[dict[DeclineReason, DeclineEntry], Field(min_length=1)]


def decline_rules_of(table: DeclinesTable) -> DeclineRules:
    """The core's values of the table."""
    return DeclineRules(
        grounds={
            reason: DeclineGround(
                name_zh=entry.name_zh,
                answer_zh=entry.answer_zh,
                basis=entry.basis(),
                goes_back=entry.goes_back,
                needs_earlier=entry.needs_earlier,
            )
            for reason, entry in table.grounds.items()
        },
        sources=table.sources,
        send_back_within=span_of(table.send_back_within),
    )
