"""How codes are called in the report: Chinese, and English beside it. Names come from the rules; codes stay as they are."""

from collections.abc import Callable, Collection, Mapping
from enum import Enum
from typing import Final, NamedTuple, TypeVar

from pipeline.monthly.rows.closing_kinds import GROUNDS, KINDS
from pipeline.rulebook.book import Book
from pipeline.words.field_words import CLOCKS, ENDS, RETURNS, SOURCES, STAGES, SUSPENSIONS, Both, Lang


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
        roster, district = book.roster, book.streets.district
        self._district: Final = Name(district.name_zh, district.name_en)
        local = [team for street in roster.squads for team in street.squads]
        named = (*roster.groups, *roster.posts, *local)
        self._tables: Final[Mapping[str, Mapping[str, Name]]] = {
            "street": {street.code: Name(street.name_zh, street.name_en) for street in book.streets.streets},
            "team": {team.id: Name(team.name_zh, team.name_en) for team in named},
            "department": {office.id: Name(office.name_zh, office.name_en) for office in roster.departments},
            "category": {
                code: Name(category.name_zh, category.name_en)
                for code, category in book.matters.categories.items()
            },
            "matter": {matter.code: Name(matter.name_zh, matter.name_en) for matter in book.matters.matters},
            "severity": {},
            "stage": _of(STAGES),
            "source": _of(SOURCES),
            "clock": _of(CLOCKS),
            "return": _of(RETURNS),
            "suspension": _of(SUSPENSIONS),
            "outcome": _of(ENDS),
            "closing": _of(KINDS),
            "closing_ground": {
                ground.code: Name(ground.words[Lang.ZH], ground.words[Lang.EN]) for ground in GROUNDS
            },
        }

    def of(self, kind: str, code: str | None) -> Name:
        """What `code` of a kind of thing is called."""
        if not code:
            return NOBODY if kind == "team" else UNKNOWN
        return self._tables[kind].get(code, Name(code, code))

    def whose(self, streets: Collection[str]) -> Name:
        """Whose report it is that tells of these streets, of none where nothing happened: the only street's, else the district's."""
        codes = streets or self._tables["street"].keys()
        return self.of("street", *codes) if len(codes) == 1 else self._district

    def place(self, kind: str) -> Callable[[str], tuple[int, str]]:
        """Sorts codes of a kind as the rules have them, unknown ones behind and none last: nothing is ranked by its numbers."""
        order = {code: number for number, code in enumerate(self._tables[kind])}
        return lambda code: (order.get(code, len(order) + (not code)), code)


def _of(words: Mapping[T, Both]) -> Mapping[str, Name]:
    return {term.value: Name(both[Lang.ZH], both[Lang.EN]) for term, both in words.items()}
