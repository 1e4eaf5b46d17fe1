"""A case that ended long ago is still found, by its id and by the number of whoever reported it."""

from click.testing import CliRunner

from pipeline.edge.commands.case_command import case_command
from pipeline.edge.commands.receipt_text import as_json, as_line
from pipeline.stream.partition.outgoing_records import outgoing
from pipeline.words.language import Lang
from schemas.state.case import Case
from schemas.values.terms import CaseOutcome, Stage
from tests.core.story import Story
from tests.edge.played import Log, Written

NUMBER = "晋城管〔2026〕12号"


def gone() -> tuple[Story, list[Written]]:
    """A case with a report that joined it, closed and retired, and all that the worker wrote of it."""
    story = Story().report(source_no=NUMBER).path("told", "sign", "arrive", "dispose", "pass", "call")
    story.wait(days=31)
    assert not list(story.core.cases())
    records = [
        Written(record.topic, record.key, record.value, list(record.headers))
        for outcome in story.outcomes
        for record in outgoing(outcome, None, "2026-11-24T09:00:00Z")
    ]
    return story, records


def test_a_case_that_is_kept_no_longer_is_told_from_its_journal(log: Log):
    """By its id, by its number however it is written, and by that of a report that joined it: as it ended."""
    story, records = gone()
    log.write(records)
    client = log.client()
    assert client.case(story.case_id) is None
    past = client.past_case(story.case_id)
    assert isinstance(past, Case)
    assert (past.stage, past.outcome, len(past.reports)) == (Stage.CLOSED, CaseOutcome.RESOLVED, 2)
    for number in (NUMBER, "晋城管(2026) 12号", "R2", "r2"):
        assert client.past_cases_of_number(number) == [past], number
    assert client.past_cases_of_number("R9") == []
    assert client.past_case("140109004-0000000000009") is None


def test_whoever_asks_for_it_is_told_when_and_how_it_ended(log: Log):
    """The command ends well, and says that it is told from the journal."""
    story, records = gone()
    log.write(records)
    place = ["--brokers", log.settings.brokers, "--topic-prefix", log.settings.topic_prefix]
    for name in (story.case_id, NUMBER):
        for lang, words in (
            ("en", "kept no longer, told from the journal"),
            ("zh", "已过保留期，依台账所载"),
        ):
            told = CliRunner().invoke(case_command, [name, "--lang", lang, *place])
            assert told.exit_code == 0, told.output
            assert told.output.startswith(story.case_id)
            assert words in told.output


def test_the_answer_to_a_report_of_before_says_so_in_one_line():
    """When it was closed and how; in JSON as the contract has it."""
    story, _ = gone()
    record = story.pushed[0][0]
    receipt = story.push_bytes(record.topic, record.key, record.value).last.receipts[0]
    line = as_line(receipt, Lang.EN)
    assert f"✓ accepted · {story.case_id} · closed 2026-11-24 09:0" in line
    assert "resolved" in line
    ended = as_json(receipt, Lang.EN)["ended"]
    assert isinstance(ended, dict)
    assert (ended["outcome"], ended["merged_into"]) == ("resolved", None)
