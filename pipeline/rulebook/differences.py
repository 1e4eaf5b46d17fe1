"""The differences between two books of rules: the field, its old and its new value.

Tables of any kind are compared here. An entry of a list is identified by its code, id or day and not by its place, so one new
line in the middle is one difference. The effect on open cases is in `moved`.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Final, NamedTuple

from pydantic import BaseModel

from pipeline.rulebook.book import Book
from pipeline.rulebook.services import edition_on
from pipeline.rulebook.tables.sla_tables import SlaTable

KEYS: Final = ("code", "id", "effective", "street", "level", "name", "first", "law", "number")
"""The first of these fields that an entry has identifies it."""

GROUPS: Final[Mapping[str, str]] = {
    "policy": "numbers of the flow (policy.yaml)",
    "duplicates": "when two reports are one thing 重复判定（duplicates.yaml）",
    "answers": "what callers are told 答复（answers.yaml）",
    "declines": "why an order is not accepted 不予受理、退回（declines.yaml）",
    "editions": "editions of the limits (sla/)",
    "limits": "limits by severity 时限",
    "matter_limits": "limits of matters 事项时限",
    "clocks": "how clocks are measured 计时",
    "ladders": "who is told when 催办督办",
    "caps": "caps of suspension and extension 挂账、延期",
    "hours": "hours 工作时间（hours.yaml）",
    "procedure": "the law: limits, guards, powers 法定程序（procedure.yaml）",
    "calendar": "days off and make-up workdays 节假日、调休（calendar/）",
    "routing": "who gets a case 派单（routing.yaml）",
    "matters": "matters 事项（matters.yaml）",
    "roster": "teams 队伍（roster.yaml）",
    "people": "people, shifts and devices 人员、班次、装备（people/）",
    "roles": "who may do what (roles.yaml)",
    "lexicon": "how texts are recognised 事项识别（lexicon/）",
    "streets": "streets 街道（streets.yaml）",
    "grids": "grids 网格（grids/）",
    "places": "named places 地名（places/）",
}
"""The headings of differences, in this order."""

_HASH_DIGITS: Final = 8
_OF_AN_EDITION: Final[Mapping[str, str]] = {
    "limits": "limits",
    "matters": "matter_limits",
    "clocks": "clocks",
    "ladders": "ladders",
    "suspension": "caps",
    "extension": "caps",
    "orders": "caps",
}


class RuleDifference(NamedTuple):
    """One field that differs. `edition`: it holds for cases that open from this day on. `old` and `new` are JSON values, None if absent."""

    group: str
    edition: date | None
    path: str
    old: object
    new: object


def differences(old: Book, new: Book) -> Iterator[RuleDifference]:
    """All differences of `new` from `old`, group by group; within a group in the order of the files."""
    by_file = [*_of_files(old, new), *_of_editions(old.services, new.services)]
    for group in GROUPS:
        yield from (difference for difference in by_file if difference.group == group)


def _of_files(old: Book, new: Book) -> Iterator[RuleDifference]:
    pairs: tuple[tuple[str, BaseModel, BaseModel], ...] = (
        ("policy", old.policy, new.policy),
        ("duplicates", old.duplicates, new.duplicates),
        ("answers", old.answers, new.answers),
        ("declines", old.declines, new.declines),
        ("hours", old.hours, new.hours),
        ("procedure", old.procedure, new.procedure),
        ("routing", old.routing, new.routing),
        ("matters", old.matters, new.matters),
        ("roster", old.roster, new.roster),
        ("roles", old.roles, new.roles),
        ("streets", old.streets, new.streets),
    )
    for group, before, after in pairs:
        yield from _named(group, None, before.model_dump(by_alias=True), after.model_dump(by_alias=True))
    years = [
        {str(calendar.year): calendar.model_dump() for calendar in book.calendars} for book in (old, new)
    ]
    yield from _named("calendar", None, *years)
    was, now = (book.recognition.written if book.recognition else {} for book in (old, new))
    yield from _named("lexicon", None, was, now)
    yield from _named("people", None, _people(old), _people(new))
    yield from _named("grids", None, _grids(old), _grids(new))
    yield from _named("places", None, _places(old), _places(new))


def _people(book: Book) -> Mapping[str, object]:
    """Of each street its file, which may not be there."""
    return {street: table.model_dump(by_alias=True) for street, table in book.people.items()}


def _grids(book: Book) -> Mapping[str, object]:
    """Of each grid its names, and its outline as its number of points and the hash of them."""
    return {
        grid.code: {
            "name_zh": grid.name_zh,
            "community_zh": grid.community_zh,
            "outline": f"{sum(map(len, grid.outlines))} points, {_hash(grid.outlines)}",
        }
        for grids in book.grids.values()
        for grid in grids
    }


def _places(book: Book) -> Mapping[str, object]:
    """Of each named place of a street its point or its extent, its aliases and its radius."""
    return {
        sheet.street: {
            " ".join(filter(None, (row.kind, row.name, row.road, row.said_numbers))): " ".join(
                filter(None, (row.said_line, "|".join(row.aliases), f"{row.radius_m} m"))
            )
            for row in sheet.rows
        }
        for sheet in book.places
    }


def _hash(value: object) -> str:
    return hashlib.sha256(repr(value).encode()).hexdigest()[:_HASH_DIGITS]


def _of_editions(old: Sequence[SlaTable], new: Sequence[SlaTable]) -> Iterator[RuleDifference]:
    """For each day on which an edition begins: the limits in force by `new` against those by `old`.

    So a new edition shows as what it changes, and not as a list of all its fields.
    """
    before, after = ({edition.effective for edition in editions} for editions in (old, new))
    for day in sorted(before | after):
        if (day in before) != (day in after):
            dates = (f"{day}" if day in days else None for days in (before, after))
            yield RuleDifference("editions", None, f"{day}", *dates)
        was, now = edition_on(old, day).model_dump(), edition_on(new, day).model_dump()
        for field, group in _OF_AN_EDITION.items():
            yield from _named(group, day, {field: was[field]}, {field: now[field]})


def _named(group: str, edition: date | None, old: object, new: object) -> Iterator[RuleDifference]:
    for path, before, after in _compared("", old, new):
        yield RuleDifference(group, edition, path, _plain(before), _plain(after))


def _compared(path: str, old: object, new: object) -> Iterator[tuple[str, object, object]]:
    """The innermost fields at or below `path` that differ."""
    if old == new:
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in {**old, **new}:
            yield from _compared(f"{path}.{key}".lstrip("."), old.get(key), new.get(key))
        return
    before, after = _entries(old), _entries(new)
    if before is None or after is None:
        yield path, old, new
        return
    for key in {**before, **after}:
        yield from _compared(f"{path}[{key}]", before.get(key), after.get(key))
    was, now = [key for key in before if key in after], [key for key in after if key in before]
    if was != now:
        yield f"{path} (order)", was, now


def _entries(value: object) -> Mapping[str, object] | None:
    """The entries of a list by their identifying field; None for a value that is compared as a whole."""
    if isinstance(value, frozenset):
        return {text: text for text in sorted(map(str, value))}
    if not isinstance(value, tuple):
        return None
    if value and all(isinstance(day, date) for day in value):
        return {f"{day}": f"{day}" for day in sorted(value)}
    if not all(isinstance(entry, Mapping) for entry in value):
        return None
    keys = [_key(entry, number) for number, entry in enumerate(value)]
    if len(set(keys)) < len(keys):
        keys = [str(number) for number in range(len(value))]
    return dict(zip(keys, value, strict=True))


def _key(entry: Mapping[str, object], number: int) -> str:
    name = next((key for key in KEYS if key in entry), None)
    if name is None:
        return str(number)
    return f"level {entry[name]}" if name == "level" else f"{entry[name]}"


def _plain(value: object) -> object:
    """A value as in JSON; a whole entry without its empty fields."""
    if isinstance(value, Mapping):
        return {
            f"{key}": _plain(inner) for key, inner in value.items() if inner not in (None, (), frozenset())
        }
    if isinstance(value, frozenset):
        return sorted(map(str, value))
    if isinstance(value, tuple | list):
        return [_plain(inner) for inner in value]
    return value if value is None or isinstance(value, bool | int | float) else f"{value}"
