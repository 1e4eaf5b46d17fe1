"""代处置 and 代履行: the street has done what an owner or a party did not do, and who was to do it bears what it cost."""

from datetime import timedelta

import pytest

from schemas.values.terms import Stage
from tests.core.correcting import done_instead
from tests.core.story import Story

CHIEF = {"id": "C1", "role": "duty_chief", "team": "duty"}
CLERK = {"id": "D1", "role": "dispatcher"}


def dumped() -> Story:
    """Rubble lies on the road, and a team is there."""
    return Story().path("dumped", "sign", "arrive")


def test_an_owner_that_does_not_act_bears_what_the_street_had_done():
    """A cover is missing, its owner has the case and does nothing: the street has it replaced, keeps the costs and claims them."""
    story = Story().report(matter="SZ-002").act("dispatch", team="pipeline-owner")
    story.act("act_instead", ground="owner", unit="pipeline-owner", party=None, told=False, what="更换井盖")
    (done,) = story.case.done_instead
    assert (story.answer, done.unit, done.cost_yuan, done.costs.value, done.by) == (
        "accepted",
        "pipeline-owner",
        860,
        "open",
        "C1",
    )
    story.act("claim_costs", actor=CLERK)
    assert story.act("claim_costs", costs="recovered").case.done_instead[0].costs.value == "recovered"
    assert story.act("claim_costs").answer == "no_open_costs"


def test_costs_are_given_up_by_a_head_who_says_why():
    """Not by a clerk, and not in silence."""
    story = dumped().act("act_instead")
    assert story.act("claim_costs", costs="recovered").answer == "costs_step"
    assert story.act("claim_costs", costs="given_up", note="无主", actor=CLERK).answer == "role_not_allowed"
    assert story.act("claim_costs", costs="given_up").answer == "instead_incomplete"
    assert story.act("claim_costs", costs="given_up", note="当事人查找不到").answer == "accepted"


def test_costs_are_claimed_after_the_case_is_closed():
    """What is owed does not end with the case."""
    story = dumped().act("act_instead").path("dispose", "pass", "call")
    assert (story.stage, story.act("claim_costs").answer) == (Stage.CLOSED, "accepted")


def test_the_caller_hears_what_was_done_and_who_pays():
    """In the answer's own words, with the sum."""
    story = dumped().act("act_instead").act("act_instead", cost_yuan=140).act("answer")
    assert "费用1000元由其承担" in story.case.answers[-1].text


def test_after_a_demand_it_is_done_days_later_and_somebody_is_present():
    """By a decision, three days after the demand (行政强制法 51); a day earlier is refused with the time."""
    story = dumped()
    said = {
        "ground": "after_demand",
        "demanded_at": story.now.isoformat(),
        "paper": "代决〔2026〕1号",
        "present": "O1",
    }
    story.now += timedelta(days=2)
    assert story.act("act_instead", **said).answer == "instead_before_demand"
    story.now += timedelta(days=1)
    assert story.act("act_instead", **said | {"present": None}).answer == "instead_incomplete"
    assert story.act("act_instead", **said | {"paper": None}).answer == "instead_incomplete"
    assert story.act("act_instead", **said).answer == "accepted"


def test_an_order_that_was_disobeyed_is_done_when_it_was_done_instead():
    """代履行 enforces it: no penalty procedure is needed for the case to go on."""
    story = dumped().act("order_correction").wait(days=3).act("reinspect", result="disobeyed")
    assert story.act("dispose").answer == "order_disobeyed"
    assert story.act("act_instead").path("dispose").stage is Stage.AWAITING_VERIFICATION


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"told": False}, "instead_untold", "told"),
        ({"party": None}, "instead_of_nobody", "party"),
        ({"evidence": []}, "instead_unrecorded", "evidence"),
        ({"what": "无"}, "instead_incomplete", "what"),
        ({"ground": "owner", "unit": "fire-brigade", "party": None}, "instead_of_nobody", "unit"),
    ],
)
def test_what_is_done_for_nobody_or_unrecorded_is_refused(changes, code, field):
    """The party was to do it and hears of it; what was done is recorded."""
    story = dumped().act("act_instead", **changes)
    assert (story.answer, story.last.receipts[0].field, story.case.done_instead) == (code, field, ())


def test_no_matter_without_a_ground_is_done_instead():
    """A stall is no litter: somebody goes and speaks to the vendor."""
    assert Story().path("report", "sign", "arrive").act("act_instead").answer == "instead_without_ground"


def test_a_log_of_such_work_has_each_of_its_grounds():
    """As the auditor reads it."""
    story = Story()
    done_instead(story)
    kept = [done.ground.value for case in story.core.cases() for done in case.done_instead]
    assert sorted(kept) == ["after_demand", "at_once", "owner"]
