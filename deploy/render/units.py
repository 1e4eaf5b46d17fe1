"""Numbers in Grafana's notation, by unit and decimals."""

from typing import Final

_SECONDS: Final = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))
_MANY: Final = ((1e9, "Bil"), (1e6, "Mil"), (1e3, "K"))


def written(value: float, unit: str, decimals: int | None) -> str:
    """The text of a number."""
    if value != value:
        return "NaN"
    if unit == "percentunit":
        return f"{value * 100:.{1 if decimals is None else decimals}f}%"
    if unit == "s":
        return _time(value)
    if unit == "h":
        return f"{_plain(value, decimals)} h" if abs(value) < 24 else f"{_plain(value / 24, decimals)} d"
    if unit == "d":
        return f"{_plain(value, decimals)} d"
    if unit == "cps":
        return f"{_short(value, decimals)} c/s"
    return _short(value, decimals)


def _time(seconds: float) -> str:
    if abs(seconds) < 1:
        return "0 s" if seconds == 0 else f"{_plain(seconds * 1000, None)} ms"
    for size, name in _SECONDS:
        if abs(seconds) >= size:
            return f"{_plain(seconds / size, None)} {name}"
    return f"{_plain(seconds, None)} s"


def _short(value: float, decimals: int | None) -> str:
    for size, name in _MANY:
        if abs(value) >= size and not (size == 1e3 and abs(value) < 10_000 and decimals == 0):
            return f"{_plain(value / size, None)} {name}"
    return _plain(value, decimals)


def _plain(value: float, decimals: int | None) -> str:
    if decimals is not None:
        return f"{value:.{decimals}f}"
    if value == int(value):
        return f"{value:.0f}"
    if abs(value) < 0.1:
        return f"{value:.2g}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
