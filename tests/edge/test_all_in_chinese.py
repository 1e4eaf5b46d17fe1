"""A case from push to call-back, every command in Chinese beside a real worker: no English, and one zone with its offset."""

import json
import re
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from pipeline.cli import commands
from tests.words.english_left import english_in
from tests.words.one_zone import TIME, times_elsewhere

NUMBER = "ZH-2026-1"
pytestmark = pytest.mark.broker


def printed(worked: dict[str, str], *arguments: str, stdin: bytes = b"") -> str:
    """All that a command prints, on both streams, where the locale is Chinese."""
    environment = {**worked, "LC_ALL": "zh_CN.UTF-8"}
    return (
        CliRunner().invoke(commands, arguments, env=environment, input=stdin, prog_name="enforcement").output
    )


@pytest.fixture
def case_id(worked: dict[str, str]) -> str:
    """A case of the street."""
    report = {
        "order_no": NUMBER,
        "accepted_at": datetime.now(UTC).isoformat(),
        "cat": "SR-001",
        "content": "占道卖水果",
        "addr": "兴华街61号",
        "region": "140109004",
        "callback": "phone",
    }
    printed(worked, "push", "-", "--source", "12345", stdin=json.dumps(report).encode())
    found = re.search(r"140109004-\w{13}", printed(worked, "receipts", NUMBER))
    assert found is not None
    return found[0]


def lines_of(case_id: str) -> dict[str, tuple[str, ...]]:
    """Command lines that are accepted, refused, that list and explain, and that are wrong, by name."""
    act = ("--actor", "W0931", "--team", "city-appearance")
    return {
        "sign": ("act", case_id, "sign", *act),
        "suspend": (
            "act",
            case_id,
            "suspend",
            "--reason",
            "weather",
            "--until",
            "2020-01-01T00:00:00Z",
            *act,
        ),
        "extend": ("act", case_id, "extend", "--reason", "complex", "--more", "900 workdays", *act),
        "dispose": ("act", case_id, "dispose", *act),
        "return": ("act", case_id, "return", "--reason", "not_our_area", *act),
        "nobody": ("act", "140109004-0000000000001", "sign", *act),
        "case": ("case", case_id),
        "why": ("why", case_id),
        "evidence": ("evidence", case_id),
        "assignments": ("assignments", "--team", "duty"),
        "receipts": ("receipts", "--source", "12345"),
        "notices": ("notices",),
        "no notices": ("notices", "--to", "duty_chief"),
        "replay": ("replay", "--as-of", "2020-01-01T00:00Z", "--case", case_id),
        "figures": ("replay", "--as-of", "2100-01-01"),
        "audit": ("audit",),
        "rules diff": ("rules", "diff", "rules", "rules"),
        "rules check": ("rules", "check"),
        "matter": ("rules", "show", "matter", "SR-001"),
        "due": ("clock", "due", "--start", "2026-11-24T01:00Z", "--workdays", "3"),
        "topics": ("topics", "check"),
        "unknown team": ("assignments", "--team", "市容"),
        "no such option": ("push", "--surce", "12345"),
        "no time": ("why", case_id, "--at", "昨天"),
        "no month": ("report", "--month", "2020-13"),
    }


def test_a_case_is_told_in_chinese_and_in_one_zone_by_every_command(worked: dict[str, str], case_id: str):
    """What is accepted, refused, listed and explained; what is wrong with a message, with a line, with a setting."""
    long_text = json.dumps(
        {"order_no": "ZH-2026-2", "content": "水" * 3000, "cat": "SR-001", "addr": "路"}
    ).encode()
    texts = {name: printed(worked, *line) for name, line in lines_of(case_id).items()}
    texts["push"] = printed(worked, "push", "-", "--source", "12345", stdin=long_text)
    texts["setting"] = printed({**worked, "ENFORCEMENT_PARTITIONS": "0"}, "audit")
    wrong = {**worked, "ENFORCEMENT_PARTITIONS": "0"}
    texts["setting of topics"] = printed(wrong, "topics", "check")
    texts["no bundle"] = printed(worked, "evidence", "verify", "rules/policy.yaml")
    assert "至多2000字" in texts["push"]
    line = "error[wrong_setting]: ENFORCEMENT_PARTITIONS: 须不小于1 — 请改正（enforcement config check 列出全部问题）\n"
    assert texts["setting of topics"] == line
    assert "ENFORCEMENT_PARTITIONS: 须" in texts["setting"]
    assert {name: left for name, text in texts.items() if (left := english_in(text))} == {}
    assert {name: text for name, text in texts.items() if not text} == {}
    assert {name: left for name, text in texts.items() if (left := times_elsewhere(text))} == {}
    assert len(TIME.findall(texts["case"] + texts["why"] + texts["due"] + texts["suspend"])) > 10
