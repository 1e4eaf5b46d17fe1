"""The core's values of `rules/matters.yaml`: what a matter rests on, what a fine for it may be, and what proves it done."""

from collections.abc import Sequence

from pipeline.core.rules.law import Amounts
from pipeline.core.rules.law_in_time import Band, Bands, BasisInTime, FineRange, MeasurePower
from pipeline.core.rules.rules import Matter
from pipeline.rulebook.tables.matter_tables import (
    DiscretionTable,
    FinesEntry,
    LegalBasis,
    MatterEntry,
    MattersTable,
    MeasureBasis,
)
from pipeline.rulebook.tables.procedure_tables import ProcedureTable
from pipeline.rulebook.tables.rule_tables import Confidence
from schemas.values.evidence import NamedEvidence
from schemas.values.terms import EvidenceKind


def later_note(table: ProcedureTable) -> str:
    """What is written behind the quotation of a law that came after the breach."""
    law = table.later_law
    return f"（{law.note_zh}：{_cited(law.law, (law.article,), law.confidence)}）"


def matter_of(table: MattersTable, entry: MatterEntry, later: str) -> Matter:
    """The matter of an entry; `later`: what is written behind the quotation of a law that came after the breach."""
    return Matter(
        code=entry.code,
        name_zh=entry.name_zh,
        name_en=entry.name_en,
        severity=entry.severity,
        lead_team=entry.lead,
        evidence_required=_evidence(table, entry.close.evidence),
        legal_basis=tuple(_basis(basis, later) for basis in entry.legal_basis),
        penalty_organ=entry.penalty_organ,
        street_power=entry.street_power,
        may_fine=entry.may_fine,
        fines=tuple(map(_fines, entry.fines)),
        measures=tuple(map(_measure_power, entry.measures)),
        procedures=frozenset(
            entry.procedures if entry.street_procedures is None else entry.street_procedures
        ),
    )


def _basis(entry: LegalBasis, later: str) -> BasisInTime:
    cited = _cited(entry.law, entry.articles, entry.confidence)
    return BasisInTime(cited, entry.since, entry.until, cited + later)


def _measure_power(entry: MeasureBasis) -> MeasurePower:
    cited = _cited(entry.law, entry.articles, entry.confidence)
    return MeasurePower(entry.kinds, cited, entry.since, entry.until)


def _fines(entry: FinesEntry) -> FineRange:
    (least, most), (legal_least, legal_most) = entry.citizen, entry.legal_person
    cited = _cited(entry.law, (entry.article,), entry.confidence)
    return FineRange(
        Amounts(least, legal_least),
        Amounts(most, legal_most),
        cited,
        entry.since,
        entry.until,
        _bands(entry.discretion),
    )


def _bands(table: DiscretionTable | None) -> Bands:
    return tuple(
        (gravity, Band(*map(Amounts, entry.citizen, entry.legal_person)))
        for gravity, entry in (table.by_gravity() if table else {}).items()
    )


def _evidence(table: MattersTable, names: Sequence[str]) -> tuple[EvidenceKind | NamedEvidence, ...]:
    """The required evidence, each once, in the order of the file."""
    named = {
        name: NamedEvidence(name=name, kind=item.kind, name_zh=item.name_zh, name_en=item.name_en)
        for name, item in table.evidence.items()
    }
    return tuple(named[name] if name in named else EvidenceKind(name) for name in dict.fromkeys(names))


def _cited(law: str, articles: Sequence[str], confidence: Confidence) -> str:
    """The law with its articles; articles that nobody has read are left out."""
    if not articles or confidence is Confidence.FROM_MEMORY:
        return f"《{law}》"
    return f"《{law}》第{'、'.join(articles)}条"
