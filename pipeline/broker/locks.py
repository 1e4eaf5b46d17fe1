"""One process at a time: file locks that the system releases when their holder dies."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.broker.broker_errors import BrokerError
from pipeline.broker.progress import OnProgress, StartProgress, StartStage


@contextmanager
def exclusive(path: Path, on_progress: OnProgress) -> Iterator[None]:
    """Holds `path` alone; where another holds it, reports Stage.WAIT once and waits for the end of that.

    Raises:
        BrokerError: not_writable, where the lock's folder cannot be made or written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise BrokerError(
            "not_writable", f"{path.parent}: {error.strerror}; name a folder of your own"
        ) from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            on_progress(StartProgress(StartStage.WAIT))
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)  # releases the lock
