"""Fixtures every package's tests share."""

import os
import signal
from collections.abc import Iterator

import pytest

from pipeline.broker import borrowed_broker
from pipeline.words.spoken import speak


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real Kafka of this test run's own; it ends with the run, failed, killed or not."""
    with borrowed_broker(tmp_path_factory.mktemp("kafka")) as broker:
        yield broker.address


@pytest.fixture(autouse=True)
def the_environments_language() -> None:
    """A command speaks in a language for the rest of its process; the next test has it from the environment again."""
    speak(None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test that takes a broker is a broker test, said or not."""
    for item in items:
        if "kafka" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.broker)


def pytest_configure() -> None:
    """No test meets a developer's own broker or data; Ctrl-C reaches what tests start.

    Where the shell had SIGINT ignored (`nohup`, a job in the background, some CI), children would inherit that.
    """
    os.environ.pop("ENFORCEMENT_HOME", None)
    signal.signal(signal.SIGINT, signal.default_int_handler)
