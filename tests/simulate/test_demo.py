"""The demonstration: what it shows, what it reads, and a whole short day with a killed worker on a real broker."""

import json
import re
import time
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from io import StringIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, NewTopic
from rich.console import Console

from pipeline.core.case.stage_table import STAGE_TABLE
from pipeline.core.rules.rules import Rules
from pipeline.rulebook import load_rules
from pipeline.settings import Settings
from pipeline.simulate.demo import screen
from pipeline.simulate.demo.demo import run_demo
from pipeline.simulate.demo.dry_run import DryRun
from pipeline.simulate.demo.live_state import JOINT_STATUS, STAGES, LiveState
from pipeline.simulate.demo.screen_picture import SHARE_SHOWN, Picture
from pipeline.simulate.people.person_steps import HABITS
from pipeline.simulate.simulate_command import simulate_group, truth_of
from pipeline.simulate.tally.day_counts import AuditCounts, count_day
from pipeline.simulate.tally.topic_reader import Reader, TopicRecord, read_all
from pipeline.simulate.world.day import generate_day
from pipeline.words.field_words import Lang
from pipeline.words.penalty_words import PENALTY_STEPS
from schemas import topics
from schemas.errors import Unavailable
from schemas.values.terms import Stage
from schemas.wire import codecs

TUESDAY = date(2026, 11, 24)
AFTERNOON = datetime.fromisoformat("2026-11-24T15:30:00+08:00")


@cache
def rules() -> Rules:
    """The rules of the repository."""
    return load_rules(Path(__file__).parents[2] / "rules")


@cache
def afternoon() -> DryRun:
    """Half a busy day."""
    dry_run = DryRun(rules(), 7, replace(HABITS, penalises=0.1))
    dry_run.play(generate_day(7, TUESDAY, scale=3.0, rules=rules()), AFTERNOON)
    return dry_run


@cache
def live_state() -> LiveState:
    """What the screen knows of it."""
    filled = LiveState(rules())
    for record in afternoon().inputs:
        filled.feed(TopicRecord(record.topic, 0, record.offset, record.key, record.value or b""))
    for outcome in afternoon().outcomes:
        for case in outcome.cases:
            filled.feed(TopicRecord(topics.CASES, 0, 0, case.case_id.encode(), codecs.CASE.encode(case)))
        filled.feed(TopicRecord(topics.JOURNAL, 0, 0, b"", codecs.JOURNAL_ENTRY.encode(outcome.entry)))
    return filled


def reports() -> int:
    """How many were pushed."""
    return sum(record.topic == topics.REPORTS for record in afternoon().inputs)


def view() -> screen.View:
    """That moment."""
    return screen.View(
        title="兴华街道",
        now=AFTERNOON,
        share=0.6,
        speed=1500.0,
        counts=live_state().counts(AFTERNOON),
        live_state=live_state(),
        actions=400,
        entries_per_s=13.0,
        latencies_ms=[20.0, 30.0, 40.0],
    )


def test_the_picture_holds_one_screen_and_the_table_and_loads_nothing(tmp_path: Path):
    """Also while it draws, the screen is shown; a picture that asked a foreign host for its font would look otherwise there."""
    drawn, shown, file = Picture(), [], tmp_path / "demo.svg"
    show = drawn.beside(lambda moment: shown.append(moment.share))
    for share in (SHARE_SHOWN / 2, SHARE_SHOWN, 1.0):
        show(replace(view(), share=share))
    drawn.write(file, "the table of the day")
    text = file.read_text().replace("&#160;", " ")
    assert shown == [SHARE_SHOWN / 2, SHARE_SHOWN, 1.0]
    assert text.count("兴华街道") == 1
    assert "the table of the day" in text
    assert not re.search(r"@font-face|url\((?!#)|href=", text)


def test_the_board_agrees_with_the_counts():
    """Cases closed and open, and who is late, from the snapshots as from the journal."""
    counts = count_day({0: afternoon().entries}, AFTERNOON, rules(), AuditCounts(reports()))
    assert live_state().counts(AFTERNOON) == counts, "the live figures are those that are counted in the end"
    stages = live_state().stages()
    over = sum(stages[stage] for stage, row in STAGE_TABLE.items() if row.is_terminal)
    assert over == counts.closed + counts.answered
    assert min(counts.answered, counts.assessed) > 0
    assert 0 < len({case.case_id for case, _ in live_state().partners()}) <= stages[Stage.JOINT_IN_PROGRESS]
    assert 0 < len(live_state().penalties()) <= counts.penalties
    assert stages.total() == counts.cases + counts.answered
    assert set(stages) <= {stage for _, _, stage in STAGES}
    assert len(live_state().late(AFTERNOON)) <= counts.breached


def test_the_screen_shows_joint_tasks_and_penalties():
    """Which department a case waits for and how far it is; which procedure stands at which step."""
    out = StringIO()
    console = Console(file=out, width=160, height=40, force_terminal=True, color_system=None)
    with screen.live_screen(console) as show:
        show(view())
    case, task = live_state().partners()[0]
    _, penalty = live_state().penalties()[0]
    shown = out.getvalue()
    assert live_state().department(task.department) in shown
    assert JOINT_STATUS[task.status] in shown
    assert PENALTY_STEPS[penalty.steps[-1]][Lang.ZH] in shown
    assert case.facts.matter in shown


@pytest.mark.parametrize(("width", "height"), [(120, 40), (80, 24), (100, 30)])
def test_the_screen_fits_the_terminal(width, height):
    """Whatever its size, nothing is wider or higher, and the stages can be read."""
    out = StringIO()
    console = Console(file=out, width=width, height=height, force_terminal=True, color_system=None)
    with screen.live_screen(console) as show:
        show(view())
    shown = out.getvalue()
    assert "2026-11-24 15:30" in shown
    assert "待核查" in shown
    assert shown.count("\n") <= 2 * height


def test_without_a_terminal_there_are_plain_lines():
    """One now, the next some seconds later."""
    out = StringIO()
    with screen.live_screen(Console(file=out, width=200)) as show:
        show(view())
        show(view())
    assert out.getvalue().count("\n") == 1
    assert "reports" in out.getvalue()


def test_the_command_writes_a_day_and_its_truth(tmp_path):
    """JSON lines that can be pushed, and beside them what is to be expected of each."""
    out, truth = tmp_path / "day.jsonl", tmp_path / "truth.json"
    arguments = ["day", "--seed", "3", "--scale", "0.2", "--out", str(out), "--truth", str(truth)]
    result = CliRunner().invoke(simulate_group, arguments)
    assert result.exit_code == 0, result.output
    lines = out.read_text(encoding="utf-8").splitlines()
    pushes = json.loads(truth.read_text(encoding="utf-8"))["pushes"]
    assert len(lines) == sum(not push["expectation"].startswith("bad:") for push in pushes)
    assert [json.loads(line)["source_no"] for line in lines] == [
        push["source_no"] for push in pushes if not push["expectation"].startswith("bad:")
    ]
    assert truth_of(generate_day(3, TUESDAY, scale=0.2, rules=rules())) == json.loads(truth.read_text())


def test_the_command_refuses_an_unknown_street():
    """In one line."""
    result = CliRunner().invoke(simulate_group, ["day", "--street", "999999999"])
    assert result.exit_code == 1
    assert "999999999" in result.output


def test_a_reader_sees_committed_records_only(kafka):
    """An aborted transaction and an open one are not there; the end is found behind their marks."""
    settings = Settings(brokers=kafka, topic_prefix="wire-", partitions=2)
    admin = AdminClient({"bootstrap.servers": kafka})
    admin.create_topics([NewTopic("wire-receipts.v1", 2, 1)])["wire-receipts.v1"].result(60)
    assert list(read_all(settings, (topics.RECEIPTS,))) == []
    for name, fate in (("one", "commit"), ("two", "abort"), ("three", "commit"), ("four", "leave")):
        producer = Producer({"bootstrap.servers": kafka, "transactional.id": f"wire-{fate}"})
        producer.init_transactions(10)
        producer.begin_transaction()
        producer.produce("wire-receipts.v1", name.encode(), b"key", partition=1)
        producer.flush(10)
        if fate == "commit":
            producer.commit_transaction(10)
        elif fate == "abort":
            producer.abort_transaction(10)
    records = list(read_all(settings, (topics.RECEIPTS,)))
    assert [record.value for record in records] == [b"one", b"three"]
    assert {(record.topic, record.partition, record.key) for record in records} == {
        (topics.RECEIPTS, 1, b"key")
    }


def test_a_reader_without_a_topic_says_so(kafka):
    """At once, instead of counting nothing."""
    settings = Settings(brokers=kafka, topic_prefix="missing-", partitions=1)
    with pytest.raises(Unavailable, match="missing-receipts"):
        Reader(settings, (topics.RECEIPTS,))


@pytest.mark.slow
def test_a_day_with_a_killed_worker_loses_nothing(kafka):
    """kill -9 at virtual noon: every push has its one outcome, and it is the one that the truth says."""
    day = generate_day(5, TUESDAY, scale=0.2, rules=rules())
    console = Console(file=StringIO())
    begun = time.monotonic()
    result = run_demo(day, rules(), 5000.0, console, kafka, kills=1)
    assert (result.counts.lost, result.counts.doubled, result.unaccounted, result.truth.surprises) == (
        0,
        0,
        0,
        0,
    )
    assert result.counts.reports == len(day.pushes)
    assert result.counts.closed > 10
    assert len(result.latencies_ms) > len(day.pushes)
    assert time.monotonic() - begun < 90
    left = AdminClient({"bootstrap.servers": kafka}).list_topics(timeout=10).topics
    assert not [name for name in left if name.startswith("demo-")]
