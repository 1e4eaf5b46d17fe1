"""One broker process and its folder: start, find, stop, kill. Only what was started here is ever ended here.

A folder holds everything of its broker: `data/` (records), `broker.json` (pid and ports), `server.properties`,
`broker.log`, `tmp/`. The process is known by its command line, which ends in its own `server.properties`: a process
that merely got the same id is a stranger and left alone.
"""

from __future__ import annotations

import errno
import json
import shutil
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil
from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from pipeline.broker import exporter, java, profile
from pipeline.broker.broker_errors import BrokerError
from pipeline.broker.folder_lock import exclusive
from pipeline.broker.guard import guarded
from pipeline.broker.jars import jars_folder
from pipeline.broker.java_process import format_data, last_line, reap, spawned
from pipeline.broker.progress import OnProgress, StartProgress, StartStage, ignore_progress
from pipeline.broker.running_address import MAIN_CLASS, is_broker_of, properties_file

PORT_DEFAULT: Final = 9092
HEAP_MB_DEFAULT: Final = 384
START_SECONDS_MAX: Final = 60
STOP_SECONDS_MAX: Final = 20
KILL_SECONDS_MAX: Final = 5
POLL_SECONDS: Final = 0.05
PORT_ATTEMPTS_MAX: Final = 3
DISK_FREE_BYTES_MIN: Final = 300_000_000
LOG_BYTES_MAX: Final = 5_000_000
_MADE_FOLDERS: Final = ("data", "tmp")
_MADE_FILES: Final = ("broker.json", "broker.log", "broker.log.1", "server.properties", "crash.log")


@dataclass(frozen=True)
class Broker:
    """A broker that was started: facts only. `is_running` asks the system each time."""

    address: str  # host:port, what clients call bootstrap servers
    pid: int
    folder: Path
    controller_port: int
    heap_mb: int
    metrics_port: int | None = None  # where it shows Kafka's own metrics, if it does

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
        with exclusive(folder / "lock", on_progress), _plain_disk_errors(folder):
            running = cls.find(folder)
            if running and _is_adopted(running, on_progress):
                return running
            if shutil.disk_usage(folder).free < DISK_FREE_BYTES_MIN:
                raise BrokerError("no_disk", f"{folder} needs {DISK_FREE_BYTES_MIN // 10**6} MB free")
            if metrics_port is not None and not _is_free(metrics_port):
                raise BrokerError("port_taken", f"{metrics_port} is in use; name another for the metrics")
            runtime, jars = java.find_java(), jars_folder(on_progress)
            with guarded() as environment:  # a starter that dies before Kafka serves leaves no process behind
                for ports in _port_pairs(folder, port):
                    launch = _Launch(runtime, jars, folder, ports, heap_mb, metrics_port)
                    if broker := launch.served(environment, on_progress):
                        return broker
        raise BrokerError(
            "port_taken",
            f"{port or 'every port tried'} is in use; name another, or none: any free one will do",
        )

    @classmethod
    def find(cls, folder: Path) -> Broker | None:
        """The running broker of `folder`, or None: never started, ended, or its process id is another's now."""
        last = _remembered(folder.expanduser().resolve())
        return last if last and last.is_running() else None

    def is_running(self) -> bool:
        """Whether the process lives and is this folder's broker. A dead child not yet waited for does not live."""
        return is_broker_of(self.pid, self.folder)

    def stop(self) -> bool:
        """Ends it in order, all records on disk; True where it obeyed in 20 s, False where it had to be killed.

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
        while not (_is_free(self.port) and _is_free(self.controller_port)):
            if time.monotonic() > deadline:
                return False
            time.sleep(POLL_SECONDS)
        return True


def wipe_folder(folder: Path) -> None:
    """Removes what a broker made in `folder`, and nothing else there.

    Raises:
        BrokerError: still_running.
    """
    folder = folder.expanduser().resolve()
    if not folder.is_dir():
        return
    with exclusive(folder / "lock", ignore_progress):
        if Broker.find(folder):
            raise BrokerError("still_running", f"stop the broker of {folder} first")
        for name in _MADE_FOLDERS:
            shutil.rmtree(folder / name, ignore_errors=True)
        for name in _MADE_FILES:
            (folder / name).unlink(missing_ok=True)


def wiped_bytes(folder: Path) -> int:
    """What `wipe_folder` would free on the disk."""
    files = (folder / name for name in _MADE_FILES)
    return sum(size_bytes(folder / name) for name in _MADE_FOLDERS) + sum(map(_on_disk, files))


def size_bytes(folder: Path) -> int:
    """What `folder` takes on the disk. Kafka's index files are sparse: blocks are counted, not lengths."""
    return sum(map(_on_disk, folder.rglob("*")))


def _on_disk(entry: Path) -> int:
    try:
        return entry.stat().st_blocks * 512
    except FileNotFoundError:
        return 0  # Kafka deletes segments while we count


@contextmanager
def _plain_disk_errors(folder: Path) -> Iterator[None]:
    """Says in one line what the system refused."""
    try:
        yield
    except OSError as error:
        code = "no_disk" if error.errno == errno.ENOSPC else "not_writable"
        raise BrokerError(
            code, f"{folder}: {error.strerror or error}; name another folder in ENFORCEMENT_HOME"
        ) from error


@dataclass(frozen=True)
class _Launch:
    """One attempt to start the broker of a folder."""

    runtime: Path
    jars: Path
    folder: Path
    ports: tuple[int, int]
    heap_mb: int
    metrics_port: int | None

    def served(self, environment: dict[str, str], on_progress: OnProgress) -> Broker | None:
        """A serving broker, or None where another process took one of the ports meanwhile."""
        folder, config = self.folder, properties_file(self.folder)
        (folder / "tmp").mkdir(exist_ok=True)
        config.write_text(profile.properties(folder / "data", *self.ports), encoding="ascii")
        if not (folder / "data" / "meta.properties").is_file():
            on_progress(StartProgress(StartStage.FORMAT))
            format_data(self.runtime, self.jars, folder, config, environment)
        on_progress(StartProgress(StartStage.START))
        log = folder / "broker.log"
        if log.is_file() and log.stat().st_size > LOG_BYTES_MAX:
            log.replace(folder / "broker.log.1")
        log_start = log.stat().st_size if log.is_file() else 0
        pid = spawned(self._command(config, on_progress), log, environment)
        address = f"{profile.HOST}:{self.ports[0]}"
        broker = Broker(address, pid, folder, self.ports[1], self.heap_mb, self.metrics_port)
        _remember(broker)
        try:
            if _wait_until_serving(broker, log_start, on_progress):
                return broker
        except BaseException:  # Ctrl-C too: a start that did not end well leaves no process behind
            broker.kill()
            raise
        return None

    def _command(self, config: Path, on_progress: OnProgress) -> list[str]:
        options = []
        if self.metrics_port is not None:
            address = f"{profile.HOST}:{self.metrics_port}"
            options.append(exporter.option(exporter.agent(on_progress), exporter.NAMES, address))
        return java.command_line(
            self.runtime, self.jars, self.folder, self.heap_mb, MAIN_CLASS, str(config), options=options
        )


def _wait_until_serving(broker: Broker, log_start: int, on_progress: OnProgress) -> bool:
    """True when it answered a metadata request with itself in it; False when a port was taken from under it."""
    deadline = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < deadline:
        if not broker.is_running():
            reap(broker.pid)
            return _explain_death(broker, log_start)
        if not _is_free(broker.port) and _serves(broker):
            return True
        on_progress(StartProgress(StartStage.START))
        time.sleep(POLL_SECONDS)
    raise BrokerError("start_timeout", f"no answer in {START_SECONDS_MAX} s; see {broker.log_file}")


def _is_adopted(running: Broker, on_progress: OnProgress) -> bool:
    """Whether a broker that another process started serves; False where it dies, as with a starter that dies before it serves."""
    try:
        return _wait_until_serving(running, 0, on_progress)
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
    return bool(answer.brokers) and answer.cluster_id == _cluster_id(broker.folder)


def _cluster_id(folder: Path) -> str | None:
    """The id that formatting gave this folder's records; None where it is not formatted."""
    file = folder / "data" / "meta.properties"
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
    return next((line.partition("=")[2] for line in lines if line.startswith("cluster.id=")), None)


def _port_pairs(folder: Path, port: int | None) -> Iterator[tuple[int, int]]:
    """Pairs to try, clients' port and controller's: `port` alone if it is given, else the folder's last, 9092, free ones."""
    last = _remembered(folder)
    if port is None:
        tried = ([last.port] if last else []) + [PORT_DEFAULT] + [0] * PORT_ATTEMPTS_MAX
    else:
        tried = [port] if port else [0] * PORT_ATTEMPTS_MAX
    for wanted in tried:
        if wanted and not _is_free(wanted):
            continue
        controller = last.controller_port if last and _is_free(last.controller_port) else _any_free()
        yield wanted or _any_free(), controller


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # as Java does: connections of the last broker in TIME_WAIT do not hold the port
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((profile.HOST, port))
        except OSError:
            return False
        return True


def _any_free() -> int:
    with socket.socket() as probe:
        probe.bind((profile.HOST, 0))
        return int(probe.getsockname()[1])


def _remember(broker: Broker) -> None:
    """Written whole or not at all, so that a reader never sees half a state file."""
    facts = {
        "address": broker.address,
        "pid": broker.pid,
        "controller_port": broker.controller_port,
        "heap_mb": broker.heap_mb,
        "metrics_port": broker.metrics_port,
    }
    scratch = broker.folder / "broker.json.new"
    scratch.write_text(json.dumps(facts) + "\n")
    scratch.replace(broker.folder / "broker.json")


def _remembered(folder: Path) -> Broker | None:
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
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None
