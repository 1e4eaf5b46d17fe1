"""并案 and 拆案: two cases become one, and a wrong merge is undone with both clocks right and everybody answered."""

import pytest

from pipeline.core.clocks import running_clocks
from pipeline.core.partition import Partition
from pipeline.core.worktime.policy import span_of
from schemas.state.case import Case
from schemas.values.terms import CaseOutcome, ClockKind, Stage
from schemas.wire import codecs
from tests.core.clocks.test_changed_rules import restored, rules_with
from tests.core.clocks.test_clock import at, running, story_at, until
from tests.core.story import ELSEWHERE, KEY, RULES, STREET, Story, sha

PHOTO = {"sha256": sha("stall"), "kind": "photo", "taken_at": at("11-24 08:55").isoformat()}


def case_of(story: Story, case_id: str) -> Case:
    """A case by its id."""
    return next(case for case in story.core.cases() if case.case_id == case_id)


def dispose(case: Case):
    """The clock of its handling."""
    return running_clocks.clock_of(case, ClockKind.DISPOSE)


def asked_of(story: Story, case_id: str) -> set[tuple[str, str]]:
    """Who is asked to do what about a case, as the assignments have it."""
    held: set[tuple[str, str]] = set()
    for assignment in (
        assignment for o in story.outcomes for assignment in o.assignments if assignment.case_id == case_id
    ):
        (held.add if assignment.status.value == "open" else held.discard)(
            (assignment.team, assignment.kind.value)
        )
    return held


def answers_to(story: Story, kind: str) -> list[tuple[str | None, str]]:
    """Who was told so in the newest entry, and of which case."""
    return [(n.source_no, n.case_id) for n in story.last.notices if n.kind.value == kind]


def merged_by_hand(first: str = "11-24 09:00", then: int = 30) -> tuple[Story, str, str]:
    """A host, and `then` minutes later another case elsewhere that is merged into it."""
    story = story_at(first).report(source_no="HOST", place=ELSEWHERE)
    host = story.case_id
    story.wait(minutes=then).report(source_no="PART")
    part = story.case_id
    story.wait(minutes=5).act("merge", into=host)
    assert story.answer == "accepted"
    return story, host, part


# one report


def test_a_merged_report_keeps_all_that_it_said():
    """Its place, text and photos stay with it, not with the case: a wrong merge leaves nothing behind."""
    story = story_at("11-24 09:00").report()
    story.wait(minutes=20).report(text="卖水果的又来了", evidence=[PHOTO])
    merged = story.case.reports[1]
    assert merged.facts.text == "卖水果的又来了"
    assert merged.facts.opened_at == at("11-24 09:20")
    assert [item.sha256 for item in merged.evidence] == [PHOTO["sha256"]]
    assert story.case.evidence == ()


def test_a_report_that_was_merged_wrongly_becomes_the_case_that_it_would_have_been():
    """Its clocks count from when it was reported; what is asked of the team begins now; the host is as it was."""
    story = story_at("11-24 09:00").report(source_no="FIRST")
    host, before = story.case_id, story.case
    story.wait(minutes=20).report(source_no="SECOND", evidence=[PHOTO])
    story.wait(minutes=40).act("split", source="12345", source_no="SECOND", note="不是同一处")
    assert story.answer == "accepted"
    new = case_of(story, story.case_id)
    assert new.case_id != host
    assert new.facts.opened_at == dispose(new).started_at == at("11-24 09:20")
    assert dispose(new).due_at == at("11-24 11:20")
    assert running_clocks.clock_of(new, ClockKind.SIGN).started_at == at("11-24 10:00")
    assert [item.sha256 for item in new.evidence] == [PHOTO["sha256"]]
    after = case_of(story, host)
    assert [(c.kind, c.due_at) for c in after.clocks] == [(c.kind, c.due_at) for c in before.clocks]
    assert after.reports == before.reports
    assert answers_to(story, "split") == [("SECOND", new.case_id)]
    assert asked_of(story, host) == asked_of(story, new.case_id) == {("city-appearance", "handle")}


def test_what_was_promised_at_merging_is_said_again_after_the_split():
    """The same report pushed again has the same receipt, to the byte, whatever became of it since."""
    story = story_at("11-24 09:00").report(source_no="FIRST").wait(minutes=20)
    story.report(source_no="SECOND")
    pushed, receipt = story.pushed[-1][0], story.last.receipts
    story.act("split", source="12345", source_no="SECOND")
    story.push_bytes(pushed.topic, pushed.key, pushed.value)
    assert story.last.receipts == receipt
    assert len(list(story.core.cases())) == 2


def test_a_split_after_the_deadline_is_told_of_at_once():
    """Nobody handled it: it is late by its own clock, and the breach says by how much."""
    story = story_at("11-24 09:00").report(source_no="FIRST").wait(minutes=20)
    story.report(source_no="SECOND").wait(hours=6)
    story.act("split", source="12345", source_no="SECOND").wait(minutes=0)
    fired = [n for o in story.outcomes for n in o.notices if n.case_id == story.case_id]
    breach = [n for n in fired if n.kind.value == "breach" and n.clock is ClockKind.DISPOSE]
    assert breach[0].due_at == at("11-24 11:20")
    assert breach[0].late_s == 4 * 3600


def test_a_closed_case_gives_back_what_was_merged_into_it_wrongly():
    """The caller was told that it is solved; it was another thing, and that is now handled."""
    story = story_at("11-24 09:00").report(source_no="FIRST").report(source_no="SECOND")
    host = story.case_id
    story.path("sign", "arrive", "dispose", "pass", "call").act("split", source="12345", source_no="SECOND")
    assert story.answer == "accepted"
    assert case_of(story, host).stage is Stage.CLOSED
    assert story.stage is Stage.DISPATCHED
    story.path("sign", "arrive", "dispose", "pass", "call")
    assert answers_to(story, "final_answer") == [("SECOND", story.case_id)]


@pytest.mark.parametrize("number", ["FIRST", "NEVER"])
def test_only_a_merged_report_is_split_off(number):
    """Not the one that the case began with, and none that it does not know."""
    story = Story().report(source_no="FIRST").report(source_no="SECOND")
    before = story.state()
    assert story.act("split", source="12345", source_no=number).answer == "not_merged"
    assert story.state() == before


def test_a_case_takes_only_so_many_reports():
    """Its snapshot stays small enough to be written; the next report opens another case, and is not lost."""
    story = Story()
    for number in range(210):
        story.report(source="monitor", source_no=f"M{number}", caller=None)
    sizes = sorted(len(case.reports) for case in story.core.cases())
    assert sizes == [9, 201]


# two cases


def test_the_host_answers_for_both():
    """Callers of both are called, sources of both told, each by its own number."""
    story, host, part = merged_by_hand()
    assert answers_to(story, "merged") == [("PART", host)]
    assert case_of(story, part).stage is Stage.MERGED
    assert case_of(story, part).outcome is CaseOutcome.MERGED
    assert (asked_of(story, host), asked_of(story, part)) == ({("city-appearance", "handle")}, set())
    task = case_of(story, host).task
    for action in ("sign", "arrive", "dispose"):
        actor = {"id": "O1", "role": "team", "team": task.team}
        story.wait(minutes=1).act(
            action,
            case_id=host,
            actor=actor,
            **({"evidence": proof(story, host)} if action == "dispose" else {}),
        )
        assert story.answer == "accepted"
    story.act("verify", case_id=host)
    call = [assignment for assignment in story.last.assignments if assignment.kind.value == "call_back"]
    assert len(call[0].callers) == 2
    story.act("call_back", case_id=host)
    assert answers_to(story, "final_answer") == [("HOST", host), ("PART", host)]


def proof(story: Story, case_id: str) -> list[dict[str, str]]:
    """What the matter of a case asks for."""
    required = RULES.matters[case_of(story, case_id).facts.matter].evidence_kinds
    return story.evidence(*(kind.value for kind in required))


@pytest.mark.parametrize(("late_host", "due"), [(False, "11-24 11:00"), (True, "11-24 11:00")])
def test_the_earlier_deadline_holds(late_host, due):
    """Whichever is merged into the other."""
    story = story_at("11-24 09:00").report(source_no="OLD", place=ELSEWHERE)
    old = story.case_id
    story.wait(minutes=30).report(source_no="NEW")
    new = story.case_id
    host, part = (new, old) if late_host else (old, new)
    story.wait(minutes=5).act("merge", case_id=part, into=host)
    assert story.answer == "accepted"
    assert dispose(case_of(story, host)).due_at == at(due)
    assert running_of(story, part) == set()


def running_of(story: Story, case_id: str) -> set[str]:
    """The clocks of a case that run."""
    return {clock.kind.value for clock in case_of(story, case_id).clocks if clock.stopped_at is None}


def test_a_wrong_merge_is_undone_with_both_clocks_right():
    """The host has its own deadline back; the other goes on as if its clock had never stopped."""
    story = story_at("11-24 09:00").report(source_no="OLD", place=ELSEWHERE)
    old = story.case_id
    story.wait(minutes=30).report(source_no="NEW")
    new = story.case_id
    story.wait(minutes=5).act("merge", case_id=old, into=new)
    assert dispose(case_of(story, new)).due_at == at("11-24 11:00")
    story.wait(minutes=25).act("split", case_id=new, source="12345", source_no="OLD")
    assert story.answer == "accepted"
    assert dispose(case_of(story, new)).due_at == at("11-24 11:30")
    assert dispose(case_of(story, old)).due_at == at("11-24 11:00")
    assert dispose(case_of(story, old)).moves == ()
    assert running_clocks.clock_of(case_of(story, old), ClockKind.SIGN).moves[0].why == "merged"
    assert case_of(story, old).stage is Stage.DISPATCHED
    assert answers_to(story, "split") == [("OLD", old)]
    assert asked_of(story, old) == asked_of(story, new) == {("city-appearance", "handle")}
    notices = until(story, "11-24 11:31").notified()
    assert notices.count(("breach", 2, "duty_chief")) == 2


def test_what_moved_the_host_meanwhile_moves_its_own_deadline_too():
    """An extension granted while the other was part of it, and a suspension, count for the host alone."""
    story = story_at("11-24 09:00").report(source_no="OLD", place=ELSEWHERE)
    old = story.case_id
    story.wait(minutes=30).report(source_no="NEW")
    new = story.case_id
    story.act("merge", case_id=old, into=new)
    story.path("sign").act("extend", more="60 work_minutes").act("decide")
    story.act("suspend").act("decide").wait(minutes=30).act("resume")
    story.act("split", case_id=new, source="12345", source_no="OLD")
    assert story.answer == "accepted"
    assert dispose(case_of(story, new)).due_at == at("11-24 15:00")
    assert dispose(case_of(story, old)).due_at == at("11-24 11:00")


def test_a_host_that_stands_takes_the_earlier_deadline_and_stands_on():
    """Suspended before the other came, resumed after: what is left of the earlier clock is what was left when it was merged."""
    story = story_at("11-24 09:00").report(source_no="OLD", place=ELSEWHERE)
    old = story.case_id
    story.wait(minutes=30).report(source_no="NEW")
    new = story.case_id
    story.path("sign", "suspend")
    story.now = at("11-24 10:00")
    story.act("merge", case_id=old, into=new)
    assert story.answer == "accepted"
    assert dispose(case_of(story, new)).stopped_at == at("11-24 10:00")
    story.wait(minutes=30).act("resume", case_id=new)
    assert dispose(case_of(story, new)).due_at == at("11-24 11:30")
    story.act("split", case_id=new, source="12345", source_no="OLD")
    assert dispose(case_of(story, new)).due_at == at("11-24 14:28")
    assert dispose(case_of(story, old)).due_at == at("11-24 11:00")


def test_rules_that_changed_meanwhile_hold_after_the_split():
    """Twice the time for the matter: the part that comes back is due as if it had always been so."""
    story, host, part = merged_by_hand()
    matters = dict(RULES.services[0].matters)
    matters["SR-001"] = {**matters["SR-001"], ClockKind.DISPOSE: span_of("4 work_hours")}
    restored(story, rules_with(matters=matters)).wait(seconds=1)
    story.act("split", case_id=host, source="12345", source_no="PART")
    assert dispose(case_of(story, host)).due_at == at("11-24 15:00")
    assert dispose(case_of(story, part)).due_at == at("11-24 15:30")


def test_a_part_is_kept_as_long_as_its_host():
    """So that it may be split off while anybody can still say that the merge was wrong; then both go."""
    story, host, part = merged_by_hand()
    story.wait(days=RULES.policy.retire_days + 1)
    assert case_of(story, part).stage is Stage.MERGED
    story.act("void", case_id=host).act("decide", case_id=host)
    for _ in range(3):
        story.wait(days=RULES.policy.retire_days + 1)
    assert list(story.core.cases()) == []


def test_a_merged_case_is_restored_with_its_host():
    """In any order; and what follows is the same."""
    story, host, part = merged_by_hand()
    snapshots = [codecs.CASE.decode(value) for value in story.state()]
    story.core = Partition(RULES, KEY, "test")
    story.core.restore(reversed(snapshots))
    story.act("split", case_id=host, source="12345", source_no="PART")
    assert story.answer == "accepted"
    assert case_of(story, part).stage is Stage.DISPATCHED


@pytest.mark.parametrize(
    ("path", "into", "code"),
    [
        (("host", "report"), f"{STREET}-0000000000000", "unknown_case"),
        (("host", "report"), "itself", "merge_into_itself"),
        (("host", "digging"), "", "merge_other_matter"),
        (("host", "report", "sign", "arrive"), "", "merge_after_arrival"),
    ],
)
def test_an_impossible_merge_is_refused(path, into, code):
    """And nothing has changed."""
    story = Story().path(*path)
    before = story.state()
    target = {"itself": story.case_id, "": None}.get(into, into)
    story.act("merge", **({"into": target} if target else {}))
    assert story.answer == code
    assert story.state() == before


def test_there_are_no_chains():
    """What was merged takes nothing in, what took something in is not merged, and what is over takes nothing in."""
    story, host, part = merged_by_hand()
    story.report(source_no="THIRD", place={"address": "第三处"})
    third = story.case_id
    assert story.act("merge", case_id=host, into=third).answer == "merge_chain"
    assert story.act("merge", case_id=third, into=part).answer == "merge_into_terminal"
    assert story.act("sign", case_id=part).answer == "case_merged"
    assert story.last.receipts[0].allowed == host


def test_a_report_split_off_may_be_merged_and_split_again():
    """The wrong merge was no wrong merge; and then it was. Each time everything adds up."""
    story = story_at("11-24 09:00").report(source_no="FIRST").report(source_no="SECOND")
    host = story.case_id
    story.act("split", source="12345", source_no="SECOND")
    new = story.case_id
    story.act("merge", case_id=new, into=host)
    assert story.answer == "accepted"
    story.act("split", case_id=host, source="12345", source_no="SECOND")
    assert story.answer == "accepted"
    assert case_of(story, new).stage is Stage.DISPATCHED
    assert [report.source_no for report in case_of(story, host).reports] == ["FIRST"]
    assert running(story) >= {"dispose", "whole"}
