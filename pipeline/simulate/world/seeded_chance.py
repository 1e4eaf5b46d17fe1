"""Chance from a seed: one stream per concern, so that a change in one concern leaves the others as they were.

Nothing in `simulate` draws from any other source of chance, and only the demo's clock reads the real time.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from random import Random
from typing import Final, TypeVar

T = TypeVar("T")

LOCAL: Final = timezone(timedelta(hours=8), "Asia/Shanghai")
"""Business time: one offset the whole year, no summer time."""


def chance(*parts: object) -> Random:
    """The stream named by `parts`: the same parts give the same numbers, everywhere and always."""
    name = "/".join(str(part) for part in parts)
    return Random(int.from_bytes(hashlib.sha256(name.encode()).digest()[:16]))


def photo_hash(*parts: object) -> str:
    """The hash of a photo that exists only by name."""
    return hashlib.sha256("/".join(str(part) for part in ("photo", *parts)).encode()).hexdigest()


def weighted(random: Random, options: Sequence[T], weights: Sequence[float]) -> T:
    """One of `options`, drawn by its weight."""
    return random.choices(options, weights)[0]


def later(moment: datetime, random: Random, least_s: float, mean_s: float, most_s: float) -> datetime:
    """A time whole seconds after `moment`: at least `least_s`, at most `most_s`, `mean_s` on average before the cut."""
    drawn = least_s + random.expovariate(1.0 / max(1.0, mean_s - least_s))
    return moment + timedelta(seconds=int(min(most_s, drawn)))
