"""A report that names no matter: what it is taken for, what its sender is told, and what becomes of it."""

from tests.core.story import Story

VENDOR = "有人在路边摆摊卖水果,占着人行道"
BARBECUE = "楼下烧烤摊半夜油烟呛人,噪音也大"
QUESTION = "你好 我想问一下,家里孩子上学怎么办理入学手续,需要什么材料"
FIRE = "着火了,楼上冒烟,有人被困"
UNCLEAR = "那个事情你们管一下吧"


def told(text: str, **changes: object) -> Story:
    """Somebody pushes a text, and nothing that says what it is about."""
    return Story().report(text=text, matter=None, **changes)


def test_a_text_that_says_what_it_is_about_opens_the_right_case():
    """It goes to the team of that matter at once; sender and case know on which words that rests."""
    story = told(VENDOR)
    receipt, case = story.last.receipts[0], story.case
    assert (story.answer, case.facts.matter, case.stage.value) == ("accepted", "SR-001", "dispatched")
    assert receipt.recognised == case.reports[0].recognised
    assert receipt.recognised.best.code == "SR-001"
    assert {said.word for said in receipt.recognised.best.words} & {"卖水果", "摆摊"}
    assert receipt.due_at is not None


def test_a_text_joins_the_open_case_of_the_same():
    """Whether the matter was named or recognised makes no difference."""
    story = Story().report(text=VENDOR).report(text=VENDOR, matter=None)
    assert story.answer == "merged"
    assert story.last.receipts[0].recognised.best.code == "SR-001"
    assert len(list(story.core.cases())) == 1


def test_a_question_is_answered_directly_and_nobody_is_sent():
    """The sender has the words for the caller, and reads how to object; no clock runs and nobody has a task."""
    story = told(QUESTION)
    receipt = story.last.receipts[0]
    assert (receipt.outcome.value, receipt.code, receipt.answer.kind) == ("answered", "answered", "consult")
    assert "热线坐席" in receipt.answer.reply_zh
    assert "异议" in receipt.message_zh
    assert not story.last.assignments
    assert not story.case.clocks
    assert [(notice.kind.value, notice.to) for notice in story.last.notices] == [("final_answer", "12345")]


def test_who_pushes_a_question_again_reads_the_same_answer():
    """Byte for byte, also after another worker took over."""
    story = told(QUESTION)
    first = story.last.receipts[0]
    again = story.again().last.receipts[0]
    assert (again.receipt_id, again.answer, again.outcome) == (first.receipt_id, first.answer, first.outcome)
    assert again.ended.outcome.value == "answered"
    restarted = story.restart().again().last.receipts[0]
    assert restarted == again


def test_long_after_a_question_is_still_known_as_answered():
    """Its words are forgotten with its snapshot; that it was answered, and is no new one, is not."""
    story = told(QUESTION).wait(days=40).again()
    assert (story.last.receipts[0].outcome.value, story.last.receipts[0].ended.outcome.value) == (
        "answered",
        "answered",
    )
    assert not list(story.core.cases())


def test_an_emergency_says_so_loudly_and_the_centre_hears_of_it():
    """Who sent it is to call 110, 119 or 120 now."""
    story = told(FIRE)
    receipt = story.last.receipts[0]
    assert receipt.answer.emergency
    assert receipt.message_zh.startswith("紧急警情")
    assert receipt.message_en.startswith("EMERGENCY: call 110")
    alarm = story.last.notices[0]
    assert (alarm.kind.value, alarm.to) == ("emergency", story.rules.policy.centre_team)
    assert "有人被困" in alarm.text_zh


def test_whoever_was_answered_wrongly_is_heard_again():
    """A clerk says what it is; it goes on as if it had been reported so, its deadline counted from then, and the sender is told."""
    story = told(QUESTION)
    reported = story.now
    story.wait(minutes=30).act("recognise", matter="SR-001")
    assert (story.answer, story.stage.value) == ("accepted", "dispatched")
    assert story.events[:2] == ["case_under_assessment", "case_recognised"]
    assert story.clock("dispose").started_at == reported
    assert (story.case.outcome, story.case.closed_at, story.case.timers) == (None, None, ())
    assert "taken_up" in [notice.kind.value for notice in story.last.notices]


def test_the_senders_own_category_helps():
    """It is weighed with the text."""
    assert told("这里有", category="流动摊贩占道经营").case.facts.matter == "SR-001"


def test_a_text_of_nothing_is_refused():
    """With neither matter, text nor category nobody can know."""
    story = Story().report(matter=None, text="")
    assert (story.answer, story.last.receipts[0].field) == ("matter_missing", "matter")


def test_no_personal_data_stands_in_what_it_rests_on():
    """The words told are of the text without them, also where the sender's own model names them."""
    words = [{"word": "13800000001", "points": 900}, {"word": "王测试", "points": 800}]
    proposal = [
        {"code": "SR-001", "points": 2000, "words": words},
        {"code": "consult", "points": 10, "words": []},
    ]
    story = told("王测试13800000001反映", proposal=proposal)
    recognised = story.case.reports[0].recognised
    assert (story.case.facts.matter, recognised.proposed) == ("SR-001", True)
    assert not {"13800000001", "王测试"} & {said.word for said in recognised.best.words}


def test_a_proposal_is_decided_by_the_same_margins():
    """Two that are close are asked of a person, however sure the sender is of its model."""
    near = [{"code": "SR-001", "points": 1000, "words": []}, {"code": "SR-003", "points": 990, "words": []}]
    story = told(VENDOR, proposal=near)
    assert story.stage.value == "under_assessment"
    assert story.case.reports[0].recognised.reason.value == "two_matters_close"
    unknown = told(VENDOR, proposal=[near[0], near[1] | {"code": "magic"}])
    assert (unknown.answer, unknown.last.receipts[0].field) == ("unknown_matter", "proposal.1.code")
