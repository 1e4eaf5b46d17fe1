"""The clock ledger of a case as lines for people, in Chinese or English. Nothing is computed here."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Final

from pipeline.core.rules.rules import Rules
from pipeline.edge.explain.case_history import Deed
from pipeline.edge.explain.clock_account_rows import (
    Climbed,
    ClockAccount,
    ClockRow,
    DeadlineMove,
    Interval,
    IntervalState,
)
from pipeline.edge.explain.why_words import (
    DID,
    EVENTS,
    HOURS,
    MEASURED,
    MEASURES,
    MOVES,
    RECIPIENTS,
    STATES,
    said,
)
from pipeline.words.field_words import (
    CLOCKS,
    ENDS,
    JOINT_STATUSES,
    PAPERS,
    REQUESTS,
    SOURCES,
    STAGES,
    TIMERS,
    Lang,
    exactly,
    limit,
    reason,
    to_second,
)
from pipeline.words.penalty_words import MEASURE_KINDS, STEPS
from schemas.values.penalty_terms import MeasureKind
from schemas.values.terms import CaseOutcome, ClockEvent, JointStatus, RequestKind, Source

_ORDER: Final = (IntervalState.RAN, IntervalState.STOOD, IntervalState.OVER)
_DID_WIDTH: Final = len("stood")
_NOW_WIDTH: Final = len("2026-11-24 09:00:00")


class _Teller:
    """Knows the language, and what teams are called in it."""

    def __init__(self, ledger: ClockAccount, rules: Rules, lang: Lang) -> None:
        self.ledger = ledger
        self.lang = lang
        self.say = partial(said, lang=lang)
        self._rules = rules

    def team(self, team: str) -> str:
        """Its name, or its role's; the id where it has none."""
        street = self._rules.streets.get(self.ledger.street)
        known = (street.teams.get(team) if street else None) or self._rules.departments.get(team)
        if known is not None:
            return known.name_zh if self.lang is Lang.ZH else known.name_en
        return RECIPIENTS[team][self.lang] if team in RECIPIENTS else team

    def teams(self, teams: tuple[str, ...] | list[str]) -> str:
        """Their names."""
        return self.comma.join(map(self.team, teams)) or self.say("nobody")

    @property
    def comma(self) -> str:
        """Between things of a list."""
        return "、" if self.lang is Lang.ZH else ", "

    def matter(self) -> str:
        """The matter of the case."""
        matter = self._rules.matters.get(self.ledger.matter)
        if matter is None:
            return self.ledger.matter
        return f"{matter.code} {matter.name_zh if self.lang is Lang.ZH else matter.name_en}"


def lines(ledger: ClockAccount, rules: Rules, lang: Lang) -> Iterator[str]:
    """All that is to be said: the case, its clocks with those that run first, what it waits for, what happened."""
    tell = _Teller(ledger, rules, lang)
    yield from _head(ledger, tell)
    for row in sorted(ledger.clocks, key=lambda one: _ORDER.index(one.state)):
        yield ""
        yield from _clock(row, tell)
    if ledger.timers:
        yield ""
        for timer in ledger.timers:
            yield f"{tell.say('next')} {to_second(timer.due_at)}  {TIMERS[timer.kind][lang]}"
    yield ""
    yield from _story(ledger, tell)


def _head(ledger: ClockAccount, tell: _Teller) -> Iterator[str]:
    stage = STAGES[ledger.stage][tell.lang]
    yield f"{ledger.case_id}  {stage}  {ledger.severity.value}  {tell.matter()}"
    facts = (
        tell.say("at", at=to_second(ledger.at)),
        tell.say("opened", at=to_second(ledger.opened_at)),
        tell.say("edition", day=ledger.edition),
        tell.say("rules", version=ledger.rules_version),
    )
    yield _joined(*facts)
    if ledger.explained_by != ledger.rules_version:
        yield tell.say("other_rules", version=ledger.rules_version, ours=ledger.explained_by)
    request = ledger.request
    if request is not None:
        yield _joined(
            f"{tell.say('asked')}: {REQUESTS[request.kind][tell.lang]}",
            reason(request.reason, tell.lang),
            limit(request.more, tell.lang) if request.more else "",
            tell.say("until", at=to_second(request.until)) if request.until else "",
            tell.say("asked_by", by=request.by),
        )


def _clock(row: ClockRow, tell: _Teller) -> Iterator[str]:
    lang = tell.lang
    visit = tell.say("visit", leg=row.leg) if row.leg > 1 else ""
    names = (CLOCKS[row.kind][lang], _name(row, lang), visit)
    yield f"{' '.join(name for name in names if name)}: {_joined(MEASURES[row.kind][lang], row.law or '')}"
    yield f"  {_joined(STATES[row.state][lang], *_due(row, tell))}"
    hours = HOURS[row.hours][lang] if row.hours in HOURS else tell.say("roster", roster=row.hours)
    by = tell.say("by_rules", version=row.rules_version)
    limited = tell.say("limit", limit=limit(row.limit, lang))
    yield f"  {_joined(limited, hours, MEASURED[row.measure][lang], by)}"
    for interval in row.intervals:
        yield f"  {_interval(interval, tell)}"
    yield f"  {_sum(row, tell)}"
    if len(row.deadlines) > 1:
        yield from (f"  {_moved(one, tell)}" for one in row.deadlines)
    for rung in row.climbed:
        yield f"  {tell.say('told')} {_climbed(rung, tell)}"
    if row.passed_over:
        yield f"  {tell.say('passed_over', levels=tell.comma.join(map(str, row.passed_over)))}"
    if row.next is not None:
        yield f"  {tell.say('next')} {_climbed(row.next, tell)}"


def _name(row: ClockRow, lang: Lang) -> str:
    if lang is Lang.ZH and row.name_zh:
        return row.name_zh
    return row.name_en or (row.name or "").replace("_", " ")


def _due(row: ClockRow, tell: _Teller) -> Iterator[str]:
    yield tell.say("due", at=to_second(row.due_at))
    if row.provisional:
        yield tell.say("provisional")
    span = exactly(abs(row.left_s), tell.lang)
    if row.state is IntervalState.OVER:
        yield tell.say("in_time" if row.left_s >= 0 else "was_late", span=span)
    else:
        yield tell.say("left" if row.left_s >= 0 else "late", span=span)
    if row.due_if_it_went_on is not None and row.due_if_it_went_on != row.due_at:
        yield tell.say("if_on", at=to_second(row.due_if_it_went_on))


def _interval(one: Interval, tell: _Teller) -> str:
    lang, now = tell.lang, tell.say("now")
    is_last = one.end == tell.ledger.at
    end = now + " " * (_NOW_WIDTH - _width(now)) if is_last else to_second(one.end)
    spent = "" if one.state is IntervalState.OVER else exactly(one.own_s, lang)
    did = DID[one.state][lang].ljust(_DID_WIDTH if lang is Lang.EN else 0)
    parts = (f"{to_second(one.begin)} → {end}", did, spent, _why(one, tell))
    return "  ".join(part for part in parts if part)


def _why(one: Interval, tell: _Teller) -> str:
    lang = tell.lang
    if one.by is not None:
        return EVENTS[one.by][lang]
    if one.suspension is not None:
        suspension = one.suspension
        facts = (
            reason(suspension.reason.value, lang),
            tell.say("asked_by", by=one.asked_by) if one.asked_by else "",
            tell.say("granted_by", by=suspension.approved_by),
            tell.say("until", at=to_second(suspension.until)),
        )
        return f"{tell.say('suspended')}: {', '.join(fact for fact in facts if fact)}"
    return tell.say("hands", stage=STAGES[one.stage][lang]) if one.stage else ""


def _sum(row: ClockRow, tell: _Teller) -> str:
    lang = tell.lang
    allowed, more = exactly(row.allowed_s, lang), row.allowed_s - row.limit_s
    if more:
        allowed += tell.say("extended", limit=exactly(row.limit_s, lang), more=exactly(more, lang))
    ran = exactly(row.ran_s, lang)
    if row.left_s < 0:
        return tell.say("sum_late", ran=ran, allowed=allowed, late=exactly(-row.left_s, lang))
    return tell.say("sum", ran=ran, left=exactly(row.left_s, lang), allowed=allowed)


def _moved(one: DeadlineMove, tell: _Teller) -> str:
    lang = tell.lang
    facts = [MOVES[one.why][lang]]
    if one.why is ClockEvent.RECOMPUTED:
        facts += [limit(one.limit, lang), tell.say("rules", version=one.rules_version)]
    if one.more is not None:
        facts.append(f"{limit(one.more, lang)} ({exactly(one.more_s, lang)})")
    facts += [reason(one.reason, lang)] if one.reason else []
    facts += [tell.say("asked_by", by=one.asked_by)] if one.asked_by else []
    facts += [tell.say("granted_by", by=one.by)] if one.by else []
    facts += [tell.say("provisional")] if one.provisional else []
    since = "" if one.why is ClockEvent.STARTED else f"  {tell.say('since', at=to_second(one.at))}"
    return f"{tell.say('deadline', at=to_second(one.due_at))}{since}  {', '.join(facts)}"


def _climbed(rung: Climbed, tell: _Teller) -> str:
    lang = tell.lang
    facts = [TIMERS[rung.kind][lang]]
    facts += [tell.say("level", level=rung.level)] if rung.level is not None else []
    if rung.after is not None:
        facts.append(tell.say("after", limit=limit(rung.after, lang)))
    elif rung.percent is not None:
        facts.append(tell.say("percent", percent=rung.percent))
    facts += [tell.say("to", who=tell.teams(rung.tells))] if rung.tells else []
    facts += [PAPERS[rung.paper][lang]] if rung.paper else []
    at = rung.due_at if rung.at is None else rung.at
    if rung.at is None and rung.due_at < tell.ledger.at:
        facts.append(tell.say("waiting", at=to_second(rung.due_at)))
    if rung.late_s:
        facts.append(tell.say("fired_late", at=to_second(rung.due_at), span=exactly(rung.late_s, lang)))
    return f"{to_second(at)}  {_joined(*facts)}"


def _story(ledger: ClockAccount, tell: _Teller) -> Iterator[str]:
    yield tell.say("story")
    version = ledger.story[0].rules_version
    for deed in ledger.story:
        if deed.rules_version != version:
            version = deed.rules_version
            yield f"  {to_second(deed.at)}  {tell.say('rules_on', version=version)}"
        yield f"  {to_second(deed.at)}  {_joined(EVENTS[deed.event][tell.lang], *_about(deed, tell))}"


def _about(deed: Deed, tell: _Teller) -> Iterator[str]:
    for field, value in deed.about.items():
        if field == "reason" and value == deed.about.get("kind"):
            continue  # some requests have no other
        word = _WORDS.get(field)
        yield word(value, tell) if word else value


def _team_and_id(value: str, tell: _Teller) -> str:
    names = ((team, tell.team(team)) for team in value.split(", "))
    return tell.comma.join(team if team == name else f"{name} ({team})" for team, name in names)


def _yes_no(field: str) -> Callable[[str, _Teller], str]:
    return lambda value, tell: tell.say(f"{field}={value}")


_WORDS: Final[Mapping[str, Callable[[str, _Teller], str]]] = {
    "kind": lambda value, tell: REQUESTS[RequestKind(value)][tell.lang],
    "source": lambda value, tell: SOURCES[Source(value)][tell.lang],
    "team": _team_and_id,
    "teams": _team_and_id,
    "to": _team_and_id,
    "department": _team_and_id,
    "departments": _team_and_id,
    "designated": lambda _, tell: tell.say("designated"),
    "measure_kind": lambda value, tell: MEASURE_KINDS[MeasureKind(value)][tell.lang],
    "step": lambda value, tell: STEPS[value][tell.lang],
    "status": lambda value, tell: JOINT_STATUSES[JointStatus(value)][tell.lang],
    "granted": _yes_no("granted"),
    "valid": _yes_no("valid"),
    "solved": _yes_no("solved"),
    "satisfied": _yes_no("satisfied"),
    "outcome": lambda value, tell: ENDS[CaseOutcome(value)][tell.lang],
    "reason": lambda value, tell: reason(value, tell.lang),
    "until": lambda value, tell: tell.say("until", at=to_second(datetime.fromisoformat(value))),
    "more": lambda value, tell: limit(value, tell.lang),
    "officers": lambda value, tell: tell.say("on_site", who=value),
    "by": lambda value, tell: tell.say("by", by=value),
    "convened_by": lambda value, tell: tell.say("asked_by", by=value),
    "approved_by": lambda value, tell: tell.say("granted_by", by=value),
}
"""How a field of a deed is said; the others are said as they are."""


def _joined(*facts: str) -> str:
    return " · ".join(fact for fact in facts if fact)


def _width(text: str) -> int:
    """In a terminal, where a Chinese character is two wide."""
    return sum(1 if character.isascii() else 2 for character in text)
