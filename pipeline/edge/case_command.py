"""`enforcement case`: the story of one case, from its snapshot."""

import sys
from collections.abc import Iterator
from datetime import datetime

import click

from pipeline.edge import terminal
from pipeline.edge.assignments_command import where
from pipeline.edge.deeds import now_utc
from pipeline.edge.words import CLOCKS, ENDS, OUTCOMES, SOURCES, STAGES, Lang, due_in, label, moment
from schemas import codecs
from schemas.case import Case, Clock


@click.command("case")
@click.argument("case_id", metavar="CASE")
@terminal.reaching
def case_command(
    case_id: str, brokers: str | None, topic_prefix: str | None, as_json: bool, lang: Lang
) -> None:
    """How CASE stands: stage, who has it, clocks, reports, evidence.

    \b
    Example:
      enforcement case 140109004-E2RRVT6Q509DJ
      enforcement case 140109004-E2RRVT6Q509DJ --json

    With --json: the whole snapshot, as it stands in cases.v1. Ends with 1 if there is no such case.
    """
    with terminal.connected(brokers, topic_prefix, lang) as client:
        case = client.case(case_id)
    if case is None:
        terminal.stop("unknown_case", label("no_case", lang), label("check_id", lang), terminal.EXIT_REFUSED)
        return
    if as_json:
        terminal.say_json(codecs.CASE.encode(case))
        sys.exit(0)
    for line in story(case, now_utc(), lang):
        terminal.say(line)


def story(case: Case, now: datetime, lang: Lang) -> Iterator[str]:
    """The case line by line, as it stands at `now`."""
    facts = case.facts
    end = f" · {ENDS[case.outcome][lang]}" if case.outcome else ""
    yield f"{case.case_id}  {STAGES[case.stage][lang]}{end}  {facts.severity.value}  {facts.matter}  v{case.version}"
    yield _field("where", where(facts.place), lang)
    if facts.text:
        yield _field("text", facts.text, lang)
    yield _field("opened", f"{moment(facts.opened_at)} · {SOURCES[facts.source][lang]}", lang)
    if case.closed_at:
        yield _field("closed", moment(case.closed_at), lang)
    else:
        yield from _holder(case, lang)
    yield from _setbacks(case, lang)
    yield _head("clocks", len(case.clocks), lang)
    yield from (f"  {_clock(clock, now, lang)}" for clock in case.clocks)
    yield _head("reports", len(case.reports), lang)
    for report in case.reports:
        who = SOURCES[report.source][lang]
        yield f"  {moment(report.at)}  {who} {report.source_no}  {OUTCOMES[report.outcome][lang]}"
    yield _head("evidence", len(case.evidence), lang)
    for item in case.evidence:
        yield f"  {moment(item.taken_at)}  {item.kind.value}  {item.sha256[:12]}…  {item.uri or ''}".rstrip()


def _holder(case: Case, lang: Lang) -> Iterator[str]:
    task = case.task
    if task is None:
        yield _field("held_by", label("nobody", lang), lang)
    elif task.team:
        yield _field("held_by", f"{task.team} · {moment(task.since)} {label('since', lang)}", lang)
    elif task.offered_to:
        yield _field("offered_to", ", ".join(task.offered_to), lang)
    if task is not None and task.officers:
        yield _field("officers", ", ".join(task.officers), lang)


def _setbacks(case: Case, lang: Lang) -> Iterator[str]:
    for one in case.returned:
        yield _field("returns", f"{moment(one.at)} {one.team}: {one.reason.value}", lang)
    if case.reworks:
        yield _field("reworks", str(case.reworks), lang)
    if case.reopens:
        yield _field("reopens", str(case.reopens), lang)


def _clock(clock: Clock, now: datetime, lang: Lang) -> str:
    said = f"{CLOCKS[clock.kind][lang]}  {moment(clock.started_at)} → {moment(clock.due_at)}"
    if clock.stopped_at is None:
        return f"{said}  {due_in(clock.due_at, now, lang, provisional=clock.provisional)}"
    kept = label("met" if clock.stopped_at <= clock.due_at else "missed", lang)
    return f"{said}  {moment(clock.stopped_at)} {kept}"


def _field(name: str, content: str, lang: Lang) -> str:
    return f"{label(name, lang)}: {content}"


def _head(name: str, count: int, lang: Lang) -> str:
    return f"{label(name, lang)} ({count})"
