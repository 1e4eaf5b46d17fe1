"""Every command of every runbook runs, on a real broker with a real worker on it, as a person at night would type it.

A command that cannot run here says beside itself why: `# not run: …` in a block, `(not run: …)` behind it in a sentence. What a sentence
names and what changes a case, or goes on for ever, is asked for its help instead.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner

from pipeline.cli import commands
from pipeline.settings import Settings
from pipeline.stream import broker_topics as stream_topics
from schemas.partitioning import partition_of
from schemas.topics import REPORTS
from tests.deploy.prometheus import prometheus_on
from tests.deploy.test_runbooks import PAGES, inline
from tests.deploy.tools import ROOT, command_of, tool
from tests.stream.fleet.deployment import Deployment

PARTITIONS = 2
STREET = "140109004"
REASON = re.compile(r"# not run: \S+ \S+")
NOT_RUN = "(not run: "
OTHER_TOOL = re.compile(
    r"`(docker|kafka-[\w.-]+|promtool|curl|timedatectl|systemctl|journalctl|java)( [^`]*)`(.{0,12})"
)
ENDLESS = frozenset({"--follow", "--watch"})
CHANGES = frozenset({"retry", "discard"})
SERVER = "http://localhost:9090"


class Place(NamedTuple):
    """A deployment with a worker and a case, and what stands for the words in capitals."""

    environment: dict[str, str]
    folder: Path
    words: dict[str, str]
    metrics: str


@pytest.fixture(scope="module")
def place(kafka: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """One for all pages: a case that waits for its team, and a letter that nobody could read."""
    folder = tmp_path_factory.mktemp("runbooks")
    (folder / "rules").symlink_to(ROOT / "rules")
    shutil.copytree(ROOT / "rules", folder / "rules-next")
    settings = Settings(
        brokers=kafka, topic_prefix="runbooks.", partitions=PARTITIONS, data_dir=folder / "data", tick_s=0.1
    )
    deployment = Deployment(settings, folder)
    stream_topics.apply(settings, deployment.brokers)
    worker = deployment.worker(real=True).wait_ready(60)
    try:
        deployment.write(
            REPORTS, [(STREET.encode(), b'{"caller_name": "x"}')], partition_of(STREET, PARTITIONS)
        )
        environment = {
            "ENFORCEMENT_BROKERS": kafka,
            "ENFORCEMENT_TOPIC_PREFIX": settings.topic_prefix,
            "ENFORCEMENT_PARTITIONS": str(PARTITIONS),
            "ENFORCEMENT_DATA_DIR": str(folder / "data"),  # it holds rules too
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "LC_ALL": "C.UTF-8",
        }
        report = str(ROOT / "examples" / "report-12345.json")
        pushed = CliRunner().invoke(
            commands, ["push", report, "--source", "12345", "--timeout", "60", "--json"], env=environment
        )
        port = json.loads(worker.status_file.read_text())["http_port"]
        address = f"127.0.0.1:{port}"
        words = {
            "CASE": json.loads(pushed.stdout.splitlines()[0])["case_id"],
            "TEAM": "city-appearance",
            "TIME": datetime.now(UTC).isoformat(),
            "FOLDER": "rules-next",
            "OLD": "rules",
            "NEW": "rules-next",
            "TOPIC": REPORTS,
            "ID": f"{REPORTS}:{partition_of(STREET, PARTITIONS)}:0",
            "--partition N": f"--partition {partition_of(STREET, PARTITIONS)}",
            "--offset N": "--offset 0",
            "WORKER:6066": address,
        }
        yield Place(environment, folder, words, address)
    finally:
        worker.end()


@cache
def lines() -> list[tuple[str, str]]:
    """Every line of every block that is typed, with its page."""
    found = []
    for page in PAGES:
        for block in re.findall(r"```console\n(.*?)```", page.read_text("utf-8"), re.DOTALL):
            found += [(page.stem, line.removeprefix("$ ")) for line in block.splitlines()]
    return found


def typed(line: str) -> str:
    """The command without what is said of it."""
    return re.sub(r" +# .*", "", line)


def is_run(line: str) -> bool:
    """Whether it has no reason not to be."""
    return not REASON.search(line)


def filled(text: str, words: dict[str, str]) -> str:
    """With a value for each word in capitals."""
    for word, value in words.items():
        text = re.sub(rf"(?<![\w-]){re.escape(word)}(?![\w-])", value, text)
    return text


def sentence_commands() -> Iterator[str]:
    """What the sentences name of ours; help alone where it changes something, goes on for ever, or says too little."""
    for page in PAGES:
        for words in inline(page):
            asks_only = (
                words[1] in ("act", "notify")
                or CHANGES & set(words)
                or ENDLESS & set(words)
                or names_only(words)
            )
            yield shlex.join([*words, "--help"] if asks_only else words)


def names_only(words: list[str]) -> bool:
    """Whether a sentence names a command that cannot do without what is not said there."""
    command = command_of(word for word in words[1:] if not word.startswith("-"))
    needs = any(param.required for param in command.params)
    return needs and words[-1] == command.name


def test_every_command_of_the_pages_is_run_or_says_why_not():
    """Other people's tools need a reason; ours, `promtool query` and what each machine has are run."""
    here = ("enforcement ", "promtool query ", "curl ", "date ", "uptime", "ls ", "df ")
    assert [line for _, line in lines() if is_run(line) and not line.startswith(here)] == []
    without = [
        found[0]
        for page in PAGES
        for found in OTHER_TOOL.finditer(page.read_text("utf-8"))
        if not found[3].strip().startswith(NOT_RUN.strip())
    ]
    assert without == []


def test_a_command_of_others_without_a_reason_would_be_found():
    """The rule sees what nobody listed."""
    assert not is_run("docker ps     # not run: needs Docker")
    assert is_run("docker ps     # what runs")
    assert OTHER_TOOL.findall("stop it: `docker stop kafka`, and wait") == [
        ("docker", " stop kafka", ", and wait")
    ]


def test_every_command_of_the_pages_works(place: Place, monkeypatch: pytest.MonkeyPatch):
    """It ends with 0 and says nothing of an error."""
    monkeypatch.chdir(place.folder)
    in_blocks = [typed(line) for _, line in lines() if is_run(line) and not line.startswith("promtool ")]
    failed = []
    for command in dict.fromkeys([*in_blocks, *sentence_commands()]):
        code, said = ran(filled(command, place.words), place)
        if code or "error[" in said or "Traceback" in said:
            failed.append((command, code, said[-600:]))
    assert failed == []


def ran(command: str, place: Place) -> tuple[int, str]:
    """The exit code and what it says: in this process where it is ours alone, which saves its imports, else in a shell."""
    if command.startswith("enforcement ") and not re.search(r"[|>]", command):
        result = CliRunner().invoke(
            commands, shlex.split(command)[1:], env=place.environment, prog_name="enforcement"
        )
        return result.exit_code, result.output
    done = subprocess.run(
        ["bash", "-c", command], cwd=place.folder, env={**os.environ, **place.environment},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    found_nothing = "| grep" in command and done.returncode == 1
    return 0 if found_nothing else done.returncode, done.stdout + done.stderr


def test_every_query_of_the_pages_is_answered(place: Place):
    """By a real Prometheus that scrapes the worker and has the committed rules."""
    tool("promtool")
    rules = ROOT / "deploy" / "prometheus" / "recording.yaml"
    config = {
        "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
        "rule_files": [str(rules)],
        "scrape_configs": [{"job_name": "worker", "static_configs": [{"targets": [place.metrics]}]}],
    }
    queries = dict.fromkeys(
        typed(line) for _, line in lines() if is_run(line) and line.startswith("promtool ")
    )
    with prometheus_on(place.folder / "blocks", config=json.dumps(config)) as server:
        failed = []
        for query in queries:
            words = [word.replace(SERVER, server.address) for word in shlex.split(query)]
            done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
            if done.returncode or done.stderr:
                failed.append((query, done.stderr))
    assert failed == []
