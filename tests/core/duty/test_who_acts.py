"""Who arrives, disposes and punishes is there, of the team and certified, and the camera is theirs; else it is refused with who could come."""

from datetime import timedelta

import pytest

from tests.core.duty.duty_story import DutyStory, local
from tests.core.story import Story

TEAM = {"id": "L1", "role": "team", "team": "area-east"}
OFFICER = {"id": "XH-001", "role": "officer", "team": "area-east"}
BOTH = ["XH-001", "XH-002"]
NIGHTS = ["XH-003", "XH-004"]


def signed(matter: str = "SR-001", **fields) -> DutyStory:
    """A case of the east squad, on a Tuesday at nine, not gone to yet."""
    story = DutyStory(**fields)
    story.report(matter=matter)
    story.act("dispatch", team="area-east").act("sign", actor=TEAM)
    assert story.answer == "accepted", story.last.receipts
    return story


def on_site() -> DutyStory:
    """The two of the day shift are there, and one of them has a camera."""
    story = signed()
    story.on_duty("hand_out", device="CAM-01", officer="XH-001")
    story.wait(minutes=10).act("arrive", actor=TEAM, officers=BOTH)
    story.wait(minutes=10)
    assert story.stage == "arrived", story.last.receipts
    return story


def recorded(story: Story, **fields: object) -> list[dict[str, object]]:
    """All evidence of the case; the clip by a camera."""
    camera = {"device": "CAM-01", "officer": "140100001"} | fields
    return [
        item | (camera if item["kind"] == "bodycam" else {})
        for item in story.evidence("photo_before", "photo_after", "bodycam")
    ]


def refused(story: Story) -> tuple[str, str, str]:
    """The code of the last answer, its field, and what would have been accepted."""
    receipt = story.last.receipts[0]
    return receipt.code, receipt.field, receipt.allowed


ABSENT = [
    ("nobody of that number", ["XH-001", "XH-999"], ("unknown_officer", "officers.1", "XH-001, XH-002")),
    ("somebody of another team", ["XH-001", "XH-006"], ("officer_of_other_team", "officers.1", "XH-001, XH-002")),
    ("somebody of the night shift", ["XH-001", "XH-003"], ("not_on_duty", "officers.1", "XH-001, XH-002")),
    ("one alone", ["XH-001"], ("too_few_officers", "officers", "at least 2")),
    ("one alone under two numbers", ["XH-001", "140100001"], ("not_certified", "officers", "at least 2: XH-001, XH-002")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("officers", "expected"), [row[1:] for row in ABSENT], ids=[row[0] for row in ABSENT]
)
def test_who_cannot_have_arrived_is_named_with_who_could_come(officers, expected):
    """The first thing that each of them lacks; nothing changes."""
    story = signed()
    story.wait(minutes=10).act("arrive", actor=TEAM, officers=officers)
    assert refused(story) == expected
    assert story.stage == "signed"


def test_two_of_the_shift_arrive_by_id_or_by_the_number_of_their_certificate():
    """However they are named, it is they."""
    story = signed()
    story.wait(minutes=10).act("arrive", actor=TEAM, officers=["XH-001", "140100002"])
    assert story.stage == "arrived"


def test_a_certificate_for_other_matters_does_not_count():
    """One of the two may act in two matters only, and this is a third."""
    story = signed(matter="SR-012")
    story.wait(minutes=10).act("arrive", actor=TEAM, officers=BOTH)
    code, field, allowed = refused(story)
    assert (code, field) == ("not_certified", "officers")
    assert "XH-002" not in allowed


def test_somebody_without_a_certificate_comes_along():
    """协管员: lent to the team, beside two who are certified."""
    story = signed()
    times = {"begins": local("2026-11-24T09:00").isoformat(), "ends": local("2026-11-24T18:00").isoformat()}
    story.on_duty("lend", officer="XH-006", team="area-east", **times)
    story.wait(minutes=10).act("arrive", actor=TEAM, officers=[*BOTH, "XH-006"])
    assert story.stage == "arrived", story.last.receipts


def test_who_is_called_out_may_come():
    """The night shift by day, once the duty chief has called them out."""
    story = signed()
    for officer in NIGHTS:
        story.on_duty("call_out", officer=officer, until=local("2026-11-24T12:00").isoformat(), note="缺员")
        assert story.answer == "accepted", story.last.receipts
    story.wait(minutes=10).act("arrive", actor=TEAM, officers=NIGHTS)
    assert story.stage == "arrived", story.last.receipts


def test_a_whole_team_on_leave_is_told_from_when_on_somebody_is_there():
    """Both of the day shift take leave: the answer names when the next of the team comes."""
    story = signed()
    for officer in BOTH:
        span = {
            "begins": local("2026-11-24T09:00").isoformat(),
            "ends": local("2026-11-25T18:00").isoformat(),
        }
        story.on_duty("take_leave", officer=officer, reason="leave", **span)
    story.wait(minutes=10).act("arrive", actor=TEAM, officers=BOTH)
    code, field, allowed = refused(story)
    assert (code, field) == ("not_on_duty", "officers.0")
    assert allowed.startswith("nobody of area-east before 2026-11-24 20:00")


def test_what_was_done_in_time_counts_though_it_is_told_late():
    """Told by a phone that was out of reach: they were on duty when they arrived, and are no more when it comes in."""
    story = signed()
    arrived_at = (story.now + timedelta(minutes=10)).isoformat()
    story.wait(hours=14)
    story.act("arrive", actor=TEAM, officers=BOTH, acted_at=arrived_at)
    assert story.stage == "arrived", story.last.receipts


def test_who_arrived_in_the_shift_finishes_after_its_end():
    """The shift ends at 18:00, the work an hour later."""
    story = on_site()
    story.wait(hours=10)
    story.act("dispose", actor=OFFICER, evidence=recorded(story))
    assert story.answer == "accepted", story.last.receipts


def test_a_certificate_that_is_withdrawn_at_noon_ends_there():
    """What its bearer did before stands; afterwards somebody else of the team goes on."""
    story = on_site()
    story.wait(hours=2, minutes=40)
    story.on_duty("withdraw_certificate", number="140100001", note="证件注销")
    story.wait(minutes=10).act("dispose", actor=OFFICER, evidence=recorded(story))
    assert refused(story)[:2] == ("not_certified", "actor.id")
    earlier = (story.now - timedelta(minutes=40)).isoformat()
    story.act("order_correction", actor=OFFICER, acted_at=earlier, evidence=story.evidence("document"))
    assert story.answer == "accepted", story.last.receipts
    story.restart()
    other = {"id": "XH-002", "role": "officer", "team": "area-east"}
    story.wait(minutes=10).act(
        "reinspect", actor=other, result="obeyed", evidence=story.evidence("photo_after")
    )
    assert story.answer == "accepted", story.last.receipts


CLIPS = [
    ("without a camera", {"device": None}, "camera_missing", "device"),
    ("by none of the street's", {"device": "CAM-99"}, "unknown_device", "device"),
    ("by one that was in store", {"device": "CAM-03"}, "camera_not_theirs", "device"),
    ("by nobody of that number", {"officer": "149999999"}, "unknown_officer", "officer"),
]


@pytest.mark.parametrize(
    ("fields", "code", "field"), [row[1:] for row in CLIPS], ids=[row[0] for row in CLIPS]
)
def test_a_recording_that_nobody_there_can_have_made_is_refused(fields, code, field):
    """The field of the item is named; with the camera that was out with one of them it is accepted."""
    story = on_site()
    story.act("dispose", actor=TEAM, evidence=recorded(story, **fields))
    assert refused(story)[:2] == (code, f"evidence.2.{field}")
    story.act("dispose", actor=TEAM, evidence=recorded(story))
    assert story.answer == "accepted", story.last.receipts


def test_a_recording_that_is_handed_in_after_the_camera_came_back_counts():
    """It was out with them when it recorded."""
    story = on_site()
    evidence = recorded(story)
    story.wait(minutes=20)
    story.on_duty("hand_back", device="CAM-01")
    assert story.answer == "accepted", story.last.receipts
    story.wait(minutes=5).act("dispose", actor=TEAM, evidence=evidence)
    assert story.answer == "accepted", story.last.receipts


def test_a_camera_that_breaks_on_site_is_replaced_by_another():
    """What the first recorded until then counts, and so does the second; what the first is said to have recorded after that does not."""
    story = on_site()
    evidence = recorded(story)
    story.wait(minutes=2)
    story.on_duty("mark_device", device="CAM-01", mark="broken")
    story.on_duty("hand_out", device="CAM-03", officer="XH-002")
    assert story.answer == "accepted", story.last.receipts
    story.wait(minutes=10)
    later = [item | {"device": "CAM-01"} for item in story.evidence("bodycam")]
    story.act("dispose", actor=TEAM, evidence=[*evidence, *later])
    assert refused(story) == (
        "device_broken",
        "evidence.3.device",
        "one that works; broken since 2026-11-24 09:22+08:00",
    )
    more = [item | {"device": "CAM-03"} for item in story.evidence("bodycam")]
    story.act("dispose", actor=TEAM, evidence=[*evidence, *more])
    assert story.answer == "accepted", story.last.receipts


STEPS = [
    ("nobody of that number", ["XH-001", "XH-999"], "unknown_officer", "facts.officers.1"),
    ("somebody of the night shift", ["XH-001", "XH-003"], "not_on_duty", "facts.officers.1"),
    ("somebody without a certificate", ["XH-001", "XH-006"], "officer_of_other_team", "facts.officers.1"),
]


@pytest.mark.parametrize(
    ("officers", "code", "field"), [row[1:] for row in STEPS], ids=[row[0] for row in STEPS]
)
def test_a_penalty_step_names_officers_who_can_have_taken_it(officers, code, field):
    """Each of them is there and certified (行政处罚法 42)."""
    story = on_site()
    facts = {"officers": officers, "identity_shown": True, "approved_by": "L08"}
    story.act("penalise", actor=OFFICER, step="filed", facts=facts)
    assert refused(story)[:2] == (code, field)


def test_an_officer_acts_for_the_own_team_alone_and_is_known():
    """Also for what is done at a desk: whoever says to be an officer is one of the team."""
    story = signed()
    for number, code in (("XH-999", "unknown_officer"), ("XH-005", "officer_of_other_team")):
        story.act("progress", actor={"id": number, "role": "officer", "team": "area-east"})
        assert refused(story)[:2] == (code, "actor.id")
    story.act("assign", actor=TEAM, members=["XH-001", "XH-005"])
    assert refused(story)[:2] == ("officer_of_other_team", "members.1")
    story.act("assign", actor=TEAM, members=["XH-001", "area-east"], note="片区协助")
    assert story.answer == "accepted", story.last.receipts


def test_a_street_whose_people_nobody_has_listed_is_asked_nothing():
    """There any two numbers arrive, as they did before there were such files."""
    story = Story().path("report", "sign", "arrive", "dispose")
    assert story.answer == "accepted"
