"""Kafka's jars: fetched once from Maven Central in pure Python, checked against `jars.txt`, cached for every clone.

A jar is moved into the half-made folder only after its SHA-256 was checked, and the folder gets its final name only
when it is whole: what has the final name is whole, whatever was killed when.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pipeline.broker.broker_errors import BrokerError
from pipeline.broker.folder_lock import exclusive
from pipeline.broker.progress import OnProgress, StartProgress, StartStage

KAFKA_VERSION: Final = "4.1.0"
PINS_FILE: Final = Path(__file__).with_name("jars.txt")

FETCHES_AT_ONCE_MAX: Final = 12  # most of the time goes to waiting for answers
FETCH_ATTEMPTS_MAX: Final = 4
FETCH_TIMEOUT_SECONDS: Final = 30
REPORT_INTERVAL_SECONDS: Final = 0.25
DISK_FREE_BYTES_MIN: Final = 200_000_000


@dataclass(frozen=True)
class Pin:
    """One jar: where it is in a Maven repository, and what it must be."""

    group: str
    artifact: str
    version: str
    size_bytes: int
    sha256: str

    @property
    def filename(self) -> str:
        """The jar's name in the flat folder; unique among the pins."""
        return f"{self.artifact}-{self.version}.jar"


@dataclass
class _Meter:
    """Bytes that arrived so far, by filename, all jars named. Each jar is written by one thread; a retry starts its jar anew."""

    arrived: dict[str, int]

    @contextmanager
    def follow(self, filename: str, _size_bytes: int) -> Iterator[Callable[[int], None]]:
        """jgo's hook: called once a download, yields what it calls with each chunk's size."""
        self.arrived[filename] = 0

        def add(count: int) -> None:
            self.arrived[filename] += count

        yield add


def cache_folder() -> Path:
    """Where downloads are kept for all clones: ENFORCEMENT_CACHE, or `enforcement` in the user's cache folder."""
    if own := os.environ.get("ENFORCEMENT_CACHE"):
        return Path(own).expanduser().resolve()
    return (Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache") / "enforcement").expanduser().resolve()


def read_pins(file: Path = PINS_FILE) -> list[Pin]:
    """The jars Kafka runs on, in the file's order, names unique."""
    pins = []
    for line in file.read_text().splitlines():
        if not line.startswith("#"):
            coordinate, size, sha256 = line.split()
            group, artifact, version = coordinate.split(":")
            pins.append(Pin(group, artifact, version, int(size), sha256))
    return pins


def jars_folder(on_progress: OnProgress, pins_file: Path = PINS_FILE) -> Path:
    """The folder with all jars of `pins_file`, whole; fetched now if they never were.

    Raises:
        BrokerError: download_failed, jar_mismatch, no_disk, not_writable.
    """
    pins = read_pins(pins_file)
    # The pins are part of the name: clones of different versions share a cache without a quarrel.
    version = hashlib.sha256(pins_file.read_bytes()).hexdigest()[:12]
    home = cache_folder() / f"kafka-{KAFKA_VERSION}-{version}"
    if _is_whole(home, pins):
        return home
    with exclusive(cache_folder() / "lock", on_progress):
        if not _is_whole(home, pins):  # another process may have fetched them while we waited
            shutil.rmtree(home, ignore_errors=True)
            half = home.with_name(f"{home.name}.half")
            _fetch_all(pins, half, on_progress)
            shutil.rmtree(half / "repository", ignore_errors=True)
            half.rename(home)
    return home


def _is_whole(home: Path, pins: list[Pin]) -> bool:
    """Whether every jar is there in its right size: cheap enough for every start, and finds a damaged cache."""
    sizes = {entry.name: entry.stat().st_size for entry in os.scandir(home)} if home.is_dir() else {}
    return all(sizes.get(pin.filename) == pin.size_bytes for pin in pins)


def _fetch_all(pins: list[Pin], half: Path, on_progress: OnProgress) -> None:
    half.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(half).free < DISK_FREE_BYTES_MIN:
        raise BrokerError(
            "no_disk",
            f"{half.parent} needs {DISK_FREE_BYTES_MIN // 10**6} MB free; free some, or set ENFORCEMENT_CACHE",
        )
    missing = [pin for pin in pins if not _is_there(half / pin.filename, pin)]
    # every name from the start: the threads change values only, so that summing meanwhile is safe
    meter = _Meter({pin.filename: 0 if pin in missing else pin.size_bytes for pin in pins})
    pool = ThreadPoolExecutor(FETCHES_AT_ONCE_MAX, thread_name_prefix="fetch")
    try:
        # the largest first: a large one that starts last would be waited for alone
        missing.sort(key=lambda pin: pin.size_bytes, reverse=True)
        running = [pool.submit(_fetch_one, pin, half, meter) for pin in missing]
        _report_until_done(running, pins, meter, on_progress)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _report_until_done(
    running: list[Future[None]], pins: list[Pin], meter: _Meter, on_progress: OnProgress
) -> None:
    size_bytes = sum(pin.size_bytes for pin in pins)
    while True:
        done, unfinished = wait(running, REPORT_INTERVAL_SECONDS, FIRST_EXCEPTION)
        on_progress(
            StartProgress(
                StartStage.FETCH,
                jars_done=len(pins) - len(unfinished),
                jars_total=len(pins),
                bytes_done=sum(meter.arrived.values()),
                bytes_total=size_bytes,
            )
        )
        for finished in done:
            finished.result()
        if not unfinished:
            return


def _is_there(path: Path, pin: Pin) -> bool:
    """Whether an earlier, unfinished fetch left this jar whole."""
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == pin.sha256


def _fetch_one(pin: Pin, half: Path, meter: _Meter) -> None:
    """Puts one checked jar into `half`, trying again after what may pass."""
    for attempt in range(1, FETCH_ATTEMPTS_MAX + 1):
        try:
            fetched = _download(pin, half / "repository", meter)
        except (OSError, RuntimeError) as error:  # requests' errors are OSErrors; jgo's own are RuntimeErrors
            if isinstance(error, OSError) and error.errno == errno.ENOSPC:
                raise BrokerError(
                    "no_disk", f"no room left in {half.parent}; free some, or set ENFORCEMENT_CACHE"
                ) from error
            if attempt == FETCH_ATTEMPTS_MAX:
                raise BrokerError(
                    "download_failed",
                    f"{pin.filename} ({type(error).__name__}); check the network (a company's own certificates go into "
                    "REQUESTS_CA_BUNDLE) and run it again: it goes on where it "
                    "stopped. A mirror of Maven Central can be named in ENFORCEMENT_MAVEN",
                ) from error
        else:
            if not _is_there(fetched, pin):
                raise BrokerError(
                    "jar_mismatch",
                    f"{pin.filename} is not the pinned one; do not trust that repository",
                )
            fetched.replace(half / pin.filename)
            return


def _download(pin: Pin, repository: Path, meter: _Meter) -> Path:
    from jgo.maven import MavenContext, PythonResolver  # here: slow to import, needed once a machine

    mirror = os.environ.get("ENFORCEMENT_MAVEN")
    context = MavenContext(
        resolver=PythonResolver(progress_callback=meter.follow),
        repo_cache=repository,
        remote_repos={"mirror": mirror.rstrip("/")} if mirror else None,
        timeout=FETCH_TIMEOUT_SECONDS,
    )
    artifact = context.project(pin.group, pin.artifact).at_version(pin.version).artifact()
    if artifact.cached_path:
        # jgo would take the half of an earlier attempt for the whole
        artifact.cached_path.unlink(missing_ok=True)
    return artifact.resolve()
