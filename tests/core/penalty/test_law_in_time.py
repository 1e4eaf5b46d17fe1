"""Which law holds when: the day of the breach decides, a lighter new law wins (行政处罚法 37)."""

from datetime import date, datetime

import pytest

from pipeline.core.rules.law import Amounts
from pipeline.core.rules.law_in_time import BasisInTime, FineRange, bases, holding, range_of
from pipeline.core.worktime.office_hours import SHANGHAI
from schemas.values.penalty_terms import PartyKind
from tests.core.story import RULES, Story

OLD_UNTIL, NEW_FROM = date(2026, 8, 14), date(2026, 8, 15)
CODE, BEFORE = "《生态环境法典》第250、1132条", "《大气污染防治法》第81、118条"


def fines(old: int, new: int) -> tuple[FineRange, FineRange]:
    """An old range until 2026-08-14 and a new one, by their most."""
    return (
        FineRange(Amounts(500, 500), Amounts(old, old), "old", until=OLD_UNTIL),
        FineRange(Amounts(500, 500), Amounts(new, new), "new", since=NEW_FROM),
    )


@pytest.mark.parametrize(
    ("breach", "decided", "most", "cited"),
    [
        (date(2026, 8, 14), date(2026, 8, 14), (5000, 9000), "old"),
        (date(2026, 8, 14), date(2026, 9, 1), (5000, 9000), "old"),
        (date(2026, 8, 15), date(2026, 9, 1), (5000, 9000), "new"),
        (date(2026, 8, 14), date(2026, 9, 1), (9000, 5000), "new"),  # the lighter new law wins
        (date(2026, 8, 14), date(2026, 9, 1), (5000, 5000), "old"),
        (date(2025, 12, 31), date(2026, 1, 1), (9000, 5000), "old"),
        (date(2025, 12, 31), date(2027, 1, 1), (9000, 5000), "new"),
    ],
)
def test_the_day_of_the_breach_decides_unless_the_new_law_is_lighter(breach, decided, most, cited):
    """Both days belong to the time of a law; over a year's end too."""
    found = range_of(fines(*most), breach, decided, PartyKind.CITIZEN)
    assert found is not None
    assert found.cited == cited


def test_where_the_range_of_the_breach_is_unknown_nothing_is_judged():
    """A person decides, who sees both laws."""
    assert range_of(fines(5000, 9000)[1:], OLD_UNTIL, NEW_FROM, None) is None


@pytest.mark.parametrize(("day", "said"), [(OLD_UNTIL, [BEFORE]), (NEW_FROM, [CODE])])
def test_the_shipped_rules_name_the_law_of_the_day(day, said):
    """The four environmental laws until 2026-08-14, the code from the day after: as others say."""
    assert [basis.cited for basis in holding(RULES.matters["HB-002"].legal_basis, day)] == said


def test_a_law_that_came_after_the_breach_is_named_beside_the_old_one():
    """On the assignment, with the reason; before it came it is not named."""
    story = Story()
    story.report(matter="SR-001", occurred_at=datetime(2026, 8, 14, 23, 59, tzinfo=SHANGHAI).isoformat())
    laws = (
        BasisInTime("old", until=OLD_UNTIL),
        BasisInTime("always"),
        BasisInTime("new", since=NEW_FROM, as_later="new, if lighter"),
    )
    later = datetime(2026, 8, 15, tzinfo=SHANGHAI)
    assert bases(laws, story.case, later) == ("old", "always", "new, if lighter")
    assert bases(laws, story.case, datetime(2026, 8, 14, 23, 59, tzinfo=SHANGHAI)) == ("old", "always")
