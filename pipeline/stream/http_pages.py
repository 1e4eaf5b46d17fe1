"""The worker's pages over HTTP: /livez, /readyz and /metrics. What they say is given; how it is asked for and packed is here.

/metrics comes as whoever asks accepts it: Prometheus's text or OpenMetrics, which alone shows exemplars, packed with gzip or not.
"""

import gzip
import threading
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import socket
from socketserver import BaseServer
from typing import Final, NamedTuple

from prometheus_client import CollectorRegistry, Metric
from prometheus_client.exposition import choose_encoder, gzip_accepted
from prometheus_client.registry import Collector

_PACKED: Final = 1
"""gzip's level: 551 kB become 31 (28 at level 6), for a quarter of its work, in a process that decides cases."""
_TEXT: Final = {"Content-Type": "text/plain"}


class Registries(Collector):
    """Several registries as one page: OpenMetrics ends with a mark that may stand only once."""

    def __init__(self, *registries: CollectorRegistry) -> None:
        """Their families follow in this order."""
        self._registries = registries

    def collect(self) -> Iterator[Metric]:
        """All families of all of them."""
        for registry in self._registries:
            yield from registry.collect()


class WorkerPages(NamedTuple):
    """What the pages say."""

    is_alive: Callable[[], bool]
    is_ready: Callable[[], bool]
    metrics: Collector

    def serve(self, host: str, port: int) -> int:
        """Serve them from threads of their own, as long as the process runs. Returns the port: a free one for 0."""
        server = ThreadingHTTPServer((host, port), partial(_Handler, self))
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, name="http", daemon=True).start()
        return int(server.server_address[1])


class _Handler(BaseHTTPRequestHandler):
    """Three pages, each request a handler of its own."""

    def __init__(
        self, pages: WorkerPages, request: socket, client: tuple[str, int], server: BaseServer
    ) -> None:
        """Answers at once, as its parent does."""
        self._pages = pages
        super().__init__(request, client, server)

    def do_GET(self) -> None:
        """Answer."""
        match self.path.partition("?")[0]:
            case "/livez":
                self._say(self._pages.is_alive())
            case "/readyz":
                self._say(self._pages.is_ready())
            case "/metrics":
                self._show()
            case _:
                self._answer(HTTPStatus.NOT_FOUND, _TEXT, b"not found\n")

    def do_HEAD(self) -> None:
        """The same without the page: `_answer` leaves it out."""
        self.do_GET()

    def _say(self, is_well: bool) -> None:
        status = HTTPStatus.OK if is_well else HTTPStatus.SERVICE_UNAVAILABLE
        self._answer(status, _TEXT, b"yes\n" if is_well else b"no\n")

    def _show(self) -> None:
        encode, kind = choose_encoder(self.headers.get("Accept", ""))
        headers = {"Content-Type": kind, "Vary": "Accept, Accept-Encoding"}
        body = encode(self._pages.metrics)
        if gzip_accepted(self.headers.get("Accept-Encoding", "")):
            headers["Content-Encoding"] = "gzip"
            body = gzip.compress(body, _PACKED)
        self._answer(HTTPStatus.OK, headers, body)

    def _answer(self, status: HTTPStatus, headers: Mapping[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing: a probe each second is no event."""
