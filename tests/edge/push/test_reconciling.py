"""对账：what a hotline's clerk reads in the morning of the day before."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from pipeline.edge.reconcile.comparison import Compared, Days, Standing, compare, days_of
from pipeline.edge.reconcile.received_reports import ReceivedReport
from pipeline.edge.reconcile.sent_orders import SentOrder, sent_orders
from pipeline.edge.sources.mapping import load_mappings
from pipeline.edge.sources.streets import streets_of
from pipeline.edge.sources.text_encoding import BadFile
from schemas.values.order_number import comparable
from schemas.values.terms import Source

NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)
LATE_AT_NIGHT = datetime(2026, 11, 24, 15, 59, tzinfo=UTC)
AFTER_MIDNIGHT = datetime(2026, 11, 24, 16, 1, tzinfo=UTC)
DAY = Days(date(2026, 11, 24), date(2026, 11, 24))
ROOT = Path(__file__).resolve().parents[3]


def sent(number: str, digest: str | None = "same", *, row: int = 1, withdrawn: bool = False) -> SentOrder:
    return SentOrder(row, number, NOON, digest, is_withdrawn=withdrawn)


def received(number: str, digest: str | None = "same") -> ReceivedReport:
    return ReceivedReport(number, NOON, NOON, "140109004-X", frozenset([digest] if digest else ()))


def told(
    orders: list[SentOrder], reports: list[ReceivedReport], *, by_content: bool = True
) -> dict[str, Standing]:
    book = {comparable(report.number): report for report in reports}
    return {_number(one): one.standing for one in compare(orders, book, DAY, by_content=by_content)}


def _number(one: Compared) -> str:
    return one.sent.number if one.sent else one.received.number if one.received else ""


def test_both_books_are_held_against_one_another() -> None:
    """Lost, unknown, different and refused are told apart; what is the same is the same in any writing of its number."""
    orders = [sent("A-1"), sent("A-2"), sent("A-3", "new"), sent("A－4"), sent("A-5")]
    reports = [
        received("A-1"),
        received("A-3", "old"),
        received("A-4"),
        ReceivedReport("A-5", NOON, refusal="place_missing"),
        received("A-9"),
    ]
    assert told(orders, reports) == {
        "A-1": Standing.SAME,
        "A-2": Standing.LOST,
        "A-3": Standing.DIFFERENT,
        "A－4": Standing.SAME,
        "A-5": Standing.REFUSED,
        "A-9": Standing.UNKNOWN,
    }


def test_a_number_in_two_rows_is_the_same_if_either_is_what_came() -> None:
    """An export often has the first and the changed order of one number."""
    assert told([sent("B", "old"), sent("B", "new", row=2)], [received("B", "old")]) == {"B": Standing.SAME}


def test_an_order_that_its_sender_took_back_before_it_came_is_not_lost() -> None:
    """Nobody need push it again."""
    assert told([sent("C", withdrawn=True)], []) == {"C": Standing.WITHDRAWN}


def test_what_came_later_under_a_number_is_what_came_too() -> None:
    """An order in the list as it was changed since is the same as its update."""
    both = received("U")._replace(digests=frozenset({"same", "changed"}))
    assert told([sent("U", "changed")], [both]) == {"U": Standing.SAME}


def test_a_withdrawal_of_what_never_came_is_no_difference() -> None:
    """It was answered so, and nothing is lost."""
    refused = ReceivedReport("W", NOON, NOON, refusal="withdrawal_of_unknown", field="mark")
    assert told([sent("W", withdrawn=True)], [refused]) == {"W": Standing.WITHDRAWN}


def test_numbers_alone_say_nothing_of_the_content() -> None:
    """A plain list is compared by its numbers; a row that cannot be read, of a list with content, is said not to be compared."""
    assert told([sent("D", None)], [received("D")], by_content=False) == {"D": Standing.SAME}
    assert told([sent("D", None)], [received("D")]) == {"D": Standing.NOT_COMPARED}


@pytest.mark.parametrize(("at", "is_ours"), [(LATE_AT_NIGHT, True), (AFTER_MIDNIGHT, False)])
def test_a_day_ends_at_midnight_in_the_citys_own_time(at: datetime, is_ours: bool) -> None:
    """An order of one minute to twelve is this day's, one of a minute past is not; reported counts, not arrived."""
    report = ReceivedReport("E", AFTER_MIDNIGHT, at, "140109004-X")
    assert told([sent("A")], [received("A"), report]).get("E") == (Standing.UNKNOWN if is_ours else None)


def test_the_days_of_a_list_are_those_of_its_orders() -> None:
    """From the earliest to the latest; of a list without times nobody knows."""
    assert days_of([SentOrder(1, "A", NOON), SentOrder(2, "B", AFTER_MIDNIGHT)]) == Days(
        date(2026, 11, 24), date(2026, 11, 25)
    )
    assert days_of([SentOrder(1, "A")]) is None


@pytest.mark.parametrize(
    ("name", "content", "column", "numbers"),
    [
        ("list.txt", "A-1\nA-2\n\n", None, ["A-1", "A-2"]),
        ("list.csv", "工单编号\nA-1\nA-2\n", None, ["A-1", "A-2"]),
        ("table.csv", "序号,单号,备注\n1,A-1,x\n2,A-2,y\n", "单号", ["A-1", "A-2"]),
        ("rows.jsonl", '{"no": "A-1"}\n{"no": "A-2"}\n', "no", ["A-1", "A-2"]),
    ],
)
def test_any_list_with_numbers_can_be_reconciled(
    tmp_path: Path, name: str, content: str, column: str | None, numbers: list[str]
) -> None:
    """In GB18030 too, as the hotline's spreadsheet saves it."""
    path = tmp_path / name
    path.write_bytes(content.encode("gb18030"))
    with path.open("rb") as file:
        found = sent_orders(file, Source.HOTLINE_12345, load_mappings(), streets_of(), column)
    assert [order.number for order in found.orders] == numbers


def test_a_list_without_numbers_says_which_column_it_lacks(tmp_path: Path) -> None:
    """Nothing is guessed."""
    path = tmp_path / "table.csv"
    path.write_text("日期,备注\n1,x\n", encoding="utf-8")
    with path.open("rb") as file, pytest.raises(BadFile, match="format_unknown"):
        sent_orders(file, Source.HOTLINE_12345, load_mappings(), streets_of(), None)


def test_a_known_format_has_its_content_compared() -> None:
    """The order's digest is that of what the pipeline reads of it."""
    with (ROOT / "examples/sources/12319-record.jsonl").open("rb") as file:
        found = sent_orders(file, Source.HOTLINE_12319, load_mappings(), streets_of(), None)
    assert [bool(order.digest) for order in found.orders] == [True, True]
