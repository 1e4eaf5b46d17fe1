"""CloudEvents 1.0 as senders' libraries write them: every encoding of one report gives the same report."""

import base64
import json

import pytest

from schemas.errors import BadMessage
from schemas.inputs.intake import read_report

STREET = b"140109004"
CONTENT = {
    "source": "12345",
    "source_no": "R1",
    "street": "140109004",
    "matter": "SR-001",
    "reported_at": "2026-11-24T09:00:00+08:00",
    "place": {"address": "兴华街18号"},
    "text": "占道卖水果",
}
PLAIN = json.dumps(CONTENT, ensure_ascii=False).encode()
ATTRIBUTES = {"specversion": "1.0", "type": "urban.enforcement.report.v1", "source": "urn:12345", "id": "1"}
BINARY = (("ce_specversion", b"1.0"), ("ce_type", b"urban.enforcement.report.v1"), ("ce_id", b"1"))
STRUCTURED = (("content-type", b"application/cloudevents+json"),)
BASE64 = base64.b64encode(PLAIN).decode()


def event(**changes: object) -> bytes:
    """A structured event; a value of None leaves the attribute out."""
    content = {**ATTRIBUTES, "data": CONTENT, **changes}
    return json.dumps({name: value for name, value in content.items() if value is not None}).encode()


GOOD = {
    "plain JSON": ((), PLAIN),
    "plain JSON with a content type": ((("content-type", b"application/json"),), PLAIN),
    "plain JSON with an odd content type": ((("content-type", b"text/plain; charset=GBK"),), PLAIN),
    "binary": (BINARY, PLAIN),
    "binary with its content type": ((*BINARY, ("content-type", b"application/json; charset=utf-8")), PLAIN),
    "binary with an odd content type": ((*BINARY, ("content-type", b"application/octet-stream")), PLAIN),
    "binary with a content type of null": ((*BINARY, ("content-type", None)), PLAIN),
    "binary, names in capitals": (tuple((name.upper(), value) for name, value in BINARY), PLAIN),
    "binary with attributes that nobody knows": (
        (*BINARY, ("ce_traceparent", b"00-1"), ("ce_x", None)),
        PLAIN,
    ),
    "structured": (STRUCTURED, event()),
    "structured, content type with parameters": (
        (("Content-Type", b"Application/CloudEvents+JSON; charset=UTF-8"),),
        event(),
    ),
    "structured without content type": ((), event()),
    "structured as application/json": ((("content-type", b"application/json"),), event()),
    "structured under application/cloudevents": ((("content-type", b"application/cloudevents"),), event()),
    "structured inside binary": (BINARY, event()),
    "structured with attributes that nobody knows": (
        STRUCTURED,
        event(subject="x", traceparent="00-1", ext=5),
    ),
    "data_base64": (STRUCTURED, event(data=None, data_base64=BASE64)),
    "data_base64 without content type": ((), event(data=None, data_base64=BASE64)),
    "data_base64 beside data of null": (
        STRUCTURED,
        json.dumps({**ATTRIBUTES, "data": None, "data_base64": BASE64}).encode(),
    ),
    "data as a text of JSON": (STRUCTURED, event(data=PLAIN.decode(), datacontenttype="text/plain")),
}


@pytest.mark.parametrize("name", GOOD)
def test_every_encoding_gives_the_same_report(name: str) -> None:
    """Content types and further attributes change nothing."""
    headers, value = GOOD[name]
    assert read_report(STREET, headers, value) == read_report(STREET, (), PLAIN)


BAD = {
    "a batch": ((("content-type", b"application/cloudevents-batch+json"),), b"[" + event() + b"]", "batch"),
    "a batch without content type": ((), b"[" + event() + b"," + event() + b"]", "batch"),
    "a batch called structured": (STRUCTURED, b"[" + event() + b"]", "batch"),
    "structured in Avro": ((("content-type", b"application/cloudevents+avro"),), b"\x00\x01", "not_allowed"),
    "no base64": (STRUCTURED, event(data=None, data_base64="%%%"), "wrong_format"),
    "base64 that is no text": (STRUCTURED, event(data=None, data_base64=5), "wrong_type"),
    "base64 of no JSON": (STRUCTURED, event(data=None, data_base64="AAAA"), "broken_json"),
    "data twice": (STRUCTURED, event(data_base64=BASE64), "unknown_field"),
    "no data": (STRUCTURED, event(data=None), "field_missing"),
    "another version, without content type": ((), event(specversion="0.3"), "wrong_specversion"),
    "another type, without content type": ((), event(type="com.example.x"), "wrong_type_name"),
    "a text that is no JSON": (STRUCTURED, event(data="占道"), "broken_json"),
    "broken after its specversion": ((), event()[:-9], "broken_json"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_single_event_is_answered_with_its_code(name: str) -> None:
    """The sender hears what was wrong with the envelope, never what was in it."""
    headers, value, code = BAD[name]
    with pytest.raises(BadMessage) as caught:
        read_report(STREET, headers, value)
    assert caught.value.code == code
    assert "占道" not in str(caught.value)


def test_a_report_may_speak_of_specversion() -> None:
    """The word in a text makes no envelope of it."""
    value = json.dumps({**CONTENT, "text": 'see "specversion": "1.0"'}).encode()
    assert read_report(STREET, (), value).text.startswith("see")
