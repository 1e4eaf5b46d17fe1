"""The shape of `rules/matters.yaml`: what each matter rests on, what a fine for it may be, and what proves it done."""

from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from pipeline.core.rules.law import Power
from pipeline.rulebook.tables.rule_tables import (
    Article,
    CategoryCode,
    Confidence,
    NamedTable,
    Sentence,
    Table,
    TeamId,
    TimedTable,
    Word,
    least_first,
)
from schemas.values.penalty_terms import Gravity, MeasureKind
from schemas.values.terms import EvidenceKind, Severity
from schemas.values.text import MatterCode, Name

FineBounds = Annotated[
    tuple[Annotated[int, Field(ge=0)], Annotated[int, Field(gt=0)]], AfterValidator(least_first)
]


class EvidenceName(NamedTable):
    """A particular document or photo, and its kind of evidence."""

    kind: EvidenceKind


class LegalBasis(TimedTable):
    """A law and its articles."""

    law: Name
    articles: Annotated[tuple[Article, ...], Field(max_length=20)] = ()
    confidence: Confidence


class MeasureBasis(LegalBasis):
    """The article that gives the power to take measures of these kinds for a matter (行政强制法 16)."""

    kinds: Annotated[frozenset[MeasureKind], Field(min_length=1)]


class Closing(Table):
    """When a case of the matter is done, and the evidence that proves it."""

    condition_zh: Sentence
    condition_en: Sentence
    evidence: Annotated[tuple[Word, ...], Field(min_length=1, max_length=10)]
    verify: Literal["photo", "site"]


class BandEntry(Table):
    """The least and the most of a fine for a breach of some gravity, in yuan."""

    citizen: FineBounds
    legal_person: FineBounds


class DiscretionTable(Table):
    """The discretion table of a range (裁量基准): a band for each gravity."""

    slight: BandEntry
    ordinary: BandEntry
    grave: BandEntry

    def by_gravity(self) -> dict[Gravity, BandEntry]:
        """The bands by gravity."""
        return {Gravity.SLIGHT: self.slight, Gravity.ORDINARY: self.ordinary, Gravity.GRAVE: self.grave}


class FinesEntry(TimedTable):
    """The least and the most that a fine may be by the article, in yuan; and by the organ's own discretion table (裁量基准), where there
    is one."""

    citizen: FineBounds
    legal_person: FineBounds
    law: Name
    article: Article
    confidence: Confidence
    discretion: DiscretionTable | None = None

    @model_validator(mode="after")
    def _graver_is_not_less(self) -> Self:
        bands = [*self.discretion.by_gravity().values()] if self.discretion else []
        for lighter, graver in pairwise(bands):
            for (low, high), (least, most) in (
                (lighter.citizen, graver.citizen),
                (lighter.legal_person, graver.legal_person),
            ):
                if least < low or most < high or least > high + 1:
                    allowed = {"allowed": f"from {low} on, at most {high + 1}"}
                    raise PydanticCustomError("bounds", "a graver band begins too early or too late", allowed)
        return self

    @model_validator(mode="after")
    def _within_the_law(self) -> Self:
        for band in self.discretion.by_gravity().values() if self.discretion else ():
            for (least, most), by_law in (
                (band.citizen, self.citizen),
                (band.legal_person, self.legal_person),
            ):
                if least < by_law[0] or most > by_law[1]:
                    allowed = {"allowed": f"from {by_law[0]} to {by_law[1]}"}
                    raise PydanticCustomError(
                        "bounds", "a band of its discretion is outside the law", allowed
                    )
        return self


class MatterEntry(NamedTable):
    """One matter."""

    code: MatterCode
    severity: Severity
    lead: TeamId
    partners: Annotated[tuple[Name, ...], Field(max_length=20)] = ()
    legal_basis: Annotated[tuple[LegalBasis, ...], Field(min_length=1, max_length=10)]
    penalty_organ: Name
    street_power: Power
    may_fine: bool
    fines: Annotated[tuple[FinesEntry, ...], Field(max_length=10)] = ()
    measures: Annotated[tuple[MeasureBasis, ...], Field(max_length=10)] = ()
    procedures: Annotated[tuple[Word, ...], Field(min_length=1, max_length=10)]
    street_procedures: Annotated[tuple[Word, ...], Field(max_length=10)] | None = None
    default_procedure: Word
    close: Closing


class MattersTable(Table):
    """matters.yaml"""

    procedures: dict[Word, NamedTable]
    evidence: dict[Word, EvidenceName] = Field(default_factory=dict)
    categories: dict[CategoryCode, NamedTable]
    matters: Annotated[tuple[MatterEntry, ...], Field(min_length=1, max_length=1000)]
