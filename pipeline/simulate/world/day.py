"""One day of pushes for one or several streets, in time order, each with the truth about it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Final

from pipeline.core.rules.grid import distance_m
from pipeline.core.rules.rules import Rules
from pipeline.core.stages.duplicates import Apart, Spot, contradicts, spot_of
from pipeline.rulebook import load_rules
from pipeline.settings import Settings
from pipeline.simulate.world.ground_truth import Incident, endless_incidents
from pipeline.simulate.world.poison import MENDED_SHARE, POISONS, Poison
from pipeline.simulate.world.reports import IncidentReport, ReportDesk, encode
from pipeline.simulate.world.seeded_chance import chance
from pipeline.simulate.world.storms import ALARMS_EACH, alarms
from pipeline.simulate.world.street import StreetMap
from schemas.values.place import Place
from schemas.values.terms import Source
from schemas.wire import codecs

REPORTS_PER_STREET: Final = 300
"""Valid reports of a street's design day."""

REPUSHED_SHARE: Final = 0.04
CHANGED_SHARE: Final = 0.25
BAD_SHARE: Final = 0.06
REPORTS_PER_CALL: Final = 1.02
"""Reports per call, twins in the other hotline included."""

HOME: Final = "140109004"


@dataclass(frozen=True, slots=True)
class Push:
    """What a source pushes at `at`, byte for byte, under the key `street`; and the truth about it.

    `expectation` is `valid` (the first report of an incident), `duplicate_of_event` (a later one, perhaps of another
    source), `repush` (the same source and number again), `refused:<code>` or `bad:<code>`. `event_id` is None for false
    alarms and bad records. `thing` is the same for all pushes of one incident or false alarm; empty for bad records.
    `beyond_rule`: a duplicate that distance and address cannot show, since its place is too far from the first.
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
    """A whole day. `events` are the real incidents; both they and `pushes` are in time order."""

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
    """The day of `seed`: the same arguments and rules give the same bytes. `scale` 1.0 is 300 reports a street.

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
        incidents, pushed = _street_day(rules, seed, date, street, scale)
        events += incidents
        pushes += pushed
    pushes.sort(key=lambda push: (push.at, push.source_no, push.value))
    events.sort(key=lambda event: (event.at, event.event_id))
    marked = _marked(rules, pushes)
    return Day(seed, date, tuple(streets), tuple(events), tuple(marked))


def _street_day(
    rules: Rules, seed: int, day: date, street: str, scale: float
) -> tuple[list[Incident], list[Push]]:
    place = StreetMap(rules.streets[street])
    desk = ReportDesk(place, chance(seed, day, street, "reports"))
    endless = endless_incidents(rules, place, seed, day)
    reports_wanted = max(1, round(REPORTS_PER_STREET * scale))
    incidents = _enough(endless, reports_wanted)
    events = [event for event in incidents if event.real]
    storm = chance(seed, day, street, "storms")
    reports: list[IncidentReport] = []
    for event in incidents:
        reports += desk.reports_of(event) if event.device is None else alarms(event, desk, storm)
    pushes = [_push(report) for report in reports]
    pushes += _repushes(reports, chance(seed, day, street, "repushes"))
    spoilt = chance(seed, day, street, "poison")
    kinds = spoilt.sample(POISONS, len(POISONS))
    for number in range(max(1, round(reports_wanted * BAD_SHARE))):
        event = next(incident for incident in endless if incident.device is None)
        events.append(event)
        pushes += _spoilt(next(desk.reports_of(event)), kinds[number % len(kinds)], spoilt)
    return events, pushes


def _enough(endless: Iterator[Incident], reports_wanted: int) -> list[Incident]:
    """The first incidents that together have about `reports_wanted` reports, in time order."""
    incidents: list[Incident] = []
    expected = 0.0
    while expected < reports_wanted:
        incidents.append(next(endless))
        expected += (
            REPORTS_PER_CALL * (1 + incidents[-1].repeats) if incidents[-1].device is None else ALARMS_EACH
        )
    return sorted(incidents, key=lambda event: (event.at, event.event_id))


def _push(report: IncidentReport) -> Push:
    event = report.incident
    return Push(
        at=report.at,
        source=report.source.value,
        source_no=report.source_no,
        street=event.street,
        value=encode(report.content),
        expectation="valid",
        event_id=event.event_id if event.real else None,
        thing=event.event_id,
    )


def _repushes(reports: Sequence[IncidentReport], draw: Random) -> Iterator[Push]:
    """The same number again: mostly the same bytes (a retry), sometimes other content (an amended order)."""
    for report in reports:
        if draw.random() >= REPUSHED_SHARE:
            continue
        again = report.at + timedelta(seconds=draw.randrange(20, 5400))
        content = report.content
        if draw.random() < CHANGED_SHARE and report.source is not Source.MONITOR:
            content = {**content, "text": f"{content['text']}(补充:请尽快处理)"}
        yield replace(_push(report), at=again, value=encode(content), expectation="repush")


def _spoilt(report: IncidentReport, kind: Poison, draw: Random) -> Iterator[Push]:
    """A bad record of a real incident, and sometimes the same report again, mended."""
    good = _push(report)
    yield replace(
        good,
        street=kind.key or good.street,
        value=kind.spoil(report.content, draw),
        expectation=kind.expects,
        event_id=None,
        thing="",
    )
    if draw.random() < MENDED_SHARE:
        yield replace(good, at=good.at + timedelta(seconds=draw.randrange(120, 1800)))


def _marked(rules: Rules, pushes: Sequence[Push]) -> Iterator[Push]:
    """Of several reports of one incident the first pushed is valid, the others are duplicates."""
    first: dict[str, Spot] = {}
    for push in pushes:
        if push.expectation != "valid":
            yield push
            continue
        report = codecs.REPORT.decode_strictly(push.value)
        spot = _spot(rules, push.street, report.place)
        if push.thing not in first:
            first[push.thing] = spot
            yield push
            continue
        in_reach = _is_same_spot(rules, push.street, first[push.thing], spot)
        yield replace(push, expectation="duplicate_of_event", beyond_rule=not in_reach)


def _spot(rules: Rules, street: str, place: Place) -> Spot:
    """Where a report says that it is, with the grid in which its point lies."""
    spot = spot_of(place, rules.policy.address)
    grid = rules.streets[street].grids.grid_at(*spot.lonlat) if spot.lonlat else None
    return spot._replace(grid=place.grid or grid)


def _is_same_spot(rules: Rules, street: str, first: Spot, other: Spot) -> bool:
    """Whether distance or address shows that both are at one place, and nothing contradicts."""
    policy = rules.policy
    apart = Apart(policy.duplicate_distance_m, policy.same_address_distance_m)
    near = first.lonlat and other.lonlat and distance_m(first.lonlat, other.lonlat) <= apart.near_m
    same = bool(near) or bool(first.address and first.address == other.address)
    return same and not contradicts(rules.streets[street].grids, apart, first, other)
