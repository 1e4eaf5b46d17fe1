"""The files of a report: the same bytes for the same journal, nothing personal, and a page that says what one must know."""

import os
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import duckdb
import pytest

from pipeline.monthly.monthly_goals import IndicatorGoal, goals_of
from pipeline.monthly.report_files import PAGE, WORKBOOK, make_report, write_report
from pipeline.monthly.rows.journal_parts import JournalPart
from pipeline.monthly.window import Window, WrongWindow, month_of, window_of
from schemas.errors import CorruptLog
from tests.audit.good_story.good import in_a_grid
from tests.core.story import START, Story
from tests.monthly.made import BOOK, DECEMBER, GOALS, at, part, reported, short, two_parts, written

ROOT = Path(__file__).resolve().parents[2]
NOVEMBER = month_of("2026-11")


def shown(story: Story, window: Window, folder: Path) -> str:
    """The page of a story's report."""
    return write_report(reported(story, window), folder, BOOK, GOALS)[0].read_text(encoding="utf-8")


def test_the_same_journal_gives_the_same_bytes(tmp_path):
    """Twice, with the partitions read in another order, and by another process elsewhere with other hashes of text."""
    first = written(two_parts(), tmp_path / "1")
    assert written(two_parts()[::-1], tmp_path / "2") == first
    folder, place = tmp_path / "3", {"PYTHONHASHSEED": "5", "TZ": "America/New_York", "LC_ALL": "C"}
    command = [sys.executable, "-m", "tests.monthly.made", str(folder)]
    subprocess.run(command, cwd=ROOT, env={**os.environ, **place}, check=True)
    assert {short(file): file.read_bytes() for file in folder.iterdir()} == first
    assert sorted(first) == [
        "cases.parquet", "clocks.parquet", "days.parquet", "events.parquet", "indicators.parquet", PAGE, WORKBOOK,
    ]  # fmt: skip


def test_a_longer_journal_gives_the_same_report_of_a_month_that_is_over(tmp_path):
    """What happened afterwards is not read, nor named."""
    longer = Story().report(place=in_a_grid(1)).wait(days=9)
    shorter = part(outcome.entry for outcome in longer.outcomes)
    longer.report(place=in_a_grid(2))
    parts = [shorter, part(outcome.entry for outcome in longer.outcomes)]
    files = [
        write_report(make_report([one], NOVEMBER, BOOK), tmp_path / str(n), BOOK, GOALS)
        for n, one in enumerate(parts)
    ]
    assert [file.read_bytes() for file in files[0]] == [file.read_bytes() for file in files[1]]


def test_nothing_personal_and_nothing_from_elsewhere(tmp_path):
    """No caller, no address, no text of a report; and the page loads nothing."""
    files = written(two_parts(), tmp_path)
    for name, content in files.items():
        for private in ("王测试", "13800000001", "占道卖水果", "学苑街", "长宁街"):
            assert private.encode() not in content, (name, private)
    with ZipFile(BytesIO(files[WORKBOOK])) as packed:
        sheets = "".join(packed.read(name).decode() for name in packed.namelist())
    assert not any(word in sheets for word in ("王测试", "13800000001", "占道卖水果", "学苑街"))
    for path in tmp_path.glob("*.parquet"):
        rows = duckdb.sql(f"SELECT * FROM '{path}'").fetchall()  # noqa: S608
        assert not any(word in str(rows) for word in ("王测试", "13800000001", "占道卖水果", "学苑街")), path
    page = files[PAGE].decode()
    assert not any(word in page for word in ("http:", "https:", "<script", "<link", "src=", "@import"))


def test_the_files_can_be_counted_again(tmp_path):
    """With DuckDB alone: what indicators.parquet says follows from the other files."""
    written(two_parts(), tmp_path)

    def number(query: str) -> float:
        return float(duckdb.sql(query.replace("%", f"{tmp_path}/*-")).fetchall()[0][0])

    said = "SELECT numerator FROM '%indicators.parquet' WHERE key = "
    assert (
        number("SELECT count(*) FROM '%events.parquet' WHERE event = 'case_opened'")
        == number(said + "'opened'")
        > 0
    )
    assert number("SELECT count(*) FROM '%cases.parquet' WHERE overdue") == number(said + "'overdue'") > 0
    assert (
        number("SELECT count(*) FROM '%clocks.parquet' WHERE clock = 'whole'")
        == number(said + "'closed'")
        > 0
    )
    last = "SELECT sum(overdue) FROM '%days.parquet' WHERE day = (SELECT max(day) FROM '%days.parquet')"
    assert number(last) == number(said + "'overdue'")


def test_names_of_files_and_the_title_say_whose_month_it_is(tmp_path):
    """One street by its name, several as their district, a stretch of days by both its ends; nothing that a file system refuses."""
    here, day = Story().report(), window_of(at("2026-11-24T00:00"), at("2026-11-25T00:00"))
    title = "<title>兴华街道综合执法月报 2026年11月</title>"
    assert title in shown(here, NOVEMBER, tmp_path / "one")
    names = sorted(file.name for file in (tmp_path / "one").iterdir())
    assert names[0] == "兴华街道-2026-11-cases.parquet"
    assert {name[: len("兴华街道-2026-11-")] for name in names} == {"兴华街道-2026-11-"}
    both = write_report(make_report(two_parts(), DECEMBER, BOOK), tmp_path, BOOK, GOALS)
    assert both[0].name == "万柏林区-2026-12-report.html"
    assert write_report(reported(here, day), tmp_path, BOOK, GOALS)[0].name == (
        "兴华街道-20261124T0000-20261125T0000-report.html"
    )
    streets = BOOK.streets.streets
    odd = [street.model_copy(update={"name_zh": 'a/b: "c"'}) for street in streets]
    book = replace(BOOK, streets=BOOK.streets.model_copy(update={"streets": odd}))
    assert (
        write_report(reported(here, NOVEMBER), tmp_path, book, GOALS)[0].name == "a_b_c_-2026-11-report.html"
    )


def test_the_page_has_every_indicator_and_every_section(tmp_path):
    """With formula and the month before beside it."""
    page = written(two_parts(), tmp_path)[PAGE].decode()
    for words in (
        "按期处置率",
        "按期处置 ÷（处置数＋时段末超期未处置）",
        "上期：2026年11月",
        "联合执法",
        "7 天",
        "死信",
        "SHA-256",
    ):
        assert words in page, words
    sections = (
        "indicators",
        "daily",
        "funnel",
        "slices",
        "closings",
        "joint",
        "spots",
        "late",
        "said",
        "refused",
        "provenance",
    )
    assert [name for name in sections if f'id="{name}"' not in page] == []


def test_goals_stand_beside_the_values(tmp_path):
    """Those of the rules; a folder of rules without goals has a report without them."""
    assert GOALS["joint_days"] == IndicatorGoal(least=False, bound=3, was=7)
    assert goals_of(tmp_path) == {}
    page = written(two_parts(), tmp_path)[PAGE].decode()
    assert "目标：由 7 天缩短到 3 天以内" in page
    assert "≥ 95%" in page


def test_a_month_in_which_nothing_happened_has_a_report_too(tmp_path):
    """Before the first entry, and of a journal without one."""
    page = shown(Story().report().wait(days=3), month_of("2026-01"), tmp_path)
    assert "台账中本期结束前没有任何记录" in page
    assert "本期无。" in page
    empty = make_report([JournalPart(0, [])], NOVEMBER, BOOK)
    assert not empty.journal.is_short
    assert write_report(empty, tmp_path, BOOK, {})


def test_a_month_that_is_not_over_is_counted_up_to_the_last_entry(tmp_path):
    """What is due after it is not late yet; the page says how far the journal reaches."""
    story = Story().path("report", "sign")
    report = reported(story, NOVEMBER)
    assert report.journal.is_short
    assert (report.now["open"].value, report.now["overdue"].value) == (1, 0)
    assert "台账只到 2026-11-24 09:02+08:00" in shown(story, NOVEMBER, tmp_path)
    assert [day.day.day for day in report.details.days] == list(range(1, 25))
    over = reported(story.wait(days=9), NOVEMBER)
    assert not over.journal.is_short
    assert over.now["overdue"].value == 1
    assert len(over.details.days) == 30


def test_a_journal_that_ends_before_the_month_begins():
    """What stands, stands as it was left; nothing happened."""
    report = reported(Story().path("report", "sign"), DECEMBER)
    assert report.journal.is_short
    assert (report.now["open"].value, report.now["reports"].value) == (1, 0)
    assert report.before is not None
    assert report.before["reports"].value == 1


def test_a_month_before_that_is_not_whole_is_called_so(tmp_path):
    """The journal begins within it; of a journal that begins in this month there is none before."""
    story = Story().path("report", "sign").wait(days=60)
    assert "上期台账自 2026-11-24 09:01+08:00 才开始" in shown(story, DECEMBER, tmp_path)
    assert "上期无台账" in shown(story, NOVEMBER, tmp_path)


def test_where_the_same_comes_again():
    """Two cases of one matter in one grid within thirty days are a spot; it is merged reports that are not."""
    story = Story().report(place=in_a_grid(1), source_no="A").report(place=in_a_grid(1), source_no="B")
    story.wait(days=2).report(place=in_a_grid(1)).report(place=in_a_grid(5)).wait(days=9)
    (spot,) = reported(story, NOVEMBER).details.spots
    assert (spot.matter, spot.cases, spot.open) == ("SR-001", 2, 2)


def test_only_what_it_was_made_from_is_named():
    """Offsets and sums of the entries before the end of the month, by partition."""
    first, second = reported(Story().report(), NOVEMBER), reported(Story().report(urgency="urgent"), NOVEMBER)
    (one,), (other,) = first.journal.ranges, second.journal.ranges
    assert (one.partition, one.begin, one.end, one.entries) == (0, 100, 101, 1)
    assert one.sha256 != other.sha256
    assert first.journal.rules_versions == {BOOK.version: 1}


def test_a_record_that_is_no_entry_is_named():
    """A journal that cannot be read is no journal of nothing."""
    with pytest.raises(CorruptLog, match=r"entry_unreadable: journal\.v1/0 at 7"):
        make_report([JournalPart(0, [(7, b"{rubbish")])], NOVEMBER, BOOK)


@pytest.mark.parametrize(
    "text", ["2026-13", "2026-00", "2026", "26-11", "2026-1", "2026-11-01", "1999-12", "", "二〇二六-11"]
)
def test_what_is_no_month(text):
    """It is refused by name."""
    with pytest.raises(WrongWindow) as refused:
        month_of(text)
    assert refused.value.code == "wrong_month"


def test_months_and_other_windows():
    """A month is one however it is written; the window before it is the month before."""
    assert window_of(at("2026-12-01T00:00"), at("2027-01-01T00:00")) == DECEMBER
    assert (DECEMBER.month, DECEMBER.before(), month_of("2026-01").before().month) == (
        "2026-12",
        NOVEMBER,
        "2025-12",
    )
    day = window_of(START, START + timedelta(days=1))
    assert (day.month, day.before()) == (None, Window(START - timedelta(days=1), START))
    assert len(list(month_of("2028-02").midnights())) == 29
    with pytest.raises(WrongWindow):
        window_of(START, START)
