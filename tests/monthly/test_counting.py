"""Indicators of small stories, as somebody counts them by hand; and windows, at whose edges nothing counts twice or not at all."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from pipeline.indicators.indicator_table import INDICATORS
from pipeline.monthly.counting import CountedIndicator, indicators_between
from pipeline.monthly.window import month_of
from schemas.journal.entry import JournalEntry
from tests.audit.good_story.good import good_story, in_a_grid
from tests.audit.good_story.good_penalties import elsewhere
from tests.core.story import RULES, START, Story
from tests.monthly.made import at


def counted(story: Story, since: timedelta = timedelta(), **after: float) -> Mapping[str, CountedIndicator]:
    """What happened from `since` after the story's beginning until so long after it."""
    entries = {0: [outcome.entry for outcome in story.outcomes]}
    return indicators_between(entries, START + since, START + timedelta(**after), RULES)


def in_month(story: Story, month: str) -> Mapping[str, CountedIndicator]:
    """What happened in a month."""
    return indicators_between({0: [o.entry for o in story.outcomes]}, *month_of(month), RULES)


def slowly(story: Story, minutes: int) -> Story:
    """Minute by minute, so that what is due fires in time."""
    for _ in range(minutes):
        story.wait(minutes=1)
    return story


def parts(got: Mapping[str, CountedIndicator], *keys: str) -> list[tuple[float, int | None]]:
    """Numerators and denominators."""
    return [(got[key].numerator, got[key].denominator) for key in keys]


def test_one_in_time_one_late_one_under_way_one_refused():
    """Three cases of two hours each and a report that is refused."""
    story = Story().report(place=elsewhere(1)).path("sign", "arrive", "dispose", "pass", "call")
    story.report(place=elsewhere(2)).act("return").report(matter="ZZ-999")
    story.act("sign").wait(hours=5, minutes=50).report(place=elsewhere(3)).wait(minutes=30)
    got = counted(story, hours=6)
    assert parts(got, "reports", "opened", "dispatches", "handled", "closed") == [
        (4, None), (3, None), (4, None), (1, None), (1, None),
    ]  # fmt: skip
    assert parts(got, "filed", "returned", "dispatched_rightly") == [(3, 4), (1, 4), (3, 4)]
    assert parts(got, "handled_on_time", "overdue_share") == [(1, 2), (1, 2)]
    assert parts(got, "closed_of_due", "closed_on_time") == [(1, 1), (1, 1)]
    assert parts(got, "signed_on_time", "contacted_on_time", "responded") == [(2, 2), (0, 1), (1, 1)]
    assert parts(got, "solved", "satisfied", "reworked", "two_officers") == [(1, 1), (1, 1), (0, 1), (1, 1)]
    assert got["handling_hours"] == CountedIndicator(3 / 60, 1, 3 / 60)
    assert parts(got, "open", "overdue", "due_today", "at_risk") == [
        (2, None),
        (1, None),
        (1, None),
        (0, None),
    ]


def test_an_unreasonable_demand_is_in_neither_share_and_one_that_is_not_is_in_both():
    """One caller content, one whose demand the hotline held unreasonable, one whose it did not: two calls, one of them solved."""
    done = ("sign", "arrive", "dispose", "pass")
    story = Story().report(place=elsewhere(1)).path(*done, "call")
    story.report(place=elsewhere(2)).path(*done, "demand", "consent")
    story.report(place=elsewhere(3)).path(*done, "demand").act(
        "decide", request="unreasonable", granted=False
    )
    got = counted(story, hours=6)
    assert parts(got, "solved", "satisfied", "unreasonable") == [(1, 2), (1, 2), (1, None)]


def test_who_is_satisfied_at_first_and_in_the_end_and_which_first_dispatch_was_right():
    """Two cases: one given back by its first team and then closed to the caller's content, one reworked until the caller was content."""
    done = ("arrive", "dispose", "pass")
    story = Story().report(place=elsewhere(1)).act("return").path("sign", *done, "call")
    story.report(place=elsewhere(2)).path("sign", *done, "unsolved", "sign", *done, "call")
    got = counted(story, hours=6)
    assert parts(got, "first_satisfied", "finally_satisfied", "satisfied") == [(1, 2), (2, 2), (2, 3)]
    assert parts(got, "first_dispatched_rightly", "dispatched_rightly") == [(1, 2), (3, 4)]


def test_there_and_back():
    """Reworked once, not solved, handled again, solved: three handlings, one closing, one reopening."""
    story = Story().path(
        "report", "sign", "arrive", "dispose", "fail", "arrive", "dispose", "pass", "unsolved"
    )
    story.path("sign", "arrive", "dispose", "pass", "call").wait(days=2)
    got = counted(story, days=1)
    assert parts(got, "handled", "closed", "dispatches") == [(3, None), (1, None), (2, None)]
    assert parts(got, "reworked", "reopened", "solved") == [(1, 3), (1, 1), (1, 2)]


def test_the_same_told_again():
    """By somebody else it is merged, by the same source it is repeated; a dead letter is no report."""
    story = Story().report(source_no="A").report(source_no="B").again()
    story.push_bytes("reports.v1", b"140109004", b"{rubbish").wait(days=3)
    got = counted(story, hours=1)
    assert parts(got, "reports", "opened", "duplicates") == [(3, None), (1, None), (1, 2)]


def test_a_case_that_is_split_off_is_opened_and_no_report():
    """The report was told of before."""
    story = Story().report(source_no="A").wait(minutes=2).report(source_no="B")
    story.act("split", source="12345", source_no="B").wait(days=3)
    got = counted(story, hours=1)
    assert parts(got, "reports", "opened") == [(2, None), (2, None)]


def test_nobody_claimed():
    """An offer that lapses is dispatched; nothing was claimed in time, and the squad's claim of another one was."""
    story = Story().report(source="patrol", caller=None, place=in_a_grid(3)).path("claim")
    slowly(story.report(source="patrol", caller=None, place=in_a_grid(4)), minutes=30).wait(days=2)
    got = counted(story, hours=1)
    assert parts(got, "dispatches", "opened", "self_disposed") == [(2, None), (2, None), (0, 2)]


def test_joint_enforcement():
    """It is a handling with a limit of its own: 65 minutes from its beginning to the disposal."""
    story = Story().report(matter="SZ-001").path("sign", "arrive", "whistle")
    for status in ("responded", "arrived", "done"):
        story.wait(minutes=20).act("joint_step", status=status)
    story.act("settle").wait(minutes=5).act("dispose").wait(days=9)
    got = counted(story, hours=8)
    assert parts(got, "handled", "handled_on_time") == [(1, None), (1, 1)]
    assert got["joint_days"].value == pytest.approx(65 / 1440)
    assert got["handling_hours"].value is None, "it was not handled alone"
    early = counted(story, minutes=30)
    assert parts(early, "open", "overdue", "due_today", "joint_days") == [
        (1, None),
        (0, None),
        (0, None),
        (0, 0),
    ]


def test_suspended_and_extended():
    """Of one dispatch each."""
    story = (
        Story().report(matter="SZ-001").path("sign", "extend", "suspend").wait(days=2, hours=1).wait(days=9)
    )
    got = counted(story, hours=1)
    assert parts(got, "extended", "suspended", "suspended_now") == [(1, 1), (1, 1), (1, None)]
    later = counted(story, timedelta(hours=1), days=5)
    assert parts(later, "suspended", "suspended_now") == [(0, 0), (0, None)]


def test_the_last_warning_before_the_deadline_puts_a_case_at_risk():
    """Four fifths of its two hours are over, then all of them."""
    story = slowly(Story().path("report", "sign"), minutes=130)
    assert [counted(story, minutes=many)["at_risk"].value for many in (90, 98, 125)] == [0, 1, 0]
    assert counted(story, minutes=125)["overdue"].value == 1


def test_what_is_counted_of_two_windows_is_counted_of_both():
    """Wherever it is cut, what happened adds up, and what stands is as it stands."""
    story = good_story()
    end = story.outcomes[-1].entry.at - START + timedelta(seconds=1)
    whole = counted(story, days=end.days, seconds=end.seconds)
    for number in range(10, len(story.outcomes), 60):
        cut = story.outcomes[number].entry.at - START
        first = counted(story, seconds=cut.total_seconds())
        second = counted(story, cut, days=end.days, seconds=end.seconds)
        for key in ("reports", "opened", "dispatches", "handled", "closed"):
            assert first[key].numerator + second[key].numerator == whole[key].numerator, key
        for key in ("open", "overdue", "due_today", "at_risk", "suspended_now"):
            assert second[key] == whole[key], key


def test_a_month_ends_at_midnight_of_the_street():
    """Reported before it and handled after it; what happens at midnight itself is of the new month."""
    story = Story(now=at("2026-11-30T16:40")).report(place=elsewhere(1))
    story.now = at("2026-12-01T00:00")
    story.report(place=elsewhere(2)).path("sign", "arrive", "dispose").wait(days=2)
    november, december = in_month(story, "2026-11"), in_month(story, "2026-12")
    assert parts(november, "reports", "handled", "open") == [(1, None), (0, None), (1, None)]
    assert parts(december, "reports", "handled") == [(1, None), (1, None)]


def test_a_year_ends_as_a_month_does():
    """Opened in December, closed in January: each counts where it happened."""
    story = Story(now=at("2026-12-31T15:00")).path("report", "sign", "arrive")
    story.now = at("2027-01-04T09:00")
    story.path("dispose", "pass", "call").wait(days=40)
    december, january = in_month(story, "2026-12"), in_month(story, "2027-01")
    assert parts(december, "opened", "handled", "closed", "open") == [
        (1, None),
        (0, None),
        (0, None),
        (1, None),
    ]
    assert parts(january, "opened", "handled", "closed", "open") == [
        (0, None),
        (1, None),
        (1, None),
        (0, None),
    ]


def test_where_nothing_happened_nothing_is_divided():
    """An empty window, and no journal at all: every indicator is there, shares without a value."""
    journals: list[dict[int, list[JournalEntry]]] = [
        {0: [o.entry for o in Story().report().outcomes]}, {0: []}, {},
    ]  # fmt: skip
    for entries in journals:
        got = indicators_between(entries, START - timedelta(days=9), START - timedelta(days=8), RULES)
        assert set(got) == set(INDICATORS)
        assert all(one.numerator == 0 for one in got.values())
        assert all(one.value is None for one in got.values() if one.denominator is not None)


def test_a_month_goes_on_behind_entries_that_were_dated_into_the_next_one():
    """A clock a day ahead at the month's end, and the time set back: what came then is in the month, with the cases of both."""
    story = Story(now=at("2026-11-29T09:00")).report(place=elsewhere(1))
    story.now = at("2026-12-01T09:00")
    story.report(place=elsewhere(2)).set_back(days=1)
    story.report(place=elsewhere(3)).act("sign").path("arrive", "dispose", "pass", "call")
    november, december = in_month(story, "2026-11"), in_month(story, "2026-12")
    assert parts(november, "reports", "handled", "open") == [(2, None), (1, None), (2, None)]
    assert parts(december, "reports", "handled") == [(1, None), (0, None)]


def test_what_an_appeal_lifts_is_in_no_share_and_what_it_does_not_touch_stays():
    """Two handled late and one of them lifted; a caller who was not satisfied, lifted of that alone; a return that is lifted, with the dispatch before it."""
    done = ("sign", "contact", "arrive")
    story = Story().report(place=elsewhere(1)).path(*done).wait(hours=30).path("dispose", "pass", "call")
    story.path("appeal", "lift")
    story.report(place=elsewhere(3)).path(*done).wait(hours=30).path("dispose", "pass")
    story.act("call_back", satisfied=False).act("appeal", demerit="unsatisfied").path("lift")
    story.report(place=elsewhere(5)).path("return")
    own = {"id": "O1", "role": "team", "team": "city-appearance"}
    story.act("appeal", demerit="returned", actor=own).path("lift")
    got = counted(story, hours=96)
    assert parts(
        got, "handled", "handled_on_time", "overdue_share", "solved", "satisfied", "dispatches", "returned"
    ) == [
        (2, None),
        (0, 1),
        (1, 1),
        (2, 2),
        (1, 1),
        (4, None),
        (0, 3),
    ]
