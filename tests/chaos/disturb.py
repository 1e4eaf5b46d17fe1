"""Does to a fleet and its brokers what a plan says, and counts what was really done."""

import resource
import signal
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from typing import Final

from confluent_kafka import Consumer, KafkaException, Producer

from benchmarks.three_brokers import coordinator, frozen, leader
from pipeline.broker import Broker, BrokerError, Cluster
from pipeline.settings import Settings
from pipeline.simulate.world.virtual_clock import VirtualClock
from pipeline.stream.exits import EX_NOPERM
from schemas import topics
from tests.chaos.fleet import Fleet, Member
from tests.chaos.load import Sources
from tests.chaos.network import Network
from tests.chaos.plan import Fault, Step
from tests.stream.fleet.deployment import ROOT, SECOND_FLEET
from tests.stream.fleet.proxy import Proxy

SKEW: Final = timedelta(hours=1)
LATE_S: Final = 0.1
LOOK_S: Final = 0.1
UP_S: Final = 30.0
ANSWER_S: Final = 5.0
"""So long it is asked which broker leads: the plan goes on."""
STARTS_MAX: Final = 3
SECOND: Final = (sys.executable, *SECOND_FLEET, "real")


class Disturber:
    """One fault after the other. The supervisor tends the fleet meanwhile."""

    def __init__(
        self,
        cluster: Cluster,
        network: Network,
        proxy: Proxy,
        fleet: Fleet,
        settings: Settings,
        clock: VirtualClock,
        sources: Sources,
    ) -> None:
        """`network` is between the brokers, `proxy` between the first worker and them."""
        self._cluster = cluster
        self._network = network
        self._proxy = proxy
        self._fleet = fleet
        self._settings = settings
        self._clock = clock
        self._sources = sources
        self.done: Counter[Fault] = Counter()
        self.begun: list[tuple[float, Fault]] = []
        """When each began, on the monotonic clock."""
        self.findings: list[str] = []

    def do(self, step: Step, meanwhile: Callable[[float], None]) -> None:
        """Do it and undo it. `meanwhile(seconds)` lets time pass while everything else goes on."""
        actions: dict[Fault, Callable[[Step, Callable[[float], None]], bool]] = {
            Fault.KILL_WORKER: self._kill,
            Fault.LOSE_WORKER: self._lose,
            Fault.FREEZE_WORKER: self._freeze,
            Fault.PAUSE_WORKER: self._freeze,
            Fault.STOP_WORKER: self._stop,
            Fault.REBALANCE_STORM: self._storm,
            Fault.SKEW_WORKER: self._skew,
            Fault.KILL_BROKER: self._kill_broker,
            Fault.RESTART_BROKER: self._restart_broker,
            Fault.FREEZE_BROKER: self._freeze_broker,
            Fault.FILL_DISK: self._fill_disk,
            Fault.LOSE_ANSWER: self._lose_answer,
            Fault.SLOW_NETWORK: self._slow_network,
            Fault.SECOND_FLEET: self._second_fleet,
            Fault.HANG_READER: self._hang_reader,
            Fault.FOREIGN_TRANSACTION: self._foreign_transaction,
            Fault.TWO_AWAY: self._two_away,
            Fault.CUT_BROKER: self._cut_broker,
        }
        self.begun.append((time.monotonic(), step.fault))
        self.done[step.fault] += actions[step.fault](step, meanwhile)

    def _whom(self, step: Step) -> Member:
        running = [member for member in self._fleet.members if member.process is not None and not member.away]
        return running[step.draw % len(running)] if running else self._fleet.members[0]

    def _kill(self, step: Step, meanwhile: Callable[[float], None]) -> bool:
        self._fleet.signal(self._whom(step), signal.SIGKILL)
        meanwhile(step.lasts_s)
        return True

    def _lose(self, step: Step, meanwhile: Callable[[float], None]) -> bool:
        member = self._whom(step)
        self._fleet.signal(member, signal.SIGKILL, away=True)
        meanwhile(step.lasts_s)
        member.away = False
        return True

    def _freeze(self, step: Step, meanwhile: Callable[[float], None]) -> bool:
        member = self._whom(step)
        process = member.process
        self._fleet.signal(member, signal.SIGSTOP)
        meanwhile(step.lasts_s)
        if process is not None and process.poll() is None:
            process.send_signal(signal.SIGCONT)
        return True

    def _stop(self, step: Step, meanwhile: Callable[[float], None]) -> bool:
        self._fleet.signal(self._whom(step), signal.SIGTERM)
        meanwhile(step.lasts_s)
        return True

    def _storm(self, step: Step, meanwhile: Callable[[float], None]) -> bool:
        for _ in range(3):
            extra = self._fleet.add()
            meanwhile(step.lasts_s)
            self._fleet.signal(extra, signal.SIGTERM, away=True)
            meanwhile(0.5)
        return True

    def _skew(self, step: Step, meanwhile: Callable[[float], None]) -> bool:
        """For this process alone: the next one in its place has the right time."""
        member = self._whom(step)
        ahead = step.draw % 2 == 0
        origin = self._clock.origin + (SKEW if ahead else -SKEW)
        self._fleet.signal(member, signal.SIGKILL, away=True)
        if member.process is not None:
            member.process.wait(60)
        self._fleet.launch(member, ENFORCEMENT_CLOCK_ORIGIN=origin.isoformat())
        meanwhile(step.lasts_s)
        return True

    @property
    def _brokers(self) -> Sequence[Broker]:
        """As they run now, the first node's first."""
        found = Cluster.find(self._cluster.folder)
        return found.brokers if found else ()

    def _broker(self, step: Step, role: Callable[[Settings, float], int] = leader) -> Broker:
        """The one with that role; any, while nobody says who has it."""
        number = 0
        with suppress(KafkaException, TimeoutError):
            number = role(self._settings, ANSWER_S)
        running = self._brokers
        having = [broker for broker in running if broker.seat.node_id == number]
        return having[0] if having else running[step.draw % len(running)]

    def _each(
        self,
        brokers: Sequence[Broker],
        work: Callable[[Broker], object],
        meanwhile: Callable[[float], None],
    ) -> None:
        """All of them at once, however long it takes."""
        with ThreadPoolExecutor(len(brokers)) as threads:
            going = [threads.submit(work, broker) for broker in brokers]
            while not all(each.done() for each in going):
                meanwhile(LOOK_S)
        for each in going:
            each.result()

    def _away(
        self,
        brokers: Sequence[Broker],
        end: Callable[[Broker], object],
        step: Step,
        meanwhile: Callable[[float], None],
    ) -> None:
        self._each(brokers, end, meanwhile)
        meanwhile(step.lasts_s)
        self._each(brokers, _restart, meanwhile)

    def _kill_broker(self, step: Step, meanwhile: Callable[[float], None]) -> bool:
        self._away([self._broker(step)], Broker.kill, step, meanwhile)
        return True

    def _restart_broker(self, step: Step, meanwhile: Callable[[float], None]) -> bool:
        for broker in self._brokers:
            self._away([broker], Broker.stop, step, meanwhile)
        return True

    def _two_away(self, step: Step, meanwhile: Callable[[float], None]) -> bool:
        """It counts only if somebody pushed meanwhile, and was heard before."""
        running = self._brokers
        away = [each for each in running if each is not running[step.draw % len(running)]]
        self._each(away, Broker.kill, meanwhile)
        sent, alone_since_s = self._sources.sent, time.time()
        meanwhile(step.lasts_s)
        if self._sources.newest_acked_s > alone_since_s:
            self.findings.append("a broker that was left alone has acknowledged what was pushed to it")
        self._each(away, _restart, meanwhile)
        return self._sources.sent > sent and self._sources.newest_acked_s > 0

    def _freeze_broker(self, step: Step, meanwhile: Callable[[float], None]) -> bool:
        with frozen(self._broker(step, (leader, coordinator)[step.draw % 2])):
            meanwhile(step.lasts_s)
        return True

    def _cut_broker(self, step: Step, meanwhile: Callable[[float], None]) -> bool:
        """It counts only if the brokers had something to say to one another."""
        running = self._brokers
        held = self._network.held
        with self._network.cut(running[step.draw % len(running)].seat.node_id):
            meanwhile(step.lasts_s)
        return self._network.held > held

    def _fill_disk(self, step: Step, meanwhile: Callable[[float], None]) -> bool:
        """It counts only if the broker gave up for it."""
        broker = self._broker(step)
        resource.prlimit(broker.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
        meanwhile(step.lasts_s)
        gave_up = not broker.is_running()
        broker.kill()
        self._each([broker], _restart, meanwhile)
        return gave_up

    def _lose_answer(self, step: Step, meanwhile: Callable[[float], None]) -> bool:
        """It counts only if a transaction ended while it was armed."""
        self._proxy.lost.clear()
        self._proxy.lose_next_end_of_transaction()
        meanwhile(step.lasts_s)
        return self._proxy.lost.is_set()

    def _slow_network(self, step: Step, meanwhile: Callable[[float], None]) -> bool:
        """It counts only if an answer was late."""
        before, self._proxy.late_s = self._proxy.delayed, LATE_S
        meanwhile(step.lasts_s)
        self._proxy.late_s = 0.0
        return self._proxy.delayed > before

    def _second_fleet(self, step: Step, meanwhile: Callable[[float], None]) -> bool:
        """It counts only if somebody noticed. Both fleets have a supervisor, so that the fight goes on until one is gone.

        It lasts from when the second is up, which takes its time on a busy machine.
        """
        before = self._noticed(self._fleet)
        folder = self._settings.data_dir / f"second-{step.draw}"
        folder.mkdir(exist_ok=True)
        second = Fleet(self._fleet.environment | {"PYTHONPATH": str(ROOT)}, folder, 1, SECOND)
        second.start()
        late = time.monotonic() + UP_S
        while not any(folder.glob("status-*.json")) and time.monotonic() < late:
            meanwhile(LOOK_S)
        ends = time.monotonic() + step.lasts_s
        while time.monotonic() < ends:
            meanwhile(LOOK_S)
            second.tend()
        second.stop()
        return self._noticed(self._fleet) + self._noticed(second) > before

    def _noticed(self, fleet: Fleet) -> int:
        return sum(member.exits.count(EX_NOPERM) for member in fleet.members)

    def _hang_reader(self, step: Step, meanwhile: Callable[[float], None]) -> bool:
        told = self._settings.topic(topics.ASSIGNMENTS)
        hung = Consumer(
            {"bootstrap.servers": self._settings.brokers, "group.id": f"hung-{step.draw}", "log_level": 0}
        )
        hung.subscribe([told])
        hung.poll(1.0)
        meanwhile(step.lasts_s)
        threading.Thread(target=hung.close, daemon=True).start()
        return True

    def _foreign_transaction(self, step: Step, meanwhile: Callable[[float], None]) -> bool:
        """On an input: readers stand still there until it is over."""
        foreign = Producer(
            {
                "bootstrap.servers": self._settings.brokers,
                "transactional.id": f"foreign-{uuid.UUID(int=step.draw)}",
                "transaction.timeout.ms": 20_000,
                "log_level": 0,
            }
        )
        try:
            foreign.init_transactions(5)
            foreign.begin_transaction()
            foreign.produce(self._settings.topic(topics.REPORTS), b"never happened", b"140109004", 0)
            foreign.flush(5)
            meanwhile(step.lasts_s)
            foreign.abort_transaction(10)
        except KafkaException:
            return False
        return True


def _restart(broker: Broker) -> None:
    """As a supervisor does: once more where it was not up in its minute, as on a busy machine."""
    for attempt in range(1, STARTS_MAX + 1):
        try:
            broker.restart()
        except BrokerError:
            if attempt == STARTS_MAX:
                raise
        else:
            return


def passing(fleet: Fleet, poll: Callable[[], None]) -> Callable[[float], None]:
    """Time passes, the fleet is tended, and the broker is heard."""

    def meanwhile(seconds: float) -> None:
        ends = time.monotonic() + seconds
        while (left := ends - time.monotonic()) > 0:
            fleet.tend()
            poll()
            time.sleep(min(LOOK_S, left))

    return meanwhile
