"""What is seen from outside: log lines, metrics, clocks, settings, and the stop when nothing moves."""

import json
import logging
import stat
import time
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client import REGISTRY
from pydantic import ValidationError

from pipeline import metrics
from pipeline.caller_key import caller_key
from pipeline.loglines import BROKER_LOST, JsonLine, PlainLine, Seldom
from pipeline.metrics import NOBODY
from pipeline.settings import Settings
from pipeline.stream import broker_topics as stream_topics
from pipeline.stream.brokers import Brokers, Ends, TopicFacts
from pipeline.stream.fetching.partitions import Partitions
from pipeline.stream.machine import Machine
from pipeline.stream.partition.owner import OwnerState
from pipeline.stream.topic_watch import TopicWatch
from pipeline.stream.watch import Watch
from pipeline.stream.worker_clock import clock_of
from schemas import topics
from schemas.errors import Unavailable
from tests.core.story import RULES
from tests.stream.conftest import Deploy
from tests.stream.fleet.deployment import Deployment, until


def line(formatter: logging.Formatter, message: str) -> str:
    return formatter.format(logging.LogRecord("x", logging.INFO, "f", 1, message, None, None))


def test_a_log_line_cannot_be_forged() -> None:
    """Control characters are written out, so that no text makes a second line or moves the cursor."""
    forged = "done\n2026-11-24T00:00:00Z CRITICAL x: \x1b[2Jall is lost\u2028"
    plain = line(PlainLine(), forged)
    assert plain.splitlines() == [plain]
    assert "\x1b" not in plain
    assert json.loads(line(JsonLine(), forged))["message"].startswith("done\\n2026")


def test_a_dead_broker_is_one_line_a_minute_whoever_says_it_and_the_rest_is_counted() -> None:
    """The client has many words for it, and our own watch says it too; the line says how many were left out."""
    seldom = Seldom()
    lines: list[str] = []
    for second in range(130):
        for name, words in (
            ("aiokafka", "Unable connect to node with id 1: [Errno 111] Connect call failed"),
            ("aiokafka", "Unable to update metadata from [1]"),
            ("aiokafka.consumer.fetcher", "Failed fetch messages from 1: NodeNotReadyError"),
            ("enforcement.watch", "not watching: no_answer"),
        ):
            record = logging.LogRecord(name, logging.ERROR, "f", 1, words, None, None)
            record.created = 1_000.0 + second
            if name == "enforcement.watch":
                vars(record).update(BROKER_LOST)
            if seldom.filter(record):
                lines.append(record.getMessage())
    assert len(lines) == 3
    assert all(text.startswith("a broker does not answer: ") for text in lines)
    assert lines[1].endswith("(239 such lines left out)")


def test_only_the_watch_says_that_no_broker_answers() -> None:
    """The client speaks of the one that it asked: one of three that is away is not all of them."""
    record = logging.LogRecord("enforcement.watch", logging.WARNING, "f", 1, "not watching", None, None)
    vars(record).update(BROKER_LOST)
    assert Seldom().filter(record)
    assert record.getMessage() == "no broker answers: not watching"


def test_other_lines_of_the_client_pass_once_in_ten_seconds_and_ours_always() -> None:
    """An outage hides neither a refusal of rights nor what a partition does."""
    seldom = Seldom()

    def passes(name: str, message: str, at: float) -> bool:
        record = logging.LogRecord(name, logging.ERROR, "f", 1, message, None, None)
        record.created = at
        return seldom.filter(record)

    assert [passes("aiokafka", "Topic is not authorized", at) for at in (100.0, 101.0, 111.0)] == [
        True,
        False,
        True,
    ]
    assert passes("aiokafka.client", "another line", 101.0)
    assert [passes("enforcement.owner", "ours", at) for at in (100.0, 100.0)] == [True, True]


def test_a_broker_that_has_just_started_is_no_error() -> None:
    """It makes its group coordinator first. One that has none for half a minute is worth a line."""
    seldom = Seldom()

    def passes(at: float) -> bool:
        message = "Group Coordinator Request failed: [Error 15] GroupCoordinatorNotAvailableError"
        record = logging.LogRecord("aiokafka.consumer.group", logging.ERROR, "f", 1, message, None, None)
        record.created = at
        return seldom.filter(record)

    assert [passes(at) for at in (100.0, 105.0, 130.0)] == [False, False, False]
    assert [passes(at) for at in (135.0, 144.0, 153.0, 162.0, 166.5)] == [False, False, False, True, False]


def test_the_series_are_bounded() -> None:
    """After all tests of this run, labels are still those of closed lists, and the series a worker's own with what stands."""
    ours = [
        one
        for family in REGISTRY.collect()
        if family.name.startswith("enforcement_")
        for one in family.samples
    ]
    names = {name for sample in ours for name in sample.labels}
    assert names <= {label for metric in metrics.CATALOGUE for label in metric.labels} | {"le"}
    teams = {sample.labels["team"] for sample in ours if "team" in sample.labels}
    units = {department.id for department in RULES.departments.values() if department.handles}
    assert teams <= {team for street in RULES.streets.values() for team in street.teams} | units | {NOBODY}
    assert len(ours) < 11_000


def test_a_virtual_clock_runs_faster_from_its_origin() -> None:
    """origin + (now - started) x speed, and waits are given in real seconds."""
    origin = datetime(2026, 3, 1, 8, tzinfo=UTC)
    clock = clock_of(Settings(clock_origin=origin, clock_started=time.time(), clock_speed=3_600))
    shown = clock()
    assert origin <= shown < origin + timedelta(hours=2)
    assert clock.at(clock.real_s(shown + timedelta(hours=10))) == shown + timedelta(hours=10)


def test_the_real_clock_shows_the_time_in_utc() -> None:
    """Without an origin the worker's clock is the machine's."""
    assert abs((clock_of(Settings())() - datetime.now(UTC)).total_seconds()) < 5


def test_the_callers_key_is_made_once_and_kept_private(tmp_path: Path) -> None:
    """A new data folder gets a key file that only its owner reads; the same key comes back."""
    settings = Settings(data_dir=tmp_path / "new")
    key = caller_key(settings)
    file = tmp_path / "new" / "caller.key"
    assert caller_key(settings) == key
    assert len(key) >= 32
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_short_callers_key_is_refused() -> None:
    """A guessable key would undo every token."""
    with pytest.raises(ValueError, match="at least 32 bytes"):
        caller_key(Settings.model_validate({"caller_key": "short"}))


def test_wrong_settings_are_refused_without_showing_their_value() -> None:
    """A mistyped setting names itself; a secret beside it does not leak."""
    with pytest.raises(ValidationError) as raised:
        Settings.model_validate({"http_port": "hunter2"})
    assert "http_port" in str(raised.value)
    assert "hunter2" not in str(raised.value)


def test_an_open_partition_that_does_not_move_stops_the_worker(deployment: Deployment) -> None:
    """Records stand in the input and nothing fetches them: the silent death of a consumer is made a loud one."""
    stopped: list[tuple[int, str]] = []
    settings = deployment.settings.model_copy(update={"stall_s": 1.0, "http_port": 0})
    mute = Deployment(settings, deployment.folder)
    partitions = Partitions(mute.parts(), lambda code, line: stopped.append((code, line)))
    deployment.put(["never fetched"])
    partitions.assign({0}, 1)
    watch = Watch(partitions)
    watch.start()

    def look() -> bool:
        watch.look()
        return bool(stopped)

    until(60, "stopped", look)
    assert stopped[0][0] == 70
    assert "reports.v1/0" in stopped[0][1]
    assert partitions.stop(10)


def test_a_watch_that_breaks_stops_the_worker(deployment: Deployment) -> None:
    """A fault of ours in the thread that watches: the worker would go on with nobody watching it. It ends with 70 and says so."""
    stopped: list[tuple[int, str]] = []

    class Broken(Watch):
        def review(self) -> None:
            raise RuntimeError("a fault of ours")

    settings = deployment.settings.model_copy(update={"http_port": 0})
    parts = Deployment(settings, deployment.folder).parts()
    Broken(Partitions(parts, lambda code, line: stopped.append((code, line)))).start()
    until(60, "stopped", lambda: bool(stopped))
    assert stopped == [(70, "nobody watches this worker: RuntimeError('a fault of ours')")]


class Sleeper(Machine):
    """Its process was frozen for so long."""

    slept_s = 0.0

    def monotonic(self) -> float:
        return super().monotonic() + self.slept_s


def watched_with_a_record(
    deployment: Deployment, machine: Machine
) -> tuple[Partitions, Watch, list[tuple[int, str]]]:
    """An open partition with a record that nobody fetches, seen once; and what stopped the worker, as it grows."""
    stopped: list[tuple[int, str]] = []
    partitions = Partitions(
        replace(deployment.parts(), machine=machine), lambda code, line: stopped.append((code, line))
    )
    deployment.put(["never fetched"])
    partitions.assign({0}, 1)
    until(60, "open", partitions.is_ready)
    watch = Watch(partitions)
    watch.look()
    return partitions, watch, stopped


def test_a_worker_that_wakes_does_not_take_its_sleep_for_a_standstill(deploy: Deploy) -> None:
    """Frozen for a minute with records waiting, it goes on; awake for as long as is too long, it stops."""
    machine = Sleeper()
    partitions, watch, stopped = watched_with_a_record(deploy(stall_s=12.0), machine)
    machine.slept_s += 60
    watch.look()
    assert stopped == []
    for _ in range(3):
        machine.slept_s += 4
        watch.look()
    assert stopped[0][0] == 70
    assert partitions.stop(10)


def test_a_partition_that_comes_back_has_not_stood_still_while_it_was_anothers(deploy: Deploy) -> None:
    """Records waited in it when it went; another worker had it for longer than a standstill may take."""
    machine = Sleeper()
    partitions, watch, stopped = watched_with_a_record(deploy(stall_s=12.0), machine)
    partitions.assign(set(), 2)
    for _ in range(4):
        machine.slept_s += 4
        watch.look()
    partitions.assign({0}, 3)
    until(60, "open", partitions.is_ready)
    watch.look()
    assert stopped == []
    assert partitions.stop(10)


@pytest.mark.parametrize("given_up", [True, False])
def test_a_partition_that_waits_for_the_group_for_ever_stops_the_worker(
    deploy: Deploy, given_up: bool
) -> None:
    """Parked in a rebalance that never ends, or given up and never assigned again: no partition may wait in silence."""
    stopped: list[tuple[int, str]] = []
    waiting = deploy(stall_s=0.5, rebalance_timeout_s=1.0)
    partitions = Partitions(waiting.parts(), lambda code, line: stopped.append((code, line)))
    partitions.assign({0}, 1)
    until(60, "open", partitions.is_ready)
    watch = Watch(partitions)
    watch.look()
    if given_up:
        (owner,) = partitions.owners()
        waiting.open().ledger.close()  # another owner fences it
        waiting.put(["decided by nobody"])
        assert owner.opened is not None
        waiting.fetch(owner.opened)
        until(60, "given up", lambda: owner.state is OwnerState.GIVEN_UP)
    else:
        partitions.park()

    def look() -> bool:
        watch.look()
        return bool(stopped)

    until(60, "stopped", look)
    assert stopped[0][0] == 70
    assert "partition 0: the group has assigned nothing for" in stopped[0][1]
    assert partitions.stop(10)


class OneLeaderSilent(Brokers):
    """That of partition 0, from a moment on; or all brokers."""

    silent = all_silent = False

    def topics(self, names: Iterable[str]) -> Mapping[str, TopicFacts]:
        if self.all_silent:
            raise Unavailable("timed_out", "no broker answers")
        return super().topics(names)

    def ends(self, names: Iterable[str], partition: int) -> Mapping[str, Ends]:
        if self.silent and partition == 0:
            raise Unavailable("timed_out", "its leader is silent")
        return super().ends(names, partition)


def test_a_partition_whose_leader_is_silent_hides_no_other(deploy: Deploy) -> None:
    """One of three brokers says nothing of partition 0; partition 1, led by another, stands still: the worker stops for it."""
    stopped: list[tuple[int, str]] = []
    mute = deploy(stall_s=1.0, partitions=2)
    mute.brokers = brokers = OneLeaderSilent(mute.settings)
    partitions = Partitions(mute.parts(), lambda code, line: stopped.append((code, line)))
    mute.put(["never fetched"], partition=1)
    partitions.assign({0, 1}, 1)
    until(60, "open", partitions.is_ready)
    brokers.silent = True
    watch = Watch(partitions)

    def look() -> bool:
        watch.look()
        return bool(stopped)

    until(60, "stopped", look)
    assert "reports.v1/1" in stopped[0][1]
    assert partitions.stop(10)


@pytest.mark.parametrize("who", ["silent", "all_silent"])
def test_brokers_that_answer_again_find_no_standstill_but_one_that_lasts(deploy: Deploy, who: str) -> None:
    """Silent for longer than a standstill may take: who was not answered could fetch nothing. At the next look it counts."""
    machine = Sleeper()
    mute = deploy(stall_s=12.0)
    mute.brokers = brokers = OneLeaderSilent(mute.settings)
    partitions, watch, stopped = watched_with_a_record(mute, machine)
    setattr(brokers, who, True)
    for _ in range(4):
        machine.slept_s += 4
        watch.review()
        watch.look()
    assert watch.input_age_s() > 12
    setattr(brokers, who, False)
    watch.look()
    assert stopped == []
    watch.look()
    assert stopped[0][0] == 70
    assert partitions.stop(10)


def test_a_partition_that_is_busy_with_one_input_does_not_stop_the_worker(deploy: Deploy) -> None:
    """Reports wait all the time and no action comes: that is overload, not silence."""
    stopped: list[tuple[int, str]] = []
    busy = deploy(stall_s=1.0, batch_records_max=1)
    partitions = Partitions(busy.parts(), lambda code, line: stopped.append((code, line)))
    busy.put([f"r{number}" for number in range(4_000)])
    partitions.assign({0}, 1)
    until(60, "open", partitions.is_ready)
    (owner,) = partitions.owners()
    assert owner.opened is not None
    busy.fetch(owner.opened)
    watch = Watch(partitions)
    ends = time.monotonic() + 3 * busy.settings.stall_s

    def look() -> bool:
        watch.look()
        return time.monotonic() > ends

    until(60, "watched for long enough", look)
    assert len(owner.opened.inbox) > 0, "all was decided too soon: the test proved nothing"
    assert stopped == []
    assert partitions.stop(10)


@pytest.mark.parametrize("anew", [True, False])
def test_a_topic_that_is_gone_or_made_anew_stops_the_worker(deployment: Deployment, anew: bool) -> None:
    """Offsets of another topic of the same name mean something else: exit 78, and nothing is decided from it."""
    stopped: list[tuple[int, str]] = []
    partitions = Partitions(deployment.parts(), lambda code, line: stopped.append((code, line)))
    watch = Watch(partitions, TopicWatch(partitions.parts, missing_s=1.0))
    watch.look()
    assert stopped == []
    for gone in deployment.brokers.admin.delete_topics([deployment.settings.topic(topics.ACTIONS)]).values():
        gone.result(60)
    until(60, "gone", lambda: topics.ACTIONS not in deployment.brokers.topics([topics.ACTIONS]))
    watch.look()
    assert stopped == []
    if anew:
        stream_topics.apply(deployment.settings, deployment.brokers)

    def look() -> bool:
        watch.look()
        return bool(stopped)

    until(60, "stopped", look)
    assert stopped[0][0] == 78
    assert topics.ACTIONS in stopped[0][1]
