"""What a run found, for people and for programs."""

import json
from collections.abc import Mapping
from typing import Final

from rich.console import Console
from rich.table import Table

from pipeline.audit.findings import MEANINGS, Findings, Invariant
from pipeline.audit.gauges import lateness
from schemas import topics

NOTHING: Final = "nothing to check"


def as_json(found: Findings, seconds: float) -> str:
    """The findings, one a line, and a last line with the sums."""
    lines = [{"what": "violation", **one.as_dict()} for one in found.kept]
    summary = {
        "what": "summary",
        "clean": not found.violated.total(),
        "partitions": found.numbers["partitions"],
        "entries": found.numbers["entries"],
        "records": dict(found.records),
        "waiting": {topic: found.numbers[f"waiting {topic}"] for topic in topics.INPUTS},
        "timer_late_s": lateness(found.late_s),
        "seconds": round(seconds, 3),
        "invariants": [
            {
                "invariant": one.value,
                "checked": found.checked[one],
                "violations": found.violated[one],
                "skipped": found.reasons(one),
            }
            for one in Invariant
        ],
    }
    return "\n".join(json.dumps(line, ensure_ascii=False) for line in (*lines, summary))


def print_text(found: Findings, seconds: float, console: Console) -> None:
    """A table of the invariants, and beneath it every violation in both languages."""
    console.print(table(found))
    for one in found.kept:
        topic, partition, offset = one.place
        where = f"{topic}/{partition}" + ("" if offset is None else f"@{offset}")
        case = f" case {one.case_id}" if one.case_id else ""
        console.print(f"{one.invariant} {one.code} {where}{case}", style="bold red", markup=False)
        console.print(f"  {_plain(one.en)}", markup=False)
        console.print(f"  {_plain(one.zh)}", markup=False)
    console.print(_last_line(found, seconds), markup=False)


def table(found: Findings) -> Table:
    """Each invariant: what it promises, how often it was looked at, how often it was broken."""
    made = Table(title=None)
    for name, justify in (
        ("", "left"),
        ("promise", "left"),
        ("checks", "right"),
        ("violations", "right"),
        ("", "left"),
    ):
        made.add_column(name, justify="right" if justify == "right" else "left")
    for one in Invariant:
        en, zh = MEANINGS[one]
        many = f"{found.checked[one]:,}" if found.checked[one] else NOTHING
        made.add_row(
            one.value,
            f"{en} {zh}",
            many,
            str(found.violated[one]) if found.violated[one] else "–",
            "; ".join(found.reasons(one)),
            style="bold red" if found.violated[one] else None,
        )
    return made


def _last_line(found: Findings, seconds: float) -> str:
    read = found.records.total()
    waiting = sum(found.numbers[f"waiting {topic}"] for topic in topics.INPUTS)
    late = ", ".join(f"{name} {seconds_late} s" for name, seconds_late in lateness(found.late_s).items())
    verdict = "nothing found" if not found.violated.total() else f"{found.violated.total()} violations"
    more = found.violated.total() - len(found.kept)
    said = {
        "": verdict + (f" ({more} more than shown)" if more else ""),
        "partitions": str(found.numbers["partitions"]),
        "entries": f"{found.numbers['entries']:,}",
        "records read": f"{read:,} in {seconds:.1f} s",
        "waiting to be decided": str(waiting),
        "timers late": late or "none fired",
    }
    return _joined(said)


def _joined(said: Mapping[str, str]) -> str:
    return "; ".join(f"{name}: {text}" if name else text for name, text in said.items())


def _plain(text: str) -> str:
    """On one line, and nothing that a terminal would obey: what a log says may be anybody's."""
    return "".join(one if one.isprintable() else "\ufffd" for one in text)
