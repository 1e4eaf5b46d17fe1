"""What a block starts does not outlive its starter, and nothing else is touched."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import pytest

from pipeline.broker import guarded

WAITING = "import signal; signal.pause()"
STARTER = f"""
import os, signal, subprocess, sys
from pipeline.broker import guarded
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # nohup has it ignored
with guarded() as environment:
    child = subprocess.Popen([sys.executable, "-c", {WAITING!r}], env=os.environ | environment, start_new_session=True)
    print(child.pid, flush=True)
    signal.pause()
"""


@pytest.mark.parametrize("ending", ["SIGINT", "SIGTERM", "SIGHUP", "SIGKILL"])
def test_a_child_ends_with_its_starter(ending: str) -> None:
    """However that ends; also a child in a session of its own, which no signal of the terminal reaches."""
    with subprocess.Popen([sys.executable, "-c", STARTER], stdout=subprocess.PIPE) as starter:
        child = psutil.Process(int(starter.stdout.readline()))
        starter.send_signal(signal.Signals[ending])
        starter.communicate()
    with waiting_process() as stranger:
        child.wait(120)
        assert stranger.poll() is None


def test_a_child_may_outlive_the_block() -> None:
    """Only a starter that dies takes its children with it."""
    with guarded() as environment:
        child = subprocess.Popen([sys.executable, "-c", WAITING], env=os.environ | environment)
    assert child.poll() is None
    child.kill()
    child.wait()


@contextmanager
def waiting_process() -> Iterator["subprocess.Popen[bytes]"]:
    """A process that nobody guards."""
    with subprocess.Popen([sys.executable, "-c", WAITING]) as process:
        try:
            yield process
        finally:
            process.kill()
