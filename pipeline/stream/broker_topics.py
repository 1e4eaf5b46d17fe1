"""The topics on the brokers: `enforcement topics apply` makes them, `check` compares; a worker only checks, never makes."""

import sys
import time
from collections.abc import Mapping
from concurrent.futures import Future
from typing import Final

import click
from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import NewTopic

from pipeline.broker.local_settings import local_settings
from pipeline.settings import Settings
from pipeline.stream.brokers import ANSWER_S, Brokers, unavailable
from pipeline.stream.exits import EX_CONFIG, EX_UNAVAILABLE
from schemas import topics
from schemas.errors import Unavailable

_LOOK_S: Final = 0.05
APPLY: Final = "enforcement topics apply"


def apply(settings: Settings, brokers: Brokers) -> list[str]:
    """Make the topics that are missing. Returns their names on the brokers; touches no topic that is there.

    Raises:
        Unavailable: the brokers did not do it.
    """
    present = brokers.topics(topic.name for topic in topics.TOPICS)
    missing = [
        NewTopic(
            settings.topic(topic.name),
            num_partitions=settings.partitions,
            replication_factor=settings.replication,
            config=dict(topic.config),
        )
        for topic in topics.TOPICS
        if topic.name not in present
    ]
    if not missing:
        return []
    creations: Mapping[str, Future[None]] = brokers.admin.create_topics(missing, request_timeout=ANSWER_S)
    for creation in creations.values():
        try:
            creation.result(ANSWER_S)
        except KafkaException as error:
            if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
                raise unavailable(error) from error
        except TimeoutError as error:
            raise Unavailable("no_answer", "the brokers do not answer whether the topics are made") from error
    _wait_until_led(settings, brokers)
    return list(creations)


def _wait_until_led(settings: Settings, brokers: Brokers) -> None:
    """A topic just made may be without leaders for a moment."""
    deadline = time.monotonic() + ANSWER_S
    while True:
        try:
            for partition in range(settings.partitions):
                brokers.ends((topic.name for topic in topics.TOPICS), partition)
        except Unavailable:
            if time.monotonic() > deadline:
                raise
            time.sleep(_LOOK_S)
        else:
            return


def differences(settings: Settings, brokers: Brokers) -> list[str]:
    """How the topics differ from the contracts, one line each; empty if they do not.

    Raises:
        Unavailable: the brokers do not answer.
    """
    present = brokers.topics(topic.name for topic in topics.TOPICS)
    lines = [f"{settings.topic(topic.name)}: missing" for topic in topics.TOPICS if topic.name not in present]
    lines += [
        f"{settings.topic(name)}: {facts.partitions} partitions, {settings.partitions} wanted"
        for name, facts in present.items()
        if facts.partitions != settings.partitions
    ]
    policies = brokers.cleanup_policies(present)
    for topic in topics.TOPICS:
        policy, wanted = policies.get(topic.name), topic.config["cleanup.policy"]
        if policy is not None and policy != wanted:
            lines.append(f"{settings.topic(topic.name)}: cleanup.policy is {policy}, {wanted} wanted")
    return lines


@click.group("topics")
def topics_group() -> None:
    """The topics on the brokers."""


@topics_group.command("apply")
def apply_command() -> None:
    """Make the topics that are missing; change none."""
    settings = local_settings()
    try:
        for name in apply(settings, Brokers(settings)):
            click.echo(f"made {name}")
    except Unavailable as error:
        click.echo(f"brokers {settings.brokers}: {error}", err=True)
        sys.exit(EX_UNAVAILABLE)
    _report(settings)


@topics_group.command("check")
def check_command() -> None:
    """Compare the topics with the contracts; exit 78 where they differ."""
    _report(local_settings())


def _report(settings: Settings) -> None:
    try:
        lines = differences(settings, Brokers(settings))
    except Unavailable as error:
        click.echo(f"brokers {settings.brokers}: {error}", err=True)
        sys.exit(EX_UNAVAILABLE)
    for line in lines:
        click.echo(line, err=True)
    if lines:
        sys.exit(EX_CONFIG)
    click.echo(
        f"{len(topics.TOPICS)} topics with {settings.partitions} partitions each: as the contracts say"
    )
