"""Whoever answers a caller sees the text first, changes it if need be, and sends what was seen."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.core.case.turn import InputRecord
from schemas.inputs.action import WriteAnswer
from schemas.topics import ACTIONS
from schemas.wire import codecs
from tests.docs.additions import ROOT
from tests.edge.played import CASE, Log, accepting, case_record, case_snapshot

PROGRAM = (sys.executable, "-c", "from pipeline.cli import main; main()")
FOUND = ("--found", "true", "--done", "摊贩已劝离")
WHO = ("--actor", "W0931", "--team", "city-appearance")
LAW = "《城市市容和环境卫生管理条例》第14、36条"
pytestmark = pytest.mark.broker


@pytest.fixture
def answered(log: Log) -> Log:
    """A deployment with a case that its team is to answer."""
    log.write([case_record(case_snapshot())])
    return log


def environment(log: Log) -> dict[str, str]:
    """Names the deployment; the language is English."""
    names = {
        "ENFORCEMENT_BROKERS": log.settings.brokers,
        "ENFORCEMENT_TOPIC_PREFIX": log.settings.topic_prefix,
    }
    return {**os.environ, **names, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}


def answer(log: Log, *more: str, **names: str) -> "subprocess.CompletedProcess[str]":
    """`act CASE answer`, where there is no terminal."""
    line = [*PROGRAM, "act", CASE, "answer", *WHO, *more]
    return subprocess.run(
        line, cwd=ROOT, env=environment(log) | names, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )  # fmt: skip


def typed(log: Log, keys: bytes, *more: str, **names: str) -> tuple[int, str]:
    """`act CASE answer` at a terminal at which somebody types `keys`: its exit code, and what was shown."""
    master, slave = pty.openpty()
    line = [*PROGRAM, "act", CASE, "answer", *WHO, *more]
    told = subprocess.Popen(
        line,
        cwd=ROOT,
        env=environment(log) | names,
        stdin=slave,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    os.close(slave)
    os.write(master, keys)
    shown, _ = told.communicate(timeout=60)
    os.close(master)
    return told.returncode, shown.decode()


def sent(log: Log) -> list[WriteAnswer]:
    """What came to the pipeline."""
    read: list[InputRecord] = log.read(ACTIONS)
    actions = [codecs.ACTION.decode_strictly(record.value or b"") for record in read]
    return [action for action in actions if isinstance(action, WriteAnswer)]


def text_shown(lines: str) -> str:
    """The text for the caller, as the draft shows it."""
    return lines.split("text for the caller: ", 1)[1].splitlines()[0]


def test_the_draft_is_shown_and_nothing_is_sent(answered: Log):
    """Whether it was found so, what was done, the law of the matter, when it goes on, and the whole text."""
    shown = answer(answered, *FOUND, "--next", "2099-12-01T09:00:00+08:00", "--draft")
    assert shown.returncode == 0
    lines = shown.stdout.splitlines()
    assert lines[:2] == ["found: found to be so", "what was done: 摊贩已劝离"]
    assert lines[2].startswith(f"law or reason: {LAW}")
    assert lines[3] == "goes on by: 2099-12-01 09:00+08:00"
    text = text_shown(shown.stdout)
    assert all(part in text for part in ("兴华街18号", "摊贩已劝离", LAW, "2099年12月1日"))
    assert sent(answered) == []


def test_the_draft_is_one_object_for_programs(answered: Log):
    """With the same text."""
    shown = json.loads(answer(answered, *FOUND, "--draft", "--json").stdout)
    assert shown["draft"]["text"] == text_shown(answer(answered, *FOUND, "--draft").stdout)


def test_a_draft_that_would_be_refused_says_so_beforehand(answered: Log):
    """Of what was not found the reason must be given."""
    refused = answer(answered, "--found", "not_true", "--done", "已到现场查看", "--draft")
    assert refused.returncode == 1
    assert "answer_incomplete" in refused.stderr
    assert "the law, or the reason" in refused.stderr


@pytest.mark.parametrize(("key", "code"), [(b"y\n", 0), (b"n\n", 1)])
def test_at_a_terminal_what_was_seen_is_sent_if_the_person_agrees(answered: Log, key: bytes, code: int):
    """Word for word, whatever the templates of the pipeline say by then."""
    with answered.answering(accepting):
        ended, shown = typed(answered, key, *FOUND)
    assert ended == code, shown
    assert [action.text for action in sent(answered)] == ([text_shown(shown)] if code == 0 else [])


def test_what_is_saved_in_the_editor_is_sent(answered: Log, tmp_path: Path):
    """The draft stands in it, with the law that it rests on."""
    editor = tmp_path / "editor"
    editor.write_text("#!/bin/sh\nsed -i 's/您反映的/您好，您反映的/' \"$1\"\n", "utf-8")
    editor.chmod(0o755)
    with answered.answering(accepting):
        ended, shown = typed(answered, b"", *FOUND, "--edit", EDITOR=str(editor), VISUAL="")
    assert ended == 0, shown
    [action] = sent(answered)
    assert action.text == text_shown(shown)
    assert action.text.startswith("您好，您反映的")
    assert action.basis.startswith(LAW)


def test_what_is_not_saved_in_the_editor_is_not_sent(answered: Log):
    """The person thought better of it."""
    ended, shown = typed(answered, b"", *FOUND, "--edit", EDITOR="true", VISUAL="")
    assert ended == 1
    assert "nothing was saved in the editor" in shown
    assert sent(answered) == []


def test_nobody_edits_where_there_is_no_terminal(answered: Log):
    """Said in one line."""
    refused = answer(answered, *FOUND, "--edit")
    assert refused.returncode == 2
    assert "no terminal to edit in" in refused.stderr


def test_a_text_of_ones_own_comes_out_of_a_file(answered: Log, tmp_path: Path):
    """As it stands there, in place of the draft; given twice over it is refused."""
    file = tmp_path / "answer.txt"
    file.write_text("您好，摊位已清理。\n", "utf-8")
    with answered.answering(accepting):
        assert answer(answered, *FOUND, "--text-file", str(file)).returncode == 0
    assert [action.text for action in sent(answered)] == ["您好，摊位已清理。"]
    twice = answer(answered, *FOUND, "--text-file", str(file), "--text", "您好")
    assert (twice.returncode, "give one" in twice.stderr) == (2, True)
    file.write_bytes("您好".encode("gb18030"))
    assert "not text in UTF-8" in answer(answered, *FOUND, "--text-file", str(file)).stderr


def test_an_empty_text_is_no_text_and_what_is_shown_is_masked_as_it_is_kept(answered: Log, tmp_path: Path):
    """Neither is the template sent unseen, nor a number shown that the pipeline will not keep."""
    file = tmp_path / "answer.txt"
    file.write_text(" \n", "utf-8")
    for empty in (("--text-file", str(file)), ("--text", "")):
        refused = answer(answered, *FOUND, *empty)
        assert (refused.returncode, "the text is empty" in refused.stderr) == (2, True)
    shown = answer(answered, *FOUND, "--draft", "--text", "请联系13800000001。")
    assert "13800000001" not in shown.stdout
    assert sent(answered) == []
