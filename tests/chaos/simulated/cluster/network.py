"""Between processes and brokers: latency, and the faults that strike there."""

from collections.abc import Callable
from contextlib import suppress
from typing import Final, TypeVar

from confluent_kafka import KafkaError, KafkaException
from greenlet import GreenletExit

from tests.chaos.simulated.cluster.log import Busy, Fenced, Log, NotInTransaction, OutOfOrder, Place, Refused
from tests.chaos.simulated.cluster.nodes import Led, Nodes
from tests.chaos.simulated.faults import Broken, Faults
from tests.chaos.simulated.scheduler import Process, Scheduler

T = TypeVar("T")
FREEZES_S: Final = (0.5, 4.0, 8.0, 14.0, 30.0)
_LATENCY_S: Final = 0.004
_BUSY_S: Final = 0.02
TIMED_OUT: Final = KafkaError(KafkaError._TIMED_OUT, "no answer")


class Network:
    """Of one run."""

    def __init__(
        self, scheduler: Scheduler, log: Log, faults: Faults, broken: Broken, nodes: Nodes | None = None
    ) -> None:
        """`nodes`: those that may fall silent; without them none does."""
        self.scheduler = scheduler
        self.log = log
        self.faults = faults
        self.broken = broken
        self.nodes = nodes or Nodes(scheduler, 0, faults.meet)
        self.group_offsets: dict[Place, int] = {}
        self.crash: Callable[[Process], None] = scheduler.kill
        """Ends a process from outside."""
        self.fencing: Callable[[Process, int], None] = lambda process, partition: None
        """Told before a worker fences."""

    def effect(self, process: Process, where: str) -> None:
        """A request travels, and before it does something may happen to its process."""
        if not process.alive:
            raise GreenletExit
        faults = self.faults
        if faults.active:
            if faults.strikes(f"kill {where}"):
                self.crash(process)
                raise GreenletExit
            if faults.strikes(f"freeze {where}"):
                self.scheduler.freeze(
                    process, faults.chance.choice(FREEZES_S) * (0.5 + faults.chance.random())
                )
        self.scheduler.wait(faults.chance.random() * _LATENCY_S)

    def later(self, seconds: float, what: Callable[[], None]) -> None:
        """A request arrives so much later, whatever its sender does meanwhile."""
        self.scheduler.call_at(self.scheduler.now + seconds, what)

    def append(self, what: Callable[[], object]) -> None:
        """What the world outside writes: now, or once somebody acknowledges it. The order is kept."""
        self.nodes.write(what)

    def ask(
        self,
        process: Process,
        led: Led,
        request: Callable[[], T],
        seconds: float,
        gave_up: Callable[[], None],
    ) -> T:
        """As the client writes: where no answer comes it gives the connection up and asks whoever leads by now, until its time is up.

        `gave_up` is called each time. The request may be taken late, also after the last answer was waited for.
        """
        nodes, deadline = self.nodes, self.scheduler.now + seconds
        sent: Callable[[], object] = request
        if nodes.is_struck_by(led) and nodes.chance.random() < 0.5:
            self.faults.meet("taken, and no answer")
            with suppress(Refused):
                request()
            sent = _nothing
        while nodes.holds:
            asked, left = self.scheduler.now, nodes.leave(led, sent)
            sent = request
            nodes.goes_on.wait(min(nodes.answer_s, deadline - asked))
            if not nodes.holds and nodes.silent != left.node:
                left.request = None  # answered in time
                break
            if nodes.silent == left.node:  # whoever leads by now, this connection says nothing
                self.scheduler.wait(min(asked + nodes.answer_s, deadline) - self.scheduler.now)
            gave_up()
            if self.scheduler.now >= deadline:
                raise KafkaException(TIMED_OUT)
        return self.until_not_busy(process, request, max(0.0, deadline - self.scheduler.now))

    def until_not_busy(self, process: Process, request: Callable[[], T], seconds: float) -> T:
        """As the client does: ask again while a transaction of this id is ending."""
        deadline = self.scheduler.now + seconds
        while True:
            try:
                return request()
            except Busy:
                if self.scheduler.now > deadline:
                    raise KafkaException(TIMED_OUT) from None
            except Fenced:
                self.faults.meet("fenced")
                raise KafkaException(KafkaError(KafkaError._FENCED, "fenced")) from None
            except OutOfOrder:
                error = KafkaError(KafkaError.OUT_OF_ORDER_SEQUENCE_NUMBER, "out of order")
                raise KafkaException(error) from None
            except NotInTransaction:
                error = KafkaError(KafkaError.INVALID_TXN_STATE, "no such transaction")
                raise KafkaException(error) from None
            if not process.alive:
                raise GreenletExit
            self.scheduler.wait(_BUSY_S)


def _nothing() -> None:
    """What is left of a request that was taken."""
