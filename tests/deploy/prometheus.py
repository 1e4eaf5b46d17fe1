"""A real Prometheus on samples of one's own: written as OpenMetrics, made into blocks by promtool, asked over HTTP.

Needs `prometheus` and `promtool` (Debian: package `prometheus`). Nothing is scraped: what it knows is what the file says.
"""

import socket
import subprocess
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from urllib.error import URLError
from urllib.request import urlopen

from deploy.render.prometheus_api import NotAnswered, Prometheus, Series
from pipeline.indicators.stock_records import records
from tests.deploy.tools import tool

RETENTION: Final = "100y"
"""Samples of the past are not deleted."""
BLOCK: Final = "20000h"
"""One block for all of it: promtool reads the whole file once for each, and its own are of two hours."""
START_SECONDS_MAX: Final = 60


def backfill(samples: Iterable[str], folder: Path) -> Path:
    """Make blocks of OpenMetrics lines, which end with `# EOF`; the folder of the blocks. Raises NotAnswered with promtool's words."""
    blocks = folder / "blocks"
    text = folder / "samples.txt"
    text.write_text("".join(f"{line}\n" for line in samples), "utf-8")
    made = subprocess.run(
        [
            tool("promtool"),
            "tsdb",
            "create-blocks-from",
            f"--max-block-duration={BLOCK}",
            "openmetrics",
            "--quiet",
            str(text),
            str(blocks),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        raise NotAnswered(made.stderr.strip())
    return blocks


def record_stock(blocks: Path, start: datetime, end: datetime, every: timedelta, lookback: str) -> None:
    """Add to the blocks what the rules of what stands would have recorded, evaluated by a real Prometheus every so often."""
    found = records()
    last = {record for record in found if record.endswith(":last")}
    for names in (found.keys() - last, last):  # the second go asks for what the first has recorded
        with prometheus_on(blocks, lookback=lookback) as server:
            answers = {
                name: server.between(found[name], start, end, every.total_seconds()) for name in sorted(names)
            }
        backfill(_lines(answers), blocks.parent)


def _lines(answers: Mapping[str, list[Series]]) -> Iterator[str]:
    for name, answer in answers.items():
        for series in answer:
            labels = ",".join(
                f'{label}="{value}"' for label, value in series.labels.items() if label != "__name__"
            )
            for at, value in series.points:
                yield f"{name}{{{labels}}} {value} {at:.0f}"
    yield "# EOF"


@contextmanager
def prometheus_on(
    blocks: Path, *, lookback: str = "5m", config: str = "", folder: Path | None = None
) -> Iterator[Prometheus]:
    """A Prometheus on these blocks, as long as the context lasts.

    Args:
        blocks: The folder of the blocks; the server writes into it too.
        lookback: For how long a sample stands for what comes after it (`--query.lookback-delta`).
        config: prometheus.yml; without one nothing is scraped and no rule runs.
        folder: Where prometheus.yml and the log go; by default beside the blocks.

    Raises:
        NotAnswered: it did not come up; the end of its log says why.
    """
    place = folder or blocks.parent
    written = place / "prometheus.yml"
    written.write_text(config or "global: {}\n", "utf-8")
    address = f"127.0.0.1:{_free_port()}"
    with (place / "prometheus.log").open("w+", encoding="utf-8") as log:
        server = subprocess.Popen(
            [
                tool("prometheus"),
                f"--config.file={written}",
                f"--storage.tsdb.path={blocks}",
                f"--storage.tsdb.retention.time={RETENTION}",
                f"--web.listen-address={address}",
                f"--query.lookback-delta={lookback}",
                "--enable-feature=exemplar-storage",
            ],
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait(server, f"http://{address}/-/ready", Path(log.name))
            yield Prometheus(f"http://{address}")
        finally:
            server.terminate()
            server.wait()


def _wait(server: subprocess.Popen[bytes], ready: str, log: Path) -> None:
    """Until it is ready."""
    limit = time.monotonic() + START_SECONDS_MAX
    while server.poll() is None and time.monotonic() < limit:
        try:
            with urlopen(ready, timeout=1):
                return
        except (URLError, OSError):
            time.sleep(0.1)
    raise NotAnswered(log.read_text("utf-8")[-2000:])


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
