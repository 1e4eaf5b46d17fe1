"""A name that nobody has is an error with the nearest ones: a reader of a team that does not exist would wait for ever."""

import os
from collections.abc import Collection, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Final

from schemas.errors import PipelineError

if TYPE_CHECKING:
    from pipeline.core.rules.rules import Rules

NEAREST_MAX: Final = 3
_LIKENESS: Final = 0.5


class UnknownName(PipelineError):
    """No team, post, department or street of the rules is called so. `nearest` are ids, the most alike first."""

    def __init__(self, what: str, name: str, nearest: tuple[str, ...]) -> None:
        super().__init__(
            f"unknown_{what}", f"no {what} is called {name}; nearest: {', '.join(nearest) or 'none'}"
        )
        self.what = what
        self.name = name
        self.nearest = nearest


def check_known(teams: Collection[str] | None, street: str | None) -> None:
    """Checks names against the rules at hand; without rules that can be read, everything passes: the deployment's own may differ.

    Raises:
        UnknownName: a team or the street is in none of them.
    """
    rules = rules_at_hand()
    if rules is None:
        return
    if street is not None and street not in rules.streets:
        streets = {code: found.name_zh for code, found in rules.streets.items()}
        raise UnknownName("street", street, nearest(street, streets))
    known = {team.id: team.name_zh for found in rules.streets.values() for team in found.teams.values()}
    known |= {department.id: department.name_zh for department in rules.departments.values()}
    for team in teams or ():
        if team not in known:
            raise UnknownName("team", team, nearest(team, known))


def rules_at_hand() -> "Rules | None":
    """Those of ENFORCEMENT_RULES_DIR, else of this project; None where they are wrong or not there."""
    from pipeline.rulebook import RULES_DIR, BadRules, load_rules  # slow: only who needs the rules pays

    try:
        return load_rules(Path(os.environ.get("ENFORCEMENT_RULES_DIR") or RULES_DIR))
    except BadRules:
        return None


def nearest(name: str, known: Mapping[str, str]) -> tuple[str, ...]:
    """The ids of `known` (id to Chinese name) that are most like `name`, by id or by Chinese name."""
    ids = {**{code.casefold(): code for code in known}, **{zh: code for code, zh in known.items()}}
    holding = [code for text, code in ids.items() if len(name) > 1 and name.casefold() in text]
    alike = [ids[text] for text in get_close_matches(name.casefold(), ids, NEAREST_MAX, _LIKENESS)]
    return tuple(dict.fromkeys([*alike, *holding]))[:NEAREST_MAX]
