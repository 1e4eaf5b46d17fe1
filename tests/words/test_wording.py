"""The words of the field, and no others, in all that people see; Chinese marks in Chinese texts."""

import re

import pytest

from pipeline.edge.explain.why_words import EVENTS
from pipeline.indicators.indicator_table import INDICATORS
from pipeline.words import field_words
from pipeline.words.language import Lang
from schemas.values.terms import CaseOutcome, ReportOutcome, Stage
from tests.words.chinese_texts import halves, texts

SAID_NOW = {
    "(?<!暂)停计": "暂停计时",
    "在他人手中": "其他环节办理中",
    "通报名单": "区督查通报",
    "当事人期限已过": "听证申请期限届满",
    "拒绝联合处置": "部门拒绝报到",
    "免于参加": "免于报到",
    "未受理": "不予受理",
    "(?<!不予)不受理": "不予受理",
    "不立案": "不予立案",
    "放心重推": "可重复推送",
    "关键路径": "制约环节",
    "工作分钟": "30分钟（工作时间）",
    "工作小时": "个工作时",
    "缴款": "缴纳罚款",
    "亮证": "主动出示执法证件",
    "省里交下来": "省级人民政府决定并公布的赋权事项范围内",
    "可不罚": "不予处罚、可以不予处罚",
    "必到部门": "必须报到的部门",
    "处罚较重": "拟处罚达到听证标准",
    "立案走普通程序": "转为普通程序办理",
    "银行或电子": "指定银行或者通过电子支付系统",
    "处罚时效": "追责期限",
    "立案核实": "立案前核实",
    "(从未|尚未|曾经)立案": "登记",
}
"""What was said once, as it is searched for, and what is said instead."""
RIGHT_THERE: dict[tuple[str, str], str] = {}
"""(word, file) where an old word is right, with the reason."""


def test_the_words_of_a_case_come_in_the_order_of_the_field():
    """登记 when it is opened, 核实 before filing, 立案 when it is filed; 受理 is the answer to its report."""
    said = [EVENTS[name][Lang.ZH] for name in ("case_opened", "case_under_check", "case_accepted")]
    assert said == ["登记", "立案前核实", "受理立案"]
    assert EVENTS["case_rejected"][Lang.ZH] == field_words.STAGES[Stage.REJECTED][Lang.ZH] == "不予立案"
    assert field_words.ENDS[CaseOutcome.REJECTED][Lang.ZH] == "不予立案"
    assert field_words.STAGES[Stage.ACCEPTED][Lang.ZH] == "已立案"
    assert field_words.OUTCOMES[ReportOutcome.ACCEPTED][Lang.ZH] == "已受理"
    assert field_words.OUTCOMES[ReportOutcome.REFUSED][Lang.ZH] == "不予受理"


def test_what_was_filed_and_what_was_registered_have_names_of_their_own():
    """登记数 counts what was opened, 立案数 what was filed of it."""
    assert (INDICATORS["opened"].zh, INDICATORS["filings"].zh, INDICATORS["filed"].zh) == (
        "登记数",
        "立案数",
        "立案率",
    )
    assert INDICATORS["filed"].parts == INDICATORS["filings"].parts


@pytest.mark.parametrize("old", SAID_NOW)
def test_no_old_word_is_said(old):
    """Neither in what commands, boards, alerts and receipts say, nor on a page, nor in the rules."""
    found = [text for text in texts() if re.search(old, text.said) and (old, text.file) not in RIGHT_THERE]
    assert found == [], f"say {SAID_NOW[old]}"


def test_chinese_texts_have_chinese_marks():
    """， ； ： ？ ！ （ ） beside Chinese; numbers, codes, holes and Markdown keep theirs."""
    assert [(text.file, found) for text in texts() if (found := halves(text.said))] == []


@pytest.mark.parametrize(
    ("said", "found"),
    [("请改正,再推送", True), ("请改正，再推送", False), ("网格 (15 位) 有误", True), ("{a}: {b}；应如 12:00", False),
     ("见 `act CASE, --json`", False), ("joint (联合), 挂账 and more", False), ("[告警](alerts.md)", False)],
)  # fmt: skip
def test_a_half_width_mark_is_found(said, found):
    """Beside Chinese in a Chinese text; around a Chinese word in an English one it is right."""
    assert bool(halves(said)) is found
