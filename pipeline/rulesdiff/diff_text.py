"""How `enforcement rules diff` says what it found: text for people, lines of JSON for programs."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final

import click

from pipeline.rulebook.book import Book
from pipeline.rulebook.differences import GROUPS, RuleDifference
from pipeline.rulebook.moved import MovedDeadline, Survey
from pipeline.words.field_words import Lang, duration, moment
from schemas.state.case import Case, Clock

SHOWN_MAX: Final = 100
"""Characters of a value in the text for people; --json has it whole."""


class Text:
    """For people."""

    def rules(self, old: Book, new: Book, found: list[RuleDifference]) -> None:
        """What differs in the rules, group by group."""
        click.echo(f"rules: {old.version} → {new.version}")
        for (group, edition), some in groupby(found, key=lambda one: (one.group, one.edition)):
            since = f", for cases that open from {edition} on" if edition else ""
            click.echo(f"\n{GROUPS[group]}{since}")
            rows = [(f"  {one.path}", _change(one)) for one in some]
            _echo(_aligned(rows))
        if found:
            click.echo(f"\ndifferences: {len(found)}")
        elif old.version == new.version:
            click.echo("nothing differs")
        else:
            click.echo("nothing differs but how it is written: names of files, order of lists")

    def cases(self, found: Survey, old: Book, new: Book, at: datetime) -> None:
        """The deadlines that move, then how many."""
        if found.moved:
            click.echo("\ndeadlines that move 时限变动, those that become late first")
            _echo(_aligned([_row(one) for one in found.moved]))
        if found.obstacles:
            click.echo("\na worker started with NEW would stop at")
            _echo(_aligned([(f"  {one.case.case_id}", one.why) for one in found.obstacles]))
        click.echo(f"\nopen cases, at {moment(at)}")
        for number, words in _totals(found):
            click.echo(f"  {number:>7} {words}")
        _echo(_decided_otherwise(found, old, new))
        what = "exactly these deadlines" if found.moved else "none"
        click.echo(f"Nothing was changed. A worker started with NEW re-arms {what}.")


class Json:
    """For programs: one object a line."""

    def rules(self, old: Book, new: Book, found: list[RuleDifference]) -> None:
        """A line of the two versions, then one for each field that differs."""
        self._say("rules", {"old": old.version, "new": new.version, "differences": len(found)})
        for one in found:
            edition = f"{one.edition}" if one.edition else None
            self._say("difference", {**one._asdict(), "edition": edition})

    def cases(self, found: Survey, _: Book, __: Book, at: datetime) -> None:
        """A line for each deadline that moves, and one of totals."""
        for one in found.moved:
            self._say("deadline", _as_json(one))
        for each in found.obstacles:
            self._say("obstacle", {"case_id": each.case.case_id, "why": each.why})
        earlier = sum(one.now.due_at < one.was.due_at for one in found.moved)
        self._say("totals", {
            "at": at.isoformat(),
            "open_cases": found.open_cases,
            "cases_moved": len({one.case.case_id for one in found.moved}),
            "deadlines_moved": len(found.moved),
            "earlier": earlier,
            "later": len(found.moved) - earlier,
            "become_late": sorted(found.becoming_late()),
            "no_longer_late": sorted(found.no_longer_late()),
            "other_limit_same_deadline": found.re_limited,
            "obstacles": len(found.obstacles),
            "decided_by": dict(sorted(found.decided_by.items())),
        })  # fmt: skip

    def _say(self, what: str, content: Mapping[str, object]) -> None:
        click.echo(json.dumps({"what": what, **content}, ensure_ascii=False))


def _totals(found: Survey) -> Iterator[tuple[int, str]]:
    earlier = sum(one.now.due_at < one.was.due_at for one in found.moved)
    yield found.open_cases, "in all"
    yield len({one.case.case_id for one in found.moved}), "have a deadline that moves"
    yield len(found.moved), f"deadlines move: {earlier} earlier, {len(found.moved) - earlier} later"
    if found.re_limited:
        yield found.re_limited, "clocks have another limit or certainty and the same deadline"
    yield len(found.becoming_late()), "would become late 将超期"
    yield len(found.no_longer_late()), "would no longer be late 不再超期"
    if found.obstacles:
        yield len(found.obstacles), "would stop a worker"


def _decided_otherwise(found: Survey, old: Book, new: Book) -> Iterator[str]:
    """Whether the deadlines that are compared are those of OLD at all."""
    by_new = found.decided_by[new.version] if new.version != old.version else 0
    if by_new:
        yield f"decided by NEW already, and not moved: {by_new}"
    others = {name: n for name, n in found.decided_by.items() if name not in (old.version, new.version)}
    if others:
        named = ", ".join(f"{n} by {name}" for name, n in sorted(others.items()))
        yield f"last decided by other rules than OLD, and compared as their deadlines stand: {named}"


def _change(one: RuleDifference) -> str:
    if one.old is not None and one.new is not None:
        return f"{_shown(one.old)} → {_shown(one.new)}"
    word, value = ("added", one.new) if one.old is None else ("gone", one.old)
    named = isinstance(value, str) and value in one.path  # a day or a code that is its own name
    return word if named else f"{word}: {_shown(value)}"


def _shown(value: object) -> str:
    text = _flow(value)
    return text if len(text) <= SHOWN_MAX else f"{text[: SHOWN_MAX - 1]}…"


def _flow(value: object) -> str:
    """As one would write it in the files, without quotes."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _row(one: MovedDeadline) -> tuple[str, ...]:
    shift = one.now.due_at - one.was.due_at
    said = f"{'+' if shift > timedelta() else '-'}{duration(abs(shift), Lang.EN)}"
    note = (
        "BECOMES LATE 将超期" if one.becomes_late else "no longer late 不再超期" if one.no_longer_late else ""
    )
    return (
        f"  {one.case.case_id}", one.case.facts.matter, _holder(one.case), _name(one.now),
        _due(one.was), "→", _due(one.now), said, note,
    )  # fmt: skip


def _as_json(one: MovedDeadline) -> dict[str, object]:
    task = one.case.task
    return {
        "case_id": one.case.case_id,
        "matter": one.case.facts.matter,
        "stage": one.case.stage.value,
        "team": task.team if task else None,
        "offered_to": list(task.offered_to) if task else [],
        "clock": one.now.kind.value,
        "name": one.now.name,
        "limit_old": one.was.limit,
        "limit_new": one.now.limit,
        "due_old": one.was.due_at.isoformat(),
        "due_new": one.now.due_at.isoformat(),
        "provisional_old": one.was.provisional,
        "provisional_new": one.now.provisional,
        "becomes_late": one.becomes_late,
        "no_longer_late": one.no_longer_late,
    }


def _holder(case: Case) -> str:
    if case.task is None:
        return "-"
    return case.task.team or "|".join(case.task.offered_to) or "-"


def _name(clock: Clock) -> str:
    return f"{clock.kind.value} {clock.name}" if clock.name else clock.kind.value


def _due(clock: Clock) -> str:
    return f"{moment(clock.due_at)}{' provisional' if clock.provisional else ''}"


def _aligned(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _echo(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(line)
