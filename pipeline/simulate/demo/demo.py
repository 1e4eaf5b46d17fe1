"""A street's whole day on a real broker: pushed and worked in virtual time by the public client, counted from the topics."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta
from datetime import time as time_of_day
from functools import partial
from threading import Event, Lock
from typing import Final, NamedTuple

from rich.console import Console

from pipeline.core.rules.rules import Rules
from pipeline.edge.client import Client, PendingReceipt
from pipeline.simulate.demo import deployment, screen
from pipeline.simulate.demo.deployment import Deployment, Worker
from pipeline.simulate.demo.live_state import SHOWN_TOPICS, Line, LiveState
from pipeline.simulate.demo.screen_picture import Picture
from pipeline.simulate.people.actors import People, Timetable
from pipeline.simulate.tally.against_truth import AgainstTruth, against_truth
from pipeline.simulate.tally.day_counts import DayCounts, audit_day, count_day
from pipeline.simulate.tally.topic_reader import Reader, read_entries
from pipeline.simulate.world.day import Day, Push
from pipeline.simulate.world.seeded_chance import LOCAL
from pipeline.simulate.world.virtual_clock import VirtualClock
from pipeline.words.spoken import said
from schemas.duty.duty_actions import DutyAction
from schemas.inputs.action import Action
from schemas.wire import codecs

LEAD_SECONDS: Final = 5.0
"""Real seconds before the virtual midnight: about what a worker takes to get ready."""

TAIL: Final = timedelta(minutes=30)
"""How long after the last push of the day the people go on."""

ANSWER_SECONDS: Final = 30.0
SHOW_SECONDS: Final = 0.25


class Result(NamedTuple):
    """The outcome of the day."""

    counts: DayCounts
    truth: AgainstTruth
    unaccounted: int
    latencies_ms: list[float]
    wall_s: float


def run_demo(
    day: Day,
    rules: Rules,
    speed: float,
    console: Console,
    address: str,
    *,
    kills: int = 0,
    keep: bool = False,
    picture: Picture | None = None,
) -> Result:
    """Run `day` at `speed` times real time on the brokers at `address`, shown on `console`, in topics of its own.

    The worker is killed `kills` times, evenly over the day, and restarted. Everything started here has ended at the return.
    `picture` keeps a screen of it.

    Raises:
        Unavailable: the brokers or the worker failed meanwhile.
    """
    begun = time.monotonic()
    midnight = datetime.combine(day.date, time_of_day(), LOCAL)
    clock = VirtualClock(midnight, time.time() + LEAD_SECONDS, speed)
    prefix = f"demo-{time.time_ns() // 1_000_000}."
    with deployment.deployment(address, prefix, clock.settings(), keep) as deployed:
        with deployment.running_worker(deployed) as worker, screen.live_screen(console) as show:
            shown = picture.beside(show) if picture else show
            demo_day = DemoDay(day, rules, clock, deployed, worker, shown, kills)
            demo_day.run()
        if keep:
            words = "Kept: topics {prefix}* on {address}, the worker's log in {file}"
            console.print(said(words, prefix=prefix, address=address, file=deployed.log_file))
        return _result(day, rules, deployed, demo_day, begun)


def _result(day: Day, rules: Rules, deployed: Deployment, demo_day: "DemoDay", begun: float) -> Result:
    """The outcome, counted anew from the beginning of the topics after the worker has ended."""
    pushed = [pending.place for pending in demo_day.pushed if pending.place is not None]
    audit = audit_day(deployed.settings, pushed)
    journal = read_entries(deployed.settings)
    entries = [entry for partition in sorted(journal) for entry in journal[partition]]
    return Result(
        count_day(journal, demo_day.ended_at, rules, audit),
        against_truth(day, entries),
        audit.unaccounted,
        demo_day.latencies_ms,
        time.monotonic() - begun,
    )


class DemoDay:
    """The running day. Threads: one pushes and acts by the timetable, one receives assignments, one reads for the screen."""

    def __init__(
        self,
        day: Day,
        rules: Rules,
        clock: VirtualClock,
        deployed: Deployment,
        worker: Worker,
        show: Callable[[screen.View], None],
        kills: int = 0,
    ) -> None:
        """`show` is called several times a second."""
        self._title = " ".join(rules.streets[street].name_zh for street in day.streets)
        self._clock = clock
        self._deployed = deployed
        self._worker = worker
        self._show = show
        self._client = Client(deployed.settings.brokers, topic_prefix=deployed.settings.topic_prefix)
        self._timetable = Timetable()
        self._people = People(day.seed, self._timetable, self._act)
        self._people.learn(day.known)
        self._people.know(day.things())
        here = {street: known for street, known in rules.people.items() if street in day.streets}
        self._people.come_on_duty(here, day.date, self._say)
        self._live_state, self._reading = LiveState(rules), Lock()
        self._over = Event()
        self._threads: tuple[Future[None], ...] = ()
        self._begins = clock.origin
        self.ended_at = max(clock.origin + timedelta(days=1), day.pushes[-1].at) + TAIL
        whole = self.ended_at - clock.origin
        self._kills = [clock.origin + whole * number / (kills + 1) for number in range(1, kills + 1)]
        self.pushed: list[PendingReceipt] = []
        self.latencies_ms: list[float] = []
        for push in day.pushes:
            self._timetable.add(push.at, push, partial(self._push, push))

    def run(self) -> None:
        """Run the whole day and its tail, then wait for each push's receipt, at most ANSWER_SECONDS.

        Raises:
            Unavailable: the broker or the worker failed.
        """
        with self._client, ThreadPoolExecutor(3, "demo") as pool:
            jobs = pool.submit(self._timetable.run, self._clock)
            self._threads = (jobs, pool.submit(self._hear), pool.submit(self._read))
            try:
                self._wait_until(lambda: self._clock.now() >= self.ended_at, None)
                self._timetable.stop()
                jobs.result(ANSWER_SECONDS)
                self._wait_until(self._is_answered, ANSWER_SECONDS)
            finally:
                self._over.set()
                self._timetable.stop()
                self._client.close()

    def _wait_until(self, done: Callable[[], bool], limit_s: float | None) -> None:
        """Show the day until `done`, at most `limit_s` real seconds."""
        ends = None if limit_s is None else time.monotonic() + limit_s
        entries_before, counted_at = 0, time.monotonic()
        rate = 0.0
        while not done() and (ends is None or time.monotonic() < ends):
            for thread in self._threads:
                if thread.done():
                    thread.result()
            self._disturb()
            self._worker.check()
            with self._reading:
                now = time.monotonic()
                if now - counted_at >= 1.0:
                    rate, entries_before, counted_at = (
                        (self._live_state.entries - entries_before) / (now - counted_at),
                        self._live_state.entries,
                        now,
                    )
                self._show(self._view(rate))
            time.sleep(SHOW_SECONDS)

    def _disturb(self) -> None:
        """Kill the worker at the planned times."""
        now = self._clock.now()
        if self._kills and now >= self._kills[0]:
            self._kills.pop(0)
            self._worker.kill()
            with self._reading:
                self._live_state.lines.append(
                    Line(now, "trouble", "kill -9 worker：进程被强制终止，正在重新启动")
                )

    def _view(self, rate: float) -> screen.View:
        now = self._clock.now()
        whole = self.ended_at - self._begins
        return screen.View(
            title=self._title,
            now=now,
            share=max(0.0, min(1.0, (now - self._begins) / whole)),
            speed=self._clock.speed,
            counts=self._live_state.counts(now),
            live_state=self._live_state,
            actions=self._people.acted.total(),
            entries_per_s=rate,
            latencies_ms=list(self.latencies_ms),
        )

    def _is_answered(self) -> bool:
        return all(pending.is_answered for pending in self.pushed)

    def _hear(self) -> None:
        for task in self._client.assignments(None, follow=True):
            self._people.hear(task)

    def _read(self) -> None:
        reader = Reader(self._deployed.settings, SHOWN_TOPICS)
        try:
            while not self._over.is_set():
                records = reader.poll()
                with self._reading:
                    for record in records:
                        self._live_state.feed(record)
        finally:
            reader.close()

    def _push(self, push: Push) -> None:
        self._follow(self._client.submit(push.value, street=push.street))

    def _act(self, action: Action) -> None:
        self._follow(self._client.submit_action(action))

    def _say(self, action: DutyAction) -> None:
        value = codecs.DUTY_ACTION.encode(action)
        self._follow(self._client.submit_action(value, street=action.street))

    def _follow(self, pending: PendingReceipt) -> None:
        sent = time.monotonic()
        self.pushed.append(pending)
        pending.on_answer(lambda _: self.latencies_ms.append((time.monotonic() - sent) * 1000))
