"""The Chinese and English words that boards and alerts show for values of labels, taken from the rules and the tables of codes."""

from collections.abc import Mapping
from typing import Final, NamedTuple, TypeVar

from pipeline.audit.findings import MEANINGS as INVARIANTS
from pipeline.core.rules.refusals import MEANINGS
from pipeline.indicators.due_cases import AT_RISK, OVERDUE
from pipeline.indicators.indicator_table import INDICATORS
from pipeline.rulebook.book import read_book
from pipeline.words import field_words
from schemas.codes import CODES
from schemas.values.terms import Term


class Words(NamedTuple):
    """One name in both languages."""

    zh: str
    en: str


NONE: Final = "none"
"""The value of the label `team` while nobody holds a case."""


_T = TypeVar("_T", bound=Term)


def _terms(table: Mapping[_T, field_words.Both]) -> dict[str, Words]:
    return {
        term.value: Words(both[field_words.Lang.ZH], both[field_words.Lang.EN])
        for term, both in table.items()
    }


def _teams() -> dict[str, Words]:
    """Groups, squads and posts of all streets, each id once, groups first; then nobody."""
    roster = _BOOK.roster
    squads = [squad for street in roster.squads for squad in street.squads]
    names = {team.id: Words(team.name_zh, team.name_en) for team in (*roster.posts, *squads, *roster.groups)}
    ordered = [team.id for team in (*roster.groups, *squads, *roster.posts)]
    return {key: names[key] for key in ordered} | {NONE: Words("无人持有", "nobody")}


_BOOK: Final = read_book()
TEAMS: Final = _teams()
STREETS: Final = {street.code: Words(street.name_zh, street.name_en) for street in _BOOK.streets.streets}
CATEGORIES: Final = {
    key: Words(category.name_zh, category.name_en)
    for key, category in sorted(_BOOK.matters.categories.items())
}
SOURCES: Final = _terms(field_words.SOURCES)
_CODES: Final = {code: Words(meaning.zh, meaning.en) for code, meaning in MEANINGS.items()} | {
    code: Words(meaning.zh, meaning.en) for code, meaning in CODES.items()
}
_UNREAD: Final = {
    "broker_unavailable": Words("连不上 Kafka", "Kafka does not answer"),
    "not_authorized": Words("无权读取", "not authorized"),
    "reader_stalled": Words("读取停滞", "the reading stands still"),
    "topic_missing": Words("主题不存在", "a topic is missing"),
    "other": Words("其他", "other"),
}
"""Why an audit could not read the log."""
_RETIRED: Final = {
    "broken_connection": Words("连接中断", "connection broken"),
    "slow_commit": Words("提交过慢", "slow commit"),
    "timed_out": Words("超时", "timed out"),
    "queue_full": Words("队列已满", "queue full"),
    "state": Words("状态不符", "wrong state"),
    "transport": Words("传输错误", "transport error"),
    "other": Words("其他", "other"),
}
"""Why a producer is given up: `pipeline.metrics.RETIRED_FOR`."""
NAMES: Final[Mapping[str, Mapping[str, Words]]] = {
    "street": STREETS,
    "team": TEAMS,
    "category": CATEGORIES,
    "source": SOURCES,
    "clock": _terms(field_words.CLOCKS),
    "stage": _terms(field_words.STAGES),
    "kind": _terms(field_words.TIMERS) | _terms(field_words.NOTICES),
    "reason": _terms(field_words.RETURNS)
    | _terms(field_words.SUSPENSIONS)
    | _terms(field_words.SUPERVISIONS)
    | _RETIRED,
    "department": {
        department.id: Words(department.name_zh, department.name_en)
        for department in _BOOK.roster.departments
    },
    "step": {
        "respond": Words("响应", "respond"),
        "arrive": Words("到场", "arrive"),
        "finish": Words("办结", "finish"),
    },
    "indicator": {key: Words(indicator.zh, indicator.en) for key, indicator in INDICATORS.items()},
    "code": _CODES | _UNREAD,
    "quantile": {"p50": Words("p50", "p50"), "p99": Words("p99", "p99"), "max": Words("最大", "greatest")},
    "invariant": {
        invariant.value: Words(f"{invariant} {zh}", f"{invariant} {en}")
        for invariant, (en, zh) in INVARIANTS.items()
    },
    "outcome": {
        "opened": Words("登记", "opened"),
        "repeated": Words("重复推送", "pushed again"),
        "updated": Words("原案补充", "more to their case"),
        "urged": Words("催办", "urged"),
        "accepted": Words("已受理", "accepted"),
        "dead_letter": Words("死信", "dead letter"),
        "forwarded": Words("转入应在分区", "forwarded to its partition"),
    }
    | _terms(field_words.ENDS)
    | {"merged": Words("并入在办案件", "merged"), "refused": Words("不予受理", "refused")},
    "state": {
        "opening": Words("正在打开", "opening"),
        "open": Words("工作中", "open"),
        "parked": Words("搁置", "parked"),
        "given_up": Words("已放弃", "given up"),
        "stopped": Words("已停止", "stopped"),
        "running": Words("改正期内", "running"),
        "to_inspect": Words("待复查", "to be inspected again"),
        "disobeyed": Words("逾期未改正", "disobeyed"),
        "in": Words("在库", "in store"),
        "out": Words("领用", "out"),
        "charging": Words("充电", "charging"),
        "broken": Words("故障", "broken"),
    },
    "device_kind": {"camera": Words("执法记录仪", "body camera"), "vehicle": Words("执法车辆", "vehicle")},
    "due": {OVERDUE: Words("■ 超期", "overdue"), AT_RISK: Words("▲ 临期", "at risk")},
    "matter": {matter.code: Words(matter.name_zh, matter.name_en) for matter in _BOOK.matters.matters},
    "hours": {"office": Words("工作时间", "office hours"), "natural": Words("自然时间", "natural time")},
    "end": {"committed": Words("提交", "committed"), "aborted": Words("中止", "aborted")},
    "channel": {
        "wecom": Words("企业微信", "WeCom"),
        "dingtalk": Words("钉钉", "DingTalk"),
        "feishu": Words("飞书", "Feishu"),
        "mail": Words("邮件", "mail"),
        "log": Words("日志", "log"),
        "notify": Words("通知进程", "the notifier"),
    },
    "severity": {grade: Words(grade, grade) for grade in ("P1", "P2", "P3", "P4")},
}
"""By label, then by value."""
PATTERNS: Final[Mapping[str, Mapping[str, Words]]] = {
    "grid": {
        f"{code}(\\d{{3}})(\\d{{3}})": Words(f"{words.zh} $1社区$2网格", f"{words.en}, community $1, grid $2")
        for code, words in STREETS.items()
    }
}
"""By label: the form of a code, and the name with parts of it."""
