"""What the worker takes of its machine: threads, what they wait for, and time that passes. `clock` has the time of day.

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
    """The real one."""

    def monotonic(self) -> float:
        """Seconds that only grow; what a wait is measured by."""
        return time.monotonic()

    def boot_seconds(self) -> float:
        """Seconds since boot, time asleep included: what shows that this process was frozen or its machine suspended."""
        return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))

    def flag(self) -> Flag:
        """Not set."""
        return threading.Event()

    def lock(self) -> AbstractContextManager[object]:
        """Free."""
        return threading.Lock()

    def thread(self, run: Callable[[], None], name: str) -> Thread:
        """Not started; it does not keep the process alive."""
        return threading.Thread(target=run, name=name, daemon=True)


MACHINE: Final = Machine()
