"""The examples in docstrings of pure arithmetic are true."""

import doctest
from datetime import UTC, date, datetime

import pytest

from pipeline.core.penalty import late_fee
from pipeline.core.rules import grid, law, redaction
from pipeline.core.worktime import clock_arithmetic
from pipeline.core.worktime.office_hours import CalendarYear, OfficeHours, WorkCalendar

MODULES = (grid, late_fee, law, redaction, clock_arithmetic)
NAMES = {
    "WorkCalendar": WorkCalendar,
    "OfficeHours": OfficeHours,
    "CalendarYear": CalendarYear,
    "date": date,
    "datetime": datetime,
    "UTC": UTC,
}


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_the_examples_of_a_module_are_true(module):
    """Each module has at least one example, and every example gives what it says."""
    failed, attempted = doctest.testmod(module, extraglobs=NAMES)
    assert attempted > 0
    assert failed == 0
