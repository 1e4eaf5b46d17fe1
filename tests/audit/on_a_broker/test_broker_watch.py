"""How full the brokers' disks are, asked of a real broker; of one that does not answer nothing is told."""

import socket

from pipeline.audit.broker_watch import BrokerWatch
from pipeline.audit.gauges import REGISTRY
from pipeline.kafka_log.connection import Connection
from schemas import topics
from tests.stream.conftest import Deploy


def samples(name):
    """The series of a metric of the auditor, by their labels."""
    family = next(family for family in REGISTRY.collect() if family.name == f"enforcement_{name}")
    return {tuple(sample.labels.values()): sample.value for sample in family.samples}


def test_the_disk_of_a_broker_is_measured_and_forgotten_when_it_is_gone(deploy: Deploy):
    """Free and total of each folder, replicas of each topic; old figures do not stay."""
    settings = deploy().settings
    watch = BrokerWatch()
    watch.look(Connection(settings.brokers, settings.topic_prefix))
    [(place, usable)] = samples("audit_disk_usable_bytes").items()
    assert place[0] == "1"
    assert 0 < usable <= samples("audit_disk_total_bytes")[place]
    assert samples("audit_disk_offline") == {place: 0}
    assert samples("audit_partitions_behind") == {(topic.name,): 0 for topic in topics.TOPICS}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        watch.look(Connection(f"127.0.0.1:{free.getsockname()[1]}", connect_s=0.5, answer_s=0.5))
    assert samples("audit_disk_usable_bytes") == samples("audit_disk_offline") == {}
