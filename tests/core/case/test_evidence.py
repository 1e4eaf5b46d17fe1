"""What is handed in makes sense, closing has what it asks for, and every item is linked to those before it."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import fields, replace

from pipeline.core.case.transitions import evolve
from pipeline.core.rules.refusals import MEANINGS
from schemas import limits
from schemas.journal.joint_events import CaseChecked
from schemas.state import chain
from schemas.state.case import Case
from schemas.values.evidence import Evidence
from schemas.values.place import Point
from schemas.values.terms import Crs, EvidenceKind, Stage
from schemas.wire import codecs
from tests.core.case.test_laws import LIVELY, STEPS, tell
from tests.core.story import START, Story, sha

PAPERS = "SR-003"  # photo before, photo after, rectification notice
CAMERA = "SR-001"  # photo before, photo after, body camera

Item = dict[str, str]


def on_site(matter: str = CAMERA, **report: object) -> Story:
    """The officers are there since 9:02; it is 9:30."""
    return Story().report(matter=matter, **report).path("sign", "arrive").wait(minutes=28)


def clock(time: str) -> str:
    """A time of that Tuesday."""
    return f"2026-11-24T{time}:00+08:00"


def items(story: Story, **changes: Mapping[str, str | None]) -> list[Item]:
    """All that closing asks for, changed by kind; None takes a field away."""
    made = []
    for item in story.evidence():
        changed: dict[str, str | None] = {**item, **changes.get(item["kind"], {})}
        made.append({name: content for name, content in changed.items() if content is not None})
    return made


def handed_in(story: Story) -> list[Item]:
    """What came with the last disposal."""
    said = [json.loads(record.value or b"") for record, _ in story.pushed]
    evidence: list[Item] = [one for one in said if one.get("action") == "dispose"][-1]["evidence"]
    return evidence


def disposed(story: Story, evidence: list[Item]) -> tuple[str, str, str]:
    """Code, field and what would have been right."""
    before = story.state()
    receipt = story.act("dispose", evidence=evidence).last.receipts[0]
    if receipt.code != "accepted":
        assert story.state() == before
    return receipt.code, receipt.field, receipt.allowed


TABLE: dict[str, tuple[str, Mapping[str, Mapping[str, str | None]], str, str]] = {
    "all there": (CAMERA, {}, "accepted", ""),
    "the papers too": (PAPERS, {}, "accepted", ""),
    "the paper without its name": (
        *(PAPERS, {"document": {"name": None}}),
        *("evidence_missing", "document named rectification_notice"),
    ),
    "the paper with another's name": (
        *(PAPERS, {"document": {"name": "inspection_record"}}),
        *("evidence_missing", "document named rectification_notice"),
    ),
    "the paper as another kind": (
        *(PAPERS, {"document": {"kind": "photo"}}),
        *("evidence_missing", "document named rectification_notice"),
    ),
    "no photo after": (CAMERA, {"photo_after": {"kind": "photo"}}, "evidence_missing", "photo_after"),
    "after at the time of before": (
        *(
            CAMERA,
            {"photo_before": {"taken_at": clock("09:20")}, "photo_after": {"taken_at": clock("09:20")}},
        ),
        *("after_photo_not_later", "an after photo after 2026-11-24 09:20:00+08:00"),
    ),
    "a photo older than the case": (
        *(CAMERA, {"photo_before": {"taken_at": clock("08:59")}}),
        *("evidence_predates_case", "from 2026-11-24 09:00:00+08:00 on"),
    ),
    "a paper older than the case": (PAPERS, {"document": {"taken_at": clock("08:59")}}, "accepted", ""),
    "a paper from the future": (
        *(PAPERS, {"document": {"taken_at": clock("09:36")}}),
        *("evidence_in_future", "not after now"),
    ),
    "a device five minutes ahead": (CAMERA, {"photo_after": {"taken_at": clock("09:35")}}, "accepted", ""),
    "a clip that ends in the future": (
        *(CAMERA, {"bodycam": {"ended_at": clock("09:36")}}),
        *("evidence_in_future", "not after now"),
    ),
    "a clip that ends before it begins": (
        *(CAMERA, {"bodycam": {"taken_at": clock("09:20"), "ended_at": clock("09:19")}}),
        *("evidence_ends_before_begin", "not before taken_at"),
    ),
    "a clip of before the arrival": (
        *(CAMERA, {"bodycam": {"taken_at": clock("09:00"), "ended_at": clock("09:01")}}),
        *("bodycam_not_on_site", "a clip that ends at 2026-11-24 09:02:00+08:00 or later"),
    ),
    "a clip that ends with the arrival": (
        *(CAMERA, {"bodycam": {"taken_at": clock("09:00"), "ended_at": clock("09:02")}}),
        *("accepted", ""),
    ),
    "a clip of the whole visit": (
        *(CAMERA, {"bodycam": {"taken_at": clock("09:01"), "ended_at": clock("09:30")}}),
        *("accepted", ""),
    ),
    "a clip without an end, from on site": (
        *(CAMERA, {"bodycam": {"taken_at": clock("09:10"), "ended_at": None}}),
        *("accepted", ""),
    ),
    "the same photo before and after": (
        *(CAMERA, {"photo_before": {"sha256": sha("one")}, "photo_after": {"sha256": sha("one")}}),
        *("same_photo_twice", "other content: this is there as photo_before"),
    ),
}


@pytest.mark.parametrize("case", TABLE)
def test_what_closing_asks_for(case: str):
    """One thing is otherwise each time; a refusal says what would be right and changes nothing."""
    matter, changes, code, allowed = TABLE[case]
    story = on_site(matter)
    found, field, right = disposed(story, items(story, **changes))
    assert (found, right) == (code, allowed)
    assert (story.stage is Stage.AWAITING_VERIFICATION) == (code == "accepted")
    assert (field == "") == (code == "accepted")


def test_a_refusal_names_the_item():
    """By its place in the list and its field."""
    story = on_site()
    wrong = items(story, bodycam={"ended_at": clock("09:36")})
    assert disposed(story, wrong)[1] == "evidence.2.ended_at"


def test_one_paper_is_not_two():
    """The same content under two names is one paper."""
    story = on_site("SR-004")  # rectification notice, permit or removal record
    same = {"sha256": sha("scan"), "taken_at": clock("09:20")}
    assert disposed(story, items(story, document=same))[0] == "same_photo_twice"


def test_the_same_content_has_one_time():
    """An old photo is not made new by another time."""
    story = on_site().path("dispose", "fail").wait(minutes=30)
    old = next(one for one in story.case.evidence if one.kind is EvidenceKind.PHOTO_AFTER)
    again = items(story, photo_after={"sha256": old.sha256})
    assert disposed(story, again)[0] == "evidence_contradicts"


def test_rework_is_proved_anew():
    """The photo from before it, handed in once more, proves nothing; a new one does."""
    story = on_site().path("dispose", "fail").wait(minutes=30)
    stale = [item for item in handed_in(story) if item["kind"] == "photo_after"]
    code, field, allowed = disposed(story, stale)
    assert (code, field) == ("after_photo_not_later", "evidence.0.taken_at")
    assert allowed.endswith("when it was sent back")
    assert disposed(story, [])[0] == "evidence_missing"
    assert disposed(story, items(story))[0] == "accepted"


@pytest.mark.parametrize("before", [(), ("one", 0), ("one", -60), ("two", -30)], ids=str)
def test_what_a_caller_calls_an_after_photo_closes_no_case(before):
    """It is from before the case: alone, as the before photo too, at one time with that or earlier. The team takes one of its own."""
    photos = [("one", -60, "photo_after")] + ([(*before, "photo_before")] if before else [])
    evidence = [
        {"sha256": sha(name), "kind": kind, "taken_at": (START + timedelta(seconds=seconds)).isoformat()}
        for name, seconds, kind in photos
    ]
    story = Story().report(matter=CAMERA, evidence=evidence).path("sign", "arrive").wait(minutes=9)
    mine = [item for item in items(story) if item["kind"] != "photo_after"]
    code, _, missing = disposed(story, mine)
    assert (code, missing) == ("evidence_missing", "photo_after")
    assert disposed(story, items(story))[0] == "accepted"


def test_the_same_items_again_are_harmless():
    """Handed in with another action or twice in one: there once, linked once, and no reason to refuse."""
    story = on_site()
    evidence = items(story)
    assert disposed(story, [*evidence, *evidence])[0] == "accepted"
    assert len(story.case.evidence) == len(evidence)
    head = story.case.evidence_head
    story.wait(minutes=1).act("verify", evidence=evidence)
    assert (story.answer, len(story.case.evidence), story.case.evidence_head) == (
        *("accepted", len(evidence), head),
    )


def test_who_verifies_takes_a_photo_of_their_own():
    """The team's photo in the verifier's hand shows that nobody looked."""
    story = on_site().path("dispose")
    theirs = next(one for one in handed_in(story) if one["kind"] == "photo_after")
    story.wait(minutes=1).act("verify", evidence=[theirs | {"kind": "photo"}])
    assert story.answer == "same_photo_twice"


def test_a_paper_may_be_given_its_name_later():
    """The same document, first without a name."""
    story = on_site("WJ-001")
    paper = {"sha256": sha("order"), "kind": "document", "taken_at": clock("09:20")}
    story.act("reach_stage", stage="stop_work", evidence=[paper])
    assert story.answer == "accepted"
    assert disposed(story, items(story, document={**paper}))[0] == "accepted"


def test_an_arrival_that_is_heard_of_late_counts_from_when_it_was():
    """The pipeline was down: the clip is of the time that the officers tell, which never lies before their task."""
    story = Story().path("report", "sign").wait(minutes=60)
    story.act("arrive", acted_at=clock("09:10"))
    clip = {"taken_at": clock("09:10"), "ended_at": clock("09:40")}
    assert story.case.task.on_site_at == datetime(2026, 11, 24, 1, 10, tzinfo=UTC)
    assert disposed(story, items(story, bodycam=clip))[0] == "accepted"
    early = Story().path("report", "sign", "arrive", "dispose", "fail").wait(minutes=30)
    early.act("arrive", acted_at=clock("09:01"))
    assert early.case.task.on_site_at == early.case.task.since


def test_another_visit_needs_another_clip():
    """The clip of the first visit is no proof of the second."""
    story = on_site().path("dispose", "fail").wait(minutes=30).act("arrive").wait(minutes=10)
    without = [item for item in items(story) if item["kind"] != "bodycam"]
    assert disposed(story, without)[0] == "bodycam_not_on_site"
    assert disposed(story, items(story))[0] == "accepted"


@pytest.mark.parametrize("action", ["reach_stage", "penalise"])
def test_nothing_from_the_future_by_any_action(action: str):
    """Whatever hands in evidence is looked at."""
    story = on_site("WJ-001")
    photo = {"sha256": sha("x"), "kind": "photo", "taken_at": clock("11:00")}
    before = story.state()
    story.act(action, evidence=[*story.evidence("document"), photo])
    assert (story.answer, story.last.receipts[0].field) == ("evidence_in_future", "evidence.1.taken_at")
    assert story.state() == before


def test_a_case_holds_no_more_than_its_limit():
    """What would be too much is refused before it is in the snapshot."""
    story = on_site()
    for number in range(limits.EVIDENCE_PER_CASE_MAX):
        story.wait(minutes=1).act("dispose").wait(minutes=1)
        photo = {"kind": "photo", "taken_at": story.now.isoformat()}
        photos = [photo | {"sha256": sha(f"{number} {n}")} for n in range(limits.EVIDENCE_MAX)]
        if story.act("verify", passed=False, note="仍有垃圾", evidence=photos).answer == "case_full":
            break
    assert story.answer == "case_full"
    assert len(story.case.evidence) > limits.EVIDENCE_PER_CASE_MAX - limits.EVIDENCE_MAX
    assert len(story.case.evidence) <= limits.EVIDENCE_PER_CASE_MAX


def test_every_refusal_is_explained():
    """In Chinese and English."""
    for code in (
        *("evidence_missing", "evidence_predates_case", "evidence_in_future", "evidence_ends_before_begin"),
        *("after_photo_not_later", "bodycam_not_on_site", "same_photo_twice", "evidence_contradicts"),
    ):
        assert MEANINGS[code].zh
        assert MEANINGS[code].en


# the chain


def test_the_head_follows_every_item():
    """Wherever evidence comes in: a report, a disposal, a verification; none, no head."""
    story = Story().report()
    assert story.case.evidence_head is None
    photo = [{"sha256": sha("seen"), "kind": "photo_before", "taken_at": START.isoformat()}]
    story = Story().report(source="patrol", caller=None, evidence=photo)
    heads = [story.case.evidence_head]
    for step in ("claim", "sign", "arrive", "dispose", "fail"):
        story.path(step)
    heads.append(story.case.evidence_head)
    story.path("arrive", "dispose").wait(minutes=1)
    seen = [{"sha256": sha("looked"), "kind": "photo", "taken_at": story.now.isoformat()}]
    story.act("verify", evidence=seen)
    heads.append(story.case.evidence_head)
    assert len(set(heads)) == 3
    assert heads[-1] == chain.head(story.case.evidence)


def test_a_case_from_before_there_were_heads_gets_its_head():
    """With its next item, over all that it has."""
    photo = [{"sha256": sha("seen"), "kind": "photo_before", "taken_at": START.isoformat()}]
    headless = replace(Story().report(evidence=photo).case, evidence_head=None)
    more = CaseChecked(case_id=headless.case_id, by="W0931", valid=True, evidence=(item(),))
    after = evolve(headless, more)
    assert len(after.evidence) == 2
    assert after.evidence_head == chain.head(after.evidence)


@LIVELY
@given(STEPS)
def test_every_snapshot_has_the_head_of_its_evidence(steps):
    """Whatever people do, at every version; and nothing that was linked is ever changed or lost."""
    known: dict[str, tuple[Evidence, ...]] = {}
    for case in (case for outcome in tell(steps).outcomes for case in outcome.cases):
        assert case.evidence_head == (chain.head(case.evidence) if case.evidence else None)
        before = known.get(case.case_id, ())
        assert case.evidence[: len(before)] == before
        known[case.case_id] = case.evidence


def item(**changes: object) -> Evidence:
    """An item with every field set."""
    full = Evidence(
        sha256=sha("content"),
        kind=EvidenceKind.BODYCAM,
        taken_at=START,
        ended_at=START + timedelta(minutes=5),
        device="BWC-07",
        officer="C001",
        uri="s3://evidence/clip.mp4",
        name="first_visit",
        point=Point(lon=112.5, lat=37.88, crs=Crs.WGS84),
        reviewed=True,
        size_bytes=1_024,
    )
    return replace(full, **changes)


def test_the_link_is_as_it_is_written_down():
    """Fixed for ever: whoever has a bundle computes the same with any tool."""
    bare = Evidence(sha256="0" * 64, kind=EvidenceKind.PHOTO, taken_at=START)
    written = b'{"kind":"photo","sha256":"' + b"0" * 64 + b'","taken_at":"2026-11-24T01:00:00Z"}'
    assert chain.canonical(bare) == written
    assert chain.link(chain.START, written) == sha("0" * 64 + written.decode())
    assert chain.head([bare]) == chain.link(chain.START, written)
    assert chain.head([]) == chain.START


def test_every_field_is_in_the_link():
    """A field that is left out of the canonical form could be changed unseen."""
    for field in fields(Evidence):
        if field.name not in ("sha256", "kind", "taken_at"):
            assert chain.canonical(item(**{field.name: None})) != chain.canonical(item())


@given(st.data())
def test_any_changed_byte_gives_another_link(data):
    """Of the item, and of the link before it."""
    canonical = chain.canonical(item())
    place = data.draw(st.integers(0, len(canonical) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda one: one != canonical[place]))
    changed = canonical[:place] + bytes([byte]) + canonical[place + 1 :]
    assert chain.link(chain.START, changed) != chain.link(chain.START, canonical)
    assert chain.link(sha("other"), canonical) != chain.link(chain.START, canonical)


@given(st.lists(st.integers(0, 5), max_size=12), st.integers(0, 12))
def test_a_head_is_the_same_however_the_items_came(numbers, cut):
    """One by one, in two parts, or with some of them twice."""
    all_items = tuple(item(sha256=sha(str(number))) for number in numbers)
    once = chain.fresh((), all_items)
    first = chain.fresh((), all_items[:cut])
    then = chain.fresh(first, all_items[cut:])
    assert first + then == once
    assert chain.head(then, chain.head(first)) == chain.head(once)


def test_an_item_that_was_read_has_the_link_it_was_written_with():
    """Through the snapshot's bytes, at every precision of a time or a place."""
    odd = item(
        taken_at=START + timedelta(microseconds=120),
        point=Point(lon=112.0, lat=1e-7, crs=Crs.GCJ02, accuracy_m=0.1),
    )
    story = on_site()
    case: Case = replace(story.case, evidence=(odd,), evidence_head=chain.head([odd]))
    read = codecs.CASE.decode(codecs.CASE.encode(case))
    assert chain.head(read.evidence) == read.evidence_head
