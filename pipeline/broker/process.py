"""One broker process and its folder: start, find, stop, kill. Only what was started here is ever ended here.

A folder holds everything of its broker: `data/` (records), `broker.json` (pid and ports), `server.properties`,
`broker.log`, `tmp/`. The process is known by its command line, which ends in its own `server.properties`: a process
that merely got the same id is a stranger and left alone.
"""

from __future__ import annotations

import json
import shutil
import signal
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

import psutil
from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from pipeline.broker import exporter, profile
from pipeline.broker.broker_errors import BrokerError
from pipeline.broker.folder_lock import exclusive, plain_disk_errors
from pipeline.broker.guard import guarded
from pipeline.broker.java import runtime as java
from pipeline.broker.java.jars import jars_folder
from pipeline.broker.java.java_process import format_data, last_line, reap, spawned
from pipeline.broker.ports import NodePorts, is_free, port_plans
from pipeline.broker.profile import ALONE, Seat
from pipeline.broker.progress import OnProgress, StartProgress, StartStage, ignore_progress
from pipeline.broker.running_address import MAIN_CLASS, is_broker_of, properties_file

HEAP_MB_DEFAULT: Final = 384
START_SECONDS_MAX: Final = 60
STOP_SECONDS_MAX: Final = 60
KILL_SECONDS_MAX: Final = 5
POLL_SECONDS: Final = 0.05
DISK_FREE_BYTES_MIN: Final = 300_000_000
LOG_BYTES_MAX: Final = 5_000_000


@dataclass(frozen=True)
class Broker:
    """A broker that was started: facts only. `is_running` asks the system each time."""

    address: str  # host:port, what clients call bootstrap servers
    pid: int
    folder: Path
    controller_port: int
    heap_mb: int
    metrics_port: int | None = None  # where it shows Kafka's own metrics, if it does
    seat: Seat = ALONE

    @classmethod
    def start(
        cls,
        folder: Path,
        *,
        port: int | None = None,
        heap_mb: int = HEAP_MB_DEFAULT,
        metrics_port: int | None = None,
        on_progress: OnProgress = ignore_progress,
    ) -> Broker:
        """The broker of `folder`, serving: the one that runs already, or a new one on the records kept there.

        Args:
            port: None takes the folder's last port, else 9092, else any free one; 0 takes any free one.
            heap_mb: Java's heap, all of it reserved at start.
            metrics_port: where Kafka's own metrics are shown; None: nowhere.

        Raises:
            BrokerError: see `broker_errors.CODES`.
        """
        folder = folder.expanduser().resolve()
        with exclusive(folder / "lock", on_progress), plain_disk_errors(folder):
            running = cls.find(folder)
            if running and is_adopted(running, on_progress):
                return running
            last = remembered(folder)
            seat = last.seat if last else ALONE
            ports = NodePorts(last.port, last.controller_port) if last else None
            # the other nodes of a cluster know where this one is
            plans = [[ports]] if ports and seat.controllers else port_plans([ports], port)
            brokers = launched(
                [folder], plans, lambda _: [seat],
                heap_mb=heap_mb, metrics_port=metrics_port, on_progress=on_progress,
            )  # fmt: skip
        if not brokers:
            raise port_taken(port)
        return brokers[0]

    @classmethod
    def find(cls, folder: Path) -> Broker | None:
        """The running broker of `folder`, or None: never started, ended, or its process id is another's now."""
        last = remembered(folder.expanduser().resolve())
        return last if last and last.is_running() else None

    def is_running(self) -> bool:
        """Whether the process lives and is this folder's broker. A dead child not yet waited for does not live."""
        return is_broker_of(self.pid, self.folder)

    def stop(self) -> bool:
        """Ends it in order, all records on disk; True where it obeyed in a minute, False where it had to be killed.

        Nothing happens, and True is returned, where it no longer runs.
        """
        with exclusive(self.folder / "lock", ignore_progress):
            self._signal(signal.SIGTERM)
            if self._has_ended_within(STOP_SECONDS_MAX):
                return True
            self.kill()
            return False

    def kill(self) -> None:
        """Ends it as a power cut would, and returns when it is gone."""
        self._signal(signal.SIGKILL)
        self._has_ended_within(KILL_SECONDS_MAX)

    def restart(self, *, on_progress: OnProgress = ignore_progress) -> Broker:
        """The same folder, port and heap in a new process; also after a kill."""
        self.stop()
        self._ports_are_free_within(KILL_SECONDS_MAX)
        return Broker.start(
            self.folder,
            port=self.port,
            heap_mb=self.heap_mb,
            metrics_port=self.metrics_port,
            on_progress=on_progress,
        )

    @property
    def port(self) -> int:
        """Where clients connect."""
        return int(self.address.rpartition(":")[2])

    @property
    def log_file(self) -> Path:
        """What Kafka warned of, newest last."""
        return self.folder / "broker.log"

    def _signal(self, number: signal.Signals) -> None:
        try:
            process = psutil.Process(self.pid)
            if self.is_running():
                process.send_signal(number)  # psutil compares the start time: no race with a recycled id
        except psutil.NoSuchProcess:
            return

    def _has_ended_within(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while self.is_running():
            if time.monotonic() > deadline:
                return False
            time.sleep(POLL_SECONDS)
        reap(self.pid)
        return True

    def _ports_are_free_within(self, seconds: float) -> bool:
        # a killed process is gone a moment before its sockets are
        deadline = time.monotonic() + seconds
        while not (is_free(self.port) and is_free(self.controller_port)):
            if time.monotonic() > deadline:
                return False
            time.sleep(POLL_SECONDS)
        return True


def launched(
    folders: Sequence[Path],
    plans: Iterable[Sequence[NodePorts]],
    seats_of: Callable[[Sequence[NodePorts]], Sequence[Seat]],
    *,
    heap_mb: int,
    metrics_port: int | None,
    on_progress: OnProgress,
) -> list[Broker] | None:
    """New brokers, one for each folder, serving: at the first of the `plans` whose ports are still free; None where no plan's are.

    Args:
        folders: locked by the caller; none of their brokers runs.
        seats_of: the places of the nodes in their cluster, once their ports are known.
        metrics_port: of the first; the others' follow.

    Raises:
        BrokerError: see `broker_errors.CODES`; then none of them runs.
    """
    shown = [None if metrics_port is None else metrics_port + number for number in range(len(folders))]
    for taken in (port for port in shown if port is not None and not is_free(port)):
        raise BrokerError("port_taken", f"{taken} is in use; name another for the metrics")
    for folder in folders:
        if shutil.disk_usage(folder).free < DISK_FREE_BYTES_MIN:
            raise BrokerError("no_disk", f"{folder} needs {DISK_FREE_BYTES_MIN // 10**6} MB free")
    runtime, jars = java.find_java(), jars_folder(on_progress)
    with guarded() as environment:  # a starter that dies before Kafka serves leaves no process behind
        for plan in plans:
            launches = [
                _Launch(runtime, jars, folder, ports, heap_mb, metrics, seat)
                for folder, ports, metrics, seat in zip(folders, plan, shown, seats_of(plan), strict=True)
            ]
            if brokers := _served(launches, environment, on_progress):
                return brokers
    return None


def port_taken(port: int | None) -> BrokerError:
    """No port that was tried is free; `port` is the one that was asked for."""
    return BrokerError(
        "port_taken",
        f"{port or 'every port tried'} is in use; name another, or none: any free one will do",
    )


@dataclass(frozen=True)
class _Launch:
    """One attempt to start the broker of a folder."""

    runtime: Path
    jars: Path
    folder: Path
    ports: NodePorts
    heap_mb: int
    metrics_port: int | None
    seat: Seat

    @property
    def is_formatted(self) -> bool:
        """Whether the folder has been made a Kafka log folder."""
        return (self.folder / "data" / "meta.properties").is_file()

    def configure(self) -> None:
        """Write what Kafka reads."""
        (self.folder / "tmp").mkdir(exist_ok=True)
        text = profile.properties(self.folder / "data", *self.ports, self.seat)
        properties_file(self.folder).write_text(text, encoding="ascii")

    def format(self, cluster_id: str, environment: dict[str, str]) -> None:
        """Make the folder one of that cluster."""
        alone = not self.seat.controllers
        format_data(self.runtime, self.jars, self.folder, cluster_id, environment, alone=alone)

    def spawn(self, environment: dict[str, str], on_progress: OnProgress) -> Starting:
        """The broker's process, which does not serve yet."""
        log = self.folder / "broker.log"
        if log.is_file() and log.stat().st_size > LOG_BYTES_MAX:
            log.replace(self.folder / "broker.log.1")
        log_start = log.stat().st_size if log.is_file() else 0
        pid = spawned(self._command(on_progress), log, environment)
        address = f"{profile.HOST}:{self.ports.clients}"
        broker = Broker(
            address, pid, self.folder, self.ports.controllers, self.heap_mb, self.metrics_port, self.seat
        )
        _remember(broker)
        return Starting(broker, log_start)

    def _command(self, on_progress: OnProgress) -> list[str]:
        options = []
        if self.metrics_port is not None:
            address = f"{profile.HOST}:{self.metrics_port}"
            options.append(exporter.option(exporter.agent(on_progress), exporter.NAMES, address))
        config = str(properties_file(self.folder))
        return java.command_line(
            self.runtime, self.jars, self.folder, self.heap_mb, MAIN_CLASS, config, options=options
        )


class Starting(NamedTuple):
    """A broker that starts, and where in its log this start begins."""

    broker: Broker
    log_start: int


def _served(
    launches: Sequence[_Launch], environment: dict[str, str], on_progress: OnProgress
) -> list[Broker] | None:
    """All of them serving, or None where another process took one of the ports meanwhile; then none runs."""
    for launch in launches:
        launch.configure()
    known = next(filter(None, (_cluster_id(launch.folder) for launch in launches)), None)
    cluster_id = known or profile.new_cluster_id()
    if unformatted := [launch for launch in launches if not launch.is_formatted]:
        on_progress(StartProgress(StartStage.FORMAT))
        with ThreadPoolExecutor(len(unformatted)) as threads:
            list(threads.map(lambda launch: launch.format(cluster_id, environment), unformatted))
    on_progress(StartProgress(StartStage.START))
    starting: list[Starting] = []
    is_serving = False
    try:
        starting += (launch.spawn(environment, on_progress) for launch in launches)
        is_serving = _wait_until_serving(starting, on_progress)
    finally:  # Ctrl-C too: a start that did not end well leaves no process behind
        if not is_serving:
            for broker, _ in starting:
                broker.kill()
    return [broker for broker, _ in starting] if is_serving else None


def _wait_until_serving(starting: Sequence[Starting], on_progress: OnProgress) -> bool:
    """True when each answered a metadata request with itself in it; False when a port was taken from under one."""
    deadline = time.monotonic() + START_SECONDS_MAX
    waiting = list(starting)
    while time.monotonic() < deadline:
        for broker, log_start in waiting:
            if not broker.is_running():
                reap(broker.pid)
                return _explain_death(broker, log_start)
        waiting = [one for one in waiting if is_free(one.broker.port) or not _serves(one.broker)]
        if not waiting:
            return True
        on_progress(StartProgress(StartStage.START))
        time.sleep(POLL_SECONDS)
    raise BrokerError(
        "start_timeout", f"no answer in {START_SECONDS_MAX} s; see {waiting[0].broker.log_file}"
    )


def is_adopted(running: Broker, on_progress: OnProgress) -> bool:
    """Whether a broker that another process started serves; False where it dies, as with a starter that dies before it serves."""
    try:
        return _wait_until_serving([Starting(running, 0)], on_progress)
    except BrokerError as error:
        if error.code != "broker_died":
            raise
        return False


def _explain_death(broker: Broker, log_start: int) -> bool:
    """False where a port was the reason, which another try may mend; else raises what the log says."""
    with broker.log_file.open(encoding="utf-8", errors="replace") as log:
        log.seek(log_start)
        text = log.read()
    if "Address already in use" in text:
        return False
    if "No space left on device" in text:
        raise BrokerError("no_disk", f"no room left in {broker.folder}")
    fatal = [line for line in text.splitlines() if "ERROR" in line or "Exception" in line or "Error:" in line]
    raise BrokerError(
        "broker_died",
        f"Kafka ended while it started: {last_line(fatal[0] if fatal else text)}; see {broker.log_file}",
    )


def _serves(broker: Broker) -> bool:
    """Whether a client gets metadata from this very broker, itself in it: not fenced, not still loading.

    Another broker may have won the port while this one was starting: the cluster's id tells them apart.
    """
    client = AdminClient({"bootstrap.servers": broker.address, "log_level": 0, "reconnect.backoff.ms": 50})
    try:
        answer = client.list_topics(timeout=2)
    except KafkaException:
        return False
    return broker.seat.node_id in answer.brokers and answer.cluster_id == _cluster_id(broker.folder)


def _cluster_id(folder: Path) -> str | None:
    """The id that formatting gave this folder's records; None where it is not formatted."""
    file = folder / "data" / "meta.properties"
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
    return next((line.partition("=")[2] for line in lines if line.startswith("cluster.id=")), None)


def _remember(broker: Broker) -> None:
    """Written whole or not at all, so that a reader never sees half a state file."""
    facts = {
        "address": broker.address,
        "pid": broker.pid,
        "controller_port": broker.controller_port,
        "heap_mb": broker.heap_mb,
        "metrics_port": broker.metrics_port,
        "seat": broker.seat,
    }
    scratch = broker.folder / "broker.json.new"
    scratch.write_text(json.dumps(facts) + "\n")
    scratch.replace(broker.folder / "broker.json")


def remembered(folder: Path) -> Broker | None:
    """The folder's last broker, running or not; None where there was none or the file is not ours."""
    try:
        facts = json.loads((folder / "broker.json").read_text())
        return Broker(
            str(facts["address"]),
            int(facts["pid"]),
            folder,
            int(facts["controller_port"]),
            int(facts["heap_mb"]),
            facts.get("metrics_port"),
            Seat.of(*facts["seat"]) if "seat" in facts else ALONE,
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None
