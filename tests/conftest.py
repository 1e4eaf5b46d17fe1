"""Fixtures every package's tests share."""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from pipeline.broker import Cluster, borrowed_broker, borrowed_cluster
from pipeline.rulebook import RULES_DIR
from pipeline.rulebook.people.people_files import PEOPLE_FOLDER
from pipeline.rulesdiff.rules_options import VARIABLE
from pipeline.words.spoken import speak

LONGEST: Final = (
    "tests/chaos/test_run.py",
    "tests/audit/test_mutants.py",
    "tests/deploy/outage/test_board_in_trouble.py",
    "tests/stream/test_worker.py",
    "tests/chaos/simulated/test_simulation.py",
    "tests/audit/on_a_broker/test_day.py",
    "tests/core/players/test_actors.py",
    "tests/stream/test_broker_loss.py",
    "tests/stream/test_silent_broker.py",
    "tests/broker/test_cluster.py",
    "tests/edge/test_loop.py",
    "tests/audit/test_good_logs.py",
    "tests/broker/test_broker.py",
    "tests/deploy/test_grafana_code.py",
    "tests/broker/test_local_settings.py",
    "tests/docs/test_contributing.py",
    "tests/edge/test_no_answer.py",
    "tests/simulate/test_dry_run.py",
    "tests/edge/client/test_following_reader.py",
    "tests/simulate/test_demo.py",
)
"""The files that take longest, longest first, and those that wait among those that compute: where several processes share the run
they are handed out first, so that none ends alone, and no core stands still while a session or a broker is waited for."""


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real Kafka of this test run's own; it ends with the run, failed, killed or not."""
    with borrowed_broker(tmp_path_factory.mktemp("kafka")) as broker:
        yield broker.address


@pytest.fixture(scope="session")
def three_brokers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Three of this test run's own that replicate: a test may freeze, kill or stop one, and leaves all three running."""
    with borrowed_cluster(tmp_path_factory.mktemp("three")) as cluster:
        yield cluster


@pytest.fixture(autouse=True)
def the_environments_language() -> None:
    """A command speaks in a language for the rest of its process; the next test has it from the environment again."""
    speak(None)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A test that takes a broker is a broker test, said or not; in one of several processes the longest files stand first."""
    if hasattr(config, "workerinput"):
        places = {config.rootpath / path: place for place, path in enumerate(LONGEST)}
        items.sort(key=lambda item: places.get(Path(item.path), len(places)))
    for item in items:
        if {"kafka", "three_brokers"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.broker)


def pytest_configure(config: pytest.Config) -> None:
    """No test meets a developer's own broker or data; Ctrl-C reaches what tests start.

    Where the shell had SIGINT ignored (`nohup`, a job in the background, some CI), children would inherit that.
    """
    os.environ.pop("ENFORCEMENT_HOME", None)
    if not hasattr(config, "workerinput"):  # the processes of one run share it
        os.environ[VARIABLE] = str(_rules_without_people())
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_unconfigure(config: pytest.Config) -> None:
    """The copy of the rules goes with the run."""
    if not hasattr(config, "workerinput"):
        shutil.rmtree(Path(os.environ.pop(VARIABLE)).parent, ignore_errors=True)


def _rules_without_people() -> Path:
    """The shipped rules without their people, by which the workers and commands of the tests go: most officers there are invented, and where
    nobody is known nobody is asked who they are. A test about people names the shipped folder, or one of its own."""
    copy = Path(tempfile.mkdtemp(prefix="enforcement-rules-")) / "rules"
    return Path(shutil.copytree(RULES_DIR, copy, ignore=shutil.ignore_patterns(PEOPLE_FOLDER)))
