"""A broker of one machine: started once, found again, ended in order, killed, and never confused with a stranger."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil
import pytest
from confluent_kafka import OFFSET_BEGINNING, Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from pipeline.broker import Broker, BrokerError, borrowed_broker
from pipeline.broker.java.java_process import spawned
from pipeline.broker.kept_records import wipe_folder
from pipeline.broker.running_address import MAIN_CLASS

pytestmark = pytest.mark.broker

TOPIC = "kept"
ANSWER_SECONDS_MAX = 20
END_SECONDS_MAX = 120


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder whose name Java must be told carefully; whatever runs in it at the end is ended."""
    home = tmp_path_factory.mktemp("街道 broker")
    yield home
    if running := Broker.find(home):
        running.kill()


@pytest.fixture
def broker(folder: Path) -> Broker:
    """A running broker of `folder`: the last test's, or a new one on the same records."""
    return Broker.start(folder, port=None if (folder / "broker.json").exists() else 0)


def enforcement(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs the command as a user does, with no Java and no Maven on the PATH."""
    environment = {**os.environ, "ENFORCEMENT_HOME": str(home), "PATH": "/nonexistent"}
    environment.pop("JAVA_HOME", None)
    command = [sys.executable, "-c", "from pipeline.cli import main; main()", "broker", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def written(address: str, value: bytes) -> None:
    """`value` stands in TOPIC, acknowledged."""
    admin = AdminClient({"bootstrap.servers": address})
    if TOPIC not in admin.list_topics(timeout=ANSWER_SECONDS_MAX).topics:
        admin.create_topics([NewTopic(TOPIC, 1, 1)])[TOPIC].result(ANSWER_SECONDS_MAX)
    producer = Producer({"bootstrap.servers": address})
    producer.produce(TOPIC, value, partition=0)
    assert producer.flush(ANSWER_SECONDS_MAX) == 0


def read(address: str, count: int) -> list[bytes]:
    """The first `count` values of TOPIC."""
    consumer = Consumer({"bootstrap.servers": address, "group.id": "reader", "enable.auto.commit": False})
    consumer.assign([TopicPartition(TOPIC, 0, OFFSET_BEGINNING)])
    try:
        return [record.value() or b"" for record in consumer.consume(count, timeout=ANSWER_SECONDS_MAX)]
    finally:
        consumer.close()


def test_a_started_broker_serves_and_is_found(broker: Broker) -> None:
    """What start returns is what the folder remembers."""
    assert broker.is_running()
    assert Broker.find(broker.folder) == broker


def test_starting_twice_is_starting_once(broker: Broker) -> None:
    """A second start answers with the broker that runs."""
    assert Broker.start(broker.folder) == broker


def test_two_starts_at_once_make_one_broker(tmp_path: Path) -> None:
    """The second waits for the first and answers with its broker."""
    with started_at_once(tmp_path, tmp_path) as (first, second):
        assert first == second


def test_two_folders_that_want_one_port_get_two(tmp_path: Path) -> None:
    """Both see the port free, one wins it, and neither takes the other's answers for its own broker's."""
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    port, one, two = free_ports(3)
    remember(tmp_path / "a", pid=0, port=port, controller_port=one)
    remember(tmp_path / "b", pid=0, port=port, controller_port=two)
    with started_at_once(tmp_path / "a", tmp_path / "b") as (first, second):
        assert first.port != second.port
        written(first.address, b"mine")
        assert TOPIC not in AdminClient({"bootstrap.servers": second.address}).list_topics(timeout=20).topics


def test_a_record_written_is_read(broker: Broker) -> None:
    """One record goes in and comes out."""
    written(broker.address, b"one")
    assert read(broker.address, 1) == [b"one"]


def test_records_outlive_a_clean_restart(broker: Broker) -> None:
    """Stop and start on the same folder keep address and records."""
    written(broker.address, b"two")
    before = read(broker.address, 2)
    again = broker.restart()
    assert again.address == broker.address
    assert again.pid != broker.pid
    assert read(again.address, len(before)) == before


def test_acknowledged_records_outlive_a_kill(broker: Broker) -> None:
    """kill -9 loses nothing that was acknowledged, and the next start serves on the same address."""
    written(broker.address, b"three")
    before = read(broker.address, 3)
    broker.kill()
    assert not broker.is_running()
    again = broker.restart()
    assert again.address == broker.address
    assert read(again.address, len(before)) == before
    written(again.address, b"four")


def test_it_moves_on_when_its_last_port_was_taken(broker: Broker) -> None:
    """A port somebody else took meanwhile is no reason not to start: the address changes, the records stay."""
    written(broker.address, b"five")
    before = read(broker.address, 1)
    broker.stop()
    with (
        socket.create_server(("127.0.0.1", broker.port)),
        socket.create_server(("127.0.0.1", broker.controller_port)),
    ):
        again = Broker.start(broker.folder)
    assert again.port != broker.port
    assert read(again.address, 1) == before


def test_a_port_asked_for_and_taken_is_an_error(tmp_path: Path) -> None:
    """Who names a port gets that one or a reason."""
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(BrokerError) as refused:
        Broker.start(tmp_path, port=taken.getsockname()[1])
    assert refused.value.code == "port_taken"
    assert Broker.find(tmp_path) is None


def test_a_stopped_broker_is_not_found_and_stopping_again_is_harmless(broker: Broker) -> None:
    """Stop obeys, and once it is stopped there is nothing to stop."""
    assert broker.stop()
    assert Broker.find(broker.folder) is None
    assert broker.stop()


def test_a_state_file_of_a_dead_process_is_stale(tmp_path: Path) -> None:
    """The process id of a broker that ended without a word is not taken for a running one."""
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    remember(tmp_path, dead.pid)
    assert Broker.find(tmp_path) is None


def test_a_stranger_with_a_recycled_process_id_is_left_alone(tmp_path: Path) -> None:
    """Neither stop nor kill touches a process that is not this folder's broker."""
    stranger = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])
    try:
        remember(tmp_path, stranger.pid)
        assert Broker.find(tmp_path) is None
        last = Broker("127.0.0.1:1", stranger.pid, tmp_path, 2, 128)
        assert last.stop()
        last.kill()
        assert psutil.Process(stranger.pid).status() != psutil.STATUS_ZOMBIE
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_process_is_known_as_soon_as_its_start_returns(tmp_path: Path) -> None:
    """A process just started shows no command line for a moment: that is not taken for its death."""
    command = ["/bin/sh", "-c", "sleep 60", MAIN_CLASS, str(tmp_path / "server.properties")]
    for _ in range(40):
        started = Broker("127.0.0.1:1", spawned(command, tmp_path / "log", {}), tmp_path, 2, 128)
        try:
            assert started.is_running()
        finally:
            os.kill(started.pid, signal.SIGKILL)
            os.waitpid(started.pid, 0)


def test_a_borrowed_broker_ends_with_its_block(tmp_path: Path) -> None:
    """Also the one that was restarted in it."""
    with borrowed_broker(tmp_path) as borrowed:
        borrowed.kill()
        again = borrowed.restart()
        assert again.is_running()
    assert not again.is_running()


def test_a_borrowed_broker_ends_with_its_borrower(tmp_path: Path) -> None:
    """A test run that crashes leaves no Kafka behind."""
    code = (
        "import os, pathlib, signal, sys; from pipeline.broker import borrowed_broker\n"
        "with borrowed_broker(pathlib.Path(sys.argv[1])) as broker:\n"
        "    print(broker.pid, flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    borrower = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, check=False)
    assert borrower.returncode == -signal.SIGKILL
    assert int(borrower.stdout) > 0
    gives_up = time.monotonic() + ANSWER_SECONDS_MAX
    while Broker.find(tmp_path):
        assert time.monotonic() < gives_up
        time.sleep(0.05)


def test_a_damaged_state_file_is_no_broker(tmp_path: Path) -> None:
    """Half a file says nothing."""
    (tmp_path / "broker.json").write_text('{"pid": 1')
    assert Broker.find(tmp_path) is None


def test_only_what_the_broker_made_is_wiped(tmp_path: Path) -> None:
    """A folder may hold other things."""
    (tmp_path / "data").mkdir()
    (tmp_path / "mine.txt").write_text("mine")
    wipe_folder(tmp_path)
    assert not (tmp_path / "data").exists()
    assert (tmp_path / "mine.txt").exists()


def test_a_running_broker_is_not_wiped(broker: Broker) -> None:
    """Records are removed only from under a stopped broker."""
    with pytest.raises(BrokerError) as refused:
        wipe_folder(broker.folder)
    assert refused.value.code == "still_running"
    assert broker.is_running()


def test_a_folder_that_cannot_be_written_is_one_clear_error(tmp_path: Path) -> None:
    """Not a traceback: which folder, and what to do."""
    (tmp_path / "file").write_text("")
    with pytest.raises(BrokerError) as refused:
        Broker.start(tmp_path / "file" / "broker")
    assert refused.value.code == "not_writable"


def test_a_broker_that_dies_while_it_starts_says_why(tmp_path: Path) -> None:
    """The error carries the reason from Kafka's log, and the file to read on in."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "meta.properties").write_text("version=999\n")
    with pytest.raises(BrokerError) as refused:
        Broker.start(tmp_path, port=0)
    assert refused.value.code == "broker_died"
    assert "meta.properties" in refused.value.message
    assert str(tmp_path / "broker.log") in refused.value.message


def test_the_commands_tell_a_user_what_is(tmp_path: Path) -> None:
    """status, up, up again, status as JSON, down, down again: words and exit codes."""
    assert enforcement(tmp_path, "status").returncode == 3
    try:
        up = enforcement(tmp_path, "up", "--heap-mb", "256")
        assert up.returncode == 0, up.stderr
        again = enforcement(tmp_path, "up")
        assert "already runs" in again.stdout
        status = enforcement(tmp_path, "status", "--json")
        facts = json.loads(status.stdout)
        assert status.returncode == 0
        assert facts["running"]
        assert facts["address"] in up.stdout
        # the broker has a session of its own: Ctrl-C for the caller is not one for it
        assert os.getsid(facts["pid"]) == facts["pid"]
        down = enforcement(tmp_path, "down", "--wipe", "--yes")
        assert "in order" in down.stdout
        assert (
            not psutil.pid_exists(facts["pid"])
            or psutil.Process(facts["pid"]).status() == psutil.STATUS_ZOMBIE
        )
        assert enforcement(tmp_path, "down").stdout == "Kafka does not run\n"
        assert not (tmp_path / "broker" / "data").exists()
    finally:
        if running := Broker.find(tmp_path / "broker"):
            running.kill()


@pytest.mark.parametrize(
    ("stage", "ending", "is_background"),
    [
        ("START", "SIGINT", False),
        ("START", "SIGTERM", True),
        ("START", "SIGHUP", False),
        ("START", "SIGKILL", False),
        ("FORMAT", "SIGKILL", True),
    ],
)
def test_a_start_that_is_cut_off_leaves_no_process(
    tmp_path: Path, stage: str, ending: str, is_background: bool
) -> None:
    """Ctrl-C, a signal, a closed terminal or a killed starter while Kafka is made or starts; also where the shell has Ctrl-C ignored."""
    shell_ignores = "signal.signal(signal.SIGINT, signal.SIG_IGN); " if is_background else ""
    code = (
        f"import pathlib, signal, sys; {shell_ignores}from pipeline.broker import Broker\n"
        "signal.signal(signal.SIGHUP, signal.SIG_DFL)\n"  # nohup has it ignored
        "told = lambda now: print(now.stage.name, flush=True)\n"
        "Broker.start(pathlib.Path(sys.argv[1]), port=0, on_progress=told)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE) as starter:
        while (line := starter.stdout.readline()) != f"{stage}\n".encode():
            assert line
        starter.send_signal(signal.Signals[ending])
        starter.communicate()
    assert starter.returncode != 0
    wait_until(lambda: not processes_of(tmp_path))


def test_a_broker_that_serves_outlives_its_starter(tmp_path: Path) -> None:
    """`broker up` ends, Kafka stays: the guard of the start is released."""
    with started_at_once(tmp_path) as (broker,):
        assert broker.is_running()


def wait_until(is_so: Callable[[], bool]) -> None:
    """Within END_SECONDS_MAX: the machine may be busy."""
    gives_up = time.monotonic() + END_SECONDS_MAX
    while not is_so():
        assert time.monotonic() < gives_up
        time.sleep(0.05)


def processes_of(folder: Path) -> list[list[str]]:
    """The command lines of all Java processes that work in this folder."""
    lines = [process.info["cmdline"] or [] for process in psutil.process_iter(["cmdline"])]
    return [line for line in lines if str(folder / "server.properties") in line]


def free_ports(count: int) -> list[int]:
    """Different ports nobody listens on."""
    with ExitStack() as held:
        return [
            held.enter_context(socket.create_server(("127.0.0.1", 0))).getsockname()[1] for _ in range(count)
        ]


def remember(folder: Path, pid: int, port: int = 1, controller_port: int = 2) -> None:
    """A state file as an earlier broker with this process id and these ports would have left it."""
    facts = {"address": f"127.0.0.1:{port}", "pid": pid, "controller_port": controller_port, "heap_mb": 128}
    (folder / "broker.json").write_text(json.dumps(facts))


@contextmanager
def started_at_once(*folders: Path) -> Iterator[list[Broker]]:
    """The brokers that one process for each folder started, all processes at the same time; ended after."""
    code = "import sys, pathlib; from pipeline.broker import Broker; Broker.start(pathlib.Path(sys.argv[1]))"
    starts = [subprocess.Popen([sys.executable, "-c", code, str(folder)]) for folder in folders]
    try:
        assert [start.wait() for start in starts] == [0] * len(starts)
        yield [running for folder in folders if (running := Broker.find(folder))]
    finally:
        for folder in folders:
            if running := Broker.find(folder):
                running.kill()
