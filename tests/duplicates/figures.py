"""How well duplicates are found: `python -m tests.duplicates.figures [FILE …] [--wrong]`.

FILE has a line for each report, as `enforcement duplicates` reads it, and the `event` that it tells of. Without FILE: those that were
tuned on, those that were not (held_out.jsonl; unseen.jsonl was written last), and a generated day. Pairs are counted: of those put together as sure, which belong
together (precision); of those that belong together, which were put together (recall); those that are likely, of which a person is asked,
how many of them are right; and those that are missed by both. Beside it the plain rapidfuzz ratio of address and text within
the window, at the threshold that is best for it on these very reports.
"""

import argparse
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

from rapidfuzz import fuzz

from pipeline.core.duplicates.grouping import grouped
from pipeline.core.duplicates.likeness import compare
from pipeline.edge.push.duplicates_command import ComparedRow, Comparer
from pipeline.edge.sources.loose_rows import loose_report
from pipeline.rulebook import RULES_DIR, load_rules
from pipeline.rulebook.lexicon.lexicon_loading import load_recognition
from pipeline.simulate.world.day import generate_day
from pipeline.words.field_words import BUSINESS_ZONE

TEXTS = Path(__file__).parent / "texts"
DAY = date(2026, 11, 24)
Row = Mapping[str, object]
Pairs = frozenset[tuple[str, str]]


class Figures(NamedTuple):
    """Of pairs: `likely` are those that a person is asked about, `offered` those of them that belong together."""

    precision: float
    recall: float
    wrong: Pairs
    missed: Pairs
    likely: int = 0
    offered: int = 0


def rows_of(path: Path) -> list[Row]:
    """The reports of a file, with their truth."""
    return list(map(json.loads, path.read_text(encoding="utf-8").splitlines()))


def day_rows(seed: int) -> list[Row]:
    """The good reports of a generated day that are no find disposed of on the spot, each once; of alarms the first of each incident, since a storm has more pairs than all others."""
    rows: list[Row] = []
    seen: set[tuple[str, str]] = set()
    alarmed: set[str] = set()
    for push in generate_day(seed, DAY).pushes:
        name = push.source, push.source_no
        if push.expectation not in ("valid", "duplicate_of_event") or name in seen:
            continue
        if push.source == "monitor" and push.thing in alarmed:
            continue
        if json.loads(push.value).get("self_disposed"):
            continue
        seen.add(name)
        alarmed.add(push.thing)
        content = json.loads(push.value)
        rows.append(content | {"id": f"{push.source}/{push.source_no}", "event": push.thing})
    return rows


def comparer() -> Comparer:
    """By the rules of the repository."""
    return Comparer(load_rules(RULES_DIR), load_recognition(RULES_DIR))


def compared(by: Comparer, rows: Sequence[Row]) -> dict[str, ComparedRow]:
    """Each report by its id."""
    reports = [loose_report(row, number, BUSINESS_ZONE) for number, row in enumerate(rows, 1)]
    return {str(report.id): ComparedRow(report, by.compared(str(report.id), report)) for report in reports}


def figures(by: Comparer, rows: Sequence[Row]) -> Figures:
    """Of what is put together for sure."""
    reports = [row.compared for row in compared(by, rows).values() if not row.report.self_disposed]
    found = grouped(by.rules, reports)
    told = _judged(rows, (pair for group in found.groups for pair in combinations(group, 2)))
    likely = {_pair(pair.one, pair.other) for pair in found.likely}
    return told._replace(likely=len(likely), offered=len(likely & told.missed))


def baseline(rows: Sequence[Row], window: timedelta) -> tuple[int, Figures]:
    """The threshold that is best by F1, and its figures."""
    reports = [loose_report(row, number, BUSINESS_ZONE) for number, row in enumerate(rows, 1)]
    near = [
        (one, other)
        for one, other in combinations(reports, 2)
        if one.at is None or other.at is None or abs(one.at - other.at) <= window
    ]
    ratios = [
        (fuzz.ratio(one.address + one.text, other.address + other.text), str(one.id), str(other.id))
        for one, other in near
    ]
    tried = [
        (threshold, _judged(rows, ((one, other) for ratio, one, other in ratios if ratio >= threshold)))
        for threshold in range(20, 100, 2)
    ]
    return max(tried, key=lambda found: _f1(found[1]))


def _judged(rows: Sequence[Row], said: Iterable[tuple[str, str]]) -> Figures:
    events = {str(row["id"]): row["event"] for row in rows}
    right = frozenset(
        _pair(one, other) for one, other in combinations(events, 2) if events[one] == events[other]
    )
    together = frozenset(_pair(*pair) for pair in said)
    both = len(together & right)
    return Figures(
        both / len(together) if together else 1.0,
        both / len(right) if right else 1.0,
        together - right,
        right - together,
    )


def _pair(one: str, other: str) -> tuple[str, str]:
    return (one, other) if one < other else (other, one)


def _f1(found: Figures) -> float:
    return 2 * found.precision * found.recall / max(found.precision + found.recall, 1e-9)


def print_line(name: str, by: Comparer, rows: Sequence[Row]) -> Figures:
    """A line of the table."""
    told, (threshold, plain) = figures(by, rows), baseline(rows, by.rules.window)
    events = len({row["event"] for row in rows})
    print(
        f"{name:<12}{len(rows):>8}{events:>8}{told.precision:>12.1%}{told.recall:>9.1%}"
        f"{told.likely:>8}{told.offered:>7}{len(told.missed) - told.offered:>8}"
        f"{plain.precision:>13.1%}{plain.recall:>9.1%}   at {threshold}"
    )
    return told


def print_wrong(by: Comparer, rows: Sequence[Row], told: Figures) -> None:
    """Each pair that was put together wrongly, or was missed, with the reasons."""
    reports = compared(by, rows)
    for kind, pairs in (("wrong", told.wrong), ("missed", told.missed)):
        for one, other in sorted(pairs):
            found = compare(by.rules, reports[one].compared, reports[other].compared)
            print(f"  {kind} {one} {other}: {found.likeness} {found.place}+{found.matter}: {found.reason}")
            for key in (one, other):
                print(f"      {reports[key].report.address} | {reports[key].report.text}")


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description="How well duplicates are found.")
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--wrong", action="store_true", help="list each pair that is wrong or missed")
    parser.add_argument("--seed", type=int, default=7, help="of the generated day")
    options = parser.parse_args()
    by = comparer()
    sets = [
        (path.stem, rows_of(path))
        for path in options.files or [TEXTS / f"{name}.jsonl" for name in ("tuning", "held_out", "unseen")]
    ]
    if not options.files:
        sets.append((f"day, seed {options.seed}", day_rows(options.seed)))
    print(
        f"{'reports of':<12}{'':>8}{'events':>8}{'precision':>12}{'recall':>9}{'likely':>8}{'right':>7}{'missed':>8}"
        f"{'rapidfuzz: p':>13}{'recall':>9}"
    )
    for name, rows in sets:
        told = print_line(name, by, rows)
        if options.wrong:
            print_wrong(by, rows, told)


if __name__ == "__main__":
    main()
