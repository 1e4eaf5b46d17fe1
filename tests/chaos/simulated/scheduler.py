"""One thread runs everything: tasks take turns, on a clock that jumps from one event to the next. Nothing here knows Kafka.

A task is a greenlet, so code written for threads runs in it as it is: it is suspended where it would wait. Who comes next
is a matter of the times that seeded latencies give, hence the same for the same seed.
"""

import heapq
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Final

from greenlet import GreenletExit, getcurrent, greenlet

from pipeline.stream.machine import Machine

_LEAST_S: Final = 1e-6


class Process:
    """An operating system's process: what it runs stops together when it is frozen, and dies together."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.alive = True
        self.frozen_until = 0.0
        self.tasks: list[Task] = []
        self.held: list[tuple[Task, int]] = []
        """Whose turn came while it was frozen: they go on together."""


class Task:
    """What runs as a thread of a process."""

    def __init__(self, scheduler: "Scheduler", process: Process, run: Callable[[], None]) -> None:
        self.process = process
        self.turn = 0
        """Counts its turns: a wake-up for an earlier turn is void."""
        self.ended = Flag(scheduler)
        self.glet = greenlet(self._run, parent=scheduler.hub)  # who starts it must not go on when it ends
        self._body = run

    def _run(self) -> None:
        try:
            self._body()
        finally:
            self.ended.set()


class Scheduler:
    """`now` is in seconds. Whoever is called by `call_at` must not wait; whoever runs in a task may."""

    def __init__(self) -> None:
        self.now = 0.0
        self.steps = 0
        self.stopped = False
        self._numbers = 0
        self._dying: list[Process] = []
        self._heap: list[tuple[float, int, Task | Callable[[], None], int]] = []
        self.hub = getcurrent()
        self._running: Task | None = None

    @property
    def running(self) -> Task:
        """The task whose turn it is."""
        if self._running is None:
            raise RuntimeError("only a task may wait")
        return self._running

    def who(self) -> str:
        """The name of the process that runs now; a dash where it is the world outside."""
        return self._running.process.name if self._running else "-"

    def call_at(self, moment: float, what: Callable[[], None]) -> None:
        """`what` happens then."""
        self._push(moment, what, 0)

    def spawn(self, process: Process, run: Callable[[], None]) -> Task:
        """A task that begins now."""
        task = Task(self, process, run)
        process.tasks.append(task)
        self._push(self.now, task, 0)
        return task

    def wake(self, task: Task, turn: int) -> None:
        """The task goes on now, if it still waits as it did in that turn."""
        self._push(self.now, task, turn)

    def wait(self, seconds: float | None) -> None:
        """The running task goes on when it is woken, at the latest after so long."""
        task = self.running
        if not task.process.alive:
            raise GreenletExit
        if seconds is not None:
            # no wait takes no time: else a time too short for a float would be waited for again and again
            self._push(self.now + max(seconds, _LEAST_S), task, task.turn)
        self.hub.switch()

    def freeze(self, process: Process, seconds: float) -> None:
        """Nothing of the process goes on for so long, or for longer if it is frozen already."""
        process.frozen_until = max(process.frozen_until, self.now + seconds)

    def thaw(self, process: Process) -> None:
        """The process goes on, all of it, now."""
        process.frozen_until = self.now
        self._thaw(process)

    def kill(self, process: Process) -> None:
        """The process is gone: what it was doing ends where it stands, and nothing it still does has any effect."""
        process.alive = False
        self._dying.append(process)
        self.call_at(self.now, lambda: self._reap(process))

    def run(self, deadline: float, steps_max: int) -> None:
        """One event after the other, until all is done, `stop` was called, or a limit is reached."""
        heap = self._heap
        while heap and not self.stopped and heap[0][0] <= deadline and self.steps < steps_max:
            moment, _, what, turn = heapq.heappop(heap)
            self.now = max(self.now, moment)
            self.steps += 1
            if isinstance(what, Task):
                self._give_turn(what, turn)
            else:
                what()

    def reap(self, processes: Iterable[Process]) -> None:
        """The end: these processes are gone, and nothing more comes."""
        for process in (*self._dying, *processes):
            process.alive = False
            self._reap(process)
        self._heap.clear()

    def _give_turn(self, task: Task, turn: int) -> None:
        if task.turn != turn or not task.process.alive or task.glet.dead:
            return
        if task.process.frozen_until > self.now:
            self._hold(task, turn)
            return
        task.turn += 1
        self._running = task
        try:
            task.glet.switch()
        finally:
            self._running = None

    def _hold(self, task: Task, turn: int) -> None:
        process = task.process
        if not process.held:
            self.call_at(process.frozen_until, lambda: self._thaw(process))
        process.held.append((task, turn))

    def _thaw(self, process: Process) -> None:
        if process.frozen_until > self.now:  # frozen once more, or for longer
            self.call_at(process.frozen_until, lambda: self._thaw(process))
            return
        held, process.held = process.held, []
        for task, turn in held:
            self._push(self.now, task, turn)

    def _reap(self, process: Process) -> None:
        for task in process.tasks:
            if task.glet and not task.glet.dead:
                self._running = task
                task.glet.throw(GreenletExit)
        self._running = None
        process.tasks.clear()

    def _push(self, moment: float, what: Task | Callable[[], None], turn: int) -> None:
        self._numbers += 1
        heapq.heappush(self._heap, (moment, self._numbers, what, turn))


class Flag:
    """As `threading.Event`."""

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler
        self._set = False
        self._waiting: list[tuple[Task, int]] = []

    def is_set(self) -> bool:
        return self._set

    def set(self) -> None:
        self._set = True
        for task, turn in self._waiting:
            self._scheduler.wake(task, turn)
        self._waiting.clear()

    def clear(self) -> None:
        self._set = False

    def wait(self, timeout: float | None = None) -> bool:
        if not self._set:
            task = self._scheduler.running
            self._waiting = [one for one in self._waiting if one[0].turn == one[1]]
            self._waiting.append((task, task.turn))
            self._scheduler.wait(timeout)
        return self._set


class Lock:
    """As `threading.Lock`."""

    def __init__(self, scheduler: Scheduler) -> None:
        self._free = Flag(scheduler)
        self._free.set()

    def __enter__(self) -> None:
        while not self._free.is_set():
            self._free.wait()
        self._free.clear()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._free.set()


class Thread:
    """As `threading.Thread`."""

    def __init__(self, scheduler: Scheduler, process: Process, run: Callable[[], None]) -> None:
        self._scheduler = scheduler
        self._process = process
        self._target = run
        self._task: Task | None = None

    def start(self) -> None:
        self._task = self._scheduler.spawn(self._process, self._target)

    def join(self, timeout: float | None = None) -> None:
        if self._task is not None:
            self._task.ended.wait(timeout)

    def is_alive(self) -> bool:
        return self._task is not None and not self._task.ended.is_set()


class SimulatedMachine(Machine):
    """The machine of one simulated process."""

    def __init__(self, scheduler: Scheduler, process: Process) -> None:
        self._scheduler = scheduler
        self._process = process

    def monotonic(self) -> float:
        """Virtual seconds."""
        return self._scheduler.now

    def boot_seconds(self) -> float:
        """The same: a frozen process' clocks go on."""
        return self._scheduler.now

    def flag(self) -> Flag:
        """Not set."""
        return Flag(self._scheduler)

    def lock(self) -> Lock:
        """Free."""
        return Lock(self._scheduler)

    def thread(self, run: Callable[[], None], name: str) -> Thread:
        """Not started."""
        return Thread(self._scheduler, self._process, run)
