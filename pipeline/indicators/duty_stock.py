"""Who and what is there in the streets of one partition, as the metrics count it: people on duty, devices by how they are, certificates
that end soon. Of streets whose people the rules list; counted when somebody reads it, from the street's file and its last state.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final, NamedTuple

from pipeline.core.duty.ending_certificates import ending_certificates
from pipeline.core.duty.people import StreetPeople
from pipeline.core.duty.who_is_there import DutyView, KnownDuty
from schemas.duty.street_duty import StreetDuty


class DutyReading(NamedTuple):
    """What stood at an instant: people by street and team, devices by street, kind and state, certificates by street and team."""

    on_duty: Counter[tuple[str, str]]
    devices: Counter[tuple[str, str, str]]
    ending: Counter[tuple[str, str]]


class DutyStock:
    """One thread notes, any thread reads: what is noted replaces what was known of the street at once."""

    def __init__(self, people: Mapping[str, StreetPeople], streets: Iterable[str]) -> None:
        """Of these streets; nothing has happened in them yet."""
        self._people: Final = {street: people[street] for street in streets if street in people}
        self._known: Final = {street: KnownDuty(people, None) for street, people in self._people.items()}

    def note(self, duty: StreetDuty) -> None:
        """The street is so now."""
        people = self._people.get(duty.street)
        if people is not None:
            self._known[duty.street] = KnownDuty(people, duty)

    def read(self, at: datetime) -> DutyReading:
        """What stands at `at`."""
        reading = DutyReading(Counter(), Counter(), Counter())
        for street, known in self._known.items():
            view = DutyView(known, at)
            for officer in view.on_duty():
                reading.on_duty[street, view.team_of(officer)] += 1
            for name, device in view.people.devices.items():
                carried = view.device(name)
                if carried is not None:
                    reading.devices[street, device.kind.value, carried.state.value] += 1
            for ending in ending_certificates(view):
                reading.ending[street, view.team_of(ending.officer)] += 1
        return reading
