"""docs/alerts.md says of every alert rule how it was made to fire and what people were told, or why it did not; and what it says is what
is shipped now."""

import re

import pytest

from tests.deploy.alerts_live.__main__ import SCENES
from tests.deploy.alerts_live.delivered import (
    Key,
    normalised,
    rules_by_key,
    says_what_is_shipped,
    told_blocks,
)
from tests.deploy.alerts_live.hastened import hastened_expression, shorter
from tests.deploy.alerts_live.page import NOT_FIRED, PAGE, count_line, read_rows

ROWS = read_rows(whole=True)


@pytest.mark.parametrize("key", rules_by_key(), ids="".join)
def test_each_rule_has_a_row_with_what_was_done_and_what_was_told(key: Key):
    """A new alert needs a scene, or a reason why it cannot be played: `python -m tests.deploy.alerts_live`."""
    row = ROWS[key]
    assert row.done.strip("— "), "neither what was done nor a reason"
    if row.how != NOT_FIRED:
        assert says_what_is_shipped(key, row.text), (
            f"the text is another now; play the scene again: {row.text}"
        )


def test_no_row_is_of_an_alert_that_is_not_there():
    """What is no longer told stands no longer on the page."""
    assert set(ROWS) == set(rules_by_key())


def test_what_was_done_is_what_the_scenes_say():
    """A row is of the scene that is played for its alert."""
    done = {name: happening for scene in SCENES.values() for name, happening in scene.fires.items()}
    for key, row in ROWS.items():
        if row.how != NOT_FIRED:
            assert (row.done, row.how) == tuple(done[key.name]), key


def test_the_page_counts_its_rows_and_holds_nothing_of_one_run():
    """So many of so many fired; no path, port, time or case number, which would be another next time."""
    text = PAGE.read_text("utf-8")
    assert count_line(ROWS.values()) in text
    assert not re.search(r"127\.0\.0\.1|/tmp|\d\d:\d\d|\d{9}-[0-9A-Z]{13}", text)


def test_only_durations_are_hastened():
    """A window by the factor; thresholds, labels and numbers stay."""
    assert shorter("5m") == "10000ms"
    asked = 'sum(increase(x_total{code="5m"}[1h])) > 20 and y_3d >= 100'
    assert hastened_expression(asked) == 'sum(increase(x_total{code="5m"}[120000ms])) > 20 and y_3d >= 100'


def test_a_message_is_taken_apart_into_its_alerts():
    """Each by its runbook; what is over is not what fired; what differs from run to run is a sign."""
    block = (
        "**【紧急】工作进程反复重启：127.0.0.1:21033**\n127.0.0.1:21033 在 15 分钟内重启了 4 次：每次启动后很快退出，其分区没有推进。\n"
        "始于 2026-11-29 19:03:07\n处置手册: docs/runbooks/CrashLoop.md"
    )
    told = told_blocks([f"{block}\n\n{block.replace('紧急', '已恢复')}", "another's message"])
    assert told == {Key("CrashLoop", ""): block}
    assert normalised(Key("CrashLoop", ""), block).splitlines()[1] == (
        "‹地址› 在 15 分钟内重启了 ‹数› 次：每次启动后很快退出，其分区没有推进。"
    )
