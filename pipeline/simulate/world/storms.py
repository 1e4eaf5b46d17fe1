"""Alarm storms: one device repeats the same alarm within minutes."""

from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Final

from pipeline.simulate.world.ground_truth import Incident
from pipeline.simulate.world.reports import IncidentReport, ReportDesk

STORM_SHARE: Final = 0.06
AGAIN_SHARE: Final = 0.3
STORM_ALARMS: Final = (6, 20)
ALARMS_EACH: Final = 1.0 + STORM_SHARE * 13 + (1 - STORM_SHARE) * AGAIN_SHARE * 1.5
"""The mean number of alarms of one incident."""


def alarms(incident: Incident, desk: ReportDesk, draw: Random) -> Iterator[IncidentReport]:
    """All alarms of one incident: mostly one, sometimes two or three, rarely a storm."""
    at = incident.at
    yield desk.alarm(incident, at)
    for gap_s in _gaps(draw):
        at += timedelta(seconds=gap_s)
        yield desk.alarm(incident, at)


def _gaps(draw: Random) -> list[int]:
    if draw.random() < STORM_SHARE:
        return [draw.randrange(15, 90) for _ in range(draw.randint(*STORM_ALARMS))]
    if draw.random() < AGAIN_SHARE:
        return [draw.randrange(120, 560) for _ in range(draw.randint(1, 2))]
    return []
