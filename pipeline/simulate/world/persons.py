"""Who reports: grid members by number, and callers. All are invented; the phones are of a range kept for examples."""

from dataclasses import dataclass
from random import Random
from typing import Final

PHONE_PREFIX: Final = "1380000"
"""Every phone of the simulation begins with this."""

GRIDS_PER_MEMBER: Final = 3


@dataclass(frozen=True, slots=True)
class Citizen:
    """A fictitious caller. `phone` has the operator's spelling."""

    name: str | None
    phone: str | None
    secret: bool

    def content(self) -> dict[str, object]:
        """The caller as a field of a report."""
        fields = {"name": self.name, "phone": self.phone, "secret": self.secret}
        return {key: value for key, value in fields.items() if value is not None}


def citizen(draw: Random) -> Citizen | None:
    """A caller; None for one who stays anonymous."""
    if draw.random() < 0.06:
        return None
    digits = f"{PHONE_PREFIX}{draw.randrange(10_000):04d}"
    name = draw.choice(_SURNAMES) + draw.choice(_FORMS)
    return Citizen(name, _typed(digits, draw) if draw.random() < 0.95 else None, draw.random() < 0.15)


def grid_member(grid: str) -> str:
    """The member who patrols `grid`."""
    return f"W{grid[9:12]}{(int(grid[12:]) - 1) // GRIDS_PER_MEMBER:02d}"


def _typed(digits: str, draw: Random) -> str:
    form = draw.random()
    if form < 0.88:
        return digits
    if form < 0.94:
        return f"{digits[:3]} {digits[3:7]} {digits[7:]}"
    if form < 0.97:
        return f"+86 {digits}"
    return digits.translate(_FULL_WIDTH)


_FULL_WIDTH: Final = {ord("0") + digit: 0xFF10 + digit for digit in range(10)}
_SURNAMES: Final = tuple("王李张刘陈杨赵黄周吴郝郭武贾")
_FORMS: Final = ("某", "某某", "女士", "先生", "阿姨", "师傅", "测试")
