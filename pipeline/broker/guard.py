"""A broker that does not outlive its block: for tests and the demo, which may be killed or crash."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from pipeline.broker.process import HEAP_MB_DEFAULT, Broker
from pipeline.broker.progress import OnProgress, ignore_progress

# The guard's standard input ends when its starter ends, however that was: also by SIGKILL or a crash in C code.
GUARD: Final = """
import pathlib, sys
from pipeline.broker.process import Broker
sys.stdin.read()
left = Broker.find(pathlib.Path(sys.argv[1]))
if left:
    left.kill()
"""


@contextmanager
def borrowed_broker(
    folder: Path,
    *,
    port: int | None = 0,
    heap_mb: int = HEAP_MB_DEFAULT,
    on_progress: OnProgress = ignore_progress,
) -> Iterator[Broker]:
    """A serving broker of `folder` that is stopped when the block ends, and killed when this process dies in it.

    What runs in `folder` at the end is ended: also a broker the block restarted. Records stay. Arguments and
    errors are those of `Broker.start`; the port is any free one, unless named.
    """
    folder = folder.expanduser().resolve()
    command = [sys.executable, "-c", GUARD, str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True) as guard:
        try:
            yield Broker.start(folder, port=port, heap_mb=heap_mb, on_progress=on_progress)
        finally:
            if running := Broker.find(folder):
                running.stop()
            guard.communicate()
