"""What the client says of the brokers, and what of it is an answer."""

import time
from collections.abc import Iterable, Mapping
from concurrent.futures import Future
from types import SimpleNamespace
from typing import cast

import pytest
from confluent_kafka import OFFSET_INVALID, TopicPartition
from confluent_kafka.admin import AdminClient

from pipeline.settings import Settings
from pipeline.stream import broker_topics
from pipeline.stream.brokers import ANSWER_S, Brokers, Ends, TopicFacts
from schemas import topics
from schemas.errors import Unavailable


class LeaderlessAdmin:
    """Answers at once that it knows no offset, and calls it no error, as librdkafka does in the midst of a rolling restart."""

    def list_offsets(
        self, places: Iterable[TopicPartition], **_: object
    ) -> dict[TopicPartition, Future[object]]:
        answers: dict[TopicPartition, Future[object]] = {place: Future() for place in places}
        for answer in answers.values():
            answer.set_result(SimpleNamespace(offset=OFFSET_INVALID))
        return answers


class LeaderlessBrokers(Brokers):
    """Their clients are such."""

    @property
    def admin(self) -> AdminClient:
        return cast("AdminClient", LeaderlessAdmin())


def test_an_offset_that_nobody_knows_is_no_end_of_a_log() -> None:
    """A worker waits for the brokers; it took -1001 for an end, and stopped with 78: the log went back."""
    brokers = LeaderlessBrokers(Settings())
    with pytest.raises(Unavailable, match=r"no offset of reports\.v1/2"):
        brokers.highs([topics.REPORTS], 2)
    with pytest.raises(Unavailable):
        brokers.ends(topics.INPUTS, 2)


class BusyBrokers(Brokers):
    """Topics that were made just now are led only after a while."""

    def __init__(self, settings: Settings, while_s: float) -> None:
        super().__init__(settings)
        self._led_at_s = time.monotonic() + while_s

    @property
    def admin(self) -> AdminClient:
        made: Future[None] = Future()
        made.set_result(None)
        return cast(
            "AdminClient", SimpleNamespace(create_topics=lambda new, **_: {one.topic: made for one in new})
        )

    def topics(self, names: Iterable[str]) -> Mapping[str, TopicFacts]:
        return {}

    def configs(self, names: Iterable[str]) -> Mapping[str, Mapping[str, str | None]]:
        return {}

    def ends(self, names: Iterable[str], partition: int) -> Mapping[str, Ends]:
        if time.monotonic() < self._led_at_s:
            raise Unavailable("not_leader_for_partition", "nobody leads yet")
        return {}


def test_topics_made_on_a_busy_broker_are_waited_for_until_they_are_led(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It answers, and says that nobody leads yet: `topics apply` said after four seconds that no broker answers."""
    made = broker_topics.apply(Settings(), BusyBrokers(Settings(), while_s=ANSWER_S + 0.5))
    assert len(made) == len(topics.TOPICS)
