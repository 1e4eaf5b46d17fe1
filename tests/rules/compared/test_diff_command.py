"""`enforcement rules diff`: what somebody is told who is about to change the rules."""

import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from msgspec.structs import replace

from pipeline.rulebook import RULES_DIR, load_rules
from pipeline.rulesdiff.rules_command import rules_group
from pipeline.settings import Settings
from pipeline.stream import broker_topics as stream_topics
from pipeline.stream.brokers import Brokers
from schemas.outputs import Position
from schemas.state.case import Case
from schemas.topics import CASES, POSITION_KEY
from schemas.wire import codecs
from tests.core.story import RULES, Story
from tests.edge.played import Log, Written, case_record
from tests.rules.conftest import RENAMED

SLA = "sla/2020-01-01"
SHORTER = (SLA, "SR-001: {dispose: 2 work_hours}", "SR-001: {dispose: 1 work_hours}")
VERSION = RULES.version
AT = "2026-11-24T10:30"


def run(*words: object, stdin: bytes | None = None):
    """The command with these words."""
    return CliRunner().invoke(rules_group, ["diff", *map(str, words)], input=stdin)


def lines_of(cases: Iterable[Case]) -> bytes:
    """Snapshots as `enforcement case CASE --json` prints them."""
    return b"".join(codecs.CASE.encode(case) + b"\n" for case in cases)


def told(output: str, what: str) -> list[dict[str, object]]:
    """The lines of one kind."""
    return [line for line in map(json.loads, output.splitlines()) if line.pop("what") == what]


@pytest.fixture
def story() -> Story:
    """One open case about a street vendor, due at 11:00."""
    return Story().report()


def test_the_rules_are_told_first_and_then_the_cases(rewritten, story):
    """Field, old and new; then each deadline that moves, and the totals."""
    folder = rewritten(SHORTER)
    result = run(RULES_DIR, folder, "--cases", "-", "--at", AT, stdin=lines_of([story.case]))
    assert result.exit_code == 0
    lines = [" ".join(line.split()) for line in result.output.splitlines()]
    assert lines[:5] == [
        f"rules: {VERSION} → {load_rules(folder).version}",
        "",
        "limits of matters 事项时限, for cases that open from 2020-01-01 on",
        "matters.SR-001.dispose 2 work_hours → 1 work_hours",
        "",
    ]
    dispose = f"{story.case_id} SR-001 city-appearance dispose 2026-11-24 11:00+08:00 → 2026-11-24 10:00+08:00 -1 h BECOMES LATE 将超期"
    assert dispose in lines
    assert lines.index(dispose) > lines.index("differences: 1")
    assert {"1 in all", "1 would become late 将超期", "0 would no longer be late 不再超期"} <= set(lines)
    assert lines[-1] == "Nothing was changed. A worker started with NEW re-arms exactly these deadlines."
    assert not [line for line in lines if "decided by" in line]


def test_the_same_for_programs(rewritten, story):
    """One object a line, each with what it is."""
    folder = rewritten(SHORTER)
    output = run(RULES_DIR, folder, "--cases", "-", "--at", AT, "--json", stdin=lines_of([story.case])).output
    assert told(output, "rules") == [{"old": VERSION, "new": load_rules(folder).version, "differences": 1}]
    [difference] = told(output, "difference")
    assert difference == {
        "group": "matter_limits",
        "edition": "2020-01-01",
        "path": "matters.SR-001.dispose",
        "old": "2 work_hours",
        "new": "1 work_hours",
    }
    first = told(output, "deadline")[0]
    assert (first["case_id"], first["team"], first["clock"]) == (story.case_id, "city-appearance", "dispose")
    assert (first["due_old"], first["due_new"]) == ("2026-11-24T03:00:00+00:00", "2026-11-24T02:00:00+00:00")
    assert first["becomes_late"] is True
    [totals] = told(output, "totals")
    assert totals["become_late"] == [story.case_id]
    assert totals["decided_by"] == {VERSION: 1}
    assert totals["deadlines_moved"] == len(told(output, "deadline"))


@pytest.mark.parametrize("at", ["2026-11-24T10:30", "2026-11-24T10:30:00+08:00", "2026-11-24T02:30:00Z"])
def test_the_moment_may_be_written_in_any_zone(rewritten, story, at):
    """Without an offset it is Shanghai's."""
    result = run(
        RULES_DIR, rewritten(SHORTER), "--cases", "-", "--at", at, "--json", stdin=lines_of([story.case])
    )
    assert told(result.output, "totals")[0]["at"] == "2026-11-24T02:30:00+00:00"


def test_rules_only(rewritten):
    """Without cases nobody is asked for any."""
    result = run(RULES_DIR, rewritten(SHORTER), "--no-cases", "--brokers", "127.0.0.1:1")
    assert result.exit_code == 0
    assert "differences: 1" in result.output
    assert "open cases" not in result.output


def test_the_same_rules_differ_in_nothing_and_move_nothing(story):
    """It says so."""
    result = run(RULES_DIR, RULES_DIR, "--cases", "-", "--at", AT, stdin=lines_of([story.case]))
    assert "nothing differs" in result.output
    assert result.output.splitlines()[-1] == "Nothing was changed. A worker started with NEW re-arms none."


def test_rules_that_differ_in_how_they_are_written_only_say_so(rewritten):
    """Another version, and no field to show for it."""
    folder = rewritten()
    (folder / f"{SLA}.yaml").rename(folder / "sla" / "first.yaml")
    assert "nothing differs but how it is written" in run(RULES_DIR, folder, "--no-cases").output


def test_cases_that_other_rules_decided_are_told(rewritten, story):
    """Their deadlines are not those of OLD, so OLD is not what moves them."""
    folder = rewritten(SHORTER)
    by_others = replace(story.case, case_id="140109004-0000000000001", rules_version="2026.10-aaaaaaaaaaaa")
    by_new = replace(story.case, case_id="140109004-0000000000002", rules_version=load_rules(folder).version)
    stdin = lines_of([story.case, by_others, by_new])
    result = run(RULES_DIR, folder, "--cases", "-", "--at", AT, stdin=stdin)
    assert (
        "last decided by other rules than OLD, and compared as their deadlines stand: 1 by 2026.10-aaaaaaaaaaaa"
        in result.output
    )
    assert "decided by NEW already, and not moved: 1" in result.output
    assert by_new.case_id not in result.output


def test_a_case_that_would_stop_a_worker_is_told(rewritten, story):
    """Its matter is not in the new rules."""
    folder = rewritten(*RENAMED)
    stdin = lines_of([story.case])
    result = run(RULES_DIR, folder, "--cases", "-", "--at", AT, stdin=stdin)
    assert "a worker started with NEW would stop at" in result.output
    assert f"{story.case_id}  no matter SR-001" in result.output
    problems = run(RULES_DIR, folder, "--cases", "-", "--at", AT, "--json", stdin=stdin).output
    assert told(problems, "obstacle") == [{"case_id": story.case_id, "why": "no matter SR-001"}]


def test_of_a_case_that_is_there_twice_the_latest_counts(rewritten, tmp_path, story):
    """A log of snapshots will do as a file; empty lines are passed over."""
    older = story.case
    newer = story.wait(minutes=5).act("sign").case
    file = tmp_path / "cases.jsonl"
    file.write_bytes(lines_of([newer, older]) + b"\n\n")
    result = run(RULES_DIR, rewritten(SHORTER), "--cases", file, "--at", AT, "--json")
    assert told(result.output, "totals")[0]["open_cases"] == 1
    assert {line["stage"] for line in told(result.output, "deadline")} == {newer.stage.value}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ("--cases", "-"),
            "error[bad_case]: line 2 of the cases, case_id; allowed: a case snapshot (field_missing)",
        ),
        (("--cases", "-", "--no-cases"), "--cases and --no-cases exclude each other"),
        (("--cases", "nowhere.jsonl"), "nowhere.jsonl"),
        (("--no-cases", "--at", "noon"), "noon is no time; allowed: as 2026-11-24T09:00+08:00"),
    ],
)
def test_wrong_usage_is_one_line_and_ends_with_2(story, words, said):
    """And says what would have been right."""
    result = run(RULES_DIR, RULES_DIR, *words, stdin=lines_of([story.case]) + b"{}\n")
    assert result.exit_code == 2
    assert said in result.stderr


@pytest.mark.parametrize("which", ["old", "new"])
def test_a_wrong_folder_is_told_as_by_a_compiler(rewritten, which):
    """File, line and field, then one line of error; nothing else is computed."""
    wrong = rewritten((SLA, "percent: 80", "percent: 180"))
    folders = (wrong, RULES_DIR) if which == "old" else (RULES_DIR, wrong)
    result = run(*folders, "--no-cases")
    assert (result.exit_code, result.stdout) == (2, "")
    problem, error = result.stderr.splitlines()
    assert problem.startswith(f"{wrong}/{SLA}.yaml:")
    assert "ladders.handling.rungs.1.percent: 180 is too large" in problem
    assert error == f"error[bad_rules]: problems in {wrong}: 1 — see: enforcement rules diff --help"
    as_json = run(*folders, "--no-cases", "--json")
    assert json.loads(as_json.stdout)["found"][0]["field"] == "ladders.handling.rungs.1.percent"


def test_without_a_deployment_it_says_what_else_can_be_done():
    """Nobody answers there: the rules are told, the cases are not."""
    result = run(RULES_DIR, RULES_DIR, "--brokers", "127.0.0.1:1")
    assert result.exit_code == 69
    assert "nothing differs" in result.stdout
    assert "without a deployment: --cases FILE or --no-cases" in result.stderr


def test_the_help_teaches():
    """With an example, and with what happens then."""
    output = run("--help").output
    assert "enforcement rules diff rules proposed" in output
    assert "The command changes nothing." in " ".join(output.split())
    assert "re-arms exactly the listed deadlines" in " ".join(output.split())


def test_the_cases_are_those_of_the_deployment(kafka: str, tmp_path: Path, rewritten, story):
    """The latest committed snapshot of each: no aborted one, none that was retired, and not the partition's position."""
    settings = Settings(brokers=kafka, topic_prefix="diff.", partitions=4, data_dir=tmp_path)
    stream_topics.apply(settings, Brokers(settings))
    log = Log(settings)
    older = story.case
    newer = story.wait(minutes=5).act("sign").case
    gone = replace(newer, case_id="140109004-0000000000009")
    position = Position(
        partition=0, partitions=4, epoch=1, seq=1, at=None, inputs=(), cases_topic_id="c", journal_topic_id="j",
        digest="0" * 32, rules_version=VERSION, code_version="test",
    )  # fmt: skip
    worked_to = Written(CASES, POSITION_KEY, codecs.POSITION.encode(position))
    log.write([case_record(older), case_record(gone), worked_to])
    log.write([case_record(newer), Written(CASES, gone.case_id.encode(), None)])
    log.write([case_record(replace(newer, version=99, rules_version="aborted"))], commit=False)
    result = run(
        RULES_DIR, rewritten(SHORTER), "--brokers", kafka, "--topic-prefix", "diff.", "--at", AT, "--json"
    )
    assert result.exit_code == 0, result.stderr
    [totals] = told(result.output, "totals")
    assert (totals["open_cases"], totals["decided_by"]) == (1, {VERSION: 1})
    assert totals["become_late"] == [newer.case_id]
    assert datetime.fromisoformat(str(totals["at"])).hour == 2
