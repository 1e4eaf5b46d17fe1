"""The people of the tests' street as a file of people would have them: for the auditor, which reads files."""

from pipeline.core.duty.people import Officer, StreetPeople
from pipeline.rulebook.tables.people_tables import PeopleTable
from schemas.duty.duty_terms import DeviceKind

_HOUR_MINUTES = 60


def table_of(people: StreetPeople) -> PeopleTable:
    """As it would stand in people/STREET.yaml."""
    return PeopleTable.model_validate(
        {
            "as_of": "2026-01-01",
            "limits": {"shift_hours": people.shift_hours, "rest_hours": 0},
            "shifts": [
                {
                    "id": shift.id,
                    "name_zh": shift.name_zh,
                    "name_en": shift.name_en,
                    "from": f"{shift.begins // _HOUR_MINUTES:02}:{shift.begins % _HOUR_MINUTES:02}",
                    "hours": shift.minutes / _HOUR_MINUTES,
                }
                for shift in people.shifts.values()
            ],
            "patterns": [
                {"id": pattern.id, "since": pattern.since, "days": [day or "rest" for day in pattern.days]}
                for pattern in people.patterns.values()
            ],
            "officers": [_officer(officer) for officer in people.officers.values()],
            "cameras": [
                {"id": device.id, "calibrated_until": device.calibrated_until}
                for device in people.devices.values()
                if device.kind is DeviceKind.CAMERA
            ],
            "vehicles": [
                {"id": device.id, "loudspeaker": device.loudspeaker}
                for device in people.devices.values()
                if device.kind is not DeviceKind.CAMERA
            ],
        },
        strict=False,
    )


def _officer(officer: Officer) -> dict[str, object]:
    return {
        "id": officer.id,
        "team": officer.team,
        "pattern": officer.pattern,
        "offset": officer.offset,
        "exceptions": {day: shift or "rest" for day, shift in officer.exceptions.items()},
        "certificates": [
            {
                "number": one.number,
                "kind": one.kind,
                "organ": one.organ,
                "from": one.since,
                "until": one.until,
                "covers": one.covers,
            }
            for one in officer.certificates
        ],
    }
