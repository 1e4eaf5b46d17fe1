"""A broker that does not outlive its block: for tests, benchmarks and the demo, which may be killed or crash."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.broker.guard import guarded_children
from pipeline.broker.process import HEAP_MB_DEFAULT, Broker
from pipeline.broker.progress import OnProgress, ignore_progress


@contextmanager
def borrowed_broker(
    folder: Path,
    *,
    port: int | None = 0,
    heap_mb: int = HEAP_MB_DEFAULT,
    on_progress: OnProgress = ignore_progress,
) -> Iterator[Broker]:
    """A serving broker of `folder` that is stopped when the block ends, and killed when this process dies in it.

    What runs in `folder` at the end is ended: also a broker the block restarted. What else the block starts is killed with
    it, unless it is started with an environment of its own. Records stay. Arguments and errors are those of `Broker.start`;
    the port is any free one, unless named.
    """
    folder = folder.expanduser().resolve()
    with guarded_children():
        try:
            yield Broker.start(folder, port=port, heap_mb=heap_mb, on_progress=on_progress)
        finally:
            if running := Broker.find(folder):
                running.stop()
