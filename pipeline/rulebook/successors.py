"""Who takes over from a team or a department: the checks of `gone_from` and `successor` in roster.yaml, and the core's values."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, time
from typing import Final, NamedTuple

from pipeline.core.rules.heirs import Heirs, Succession
from pipeline.core.worktime.office_hours import SHANGHAI
from pipeline.rulebook.sheet import Filled, Problem
from pipeline.rulebook.tables.roster_tables import EndingTable, RosterTable, SquadEntry

Path = tuple[object, ...]


class _Listed(NamedTuple):
    """An entry, where it stands, its street (None: all), and who may have its place."""

    path: Path
    street: str | None
    entry: EndingTable
    candidates: Sequence[EndingTable]


def heirs_of(roster: RosterTable) -> Heirs:
    """Every succession of the roster."""
    return {
        (listed.street, listed.entry.id): Succession(
            listed.entry.successor,
            datetime.combine(listed.entry.gone_from, time(), SHANGHAI).astimezone(UTC),
        )
        for listed in _listed(roster)
        if listed.entry.successor is not None and listed.entry.gone_from is not None
    }


def check_successors(page: Filled[RosterTable]) -> Iterator[Problem]:
    """Day and successor stand together; the successor is there, of the same kind, and no chain comes back."""
    for number, post in enumerate(page.table.posts):
        if post.gone_from or post.successor:
            yield page.problem(("posts", number, "id"), "a post does not end", _KEEP)
    listed = list(_listed(page.table))
    for one in listed:
        if isinstance(one.entry, SquadEntry) and not one.entry.communities and one.entry.gone_from is None:
            yield page.problem((*one.path, "id"), "a squad without communities", "at least one, or an end")
    for path, street, entry, candidates in listed:
        if (entry.gone_from is None) != (entry.successor is None):
            wrong = "gone_from without successor" if entry.gone_from else "successor without gone_from"
            yield page.problem((*path, "id"), wrong, "both, or neither")
        elif entry.successor is not None:
            names = {candidate.id: candidate for candidate in candidates}
            if entry.successor not in names:
                wrong = f"no such successor: {entry.successor}"
                yield page.problem((*path, "successor"), wrong, ", ".join(names))
            elif _comes_back(entry, _reach(listed, street)):
                yield page.problem((*path, "successor"), "the successors go round in a circle", "an end")


_KEEP: Final = "keep its id and change its name: policy.yaml names the posts"


def _listed(roster: RosterTable) -> Iterator[_Listed]:
    for number, group in enumerate(roster.groups):
        yield _Listed(("groups", number), None, group, roster.groups)
    for number, department in enumerate(roster.departments):
        yield _Listed(("departments", number), None, department, roster.departments)
    for number, local in enumerate(roster.squads):
        for place, squad in enumerate(local.squads):
            path = ("squads", number, "squads", place)
            yield _Listed(path, local.street, squad, (*local.squads, *roster.groups))


def _reach(listed: Sequence[_Listed], street: str | None) -> Mapping[str, str]:
    return {
        one.entry.id: one.entry.successor
        for one in listed
        if one.street in (None, street) and one.entry.successor is not None
    }


def _comes_back(entry: EndingTable, successors: Mapping[str, str]) -> bool:
    seen, name = {entry.id}, entry.successor
    while name is not None:
        if name in seen:
            return True
        seen.add(name)
        name = successors.get(name)
    return False
