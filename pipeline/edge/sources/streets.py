"""Which street a report is of, before it is pushed: by its code, by its name, by an address that names it, by its point, by a place that
the gazetteer knows."""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final

from pipeline.core.locate.locating import Candidate, Located, Locator
from pipeline.core.rules.grid import GridPlan, to_wgs84
from pipeline.rulebook import load_rules
from pipeline.rulebook.book import RULES_DIR
from pipeline.rulebook.places.grid_files import grid_files, read_grids
from pipeline.rulebook.sheet import BadRules, fill, read_sheet
from pipeline.rulebook.tables.rule_tables import StreetsTable
from schemas.values.terms import Crs

_KINDS: Final = ("街道办事处", "街道办", "街道", "镇", "乡")


class Streets:
    """The streets of the rules, by name and by place."""

    def __init__(
        self,
        names: Mapping[str, str],
        grids: Sequence[GridPlan],
        locator: Callable[[], Locator | None] = lambda: None,
    ) -> None:
        """`names`: of each name in Chinese the code. `locator` is asked for when a first address names no street."""
        self._codes = {_bare(name): code for name, code in names.items()}
        self._whole_names = {f"{_bare(name)}{kind}": code for name, code in names.items() for kind in _KINDS}
        self._grids = grids
        self._locator = locator

    def has(self, code: str) -> bool:
        """Whether it is the code of one of them."""
        return code in self._codes.values()

    def named(self, text: str) -> str | None:
        """The street that a text is the name of, perhaps behind its city and district; None where it is none of these.

        >>> streets = Streets({"兴华街道": "140109004"}, ())
        >>> [streets.named(text) for text in ("兴华街道办事处", "万柏林区兴华街道", "兴华", "和平街道")]
        ['140109004', '140109004', '140109004', None]
        """
        text = _plain(text)
        return self._codes.get(_bare(text)) or self.in_address(text)

    def in_address(self, address: str) -> str | None:
        """The street that an address names in full (…街道); None where it names none, or several."""
        address = _plain(address)
        found = {code for name, code in self._whole_names.items() if name in address}
        return found.pop() if len(found) == 1 else None

    def located(self, text: str) -> str | None:
        """The street in which the place is that a text names; None where nobody can tell."""
        found = self.place_of(text)
        return found.street if found else None

    def place_of(self, address: str) -> Candidate | None:
        """The place that the address names, whose street and grid are known; None where nobody can tell."""
        locator = self._locator()
        found = locator.locate(address, None) if locator else None
        return found.place if isinstance(found, Located) else None

    def at(self, lon: float, lat: float, crs: Crs) -> str | None:
        """The street in whose grids the point lies."""
        point = to_wgs84(lon, lat, crs)
        return next((plan.street for plan in self._grids if plan.grid_at(*point)), None)


@lru_cache(maxsize=4)
def streets_of(folder: Path = RULES_DIR) -> Streets:
    """The streets of the rules in `folder`.

    Raises:
        BadRules: streets.yaml or a file of grids is wrong.
    """
    sheet = read_sheet(folder / "streets.yaml")
    filled = fill(sheet, StreetsTable)
    if filled is None:
        raise BadRules(sheet.problems)
    sheets = [read_grids(path) for path in grid_files(folder)]
    problems = [fault.problem() for grids in sheets for fault in grids.faults]
    if problems:
        raise BadRules(problems)
    plans = [GridPlan(grids.street, grids.grids) for grids in sheets]
    names = {one.name_zh: one.code for one in filled.table.streets}
    return Streets(names, plans, lru_cache(lambda: load_rules(folder).locator))


def names_a_street(text: str) -> bool:
    """Whether a text says of itself that it is the name of a street."""
    return _plain(text).endswith(_KINDS)


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def _bare(name: str) -> str:
    kind = next((kind for kind in _KINDS if name.endswith(kind) and len(name) > len(kind)), "")
    return name.removesuffix(kind)
