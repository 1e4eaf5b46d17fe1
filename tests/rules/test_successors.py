"""A squad, a group or a department that the roster ends: its open tasks go to its successor, exactly once; without one nobody starts."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.audit.auditing import audit_partition
from pipeline.audit.checks.check_context import AuditSetup
from pipeline.audit.checks.crossing.hops import judge
from pipeline.audit.model.rules_reader import read_audit_rules
from pipeline.core.partition import Partition
from pipeline.rulebook import load_rules
from pipeline.rulebook.moved import survey
from schemas.errors import CorruptLog
from schemas.values.terms import Stage
from tests.audit.good_story.good import in_a_grid
from tests.audit.logs import story_log
from tests.core.story import KEY, START, Story
from tests.rules.conftest import Rewritten, problems_of

MIDDLE = '{id: area-middle, name_zh: 中片区执法队, name_en: Middle squad, communities: ["002", "005", "008"]}'
EAST = '{id: area-east, name_zh: 东片区执法队, name_en: East squad, communities: ["003", "006", "009"]}'
WEST = '{id: area-west, name_zh: 西片区执法队, name_en: West squad, communities: ["001", "004", "007"]}'
TRAFFIC = "{id: traffic-police, name_zh: 公安交警大队, name_en: Traffic police}"
JOINT = ("digging", "sign", "arrive", "whistle")


def ended(entry: str, successor: str, day: str) -> tuple[str, str, str]:
    """The edit by which the roster ends an entry."""
    return ("roster", entry, f"{entry[:-1]}, gone_from: {day}, successor: {successor}}}")


MERGED_YESTERDAY = ended(MIDDLE, "area-west", "2026-11-23")
REMOVED = (
    ("roster", f"      - {MIDDLE}\n", ""),
    ("roster", '"001", "004", "007"]', '"001", "004", "007", "002", "005", "008"]'),
)


@pytest.fixture
def rewritten(rewritten: Rewritten) -> Rewritten:
    """Of a street whose people are not known: those of these stories are invented, and no squad that ends has any."""

    def make(*edits: tuple[str, str, str]) -> Path:
        folder = rewritten(*edits)
        shutil.rmtree(folder / "people")
        return folder

    return make


def held_by_middle(*then: str) -> Story:
    """A case that area-middle holds."""
    story = Story().path("offer").act("claim", actor={"id": "O1", "role": "team", "team": "area-middle"})
    assert story.case.task.team == "area-middle"
    return story.path(*then)


def started_with(story: Story, folder: Path) -> Story:
    """A worker starts with other rules on the same cases."""
    cases = list(story.core.cases())
    story.rules = load_rules(folder)
    story.core = Partition(story.rules, KEY, "test")
    story.core.restore(cases)
    return story


def handed(story: Story) -> list[tuple[str, str]]:
    """Every handing over so far."""
    events = (event for outcome in story.outcomes for event in outcome.entry.events)
    return [(one.gone, one.successor) for one in events if one.event == "task_handed_over.v1"]


def test_a_squad_that_is_simply_gone_is_named_with_its_cases_and_no_worker_starts(rewritten):
    """Clear line: which team, which cases, and what helps; `rules diff` says the same before."""
    story = held_by_middle("sign")
    folder = rewritten(*REMOVED)
    result = survey(load_rules(folder), story.core.cases(), START)
    assert [(one.case.case_id, one.why) for one in result.obstacles] == [
        (story.case_id, "no team or department area-middle")
    ]
    with pytest.raises(CorruptLog) as refused:
        started_with(story, folder)
    assert refused.value.code == "unknown_team"
    for words in ("area-middle", story.case_id, "gone_from", "successor"):
        assert words in str(refused.value)


def test_the_open_task_goes_to_the_successor_who_signs_and_handles_it(rewritten):
    """One entry: withdrawn there, asked here, told here; every clock as it was. The old squad may do nothing any more."""
    story = held_by_middle()
    before, seen = story.case, len(story.outcomes)
    folder = rewritten(MERGED_YESTERDAY)
    (one,) = survey(load_rules(folder), story.core.cases(), story.now).handed_over
    assert (one.case.case_id, one.gone, one.successor) == (story.case_id, "area-middle", "area-west")
    started_with(story, folder).wait(seconds=1)
    (outcome,) = story.outcomes[seen:]
    assert outcome.entry.cause.timer.value == "rules_changed"
    assert [(task.team, task.status.value) for task in outcome.assignments] == [
        ("area-middle", "withdrawn"),
        ("area-west", "open"),
    ]
    assert [(notice.kind.value, notice.to) for notice in outcome.notices] == [("handed_over", "area-west")]
    after = story.case
    assert (after.task.team, after.task.leg, after.clocks) == ("area-west", before.task.leg, before.clocks)
    assert (
        story.act("sign", actor={"id": "O1", "role": "team", "team": "area-middle"}).answer == "not_your_task"
    )
    story.path("sign", "arrive", "dispose", "pass")
    assert story.stage is Stage.CLOSED
    assert handed(story) == [("area-middle", "area-west")]


def test_a_successor_has_what_the_squad_claimed_and_no_longer_than_it_had(rewritten):
    """The lease goes over with the task; who has it last and does not come loses it, and the case says who that was."""
    story = held_by_middle("sign")
    (lease,) = story.case.timers
    started_with(story, rewritten(MERGED_YESTERDAY)).wait(seconds=1)
    assert (story.case.task.team, story.case.timers) == ("area-west", (lease,))
    assert story.last.assignments[-1].claim_until == lease.due_at
    story.wait(days=2)
    assert [claim.team for claim in story.case.lapsed_claims] == ["area-west"]
    assert story.case.task.team == "city-appearance"


def test_a_worker_that_starts_again_hands_over_nothing_a_second_time(rewritten):
    """The state says who has it; a third start neither."""
    folder = rewritten(MERGED_YESTERDAY)
    story = started_with(held_by_middle(), folder).wait(seconds=1)
    seen = len(story.outcomes)
    for _ in range(2):
        started_with(story, folder).wait(seconds=1)
    assert len(story.outcomes) == seen


def test_it_is_handed_over_at_midnight_of_its_day_while_the_worker_runs(rewritten):
    """Until then the squad works on; from then on its communities are the successor's, too."""
    rules = load_rules(rewritten(ended(MIDDLE, "area-west", "2026-11-25")))
    midnight = datetime(2026, 11, 24, 16, tzinfo=UTC)
    story = Story(rules=rules).report(source="monitor", caller=None, place=in_a_grid(4)).act("check")
    assert story.case.task.team == "area-middle"
    story.path("sign").wait(seconds=(midnight - story.now).total_seconds() - 1)
    assert handed(story) == []
    story.wait(seconds=1)
    assert handed(story) == [("area-middle", "area-west")]
    assert [
        outcome.entry.at
        for outcome in story.outcomes
        if "task_handed_over.v1" in [e.event for e in outcome.entry.events]
    ] == [midnight]
    story.report(source="monitor", caller=None, place=in_a_grid(5)).act("check")
    assert story.case.task.team == "area-west"
    assert story.act("dispatch", team="area-middle").answer == "unknown_team"


def test_a_chain_of_successors_is_followed_to_its_end(rewritten):
    """Middle became west, and west became east: one entry, straight to east."""
    folder = rewritten(MERGED_YESTERDAY, ended(WEST, "area-east", "2026-11-24"))
    assert handed(started_with(held_by_middle(), folder).wait(seconds=1)) == [("area-middle", "area-east")]


@pytest.mark.parametrize(
    "path",
    [
        ("sign", "ask"),
        ("sign", "suspend"),
        ("sign", "arrive", "dispose"),
        ("sign", "arrive", "dispose", "fail"),
    ],
)
def test_at_whatever_stage_the_task_is_handed_over(rewritten, path):
    """Rested, asked for, verified or done again: whoever has its place goes on with it."""
    story = held_by_middle(*path)
    request = story.case.request
    started_with(story, rewritten(MERGED_YESTERDAY)).wait(seconds=1)
    assert story.case.task.team == "area-west"
    if request is not None:
        assert (story.case.request.team, story.case.request.by) == ("area-west", request.by)


def test_an_offer_to_a_squad_that_is_gone_is_made_to_its_successor(rewritten):
    """Withdrawn and offered anew, to be claimed until the same time."""
    story = Story().path("offer")
    assert "area-middle" in story.case.task.offered_to
    due = story.clock("claim").due_at
    started_with(story, rewritten(MERGED_YESTERDAY)).wait(seconds=1)
    assert "area-west" in story.case.task.offered_to
    assert "area-middle" not in story.case.task.offered_to
    assert story.clock("claim").due_at == due
    story.act("claim", actor={"id": "O1", "role": "team", "team": "area-west"})
    assert story.answer == "accepted"


def test_a_closed_case_that_is_opened_again_goes_to_the_successor(rewritten):
    """Nothing was handed over while it was closed."""
    story = held_by_middle("sign", "arrive", "dispose", "pass")
    started_with(story, rewritten(MERGED_YESTERDAY)).wait(seconds=1)
    assert handed(story) == []
    story.act("reopen")
    assert story.case.task.team == "area-west"


@pytest.mark.parametrize(("successor", "is_partner"), [("fire-brigade", False), ("sanitation", True)])
def test_a_partners_joint_task_goes_to_its_successor(rewritten, successor, is_partner):
    """With its clocks; one that takes part already has one task, mandatory since the other's was."""
    story = Story().path(*JOINT).act("joint_step", status="arrived")
    due = story.clock("partner_finish", "traffic_police").due_at
    started_with(story, rewritten(ended(TRAFFIC, successor, "2026-11-24"))).wait(seconds=1)
    tasks = {task.department: task for task in story.case.joint.tasks}
    assert set(tasks) == {successor, "sanitation"}
    assert tasks[successor].mandatory
    running = {clock.name for clock in story.case.clocks if clock.stopped_at is None and clock.name}
    assert running == {name.replace("-", "_") for name in tasks}
    if not is_partner:
        assert story.clock("partner_finish", successor.replace("-", "_")).due_at == due
    actor = {"id": "P9", "role": "department", "team": successor}
    assert (
        story.act(
            "joint_step", status="refused" if is_partner else "done", note="警力不足", actor=actor
        ).answer
        == "accepted"
    )
    assert story.act("whistle").answer == "not_at_this_stage"


def test_a_department_that_is_gone_is_not_called_any_more(rewritten):
    """The refusal names those that there are."""
    rules = load_rules(rewritten(ended(TRAFFIC, "fire-brigade", "2026-11-24")))
    story = Story(rules=rules).path("digging", "sign", "arrive").act("whistle")
    assert story.answer == "unknown_department"


def test_the_auditor_finds_no_fault_and_replays_it(rewritten):
    """A day on which a squad ends, from the log alone; with another roster it finds the handing over wrong."""
    folder = rewritten(ended(MIDDLE, "area-west", "2026-11-25"), ended(TRAFFIC, "fire-brigade", "2026-11-25"))
    story = (
        Story(rules=load_rules(folder)).report(source="monitor", caller=None, place=in_a_grid(4)).act("check")
    )
    story.path("sign", *JOINT).act("joint_step", status="responded").wait(days=2)
    assert sorted(handed(story)) == [("area-middle", "area-west"), ("traffic-police", "fire-brigade")]
    rules = read_audit_rules(folder)
    setup = AuditSetup({rules.version: rules}.get, partitions=1, code_version="test", caller_key=KEY)
    found = audit_partition(story_log(story), setup, {rules.version: story.rules}.get)
    judge(found)
    assert [(one.code, one.en) for one in found.kept] == []


@pytest.mark.parametrize(
    ("edits", "says"),
    [
        ((ended(MIDDLE, "area-north", "2027-01-01"),), "no such successor: area-north"),
        ((ended(MIDDLE, "area-middle", "2027-01-01"),), "round in a circle"),
        (
            (ended(MIDDLE, "area-west", "2027-01-01"), ended(WEST, "area-middle", "2027-01-02")),
            "round in a circle",
        ),
        ((ended(MIDDLE, "fire-brigade", "2027-01-01"),), "no such successor: fire-brigade"),
        ((ended(TRAFFIC, "utilities", "2027-01-01"),), "no such successor: utilities"),
        ((("roster", MIDDLE, f"{MIDDLE[:-1]}, successor: area-west}}"),), "successor without gone_from"),
        ((("roster", MIDDLE, f"{MIDDLE[:-1]}, gone_from: 2027-01-01}}"),), "gone_from without successor"),
        (
            (ended("{id: callback, name_zh: 回访岗, name_en: Call-back post}", "duty", "2027-01-01"),),
            "a post does not end",
        ),
    ],
)
def test_what_the_check_of_rules_says_of_a_wrong_successor(rewritten, edits, says):
    """Of nobody, of another kind, in a circle, half said, or of a post."""
    found = problems_of(rewritten(*edits))
    assert any(says in problem.wrong for problem in found), found
