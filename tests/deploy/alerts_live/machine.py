"""A deployment in trouble: what comes in is wrong, workers are killed, started wrongly and fought over, the auditor finds and falls silent, a
robot refuses. And a worker in trouble: it is slow, faulty, held up, and at the end there is neither worker nor broker."""

import shutil
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, Final, NamedTuple

from confluent_kafka import Producer
from msgspec.structs import replace

from benchmarks.three_brokers import frozen
from pipeline.broker import Broker
from pipeline.broker.ports import low_port
from schemas import topics
from schemas.wire import codecs
from tests.deploy.alerts_live.delivered import Key
from tests.deploy.alerts_live.faulty_worker import BREAKS
from tests.deploy.alerts_live.scene import (
    HERE,
    PARTITIONS,
    Happening,
    Scene,
    command,
    own_deployment,
    push,
    report,
)
from tests.deploy.alerts_live.watching import Watching, watching
from tests.deploy.tools import ROOT
from tests.stream.fleet.deployment import SECOND_FLEET, Deployment, Worker, until, value_of
from tests.stream.fleet.proxy import Proxy

_TOLD_S: Final = 120
_READY_S: Final = 90
_WORKERS: Final = 2
_STARTS: Final = 7
_BACKLOG: Final = 20_000
_LATE_S: Final = 0.2
FAULTY: Final = ("-m", "tests.deploy.alerts_live.faulty_worker")


class Trouble(NamedTuple):
    """The deployment, what watches it, the ports of its workers by place, and the auditor's."""

    deployment: Deployment
    seen: Watching
    ports: tuple[int, ...]
    audited: int

    def worker(self, place: int, **settings: Any) -> Worker:
        """A real worker at its port."""
        return self.deployment.worker(real=True, http_port=str(self.ports[place]), **settings)

    def seen_worker(self, place: int, **settings: Any) -> Worker:
        """The same, ready, and read by Prometheus: what it counts from now on is seen as growth."""
        before, worker = time.time() - 1, self.worker(place, **settings).wait_ready(_READY_S)
        self.wait_seen(place, before)
        return worker

    def wait_seen(self, place: int, started: float) -> None:
        """Until Prometheus has read a worker there that was started after that."""
        until(_READY_S, "Prometheus has read the worker", lambda: (self.started(place) or 0) > started)

    def started(self, place: int) -> float | None:
        """When the worker was started that Prometheus has read there last."""
        return self.seen.number(f'process_start_time_seconds{{instance="127.0.0.1:{self.ports[place]}"}}')


@contextmanager
def _watched(folder: Path) -> Iterator[Trouble]:
    ports, metrics, audited = tuple(low_port() for _ in range(_WORKERS)), low_port(), low_port()
    jobs = {"worker": ports, "audit": [audited], "kafka": [metrics]}
    with own_deployment(folder, metrics) as deployment, watching(folder / "watching", jobs) as seen:
        yield Trouble(deployment, seen, ports, audited)


def _play_fleet(folder: Path) -> Mapping[Key, str]:
    with _watched(folder) as trouble:
        both = trouble.seen_worker(0), trouble.seen_worker(1)
        until(_READY_S, "each has half", lambda: all(_open(worker) == PARTITIONS // 2 for worker in both))
        options = ("--watch", "--no-replay", "--once", "--every", "1", "--port", str(trouble.audited))
        with command(trouble.deployment, "audit", *options):
            _wrong_input(trouble)
            _planted(trouble)
        trouble.seen.wait_told(_TOLD_S, "AuditSilent")
        _fought_over(trouble)
        trouble.seen_worker(0)
        _other_rules(trouble).end()
        trouble.seen.wait_told(_TOLD_S, "WorkerDown")
        return trouble.seen.told()


def _play_worker(folder: Path) -> Mapping[Key, str]:
    with _watched(folder) as trouble:
        _lost_answers(trouble)
        _backlog(trouble)
        _faulty(trouble)
        _started_again_and_again(trouble)
        running = Broker.find(folder / "broker")
        assert running
        _frozen_broker(trouble, running)
        _foreign_transaction(trouble)
        trouble.seen.wait_told(_TOLD_S, "NoWorker")
        running.kill()
        trouble.seen.wait_told(_TOLD_S, "BrokerDown")
        return trouble.seen.told()


def _wrong_input(trouble: Trouble) -> None:
    """What nobody can read, what comes from tomorrow; and a robot that refuses to tell of it."""
    ahead = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    trouble.seen.services.refusing["wecom"] = (45009, "api freq out of limit")
    bad = [b'{"source": "12345"}'] * 30
    push(trouble.deployment, [*bad, *(report(f"ahead-{number}", occurred_at=ahead) for number in range(20))])
    trouble.seen.wait_told(_TOLD_S, "DeadLetters", "ClockSuspect", "NotDelivered")
    trouble.seen.services.refusing.clear()


def _planted(trouble: Trouble) -> None:
    """An assignment that no decision stands behind, as a foreign program might write it."""
    deployment = trouble.deployment
    push(deployment, [report("planted")])
    until(60, "assigned", lambda: deployment.messages(topics.ASSIGNMENTS, HERE))
    message = deployment.messages(topics.ASSIGNMENTS, HERE)[0]
    ghost = replace(codecs.ASSIGNMENT.decode(value_of(message)), entry_id="0:99:1", team="planning")
    headers: Any = message.headers()
    producer = Producer({"bootstrap.servers": deployment.settings.brokers})
    name = deployment.settings.topic(topics.ASSIGNMENTS)
    producer.produce(name, codecs.ASSIGNMENT.encode(ghost), message.key(), HERE, headers=headers)
    assert producer.flush(60) == 0
    trouble.seen.wait_told(_TOLD_S, "LoopBroken")


def _fought_over(trouble: Trouble) -> None:
    """A second deployment is started by mistake under the same application id; then all of both are ended."""
    second = trouble.deployment.worker(program=(*SECOND_FLEET, "real"))
    numbers = count()

    def is_told() -> bool:
        for partition in range(PARTITIONS):
            push(trouble.deployment, [report(f"fought-{next(numbers)}")], partition)
        return Key("ManyFencings", "") in trouble.seen.told()

    until(_TOLD_S, "fought over", is_told)
    for worker in trouble.deployment.workers:
        worker.end()
    assert second.has_ended()


def _other_rules(trouble: Trouble) -> Worker:
    """The second worker has a folder of rules in which a limit differs."""
    rules = trouble.deployment.folder / "other-rules"
    shutil.copytree(ROOT / "rules", rules)
    _changed(rules)
    second = trouble.seen_worker(1, rules_dir=str(rules))
    trouble.seen.wait_told(_TOLD_S, "RulesDiffer")
    return second


def _changed(rules: Path) -> None:
    """Somebody has changed a limit."""
    sheet = max((rules / "sla").glob("*.yaml"))
    text = sheet.read_text("utf-8")
    changed = text.replace("arrive: 30 natural_minutes", "arrive: 31 natural_minutes")
    assert changed != text
    sheet.write_text(changed, "utf-8")


def _started_again_and_again(trouble: Trouble) -> None:
    """It is killed as soon as Prometheus has seen it."""
    program, port = (*FAULTY, "stopped"), str(trouble.ports[1])
    workers = []
    for _ in range(_STARTS):
        workers.append(trouble.deployment.worker(program=program, http_port=port))
        until(_READY_S, "it has its imports", workers[-1].log)
    for worker in workers:
        before = trouble.started(1)

        def is_seen(worker: Worker = worker, before: float | None = before) -> bool:
            worker.send(signal.SIGCONT)
            return trouble.started(1) not in (None, before)

        until(_READY_S, "Prometheus has read it", is_seen)
        worker.end()
    trouble.seen.wait_told(_TOLD_S, "CrashLoop")


def _lost_answers(trouble: Trouble) -> None:
    """The network loses the answers to commits, one after the other."""
    proxy = Proxy(trouble.deployment.settings.brokers)
    worker = trouble.seen_worker(1, brokers=proxy.address)
    numbers = count()

    def is_told() -> bool:
        proxy.lose_next_end_of_transaction()
        push(trouble.deployment, [report(f"lost-{next(numbers)}")])
        return Key("ProducersRetired", "") in trouble.seen.told()

    until(_TOLD_S, "retired", is_told)
    worker.end()
    proxy.close()


def _backlog(trouble: Trouble) -> None:
    """Far more comes in than a worker gets done that writes each record in a transaction of its own, to a broker that answers late."""
    proxy = Proxy(trouble.deployment.settings.brokers)
    slow = trouble.seen_worker(0, batch_records_max="1", brokers=proxy.address)
    proxy.late_s = _LATE_S
    push(trouble.deployment, [report("backlog")] * _BACKLOG)
    trouble.seen.wait_told(_TOLD_S, "LagHigh", "DecisionsStale", "CommitsSlow")
    slow.end()
    proxy.close()


def _faulty(trouble: Trouble) -> None:
    """A worker with faults in its code."""
    before = time.time() - 1
    faulty = trouble.deployment.worker(
        program=(*FAULTY, "breaks", "blocks", "miscounts"), http_port=str(trouble.ports[0])
    ).wait_ready(_READY_S)
    trouble.wait_seen(0, before)
    push(trouble.deployment, [report("breaks", text=BREAKS.decode())])
    trouble.seen.wait_told(_TOLD_S, "InternalErrors", "LoopLag", "StockIncomplete")
    faulty.end()


def _foreign_transaction(trouble: Trouble) -> None:
    """Somebody writes to the cases in a transaction and goes away without ending it; a worker that starts must wait for its end."""
    deployment = trouble.deployment
    foreign = Producer(
        {
            "bootstrap.servers": deployment.settings.brokers,
            "transactional.id": f"{deployment.settings.topic_prefix}foreign",
            "transaction.timeout.ms": 300_000,
        }
    )
    foreign.init_transactions(20)
    foreign.begin_transaction()
    foreign.produce(deployment.settings.topic(topics.CASES), b"{}", b"nobody's", 0)
    foreign.flush(60)
    waiting = trouble.worker(0)
    trouble.seen.wait_told(_TOLD_S, "OpeningWaits", "RestoreStuck", "PartitionsUnowned")
    waiting.end()


def _frozen_broker(trouble: Trouble, broker: Broker) -> None:
    """It answers nothing and closes nothing, as a host without power."""
    worker = trouble.seen_worker(1)
    with frozen(broker):
        trouble.seen.wait_told(_TOLD_S, "BrokerSilent")
    worker.end()


def _open(worker: Worker) -> float:
    return worker.metric('enforcement_partitions{state="open"}')


FLEET: Final = Scene(
    "a deployment in trouble",
    {
        "DeadLetters": Happening("thirty reports are pushed that nobody can read"),
        "ClockSuspect": Happening("twenty reports are pushed that happened tomorrow"),
        "NotDelivered": Happening("a robot refuses all messages; told by the other channel"),
        "LoopBroken": Happening(
            "a foreign program writes an assignment that no decision stands behind; the auditor finds it"
        ),
        "AuditSilent": Happening("the auditor is killed"),
        "ManyFencings": Happening("a second deployment is started under the same application id"),
        "RulesDiffer": Happening("a second worker is started on a folder of rules with another limit"),
        "WorkerDown": Happening("one of two workers is killed"),
    },
    _play_fleet,
)
WORKER: Final = Scene(
    "a worker in trouble",
    {
        "CrashLoop": Happening("a worker is started and killed again and again"),
        "ProducersRetired": Happening("the network loses one answer to a commit after the other"),
        "LagHigh": Happening(
            f"{_BACKLOG:,} reports at once, and a broker that answers a fifth of a second late"
        ),
        "DecisionsStale": Happening("the backlog of LagHigh, after a minute"),
        "CommitsSlow": Happening("the broker of LagHigh, which answers a fifth of a second late"),
        "InternalErrors": Happening("a worker with a bug planted in it, and a report that meets the bug"),
        "LoopLag": Happening(
            "a worker whose event loop is held up for 1.6 s again and again by a planted bug"
        ),
        "StockIncomplete": Happening("a worker that cannot count its cases for a planted bug"),
        "OpeningWaits": Happening(
            "a foreign program leaves a transaction open on the cases, and a worker starts"
        ),
        "RestoreStuck": Happening("the transaction of OpeningWaits"),
        "PartitionsUnowned": Happening("the transaction of OpeningWaits"),
        "NoWorker": Happening("the last worker is killed"),
        "BrokerSilent": Happening("the broker is frozen beside a worker"),
        "BrokerDown": Happening("the broker is killed"),
    },
    _play_worker,
)
