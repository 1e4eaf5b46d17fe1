"""An attachment that an order names by its URL: fetched and hashed where a deployment allows it, and never from where nobody may reach."""

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from typing import Any

import pytest

from pipeline.edge.evidence.fetched_evidence import (
    FAILURES_MAX,
    EvidenceFetcher,
    FetchLimits,
    HashedContent,
    Unfetched,
)
from pipeline.edge.evidence.safe_address import hosts_of, is_host_named, may_reach, networks_of
from pipeline.edge.push.fetched_rows import fetcher_of, with_hashes
from pipeline.intake_settings import IntakeSettings
from schemas.errors import BadMessage

JPEG = b"\xff\xd8\xff\xe0" + b"a picture of a stall" * 10
HOME = networks_of("127.0.0.0/8")


class Files(BaseHTTPRequestHandler):
    """A hotline's file server, and what else may answer on such an address."""

    released = threading.Event()

    def do_GET(self) -> None:
        """By its path."""
        self.server.asked.append((self.path, self.headers["Host"], self.client_address[0]))  # type: ignore[attr-defined]
        getattr(self, self.path.strip("/").partition("/")[0].replace("-", "_"), self.missing)()

    def missing(self) -> None:
        self.send_error(404)

    def photo(self) -> None:
        self._answer(JPEG)

    def login(self) -> None:
        self._answer(b"<!DOCTYPE html><html>please log in</html>", media="image/jpeg")

    def nothing(self) -> None:
        self._answer(b"")

    def packed(self) -> None:
        self._answer(JPEG, encoding="gzip")

    def lies(self) -> None:
        """Says that it is short, and ends before its end."""
        self._answer(JPEG[:-5], length=len(JPEG))

    def endless(self) -> None:
        """Never says how long it is, and goes on."""
        self.send_response(200)
        self.end_headers()
        try:
            while True:
                self.wfile.write(JPEG * 100)
        except OSError:
            return

    def slow(self) -> None:
        """A few bytes, and then nothing."""
        self.send_response(200)
        self.send_header("Content-Length", str(len(JPEG)))
        self.end_headers()
        self.wfile.write(JPEG[:40])
        self.wfile.flush()
        self.released.wait(30)

    def moved(self) -> None:
        self._moved("/photo")

    def round(self) -> None:
        self._moved("/round")

    def inside(self) -> None:
        self._moved("http://inside.example/photo")

    def metadata(self) -> None:
        self._moved("http://169.254.169.254/latest/meta-data/")

    def file(self) -> None:
        self._moved("file:///etc/passwd")

    def _moved(self, to: str) -> None:
        self.send_response(302)
        self.send_header("Location", to)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _answer(
        self, content: bytes, *, media: str = "", encoding: str = "", length: int | None = None
    ) -> None:
        self.send_response(200)
        self.send_header("Content-Type", media or "application/octet-stream")
        self.send_header("Content-Length", str(len(content) if length is None else length))
        if encoding:
            self.send_header("Content-Encoding", encoding)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def files() -> Iterator[ThreadingHTTPServer]:
    """The server, on this machine; `asked` is what it was asked for."""
    with serving() as server:
        yield server


@contextmanager
def serving() -> Iterator[ThreadingHTTPServer]:
    """As long as the block goes on."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Files)
    server.asked = []  # type: ignore[attr-defined]
    Files.released = threading.Event()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        Files.released.set()
        server.shutdown()
        server.server_close()
        thread.join()


def fetcher(*, networks=HOME, hosts=("*",), addresses=("127.0.0.1",), **changes) -> EvidenceFetcher:
    """One that may reach this machine; every name is of these addresses."""
    limits = FetchLimits(hosts, networks, **({"bytes_max": 100_000, "timeout_s": 10.0} | changes))
    return EvidenceFetcher(limits, lambda host, port: tuple(map(ip_address, addresses)))


def url(server: ThreadingHTTPServer, path: str, host: str = "files.example") -> str:
    """Of a file there."""
    return f"http://{host}:{server.server_port}/{path}"


def test_an_attachment_is_fetched_once_and_hashed(files):
    """By the address that its name has; the server is asked by its name, and not a second time."""
    one = fetcher()
    found = one.fetch(url(files, "photo"))
    assert found == HashedContent(hashlib.sha256(JPEG).hexdigest(), len(JPEG), "image/jpeg")
    assert one.fetch(url(files, "photo")) is found
    assert files.asked == [("/photo", f"files.example:{files.server_port}", "127.0.0.1")]


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("login", Unfetched.KIND),
        ("nothing", Unfetched.EMPTY),
        ("packed", Unfetched.ENCODED),
        ("lies", Unfetched.UNREACHED),
        ("endless", Unfetched.LARGE),
        ("gone", Unfetched.STATUS),
        ("round", Unfetched.REDIRECTS),
        ("metadata", Unfetched.ADDRESS),
        ("file", Unfetched.NO_WEB),
    ],
)
def test_what_is_no_proof_or_leads_elsewhere_has_no_hash(files, path, why):
    """A page that asks for a login, an empty file, one without end; a redirect is judged as a URL of its own."""
    one = fetcher()
    one.resolve = lambda host, port: (ip_address(host if host[0].isdigit() else "127.0.0.1"),)
    assert one.fetch(url(files, path)) is why


def test_whoever_is_slow_is_given_so_many_seconds_and_no_more(files):
    """Also where a byte came now and then."""
    assert fetcher(timeout_s=0.5).fetch(url(files, "slow")) is Unfetched.SLOW


def test_a_redirect_on_the_same_server_is_followed(files):
    """To the file itself."""
    assert isinstance(fetcher().fetch(url(files, "moved")), HashedContent)


def test_a_host_that_nobody_named_is_not_asked(files):
    """Neither by itself nor by a redirect from one that was named."""
    one = fetcher(hosts=("files.example",))
    assert one.fetch(url(files, "photo", "elsewhere.example")) is Unfetched.HOST
    assert files.asked == []
    assert one.fetch(url(files, "inside")) is Unfetched.HOST
    assert len(files.asked) == 1


def test_an_address_of_a_private_network_is_not_reached_unless_it_is_named(files):
    """Whatever the name is; where a name has a public and a private address it has a private one."""
    for addresses in (("127.0.0.1",), ("93.184.216.34", "10.0.0.1"), ("::1",), ("::ffff:127.0.0.1",), ()):
        assert fetcher(networks=(), addresses=addresses).fetch(url(files, "photo")) is Unfetched.ADDRESS
    assert files.asked == []


def test_a_name_that_has_another_address_a_moment_later_gains_nothing(files):
    """It is resolved once; the connection goes to the address that was checked."""
    answers = iter([("127.0.0.1",), ("169.254.169.254",)])
    one = EvidenceFetcher(FetchLimits(("*",), HOME), lambda host, port: tuple(map(ip_address, next(answers))))
    assert isinstance(one.fetch(url(files, "photo")), HashedContent)
    assert one.fetch(url(files, "photo?again")) is Unfetched.ADDRESS


@pytest.mark.parametrize(
    "uri",
    ["ftp://files.example/a", "http://user:word@files.example/photo", "http:///photo", "s3://bucket/key", "http://[::", "urn:x"],
)  # fmt: skip
def test_what_is_no_plain_web_address_is_not_asked(uri):
    """No name and password are sent, and no other scheme is spoken."""
    assert fetcher().fetch(uri) is Unfetched.NO_WEB


def test_a_host_that_is_down_does_not_hold_up_a_file_of_a_thousand_rows():
    """After some failures in a row it is asked no more."""
    with serving() as server:
        address = url(server, "photo")
    one = fetcher(timeout_s=2.0)
    found = [one.fetch(f"{address}?{number}") for number in range(FAILURES_MAX + 2)]
    assert found == [Unfetched.UNREACHED] * FAILURES_MAX + [Unfetched.GIVEN_UP] * 2


@pytest.mark.parametrize(
    ("address", "networks", "may"),
    [
        ("8.8.8.8", "", True),
        ("2606:4700::1111", "", True),
        ("10.1.2.3", "", False),
        ("192.168.0.1", "", False),
        ("100.64.0.1", "", False),
        ("0.0.0.0", "", False),
        ("224.0.0.1", "", False),
        ("fd00::1", "", False),
        ("64:ff9b::7f00:1", "", False),
        ("2002:7f00:1::", "", False),
        ("10.1.2.3", "10.1.0.0/16", True),
        ("10.2.2.3", "10.1.0.0/16", False),
        ("169.254.169.254", "0.0.0.0/0", False),
        ("100.100.100.200", "100.64.0.0/10", False),
        ("fe80::1", "::/0", False),
        ("fd00:ec2::254", "fd00::/8", False),
    ],
)
def test_which_addresses_may_be_reached(address, networks, may):
    """Public ones, and those of the networks that a deployment names; never the machine's own link, nor a cloud's metadata."""
    assert may_reach(ip_address(address), networks_of(networks)) is may


def test_hosts_are_named_whole_or_from_a_dot_on():
    """No ending of another name is taken for one."""
    hosts = hosts_of("files.example.cn, *.Example.gov.cn")
    named = (
        "FILES.example.cn",
        "a.b.example.gov.cn",
        "example.gov.cn",
        "evilexample.gov.cn",
        "files.example.cn.evil.com",
    )
    assert [is_host_named(host, hosts) for host in named] == [True, True, False, False, False]
    with pytest.raises(BadMessage):
        networks_of("10.0.0.0/99")


def test_a_row_is_pushed_with_the_hashes_that_could_be_had_and_says_which_could_not(files):
    """A hash that is there is believed; a video that was called a photo is one; what failed stays without."""
    content: dict[str, Any] = {
        "source_no": "1",
        "evidence": [
            {"uri": url(files, "photo"), "kind": "photo", "taken_at": "2026-11-24T09:00:00+08:00"},
            {"uri": url(files, "gone"), "kind": "photo", "taken_at": "2026-11-24T09:00:00+08:00"},
            {"uri": url(files, "photo"), "sha256": "a" * 64, "kind": "photo"},
            {"uri": "s3://bucket/key", "kind": "photo"},
        ],
    }
    made, notes = with_hashes(fetcher(), content)
    items: Any = made["evidence"]
    assert [item.get("sha256") for item in items] == [
        hashlib.sha256(JPEG).hexdigest(), None, "a" * 64, None
    ]  # fmt: skip
    assert items[0]["size_bytes"] == len(JPEG)
    assert [(note.code, note.field, note.what) for note in notes] == [
        ("evidence_fetched", "evidence.0", f"image/jpeg, {len(JPEG)}"),
        ("evidence_unfetched", "evidence.1", "not_there"),
        ("evidence_unfetched", "evidence.3", "no_web_address"),
    ]
    assert "sha256" not in content["evidence"][0]


def test_nothing_is_fetched_until_a_deployment_names_from_where():
    """By the settings, or by --fetch for one file."""
    assert fetcher_of(IntakeSettings()) is None
    assert fetcher_of(IntakeSettings(evidence_hosts="files.example")).limits.hosts == ("files.example",)
    assert fetcher_of(IntakeSettings(), ("*",)).limits.hosts == ("*",)
