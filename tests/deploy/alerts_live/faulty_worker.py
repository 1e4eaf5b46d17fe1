"""A real worker with faults planted in it, one for each word of its arguments: a record that breaks the core (`breaks`), an event loop that
stands still again and again (`blocks`), figures that cannot be counted (`miscounts`). With `stopped` it has no fault, but goes no further than
its imports until it is told to continue (SIGCONT)."""

import os
import signal
import sys
import threading
from typing import Any

from pipeline.core.case.turn import InputRecord, Outcome, Turn
from pipeline.core.partition import Partition
from pipeline.indicators.stock import Stock
from pipeline.settings import Settings
from pipeline.stream.app import build_app, real_core, run

BREAKS = b"breaks-the-core"
"""What a record holds that the planted core cannot stand."""
_BLOCKED_S = 1.6


def _step(partition: Partition, record: InputRecord, turn: Turn) -> Outcome:
    if BREAKS in (record.value or b""):
        raise RuntimeError("a planted bug")
    return _real_step(partition, record, turn)


def _note(*_: object) -> None:
    raise RuntimeError("a planted bug of the figures")


_real_step = Partition.step

if __name__ == "__main__":
    planted = sys.argv[1:]
    if "breaks" in planted:
        setattr(Partition, "step", _step)  # noqa: B010  a planted bug
    if "miscounts" in planted:
        setattr(Stock, "note", _note)  # noqa: B010
    if "stopped" in planted:
        print("stopped", file=sys.stderr, flush=True)
        os.kill(os.getpid(), signal.SIGSTOP)
    app: Any = build_app(Settings(), real_core)
    if "blocks" in planted:

        @app.timer(interval=0.1)
        async def stand_still() -> None:
            """Holds up the loop, as a long computation in it would."""
            threading.Event().wait(_BLOCKED_S)

    run(app)
