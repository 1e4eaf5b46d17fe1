"""Chinese and English words of contacting and answering callers (联系, 答复)."""

from collections.abc import Mapping
from typing import Final

from pipeline.words.field_words import Both, both
from schemas.values.answer_terms import AnswerFinding, ContactWay

WAYS: Final[Mapping[ContactWay, Both]] = {
    ContactWay.PHONE: both("电话", "by phone"),
    ContactWay.VISIT: both("上门", "at the door"),
    ContactWay.MESSAGE: both("短信或留言", "by a message"),
    ContactWay.OTHER: both("其他方式", "otherwise"),
}
FINDINGS: Final[Mapping[AnswerFinding, Both]] = {
    AnswerFinding.TRUE: both("属实", "found to be so"),
    AnswerFinding.PARTLY: both("部分属实", "partly so"),
    AnswerFinding.NOT_TRUE: both("不属实", "not found"),
    AnswerFinding.BEYOND_US: both("超出职权或能力", "beyond whoever handled it"),
}
