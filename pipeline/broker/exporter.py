"""Kafka's own metrics for Prometheus: an agent in the broker's Java shows what Kafka counts of itself."""

import shutil
from pathlib import Path
from typing import Final

from pipeline.broker.java.jars import jars_folder, read_pins
from pipeline.broker.progress import OnProgress

PIN: Final = Path(__file__).with_name("exporter.txt")
NAMES: Final = Path(__file__).with_name("exporter.yaml")
PORT: Final = 9404
"""As others have it."""
JAR: Final = "exporter.jar"


def agent(on_progress: OnProgress) -> Path:
    """The agent's jar; fetched now if it never was.

    Raises:
        BrokerError: as `jars_folder`.
    """
    [pin] = read_pins(PIN)
    return jars_folder(on_progress, PIN) / pin.filename


def option(jar: Path, names: Path, address: str) -> str:
    """What Java is started with; `address` is a port, or host:port."""
    return f"-javaagent:{jar}={address}:{names}"


def put_into(folder: Path, on_progress: OnProgress) -> str:
    """Copies the agent and its names to `folder`, for a broker that somebody else starts; the option for it.

    Raises:
        BrokerError: as `jars_folder`.
        OSError: the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    jar, names = folder / JAR, folder / NAMES.name
    shutil.copyfile(agent(on_progress), jar)
    shutil.copyfile(NAMES, names)
    return option(jar, names, str(PORT))
