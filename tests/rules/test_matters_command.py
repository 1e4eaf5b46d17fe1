"""`enforcement matters`: all of them, or those with a word, and what closing each needs."""

import json

import pytest
from click.testing import CliRunner

from pipeline.rulesdiff.matters_command import matters_command


def test_all_53_are_listed_with_what_closing_needs():
    """Two lines each."""
    ran = CliRunner().invoke(matters_command, ["--lang", "zh"])
    lines = ran.stdout.splitlines()
    assert (ran.exit_code, len(lines)) == (0, 2 * 53)
    assert lines[0].startswith("SR-001  P4  占道经营、流动摊贩 · 市容环卫组 (city-appearance)")
    assert lines[1] == "    结案须有：photo_before 处置前照片, photo_after 处置后照片, bodycam 执法记录仪录像"


@pytest.mark.parametrize("word", ["wj-001", "without planning permit", "在建"])
def test_a_word_of_code_or_name_finds_a_matter(word):
    """In either language; the particular papers are named as `--kind` takes them."""
    ran = CliRunner().invoke(matters_command, [word, "--lang", "en"])
    assert ran.stdout.startswith("WJ-001  P2  Construction under way")
    assert "document:stop_work_order Stop-work order" in ran.stdout


def test_programs_get_an_object_a_line():
    """With the codes alone."""
    ran = CliRunner().invoke(matters_command, ["WJ-001", "--json"])
    [matter] = map(json.loads, ran.stdout.splitlines())
    assert matter["evidence_kinds"] == ["photo_before", "photo_after", "bodycam", "document"]
    assert [named["name"] for named in matter["evidence_named"]] == ["stop_work_order"]


def test_a_word_of_no_matter_is_an_error_with_a_way_on():
    """And not an empty list."""
    ran = CliRunner().invoke(matters_command, ["飞碟", "--lang", "zh"])
    assert (ran.exit_code, ran.stdout) == (1, "")
    assert (
        ran.stderr.strip()
        == "error[unknown_matter]: 53个事项中没有含“飞碟”的 — 请查看全部事项（enforcement matters）"
    )
