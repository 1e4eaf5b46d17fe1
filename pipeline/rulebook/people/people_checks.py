"""Checks within `people/<street>.yaml`: each person, certificate and device once, and nobody at work twice at a time or too long."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Final

from pipeline.core.rules.identity import person
from pipeline.rulebook.people.people_files import people_of, street_of
from pipeline.rulebook.sheet import Filled, Problem
from pipeline.rulebook.tables.people_tables import (
    REST,
    CertificateEntry,
    OfficerEntry,
    PeopleTable,
    ShiftEntry,
)

_HOUR_MINUTES: Final = 60
_DAY_MINUTES: Final = 24 * _HOUR_MINUTES
_DAY: Final = timedelta(days=1)


def check_people(page: Filled[PeopleTable]) -> Iterator[Problem]:
    """Everything wrong within the file."""
    table = page.table
    yield from page.repeated("shifts", "id", [shift.id for shift in table.shifts])
    yield from page.repeated("patterns", "id", [pattern.id for pattern in table.patterns])
    yield from _shifts(page)
    named = list(_unknown_shifts(page))
    yield from named
    if not named:
        yield from _cycles(page)
    for number, officer in enumerate(table.officers):
        yield from _officer(page, number, officer)
        if not named and officer.pattern in {pattern.id for pattern in table.patterns}:
            yield from _exceptions(page, number, officer)
    yield from _devices(page)


def check_persons(pages: Sequence[Filled[PeopleTable]]) -> Iterator[Problem]:
    """Each id of an officer and each number of a certificate must be one person's, in all streets."""
    seen: set[str] = set()
    for page in pages:
        for path, written in _names_of(page.table):
            if person(written) in seen:
                allowed = "each id and each number once, in all streets"
                yield page.problem(path, f"{written} is there twice", allowed)
            seen.add(person(written))


def _names_of(table: PeopleTable) -> Iterator[tuple[tuple[object, ...], str]]:
    for number, officer in enumerate(table.officers):
        yield ("officers", number, "id"), officer.id
        for place, certificate in enumerate(officer.certificates):
            yield ("officers", number, "certificates", place, "number"), certificate.number


def _shifts(page: Filled[PeopleTable]) -> Iterator[Problem]:
    most = page.table.limits.shift_hours
    for number, shift in enumerate(page.table.shifts):
        if shift.id == REST:
            yield page.problem(("shifts", number, "id"), f"{REST} is a day off", "another id")
        if shift.hours > most:
            wrong, allowed = f"a shift of {shift.hours:g} hours", f"at most {most} (limits.shift_hours)"
            yield page.problem(("shifts", number, "hours"), wrong, allowed)


def _unknown_shifts(page: Filled[PeopleTable]) -> Iterator[Problem]:
    names = (*(shift.id for shift in page.table.shifts), REST)
    for number, pattern in enumerate(page.table.patterns):
        for place, name in enumerate(pattern.days):
            if name not in names:
                at = ("patterns", number, "days", place)
                yield page.problem(at, f"no such shift: {name}", ", ".join(names))
        if set(pattern.days) == {REST}:
            yield page.problem(("patterns", number, "days"), "no day with a shift", "one at least")
    for number, officer in enumerate(page.table.officers):
        for day, name in officer.exceptions.items():
            if name not in names:
                path = ("officers", number, "exceptions", day)
                yield page.problem(path, f"no such shift: {name}", ", ".join(names))


def _cycles(page: Filled[PeopleTable]) -> Iterator[Problem]:
    """No day of a pattern may begin before the day before it has ended, nor so soon after that nobody has slept."""
    shifts = {shift.id: shift for shift in page.table.shifts}
    for number, pattern in enumerate(page.table.patterns):
        days = pattern.days
        for place, name in enumerate(days):
            following = (place + 1) % len(days)
            wrong = _too_soon(shifts, name, days[following], page.table.limits.rest_hours)
            if wrong:
                yield page.problem(("patterns", number, "days", following), *wrong)


def _too_soon(
    shifts: Mapping[str, ShiftEntry], name: str | None, following: str | None, rest_hours: int
) -> tuple[str, str] | None:
    """What is wrong with `following` on the day after `name`, and what is allowed; None for nothing."""
    first, second = shifts.get(name or REST), shifts.get(following or REST)
    if first is None or second is None:
        return None
    between = _DAY_MINUTES + _begins(second) - _begins(first) - round(first.hours * _HOUR_MINUTES)
    if between < 0:
        return f"{following} begins before {name} of the day before ends", "one shift at a time"
    if between < rest_hours * _HOUR_MINUTES:
        wrong = f"{following} begins {between / _HOUR_MINUTES:g} hours after {name} of the day before"
        return wrong, f"at least {rest_hours} (limits.rest_hours)"
    return None


def _begins(shift: ShiftEntry) -> int:
    return int(shift.begins[:2]) * _HOUR_MINUTES + int(shift.begins[3:])


def _officer(page: Filled[PeopleTable], number: int, officer: OfficerEntry) -> Iterator[Problem]:
    table, at = page.table, ("officers", number)
    patterns = [pattern.id for pattern in table.patterns]
    if officer.pattern not in patterns:
        yield page.problem((*at, "pattern"), f"no such pattern: {officer.pattern}", ", ".join(patterns))
    for place, certificate in enumerate(officer.certificates):
        yield from _certificate(page, (*at, "certificates", place), certificate)
    for place, training in enumerate(officer.training):
        if training.day > table.as_of:
            wrong, allowed = f"{training.day} was not yet on {table.as_of}", "a day that is over (as_of)"
            yield page.problem((*at, "training", place, "day"), wrong, allowed)


def _certificate(
    page: Filled[PeopleTable], at: tuple[object, ...], certificate: CertificateEntry
) -> Iterator[Problem]:
    as_of = page.table.as_of
    if certificate.until < as_of:
        wrong = f"{certificate.number} ended on {certificate.until}"
        yield page.problem((*at, "until"), wrong, f"one that is valid on {as_of} (as_of), or none")


def _exceptions(page: Filled[PeopleTable], number: int, officer: OfficerEntry) -> Iterator[Problem]:
    """With the exceptions, too, nobody is at two places at a time."""
    shifts = {shift.id: shift for shift in page.table.shifts}
    people = people_of(street_of(page), page.table)
    mine = people.officers[officer.id]

    def planned(day: date) -> str | None:
        shift = people.planned(mine, day)
        return shift.id if shift else None

    for day in officer.exceptions:
        for first in (day - _DAY, day):
            wrong = _too_soon(shifts, planned(first), planned(first + _DAY), page.table.limits.rest_hours)
            if wrong:
                yield page.problem(("officers", number, "exceptions", day), *wrong)


def _devices(page: Filled[PeopleTable]) -> Iterator[Problem]:
    table = page.table
    named = [
        *((("cameras", number, "id"), camera.id) for number, camera in enumerate(table.cameras)),
        *((("vehicles", number, "id"), vehicle.id) for number, vehicle in enumerate(table.vehicles)),
    ]
    ids = [written.casefold() for _, written in named]
    for place, (path, written) in enumerate(named):
        if ids[place] in ids[:place]:
            yield page.problem(path, f"{written} is there twice", "each device once")
    for number, camera in enumerate(table.cameras):
        if camera.calibrated_until < table.as_of:
            wrong = f"its calibration ended on {camera.calibrated_until}"
            allowed = f"a day from {table.as_of} on (as_of)"
            yield page.problem(("cameras", number, "calibrated_until"), wrong, allowed)
