"""Three brokers: which of them leads a partition, coordinates the group or a transactional id; one of them may fall silent.

A silent one closes nothing and refuses nothing: no answer comes. Once the controller has missed it for its session the others lead what
it led. Until then nothing is acknowledged anywhere, since every record waits for all replicas. What was sent to it stands in its
connection, and is taken when it goes on, unless another leads by then: then it is refused, and nobody hears of that.

frozen ──► the controller misses it ──► the others lead ──► it goes on, and leads nothing of that
   └────► it goes on in time: it still leads, and takes what was sent to it
"""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from random import Random
from typing import Final
from zlib import crc32

from tests.chaos.simulated.cluster.log import Place, Refused
from tests.chaos.simulated.scheduler import Flag, Scheduler

NODES: Final = 3
GROUP: Final = "group"
Led = Place | str
"""A partition, a transactional id, or the group."""
_TAKEN_S: Final = 0.05
"""Within so long what stands in connections is taken."""


class Left:
    """A request that nobody has answered yet, at the node it was sent to."""

    def __init__(self, led: Led, node: int, request: Callable[[], object]) -> None:
        self.led = led
        self.node = node
        self.request: Callable[[], object] | None = request
        """None once whoever sent it has its answer."""


class Nodes:
    """Of one run. At most one is silent at a time."""

    def __init__(
        self, scheduler: Scheduler, seed: int, meet: Callable[[str], None], answer_s: float = 2.0
    ) -> None:
        """`answer_s`: how long clients wait for an answer."""
        self.chance = Random(seed * 19 + 7)
        """Of its own, so that a seed without silence is the same as ever."""
        self.answer_s = answer_s
        self.may_fall_silent = False
        """Whether one ever does."""
        self.silent: int | None = None
        self.silent_since = self.changed_at = 0.0
        """`changed_at`: when others took over last, or it went on."""
        self.is_missed = False
        """Whether the controller has given to others what it led."""
        self.goes_on = Flag(scheduler)
        """Set whenever answers may come again."""
        self.coordinator_moved: Callable[[], None] = lambda: None
        """Told when another coordinates the group."""
        self.frozen: Callable[[], None] = lambda: None
        """Told when one has fallen silent."""
        self._scheduler = scheduler
        self._meet = meet
        self._shift = self.chance.randrange(NODES)
        self._leaders: dict[Led, int] = {GROUP: self.chance.randrange(NODES)}
        self._taken_over: set[Led] = set()
        """What others lead since the last silence began."""
        self._left: list[Left] = []
        self._waiting: list[Callable[[], object]] = []
        self._is_due: Callable[[Led], bool] = lambda led: False

    def leader(self, led: Led) -> int:
        """Who leads it now."""
        if led not in self._leaders:
            node = (crc32(repr(led).encode()) + self._shift) % NODES
            self._leaders[led] = (node + 1) % NODES if self.is_missed and node == self.silent else node
        return self._leaders[led]

    def is_silent(self, led: Led) -> bool:
        """Whether who leads it says nothing."""
        return self.silent is not None and self.leader(led) == self.silent

    @property
    def holds(self) -> bool:
        """Whether nothing that is written is acknowledged: one replica is silent, and nobody has missed it yet."""
        return self.silent is not None and not self.is_missed

    def is_reached(self, led: Led) -> bool:
        """Whether a client that asks for it without pause has an answer: one that waits for the silent node does not hear of another."""
        is_waiting = self.silent is not None and self._scheduler.now < self.silent_since + self.answer_s
        return not self.is_silent(led) and not (is_waiting and led in self._taken_over)

    def freeze_with_next(self, is_wanted: Callable[[Led], bool]) -> None:
        """Strike with the next request that is wanted: just before or just after it was taken."""
        self._is_due = is_wanted

    def is_struck_by(self, led: Led) -> bool:
        """Whether the request that arrives is the one that the silence begins with."""
        if not self._is_due(led):
            return False
        self.freeze(self.leader(led))
        return True

    def freeze(self, node: int) -> None:
        """From now on it says nothing."""
        self._is_due = lambda led: False
        self.goes_on.clear()
        self._taken_over.clear()
        self.silent, self.silent_since, self.is_missed = node, self._scheduler.now, False
        self._meet("broker frozen")
        self.frozen()

    def miss(self) -> None:
        """The others lead what it led, and no longer wait for it."""
        if self.silent is None or self.is_missed:
            return
        self._meet("leadership moved")
        for led, node in self._leaders.items():
            if node == self.silent:
                self._leaders[led] = (node + 1 + self.chance.randrange(NODES - 1)) % NODES
                self._taken_over.add(led)
        self.is_missed = True
        if GROUP in self._taken_over:
            self.coordinator_moved()
        self._go_on(lambda left: left.node != self.silent)

    def thaw(self) -> None:
        """It goes on: with what stands in its connections, where it still leads."""
        if self.silent is None:
            return
        self._meet(
            "broker went on after the others took over" if self.is_missed else "broker went on in time"
        )
        self.silent = None
        self._go_on(lambda left: True)

    def write(self, what: Callable[[], object]) -> None:
        """Now, or as soon as somebody acknowledges it: sources and people push again until then."""
        if self.holds or self._waiting:
            self._waiting.append(what)
        else:
            what()

    def leave(self, led: Led, request: Callable[[], object]) -> Left:
        """A request to whoever leads it, that will be answered by nobody, or late. A coordinator that writes what an earlier one has
        asked for refuses the next one: ask again.
        """
        node = self.leader(led)
        left = Left(led, node, request)
        if node == self.silent or not isinstance(led, str) or all(one.led != led for one in self._left):
            self._left.append(left)
        return left

    def _go_on(self, may_go: Callable[[Left], bool]) -> None:
        self.changed_at = self._scheduler.now
        going = [left for left in self._left if may_go(left)]
        self._left = [left for left in self._left if not may_go(left)]
        self.goes_on.set()
        self._scheduler.call_at(self._scheduler.now + _TAKEN_S, self._write_waiting)
        for number, left in enumerate(going):
            moment = self._scheduler.now + _TAKEN_S * (number + self.chance.random()) / len(going)
            self._scheduler.call_at(moment, partial(self._take, left))

    def _write_waiting(self) -> None:
        if not self.holds:
            waiting, self._waiting = self._waiting, []
            for what in waiting:
                what()

    def _take(self, left: Left) -> None:
        if left.request is None:
            return
        if self.leader(left.led) != left.node:
            self._meet("late request refused")
            return
        self._meet("late request taken")
        with suppress(Refused):  # nobody waits for this answer any more
            left.request()
