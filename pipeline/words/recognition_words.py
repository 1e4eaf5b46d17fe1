"""What a text was taken for, and where an address is, in words: the decision, why, what it rests on, and what is still to be said of a case."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from pipeline.words.field_words import MISSING
from pipeline.words.language import Both, Lang, both
from schemas.values.place import Geocode
from schemas.values.recognised_text import DirectAnswer, RankedSubject, Reason, Recognised, SaidWord, Verdict
from schemas.values.terms import MissingFact

VERDICTS: Final[Mapping[Verdict, Both]] = {
    Verdict.MATTER: both("执法事项", "matter"),
    Verdict.NOT_ENFORCEMENT: both("非执法事项", "not enforcement"),
    Verdict.ASK: both("待人工判定", "ask a person"),
}
REASONS: Final[Mapping[Reason, Both]] = {
    Reason.CLEAR: both("明确", "clear"),
    Reason.TWO_MATTERS_CLOSE: both("两个事项接近", "two matters are close"),
    Reason.MAY_BE_ENFORCEMENT: both(
        "可能属于执法事项，不宜直接回绝", "it may be enforcement: nobody is turned away on that"
    ),
    Reason.MAY_BE_NO_ENFORCEMENT: both("可能不属于执法事项", "it may be no enforcement"),
    Reason.LITTLE_SAID: both("内容过少，无从判断", "too little is said"),
}
PLACE_WORDS: Final[Mapping[str, Both]] = {
    "number": both("门牌", "house number"),
    "number_beyond": both("门牌超出已知范围", "house number beyond the known ones"),
    "junction": both("路口", "junction"),
    "stretch": both("路段", "stretch of road"),
    "road": both("整条路", "the road as a whole"),
    "estate": both("小区", "estate"),
    "landmark": both("地标", "landmark"),
    "spot": both("路边标志物", "what stands at the road"),
    "metres": both("距离", "so many metres away"),
    "around": both("方位", "around it"),
    "sounds_like": both("音近", "sounds like"),
    "alias": both("别名", "also called"),
    "street": both("街道相符", "in the street named"),
    "community": both("社区相符", "in the community named"),
    "agrees": both("相互印证", "confirmed by"),
    "other_street": both("街道不符", "another street is named"),
    "other_community": both("社区不符", "another community is named"),
    "contradicts": both("相互矛盾", "contradicted by"),
}
"""What a place rests on, and what speaks against it."""
_SENTENCES: Final[Mapping[str, Both]] = {
    "taken_for": both("按内容识别为 {best}", "taken for {best}"),
    "proposed": both("按来源模型识别为 {best}", "taken by the sender's model for {best}"),
    "unclear": both("待研判：{best} 或 {second}, {reason}", "to be assessed: {best} or {second}: {reason}"),
    "rests_on": both("依据 {words}", "rests on {words}"),
    "second": both("次选 {second}", "next best {second}"),
    "missing": both("待研判：{missing}", "not known yet: {missing}"),
    "answer": both("答复：{reply}", "answer: {reply}"),
    "placed": both(
        "按地址定位：可信度{confidence}，误差约{radius}米",
        "placed by its address: confidence {confidence}, within some {radius} m",
    ),
}

Names = Callable[[str], str]
"""What a matter or a kind is called, by its code."""


def by_code(code: str) -> str:
    """Where no names are at hand."""
    return code


def recognised_line(recognised: Recognised, lang: Lang, names: Names = by_code) -> str:
    """What the text was taken for and why, on one line."""
    return "; ".join(_parts(recognised, lang, names))


def missing_line(missing: Iterable[MissingFact], lang: Lang) -> str:
    """What is still to be said; empty where nothing is."""
    words = [MISSING[one][lang] for one in missing]
    return _say("missing", lang, missing=", ".join(words)) if words else ""


def answer_line(answer: DirectAnswer, lang: Lang) -> str:
    """The words for the caller."""
    return _say("answer", lang, reply=answer.reply_zh if lang is Lang.ZH else answer.reply_en)


def geocode_line(geocode: Geocode, lang: Lang) -> str:
    """What the place of a report rests on whose address alone says where it is: how sure, how near, and by which words."""
    placed = _say("placed", lang, confidence=str(geocode.confidence), radius=str(geocode.radius_m))
    words = ", ".join(place_word(word, lang) for word in geocode.words)
    return f"{placed}; {_say('rests_on', lang, words=words)}" if words else placed


def place_word(word: str, lang: Lang) -> str:
    """One of the words of a geocode, such as `number 锦绣街23号`."""
    kind, _, text = word.partition(" ")
    return f"{PLACE_WORDS[kind][lang]} {text}" if kind in PLACE_WORDS else word


def words_text(words: Iterable[SaidWord]) -> str:
    """Words with their points: 卖水果 +350, 占道 +105."""
    return ", ".join(f"{said.word} {said.points:+}" for said in words)


def _parts(recognised: Recognised, lang: Lang, names: Names) -> Iterator[str]:
    best, second = (_named(one, names) for one in (recognised.best, recognised.second))
    if recognised.verdict is Verdict.ASK:
        yield _say("unclear", lang, best=best, second=second, reason=REASONS[recognised.reason][lang])
    else:
        yield _say("proposed" if recognised.proposed else "taken_for", lang, best=best)
    if recognised.best.words:
        yield _say("rests_on", lang, words=words_text(recognised.best.words))
    if recognised.verdict is not Verdict.ASK:
        yield _say("second", lang, second=second)


def _named(candidate: RankedSubject, names: Names) -> str:
    return f"{names(candidate.code)} {candidate.points:+}"


def _say(name: str, lang: Lang, **values: str) -> str:
    return _SENTENCES[name][lang].format(**values)
