"""`enforcement why CASE --routing`: each dispatch, the lines that were looked at, and what each of them missed."""

import json
from dataclasses import replace

from pipeline.edge.explain.routing_account import RoutingStep, routing_account, routing_json, routing_lines
from pipeline.words.field_words import Lang
from tests.core.story import RULES, STREET
from tests.edge.explain.test_why import entries, story_at


def told(account: tuple[RoutingStep, ...], lang: Lang = Lang.ZH) -> list[str]:
    """The lines of the account."""
    return list(routing_lines(account, RULES, STREET, lang))


def test_a_find_of_the_patrol_shows_each_line_that_was_passed_over():
    """With what it asks for, up to the one that decides and why that is there."""
    story = story_at("11-24 09:00").report(source="patrol", caller=None)
    assert told(routing_account(entries(story), RULES)) == [
        "派单依据 2026-11-24 09:00:00+08:00  发布领单 → 市容环卫组、中片区执法队  patrol-find：开放领单给 city-appearance，area-middle",
        "  × urgent-matter  不适用：事项等级  时限以分钟计，由熟悉事项的专业组直接处置",
        "  × urgent-report  不适用：紧急程度  热线标明不能等待",
        "  × alarm  不适用：来源  电子监控报警约三成不实，由就近属地中队先行查看",
        "  √ patrol-find  适用  巡查发现的小问题，谁有空谁领办",
    ]


def test_what_a_dispatcher_decided_by_hand_rests_on_no_line():
    """Whoever did it is named as it was recorded."""
    story = story_at("11-24 09:00").path("report").act("dispatch", team="area-west")
    last = routing_account(entries(story), RULES)[-1]
    assert (last.teams, last.tried) == (("area-west",), ())
    assert last.why.startswith("by hand: ")


def test_other_rules_would_send_it_elsewhere_and_the_account_says_so():
    """It was decided by a line that comes behind another one now."""
    story = story_at("11-24 09:00").report(source="patrol", caller=None)
    first = replace(RULES.routing[-1], id="all-to-lead")
    other = replace(RULES, routing=(first, *RULES.routing))
    account = routing_account(entries(story), other)
    assert account[0].differs
    assert "规则" in told(account)[-1]
    assert not routing_account(entries(story), RULES)[0].differs
    gone = replace(RULES, routing=tuple(line for line in RULES.routing if line.id != "patrol-find"))
    assert [(step.differs, step.tried[-1].rule) for step in routing_account(entries(story), gone)] == [
        (True, "ordinary")
    ]


def test_a_case_that_nobody_has_yet_says_so():
    """It is looked at before it is filed."""
    story = story_at("11-24 09:00").report(source="monitor", caller=None)
    assert story.stage.value == "verifying_before_filing"
    assert told(routing_account(entries(story), RULES), Lang.EN) == ["not dispatched yet"]


def test_the_rows_are_plain_values():
    """For whoever reads them as JSON."""
    story = story_at("11-24 09:00").report(source="patrol", caller=None)
    [row] = json.loads(json.dumps(routing_json(routing_account(entries(story), RULES))))
    assert row["at"] == "2026-11-24T01:00:00+00:00"
    assert [line["unmet"] for line in row["tried"]] == [["severities"], ["urgencies"], ["sources"], []]
