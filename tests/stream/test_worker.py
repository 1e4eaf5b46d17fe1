"""Worker processes on the real broker: started, killed, frozen, told to stop."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path

from confluent_kafka import Producer
from confluent_kafka.admin import NewTopic

from schemas import topics
from tests.stream.conftest import Deploy
from tests.stream.fleet.counting import STREET
from tests.stream.fleet.deployment import (
    ROOT,
    SECOND_FLEET,
    STUBBORN_WORKER,
    Deployment,
    Worker,
    assert_each_input_decided_once,
    until,
)


def load(deployment: Deployment, many: int, start: int = 0) -> None:
    """`many` records over both inputs and all partitions."""
    for partition in range(deployment.settings.partitions):
        numbers = range(start + partition, start + many, deployment.settings.partitions)
        deployment.put([f"r{n}" for n in numbers if n % 5], topics.REPORTS, partition)
        deployment.put([f"a{n}" for n in numbers if n % 5 == 0], topics.ACTIONS, partition)


def abort(deployment: Deployment, values: list[str]) -> None:
    """Push records in a transaction and take them back."""
    settings = deployment.settings
    source = Producer(
        {"bootstrap.servers": settings.brokers, "transactional.id": f"{settings.topic_prefix}source"}
    )
    source.init_transactions(10)
    source.begin_transaction()
    for value in values:
        source.produce(settings.topic(topics.REPORTS), value.encode(), STREET.encode(), 0)
    source.flush(10)
    source.abort_transaction(10)


def test_a_worker_becomes_ready_works_and_ends_when_told(deploy: Deploy) -> None:
    """Ready, with all that it was given open; sees committed records only; the group's offsets mean nothing; SIGTERM: exit 0 in time."""
    deployment = deploy(partitions=2)
    load(deployment, 100)
    deployment.commit_to_group(topics.REPORTS, 20)
    worker = deployment.worker()
    worker.wait_ready()
    until(60, "both are open", lambda: worker.metric('enforcement_partitions{state="open"}') == 2)
    abort(deployment, ["never happened"] * 10)
    load(deployment, 100, start=100)
    until(60, "decided", lambda: worker.metric("enforcement_journal_entries_total") == 200)
    assert worker.page("/nothing")[0] == 404
    told_to_stop(worker)
    assert_each_input_decided_once(deployment)


def test_killed_in_mid_load_again_and_again_everything_is_decided_once(deploy: Deploy) -> None:
    """kill -9 at any moment leaves a transaction that the next opening ends: nothing lost, nothing twice."""
    deployment = deploy(partitions=2, batch_records_max=20)
    pushed = killed_early = 0
    while killed_early < 3:
        assert pushed < 18_000, "no kill hits the middle: the test proves nothing"
        load(deployment, 1_500, start=pushed)
        worker = deployment.worker(instance_id="the-one")
        until(60, "in mid-load", _has_decided_more_than(deployment, pushed))
        worker.send(signal.SIGKILL)
        worker.wait(60)
        pushed += 1_500
        killed_early += deployment.decided() < pushed
    deployment.worker(instance_id="the-one").wait_ready()
    until(60, "all decided", lambda: deployment.decided() == pushed)
    assert_each_input_decided_once(deployment)


def _has_decided_more_than(deployment: Deployment, done: int) -> Callable[[], bool]:
    return lambda: deployment.decided() > done


def test_when_one_of_two_workers_is_killed_the_other_takes_over(deploy: Deploy) -> None:
    """The partitions move within the session timeout; each input is still decided once."""
    deployment = deploy(partitions=4)
    workers = [deployment.worker(), deployment.worker()]
    shares(workers, 4)
    load(deployment, 2_000)
    until(60, "in the middle", lambda: deployment.decided() > 0)
    workers[0].send(signal.SIGKILL)
    load(deployment, 2_000, start=2_000)
    until(60, "all decided by the other", lambda: deployment.decided() == 4_000)
    assert_each_input_decided_once(deployment)


def test_a_worker_that_was_frozen_writes_nothing_stale(deploy: Deploy) -> None:
    """Condition 3: past its session timeout another has its partitions; it wakes, is refused, and takes no revenge."""
    deployment = deploy(partitions=2, batch_records_max=20)
    frozen, other = deployment.worker(), deployment.worker()
    shares([frozen, other], 2)
    load(deployment, 8_000)
    until(60, "in mid-load", lambda: frozen.metric("enforcement_journal_entries_total") > 100)
    frozen.send(signal.SIGSTOP)
    until(60, "the other has both", lambda: other.metric('enforcement_partitions{state="open"}') == 2)
    until(60, "the other decided all", lambda: deployment.decided() == 8_000)
    frozen.send(signal.SIGCONT)
    shares([frozen, other], 2)
    assert any(word in frozen.log() for word in ("another owner", "given up", "retired")), frozen.log()
    assert other.metric("enforcement_fencings_total") == 0
    load(deployment, 500, start=8_000)
    until(60, "all decided", lambda: deployment.decided() == 8_500)
    assert_each_input_decided_once(deployment)


def shares(workers: list[Worker], partitions: int) -> None:
    """Wait until the workers have all partitions open, evenly."""
    each = partitions / len(workers)
    until(120, "even shares", lambda: all(_open(worker) == each for worker in workers))


def _open(worker: Worker) -> float:
    return worker.metric('enforcement_partitions{state="open"}') if worker.is_ready() else -1.0


def test_the_metrics_show_partitions_that_nobody_owns(deploy: Deploy) -> None:
    """What the workers say they hold is less than the deployment has; and who gave a partition away counts it no more."""
    deployment = deploy(partitions=4)
    one = deployment.worker().wait_ready()
    load(deployment, 40)
    until(60, "decided", lambda: deployment.decided() == 40)
    until(60, "all held", lambda: _held(one) == 4)
    other = deployment.worker()
    shares([one, other], 4)
    until(60, "two given away", lambda: (_held(one), _held(other)) == (2, 2))
    until(60, "and not counted", lambda: one.page("/metrics")[1].count("enforcement_snapshots{") == 2)
    other.send(signal.SIGKILL)
    other.wait(60)
    assert _held(one) < one.metric("enforcement_topic_partitions") == 4
    until(60, "none unowned", lambda: _held(one) == one.metric("enforcement_topic_partitions"))


def _held(worker: Worker) -> float:
    return sum(worker.metric(f'enforcement_partitions{{state="{state}"}}') for state in ("open", "parked"))


def test_two_fleets_under_one_application_id_stop_and_spoil_nothing(deploy: Deploy) -> None:
    """They fence one another; more than three times in a minute ends a worker with 77. Once one is gone the other works."""
    deployment = deploy(partitions=4)
    numbers = count(0, 20)
    first = deployment.worker().wait_ready()
    second = deployment.worker(program=SECOND_FLEET)

    def one_gives_way() -> bool:  # who is fenced learns of it when it writes
        load(deployment, 20, start=next(numbers))
        return first.has_ended() or second.has_ended()

    until(60, "one gives way", one_gives_way)
    gave_way = first if first.has_ended() else second
    assert gave_way.wait(1) == 77
    assert "is a second deployment using this app id?" in gave_way.log()
    for worker in (first, second):
        worker.end()
    again = deployment.worker().wait_ready(60)
    load(deployment, 20, start=next(numbers))
    pushed = next(numbers)
    until(60, "all decided", lambda: deployment.decided() == pushed)
    assert_each_input_decided_once(deployment)
    told_to_stop(again)


def test_both_inputs_of_a_partition_go_to_one_worker(deploy: Deploy) -> None:
    """Three workers, four partitions: the same numbers of both topics together, or the worker would have stopped."""
    deployment = deploy(partitions=4)
    workers = [deployment.worker() for _ in range(3)]

    def spread() -> bool:  # two workers may have all four open before the third has joined
        opened = [_open(worker) for worker in workers]
        return sum(opened) == 4 and min(opened) >= 1

    until(60, "four open, on three workers", spread)
    load(deployment, 400)
    until(60, "decided", lambda: deployment.decided() == 400)
    assert all("assigned apart" not in worker.log() for worker in workers)
    assert_each_input_decided_once(deployment)


def test_told_to_stop_in_the_middle_of_a_rebalance_a_worker_ends_with_0(deploy: Deploy) -> None:
    """Faust takes a fetch that is cancelled then for a crash, and whatever falls over while it is taken down."""
    deployment = deploy(partitions=2)
    worker = deployment.worker(program=STUBBORN_WORKER).wait_ready()
    load(deployment, 200)
    deployment.worker()
    until(60, "in a rebalance", lambda: worker.metric('enforcement_partitions{state="parked"}') == 2)
    told_to_stop(worker)
    assert "while stopping" in worker.log()
    until(60, "all decided", lambda: deployment.decided() == 200)
    assert_each_input_decided_once(deployment)


def test_told_to_stop_while_a_rebalance_waits_for_another_a_worker_waits_for_nobody(deploy: Deploy) -> None:
    """A frozen member holds a rebalance up for its whole session, far longer than stopping may take."""
    deployment = deploy(partitions=2, session_timeout_s=30.0)
    worker, frozen = deployment.worker(), deployment.worker()
    shares([worker, frozen], 2)
    frozen.send(signal.SIGSTOP)
    deployment.worker()
    until(60, "in a rebalance", lambda: worker.metric('enforcement_partitions{state="parked"}') == 1)
    told_to_stop(worker)


def told_to_stop(worker: Worker) -> None:
    """SIGTERM: exit 0, in time, without a traceback."""
    told = time.monotonic()
    worker.send(signal.SIGTERM)
    assert worker.wait(60) == 0, worker.log()
    assert time.monotonic() - told < 10
    assert "Traceback" not in worker.log()


IMPORTING = """
import signal, sys
from pipeline.cli import main
class Slow:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name == "pipeline.stream.app":
            print("importing", file=sys.stderr, flush=True)
            signal.pause()
sys.meta_path.insert(0, Slow)
main()
"""
"""The real worker, where an import takes for ever."""


def test_told_to_stop_within_a_librarys_code_a_worker_ends_with_0() -> None:
    """There an exception would be swallowed: while rules were read it made them wrong, and the worker ended with 78."""
    program = """
import os, signal
from pipeline.stream.worker_command import end_when_told
class Swallowing:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGTERM)
end_when_told()
Swallowing()
raise SystemExit(78)
"""
    assert subprocess.run([sys.executable, "-c", program], check=False, timeout=120).returncode == 0


def test_told_to_stop_while_its_command_is_imported_a_worker_ends_with_0(tmp_path: Path) -> None:
    """There, too, an exception would be swallowed: the worker ran on as if nobody had told it, or ended with 143."""
    (tmp_path / "imported.py").write_text("""
import os, signal
class Swallowing:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGTERM)
Swallowing()
def command(): ...
""")
    program = """
from pipeline import cli
cli.COMMANDS = {"worker": ("imported:command", "")}
cli.main()
"""
    ended = subprocess.run(
        [sys.executable, "-c", program, "worker"],
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{tmp_path}"},
        check=False,
        timeout=120,
    )
    assert ended.returncode == 0


def test_told_to_stop_before_it_has_begun_a_worker_ends_with_0(deploy: Deploy) -> None:
    """Its imports take a second, in which Python would die of the signal."""
    deployment = deploy(apply=False)
    worker = deployment.worker(program=("-c", IMPORTING, "worker"))
    until(60, "importing", lambda: "importing" in worker.log())
    told_to_stop(worker)


def test_wrong_topics_are_refused_with_the_command_to_run(deploy: Deploy) -> None:
    """Missing topics, another number of partitions or another policy: exit 78 before anything is joined or fenced."""
    deployment = deploy(apply=False)
    worker = deployment.worker()
    assert worker.wait(90) == 78
    assert "enforcement topics apply" in worker.log()
    settings = deployment.settings
    wrong = NewTopic(settings.topic(topics.CASES), num_partitions=1, config={"cleanup.policy": "delete"})
    for made in deployment.brokers.admin.create_topics([wrong]).values():
        made.result(60)
    again = deployment.worker()
    assert again.wait(90) == 78
    assert f"{settings.topic(topics.CASES)}: cleanup.policy is delete" in again.log()


def test_a_corrupt_log_ends_the_worker(deployment: Deployment) -> None:
    """Exit 78 with one line that says what contradicts what."""
    deployment.put(["a"])
    deployment.work(deployment.open())
    deployment.write(topics.CASES, [(topics.POSITION_KEY, None)])
    worker = deployment.worker()
    assert worker.wait(90) == 78
    assert "position_missing" in worker.log()


def test_without_a_broker_the_worker_waits_and_still_ends_when_told(deploy: Deploy) -> None:
    """One clear line a try, with growing pauses; SIGTERM is obeyed meanwhile."""
    deployment = deploy(apply=False)
    worker = deployment.worker(brokers="127.0.0.1:1")
    until(60, "a clear line", lambda: "trying again" in worker.log())
    assert worker.page("/readyz")[0] == 503
    worker.send(signal.SIGTERM)
    assert worker.wait(60) == 0
