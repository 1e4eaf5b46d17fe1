"""`enforcement case`: the story of one case, from its snapshot."""

import re
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import click

from pipeline.core.case.open_requests import requests_of
from pipeline.core.clocks.halts import is_tested
from pipeline.core.rules.rules import Rules
from pipeline.core.stages.joint import blocking
from pipeline.edge.client import Client
from pipeline.edge.client.action_builder import now_utc
from pipeline.edge.commands import terminal
from pipeline.edge.commands.rules_option import RULES, rules_in
from pipeline.edge.explain import penalty_text
from pipeline.words.command_line import command
from pipeline.words.evidence_words import set_aside_text
from pipeline.words.field_words import (
    ENDS,
    JOINT_STATUSES,
    OUTCOMES,
    SOURCES,
    STAGES,
    Lang,
    due_in,
    label,
    limit,
    moment,
    reason,
    where,
)
from pipeline.words.intake_words import OWNERS, UPDATES, added_line, left_out_line, order_line
from pipeline.words.penalty_words import CORRECTIONS, COST_STATES, INSTEAD_GROUNDS, PARTIES
from pipeline.words.recognition_words import answer_line, geocode_line, missing_line, recognised_line
from pipeline.words.request_words import clock_of_request, clock_words, request_parts
from schemas.state.case import Case, Clock, Facts
from schemas.state.correction import CorrectionOrder
from schemas.values.hotline_order import DeadlineOwner
from schemas.values.terms import ClockKind, SuspensionReason
from schemas.values.text import CASE_ID
from schemas.wire import codecs


@command("case")
@click.argument("case_id", metavar="CASE")
@RULES
@terminal.broker_options
def case_command(
    case_id: str, folder: Path, brokers: str | None, topic_prefix: str | None, as_json: bool, lang: Lang
) -> None:
    """How CASE stands: stage, who has it, clocks, reports, evidence. CASE is its id, or the number that its sender gave it.

    \b
    Example:
      enforcement case 140109004-E2RRVT6Q509DJ
      enforcement case 140100-20261124-000123
      enforcement case 140109004-E2RRVT6Q509DJ --json

    Why its deadlines are what they are: enforcement why CASE. Of a penalty procedure: its steps and measures, what is
    meant or decided, the hearing, and by the rules what paying late has cost by now.

    A case that ended long ago has no snapshot any more and is told from its journal. With --json: the whole snapshot, as it
    stands in cases.v1, or stood there last. Ends with 1 if there is no such case.
    """
    with terminal.connected(brokers, topic_prefix, lang) as client:
        case = known_case(client, case_id, lang)
    if as_json:
        terminal.say_json(codecs.CASE.encode(case))
        sys.exit(0)
    for line in story(case, now_utc(), lang, rules_in(folder, lang) if case.penalty else None):
        terminal.say(line)


def known_case(client: Client, name: str, lang: Lang) -> Case:
    """The case as it stands, or as it ended long ago, by its id or by the sender's own number.

    None, or more than one, ends the command with 1.
    """
    if re.fullmatch(CASE_ID, name):
        case = client.case(name) or client.past_case(name)
        found = [case] if case else []
    else:
        found = client.cases_of_number(name) or client.past_cases_of_number(name)
    if not found:
        terminal.stop("unknown_case", label("no_case", lang), label("check_id", lang), terminal.EXIT_REFUSED)
    if len(found) > 1:
        several = label("several_cases", lang, ids=", ".join(case.case_id for case in found))
        terminal.stop("several_cases", several, label("name_one", lang), terminal.EXIT_REFUSED)
    return found[0]


def story(case: Case, now: datetime, lang: Lang, rules: Rules | None = None) -> Iterator[str]:
    """The case line by line, as it stands at `now`; with `rules`, also what late payment has cost."""
    facts = case.facts
    end = f" · {ENDS[case.outcome][lang]}" if case.outcome else ""
    yield f"{case.case_id}  {STAGES[case.stage][lang]}{end}  {facts.severity.value}  {facts.matter}  v{case.version}"
    yield from _place(facts, lang)
    if case.assessment and case.assessment.missing:
        yield missing_line(case.assessment.missing, lang)
    if facts.text:
        yield _field("text", facts.text, lang)
    yield _field("opened", f"{moment(facts.opened_at)} · {SOURCES[facts.source][lang]}", lang)
    if case.closed_at:
        gone = f" · {label('kept_no_longer', lang)}" if _is_past(case) else ""
        yield _field("closed", f"{moment(case.closed_at)}{gone}", lang)
    else:
        yield from _holder(case, lang)
    yield from _parts(case, lang)
    yield from _setbacks(case, lang)
    yield from _standstill(case, lang)
    if case.penalty is not None:
        penalty = penalty_text.lines(case, case.penalty, rules, now, lang)
        yield from (f"{name}: {content}" for name, content in penalty)
    yield _head("clocks", len(case.clocks), lang)
    yield from (f"  {_clock(case, clock, now, lang)}" for clock in case.clocks)
    yield _head("reports", len(case.reports), lang)
    yield from _reports(case, lang)
    yield _head("evidence", len(case.evidence), lang)
    for item in case.evidence:
        yield f"  {moment(item.taken_at)}  {item.kind.value}  {item.sha256[:12]}…  {item.uri or ''}".rstrip()


def _reports(case: Case, lang: Lang) -> Iterator[str]:
    """Each report with what came under its number since."""
    for report in case.reports:
        who = SOURCES[report.source][lang]
        yield f"  {moment(report.at)}  {who} {report.source_no}  {OUTCOMES[report.outcome][lang]}"
        if report.order:
            yield f"    {order_line(report.order, lang)}"
        if report.recognised:
            yield f"    {recognised_line(report.recognised, lang)}"
        if report.answer:
            yield f"    {answer_line(report.answer, lang)}"
        if report.left_out:
            yield f"    {left_out_line(report.left_out, lang)}"
        yield from (f"    {mark.sha256[:12]}…  {set_aside_text(mark, lang)}" for mark in report.set_aside)
        for update in report.updates:
            added = added_line(update.added, lang)
            yield f"    {moment(update.at)}  {UPDATES[update.code][lang]}  {added}".rstrip()


def _place(facts: Facts, lang: Lang) -> Iterator[str]:
    """Where it is, what that rests on, and what is kept back."""
    yield _field("where", where(facts.place), lang)
    if facts.geocode is not None:
        yield f"  {geocode_line(facts.geocode, lang)}"
    if facts.secret:
        yield f"  {label('secret_place', lang)}"


def _is_past(case: Case) -> bool:
    """Whether nothing is due of it any more: its snapshot is gone, and it is told from the journal."""
    return not case.timers and all(clock.wake_at is None for clock in case.clocks)


def _holder(case: Case, lang: Lang) -> Iterator[str]:
    task = case.task
    if task is None:
        yield _field("held_by", label("nobody", lang), lang)
    elif task.team:
        yield _field("held_by", f"{task.team} · {label('since', lang, at=moment(task.since))}", lang)
    elif task.offered_to:
        yield _field("offered_to", ", ".join(task.offered_to), lang)
    if task is not None and task.officers:
        yield _field("officers", ", ".join(task.officers), lang)


def _parts(case: Case, lang: Lang) -> Iterator[str]:
    """The case that it was merged into, and those merged into it; those of other streets that it was before, and the one that it is now."""
    if case.moved_from:
        yield _field("moved_from", " → ".join(case.moved_from), lang)
    if case.moved_to is not None:
        yield _field("moved_to", case.moved_to, lang)
    if case.merged is not None:
        yield _field("merged_into", f"{case.merged.into} · {moment(case.merged.since)}", lang)
    for joined in case.joined:
        numbers = ", ".join(f"{report.source.value} {report.source_no}" for report in joined.reports)
        yield _field("joined", f"{joined.case_id} · {moment(joined.at)} · {numbers}", lang)


def _setbacks(case: Case, lang: Lang) -> Iterator[str]:
    if case.call_due:
        yield label("call_due", lang)
    if case.failed_calls:
        yield label("failed_calls", lang, calls=case.failed_calls, days=case.failed_days)
    for returned in case.returned:
        yield _field("returns", f"{moment(returned.at)} {returned.team}: {returned.reason.value}", lang)
    for claim in case.lapsed_claims:
        yield _field("lapsed_claims", f"{moment(claim.since)} {claim.team}: {moment(claim.until)}", lang)
    if case.reworks:
        yield _field("reworks", str(case.reworks), lang)
    if case.reopens:
        yield _field("reopens", str(case.reopens), lang)


def _partners(case: Case, lang: Lang) -> Iterator[str]:
    """Each partner's task; of those that the case waits for, the last is the critical path."""
    if case.joint is None:
        return
    waited = blocking(case)
    for task in case.joint.tasks:
        parts = [task.department, JOINT_STATUSES[task.status][lang], moment(task.at)]
        for holding in waited:
            if holding.department == task.department:
                parts += [label("blocks", lang, due=moment(holding.due_at) if holding.due_at else "-")]
                parts += [label("critical", lang)] if holding is waited[-1] else []
        yield _field("partner", " · ".join(parts), lang)


def _standstill(case: Case, lang: Lang) -> Iterator[str]:
    """The open requests, the suspension, the partners and the stages done."""
    suspension = case.suspension
    for request in requests_of(case):
        clock = clock_of_request(case.clocks, request)
        due = [f"{label('due', lang)} {moment(clock.due_at)}"] if clock else []
        yield _field("request", " · ".join(request_parts(request, lang) + due), lang)
    if suspension is not None:
        rests = [reason(suspension.reason.value, lang), label("until", lang, at=moment(suspension.until))]
        if (
            suspension.reason is not SuspensionReason.CORRECTION
        ):  # that follows from the order: nobody approved
            rests.append(label("granted_by", lang, by=suspension.approved_by))
        rests.append(moment(suspension.since))
        yield _field("suspended", " · ".join(rests), lang)
    for order in case.corrections:
        yield _field("order_to_correct", " · ".join(_order(order, lang)), lang)
    for done in case.done_instead:
        of_whom = done.unit or (PARTIES[done.party][lang] if done.party else "")
        parts = (INSTEAD_GROUNDS[done.ground][lang], of_whom, done.what, done.performer)
        costs = f"{done.cost_yuan} {label('yuan', lang)} {COST_STATES[done.costs][lang]}"
        yield _field("done_instead", " · ".join((*parts, costs)), lang)
    yield from _partners(case, lang)
    if case.stages_done:
        yield _field("stages_done", ", ".join(case.stages_done), lang)


def _order(order: CorrectionOrder, lang: Lang) -> Iterator[str]:
    """An order to correct: the number of its notice, what, by when, and how it stands."""
    yield from (order.paper, order.what, label("until", lang, at=moment(order.until)))
    if order.extended_from is not None:
        yield label("instead_of", lang, at=moment(order.extended_from))
    yield CORRECTIONS[order.state][lang]
    if order.settled_at is not None:
        yield from (str(order.settled_by), moment(order.settled_at))


def _clock(case: Case, clock: Clock, now: datetime, lang: Lang) -> str:
    names = clock_words(clock.kind, clock.name, lang)
    parts = [f"{names}  {moment(clock.started_at)} → {moment(clock.due_at)}"]
    stopped = clock.stopped_at
    if stopped is None:
        parts.append(due_in(clock.due_at, now, lang, provisional=clock.provisional))
    elif _stands(case, clock):
        parts.append(f"{moment(stopped)} {label('stands', lang)}")
    elif clock.kind is ClockKind.LEGAL and stopped == clock.due_at:
        parts.append(f"{moment(stopped)} {label('lapsed', lang)}")
    else:
        parts.append(f"{moment(stopped)} {label('met' if stopped <= clock.due_at else 'missed', lang)}")
    halts = sum(move.until is not None for move in clock.moves)
    if halts:
        parts.append(label("stood_times", lang, times=halts))
    parts += [
        label("extended_by", lang, more=limit(move.by, lang))
        for move in clock.moves
        if move.by and move.at < clock.due_at
    ]
    if clock.hotline_due_at is not None:
        owner = DeadlineOwner.HOTLINE if clock.due_at == clock.hotline_due_at else DeadlineOwner.POLICY
        parts.append(OWNERS[owner][lang])
    if clock.wake_at is not None:
        parts.append(f"{label('next', lang)} {moment(clock.wake_at)}")
    return "  ".join(parts)


def _stands(case: Case, clock: Clock) -> bool:
    """Whether a stopped clock may go on: the case is suspended, or things are being tested."""
    if clock.kind is ClockKind.LEGAL:
        return is_tested(case, clock)
    if clock.kind is ClockKind.DECIDE:
        return False
    suspension, stopped = case.suspension, clock.stopped_at
    return suspension is not None and stopped is not None and stopped >= suspension.since


def _field(name: str, content: str, lang: Lang) -> str:
    return f"{label(name, lang)}: {content}"


def _head(name: str, count: int, lang: Lang) -> str:
    return f"{label(name, lang)} ({count})"
