"""The surroundings of a demonstration: a broker, topics of its own, and one worker process. They end with it."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from pipeline.broker import Cluster, borrowed_broker, default_folder, guarded
from pipeline.broker.broker_commands import shown_progress
from pipeline.settings import Settings
from schemas import topics
from schemas.errors import Unavailable

COMMAND: Final = (sys.executable, "-c", "from pipeline.cli import main; main()")
READY_SECONDS: Final = 60.0
STOP_SECONDS: Final = 15.0
POLL_SECONDS: Final = 0.1
LOG_LINES: Final = 15


@contextmanager
def brokers(keep: bool) -> Iterator[str]:
    """The address of the brokers: that of ENFORCEMENT_BROKERS, else this clone's own broker, which is started and stopped if it does not run.

    Raises:
        BrokerError: the broker cannot be started.
    """
    if named := os.environ.get("ENFORCEMENT_BROKERS"):
        yield named
        return
    if running := Cluster.find(default_folder()):
        yield running.address
    elif keep:
        with shown_progress() as show:
            kept = Cluster.start(default_folder(), on_progress=show)
        yield kept.address
    else:
        with ExitStack() as stack:
            with shown_progress() as show:
                borrowed = stack.enter_context(borrowed_broker(default_folder(), port=None, on_progress=show))
            yield borrowed.address


@dataclass(frozen=True, slots=True)
class Deployment:
    """Topics under a prefix of their own, and a folder for the worker's files."""

    settings: Settings
    folder: Path
    environment: dict[str, str]

    @property
    def log_file(self) -> Path:
        """The worker's log."""
        return self.folder / "worker.log"

    @property
    def status_file(self) -> Path:
        """The file in which the worker names its HTTP port."""
        return self.folder / "status.json"


@contextmanager
def deployment(address: str, prefix: str, clock: Mapping[str, str], keep: bool) -> Iterator[Deployment]:
    """Fresh topics on `address`; they and the folder are removed afterwards, unless kept.

    Raises:
        Unavailable: the topics cannot be made.
    """
    folder = Path(tempfile.mkdtemp(prefix="enforcement-demo-"))
    ours = {
        "ENFORCEMENT_BROKERS": address,
        "ENFORCEMENT_TOPIC_PREFIX": prefix,
        "ENFORCEMENT_DATA_DIR": str(folder),
        "ENFORCEMENT_STATUS_FILE": str(folder / "status.json"),
        "ENFORCEMENT_HTTP_PORT": "0",
        "ENFORCEMENT_INSTANCE_ID": "demo",
        "ENFORCEMENT_LOG_LEVEL": "INFO",
        **clock,
    }
    settings = Settings(brokers=address, topic_prefix=prefix, data_dir=folder)
    made = Deployment(settings, folder, {**os.environ, **ours})
    try:
        applied = subprocess.run(
            [*COMMAND, "topics", "apply"], env=made.environment, capture_output=True, text=True, check=False
        )
        if applied.returncode:
            raise Unavailable("topics_not_made", applied.stderr.strip()[-500:])
        yield made
    finally:
        if not keep:
            _delete_topics(settings)
            shutil.rmtree(folder, ignore_errors=True)


class Worker:
    """`enforcement worker` as a process, always the same group member, so that a restart moves no partition."""

    def __init__(self, deployed: Deployment) -> None:
        """Start the process, which is not ready yet."""
        self._deployed = deployed
        self._process = self._started()

    def wait_until_ready(self) -> None:
        """Wait until the worker owns all partitions.

        Raises:
            Unavailable: it ended or did not get ready; the text holds the log's last lines.
        """
        limit = time.monotonic() + READY_SECONDS
        while not _is_ready(self._deployed.status_file):
            self.check()
            if time.monotonic() > limit:
                problem = f"after {READY_SECONDS:.0f} s; it said: {self._last_lines()}"
                raise Unavailable("worker_not_ready", problem)
            time.sleep(POLL_SECONDS)

    def check(self) -> None:
        """Raises Unavailable with the log's last lines if the worker has ended."""
        if (code := self._process.poll()) is not None:
            raise Unavailable("worker_ended", f"with exit code {code}; it said: {self._last_lines()}")

    def kill(self) -> None:
        """Kill the worker like a power cut, without a chance to finish anything, and restart it at once."""
        self._process.kill()
        self._process.wait()
        self._deployed.status_file.unlink(missing_ok=True)
        self._process = self._started()

    def stop(self) -> None:
        """Stop the worker by a signal, and kill it after STOP_SECONDS."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def _started(self) -> "subprocess.Popen[bytes]":
        with self._deployed.log_file.open("ab") as log:
            return subprocess.Popen(
                [*COMMAND, "worker"],
                env=self._deployed.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self._deployed.folder,
                # Ctrl-C reaches the demonstration only, which then stops its worker in order
                start_new_session=True,
            )

    def _last_lines(self) -> str:
        return "\n".join(self._deployed.log_file.read_text(errors="replace").splitlines()[-LOG_LINES:])


@contextmanager
def running_worker(deployed: Deployment) -> Iterator[Worker]:
    """One worker, ready; it is stopped afterwards.

    Raises:
        Unavailable: it ended or did not get ready.
    """
    with guarded() as environment:  # a demonstration that is killed leaves no worker behind
        worker = Worker(replace(deployed, environment=deployed.environment | environment))
        try:
            worker.wait_until_ready()
            yield worker
        finally:
            worker.stop()


def _is_ready(status_file: Path) -> bool:
    try:
        port = json.loads(status_file.read_text())["http_port"]
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2) as answer:
            return bool(answer.status == 200)
    except (OSError, ValueError, KeyError):
        return False


def _delete_topics(settings: Settings) -> None:
    admin = AdminClient({"bootstrap.servers": settings.brokers, "socket.timeout.ms": 5000})
    names = [settings.topic(topic.name) for topic in topics.TOPICS]
    try:
        for done in admin.delete_topics(names, operation_timeout=5).values():
            done.result(5)
    except (KafkaException, TimeoutError):
        return  # the broker has ended, and its records with it
