"""Threads, flags, locks and elapsed time. The time of day is in `worker_clock`.

The only place of the worker's partitions that knows of real threads: on another machine the same code is simulated.
"""

import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Final, Protocol


class Flag(Protocol):
    """As `threading.Event`."""

    def is_set(self) -> bool: ...

    def set(self) -> None: ...

    def clear(self) -> None: ...

    def wait(self, timeout: float | None = None) -> bool: ...


class Thread(Protocol):
    """As `threading.Thread`."""

    def start(self) -> None: ...

    def join(self, timeout: float | None = None) -> None: ...

    def is_alive(self) -> bool: ...


class Machine:
    """The real machine."""

    def monotonic(self) -> float:
        """Seconds that never run back; waits are measured by them."""
        return time.monotonic()

    def boot_seconds(self) -> float:
        """Seconds since boot, time asleep included: what shows that this process was frozen or its machine suspended."""
        return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))

    def flag(self) -> Flag:
        """A flag that is not set."""
        return threading.Event()

    def lock(self) -> AbstractContextManager[object]:
        """A free lock."""
        return threading.Lock()

    def thread(self, run: Callable[[], None], name: str) -> Thread:
        """A thread that is not started; it does not keep the process alive."""
        return threading.Thread(target=run, name=name, daemon=True)


MACHINE: Final = Machine()
