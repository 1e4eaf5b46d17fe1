"""Kafka's jars: what is cached is whole, whatever was killed when. No network: a folder plays Maven Central."""

import hashlib
import os
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from pipeline.broker import BrokerError, StartProgress, StartStage, ignore_progress
from pipeline.broker.java import jars

CONTENT = {"alpha": b"first jar" * 1000, "beta": b"second jar" * 5000}


class Quiet(SimpleHTTPRequestHandler):
    """A file server that logs nothing."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the inherited name
        """Says nothing."""


@pytest.fixture
def central(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A Maven repository with two jars, served on this machine, pinned, and the cache folder empty."""
    repository = tmp_path / "central"
    pins = ["# pins"]
    for name, content in CONTENT.items():
        jar = repository / "org" / "example" / name / "1.0" / f"{name}-1.0.jar"
        jar.parent.mkdir(parents=True)
        jar.write_bytes(content)
        pins.append(f"org.example:{name}:1.0 {len(content)} {hashlib.sha256(content).hexdigest()}")
    (repository / "jars.txt").write_text("\n".join(pins) + "\n")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(repository)))
    Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("ENFORCEMENT_MAVEN", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("ENFORCEMENT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    yield repository
    server.shutdown()


def fetched(central: Path) -> Path:
    """The folder of whole jars, fetched from `central` as far as it must be."""
    return jars.jars_folder(ignore_progress, central / "jars.txt")


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_every_pinned_jar_is_fetched_and_nothing_else(central: Path) -> None:
    """The folder is flat and whole."""
    assert contents(fetched(central)) == {f"{name}-1.0.jar": c for name, c in CONTENT.items()}


def test_progress_ends_with_all_jars_and_all_bytes(central: Path) -> None:
    """The last report is the whole."""
    reports: list[StartProgress] = []
    jars.jars_folder(reports.append, central / "jars.txt")
    size = sum(map(len, CONTENT.values()))
    assert reports[-1] == StartProgress(
        StartStage.FETCH, jars_done=2, jars_total=2, bytes_done=size, bytes_total=size
    )


def test_a_second_clone_fetches_nothing(central: Path) -> None:
    """The cache answers alone: the repository may be gone."""
    first = fetched(central)
    for jar in central.rglob("*.jar"):
        jar.unlink()
    assert fetched(central) == first


def test_half_a_jar_of_a_killed_fetch_is_fetched_anew(central: Path) -> None:
    """A file is taken for whole only by its SHA-256, wherever an earlier fetch was cut off."""
    home = fetched(central)
    half = home.with_name(f"{home.name}.half")
    home.rename(half)
    (half / "alpha-1.0.jar").write_bytes(CONTENT["alpha"][:100])
    cut_off = half / "repository" / "org" / "example" / "alpha" / "1.0" / "alpha-1.0.jar"
    cut_off.parent.mkdir(parents=True)
    cut_off.write_bytes(CONTENT["alpha"][:50])
    assert contents(fetched(central))["alpha-1.0.jar"] == CONTENT["alpha"]


def test_a_damaged_cache_is_fetched_anew(central: Path) -> None:
    """A jar cut short in the cache is noticed at the next start."""
    home = fetched(central)
    os.truncate(home / "beta-1.0.jar", 10)
    assert contents(fetched(central))["beta-1.0.jar"] == CONTENT["beta"]


def test_a_jar_that_is_not_the_pinned_one_is_refused(central: Path) -> None:
    """A repository that serves something else is not trusted, and nothing gets the final name."""
    (central / "org" / "example" / "alpha" / "1.0" / "alpha-1.0.jar").write_bytes(
        b"x" * len(CONTENT["alpha"])
    )
    with pytest.raises(BrokerError) as refused:
        fetched(central)
    assert refused.value.code == "jar_mismatch"
    assert not [path for path in jars.cache_folder().iterdir() if path.suffix != ".half" and path.is_dir()]


def test_a_repository_without_the_jar_is_a_clear_error(central: Path) -> None:
    """The message names the jar and what to do."""
    (central / "org" / "example" / "beta" / "1.0" / "beta-1.0.jar").unlink()
    with pytest.raises(BrokerError) as refused:
        fetched(central)
    assert refused.value.code == "download_failed"
    assert "beta-1.0.jar" in refused.value.message


def test_the_pins_of_kafka_are_complete() -> None:
    """Names are unique in the flat folder, and Kafka itself is among them."""
    pins = jars.read_pins()
    assert len({pin.filename for pin in pins}) == len(pins)
    assert f"kafka_2.13-{jars.KAFKA_VERSION}.jar" in {pin.filename for pin in pins}
