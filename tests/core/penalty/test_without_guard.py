"""What each row of docs/law.md is worth: rules without it let the step pass, or refuse it for another reason."""

from dataclasses import replace

import pytest

from pipeline.core.rules.rules import Rules
from tests.core.penalty.test_guards import GUARDS, asked
from tests.core.proceedings import on_site, take, taken
from tests.core.story import RULES

FIRST = {row[0]: row for row in reversed(GUARDS)}


@pytest.mark.parametrize("row", FIRST.values(), ids=FIRST)
def test_without_its_guard_nothing_names_what_is_missing(row):
    """So the test of its row fails: the receipt that it waits for does not come."""
    guard, matter, source, before, step, wrong, *_ = row
    story = on_site(rules=without(guard), matter=matter or "SR-001", source=source or "12345")
    if matter == "SZ-002":
        take(story, "filed")
        before = "investigated"
    story = taken(story, before)
    story.wait(minutes=1)
    asked(story, step, wrong)
    assert story.last.receipts[0].code != guard


def without(guard: str) -> Rules:
    """The shipped rules less one guard."""
    guards = tuple(row for row in RULES.procedure.guards if row.code != guard)
    return replace(RULES, procedure=replace(RULES.procedure, guards=guards))
