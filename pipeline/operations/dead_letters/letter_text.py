"""A dead letter's item as a line, as a page, and as one JSON object."""

from collections.abc import Iterator, Mapping
from typing import Final

from pipeline.operations.broker_access import size
from pipeline.operations.dead_letters.letter_book import LetterItem, Retry, State
from pipeline.words.field_words import Both, Lang, both, to_second
from pipeline.words.spoken import told_in
from schemas.codes import CODES
from schemas.outputs import DeadLetter

_STATES: Final[Mapping[State, Both]] = {
    State.OPEN: both("待处理", "open"),
    State.RETRIED: both("已重推", "retried"),
    State.DISCARDED: both("已作废", "discarded"),
}
_OUTCOMES: Final[Mapping[str, Both]] = {
    "accepted": both("受理", "accepted"),
    "answered": both("已答复", "answered"),
    "merged": both("并案", "merged"),
    "repeated": both("已有，同前回执", "there before: the same answer"),
    "refused": both("不予受理", "refused"),
    "dead": both("再成死信", "dead again"),
    "forwarded": both("转往应在分区", "on its way to its partition"),
}
_WORDS: Final[Mapping[str, Both]] = {
    "times": both("{count}次", "{count}×"),
    "field": both("字段 {field}", "field {field}"),
    "allowed": both("应为：{allowed}", "allowed: {allowed}"),
    "todo": both("处置：{todo}", "to do: {todo}"),
    "came": both("到达 {at} {place} 编号 {id}", "came {at} {place} as {id}"),
    "retried": both("重推 {at}: {outcome}", "retried {at}: {outcome}"),
    "discarded": both("{by} 于 {at} 作废：{why}", "discarded by {by} {at}: {why}"),
}


def line(item: LetterItem, lang: Lang) -> str:
    """First and last time, how often, where the latest stands, what is wrong, and what became of it."""
    first, latest = item.first, item.latest
    span = to_second(first.at) if first is latest else f"{to_second(first.at)} – {to_second(latest.at)}"
    count = _WORDS["times"][lang].format(count=len(item.copies))
    parts = [
        latest.entry_id,
        span,
        count,
        place(latest),
        f"[{latest.code}]",
        latest.field,
        became(item, lang),
    ]
    return "  ".join(part for part in parts if part)


def became(item: LetterItem, lang: Lang) -> str:
    """What became of it, in short."""
    words = _STATES[item.state][lang]
    if item.state is State.DISCARDED and item.discarded is not None:
        given_up = item.discarded
        return _WORDS["discarded"][lang].format(by=given_up.by, at=to_second(given_up.at), why=given_up.why)
    if item.retries:
        return f"{words} ({_outcome(item.retries[-1], lang)})"
    return words


def page(item: LetterItem, lang: Lang) -> Iterator[str]:
    """All of it: faults with what would be right, each copy, each retry, the discarding."""
    latest = item.latest
    yield f"{latest.topic}  {size(latest.size_bytes)}  sha256 {latest.sha256}"
    yield became(item, lang)
    faults = latest.faults or (latest,)
    for fault in faults:
        explained = CODES.get(fault.code)
        meaning = "" if explained is None else explained.zh if lang is Lang.ZH else explained.en
        details = [f"[{fault.code}] {meaning}".rstrip()]
        if fault.field:
            details.append(_WORDS["field"][lang].format(field=fault.field))
        if fault.allowed:
            details.append(_WORDS["allowed"][lang].format(allowed=told_in(lang, fault.allowed)))
        if explained is not None:
            todo = explained.do_zh if lang is Lang.ZH else explained.do_en
            details.append(_WORDS["todo"][lang].format(todo=todo))
        yield "; ".join(details)
    for letter in item.copies:
        yield _WORDS["came"][lang].format(at=to_second(letter.at), place=place(letter), id=letter.entry_id)
    for retry in item.retries:
        yield _WORDS["retried"][lang].format(at=to_second(retry.at), outcome=_outcome(retry, lang))
    if item.discarded is not None and item.state is not State.DISCARDED:
        given_up = item.discarded
        yield _WORDS["discarded"][lang].format(by=given_up.by, at=to_second(given_up.at), why=given_up.why)


def as_json(item: LetterItem) -> Mapping[str, object]:
    """The same keys for each."""
    first, latest, given_up = item.first, item.latest, item.discarded
    return {
        "id": latest.dead_letter_id,
        "state": item.state.value,
        "topic": latest.topic,
        "partition": latest.partition,
        "offset": latest.offset,
        "sha256": latest.sha256,
        "size_bytes": latest.size_bytes,
        "code": latest.code,
        "field": latest.field,
        "allowed": latest.allowed,
        "faults": [{"code": one.code, "field": one.field, "allowed": one.allowed} for one in latest.faults],
        "first_at": first.at.isoformat(),
        "last_at": latest.at.isoformat(),
        "copies": [_copy(letter) for letter in item.copies],
        "retries": [{**retry._asdict(), "at": retry.at.isoformat()} for retry in item.retries],
        "discarded": None if given_up is None else {**given_up._asdict(), "at": given_up.at.isoformat()},
    }


def place(letter: DeadLetter) -> str:
    """Where the record stands in the log."""
    return f"{letter.topic}/{letter.partition}@{letter.offset}"


def _copy(letter: DeadLetter) -> Mapping[str, object]:
    return {
        "id": letter.dead_letter_id,
        "at": letter.at.isoformat(),
        "partition": letter.partition,
        "offset": letter.offset,
    }


def _outcome(retry: Retry, lang: Lang) -> str:
    parts = [_OUTCOMES[retry.outcome][lang], retry.case_id or "", f"[{retry.code}]" if retry.code else ""]
    return " ".join(part for part in parts if part)
