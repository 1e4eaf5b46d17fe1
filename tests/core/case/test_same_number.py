"""A number that comes again: the same message gets the same answer, another one is told apart."""

import json

from msgspec.structs import replace

from pipeline.core.rules import identity
from pipeline.core.rules.identity import action_digest
from schemas import topics
from schemas.state.case import Case
from schemas.values.terms import Stage
from schemas.wire import codecs
from tests.core.story import Story


def test_an_arrival_under_the_signatures_id_is_refused():
    """Whoever arrives is not told that it is accepted while the case stays signed."""
    story = Story().path("report").act("sign", action_id="A1")
    before = story.state
    story.act("arrive", action_id="A1")
    assert (story.answer, story.stage) == ("id_used_otherwise", Stage.SIGNED)
    assert story.last.receipts[0].field == "action_id"
    assert story.state == before
    assert story.act("arrive", action_id="A2").answer == "accepted"


def test_an_action_that_is_sent_again_later_is_the_same():
    """The time of sending and the version that was expected are no part of it; its receipt is the first one."""
    story = Story().path("report").act("sign", action_id="A1")
    first = story.last.receipts[0]
    story.wait(minutes=3).act("sign", action_id="A1", expected_version=story.case.version)
    assert story.last.receipts == [first]
    assert story.events == ["action_repeated"]


def test_another_person_under_the_same_id_is_not_told_that_it_is_done():
    """Nor one who says something else with it."""
    story = Story().path("report", "sign").act("arrive", action_id="A1")
    story.act("arrive", action_id="A1", officers=["C001", "C009"])
    assert story.answer == "id_used_otherwise"


def test_a_report_that_is_only_written_otherwise_is_the_same():
    """Space and the order of keys are no difference."""
    story = Story().path("report")
    pushed = json.loads(story.pushed[-1][0].value or b"")
    first = story.last.receipts[0]
    story.push_bytes(
        topics.REPORTS,
        pushed["street"].encode(),
        json.dumps(dict(reversed(pushed.items())), indent=2).encode(),
    )
    assert story.last.receipts == [first]


def test_a_report_of_before_digests_were_kept_is_told_that_it_differs():
    """An old snapshot does not say what was pushed first, so nobody knows what would be new: the first one holds."""
    story = Story().path("report")
    plain = json.loads(codecs.CASE.encode(story.case))
    del plain["reports"][0]["content"]
    old: Case = codecs.CASE.decode(json.dumps(plain).encode())
    story.core.restore([old])
    receipt = story.report(source_no="R1", text="又来了一个摊").last.receipts[0]
    assert (receipt.differs, receipt.case_id, receipt.code) == (True, story.case_id, "accepted")
    assert "内容与首次不同" in receipt.message_zh
    assert story.case.facts.text != "又来了一个摊"


def test_an_action_of_before_digests_were_kept_is_repeated():
    """An old snapshot says nothing of the content: its receipt is given again, as it was then."""
    story = Story().path("report").act("sign", action_id="A1")
    plain = json.loads(codecs.CASE.encode(story.case))
    del plain["actions"][0]["content"]
    old: Case = codecs.CASE.decode(json.dumps(plain).encode())
    story.core.restore([old])
    assert story.act("arrive", action_id="A1").events == ["action_repeated"]


def test_a_contract_that_has_grown_gives_the_digest_of_before():
    """What was said by a version that lacked a field is the same message where the field says nothing; and no text is taken for a field."""
    story = Story().path("report").act("suspend")
    action = codecs.ACTION.decode_strictly(story.act("decide").pushed[-1][0].value or b"")
    said = codecs.ACTION.encode(action)
    assert b'"request":null' in said
    grown = said.replace(b'"request":null', b'"request":null,"of_tomorrow":null,"more_of_it":[]')
    assert identity._digest(grown) == identity._digest(said.replace(b',"request":null', b""))
    assert action_digest(replace(action, note='x,"a":null')) != action_digest(replace(action, note="x"))
    assert action_digest(replace(action, granted=False)) != action_digest(action)
