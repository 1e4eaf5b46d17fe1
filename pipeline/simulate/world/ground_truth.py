"""The incidents of a street's day: the truth behind the reports. No report is made here."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Final

from pipeline.core.rules.rules import Matter, Rules
from pipeline.simulate.world.activity_profiles import AWAKE, PROFILES, hour_weights
from pipeline.simulate.world.seeded_chance import LOCAL, chance, weighted
from pipeline.simulate.world.street import Device, Scene, StreetMap
from pipeline.simulate.world.wording import IncidentDetails, Phrases, details, other_calls, phrases
from schemas.values.terms import Source

SHARES: Final[Mapping[Source, float]] = {
    Source.PATROL: 0.66,
    Source.HOTLINE_12345: 0.145,
    Source.HOTLINE_12319: 0.065,
    Source.MONITOR: 0.13,
}
"""Which source reports an incident first; one without a share reports nothing. Alarm storms and repeated reports come on top."""

FALSE_ALARM_SHARE: Final = 0.30
SELF_DISPOSED_SHARE: Final = 0.71
"""Of the patrols' finds: 2,947 of 4,146 in a provincial capital's festival week."""

WEIGHT_PER_DEVICE: Final = 14.0
TRIES_MAX: Final = 8


@dataclass(frozen=True, slots=True)
class Incident:
    """One incident at one place and time, and the source that sees it first. `real` is false for a device's false alarm.

    `kind`: what it is instead, where somebody calls about nothing to enforce; `matter` is then empty, and `real` false.
    """

    event_id: str
    street: str
    matter: str
    facts: IncidentDetails
    at: datetime
    first: Source
    self_disposed: bool
    real: bool
    device: Device | None
    repeats: int
    kind: str = ""


def endless_incidents(rules: Rules, place: StreetMap, seed: int, day: date) -> Iterator[Incident]:
    """An infinite iterator over incidents of `day`, unordered in time."""
    draw = chance(
        seed, day, place.code, "happenings"
    )  # the name of the stream: another name gives other days
    phrases_of = {code: phrases()[code] for code in rules.matters if code in phrases()}
    chosen = {source: _matters_of(rules, source, day.month) for source in SHARES}
    cameras = _cameras(place)
    settles = _settling_share(chosen[Source.PATROL])
    used: Counter[str] = Counter()
    apart = _Apart(place)
    number = 0
    while True:
        number += 1
        first = weighted(draw, list(SHARES), list(SHARES.values()))
        matter = weighted(draw, list(chosen[first]), list(chosen[first].values()))
        wording_of = phrases_of[matter]
        at = _moment(draw, day, hour_weights(wording_of.hours, first))
        device = _device(draw, cameras[matter], used) if first is Source.MONITOR else None
        scene = device.scene if device else apart.scene(matter, wording_of, draw)
        real = device is None or draw.random() >= FALSE_ALARM_SHARE
        yield Incident(
            event_id=f"{'E' if real else 'F'}-{place.code}-{day:%Y%m%d}-{number:05d}",
            street=place.code,
            matter=matter,
            facts=details(scene, len(wording_of.things), draw),
            at=at,
            first=first,
            self_disposed=first is Source.PATROL and bool(wording_of.settled) and draw.random() < settles,
            real=real,
            device=device,
            repeats=_repeats(draw, first, matter=rules.matters[matter]),
        )


def endless_other_calls(rules: Rules, place: StreetMap, seed: int, day: date) -> Iterator[Incident]:
    """An infinite iterator over the calls of `day` about nothing to enforce; none where the rules know no such kind."""
    draw = chance(seed, day, place.code, "other calls")
    known = rules.recognition.kinds if rules.recognition else {}
    kinds = [kind for kind in other_calls() if kind in known]
    number = 0
    while kinds:
        number += 1
        kind = draw.choice(kinds)
        scene = place.scene("compound", draw, food=False)
        yield Incident(
            event_id=f"C-{place.code}-{day:%Y%m%d}-{number:05d}",
            street=place.code,
            matter="",
            facts=details(scene, len(other_calls()[kind]), draw),
            at=_moment(draw, day, AWAKE[Source.HOTLINE_12345]),
            first=Source.HOTLINE_12345,
            self_disposed=False,
            real=False,
            device=None,
            repeats=0,
            kind=kind,
        )


class _Apart:
    """Places of incidents: of one matter no two in a grid or under one name, as far as there is room."""

    def __init__(self, place: StreetMap) -> None:
        self._place = place
        self._taken: set[tuple[str, str]] = set()

    def scene(self, matter: str, phrases_of: Phrases, draw: Random) -> Scene:
        scene = self._place.scene(phrases_of.at, draw, food=phrases_of.food)
        for _ in range(TRIES_MAX):
            if not _names(matter, scene) & self._taken:
                break
            scene = self._place.scene(phrases_of.at, draw, food=phrases_of.food)
        self._taken |= _names(matter, scene)
        return scene


def _names(matter: str, scene: Scene) -> set[tuple[str, str]]:
    return {(matter, scene.grid), (matter, scene.loose_address)}


def _matters_of(rules: Rules, source: Source, month: int) -> dict[str, float]:
    """The matters that `source` may report this month, weighted by how often they happen while it is awake."""
    return {
        code: phrases()[code].weight * _awake_share(phrases()[code].hours, source)
        for code in sorted(rules.matters)
        if code in phrases()
        and phrases()[code].may_be_told_by(source)
        and (not phrases()[code].months or month in phrases()[code].months)
    }


def _awake_share(profile: str, source: Source) -> float:
    """The share of such incidents that happen while the source is awake."""
    return sum(hour_weights(profile, source)) / (sum(PROFILES[profile]) * max(AWAKE[source]))


def _settling_share(weights: Mapping[str, float]) -> float:
    """How often a patrol settles an incident that can be settled on the spot, so that SELF_DISPOSED_SHARE of all its finds are."""
    possible = sum(weight for code, weight in weights.items() if phrases()[code].settled)
    return min(1.0, SELF_DISPOSED_SHARE * sum(weights.values()) / max(possible, 1.0))


def _cameras(place: StreetMap) -> dict[str, list[Device]]:
    watched = {code: matter_phrases for code, matter_phrases in phrases().items() if matter_phrases.seen}
    how_many = {
        code: 1 + int(matter_phrases.weight / WEIGHT_PER_DEVICE) for code, matter_phrases in watched.items()
    }
    devices = place.devices(
        how_many, {code: (matter_phrases.at, matter_phrases.food) for code, matter_phrases in watched.items()}
    )
    return {code: [device for device in devices if device.matter == code] for code in watched}


def _device(draw: Random, devices: list[Device], used: Counter[str]) -> Device:
    """One of the devices with the fewest incidents today."""
    least = min(used[device.id] for device in devices)
    device = draw.choice([candidate for candidate in devices if used[candidate.id] == least])
    used[device.id] += 1
    return device


def _moment(draw: Random, day: date, weights: tuple[float, ...]) -> datetime:
    hour = weighted(draw, range(24), weights if any(weights) else (1.0,) * 24)
    seconds = hour * 3600 + draw.randrange(3600)
    return datetime.combine(day, time(), LOCAL) + timedelta(seconds=seconds)


def _repeats(draw: Random, first: Source, matter: Matter) -> int:
    """How many more people report it: dangerous incidents are reported by more."""
    if first is Source.MONITOR:
        return 0
    urgent = matter.severity.value in ("P1", "P2")
    chance_of_more = {Source.PATROL: 0.10}.get(first, 0.30) * (1.6 if urgent else 1.0)
    if draw.random() >= chance_of_more:
        return 0
    more = 1
    while more < 6 and draw.random() < 0.38:
        more += 1
    return more
