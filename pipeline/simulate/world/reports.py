"""Reports of an incident: their content as each source writes it, and when it pushes them."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Final

from pipeline.core.rules.grid import LonLat, from_wgs84
from pipeline.simulate.world import persons, wording
from pipeline.simulate.world.ground_truth import Incident
from pipeline.simulate.world.seeded_chance import LOCAL, later, photo_hash, weighted
from pipeline.simulate.world.street import StreetMap, moved
from schemas.values.terms import Crs, Source

Content = dict[str, object]

FIRST_JITTER_M: Final = 20.0
NEAR_JITTER_M: Final = 24.0
"""Both jitters together stay below 50 m, so that the duplicate rule sees one spot."""

FAR_M: Final = (65.0, 190.0)
FAR_SHARE: Final = 0.12
TWIN_SHARE: Final = 0.07
LATE_UPLOAD_SHARE: Final = 0.06
HOTLINES: Final = (Source.HOTLINE_12345, Source.HOTLINE_12319)
"""Of the simulated city; a call may reach both."""


@dataclass(frozen=True, slots=True)
class IncidentReport:
    """One report of an incident, pushed at `at`."""

    incident: Incident
    source: Source
    source_no: str
    at: datetime
    content: Content


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
        first = first or self._call(incident, incident.first, incident.at, FIRST_JITTER_M)
        yield first
        if incident.self_disposed:
            return
        reports = [first]
        for _ in range(incident.repeats):
            at = self._later_that_day(incident.at)
            jitter = self._draw.uniform(*FAR_M) if self._draw.random() < FAR_SHARE else NEAR_JITTER_M
            source = weighted(self._draw, (*HOTLINES, Source.PATROL), (0.55, 0.27, 0.18))
            again = self._patrol if source is Source.PATROL else None
            reports.append(again(incident, at, jitter) if again else self._call(incident, source, at, jitter))
            yield reports[-1]
        for call in reports:
            if call.source in HOTLINES and self._draw.random() < TWIN_SHARE:
                yield self._twin(call)

    def alarm(self, incident: Incident, at: datetime) -> IncidentReport:
        """One alarm of the incident's device."""
        if incident.device is None:
            raise LookupError("no device saw it")
        draw, device = self._draw, incident.device
        confidence = round(min(0.99, draw.gauss(0.84 if incident.real else 0.71, 0.07)), 2)
        dwell_s = draw.randrange(180, 600)
        number = f"{device.id}-{incident.at:%Y%m%d}-{self._next(Source.MONITOR):05d}"
        label = wording.phrases()[incident.matter].seen
        lon, lat = device.scene.lonlat
        photo = {
            "sha256": photo_hash(number),
            "kind": "photo",
            "taken_at": at.isoformat(),
            "device": device.id,
            "uri": f"s3://snapshots/{device.id}/{at:%Y%m%d%H%M%S}.jpg",
        }
        content: Content = {
            "source": Source.MONITOR.value,
            "source_no": number,
            "street": incident.street,
            "matter": incident.matter,
            "reported_at": (at + timedelta(milliseconds=draw.randrange(200, 3000))).isoformat(
                timespec="milliseconds"
            ),
            "place": {"grid": device.scene.grid, "point": {"lon": lon, "lat": lat, "crs": "WGS84"}},
            "text": wording.alarm_text(incident.matter, incident.facts, confidence, dwell_s, draw),
            "occurred_at": at.isoformat(timespec="milliseconds"),
            "alarm": {
                "device": device.id,
                "algorithm": f"{label.algorithm if label else 'unknown'}-2.3",
                "confidence": confidence,
                "dwell_s": dwell_s,
            },
            "evidence": [photo],
        }
        reviewed = draw.random() < 0.2
        pushed = later(at, draw, 60, 240, 600) if reviewed else later(at, draw, 4, 6, 30)
        return IncidentReport(incident, Source.MONITOR, number, pushed, content)

    def _call(self, incident: Incident, source: Source, at: datetime, jitter_m: float) -> IncidentReport:
        draw = self._draw
        number = f"{incident.street[:4]}00-{incident.at:%Y%m%d}-{incident.street[4:]}{self._next(source):05d}"
        if source is Source.HOTLINE_12319:
            number = f"CG{number}"
        who = persons.citizen(draw)
        content: Content = {
            "source": source.value,
            "source_no": number,
            "street": incident.street,
            "matter": incident.matter,
            "reported_at": at.isoformat(),
            "place": self._call_place(incident, jitter_m),
            "text": self._call_text(incident, at, who),
            "urgency": weighted(draw, ("normal", "urgent", "critical"), (0.92, 0.065, 0.015)),
        }
        if draw.random() < 0.5:
            content["occurred_at"] = (at - timedelta(minutes=draw.randrange(2, 90))).isoformat()
        if who is not None:
            content["caller"] = who.content()
            content["call_back"] = draw.random() < 0.9
        return IncidentReport(incident, source, number, later(at, draw, 90, 360, 1500), content)

    def _call_text(self, incident: Incident, at: datetime, who: persons.Citizen | None) -> str:
        text = wording.call_text(incident.matter, incident.facts, at, self._draw)
        if who and who.phone and who.name and self._draw.random() < 0.05:
            # operators do type it into the wrong field, where redaction has to find it
            text += f"联系人{who.name},电话{who.phone}。"
        return text

    def _call_place(self, incident: Incident, jitter_m: float) -> Content:
        draw, scene = self._draw, incident.facts.scene
        loose = draw.random() < 0.25
        address = scene.loose_address if loose else scene.address
        if draw.random() < 0.2:
            address = f"万柏林区{address}" if incident.street.startswith("140109") else address
        form = draw.random()
        if form < 0.18:
            return {"address": address}
        where = self._jittered(scene.lonlat, jitter_m)
        lon, lat = (round(degree, 6) for degree in from_wgs84(*where, Crs.GCJ02))
        point = {"lon": lon, "lat": lat, "crs": "GCJ02"}
        return {"point": point} if form > 0.88 else {"address": address, "point": point}

    def _patrol(self, incident: Incident, at: datetime, jitter_m: float) -> IncidentReport:
        draw, scene = self._draw, incident.facts.scene
        where = self._jittered(scene.lonlat, min(jitter_m, 12.0) if jitter_m < FAR_M[0] else jitter_m)
        grid = self._place.grids.grid_at(*where) or scene.grid
        member = persons.grid_member(grid)
        number = f"G{incident.street}-{member}-{incident.at:%Y%m%d}-{self._next(Source.PATROL):05d}"
        crs = Crs.GCJ02 if draw.random() < 0.12 else Crs.WGS84
        lon, lat = (round(degree, 6) for degree in from_wgs84(*where, crs))
        accuracy = round(draw.uniform(3, 15), 1)
        phases = ("photo_before", "photo_after") if incident.self_disposed else ("photo_before",)
        content: Content = {
            "source": Source.PATROL.value,
            "source_no": number,
            "street": incident.street,
            "matter": incident.matter,
            "reported_at": at.isoformat(),
            "place": {
                "grid": grid,
                "point": {"lon": lon, "lat": lat, "crs": crs.value, "accuracy_m": accuracy},
            },
            "text": self._patrol_text(incident),
            "reporter": member,
            "evidence": self._photos(number, at, phases),
        }
        if incident.self_disposed:
            content["self_disposed"] = True
        late = draw.random() < LATE_UPLOAD_SHARE
        pushed = later(at, draw, 1200, 4800, 4 * 3600) if late else later(at, draw, 5, 25, 120)
        return IncidentReport(incident, Source.PATROL, number, pushed, content)

    def _patrol_text(self, incident: Incident) -> str:
        write = wording.settled_note if incident.self_disposed else wording.patrol_note
        return write(incident.matter, incident.facts, self._draw)

    def _photos(self, number: str, at: datetime, phases: tuple[str, ...]) -> list[Content]:
        before = at - timedelta(seconds=self._draw.randrange(400, 1500) if len(phases) > 1 else 40)
        moments = (before, at - timedelta(seconds=20))
        return [
            {"sha256": photo_hash(number, phase), "kind": phase, "taken_at": moment.isoformat()}
            for phase, moment in zip(phases, moments, strict=False)
        ]

    def _twin(self, call: IncidentReport) -> IncidentReport:
        """The same call in the other hotline: the caller dialled both, or one hotline passed it to the other."""
        other = HOTLINES[1 - HOTLINES.index(call.source)]
        number = f"{call.source_no.removeprefix('CG')}-{'T' if other is HOTLINES[0] else 'C'}"
        content = {**call.content, "source": other.value, "source_no": number}
        return IncidentReport(
            call.incident, other, number, later(call.at, self._draw, 120, 600, 1800), content
        )

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


def encode(content: object) -> bytes:
    """The JSON that a source pushes."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
