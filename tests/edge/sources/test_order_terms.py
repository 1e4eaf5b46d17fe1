"""The hotline's deadline, kind and repeated order, as each format writes them; what cannot be read costs no order."""

import pytest

from pipeline.edge.sources.mapping import load_mappings
from pipeline.edge.sources.reading import ReadRow, read_record
from pipeline.edge.sources.streets import streets_of

MAPPINGS = {mapping.name: mapping for mapping in load_mappings()}
STREETS = streets_of()
ORDER = {
    "orderNum": "GD20261124001",
    "callTime": "2026-11-24 09:00:00",
    "organizationName": "兴华街道",
    "majorContent": "占道卖水果",
    "address": "兴华街18号",
}


def read(**changes: object) -> ReadRow:
    """An order of a platform's API."""
    return read_record(MAPPINGS["12345-order"], ORDER | changes, STREETS)


def notes(row: ReadRow) -> set[tuple[str, str]]:
    """What was noted of its terms."""
    return {(note.code, note.field) for note in row.notes if note.code in ("order_unread", "day_end")}


def test_the_deadline_of_an_order_is_read_in_its_formats_zone():
    """To the second, beside the days that were given."""
    order = read(
        deadlineDate="2026-12-01 09:12:31", handleDays=5, timeUnit="工作日", oldOrderNum="GD1"
    ).report.order
    assert order is not None
    assert order.due_at.isoformat() == "2026-12-01T01:12:31+00:00"
    assert (order.limit, order.repeat_of) == ("5 workdays", "GD1")


@pytest.mark.parametrize(
    ("days", "unit", "limit"),
    [
        (5, "工作日", "5 workdays"),
        ("24", "小时", "24 natural_hours"),
        (3.0, "天", "3 calendar_days"),
        ("3个工作日", "", "3 workdays"),
        (7, "", "7 workdays"),
    ],
)
def test_days_alone_keep_their_unit(days, unit, limit):
    """With the number, in a field of its own, or by the format."""
    order = read(handleDays=days, timeUnit=unit).report.order
    assert order is not None
    assert (order.limit, order.due_at) == (limit, None)


def test_a_day_without_a_time_is_due_at_its_end():
    """Due on Friday is not due on Thursday night; and it is noted."""
    row = read(deadlineDate="2026-11-27")
    assert row.report.order.due_at.isoformat() == "2026-11-27T15:59:59+00:00"
    assert notes(row) == {("day_end", "deadlineDate")}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("deadlineDate", "下周五"),
        ("handleDays", "尽快"),
        ("handleDays", 0),
        ("oldOrderNum", "同上\n次"),
        ("deadlineDate", ["x"]),
    ],
)
def test_terms_that_nobody_can_read_are_noted_and_the_order_stays(field, value):
    """In the sender's own name of the field."""
    row = read(**{field: value})
    assert row.report.order is None
    assert notes(row) == {("order_unread", field)}


@pytest.mark.parametrize("value", ["", "无", "-", None, "1970-01-01 08:00:00"])
def test_a_placeholder_for_a_deadline_is_none(value):
    """Nothing is noted of what is not there."""
    assert read(deadlineDate=value).report.order is None


def test_an_urging_of_our_own_format_is_one_by_its_kind():
    """催办 is no kind of call: the order is urged."""
    own = {
        "order_no": "GD1",
        "accepted_at": "2026-11-24T09:00:00+08:00",
        "region": "140109004",
        "title": "占道",
        "addr": "兴华街18号",
    }
    urged = read_record(MAPPINGS["12345"], own | {"kind": "催办"}, STREETS).report
    assert (urged.mark, urged.order) == ("urged", None)
    told = read_record(
        MAPPINGS["12345"], own | {"kind": "投诉", "due_at": "2026-11-27T17:30:00+08:00"}, STREETS
    ).report
    assert (told.mark, told.order.kind) == (None, "complaint")
