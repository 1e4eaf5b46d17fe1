"""A report that is pushed again when its case is closed long ago: the sender is told what became of it, and no second case is opened."""

import random
from array import array

import pytest
from msgspec.structs import replace

from pipeline.core.retired_index import RetiredIndex, chunk_of
from pipeline.core.rules.identity import case_id, name_of, report_key
from schemas.errors import CorruptLog
from schemas.state.case import Case
from schemas.state.retired import (
    _OUTCOMES,
    CONTENT_BITS,
    ROWS_MAX,
    RetiredReport,
    content_bits,
    rows_of,
    unpacked,
)
from schemas.values.terms import CaseOutcome, Source
from schemas.wire import codecs
from tests.core.story import ELSEWHERE, HANDLED, STREET, Story

CLOSED = (*HANDLED, "pass", "call")
KEPT_DAYS = 30
"""`retire_days` of rules/policy.yaml."""


def closed(*path: str, days: float = 31) -> Story:
    """A case that went this way, and then some days passed."""
    return Story().path(*(path or CLOSED)).wait(days=days)


def again(story: Story, number: int = 0, **changes: object) -> Story:
    """The record of this number once more, byte for byte."""
    record = story.pushed[number][0]
    return story.push_bytes(record.topic, record.key, record.value)


def opened(story: Story) -> int:
    """How many cases were ever opened."""
    return sum(event.event == "case_opened.v1" for one in story.outcomes for event in one.entry.events)


@pytest.mark.parametrize("days", [29, 31, 3 * 365])
def test_a_report_pushed_again_after_closing_opens_no_second_case(days):
    """A month later or three years: the receipt is of the first case, and says when and how it ended."""
    story = closed(days=days)
    first, ended_at = (
        story.outcomes[0].receipts[0],
        next(case.closed_at for one in story.outcomes for case in one.cases if case.closed_at),
    )
    receipt = again(story).last.receipts[0]
    assert story.events == ["report_repeated"]
    assert opened(story) == 1
    assert (receipt.of, receipt.outcome, receipt.code, receipt.case_id) == (
        first.of, first.outcome, "accepted", first.case_id,
    )  # fmt: skip
    assert receipt.ended is not None
    assert (receipt.ended.at, receipt.ended.outcome) == (ended_at, CaseOutcome.RESOLVED)
    assert not receipt.differs
    assert "不另立案" in receipt.message_zh
    assert "no second one is opened" in receipt.message_en


def test_its_number_may_be_written_otherwise():
    """Width, spaces and brackets are no difference, after years either."""
    story = Story().report(source_no="晋城管〔2026〕12号").path(*CLOSED[1:]).wait(days=400)
    story.report(source_no="晋城管(2026) 12号")
    assert (story.events, opened(story)) == (["report_repeated"], 1)
    assert story.last.receipts[0].ended is not None


def test_the_same_number_with_other_content_is_told_so():
    """It opens no case either; the sender is told to use a new number."""
    story = closed()
    receipt = story.report(source_no="R1", text="另一件事").last.receipts[0]
    assert (receipt.differs, receipt.case_id, opened(story)) == (True, story.case_id, 1)
    assert "新编号" in receipt.message_zh


def test_the_same_number_of_another_source_or_street_is_another_report():
    """Nobody's report is taken for another's."""
    story = closed()
    assert story.report(source="12319", source_no="R1").last.entry.events[0].event == "case_opened.v1"
    other = case_id("140109005", report_key(Source.HOTLINE_12345, "R1"))
    assert other[10:] != story.case_id[10:]
    assert opened(story) == 2


def test_a_report_that_was_merged_is_told_of_the_case_that_it_joined():
    """The host answers for it, long after it ended, too."""
    story = Story().path("report", "told", *CLOSED[1:]).wait(days=31)
    receipt = again(story, 1).last.receipts[0]
    assert (receipt.outcome, receipt.case_id) == ("merged", story.case_id)
    assert receipt.ended is not None
    assert (receipt.ended.outcome, receipt.ended.merged_into) == (CaseOutcome.RESOLVED, None)
    assert opened(story) == 1


def test_a_case_that_was_merged_by_hand_tells_into_which_and_how_that_one_ended():
    """Its own receipt named its own id; what counts is how the host ended."""
    story = Story().path("report")
    part = story.case_id
    story.path("host").act("merge", case_id=part, into=story.case_id)
    host, receipt = story.case_id, again(story, 0).last.receipts[0]
    assert receipt.ended is not None
    assert (receipt.case_id, receipt.ended.at, receipt.ended.merged_into) == (part, None, host)
    story.path(*CLOSED[1:]).wait(days=31).wait(days=31)
    assert len(story.core) == 0
    receipt = again(story, 0).last.receipts[0]
    assert (receipt.case_id, receipt.outcome) == (part, "accepted")
    assert receipt.ended is not None
    assert (receipt.ended.outcome, receipt.ended.merged_into) == (CaseOutcome.RESOLVED, host)
    assert story.act("sign", case_id=part).answer == "case_retired"
    assert opened(story) == 2


def test_a_report_that_was_split_off_is_told_of_its_own_case():
    """Not of the one that it had been merged into."""
    story = Story().path("report", "told")
    host = story.case_id
    story.act("split", case_id=host)
    assert story.case_id != host
    story.path("sign", "arrive", "dispose", "pass", "call").wait(days=31)
    receipt = again(story, 1).last.receipts[0]
    assert receipt.case_id == story.case_id
    assert receipt.ended is not None
    assert receipt.ended.outcome is CaseOutcome.RESOLVED


@pytest.mark.parametrize(
    ("path", "outcome"),
    [
        (("report", "void"), CaseOutcome.VOIDED),
        (("report", "transfer"), CaseOutcome.TRANSFERRED),
        (("report", "terminate"), CaseOutcome.TERMINATED),
        (("alarm", "reject"), CaseOutcome.REJECTED),
    ],
)
def test_however_a_case_ended_its_report_is_told_so(path, outcome):
    """Void, transferred, terminated, rejected."""
    story = closed(*path)
    receipt = again(story).last.receipts[0]
    assert receipt.ended is not None
    assert (receipt.ended.outcome, opened(story)) == (outcome, 1)


def test_a_report_that_never_was_a_case_may_come_again():
    """A refusal or a dead letter is no answer for ever: mended, it is taken."""
    story = Story().report(source_no="N", matter="ZZ-999").report(source_no="N", caller=7).wait(days=31)
    assert story.report(source_no="N").answer == "accepted"
    assert opened(story) == 1


def test_what_is_known_outlives_the_worker():
    """Another worker that takes over has it from the log, and goes on byte for byte as the first would have."""
    straight, broken = closed(), closed().restart()
    for story in (straight, broken):
        again(story).path(*CLOSED).wait(days=31)
        again(story).act("sign", case_id=story.case_id)
    assert [one.entry for one in straight.outcomes] == [one.entry for one in broken.outcomes]
    assert straight.retired() == broken.retired()


def test_an_action_on_a_case_that_is_kept_no_longer_is_told_how_it_ended():
    """It is not told that there never was one; one that was accepted then changes nothing now."""
    story = closed()
    for refused in (story.act("reopen"), again(story, 1)):
        receipt = refused.last.receipts[0]
        assert (receipt.code, receipt.field, receipt.case_id) == ("case_retired", "case_id", story.case_id)
        assert receipt.ended is not None
        assert receipt.ended.outcome is CaseOutcome.RESOLVED
        assert receipt.rule.startswith("policy.yaml retire_days")
    assert story.act("sign", case_id=f"{STREET}-0000000000000").answer == "unknown_case"


def test_nothing_is_merged_into_a_case_that_is_kept_no_longer():
    """The clerk is told that it is over, not that it is unknown."""
    story = closed()
    gone = story.case_id
    receipt = story.report(place=ELSEWHERE).act("merge", into=gone).last.receipts[0]
    assert (receipt.code, receipt.field) == ("merge_into_terminal", "into")
    receipt = story.act("merge", into=f"{STREET}-0000000000000").last.receipts[0]
    assert (receipt.code, receipt.field) == ("unknown_case", "into")


# what is kept


def filled(count: int) -> tuple[RetiredIndex, list[Case], dict[str, str]]:
    """An index of so many cases, and the records as they were written last."""
    case = next(case for one in Story().path(*CLOSED).outcomes for case in one.cases if case.closed_at)
    index, cases, records = RetiredIndex(STREET), [], {}
    for number in random.Random(7).sample(range(10**9), count):
        report = replace_number(case, f"N{number}")
        index.add(report)
        cases.append(report)
        for record in index.changed("0:1:1"):
            records[record.low] = codecs.RETIRED.encode(record).decode()
    return index, cases, records


def replace_number(case: Case, number: str) -> Case:
    """The same of a report with another number."""
    report = replace(case.reports[0], source_no=number)
    key = report_key(report.source, number)
    return replace(case, case_id=case_id(STREET, key), reports=(report,))


def test_thousands_of_reports_are_found_each_and_no_other():
    """Records are halved when they are full; what is read back from them, in any order, is what there was."""
    index, cases, records = filled(3_000)
    assert len(records) > 3_000 / ROWS_MAX
    restored = RetiredIndex(STREET)
    read = [codecs.RETIRED.decode_strictly(value.encode()) for value in records.values()]
    random.Random(8).shuffle(read)
    restored.restore(map(chunk_of, read))
    assert len(restored) == len(index) == 3_000
    for one in (index, restored):
        for case in cases:
            row = one.report(report_key(case.reports[0].source, case.reports[0].source_no))
            assert row is not None
            assert (row.ended_at, row.outcome) == (case.closed_at, case.outcome)
            assert one.case(case.case_id) == row
        assert one.report("12345/none") is None
        assert one.case(f"{STREET}-0000000000000") is None
    names = [row.name for record in read for row in rows_of(unpacked(record.rows))]
    assert sorted(names) == sorted(name_of(case.case_id) for case in cases)
    assert all(len(unpacked(record.rows)) <= 3 * ROWS_MAX for record in read)


def test_what_is_in_memory_is_what_was_written_record_by_record():
    """A worker whose log loses its state has the last copy, to the byte: written, halved, or restored."""
    index, _, records = filled(1_000)
    restored = RetiredIndex(STREET)
    restored.restore(chunk_of(record) for record in index.records())
    for one in (index, restored):
        held = {record.low: codecs.RETIRED.encode(record).decode() for record in one.records()}
        assert held == records
    assert list(RetiredIndex(STREET).records()) == []


def test_a_report_whose_id_is_that_of_another_by_chance_is_not_lost():
    """96 bits must agree: one that shares a case id with another is taken as new."""
    index, (case,), _ = filled(1)
    key = report_key(case.reports[0].source, case.reports[0].source_no)
    row = index.report(key)
    assert row is not None
    other = row._replace(check=row.check ^ 1)
    index.restore([(0, array("Q", other.words()), "0:1:1")])
    assert index.report(key) is None


def test_every_outcome_has_its_number_for_ever():
    """They stand in the log: a new one is added behind."""
    assert set(_OUTCOMES) == {None, *CaseOutcome}
    for number, outcome in enumerate(_OUTCOMES):
        row = RetiredReport(1, 2, 3, True, None, 1_800_000_000, outcome)
        assert RetiredReport.of_words(*row.words()) == row
        assert row.words()[2] & 255 == number
    joined = RetiredReport(2**64 - 1, 2**32 - 1, 2**CONTENT_BITS - 1, False, 2**64 - 1)
    assert RetiredReport.of_words(*joined.words()) == joined


def test_content_is_never_taken_for_unknown():
    """A digest that begins with nothing but zeros is still one."""
    assert (content_bits(None), content_bits("0" * 16), content_bits("f" * 16)) == (0, 1, 2**CONTENT_BITS - 1)


@pytest.mark.parametrize("rows", ["AAAA", "?", "AAAAAAAAAAA="])
def test_a_record_that_cannot_be_read_stops_the_worker(rows):
    """Rather than that a report is forgotten."""
    record = codecs.RETIRED.decode(
        b'{"street":"140109004","low":"0000000000000000","entry_id":"0:1:1","rows":"%s"}' % rows.encode()
    )
    with pytest.raises(CorruptLog, match="retired_unreadable"):
        chunk_of(record)


def test_a_street_whose_first_record_is_gone_stops_the_worker():
    """There is always one from the lowest name on."""
    with pytest.raises(CorruptLog, match="retired_missing"):
        RetiredIndex(STREET).restore([(5, array("Q", (5, 0, 0)), "0:1:1")])
