"""Fixtures every package's tests share."""

import os
from collections.abc import Iterator

import pytest

from pipeline.broker import Broker


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real Kafka of this test run's own; it ends with the run, failed or not."""
    broker = Broker.start(tmp_path_factory.mktemp("kafka"), port=0)
    try:
        yield broker.address
    finally:
        # a test may have killed and restarted it: ask for the one that runs now
        if running := Broker.find(broker.folder):
            running.stop()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test that takes a broker is a broker test, said or not."""
    for item in items:
        if "kafka" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.broker)


def pytest_configure() -> None:
    """No test meets a developer's own broker or data."""
    os.environ.pop("ENFORCEMENT_HOME", None)
