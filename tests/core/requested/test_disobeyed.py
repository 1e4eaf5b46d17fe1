"""逾期未改正: what counts as something that follows from an order that is disobeyed, what is new evidence of it, and whose word ends it."""

from datetime import timedelta

import pytest

from schemas import limits
from schemas.values.penalty_terms import CorrectionState
from schemas.values.terms import NoticeKind, RequestKind, Stage
from tests.core.clocks.test_clock import at, story_at
from tests.core.proceedings import take, taken
from tests.core.requested.test_corrections import CHIEF, ON_SITE, ordered
from tests.core.story import Story, sha

DATE = at("11-26 18:00")


def disobeyed(**changes) -> Story:
    """The order of Tuesday, looked at again on Friday: nothing is corrected."""
    return ordered(**changes).wait(days=3).act("reinspect", result="disobeyed")


def photo(text: str) -> list[dict[str, str]]:
    """One photo of that time."""
    return [{"sha256": sha(text), "kind": "photo", "taken_at": at(text).isoformat()}]


def fined_before() -> Story:
    """A fine of the spot that was paid and filed away, and then an order."""
    story = taken(story_at("11-24 09:00").path(*ON_SITE), "simple_decided served paid archived")
    story.act("order_correction", until=DATE.isoformat()).wait(days=3)
    return story.act("reinspect", result="disobeyed")


def disobeyed_twice() -> Story:
    """A penalty was filed for the first order; nothing is, for the second."""
    story = taken(disobeyed(), "filed")
    story.wait(minutes=1).act("order_correction").wait(days=3)
    return story.act("reinspect", result="disobeyed")


def revoked() -> Story:
    """The penalty was revoked in reconsideration."""
    steps: list[tuple[str, dict[str, object]]] = [
        ("simple_decided", {}),
        ("served", {}),
        ("reconsideration_filed", {}),
    ]
    return taken(disobeyed(), [*steps, ("reconsideration_ended", {"outcome": "revoked"})])


def against_another() -> Story:
    """The order is a company's, the penalty a citizen's."""
    return taken(disobeyed(party="legal_person"), "filed")


@pytest.mark.parametrize("story_of", [fined_before, disobeyed_twice, revoked, against_another])
def test_a_penalty_that_is_not_for_this_disobedience_settles_nothing(story_of):
    """The case is not done; a head may say that nothing follows."""
    story = story_of()
    assert story.act("dispose").answer == "order_disobeyed"
    assert story.wait(minutes=1).act("release_correction").answer == "accepted"
    assert story.path("dispose").stage is Stage.AWAITING_VERIFICATION


def test_nobody_is_spared_since_it_is_corrected_while_the_order_is_disobeyed():
    """不予处罚 that rests on correction is refused until somebody looked again and found it so."""
    story = taken(disobeyed(), "filed investigated").wait(minutes=1)
    assert take(story, "no_penalty") == "no_penalty_without_ground"
    assert story.wait(minutes=1).act("reinspect").answer == "accepted"
    assert take(story.wait(minutes=1), "no_penalty") == "accepted"


def test_a_penalty_begun_before_the_order_settles_it_by_its_decision():
    """Filed first, ordered during the investigation, disobeyed: what is decided then is what follows."""
    story = taken(story_at("11-24 09:00").path(*ON_SITE), "filed investigated")
    story.act("order_correction", until=DATE.isoformat()).wait(days=3).act("reinspect", result="disobeyed")
    assert story.act("dispose").answer == "order_disobeyed"
    taken(story, "noticed reviewed decided")
    assert story.path("dispose").stage is Stage.AWAITING_VERIFICATION


def test_a_paper_served_without_a_network_is_an_order_all_the_same():
    """By the officers' record it was served before its date; what arrives when that is over rests no case."""
    story = story_at("11-24 09:00").path(*ON_SITE).wait(days=3)
    served = at("11-24 10:00")
    story.act("order_correction", until=DATE.isoformat(), acted_at=served.isoformat())
    assert (story.answer, story.stage, story.case.corrections[0].at) == ("accepted", Stage.ARRIVED, served)
    assert story.act("dispose").answer == "order_not_inspected"
    assert story.act("reinspect", result="disobeyed").answer == "accepted"


def test_more_time_asked_for_before_the_date_is_given_though_it_is_recorded_late():
    """The case rests again until the new date; asked for at the date or later it is refused, by its own name."""
    story = ordered().wait(days=3)
    late = {"until": at("11-30 18:00").isoformat()}
    assert story.act("extend_correction", **late, acted_at=DATE.isoformat()).answer == "order_lapsed"
    assert story.act("extend_correction", **late, acted_at=at("11-26 17:59").isoformat()).answer == "accepted"
    assert (story.stage, story.case.suspension.until) == (Stage.SUSPENDED, at("11-30 18:00"))
    assert (story.wait(days=4).stage, story.act("dispose").answer) == (Stage.ARRIVED, "order_not_inspected")


def test_what_was_seen_before_the_date_shows_no_disobedience_however_late_it_is_sent():
    """The time on the officers' record counts, and never one after now."""
    story = ordered().wait(days=3)
    seen = {"result": "disobeyed", "acted_at": at("11-25 09:00").isoformat()}
    assert story.act("reinspect", **seen).answer == "inspected_early"


@pytest.mark.parametrize(
    ("result", "evidence"),
    [("obeyed", photo("11-24 09:30")), ("disobeyed", photo("11-26 17:00")), ("obeyed", None)],
)
def test_a_re_inspection_shows_something_new(result, evidence):
    """Neither a photo of before the order, nor of disobedience one of before the date, nor the notice that was served."""
    story = story_at("11-24 09:00").path(*ON_SITE).wait(hours=1)
    story.act("order_correction", until=DATE.isoformat()).wait(days=3)
    notice = [item for item in story.case.evidence if item.kind.value == "document"][-1]
    old = [{"sha256": notice.sha256, "kind": "document", "taken_at": notice.taken_at.isoformat()}]
    story.act("reinspect", result=result, evidence=evidence or old)
    assert (story.answer, story.case.corrections[-1].state) == (
        "inspection_unproven",
        CorrectionState.RUNNING,
    )


def test_a_file_is_not_archived_while_the_order_runs_or_is_disobeyed():
    """Not because somebody states that it is corrected: it is looked at again, though the case is closed meanwhile."""
    story = taken(ordered(), "simple_decided served paid").wait(minutes=1)
    assert take(story, "archived") == "archived_with_open_order"
    story.wait(days=3).act("reinspect", result="disobeyed")
    assert take(story.wait(minutes=1), "archived") == "archived_with_open_order"


def test_a_closed_case_is_looked_at_again_while_its_penalty_goes_on():
    """Then the file may be archived; and the head's word ends it as well."""
    for action in ("reinspect", "release_correction"):
        story = taken(disobeyed(), "filed investigated noticed reviewed decided served paid")
        story.path("dispose", "answer", "pass", "call")
        assert (story.stage, story.wait(days=1).act(action).answer) == (Stage.CLOSED, "accepted")
        assert take(story.wait(minutes=1), "archived") == "accepted"
        assert story.wait(minutes=1).act(action).answer == "case_closed"


@pytest.mark.parametrize(
    ("action", "kind"),
    [
        ("supervise", "supervision"),
        ("raise_hard", "hard_case"),
        ("terminate", "termination"),
        ("extend", "extension"),
        ("suspend", "suspension"),
    ],
)
def test_an_order_ends_nothing_that_others_are_asked_for(action, kind):
    """It is decided first; the request stands."""
    story = story_at("11-24 09:00").path(*ON_SITE).act(action)
    assert story.answer == "accepted"
    assert story.act("order_correction").answer == "order_waits"
    assert story.case.request.kind is RequestKind(kind)
    assert story.act("decide", granted=False).act("order_correction").answer == "accepted"


@pytest.mark.parametrize("acts", ["officer", "recorder", "extended"])
def test_who_acts_in_the_penalty_or_extended_the_date_does_not_release_the_order(acts):
    """Nobody says of their own work that nothing follows."""
    story = ordered()
    if acts == "extended":
        story.act("extend_correction", actor={"id": "C1", "role": "team", "team": "city-appearance"})
    story.wait(days=7).act("reinspect", result="disobeyed")
    if acts == "officer":
        taken(story, [("filed", {}), ("investigated", {"officers": ["C1", "W0932"]})])
    if acts == "recorder":
        recorder = {"id": "C1", "role": "officer", "team": "city-appearance"}
        story.act("penalise", step="filed", actor=recorder)
    assert story.answer == "accepted"
    assert story.wait(minutes=1).act("release_correction").answer == "self_approval"
    assert story.act("release_correction", actor={**CHIEF, "id": "C2"}).answer == "accepted"


@pytest.mark.parametrize("action", ["transfer", "terminate"])
def test_a_case_leaves_by_no_other_door_while_its_order_is_open(action):
    """Nor is granted what was asked for before; released first, it may go."""
    running, lost = ordered().wait(days=3), disobeyed()
    assert running.act(action).answer == "order_not_inspected"
    assert lost.act(action).answer == "order_disobeyed"
    assert lost.act("release_correction").act(action).answer == "accepted"


def test_a_citizen_who_withdraws_ends_no_order():
    """The withdrawal waits; it is granted when the order is settled."""
    story = ordered().wait(days=3).act("reinspect", result="disobeyed")
    story.report(mark="withdrawn", source_no=story.case.reports[0].source_no)
    assert story.case.request.kind is RequestKind.TERMINATION
    assert story.act("decide").answer == "order_disobeyed"
    assert story.act("release_correction").act("decide").stage is Stage.TERMINATED


@pytest.mark.parametrize(
    ("matter", "days", "answer"),
    [("SZ-002", 2, "order_date"), ("SZ-002", 0.9, "accepted"), ("SR-001", 29, "accepted")],
)
def test_what_is_urgent_is_corrected_sooner(matter, days, answer):
    """An order of a P1 case runs a day at most, of another one up to thirty."""
    story = story_at("11-24 09:00").report(matter=matter, caller=None).path("sign", "arrive")
    story.act("order_correction", until=(story.now + timedelta(days=days)).isoformat())
    assert story.answer == answer


def test_all_the_orders_of_a_case_together_have_an_end():
    """Sixty days for all, however often another is given."""
    story = story_at("11-24 09:00").path(*ON_SITE)
    for _ in range(2):
        story.act("order_correction", until=(story.now + timedelta(days=29)).isoformat())
        story.wait(days=30).act("reinspect", result="disobeyed").act("release_correction")
        assert story.answer == "accepted"
    story.act("order_correction", until=(story.now + timedelta(days=3)).isoformat())
    assert story.answer == "order_date"
    assert story.act("order_correction", until=(story.now + timedelta(days=1)).isoformat()).answer == (
        "accepted"
    )


def test_a_long_order_is_shortened_before_its_date_is_lost():
    """The citizen hears the date and that it is looked at again, whatever is to be corrected; in the answer as well."""
    story = ordered(what="清除占道货架" * 80)
    (told,) = [notice for notice in story.last.notices if notice.kind is NoticeKind.INTERIM_ANSWER]
    assert "2026年11月26日" in told.text_zh
    assert "届时将予复查" in told.text_zh
    story.wait(days=1).path("reinspect", "dispose", "answer")
    assert "经复查已改正" in story.case.answers[-1].text
    assert len(story.case.answers[-1].text) <= limits.NOTE_MAX


def test_who_was_penalised_is_not_said_to_be_dealt_with_some_day():
    """A decision that stands is told as one."""
    story = taken(disobeyed(), "simple_decided served paid").path("dispose", "answer")
    assert "已依法作出行政处罚决定" in story.case.answers[-1].text
