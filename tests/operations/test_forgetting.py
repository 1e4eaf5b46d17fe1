"""A caller who wants to be forgotten is: in every partition, in the bytes of dead letters too; and that it was done stays known."""

import base64
import json
from datetime import UTC, datetime

import pytest

from pipeline.operations.forgetting import (
    CallersRecord,
    Erasure,
    erasing_records,
    to_forget,
)
from schemas import topics
from schemas.inputs.report import Person
from schemas.outputs import Caller, SealedOriginal
from schemas.values.place import Place, Point
from schemas.values.terms import Crs
from schemas.wire import codecs
from tests.operations.test_commands import asked, rows

AT = datetime(2026, 11, 24, 1, tzinfo=UTC)
NAME, PHONE = "欧阳清河", "13812345678"
TOKEN, OTHER, LETTER = (f"{kind}-{digit * 32}" for kind, digit in (("c", "0"), ("c", "1"), ("d", "2")))


def caller(token: str = TOKEN, partition: int = 0, phone: str = PHONE) -> CallersRecord:
    """Somebody as a worker keeps them."""
    held = Caller(token=token, at=AT, person=Person(name=NAME, phone=phone))
    return CallersRecord(partition, token.encode(), codecs.CALLER.encode(held))


def letter(content: bytes) -> CallersRecord:
    """The bytes of a dead letter."""
    held = SealedOriginal(token=LETTER, at=AT, value_base64=base64.b64encode(content).decode())
    return CallersRecord(0, LETTER.encode(), codecs.CALLER.encode(held))


def erased(found, start=()) -> list[CallersRecord]:
    """The topic after it."""
    written = [record for one in found for record in erasing_records(one, AT, "W0931", "asked for")]
    return [*start, *(CallersRecord(record.partition, record.key, record.value) for record in written)]


def test_a_caller_is_erased_in_every_partition_that_has_them():
    """A phone has called for two streets: one token, two partitions. Others stay."""
    there = [caller(), caller(partition=3), caller(OTHER, 1, "13900000000")]
    [found] = to_forget(there, [TOKEN])
    assert (found.result, found.partitions) == (Erasure.ERASED, (0, 3))
    after = erased([found])
    assert [(one.partition, one.key, one.value is None) for one in after] == [
        (0, topics.FORGOTTEN_KEY + TOKEN.encode(), False),
        (0, TOKEN.encode(), True),
        (3, topics.FORGOTTEN_KEY + TOKEN.encode(), False),
        (3, TOKEN.encode(), True),
    ]


def test_doing_it_again_writes_nothing_and_an_unknown_token_is_told():
    """Erased before is another answer than never heard of, also when compaction has left only the mark."""
    after = erased(to_forget([caller()], [TOKEN]), [caller()])
    assert [one.result for one in to_forget(after, [TOKEN, OTHER])] == [Erasure.BEFORE, Erasure.UNKNOWN]
    assert erased(to_forget(after, [TOKEN, OTHER])) == []
    assert to_forget(after[1:2], [TOKEN])[0].result is Erasure.BEFORE


def test_whoever_calls_again_is_kept_anew_and_can_be_forgotten_anew():
    """The mark of the first time does not hide them."""
    after = [*erased(to_forget([caller()], [TOKEN]), [caller()]), caller()]
    assert to_forget(after, [TOKEN])[0].result is Erasure.ERASED


@pytest.mark.parametrize(
    "content",
    [
        f'{{"tel": "{PHONE}"'.encode(),
        "电话 138-1234-5678".encode("gb18030"),
        "电话 138 1234 5678".encode("utf-16"),
        "+86 １３８１２３４５６７８".encode(),
    ],
    ids=["broken JSON", "GB18030 with dashes", "UTF-16 with spaces", "full width"],
)
def test_the_bytes_of_dead_letters_with_that_phone_go_too(content):
    """However it was written; those of others stay."""
    found = to_forget([caller(), letter(content)], [TOKEN])
    assert [(one.token, one.holds_phone_of) for one in found] == [(TOKEN, None), (LETTER, TOKEN)]
    assert len(to_forget([caller(phone="13900000000"), letter(content)], [TOKEN])) == 1


def test_a_dead_letter_is_erased_by_its_own_token():
    """Nobody needs to know who is in it."""
    [found] = to_forget([letter(b"?")], [LETTER])
    assert (found.result, found.partitions) == (Erasure.ERASED, (0,))


def test_a_secret_orders_token_goes_with_the_phone_that_called():
    """A secret order has a token of its own, so whoever wants to be forgotten has several."""
    there = [caller(), caller(OTHER, 2), caller("c-" + "3" * 32, phone="13900000000")]
    found = to_forget(there, [TOKEN])
    assert [(one.token, one.partitions, one.holds_phone_of) for one in found] == [
        (TOKEN, (0,), None),
        (OTHER, (2,), TOKEN),
    ]


def test_the_clerk_reads_who_called_and_of_somebody_forgotten_that_it_was_erased(deploy):
    """Unmasked, with what a secret order said of where; afterwards when it was erased, by whom and why: an answer, no error."""
    deployment = deploy()
    place = Place(address="锦绣街23号501室", point=Point(lon=112.51234, lat=37.87654, crs=Crs.WGS84))
    person = Person(name=NAME, phone=PHONE, secret=True)
    held = Caller(token=TOKEN, at=AT, person=person, place=place, text="楼上油烟")
    deployment.write(topics.CALLERS, [(TOKEN.encode(), codecs.CALLER.encode(held))])
    shown, row = asked(deployment, "caller", TOKEN), rows(asked(deployment, "caller", TOKEN, "--json"))[0]
    assert shown.stdout.splitlines() == [
        f"name: {NAME}",
        f"phone: {PHONE}",
        "secret: whoever handles the case knows neither the name nor the door",
        "place: 锦绣街23号501室 (112.51234, 37.87654 WGS84)",
        "said: 楼上油烟",
    ]
    assert (row["phone"], row["address"], row["secret"]) == (PHONE, "锦绣街23号501室", True)
    assert asked(deployment, "forget", TOKEN, "--why", "asked for", "--actor", "W0931").exit_code == 0
    gone = asked(deployment, "caller", TOKEN)
    assert (gone.exit_code, NAME in gone.stdout) == (0, False)
    assert gone.stdout.startswith(f"{TOKEN}: erased at ")
    assert gone.stdout.endswith("by W0931: asked for\n")
    assert asked(deployment, "caller", OTHER).exit_code == 1
    assert asked(deployment, "caller", PHONE).exit_code == 2


def test_forget_erases_on_a_real_broker_and_the_mark_says_by_whom_and_why(deploy):
    """First a rehearsal, which erases nothing; then it is done, done again, and seen."""
    deployment = deploy()
    deployment.write(topics.CALLERS, [(TOKEN.encode(), caller().value)])
    words = ("forget", TOKEN, "--why", f"asked for by {PHONE}", "--actor", "W0931")
    rehearsed = asked(deployment, *words, "--dry-run", "--json")
    assert (rows(rehearsed)[0]["result"], len(deployment.messages(topics.CALLERS))) == ("erased", 1)
    done, again = asked(deployment, *words), asked(deployment, *words, "--json")
    assert (done.exit_code, done.stdout) == (0, f"{TOKEN}: erased in 1 partitions\n")
    assert (again.exit_code, rows(again)[0]["result"]) == (0, "erased_before")
    _, mark, deletion = rows(asked(deployment, "records", "callers.v1", "--json"))
    assert (mark["content"]["by"], mark["content"]["why"]) == ("W0931", "asked for by [电话]")
    assert (deletion["key"], deletion["content"]) == (TOKEN, None)
    assert PHONE not in json.dumps(mark, ensure_ascii=False)


def test_what_is_no_token_or_has_no_reason_is_refused(deploy):
    """Before anything is read or written; an unknown token is an answer with 1."""
    deployment = deploy()
    assert asked(deployment, "forget", "13812345678", "--why", "asked for").exit_code == 2
    assert asked(deployment, "forget", TOKEN, "--why", " ").exit_code == 2
    assert asked(deployment, "forget", TOKEN, "--why", "asked for").exit_code == 1
