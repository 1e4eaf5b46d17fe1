"""What an alarm must be to be taken on: how sure its device is, for how long it has seen it, and whether the spot is known for false ones.

Cameras are wrong three times in ten; unreviewed they start a case at most, and are no evidence (行政处罚法41).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from pipeline.core.rules.refusals import Refusal
from schemas.inputs.report import Alarm

ANY: Final = "any"
"""Stands for every algorithm that is not named, and of a muted spot for all of them."""
_VERSION: Final = re.compile(r"[-/_:.]v?[0-9][0-9.]*$")
_ZONE: Final = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class AlarmLimits:
    """Of one algorithm. `confirmations` alarms of one thing `within` that time are filed without a look; 0: somebody always looks."""

    confidence_min: float = 0.0
    dwell_min_s: int = 0
    confirmations: int = 0
    within: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class MutedSpot:
    """A device, or one algorithm of it, whose alarms are false there: none is taken on through the day `until`, and `why`."""

    device: str
    algorithm: str
    until: date
    why: str


@dataclass(frozen=True, slots=True)
class AlarmPolicy:
    """The limits by algorithm, its name without its version, and the spots that are muted."""

    limits: Mapping[str, AlarmLimits]
    muted: Sequence[MutedSpot] = ()

    def limits_of(self, algorithm: str) -> AlarmLimits:
        """Those of the algorithm as its devices call it, with its version or without."""
        named = self.limits.get(algorithm) or self.limits.get(kind_of(algorithm))
        return named or self.limits.get(ANY) or AlarmLimits()

    def faults(self, alarm: Alarm, at: datetime) -> Iterator[Refusal]:
        """Why the alarm is not taken on; nothing where it is. A device that says no confidence or dwell is not held to one."""
        limits = self.limits_of(alarm.algorithm)
        if alarm.confidence is not None and alarm.confidence < limits.confidence_min:
            yield Refusal("alarm_unsure", "alarm.confidence", f"at least {limits.confidence_min:g}")
        if alarm.dwell_s is not None and alarm.dwell_s < limits.dwell_min_s:
            yield Refusal("alarm_too_brief", "alarm.dwell_s", f"at least {limits.dwell_min_s} s")
        if (spot := self._muted(alarm, at.astimezone(_ZONE).date())) is not None:
            yield Refusal("alarm_muted", "alarm.device", f"after {spot.until}: {spot.why}")

    def _muted(self, alarm: Alarm, day: date) -> MutedSpot | None:
        names = (ANY, alarm.algorithm, kind_of(alarm.algorithm))
        ours = (spot for spot in self.muted if spot.device == alarm.device and spot.algorithm in names)
        return next((spot for spot in ours if day <= spot.until), None)

    def is_confirmed(self, alarm: Alarm, at: datetime, before: Sequence[datetime]) -> bool:
        """Whether with this alarm, `at`, and those that came `before` for the same thing nobody need look."""
        limits = self.limits_of(alarm.algorithm)
        recent = sum(at - earlier <= limits.within for earlier in before)
        return 0 < limits.confirmations <= recent + 1


def kind_of(algorithm: str) -> str:
    """An algorithm without its version.

    >>> kind_of("street_vendor-2.3"), kind_of("fire/v4"), kind_of("smoke")
    ('street_vendor', 'fire', 'smoke')
    """
    return _VERSION.sub("", algorithm)
