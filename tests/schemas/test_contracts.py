"""Every contract, on random messages: what is written is read back the same, and the published schema holds."""

import gc
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker
from msgspec import Struct

from schemas.errors import BadMessage
from schemas.published.messages import MESSAGES
from schemas.values.terms import Term
from schemas.values.text import clean_text
from schemas.wire import codecs
from tests.schemas.values import messages, schema_of

CODECS = {
    "Report": codecs.REPORT,
    "Action": codecs.ACTION,
    "DiscardLetter": codecs.DISCARD,
    "DutyAction": codecs.DUTY_ACTION,
    "JournalEntry": codecs.JOURNAL_ENTRY,
    "Case": codecs.CASE,
    "RetiredReports": codecs.RETIRED,
    "StreetDuty": codecs.STREET_DUTY,
    "Position": codecs.POSITION,
    "CallerRecord": codecs.CALLER,
    "Assignment": codecs.ASSIGNMENT,
    "Receipt": codecs.RECEIPT,
    "Notice": codecs.NOTICE,
    "DeadLetter": codecs.DEAD_LETTER,
}
each = pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.name)
some = settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))


def codec_of(message):
    """What reads and writes it."""
    return CODECS[message.name]


def objects(value, path=()):
    """Every JSON object in `value` with its path."""
    if isinstance(value, dict):
        yield path, value
        for name, inner in value.items():
            yield from objects(inner, (*path, name))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from objects(inner, (*path, str(number)))


def test_every_message_is_tested():
    """A new message cannot be forgotten here."""
    assert set(CODECS) == {message.name for message in MESSAGES}


@each
@some
@given(data=st.data())
def test_what_is_written_is_read_back_the_same(message, data):
    """What the published schema allows is read; from then on value and bytes give each other for ever."""
    codec = codec_of(message)
    value = codec.decode_strictly(data.draw(messages(message)))
    written = codec.encode(value)
    assert codec.decode_strictly(written) == value
    if not message.is_input:
        assert codec.decode(written) == value
        assert codec.encode(codec.decode(written)) == written


@each
@some
@given(data=st.data())
def test_what_is_written_fits_the_published_schema(message, data):
    """A reader that validates with the published schema takes whatever we write."""
    codec = codec_of(message)
    written = codec.encode(codec.decode_strictly(data.draw(messages(message))))
    Draft202012Validator(schema_of(message), format_checker=FormatChecker()).validate(json.loads(written))


@each
@some
@given(data=st.data())
def test_an_unknown_field_anywhere_is_refused_from_others_and_passed_over_in_ours(message, data):
    """Wherever a later version adds a field, readers of ours read on; a sender who adds one is told where."""
    codec = codec_of(message)
    content = json.loads(data.draw(messages(message)))
    value = codec.decode_strictly(json.dumps(content).encode())
    path, place = data.draw(st.sampled_from(list(objects(content))))
    place["added_later"] = {"deep": [1, None]}
    changed = json.dumps(content).encode()
    if not message.is_input:
        assert codec.decode(changed) == value
    with pytest.raises(BadMessage) as caught:
        codec.decode_strictly(changed)
    assert caught.value.code == "unknown_field"
    assert caught.value.field.split(".")[0] == (path or ("added_later",))[0]
    assert caught.value.field.endswith("added_later")


@each
@some
@given(data=st.data())
def test_a_field_that_is_missing_is_named(message, data):
    """Whatever required field a message lacks, it is refused and the field is named."""
    content = json.loads(data.draw(messages(message)))
    schema = schema_of(message)
    if "required" not in schema:
        schema = next(arm for arm in schema["$defs"].values() if is_arm(arm, content))
    name = data.draw(st.sampled_from(schema["required"]))
    del content[name]
    with pytest.raises(BadMessage) as caught:
        codec_of(message).decode_strictly(json.dumps(content).encode())
    assert (caught.value.code, caught.value.field) == ("field_missing", name)


def is_arm(definition, content):
    """Whether `definition` is the arm of the union that `content` is."""
    tags = {
        name: field["const"] for name, field in definition.get("properties", {}).items() if "const" in field
    }
    return bool(tags) and all(content.get(name) == tag for name, tag in tags.items())


@each
def test_a_value_cannot_be_changed(message):
    """Contracts are values: nobody changes one that another holds."""
    value = codec_of(message).decode_strictly(_one(message))
    field = value.__struct_fields__[0]
    with pytest.raises(AttributeError):
        setattr(value, field, None)
    with pytest.raises(AttributeError):
        value.invented = 1


CASES = [
    line.partition(b"\t")[2]
    for line in (Path(__file__).parents[1] / "golden/1/cases.jsonl").read_bytes().splitlines()
]


def parts(value):
    """All that `value` holds, itself first."""
    yield value
    names = value.__struct_fields__ if isinstance(value, Struct) else ()
    for part in (*(value if isinstance(value, tuple) else ()), *(getattr(value, name) for name in names)):
        yield from parts(part)


def test_an_open_case_gives_the_garbage_collector_nothing_to_walk_through():
    """A worker keeps all its open cases: a full collection that visited their parts would stop it for seconds.

    What is left is a list of terms, the steps of a penalty procedure: the terms themselves are tracked, once for all cases.
    """
    cases = [codecs.CASE.decode(case) for case in CASES]
    gc.collect()  # only then is a tuple of what is not tracked found to be one
    for case in cases:
        tracked = [part for part in parts(case) if gc.is_tracked(part) and not isinstance(part, Term)]
        assert all(isinstance(part, tuple) and isinstance(part[0], Term) for part in tracked)
        assert len(tracked) == (case.penalty is not None)


def test_what_msgspec_does_not_read_the_door_reads_or_names():
    """Bytes that are otherwise written give the same value; what is wrong has the code and the field of the door."""
    case = CASES[0].decode()
    value = codecs.CASE.decode(CASES[0])
    spaced = json.dumps(json.loads(case), indent=1)
    for other in (spaced, case.replace('"text":"', '"text":" \u200b')):
        assert codecs.CASE.decode(other.encode()) == value
    wrong = {
        f'"street":"{value.street}"': ("wrong_format", "street", f'"street":"{value.street}\\n"'),
        f'"stage":"{value.stage}"': ("not_allowed", "stage", '"stage":"later"'),
    }
    for right, (code, field, said) in wrong.items():
        with pytest.raises(BadMessage) as caught:
            codecs.CASE.decode(case.replace(right, said, 1).encode())
        assert (caught.value.code, caught.value.field) == (code, field)
    for broken, code in (
        (b"", "broken_json"),
        (b'{"later":"\xff",' + CASES[0][1:], "broken_json"),
        (b'{"later":' + b"[" * 100_000, "nested_too_deep"),
    ):
        with pytest.raises(BadMessage) as caught:
            codecs.CASE.decode(broken)
        assert caught.value.code == code


@pytest.mark.parametrize("instant", ["1999-12-31T23:59:59Z", "2101-01-01T00:00:00Z"])
def test_an_instant_out_of_range_is_refused_as_published(instant):
    """Who doubts that this project wrote a record is told of every limit of the contract."""
    content = json.loads(CASES[0]) | {"closed_at": instant}
    with pytest.raises(BadMessage, match="time_out_of_range"):
        codecs.CASE.decode_as_published(json.dumps(content).encode())


def _one(message):
    found = []

    @settings(max_examples=1, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(messages(message))
    def draw(content):
        found.append(content)

    draw()
    return found[0]


@given(st.text(max_size=60))
@settings(max_examples=500, deadline=None)
def test_clean_text_is_clean(text):
    """Cleaning twice is cleaning once: what we wrote, we read back as it is."""
    try:
        once = clean_text(text)
    except ValueError:
        return
    assert clean_text(once) == once


@pytest.mark.parametrize(
    "plain",
    [
        "\n\t ~",
        "\u00a1\u00ac\u00ae\u02ff",
        "\u2010\u2027\u2030\u205e",
        "\u2460\u26ff",
        "\u3000\u3029\u3030\u3096",
        "\u30a0\u312f",
    ],
)
def test_the_quick_way_gives_what_the_slow_way_gives(plain):
    """Text of plain characters only skips the checks; one odd mark beside it sends it through them all."""
    for first, last in zip(plain[::2], plain[1::2], strict=False):
        for code in range(ord(first), ord(last) + 1):
            text = f"x{chr(code)}x"
            assert clean_text(f"{text}\u200b") == clean_text(text)
