"""How numbers are written. A share of fewer than `FEW` cases is written as the cases themselves, such as 17/18."""

from typing import Final

from pipeline.indicators.indicator_table import Indicator, IndicatorUnit
from pipeline.monthly.counting import CountedIndicator
from pipeline.monthly.monthly_goals import IndicatorGoal

FEW: Final = 20
"""From so many cases on a percentage says something."""

NOTHING: Final = "—"
"""There was nothing to count."""

_UNITS: Final = {IndicatorUnit.HOURS: "小时", IndicatorUnit.DAYS: "天"}


def value_of(indicator: Indicator, counted: CountedIndicator) -> str:
    """The value, in the indicator's unit."""
    if counted.value is None:
        return NOTHING
    if indicator.unit is IndicatorUnit.SHARE:
        return share(counted.numerator, counted.denominator or 0)
    if indicator.unit is IndicatorUnit.CASES:
        return count(counted.value)
    return f"{counted.value:,.2f} {_UNITS[indicator.unit]}"


def change_of(indicator: Indicator, now: CountedIndicator, before: CountedIndicator) -> str:
    """By how much the value differs from the one before; of shares in percentage points, none of fewer than `FEW` cases."""
    if now.value is None or before.value is None:
        return ""
    few = min(now.denominator or FEW, before.denominator or FEW) < FEW
    difference = now.value - before.value
    if indicator.unit is IndicatorUnit.SHARE:
        return "" if few else signed(difference * 100, 1, " pp")
    return signed(difference, 0 if indicator.unit is IndicatorUnit.CASES else 2)


def goal_text(indicator: Indicator, goal: IndicatorGoal, now: CountedIndicator) -> str:
    """The goal, and whether it is met; of fewer than `FEW` cases the goal alone."""
    bound = (
        f"{goal.bound * 100:g}%"
        if indicator.unit is IndicatorUnit.SHARE
        else f"{goal.bound:g} {_UNITS.get(indicator.unit, '')}"
    )
    written = f"{'≥' if goal.least else '≤'} {bound.strip()}"
    if now.value is None or (now.denominator or FEW) < FEW:
        return written
    return f"{written} {'✓' if goal.is_met(now.value) else '✗'}"


def parts_of(indicator: Indicator, counted: CountedIndicator) -> str:
    """Numerator and denominator."""
    if counted.denominator is None:
        return ""
    numerator = counted.numerator
    many = count(numerator) if indicator.unit is IndicatorUnit.SHARE else f"{numerator:,.2f}"
    return f"{many} / {count(counted.denominator)}"


def share(part: float, whole: int) -> str:
    """As a percentage, or of few as the cases themselves."""
    if whole == 0:
        return NOTHING
    return f"{part / whole:.1%}" if whole >= FEW else f"{count(part)}/{count(whole)}"


def count(number: float) -> str:
    """A whole number."""
    return f"{number:,.0f}"


def signed(number: float, digits: int, unit: str = "") -> str:
    """With its sign; nothing of what is nothing at so many digits."""
    written = f"{number:+,.{digits}f}"
    return "±0" if float(written.replace(",", "")) == 0 else f"{written}{unit}"


def hours(seconds: float) -> str:
    """A length of time in minutes, or where it is long in hours. No days: a working day is no day of 24 hours."""
    return f"{seconds / 60:,.0f} min" if seconds < 5_400 else f"{seconds / 3600:,.1f} h"
