"""What practitioners count of the cases that ended (办结类型, 超时倍数) and of what was passed on (推诿), as the month's report shows it."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from pipeline.monthly.closings import Closings, TeamClosings
from pipeline.monthly.counting import connected
from pipeline.monthly.details import details
from pipeline.monthly.report_files import PAGE
from pipeline.monthly.rows.closing_kinds import GROUNDS, KINDS
from pipeline.monthly.rows.journal_parts import gathered
from pipeline.monthly.window import Window, month_of, window_of
from schemas.values.terms import CaseOutcome
from tests.audit.good_story.good_penalties import elsewhere
from tests.core.story import RULES, START, Story
from tests.monthly.made import at, two_parts, written
from tests.monthly.test_endings import found, unreached

ON_SITE = ("sign", "contact", "arrive")
DONE = ("dispose", "pass", "call")
ALONE, DUTY = "city-appearance", "duty"


def told(story: Story, window: Window | None = None) -> Closings:
    """What the report of the story says."""
    entries = {0: [outcome.entry for outcome in story.outcomes]}
    whole = window_of(START - timedelta(days=60), story.now + timedelta(seconds=1))
    with connected(gathered(entries, window or whole, RULES)) as database:
        return details(database).closings


def whole(found: Closings) -> TeamClosings:
    """The line that sums up."""
    (row,) = (row for row in found.teams if row.is_sum)
    return row


def shirks(found: Closings) -> dict[str | None, tuple[int, int]]:
    """Of each team: objections refused, returns after which it was sent again."""
    return {row.team: (row.refused, row.sent_again) for row in found.passes if not row.is_sum and row.shirked}


def path(*names: str) -> Callable[[], Story]:
    """These steps, a minute after each other."""
    return lambda: Story().path(*names)


def late(*then: str) -> Callable[[], Story]:
    """Handled a day after the deadline."""
    return lambda: Story().path("report", *ON_SITE).wait(hours=30).path(*then)


def reopened_afterwards() -> Story:
    """Closed, and the dispatcher opens it again."""
    story = Story().path("report", *ON_SITE, *DONE).wait(hours=2)
    return story.act("reopen", note="仍有垃圾").path("sign", "arrive", *DONE)


def directly_answered() -> Story:
    """Somebody of the centre says that it is a question."""
    return Story().path("unclear").wait(minutes=1).act("recognise", matter=None, kind="consult")


def answered_wrongly() -> Story:
    """A clerk finds that it was no question."""
    story = Story().path("question").wait(minutes=30).act("recognise", matter="SR-001")
    return story.path(*ON_SITE, *DONE)


def objection(*, granted: bool, **said: object) -> Callable[[], Story]:
    """The team objects, which is decided, and it is handled."""

    def played() -> Story:
        story = Story().path("report", "object").act("decide", request="objection", granted=granted, **said)
        return story.path(*ON_SITE, *DONE)

    return played


def designated_after(*returns: str, reason: str = "not_our_matter", **said: object) -> Story:
    """Given back until the centre decides: it designates the one that gave it back last, unless another is said."""
    story = Story().report()
    for _ in returns:
        story.wait(minutes=1).act("return", reason=reason)
    return story.wait(minutes=1).act("dispatch", **said).path(*ON_SITE, *DONE)


ENDED: dict[str, tuple[Callable[[], Story], str, str]] = {
    "handled rightly and in time": (path("report", *ON_SITE, *DONE), "normal", "ordinary"),
    "dealt with by the finder": (found("pass"), "normal", "ordinary"),
    "answered directly": (directly_answered, "normal", "ordinary"),
    "handled after the deadline": (late(*DONE), "late", "handled_late"),
    "late, and an appeal lifted it": (late(*DONE, "appeal", "lift"), "normal", "ordinary"),
    "verification failed": (path("report", *ON_SITE, "dispose", "fail", "arrive", *DONE), "fault", "reworked"),
    "late and reworked": (late("dispose", "fail", "arrive", *DONE), "fault", "reworked"),
    "not solved, says the caller": (
        path("report", *ON_SITE, "dispose", "pass", "unsolved", "sign", "arrive", *DONE), "fault", "reopened",
    ),
    "opened again after it was closed": (reopened_afterwards, "fault", "open_again"),
    "answered wrongly": (answered_wrongly, "fault", "open_again"),
    "given back, and another team's": (path("report", "return", *ON_SITE, *DONE), "fault", "misdispatched"),
    "an objection granted": (objection(granted=True, team="market-property"), "fault", "misdispatched"),
    "an objection refused": (objection(granted=False), "normal", "ordinary"),
    "caller never reached": (unreached, "special", "unreached"),
    "demand that nobody can meet": (
        path("report", *ON_SITE, "dispose", "pass", "demand", "consent"), "special", "unreasonable",
    ),
    "not filed": (path("alarm", "reject"), "special", "rejected"),
    "not accepted": (path("report", "decline"), "special", "declined"),
    "sent back to the hotline": (path("report", "send_back"), "special", "sent_back"),
    "voided": (path("report", "void"), "special", "voided"),
    "transferred": (path("report", "transfer"), "special", "transferred"),
    "given up by a request": (late("dispose", "fail", "terminate"), "special", "terminated"),
}  # fmt: skip


@pytest.mark.parametrize("name", ENDED)
def test_a_case_that_ended_is_of_one_kind(name):
    """The first of the table's grounds that it has; the page's sum and the team's line say the same."""
    played, kind, ground = ENDED[name]
    story = played()
    assert story.answer == "accepted"
    got = told(story)
    assert got.grounds == {ground: 1}
    for row in got.teams:
        assert {key.value: getattr(row, key.value) for key in KINDS} == {
            key.value: int(key.value == kind) for key in KINDS
        }
    assert [row.is_sum for row in got.teams] == [True, False]


def test_the_table_has_a_row_for_every_end_and_each_is_played():
    """A new way to end a case cannot be counted as ordinary by oversight."""
    ordinary = {
        CaseOutcome.RESOLVED,
        CaseOutcome.SELF_DISPOSED,
        CaseOutcome.UNSATISFIED,
        CaseOutcome.ANSWERED,
    }
    named = {ground.code for ground in GROUNDS}
    assert {end for end in CaseOutcome if end.value not in named} == {
        *ordinary,
        CaseOutcome.MERGED,
        CaseOutcome.MOVED,
    }
    assert {ground for _, _, ground in ENDED.values()} == named
    order = list(dict.fromkeys(ground.kind for ground in GROUNDS))
    assert order == list(KINDS), "special, fault, late, normal: in this order"


def test_a_merged_case_is_counted_with_its_host():
    """It is over and is no end of its own, nor is a case that goes on."""
    assert told(Story().path("host", "report", "merge")).teams == []
    assert told(Story().path("report", "sign")).teams == []


def test_a_case_counts_in_the_month_in_which_it_ended():
    """Opened and late in November, closed in December."""
    story = Story(now=at("2026-11-30T09:00")).path("report", *ON_SITE).wait(hours=8).path("dispose")
    story.now = at("2026-12-01T09:00")
    story.path("pass", "call").wait(days=50)
    assert told(story, month_of("2026-11")).teams == []
    december = whole(told(story, month_of("2026-12")))
    assert (december.ended, december.late) == (1, 1)
    assert told(story, month_of("2027-01")).teams == []


def test_an_appeal_that_is_granted_after_the_month_leaves_the_month_as_it_was():
    """In November late; read over both months it is so no longer."""
    story = late(*DONE)()
    story.now = at("2026-12-01T09:00")
    story.path("appeal", "lift").wait(days=30)
    assert whole(told(story, month_of("2026-11"))).late == 1
    assert whole(told(story)).normal == 1


# overdue multiple


@pytest.mark.parametrize(
    ("asked", "day", "multiple"),
    [
        ((), 24, 300 / 120),  # from 9:01 to 16:01, without the two hours of noon
        (("extend",), 24, 300 / 180),
        (("suspend",), 26, 300 / 120),  # resumed by itself two days later, at the same minute
    ],
)
def test_an_overdue_multiple_is_what_the_handling_took_over_its_limit(asked, day, multiple):
    """Both in the clock's own time: no noon, no halt; an extension is part of the limit."""
    story = Story().path("report", *ON_SITE, *asked).wait(days=day - 24)
    story.now = at(f"2026-11-{day}T16:01")
    row = whole(told(story.act("dispose").path("pass", "call")))
    assert (row.came_late, row.largest_multiple) == (1, pytest.approx(multiple))


def test_of_several_late_cases_the_mean_and_the_largest_are_shown():
    """Two times and two and a half times; what was in time, and what an appeal lifted, is in neither."""
    story = Story()
    for day, handled in ((24, "16:01"), (25, "15:01"), (26, "11:00"), (27, "17:01")):
        story.now = at(f"2026-11-{day}T09:00")
        story.report(place=elsewhere(2 * day)).path(*ON_SITE)
        story.now = at(f"2026-11-{day}T{handled}")
        story.act("dispose").path("pass", "call")
    row = whole(told(story.path("appeal", "lift")))
    assert (row.ended, row.late, row.normal, row.came_late) == (4, 2, 2, 2)
    assert row.mean_multiple == pytest.approx(2.25, rel=0.01)
    assert row.largest_multiple == pytest.approx(2.5, rel=0.01)


# buck-passing


def sent_again_and_appealed() -> Story:
    """The team that gave it back first had to take it after two others, and its appeal is granted."""
    own = {"id": "O1", "role": "team", "team": ALONE}
    story = designated_after(*"123", team=ALONE)
    return story.act("appeal", demerit="returned", actor=own).path("lift")


PASSED: dict[str, tuple[Callable[[], Story], dict[str, tuple[int, int]]]] = {
    "an objection refused": (objection(granted=False), {ALONE: (1, 0)}),
    "an objection granted": (objection(granted=True, team="market-property"), {}),
    "given back, and another team has it": (path("report", "return"), {}),
    "given back, and designated after all": (lambda: designated_after(*"123"), {DUTY: (0, 1)}),
    "given back, and sent again after two others": (
        lambda: designated_after(*"123", team=ALONE),
        {ALONE: (0, 1)},
    ),
    "for want of facts": (lambda: designated_after(*"123", reason="not_enough_facts"), {}),
    "an appeal lifted the return": (sent_again_and_appealed, {}),
}


@pytest.mark.parametrize("name", PASSED)
def test_who_gave_back_and_was_not_right(name):
    """Each team for itself, and the sum."""
    played, expected = PASSED[name]
    story = played()
    assert story.answer == "accepted"
    got = told(story)
    assert shirks(got) == expected
    assert [row.shirked for row in got.passes if row.is_sum] == [sum(map(sum, expected.values()))]


def test_a_case_that_was_passed_on_twice_counts_with_each_who_passed_it_on():
    """Once in the sum; one that was passed on once does not."""
    got = told(Story().path("report", "return", "return"))
    assert {row.team: row.passed_twice for row in got.passes if not row.is_sum} == {
        ALONE: 1,
        "area-middle": 1,
    }
    assert [row.passed_twice for row in got.passes if row.is_sum] == [1]
    assert [row.passed_twice for row in told(Story().path("report", "return")).passes] == [0, 0]


def test_the_page_shows_the_kinds_the_grounds_and_who_passed_on(tmp_path):
    """In the field's words, with how they are counted."""
    page = written(two_parts(), tmp_path)[PAGE].decode()
    section = page.partition('id="closings"')[2].partition("</section>")[0]
    for words in (
        "正常办结",
        "超时办结",
        "差错办结",
        "特殊办结",
        "平均超时倍数",
        "推诿",
        "移交两次以上案件",
        "不合理诉求",
        "合计",
    ):
        assert words in section, words
