"""The cost of the service clock: µs per deadline, and ticks that fire none, some and many of 1,000,000 armed cases.

    python -m benchmarks.clock [--cases N] [--json]

Deadlines are computed on the shipped calendar, from starts all over 2025 and 2026. The limit is 3 µs for one step of the
arithmetic; a deadline with a pause is three steps: the limit, the working time of the pause, and the move by it.

The cases are real snapshots: one template per 1,000 cases is opened by a report, a second apart, and copied under other ids. A
partition is restored from all of them. A tick calls `next_due` and `Partition.fire` for all that is due: decision, journal entry,
new snapshot, notices and assignments, without writing them. `wakeups` is the part of that time in which `Wakeups` finds the next
case and arms it anew. Each case has one entry in the heap, however many of its clocks are armed. Garbage is collected as seldom
as in the worker, and the longest pause by it is told by generation, while the cases are restored and while they are worked.
µs are of the quickest of seven rounds, since other load only adds to them; ticks run once.
"""

import argparse
import gc
import json
import time
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple, TypeVar

from msgspec.structs import replace

from pipeline.core.case.turn import InputRecord, Turn
from pipeline.core.clocks.wakeups import Wakeups
from pipeline.core.partition import Partition
from pipeline.core.rules.rules import Rules
from pipeline.core.worktime import clock_arithmetic
from pipeline.core.worktime.policy import span_of
from pipeline.rulebook import load_rules
from schemas import topics
from schemas.state.case import Case, ClockMove

ROUNDS = 7
STARTS = 20_000
LIMIT_US = 3.0
COPIES = 1_000
OPENED = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
STREET = "140109004"
KEY = b"k" * 32
WORKER_GARBAGE = (50_000, 20, 100)

T = TypeVar("T")


class Tick(NamedTuple):
    """How many timers fired, and µs for each: all of it, and the part of `Wakeups`. An empty tick has the µs of one call of `next_due`."""

    fired: int
    seconds: float
    each_us: float
    wakeups_us: float


@contextmanager
def garbage_pauses(figures: dict[str, float], during: str) -> Iterator[None]:
    """Adds the longest garbage collection of each generation that there is one of, in ms."""
    began = 0.0

    def seen(phase: str, collection: dict[str, int]) -> None:
        nonlocal began
        if phase == "start":
            began = time.perf_counter()
            return
        name = f"generation {collection['generation']}, ms, {during}"
        figures[name] = max(figures.get(name, 0.0), (time.perf_counter() - began) * 1e3)

    gc.callbacks.append(seen)
    try:
        yield
    finally:
        gc.callbacks.remove(seen)


def starts() -> list[datetime]:
    """Starts spread over all hours of all days, with seconds and microseconds."""
    first, step = datetime(2025, 1, 1, tzinfo=UTC), timedelta(seconds=2_711, microseconds=7)
    return [first + number * step for number in range(STARTS)]


def micros(call: Callable[[T], object], many: Sequence[T]) -> float:
    """µs per call of the quickest round."""
    rounds = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        for argument in many:
            call(argument)
        rounds.append((time.perf_counter() - begun) / len(many) * 1e6)
    return min(rounds)


def arithmetic(rules: Rules) -> dict[str, float]:
    """µs for each kind of computation."""
    calendar, day = rules.calendar, timedelta(days=1)
    hours, days = span_of("240 work_minutes"), span_of("3 workdays")
    pairs = [(at, at + day) for at in starts()]
    paused = [(at, (ClockMove(at=at, until=end, why="suspended"),)) for at, end in pairs]
    return {
        "due, 240 work minutes": micros(lambda at: calendar.due_work_minutes(at, 240), starts()),
        "due, 3 workdays": micros(lambda at: calendar.due_workdays(at, 3), starts()),
        "due, 1440 natural minutes": micros(lambda at: calendar.due_natural_minutes(at, 1_440), starts()),
        "elapsed work minutes": micros(lambda pair: calendar.elapsed_work_minutes(*pair), pairs),
        "of a clock, 3 workdays": micros(lambda at: clock_arithmetic.due(calendar, at, days, ()), starts()),
        "of a clock, with a pause": micros(
            lambda span: clock_arithmetic.due(calendar, span[0], hours, span[1]), paused
        ),
    }


def opened(rules: Rules, many: int) -> list[Case]:
    """`many` cases, a second apart, each from a report of its own."""
    core, cases = Partition(rules, KEY, "benchmark"), []
    for number in range(many):
        at = OPENED + timedelta(seconds=number)
        report = {
            "source": "12345",
            "source_no": f"B{number}",
            "street": STREET,
            "matter": "SR-003",
            "reported_at": at.isoformat(),
            "place": {"address": f"兴华街{number}号", "grid": f"{STREET}001001"},
            "text": "人行道上堆放装修材料",
        }
        record = InputRecord(topics.REPORTS, 0, number, STREET.encode(), json.dumps(report).encode(), ())
        cases += core.step(record, Turn(0, 1, number + 1, at)).cases
    return cases


def snapshots(templates: Sequence[Case], many: int) -> Iterator[Case]:
    """`many` copies with ids of their own, template after template."""
    for number in range(many):
        template = templates[number // COPIES]
        yield replace(template, case_id=f"{STREET}-{number:013}")


def heap_bytes(cases: dict[str, Case]) -> float:
    """Bytes of `Wakeups` for each case."""
    gc.collect()
    tracemalloc.start()
    wakeups = Wakeups(cases)
    for case in cases.values():
        wakeups.note(None, case)
    size = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return size / len(cases)


def asking(core: Partition) -> Tick:
    """A tick without a due timer."""
    many = 100_000
    begun = time.perf_counter()
    for _ in range(many):
        core.next_due()
    seconds = time.perf_counter() - begun
    return Tick(0, seconds / many, seconds / many * 1e6, seconds / many * 1e6)


def tick(core: Partition, now: datetime) -> Tick:
    """Fire all timers due by `now`."""
    before = {case.case_id: case for case in core.cases()}
    moved: list[Case] = []
    begun = time.perf_counter()
    while (due := core.next_due()) is not None and due <= now:
        outcome = core.fire(Turn(0, 1, len(moved) + 1, now))
        moved.append(outcome.cases[0])
    seconds = time.perf_counter() - begun
    each = seconds / max(1, len(moved)) * 1e6
    return Tick(len(moved), seconds, each, rearmed(before, moved))


def rearmed(cases: dict[str, Case], moved: Sequence[Case]) -> float:
    """µs for each of the same firings to find the next case and arm it anew."""
    wakeups = Wakeups(cases)
    for case in cases.values():
        wakeups.note(None, case)
    begun = time.perf_counter()
    for after in moved:
        first = wakeups.first()
        if first is None or first.case_id != after.case_id:
            raise LookupError("wakeups and partition fire in the same order")
        cases[after.case_id] = after
        wakeups.note(first, after)
    return (time.perf_counter() - begun) / max(1, len(moved)) * 1e6


def ticks(rules: Rules, many: int) -> tuple[dict[str, float], list[Tick]]:
    """Restore `many` cases: seconds and bytes, and the cost of ticks."""
    templates = opened(rules, -(-many // COPIES))
    cases = {case.case_id: case for case in snapshots(templates, many)}
    figures = {"heap bytes per case": heap_bytes(cases)}
    core = Partition(rules, KEY, "benchmark")
    begun = time.perf_counter()
    with garbage_pauses(figures, "restoring"):
        core.restore(cases.values())
    figures["restored, seconds"] = time.perf_counter() - begun
    figures["cases"] = many
    figures["armed clocks per case"] = sum(1 for clock in templates[0].clocks if clock.wake_at)
    del cases
    gc.collect()
    gc.freeze()
    first = core.next_due()
    if first is None:
        raise LookupError("every open case is armed")
    with garbage_pauses(figures, "working"):
        fired = [asking(core), tick(core, first), tick(core, first + timedelta(seconds=100))]
    return figures, fired


def table(dues: dict[str, float], figures: dict[str, float], fired: Sequence[Tick]) -> str:
    """The figures as text."""
    lines = [f"{name:28}{cost:8.2f} µs" for name, cost in dues.items()]
    steps = [cost for name, cost in dues.items() if not name.startswith("of a clock")]
    kept = "kept" if max(steps) <= LIMIT_US else "BROKEN"
    lines.append(f"limit: {LIMIT_US} µs each for due and elapsed: {kept}")
    lines.append("")
    lines.append(
        f"{figures['cases']:,.0f} cases, {figures['armed clocks per case']:.0f} armed clocks each, restored in "
        f"{figures['restored, seconds']:.1f} s; {figures['heap bytes per case']:.0f} bytes of heap a case"
    )
    pauses = [f"{name}: {ms:.1f}" for name, ms in figures.items() if name.startswith("generation")]
    lines.append("longest garbage collection of " + ("; ".join(pauses) or "none: there was none"))
    lines.append(f"{'fired':>10}{'ms a tick':>14}{'µs each':>12}{'wakeups, µs':>12}")
    lines += [
        f"{tick_row.fired:10,}{tick_row.seconds * 1e3:14.3f}{tick_row.each_us:12.2f}{tick_row.wakeups_us:12.2f}"
        for tick_row in fired
    ]
    return "\n".join(lines)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--cases", type=int, default=1_000_000, metavar="N", help="how many are armed")
    parser.add_argument("--json", action="store_true", help="one line of JSON instead of the table")
    arguments = parser.parse_args()
    gc.set_threshold(*WORKER_GARBAGE)
    rules = load_rules(Path(__file__).parents[1] / "rules")
    dues = arithmetic(rules)
    figures, fired = ticks(rules, arguments.cases)
    if arguments.json:
        result = {"due_us": dues, **figures, "ticks": [tick_row._asdict() for tick_row in fired]}
        print(json.dumps(result))
    else:
        print(table(dues, figures, fired))


if __name__ == "__main__":
    main()
