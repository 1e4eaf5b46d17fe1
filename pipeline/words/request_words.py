"""A request in words, as the decider's list, the case and the notices show it; what is counted against a unit, and why it appeals."""

from collections.abc import Mapping
from typing import Final

from pipeline.words.field_words import CLOCKS, REQUESTS, Both, Lang, both, label, limit, moment, reason, where
from pipeline.words.spoken import told_in
from schemas.state.case import Clock, Request
from schemas.values.request_terms import AppealReason, DemeritKind
from schemas.values.terms import ClockKind, RequestKind

DEMERITS: Final[Mapping[DemeritKind, Both]] = {
    DemeritKind.OVERDUE: both("处置超期", "handled late"),
    DemeritKind.UNSOLVED: both("未解决", "not solved"),
    DemeritKind.UNSATISFIED: both("不满意", "not satisfied"),
    DemeritKind.RETURNED: both("退单", "given back"),
    DemeritKind.NOT_CONTACTED: both("未按时联系", "not contacted in time"),
}
APPEALS: Final[Mapping[AppealReason, Both]] = {
    AppealReason.FORCE_MAJEURE: both("不可抗力", "force majeure"),
    AppealReason.LEGAL_PROCEDURE: both("法定程序所需时间", "time that the law prescribes"),
    AppealReason.OTHER_UNIT: both("其他单位原因", "another unit's fault"),
    AppealReason.WRONGLY_DISPATCHED: both("派遣错误", "wrongly dispatched"),
    AppealReason.UNREASONABLE_DEMAND: both("不合理诉求", "unreasonable demand"),
    AppealReason.WRONG_RECORD: both("记录有误", "the record is wrong"),
}


def request_parts(request: Request, lang: Lang) -> list[str]:
    """What is asked for, why, until when, by how much or what it is to be instead, by whom and since when; of a likely duplicate of which
    case, which nobody asked.
    """
    parts = [REQUESTS[request.kind][lang]]
    if request.reason != request.kind.value:  # some requests have no other
        parts.append(_why(request, lang))
    parts += [DEMERITS[request.demerit.kind][lang]] if request.demerit else []
    parts += [limit(request.more, lang)] if request.more else []
    parts += [label("until", lang, at=moment(request.until))] if request.until else []
    parts += [request.matter] if request.matter else []
    parts += [where(request.place)] if request.place else []
    if request.into:
        parts += [label("like_case", lang, case=request.into), told_in(lang, request.note)]
    else:
        parts.append(label("asked_by", lang, by=request.by))
    return [*parts, moment(request.at)]


def _why(request: Request, lang: Lang) -> str:
    return APPEALS[AppealReason(request.reason)][lang] if request.demerit else reason(request.reason, lang)


def clock_words(kind: ClockKind, name: str | None, lang: Lang) -> str:
    """The kind of a clock and its name; of a decision the name is the kind of request."""
    if kind is ClockKind.DECIDE and name is not None:
        name = REQUESTS[RequestKind(name)][lang]
    return " ".join(filter(None, (CLOCKS[kind][lang], name)))


def clock_of_request(clocks: tuple[Clock, ...], request: Request) -> Clock | None:
    """The clock of its decision."""
    names = (ClockKind.DECIDE, request.kind.value)
    return next((clock for clock in clocks if (clock.kind, clock.name) == names), None)
