"""What `enforcement case` says of a case that rests, waits for a decision, or has more time."""

from datetime import datetime

import pytest

from pipeline.edge.case_command import story
from pipeline.edge.words import Lang
from tests.core.story import Story


def said(tale: Story, lang: Lang = Lang.EN) -> str:
    """All lines."""
    return "\n".join(story(tale.case, tale.now, lang))


def test_an_open_request_says_what_who_and_until_when():
    """And that it is not decided yet; the clocks run on."""
    text = said(Story().path("report", "sign", "ask"))
    assert "to be decided: suspension · weather · until 2026-11-26 09:03 · asked by O1" in text
    assert "stands" not in text


@pytest.mark.parametrize(
    ("lang", "rests"),
    [(Lang.EN, "suspended: weather · until"), (Lang.ZH, "挂账: 天气 · 至")],
)
def test_a_case_that_rests_says_why_and_which_clocks_stand(lang: Lang, rests: str):
    """What was over before is not among them."""
    text = said(Story().path("report", "sign", "suspend"), lang)
    assert rests in text
    lines = {line.split()[0]: line for line in text.splitlines() if "→" in line}
    stands = "stands" if lang is Lang.EN else "停计"
    assert [stands in line for line in lines.values()] == [False, True, True, True]


def test_a_clock_says_how_often_it_stood_how_much_more_it_has_and_what_is_next():
    """The next rung's time stands at the end of its line."""
    tale = Story().path("report", "sign", "extend", "suspend", "resume")
    dispose = next(line for line in said(tale).splitlines() if line.strip().startswith("dispose"))
    assert "stood 1×  extended by 1 working hour  next 2026-11-24 10:" in dispose
    wake = tale.clock("dispose").wake_at
    assert isinstance(wake, datetime)


def test_a_penalty_procedure_is_told_step_by_step():
    """In the words of the procedure."""
    tale = Story().report(matter="WJ-001").act("sign").act("arrive").act("reach_stage").act("penalise")
    assert "处罚程序: 立案" in said(tale, Lang.ZH)
    assert "stages done: stop_work" in said(tale)
    assert "stage stop_work" in said(tale)


def test_the_partners_of_a_joint_case_and_what_blocks_it():
    """Each with how far it has come; of those that are waited for, the last deadline is the critical path."""
    story_so_far = Story().path("digging", "sign", "arrive", "whistle").wait(minutes=5)
    story_so_far.act("joint_step", status="arrived").act("joint_step", status="done")
    said = [line for line in story(story_so_far.case, story_so_far.now, Lang.EN) if "partner" in line]
    assert "traffic-police" in said[0]
    assert "blocks" not in said[0]
    assert "sanitation" in said[1]
    assert "critical path" in said[1]
