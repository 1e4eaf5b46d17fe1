"""`enforcement rules try`: what would have become of a recorded day by other rules."""

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

import pytest
from click.testing import CliRunner

from pipeline.rulesdiff.day_tried import try_day
from pipeline.rulesdiff.rules_command import rules_group
from schemas.state.case import Case
from schemas.wire import codecs
from tests.core.clocks.test_clock import story_at
from tests.core.story import RULES, Story

DAY = "2026-11-24"
TRIAL = (
    "routing",
    "rules:\n",
    "rules:\n  - {id: trial, reason_zh: 试行, reason_en: A trial, when: {sources: [patrol], matters: [SR-001]}, mode: dispatch, to: [duty]}\n",
)
NIGHT = (
    "routing",
    "rules:\n",
    'rules:\n  - {id: night, reason_zh: 夜间, reason_en: At night, when: {hours: "22:00-06:00"}, mode: dispatch, to: [duty]}\n',
)
LONGER = ("sla/2020-01-01", "SR-001: {dispose: 2 work_hours}", "SR-001: {dispose: 9 work_hours}")


def run(*words: object, cases: Iterable[Case], zh: bool = False):
    """The command with these words and cases."""
    lines = b"".join(codecs.CASE.encode(case) + b"\n" for case in cases)
    lang = ("--lang", "zh") if zh else ()
    return CliRunner().invoke(rules_group, ["try", *map(str, words), "--cases", "-", *lang], input=lines)


@pytest.fixture
def day() -> list[Case]:
    """A find of the patrol that took a whole day, and an order of the hotline that took no time."""
    late = (
        Story().report(source="patrol", caller=None).wait(days=1).path("claim", "sign", "arrive", "dispose")
    )
    soon = Story().report()
    return [late.case, soon.case]


def test_a_find_that_would_have_gone_to_the_duty_post_is_named(rewritten, day):
    """From whom to whom, and by which line; the order goes where it went."""
    result = run(rewritten(TRIAL), "--on", DAY, cases=day, zh=True)
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert lines[3].endswith("市容环卫组、中片区执法队 [patrol-find] → 值班调度 [trial]")
    assert lines[-1] == "当天案件2件，尚未研判0件，无法试算0件，改派1件，仅按 DIR 超期0件，不再超期0件"


def test_a_case_that_was_late_is_in_time_by_a_longer_limit(rewritten, day):
    """Its handling took as long as it took."""
    result = json.loads(run(rewritten(LONGER), "--on", DAY, "--json", cases=day).output)
    assert [(row["case_id"], row["becomes_late"]) for row in result["relimited"]] == [(day[0].case_id, False)]
    assert (result["cases"], result["rerouted"]) == (2, [])


def test_by_the_same_rules_nothing_goes_elsewhere(rewritten, day):
    """Nor on a day on which nothing opened."""
    folder = rewritten()
    assert json.loads(run(folder, "--on", DAY, "--json", cases=day).output)["rerouted"] == []
    assert json.loads(run(folder, "--on", "2026-11-23", "--json", cases=day).output)["cases"] == 0


def test_a_matter_that_the_new_rules_do_not_know_is_named_and_the_rest_is_tried(day):
    """Nobody can say whom it would have gone to."""
    fewer = replace(
        RULES, matters={code: matter for code, matter in RULES.matters.items() if code != "SR-001"}
    )
    other = Story().report(matter="SR-002").case
    result = try_day(RULES, fewer, [*day, other], date(2026, 11, 24), day[0].facts.opened_at)
    assert [one.case.case_id for one in result.untried] == [case.case_id for case in day]
    assert (result.cases, result.rerouted) == (3, [])


def test_an_alarm_that_was_looked_at_first_is_sent_at_the_hour_of_its_dispatch(rewritten):
    """Opened at 21:50 and checked at 22:10 it meets the line of the night."""
    story = story_at("11-24 21:50").report(source="monitor", caller=None).wait(minutes=20).act("check")
    result = json.loads(run(rewritten(NIGHT), "--on", DAY, "--json", cases=[story.case]).output)
    assert [one["now"]["rule"] for one in result["rerouted"]] == ["night"]


def test_a_file_that_holds_no_cases_is_refused(rewritten):
    """With its line."""
    result = CliRunner().invoke(
        rules_group, ["try", str(rewritten()), "--on", DAY, "--cases", "-"], input=b"{}\n"
    )
    assert result.exit_code == 2
    assert "error[bad_case]" in result.output
