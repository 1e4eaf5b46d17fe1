"""How codes are called in the report: Chinese, and English beside it. Names come from the rules; codes stay as they are."""

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Final, NamedTuple, TypeVar

from pipeline.rulebook.book import Book
from pipeline.words.field_words import CLOCKS, ENDS, RETURNS, SOURCES, SUSPENSIONS, Both, Lang


class Name(NamedTuple):
    """A name in both languages."""

    zh: str
    en: str


NOBODY: Final = Name("无", "none")
UNKNOWN: Final = Name("不明", "unknown")

T = TypeVar("T", bound=Enum)


class Names:
    """Of everything that the rules know. What they do not know is called by its code."""

    def __init__(self, book: Book) -> None:
        """Reads all names once."""
        roster = book.roster
        local = [team for street in roster.squads for team in street.squads]
        named = (*roster.groups, *roster.posts, *local)
        self._tables: Final[Mapping[str, Mapping[str, Name]]] = {
            "street": {one.code: Name(one.name_zh, one.name_en) for one in book.streets.streets},
            "team": {one.id: Name(one.name_zh, one.name_en) for one in named},
            "department": {one.id: Name(one.name_zh, one.name_en) for one in roster.departments},
            "category": {
                code: Name(one.name_zh, one.name_en) for code, one in book.matters.categories.items()
            },
            "matter": {one.code: Name(one.name_zh, one.name_en) for one in book.matters.matters},
            "severity": {},
            "source": _of(SOURCES),
            "clock": _of(CLOCKS),
            "return": _of(RETURNS),
            "suspension": _of(SUSPENSIONS),
            "outcome": _of(ENDS),
        }

    def of(self, kind: str, code: str | None) -> Name:
        """What `code` of a kind of thing is called."""
        if not code:
            return NOBODY if kind == "team" else UNKNOWN
        return self._tables[kind].get(code, Name(code, code))

    def place(self, kind: str) -> Callable[[str], tuple[int, str]]:
        """Sorts codes of a kind as the rules have them, unknown ones behind and none last: nothing is ranked by its numbers."""
        order = {code: number for number, code in enumerate(self._tables[kind])}
        return lambda code: (order.get(code, len(order) + (not code)), code)


def _of(words: Mapping[T, Both]) -> Mapping[str, Name]:
    return {term.value: Name(both[Lang.ZH], both[Lang.EN]) for term, both in words.items()}
