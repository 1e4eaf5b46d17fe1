"""The clock account of a case as lines for people, in Chinese or English. Nothing is computed here."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Final

from pipeline.core.rules.rules import Rules
from pipeline.edge.explain.case_history import HistoryEvent
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
    STATES,
    sentence,
    unit_name,
)
from pipeline.words.field_words import (
    CLOCKS,
    ENDS,
    JOINT_STATUSES,
    MISSING,
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
from pipeline.words.language import name_in
from pipeline.words.penalty_words import (
    COST_STATES,
    INSPECTIONS,
    INSTEAD_GROUNDS,
    MEASURE_KINDS,
    PARTIES,
    SERVICES,
    STEPS,
)
from pipeline.words.recognition_words import REASONS, VERDICTS, place_word
from pipeline.words.request_words import request_parts
from pipeline.words.spoken import told_in
from schemas.values.penalty_terms import (
    CostState,
    InspectionResult,
    InsteadGround,
    MeasureKind,
    PartyKind,
    ServiceWay,
)
from schemas.values.recognised_text import Reason, Verdict
from schemas.values.terms import (
    CaseOutcome,
    ClockEvent,
    JointStatus,
    MissingFact,
    RequestKind,
    Source,
    SuspensionReason,
)
from schemas.values.text import UNDETERMINED

_ORDER: Final = (IntervalState.RAN, IntervalState.STOOD, IntervalState.OVER)
_DID_WIDTH: Final = len("stood")
_NOW_WIDTH: Final = len("2026-11-24 09:00:00")


class _Speaker:
    """Puts values into one language: sentences, and the names of teams and matters."""

    def __init__(self, account: ClockAccount, rules: Rules, lang: Lang) -> None:
        self.account = account
        self.lang = lang
        self.say = partial(sentence, lang=lang)
        self._rules = rules

    def team(self, team: str) -> str:
        """The name of a team, department or role; the id where it has none."""
        return unit_name(self._rules, self.account.street, team, self.lang)

    def teams(self, teams: tuple[str, ...] | list[str]) -> str:
        """Their names."""
        return self.comma.join(map(self.team, teams)) or self.say("nobody")

    @property
    def comma(self) -> str:
        """The separator of a list."""
        return "、" if self.lang is Lang.ZH else ", "

    @property
    def stop(self) -> str:
        """Between parts of a sentence."""
        return "，" if self.lang is Lang.ZH else ", "

    @property
    def colon(self) -> str:
        """After what is explained."""
        return "：" if self.lang is Lang.ZH else ": "

    def matter(self) -> str:
        """The matter of the case."""
        return self.subject(self.account.matter)

    def subject(self, named: str) -> str:
        """A matter, or a kind that is no enforcement, with its name; what follows the code stands behind it."""
        code, _, more = named.partition(" ")
        kinds = self._rules.recognition.kinds if self._rules.recognition else {}
        matter = None
        if code in self._rules.matters or code == UNDETERMINED:
            matter = self._rules.matter_of(code)
        known = matter or kinds.get(code)
        if known is None:
            return named
        return f"{code} {name_in(self.lang, known)} {more}".rstrip()


def lines(account: ClockAccount, rules: Rules, lang: Lang) -> Iterator[str]:
    """The whole text: the case, its clocks with those that run first, what it waits for, what happened."""
    speaker = _Speaker(account, rules, lang)
    yield from _head(account, speaker)
    for row in sorted(account.clocks, key=lambda clock: _ORDER.index(clock.state)):
        yield ""
        yield from _clock(row, speaker)
    if account.timers:
        yield ""
        for timer in account.timers:
            yield f"{speaker.say('next')} {to_second(timer.due_at)}  {TIMERS[timer.kind][lang]}"
    yield ""
    yield from _story(account, speaker)


def _head(account: ClockAccount, speaker: _Speaker) -> Iterator[str]:
    stage = STAGES[account.stage][speaker.lang]
    yield f"{account.case_id}  {stage}  {account.severity.value}  {speaker.matter()}"
    facts = (
        speaker.say("at", at=to_second(account.at)),
        speaker.say("opened", at=to_second(account.opened_at)),
        speaker.say("edition", day=account.edition),
        speaker.say("rules", version=account.rules_version),
    )
    yield _joined(*facts)
    if account.explained_by != account.rules_version:
        yield speaker.say("other_rules", version=account.rules_version, ours=account.explained_by)
    for request in filter(None, (account.request, *account.further_requests)):
        yield f"{speaker.say('asked')}{speaker.colon}{_joined(*request_parts(request, speaker.lang))}"


def _clock(row: ClockRow, speaker: _Speaker) -> Iterator[str]:
    lang = speaker.lang
    visit = speaker.say("visit", leg=row.leg) if row.leg > 1 else ""
    names = (CLOCKS[row.kind][lang], _name(row, lang), visit)
    yield f"{' '.join(name for name in names if name)}{speaker.colon}{_joined(MEASURES[row.kind][lang], row.law or '')}"
    yield f"  {_joined(STATES[row.state][lang], *_due(row, speaker))}"
    hours = HOURS[row.hours][lang] if row.hours in HOURS else speaker.say("roster", roster=row.hours)
    by = speaker.say("by_rules", version=row.rules_version)
    limited = speaker.say("limit", limit=limit(row.limit, lang))
    of_unit = speaker.say("of_unit", unit=row.unit, percent=row.unit_percent) if row.unit_percent else ""
    yield f"  {_joined(limited, of_unit, hours, MEASURED[row.measure][lang], by)}"
    for interval in row.intervals:
        yield f"  {_interval(interval, speaker)}"
    yield f"  {_sum(row, speaker)}"
    if len(row.deadlines) > 1:
        yield from (f"  {_moved(move, speaker)}" for move in row.deadlines)
    for rung in row.climbed:
        yield f"  {speaker.say('told')} {_climbed(rung, speaker)}"
    if row.passed_over:
        yield f"  {speaker.say('passed_over', levels=speaker.comma.join(map(str, row.passed_over)))}"
    if row.next is not None:
        yield f"  {speaker.say('next')} {_climbed(row.next, speaker)}"


def _name(row: ClockRow, lang: Lang) -> str:
    if lang is Lang.ZH and row.name_zh:
        return row.name_zh
    return row.name_en or (row.name or "").replace("_", " ")


def _due(row: ClockRow, speaker: _Speaker) -> Iterator[str]:
    yield speaker.say("due", at=to_second(row.due_at))
    if row.hotline_due_at is not None and row.own_due_at is not None:
        whose, other = (
            ("theirs", row.own_due_at) if row.due_at == row.hotline_due_at else ("ours", row.hotline_due_at)
        )
        yield speaker.say(whose, at=to_second(other))
    if row.provisional:
        yield speaker.say("provisional")
    span = exactly(abs(row.left_s), speaker.lang)
    if row.state is IntervalState.OVER:
        yield speaker.say("in_time" if row.left_s >= 0 else "was_late", span=span)
    else:
        yield speaker.say("left" if row.left_s >= 0 else "late", span=span)
    if row.due_if_it_went_on is not None and row.due_if_it_went_on != row.due_at:
        yield speaker.say("if_on", at=to_second(row.due_if_it_went_on))


def _interval(interval: Interval, speaker: _Speaker) -> str:
    lang, now = speaker.lang, speaker.say("now")
    is_last = interval.end == speaker.account.at
    end = now + " " * (_NOW_WIDTH - _width(now)) if is_last else to_second(interval.end)
    spent = "" if interval.state is IntervalState.OVER else exactly(interval.own_s, lang)
    did = DID[interval.state][lang].ljust(_DID_WIDTH if lang is Lang.EN else 0)
    parts = (f"{to_second(interval.begin)} → {end}", did, spent, _why(interval, speaker))
    return "  ".join(part for part in parts if part)


def _why(interval: Interval, speaker: _Speaker) -> str:
    lang = speaker.lang
    if interval.by is not None:
        return EVENTS[interval.by][lang]
    if interval.suspension is not None:
        suspension = interval.suspension
        facts = (
            reason(suspension.reason.value, lang),
            speaker.say("asked_by", by=interval.asked_by) if interval.asked_by else "",
            ""
            if suspension.reason is SuspensionReason.CORRECTION  # it follows from the order: nobody approved
            else speaker.say("granted_by", by=suspension.approved_by),
            speaker.say("until", at=to_second(suspension.until)),
        )
        return f"{speaker.say('suspended')}{speaker.colon}{speaker.stop.join(fact for fact in facts if fact)}"
    return speaker.say("hands", stage=STAGES[interval.stage][lang]) if interval.stage else ""


def _sum(row: ClockRow, speaker: _Speaker) -> str:
    lang = speaker.lang
    allowed, more = exactly(row.allowed_s, lang), row.allowed_s - row.limit_s
    if more:
        allowed += speaker.say("extended", limit=exactly(row.limit_s, lang), more=exactly(more, lang))
    ran = exactly(row.ran_s, lang)
    if row.left_s < 0:
        return speaker.say("sum_late", ran=ran, allowed=allowed, late=exactly(-row.left_s, lang))
    return speaker.say("sum", ran=ran, left=exactly(row.left_s, lang), allowed=allowed)


def _moved(move: DeadlineMove, speaker: _Speaker) -> str:
    lang = speaker.lang
    facts = [MOVES[move.why][lang]]
    if move.why is ClockEvent.RECOMPUTED:
        facts += [limit(move.limit, lang), speaker.say("rules", version=move.rules_version)]
    if move.more is not None:
        facts.append(f"{limit(move.more, lang)} ({exactly(move.more_s, lang)})")
    facts += [reason(move.reason, lang)] if move.reason else []
    facts += [speaker.say("asked_by", by=move.asked_by)] if move.asked_by else []
    facts += [speaker.say("granted_by", by=move.by)] if move.by else []
    facts += [speaker.say("provisional")] if move.provisional else []
    since = "" if move.why is ClockEvent.STARTED else f"  {speaker.say('since', at=to_second(move.at))}"
    return f"{speaker.say('deadline', at=to_second(move.due_at))}{since}  {speaker.stop.join(facts)}"


def _climbed(rung: Climbed, speaker: _Speaker) -> str:
    lang = speaker.lang
    facts = [TIMERS[rung.kind][lang]]
    facts += [speaker.say("level", level=rung.level)] if rung.level is not None else []
    if rung.after is not None:
        facts.append(speaker.say("after", limit=limit(rung.after, lang)))
    elif rung.percent is not None:
        facts.append(speaker.say("percent", percent=rung.percent))
    facts += [speaker.say("to", who=speaker.teams(rung.tells))] if rung.tells else []
    facts += [PAPERS[rung.paper][lang]] if rung.paper else []
    at = rung.due_at if rung.at is None else rung.at
    if rung.at is None and rung.due_at < speaker.account.at:
        facts.append(speaker.say("waiting", at=to_second(rung.due_at)))
    if rung.late_s:
        facts.append(speaker.say("fired_late", at=to_second(rung.due_at), span=exactly(rung.late_s, lang)))
    return f"{to_second(at)}  {_joined(*facts)}"


def _story(account: ClockAccount, speaker: _Speaker) -> Iterator[str]:
    yield speaker.say("story")
    version = account.story[0].rules_version
    for event in account.story:
        if event.rules_version != version:
            version = event.rules_version
            yield f"  {to_second(event.at)}  {speaker.say('rules_on', version=version)}"
        yield f"  {to_second(event.at)}  {_joined(EVENTS[event.event][speaker.lang], *_about(event, speaker))}"


def _about(event: HistoryEvent, speaker: _Speaker) -> Iterator[str]:
    for field, value in event.about.items():
        if field == "reason" and value == event.about.get("kind"):
            continue  # some requests have no other
        word = _WORDS.get(field)
        yield word(value, speaker) if word else value


def _team_and_id(value: str, speaker: _Speaker) -> str:
    names = ((team, speaker.team(team)) for team in value.split(", "))
    return speaker.comma.join(team if team == name else f"{name} ({team})" for team, name in names)


def _yes_no(field: str) -> Callable[[str, _Speaker], str]:
    return lambda value, speaker: speaker.say(f"{field}={value}")


_WORDS: Final[Mapping[str, Callable[[str, _Speaker], str]]] = {
    "kind": lambda value, speaker: REQUESTS[RequestKind(value)][speaker.lang],
    "source": lambda value, speaker: SOURCES[Source(value)][speaker.lang],
    "team": _team_and_id,
    "teams": _team_and_id,
    "to": _team_and_id,
    "department": _team_and_id,
    "departments": _team_and_id,
    "designated": lambda _, speaker: speaker.say("designated"),
    "measure_kind": lambda value, speaker: MEASURE_KINDS[MeasureKind(value)][speaker.lang],
    "step": lambda value, speaker: STEPS[value][speaker.lang],
    "status": lambda value, speaker: JOINT_STATUSES[JointStatus(value)][speaker.lang],
    "granted": _yes_no("granted"),
    "valid": _yes_no("valid"),
    "solved": _yes_no("solved"),
    "satisfied": _yes_no("satisfied"),
    "outcome": lambda value, speaker: ENDS[CaseOutcome(value)][speaker.lang],
    "reason": lambda value, speaker: reason(value, speaker.lang),
    "until": lambda value, speaker: speaker.say("until", at=to_second(datetime.fromisoformat(value))),
    "more": lambda value, speaker: limit(value, speaker.lang),
    "why": lambda value, speaker: told_in(speaker.lang, reason(value, speaker.lang)),
    "note": lambda value, speaker: told_in(speaker.lang, value),
    "officers": lambda value, speaker: speaker.say("on_site", who=value),
    "by": lambda value, speaker: speaker.say("by", by=value),
    "matter": lambda value, speaker: speaker.subject(value),
    "answered_as": lambda value, speaker: speaker.subject(value),
    "missing": lambda value, speaker: speaker.comma.join(
        MISSING[MissingFact(one)][speaker.lang] for one in value.split(", ")
    ),
    "verdict": lambda value, speaker: VERDICTS[Verdict(value)][speaker.lang],
    "verdict_reason": lambda value, speaker: REASONS[Reason(value)][speaker.lang],
    "best": lambda value, speaker: speaker.subject(value),
    "rests_on": lambda value, speaker: speaker.say("rests_on", words=value),
    "second": lambda value, speaker: speaker.say("second", second=speaker.subject(value)),
    "confidence": lambda value, speaker: speaker.say("placed", confidence=value),
    "radius_m": lambda value, speaker: speaker.say("radius", radius=value),
    "place_words": lambda value, speaker: speaker.say(
        "rests_on", words=speaker.comma.join(place_word(word, speaker.lang) for word in value.split(", "))
    ),
    "convened_by": lambda value, speaker: speaker.say("asked_by", by=value),
    "approved_by": lambda value, speaker: speaker.say("granted_by", by=value),
    "party": lambda value, speaker: PARTIES[PartyKind(value)][speaker.lang],
    "served": lambda value, speaker: SERVICES[ServiceWay(value)][speaker.lang],
    "result": lambda value, speaker: INSPECTIONS[InspectionResult(value)][speaker.lang],
    "ground": lambda value, speaker: INSTEAD_GROUNDS[InsteadGround(value)][speaker.lang],
    "costs": lambda value, speaker: COST_STATES[CostState(value)][speaker.lang],
    "expected_at": lambda value, speaker: speaker.say("until", at=to_second(datetime.fromisoformat(value))),
}
"""How a field of an event is put into words; the others stand as they are."""


def _joined(*facts: str) -> str:
    return " · ".join(fact for fact in facts if fact)


def _width(text: str) -> int:
    """The width in a terminal, where a Chinese character takes two columns."""
    return sum(1 if character.isascii() else 2 for character in text)
