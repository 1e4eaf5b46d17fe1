"""A request in words, as the decider's list, the case and the notices show it."""

from pipeline.words.field_words import CLOCKS, REQUESTS, Lang, label, limit, moment, reason, where
from pipeline.words.spoken import told_in
from schemas.state.case import Clock, Request
from schemas.values.terms import ClockKind, RequestKind


def request_parts(request: Request, lang: Lang) -> list[str]:
    """What is asked for, why, until when, by how much or what it is to be instead, by whom and since when; of a likely duplicate of which
    case, which nobody asked.
    """
    parts = [REQUESTS[request.kind][lang]]
    if request.reason != request.kind.value:  # some requests have no other
        parts.append(reason(request.reason, lang))
    parts += [limit(request.more, lang)] if request.more else []
    parts += [label("until", lang, at=moment(request.until))] if request.until else []
    parts += [request.matter] if request.matter else []
    parts += [where(request.place)] if request.place else []
    if request.into:
        parts += [label("like_case", lang, case=request.into), told_in(lang, request.note)]
    else:
        parts.append(label("asked_by", lang, by=request.by))
    return [*parts, moment(request.at)]


def clock_words(kind: ClockKind, name: str | None, lang: Lang) -> str:
    """The kind of a clock and its name; of a decision the name is the kind of request."""
    if kind is ClockKind.DECIDE and name is not None:
        name = REQUESTS[RequestKind(name)][lang]
    return " ".join(filter(None, (CLOCKS[kind][lang], name)))


def clock_of_request(clocks: tuple[Clock, ...], request: Request) -> Clock | None:
    """The clock of its decision."""
    names = (ClockKind.DECIDE, request.kind.value)
    return next((clock for clock in clocks if (clock.kind, clock.name) == names), None)
