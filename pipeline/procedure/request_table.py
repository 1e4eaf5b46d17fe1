"""What is asked for and decided by somebody else, as a Markdown table: who decides, in what time, where, and when it lapses."""

from collections.abc import Iterator, Mapping
from typing import Final

from pipeline.core.actions import ACTIONS
from pipeline.core.case.stage_table import STAGE_TABLE
from pipeline.core.clocks.decision_clocks import decider
from pipeline.core.rules.rules import Rules
from pipeline.core.stages.requested.request_lapse import OF_HOLDER, is_grantable_at
from pipeline.core.worktime.policy import text_of
from pipeline.procedure.naming import Named
from pipeline.procedure.tables import markdown
from pipeline.words.field_words import REQUESTS, STAGES, Both, Lang, limit
from schemas.values.terms import ClockKind, RequestKind, Role, Stage


def _both(zh: str, en: str) -> Both:
    return {Lang.ZH: zh, Lang.EN: en}


_HEADS: Final = (
    _both("申请", "request"),
    _both("谁审批", "who decides"),
    _both("在谁的待办", "on whose list"),
    _both("可批准的阶段", "can be granted at"),
    _both("到时失效", "its own end"),
)
_ENDS: Final[Mapping[RequestKind, Both]] = {
    RequestKind.SUSPENSION: _both("所申请的截止时间", "the end that was asked for"),
    RequestKind.EXTENSION: _both("处置时限", "the deadline of handling"),
    RequestKind.HOTLINE_EXTENSION: _both(
        "热线时限或处置时限，以较早者为准", "the deadline of handling, or the hotline's before it"
    ),
}
"""The end that a request has by itself (`decision_clocks.end_of`)."""
_LAPSES: Final = _both(
    "案件到了表中以外的阶段即失效；承办队伍自己的申请（{kinds}），任务转给他队时也失效。失效时双方均获通知，不影响再次申请",
    "It lapses when the case comes to another stage; what the team asks for itself ({kinds}) also when another has the task. Both "
    "sides are told, and it may be asked for again",
)
_LIMITS: Final = _both(
    "审批时限，自提出申请起：{limits}；逾期按阶梯 `{ladder}` 提醒、升级",
    "Decided within, from when it is asked for: {limits}; then the ladder `{ladder}` reminds and escalates",
)


def requests_table(rules: Rules, lang: Lang) -> str:
    """A row for each kind of request, and below it the time for deciding by the newest edition of the policy."""
    rows = [
        (
            Named(kind, REQUESTS[kind]).line(lang),
            ", ".join(role for role in Role if role in rules.decides[kind]),
            decider(rules, kind),
            ", ".join(Named(stage, STAGES[stage]).line(lang) for stage in _stages(kind)),
            _ENDS[kind][lang] if kind in _ENDS else "–",
        )
        for kind in RequestKind
    ]
    table = markdown([head[lang] for head in _HEADS], rows)
    return "\n".join([table, "", *(f"- {note}" for note in _notes(rules, lang))])


def _stages(kind: RequestKind) -> Iterator[Stage]:
    """Where a case can stand with the request open, and it can be granted."""
    return (
        stage for stage in STAGE_TABLE if stage in ACTIONS["decide"].stages and is_grantable_at(kind, stage)
    )


def _notes(rules: Rules, lang: Lang) -> Iterator[str]:
    service = rules.services[-1]
    texts = {severity: text_of(steps[ClockKind.DECIDE]) for severity, steps in service.steps.items()}
    alike = set(texts.values())
    limits = ", ".join(f"{severity} {limit(text, lang)}" for severity, text in texts.items())
    said = limit(alike.pop(), lang) if len(alike) == 1 else limits
    yield _LIMITS[lang].format(limits=said, ladder=service.clocks[ClockKind.DECIDE].ladder.name)
    kinds = ("、" if lang is Lang.ZH else ", ").join(
        REQUESTS[kind][lang] for kind in RequestKind if kind in OF_HOLDER
    )
    yield _LAPSES[lang].format(kinds=kinds)
