"""What managers read while workers and broker come and go: the whole or "incomplete", never a part, never twice; and an alert that
stands does not end because nobody can count.

Two real workers, a real Kafka that is killed, a real Prometheus with the committed rules, and a real Alertmanager with the committed
routes.
"""

import re
import signal
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final, NamedTuple

import pytest

from deploy.value_words import TEAMS
from pipeline.indicators.due_cases import NEAREST_MAX
from tests.deploy.outage.notified import Notification, receiving
from tests.deploy.outage.watched import (
    CASES,
    OPEN,
    OVERDUE,
    STREETS,
    Seen,
    Watched,
    own_broker,
    passed_s,
    watching,
)
from tests.deploy.tools import tool
from tests.stream.fleet.deployment import until

FIRING: Final = 'count(ALERTS{alertname="UrgentOverdue", alertstate="firing"})'
ALERTED: Final = 'ALERTS{alertname="ManyOverdue"}'
ACTIVE_SINCE: Final = 'ALERTS_FOR_STATE{alertname="ManyOverdue"}'
LATE_CASES: Final = 'enforcement:case_due_timestamp_seconds:now{due="overdue"}'
INCOMPLETE: Final = "max(enforcement:stock:incomplete)"
OUTAGE_S: Final = 15
pytestmark = [pytest.mark.slow, pytest.mark.broker]


class Scene(NamedTuple):
    """The workers, what Prometheus saw, and what people were told."""

    watched: Watched
    seen: Seen
    told: list[Notification]


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """One worker with all partitions, every case open, some overdue, and the alerts of it standing."""
    tool("prometheus")
    tool("prometheus-alertmanager")
    folder = tmp_path_factory.mktemp("watched")
    with own_broker(folder / "broker") as broker:
        watched = Watched(broker, folder)
        try:
            watched.push()
            with (
                receiving(folder / "alertmanager") as receiver,
                watching(watched, folder / "prometheus", receiver.alertmanager) as seen,
            ):
                watched.start(0)
                seen.settled()
                until(60, "the alert stands", lambda: seen.now(FIRING))
                until(60, "the other is pending", lambda: seen.now(ACTIVE_SINCE))
                until(60, "the chief is told", lambda: late_cases(receiver.told))
                yield Scene(watched, seen, receiver.told)
        finally:
            for worker in watched.deployment.workers:
                worker.end()


def late_cases(told: list[Notification]) -> list[Notification]:
    """What was told of urgent cases that are late."""
    return [notification for notification in told if notification.name == "UrgentOverdue"]


def assert_true_throughout(scene: Scene, mark: datetime) -> None:
    """At no evaluation another number than that of the open cases; what is late stays late; alerts went on; nobody was told otherwise."""
    seen = scene.seen
    assert {notification.status for notification in late_cases(scene.told)} == {"firing"}
    assert set(seen.since(OPEN, mark).values()) == {CASES}
    late = list(seen.since(OVERDUE, mark).values())
    assert late == sorted(late)
    firing = seen.since(FIRING, mark)
    assert len(firing) > passed_s(mark) - 2, "resolved while nobody counted"
    assert min(firing.values()) >= 1
    assert len(set(seen.since(ACTIVE_SINCE, mark).values())) == 1, "the `for` began anew"
    assert len(seen.since(ALERTED, mark)) > passed_s(mark) - 2


def test_an_alert_names_the_team_and_its_cases(scene: Scene):
    """As it is delivered: the team by name in Chinese and English, the numbers of the cases that are late, and no bare id."""
    told = {notification.team: notification.text for notification in late_cases(scene.told)}
    assert told
    for team, text in told.items():
        assert TEAMS[team].zh in text
        assert TEAMS[team].en in text
        assert not re.search(rf"\b{team}\b", text)
        named = set(re.findall(r"\b\d{9}-[0-9A-Z]{13}\b", text))
        assert 0 < len(named) <= NEAREST_MAX, text
        assert {number.partition("-")[0] for number in named} <= set(STREETS)
        assert named <= {labels["case"] for labels in scene.seen.labels_now(LATE_CASES)}


def test_a_planned_rebalance_shows_the_whole_or_incomplete(scene: Scene):
    """A worker comes and takes half of the partitions, then it goes: no case is counted twice or by nobody."""
    watched, seen, _ = scene
    mark = datetime.now(UTC)
    second = watched.start(1).wait_ready(60)
    until(60, "the second has some", lambda: second.metric('enforcement_partitions{state="open"}') == 2)
    until(60, "both are read", lambda: seen.now("count(count by (instance) (enforcement_open_cases))") == 2)
    seen.settled()
    second.send(signal.SIGTERM)
    second.wait(60)
    until(60, "one is read", lambda: seen.now("count(count by (instance) (enforcement_open_cases))") == 1)
    seen.settled()
    assert_true_throughout(scene, mark)


def test_a_worker_killed_shows_the_whole_or_incomplete(scene: Scene):
    """kill -9: its partitions are not counted until the other has them, and then they are counted once."""
    watched, seen, _ = scene
    second = watched.start(1).wait_ready(60)
    until(60, "the second has some", lambda: second.metric('enforcement_partitions{state="open"}') == 2)
    seen.settled()
    mark = datetime.now(UTC)
    second.send(signal.SIGKILL)
    second.wait(60)
    until(60, "it is missed", lambda: seen.now(OPEN) is None and seen.now(INCOMPLETE) == 2)
    seen.settled()
    assert_true_throughout(scene, mark)
    assert "数据不完整 incomplete, 2 of 4 partitions" in seen.words_since(
        "enforcement:stock:incomplete", "notice", mark
    )


def test_a_lost_broker_shows_incomplete_and_ends_no_alert(scene: Scene):
    """Partitions are given up one after the other: unknown is not 0, and nobody is told that what is late is solved."""
    watched, seen, _ = scene
    mark = datetime.now(UTC)
    watched.broker.kill()
    until(60, "partitions are given up", lambda: seen.now(OPEN) is None)
    gone = datetime.now(UTC)
    until(OUTAGE_S + 5, "it lasts", lambda: passed_s(gone) > OUTAGE_S)
    watched.broker = watched.broker.restart()
    seen.settled()
    assert_true_throughout(scene, mark)
    assert len(seen.since(INCOMPLETE, mark)) > OUTAGE_S - 2
