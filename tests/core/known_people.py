"""A street whose people are known, for tests: two teams, three shifts, a night that crosses midnight, cameras and a vehicle."""

from datetime import date

from pipeline.core.duty.people import DutyDevice, Officer, StreetPeople
from pipeline.core.duty.shifts import Shift, ShiftPattern
from schemas.duty.certificate import Certificate
from schemas.duty.duty_terms import DeviceKind

SINCE = date(2026, 1, 1)


def certificate(number: str, until: str = "2027-12-31", covers: tuple[str, ...] = ()) -> Certificate:
    """Of the comprehensive kind, from the beginning of the year on."""
    return Certificate(
        number=number,
        kind="comprehensive",
        organ="测试区司法局",
        since=SINCE,
        until=date.fromisoformat(until),
        covers=covers,
    )


SHIFTS = {
    shift.id: shift
    for shift in (
        Shift("day", "白班", "day", 8 * 60, 10 * 60),
        Shift("late", "中班", "late", 14 * 60, 8 * 60),
        Shift("night", "夜班", "night", 20 * 60, 12 * 60),
    )
}
PATTERNS = {
    pattern.id: pattern
    for pattern in (
        ShiftPattern("days", SINCE, ("day",)),
        ShiftPattern("nights", SINCE, ("night", None)),
        ShiftPattern("lates", SINCE, ("late",)),
    )
}
OFFICERS = (
    Officer("XH-001", "area-east", "days", certificates=(certificate("140100001"),)),
    Officer(
        "XH-002", "area-east", "days", certificates=(certificate("140100002", covers=("SR-001", "SR-002")),)
    ),
    Officer("XH-003", "area-east", "nights", offset=1, certificates=(certificate("140100003"),)),
    Officer("XH-004", "area-east", "nights", certificates=(certificate("140100004", "2026-11-24"),)),
    Officer("XH-005", "city-appearance", "lates", certificates=(certificate("140100005"),)),
    Officer("XH-006", "city-appearance", "days"),
    Officer(
        "XH-007",
        "area-east",
        "lates",
        certificates=(certificate("140100007"),),
        exceptions={date(2026, 11, 24): None},
    ),
)
DEVICES = (
    DutyDevice("CAM-01", DeviceKind.CAMERA, calibrated_until=date(2027, 6, 30)),
    DutyDevice("CAM-02", DeviceKind.CAMERA, calibrated_until=date(2026, 11, 23)),
    DutyDevice("CAM-03", DeviceKind.CAMERA, calibrated_until=date(2026, 11, 24)),
    DutyDevice("CAR-01", DeviceKind.VEHICLE, loudspeaker=True),
)


def people_of(street: str) -> StreetPeople:
    """All of them, in that street."""
    return StreetPeople(
        street=street,
        shifts=SHIFTS,
        patterns=PATTERNS,
        officers={officer.id: officer for officer in OFFICERS},
        devices={device.id: device for device in DEVICES},
    )
