"""The sources' own formats: what they become, and what is wrong with them in their own words."""

import hashlib
import io
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline.edge.sources.guess import guessed
from pipeline.edge.sources.mapping import SourceMapping, load_mappings
from pipeline.edge.sources.reading import ReadRow, read_record, read_report, report_content
from pipeline.edge.sources.streets import streets_of
from schemas.errors import BadMessage
from schemas.inputs.lenient_reading import decode_report
from schemas.inputs.report import Report
from schemas.values.sources import SOURCE_TABLE
from schemas.values.terms import Crs, EvidenceKind, Source, Urgency

ROOT = Path(__file__).parents[3]
MISSING = object()
OWN = {mapping.name: mapping for mapping in load_mappings()}
STREETS = streets_of()


def own(source: Source) -> SourceMapping:
    """The format that this project gives to a source."""
    return OWN[source.value]


def example(source: Source) -> dict[str, object]:
    """The first record of the source's example file."""
    sample = ROOT / str(own(source).table.sample)
    text = sample.read_text(encoding="utf-8")
    record = json.loads(text if sample.suffix == ".json" else text.splitlines()[0])
    assert isinstance(record, dict)
    return record


def reading(source: Source, record: object) -> ReadRow:
    """The record in its source's own format."""
    return read_record(own(source), record, STREETS)


def adapted(source: Source, record: object) -> Report:
    """The report that the pipeline will read."""
    return reading(source, record).report


def changed(record: dict[str, object], path: str, value: object) -> dict[str, object]:
    """The record with another value at a dotted path, or without one."""
    copy: dict[str, object] = json.loads(json.dumps(record))
    place: Any = copy
    *way, last = path.split(".")
    for step in way:
        place = place[int(step) if step.isdigit() else step]
    if value is MISSING:
        del place[last]
    else:
        place[last] = value
    return copy


def test_the_table_has_one_row_a_source_and_each_a_format_of_its_own():
    """No source without its row, and none without a format in which it may push."""
    assert set(SOURCE_TABLE) == set(Source)
    assert {source.value for source in Source} <= set(OWN)


@pytest.mark.parametrize("source", list(Source))
def test_every_example_is_a_report(source: Source):
    """What the examples folder shows is accepted by the contract."""
    report = adapted(source, example(source))
    assert report.source is source
    assert report.street == "140109004"


def test_a_hotline_order_keeps_what_the_pipeline_needs():
    """Number, matter, caller, place with its coordinate system, urgency, and what was told."""
    report = adapted(Source.HOTLINE_12345, example(Source.HOTLINE_12345))
    assert report.source_no == "140100-20261124-000123"
    assert report.caller is not None
    assert (report.caller.phone, report.caller.secret) == ("13800005678", True)
    assert report.place.point is not None
    assert report.place.point.crs is Crs.GCJ02
    assert (report.urgency, report.call_back) == (Urgency.NORMAL, True)
    assert report.text.startswith("占道经营。兴华街18号门口")


def test_an_anonymous_caller_leaves_nothing_and_is_not_called_back():
    """Whatever the order says of name and phone."""
    report = adapted(
        Source.HOTLINE_12345, changed(example(Source.HOTLINE_12345), "citizen.anonymous", value=True)
    )
    assert report.caller is None
    assert not report.call_back


def test_a_city_hotline_event_is_read_in_chinese_field_names():
    """坐标系 with a hyphen, a phone, and 是否回复."""
    report = adapted(Source.HOTLINE_12319, example(Source.HOTLINE_12319))
    assert report.place.point is not None
    assert (report.place.point.crs, report.caller and report.caller.name) == (Crs.GCJ02, "李某")
    assert report.call_back


def test_a_patrols_photos_are_evidence_by_their_phase():
    """Before and after, of a find disposed of on the spot."""
    report = adapted(Source.PATROL, example(Source.PATROL))
    assert [item.kind for item in report.evidence] == [EvidenceKind.PHOTO_BEFORE, EvidenceKind.PHOTO_AFTER]
    assert (report.self_disposed, report.reporter) == (True, "W0931")


def test_an_alarm_has_its_device_and_its_time_from_milliseconds():
    """The snapshot is evidence of the device."""
    report = adapted(Source.MONITOR, example(Source.MONITOR))
    assert report.alarm is not None
    assert (report.alarm.algorithm, report.alarm.dwell_s) == ("street_vendor-2.3", 260)
    assert report.occurred_at is not None
    assert report.occurred_at.isoformat() == "2026-11-24T01:21:00+00:00"
    assert report.evidence[0].device == "14010900401310000001"


TABLE: list[tuple[Source, str, object, str, str]] = [
    (Source.HOTLINE_12345, "loc.lon", "东", "wrong_type", "loc.lon"),
    (Source.HOTLINE_12345, "loc.lat", 91, "out_of_range", "loc.lat"),
    (Source.HOTLINE_12345, "loc", [1, 2], "wrong_type", "loc"),
    (Source.HOTLINE_12345, "order_no", "12<3>", "wrong_format", "order_no"),
    (Source.HOTLINE_12345, "order_no", None, "field_missing", "order_no"),
    (Source.HOTLINE_12345, "region", "140109", "wrong_format", "region"),
    (Source.HOTLINE_12345, "accepted_at", "2026-11-24T09:12:31", "naive_time", "accepted_at"),
    (Source.HOTLINE_12345, "citizen.phone", "1380351转", "wrong_format", "citizen.phone"),
    (Source.HOTLINE_12345, "citizen", "张某", "wrong_type", "citizen"),
    (Source.HOTLINE_12345, "content", "好" * 3000, "too_long", "content"),
    (Source.HOTLINE_12345, "content", ["占道"], "wrong_type", "content"),
    (Source.HOTLINE_12345, "content", {"text": "占道"}, "wrong_type", "content"),
    (Source.HOTLINE_12345, "content", "a\x00b", "control_character", "content"),
    (Source.HOTLINE_12319, "坐标.经度", "东", "wrong_type", "坐标.经度"),
    (Source.HOTLINE_12319, "街道", "火星街道", "not_allowed", "街道"),
    (Source.HOTLINE_12319, "电话", "转12", "wrong_format", "电话"),
    (Source.HOTLINE_12319, "案件编号", "案<1>", "wrong_format", "案件编号"),
    (Source.PATROL, "grid", "140109004", "wrong_format", "grid"),
    (Source.PATROL, "loc.acc_m", 20_000, "out_of_range", "loc.acc_m"),
    (Source.PATROL, "photos.0.sha256", "abc", "wrong_format", "photos.0.sha256"),
    (Source.MONITOR, "confidence", 1.5, "out_of_range", "confidence"),
    (Source.MONITOR, "device_id", MISSING, "field_missing", "device_id"),
    (Source.MONITOR, "occurred_at", 10**20, "wrong_time", "occurred_at"),
    (Source.MONITOR, "occurred_at", MISSING, "field_missing", "reported_at"),
]


@pytest.mark.parametrize(("source", "path", "value", "code", "field"), TABLE)
def test_what_is_wrong_is_said_in_the_senders_own_words(source, path, value, code, field):
    """Code and field, the field by the name that the sender gave it."""
    with pytest.raises(BadMessage) as caught:
        reading(source, changed(example(source), path, value))
    assert (caught.value.code, caught.value.field) == (code, field)


UNDERSTOOD: list[tuple[Source, str, object, str, str]] = [
    (Source.HOTLINE_12345, "loc.crs", MISSING, "crs_unknown", "loc.crs"),
    (Source.HOTLINE_12345, "loc.crs", "火星", "crs_unknown", "loc.crs"),
    (Source.HOTLINE_12345, "region", MISSING, "street_by_point", "region"),
    (Source.HOTLINE_12345, "cat", "占道", "matter_unknown", "cat"),
    (Source.HOTLINE_12345, "accepted_at", 1795483260, "epoch_unit", "accepted_at"),
    (Source.HOTLINE_12345, "urgency", "急", "unknown_word", "urgency"),
    (Source.HOTLINE_12345, "urgency", ["一般"], "unknown_word", "urgency"),
    (Source.HOTLINE_12345, "callback", "信鸽", "unknown_word", "callback"),
    (Source.HOTLINE_12345, "citizen.secret", "看情况", "unknown_word", "citizen.secret"),
    (
        Source.HOTLINE_12345,
        "attachments",
        "https://files.example/1.jpg",
        "evidence_unhashed",
        "attachments.0",
    ),
    (Source.HOTLINE_12345, "attachments", [{"uri": "s3://x/y"}], "evidence_unhashed", "attachments.0"),
    (Source.HOTLINE_12319, "坐标.坐标系", MISSING, "crs_unknown", "坐标.坐标系"),
    (Source.HOTLINE_12319, "是否回复", "也许", "unknown_word", "是否回复"),
    (Source.PATROL, "grid", MISSING, "street_by_point", "grid"),
    (Source.PATROL, "photos.0.phase", "during", "unknown_word", "photos.0.phase"),
    (Source.PATROL, "self_disposed", "maybe", "unknown_word", "self_disposed"),
    (Source.MONITOR, "snapshot.sha256", None, "evidence_unhashed", "snapshot"),
    (Source.MONITOR, "kind", "smoke", "matter_unknown", "kind"),
]


@pytest.mark.parametrize(("source", "path", "value", "code", "field"), UNDERSTOOD)
def test_what_nobody_had_to_fill_in_does_not_cost_the_report_and_is_noted(source, path, value, code, field):
    """An unknown word, a point of nobody knows which system, a picture without its hash: the report goes on without it."""
    notes = reading(source, changed(example(source), path, value)).notes
    assert (code, field) in [(note.code, note.field) for note in notes]


def test_an_unknown_word_for_secret_keeps_the_caller_secret():
    """Whoever wrote something there meant something by it."""
    report = adapted(Source.HOTLINE_12345, changed(example(Source.HOTLINE_12345), "citizen.secret", "看情况"))
    assert report.caller is not None
    assert report.caller.secret


def test_a_category_in_the_matters_place_is_kept_for_whoever_recognises_it():
    """The sender's own word is no code of ours."""
    report = adapted(Source.HOTLINE_12345, changed(example(Source.HOTLINE_12345), "cat", "占道"))
    assert (report.matter, report.category) == (None, "占道")


HALF_EMPTY = [
    (Source.HOTLINE_12345, "citizen.phone", "无", "caller.phone"),
    (Source.HOTLINE_12345, "citizen.name", "不详", "caller.name"),
    (Source.HOTLINE_12345, "citizen", "无", "caller.name"),
    (Source.HOTLINE_12345, "urgency", "未知", "urgency"),
    (Source.HOTLINE_12345, "urgency", "", None),
    (Source.HOTLINE_12345, "callback", "-", "call_back"),
    (Source.HOTLINE_12345, "occurred_at", "1970-01-01T08:00:00+08:00", "occurred_at"),
    (Source.HOTLINE_12345, "loc", "无", "place.point"),
    (Source.HOTLINE_12345, "loc.crs", "null", "place.point"),
    (Source.HOTLINE_12345, "attachments", "无", None),
    (Source.HOTLINE_12319, "电话", "未留", "caller.phone"),
    (Source.HOTLINE_12319, "受理员", "/", "reporter"),
    (Source.HOTLINE_12319, "是否回复", "不详", "call_back"),
    (Source.HOTLINE_12319, "坐标.坐标系", "不详", "place.point"),
    (Source.PATROL, "loc.acc_m", -1, "place.point.accuracy_m"),
    (Source.PATROL, "photos.0.sha256", hashlib.sha256(b"").hexdigest(), "evidence.0"),
    (Source.PATROL, "photos.0.taken_at", "1970-01-01T00:00:00Z", None),
    (Source.PATROL, "photos.0.phase", "无", None),
    (Source.MONITOR, "device_id", "null", "alarm"),
    (Source.MONITOR, "dwell_s", -1, "alarm.dwell_s"),
]


@pytest.mark.parametrize(("source", "path", "value", "left_out"), HALF_EMPTY)
def test_a_placeholder_in_a_senders_own_format_does_not_cost_the_report(source, path, value, left_out):
    """It goes on to the pipeline, which leaves the field out and says so; where nothing is lost by it, nothing is said."""
    content = reading(source, changed(example(source), path, value)).content
    fields = [one.field for one in decode_report(json.dumps(content).encode()).left_out]
    assert (left_out in fields) if left_out else (fields == [])


def test_an_alarm_from_nowhere_is_refused():
    """Neither grid nor address nor point."""
    record = changed(changed(example(Source.MONITOR), "grid_code", MISSING), "loc", MISSING)
    with pytest.raises(BadMessage) as caught:
        reading(Source.MONITOR, record)
    assert (caught.value.code, caught.value.field) == ("field_missing", "grid_code")


@pytest.mark.parametrize("record", [5, "order", [], None])
def test_what_is_no_object_is_refused(record):
    """Nothing to look into."""
    with pytest.raises(BadMessage) as caught:
        reading(Source.PATROL, record)
    assert caught.value.code == "wrong_type"


@pytest.mark.parametrize("source", list(Source))
def test_a_record_without_number_is_told_which_number_is_needed(source: Source):
    """The source's own name of it."""
    with pytest.raises(BadMessage) as caught:
        reading(source, {})
    assert own(source).number_names[0] in [fault.field for fault in (caught.value, *caught.value.also)]


def test_a_report_passes_as_it_is_even_a_wrong_one():
    """The pipeline judges reports; only its source must be the one that was said, and is added where it is missing."""
    odd = {"source": "patrol", "source_no": "G1", "odd": 1}
    assert report_content({"source_no": "G1", "odd": 1}, "patrol") == odd
    with pytest.raises(BadMessage) as caught:
        report_content({"source_no": "G1", "source": "12345"}, "patrol")
    assert (caught.value.code, caught.value.allowed) == ("wrong_source", "patrol")
    with pytest.raises(BadMessage) as caught:
        read_report(odd)
    assert "odd" in [fault.field for fault in (caught.value, *caught.value.also)]


def test_a_row_of_a_file_is_told_all_its_faults_in_the_senders_names():
    """What its reader cannot read and what the contract refuses, together."""
    record = json.loads(Path("examples/report-12345.json").read_text(encoding="utf-8"))
    record |= {
        "loc": {"lon": "东", "lat": 37.8},
        "accepted_at": "yesterday",
        "cat": "x" * 99,
        "region": "here",
        "addr": "我家楼下",
        "content": "占道",
    }
    with pytest.raises(BadMessage) as caught:
        reading(Source.HOTLINE_12345, record)
    faults = [(fault.code, fault.field) for fault in (caught.value, *caught.value.also)]
    assert ("wrong_type", "loc.lon") in faults
    assert {"accepted_at", "region"} <= {field for _, field in faults}
    assert len(faults) == len(set(faults))


def test_a_row_of_which_nothing_can_be_read_ends():
    """However its fields are left out one after the other."""
    with pytest.raises(BadMessage) as caught:
        reading(
            Source.MONITOR, {"alarm_id": "A1", "occurred_at": [], "loc": 5, "snapshot": 7, "grid_code": 9}
        )
    assert len(caught.value.also) <= 9


@pytest.mark.parametrize(
    ("address", "text", "street", "code", "field"),
    [
        ("文泉街23号", "占道", "140109001", "street_by_address", "address"),
        ("", "文泉街23号楼下有人占道卖水果", "140109001", "street_by_text", "majorContent"),
        ("兴华街18号对面", "文泉街也有", "140109004", "street_by_address", "address"),
    ],
)
def test_an_order_that_names_no_street_is_of_the_one_its_place_is_in(
    address: str, text: str, street: str, code: str, field: str
) -> None:
    """A hotline knows roads and numbers, not sub-districts: the gazetteer says whose the order is, before it is pushed."""
    order = {"orderNum": "S1", "callTime": "2026-11-24 09:00:00", "address": address, "majorContent": text}
    reading = read_record(OWN["12345-order"], order, STREETS)
    assert reading.report.street == street
    assert (code, field) in [(note.code, note.field) for note in reading.notes]


def test_an_order_whose_place_nobody_knows_says_what_it_lacks() -> None:
    """It is not given to any street by chance."""
    order = {
        "orderNum": "S2",
        "callTime": "2026-11-24 09:00:00",
        "address": "我家楼下",
        "majorContent": "占道",
    }
    with pytest.raises(BadMessage, match="street_unknown"):
        read_record(OWN["12345-order"], order, STREETS)


def test_a_column_that_the_format_does_not_know_is_named_and_not_left_out_in_silence() -> None:
    """The text of an order may stand in it."""
    order = {"orderNum": "G1", "callTime": "2026-11-24 09:00:00", "address": "兴华街18号", "title": "占道"}
    known = read_record(OWN["12345-order"], order, STREETS)
    more = read_record(OWN["12345-order"], {**order, "诉求内容": "门口占道", "备用": None}, STREETS)
    assert "fields_unread" not in {note.code for note in known.notes}
    assert [note.what for note in more.notes if note.code == "fields_unread"] == ["诉求内容"]


def test_a_proposed_mapping_takes_a_callers_name_for_no_text() -> None:
    """诉求人 is who called, 诉求内容 what was said."""
    table = "工单编号,来电时间,诉求人,诉求内容\nG1,2026-11-24 09:00,李测试,门口占道\n"
    proposal = guessed(io.BytesIO(table.encode("gb18030")), Source.HOTLINE_12345, tuple(OWN.values()))
    assert proposal.fields["caller.name"] == ["诉求人"]
    assert proposal.fields["text"] == ["诉求内容"]


@pytest.mark.parametrize(
    ("limit", "value", "field"),
    [
        ("处理时限", "2026-11-27 17:30:00", "order.due_at"),
        ("处理时限", "5个工作日", "order.limit"),
        ("处理天数", "5", "order.limit"),
    ],
)
def test_a_proposed_mapping_reads_what_the_hotline_says_of_its_order(
    limit: str, value: str, field: str
) -> None:
    """By when or how long, which kind, and which order it repeats; a kind that nobody knows is named."""
    head = f"工单号,来电时间,诉求内容,诉求类型,关联工单号,{limit}"
    rows = f"G1,2026-11-24 09:00,门口占道,投诉,G0,{value}\nG2,2026-11-24 09:10,有人烧烤,点赞,,{value}\n"
    proposal = guessed(io.BytesIO(f"{head}\n{rows}".encode()), Source.HOTLINE_12345, tuple(OWN.values()))
    assert proposal.fields[field] == [limit]
    assert proposal.fields["order.repeat_of"] == ["关联工单号"]
    text = proposal.as_yaml()
    assert yaml.safe_load(text)["fields"]["order.kind"] == {
        "from": "诉求类型",
        "table": {"投诉": "complaint"},
    }
    assert "# order.kind, not known: 点赞" in text


def test_a_column_of_types_that_are_matters_is_proposed_as_the_category() -> None:
    """Whatever its name is."""
    table = "工单编号,来电时间,诉求内容,诉求类型\nG1,2026-11-24 09:00,门口占道,占道经营\n"
    proposal = guessed(io.BytesIO(table.encode()), Source.HOTLINE_12345, tuple(OWN.values()))
    assert (proposal.fields["category"], "order.kind" in proposal.fields) == (["诉求类型"], False)
