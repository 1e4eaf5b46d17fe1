"""Dead letters as whoever repairs them sees them: on a real broker with a real worker, and what is made of copies, retries and discards."""

from datetime import UTC, datetime, timedelta

import pytest

from pipeline.audit.model.letter_account import LetterAccount
from pipeline.operations.dead_letters.letter_book import State, items_of, named
from pipeline.operations.dead_letters.masked_original import masked
from pipeline.operations.dead_letters.mended import mended
from pipeline.stream.partition.outgoing_records import outgoing
from schemas import topics
from schemas.errors import BadMessage
from schemas.journal.partition_events import LetterDiscarded
from schemas.outputs import SealedOriginal
from schemas.wire import codecs
from schemas.wire.retried_letter import RETRY_OF, read_retry
from tests.core.story import STREET, Story, encode
from tests.operations.test_commands import NAME, PHONE, REPORT, asked, push, rows
from tests.stream.fleet.deployment import until

NAIVE = REPORT | {"reported_at": "2026-11-24 09:00"}
RUBBISH = b"{rubbish"


def pushed(story: Story, value: bytes, of: str | None = None) -> str:
    """A record comes, perhaps again for a letter; the id that its letter would have."""
    headers = [(RETRY_OF, of.encode())] if of else []
    story.wait(minutes=1).push_bytes(topics.REPORTS, STREET.encode(), value, headers)
    return f"{story.last.entry.entry_id}:deadletter:0"


def counted(story: Story) -> dict[str, int]:
    """What the auditor counts, which does not ask the list: the entries come in another order, of two partitions."""
    halves = LetterAccount(), LetterAccount()
    for number, outcome in enumerate(reversed(story.outcomes)):
        halves[number % 2].note(outcome.entry)
    halves[0].add(halves[1])
    return dict(halves[0].counts())


def discard(story: Story, of: str, **changes: object) -> Story:
    """Somebody gives a letter up."""
    content: dict[str, object] = {
        "action": "discard_letter",
        "action_id": "X1",
        "letter": of,
        "by": "W1",
        "why": "测试",
    }
    content |= {"acted_at": story.now.isoformat()} | changes
    return story.wait(minutes=1).push_bytes(topics.ACTIONS, None, encode(content))


def items(story: Story):
    """What a list would show of it."""
    letters = [letter for outcome in story.outcomes for letter in outcome.dead_letters]
    return items_of(letters, [outcome.entry for outcome in story.outcomes])


def test_the_same_bytes_again_are_one_item_with_two_copies():
    """One line, from the first to the last; other bytes are another."""
    story = Story()
    first, again, other = pushed(story, RUBBISH), pushed(story, RUBBISH), pushed(story, b"{other")
    one, two = both = items(story)
    assert [letter.dead_letter_id for letter in one.copies] == [first, again]
    assert [letter.dead_letter_id for letter in two.copies] == [other]
    assert (one.state, one.latest.at - one.first.at) == (State.OPEN, timedelta(minutes=1))
    assert named(both, "reports.v1:0:2") is two
    assert named(both, first.removesuffix(":deadletter:0")) is one
    assert named(both, "reports.v1:0:9") is None
    assert counted(story) == {"open": 2}


def test_what_is_retried_and_accepted_is_settled_with_its_case():
    """The entry of the mended report names the letter, and the list names the case."""
    story = Story()
    letter = pushed(story, encode(NAIVE))
    pushed(story, encode(REPORT), letter)
    assert story.last.entry.cause.retry_of == letter
    [item] = items(story)
    assert item.state is State.RETRIED
    assert [(retry.outcome, retry.case_id) for retry in item.retries] == [("accepted", story.case_id)]
    assert counted(story) == {"retried": 1}


def test_a_retry_that_dies_again_stays_with_the_first_letter_and_open():
    """Other bytes, but the same item: its trace says so."""
    story = Story()
    letter = pushed(story, RUBBISH)
    again = pushed(story, b"{still rubbish", letter)
    [item] = items(story)
    assert [one.dead_letter_id for one in item.copies] == [letter, again]
    assert (item.state, item.retries[0].outcome) == (State.OPEN, "dead")
    [letter_record] = [
        record
        for record in outgoing(story.last, story.pushed[-1][0], "2026-11-24T09:00:00Z")
        if record.topic == topics.DEAD_LETTERS
    ]
    assert read_retry(letter_record.headers) == letter
    assert counted(story) == {"open": 1}


def test_a_retry_that_is_refused_is_answered_and_so_settled():
    """The message could be read this time; what is wrong now its receipt says."""
    story = Story()
    letter = pushed(story, RUBBISH)
    pushed(story, encode(REPORT | {"matter": "ZZ-999"}), letter)
    [item] = items(story)
    assert (item.state, item.retries[0].outcome, item.retries[0].code) == (
        State.RETRIED,
        "refused",
        "unknown_matter",
    )


def test_a_letter_is_discarded_with_who_and_why_and_no_number_of_a_person():
    """An entry and a receipt; twice is once, and a later retry counts more."""
    story = Story()
    letter = pushed(story, encode(NAIVE))
    discard(story, letter, why=f"打错, 电话{PHONE}")
    assert story.answer == "accepted"
    [event] = story.last.entry.events
    assert event == LetterDiscarded(letter=letter, action_id="X1", by="W1", why="打错, 电话[电话]")
    discard(story, letter)
    assert story.answer == "accepted"
    pushed(story, encode(NAIVE))
    [item] = items(story)
    assert (item.state, item.discarded.by, item.discarded.why) == (State.DISCARDED, "W1", "测试")
    assert counted(story) == {"discarded": 1}
    pushed(story, encode(REPORT), letter)
    assert items(story)[0].state is State.RETRIED


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"letter": "7:1:1:deadletter:0"}, "unknown_letter"),
        ({"letter": "0:1:999:deadletter:0"}, "unknown_letter"),
        ({"letter": "0:1:1"}, "wrong_format"),
        ({"why": ""}, "too_short"),
        ({"case_id": "140109004-0000000000000"}, "unknown_field"),
    ],
)
def test_what_cannot_be_discarded_is_answered_with_a_code(changes, code):
    """Another partition's letter, one of the future, no id, no reason, a field too many: dead, and nothing is discarded."""
    story = Story()
    letter = pushed(story, RUBBISH)
    discard(story, letter, **changes)
    assert (story.events, story.answer) == (["message_dead"], code)


def test_an_action_that_only_speaks_of_discarding_is_the_action_that_it_is():
    """The word in a note does not make it another message."""
    story = Story().report().act("return", reason="not_our_matter", note='他说 "discard_letter"')
    assert story.events != ["message_dead"]


@pytest.mark.parametrize(
    "content", [b"", b"x", b"3:1:5", b"3:1:5:deadletter:0 ", b"3:1:5:deadletter:1", None]
)
def test_a_header_in_another_form_names_no_letter(content):
    """Whoever writes anything there changes nothing."""
    assert read_retry([(RETRY_OF, content)]) is None


def test_the_original_is_shown_with_what_has_to_be_mended_and_without_its_caller():
    """The time in its wrong form, the matter, the text; no name, no number, and of an unknown field no value."""
    value = NAIVE | {
        "remark": f"{NAME}的母亲",
        "matter": NAME,
        "source_no": PHONE,
        "place": {"address": f"{NAME}家"},
    }
    shown = masked(topics.REPORTS, encode(value))
    assert shown is not None
    assert shown["reported_at"] == "2026-11-24 09:00"
    assert (shown["matter"], shown["remark"]) == ("text of 4", "text of 7")
    assert shown["caller"] == {"name": "[来电人]", "phone": "[电话]", "secret": False}
    assert "流动摊贩" in str(shown["text"])
    assert NAME not in str(shown)
    assert PHONE not in str(shown)
    assert masked(topics.REPORTS, RUBBISH) is None


@pytest.mark.parametrize(
    ("topic", "value", "code"),
    [
        (topics.REPORTS, NAIVE, "naive_time"),
        (topics.REPORTS, REPORT | {"source_no": "9-9"}, "wrong_number"),
        (topics.REPORTS, REPORT | {"source": "12319"}, "wrong_source"),
        (topics.ACTIONS, REPORT, "field_missing"),
    ],
)
def test_a_file_that_is_not_the_mended_message_is_not_pushed(topic, value, code):
    """Still wrong, of another number or source, or no message of this topic."""
    with pytest.raises(BadMessage) as caught:
        mended(topic, encode(value), encode(NAIVE))
    assert caught.value.code == code


def test_a_broken_report_is_listed_shown_mended_retried_and_another_discarded(deploy, tmp_path):
    """From the letter to the case by commands alone; the audit finds nothing wrong with any of it."""
    deployment = deploy()
    deployment.worker(real=True).wait_ready(60)
    push(deployment, NAIVE)
    push(deployment, NAIVE)
    push(deployment, RUBBISH)
    until(60, "three letters", lambda: sum(len(row["copies"]) for row in listed(deployment)) == 3)
    naive, rubbish = listed(deployment)
    assert asked(deployment, "dead-letters", "list").exit_code == 0
    assert (naive["code"], naive["field"], len(naive["copies"]), naive["state"]) == (
        "naive_time",
        "reported_at",
        2,
        "open",
    )
    shown = asked(deployment, "dead-letters", "show", "reports.v1:0:0", "--content")
    assert "2026-11-24 09:00" in shown.stdout
    assert "流动摊贩" in shown.stdout
    assert NAME not in shown.stdout
    assert PHONE not in shown.stdout
    case_id = mend(deployment, naive["id"], tmp_path / "mended.json")
    words = ("dead-letters", "discard", rubbish["id"], "--actor", "W1")
    assert asked(deployment, *words).exit_code == 2
    done = asked(deployment, *words, "--why", "测试报文", "--json")
    assert (done.exit_code, rows(done)[0]["outcome"]) == (0, "accepted")
    assert listed(deployment) == []
    settled = {row["code"]: row for row in listed(deployment, "--all")}
    assert settled[naive["code"]]["state"] == "retried"
    assert [one["outcome"] for one in settled[naive["code"]]["retries"]] == ["accepted", "repeated"]
    assert settled[naive["code"]]["retries"][0]["case_id"] == case_id
    assert settled["broken_json"]["state"] == "discarded"
    assert settled["broken_json"]["discarded"]["why"] == "测试报文"
    for wrong in (
        ("show", "0:1:999"),
        ("retry", "reports.v1:0:77"),
        ("discard", "x", "--why", "y", "--actor", "W1"),
    ):
        unknown = asked(deployment, "dead-letters", *wrong)
        assert (unknown.exit_code, unknown.stderr.partition(":")[0]) == (1, "error[unknown_letter]")
    audited = asked(deployment, "audit", "--json")
    assert audited.exit_code == 0, audited.output
    assert rows(audited)[-1]["dead_letters"] == {"open": 0, "retried": 1, "discarded": 1}
    token = original_of(deployment, rubbish["id"])
    part = SealedOriginal(token=token, at=datetime.now(UTC), value_base64="e3J1", truncated=True)
    for held, code in ((codecs.CALLER.encode(part), "original_cut"), (None, "original_gone")):
        deployment.write(topics.CALLERS, [(token.encode(), held)])
        refused = asked(deployment, "dead-letters", "retry", rubbish["id"])
        assert (refused.exit_code, refused.stderr.partition(":")[0]) == (1, f"error[{code}]")


def mend(deployment, letter, file):
    """A file that is still wrong, then one of another number are not pushed; the right one is, twice, and opens one case: its id."""
    for content, code in ((NAIVE, "naive_time"), (REPORT | {"source_no": "2-2"}, "wrong_number")):
        file.write_bytes(encode(content))
        refused = asked(deployment, "dead-letters", "retry", letter, "--file", str(file))
        assert (refused.exit_code, refused.stderr.partition(":")[0]) == (2, f"error[{code}]")
    file.write_bytes(encode(REPORT))
    [first] = rows(asked(deployment, "dead-letters", "retry", letter, "--file", str(file), "--json"))
    [again] = rows(asked(deployment, "dead-letters", "retry", letter, "--file", str(file), "--json"))
    assert (first["outcome"], first["case_id"]) == ("accepted", again["case_id"])
    return first["case_id"]


def listed(deployment, *words):
    """The lines of the list."""
    return rows(asked(deployment, "dead-letters", "list", "--json", *words))


def original_of(deployment, letter):
    """The token of a letter's bytes."""
    records = rows(asked(deployment, "records", "dead-letters.v1", "--json"))
    return next(
        record["content"]["original"] for record in records if record["content"]["dead_letter_id"] == letter
    )
