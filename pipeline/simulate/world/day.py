"""One day of pushes for one street or several, in the order of time, each with the truth about it beside it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Final

from pipeline.core.rules.grid import distance_m
from pipeline.core.rules.rules import Rules
from pipeline.core.stages.duplicates import Spot, spot_of
from pipeline.rulebook import load_rules
from pipeline.settings import Settings
from pipeline.simulate.world.ground_truth import Incident, happenings
from pipeline.simulate.world.poison import MENDED_SHARE, POISONS, Poison
from pipeline.simulate.world.reports import Desk, Telling, encode
from pipeline.simulate.world.seeded_chance import chance
from pipeline.simulate.world.storms import ALARMS_EACH, alarms
from pipeline.simulate.world.street import StreetMap
from schemas.values.terms import Source
from schemas.wire import codecs

REPORTS_PER_STREET: Final = 300
"""Valid reports of a street's design day."""

REPUSHED_SHARE: Final = 0.04
CHANGED_SHARE: Final = 0.25
BAD_SHARE: Final = 0.06
TELLINGS_PER_CALL: Final = 1.02
"""Twins included."""

HOME: Final = "140109004"


@dataclass(frozen=True, slots=True)
class Push:
    """What a source pushes at `at`, byte for byte, under the key `street`; and the truth about it.

    `expectation` is `valid` (the first telling of something), `duplicate_of_event` (told before, perhaps by somebody
    else), `repush` (the same source and number again), `refused:<code>` or `bad:<code>`. `event_id` is None for what did
    not happen (false alarms) and for bad records. `thing` groups what belongs together, false alarms too; empty for bad
    records. `beyond_rule`: of something told before, but too far away for the rule of distance and address to see it.
    """

    at: datetime
    source: str
    source_no: str
    street: str
    value: bytes
    expectation: str
    event_id: str | None
    thing: str
    beyond_rule: bool = False


@dataclass(frozen=True, slots=True)
class Day:
    """A whole day. `events` are what really happened; `pushes` rise in time."""

    seed: int
    date: date
    streets: tuple[str, ...]
    events: tuple[Incident, ...]
    pushes: tuple[Push, ...]


def generate_day(
    seed: int,
    date: date,
    streets: Sequence[str] = (HOME,),
    scale: float = 1.0,
    rules: Rules | None = None,
) -> Day:
    """The day that `seed` stands for: the same arguments and rules give the same bytes. `scale` 1.0 is 300 reports a street.

    Raises:
        LookupError: a street that the rules do not know.
        ValueError: `scale` is not positive.
    """
    if scale <= 0:
        raise ValueError("scale must be above 0")
    rules = rules or load_rules(Settings().rules_dir)
    unknown = [street for street in streets if street not in rules.streets]
    if unknown:
        raise LookupError(f"no such street in rules {rules.version}: {', '.join(unknown)}")
    events: list[Incident] = []
    pushes: list[Push] = []
    for street in streets:
        happened, pushed = _street_day(rules, seed, date, street, scale)
        events += happened
        pushes += pushed
    pushes.sort(key=lambda push: (push.at, push.source_no, push.value))
    events.sort(key=lambda event: (event.at, event.event_id))
    marked = _marked(rules, pushes)
    return Day(seed, date, tuple(streets), tuple(events), tuple(marked))


def _street_day(
    rules: Rules, seed: int, day: date, street: str, scale: float
) -> tuple[list[Incident], list[Push]]:
    place = StreetMap(rules.streets[street])
    desk = Desk(place, chance(seed, day, street, "reports"))
    more = happenings(rules, place, seed, day)
    wanted = max(1, round(REPORTS_PER_STREET * scale))
    happened = _enough(more, wanted)
    events = [event for event in happened if event.real]
    storm = chance(seed, day, street, "storms")
    told: list[Telling] = []
    for event in happened:
        told += desk.tellings(event) if event.device is None else alarms(event, desk, storm)
    pushes = [_push(telling) for telling in told]
    pushes += _repushes(told, chance(seed, day, street, "repushes"))
    spoilt = chance(seed, day, street, "poison")
    kinds = spoilt.sample(POISONS, len(POISONS))
    for number in range(max(1, round(wanted * BAD_SHARE))):
        event = next(one for one in more if one.device is None)
        events.append(event)
        pushes += _spoilt(next(desk.tellings(event)), kinds[number % len(kinds)], spoilt)
    return events, pushes


def _enough(more: Iterator[Incident], wanted: int) -> list[Incident]:
    """So many happenings, in the order of time, that some `wanted` reports tell of them."""
    happened: list[Incident] = []
    expected = 0.0
    while expected < wanted:
        happened.append(next(more))
        expected += (
            TELLINGS_PER_CALL * (1 + happened[-1].repeats) if happened[-1].device is None else ALARMS_EACH
        )
    return sorted(happened, key=lambda event: (event.at, event.event_id))


def _push(telling: Telling) -> Push:
    event = telling.of
    return Push(
        at=telling.at,
        source=telling.source.value,
        source_no=telling.source_no,
        street=event.street,
        value=encode(telling.content),
        expectation="valid",
        event_id=event.event_id if event.real else None,
        thing=event.event_id,
    )


def _repushes(told: Sequence[Telling], draw: Random) -> Iterator[Push]:
    """The same number again: mostly the same bytes (a retry), sometimes with another content (an order amended)."""
    for telling in told:
        if draw.random() >= REPUSHED_SHARE:
            continue
        again = telling.at + timedelta(seconds=draw.randrange(20, 5400))
        content = telling.content
        if draw.random() < CHANGED_SHARE and telling.source is not Source.MONITOR:
            content = {**content, "text": f"{content['text']}(补充:请尽快处理)"}
        yield replace(_push(telling), at=again, value=encode(content), expectation="repush")


def _spoilt(telling: Telling, kind: Poison, draw: Random) -> Iterator[Push]:
    """A bad record of something that did happen, and sometimes the same report again, mended."""
    good = _push(telling)
    yield replace(
        good,
        street=kind.key or good.street,
        value=kind.spoil(telling.content, draw),
        expectation=kind.expects,
        event_id=None,
        thing="",
    )
    if draw.random() < MENDED_SHARE:
        yield replace(good, at=good.at + timedelta(seconds=draw.randrange(120, 1800)))


def _marked(rules: Rules, pushes: Sequence[Push]) -> Iterator[Push]:
    """Of several tellings of one thing, the first is valid, the others duplicates; by the order of pushing."""
    first: dict[str, Spot] = {}
    for push in pushes:
        if push.expectation != "valid":
            yield push
            continue
        report = codecs.REPORT.decode_strictly(push.value)
        spot = spot_of(report.place)
        if push.thing not in first:
            first[push.thing] = spot
            yield push
            continue
        seen = _is_same_spot(first[push.thing], spot, rules.policy.duplicate_distance_m)
        yield replace(push, expectation="duplicate_of_event", beyond_rule=not seen)


def _is_same_spot(one: Spot, other: Spot, within_m: int) -> bool:
    near = one.lonlat and other.lonlat and distance_m(one.lonlat, other.lonlat) <= within_m
    return bool(near) or bool(one.address and one.address == other.address)
