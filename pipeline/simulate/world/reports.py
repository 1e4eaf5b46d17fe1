"""Reports of an incident: the rows that each source writes of it, and when it pushes them."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import Final

from pipeline.core.rules.grid import LonLat
from pipeline.simulate.world import persons, row_formats, said_places, wording
from pipeline.simulate.world.ground_truth import Incident
from pipeline.simulate.world.row_formats import Call, DeviceAlarm, Find, WrittenRow
from pipeline.simulate.world.seeded_chance import LOCAL, later, weighted
from pipeline.simulate.world.street import StreetMap, moved
from schemas.values.terms import Crs, Source

FIRST_JITTER_M: Final = 20.0
NEAR_JITTER_M: Final = 24.0
"""How far from the place a reporter stands, who is there; and how far one who is not."""

FAR_M: Final = (65.0, 190.0)
FAR_SHARE: Final = 0.12
TWIN_SHARE: Final = 0.07
LATE_UPLOAD_SHARE: Final = 0.06
HOTLINES: Final = (Source.HOTLINE_12345, Source.HOTLINE_12319)
"""Of the simulated city; a call may reach both."""

TEXT_ONLY_SHARE: Final = 0.12
"""Of the calls: the place is said in the text alone."""

NOWHERE_SHARE: Final = 0.02
"""Of the calls: nobody said where it is."""

SAID_TWICE_SHARE: Final = 0.45
"""Of the calls with an address: the text says the place as well."""


@dataclass(frozen=True, slots=True)
class IncidentReport:
    """One report of an incident, pushed at `at`. `call`: what the hotline knows, where it is one's."""

    incident: Incident
    source: Source
    source_no: str
    at: datetime
    row: WrittenRow
    call: Call | None = None


class ReportDesk:
    """Numbers the reports of one street and day, and writes them."""

    def __init__(self, place: StreetMap, draw: Random) -> None:
        """Numbering starts at 1."""
        self._place = place
        self._draw = draw
        self._counts: Counter[Source] = Counter()

    def reports_of(self, incident: Incident) -> Iterator[IncidentReport]:
        """The first report by a person, then everybody else's."""
        first = (
            self._patrol(incident, incident.at, FIRST_JITTER_M) if incident.first is Source.PATROL else None
        )
        first = first or self._call(incident, incident.first, incident.at)
        yield first
        if incident.self_disposed:
            return
        reports = [first]
        for _ in range(incident.repeats):
            at = self._later_that_day(incident.at)
            jitter = self._draw.uniform(*FAR_M) if self._draw.random() < FAR_SHARE else NEAR_JITTER_M
            source = weighted(self._draw, (*HOTLINES, Source.PATROL), (0.55, 0.27, 0.18))
            is_find = source is Source.PATROL
            reports.append(
                self._patrol(incident, at, jitter) if is_find else self._call(incident, source, at)
            )
            yield reports[-1]
        for report in reports:
            if report.call and self._draw.random() < TWIN_SHARE:
                yield self._twin(report, report.call)

    def alarm(self, incident: Incident, at: datetime) -> IncidentReport:
        """One alarm of the incident's device."""
        if incident.device is None:
            raise LookupError("no device saw it")
        draw, device = self._draw, incident.device
        confidence = round(min(0.99, draw.gauss(0.84 if incident.real else 0.71, 0.07)), 2)
        dwell_s = draw.randrange(180, 600)
        label = wording.phrases()[incident.matter].seen
        row = row_formats.alarm_row(
            DeviceAlarm(
                device=device.id,
                number=self._next(Source.MONITOR),
                at=at,
                sent_at=at + timedelta(milliseconds=draw.randrange(200, 3000)),
                grid=device.scene.grid,
                lonlat=device.scene.lonlat,
                matter=incident.matter,
                algorithm=label.algorithm if label else "unknown",
                text=wording.alarm_text(incident.matter, incident.facts, confidence, dwell_s, draw),
                confidence=confidence,
                dwell_s=dwell_s,
            )
        )
        reviewed = draw.random() < 0.2
        pushed = later(at, draw, 60, 240, 600) if reviewed else later(at, draw, 4, 6, 30)
        return IncidentReport(incident, Source.MONITOR, "", pushed, row)

    def _call(self, incident: Incident, source: Source, at: datetime) -> IncidentReport:
        draw, scene = self._draw, incident.facts.scene
        who = persons.citizen(draw)
        words = (
            wording.other_body(incident.kind, incident.facts)
            if incident.kind
            else wording.body(incident.matter, incident.facts, draw)
        )
        kind = weighted(draw, *zip(*row_formats.HOTLINE_FORMATS[source.value].items(), strict=True))
        address, where = self._said_where(incident, has_field=kind in row_formats.WITH_ADDRESS)
        text = wording.call_text(words, where, at, draw, other=bool(incident.kind))
        if who and who.phone and who.name and draw.random() < 0.05:
            # operators do type it into the wrong field, where redaction has to find it
            text += f"联系人{who.name},电话{who.phone}。"
        phrases = wording.phrases()
        call = Call(
            number=self._number(source, kind, incident),
            at=at,
            street=incident.street,
            street_zh=self._place.name_zh,
            text=text,
            title=wording.title(words, draw),
            address=address,
            lonlat=moved(scene.lonlat, draw.uniform(0, NEAR_JITTER_M), draw.uniform(0, 360)),
            who=who,
            urgency=weighted(draw, ("normal", "urgent", "critical"), (0.92, 0.065, 0.015)),
            matter=incident.matter,
            filed=phrases[incident.matter].filed if incident.matter else "",
        )
        pushed = later(at, draw, 90, 360, 1500)
        return IncidentReport(
            incident, source, call.number, pushed, row_formats.call_row(call, kind, draw), call
        )

    def _said_where(self, incident: Incident, *, has_field: bool) -> tuple[str, str]:
        """What stands in the field of the address, and what the text says of the place; either may be empty."""
        draw, scene = self._draw, incident.facts.scene
        form = draw.random()
        if form < NOWHERE_SHARE:
            return "", ""
        spoken = said_places.spoken(scene, draw)
        if not has_field or form < NOWHERE_SHARE + TEXT_ONLY_SHARE:
            return "", spoken
        address = said_places.address(scene, incident.street, self._place.name_zh, draw)
        return address, spoken if draw.random() < SAID_TWICE_SHARE else ""

    def _number(self, source: Source, kind: str, incident: Incident) -> str:
        return f"{_NUMBERS[kind]}{incident.at:%Y%m%d}{incident.street[4:]}{self._next(source):05d}"

    def _patrol(self, incident: Incident, at: datetime, jitter_m: float) -> IncidentReport:
        draw, scene = self._draw, incident.facts.scene
        where = self._jittered(scene.lonlat, min(jitter_m, 12.0) if jitter_m < FAR_M[0] else jitter_m)
        grid = self._place.grids.grid_at(*where) or scene.grid
        member = persons.grid_member(grid)
        number = f"G{incident.street}-{member}-{incident.at:%Y%m%d}-{self._next(Source.PATROL):05d}"
        write = wording.settled_note if incident.self_disposed else wording.patrol_note
        find = Find(
            number=number,
            at=at,
            grid=grid,
            member=member,
            matter=incident.matter,
            text=write(incident.matter, incident.facts, draw),
            address=scene.address if draw.random() < 0.3 else "",
            lonlat=where,
            crs=Crs.GCJ02 if draw.random() < 0.12 else Crs.WGS84,
            accuracy_m=round(draw.uniform(3, 15), 1),
            phases=self._photos(at, settled=incident.self_disposed),
            self_disposed=incident.self_disposed,
        )
        late = draw.random() < LATE_UPLOAD_SHARE
        pushed = later(at, draw, 1200, 4800, 4 * 3600) if late else later(at, draw, 5, 25, 120)
        return IncidentReport(incident, Source.PATROL, number, pushed, row_formats.find_row(find))

    def _photos(self, at: datetime, *, settled: bool) -> tuple[tuple[str, datetime], ...]:
        before = at - timedelta(seconds=self._draw.randrange(400, 1500) if settled else 40)
        return (
            (("before", before), ("after", at - timedelta(seconds=20))) if settled else (("before", before),)
        )

    def _twin(self, report: IncidentReport, call: Call) -> IncidentReport:
        """The same call in the other hotline: the caller dialled both, or one hotline passed it to the other."""
        draw = self._draw
        other = HOTLINES[1 - HOTLINES.index(report.source)]
        kind = weighted(draw, *zip(*row_formats.HOTLINE_FORMATS[other.value].items(), strict=True))
        kind = kind if call.address == "" or kind in row_formats.WITH_ADDRESS else "12345-order"
        passed_on = replace(call, number=f"{_NUMBERS[kind]}{call.number}", passed_on=call.number)
        row = row_formats.call_row(passed_on, kind, draw)
        pushed = later(report.at, draw, 120, 600, 1800)
        return IncidentReport(report.incident, other, passed_on.number, pushed, row, passed_on)

    def _later_that_day(self, at: datetime) -> datetime:
        draw = self._draw
        wait_s = draw.uniform(6, 20) * 3600 if draw.random() < 0.08 else draw.expovariate(1 / 2400)
        end = datetime(at.year, at.month, at.day, 23, 59, 59, tzinfo=LOCAL)
        return at + timedelta(seconds=int(min(wait_s, (end - at).total_seconds())))

    def _jittered(self, lonlat: LonLat, metres: float) -> LonLat:
        apart = metres if metres >= FAR_M[0] else self._draw.uniform(0, metres)
        return moved(lonlat, apart, self._draw.uniform(0, 360))

    def _next(self, source: Source) -> int:
        self._counts[source] += 1
        return self._counts[source]


_NUMBERS: Final = {
    "12345-order": "GD",
    "12345-export": "TY",
    "12345-community": "SQ",
    "12319-record": "CG",
    "12319-push": "AJ",
}
"""How the orders' numbers of each format begin."""
