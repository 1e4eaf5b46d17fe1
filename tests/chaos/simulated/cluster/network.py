"""Between processes and brokers: latency, and the faults that strike there."""

from collections.abc import Callable
from typing import Final, TypeVar

from confluent_kafka import KafkaError, KafkaException
from greenlet import GreenletExit

from tests.chaos.simulated.cluster.log import Busy, Fenced, Log, NotInTransaction, OutOfOrder, Place
from tests.chaos.simulated.faults import Broken, Faults
from tests.chaos.simulated.scheduler import Process, Scheduler

T = TypeVar("T")
FREEZES_S: Final = (0.5, 4.0, 8.0, 14.0, 30.0)
_LATENCY_S: Final = 0.004
_BUSY_S: Final = 0.02
TIMED_OUT: Final = KafkaError(KafkaError._TIMED_OUT, "no answer")


class Network:
    """Of one run."""

    def __init__(self, scheduler: Scheduler, log: Log, faults: Faults, broken: Broken) -> None:
        self.scheduler = scheduler
        self.log = log
        self.faults = faults
        self.broken = broken
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
