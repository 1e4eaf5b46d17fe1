"""One Java process: made in a session of its own, known by its command line, taken off the list when it died."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path
from typing import Final

from pipeline.broker.broker_errors import BrokerError
from pipeline.broker.java import runtime as java
from pipeline.broker.running_address import command_line_of, properties_file

COMMAND_LINE_SECONDS_MAX: Final = 5


def spawned(command: list[str], log: Path, environment: dict[str, str]) -> int:
    """The id of a new process that writes to `log`, in a session of its own: Ctrl-C for the caller is not one for it.

    On return the process shows its command line, by which `is_running` recognises it, or has died.
    """
    streams = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, str(log), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644),
        (os.POSIX_SPAWN_DUP2, 1, 2),
    ]
    # no Popen: it would warn of, and later wait for, a process that is meant to outlive its starter
    pid = os.posix_spawn(
        command[0], command, java.environment() | environment, file_actions=streams, setsid=True
    )
    # for a moment the system shows an empty command line, which on a busy machine was taken for a death
    deadline = time.monotonic() + COMMAND_LINE_SECONDS_MAX
    while not command_line_of(pid) and not reap(pid) and time.monotonic() < deadline:
        time.sleep(0.001)
    return pid


def format_data(
    runtime: Path, jars: Path, folder: Path, cluster_id: str, environment: dict[str, str], *, alone: bool
) -> None:
    """Makes `data/` a Kafka log folder, by the folder's `server.properties`. `--ignore-formatted`: an earlier one may have been cut off."""
    quorum = ["--standalone"] if alone else []  # of several, the settings name the voters
    config = str(properties_file(folder))
    arguments = ["format", *quorum, "--ignore-formatted", "-t", cluster_id, "-c", config]
    command = java.command_line(runtime, jars, folder, 128, "kafka.tools.StorageTool", *arguments)
    result = subprocess.run(
        command,
        env=java.environment() | environment,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if result.returncode != 0:
        raise BrokerError("broker_died", f"formatting {folder}: {last_line(result.stderr or result.stdout)}")


def reap(pid: int) -> bool:
    """Takes the dead child off the system's list; True where it was our child and had died."""
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    except ChildProcessError:
        return False


def last_line(text: str) -> str:
    """What a program said last, at most 300 characters; "no message" where it said nothing."""
    lines = text.strip().splitlines()
    return lines[-1].strip()[:300] if lines else "no message"
