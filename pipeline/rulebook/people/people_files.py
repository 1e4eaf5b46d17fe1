"""Finds `rules/people/<street>.yaml`, and makes the core's values of one."""

from pathlib import Path
from typing import Final

from pipeline.core.duty.people import DutyDevice, Officer, StreetPeople, Training
from pipeline.core.duty.shifts import Shift, ShiftPattern
from pipeline.rulebook.sheet import Filled
from pipeline.rulebook.tables.people_tables import (
    REST,
    CertificateEntry,
    OfficerEntry,
    PatternEntry,
    PeopleTable,
    ShiftEntry,
)
from schemas.duty.certificate import Certificate
from schemas.duty.duty_terms import DeviceKind

PEOPLE_FOLDER: Final = "people"
"""Who there is in each street. A street without a file in it has nobody known, and nothing of people is checked there."""
_HOUR_MINUTES: Final = 60


def people_files(folder: Path) -> list[Path]:
    """The files of people in a folder of rules."""
    return sorted((folder / PEOPLE_FOLDER).glob("*.yaml"))


def street_of(page: Filled[PeopleTable]) -> str:
    """The street whose file this is."""
    return Path(page.sheet.file).stem


def people_of(street: str, table: PeopleTable) -> StreetPeople:
    """The core's value of a file."""
    cameras = (
        DutyDevice(entry.id, DeviceKind.CAMERA, calibrated_until=entry.calibrated_until)
        for entry in table.cameras
    )
    vehicles = (
        DutyDevice(entry.id, DeviceKind.VEHICLE, loudspeaker=entry.loudspeaker) for entry in table.vehicles
    )
    return StreetPeople(
        street=street,
        shifts={entry.id: shift_of(entry) for entry in table.shifts},
        patterns={entry.id: _pattern(entry) for entry in table.patterns},
        officers={entry.id: _officer(entry) for entry in table.officers},
        devices={device.id: device for device in (*cameras, *vehicles)},
        shift_hours=table.limits.shift_hours,
    )


def shift_of(entry: ShiftEntry) -> Shift:
    """The core's value of a shift."""
    hour, minute = map(int, entry.begins.split(":"))
    begins, minutes = hour * _HOUR_MINUTES + minute, round(entry.hours * _HOUR_MINUTES)
    return Shift(entry.id, entry.name_zh, entry.name_en, begins, minutes)


def _pattern(entry: PatternEntry) -> ShiftPattern:
    return ShiftPattern(entry.id, entry.since, tuple(_shift_name(name) for name in entry.days))


def _shift_name(name: str) -> str | None:
    return None if name == REST else name


def _officer(entry: OfficerEntry) -> Officer:
    return Officer(
        id=entry.id,
        team=entry.team,
        pattern=entry.pattern,
        offset=entry.offset,
        roles=entry.roles,
        certificates=tuple(_certificate(one) for one in entry.certificates),
        training=tuple(Training(one.course, one.day, one.passed) for one in entry.training),
        skills=entry.skills,
        exceptions={day: _shift_name(name) for day, name in entry.exceptions.items()},
    )


def _certificate(entry: CertificateEntry) -> Certificate:
    return Certificate(
        number=entry.number,
        kind=entry.kind,
        organ=entry.organ,
        since=entry.since,
        until=entry.until,
        covers=entry.covers,
    )
