"""Single values as systems and people write them, and whole files in strange encodings: what is understood, what is noted, what is refused."""

import codecs
import io
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from pipeline.edge.sources import points, values
from pipeline.edge.sources.files import open_source
from pipeline.edge.sources.mapping import load_mappings, read_mapping
from pipeline.edge.sources.streets import streets_of
from pipeline.edge.sources.text_encoding import BadFile
from schemas.errors import BadMessage

ZONE = ZoneInfo("Asia/Shanghai")
MAPPINGS = load_mappings()
STREETS = streets_of()
HEADER = "orderNum,callTime,address,majorContent,organizationName"
ROW = "G1,2026-11-24 09:00:00,兴华街18号,占道,兴华街道"

TIMES = [
    ("2026-11-24 09:12:31", "2026-11-24T09:12:31+08:00", ""),
    ("2026-11-24T09:12:31+08:00", "2026-11-24T09:12:31+08:00", ""),
    ("2026-11-24T01:12:31Z", "2026-11-24T01:12:31+00:00", ""),
    ("２０２６-11-24 09：12：31", "2026-11-24T09:12:31+08:00", ""),
    ("2026/1/2 3:04", "2026-01-02T03:04:00+08:00", ""),
    ("2026年11月24日9时5分", "2026-11-24T09:05:00+08:00", ""),
    ("2026-11-24 08:15:20.0", "2026-11-24T08:15:20+08:00", ""),
    ("2026-11-24 下午3:05", "2026-11-24T15:05:00+08:00", ""),
    ("2026-11-24 12:05 AM", "2026-11-24T00:05:00+08:00", ""),
    ("2026-11-24 24:00:00", "2026-11-25T00:00:00+08:00", ""),
    ("20261124093105", "2026-11-24T09:31:05+08:00", ""),
    ("2026-11-24", "2026-11-24T00:00:00+08:00", "day_only"),
    (1795483260000, "2026-11-24T01:21:00+00:00", ""),
    ("1795483260000", "2026-11-24T01:21:00+00:00", ""),
    (1795483260, "2026-11-24T01:21:00+00:00", "epoch_unit"),
    (46350.375, "2026-11-24T09:00:00+08:00", "excel_serial"),
    (datetime(2026, 11, 24, 9, 0), "2026-11-24T09:00:00+08:00", ""),  # noqa: DTZ001  a spreadsheet's cell
]
NO_TIMES = [
    "昨天",
    "2026-02-30 09:00",
    "2026-11-24 25:00",
    "11/24/2026 09:12",
    "Tue Nov 24 09:12:31 CST 2026",
    12,
    10**20,
    [],
    True,
]
PHONES = [
    ("１３８００００５６７８", "13800005678", ""),
    (13800005678.0, "13800005678", ""),
    ("13800005678.0", "13800005678", ""),
    ("1.3800005678E10", "13800005678", ""),
    ('="13800005678"', "13800005678", ""),
    ("'03515551234", "03515551234", ""),
    ("13800005678/13900005679", "13800005678", "several_phones"),
    ("139-0000-1234", "139-0000-1234", ""),
]
POINTS = [
    (("112.5062", "37.8812"), (112.5062, 37.8812), ()),
    ((37.8812, 112.5062), (112.5062, 37.8812), ("lonlat_swapped",)),
    ((12524132.9, 4562656.9), (112.5062, 37.8812), ("mercator",)),
    ((4562656.9, 12524132.9), (112.5062, 37.8812), ("lonlat_swapped", "mercator")),
]
ENCODINGS = [
    ("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("utf-16", "utf-16-le"), ("utf-16-le", "utf-16-le"), ("utf-16-be", "utf-16-be"),
    ("gb18030", "gb18030"), ("gbk", "gb18030"),
]  # fmt: skip


@pytest.mark.parametrize(("written", "read", "note"), TIMES)
def test_a_time_is_read_however_it_is_written(written, read, note):
    """In the mapping's zone where it has none; what had to be understood is noted."""
    understood = values.moment(written, ZONE, "ms")
    assert datetime.fromisoformat(str(understood.value)) == datetime.fromisoformat(read)
    assert understood.note == note


@pytest.mark.parametrize("written", NO_TIMES, ids=str)
def test_what_is_no_time_is_refused(written):
    """Also where day and month, or the zone CST, could be either of two."""
    with pytest.raises(BadMessage) as caught:
        values.moment(written, ZONE, "ms")
    assert caught.value.code == "wrong_time"


def test_a_time_of_nobodys_clock_is_none():
    """The word null, and the zero of a clock: the contract refuses or leaves it out."""
    for written in ("1970-01-01 08:00:00", "null", 0, "0"):
        assert str(values.moment(written, ZONE, "ms").value).startswith(("1970", "null", "0"))


@pytest.mark.parametrize(("written", "read", "note"), PHONES)
def test_a_phone_keeps_its_digits_through_a_spreadsheet(written, read, note):
    """Full width, decimals, exponents with all digits, marks that keep it a text; of several the first."""
    assert values.phone(written) == (read, note)


def test_a_phone_that_was_rounded_is_none():
    """1.38E+10 may be anybody's."""
    with pytest.raises(BadMessage) as caught:
        values.phone("1.38E+10")
    assert caught.value.code == "number_rounded"


@pytest.mark.parametrize(("written", "read", "notes"), POINTS)
def test_a_point_is_read_in_degrees(written, read, notes):
    """Metres of a Mercator are converted, swapped coordinates put right."""
    found = points.degrees(*written)
    assert (found.lon, found.lat) == pytest.approx(read, abs=1e-6)
    assert found.notes == notes


@pytest.mark.parametrize(
    "text",
    ["112.5,37.88", "112.5 37.88", "POINT(112.5 37.88)", "[112.5, 37.88]", {"lng": 112.5, "lat": 37.88}],
)
def test_both_coordinates_may_stand_in_one_text(text):
    """As maps, databases and APIs write them."""
    assert tuple(float(str(one)) for one in points.both_in(text)) == (112.5, 37.88)


@pytest.mark.parametrize(("encoding", "said"), ENCODINGS)
def test_a_file_is_read_in_whatever_encoding_and_says_in_which(encoding, said):
    """With or without its mark; GBK is a part of GB18030."""
    file = open_source(io.BytesIO(f"{HEADER}\r\n{ROW}\r\n".encode(encoding)), MAPPINGS)
    [row] = file.rows
    assert file.read(row, STREETS).report.place.address == "兴华街18号"
    assert file.notes[0] == ("encoding", "", said)


def test_bytes_that_are_no_text_cost_their_row_alone():
    """The rows beside it are read."""
    content = f"{HEADER}\n{ROW}\n".encode() + b"G2,\xff\xfe,x,y,z\n" + ROW.replace("G1", "G3").encode()
    file = open_source(io.BytesIO(content), MAPPINGS)
    broken = [row.record.code for row in file.rows if isinstance(row.record, BadMessage)]
    assert broken == ["broken_text"]


def test_a_quotation_mark_that_nobody_closed_costs_its_row_alone():
    """Not the rest of the file."""
    rows = [ROW.replace("G1", f"G{number}") for number in range(1, 5)]
    rows[1] = rows[1].replace("兴华街18号", '"兴华街18号')
    file = open_source(io.BytesIO("\n".join([HEADER, *rows]).encode()), MAPPINGS)
    found = [row.record.code if isinstance(row.record, BadMessage) else "read" for row in file.rows]
    assert found == ["read", "broken_quotes", "read", "read"]


def test_short_and_long_rows_and_empty_ones():
    """What is missing is missing; one cell too many has shifted the others; an empty row is counted and passed over."""
    content = f"{HEADER}\nG1,2026-11-24 09:00\n,,,,\n{ROW},x\n\n{ROW},,\n"
    file = open_source(io.BytesIO(content.encode()), MAPPINGS)
    rows = [*file.rows]
    assert [row.number for row in rows] == [1, 3, 4]
    codes = [row.record.code if isinstance(row.record, BadMessage) else "read" for row in rows]
    assert codes == ["read", "cells_shifted", "read"]


BOMB = """<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<DATA><ROW><REC_ID>1</REC_ID><CREATE_TIME>&b;</CREATE_TIME></ROW></DATA>"""
OUTSIDE = """<?xml version="1.0"?><!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<DATA><ROW><REC_ID>&x;</REC_ID><CREATE_TIME>2026-11-24</CREATE_TIME></ROW></DATA>"""


@pytest.mark.parametrize("content", [BOMB, OUTSIDE, '<!DOCTYPE d SYSTEM "http://a.example/d.dtd"><DATA/>'])
def test_xml_that_declares_what_is_expanded_or_fetched_is_refused(content):
    """Before any of it is."""
    with pytest.raises(BadFile) as caught:
        [*open_source(io.BytesIO(content.encode()), MAPPINGS).rows]
    assert caught.value.code == "xml_declares"


@pytest.mark.parametrize("content", [b"", b" \n", codecs.BOM_UTF8])
def test_an_empty_file_says_what_it_may_be(content):
    """Not that it is broken."""
    with pytest.raises(BadFile) as caught:
        open_source(io.BytesIO(content), MAPPINGS)
    assert caught.value.code == "empty"


def test_what_is_no_workbook_is_refused():
    """Also one that begins like one."""
    with pytest.raises(BadFile) as caught:
        open_source(io.BytesIO(b"PK\x03\x04" + b"x" * 99), MAPPINGS)
    assert caught.value.code == "broken_workbook"


@pytest.mark.parametrize(
    ("content", "line", "wrong"),
    [
        (
            "source: '12345'\nformats: [json]\nname_zh: a\nname_en: b\nfields: {source_no: number}\n",
            1,
            "has no reported_at",
        ),
        (
            "name_zh: a\nname_en: b\nsource: '12345'\nformats: [json]\nfields: {source_no: no, reported_at: at}\n",
            5,
            "is read as yes or no",
        ),
        (
            "name_zh: a\nname_en: b\nsource: '12399'\nformats: [json]\nfields: {source_no: number, reported_at: at}\n",
            3,
            "is not one of these",
        ),
        (
            "name_zh: a\nname_en: b\nsource: '12345'\nformats: [json]\nzone: Mars\nfields: {source_no: number, reported_at: at}\n",
            5,
            "is no time zone",
        ),
        (
            "name_zh: a\nname_en: b\nsource: '12345'\nformats: [json]\nfields: {source_no: number, reported_at: at, matters: x}\n",
            5,
            "",
        ),
    ],
)
def test_a_wrong_mapping_is_told_with_its_line(tmp_path, content, line, wrong):
    """One clear line for each thing that is wrong."""
    path = tmp_path / "x.yaml"
    path.write_text(content, encoding="utf-8")
    mapping, problems = read_mapping(path)
    assert mapping is None
    assert problems[0].line == line
    assert wrong in problems[0].wrong
