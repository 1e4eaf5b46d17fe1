"""A street's whole day on a real broker: pushed and worked in virtual time through the public client, counted from the topics."""

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
from pipeline.edge.client.client import Client, PendingReceipt
from pipeline.simulate.demo import deployment, screen
from pipeline.simulate.demo.deployment import Deployment, Worker
from pipeline.simulate.demo.live_state import Line, LiveState
from pipeline.simulate.demo.picture import Picture
from pipeline.simulate.people.actors import People, Timetable
from pipeline.simulate.tally import against_truth
from pipeline.simulate.tally.tally import COUNTED, Counts, Tally, count_topics
from pipeline.simulate.tally.topic_reader import Reader
from pipeline.simulate.world.day import Day, Push
from pipeline.simulate.world.seeded_chance import LOCAL
from pipeline.simulate.world.virtual_clock import VirtualClock
from schemas.inputs.action import Action
from schemas.topics import CASES

LEAD_SECONDS: Final = 5.0
"""From setting the clock to midnight: about what a worker takes to get ready."""

TAIL: Final = timedelta(minutes=30)
"""How long after the last push of the day the people go on."""

ANSWER_SECONDS: Final = 30.0
SHOW_SECONDS: Final = 0.25


class Result(NamedTuple):
    """What came of the day."""

    counts: Counts
    merging: against_truth.Merging
    surprises: int
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

    The worker is killed `kills` times, evenly over the day, and started anew. Everything it started has ended when it returns.
    `picture` keeps a screen of it.

    Raises:
        Unavailable: the brokers or the worker failed meanwhile.
    """
    begun = time.monotonic()
    midnight = datetime.combine(day.date, time_of_day(), LOCAL)
    clock = VirtualClock(midnight, time.time() + LEAD_SECONDS, speed)
    prefix = f"demo-{time.time_ns() // 1_000_000}."
    with deployment.deployment(address, prefix, clock.settings(), keep) as place:
        with deployment.working(place) as worker, screen.shown(console) as show:
            shown = picture.beside(show) if picture else show
            performance = Performance(day, rules, clock, place, worker, shown, kills)
            performance.run()
        if keep:
            console.print(f"Kept: topics {prefix}* on {address}, the worker's log in {place.log_file}")
        return _result(day, place, performance, begun)


def _result(day: Day, place: Deployment, performance: "Performance", begun: float) -> Result:
    """Counted anew from the topics' beginning, after the worker has gone."""
    tally, entries = count_topics(place.settings)
    for pending in performance.pushed:
        if pending.place is not None:
            tally.pushed(*pending.place)
    counts = tally.counts(performance.ended_at)
    return Result(
        counts,
        against_truth.merging(day, entries),
        len(against_truth.surprises(day, entries)),
        tally.unaccounted(counts),
        performance.latencies_ms,
        time.monotonic() - begun,
    )


class Performance:
    """The day under way. Threads: one pushes and acts when it is time, one hears assignments, one reads for the screen."""

    def __init__(
        self,
        day: Day,
        rules: Rules,
        clock: VirtualClock,
        place: Deployment,
        worker: Worker,
        show: Callable[[screen.View], None],
        kills: int = 0,
    ) -> None:
        """`show` is called a few times a second."""
        self._title = " ".join(rules.streets[street].name_zh for street in day.streets)
        self._clock = clock
        self._place = place
        self._worker = worker
        self._show = show
        self._client = Client(place.settings.brokers, topic_prefix=place.settings.topic_prefix)
        self._timetable = Timetable()
        self._people = People(day.seed, self._timetable, self._act)
        self._tally, self._board, self._reading = Tally(), LiveState(rules), Lock()
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
        """The whole day and its tail; every push has its receipt when it returns, or was waited for long enough.

        Raises:
            Unavailable: the broker or the worker failed.
        """
        with self._client, ThreadPoolExecutor(3, "demo") as pool:
            deeds = pool.submit(self._timetable.run, self._clock)
            self._threads = (deeds, pool.submit(self._hear), pool.submit(self._read))
            try:
                self._wait_until(lambda: self._clock.now() >= self.ended_at, None)
                self._timetable.stop()
                deeds.result(ANSWER_SECONDS)
                self._wait_until(self._is_answered, ANSWER_SECONDS)
            finally:
                self._over.set()
                self._timetable.stop()
                self._client.close()

    def _wait_until(self, done: Callable[[], bool], limit_s: float | None) -> None:
        """Show the day until it is so, or for so long."""
        ends = None if limit_s is None else time.monotonic() + limit_s
        seen, seen_at = 0, time.monotonic()
        rate = 0.0
        while not done() and (ends is None or time.monotonic() < ends):
            for thread in self._threads:
                if thread.done():
                    thread.result()
            self._disturb()
            self._worker.check()
            with self._reading:
                now = time.monotonic()
                if now - seen_at >= 1.0:
                    rate, seen, seen_at = (
                        (self._tally.entries - seen) / (now - seen_at),
                        self._tally.entries,
                        now,
                    )
                self._show(self._view(rate))
            time.sleep(SHOW_SECONDS)

    def _disturb(self) -> None:
        """Kill the worker when it is time."""
        now = self._clock.now()
        if self._kills and now >= self._kills[0]:
            self._kills.pop(0)
            self._worker.kill()
            with self._reading:
                self._board.lines.append(Line(now, "trouble", "kill -9 worker:进程被强制终止,正在重新启动"))

    def _view(self, rate: float) -> screen.View:
        now = self._clock.now()
        whole = self.ended_at - self._begins
        return screen.View(
            title=self._title,
            now=now,
            share=max(0.0, min(1.0, (now - self._begins) / whole)),
            speed=self._clock.speed,
            counts=self._tally.counts(now),
            board=self._board,
            actions=self._people.acted.total(),
            entries_per_s=rate,
            latencies_ms=list(self.latencies_ms),
        )

    def _is_answered(self) -> bool:
        return all(pending.is_answered for pending in self.pushed)

    def _do(self) -> None:
        self._timetable.run(self._clock)

    def _hear(self) -> None:
        for task in self._client.assignments(None, follow=True):
            self._people.hear(task)

    def _read(self) -> None:
        reader = Reader(self._place.settings, (*COUNTED, CASES))
        try:
            while not self._over.is_set():
                records = reader.poll()
                with self._reading:
                    for record in records:
                        self._tally.feed(record)
                        self._board.feed(record)
        finally:
            reader.close()

    def _push(self, push: Push) -> None:
        self._follow(self._client.submit(push.value, street=push.street))

    def _act(self, action: Action) -> None:
        self._follow(self._client.submit_action(action))

    def _follow(self, pending: PendingReceipt) -> None:
        sent = time.monotonic()
        self.pushed.append(pending)
        pending.on_answer(lambda _: self.latencies_ms.append((time.monotonic() - sent) * 1000))
