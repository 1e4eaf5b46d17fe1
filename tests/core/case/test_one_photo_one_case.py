"""One photo or clip proves one case: whoever hands in another case's is told which; papers may be about many cases."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from pipeline.core.partition import Partition
from pipeline.core.rules.refusals import MEANINGS
from schemas.state.case import Case
from schemas.values.terms import Stage
from schemas.wire import codecs
from tests.core.clocks.test_clock import at
from tests.core.proceedings import take, taken
from tests.core.story import ELSEWHERE, KEY, RULES, START, Story, sha

CODE = "evidence_of_other_case"


def seen(name: str = "seen", kind: str = "photo_before", **more: object) -> dict[str, object]:
    """A photo as a report brings it."""
    return {"sha256": sha(name), "kind": kind, "taken_at": START.isoformat(), **more}


def two_on_site(matter: str = "SR-001") -> tuple[Story, str, str]:
    """Two cases of one street, the officers at the second; the first is disposed of."""
    story = Story().report(matter=matter).path("sign", "arrive", "dispose")
    first = story.case_id
    story.wait(minutes=1).report(matter=matter, place=ELSEWHERE).path("sign", "arrive").wait(minutes=9)
    return story, first, story.case_id


def case(story: Story, case_id: str) -> Case:
    """A case by its id."""
    return next(one for one in story.core.cases() if one.case_id == case_id)


def content_of(story: Story, case_id: str, kind: str) -> str:
    """The hash of the case's item of this kind."""
    return next(item.sha256 for item in case(story, case_id).evidence if item.kind.value == kind)


def restarted(story: Story) -> Story:
    """Another worker takes over: it has the snapshots, in another order."""
    cases = [codecs.CASE.decode(codecs.CASE.encode(one)) for one in story.core.cases()]
    story.core = Partition(RULES, KEY, "test")
    story.core.restore(reversed(cases))
    return story


@pytest.mark.parametrize("kind", ["photo_before", "photo_after", "bodycam"])
@pytest.mark.parametrize("restart", [False, True])
def test_a_photo_or_clip_of_another_case_is_refused_with_that_case(kind: str, restart: bool):
    """By its content, whatever time and name it is given; after a restart too. Nothing changes."""
    story, first, _ = two_on_site()
    story = restarted(story) if restart else story
    before = story.state()
    mine = [
        item | ({"sha256": content_of(story, first, kind)} if item["kind"] == kind else {})
        for item in story.evidence()
    ]
    number = [item["kind"] for item in mine].index(kind)
    receipt = story.act("dispose", evidence=mine).last.receipts[0]
    assert (receipt.code, receipt.field) == (CODE, f"evidence.{number}.sha256")
    assert first in receipt.allowed
    assert story.state() == before
    assert story.act("dispose").answer == "accepted"


def test_one_paper_may_be_about_two_cases():
    """The same notice was served on a market for two stalls."""
    story = Story().report(matter="SR-003").path("sign", "arrive", "dispose")
    paper = next(item for item in story.case.evidence if item.kind.value == "document")
    story.report(matter="SR-003", place=ELSEWHERE).path("sign", "arrive").wait(minutes=9)
    mine = [
        item | ({"sha256": paper.sha256} if item["kind"] == "document" else {}) for item in story.evidence()
    ]
    assert story.act("dispose", evidence=mine).answer == "accepted"


@pytest.mark.parametrize("action", ["reach_stage", "penalise", "verify"])
def test_by_no_action_another_cases_photo_comes_in(action: str):
    """Whatever hands in evidence is looked at."""
    story, first, _ = two_on_site("WJ-001")
    taken = {
        "sha256": content_of(story, first, "photo_after"),
        "kind": "photo",
        "taken_at": story.now.isoformat(),
    }
    if action == "verify":
        story.act("dispose").wait(minutes=1)
    assert story.act(action, evidence=[*story.evidence("document"), taken]).answer == CODE


def test_another_street_is_another_centre():
    """What each street knows is its own: the same answer wherever its partition lies."""
    story = Story().report(evidence=[seen()])
    story.report(street="140109001", place={"address": "长风街9号"}, evidence=[seen()])
    assert (len(story.core), story.case.reports[0].set_aside) == (2, ())


# what people report


def test_a_callers_photo_that_another_case_has_is_kept_and_proves_nothing():
    """The report is a case; its photo names the other; the team takes one of its own."""
    story = Story().report(evidence=[seen()])
    first = story.case_id
    story.wait(minutes=1).report(place=ELSEWHERE, evidence=[seen()])
    assert story.answer == "accepted"
    assert [(mark.sha256, mark.code, mark.case_id) for mark in story.case.reports[0].set_aside] == [
        (sha("seen"), CODE, first)
    ]
    assert len(story.case.evidence) == 1
    story.path("sign", "arrive").wait(minutes=9)
    receipt = story.act("dispose", evidence=story.evidence("photo_after", "bodycam")).last.receipts[0]
    assert (receipt.code, receipt.allowed) == ("evidence_missing", "photo_before")
    assert story.act("dispose", evidence=[seen(), *story.evidence()]).answer == CODE
    assert story.act("dispose").answer == "accepted"


@pytest.mark.parametrize(
    ("name", "code"), [("seen", "electronic_evidence_unreviewed"), ("another", "accepted")]
)
def test_a_penalty_rests_on_no_other_cases_reviewed_record(name: str, code: str):
    """An alarm comes with the reviewed photo of another case: this one's own record was reviewed by nobody (行政处罚法 41)."""
    story = Story().report(evidence=[seen()])
    photo = seen(name, "photo", reviewed=True)
    story.report(source="monitor", caller=None, place=ELSEWHERE, evidence=[photo])
    taken(story.path("check", "sign", "arrive"), "filed investigated")
    assert take(story.wait(minutes=1), "noticed", {"evidence_reviewed": None}) == code


def test_what_joins_brings_its_photos_along():
    """A second caller's photo is the host's: whoever hands it in for another case is refused, for the host it is good."""
    story = Story().report().wait(minutes=1).report(source_no="SECOND", evidence=[seen("theirs")])
    host = story.case_id
    story.report(place=ELSEWHERE).path("sign", "arrive").wait(minutes=9)
    mine = [seen("theirs", taken_at=story.now.isoformat()), *story.evidence("photo_after", "bodycam")]
    assert story.act("dispose", evidence=mine).answer == CODE
    assert host in story.last.receipts[0].allowed
    held = {"case_id": host, "actor": {"id": "O1", "role": "team", "team": "city-appearance"}}
    story.act("sign", **held).act("arrive", officers=["O1", "O2"], **held).wait(minutes=9)
    story.act("dispose", evidence=[seen("theirs"), *story.evidence("photo_after", "bodycam")], **held)
    assert story.answer == "accepted"


def test_a_callers_photo_is_not_the_teams_after_photo():
    """Neither the first caller's nor that of one who was merged."""
    story = Story().report(evidence=[seen("one")]).wait(minutes=1).report(evidence=[seen("two")])
    assert story.answer == "merged"
    story.path("sign", "arrive").wait(minutes=9)
    for name in ("one", "two"):
        after = seen(name, "photo_after", taken_at=story.now.isoformat())
        assert story.act("dispose", evidence=[*story.evidence("bodycam"), after]).answer == "same_photo_twice"


def test_a_case_that_is_split_off_keeps_its_own():
    """The host has the same photo by then, and is not robbed of it."""
    story = Story().report().wait(minutes=1).report(source_no="SECOND", evidence=[seen("theirs")])
    host = story.case_id
    story.path("sign", "arrive").wait(minutes=9)
    story.act("dispose", evidence=[seen("theirs"), *story.evidence("photo_after", "bodycam")])
    assert story.answer == "accepted"
    story.act("split", source="12345", source_no="SECOND")
    assert story.case_id != host
    assert story.case.reports[0].set_aside == ()
    for _ in range(2):
        story.path("sign", "arrive").wait(minutes=9)
        mine = [seen("theirs"), *story.evidence("photo_after", "bodycam")]
        assert story.act("dispose", evidence=mine).answer == "accepted"
        restarted(story).path("fail")


def test_cases_that_are_merged_are_one_and_split_again_are_two():
    """What was set aside for the other's sake counts while both are one."""
    story = Story().report(place=ELSEWHERE, evidence=[seen()])
    first = story.case_id
    story.wait(minutes=1).report(evidence=[seen()])
    second = story.case_id
    story.wait(minutes=1).act("merge", case_id=first, into=second)
    story.path("sign", "arrive").wait(minutes=9)
    only = story.evidence("photo_after", "bodycam")
    story.act("split", case_id=second, source="12345", source_no="R1")
    assert story.act("dispose", evidence=only).answer == "evidence_missing"
    merged = {"case_id": first, "into": second}
    assert story.act("merge", **merged).answer == "accepted"
    assert restarted(story).act("dispose", evidence=only).answer == "accepted"


def test_what_came_by_a_merge_stays_as_long_as_the_host_is_open():
    """Longer than `retire_days`: the merged case's snapshot is kept, and its photo is the host's and nobody else's."""
    story = Story().report(place=ELSEWHERE, evidence=[seen()])
    first = story.case_id
    story.wait(minutes=1).report(evidence=[seen()]).act("merge", case_id=first, into=story.case_id)
    assert story.answer == "accepted"
    story.wait(days=RULES.policy.retire_days + 1)
    story.path("sign", "arrive").wait(minutes=9)
    assert story.act("dispose", evidence=story.evidence("photo_after", "bodycam")).answer == "accepted"
    host = story.case_id
    story.report(place={"address": "和平路7号"}, evidence=[seen()])
    assert [mark.case_id in (first, host) for mark in story.case.reports[0].set_aside if mark.case_id] == [
        True
    ]


def test_a_void_case_holds_nothing_back():
    """It was entered twice: the photo is that of the one that is left."""
    story = Story().report(place=ELSEWHERE, evidence=[seen()]).path("void")
    assert story.stage is Stage.VOIDED
    story.report(evidence=[seen()])
    assert story.case.reports[0].set_aside == ()


def test_a_case_that_was_merged_into_a_void_one_holds_nothing_back():
    """It is void with its host; split off again, it has its photo."""
    story = Story().report(place=ELSEWHERE, evidence=[seen()])
    first = story.case_id
    story.wait(minutes=1).report().act("merge", case_id=first, into=story.case_id).path("void")
    assert (story.stage, case(story, first).stage) == (Stage.VOIDED, Stage.MERGED)
    story.report(place={"address": "和平路7号"}, evidence=[seen()])
    assert restarted(story).case.reports[0].set_aside == ()


def test_a_relapse_is_not_proved_by_the_photos_of_the_first_time():
    """The same place within a week: the caller sends the old photo again, the team hands in the old one."""
    story = Story().report(evidence=[seen()]).path("sign", "arrive", "dispose", "pass", "call")
    first = story.case_id
    old = content_of(story, first, "photo_after")
    story.wait(days=1).report(evidence=[seen()])
    assert story.case.facts.relapse_of == first
    assert [mark.case_id for mark in story.case.reports[0].set_aside] == [first]
    story.path("sign", "arrive").wait(minutes=9)
    mine = [item | ({"sha256": old} if item["kind"] == "photo_after" else {}) for item in story.evidence()]
    assert story.act("dispose", evidence=mine).answer == CODE


def test_a_closed_cases_photos_are_known_until_its_snapshot_goes():
    """That bounds what is remembered: `retire_days` of the policy after its end."""
    story = (
        Story().report(evidence=[seen()]).path("void", "report", "sign", "arrive", "dispose", "pass", "call")
    )
    old = content_of(story, story.case_id, "photo_after")
    days = RULES.policy.retire_days
    for wait, code in ((days - 1, [CODE]), (2, [])):
        story.wait(days=wait).report(
            place={"address": f"和平路{wait}号"}, evidence=[{**seen(), "sha256": old}]
        )
        assert [mark.code for mark in story.case.reports[0].set_aside if mark.case_id] == code


def test_a_patrol_cannot_prove_two_finds_with_one_photo():
    """Refused with the first; the same report again gets its first answer."""
    photo = seen("done", "photo_after")
    story = Story().report(source="patrol", caller=None, self_disposed=True, evidence=[photo])
    first = story.case_id
    assert story.again().answer == "accepted"
    story.report(source="patrol", caller=None, self_disposed=True, evidence=[photo], place=ELSEWHERE)
    receipt = story.last.receipts[0]
    assert (receipt.code, receipt.field) == (CODE, "evidence.0.sha256")
    assert first in receipt.allowed


def test_two_cases_that_shared_a_photo_before_this_was_looked_at_go_on():
    """An earlier release let both have it: neither is blocked, and no third gets it."""
    story = Story().report(evidence=[seen()])
    story.report(place=ELSEWHERE, evidence=[seen()])
    unmarked = [
        replace(one, reports=tuple(replace(r, set_aside=()) for r in one.reports))
        for one in story.core.cases()
    ]
    story.core = Partition(RULES, KEY, "test")
    story.core.restore(unmarked)
    story.path("sign", "arrive").wait(minutes=9)
    assert (
        story.act("dispose", evidence=[seen(), *story.evidence("photo_after", "bodycam")]).answer
        == "accepted"
    )
    story.report(place={"address": "和平路7号"}, evidence=[seen()])
    assert [mark.code for mark in story.case.reports[0].set_aside] == [CODE]


@pytest.mark.parametrize(
    ("field", "other"), [("device", "BWC-08"), ("officer", "C002"), ("size_bytes", 2_000)]
)
def test_the_same_clip_is_not_of_another_camera_officer_or_size(field: str, other: object):
    """Handed in again it says what it said; what it did not say may be added."""
    clip: dict[str, object] = {
        "sha256": sha("clip"),
        "kind": "bodycam",
        "taken_at": at("11-24 09:01").isoformat(),
    }
    first = {"device": "BWC-07", "officer": "C001", "size_bytes": 1_000}
    story = Story().report(matter="WJ-001").path("sign", "arrive")
    assert story.act("reach_stage", stage="stop_work", evidence=[clip | first]).answer == "accepted"
    others = [item for item in story.evidence() if item["kind"] != "bodycam"]
    story.wait(seconds=30)
    receipt = story.act("dispose", evidence=[*others, clip | first | {field: other}]).last.receipts[0]
    number = len(others)
    assert (receipt.code, receipt.field) == ("evidence_contradicts", f"evidence.{number}.{field}")
    assert str(first[field]) in receipt.allowed
    assert story.act("penalise", evidence=[*story.evidence("document"), clip]).answer == "accepted"


def test_the_refusal_is_explained_in_both_languages():
    """With the other case beside it."""
    assert MEANINGS[CODE].zh
    assert MEANINGS[CODE].en
    assert timedelta(days=RULES.policy.report_photo_days) > timedelta(days=1)
