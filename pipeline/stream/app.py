"""The Faust app of the worker. `app` serves `faust -A pipeline.stream.app worker` and `enforcement worker` alike.

Importing this module reads settings from the environment and talks to no broker.
"""

import asyncio
import gc
import importlib.util
import logging
import os
import socket
import sys
import threading
import time
from collections.abc import Callable
from importlib.metadata import version
from signal import Signals
from typing import Any, Final, NoReturn

import faust
from faust.app.base import BootStrategy
from faust.types.transports import TransportT
from faust.worker import Worker

from pipeline import metrics
from pipeline.broker.local_settings import local_settings
from pipeline.caller_key import caller_key, caller_key_path, existing_caller_key
from pipeline.core.partition import Partition
from pipeline.core.rules.identity import key_mark
from pipeline.indicators import initial_series
from pipeline.loglines import BROKER_LOST, logging_config
from pipeline.rulebook import BadRules, load_rules
from pipeline.rulebook.archive import ARCHIVE, archive_rules
from pipeline.setting_names import unknown_settings
from pipeline.settings import Settings
from pipeline.stream import broker_topics
from pipeline.stream.brokers import Brokers
from pipeline.stream.core_protocol import CoreSetup, WorkerParts
from pipeline.stream.exits import EX_CONFIG, EX_SOFTWARE
from pipeline.stream.fetching.assignor import SureAssignor
from pipeline.stream.fetching.fetch import FetchTransport
from pipeline.stream.fetching.partitions import Partitions
from pipeline.stream.partition.kept_state import kept_line
from pipeline.stream.watch import Watch
from pipeline.stream.worker_clock import clock_of
from pipeline.words.error_words import refused_names
from schemas.errors import PipelineError, Unavailable
from schemas.wire import codecs

log: Final = logging.getLogger("enforcement.app")
_GARBAGE_THRESHOLDS: Final = (50_000, 20, 100)
"""The state is a large heap without cycles: Python's own thresholds would spend half of each step traversing it."""
_A_DAY_S: Final = 86_400.0
_TICK_S: Final = 0.25
_OWNERS_STOP_S: Final = 6.0
_RETRY_FIRST_S, _RETRY_MAX_S = 1.0, 10.0
_SURE_S: Final = 8.0


class EnforcementWorker(Worker):
    """Faust's worker with a deadline for stopping: `stop_s` after a signal the process ends, whatever hangs. An error while
    stopping is no crash: a fetch cancelled in a rebalance, a start that is cut off, a connection closed too early.

    Both are safe: nothing is committed outside a transaction, and owners have ended theirs before (`on_stop`).
    """

    def execute_from_commandline(self) -> NoReturn:
        """Work until told to stop."""
        try:
            super().execute_from_commandline()
        except SystemExit:
            if not self._signal_stop_time or self.crash_reason is not None:
                raise
        raise SystemExit(0)

    def _crash(self, reason: BaseException) -> None:
        if self._signal_stop_time:
            log.warning("while stopping: %r", reason)
        else:
            super()._crash(reason)

    def _schedule_shutdown(self, signal: Signals) -> None:
        app: Any = self.app  # Faust knows it by its interface only, which has no settings of ours
        deadline = threading.Timer(app.settings.stop_s, leave, (EX_SOFTWARE, "stopping took too long"))
        deadline.daemon = True
        deadline.start()
        super()._schedule_shutdown(signal)


class OnlyConsumer(BootStrategy):
    """What Faust starts: no producer (the ledgers write), no web server (`watch` serves)."""

    enable_kafka_producer = False
    enable_web = False


class EnforcementApp(faust.App):
    """Faust's app with our transport, and without its producer, web server, tables, leader and topic creation."""

    settings: Settings
    prepare: Callable[[Settings], CoreSetup]
    partitions: Partitions
    _watch: Watch
    _leaving: threading.Lock

    BootStrategy = OnlyConsumer

    def _create_directories(self) -> None:
        """None: Faust keeps no tables here."""

    def _new_transport(self) -> TransportT:
        return FetchTransport(self.conf.broker_consumer, self)

    async def on_first_start(self) -> None:
        """Check brokers and topics before the group is joined or anything is fenced."""
        gc.set_threshold(*_GARBAGE_THRESHOLDS)
        core = self._prepared()
        self._leaving = threading.Lock()
        parts = WorkerParts(
            self.settings,
            Brokers(self.settings),
            clock_of(self.settings),
            core.new_core,
            rules=core.rules,
            key_mark=core.key_mark,
        )
        self.partitions = Partitions(parts, self._leave)
        self._watch = Watch(self.partitions)
        try:
            self._watch.start()
        except OSError as error:
            leave(EX_CONFIG, f"HTTP port {self.settings.http_port}: {error.strerror}")
        self.add_future(self._tick())
        await self._wait_for_brokers(parts.brokers)

    def _leave(self, code: int, line: str) -> None:
        """End the process; where it is the log that is not as it must be, memory may be the last copy, and is kept in files."""
        with self._leaving:
            if code == EX_CONFIG:
                line += kept_line(self.settings, self.partitions.stand_still())
            leave(code, line)

    async def on_stop(self) -> None:
        """Owners first: each finishes its transaction; then the group is left."""
        started = "partitions" in vars(self)
        if started and not await self.loop.run_in_executor(None, self.partitions.stop, _OWNERS_STOP_S):
            log.warning("a partition did not stop in time; its transaction will be aborted by the next owner")
        await super().on_stop()

    def _on_rebalance_when_stopped(self) -> None:
        """Faust would close the consumer from another thread's loop; its own thread closes it (see `fetching.fetch`)."""

    def _prepared(self) -> CoreSetup:
        log.info("faust %s, streams in %s", faust.__version__, "C" if _is_compiled() else "Python")
        codecs.ready()
        unknown = unknown_settings()
        if unknown:  # `enforcement worker` has looked before; `faust worker` has not
            leave(EX_CONFIG, refused_names(unknown))
        try:
            return self.prepare(self.settings)
        except (PipelineError, ValueError, OSError) as error:
            leave(EX_CONFIG, str(error))
            raise

    async def _wait_for_brokers(self, brokers: Brokers) -> None:
        pause, sure_at = _RETRY_FIRST_S, 0.0
        while not self.should_stop:
            try:
                wrong = await self.loop.run_in_executor(
                    None, broker_topics.differences, self.settings, brokers
                )
            except Unavailable as error:
                log.warning("brokers %s: %s; trying again", self.settings.brokers, error, extra=BROKER_LOST)
                await self.sleep(pause)
                pause = min(pause * 2, _RETRY_MAX_S)
                continue
            sure_at = sure_at or time.monotonic() + _SURE_S
            if wrong and time.monotonic() < sure_at:  # a broker that starts knows its topics a little later
                await self.sleep(_RETRY_FIRST_S)
                continue
            if wrong:
                leave(
                    EX_CONFIG,
                    f"the topics are not as they must be ({'; '.join(map(str, wrong))}): {broker_topics.what_to_do(wrong)}",
                )
            return

    async def _tick(self) -> None:
        """Shows that the event loop comes round, and notices when the whole process was frozen."""
        while not self.should_stop:
            before = time.monotonic()
            await asyncio.sleep(_TICK_S)
            self.partitions.tick()
            self._watch.loop_alive(max(0.0, time.monotonic() - before - _TICK_S))


def leave(code: int, line: str) -> None:
    """End the process now. Open transactions are aborted by the next owner."""
    log.critical("stopping with exit code %d: %s", code, line)
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(code)


def build_app(settings: Settings, prepare: Callable[[Settings], CoreSetup]) -> EnforcementApp:
    """A worker's app. Talks to nobody yet; `prepare` is called once, when the worker starts."""
    app = EnforcementApp(
        f"{settings.topic_prefix}{settings.app_id}",
        broker=[f"kafka://{broker}" for broker in settings.brokers.split(",")],
        store="memory://",
        autodiscover=False,
        web_enabled=False,
        Worker=EnforcementWorker,
        logging_config=logging_config(settings),
        worker_redirect_stdouts=False,
        # no topic, leader or table of Faust's own
        topic_allow_declare=False,
        topic_disable_leader=True,
        table_standby_replicas=0,
        # nothing of ours is acknowledged to Faust, so there is nothing to wait for, and it sees no commits
        stream_wait_empty=False,
        broker_commit_interval=_A_DAY_S,
        broker_commit_livelock_soft_timeout=_A_DAY_S,
        stream_processing_timeout=_A_DAY_S,
        # a long restore fetches nothing for a while: `watch` has the real judgement
        broker_max_poll_interval=_A_DAY_S,
        broker_session_timeout=settings.session_timeout_s,
        broker_heartbeat_interval=settings.heartbeat_s,
        broker_rebalance_timeout=settings.rebalance_timeout_s,
        broker_request_timeout=max(40.0, settings.rebalance_timeout_s + 10.0),
        consumer_group_instance_id=settings.instance_id,
        broker_client_id=f"{socket.gethostname()}-{os.getpid()}",  # who has a partition is found by it
        PartitionAssignor=SureAssignor,
        # a position outside the log is an error, never an occasion to start somewhere else
        consumer_auto_offset_reset="none",
    )
    app.settings = settings
    app.prepare = prepare
    return app


def real_core(settings: Settings) -> CoreSetup:
    """The core of the field. Reads rules and key now; every series of the metrics is there from then on.

    Raises:
        BadRules, ValueError: the rules are wrong, or the key is too short.
    """
    rules, key, version = load_rules(settings.rules_dir), _key(settings), code_version()
    log.info("decides by rules %s, code %s", rules.version, version)
    _archive_rules(settings)
    initial_series.begin(rules)
    metrics.BUILD_INFO.labels(version).set(1)
    return CoreSetup(lambda: Partition(rules, key, version, settings.partitions), rules, key_mark(key))


def _archive_rules(settings: Settings) -> None:
    """The auditor needs the rules of every entry, and the next change would leave none of these. It is no reason not to work."""
    try:
        archive_rules(settings.rules_dir, settings.data_dir / ARCHIVE)
    except (OSError, BadRules) as why:
        log.warning(
            "the rules were not archived (%s): keep them, for the audit (enforcement rules archive)", why
        )


def _key(settings: Settings) -> bytes:
    """The key of the callers' tokens. One that is made now is said aloud: whoever loses it loses whom the tokens stand for."""
    key = existing_caller_key(settings)
    if key is not None:
        return key
    key = caller_key(settings)
    log.warning(
        "made the key of the callers' tokens, %s, in %s: every worker of this deployment and its auditor need this file, "
        "and no copy of it can be made from the log; keep one",
        key_mark(key), caller_key_path(settings),
    )  # fmt: skip
    return key


def code_version() -> str:
    """The version of this code, as journal entries name it."""
    return version("enforcement")


def _is_compiled() -> bool:
    return importlib.util.find_spec("faust._cython.streams") is not None


app: Final = build_app(local_settings(), real_core)


def run(app: EnforcementApp) -> None:
    """Work until told to stop; leaves the process."""
    app.finalize()
    app.Worker(loglevel=app.settings.log_level).execute_from_commandline()
