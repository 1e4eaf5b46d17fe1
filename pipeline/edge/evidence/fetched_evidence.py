"""An attachment that an order names by its URL alone: fetched once, hashed, and forgotten. The content stays where it is.

    URL ─► host allowed? ─► all its addresses allowed? ─► that very address is connected to ─► redirect: from the beginning
        ─► as long, as large and of the kinds that are allowed ─► sha256, size, kind

A name is resolved once, and the connection goes to the address that was checked: whoever answers another address a moment later gains nothing.
No proxy of the environment is used, no credentials are sent, and nothing that came is written anywhere.
"""

import hashlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, NamedTuple
from urllib.parse import urljoin

from urllib3 import BaseHTTPResponse
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, LocationParseError
from urllib3.util import Url, parse_url

from pipeline.edge.evidence.safe_address import Address, Network, is_host_named, may_reach, resolved

REDIRECTS_MAX: Final = 3
FAILURES_MAX: Final = 3
"""A host that was not reached so often in a row is asked no more."""
_PORTS: Final = {"http": 80, "https": 443}
_CHUNK: Final = 65_536
_HEAD: Final = 32
_MOVED: Final = frozenset((301, 302, 303, 307, 308))
_URLS_MAX: Final = 10_000
_USER_AGENT: Final = "enforcement"


class Unfetched(StrEnum):
    """Why there is no hash."""

    NO_WEB = "no_web_address"
    HOST = "host_not_allowed"
    ADDRESS = "address_refused"
    UNREACHED = "not_reached"
    GIVEN_UP = "host_given_up"
    STATUS = "not_there"
    REDIRECTS = "redirected_too_often"
    LARGE = "too_large"
    SLOW = "too_slow"
    EMPTY = "empty"
    ENCODED = "encoded"
    KIND = "no_picture"


class HashedContent(NamedTuple):
    """The hash of the content in hexadecimal digits, its size in bytes, and what its first bytes say it is, such as `image/jpeg`."""

    sha256: str
    size_bytes: int
    media: str


class FetchLimits(NamedTuple):
    """From where, and how much. `networks`: private ones that are reached nonetheless; `timeout_s` is for all of one attachment."""

    hosts: tuple[str, ...]
    networks: tuple[Network, ...] = ()
    bytes_max: int = 50_000_000
    timeout_s: float = 15.0


@dataclass
class EvidenceFetcher:
    """Fetches each URL once. `resolve` says the addresses of a host and port."""

    limits: FetchLimits
    resolve: Callable[[str, int], tuple[Address, ...]] = resolved
    _known: dict[str, HashedContent | Unfetched] = field(default_factory=dict)
    _failures: dict[str, int] = field(default_factory=dict)

    def fetch(self, uri: str) -> HashedContent | Unfetched:
        """The content's hash, or why there is none; never an exception."""
        if uri not in self._known:
            if len(self._known) >= _URLS_MAX:
                self._known.clear()
            self._known[uri] = self._fetch(uri)
        return self._known[uri]

    def _fetch(self, uri: str) -> HashedContent | Unfetched:
        until = time.monotonic() + self.limits.timeout_s
        for _ in range(REDIRECTS_MAX + 1):
            try:
                url = parse_url(uri)
            except LocationParseError:
                return Unfetched.NO_WEB
            found = self._hop(url, until)
            if not isinstance(found, str) or isinstance(found, Unfetched):
                return found
            uri = urljoin(url.url, found)
        return Unfetched.REDIRECTS

    def _hop(self, url: Url, until: float) -> HashedContent | Unfetched | str:
        """What one address answers; a text is where it sends us."""
        scheme, host = (url.scheme or "").casefold(), (url.host or "").strip("[]")
        if scheme not in _PORTS or not host or url.auth:
            return Unfetched.NO_WEB
        port = url.port or _PORTS[scheme]
        if not is_host_named(host, self.limits.hosts):
            return Unfetched.HOST
        if self._failures.get(host, 0) >= FAILURES_MAX:
            return Unfetched.GIVEN_UP
        try:
            addresses = self.resolve(host, port)
            if not addresses or not all(may_reach(one, self.limits.networks) for one in addresses):
                return Unfetched.ADDRESS
            found = self._asked(url, host, str(addresses[0]), port, until)
        except (HTTPError, OSError, ValueError):
            found = Unfetched.SLOW if time.monotonic() >= until else Unfetched.UNREACHED
        is_failure = found in (Unfetched.UNREACHED, Unfetched.SLOW)
        self._failures[host] = self._failures.get(host, 0) + 1 if is_failure else 0
        return found

    def _asked(
        self, url: Url, host: str, address: str, port: int, until: float
    ) -> HashedContent | Unfetched | str:
        left = max(0.001, until - time.monotonic())
        if (url.scheme or "").casefold() == "https":
            connection: HTTPConnection = HTTPSConnection(
                address,
                port,
                timeout=left,
                server_hostname=host,
                assert_hostname=host,
                ssl_context=ssl.create_default_context(),
            )
        else:
            connection = HTTPConnection(address, port, timeout=left)
        named = f"[{host}]" if ":" in host else host
        headers = {
            "Host": named if port == _PORTS[(url.scheme or "").casefold()] else f"{named}:{port}",
            "User-Agent": _USER_AGENT,
            "Accept-Encoding": "identity",
        }
        with _ended_at(connection, left):
            connection.request(
                "GET", url.request_uri, headers=headers, preload_content=False, decode_content=False
            )
            return self._read(connection.getresponse(), until)

    def _read(self, response: BaseHTTPResponse, until: float) -> HashedContent | Unfetched | str:
        if response.status in _MOVED:
            return response.headers.get("Location") or Unfetched.STATUS
        if response.status != 200:
            return Unfetched.STATUS
        if response.headers.get("Content-Encoding", "identity").casefold() != "identity":
            return Unfetched.ENCODED
        declared = response.headers.get("Content-Length", "")
        if declared.isdecimal() and int(declared) > self.limits.bytes_max:
            return Unfetched.LARGE
        found = self._content(response, until)
        if isinstance(found, HashedContent) and declared.isdecimal() and found.size_bytes != int(declared):
            return Unfetched.UNREACHED  # it ended before its end
        return found

    def _content(self, response: BaseHTTPResponse, until: float) -> HashedContent | Unfetched:
        """All of it, hashed as it comes; as soon as it is too much, too late or of no kind that proves anything, no more of it."""
        digest, size, head = hashlib.sha256(), 0, b""
        while chunk := response.read1(_CHUNK):
            size += len(chunk)
            if size > self.limits.bytes_max:
                return Unfetched.LARGE
            digest.update(chunk)
            head = (head + chunk)[:_HEAD]
            if len(head) == _HEAD and media_of(head) is None:
                return Unfetched.KIND
            if time.monotonic() >= until:
                return Unfetched.SLOW
        if not size:
            return Unfetched.EMPTY
        media = media_of(head)
        return Unfetched.KIND if media is None else HashedContent(digest.hexdigest(), size, media)


@contextmanager
def _ended_at(connection: HTTPConnection, seconds: float) -> Iterator[None]:
    """The connection is closed afterwards, and by the clock: whoever sends a byte a second is no faster for it."""

    def end() -> None:
        own = connection.sock
        if own is not None:
            try:
                own.shutdown(socket.SHUT_RDWR)
            except OSError:
                return  # it has ended by itself

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        connection.close()


def media_of(head: bytes) -> str | None:
    """What the first bytes say that the content is; None for what proves nothing, such as a page that asks for a login.

    >>> media_of(b"\\xff\\xd8\\xff\\xe0"), media_of(b"<!DOCTYPE html>"), media_of(b"RIFF0000WEBPVP8 ")
    ('image/jpeg', None, 'image/webp')
    """
    for begin, at, media in _BEGINNINGS:
        if head[at : at + len(begin)] == begin:
            return media
    if head[4:8] == b"ftyp":
        return "image/heic" if head[8:12] in _HEIC else "video/mp4"
    return None


_HEIC: Final = (b"heic", b"heix", b"mif1", b"msf1", b"avif")
_BEGINNINGS: Final = (
    (b"\xff\xd8\xff", 0, "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", 0, "image/png"),
    (b"GIF8", 0, "image/gif"),
    (b"BM", 0, "image/bmp"),
    (b"II*\x00", 0, "image/tiff"),
    (b"MM\x00*", 0, "image/tiff"),
    (b"WEBP", 8, "image/webp"),
    (b"AVI ", 8, "video/avi"),
    (b"WAVE", 8, "audio/wav"),
    (b"\x1aE\xdf\xa3", 0, "video/webm"),
    (b"FLV\x01", 0, "video/flv"),
    (b"\x00\x00\x01\xba", 0, "video/mpeg"),
    (b"#!AMR", 0, "audio/amr"),
    (b"ID3", 0, "audio/mpeg"),
    (b"\xff\xfb", 0, "audio/mpeg"),
    (b"%PDF-", 0, "application/pdf"),
)
"""The bytes by which a file of a kind begins, from where on, and the kind."""
