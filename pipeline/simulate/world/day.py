"""One day of pushes for one or several streets, in time order, each with the truth about it: rows in the sources' own formats, read by
the edge's readers and mappings.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import islice
from random import Random
from typing import Final, NamedTuple

from pipeline.core.rules.grid import LonLat
from pipeline.core.rules.identity import case_id, report_key
from pipeline.core.rules.rules import Rules
from pipeline.edge.sources.reading import ReadRow
from pipeline.rulebook import load_rules
from pipeline.settings import Settings
from pipeline.simulate.world.ground_truth import Incident, endless_incidents, endless_other_calls
from pipeline.simulate.world.poison import MENDED_SHARE, POISONS, Poison, encode
from pipeline.simulate.world.reports import IncidentReport, ReportDesk
from pipeline.simulate.world.row_files import read_rows
from pipeline.simulate.world.row_formats import WrittenRow, amended
from pipeline.simulate.world.seeded_chance import chance
from pipeline.simulate.world.storms import ALARMS_EACH, alarms
from pipeline.simulate.world.street import StreetMap
from schemas.values.terms import Source

REPORTS_PER_STREET: Final = 300
"""Valid reports of a street's design day."""

REPUSHED_SHARE: Final = 0.04
CHANGED_SHARE: Final = 0.25
BAD_SHARE: Final = 0.06
OTHER_CALLS_SHARE: Final = 0.05
"""Calls about nothing to enforce, which the hotline passed on all the same; for each report of a street's day."""

REPORTS_PER_CALL: Final = 1.02
"""Reports per call, twins in the other hotline included."""

HOME: Final = "140109004"


class _TimedRow(NamedTuple):
    at: datetime
    row: WrittenRow


class Truth(NamedTuple):
    """What a report really is about: the matter, or the kind of what is nothing to enforce; and where it really is (WGS84)."""

    matter: str
    kind: str
    grid: str
    lonlat: LonLat


@dataclass(frozen=True, slots=True)
class Push:
    """What a source pushes at `at`, byte for byte, under the key `street`; and the truth about it.

    `expectation` is `valid` (the first report of an incident), `duplicate_of_event` (a later one, perhaps of another
    source), `repush` (the same source and number again), `refused:<code>` or `bad:<code>`. `event_id` is None for false
    alarms, calls about nothing to enforce, and bad records. `thing` is the same for all pushes of one incident, false alarm or
    call; empty for bad records. `truth`: None for bad records. `format`: the mapping by which its row was read.
    """

    at: datetime
    source: str
    source_no: str
    street: str
    value: bytes
    expectation: str
    event_id: str | None
    thing: str
    truth: Truth | None
    format: str


@dataclass(frozen=True)
class Day:
    """A whole day. `events` are the real incidents; both they and `pushes` are in time order.

    `rows`: what the sources wrote, in time order, of which the good pushes were read.
    """

    seed: int
    date: date
    streets: tuple[str, ...]
    events: tuple[Incident, ...]
    pushes: tuple[Push, ...]
    rows: tuple[WrittenRow, ...]

    @cached_property
    def known(self) -> Mapping[str, Truth]:
        """The truth by the case that a report opens: what a person learns who asks."""
        return {
            case_id(push.street, report_key(Source(push.source), push.source_no)): push.truth
            for push in self.pushes
            if push.truth is not None
        }

    def things(self) -> dict[str, str]:
        """What the case of each push would tell of, by the id that it would have."""
        return {
            case_id(push.street, report_key(Source(push.source), push.source_no)): push.thing
            for push in self.pushes
            if push.thing
        }


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
    rows: list[_TimedRow] = []
    for street in streets:
        incidents, pushed, timed = _street_day(rules, seed, date, street, scale)
        events += incidents
        pushes += pushed
        rows += timed
    pushes.sort(key=lambda push: (push.at, push.source_no, push.value))
    events.sort(key=lambda event: (event.at, event.event_id))
    rows.sort(key=lambda row: row.at)
    written = tuple(row.row for row in rows)
    return Day(seed, date, tuple(streets), tuple(events), tuple(_marked(pushes)), written)


def _street_day(
    rules: Rules, seed: int, day: date, street: str, scale: float
) -> tuple[list[Incident], list[Push], list[_TimedRow]]:
    """The street's incidents, its pushes in no order, and the rows of which the good ones were read."""
    place = StreetMap(rules.streets[street], rules.locator.gazetteer)
    desk = ReportDesk(place, chance(seed, day, street, "reports"))
    endless = endless_incidents(rules, place, seed, day)
    reports_wanted = max(1, round(REPORTS_PER_STREET * scale))
    incidents = _enough(endless, reports_wanted)
    others = islice(endless_other_calls(rules, place, seed, day), round(reports_wanted * OTHER_CALLS_SHARE))
    storm = chance(seed, day, street, "storms")
    reports: list[IncidentReport] = []
    for event in (*incidents, *others):
        reports += desk.reports_of(event) if event.device is None else alarms(event, desk, storm)
    repeated = list(_repushes(reports, chance(seed, day, street, "repushes")))
    spoilt = chance(seed, day, street, "poison")
    bad = [
        next(desk.reports_of(next(incident for incident in endless if incident.device is None)))
        for _ in range(max(1, round(reports_wanted * BAD_SHARE)))
    ]
    read = read_rows([report.row for report in (*reports, *repeated, *bad)], rules)
    pushes = [_push(report, row) for report, row in zip(reports, read, strict=False)]
    again = read[len(reports) : len(reports) + len(repeated)]
    pushes += [
        replace(_push(report, row), expectation="repush") for report, row in zip(repeated, again, strict=True)
    ]
    kinds = spoilt.sample(POISONS, len(POISONS))
    for number, (report, row) in enumerate(zip(bad, read[-len(bad) :], strict=True)):
        pushes += _spoilt(_push(report, row), row, kinds[number % len(kinds)], spoilt)
    events = [incident for incident in incidents if incident.real] + [report.incident for report in bad]
    return events, pushes, [_TimedRow(report.at, report.row) for report in (*reports, *repeated)]


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


def _push(report: IncidentReport, row: ReadRow) -> Push:
    event = report.incident
    return Push(
        at=report.at,
        source=report.source.value,
        source_no=row.report.source_no,
        street=event.street,
        value=encode(row.content),
        expectation="valid",
        event_id=event.event_id if event.real else None,
        thing=event.event_id,
        truth=Truth(event.matter, event.kind, event.facts.scene.grid, event.facts.scene.lonlat),
        format=report.row.format,
    )


def _repushes(reports: Sequence[IncidentReport], draw: Random) -> Iterator[IncidentReport]:
    """The same number again: mostly the same row (a retry), sometimes with more in it (an amended order)."""
    for report in reports:
        if draw.random() >= REPUSHED_SHARE:
            continue
        again = replace(report, at=report.at + timedelta(seconds=draw.randrange(20, 5400)))
        if draw.random() < CHANGED_SHARE and report.source is not Source.MONITOR:
            again = replace(again, row=amended(report.row))
        yield again


def _spoilt(good: Push, row: ReadRow, kind: Poison, draw: Random) -> Iterator[Push]:
    """A bad record of a real incident, and sometimes the same report again, mended."""
    yield replace(
        good,
        street=kind.key or good.street,
        value=kind.spoil(row.content, draw),
        expectation=kind.expects,
        event_id=None,
        thing="",
        truth=None,
    )
    if draw.random() < MENDED_SHARE:
        yield replace(good, at=good.at + timedelta(seconds=draw.randrange(120, 1800)))


def _marked(pushes: Sequence[Push]) -> Iterator[Push]:
    """Of several reports of one incident the first pushed is valid, the others are duplicates."""
    seen: set[str] = set()
    for push in pushes:
        if push.expectation == "valid" and push.thing in seen:
            yield replace(push, expectation="duplicate_of_event")
            continue
        if push.expectation == "valid":
            seen.add(push.thing)
        yield push
