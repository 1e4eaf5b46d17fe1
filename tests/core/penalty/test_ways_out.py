"""Spared, transferred, recused, published: what a party and the public live through beside a fine."""

from datetime import date

import pytest

from pipeline.core.penalty.penalty_procedure import standing
from tests.core.clocks.test_clock import at, story_at, until
from tests.core.penalty.test_unpaid import allowed, legal
from tests.core.proceedings import INQUIRY, SERVED, Said, Steps, on_site, take, taken, with_parameters
from tests.core.story import Story, sha

PUBLIC: Steps = [
    *((step, {}) for step in ("filed", "investigated", "noticed", "reviewed")),
    ("decided", {"public": True}),
    ("served", {}),
]


def limit(story: Story, name: str):
    """A limit of the law."""
    return story.clock("legal", name)


def test_what_may_be_a_crime_is_with_the_police_within_a_day():
    """A head decides within three days; from then on twenty-four hours run, day and night, and nobody fines for it."""
    story = taken(on_site("11-27 16:00"), "filed investigated crime_suspected")
    assert limit(story, "crime_decision").due_at == at("11-30 17:30")
    assert take(story, "no_penalty") == "crime_not_decided"
    taken(until(story, "11-28 20:00"), [("crime_decided", {"crime": True})])
    assert limit(story, "crime_transfer").due_at == at("11-29 20:01")
    assert take(story, "no_penalty") == "crime_not_decided"
    assert allowed(story).startswith("transferred")
    taken(story, "transferred archived")
    assert legal(story) == set()


def test_what_proves_to_be_no_crime_is_punished_after_all():
    """The head says no; the file goes on where it stood."""
    story = taken(on_site(), "filed investigated crime_suspected crime_decided noticed reviewed decided")
    assert standing(story.case.penalty) == "decided"
    assert "crime_transfer" not in legal(story)


def test_a_child_is_not_punished_but_taught():
    """Once it is found that the party is under fourteen, nothing but no_penalty is left; no head has to agree."""
    story = taken(on_site(), [("filed", {}), ("investigated", {"ground": "under_age"})])
    assert take(story, "noticed") == "punished_despite_ground"
    assert allowed(story) == "no_penalty: under_age, as found"
    spared: Said = {
        "ground": "under_age",
        "first_time": None,
        "harm": None,
        "corrected": None,
        "approved_by": None,
    }
    assert take(story, "no_penalty", spared) == "accepted"


def test_a_first_small_breach_may_be_spared_if_a_head_says_so():
    """The law leaves it to the organ; being minor and put right in time it is spared without that."""
    story = taken(on_site(), INQUIRY)
    assert take(story, "no_penalty", {"approved_by": None}) == "no_penalty_without_ground"
    assert story.last.receipts[0].field == "facts.approved_by"
    minor: Said = {"ground": "minor", "harm": "none", "approved_by": None}
    assert take(story, "no_penalty", minor) == "accepted"


def test_a_review_that_finds_no_ground_takes_back_what_the_investigation_found():
    """The newest finding counts."""
    story = taken(on_site(), [*INQUIRY, ("noticed", {}), ("reviewed", {"ground": "no_fault"})])
    assert take(story, "decided") == "punished_despite_ground"
    story = taken(on_site(), [*INQUIRY, ("noticed", {}), ("reviewed", {})])
    assert take(story, "decided") == "accepted"


def test_who_is_recused_takes_no_further_part_and_cannot_come_back():
    """Neither as an officer nor under another writing of the number; two may be recused one after the other."""
    story = taken(
        on_site(), [("filed", {}), ("recused", {"recused": ["W0931"]}), ("recused", {"recused": ["W0932"]})]
    )
    for officers in (["w0931", "W0940"], ["W0932", "W0940"]):
        assert take(story, "investigated", {"officers": officers}) == "recused_officer"
    assert take(story, "investigated", {"officers": ["W0940", "W0941"]}) == "accepted"


def test_a_decision_of_some_effect_is_public_within_seven_workdays():
    """The file stays open until it is; of one that needs no publication nothing runs."""
    story = taken(on_site(), PUBLIC)
    assert limit(story, "publication").due_at == at("12-03 17:30")
    taken(story, "paid")
    assert take(story, "archived") == "archived_unpublished"
    taken(story, "published archived")
    assert "publication" not in legal(taken(on_site(), SERVED))


def test_a_public_decision_that_is_revoked_is_withdrawn_within_three_workdays():
    """Before anything else: nothing of it is left."""
    story = taken(on_site(), [*PUBLIC, ("published", {}), ("reconsideration_filed", {})])
    taken(until(story, "12-10 10:00"), [("reconsideration_ended", {"outcome": "revoked"})])
    assert limit(story, "withdrawal").due_at == at("12-15 17:30")
    assert take(story, "archived") == "archived_unpublished"
    taken(story, "unpublished archived")
    assert legal(story) == set()


def test_what_was_revoked_before_it_was_published_is_not_published_any_more():
    """Nothing is withdrawn either."""
    story = taken(on_site(), [*PUBLIC, ("reconsideration_filed", {})])
    taken(until(story, "12-01 10:00"), [("reconsideration_ended", {"outcome": "revoked"})])
    assert {"publication", "withdrawal"}.isdisjoint(legal(story))
    assert take(story, "published") == "penalty_step"
    taken(story, "archived")


@pytest.mark.parametrize(
    ("published", "answer"), [("2026-11-24", "accepted"), ("2026-11-25", "device_not_registered")]
)
def test_a_camera_whose_place_was_public_by_then_needs_nobody_to_answer_for_it(published: str, answer: str):
    """The register says so; of one that came to stand there later somebody says that it may be relied on, and is named."""
    rules = with_parameters(devices={"CAM-0301": date.fromisoformat(published)})
    story = story_at("11-24 09:00", rules)
    photo = {
        "sha256": sha("seen"),
        "kind": "photo",
        "taken_at": at("11-24 08:59").isoformat(),
        "device": "CAM-0301",
    }
    story.report(source="monitor", caller=None, evidence=[photo]).path("check", "sign", "arrive")
    taken(story, INQUIRY)
    assert take(story, "noticed", {"evidence_reviewed": True, "device_checked_by": None}) == answer
