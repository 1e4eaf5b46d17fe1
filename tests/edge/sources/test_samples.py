"""Each format that is shipped, by its sample: known by its fields, read whole, and noted where something had to be understood."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from pipeline.edge.sources.files import SourceFile, open_source
from pipeline.edge.sources.mapping import SourceMapping, load_mappings
from pipeline.edge.sources.reading import ReadRow, read_record
from pipeline.edge.sources.streets import streets_of
from schemas.errors import BadMessage
from schemas.values.update_terms import ReportMark
from schemas.wire import codecs

ROOT = Path(__file__).parents[3]
MAPPINGS = load_mappings()
STREETS = streets_of()


def opened(mapping: SourceMapping) -> SourceFile:
    """The format's sample."""
    assert mapping.table.sample is not None
    return open_source((ROOT / mapping.table.sample).open("rb"), MAPPINGS)


def readings(name: str) -> Sequence[ReadRow]:
    """All rows of the sample of a format."""
    file = opened(next(mapping for mapping in MAPPINGS if mapping.name == name))
    return [file.read(row, STREETS) for row in file.rows]


@pytest.mark.parametrize("mapping", MAPPINGS, ids=lambda mapping: mapping.name)
def test_a_format_is_known_by_the_fields_of_its_sample(mapping: SourceMapping):
    """Nobody has to say in which format a file is; every row can be a report of the format's source."""
    file = opened(mapping)
    assert file.format_name == mapping.name
    found = [file.read(row, STREETS) for row in file.rows]
    assert found
    for reading in found:
        assert codecs.REPORT.decode_strictly(codecs.REPORT.encode(reading.report)) == reading.report
        assert reading.report.source is mapping.source


def test_orders_of_an_api_are_found_within_its_answer():
    """Local times, milliseconds，是 for secret, a lamp for urgency, an organisation for a street, and what it is marked as."""
    first, second, third = readings("12345-order")
    assert first.report.reported_at.isoformat() == "2026-11-24T01:12:31+00:00"
    assert first.report.caller is not None
    assert (first.report.caller.secret, first.report.category) == (True, "市容环境->占道经营")
    assert (second.report.street, second.report.urgency.value) == ("140109003", "critical")
    assert "urged" in [note.code for note in second.notes]
    assert third.report.caller is not None
    assert (third.report.caller.phone, third.report.mark) == (None, ReportMark.WITHDRAWN)
    assert third.report.reported_at.isoformat() == "2026-11-24T02:20:02+00:00"


def test_an_exported_table_is_read_by_its_chinese_header():
    """The category by its last part, a text over two lines with quotes, a phone that is none."""
    first, _, third = readings("12345-export")
    assert (first.report.matter, first.report.street) == ("SR-001", "140109004")
    assert '\n每天早上有人"占道"卖水果' in first.report.text
    assert third.report.caller is None
    assert {"urged", "matter_unknown", "place_unknown"} <= {note.code for note in third.notes}


@pytest.mark.parametrize(
    ("number", "ended", "reported_at", "note"),
    [
        ("20261124A0017", "2026-11-24 15:00:00", "2026-11-24T07:00:00+00:00", ("time_stands_in", "办结时间")),
        ("20261124A0017", "", "2026-11-23T16:00:00+00:00", ("time_by_number", "工单编号")),
        ("BJ20261124A0017", "-", "2026-11-23T16:00:00+00:00", ("time_by_number", "工单编号")),
        ("350061", "", None, ("field_missing", "来电时间")),
        ("20261399A0017", "", None, ("field_missing", "来电时间")),
        ("20261124A0017", "刚才", None, ("wrong_time", "办结时间")),
    ],
)
def test_an_exported_table_without_the_time_of_the_call_has_the_next_best(number, ended, reported_at, note):
    """That of the end, else the day in the number; which one it was is noted. Without any it says what it lacks."""
    export = next(mapping for mapping in MAPPINGS if mapping.name == "12345-export")
    row = {"工单编号": number, "主要内容": "门口摆摊卖菜", "被反映街乡镇": "兴华街道", "办结时间": ended}
    if reported_at is None:
        with pytest.raises(BadMessage) as why:
            read_record(export, row, STREETS)
        assert (why.value.code, why.value.field) == note
        return
    read = read_record(export, row, STREETS)
    assert read.report.reported_at.isoformat() == reported_at
    assert note in [(one.code, one.field) for one in read.notes]


def test_a_workbook_is_read_below_its_titles():
    """Dates as cells and as a number of days, phones as decimals, an empty row that is counted."""
    file = opened(next(mapping for mapping in MAPPINGS if mapping.name == "12345-community"))
    rows = [*file.rows]
    assert [row.number for row in rows] == [1, 2, 4]
    first, second, third = (file.read(row, STREETS).report for row in rows)
    assert first.caller is not None
    assert first.caller.phone == "13800005641"
    assert second.text.endswith("称再不处理就去掀摊子")
    assert third.reported_at.isoformat() == "2026-11-24T14:30:00+00:00"


def test_a_push_in_milliseconds_with_the_word_null_and_metres_is_understood():
    """The text null is nothing, 0.0 is no point, and metres are no degrees of anybody's system."""
    first, second, _ = readings("12319-push")
    assert first.report.reported_at.isoformat() == "2026-11-24T02:00:00+00:00"
    assert {"mercator", "crs_unknown"} <= {note.code for note in first.notes}
    assert first.report.place.point is None
    assert (second.report.place.point, second.report.category) == (None, "010199")


def test_an_alarm_of_the_national_standard_has_its_point_and_no_confidence():
    """GB2312, nested type, WGS84; its number is made of device, time and serial number."""
    [alarm] = readings("alarm-gb28181")
    assert alarm.report.source_no == "14010900401310000002-2026-11-24T07:35:10-31207"
    assert alarm.report.place.point is not None
    assert alarm.report.alarm is not None
    assert (alarm.report.alarm.algorithm, alarm.report.alarm.confidence) == ("5-2", None)


def test_each_mapping_has_a_sample_and_each_sample_a_mapping():
    """A source is a data file and a sample."""
    samples = {mapping.table.sample for mapping in MAPPINGS}
    assert len(samples) == len(MAPPINGS)
    there = {str(path.relative_to(ROOT)) for path in (ROOT / "examples/sources").iterdir()}
    assert there <= samples


def test_try_says_what_each_row_becomes_or_why_not(tmp_path: Path):
    """A line a row, numbered as in the file; the wrong one has code, field and what is allowed, in the sender's names."""
    file = tmp_path / "orders.csv"
    file.write_text(
        "orderNum,callTime,address,majorContent,organizationName\n"
        "G1,2026-11-24 09:00:00,兴华街18号,摊贩,兴华街道\n"
        "G2,昨天,兴华街19号,摊贩,兴华街道\n",
        encoding="gb18030",
    )
    command = [sys.executable, "-c", "from pipeline.cli import main; main()", "sources", "try", str(file)]
    told = subprocess.run([*command, "--json"], cwd=ROOT, capture_output=True, text=True, check=False)
    first, second = map(json.loads, told.stdout.splitlines())
    assert told.returncode == 1
    assert (first["row"], first["report"]["street"]) == (1, "140109004")
    assert {"code": "encoding", "field": "", "what": "gb18030"} in first["notes"]
    assert (second["error"]["code"], second["error"]["field"]) == ("wrong_time", "callTime")
    assert second["error"]["allowed"]
    shown = subprocess.run([*command, "--lang", "zh"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert "第1行" in shown.stdout
    assert "wrong_time" in shown.stdout
