"""The people at work: they hear assignments, decide (`decisions`), and act when it is time. One thread does it all."""

import heapq
from collections import Counter
from collections.abc import Callable, Hashable
from datetime import datetime
from functools import partial
from itertools import count
from threading import Condition
from typing import Final

from pipeline.simulate.clock import VirtualClock
from pipeline.simulate.decisions import decide
from pipeline.simulate.steps import HABITS, Habits
from schemas.action import Action, Dispose
from schemas.outputs import Assignment
from schemas.terms import AssignmentStatus

Deed = Callable[[], None]
IDLE_SECONDS_MAX: Final = 0.5


class Timetable:
    """What is to be done when, in virtual time. Any thread may add and cancel; one takes or runs it."""

    def __init__(self) -> None:
        """Nothing is to be done yet."""
        self._heap: list[tuple[datetime, int, Hashable, Deed]] = []
        self._numbers = count()
        self._cancelled: set[Hashable] = set()
        self._changed = Condition()
        self._stopped = False

    def add(self, due: datetime, key: Hashable, deed: Deed) -> None:
        """`deed` is done at `due`, unless its key is cancelled before."""
        with self._changed:
            heapq.heappush(self._heap, (due, next(self._numbers), key, deed))
            self._changed.notify()

    def cancel(self, key: Hashable) -> None:
        """What is still to be done under `key` will not be done; a key is never used again."""
        with self._changed:
            self._cancelled.add(key)

    def next_due(self) -> datetime | None:
        """When the next deed is due; None when nothing is to be done."""
        with self._changed:
            self._drop_cancelled()
            return self._heap[0][0] if self._heap else None

    def stop(self) -> None:
        """`run` returns after the deed it is at."""
        with self._changed:
            self._stopped = True
            self._changed.notify()

    def take(self) -> Deed | None:
        """The next deed, no longer to be done by anybody else; None when nothing is to be done."""
        with self._changed:
            self._drop_cancelled()
            return heapq.heappop(self._heap)[3] if self._heap else None

    def run(self, clock: VirtualClock) -> None:
        """Do each deed when `clock` says that it is due, until stopped. A deed's error ends the run and is raised."""
        while (deed := self._wait(clock)) is not None:
            deed()

    def _wait(self, clock: VirtualClock) -> Deed | None:
        with self._changed:
            while not self._stopped:
                self._drop_cancelled()
                wait_s = clock.real_seconds_until(self._heap[0][0]) if self._heap else IDLE_SECONDS_MAX
                if self._heap and wait_s <= 0:
                    return heapq.heappop(self._heap)[3]
                self._changed.wait(min(wait_s, IDLE_SECONDS_MAX))
        return None

    def _drop_cancelled(self) -> None:
        while self._heap and self._heap[0][2] in self._cancelled:
            heapq.heappop(self._heap)


class People:
    """All teams, verifiers and clerks of all streets."""

    def __init__(
        self, seed: int, timetable: Timetable, act: Callable[[Action], None], habits: Habits = HABITS
    ) -> None:
        """`act` pushes an action; it is called from the thread that runs the timetable."""
        self._seed = seed
        self._timetable = timetable
        self._act = act
        self._habits = habits
        self._heard: set[Hashable] = set()
        self._handlers: dict[str, str] = {}
        self.acted: Counter[str] = Counter()

    def hear(self, task: Assignment) -> None:
        """Plan what will be done about an open assignment; let go of one that is done or withdrawn.

        The same assignment heard again changes nothing, so any number of readers may deliver it any number of times.
        """
        key = (task.case_id, task.team, task.kind, task.leg)
        if task.status is not AssignmentStatus.OPEN:
            self._timetable.cancel(key)
            return
        if key in self._heard:
            return
        self._heard.add(key)
        for step in decide(self._seed, task, self._handlers.get(task.case_id), self._habits):
            self._timetable.add(step.due, key, partial(self._do, step.action))

    def _do(self, action: Action) -> None:
        if isinstance(action, Dispose):
            self._handlers[action.case_id] = action.actor.id
        self._act(action)
        self.acted[action.action] += 1
