"""The output of `enforcement rules diff`: text for people, lines of JSON for programs."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final

import click

from pipeline.rulebook.book import Book
from pipeline.rulebook.differences import GROUPS, RuleDifference
from pipeline.rulebook.moved import MovedDeadline, Survey
from pipeline.words.command_line import width_of
from pipeline.words.field_words import duration, moment
from pipeline.words.spoken import said, spoken, told
from schemas.state.case import Case, Clock

SHOWN_MAX: Final = 100
"""Characters of a value in the text for people; --json prints all."""


class Text:
    """Output for people."""

    def rules(self, old: Book, new: Book, differences: list[RuleDifference]) -> None:
        """Print what differs in the rules, group by group."""
        click.echo(said("rules: {old} → {new}", old=old.version, new=new.version))
        for (group, edition), some in groupby(
            differences, key=lambda difference: (difference.group, difference.edition)
        ):
            since = said(", for cases that open from {day} on", day=edition) if edition else ""
            click.echo(f"\n{said(GROUPS[group])}{since}")
            rows = [(f"  {difference.path}", _change(difference)) for difference in some]
            _echo(_aligned(rows))
        if differences:
            click.echo("\n" + said("differences: {count}", count=len(differences)))
        elif old.version == new.version:
            click.echo(said("nothing differs"))
        else:
            click.echo(said("nothing differs but how it is written: names of files, order of lists"))

    def cases(self, result: Survey, old: Book, new: Book, at: datetime) -> None:
        """Print the deadlines that move, then the counts."""
        if result.moved:
            click.echo("\n" + said("deadlines that move 时限变动, those that become late first"))
            _echo(_aligned([_row(deadline) for deadline in result.moved]))
        if result.handed_over:
            click.echo("\n" + said("tasks that go to another team or department 承接"))
            _echo(
                _aligned(
                    [(f"  {one.case.case_id}", one.gone, "→", one.successor) for one in result.handed_over]
                )
            )
        if result.obstacles:
            click.echo("\n" + said("a worker started with NEW would stop at"))
            _echo(
                _aligned(
                    [(f"  {obstacle.case.case_id}", told(obstacle.why)) for obstacle in result.obstacles]
                )
            )
        click.echo("\n" + said("open cases, at {at}", at=moment(at)))
        for number, words in _totals(result):
            click.echo(f"  {number:>7} {words}")
        _echo(_decided_otherwise(result, old, new))
        what = said("exactly these deadlines") if result.moved else said("none")
        click.echo(said("Nothing was changed. A worker started with NEW re-arms {what}.", what=what))


class Json:
    """Output for programs: one object a line."""

    def rules(self, old: Book, new: Book, differences: list[RuleDifference]) -> None:
        """Print a line with the two versions, then one for each field that differs."""
        self._say("rules", {"old": old.version, "new": new.version, "differences": len(differences)})
        for difference in differences:
            edition = f"{difference.edition}" if difference.edition else None
            self._say("difference", {**difference._asdict(), "edition": edition})

    def cases(self, result: Survey, _: Book, __: Book, at: datetime) -> None:
        """Print a line for each deadline that moves, and one of totals."""
        for deadline in result.moved:
            self._say("deadline", _as_json(deadline))
        for one in result.handed_over:
            self._say(
                "handed_over", {"case_id": one.case.case_id, "gone": one.gone, "successor": one.successor}
            )
        for each in result.obstacles:
            self._say("obstacle", {"case_id": each.case.case_id, "why": each.why})
        earlier = sum(deadline.now.due_at < deadline.was.due_at for deadline in result.moved)
        self._say("totals", {
            "at": at.isoformat(),
            "open_cases": result.open_cases,
            "cases_moved": len({deadline.case.case_id for deadline in result.moved}),
            "deadlines_moved": len(result.moved),
            "earlier": earlier,
            "later": len(result.moved) - earlier,
            "become_late": sorted(result.becoming_late()),
            "no_longer_late": sorted(result.no_longer_late()),
            "other_limit_same_deadline": result.re_limited,
            "handed_over": len(result.handed_over),
            "obstacles": len(result.obstacles),
            "decided_by": dict(sorted(result.decided_by.items())),
        })  # fmt: skip

    def _say(self, what: str, content: Mapping[str, object]) -> None:
        click.echo(json.dumps({"what": what, **content}, ensure_ascii=False))


def _totals(result: Survey) -> Iterator[tuple[int, str]]:
    earlier = sum(deadline.now.due_at < deadline.was.due_at for deadline in result.moved)
    yield result.open_cases, said("in all")
    yield len({deadline.case.case_id for deadline in result.moved}), said("have a deadline that moves")
    later = len(result.moved) - earlier
    yield (
        len(result.moved),
        said("deadlines move: {earlier} earlier, {later} later", earlier=earlier, later=later),
    )
    if result.re_limited:
        yield result.re_limited, said("clocks have another limit or certainty and the same deadline")
    yield len(result.becoming_late()), said("would become late 将超期")
    yield len(result.no_longer_late()), said("would no longer be late 不再超期")
    if result.handed_over:
        yield len(result.handed_over), said("tasks go to another team or department")
    if result.obstacles:
        yield len(result.obstacles), said("would stop a worker")


def _decided_otherwise(result: Survey, old: Book, new: Book) -> Iterator[str]:
    """How many compared deadlines are not those of OLD."""
    by_new = result.decided_by[new.version] if new.version != old.version else 0
    if by_new:
        yield said("decided by NEW already, and not moved: {count}", count=by_new)
    others = {name: n for name, n in result.decided_by.items() if name not in (old.version, new.version)}
    if others:
        named = ", ".join(
            said("{count} by {version}", count=n, version=name) for name, n in sorted(others.items())
        )
        yield said(
            "last decided by other rules than OLD, and compared as their deadlines stand: {named}",
            named=named,
        )


def _change(difference: RuleDifference) -> str:
    if difference.old is not None and difference.new is not None:
        return f"{_shown(difference.old)} → {_shown(difference.new)}"
    is_new = difference.old is None
    word, value = (said("added"), difference.new) if is_new else (said("gone"), difference.old)
    named = isinstance(value, str) and value in difference.path  # the path names the day or code already
    return word if named else f"{word}: {_shown(value)}"


def _shown(value: object) -> str:
    text = _flow(value)
    return text if len(text) <= SHOWN_MAX else f"{text[: SHOWN_MAX - 1]}…"


def _flow(value: object) -> str:
    """A value in the notation of the files, without quotes."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _row(deadline: MovedDeadline) -> tuple[str, ...]:
    shift = deadline.now.due_at - deadline.was.due_at
    shift_text = f"{'+' if shift > timedelta() else '-'}{duration(abs(shift), spoken())}"
    note = (
        said("BECOMES LATE 将超期")
        if deadline.becomes_late
        else said("no longer late 不再超期")
        if deadline.no_longer_late
        else ""
    )
    return (
        f"  {deadline.case.case_id}", deadline.case.facts.matter, _holder(deadline.case), _name(deadline.now),
        _due(deadline.was), "→", _due(deadline.now), shift_text, note,
    )  # fmt: skip


def _as_json(deadline: MovedDeadline) -> dict[str, object]:
    task = deadline.case.task
    return {
        "case_id": deadline.case.case_id,
        "matter": deadline.case.facts.matter,
        "stage": deadline.case.stage.value,
        "team": task.team if task else None,
        "offered_to": list(task.offered_to) if task else [],
        "clock": deadline.now.kind.value,
        "name": deadline.now.name,
        "limit_old": deadline.was.limit,
        "limit_new": deadline.now.limit,
        "due_old": deadline.was.due_at.isoformat(),
        "due_new": deadline.now.due_at.isoformat(),
        "provisional_old": deadline.was.provisional,
        "provisional_new": deadline.now.provisional,
        "becomes_late": deadline.becomes_late,
        "no_longer_late": deadline.no_longer_late,
    }


def _holder(case: Case) -> str:
    if case.task is None:
        return "-"
    return case.task.team or "|".join(case.task.offered_to) or "-"


def _name(clock: Clock) -> str:
    return f"{clock.kind.value} {clock.name}" if clock.name else clock.kind.value


def _due(clock: Clock) -> str:
    due = moment(clock.due_at)
    return said("{due} provisional", due=due) if clock.provisional else due


def _aligned(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(map(width_of, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(
            cell + " " * (width - width_of(cell)) for cell, width in zip(row, widths, strict=True)
        ).rstrip()


def _echo(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(line)
