"""What stands where there is no value is never taken for one: the report goes its way without it, and everybody is told."""

import json
from typing import Any

import pytest

from pipeline.core.rules.identity import report_digest
from pipeline.words.intake_words import REPORT_FIELDS, left_out_line
from pipeline.words.language import Lang
from schemas.inputs.lenient_reading import FIELDS, DoorField, decode_report
from schemas.values.left_out import LeftOut
from schemas.values.terms import LeftOutReason, Urgency
from tests.core.story import HERE, START, STREET, Story, sha

WORDS = (
    "null",
    "NULL",
    "None",
    "N/A",
    "无",
    "-",
    "--",
    "不详",
    "未知",
    "/",
    "——",
    "Ｎ／Ａ",
    " 无 ",
    "（无）",
    "无。",
    "#N/A",
)
NO_TIMES = (
    "1970-01-01T00:00:00Z",
    "1970-01-01T08:00:00+08:00",
    "9999-12-31T23:59:59+08:00",
    "0001-01-01T00:00:00Z",
)
NOWHERE = {"lon": 0, "lat": 0, "crs": "WGS84"}
PHOTO: dict[str, object] = {"sha256": sha("photo"), "kind": "photo", "taken_at": START.isoformat()}
FULL: dict[str, Any] = {
    "source": "12345",
    "source_no": "FULL-1",
    "street": STREET,
    "matter": "SR-001",
    "reported_at": START.isoformat(),
    "place": {"address": "兴华街18号", "grid": f"{STREET}001001", "point": {"lon": 112.5, "lat": 37.88, "crs": "WGS84", "accuracy_m": 8}},
    "text": "占道卖水果",
    "occurred_at": START.isoformat(),
    "urgency": "urgent",
    "reporter": "G0012",
    "caller": {"name": "和平", "phone": "13800000001", "secret": True},
    "call_back": True,
    "alarm": {"device": "CAM-1", "algorithm": "stall", "confidence": 0.9, "dwell_s": 60},
    "evidence": [
        {**PHOTO, "ended_at": START.isoformat(), "device": "CAM-1", "officer": "O1", "uri": "https://a/b", "name": "shop", "reviewed": True,
         "point": {"lon": 112.5, "lat": 37.88, "crs": "WGS84", "accuracy_m": 8}, "size_bytes": 9}
    ],
    "self_disposed": False,
    "order": {"due_at": START.isoformat(), "limit": "5 workdays", "kind": "complaint", "repeat_of": "GD-1"},
}  # fmt: skip


def optional(fields: Any = FIELDS, path: str = "") -> list[tuple[str, DoorField]]:
    """Every optional field of a report and of all that it holds, as the contract has it now; of a list the first item's."""
    found = []
    for field in fields.values():
        if not field.required:
            found.append((f"{path}{field.name}", field))
        if field.inside:
            found += optional(field.inside, f"{path}{field.name}.{'0.' if field.is_list else ''}")
    return found


OPTIONAL = [pytest.param(path, id=path) for path, field in optional() if not field.is_free]


def with_value(path: str, value: object) -> dict[str, Any]:
    """The full report with another value at a dotted path."""
    content: dict[str, Any] = json.loads(json.dumps(FULL))
    place: Any = content
    *way, last = path.split(".")
    for step in way:
        place = place[int(step) if step.isdigit() else step]
    place[last] = value
    return content


def read(content: object):
    """The report as the pipeline takes it, and what is left out of it."""
    return decode_report(json.dumps(content).encode())


def told(story: Story) -> list[tuple[str, str]]:
    """What the newest receipt says was left out."""
    return [(one.field, one.why.value) for one in story.last.receipts[0].left_out]


def test_a_full_report_is_taken_whole():
    """Nothing that says something is left out."""
    assert read(FULL).left_out == ()


@pytest.mark.parametrize("path", OPTIONAL)
@pytest.mark.parametrize("word", WORDS)
def test_a_placeholder_in_any_optional_field_costs_nothing_but_that_field(path: str, word: str):
    """Whatever the contract makes optional, today and later: the report is read as if the field were not there, and it is noted."""
    absent = with_value(path, None)
    pushed = read(with_value(path, word))
    assert pushed.report == read(absent).report
    assert [one.field for one in pushed.left_out] == [path]
    assert read(absent).left_out == ()


@pytest.mark.parametrize("path", OPTIONAL)
@pytest.mark.parametrize("nothing", [None, "", "  "])
def test_nothing_in_an_optional_field_is_nothing_to_note(path: str, nothing: object):
    """An empty field says honestly that there is no value."""
    assert read(with_value(path, nothing)).left_out == ()


@pytest.mark.parametrize("path", ["occurred_at", "evidence.0.ended_at"])
@pytest.mark.parametrize("time", NO_TIMES)
def test_the_first_and_the_last_time_of_a_system_are_no_times(path: str, time: str):
    """1970 and 9999 are what a database says for null."""
    pushed = read(with_value(path, time))
    assert [one.field for one in pushed.left_out] == [path]


@pytest.mark.parametrize("time", [*NO_TIMES, "2000-01-01T00:00:00Z", "无"])
def test_a_report_without_the_time_that_counts_is_refused_by_its_field(time: str):
    """Deadlines and law count from it: it is asked for, not made up of the arrival, which each copy would have another of."""
    story = Story().report(reported_at=time)
    receipt, letter = story.last.receipts[0], story.last.dead_letters[0]
    assert receipt.field == letter.field == "reported_at"
    assert receipt.code in ("time_out_of_range", "wrong_time", "placeholder")
    assert receipt.of.source_no == "R1"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        *(("caller.phone", phone) for phone in ("无", "0", "00000000", "13800000000", "138-0000-0000", "不愿提供", "12345678")),
        *(("place.point.accuracy_m", metres) for metres in (-1, 0, 0.0)),
        ("alarm.dwell_s", -1),
        *(("evidence.0.size_bytes", size) for size in (0, -1)),
        ("evidence.0.point", {"lon": "无", "lat": "无", "crs": "WGS84"}),
        ("reporter", "000000"),
        *((path, number) for path in ("reporter", "caller.phone", "place.grid", "occurred_at", "urgency") for number in (0, -1)),
        ("caller.phone", "-1"),
        ("place.grid", "000000000000000"),
    ],
)  # fmt: skip
def test_numbers_that_say_there_is_none_are_left_out(path: str, value: object):
    """A phone that nobody has, a measure that nothing measured, a file of no bytes."""
    pushed = read(with_value(path, value))
    assert [one.field for one in pushed.left_out] == [path]


@pytest.mark.parametrize(
    "phone",
    [
        "12345",
        "110",
        "0351-8888888",
        "8888888",
        "13800138000",
        "13800000001",
        "+86 138 0000 0001",
        "4008123123",
    ],
)
def test_a_phone_that_may_be_somebodys_stays(phone: str):
    """Round numbers are sold dear."""
    pushed = read(with_value("caller.phone", phone))
    assert pushed.report.caller.phone == phone
    assert pushed.left_out == ()


@pytest.mark.parametrize(
    ("path", "value"), [("text", "无"), ("caller.name", "和平"), ("alarm.dwell_s", 0), ("call_back", False)]
)
def test_what_may_be_meant_stays(path: str, value: object):
    """A description is free, a name may be a word, and zero seconds are a time."""
    assert read(with_value(path, value)).left_out == ()


@pytest.mark.parametrize("value", ["0", "-1", 0, -1])
def test_a_nought_where_yes_or_no_is_asked_for_is_refused(value: object):
    """Many write so for no: whoever wants no call is not called because of it."""
    story = Story().report(call_back=value)
    assert (story.last.receipts[0].code, story.last.receipts[0].field) == ("wrong_type", "call_back")


def test_a_placeholder_for_a_whole_object_leaves_it_out_and_a_photo_of_nothing_is_no_photo():
    """A point without degrees, an alarm of no device, the hash of an empty file; the other photo stays, and keeps its place in the count."""
    empty = {**PHOTO, "sha256": sha("")}
    content = {**FULL, "alarm": {**FULL["alarm"], "device": "-"}, "evidence": [empty, "无", PHOTO]}
    content["place"] = {**FULL["place"], "point": "无"}
    pushed = read(content)
    assert [one.field for one in pushed.left_out] == ["place.point", "alarm", "evidence.0", "evidence.1"]
    assert [item.sha256 for item in pushed.report.evidence] == [sha("photo")]


def test_another_fault_of_the_report_is_told_by_the_place_that_its_sender_sees():
    """The second photo is wrong; that the first is left out does not make it the first."""
    story = Story().report(
        evidence=[{**PHOTO, "sha256": ""}, {**PHOTO, "kind": "painting"}], caller={"phone": "无"}
    )
    assert [(one.code, one.field) for one in story.last.receipts[0].faults] == [
        ("not_allowed", "evidence.1.kind")
    ]


def test_a_caller_without_a_phone_is_heard_and_not_called():
    """Before, the whole report was a dead letter for the sake of a field that nobody must fill in."""
    story = Story().report(caller={"name": "王测试", "phone": "无"}, urgency="不详")
    assert story.answer == "accepted"
    assert told(story) == [("caller.phone", "placeholder"), ("urgency", "placeholder")]
    assert story.case.facts.urgency is Urgency.NORMAL
    assert not story.case.reports[0].call_back


def test_what_was_left_out_is_on_the_case_the_assignment_and_the_receipt_again():
    """The team sees why there is no point, and a copy gets the same answer."""
    story = Story().report(place={**HERE, "point": NOWHERE}, reporter="null")
    expected = [("reporter", "placeholder"), ("place.point", "placeholder")]
    assert told(story) == expected
    first = story.last.receipts[0]
    assert story.last.assignments[0].left_out == story.case.reports[0].left_out == first.left_out
    assert story.again().last.receipts[0] == first


def test_a_point_far_outside_the_street_is_noted_as_one():
    """Not nothing, but not believed either."""
    story = Story().report(
        place={"address": "兴华街18号", "point": {"lon": 116.4, "lat": 39.9, "crs": "WGS84"}}
    )
    assert told(story) == [("place.point", "outside_street")]


def test_an_address_that_is_none_is_noted_where_a_grid_says_where():
    """By the words of the street's rules."""
    story = Story().report(place={"address": "路边", "grid": f"{STREET}001001"})
    assert told(story) == [("place.address", "placeholder")]


@pytest.mark.parametrize(
    "number", ["-", "--", "null", "0", "000", 0, "无", "不详", "N/A", "/", "（无）", "#N/A"]
)
def test_two_reports_whose_number_is_none_are_not_one(number: object):
    """Which would be one case and one receipt. Each is refused with its field, and its bytes are kept."""
    story = Story().report(source_no=number).report(source_no=number, place={"address": "后北屯路9号"})
    assert len(story.core) == 0
    for outcome in story.outcomes:
        receipt, letter = outcome.receipts[0], outcome.dead_letters[0]
        assert (receipt.code, receipt.field, letter.code) == ("placeholder", "source_no", "placeholder")
        assert "占位" in receipt.message_zh
        assert "no value" in receipt.message_en
        assert outcome.callers[0].token == letter.original


def test_a_report_with_and_one_without_its_placeholders_say_the_same():
    """The copy was cleaned by its sender: nothing differs."""
    story = Story().report(
        source_no="SAME", caller={"name": "王测试", "phone": "无"}, reporter="-", place=HERE
    )
    story.report(source_no="SAME", caller={"name": "王测试"}, place=HERE)
    assert not story.last.receipts[0].differs


def test_a_report_that_was_split_off_keeps_its_notes():
    """The case that it becomes shows them."""
    story = Story().report(source_no="HOST").report(source_no="PART", reporter="null")
    story.act("split", source="12345", source_no="PART")
    assert story.case.reports[0].left_out == (LeftOut(field="reporter", why=LeftOutReason.PLACEHOLDER),)


@pytest.mark.parametrize("sha256", [{}, {"sha256": ""}, {"sha256": None}, {"sha256": "无"}])
def test_a_photo_of_which_only_the_address_is_known_is_asked_for_again(sha256: dict[str, object]):
    """It proves nothing, and does not cost the report: the sender and the team read that it is to be handed in again."""
    photo = {"uri": "https://files.example/1.jpg", "kind": "photo", "taken_at": START.isoformat()} | sha256
    story = Story().report(evidence=[photo])
    [missing] = story.case.reports[0].left_out
    assert (missing.field, missing.why) == ("evidence.0", LeftOutReason.UNHASHED)
    assert story.last.receipts[0].left_out == story.last.assignments[0].left_out == (missing,)
    assert left_out_line([missing], Lang.EN).endswith("(an address without a hash: hand it in again)")
    assert story.case.evidence == ()


def test_every_field_that_may_be_left_out_has_its_words():
    """In both languages; a new optional field is noticed here."""
    paths = {path.replace("evidence.0", "evidence") for path, _ in optional()}
    assert set(REPORT_FIELDS) == paths - {"evidence.point.crs"}
    assert all(words[lang] for words in REPORT_FIELDS.values() for lang in Lang)


def test_what_was_left_out_is_said_in_words():
    """Items are counted from 1, as people count."""
    paths = ("caller.phone", "evidence.0", "evidence.1.device")
    left_out = [LeftOut(field=path, why=LeftOutReason.PLACEHOLDER) for path in paths]
    assert (
        left_out_line(left_out, Lang.ZH)
        == "未采用: 来电号码 (占位内容), 第1件证据 (占位内容), 第2件证据 设备 (占位内容)"
    )
    assert left_out_line(left_out[:1], Lang.EN) == "left out: caller's phone (a placeholder)"
    assert left_out_line([], Lang.EN) == ""


@pytest.mark.parametrize("metres", [-1, "无"])
def test_an_officer_whose_device_does_not_know_how_exact_it_is_has_arrived(metres: object):
    """The point says where; nothing rests on how exact it is."""
    story = (
        Story()
        .report()
        .path("sign")
        .act("arrive", point={"lon": 112.5, "lat": 37.88, "crs": "WGS84", "accuracy_m": metres})
    )
    assert story.answer == "accepted"


@pytest.mark.parametrize("hash_of_none", [sha(""), "0" * 64])
def test_a_file_of_nothing_proves_no_disposal(hash_of_none: str):
    """Who disposed can hand in the photo itself: refused by its field, where a report's would be left out."""
    story = Story().report().path("sign", "arrive")
    story.act("dispose", evidence=[{**PHOTO, "sha256": hash_of_none}])
    assert (story.answer, story.last.receipts[0].field) == ("placeholder", "evidence.0.sha256")
    assert story.stage.value == "arrived"


def test_the_digest_of_a_report_never_changes():
    """It stands in logs: were it another for a new optional field, every copy of an earlier report would be told that it differs. Then the
    new field is left out of the digest while it has its default.
    """
    before_orders_had_terms = {name: value for name, value in FULL.items() if name != "order"}
    digest = report_digest(read(before_orders_had_terms).report)
    assert digest == "706de8a3af3d9e83"
