"""What the citizen lives through: somebody turns to them, they are told what was found and done, and only then asked."""

import pytest

from schemas.values.terms import NoticeKind, Stage
from tests.core.clocks.test_clock import running, story_at, until
from tests.core.story import Story


def answers_told(story: Story, kind: NoticeKind = NoticeKind.FINAL_ANSWER) -> list[tuple[str | None, str]]:
    """Of every notice of this kind: the report whose caller is told, and the text."""
    return [(n.source_no, n.text_zh) for o in story.outcomes for n in o.notices if n.kind is kind]


def test_the_citizen_is_called_and_answered_within_the_day():
    """Signed at nine, called at once, answered by noon: the text says what was found, what was done and why, and comes before the call."""
    story = story_at("11-24 09:00").path("report", "sign", "contact")
    assert (story.events, "contact" in running(story)) == (["caller_contacted"], False)
    assert story.now < story.clock("contact").due_at
    story.path("arrive", "answer", "dispose", "pass")
    ((number, text),) = answers_told(story, NoticeKind.ANSWER)
    assert (number, story.stage) == ("R1", Stage.AWAITING_CALLBACK)
    assert "占道经营" in text
    assert "属实" in text
    assert "摊贩已劝离，路面已清扫" in text
    assert "《城市市容和环境卫生管理条例》第14、36条" in text
    (task,) = [one for one in story.last.assignments if one.team == "callback"]
    assert [answer.text for answer in task.answers] == [text]
    story.path("call")
    assert answers_told(story) == [("R1", text)]


def test_the_citizen_is_contacted_late_and_the_team_hears_of_it():
    """A day after signing nobody had called: the team is warned, then it is late, and the call that comes later still counts as late."""
    story = until(story_at("11-24 09:00").path("report", "sign"), "11-26 10:00")
    assert story.notified("contact")[:2] == [
        ("warning", 0, "city-appearance"),
        ("breach", 1, "city-appearance"),
    ]
    story.act("contact")
    assert story.clock("contact").due_at < story.now


def test_the_citizen_is_answered_late_and_told_why():
    """What comes next and when stands in the text; words of one's own take the place of the template's."""
    story = until(story_at("11-24 09:00").path("report", "sign", "arrive"), "11-26 10:00")
    story.act("answer", done="已立案调查", next_at="2026-12-10T17:30:00+08:00")
    assert "下一步将于2026年12月10日前" in story.case.answers[-1].text
    story.act("answer", done="已立案调查", text="因当事人外出，处理延后，请您谅解。")
    assert [answer.text for answer in story.case.answers] == ["因当事人外出，处理延后，请您谅解。"]


def test_three_times_unreached_is_enough():
    """Two tries in a row count once; the third an hour apart ends it, and the clock stands."""
    story = story_at("11-24 09:00").path("report", "sign")
    for minutes in (0, 5, 70):
        story.wait(minutes=minutes).act("contact", reached=False)
    assert (story.case.contact.attempts, story.case.contact.counted) == (3, 2)
    assert "contact" in running(story)
    story.wait(minutes=70).act("contact", way="visit", reached=False)
    assert story.case.contact.given_up
    assert "contact" not in running(story)
    story.act("contact")
    assert story.case.contact.reached_at == story.now


def test_who_left_no_phone_or_is_secret_is_not_contacted_by_the_team():
    """Nobody's clock runs for it, and the refusal says who turns to the caller."""
    anonymous = Story().report(caller=None).path("sign")
    assert "contact" not in running(anonymous)
    assert anonymous.act("contact").answer == "nobody_to_contact"
    secret = Story().report(caller={"name": "王测试", "phone": "13800000001", "secret": True}).path("sign")
    assert "contact" not in running(secret)
    assert secret.act("contact").answer == "contact_by_hotline"
    assert "contact" not in running(Story().path("offer", "claim", "sign"))


def test_nobody_is_called_back_about_what_nobody_answered():
    """Verification does not pass without: the refusal names the team, which answers although its work is done."""
    story = Story(answers_callers=False).path("report", "sign", "arrive", "dispose", "pass")
    assert (story.answer, story.stage) == ("answer_not_written", Stage.AWAITING_VERIFICATION)
    assert story.last.receipts[0].team == "city-appearance"
    story.path("answer", "pass")
    assert story.stage is Stage.AWAITING_CALLBACK


def test_a_find_of_the_patrol_needs_no_answer():
    """There is no caller: it is verified and closed."""
    assert (
        Story(answers_callers=False).path("offer", "claim", "sign", "arrive", "dispose", "pass").stage
        is Stage.CLOSED
    )


@pytest.mark.parametrize(
    ("said", "code", "field"),
    [
        ({"done": "无"}, "answer_incomplete", "done"),
        ({"found": "not_true", "basis": ""}, "answer_incomplete", "basis"),
        ({"found": "beyond_us", "basis": "。"}, "answer_incomplete", "basis"),
        ({"done": "长" * 450}, "answer_too_long", "text"),
        ({"next_at": "2026-11-01T09:00:00+08:00"}, "expected_in_past", "next_at"),
    ],
)
def test_an_answer_that_says_nothing_is_none(said, code, field):
    """What was done, and the law or the reason, are asked for; nothing is cut off in silence."""
    story = Story().path("report", "sign", "arrive").act("answer", **said)
    assert (story.answer, story.last.receipts[0].field, story.case.answers) == (code, field, ())


def test_the_unsatisfied_citizen_gets_another_answer_and_the_first_stays_on_file():
    """Not solved: the team goes again, sees what was said before, and says something new."""
    story = Story(answers_callers=False).path(
        "report", "sign", "contact", "arrive", "answer", "dispose", "pass", "unsolved"
    )
    assert story.stage is Stage.DISPATCHED
    (task,) = [one for one in story.last.assignments if one.kind.value == "handle"]
    assert [answer.leg for answer in task.answers] == [1]
    story.path("sign", "arrive", "dispose", "pass")
    assert story.answer == "answer_not_written"
    story.act("answer", found="not_true", done="三次到场", basis="均未发现").path("pass", "call")
    assert [answer.found.value for answer in story.case.answers] == ["true", "not_true"]
    assert "三次到场" in answers_told(story)[-1][1]


def test_both_callers_of_a_merged_case_get_the_text():
    """Each under the number of its own report."""
    story = Story().path("report").report(caller={"name": "李测试", "phone": "13800000002"})
    story.path("sign", "contact", "arrive", "answer", "dispose", "pass", "call")
    texts = dict(answers_told(story))
    assert set(texts) == {"R1", "R2"}
    assert len(set(texts.values())) == 1
    assert dict(answers_told(story, NoticeKind.ANSWER)) == texts


@pytest.mark.parametrize("end", ["void", "transfer", "terminate"])
def test_no_final_answer_is_a_code_alone(end):
    """Also what ends without anybody's answer is told in words."""
    ((_, text),) = answers_told(Story().path("report", end))
    assert "占道经营" in text


def test_an_answer_holds_no_personal_data():
    """A phone in it is masked before it is kept."""
    story = (
        Story()
        .path("report", "sign", "arrive")
        .act("answer", done="请致电13800138000", text="请拨13800138000")
    )
    assert "13800138000" not in str(story.case.answers)
