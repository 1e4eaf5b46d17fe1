"""What a run found, for people and for programs."""

import json
from collections.abc import Iterator, Mapping
from typing import Final

from rich.console import Console
from rich.table import Table

from pipeline.audit.findings import MEANINGS, Findings, Invariant
from pipeline.audit.gauges import lateness
from pipeline.audit.log.checkpoint import root_of
from pipeline.audit.model.letter_account import STATES
from pipeline.words.language import Lang
from pipeline.words.spoken import said, spoken, told
from schemas import topics

NOTHING: Final = "nothing to check"


def as_json(findings: Findings, seconds: float) -> str:
    """The findings, one a line, and a last line with the sums."""
    lines = (*violations(findings), summary(findings, seconds))
    return "\n".join(json.dumps(line, ensure_ascii=False) for line in lines)


def violations(findings: Findings) -> Iterator[Mapping[str, object]]:
    """Each that was kept, as JSON has it."""
    return ({"what": "violation", **finding.as_dict()} for finding in findings.kept)


def summary(findings: Findings, seconds: float) -> Mapping[str, object]:
    """The sums, as JSON has them."""
    return {
        "what": "summary",
        "clean": not findings.violated.total(),
        "partitions": findings.numbers["partitions"],
        "entries": findings.numbers["entries"],
        "records": dict(findings.records),
        "waiting": {topic: findings.numbers[f"waiting {topic}"] for topic in topics.INPUTS},
        "dead_letters": {state: findings.letters.counts()[state] for state in STATES},
        "timer_late_s": lateness(findings.late_s),
        "not_checked": {
            "entries": findings.not_checked.total(),
            "share": round(_share(findings), 4),
            "reasons": dict(findings.not_checked),
            "rules_versions": dict(findings.lacking_rules),
        },
        "chain": _chain(findings),
        "seconds": round(seconds, 3),
        "invariants": [
            {
                "invariant": finding.value,
                "checked": findings.checked[finding],
                "violations": findings.violated[finding],
                "skipped": findings.reasons(finding),
            }
            for finding in Invariant
        ],
    }


def _chain(findings: Findings) -> Mapping[str, object] | None:
    """The heads of all partitions, and one hash over them; None where only a part of the log was read."""
    seen = findings.checkpoints
    heads = {number: {"begun": one.begun, "seq": one.seq, "head": one.head} for number, one in seen.items()}
    return {"root": root_of(seen), "partitions": heads} if seen else None


def print_text(findings: Findings, seconds: float, console: Console) -> None:
    """A table of the invariants, and beneath it every violation: in both languages, or in Chinese where that is spoken."""
    console.print(table(findings))
    for finding in findings.kept:
        topic, partition, offset = finding.place
        where = f"{topic}/{partition}" + ("" if offset is None else f"@{offset}")
        case = said(" case {case_id}", case_id=finding.case_id) if finding.case_id else ""
        console.print(f"{finding.invariant} {finding.code} {where}{case}", style="bold red", markup=False)
        if spoken() is Lang.EN:
            console.print(f"  {_plain(finding.en)}", markup=False)
        console.print(f"  {_plain(finding.zh)}", markup=False)
    console.print(_last_line(findings, seconds), markup=False)


def table(findings: Findings) -> Table:
    """Each invariant: what it promises, how often it was looked at, how often it was broken."""
    rows = Table(title=None)
    for name, justify in (
        ("", "left"),
        (said("promise"), "left"),
        (said("checks"), "right"),
        (said("violations"), "right"),
        ("", "left"),
    ):
        rows.add_column(name, justify="right" if justify == "right" else "left")
    for invariant in Invariant:
        en, zh = MEANINGS[invariant]
        checks = f"{findings.checked[invariant]:,}" if findings.checked[invariant] else said(NOTHING)
        rows.add_row(
            invariant.value,
            zh if spoken() is Lang.ZH else f"{en} {zh}",
            checks,
            str(findings.violated[invariant]) if findings.violated[invariant] else "–",
            "; ".join(map(told, findings.reasons(invariant))),
            style="bold red" if findings.violated[invariant] else None,
        )
    return rows


def _last_line(findings: Findings, seconds: float) -> str:
    read = findings.records.total()
    waiting = sum(findings.numbers[f"waiting {topic}"] for topic in topics.INPUTS)
    late = ", ".join(f"{name} {seconds_late} s" for name, seconds_late in lateness(findings.late_s).items())
    violated = findings.violated.total()
    verdict = said("{count} violations", count=violated) if violated else said("nothing found")
    if findings.not_checked and not violated:
        verdict = said("nothing found in what could be checked")
    more = violated - len(findings.kept)
    parts = {
        "": verdict + (said(" ({more} more than shown)", more=more) if more else ""),
        said("partitions"): str(findings.numbers["partitions"]),
        said("entries"): f"{findings.numbers['entries']:,}",
        said("records read"): said("{records} in {seconds} s", records=f"{read:,}", seconds=f"{seconds:.1f}"),
        said("waiting to be decided"): str(waiting),
        said("dead letters"): said(
            "{open} open, {retried} retried, {discarded} discarded",
            **{state: findings.letters.counts()[state] for state in STATES},
        ),
        said("timers late"): late or said("none fired"),
    }
    if findings.not_checked:
        parts[said("not checked")] = _not_checked(findings)
    return _joined(parts)


def _share(findings: Findings) -> float:
    """Of the entries that were read, those that could not be checked whole."""
    return findings.not_checked.total() / max(1, findings.numbers["entries"])


def _not_checked(findings: Findings) -> str:
    """How many entries, and why."""
    count, entries = findings.not_checked.total(), findings.numbers["entries"]
    why = [told(reason) for reason in sorted(findings.not_checked)]
    why += [said("rules {version}", version=version) for version in sorted(findings.lacking_rules)]
    share = said("{count} of {entries} entries ({percent} %)", count=f"{count:,}", entries=f"{entries:,}",
                 percent=f"{100 * _share(findings):.0f}")  # fmt: skip
    return f"{share}: {', '.join(why)}"


def _joined(parts: Mapping[str, str]) -> str:
    return "; ".join(f"{name}: {text}" if name else text for name, text in parts.items())


def _plain(text: str) -> str:
    """On one line, and nothing that a terminal would obey: what a log says may be anybody's."""
    return "".join(character if character.isprintable() else "\ufffd" for character in text)
