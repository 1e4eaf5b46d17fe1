"""The log changes under a running worker: an older copy of it, its state deleted, its topics made otherwise. Each stops the worker."""

import shutil
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from confluent_kafka import TopicPartition
from confluent_kafka.admin import NewPartitions

from pipeline.broker import Broker
from pipeline.stream import broker_topics
from pipeline.stream.brokers import Ends
from pipeline.stream.partition.kept_state import Outdated, keep, kept_line, read, write_back
from pipeline.stream.topic_watch import TopicWatch
from schemas import topics
from schemas.errors import BadMessage, CorruptLog
from tests.stream.conftest import Deploy
from tests.stream.fleet.deployment import (
    Deployment,
    Worker,
    assert_each_input_decided_once,
    decided,
    until,
)


def assert_stops(worker: Worker, *words: str) -> str:
    """With exit code 78 and a last line that says these words. Returns the line."""
    until(120, f"stopped\n{worker.log()}", worker.has_ended)
    line = worker.log().splitlines()[-1]
    assert worker.wait(1) == 78, worker.log()
    assert all(word in line for word in words), line
    return line


@pytest.mark.slow
@pytest.mark.parametrize("is_busy", [True, False], ids=["busy", "idle"])
def test_an_older_copy_of_the_brokers_data_stops_the_worker(
    own_broker: Broker, own_deployment: Deployment, is_busy: bool
) -> None:
    """A disk is restored from yesterday: what was acknowledged since is gone. The worker that knows says so, and decides nothing."""
    deployment = own_deployment
    worker = deployment.worker().wait_ready(60)
    deployment.put([f"a{number}" for number in range(50)])
    until(60, "half decided", lambda: decided(deployment) == 50)
    own_broker.stop()
    older = own_broker.folder.with_name("older")
    shutil.copytree(own_broker.folder / "data", older)
    broker = own_broker.restart()
    deployment.put([f"b{number}" for number in range(50)])
    until(60, "all decided", lambda: decided(deployment) == 100)
    broker.stop()
    shutil.rmtree(broker.folder / "data")
    older.rename(broker.folder / "data")
    broker.restart()
    if is_busy:
        deployment.put(["c"])
    if "no longer hold" not in assert_stops(
        worker
    ):  # whoever asks first: the fetch for its offset, or the watch for the journal's end
        assert_stops(worker, "log_went_back", "entry 100 of epoch", "docs/runbooks/CrashLoop.md")
    until(60, "no more than the half", lambda: decided(deployment) == 50)
    assert list((deployment.settings.data_dir / "state").glob("*-0-100.jsonl"))


def test_partitions_added_to_a_topic_stop_the_worker(deploy: Deploy) -> None:
    """A street of the new number would go elsewhere, where nobody is: the next look sees it, and says what can be done."""
    deployment = deploy()
    worker = deployment.worker().wait_ready(60)
    topic = deployment.settings.topic(topics.REPORTS)
    for made in deployment.brokers.admin.create_partitions([NewPartitions(topic, 2)]).values():
        made.result(60)
    assert_stops(worker, "partitions_differ", f"{topic}: 2 partitions, 1 wanted", broker_topics.RUNBOOK)


def records_deleted(deployment: Deployment) -> None:
    """As retention does it, where `cases.v1` is set to delete: the older half."""
    brokers = deployment.brokers
    brokers.configure({topics.CASES: {"cleanup.policy": "delete"}})
    deployment.messages(topics.CASES)  # waits for the last mark: it counts for the half
    half = brokers.ends([topics.CASES], 0)[topics.CASES].high // 2
    lost = TopicPartition(deployment.settings.topic(topics.CASES), 0, half)
    for deleted in brokers.admin.delete_records([lost]).values():
        deleted.result(60)


def topic_deleted(deployment: Deployment) -> None:
    """All of it."""
    for gone in deployment.brokers.admin.delete_topics([deployment.settings.topic(topics.CASES)]).values():
        gone.result(60)


@pytest.mark.parametrize(
    ("lose", "code"), [(records_deleted, "state_deleted"), (topic_deleted, "topic_missing")]
)
def test_a_state_that_the_log_lost_is_kept_by_the_worker_and_brought_back(
    deployment: Deployment, lose: Callable[[Deployment], None], code: str
) -> None:
    """The worker has it all: it stops, names a file and a command, and that brings back what is missing, once."""
    settings, brokers = deployment.settings, deployment.brokers
    worker = deployment.worker().wait_ready(60)
    deployment.put([f"a{number}" for number in range(30)])
    until(60, "decided", lambda: decided(deployment) == 30)
    before = deployment.position()
    assert before is not None
    lose(deployment)
    line = assert_stops(worker, code, "enforcement topics restore --from")
    kept = read(Path(line.rpartition(" --from ")[2]))
    broker_topics.apply(settings, brokers)
    until(60, "right again", lambda: broker_topics.differences(settings, brokers) == [])
    with pytest.raises(CorruptLog, match=r"digest_differs|position_missing"):
        deployment.open()
    assert write_back(deployment.parts(), kept) > 0
    assert write_back(deployment.parts(), kept) == 0, "what is there is not written twice"
    opened = deployment.open()
    assert (opened.seq, opened.digest.hex()) == (before.seq, before.digest)
    deployment.put(["goes on"])
    deployment.work(opened)
    assert_each_input_decided_once(deployment)
    with pytest.raises(Outdated, match="state_outdated"):
        write_back(deployment.parts(), kept)


def test_half_of_a_kept_state_is_never_taken_for_the_whole(deployment: Deployment, tmp_path: Path) -> None:
    """A copy that was cut off is refused, and a restore that was killed in the middle leaves what no worker opens."""
    deployment.put(["a", "b", "c", "d"])
    opened = deployment.open()
    deployment.work(opened)
    file = keep(deployment.settings, opened)
    assert file is not None
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    lines = file.read_bytes().splitlines(keepends=True)
    cut = tmp_path / "cut.jsonl"
    for some in (lines[:-1], lines[1:], lines[:1] + lines[2:]):
        cut.write_bytes(b"".join(some))
        with pytest.raises(BadMessage):
            read(cut)
    records_deleted(deployment)
    broker_topics.apply(deployment.settings, deployment.brokers)
    kept = read(file)
    key, value = next(iter(kept.records.items()))
    deployment.write(topics.CASES, [(key, value)])  # as far as the killed one had come
    with pytest.raises(CorruptLog, match="digest_differs"):
        deployment.open()
    write_back(deployment.parts(), kept)
    assert deployment.open().seq == 4


def test_a_topic_set_otherwise_is_noticed_when_it_lasts(deployment: Deployment) -> None:
    """All that `topics check` knows is compared while a worker runs; what is mended at once stops nobody."""
    watch = TopicWatch(deployment.parts(), missing_s=0.2, check_s=0.0)
    watch.look()
    deployment.brokers.configure({topics.REPORTS: {topics.TIMESTAMP_TYPE: "CreateTime"}})

    def is_noticed() -> bool:
        try:
            watch.look()
        except CorruptLog as error:
            return "topics_differ" in str(error) and broker_topics.APPLY in str(error)
        return False

    until(60, "noticed", is_noticed)
    broker_topics.apply(deployment.settings, deployment.brokers)
    until(60, "right again", lambda: not is_noticed())
    watch.look()


def test_a_log_that_goes_back_under_another_worker_is_noticed_too(deploy: Deploy) -> None:
    """Whoever takes that partition over may have started today, and know nothing."""
    deployment = deploy(partitions=2)
    parts = deployment.parts()
    watch = TopicWatch(parts)
    watch.look_at_others({0})
    parts.known_log.saw(1, {topics.REPORTS: Ends(0, 5, 5)})
    with pytest.raises(CorruptLog, match=r"log_went_back: reports.v1/1 ends at 0, and ended at 5"):
        watch.look_at_others({0})
    watch.look_at_others({1})


def test_apply_sets_how_a_topic_is_cleaned_and_with_it_how_long_it_is_kept(deployment: Deployment) -> None:
    """A journal that was compacted for a while is not deleted by the broker's own default as soon as it is set right."""
    brokers = deployment.brokers
    brokers.configure({topics.CASES: {"cleanup.policy": "compact,delete"}})
    brokers.configure({topics.JOURNAL: {"cleanup.policy": "compact", "retention.ms": "604800000"}})

    def found() -> list[broker_topics.Difference]:
        return broker_topics.differences(deployment.settings, brokers)

    until(60, "seen", lambda: len(found()) == 2)
    assert broker_topics.what_to_do(found()) == broker_topics.APPLY
    broker_topics.apply(deployment.settings, brokers)
    until(60, "right again", lambda: found() == [])
    assert brokers.configs([topics.JOURNAL])[topics.JOURNAL]["retention.ms"] == "-1"


def test_a_disk_without_room_is_waited_for(deployment: Deployment) -> None:
    """Memory may be the last copy: the worker does not end before it is written."""
    deployment.put(["a"])
    opened = deployment.open()
    deployment.work(opened)
    folder = deployment.settings.data_dir / "state"
    folder.write_text("in the way")
    line = kept_line(deployment.settings, [opened], lambda _: folder.unlink())
    assert read(Path(line.rpartition(" --from ")[2])).position.seq == 1
