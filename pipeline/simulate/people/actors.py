"""The people at work: they hear assignments, decide (`decisions`), and act when it is time. One thread does it all."""

import heapq
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable
from datetime import datetime
from functools import partial
from itertools import count
from threading import Condition, RLock
from typing import Final, NamedTuple

from pipeline.simulate.people.decisions import decide, go_on
from pipeline.simulate.people.person_steps import HABITS, Habits, PersonStep
from pipeline.simulate.world.virtual_clock import VirtualClock
from schemas.inputs.action import Action, Dispose, JointStep, Settle, Suspend, Whistle
from schemas.outputs import Assignment
from schemas.values.terms import AssignmentKind, AssignmentStatus, JointStatus, Stage

Deed = Callable[[], None]
Key = tuple[str, str, AssignmentKind, int]
"""Of a task: the case, the team, the kind and the leg."""
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
    """All teams, verifiers, clerks and departments of all streets.

    A team that blew the whistle or asked for a suspension waits on site. It goes on when the answer is no, when every partner
    is done or let be, or when the suspension is over.
    """

    def __init__(
        self, seed: int, timetable: Timetable, act: Callable[[Action], None], habits: Habits = HABITS
    ) -> None:
        """`act` pushes an action; it is called from the thread that runs the timetable."""
        self._seed = seed
        self._timetable = timetable
        self._act = act
        self._habits = habits
        self._begun: dict[Key, int] = {}
        self._ended: dict[Key, int] = {}
        """Of each task, at which version of the case it was heard of and at which it was over; it may come again."""
        self._handlers: dict[str, str] = {}
        self._waiting: dict[str, _Waiting] = {}
        self._partners: defaultdict[str, set[str]] = defaultdict(set)
        """Of each case, the departments that it still waits for."""
        self._changing = RLock()
        self.acted: Counter[str] = Counter()

    def hear(self, task: Assignment) -> None:
        """Plan what will be done about an open assignment; let go of one that is done or withdrawn.

        The same assignment heard again changes nothing, so any number of readers may deliver it any number of times.
        """
        key = (task.case_id, task.team, task.kind, task.leg)
        with self._changing:
            begun, ended = self._begun.get(key, 0), self._ended.get(key, 0)
            if task.status is not AssignmentStatus.OPEN:
                if task.case_version > ended:
                    self._ended[key] = task.case_version
                    self._timetable.cancel((key, begun))
                    self._over(task)
            elif begun <= ended < task.case_version:
                self._begun[key] = task.case_version
                self._plan((key, task.case_version), task)

    def _plan(self, key: Hashable, task: Assignment) -> None:
        if task.kind is AssignmentKind.JOINT:
            self._partners[task.case_id].add(task.team)
        steps = decide(self._seed, task, self._handlers.get(task.case_id), self._habits)
        self._schedule(key, steps)
        for step in steps:
            if isinstance(step.action, Whistle | Suspend):
                self._waiting[task.case_id] = _Waiting(task, key, step.action)

    def _schedule(self, key: Hashable, steps: list[PersonStep]) -> None:
        for step in steps:
            own = step.action.action_id if step.stands else key
            self._timetable.add(step.due, own, partial(self._do, step.action))

    def _over(self, task: Assignment) -> None:
        """What was decided, or that a partner is done, lets a team go on that waits for it."""
        waiting = self._waiting.get(task.case_id)
        match task.kind:
            case AssignmentKind.HANDLE:
                self._waiting.pop(task.case_id, None)
                self._partners.pop(task.case_id, None)
            case AssignmentKind.JOINT if task.team in self._partners[task.case_id]:
                self._is_done(task.case_id, task.team, task.at)
            case AssignmentKind.APPROVE if waiting and task.stage is Stage.SUSPENDED:
                asked = waiting.asked
                self._go_on(task.case_id, asked.until if isinstance(asked, Suspend) else task.at)
            case AssignmentKind.APPROVE if waiting and task.stage is not Stage.JOINT_IN_PROGRESS:
                self._go_on(task.case_id, task.at)
            case _:
                pass

    def _is_done(self, case_id: str, department: str, at: datetime) -> None:
        self._partners[case_id].discard(department)
        if not self._partners[case_id]:
            self._go_on(case_id, at)

    def _go_on(self, case_id: str, at: datetime) -> None:
        waiting = self._waiting.pop(case_id, None)
        if waiting is not None:
            self._schedule(waiting.key, go_on(self._seed, waiting.task, at, self._habits))

    def _do(self, action: Action) -> None:
        with self._changing:  # before it is answered: whoever hears the answer knows it
            if isinstance(action, Dispose):
                self._handlers[action.case_id] = action.actor.id
            elif isinstance(action, JointStep) and action.status is JointStatus.REFUSED:
                self._partners[action.case_id].add(_REFUSED + (action.actor.team or ""))
        self._act(action)
        self.acted[action.action] += 1
        if isinstance(action, Settle):
            with self._changing:
                self._is_done(action.case_id, _REFUSED + action.department, action.acted_at)


class _Waiting(NamedTuple):
    """A team on site that cannot finish: its task, the key of its plan, and what it asked for."""

    task: Assignment
    key: Hashable
    asked: Whistle | Suspend


_REFUSED: Final = "refused by "
"""A department that will not come holds the case up, under another name, until the centre lets it be."""
