"""A case that goes round and round: its snapshot can always be read back, and one that is full says so."""

from pipeline.core.case.capacity import MOVES_KEPT_FREE
from schemas import limits
from schemas.wire import codecs
from tests.core.story import RULES, Story


def is_readable(story: Story) -> bool:
    """Whether a worker that takes over can read the case."""
    return codecs.CASE.decode_strictly(codecs.CASE.encode(story.case)) == story.case


def test_as_many_departments_as_there_are_may_come():
    """Ten at once and others after a rework: each has clocks of its own, and the snapshot holds them all."""
    departments = sorted(RULES.departments)
    story = Story().path("digging", "sign", "arrive")
    for first in (0, 10):
        wanted = departments[first : first + limits.PARTNERS_MAX]
        story.act("whistle", departments=wanted, optional=[]).act("decide")
        assert story.answer == "accepted"
        assert is_readable(story)
        for department in wanted:
            partner = {"id": "P1", "role": "department", "team": department}
            story.act("joint_step", actor=partner, status="arrived").act(
                "joint_step", actor=partner, status="done"
            )
        story.wait(minutes=1).path("dispose", "fail")
    assert len(story.case.clocks) > 3 * 2 * limits.PARTNERS_MAX


def test_a_case_that_nobody_wants_is_full_in_the_end():
    """Sent on by hand and returned again and again: the last return that the snapshot can hold is the last."""
    story = Story().report()
    teams = ["area-west", "area-east", "area-middle"]
    for number in range(4 * limits.TEAMS_MAX):
        story.act("dispatch", team=teams[number % 3])
        if story.stage.value == "dispatched" and story.case.task.designated:
            story.act("dispatch", team=teams[(number + 1) % 3])
        if story.act("return").answer == "case_full":
            break
    assert story.answer == "case_full"
    assert len(story.case.returned) == limits.TEAMS_MAX
    assert is_readable(story)
    assert story.act("sign").answer == "accepted"


def test_rework_without_end_ends():
    """Before a clock has been moved too often the verifier can no longer send back; what is good enough still passes."""
    story = Story().path("report", "sign", "arrive", "dispose")
    for _ in range(limits.CLOCK_MOVES_MAX):
        story.wait(minutes=1).act("verify", passed=False, note="仍有垃圾")
        if story.answer == "case_full":
            break
        story.wait(minutes=1)
        story.act("dispose", evidence=[item for item in story.evidence() if item["kind"] == "photo_after"])
        assert story.answer == "accepted"
    assert story.answer == "case_full"
    assert max(len(clock.moves) for clock in story.case.clocks) == limits.CLOCK_MOVES_MAX - MOVES_KEPT_FREE
    assert is_readable(story)
    assert story.act("verify").answer == "accepted"
