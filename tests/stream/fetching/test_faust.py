"""What Faust does by itself: pinned, so that nobody moves a business step into an agent, and we hear when it changes."""

import os
import signal
import subprocess
import sys

from confluent_kafka import Consumer, KafkaException, TopicPartition

from schemas import topics
from tests.stream.fleet.deployment import ROOT, Deployment, until


def committed(deployment: Deployment, group: str, topic: str) -> int:
    """The group's offset in partition 0; negative where there is none."""
    asking = Consumer({"bootstrap.servers": deployment.settings.brokers, "group.id": group})
    try:
        return asking.committed([TopicPartition(topic, 0)], timeout=10)[0].offset
    except KafkaException:
        return -1
    finally:
        asking.close()


def test_a_plain_faust_agent_loses_the_message_it_raised_on(deployment: Deployment) -> None:
    """An agent that raises on message 5 of 10 has all ten committed: 5 is lost, and nothing tells of it."""
    topic = deployment.settings.topic(topics.REPORTS)
    group = f"{deployment.settings.topic_prefix}bare"
    deployment.put([str(number) for number in range(1, 11)])
    environment = {"PINNED_APP": group, "PINNED_BROKER": deployment.settings.brokers, "PINNED_TOPIC": topic}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.stream.fleet.bare_faust"],
        cwd=ROOT,
        env=os.environ | environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until(60, "all ten committed", lambda: committed(deployment, group, topic) == 10)
        process.send_signal(signal.SIGTERM)
        process.wait(60)
    finally:
        process.kill()
        process.wait(60)
    assert committed(deployment, group, topic) == 10
