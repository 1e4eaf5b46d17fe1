"""When incidents happen: a weight per hour of the day for each profile, and when each source is awake. Tables only."""

from collections.abc import Mapping
from typing import Final

from schemas.values.terms import Source

Weights = tuple[float, ...]


def _hours(text: str) -> Weights:
    """24 weights, one digit per hour from midnight on."""
    digits = tuple(float(digit) for digit in text.replace(" ", ""))
    if len(digits) != 24:
        raise ValueError("a profile has 24 digits")
    return digits


#                    0-5    6-11   12-17  18-23
PROFILES: Final[Mapping[str, Weights]] = {
    "flat": _hours("222222 344444 444444 444333"),
    "day": _hours("000001 368887 557876 532110"),
    "morning": _hours("000014 899764 444444 553211"),
    "commute": _hours("000000 289643 344468 975321"),
    "shop": _hours("000000 024678 766677 887421"),
    "meals": _hours("000001 355457 974336 999742"),
    "barbecue": _hours("530000 000001 221125 799997"),
    "evening": _hours("310000 343333 333346 999985"),
    "night": _hours("999862 100000 000000 113589"),
    "noise": _hours("432110 123444 644444 688998"),
    "dogs": _hours("000014 986432 222247 988521"),
    "street_trade": _hours("100002 587435 643579 999851"),
    "site_traffic": _hours("444345 799887 667788 654444"),
}

AWAKE: Final[Mapping[Source, Weights]] = {
    Source.PATROL: _hours("000000 379997 467998 543100"),
    Source.HOTLINE_12345: _hours("321112 479987 667898 887654"),
    Source.HOTLINE_12319: _hours("211111 479987 667898 886532"),
    Source.MONITOR: _hours("555556 788888 888888 888876"),
}


def hour_weights(profile: str, source: Source) -> Weights:
    """The weight of each hour for an incident of this profile to be reported by this source."""
    return tuple(a * b for a, b in zip(PROFILES[profile], AWAKE[source], strict=True))
