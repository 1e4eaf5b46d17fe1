"""Microseconds a report to find the open case that it is of, with so many open cases in its street, on generated days.

The cases are those that the reports of the days open, none of them closed, so that there are more than any street has. What is timed is
to read what the report says of its place, and to hold it against the candidates; a figure is of processor time.
"""

import gc
import time
from collections.abc import Iterator
from datetime import UTC, date
from functools import partial
from itertools import islice

from pipeline.core.case.turn import InputRecord, Turn
from pipeline.core.duplicates.place_said import place_said
from pipeline.core.partition import Partition
from pipeline.core.rules.rules import Rules
from pipeline.core.stages.duplicates import Apart, DuplicateIndex, spot_in
from pipeline.core.stages.joinable_cases import Fits, OpenCases, said_of
from pipeline.rulebook import RULES_DIR, load_rules
from pipeline.simulate.world.day import HOME, generate_day
from schemas.state.case import Case
from schemas.topics import REPORTS

OPEN_CASES = (0, 1_000, 10_000)
REPORTS_TIMED = 500
_DAY = date(2026, 11, 24)
_SCALE = 50.0
_KEY = b"k" * 32
_ANY = Fits(lambda _: True, lambda _: True)


def measure() -> dict[str, float]:
    """Microseconds a report at each number of open cases, and to take up one case."""
    rules = load_rules(RULES_DIR)
    cases = list(islice(_cases(rules), max(OPEN_CASES) + REPORTS_TIMED))
    reports = cases[-REPORTS_TIMED:]
    if len(cases) < max(OPEN_CASES) + REPORTS_TIMED:
        raise LookupError(f"the day has {len(cases)} cases only")
    figures: dict[str, float] = {}
    for count in OPEN_CASES:
        found = _empty(rules)
        place_said.cache_clear()
        started = time.process_time()
        for case in cases[:count]:
            found.add(case)
        while found.read_ahead():
            pass
        if count:
            figures["take_up_us"] = round((time.process_time() - started) / count * 1e6)
        figures[f"join_us_{count}"] = round(_timed(rules, found, reports))
    return figures


def _timed(rules: Rules, found: OpenCases, reports: list[Case]) -> float:
    """The mean, each report read anew. What collecting garbage of ten thousand cases takes is no report's."""
    place_said.cache_clear()
    gc.collect()
    gc.freeze()
    started = time.process_time()
    for case in reports:
        spot = spot_in(case.facts, rules.policy.address)
        callers = tuple(report.caller for report in case.reports if report.caller)
        said = partial(said_of, rules.duplicates, "", case.facts, spot, callers)
        found.find(case.facts.matter, said, spot, case.facts.opened_at, _ANY, callers)
    return (time.process_time() - started) / len(reports) * 1e6


def _empty(rules: Rules) -> OpenCases:
    policy, street = rules.policy, rules.streets[HOME]
    apart = Apart.of(policy)
    near = DuplicateIndex(policy.duplicate_window_minutes, apart, policy.address, street.grids)
    return OpenCases(rules.duplicates, near)


def _cases(rules: Rules) -> Iterator[Case]:
    """Cases of one street, all of one day: each report that opens one in a core of its own."""
    for number, push in enumerate(generate_day(7, _DAY, (HOME,), _SCALE, rules).pushes):
        if push.expectation != "valid":
            continue
        core = Partition(rules, _KEY, "benchmark")
        turn = Turn(0, 0, number, push.at.astimezone(UTC))
        core.step(InputRecord(REPORTS, 0, number, push.street.encode(), push.value, ()), turn)
        yield from core.cases()
