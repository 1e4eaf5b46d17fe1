"""The cost of metrics: µs to count an entry beside the core's own, and ms for `/metrics` with 1,000,000 open cases.

    python -m benchmarks.metrics_cost [--cases N] [--json]

The entries are those of a generated day, decided by the core alone; then the same outcomes are counted, and the two times stand
side by side. The cases are that day's open ones, copied with other times so that deadlines spread over four weeks; the page is
fetched over HTTP as Prometheus does. The limit is 200 ms. µs and ms are of the quickest round, since other load only adds to them.
"""

import argparse
import json
import time
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import cycle, islice
from pathlib import Path
from urllib.request import urlopen

import psutil
from msgspec.structs import replace
from prometheus_client import REGISTRY, start_http_server

from pipeline.core.case.turn import Change
from pipeline.core.rules.rules import Rules
from pipeline.indicators import flow, initial_series
from pipeline.indicators.collector import CountedPartition, StockCollector
from pipeline.indicators.pending import PendingCounts
from pipeline.indicators.stock import Stock
from pipeline.rulebook import load_rules
from pipeline.simulate.demo.dry_run import DryRun
from pipeline.simulate.world.day import generate_day
from schemas.state.case import Case

NOON = datetime.fromisoformat("2026-11-24T12:00:00+08:00")
DAY = date(2026, 11, 24)
WEEKS = timedelta(days=28)
ROUNDS = 5
LIMIT_MS = 200.0


def copies(cases: Sequence[Case], many: int) -> Iterator[Case]:
    """`many` copies of the cases, their times moved by up to four weeks."""
    for number, case in enumerate(islice(cycle(cases), many)):
        by = WEEKS * number / many
        moved = tuple(replace(clock, due_at=clock.due_at + by) for clock in case.clocks)
        facts = replace(case.facts, opened_at=case.facts.opened_at - by)
        yield replace(case, facts=facts, clocks=moved)


def counting(rules: Rules, dry_run: DryRun) -> float:
    """µs to count an entry, of the quickest round."""
    best = float("inf")
    for _ in range(ROUNDS):
        stock, pending = Stock(rules, NOON - timedelta(days=1)), PendingCounts()
        started = time.perf_counter()
        for outcome in dry_run.outcomes:
            flow.note(pending, rules, outcome)
            stock.note(outcome.changes)
        pending.publish()
        best = min(best, time.perf_counter() - started)
    return 1e6 * best / len(dry_run.outcomes)


def deciding(rules: Rules) -> tuple[DryRun, float]:
    """The decided day, and µs an entry, the simulated people included."""
    best, dry_run = float("inf"), DryRun(rules, seed=7)
    for _ in range(2):
        dry_run = DryRun(rules, seed=7)
        day = generate_day(7, DAY, rules=rules)
        started = time.perf_counter()
        dry_run.play(day, NOON)
        best = min(best, time.perf_counter() - started)
    return dry_run, 1e6 * best / len(dry_run.outcomes)


def page_cost(port: int) -> tuple[float, int]:
    """Milliseconds for the page, of the quickest round, and its bytes."""
    best, size = float("inf"), 0
    for _ in range(ROUNDS):
        started = time.perf_counter()
        with urlopen(f"http://127.0.0.1:{port}/metrics") as page:
            size = len(page.read())
        best = min(best, time.perf_counter() - started)
    return 1e3 * best, size


def main() -> None:
    """Measure, print a table and a line of JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rules = load_rules(Path(__file__).parents[1] / "rules")
    initial_series.begin(rules)
    dry_run, decided_us = deciding(rules)
    counted_us = counting(rules, dry_run)
    open_cases = [case for outcome in dry_run.outcomes for case in outcome.cases if case.closed_at is None]
    stock = Stock(rules, NOON)
    REGISTRY.register(StockCollector(rules, lambda: [CountedPartition(0, 1, stock, 0)], lambda: NOON))
    server, _ = start_http_server(0, "127.0.0.1")
    empty_ms, empty_bytes = page_cost(server.server_port)
    process = psutil.Process()
    before = process.memory_info().rss
    started = time.perf_counter()
    stock.note(Change(None, case) for case in copies(open_cases, options.cases))
    noted_s = time.perf_counter() - started
    stock_bytes = process.memory_info().rss - before
    full_ms, full_bytes = page_cost(server.server_port)
    result = {
        "decided_us": round(decided_us, 1),
        "counted_us": round(counted_us, 1),
        "cases": options.cases,
        "stock_bytes_per_case": round(stock_bytes / options.cases, 1),
        "noted_s": round(noted_s, 1),
        "empty_ms": round(empty_ms, 1),
        "empty_bytes": empty_bytes,
        "full_ms": round(full_ms, 1),
        "full_bytes": full_bytes,
        "limit_ms": LIMIT_MS,
    }
    if not options.json:
        print(f"an entry: decided with its people in {decided_us:,.0f} µs, counted in {counted_us:,.1f} µs")
        print(f"/metrics with no case:    {empty_ms:7.1f} ms, {empty_bytes:,} bytes")
        print(
            f"/metrics with {options.cases:,} open: {full_ms:7.1f} ms, {full_bytes:,} bytes (limit {LIMIT_MS:.0f} ms)"
        )
        print(f"the stock takes {stock_bytes / options.cases:.1f} bytes a case")
    print(json.dumps(result))


if __name__ == "__main__":
    main()
