"""What people read: in their language, whole links, and never more than a service takes."""

import re
from datetime import UTC, datetime

import pytest

from pipeline.indicators.objectives import load_objectives
from pipeline.notify.alert_group import AlertGroup, GroupedAlert, read_group
from pipeline.notify.channel import ChannelKind, TextForm, plain_link
from pipeline.notify.message_text import MessageTexts
from pipeline.notify.robots import SERVICES
from pipeline.settings import Settings
from tests.deploy.tools import ROOT

OBJECTIVES = load_objectives()
EXAMPLE = read_group((ROOT / "examples/alerts.json").read_bytes())
PLAIN = TextForm(str, plain_link, "\n", 1_000_000)
AT = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)


def message(group=EXAMPLE, form=PLAIN, **settings):
    """As a deployment with these settings writes it to the duty chief."""
    texts = MessageTexts(
        Settings(**{f"notify_{name}": value for name, value in settings.items()}), OBJECTIVES
    )
    return texts.message("duty_chief", group, form)


def alert(number, summary="超期\nlate", description="已过时限\npast", **annotations):
    """One that fires."""
    said = {"summary": summary, "description": description, **annotations}
    return GroupedAlert("firing", {"alertname": "X", "severity": "critical"}, said, AT, AT, f"{number:x}")


def group(*alerts, truncated=0):
    """A notification."""
    return AlertGroup("duty_chief", "{}", alerts, truncated)


def test_a_message_is_chinese_with_whole_links():
    """What fires with its cases, since when, what to type and where to read; then what is over; then the board."""
    shown = message(
        form=SERVICES[ChannelKind.WECOM].form,
        runbooks="https://docs.example/runbooks/",
        boards="https://grafana.example",
    )
    assert shown.title == "【紧急】紧急案件超期未处置：生态环境组 2 件"
    assert shown.text.splitlines() == [
        "**【紧急】紧急案件超期未处置：生态环境组 2 件**",
        "生态环境组 2 件 P1、P2 案件已过处置时限：140109004-BBBBBBBBBBBBB (11-26 16:00)、140109004-AAAAAAAAAAAAA (11-26 17:00)。",
        "始于 2026-11-26 17:30+08:00",
        "命令: enforcement assignments --team ecology",
        "[处置手册](https://docs.example/runbooks/UrgentOverdue.md)",
        "",
        "**【已恢复】紧急案件超期未处置：市容环境组 1 件**",
        "始于 2026-11-26 10:05+08:00，恢复于 2026-11-26 17:28+08:00",
        "",
        "[看板](https://grafana.example/d/enforcement-manager)",
    ]


def test_a_message_is_english_where_that_is_set():
    """No Chinese is in it."""
    shown = message(language="en", boards="https://grafana.example")
    assert shown.title == "[at once] Urgent cases are overdue: Ecology group, 2"
    assert not re.search("[\u3000-\u9fff]", shown.title + shown.text)
    assert shown.text.splitlines()[2:5] == [
        "Since 2026-11-26 17:30+08:00",
        "Command: enforcement assignments --team ecology",
        "Runbook: docs/runbooks/UrgentOverdue.md",
    ]


def test_a_runbook_with_an_address_of_its_own_keeps_it():
    """The setting completes what is not whole."""
    own = alert(1, runbook_url="https://wiki.example/X")
    assert "https://wiki.example/X" in message(group(own), runbooks="https://docs.example").text


def test_an_alert_of_others_is_told_too():
    """Without our annotations, by its name; on one line, and it calls nobody by @all."""
    other = GroupedAlert("firing", {"alertname": "DiskSlow"}, {}, AT, AT, "1")
    assert message(group(other)).title.endswith("DiskSlow")
    loud = message(group(alert(1, summary="a <@all>\nb", description='<at id="all"></at>')))
    assert "<" not in loud.title + loud.text


@pytest.mark.parametrize("kind", SERVICES)
@pytest.mark.parametrize("count", [1, 9, 40, 400])
def test_what_a_service_does_not_take_is_counted(kind, count):
    """The first alerts whole, then how many more there are: none is left out in silence."""
    form = SERVICES[kind].form
    many = [alert(n, summary=f"案件{n}超期\nlate", description="已过处置时限" * 12) for n in range(count)]
    text = message(group(*many, truncated=3), form, boards="https://grafana.example").text
    assert len(text.encode()) <= form.bytes_max
    shown = text.count("**") // 2
    [left_out] = re.findall(r"… 另有 (\d+) 条", text)
    assert int(left_out) == count - shown + 3
    assert shown > 3 or shown == count
    assert text.endswith("(https://grafana.example/d/enforcement-manager)")


def test_an_alert_that_is_too_long_by_itself_is_cut_at_a_line():
    """Its beginning is told, and what follows is counted."""
    form = SERVICES[ChannelKind.WECOM].form
    long = alert(1, description='长"' * 3_000)
    text = message(group(long, alert(2)), form, boards="https://grafana.example").text
    assert len(text.encode()) <= form.bytes_max
    assert text.startswith("**【紧急】超期**\n…\n\n… 另有 1 条")
    endless = message(group(alert(1, summary="长" * 3_000)), form).text
    assert 3_900 < len(endless.encode()) <= form.bytes_max


def test_several_alerts_are_counted_in_the_title():
    """Of those that fire."""
    assert message(group(alert(1), alert(2))).title == "【紧急】超期 等 2 项"
    assert message(group(alert(1), alert(2)), language="en").title == "[at once] late and 1 more"
