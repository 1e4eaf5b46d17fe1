"""The lists of CONTRIBUTING.md: whoever follows one has added a source, an action, an indicator or a channel, and it works."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, NewTopic

from schemas.outputs import Notice
from schemas.values.terms import NoticeKind, Stage
from schemas.wire import codecs
from tests.core.story import START
from tests.docs.additions import (
    COMMAND,
    ROOT,
    Addition,
    apply,
    copy_of_repository,
    follows,
    generate,
    listed,
    run,
)
from tests.docs.toys import ACTION, CHANNEL, INDICATOR, SOURCE, STORY

TOYS = (SOURCE, ACTION, INDICATOR, CHANNEL)
STORE_S = 60

PUSHED = """
from pipeline.edge.sources.files import open_source
from pipeline.edge.sources.mapping import load_mappings
from pipeline.edge.sources.streets import streets_of
from tests.core.story import Story
file = open_source(open("examples/sources/12369.json", "rb"), load_mappings())
story = Story().report(**file.read(next(file.rows), streets_of()).content)
assert story.answer == "accepted", story.answer
assert story.last.cases[0].facts.source == "12369"
assert story.last.receipts[0].of.source_no == "HB-1"
"""
COUNTED = """
from tests.audit.good_story.good import good_story
from tests.core.story import RULES
from pipeline.monthly.counting import indicators_between
story = good_story()
entries = {0: [outcome.entry for outcome in story.outcomes]}
counted = indicators_between(entries, entries[0][0].at, entries[0][-1].at, RULES)
assert counted["arrivals"].value > 1, counted["arrivals"]
"""


@pytest.fixture
def added(tmp_path):
    """A copy of the repository in which the list was followed. What is made from code is made anew, except for an example."""

    def follow(toy: Addition) -> Path:
        copy = copy_of_repository(tmp_path)
        apply(copy, toy.edits)
        if toy is not CHANNEL:
            generate(copy)
        return copy

    return follow


@pytest.mark.parametrize("toy", TOYS, ids=lambda toy: toy.head)
def test_the_list_names_the_files_that_it_takes(toy: Addition):
    """Each once, no more than the limit: a list that grew too long shows that a concern is spread again."""
    touched, named = dict.fromkeys(edit.path for edit in toy.edits), listed(toy.head)
    assert len(named) == len(touched) <= toy.files_max
    assert [path for path in touched if not any(follows(path, name) for name in named)] == []


@pytest.mark.parametrize("toy", TOYS, ids=lambda toy: toy.head)
def test_the_list_names_files_that_are_there(toy: Addition):
    """A file that was renamed is renamed in the list."""
    assert [name for name in listed(toy.head) if "<" not in name and not (ROOT / name).is_file()] == []


@pytest.mark.slow
def test_a_source_that_was_added_pushes(added):
    """Its sample becomes a case; its words are in the glossary; the contracts still admit what was released."""
    copy = added(SOURCE)
    run(copy, "-c", PUSHED)
    assert "| `12369` | 12369热线 |" in (copy / "docs/glossary.md").read_text("utf-8")
    tests = ("tests/edge/sources", "tests/schemas/test_compatibility.py", "tests/docs/test_glossary.py")
    run(copy, "-m", "pytest", "-q", "-n", "0", *tests)


@pytest.mark.slow
def test_an_action_that_was_added_is_decided(added):
    """Its story holds and random people do it; the command offers it, procedure and glossary list it, the auditor knows it."""
    copy = added(ACTION)
    story = "tests/core/case/test_announce.py"
    (copy / story).write_text(STORY, "utf-8")
    helped = run(copy, "-c", COMMAND, "act", "CASE", "announce", "--help")
    assert "--expected-at" in helped
    assert "| `announce` | 预告 |" in (copy / "docs/glossary.md").read_text("utf-8")
    tests = (
        "tests/core/case/test_announce.py",
        "tests/audit/test_tables.py",
        "tests/procedure/test_tables.py",
    )
    run(copy, "-m", "pytest", "-q", "-n", "0", story, *tests, PLAY_STEPS="2000")


@pytest.mark.slow
def test_an_indicator_that_was_added_is_counted(added):
    """It counts in the journal as in the metrics, and stands on the page of metrics and among the goals."""
    copy = added(INDICATOR)
    run(copy, "-c", COUNTED)
    assert "| 到场数 | Arrivals |" in (copy / "docs/metrics.md").read_text("utf-8")
    assert "`arrivals` 到场数" in (copy / "docs/policy.md").read_text("utf-8")
    run(
        copy,
        "-m",
        "pytest",
        "-q",
        "-n",
        "0",
        "tests/monthly/test_both_ways.py",
        "tests/deploy/test_generated.py",
    )


@pytest.mark.slow
def test_a_channel_that_was_added_delivers(added, kafka, tmp_path):
    """A notice to its role is delivered, another role's is not."""
    copy, topic, written = added(CHANNEL), "toys.notices.v1", tmp_path / "lines.txt"
    admin = AdminClient({"bootstrap.servers": kafka})
    [made] = admin.create_topics([NewTopic(topic, 1)]).values()
    made.result()
    producer = Producer({"bootstrap.servers": kafka})
    for number, role in enumerate(("12319", "12345")):
        notice = Notice(
            notice_id=f"0:1:1:notice:{number}", entry_id="0:1:1", at=START, to=role, kind=NoticeKind.INTERIM_ANSWER,
            case_id="140109004-F0834Q628T1FF", matter="SR-001", stage=Stage.SIGNED, text_zh="已到现场",
        )  # fmt: skip
        producer.produce(topic, codecs.NOTICE.encode(notice), role)
    producer.flush()
    environment = {"ENFORCEMENT_BROKERS": kafka, "ENFORCEMENT_TOPIC_PREFIX": "toys.", "PYTHONPATH": str(copy)}
    command = [sys.executable, "examples/lines.py", "12345", str(written)]
    with subprocess.Popen(command, cwd=copy, env=os.environ | environment) as channel:
        deadline = time.monotonic() + STORE_S
        while not written.exists() and channel.poll() is None and time.monotonic() < deadline:
            time.sleep(0.1)
        channel.terminate()
    assert written.read_text("utf-8") == "0:1:1:notice:1 已到现场\n"
