"""A story of a street whose people are known."""

from dataclasses import replace
from datetime import UTC, datetime

from pipeline.core.duty.who_is_there import DutyView
from pipeline.core.worktime.office_hours import SHANGHAI
from schemas.duty.street_duty import StreetDuty
from tests.core.known_people import people_of
from tests.core.story import RULES, STREET, Story

PEOPLE = people_of(STREET)
KNOWN_PEOPLE = replace(RULES, people={STREET: PEOPLE})
"""The shipped rules, with these people."""


def local(text: str) -> datetime:
    """An instant by the clocks of the street, such as 2026-11-24T09:00."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


class DutyStory(Story):
    """A story of a street whose people are known. It begins on a Tuesday at nine."""

    def __init__(self, **fields: object) -> None:
        super().__init__(**{"rules": KNOWN_PEOPLE, **fields})  # type: ignore[arg-type]

    @property
    def duty(self) -> StreetDuty | None:
        """The state of the street."""
        return next(iter(self.core.held()[2]), None)

    @property
    def view(self) -> DutyView:
        """Who is there now."""
        return DutyView.of(PEOPLE, self.duty, self.now)
