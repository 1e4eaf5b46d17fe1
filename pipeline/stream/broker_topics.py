"""The topics on the brokers: made, and compared with the contracts. A worker only compares, never makes."""

import time
from collections.abc import Collection, Mapping
from concurrent.futures import Future
from typing import Final, NamedTuple

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import NewTopic

from pipeline.settings import Settings
from pipeline.stream.brokers import ANSWER_S, Brokers, unavailable
from pipeline.words.spoken import said
from schemas import topics
from schemas.errors import Unavailable

_LOOK_S: Final = 0.05
_AS_THE_BROKERS_SAY: Final = -1
APPLY: Final = "enforcement topics apply"
RUNBOOK: Final = "docs/runbooks/CrashLoop.md"
_BY_NAME: Final = {topic.name: topic for topic in topics.TOPICS}
LED_S: Final = 60.0
_NOT_LED: Final = frozenset({"not_leader_for_partition", "leader_not_available"})
_POLICY: Final = "cleanup.policy"
_COMPARED: Final = (_POLICY, topics.TIMESTAMP_TYPE)
"""What a worker rests on; how long a topic is kept, say, is the deployment's business."""


class Difference(NamedTuple):
    """How a topic differs from its contract, in one line; and whether `apply` mends it."""

    line: str
    is_mended_by_apply: bool = True

    def __str__(self) -> str:
        return self.line


def what_to_do(found: Collection[Difference]) -> str:
    """The command that mends all of it, or where it is written what can be done."""
    return APPLY if all(difference.is_mended_by_apply for difference in found) else RUNBOOK


def apply(settings: Settings, brokers: Brokers) -> list[str]:
    """Make the topics that are missing, and have those that are there cleaned and stamped as the contracts say. Returns a line for
    each.

    Of a topic that is there nothing else is touched. What stands in it keeps its stamp; what comes from now on is stamped by the
    broker.

    Raises:
        Unavailable: the brokers did not do it.
    """
    present = brokers.topics(topic.name for topic in topics.TOPICS)
    return [*_make_missing(settings, brokers, present), *_set_right(settings, brokers, present)]


def _make_missing(settings: Settings, brokers: Brokers, present: Collection[str]) -> list[str]:
    missing = [
        NewTopic(
            settings.topic(topic.name),
            num_partitions=settings.partitions,
            replication_factor=settings.replication or _AS_THE_BROKERS_SAY,
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
    return [said("made {topic}", topic=name) for name in creations]


def _set_right(settings: Settings, brokers: Brokers, present: Collection[str]) -> list[str]:
    wrong = {name: _mend(name, config) for name, config in brokers.configs(present).items()}
    brokers.configure({name: mended for name, mended in wrong.items() if mended})
    return [
        said("set {setting} of {topic}", setting=f"{key}={value}", topic=settings.topic(name))
        for name, mended in wrong.items()
        for key, value in mended.items()
    ]


def _mend(name: str, config: Mapping[str, str | None]) -> Mapping[str, str]:
    """What is to be set of a topic. How long it is kept goes with how it is cleaned: what was compacted would be deleted at once."""
    wanted = _BY_NAME[name].config
    keys = [key for key in _COMPARED if _differs(wanted, config, key)]
    if _POLICY in keys and "retention.ms" in wanted:
        keys.append("retention.ms")
    return {key: wanted[key] for key in keys}


def _differs(wanted: Mapping[str, str], config: Mapping[str, str | None], key: str) -> bool:
    return key in wanted and config.get(key) != wanted[key]


def _wait_until_led(settings: Settings, brokers: Brokers) -> None:
    """A topic just made may be without leaders for a moment, on a busy broker for a long one: whoever says so answers, and is asked again."""
    begun = time.monotonic()
    while True:
        try:
            for partition in range(settings.partitions):
                brokers.ends((topic.name for topic in topics.TOPICS), partition)
        except Unavailable as error:
            limit_s = LED_S if error.code in _NOT_LED else ANSWER_S
            if time.monotonic() > begun + limit_s:
                raise
            time.sleep(_LOOK_S)
        else:
            return


def differences(settings: Settings, brokers: Brokers) -> list[Difference]:
    """How the topics differ from the contracts; empty if they do not.

    Raises:
        Unavailable: the brokers do not answer.
    """
    present = brokers.topics(topic.name for topic in topics.TOPICS)
    found = [
        Difference(said("{topic}: missing", topic=settings.topic(topic.name)))
        for topic in topics.TOPICS
        if topic.name not in present
    ]
    found += [
        partitions_differ(settings, name, facts.partitions)
        for name, facts in present.items()
        if facts.partitions != settings.partitions
    ]
    for name, config in brokers.configs(present).items():
        wanted = _BY_NAME[name].config
        found += [
            Difference(
                said(
                    "{topic}: {key} is {value}, {wanted} wanted",
                    topic=settings.topic(name),
                    key=key,
                    value=config.get(key),
                    wanted=wanted[key],
                )
            )
            for key in _COMPARED
            if _differs(wanted, config, key)
        ]
    return found


def partitions_differ(settings: Settings, name: str, partitions: int) -> Difference:
    """Of a topic with another number of partitions than the deployment's."""
    line = said(
        "{topic}: {partitions} partitions, {wanted} wanted",
        topic=settings.topic(name),
        partitions=partitions,
        wanted=settings.partitions,
    )
    return Difference(line, is_mended_by_apply=False)
