"""Every metric, declared once: `docs/metrics.md` is made from this module. Labels come from closed lists only.

Where the values of all labels of a metric are known beforehand, they stand beside it: its series are exported at 0 from the start
(`pipeline.indicators.initial_series`), so that the first increment is visible as growth.

Two kinds: what a worker counts as it commits (counters, histograms, gauges of its own), and what stands in the cases of its
partitions (`_state`), which is read at each scrape (`pipeline.indicators`). Counters add up over workers. What stands is exported by
partition, of open ones only; `pipeline.indicators.stock_records` says how it is added up, whoever owns them.

Teams and streets are labels, since the rules bound their number, and so are grids of two gauges. A case is named by one gauge alone,
of a bounded number of cases (`CASE_DUE`, `STEP_DUE`), and by the exemplar of a bucket. No label names a person or a text.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import product
from typing import Final, NamedTuple, TypeVar

from prometheus_client import Counter, Gauge, Histogram, Summary, disable_created_metrics

from pipeline.core.rules.refusals import MEANINGS
from pipeline.core.rules.rules import Rules
from schemas import topics
from schemas.codes import CODES
from schemas.values.terms import (
    CaseOutcome,
    ClockKind,
    NoticeKind,
    ReportOutcome,
    ReturnReason,
    Severity,
    Source,
    SuspensionReason,
    Term,
    TimerKind,
)
from schemas.values.text import UNDETERMINED, category_of

_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
_FAST: Final = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
_SLOW: Final = (0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1_000.0, _HOUR, 6 * _HOUR, _DAY)
_STEPS: Final = (
    5 * _MINUTE,
    15 * _MINUTE,
    30 * _MINUTE,
    *(h * _HOUR for h in (1, 2, 4, 8, 16, 24, 40, 56, 80, 160, 320, 640)),
)
"""Bounds in seconds, from 5 minutes to 4 weeks day and night; of office hours 8 are a workday, 40 a week."""
AGES: Final = tuple(h * _HOUR for h in (1, 4, 8)) + tuple(d * _DAY for d in (1, 3, 7, 15, 30, 90))
_JOINT_HOURS: Final = (1, 2, 3, 4, 6, 9, 12, 18, 24, 36, 48, 72, 120, 168, 240, 360, 720)
_JOINT: Final = (15 * _MINUTE, 30 * _MINUTE, *(h * _HOUR for h in _JOINT_HOURS))
HOLDER: Final = ("street", "team", "category", "severity")
PARTITION: Final = "partition"
NOBODY: Final = "none"
"""The `team` of what no team holds."""
PARTNER_STEPS: Final[Mapping[ClockKind, str]] = {
    ClockKind.PARTNER_RESPOND: "respond",
    ClockKind.PARTNER_ARRIVE: "arrive",
    ClockKind.PARTNER_FINISH: "finish",
}
"""A partner department's clocks, as the `step` of its metric."""
RETIRED_FOR: Final = frozenset(
    {"broken_connection", "slow_commit", "timed_out", "queue_full", "state", "transport", "other"}
)
"""Reasons for which a producer is given up: a closed list."""

LabelValues = tuple[str, ...] | Callable[[Rules], Iterable[str]]
Labels = Mapping[str, LabelValues]


# --- values of labels: of the contracts' terms, and those that follow from the rules


def _of(terms: type[Term]) -> tuple[str, ...]:
    return tuple(term.value for term in terms)


def _teams(rules: Rules) -> list[str]:
    """The teams of the streets, and the departments that may have a case of their own."""
    owners = {name for name, department in rules.departments.items() if department.handles}
    return sorted(owners.union(*(street.teams for street in rules.streets.values())))


def _teams_and_nobody(rules: Rules) -> list[str]:
    return [*_teams(rules), NOBODY]


def _categories(rules: Rules) -> list[str]:
    return sorted({category_of(code) for code in rules.matters})


def _categories_opened(rules: Rules) -> list[str]:
    """A case may open before anybody knows its matter."""
    return [*_categories(rules), category_of(UNDETERMINED)]


def _departments(rules: Rules) -> list[str]:
    return sorted(rules.departments)


_YES_NO: Final = ("yes", "no")
_OWN_STEPS: Final = tuple(kind.value for kind in ClockKind if kind not in PARTNER_STEPS)
_LADDER: Final = (NoticeKind.WARNING, NoticeKind.BREACH, NoticeKind.ESCALATION)
"""The notices that have a level."""


def _notices(rules: Rules) -> Iterator[tuple[str, ...]]:
    """Kinds of notices, each with the levels that it can have."""
    levels = {
        str(rung.level)
        for service in rules.services
        for rule in service.clocks.values()
        for rung in rule.ladder.rungs
    }
    yield from ((kind.value, "") for kind in NoticeKind if kind not in _LADDER)
    yield from product((kind.value for kind in _LADDER), sorted(levels))


class DescribedMetric(NamedTuple):
    """A metric as `docs/metrics.md` shows it. `kind` is Prometheus's; `name` lacks the suffixes that Prometheus adds."""

    name: str
    kind: str
    labels: tuple[str, ...]
    en: str
    zh: str


disable_created_metrics()  # else half of all series only say when a worker started
CATALOGUE: Final[list[DescribedMetric]] = []
"""In the order of declaration: this file, then the auditor's own (`pipeline.audit.gauges`)."""
STOCK: Final[list[DescribedMetric]] = []
"""Those of the catalogue that tell what stands, each by partition beside its own labels."""
_M = TypeVar("_M", Counter, Gauge, Histogram, Summary)
Series = Callable[[Rules], Iterable[tuple[str, ...]]]
INITIAL: Final[list[tuple[Counter | Histogram | Summary, Series]]] = []
"""Metrics of which all series are known beforehand, and which those are."""


def made(
    make: Callable[..., _M],
    name: str,
    en: str,
    zh: str,
    labels: Iterable[str] | Labels = (),
    *,
    series: Series | None = None,
    **more: object,
) -> _M:
    """Declares a metric and adds it to the catalogue; `more` goes to prometheus_client.

    `labels` with their values: every combination of them is a series from the start. `series` names the series where not every
    combination exists.
    """
    CATALOGUE.append(DescribedMetric(f"enforcement_{name}", make.__name__.lower(), tuple(labels), en, zh))
    metric = make(f"enforcement_{name}", f"{en} ({zh})", tuple(labels), **more)
    if isinstance(labels, Mapping):
        series = _combined(labels)
    if series is not None and not isinstance(metric, Gauge):
        INITIAL.append((metric, series))
    return metric


def _combined(labels: Labels) -> Series:
    return lambda rules: product(*(_values(values, rules) for values in labels.values()))


def _by_street(*labels: LabelValues) -> Series:
    """Of each street its own teams, and nobody, with all values of these labels."""
    return lambda rules: (
        combined
        for street in rules.streets.values()
        for combined in product(
            (street.code,), (*sorted(street.teams), NOBODY), *(_values(values, rules) for values in labels)
        )
    )


def _values(values: LabelValues, rules: Rules) -> list[str]:
    return list(values if isinstance(values, tuple) else values(rules))


def _state(name: str, en: str, zh: str, labels: Iterable[str] = (), kind: str = "gauge") -> DescribedMetric:
    CATALOGUE.append(DescribedMetric(f"enforcement_{name}", kind, (*labels, PARTITION), en, zh))
    STOCK.append(CATALOGUE[-1])
    return CATALOGUE[-1]


# what came in
REPORTS: Final = made(
    Counter,
    "reports",
    "Reports understood, by what became of them",
    "来件",
    {
        "source": _of(Source),
        "outcome": ("opened", "answered", "merged", "updated", "urged", "repeated", "refused"),
    },
)
REFUSALS: Final = made(Counter, "refusals", "Reports and actions that were refused", "不予受理", {"of": ("report", "action"), "code": tuple(sorted(MEANINGS))})  # fmt: skip
DEAD_LETTERS: Final = made(Counter, "dead_letters", "Records that could not be worked", "死信", {"code": (*sorted(CODES), "internal_error")})  # fmt: skip
_CASE_LABELS: Final[Labels] = {
    "source": _of(Source),
    "category": _categories_opened,
    "severity": _of(Severity),
}
OPENED: Final = made(Counter, "cases_opened", "Cases opened", "登记", _CASE_LABELS)
FILED: Final = made(Counter, "cases_filed", "Cases filed, at once or after a check", "立案", _CASE_LABELS)
UNFILED: Final = made(Counter, "filings_undone", "Cases that were filed and are looked at first after all", "派员核实", _CASE_LABELS)  # fmt: skip
SELF_DISPOSED: Final = made(Counter, "self_disposed", "Cases that the finder dealt with on the spot", "自处置", {"category": _categories})  # fmt: skip
RELAPSES: Final = made(Counter, "relapses", "Cases like one that was closed a few days before", "回潮", {"category": _categories})  # fmt: skip

# who has it
DISPATCHES: Final = made(Counter, "dispatches", "Tasks given to a team, by dispatch or claim", "派遣", {"team": _teams})  # fmt: skip
FIRST_DISPATCHES: Final = made(Counter, "first_dispatches", "Cases given to a team for the first time", "首次派遣")  # fmt: skip
FIRST_RETURNS: Final = made(Counter, "first_returns", "Cases given back by the team that had them first", "首派退单", {"reason": _of(ReturnReason)})  # fmt: skip
RETURNS: Final = made(Counter, "returns", "Tasks that a team gave back", "退单", {"team": _teams, "reason": _of(ReturnReason)})  # fmt: skip
RETURNS_LIFTED: Final = made(Counter, "returns_lifted", "Tasks given back that are counted no longer, on appeal", "不纳入考核的退单", {"team": _teams})  # fmt: skip
EXTENSIONS: Final = made(Counter, "extensions", "Deadlines moved on request", "延期", {"team": _teams_and_nobody})  # fmt: skip
SUSPENSIONS: Final = made(Counter, "suspensions", "Cases that were let rest", "挂账", {"reason": _of(SuspensionReason)})  # fmt: skip
JOINT_STARTED: Final = made(Counter, "joint_started", "Joint enforcement begun", "联合执法发起")

# what was done, and whether in time
CLOCKS_ENDED: Final = made(Counter, "clocks_ended", "Steps done, and whether before their deadline", "环节办结", {"clock": _of(ClockKind), "severity": _of(Severity), "kept": _YES_NO})  # fmt: skip
CONTACTS_LIFTED: Final = made(Counter, "contacts_lifted", "Callers not contacted in time, counted no longer on appeal", "不纳入考核的未按时联系", {"severity": _of(Severity)})  # fmt: skip
CLOCK_SECONDS: Final = made(
    Histogram,
    "clock_seconds",
    "How long a step took by its own clock, halts not counted",
    "环节用时",
    {"clock": _OWN_STEPS, "hours": ("natural", "office")},
    buckets=_STEPS,
)
HANDLINGS: Final = made(Counter, "handlings", "Handlings done, and whether before the deadline", "处置", ("street", "team", "category", "kept"), series=_by_street(_categories, _YES_NO))  # fmt: skip
HANDLINGS_LIFTED: Final = made(Counter, "handlings_lifted", "Late handlings that are counted no longer, on appeal", "不纳入考核的超期", ("street", "team", "category"), series=_by_street(_categories))  # fmt: skip
DISPOSALS: Final = made(Counter, "disposals", "Handlings done, with or without recording and second officer", "执法规范", {"bodycam": _YES_NO, "two_officers": _YES_NO})  # fmt: skip
REWORKS: Final = made(Counter, "reworks", "Verifications that failed", "返工", {"team": _teams_and_nobody})
CLOSINGS: Final = made(Counter, "closings", "Cases closed, and whether before the deadline", "结案", {"team": _teams_and_nobody, "category": _categories, "kept": _YES_NO})  # fmt: skip
CASES_CLOSED: Final = made(
    Counter, "cases_closed", "Cases over, by how they ended", "办结方式", {"outcome": _of(CaseOutcome)}
)
REOPENS: Final = made(Counter, "reopens", "Cases taken up again", "重办", {"team": _teams_and_nobody})
CALL_BACKS: Final = made(Counter, "call_backs", "Callers reached, by what they said", "有效回访", ("street", "team", "solved", "satisfied"), series=_by_street(_YES_NO, _YES_NO))  # fmt: skip
UNSOLVED_LIFTED: Final = made(Counter, "unsolved_lifted", "Callers who said not solved, counted no longer on appeal", "不纳入考核的未解决", ("street", "team"), series=_by_street())  # fmt: skip
UNSATISFIED_LIFTED: Final = made(Counter, "unsatisfied_lifted", "Callers who were not satisfied, counted no longer on appeal", "不纳入考核的不满意", ("street", "team"), series=_by_street())  # fmt: skip
CALLS_IN_TURN: Final = made(Counter, "calls_in_turn", "Callers reached once all was verified: after the first handling or a later one, and whether the case was closed with it", "首次与最终回访", {"first": _YES_NO, "final": _YES_NO, "satisfied": _YES_NO})  # fmt: skip
CALLS_MISSED: Final = made(Counter, "calls_missed", "Callers not reached", "未接通")
JOINT_SECONDS: Final = made(
    Histogram,
    "joint_seconds",
    "Joint enforcement from start to end, by the calendar",
    "联合执法用时",
    buckets=_JOINT,
)
PARTNER_SECONDS: Final = made(
    Summary,
    "partner_seconds",
    "How long a partner took to answer, come and finish, by its own clock",
    "部门用时",
    {"department": _departments, "step": tuple(sorted(PARTNER_STEPS.values()))},
)
NOTICES: Final = made(Counter, "notices", "Notices sent, by kind and level of the ladder", "通知", ("kind", "level"), series=_notices)  # fmt: skip
TIMERS: Final = made(
    Counter, "timers_fired", "Timers fired and committed", "到时触发", {"kind": _of(TimerKind)}
)
TIMER_LATE: Final = made(
    Histogram, "timer_late_seconds", "Fired after due, by the brokers' clock", "触发迟到", buckets=_SLOW
)

# what stands
OPEN_CASES: Final = _state("open_cases", "Cases that are not over", "在办", ("street", "stage", "severity"))
HELD: Final = _state("held_cases", "Open cases by who holds them", "队伍在手", HOLDER)
DUE_TODAY: Final = _state("due_today_cases", "Handling is due later today", "今日到期", HOLDER)
AT_RISK: Final = _state("at_risk_cases", "The last warning before the deadline was given", "临期", HOLDER)
OVERDUE: Final = _state("overdue_cases", "The deadline of handling, or of the whole, has passed", "超期", ("clock", *HOLDER))  # fmt: skip
CASE_DUE: Final = _state("case_due_timestamp_seconds", "When the handling of a case is due that is at risk or overdue; those that come first of each street, team and severity", "临期与超期案件的处置时限", ("case", "street", "team", "category", "severity", "matter", "due"))  # fmt: skip
CHANNEL: Final = _state("channel_cases", "Open cases by where they came from", "渠道在办", ("source",))
RUNNING: Final = _state("running_clocks", "Clocks that run", "走表", ("clock",))
LATE_CLOCKS: Final = _state("overdue_clocks", "Clocks that run past their deadline", "环节超期", ("clock",))
STEP_DUE: Final = _state("step_due_timestamp_seconds", "When a step was due that nobody has taken: being accepted, dispatched, claimed, signed, decided; those overdue for longest of each", "无人接手环节的时限", ("case", "clock", "team"))  # fmt: skip
SUSPENDED: Final = _state("suspended_cases", "Cases that rest", "挂账在办", ("reason",))
SUPERVISED: Final = _state("supervised_cases", "Cases that the district supervises", "挂牌督办", ("reason",))
ORDERED: Final = _state("ordered_cases", "Cases with an order to correct: it runs, is to be inspected again, is disobeyed", "责令改正", ("state",))  # fmt: skip
GRID_OPEN: Final = _state("grid_open_cases", "Open cases by grid", "网格在办", ("grid",))
GRID_REPEATS: Final = _state("grid_repeats", "Further cases of one matter in one grid among those kept", "网格重复", ("grid",))  # fmt: skip
OPEN_AGE: Final = _state("open_case_age_seconds", "How long ago open cases were opened", "案龄", (), "gaugehistogram")  # fmt: skip
CAMERAS: Final = _state("cameras_in_use", "Body cameras with a recording of today", "今日使用的执法记录仪")
ON_DUTY: Final = _state("officers_on_duty", "Officers on duty, of streets whose people are listed", "在岗人员", ("street", "team"))  # fmt: skip
DEVICES: Final = _state("duty_devices", "Body cameras and vehicles by how they are", "装备", ("street", "device_kind", "state"))  # fmt: skip
ENDING_CERTIFICATES: Final = _state("ending_certificates", "Officers whose certificate ends within 30 days, or holds no more", "执法证将到期", ("street", "team"))  # fmt: skip
PROVISIONAL: Final = _state("provisional_cases", "Cases whose deadline counts on a year that is not announced", "时限待定")  # fmt: skip
GENERATION: Final = _state("partition_generation", "Which assignment of the group an open partition is worked by: a later owner's is greater", "分区归属代次")  # fmt: skip

# how the pipeline does
INPUT_AGE: Final = made(
    Gauge, "input_age_seconds", "Age of the oldest input that is not decided", "数据新鲜度"
)
RECORDS: Final = made(
    Counter,
    "records",
    "Input records decided and committed",
    "输入记录",
    {"topic": topics.INPUTS, "outcome": _of(ReportOutcome)},
)
ENTRIES: Final = made(Counter, "journal_entries", "Journal entries committed", "日志条目")
OUTPUTS: Final = made(
    Counter,
    "outputs",
    "Records written and committed",
    "输出记录",
    {"topic": tuple(topic.name for topic in topics.TOPICS)},
)
TRANSACTIONS: Final = made(
    Counter,
    "transactions",
    "Transactions by how they ended",
    "事务",
    {"end": ("committed", "aborted", "crashed")},
)
TRANSACTION_SECONDS: Final = made(
    Histogram, "transaction_seconds", "From first record to committed", "事务用时", buckets=_FAST
)
COMMIT_SECONDS: Final = made(Histogram, "commit_seconds", "The commit alone", "提交用时", buckets=_FAST)
BATCH: Final = made(
    Histogram,
    "batch_entries",
    "Entries per transaction",
    "批量",
    buckets=(1, 2, 3, 5, 10, 20, 30, 50, 100, 200, 300, 500, 1000, 3000),
)
PARTITIONS: Final = made(Gauge, "partitions", "Partitions of this worker by state", "分区", ("state",))
TOPIC_PARTITIONS: Final = made(
    Gauge, "topic_partitions", "Partitions of the deployment, whoever owns them", "应有分区"
)
SNAPSHOTS: Final = made(Gauge, "snapshots", "Case snapshots kept", "快照", ("partition",))
LAG: Final = made(Gauge, "lag_records", "Offsets not yet decided", "积压", ("topic", "partition"))
RESTORE_SECONDS: Final = made(Histogram, "restore_seconds", "To open a partition", "恢复用时", buckets=_SLOW)
FENCINGS: Final = made(Counter, "fencings", "Partitions lost to another owner", "被接管")
RETIRED: Final = made(
    Counter,
    "producers_retired",
    "Producers given up by reason",
    "生产者弃用",
    {"reason": tuple(sorted(RETIRED_FOR))},
)
REBALANCES: Final = made(Counter, "rebalances", "Assignments received", "再均衡")
BROKER_SILENT: Final = made(Gauge, "broker_silent_seconds", "How long the broker that is silent longest has been asked in vain, its connections open; 0 where all answer", "无应答 Kafka 节点的最长持续时间")  # fmt: skip
BROKER_SILENCES: Final = made(
    Counter,
    "broker_silences",
    "Brokers that stopped answering, their connections open",
    "Kafka 节点无应答次数",
)
LOOP_LAG: Final = made(Gauge, "loop_lag_seconds", "How late the event loop wakes", "事件循环迟滞")
CLOCK_OFFSET: Final = made(Gauge, "clock_offset_seconds", "How far this worker's clock is ahead of the brokers'; negative where it is behind", "本机时钟与 Kafka 时钟之差")  # fmt: skip
BLOCKED: Final = made(Gauge, "open_waits_seconds", "How long an opening waits for a foreign transaction", "等待他方事务", ("partition",))  # fmt: skip
RULES_INFO: Final = made(Gauge, "rules_info", "1 for the rules that decide", "规则版本", ("version",))
BUILD_INFO: Final = made(Gauge, "build_info", "1 for the code that runs", "程序版本", ("version",))
