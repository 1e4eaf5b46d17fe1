"""Who and what is there in a street at an instant, team by team: the rows that `enforcement duty` prints."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from pipeline.core.duty.ending_certificates import EndingCertificate, ending_certificates, last_day
from pipeline.core.duty.people import Officer
from pipeline.core.duty.who_is_there import CarriedDevice, DutyView, day_of
from pipeline.core.rules.rules import Street
from schemas.duty.duty_terms import DeviceKind, DeviceState

_AHEAD_DAYS: Final = 31
_BACK_DAYS: Final = 14


class OfficerThere(NamedTuple):
    """Somebody on duty. `own_team`: whose they are, where another one borrowed them. `devices`: what they have out."""

    officer: Officer
    since: datetime
    until: datetime
    own_team: str | None
    is_certified: bool
    devices: tuple[str, ...]


class NextChange(NamedTuple):
    """When who is there changes next, and how many there are from then on."""

    at: datetime
    there: int


class TeamThere(NamedTuple):
    """A team: who of its people is there. `change` is None where nothing changes within a month."""

    id: str
    name_zh: str
    name_en: str
    people: int
    there: tuple[OfficerThere, ...]
    change: NextChange | None


class AwayDevice(NamedTuple):
    """A device that is not in store. `is_kept_on`: whoever has it is off duty, since `off_since`; None: for weeks."""

    carried: CarriedDevice
    is_kept_on: bool
    off_since: datetime | None


@dataclass(frozen=True, slots=True)
class DutyBoard:
    """A street at an instant. `uncalibrated`: cameras whose calibration ended, or ends within thirty days."""

    street: Street
    at: datetime
    teams: tuple[TeamThere, ...]
    ending: tuple[EndingCertificate, ...]
    devices: Mapping[DeviceKind, Mapping[DeviceState, int]]
    away: tuple[AwayDevice, ...]
    uncalibrated: tuple[CarriedDevice, ...]

    @property
    def there(self) -> int:
        """How many are on duty."""
        return sum(len(team.there) for team in self.teams)

    @property
    def people(self) -> int:
        """How many there are in all."""
        return sum(team.people for team in self.teams)


def duty_board(street: Street, view: DutyView, only: str | None = None) -> DutyBoard:
    """The street's teams, or one of them, and its devices: with `only` those that this team's people have out."""
    teams = [_team(street, view, team) for team in street.teams if only in (None, team)]
    devices = [carried for name in view.people.devices if (carried := view.device(name)) is not None]
    if only is not None:
        mine = {one.officer.id for team in teams for one in team.there} | {
            officer.id for officer in view.members(only)
        }
        devices = [device for device in devices if device.holder in mine]
    ending = (row for row in ending_certificates(view) if only in (None, view.team_of(row.officer)))
    return DutyBoard(
        street=street,
        at=view.at,
        teams=tuple(teams),
        ending=tuple(sorted(ending, key=lambda row: (row.until, row.officer.id))),
        devices=_counted(devices),
        away=tuple(_away(view, device) for device in devices if device.state is not DeviceState.IN),
        uncalibrated=tuple(device for device in devices if not device.is_calibrated(last_day(view))),
    )


def _team(street: Street, view: DutyView, team: str) -> TeamThere:
    members = tuple(view.members(team))
    there = [found for officer in members if (found := _there(view, officer, team)) is not None]
    named = street.teams[team]
    return TeamThere(
        team, named.name_zh, named.name_en, len(members), tuple(there), _change(view, team, members)
    )


def _there(view: DutyView, officer: Officer, team: str) -> OfficerThere | None:
    presence = view.presence(officer.id)
    if presence is None:
        return None
    return OfficerThere(
        officer=officer,
        since=presence.begins,
        until=presence.ends,
        own_team=None if officer.team == team else officer.team,
        is_certified=view.certificate_for(officer.id) is not None,
        devices=tuple(one.device.id for one in view.carried_by(officer.id)),
    )


def _change(view: DutyView, team: str, members: Sequence[Officer]) -> NextChange | None:
    found = [at for officer in members if (at := _next_edge(view, officer)) is not None]
    if not found:
        return None
    at = min(found)
    return NextChange(at, len(DutyView(view.known, at).on_duty(team)))


def _next_edge(view: DutyView, officer: Officer) -> datetime | None:
    """When the officer comes or goes next."""
    today = day_of(view.at)
    for ahead in range(_AHEAD_DAYS):
        for presence in view.known.presences(officer.id, today + timedelta(days=ahead)):
            for edge in presence:
                if edge > view.at:
                    return edge
    return None


def _away(view: DutyView, device: CarriedDevice) -> AwayDevice:
    holder = device.holder
    if holder is None or view.presence(holder) is not None:
        return AwayDevice(device, is_kept_on=False, off_since=None)
    return AwayDevice(device, is_kept_on=True, off_since=_last_there(view, holder))


def _last_there(view: DutyView, officer: str) -> datetime | None:
    """When the officer went off duty last."""
    today = day_of(view.at)
    for back in range(_BACK_DAYS):
        presences = view.known.presences(officer, today - timedelta(days=back))
        before = [one.ends for one in presences if one.ends <= view.at]
        if before:
            return max(before)
    return None


def _counted(devices: Sequence[CarriedDevice]) -> Mapping[DeviceKind, Mapping[DeviceState, int]]:
    counts = {kind: Counter[DeviceState]() for kind in DeviceKind}
    for device in devices:
        counts[device.device.kind][device.state] += 1
    return counts
