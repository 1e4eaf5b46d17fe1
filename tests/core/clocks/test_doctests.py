"""The examples beside the arithmetic of working time and clocks are right."""

import doctest
from datetime import date

import pytest

from pipeline.core.worktime import clock_arithmetic, office_hours, policy

EXAMPLES = {"date": date, "OfficeHours": office_hours.OfficeHours, "CalendarYear": office_hours.CalendarYear}
"""What examples need and their module does not."""


@pytest.mark.parametrize(
    "module", [office_hours, clock_arithmetic, policy], ids=lambda module: module.__name__
)
def test_the_examples_are_right(module):
    """Run as they stand."""
    result = doctest.testmod(module, extraglobs=EXAMPLES)
    assert result.attempted
    assert not result.failed
