"""Work in a folder, and what the system may refuse there. One process at a time; the system releases the lock when its holder dies, also by SIGKILL."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from pipeline.broker.broker_errors import BrokerError
from pipeline.broker.progress import OnProgress, StartProgress, StartStage


@contextmanager
def exclusive(path: Path, on_progress: OnProgress) -> Iterator[None]:
    """Holds the lock file `path` alone; while another process holds it, reports StartStage.WAIT once and waits.

    Raises:
        BrokerError: not_writable, where the lock's folder cannot be made or written.
    """
    # without flock, filelock would fall back to a marker file, which outlives a killed holder
    lock = FileLock(path, fallback_to_soft=False)
    if not _is_acquired_at_once(lock, path):
        on_progress(StartProgress(StartStage.WAIT))
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


@contextmanager
def plain_disk_errors(folder: Path) -> Iterator[None]:
    """Says in one line what the system refused."""
    try:
        yield
    except OSError as error:
        code = "no_disk" if error.errno == errno.ENOSPC else "not_writable"
        raise BrokerError(
            code, f"{folder}: {error.strerror or error}; name another folder in ENFORCEMENT_HOME"
        ) from error


def _is_acquired_at_once(lock: FileLock, path: Path) -> bool:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire(blocking=False)
    except Timeout:  # an OSError, too
        return False
    except OSError as error:
        raise BrokerError(
            "not_writable", f"{path.parent}: {error.strerror}; name a folder of your own"
        ) from error
    return True
