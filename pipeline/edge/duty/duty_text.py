"""What `enforcement duty` prints: lines for people, objects for programs."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final

from pipeline.core.duty.ending_certificates import EndingCertificate
from pipeline.core.duty.who_is_there import day_of
from pipeline.edge.duty.duty_board import AwayDevice, DutyBoard, OfficerThere, TeamThere
from pipeline.words.command_line import width_of
from pipeline.words.field_words import moment
from pipeline.words.language import Lang
from pipeline.words.spoken import said, spoken
from schemas.duty.duty_terms import DeviceKind, DeviceState
from schemas.values.terms import Role

_KINDS: Final = {DeviceKind.CAMERA: "body cameras", DeviceKind.VEHICLE: "vehicles"}
_STATES: Final = {
    DeviceState.IN: "in store",
    DeviceState.OUT: "out",
    DeviceState.CHARGING: "charging",
    DeviceState.BROKEN: "broken",
}
_ROLES: Final = {
    Role.TEAM: "leader",
    Role.DUTY_CHIEF: "duty chief",
    Role.DISPATCHER: "dispatcher",
    Role.VERIFIER: "verifier",
    Role.CALLBACK_CLERK: "call-back clerk",
}


def duty_lines(board: DutyBoard, *, planned: bool) -> Iterator[str]:
    """The street, each of its teams, what ends soon, and the devices."""
    street = board.street
    name = street.name_zh if spoken() is Lang.ZH else street.name_en
    yield said(
        "{name} {code} at {at}: {there} of {people} on duty",
        name=name,
        code=street.code,
        at=moment(board.at),
        there=board.there,
        people=board.people,
    )
    if planned:
        yield said("as the rules plan it, without what happened since")
    for team in board.teams:
        yield ""
        yield _team_line(team, board.at)
        yield from _aligned([_officer(one, board.at) for one in team.there])
    if board.ending:
        yield ""
        yield said("certificates that end within 30 days, or count no more")
        yield from _aligned([_certificate(one) for one in board.ending])
    yield from _devices(board)


def _team_line(team: TeamThere, at: datetime) -> str:
    name = team.name_zh if spoken() is Lang.ZH else team.name_en
    line = said(
        "{team} {name}: {there} of {people} on duty",
        team=team.id,
        name=name,
        there=len(team.there),
        people=team.people,
    )
    if team.change is None:
        return line
    then = said("; from {time} on {count}", time=_time(team.change.at, at), count=team.change.there)
    return line + then


def _officer(one: OfficerThere, at: datetime) -> tuple[str, ...]:
    roles = (said(_ROLES[role]) for role in sorted(one.officer.roles) if role in _ROLES)
    lent = () if one.own_team is None else (said("lent by {team}", team=one.own_team),)
    bare = () if one.is_certified or Role.OFFICER not in one.officer.roles else (said("no certificate"),)
    span = f"{_time(one.since, at)} – {_time(one.until, at)}"
    return one.officer.id, span, _listed((*roles, *lent, *bare)), _listed(one.devices)


def _certificate(one: EndingCertificate) -> tuple[str, ...]:
    return one.officer.id, one.officer.team, one.number, f"{one.until}", "" if one.is_valid else said("ended")


def _devices(board: DutyBoard) -> Iterator[str]:
    counted = {kind: counts for kind, counts in board.devices.items() if counts}
    if counted:
        yield ""
    for kind, counts in counted.items():
        states = (
            said("{state} {count}", state=said(word), count=counts[state])
            for state, word in _STATES.items()
            if counts.get(state)
        )
        total = said("{what}: {count}", what=said(_KINDS[kind]), count=sum(counts.values()))
        yield f"{total}（{_listed(states)}）" if spoken() is Lang.ZH else f"{total} ({_listed(states)})"
    yield from _aligned([_device(one, board.at) for one in board.away])
    if board.uncalibrated:
        yield ""
        yield said("calibrations that end within 30 days, or ended")
        yield from _aligned([(one.device.id, f"{one.calibrated_until}") for one in board.uncalibrated])


def _device(away: AwayDevice, at: datetime) -> tuple[str, ...]:
    one = away.carried
    since = said("since {time}", time=_time(one.since, at)) if one.since else ""
    return one.device.id, said(_STATES[one.state]), one.holder or "", since, _kept_on(away, at)


def _kept_on(away: AwayDevice, at: datetime) -> str:
    """That the shift is over and the device not handed back."""
    if not away.is_kept_on:
        return ""
    if away.off_since is None:
        return said("off duty, not handed back")
    return said("off duty since {time}, not handed back", time=_time(away.off_since, at))


def _time(moment_of: datetime, at: datetime) -> str:
    """The time of the day, with the day where it is another one than that of `at`."""
    day, minute = moment(moment_of).split("+")[0].split(" ")
    return minute if day_of(moment_of) == day_of(at) else f"{day[5:]} {minute}"


def _listed(texts: Iterable[str]) -> str:
    return ("，" if spoken() is Lang.ZH else ", ").join(texts)


def _aligned(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(map(width_of, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (text + " " * (width - width_of(text)) for text, width in zip(row, widths, strict=True))
        yield f"  {'  '.join(cells)}".rstrip()


def duty_json(board: DutyBoard) -> Iterator[dict[str, object]]:
    """One object for the street, then one for each team, certificate that ends, and device that is not in store."""
    yield {
        "what": "street", "street": board.street.code, "at": moment(board.at), "on_duty": board.there, "people": board.people,
        "devices": {kind.value: {state.value: count for state, count in counts.items()} for kind, counts in board.devices.items()},
    }  # fmt: skip
    for team in board.teams:
        change = team.change and {"at": moment(team.change.at), "on_duty": team.change.there}
        yield {
            "what": "team", "team": team.id, "people": team.people, "next_change": change,
            "on_duty": [_officer_json(one) for one in team.there],
        }  # fmt: skip
    for one in board.ending:
        yield {
            "what": "certificate", "officer": one.officer.id, "team": one.officer.team, "number": one.number,
            "until": f"{one.until}", "valid": one.is_valid,
        }  # fmt: skip
    for away in board.away:
        device = away.carried
        since = device.since and moment(device.since)
        yield {
            "what": "device", "device": device.device.id, "kind": device.device.kind.value, "state": device.state.value,
            "holder": device.holder, "since": since,
            "kept_on": away.is_kept_on, "off_since": away.off_since and moment(away.off_since),
        }  # fmt: skip
    for device in board.uncalibrated:
        yield {
            "what": "calibration_end",
            "device": device.device.id,
            "calibrated_until": f"{device.calibrated_until}",
        }


def _officer_json(one: OfficerThere) -> dict[str, object]:
    return {
        "officer": one.officer.id, "roles": sorted(role.value for role in one.officer.roles), "since": moment(one.since),
        "until": moment(one.until), "lent_by": one.own_team, "certified": one.is_certified, "devices": list(one.devices),
    }  # fmt: skip
