"""回访 that is not content: the unit goes again and sees why; an unreasonable demand (不合理诉求) is the hotline's to say, and counted apart."""

import pytest

from schemas.values.answer_terms import UnsolvedCause
from schemas.values.terms import AssignmentKind, CaseOutcome, RequestKind, Stage
from tests.core.story import Story

VERIFIED = ("report", "sign", "arrive", "dispose", "pass")


def task_of(story: Story, kind: AssignmentKind):
    """The newest task of this kind that was told."""
    tasks = [task for outcome in story.outcomes for task in outcome.assignments if task.kind is kind]
    return tasks[-1]


def test_who_goes_again_reads_what_was_answered_and_why_it_is_not_solved():
    """The earlier answer stays with the caller's words beside it; the new one is written anew."""
    story = Story().path(*VERIFIED).wait(minutes=1)
    story.act("call_back", solved=False, satisfied=False, note="摊贩第二天又来了")
    (earlier,) = task_of(story, AssignmentKind.HANDLE).answers
    assert (earlier.unsolved, earlier.caller_said) == (UnsolvedCause.UNIT, "摊贩第二天又来了")
    assert "摊贩已劝离" in earlier.text
    story.path("sign", "arrive", "dispose", "pass")
    assert [answer.unsolved for answer in story.case.answers] == [UnsolvedCause.UNIT, None]


def test_a_caller_who_is_not_satisfied_for_the_units_fault_is_handled_again():
    """Solved, and badly: said to be the unit's fault it is done again; without a cause it is closed as before."""
    story = Story().path(*VERIFIED).act("call_back", satisfied=False, cause="unit", note="态度粗暴")
    assert (story.stage, story.case.reopens) == (Stage.DISPATCHED, 1)
    story = Story().path(*VERIFIED).act("call_back", satisfied=False)
    assert story.case.outcome is CaseOutcome.UNSATISFIED


def test_an_unreasonable_demand_is_counted_apart_when_the_hotline_consents():
    """Asked with evidence, seen with the answer, granted: closed as such, and no call counts as unsolved."""
    story = Story().path(*VERIFIED, "demand")
    assert (story.answer, story.events, story.stage) == ("accepted", ["case_asked"], Stage.AWAITING_CALLBACK)
    task = task_of(story, AssignmentKind.APPROVE)
    assert (task.team, task.request.kind, len(task.answers)) == ("callback", RequestKind.UNREASONABLE, 1)
    assert story.case.evidence[-1].kind == "document"
    story.path("consent")
    assert (story.stage, story.case.outcome) == (Stage.CLOSED, CaseOutcome.UNREASONABLE)
    assert "call_back_recorded" not in {event for outcome in story.outcomes for event in names(outcome)}


def names(outcome) -> list[str]:
    """The events of an outcome."""
    return [event.event.partition(".")[0] for event in outcome.entry.events]


def test_without_the_hotlines_consent_the_unit_goes_again_and_the_call_counts():
    """As if it had been said at once; whoever called is named."""
    story = Story().path(*VERIFIED, "demand").act("decide", request="unreasonable", granted=False)
    assert names(story.last)[:4] == [
        "request_decided", "call_back_recorded", "case_reopened", "case_dispatched",
    ]  # fmt: skip
    recorded = story.last.entry.events[1]
    assert (recorded.by, recorded.solved, recorded.cause) == ("H1", False, UnsolvedCause.UNIT)
    assert story.case.answers[-1].caller_said == "要求免除"


def test_without_consent_and_with_no_rework_left_it_is_closed_as_not_satisfied():
    """The policy bounds how often it is done again."""
    story = Story().path(*VERIFIED)
    for _ in range(story.rules.policy.reopens_max):
        story.path("unsolved", "sign", "arrive", "dispose", "pass")
    story.path("demand").act("decide", request="unreasonable", granted=False)
    assert story.case.outcome is CaseOutcome.UNSATISFIED


@pytest.mark.parametrize("changes", [{"evidence": []}, {"note": ""}, {"note": "无"}])
def test_a_demand_is_not_called_unreasonable_without_evidence_and_a_reason(changes):
    """Whoever says so shows it."""
    story = Story().path(*VERIFIED).demand(**changes)
    assert (story.answer, story.stage) == ("demand_unproven", Stage.AWAITING_CALLBACK)


def test_who_calls_does_not_consent_and_nobody_but_the_hotline_does():
    """Two people, and the second is the hotline's."""
    story = Story().path(*VERIFIED, "demand")
    own = {"id": "H1", "role": "hotline"}
    assert story.act("decide", request="unreasonable", actor=own).answer == "self_approval"
    chief = {"id": "C1", "role": "duty_chief", "team": "duty"}
    assert story.act("decide", request="unreasonable", actor=chief).answer == "role_not_allowed"


def test_it_is_asked_once_after_verification_and_not_against_what_was_reported_again():
    """At the deadline of a case under way it is too early; a second claim waits; a caller who is content after all ends it."""
    late = Story().path("report", "sign", "arrive").wait(hours=12)
    assert late.demand().answer == "not_at_this_stage"
    story = Story().path(*VERIFIED, "demand")
    assert story.demand().answer == "request_pending"
    assert story.act("call_back", reached=False, solved=None, satisfied=None).answer == "request_pending"
    story.path("call")
    assert (story.case.outcome, story.case.request) == (CaseOutcome.RESOLVED, None)
    assert "request_lapsed" in names(story.last)


def test_what_is_reported_again_meanwhile_speaks_for_the_caller():
    """The hotline cannot consent to what a newer report contradicts; refusing, it says what was found, or the unit goes again."""
    story = Story().path(*VERIFIED, "demand").wait(minutes=1).report(source_no="R-again")
    assert story.act("decide", case_id=story.case_id, request="unreasonable").answer == (
        "later_report_unanswered"
    )
    assert story.act("decide", request="unreasonable", granted=False).answer == "accepted"
    assert story.case.reopens == 1
