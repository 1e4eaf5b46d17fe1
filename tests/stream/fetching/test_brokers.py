"""What the client says of the brokers, and what of it is an answer."""

from collections.abc import Iterable
from concurrent.futures import Future
from types import SimpleNamespace
from typing import cast

import pytest
from confluent_kafka import OFFSET_INVALID, TopicPartition
from confluent_kafka.admin import AdminClient

from pipeline.settings import Settings
from pipeline.stream.brokers import Brokers
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
