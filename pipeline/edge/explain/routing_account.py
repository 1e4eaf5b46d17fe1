"""Why a case came to whom: each dispatch and offer, with the lines of the routing table that were looked at. A pure function of the
case's journal and the rules."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final, NamedTuple

from pipeline.core.rules.rules import Rules
from pipeline.core.stages import dispatch
from pipeline.edge.explain.case_history import name, steps
from pipeline.edge.explain.why_words import CONDITIONS, EVENTS, sentence, unit_name
from pipeline.words.field_words import Lang, to_second
from pipeline.words.spoken import told_in
from schemas.journal.entry import JournalEntry
from schemas.journal.events import CaseDispatched, CaseOffered

_BY_HAND: Final = frozenset({"by hand", "objection granted", "reopened"})
"""How the reasons begin of what no line decided."""


class LineTried(NamedTuple):
    """A line of the routing table that was looked at, why it is there, and the conditions that the case did not meet."""

    rule: str
    reason_zh: str
    reason_en: str
    unmet: tuple[str, ...]


class RoutingStep(NamedTuple):
    """A dispatch or an offer: to whom, why as it was recorded, and the lines that were looked at, the one that decided last.

    `tried` is empty where no line decided; `differs`: by the rules that explain it another line would have decided than then, or they have
    that line no more.
    """

    at: datetime
    event: str
    teams: tuple[str, ...]
    why: str
    rules_version: str
    tried: tuple[LineTried, ...]
    differs: bool


def routing_account(entries: Iterable[JournalEntry], rules: Rules) -> tuple[RoutingStep, ...]:
    """Every dispatch and offer of the case, the earliest first.

    Raises:
        NoBeginning: the entries do not begin with the opening of the case.
    """
    found = []
    for step in steps(entries):
        for event in step.events:
            if not isinstance(event, CaseDispatched | CaseOffered):
                continue
            decided = (event.why or "").partition(":")[0]
            is_by_hand = decided in _BY_HAND
            tried = () if is_by_hand else dispatch.tried(rules, step.after.facts, event.at)
            found.append(
                RoutingStep(
                    at=event.at,
                    event=name(event),
                    teams=event.teams if isinstance(event, CaseOffered) else (event.team,),
                    why=event.why or "",
                    rules_version=step.entry.rules_version,
                    tried=tuple(
                        LineTried(line.rule.id, line.rule.reason_zh, line.rule.reason_en, line.unmet)
                        for line in tried
                    ),
                    differs=bool(tried) and tried[-1].rule.id != decided,
                )
            )
    return tuple(found)


def routing_lines(account: tuple[RoutingStep, ...], rules: Rules, street: str, lang: Lang) -> Iterator[str]:
    """The account as lines for people."""
    comma = "、" if lang is Lang.ZH else ", "
    if not account:
        yield sentence("not_routed", lang)
    for step in account:
        named = comma.join(unit_name(rules, street, unit, lang) for unit in step.teams)
        yield f"{sentence('routed', lang, at=to_second(step.at))}  {EVENTS[step.event][lang]} → {named}  {told_in(lang, step.why)}"
        if not step.tried:
            yield f"  {sentence('by_hand', lang)}"
        for line in step.tried:
            conditions = comma.join(CONDITIONS[condition][lang] for condition in line.unmet)
            met = sentence("line_unmet" if line.unmet else "line_met", lang, conditions=conditions)
            reason = line.reason_zh if lang is Lang.ZH else line.reason_en
            yield f"  {'×' if line.unmet else '√'} {line.rule}  {met}  {reason}"
        if step.differs:
            yield f"  {sentence('routed_otherwise', lang, version=step.rules_version)}"


def routing_json(account: tuple[RoutingStep, ...]) -> list[dict[str, object]]:
    """The account as rows of plain values."""
    return [
        {
            **step._asdict(),
            "at": step.at.isoformat(),
            "teams": list(step.teams),
            "tried": [{**line._asdict(), "unmet": list(line.unmet)} for line in step.tried],
        }
        for step in account
    ]
