"""考核申诉: a unit appeals against what is counted against it, mostly when the case is over; the centre decides, and what is lifted stays on file."""

import pytest

from schemas.values.request_terms import DemeritKind
from schemas.values.terms import AssignmentKind, ClockKind, NoticeKind, RequestKind, Stage
from tests.core.story import Story

CHIEF = {"id": "C1", "role": "duty_chief", "team": "duty"}


def late() -> Story:
    """A case that was contacted in time, handled after its deadline, and is closed."""
    return Story().path("report", "sign", "contact", "arrive").wait(hours=12).path("dispose", "pass", "call")


def counted(story: Story) -> list[tuple[str, str, bool | None]]:
    """What is counted against whom, and whether an appeal lifted it."""
    return [(demerit.kind.value, demerit.team, demerit.lifted) for demerit in story.case.demerits]


def test_a_late_handling_of_a_closed_case_is_counted_no_longer_when_the_centre_agrees():
    """On the centre's list, with a clock of its own and with the evidence; afterwards it is lifted, the case is closed as before."""
    story = late()
    assert counted(story) == [("overdue", "city-appearance", None)]
    story.path("appeal")
    (task,) = story.last.assignments
    assert (task.team, task.kind, task.request.kind) == ("duty", AssignmentKind.APPROVE, RequestKind.APPEAL)
    assert (task.request.demerit, task.due_at) == (
        story.case.demerits[0],
        story.clock(ClockKind.DECIDE.value, "appeal").due_at,
    )
    assert story.case.evidence[-1].kind == "document"
    story.path("lift")
    assert story.events == ["request_decided", "demerit_lifted"]
    assert (story.stage, counted(story)) == (Stage.CLOSED, [("overdue", "city-appearance", True)])
    assert [(notice.kind, notice.to) for notice in story.last.notices] == [
        (NoticeKind.GRANTED, "city-appearance")
    ]


def test_what_is_denied_stands_and_is_not_appealed_again():
    """The unit hears so; once for all."""
    story = late().path("appeal").act("decide", request="appeal", granted=False, note="未提供鉴定材料")
    assert (story.events, counted(story)) == (
        ["request_decided"],
        [("overdue", "city-appearance", False)],
    )
    assert story.act("appeal").answer == "appeal_decided"


@pytest.mark.parametrize(
    ("demerit", "paths"),
    [
        (DemeritKind.OVERDUE, ("report", "sign", "contact", "arrive", "late", "dispose")),
        (DemeritKind.RETURNED, ("report", "return")),
        (DemeritKind.NOT_CONTACTED, ("report", "sign", "arrive", "dispose", "pass")),
        (DemeritKind.NOT_CONTACTED, ("report", "sign", "late", "contact")),
        (DemeritKind.UNSOLVED, ("report", "sign", "contact", "arrive", "dispose", "pass", "unsolved")),
        (DemeritKind.UNSATISFIED, ("report", "sign", "contact", "arrive", "dispose", "pass", "unsolved")),
    ],
)
def test_each_thing_that_is_counted_may_be_appealed_against_while_the_case_goes_on(demerit, paths):
    """By the unit that it is counted against; one that is lifted does not touch the others."""
    story = Story().path(*paths)
    own = {"id": "O1", "role": "team", "team": "city-appearance"}
    assert story.act("appeal", demerit=demerit.value, actor=own).answer == "accepted"
    story.path("lift")
    assert [one.kind for one in story.case.demerits if one.lifted] == [demerit]


def test_nothing_is_counted_of_what_was_in_time_or_rests_or_left():
    """Handled in time; late while it rests; late and transferred."""
    assert counted(Story().path("report", "sign", "contact", "arrive", "dispose", "pass", "call")) == []
    assert counted(Story().path("report", "sign", "suspend").wait(hours=1)) == []
    assert counted(Story().path("report", "sign").wait(hours=30).act("transfer")) == []


def test_an_appeal_outlives_the_disposal_and_the_case():
    """What was asked while it was handled is decided when it is over, and its snapshot stays until then."""
    story = (
        Story().path("report", "return").act("dispatch", team="area-west").path("sign", "contact", "arrive")
    )
    own = {"id": "W1", "role": "team", "team": "city-appearance"}
    story.act("appeal", demerit="returned", reason="wrongly_dispatched", actor=own)
    assert story.answer == "accepted"
    story.path("dispose", "pass", "call").wait(days=40)
    assert story.case.request.kind is RequestKind.APPEAL
    assert story.path("lift").answer == "accepted"
    assert [notice.to for notice in story.last.notices] == ["city-appearance"]
    assert list(story.wait(days=40).core.cases()) == []


@pytest.mark.parametrize("changes", [{"evidence": []}, {"note": ""}, {"note": "无"}])
def test_an_appeal_is_shown(changes):
    """With evidence and a reason in words."""
    assert late().act("appeal", **changes).answer == "appeal_unproven"


def test_only_the_unit_itself_appeals_and_only_against_what_is_counted():
    """Another team has nothing to appeal against, nor has this one where nothing is counted."""
    story = late()
    other = {"id": "W9", "role": "team", "team": "area-west"}
    assert story.act("appeal", actor=other).answer == "not_your_task"
    assert story.act("appeal", demerit="returned").answer == "nothing_counted"
    assert story.path("appeal").act("appeal").answer == "request_pending"


def test_nobody_of_the_unit_and_nobody_who_had_a_part_decides():
    """Whoever asked, an officer of the case, or somebody of the unit in another role."""
    story = late().path("appeal")
    asker = story.case.request.by
    assert story.act("decide", actor=CHIEF | {"id": asker}).answer == "self_approval"
    handler = next(one for one in story.case.task.handlers if one != asker)
    assert story.act("decide", actor=CHIEF | {"id": handler}).answer == "appeal_by_own_unit"
    assert story.act("decide", actor={"id": "V1", "role": "verifier"}).answer == "role_not_allowed"
    assert story.act("decide", actor=CHIEF).answer == "accepted"


def test_it_is_too_late_when_the_policys_days_are_over():
    """Five workdays after the case is closed: Tuesday to Tuesday."""
    assert late().wait(days=6).act("appeal").answer == "accepted"
    assert late().wait(days=8).act("appeal").answer == "appeal_too_late"


def test_what_is_over_takes_no_other_decision():
    """Without an appeal a closed case has nothing to decide."""
    assert late().act("decide").answer == "case_closed"
