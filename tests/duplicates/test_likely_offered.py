"""What is likely one is two cases until somebody of the centre says so: asked once, with reasons, and nothing waits for the answer."""

from schemas.journal.clock_events import RequestLapsed
from schemas.state.case import Case
from schemas.values.terms import NoticeKind, RequestKind, Stage
from tests.core.story import STREET, Story

SEAT = {"id": "seat-1", "role": "dispatcher"}
GRID = {"grid": f"{STREET}001001"}


def likely_one() -> tuple[Story, str, str]:
    """Two callers tell of litter in one estate: the one of the estate, the other of its north gate. The host's id and the other's."""
    story = Story().report(
        matter="SR-008", caller=None, place=GRID | {"address": "丽华苑小区"}, text="垃圾堆了三天"
    )
    host = story.case_id
    story.wait(minutes=3).report(
        matter="SR-008", caller=None, place={"address": "学苑街41号"}, text="丽华苑北门没人收拾"
    )
    return story, host, story.case_id


def case_of(story: Story, case_id: str) -> Case:
    """As it stands."""
    return next(case for case in story.core.cases() if case.case_id == case_id)


def test_the_centre_is_asked_with_both_cases_and_the_reasons_and_a_team_is_sent_all_the_same():
    """Task, notice and receipt name the other case; the clock of handling runs."""
    story, host, part = likely_one()
    task = next(task for task in story.last.assignments if task.request is not None)
    assert (task.team, task.case_id, task.request.kind) == ("duty", part, RequestKind.DUPLICATE)
    assert (task.request.into, task.due_at is not None) == (host, True)
    assert task.request.note == "SR-008, same name 丽华苑, same matter SR-008, 3 min after"
    (notice,) = [one for one in story.last.notices if one.kind is NoticeKind.REQUEST]
    assert (notice.to, notice.case_id, notice.into, notice.why) == ("duty", part, host, task.request.note)
    assert story.last.receipts[0].suspected == host
    assert story.stage is Stage.DISPATCHED
    assert story.path("sign").answer == "accepted"


def test_who_agrees_merges_and_a_split_takes_it_back():
    """As one that was merged by hand."""
    story, host, part = likely_one()
    assert story.act("decide", actor=SEAT, granted=True).answer == "accepted"
    assert case_of(story, part).stage is Stage.MERGED
    assert case_of(story, host).joined[0].case_id == part
    number = case_of(story, part).reports[0].source_no
    story.act("split", case_id=host, source="12345", source_no=number)
    assert (story.answer, case_of(story, part).stage) == ("accepted", Stage.DISPATCHED)


def test_who_says_it_is_another_is_not_asked_again():
    """The case remembers it."""
    story, host, part = likely_one()
    story.act("decide", actor=SEAT, granted=False)
    assert case_of(story, part).not_duplicate_of == (host,)
    assert case_of(story, part).request is None
    assert story.act("decide", actor=SEAT, granted=True).answer == "nothing_asked"


def test_nobody_is_asked_any_more_when_the_other_case_ends():
    """It is void: there is nothing to be one with. Both sides hear of it; after a restart it is the same."""
    for restarts in (False, True):
        story, host, part = likely_one()
        if restarts:
            story.restart()
        story.act("void", case_id=host).act("decide", case_id=host, request="void")
        (lapse,) = [event for event in story.last.entry.events if isinstance(event, RequestLapsed)]
        assert (lapse.case_id, lapse.kind) == (part, RequestKind.DUPLICATE)
        assert case_of(story, part).request is None
        assert story.act("decide", actor=SEAT, granted=True).answer == "request_lapsed"


def test_nobody_is_asked_any_more_when_officers_have_arrived():
    """Then it can be merged no longer."""
    story, _, part = likely_one()
    story.path("sign", "arrive")
    assert case_of(story, part).request is None


def test_a_team_that_gives_the_case_back_leaves_the_question_open():
    """Whether it is one with another is not the team's."""
    story, host, part = likely_one()
    story.act("return")
    asked = case_of(story, part).request
    assert asked is not None
    assert asked.into == host


def test_one_thing_told_as_two_matters_is_never_joined_without_asking():
    """The same door: 店外经营 and 占道经营 are taken for one another."""
    door = GRID | {"address": "新民街86号"}
    story = Story().report(matter="SR-002", caller=None, place=door, text="老四川火锅桌椅摆到人行道")
    host = story.case_id
    story.wait(minutes=3).report(matter="SR-001", caller=None, place=door, text="老四川火锅桌椅占人行道")
    assert (story.answer, story.case.request.into) == ("accepted", host)
    story.act("decide", actor=SEAT, granted=True)
    assert (story.answer, story.stage) == ("accepted", Stage.MERGED)


def test_who_asks_what_became_of_his_call_and_says_no_place_is_held_to_mean_his_case():
    """By the phone; another phone that says the same is nobody's."""
    door = GRID | {"address": "新民街86号"}
    urging = {"place": {"address": "不详"}, "text": "早上反映的火锅店桌椅占道，到现在没人来"}
    for phone, is_his in (("13800000009", True), ("13800000008", False)):
        story = Story().report(
            matter="SR-002", place=door, text="老四川火锅桌椅占道", caller={"phone": "13800000009"}
        )
        host = story.case_id
        story.wait(minutes=30).report(matter="SR-002", caller={"phone": phone}, **urging)
        assert story.stage is Stage.UNDER_ASSESSMENT
        assert (story.case.request.into if story.case.request else None) == (host if is_his else None)


def test_four_others_are_asked_about_at_a_time_of_one_case():
    """So that they lapse in one entry."""
    story, host, _ = likely_one()
    for number in range(42, 47):
        story.wait(minutes=1).report(
            matter="SR-008", caller=None, place={"address": f"学苑街{number}号"}, text="丽华苑北门没人收拾"
        )
    asked = [case for case in story.core.cases() if case.request and case.request.into == host]
    assert len(asked) <= 4
