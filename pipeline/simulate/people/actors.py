"""The people at work: they receive assignments, plan what to do (`decisions`), and act at its time, all in one thread."""

import heapq
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from datetime import date, datetime, time, timedelta
from functools import partial
from itertools import count
from threading import Condition, RLock
from typing import Final, NamedTuple

from pipeline.core.duty.people import StreetPeople
from pipeline.simulate.people.crews import INVENTED, Crews
from pipeline.simulate.people.decisions import decide, resume
from pipeline.simulate.people.person_steps import HABITS, Habits, PersonStep
from pipeline.simulate.world.day import Truth
from pipeline.simulate.world.seeded_chance import LOCAL
from pipeline.simulate.world.virtual_clock import VirtualClock
from schemas.duty.duty_actions import DutyAction
from schemas.inputs.action import Action, Arrive, Dispose, JointStep, Settle, Suspend, Whistle
from schemas.outputs import Assignment
from schemas.values.terms import AssignmentKind, AssignmentStatus, JointStatus, RequestKind, Stage

Job = Callable[[], None]
Key = tuple[str, str, AssignmentKind, int, RequestKind | None]
"""Identifies a task: case, team, kind, leg, and what is to be decided."""
IDLE_SECONDS_MAX: Final = 0.5


class Timetable:
    """Jobs by their virtual time. Any thread may add and cancel; one takes or runs them."""

    def __init__(self) -> None:
        """Start empty."""
        self._heap: list[tuple[datetime, int, Hashable, Job]] = []
        self._numbers = count()
        self._cancelled: set[Hashable] = set()
        self._changed = Condition()
        self._stopped = False

    def add(self, due: datetime, key: Hashable, job: Job) -> None:
        """Run `job` at `due`, unless its key is cancelled before."""
        with self._changed:
            heapq.heappush(self._heap, (due, next(self._numbers), key, job))
            self._changed.notify()

    def cancel(self, key: Hashable) -> None:
        """Drop the jobs under `key` that have not run; a key is never used again."""
        with self._changed:
            self._cancelled.add(key)

    def next_due(self) -> datetime | None:
        """When the next job is due; None without a job."""
        with self._changed:
            self._drop_cancelled()
            return self._heap[0][0] if self._heap else None

    def stop(self) -> None:
        """Make `run` return after the job it is running."""
        with self._changed:
            self._stopped = True
            self._changed.notify()

    def take(self) -> Job | None:
        """Remove and return the next job; None without a job."""
        with self._changed:
            self._drop_cancelled()
            return heapq.heappop(self._heap)[3] if self._heap else None

    def run(self, clock: VirtualClock) -> None:
        """Run each job when it is due by `clock`, until stopped. A job's error ends the run and is raised."""
        while (job := self._wait(clock)) is not None:
            job()

    def _wait(self, clock: VirtualClock) -> Job | None:
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

    A team that blew the whistle (吹哨) or requested a suspension (挂账) waits on site. It resumes when the request is denied, when
    every partner is done or waived, or when the suspension is over.
    """

    def __init__(
        self,
        seed: int,
        timetable: Timetable,
        act: Callable[[Action], None],
        habits: Habits = HABITS,
    ) -> None:
        """`act` pushes an action; the thread that runs the timetable calls it."""
        self._seed = seed
        self._timetable = timetable
        self._act = act
        self._habits = habits
        self._known: dict[str, Truth] = {}
        self._begun: dict[Key, int] = {}
        self._ended: dict[Key, int] = {}
        """The case's version at which each task began, and at which it ended; a task may begin again."""
        self._handlers: dict[str, str] = {}
        self._arrived: dict[str, tuple[str, ...]] = {}
        """Who came last, by case."""
        self._crews = INVENTED
        self._duty_day: date | None = None
        self._push_duty: Callable[[DutyAction], None]
        self._waiting: dict[str, _WaitingTeam] = {}
        self._partners: defaultdict[str, set[str]] = defaultdict(set)
        """The departments that each case still waits for."""
        self._changing = RLock()
        self.acted: Counter[str] = Counter()
        self._things: Mapping[str, str] = {}
        self._outliving: defaultdict[str, list[Hashable]] = defaultdict(list)
        """By case the steps that are planned for after the task's end."""

    def know(self, things: Mapping[str, str]) -> None:
        """What each case tells of, by its id, as whoever looks at two of them sees it. Of others they guess."""
        self._things = things

    def learn(self, known: Mapping[str, Truth]) -> None:
        """What a case really is about and where, by its id: whoever of the centre calls back is told."""
        self._known |= known

    def come_on_duty(
        self, people: Mapping[str, StreetPeople], first: date, say: Callable[[DutyAction], None]
    ) -> None:
        """From that day on those who are known go by their plan (`crews`), and the duty post does what it has to, each day at midnight.
        Once begun, it goes on. `say` pushes what the duty post says.
        """
        if self._duty_day is None and people:
            self._push_duty = say
            self._crews = Crews(self._seed, people, first)
            self._plan_duty(first)

    def _plan_duty(self, day: date) -> None:
        """Of one day, and at its end of the next."""
        self._duty_day = day
        for plan in self._crews.plans.values():
            self._will_say(plan.actions(day))
        midnight = datetime.combine(day + timedelta(days=1), time(), LOCAL)
        self._timetable.add(midnight, midnight, partial(self._plan_duty, midnight.date()))

    def _will_say(self, actions: Iterable[DutyAction]) -> None:
        for said in actions:
            self._timetable.add(said.acted_at, said.action_id, partial(self._say, said))

    def _say(self, said: DutyAction) -> None:
        self._push_duty(said)
        self.acted[said.action] += 1

    def hear(self, task: Assignment) -> None:
        """Plan the actions for an open assignment; drop those of one that is done or withdrawn.

        A repeated assignment changes nothing, so any number of readers may deliver it any number of times. One that
        tells of a report after the disposal is planned anew: that report has to be answered.
        """
        asked = task.request.kind if task.request else None
        key = (task.case_id, task.team, task.kind, task.leg, asked)
        with self._changing:
            begun, ended = self._begun.get(key, 0), self._ended.get(key, 0)
            if task.status is not AssignmentStatus.OPEN:
                if task.case_version > ended:
                    self._ended[key] = task.case_version
                    self._timetable.cancel((key, begun))
                    self._task_ended(task)
            elif begun <= ended < task.case_version or (task.reported_again and begun < task.case_version):
                self._timetable.cancel((key, begun))  # of a task that is told again, what was planned before
                self._begun[key] = task.case_version
                self._plan((key, task.case_version), task)

    def _plan(self, key: Hashable, task: Assignment) -> None:
        if task.kind is AssignmentKind.JOINT:
            self._partners[task.case_id].add(task.team)
        handler, known = self._handlers.get(task.case_id), self._known.get(task.case_id)
        steps = decide(
            self._seed, task, handler, self._habits, known, is_one=self._is_one(task), crews=self._crews
        )
        self._will_say(self._crews.taken())
        self._schedule(key, steps)
        for step in steps:
            if isinstance(step.action, Whistle | Suspend):
                self._waiting[task.case_id] = _WaitingTeam(task, key, step.action)

    def _is_one(self, task: Assignment) -> bool | None:
        """Of a likely duplicate: whether both cases tell of one thing; None where they do not know."""
        into = task.request.into if task.request else None
        one, other = self._things.get(task.case_id), self._things.get(into or "")
        return one == other if one and other else None

    def _schedule(self, key: Hashable, steps: list[PersonStep]) -> None:
        for step in steps:
            own = step.action.action_id if step.outlives_task else key
            if step.outlives_task:
                self._outliving[step.action.case_id].append(own)
            self._timetable.add(step.due, own, partial(self._do, step.action))

    def _task_ended(self, task: Assignment) -> None:
        """A decision, or a partner's end, lets the team that waits for it resume. Of a case that went into another nothing is left to do."""
        if task.stage is Stage.MERGED:
            for own in self._outliving.pop(task.case_id, []):
                self._timetable.cancel(own)
        waiting = self._waiting.get(task.case_id)
        match task.kind:
            case AssignmentKind.HANDLE:
                self._waiting.pop(task.case_id, None)
                self._partners.pop(task.case_id, None)
            case AssignmentKind.JOINT if task.team in self._partners[task.case_id]:
                self._partner_done(task.case_id, task.team, task.at)
            case AssignmentKind.APPROVE if waiting and task.stage is Stage.SUSPENDED:
                request = waiting.request
                self._resume(task.case_id, request.until if isinstance(request, Suspend) else task.at)
            case AssignmentKind.APPROVE if waiting and task.stage is not Stage.JOINT_IN_PROGRESS:
                self._resume(task.case_id, task.at)
            case _:
                pass

    def _partner_done(self, case_id: str, department: str, at: datetime) -> None:
        self._partners[case_id].discard(department)
        if not self._partners[case_id]:
            self._resume(case_id, at)

    def _resume(self, case_id: str, at: datetime) -> None:
        waiting = self._waiting.pop(case_id, None)
        if waiting is not None:
            came = self._arrived.get(case_id, ())
            self._schedule(waiting.key, resume(self._seed, waiting.task, at, self._habits, came, self._crews))

    def _do(self, action: Action) -> None:
        with (
            self._changing
        ):  # before the action is pushed, since its answer may arrive at once in another thread
            if isinstance(action, Dispose):
                self._handlers[action.case_id] = action.actor.id
            elif isinstance(action, Arrive):
                self._arrived[action.case_id] = action.officers
            elif isinstance(action, JointStep) and action.status is JointStatus.REFUSED:
                self._partners[action.case_id].add(_REFUSED + (action.actor.team or ""))
        self._act(action)
        self.acted[action.action] += 1
        if isinstance(action, Settle):
            with self._changing:
                self._partner_done(action.case_id, _REFUSED + action.department, action.acted_at)


class _WaitingTeam(NamedTuple):
    """A team on site that cannot finish yet: its task, the key of its plan, and its request."""

    task: Assignment
    key: Hashable
    request: Whistle | Suspend


_REFUSED: Final = "refused by "
"""Prefix of a department that refuses to come: under this name it holds the case up until the centre waives it."""
