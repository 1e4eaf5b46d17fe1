"""Numbers as people and spreadsheets write them: kept as written, and two writings of one number are one report."""

import pytest
from hypothesis import given
from hypothesis.strategies import from_regex

from pipeline.audit.model.number_form import number_form
from pipeline.core.rules.identity import case_id, report_key
from schemas import topics
from schemas.outputs import ReportSubject
from schemas.values.order_number import PATTERN, comparable
from schemas.values.terms import Source
from schemas.wire import codecs
from tests.core.story import START, STREET, Story, sha

NUMBER = "晋城管〔2026〕12号"


@pytest.mark.parametrize(
    "writing",
    [
        "晋城管[2026]12号",
        "晋城管(2026)12号",
        "晋城管（2026）12号",
        "晋城管〔２０２６〕１２号",
        " 晋城管〔2026〕 12 号",
    ],
)
def test_another_writing_of_a_number_is_the_same_report(writing: str):
    """One case, the first receipt again, and nothing that differs."""
    story = Story().report(source_no=NUMBER)
    first = story.last.receipts[0]
    assert first.of.source_no == NUMBER
    again = story.report(source_no=writing).last.receipts[0]
    assert again == first
    assert len(story.core) == 1


@pytest.mark.parametrize(
    "other", ["晋城管〔2026〕13号", "晋城管〔2025〕12号", "GD/2026/7", "晋城管2026-12号"]
)
def test_another_number_is_another_report(other: str):
    """What is inside the brackets, and the marks between digits, count."""
    story = Story().report(source_no=NUMBER).report(source_no=other, place={"address": "后北屯路9号"})
    assert story.answer == "accepted"
    assert len(story.core) == 2


def test_a_spreadsheets_whole_number_is_its_digits():
    """In JSON without quotes, and the same as the text."""
    story = Story().report(source_no=20261124001)
    assert story.last.receipts[0].of.source_no == "20261124001"
    assert story.report(source_no="２０２６１１２４００１").last.receipts[0].case_id == story.case_id


@pytest.mark.parametrize("number", ["20261124001.0", "20261124001.00", "２０２６１１２４００１．０"])
def test_a_spreadsheets_point_nought_behind_a_whole_number_is_the_same_number(number: str):
    """Up to 15 digits it has lost nothing."""
    story = Story().report(source_no=20261124001)
    assert story.report(source_no=number).last.receipts[0].case_id == story.case_id
    assert len(story.core) == 1


def test_zeros_in_front_count():
    """A spreadsheet that loses them loses the number: 007 may be another report than 7."""
    story = Story().report(source_no="0012345").report(source_no=12345, place={"address": "后北屯路9号"})
    assert len(story.core) == 2


def test_a_patrols_own_number_of_any_form_is_no_officer():
    """A find that was dealt with on the spot, by whom nobody says: its entry is read again all the same."""
    photo = {"sha256": sha("done"), "kind": "photo_after", "taken_at": START.isoformat()}
    story = Story().report(
        source="patrol", caller=None, source_no=NUMBER, self_disposed=True, evidence=[photo]
    )
    assert story.answer == "accepted"
    entry = story.last.entry
    assert codecs.JOURNAL_ENTRY.decode_as_published(codecs.JOURNAL_ENTRY.encode(entry)) == entry


def test_a_report_with_another_fault_is_answered_by_its_number_however_that_is_written():
    """So that its sender finds the receipt by the number that it knows."""
    story = Story().report(source_no=NUMBER, urgency="gestern")
    assert story.last.receipts[0].of == ReportSubject(source=Source.HOTLINE_12345, source_no=NUMBER)
    assert Story().report(source_no="无").last.receipts[0].of.topic == topics.REPORTS


@given(from_regex(PATTERN, fullmatch=True))
def test_the_auditor_tells_the_same_writings_apart(number: str):
    """Written by itself, from the rule: two numbers are one for it where they are one for the core."""
    for other in (number, number.replace("(", "【"), number.replace("-", "—"), number + ".0", f" {number}"):
        same = comparable(other) == comparable(number)
        assert (number_form(other) == number_form(number)) == same


@pytest.mark.parametrize("paper", ["无", "-", "0"])
def test_a_paper_whose_number_is_none_is_no_paper(paper: str):
    """A transfer needs the receiver's own number for it."""
    story = Story().report().path("sign").act("transfer", receipt=paper)
    assert (story.answer, story.last.receipts[0].field) == ("placeholder", "receipt")


@pytest.mark.parametrize(
    "number",
    [2.02611e10, 20261124001.0, "2.02611E+10", "1.2E+15", "1E+15", "２.０E+１０", "1234567890123456.0"],
)
def test_a_number_that_a_spreadsheet_rounded_is_refused_clearly(number: object):
    """By its field, and with what to do about it."""
    story = Story().report(source_no=number)
    receipt = story.last.receipts[0]
    assert (receipt.code, receipt.field) == ("number_rounded", "source_no")
    assert "文本" in receipt.message_zh
    assert "text" in receipt.message_en


def test_a_plain_number_keeps_the_case_id_that_it_always_had():
    """Every number that was accepted before is its own form."""
    for number in ("140100-20261124-000123", "a.b_c:D-1", "GD"):
        assert comparable(number) == number
    assert report_key(Source.HOTLINE_12345, "140100-20261124-000123") == "12345/140100-20261124-000123"
    assert case_id("140109004", "12345/140100-20261124-000123") == "140109004-F0834Q628T1FF"


def test_a_report_is_split_off_by_any_writing_of_its_number():
    """The case that it becomes keeps the first one."""
    story = Story().report(source_no="HOST").report(source_no=NUMBER)
    host = story.case_id
    story.act("split", case_id=host, source="12345", source_no="晋城管(2026)12号")
    assert story.answer == "accepted"
    assert story.case.reports[0].source_no == NUMBER


def test_papers_have_numbers_of_their_own_form():
    """A transfer's receipt and a written request are numbered as documents are."""
    story = Story().report().path("sign").act("transfer", receipt="并城移〔2026〕7号")
    assert story.answer == "accepted"
    assert story.pushed[-1][0].topic == topics.ACTIONS
    assert STREET in story.case_id
