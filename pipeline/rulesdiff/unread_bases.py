"""Legal bases of the rules whose text nobody has read: what a deployment checks before somebody relies on them."""

from typing import NamedTuple

from pipeline.rulebook.book import Book
from pipeline.rulebook.tables.rule_tables import Confidence


class Unread(NamedTuple):
    """One basis: where it stands in the rules, its law and articles, and how far it was checked."""

    where: str
    law: str
    articles: tuple[str, ...]
    confidence: Confidence


def unread_bases(book: Book) -> tuple[Unread, ...]:
    """Those of matters, of ranges of fines and of powers to take measures, in the order of the file."""
    found = [
        Unread(f"{entry.code} legal_basis", basis.law, basis.articles, basis.confidence)
        for entry in book.matters.matters
        for basis in entry.legal_basis
    ]
    found += [
        Unread(f"{entry.code} fines", fines.law, (fines.article,), fines.confidence)
        for entry in book.matters.matters
        for fines in entry.fines
    ]
    found += [
        Unread(f"{entry.code} measures", power.law, power.articles, power.confidence)
        for entry in book.matters.matters
        for power in entry.measures
    ]
    return tuple(one for one in found if one.confidence is not Confidence.TEXT_READ)
