"""`docs/glossary.md`: the field's words, then every code of the closed lists with the words that people see."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple, TypeVar

from deploy.glossary_words import words
from pipeline.edge.explain import why_words
from pipeline.monthly.rows import closing_kinds
from pipeline.procedure.naming import action_named
from pipeline.rulebook import load_rules
from pipeline.words import evidence_words, field_words, intake_words, penalty_words, request_words
from pipeline.words.field_words import Both, Lang
from schemas.values.penalty_terms import Harm, NoPenaltyGround
from schemas.values.terms import Crs, Role, Severity, Term, Urgency

T = TypeVar("T", bound=Term)

PAGE: Final = "docs/glossary.md"
_HEAD: Final = """# Glossary 术语

One word per thing, in code, commands and contracts. Made by `python -m deploy.generate` from `deploy/glossary_words.py` and the words of
`pipeline/words/`: do not edit. A code never changes and is never translated; the words stand beside it."""


def _both(zh: str, en: str) -> Both:
    return {Lang.ZH: zh, Lang.EN: en}


_ROLES: Final[Mapping[Role, Both]] = {
    Role.HOTLINE: _both("热线受理员", "hotline clerk"),
    Role.GRID_MEMBER: _both("网格员", "grid member"),
    Role.DISPATCHER: _both("派单员", "dispatcher"),
    Role.TEAM: _both("执法队", "team"),
    Role.OFFICER: _both("执法人员", "officer"),
    Role.DEPARTMENT: _both("联合部门", "partner department"),
    Role.VERIFIER: _both("核查员", "verifier"),
    Role.CALLBACK_CLERK: _both("回访员", "call-back clerk"),
    Role.DUTY_CHIEF: _both("值班长", "duty chief"),
    Role.DISTRICT: _both("区督办部门", "district supervision office"),
    Role.SYSTEM: _both("系统", "the pipeline itself"),
}
_SEVERITIES: Final[Mapping[Severity, Both]] = {
    Severity.P1: _both("特急", "critical, day and night"),
    Severity.P2: _both("紧急", "urgent, day and night"),
    Severity.P3: _both("较急", "soon, in office hours"),
    Severity.P4: _both("一般", "ordinary, in office hours"),
}
_URGENCIES: Final[Mapping[Urgency, Both]] = {
    Urgency.NORMAL: _both("一般", "normal"),
    Urgency.URGENT: _both("紧急", "urgent"),
    Urgency.CRITICAL: _both("特急", "critical"),
}
_CRS: Final[Mapping[Crs, Both]] = {
    Crs.WGS84: _both("GPS 坐标系", "GPS"),
    Crs.CGCS2000: _both("国家大地坐标系", "national geodetic system"),
    Crs.GCJ02: _both("火星坐标系", "as Chinese maps show"),
    Crs.BD09: _both("百度坐标系", "Baidu's"),
}
_NO_PENALTY: Final[Mapping[NoPenaltyGround, Both]] = {
    NoPenaltyGround.MINOR: _both("轻微并改正", "minor and put right"),
    NoPenaltyGround.FIRST_MINOR: _both("首违且轻微并改正", "first breach, minor and put right"),
    NoPenaltyGround.NO_FAULT: _both("没有主观过错", "no fault"),
    NoPenaltyGround.NOT_ESTABLISHED: _both("违法事实不成立", "facts not established"),
    NoPenaltyGround.TIME_BARRED: _both("超过追责期限", "time-barred"),
    NoPenaltyGround.UNDER_AGE: _both("不满十四周岁", "under fourteen"),
    NoPenaltyGround.NO_CAPACITY: _both("不能辨认或者控制自己行为", "cannot know or control what they do"),
}
_HARMS: Final[Mapping[Harm, Both]] = {
    Harm.NONE: _both("没有危害后果", "none"),
    Harm.SLIGHT: _both("危害后果轻微", "slight"),
    Harm.SERIOUS: _both("危害后果较重", "serious"),
}


class TermList(NamedTuple):
    """A closed list as the page shows it."""

    zh: str
    en: str
    words: Mapping[Term, Both]


def _of(zh: str, en: str, table: Mapping[T, Both]) -> TermList:
    words: dict[Term, Both] = {}
    words.update(table.items())
    return TermList(zh, en, words)


LISTS: Final = (
    _of("来源", "Sources", field_words.SOURCES),
    _of("案件阶段", "Stages of a case", field_words.STAGES),
    _of("办理结果", "How a case ended", field_words.ENDS),
    _of("办结类型", "Kinds of closing, of several the first", closing_kinds.KINDS),
    _of("受理结果", "What became of a report", field_words.OUTCOMES),
    _of("待研判内容", "What is to be said of a case before anybody is sent", field_words.MISSING),
    _of("再次推送的原因", "Why a report is pushed again", intake_words.MARKS),
    _of("再次推送的结果", "What became of a report that came again", intake_words.UPDATES),
    _of("补充内容", "What an update added", intake_words.PARTS),
    _of("未采用原因", "Why a field of a report was left out", intake_words.LEFT_OUT_REASONS),
    _of("角色", "Roles", _ROLES),
    _of("任务类型", "Assignments", field_words.KINDS),
    _of("任务状态", "Whether an assignment stands", field_words.STATUSES),
    _of("通知类型", "Notices", field_words.NOTICES),
    _of("时钟", "Clocks", field_words.CLOCKS),
    _of("时限变动", "Why a deadline is where it is", why_words.MOVES),
    _of("定时事项", "Timers", field_words.TIMERS),
    _of("督办文书", "Papers of an escalation", field_words.PAPERS),
    _of("申请事项", "Requests", field_words.REQUESTS),
    _of("挂账原因", "Reasons to suspend", field_words.SUSPENSIONS),
    _of("延期原因", "Reasons to extend", field_words.EXTENSIONS),
    _of("退单与异议原因", "Reasons to return or object", field_words.RETURNS),
    _of("不予立案原因", "Reasons not to file", field_words.REJECTIONS),
    _of("不予受理和退回原因", "Reasons not to accept an order", field_words.DECLINES),
    _of("督办原因", "Reasons to supervise", field_words.SUPERVISIONS),
    _of("疑难原因", "Why a case is hard", field_words.HARD_REASONS),
    _of("考核扣分项", "What is counted against a unit", request_words.DEMERITS),
    _of("考核申诉原因", "Why it is appealed against", request_words.APPEALS),
    _of("作废原因", "Reasons to void", field_words.VOIDINGS),
    _of("申请失效原因", "Why a request lapses", field_words.LAPSES),
    _of("联合任务状态", "Joint tasks", field_words.JOINT_STATUSES),
    _of("事项等级", "Severities of a matter", _SEVERITIES),
    _of("紧急程度", "The hotline's urgency", _URGENCIES),
    _of("证据种类", "Evidence", evidence_words.KINDS),
    _of("坐标系", "Coordinate systems", _CRS),
    _of("处罚步骤", "Steps of a penalty procedure", penalty_words.PENALTY_STEPS),
    _of("处罚种类", "Penalty kinds", penalty_words.PENALTY_KINDS),
    _of("当事人", "Parties", penalty_words.PARTIES),
    _of("危害后果", "Harm", _HARMS),
    _of("违法情节", "Gravities of a breach", penalty_words.GRAVITIES),
    _of("从轻、减轻情节", "Mitigations", penalty_words.MITIGATIONS),
    _of("联系方式", "Ways of contacting a caller", field_words.WAYS),
    _of("是否属实", "Findings of an answer", field_words.FINDINGS),
    _of("不予处罚理由", "Grounds for no penalty", _NO_PENALTY),
    _of("复议、诉讼结果", "How a reconsideration or a suit ended", penalty_words.APPEAL_OUTCOMES),
    _of("强制与证据措施", "Measures", penalty_words.MEASURE_KINDS),
    _of("责令改正的状态", "Orders to correct", penalty_words.CORRECTIONS),
    _of("复查结果", "Re-inspections", penalty_words.INSPECTIONS),
    _of("代处置依据", "Grounds to act in somebody's stead", penalty_words.INSTEAD_GROUNDS),
    _of("代处置费用", "Costs of what was done instead", penalty_words.COST_STATES),
    _of("送达方式", "Ways to serve a paper", penalty_words.SERVICES),
    _of("措施步骤", "Steps of a measure", penalty_words.MEASURE_STEPS),
    _of("财物处理", "What becomes of things", penalty_words.DISPOSALS),
)
"""Every closed list of `schemas/values/`: `tests/docs/test_glossary.py` finds one that is missing."""


def glossary_page() -> Iterator[tuple[str, str]]:
    """The page."""
    yield PAGE, "\n\n".join(_parts()) + "\n"


def _parts() -> Iterator[str]:
    yield _HEAD
    for head, rows in words():
        yield f"## {head}"
        yield _table(("code", "中文", "what it is"), rows)
    yield "## Actions 操作\n\nWhat people do, as `enforcement act CASE` and `actions.v1` name it."
    named = (action_named(code) for code in sorted(load_rules().may))
    yield _table(
        ("code", "中文", "English"),
        ((f"`{one.code}`", one.words[Lang.ZH], one.words[Lang.EN]) for one in named),
    )
    for terms in LISTS:
        yield f"## {terms.en} {terms.zh}"
        yield _table(
            ("code", "中文", "English"),
            ((f"`{term.value}`", both[Lang.ZH], both[Lang.EN]) for term, both in terms.words.items()),
        )


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    named = tuple(heads)
    lines = (named, ["---"] * len(named), *rows)
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
