"""Bad input, one row each: what is pushed, and the code and field it is answered with.

The values hold the word MALICE wherever a sender may write freely; no answer may repeat it.
"""

import json
from typing import NamedTuple

from schemas import limits
from schemas.topics import ACTIONS, REPORTS

STREET = "140109004"
KEY = STREET.encode()
Headers = tuple[tuple[str, bytes | None], ...]

REPORT = {
    "source": "12345",
    "source_no": "MALICE-1",
    "street": STREET,
    "matter": "SR-001",
    "reported_at": "2026-11-24T09:00:00+08:00",
    "place": {"address": "兴华街18号MALICE"},
    "text": "有人占道卖水果MALICE",
}
ACTION = {
    "action": "dispose",
    "action_id": "MALICE-2",
    "case_id": f"{STREET}-0123456789ABC",
    "actor": {"id": "MALICE-3", "role": "team", "team": "patrol"},
    "acted_at": "2026-11-24T09:00:00+08:00",
}
STRUCTURED: Headers = (("content-type", b"application/cloudevents+json; charset=UTF-8"),)
BINARY: Headers = (("ce_specversion", b"1.0"), ("ce_type", b"urban.enforcement.report.v1"))


class Poison(NamedTuple):
    """One record. `code` and `field` are what it is refused with; `code` is empty where it is accepted."""

    name: str
    code: str
    field: str
    value: bytes | None
    topic: str = REPORTS
    key: bytes | None = KEY
    headers: Headers = ()


def report(**changes: object) -> bytes:
    """A good report with other fields; a field set to `...` is left out."""
    return _encode(REPORT | changes)


def action(**changes: object) -> bytes:
    """A good action with other fields; a field set to `...` is left out."""
    return _encode(ACTION | changes)


def structured(data: bytes, **changes: object) -> bytes:
    """A structured CloudEvent around `data`, its attributes changed."""
    envelope = {
        "specversion": "1.0",
        "type": "urban.enforcement.report.v1",
        "id": "1",
        "source": "x",
    } | changes
    return json.dumps(envelope).encode()[:-1] + b',"data":' + data + b"}"


def _encode(content: dict[str, object]) -> bytes:
    return json.dumps({k: v for k, v in content.items() if v is not ...}, ensure_ascii=False).encode()


def raw(field: str, written: str) -> bytes:
    """A report whose `field` is written as given, JSON or not."""
    return report(**{field: "@@"}).replace(b'"@@"', written.encode("utf-8", "surrogatepass"))


def lon(written: str) -> bytes:
    """A report whose longitude is written as given, JSON or not."""
    return raw("place", f'{{"point":{{"lon":{written},"lat":37.8,"crs":"WGS84"}}}}')


def _wide(value: str, count: int) -> bytes:
    """A report with `count` further fields, within the cap in bytes where they fit."""
    more = ",".join(f'"{number:x}":{value}' for number in range(count))
    return report()[:-1] + b"," + more.encode() + b"}"


EVIDENCE = {"sha256": "a" * 64, "kind": "photo", "taken_at": "2026-11-24T09:00:00+08:00"}
PHOTO = [EVIDENCE]


def _at(name: str, code: str, reported_at: object) -> Poison:
    return Poison(name, code, "reported_at", report(reported_at=reported_at))


def _said(name: str, code: str, text: str) -> Poison:
    return Poison(name, code, "text", report(text=text))


def _at_lon(name: str, code: str, written: str) -> Poison:
    return Poison(name, code, "" if code == "broken_json" else "place.point.lon", lon(written))


def _phone(name: str, code: str, phone: str) -> Poison:
    return Poison(name, code, "caller.phone", report(caller={"phone": phone}))


def _uri(name: str, code: str, uri: str) -> Poison:
    return Poison(name, code, "evidence.0.uri", report(evidence=[EVIDENCE | {"uri": uri}]))


BYTES = (
    Poison("tombstone", "empty", "", None),
    Poison("no bytes", "empty", "", b""),
    Poison("spaces only", "broken_json", "", b"   \n"),
    Poison("not JSON", "broken_json", "", b"MALICE"),
    Poison("truncated", "broken_json", "", report()[:-9]),
    Poison("two messages in one", "broken_json", "", report() + report()),
    Poison("byte order mark", "broken_json", "", b"\xef\xbb\xbf" + report()),
    Poison("UTF-16", "broken_json", "", report().decode().encode("utf-16")),
    Poison("GBK", "broken_json", "", report().decode().encode("gbk")),
    Poison("bad UTF-8", "broken_json", "", report().replace("有".encode(), b"\xff\xfe\xfd")),
    Poison("overlong UTF-8", "broken_json", "", report().replace("有".encode(), b"\xc0\x80")),
    Poison("surrogate in UTF-8", "broken_json", "", raw("text", '"\ud800"')),
    Poison("lone surrogate escaped", "broken_json", "", raw("text", '"\\ud800"')),
    Poison("raw newline in a string", "broken_json", "", raw("text", '"a\nb"')),
    Poison("NUL byte after the end", "broken_json", "", report() + b"\x00"),
    Poison("comment", "broken_json", "", b"/* MALICE */" + report()),
    Poison("trailing comma", "broken_json", "", report()[:-1] + b",}"),
    Poison("depth 5,000, objects", "nested_too_deep", "", b'{"place":' * 5_000 + b"1" + b"}" * 5_000),
    Poison("depth 60,000, arrays", "nested_too_deep", "", b"[" * 60_000),
    Poison("depth 100,000", "too_large", "", b"[" * 100_000 + b"]" * 100_000),
    Poison("a megabyte of text", "too_large", "", report(text="吵" * 350_000)),
    Poison("a million fields", "too_large", "", _wide("1", 1_000_000)),
    Poison("one byte too many", "too_large", "", report().ljust(limits.VALUE_BYTES_MAX + 1)),
    Poison("6,000 unknown fields", "too_many_faults", "", _wide("1", 6_000)),
    Poison("an array", "wrong_type", "", b"[" + report() + b"]"),
    Poison("null", "wrong_type", "", b"null"),
    Poison("a string", "wrong_type", "", b'"MALICE"'),
    Poison("4,000 digits", "wrong_type", "", b"1" * 4_000),
    Poison("5,000 digits", "broken_json", "", b"1" * 5_000),
)
FIELDS = (
    Poison("field missing", "field_missing", "street", report(street=...)),
    Poison(
        "field in place missing",
        "field_missing",
        "place.point.crs",
        raw("place", '{"point":{"lon":1,"lat":1}}'),
    ),
    Poison("unknown field", "unknown_field", "adress", report(adress="MALICE")),
    Poison("unknown field in place", "unknown_field", "place.lon", report(place={"lon": 112.5})),
    Poison("unknown Chinese field", "unknown_field", "????", report(诉求类型="MALICE")),
    Poison("a phone number as field", "unknown_field", "?", report(**{"13800000001": 1})),
    Poison("a path as field", "unknown_field", "??????etc?passwd", report(**{"../../etc/passwd": 1})),
    Poison("a log line as field", "unknown_field", "a??INFO?done", report(**{"a\r\nINFO done": 1})),
    Poison("no name as field", "unknown_field", "", report(**{"": 1})),
    Poison("null for a required text", "wrong_type", "street", report(street=None)),
    Poison("number for a text", "wrong_type", "text", report(text=12345)),
    Poison("text for an object", "wrong_type", "place", report(place="MALICE")),
    Poison("object for a text", "wrong_type", "text", report(text={"MALICE": "MALICE"})),
    Poison("text for a boolean", "wrong_type", "call_back", report(call_back="true")),
    Poison("number for a boolean", "wrong_type", "self_disposed", report(self_disposed=1)),
    Poison("unknown source", "not_allowed", "source", report(source="MALICE")),
    Poison("source as a number", "not_allowed", "source", report(source=12345)),
    Poison(
        "source in full-width digits",
        "not_allowed",
        "source",
        report(source="\uff11\uff12\uff13\uff14\uff15"),
    ),
    Poison("street of 8 digits", "wrong_format", "street", report(street="14010900")),
    Poison(
        "street in full-width digits",
        "wrong_format",
        "street",
        report(street="\uff11\uff14\uff10\uff11\uff10\uff19\uff10\uff10\uff14"),
    ),
    Poison("street with a newline", "wrong_format", "street", report(street=STREET + "\n")),
    Poison("identifier with a quote", "wrong_format", "source_no", report(source_no="MALICE'7")),
    Poison("identifier with a tag", "wrong_format", "source_no", report(source_no="<MALICE>")),
    Poison("identifier of Cyrillic look-alikes", "wrong_format", "source_no", report(source_no="МАLIСЕ")),
    Poison("empty identifier", "too_short", "source_no", report(source_no="")),
    Poison("identifier of 65", "too_long", "source_no", report(source_no="A" * 65)),
    _phone("phone of digits and letters", "wrong_format", "1380351MALICE"),
    _phone("phone of two digits", "wrong_format", "12"),
    _phone("phone of Arabic digits", "wrong_format", "٠١٢٣٤٥٦"),
    _phone("phone of 25 digits", "too_long", "12345" * 5),
    Poison("number that is none", "placeholder", "source_no", report(source_no="无")),
    Poison("number of zeros", "placeholder", "source_no", report(source_no=0)),
    Poison(
        "device's clock at its zero", "placeholder", "reported_at", report(reported_at="2000-01-01T00:03:20Z")
    ),
    Poison("name of 65", "too_long", "caller.name", report(caller={"name": "王" * 65})),
    Poison("text of 2,001", "too_long", "text", report(text="吵" * 2_001)),
    Poison("text that grows in NFC", "too_long", "text", report(text="\u0958" * 1_500)),
    Poison("21 photos", "too_many", "evidence", report(evidence=PHOTO * 21)),
    Poison("20,000 wrong photos", "wrong_type", "evidence.0", report(evidence=[1] * 20_000)),
    Poison(
        "hash in capitals",
        "wrong_format",
        "evidence.0.sha256",
        report(evidence=[EVIDENCE | {"sha256": "A" * 64}]),
    ),
    _uri("address a browser runs", "wrong_format", "javascript://%0aMALICE()"),
    _uri("address with a tag", "wrong_format", 'https://a/"><b>'),
    _uri("address with an escape", "wrong_format", "https://a/\x1b[2J"),
)
NUMBERS = (
    _at_lon("NaN", "not_a_number", "NaN"),
    _at_lon("infinity", "not_a_number", "-Infinity"),
    _at_lon("1e999", "not_a_number", "1e999"),
    _at_lon("400 digits as a coordinate", "not_a_number", "1" * 400),
    _at_lon("5,000 digits as a coordinate", "broken_json", "1" * 5_000),
    _at_lon("hexadecimal", "broken_json", "0x70"),
    _at_lon("leading zero", "broken_json", "0112"),
    _at_lon("leading plus", "broken_json", "+112"),
    _at_lon("underscore", "broken_json", "1_12"),
    _at_lon("number as text", "wrong_type", '"112.5"'),
    _at_lon("boolean as number", "wrong_type", "true"),
    Poison(
        "longitude and latitude swapped",
        "out_of_range",
        "place.point.lat",
        raw("place", '{"point":{"lon":37.8,"lat":112.5,"crs":"WGS84"}}'),
    ),
)
TIMES = (
    _at("no offset", "naive_time", "2026-11-24T09:00:00"),
    _at("date only", "wrong_time", "2026-11-24"),
    _at("words", "wrong_time", "昨天下午三点MALICE"),
    _at("seconds since 1970", "wrong_time", 1_700_000_000),
    _at("seconds since 1970 as text", "wrong_time", "1700000000"),
    _at("30 February", "wrong_time", "2026-02-30T09:00:00Z"),
    _at("second 60", "wrong_time", "2026-11-24T09:00:60Z"),
    _at("hour 24", "wrong_time", "2026-11-24T24:00:00Z"),
    _at("offset of a day", "wrong_time", "2026-11-24T09:00:00+23:59"),
    Poison(
        "offset with seconds", "wrong_time", "reported_at", report(reported_at="2026-11-24T09:00:00+08:00:30")
    ),
    _at("offset with a minus sign", "wrong_time", "2026-11-24T09:00:00\u221208:00"),
    _at("full-width digits", "wrong_time", "\uff12\uff10\uff12\uff16-11-24T09:00:00Z"),
    Poison(
        "the year 1970", "time_out_of_range", "reported_at", report(reported_at="1970-01-01T08:00:00+08:00")
    ),
    Poison(
        "1999 in UTC", "time_out_of_range", "reported_at", report(reported_at="2000-01-01T00:00:00+14:00")
    ),
    Poison(
        "2101 in UTC", "time_out_of_range", "reported_at", report(reported_at="2100-12-31T23:00:00-05:00")
    ),
    _at("before the first day", "time_out_of_range", "0001-01-01T00:00:00+14:00"),
    _at("after the last day", "time_out_of_range", "9999-12-31T23:59:59-12:00"),
)
TEXTS = (
    _said("NUL", "control_character", "MALICE\x00"),
    _said("terminal escape", "control_character", "\x1b[2JMALICE"),
    _said("C1 control", "control_character", "\x9bMALICE"),
    _said("noncharacter", "control_character", "\ufffe"),
    _said("noncharacter of another plane", "control_character", "\U0010ffff"),
    Poison("NUL in an address", "control_character", "place.address", report(place={"address": "\x00"})),
    _said("2,000 combining marks", "combining_marks", "a" + "\u0301" * 2_000),
    Poison(
        "15,000 marks out of order", "combining_marks", "text", report(text="a" + "\u0301\u0316" * 15_000)
    ),
    _said("a pile held apart by joiners", "combining_marks", "a" + "\u0301\u200d" * 9),
    _said("a pile of Thai marks", "combining_marks", "\u0e01" + "\u0e31" * 9),
    _said("a letter that is marks in NFC", "combining_marks", "\ufb2c\u0301\u0316"),
    _said("20,000 wide letters", "too_long", "\ufdfa" * 20_000),
)
RECORDS = (
    Poison("another street's key", "wrong_key", "key", report(), key=b"140109005"),
    Poison("key in quotes", "wrong_key", "key", report(), key=b'"140109004"'),
    Poison("key of bad UTF-8", "wrong_key", "key", report(), key=b"\xff\xfe"),
    Poison("33 headers", "too_many_headers", "headers", report(), headers=(("MALICE", b"1"),) * 33),
    Poison("a header of 2 KB", "header_too_long", "headers", report(), headers=(("x", b"M" * 2_048),)),
    Poison("a header's name of 2 KB", "header_too_long", "headers", report(), headers=(("x" * 2_048, b""),)),
    Poison(
        "CloudEvents 0.3", "wrong_specversion", "specversion", report(), headers=(("ce_specversion", b"0.3"),)
    ),
    Poison("no type in binary mode", "wrong_type_name", "type", report(), headers=BINARY[:1]),
    Poison(
        "an action's type on reports",
        "wrong_type_name",
        "type",
        report(),
        headers=(*BINARY[:1], ("ce_type", b"urban.enforcement.action.v1")),
    ),
    Poison("structured, not JSON", "broken_json", "", b"MALICE", headers=STRUCTURED),
    Poison("structured, an array", "batch", "", b"[]", headers=STRUCTURED),
    Poison(
        "structured without an envelope", "wrong_specversion", "specversion", report(), headers=STRUCTURED
    ),
    Poison(
        "structured, another type",
        "wrong_type_name",
        "type",
        structured(report(), type="MALICE"),
        headers=STRUCTURED,
    ),
    Poison(
        "structured without data",
        "field_missing",
        "data",
        b'{"specversion":"1.0","type":"urban.enforcement.report.v1"}',
        headers=STRUCTURED,
    ),
    Poison("structured, data null", "field_missing", "data", structured(b"null"), headers=STRUCTURED),
    Poison(
        "structured, data wrong inside",
        "not_allowed",
        "source",
        structured(report(source="MALICE")),
        headers=STRUCTURED,
    ),
    Poison(
        "structured, 1e999", "not_a_number", "place.point.lon", structured(lon("1e999")), headers=STRUCTURED
    ),
    Poison("structured, NaN", "broken_json", "", structured(lon("NaN")), headers=STRUCTURED),
    Poison("structured, deep", "nested_too_deep", "", structured(b"[" * 60_000), headers=STRUCTURED),
)
ACTING = (
    Poison("unknown action", "not_allowed", "action", action(action="MALICE"), ACTIONS),
    Poison("no action", "field_missing", "action", action(action=...), ACTIONS),
    Poison("action as a number", "not_allowed", "action", action(action=7), ACTIONS),
    Poison("field of another action", "unknown_field", "passed", action(passed=True), ACTIONS),
    Poison(
        "unknown role", "not_allowed", "actor.role", action(actor={"id": "MALICE", "role": "king"}), ACTIONS
    ),
    Poison("no actor", "field_missing", "actor", action(actor=...), ACTIONS),
    Poison(
        "case id in small letters",
        "wrong_format",
        "case_id",
        action(case_id=f"{STREET}-0123456789abc"),
        ACTIONS,
    ),
    Poison(
        "version of 30 digits", "out_of_range", "expected_version", action(expected_version=10**30), ACTIONS
    ),
    Poison("version zero", "out_of_range", "expected_version", action(expected_version=0), ACTIONS),
    Poison(
        "version with a fraction", "wrong_type", "expected_version", action(expected_version=1.5), ACTIONS
    ),
    Poison("version 1.0", "wrong_type", "expected_version", action(expected_version=1.0), ACTIONS),
    Poison("note of 501", "too_long", "note", action(note="吵" * 501), ACTIONS),
    Poison("key of another street", "wrong_key", "key", action(), ACTIONS, b"140109005"),
    Poison("the case id as key", "wrong_key", "key", action(), ACTIONS, f"{STREET}-0123456789ABC".encode()),
    Poison("tombstone among actions", "empty", "", None, ACTIONS),
    Poison("a report among actions", "field_missing", "action", report(), ACTIONS),
)
POISON = (*BYTES, *FIELDS, *NUMBERS, *TIMES, *TEXTS, *RECORDS, *ACTING)
