"""What the street's people know of the shipped rules: which partners come for a matter, and which matters may be fined, and how.

Tables only; a test compares them with the rules.
"""

from collections.abc import Mapping
from typing import Final

PARTNERS: Final[Mapping[str, tuple[str, ...]]] = {
    "SR-011": ("traffic-police", "sanitation", "ecology-bureau"),
    "SR-012": ("traffic-police", "housing-bureau", "ecology-bureau", "district-city-management"),
    "SR-013": ("traffic-police", "sanitation", "ecology-bureau"),
    "WJ-001": ("planning-bureau", "housing-bureau", "district-city-management", "police-station"),
    "WJ-002": (
        "planning-bureau",
        "district-city-management",
        "police-station",
        "housing-bureau",
        "community-committee",
    ),
    "WJ-003": ("planning-bureau", "district-city-management"),
    "WJ-005": ("property-company", "community-committee", "planning-bureau", "police-station"),
    "SZ-001": ("traffic-police", "district-city-management", "pipeline-owner"),
    "SZ-004": ("gas-company", "fire-brigade", "emergency-bureau", "police-station"),
    "SZ-005": ("gas-company", "fire-brigade", "market-supervision", "emergency-bureau"),
    "YL-002": ("parks", "police-station"),
    "YL-003": ("parks", "planning-bureau", "community-committee"),
    "HB-001": ("ecology-bureau", "market-supervision"),
    "HB-002": ("ecology-bureau", "market-supervision", "police-station"),
    "HB-004": ("housing-bureau", "ecology-bureau", "builder"),
    "HB-005": ("ecology-bureau", "housing-bureau", "police-station", "builder"),
    "HB-006": ("police-station", "ecology-bureau", "market-supervision", "community-committee"),
    "SC-002": ("market-supervision", "health-bureau"),
    "SC-003": ("market-supervision", "traffic-police", "sanitation", "police-station"),
    "SC-004": ("culture-bureau", "police-station", "fire-brigade", "market-supervision"),
    "WY-001": ("housing-bureau", "property-company", "police-station"),
    "WY-002": ("housing-bureau", "police-station", "fire-brigade", "community-committee", "property-company"),
    "WY-004": ("police-station", "property-company", "community-committee"),
    "SW-001": ("water-bureau", "ecology-bureau", "district-city-management"),
    "SW-002": ("water-bureau", "ecology-bureau"),
    "XF-001": ("fire-brigade", "property-company", "traffic-police", "community-committee"),
    "XF-002": ("fire-brigade", "property-company", "community-committee", "police-station"),
    "XF-003": ("police-station", "emergency-bureau", "market-supervision"),
    "XF-004": ("fire-brigade", "emergency-bureau", "market-supervision"),
}
"""The matters of joint enforcement and the departments that come for them, the most needed first."""

SIMPLE: Final = frozenset(
    {
        "SR-001",
        "SR-002",
        "SR-005",
        "SR-006",
        "SR-007",
        "SR-008",
        "SR-009",
        "SR-010",
        "SR-011",
        "SR-016",
        "YL-001",
    }
)
"""Matters that a street fines by itself and on the spot (简易程序)."""

ORDINARY: Final = frozenset(
    {
        "SR-003",
        "SR-004",
        "SR-012",
        "SR-013",
        "SR-014",
        "SR-015",
        "WJ-001",
        "WJ-002",
        "HB-002",
        "WJ-003",
        "WJ-004",
        "WJ-005",
        "SZ-001",
        "SZ-002",
        "SZ-003",
        "SZ-007",
        "YL-002",
        "YL-003",
        "SC-003",
    }
)
"""Matters that a street fines by itself, but not on the spot (普通程序)."""
