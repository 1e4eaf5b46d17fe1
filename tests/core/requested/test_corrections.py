"""责令限期改正 and 复查: the party has a date to put it right by; the case rests until then, is looked at again, and is over only when it was obeyed or something follows."""

import pytest

from schemas.values.penalty_terms import CorrectionState
from schemas.values.terms import NoticeKind, Stage
from tests.core.clocks.test_clock import at, story_at
from tests.core.story import Story

ON_SITE = ("report", "sign", "arrive")
ORDERED = (*ON_SITE, "order_correction")
CHIEF = {"id": "C1", "role": "duty_chief", "team": "duty"}


def ordered(**changes) -> Story:
    """An order of Tuesday morning, until Thursday evening."""
    story = story_at("11-24 09:00").path(*ON_SITE)
    return story.act("order_correction", **{"until": at("11-26 18:00").isoformat(), **changes})


def test_an_order_says_who_corrects_what_by_when_and_on_which_law():
    """The case rests until the date, for that reason, and its handling stands; the law is the matter's where no other is named."""
    story = ordered(what="清除占道货架")
    (order,) = story.case.corrections
    assert (story.answer, story.stage, story.case.suspension.reason.value) == (
        "accepted",
        Stage.SUSPENDED,
        "correction",
    )
    assert (order.what, order.party.value, order.paper, order.served.value) == (
        "清除占道货架",
        "citizen",
        "责改〔2026〕12号",
        "in_person",
    )
    assert (order.until, order.by, order.state) == (at("11-26 18:00"), "O1", CorrectionState.RUNNING)
    assert "城市市容和环境卫生管理条例" in order.basis
    assert story.clock("dispose").stopped_at == story.now


def test_the_citizen_hears_of_the_order_and_its_date_at_once():
    """An interim answer with the date, and once more when it is extended."""
    story = ordered(what="清除占道货架")
    (told,) = [notice for notice in story.last.notices if notice.kind is NoticeKind.INTERIM_ANSWER]
    assert (told.due_at, "清除占道货架" in told.text_zh, "2026年11月26日" in told.text_zh) == (
        at("11-26 18:00"),
        True,
        True,
    )
    story.act("extend_correction", until=at("11-30 18:00").isoformat())
    (told,) = [notice for notice in story.last.notices if notice.kind is NoticeKind.INTERIM_ANSWER]
    assert "2026年11月30日" in told.text_zh


def test_at_the_date_the_team_has_the_case_again_and_is_told():
    """Its handling goes on where it stood; the task names the order to be inspected."""
    story = ordered()
    due = story.clock("dispose").due_at
    story.wait(days=3)
    assert (story.stage, story.case.suspension) == (Stage.ARRIVED, None)
    told = {n.to for outcome in story.outcomes for n in outcome.notices if n.kind is NoticeKind.RESUMED}
    assert told == {"city-appearance", "duty"}
    tasks = [task for outcome in story.outcomes for task in outcome.assignments]
    assert (tasks[-1].team, tasks[-1].kind.value, tasks[-1].correction.state.value) == (
        "city-appearance",
        "handle",
        "running",
    )
    assert story.clock("dispose").due_at > due


def test_an_order_that_is_obeyed_is_inspected_and_the_case_goes_on():
    """Before its date too; then the case is done with the evidence of its matter, and the answer tells of the order."""
    story = ordered().wait(days=1)
    assert story.act("dispose").answer == "not_at_this_stage"
    assert story.act("reinspect").answer == "accepted"
    assert (story.stage, story.case.corrections[-1].state) == (Stage.ARRIVED, CorrectionState.OBEYED)
    assert story.path("dispose", "answer").stage is Stage.AWAITING_VERIFICATION
    assert "经复查已改正" in story.case.answers[-1].text
    assert story.path("pass", "call").stage is Stage.CLOSED


def test_a_case_is_not_done_before_the_re_inspection():
    """Whoever disposes of it when the date is over is told to look again first, and nothing changes."""
    story = ordered().wait(days=3)
    before = story.state()
    assert story.act("dispose").answer == "order_not_inspected"
    assert story.state() == before


def test_a_case_is_not_done_while_the_order_is_disobeyed():
    """A penalty procedure is filed first."""
    story = ordered().wait(days=3).act("reinspect", result="disobeyed")
    assert (story.answer, story.case.corrections[-1].state) == ("accepted", CorrectionState.DISOBEYED)
    assert story.act("dispose").answer == "order_disobeyed"
    story.act("penalise", step="clue", evidence=story.evidence("document"))
    assert story.act("dispose").answer == "order_disobeyed"
    story.act(
        "penalise",
        step="filed",
        facts={"officers": ["O1", "O2"], "approved_by": "L08"},
        evidence=story.evidence("document"),
    )
    assert story.path("dispose").stage is Stage.AWAITING_VERIFICATION


def test_what_was_disobeyed_may_be_obeyed_late():
    """Looked at once more, and then nothing more follows."""
    story = ordered().wait(days=3).act("reinspect", result="disobeyed").wait(days=1).act("reinspect")
    assert (story.answer, story.path("dispose").stage) == ("accepted", Stage.AWAITING_VERIFICATION)


def test_a_head_may_say_that_nothing_follows():
    """Not whoever handled the case; also while the order runs, which ends its rest."""
    story = ordered().wait(days=3).act("reinspect", result="disobeyed")
    assert story.act("release_correction", actor={**CHIEF, "id": "O1"}).answer == "self_approval"
    assert story.act("release_correction", actor={"id": "D1", "role": "dispatcher"}).answer == (
        "role_not_allowed"
    )
    assert story.act("release_correction").answer == "accepted"
    assert story.path("dispose").stage is Stage.AWAITING_VERIFICATION
    running = ordered().act("release_correction")
    assert (running.stage, running.case.corrections[-1].why) == (Stage.ARRIVED, "当事人已搬离")


def test_an_order_is_extended_once_before_its_date():
    """The case rests until the new date; a second time it is refused, and so is what comes too late."""
    story = ordered().act("extend_correction", until=at("11-30 18:00").isoformat())
    order = story.case.corrections[-1]
    assert (story.answer, order.until, order.extended_from) == (
        "accepted",
        at("11-30 18:00"),
        at("11-26 18:00"),
    )
    assert (story.wait(days=3).stage, story.case.suspension.until) == (Stage.SUSPENDED, at("11-30 18:00"))
    again = story.act("extend_correction", until=at("12-02 18:00").isoformat())
    assert again.answer == "order_extended_already"
    assert story.wait(days=4).stage is Stage.ARRIVED
    late = ordered(until=at("11-24 12:00").isoformat()).act("suspend").act("decide")
    assert late.wait(hours=5).act("extend_correction").answer == "order_lapsed"


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"until": at("11-24 08:00").isoformat()}, "order_date", "until"),
        ({"until": at("12-30 08:00").isoformat()}, "order_date", "until"),
        ({"evidence": []}, "order_unserved", "evidence"),
        ({"what": "无"}, "order_incomplete", "what"),
    ],
)
def test_an_order_that_is_none_is_refused(changes, code, field):
    """A date behind now or beyond the cap, no notice, nothing to correct."""
    story = ordered(**changes)
    assert (story.answer, story.last.receipts[0].field) == (code, field)
    assert (story.stage, story.case.corrections) == (Stage.ARRIVED, ())


def test_the_time_of_the_party_is_not_cut_short():
    """Nobody says before the date that it is disobeyed, gives a second order, or goes on as if there were none."""
    story = ordered()
    assert story.act("reinspect", result="disobeyed").answer == "inspected_early"
    assert story.act("resume").answer == "order_runs"
    assert story.act("reinspect", evidence=[]).answer == "inspection_unproven"
    story.wait(days=3)
    assert story.act("order_correction").answer == "order_open"


def test_an_order_takes_none_of_the_suspensions_of_a_case():
    """Nobody asked for it; and nobody can ask for such a rest."""
    story = ordered().wait(hours=1).act("reinspect")
    assert story.case.suspensions == 0
    assert story.act("suspend", reason="correction").answer == "reason_not_allowed"


def test_what_is_corrected_on_the_spot_needs_no_order():
    """即查即改: arrived and done."""
    assert Story().path(*ON_SITE, "dispose").stage is Stage.AWAITING_VERIFICATION


def test_without_an_order_there_is_nothing_to_inspect():
    """Each answered with its own code."""
    story = Story().path(*ON_SITE)
    assert story.act("reinspect").answer == "no_order_running"
    assert story.act("release_correction").answer == "no_order_running"
