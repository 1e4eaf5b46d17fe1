"""A street whose people are known, for tests: two teams, three shifts, a night that crosses midnight, cameras and a vehicle."""

from dataclasses import replace
from datetime import UTC, date, datetime

from pipeline.core.duty.people import DutyDevice, Officer, StreetPeople
from pipeline.core.duty.shifts import Shift, ShiftPattern
from pipeline.core.duty.who_is_there import DutyView
from pipeline.core.worktime.office_hours import SHANGHAI
from schemas import topics
from schemas.duty.certificate import Certificate
from schemas.duty.duty_terms import DeviceKind
from schemas.duty.street_duty import StreetDuty
from tests.core.story import RULES, STREET, Story

SINCE = date(2026, 1, 1)
CHIEF = {"id": "W9", "role": "duty_chief"}


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
PEOPLE = StreetPeople(
    street=STREET,
    shifts=SHIFTS,
    patterns=PATTERNS,
    officers={officer.id: officer for officer in OFFICERS},
    devices={device.id: device for device in DEVICES},
)
KNOWN_PEOPLE = replace(RULES, people={STREET: PEOPLE})
"""The shipped rules, with these people."""


def local(text: str) -> datetime:
    """An instant by the clocks of the street, such as 2026-11-24T09:00."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


class DutyStory(Story):
    """A story of a street whose people are known. It begins on a Tuesday at nine."""

    def __init__(self, **fields: object) -> None:
        super().__init__(**{"rules": KNOWN_PEOPLE, **fields})  # type: ignore[arg-type]
        self._duties = 0

    def on_duty(self, action: str, **said: object) -> "DutyStory":
        """The duty chief, or whoever is said, does something about people or devices."""
        self._duties += 1
        content = {
            "action": action,
            "action_id": f"D{self._duties}",
            "street": STREET,
            "actor": CHIEF,
            "acted_at": self.now.isoformat(),
        } | said
        self.push(topics.ACTIONS, str(content["street"]), content)
        return self

    @property
    def duty(self) -> StreetDuty | None:
        """The state of the street."""
        return next(iter(self.core.held()[2]), None)

    @property
    def view(self) -> DutyView:
        """Who is there now."""
        return DutyView.of(PEOPLE, self.duty, self.now)
