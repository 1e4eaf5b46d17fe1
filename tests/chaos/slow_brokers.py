"""How a worker keeps up with brokers whose every answer is late.

    python -m tests.chaos.slow_brokers [--late 0.3] [--seconds 60] [--per-second 40] [--json]

A steady load is pushed for so many seconds, while each answer of the broker reaches the worker so much later, one after the other on
each connection. Prints how many reports were decided meanwhile, how many waited halfway and at the end (a backlog that grows or does not),
and how often partitions were opened. Settings are the defaults; `--set NAME=VALUE` changes one, such as --set commit_slow_s=5.
"""

import argparse
import json
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from benchmarks.failover import Bench
from benchmarks.throughput import PARTITIONS, STREETS
from pipeline.broker import borrowed_broker
from tests.stream.fleet.proxy import Proxy


def measured(bench: Bench, proxy: Proxy, late_s: float, seconds: float, per_second: int) -> dict[str, float]:
    """Push `per_second` reports for `seconds` after the worker has begun."""
    worker = bench.worker("one", ENFORCEMENT_BROKERS=proxy.address)
    try:
        bench.under_load_until("it works", lambda: len(bench.newest) == PARTITIONS)
        pushed, decided, epochs = bench.pushed, bench.decided, sum(bench.epochs().values())
        proxy.late_s = late_s
        began, halfway = time.monotonic(), 0
        while (passed_s := time.monotonic() - began) < seconds:
            due = int(per_second * passed_s) // len(STREETS) * len(STREETS) - (bench.pushed - pushed)
            if due > 0:
                bench.push(due)
            bench.look()
            if passed_s < seconds / 2:
                halfway = bench.pushed - bench.decided
        if worker.poll() is not None:
            raise SystemExit(f"the worker ended with {worker.returncode}: {bench.log('one')[-500:]}")
        return {
            "pushed": bench.pushed - pushed,
            "decided": bench.decided - decided,
            "waiting_halfway": halfway,
            "waiting_at_the_end": bench.pushed - bench.decided,
            "openings": sum(bench.epochs().values()) - epochs,
            "producers_renewed": bench.log("one").count("a new producer goes on"),
        }
    finally:
        worker.kill()
        worker.wait()


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; its exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--late", type=float, default=0.3, help="seconds by which each answer is late")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--per-second", type=int, default=40, help="reports pushed")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that a signal also ends what was started
    settings = dict(setting.split("=", 1) for setting in options.set)
    with (
        tempfile.TemporaryDirectory() as folder,
        borrowed_broker(Path(folder) / "broker") as broker,
        closing(Proxy(broker.address)) as proxy,
    ):
        place = Path(folder) / "worker"
        place.mkdir()
        bench = Bench(broker.address, place, settings)
        result = measured(bench, proxy, options.late, options.seconds, options.per_second)
    sys.stdout.write(
        json.dumps(result) + "\n"
        if options.json
        else "".join(f"{name:20} {value:,}\n" for name, value in result.items())
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
