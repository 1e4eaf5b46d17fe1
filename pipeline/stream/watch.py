"""Watches the worker from threads of its own: /livez, /readyz, /metrics, and the stop when nothing moves any more."""

import json
import logging
import os
import threading
import time
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final, NamedTuple

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from pipeline import metrics
from pipeline.indicators.collector import StockCollector
from pipeline.indicators.stock import Stock
from pipeline.stream.exits import EX_CONFIG, EX_SOFTWARE
from pipeline.stream.fetching.partitions import Partitions
from pipeline.stream.partition.batch import OpenPartition, Place
from pipeline.stream.partition.owner import OwnerState
from schemas import topics
from schemas.errors import CorruptLog, Unavailable

log: Final = logging.getLogger("enforcement.watch")
LOOP_DEAD_S: Final = 30.0
MISSING_S: Final = 12.0
_REVIEW_S: Final = 0.5
_LOOK_S: Final = 5.0
_UNSEEN_S: Final = 15.0
"""So long without an answer of the brokers about where topics end, and what waits is as old as the last one."""
_WATCHED: Final = (*topics.INPUTS, topics.CASES, topics.JOURNAL)


class _Stand(NamedTuple):
    """How far something is that ought to move, since when, and how long that was when it was looked at."""

    at: int
    since: float
    waits_s: float


class Watch:
    """Of one worker. Runs until the process ends."""

    def __init__(self, partitions: Partitions, missing_s: float = MISSING_S) -> None:
        """`missing_s`: a topic that is missing for so long is gone; a broker that starts knows its topics later."""
        self._missing_s = missing_s
        self._partitions = partitions
        self._settings = partitions.parts.settings
        self._loop_seen = time.monotonic()
        self._known: dict[str, str] = {}
        self._missing: dict[str, float] = {}
        self._moved: dict[Place, _Stand] = {}
        self._looked = time.monotonic()
        self._registry = CollectorRegistry()
        rules = partitions.parts.rules
        if rules is not None:
            self._registry.register(StockCollector(rules, self._stocks, partitions.parts.clock))
        metrics.INPUT_AGE.set_function(self.input_age_s)

    def start(self) -> int:
        """Serve and watch. Returns the HTTP port."""
        server = ThreadingHTTPServer((self._settings.http_host, self._settings.http_port), self._handler())
        server.daemon_threads = True
        port: int = server.server_address[1]
        threading.Thread(target=server.serve_forever, name="http", daemon=True).start()
        threading.Thread(target=self._review, name="review", daemon=True).start()
        threading.Thread(
            target=self._look, name="watch", daemon=True
        ).start()  # waits long where no broker answers
        if self._settings.status_file is not None:
            _write_whole(self._settings.status_file, {"pid": os.getpid(), "http_port": port})
        log.info("serving /livez, /readyz and /metrics on port %d", port)
        return port

    def loop_alive(self, late_s: float) -> None:
        """The event loop came round, so much later than it should."""
        self._loop_seen = time.monotonic()
        metrics.LOOP_LAG.set(late_s)

    def is_alive(self) -> bool:
        """Whether the event loop still comes round."""
        return time.monotonic() - self._loop_seen < LOOP_DEAD_S

    def input_age_s(self) -> float:
        """How long the oldest input waits that is not decided, in seconds; 0 where none does.

        Of a partition that is being opened nobody knows what waits: it counts from when it was last worked.
        """
        unseen_s = time.monotonic() - self._looked
        ages = [unseen_s if unseen_s > _UNSEEN_S else 0.0]  # whatever came meanwhile, nobody knows
        for owner in self._partitions.owners():
            opened = owner.opened
            if opened is None:
                ages.append(time.monotonic() - owner.progressed)
                continue
            oldest = opened.inbox.oldest()
            if oldest is not None:
                ages.append(self._partitions.parts.clock.real() - oldest.timestamp / 1_000)
            ages += [stand.waits_s for (_, number), stand in self._moved.items() if number == owner.partition]
        return max(ages)

    def _stocks(self) -> list[Stock]:
        opened = (owner.opened for owner in self._partitions.owners())
        stocks = (one.counting.stock for one in opened if one is not None)
        return [stock for stock in stocks if stock is not None]

    def _exposed(self) -> bytes:
        return generate_latest() + generate_latest(self._registry)

    def _review(self) -> None:
        while True:
            time.sleep(_REVIEW_S)
            self._partitions.review()

    def _look(self) -> None:
        while True:
            time.sleep(_LOOK_S)
            self.look()

    def look(self) -> None:
        """Compare the topics with those known, and each open partition with its ends."""
        try:
            self._check_topics()
            moved: dict[Place, _Stand] = {}
            for owner in self._partitions.owners():
                opened = owner.opened
                if opened is not None and owner.state is OwnerState.OPEN:
                    moved |= self._compare(owner.partition, opened)
            self._moved = moved
            self._looked = time.monotonic()
            at = self._partitions.parts.clock()
            for stock in self._stocks():
                stock.advance(at)
        except Unavailable as error:
            log.warning("not watching: %s", error)
        except CorruptLog as error:
            self._partitions.fatal(EX_CONFIG, str(error))

    def _check_topics(self) -> None:
        """A topic that was deleted, or made anew under its name, is not the one that this worker began with."""
        there = self._partitions.parts.brokers.topics(_WATCHED)
        for name in _WATCHED:
            if name not in there:
                since = self._missing.setdefault(name, time.monotonic())
                if time.monotonic() - since > self._missing_s:
                    raise CorruptLog("topic_missing", f"{name} is gone")
                continue
            self._missing.pop(name, None)
            now = there[name].topic_id
            if self._known.setdefault(name, now) != now:
                raise CorruptLog("topic_replaced", f"{name} was made anew")

    def _compare(self, partition: int, opened: OpenPartition) -> dict[Place, _Stand]:
        """Stop the worker where there is work and nothing has moved for too long. Returns where everything stands.

        Each input must be fetched where the inbox has room, and while records wait there the journal must grow, by whatever:
        on a busy day no action may come for long, and timers go before records.
        """
        ends = self._partitions.parts.brokers.ends(topics.INPUTS, partition)
        inbox = opened.inbox
        waiting, room = len(inbox), inbox.wants_more
        stands = {}
        for name in topics.INPUTS:
            fetched, end = inbox.fetch_from[self._settings.topic(name)], ends[name].stable
            metrics.LAG.labels(name, partition).set(
                end - opened.next[name] if fetched < end or waiting else 0
            )
            stands[name, partition] = self._stand((name, partition), fetched, ought=room and fetched < end)
        journal = (topics.JOURNAL, partition)
        stands[journal] = self._stand(journal, opened.seq, ought=waiting > 0)
        return stands

    def _stand(self, place: Place, at: int, *, ought: bool) -> _Stand:
        """Where it stands, and since when it `ought` to move and does not; stops the worker where that is too long ago."""
        now = time.monotonic()
        before = self._moved.get(place)
        since = before.since if before and ought and before.at == at else now
        if now - since > self._settings.stall_s:
            line = f"{place[0]}/{place[1]}: nothing moved for {now - since:.0f} s"
            self._partitions.fatal(EX_SOFTWARE, line)
        return _Stand(at, since, now - since)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        watch = self

        class Handler(BaseHTTPRequestHandler):
            """Three pages."""

            def do_GET(self) -> None:
                """Answer."""
                match self.path.partition("?")[0]:
                    case "/livez":
                        self._say(watch.is_alive())
                    case "/readyz":
                        self._say(watch.is_alive() and watch._partitions.is_ready())
                    case "/metrics":
                        self._answer(HTTPStatus.OK, CONTENT_TYPE_LATEST, watch._exposed())
                    case _:
                        self._answer(HTTPStatus.NOT_FOUND, "text/plain", b"not found\n")

            def _say(self, well: bool) -> None:
                status = HTTPStatus.OK if well else HTTPStatus.SERVICE_UNAVAILABLE
                self._answer(status, "text/plain", b"yes\n" if well else b"no\n")

            def _answer(self, status: HTTPStatus, kind: str, body: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Nothing: a probe a second is no event."""

        return Handler


def _write_whole(path: Path, content: dict[str, int]) -> None:
    """Who reads `path` sees all of it or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_suffix(path.suffix + ".tmp")
    scratch.write_text(json.dumps(content))
    scratch.replace(path)
