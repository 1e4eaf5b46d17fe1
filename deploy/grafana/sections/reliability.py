"""Whether the pipeline keeps its promises: owners of partitions, punctual timers, the auditor's findings."""

from deploy.grafana.kit import queries
from deploy.grafana.kit.board_bounds import LATE_SECONDS_MAX
from deploy.grafana.kit.number_looks import BARS, COUNT, NUMBER, SECONDS, Look
from deploy.grafana.kit.panel_text import PanelText
from deploy.grafana.kit.panels import PanelQuery, Sized, bars, figure, level_query, lines, rows
from deploy.grafana.kit.table_sizes import height_of_bars
from deploy.grafana.kit.thresholds import WATCH, WELL, ThresholdStep, act_from
from deploy.grafana.sections.step_times import quantiles
from deploy.value_words import Words
from pipeline.words.field_words import TIMERS


def partitions() -> tuple[Sized, ...]:
    """Owners of partitions, how long opening takes, and whether all workers run the same rules and code."""
    rules, code = Words("规则版本", "Rules that decide"), Words("程序版本", "Code that runs")
    return (
        *_owners(),
        *_openings(),
        _versions(rules, "enforcement_rules_info"),
        _versions(code, "enforcement_build_info"),
    )


def _owners() -> tuple[Sized, ...]:
    return (
        lines(
            PanelText("分区状态", "Partitions by state", Words("所有工作进程之和", "Sum over all workers")),
            [PanelQuery(queries.gauge("enforcement_partitions", by="state"), label="state")],
            NUMBER,
            width=8,
            stacked=True,
        ),
        lines(
            PanelText("接管与再均衡", "Fencings and rebalances", Words("每小时", "Per hour")),
            [
                PanelQuery(
                    queries.increase("enforcement_fencings_total", window="1h"), Words("被接管", "fencings")
                ),
                PanelQuery(
                    queries.increase("enforcement_rebalances_total", window="1h"),
                    Words("再均衡", "rebalances"),
                ),
            ],
            NUMBER,
            width=8,
        ),
        lines(
            PanelText("生产者弃用", "Producers retired", Words("每小时，按原因", "Per hour, by reason")),
            [
                PanelQuery(
                    queries.increase("enforcement_producers_retired_total", window="1h", by="reason"),
                    label="reason",
                )
            ],
            NUMBER,
            width=8,
        ),
    )


def _openings() -> tuple[Sized, ...]:
    return (
        lines(
            PanelText(
                "恢复用时",
                "Time to open a partition",
                Words(
                    "滚动窗口内 p50 与最慢的百分之一",
                    "p50 and the slowest one in a hundred of the rolling window",
                ),
            ),
            quantiles("enforcement_restore_seconds", window=queries.ROLLING),
            SECONDS,
            width=8,
        ),
        lines(
            PanelText(
                "等待他方事务",
                "Openings that wait",
                Words(
                    "打开分区时等待他方事务结束",
                    "How long an opening waits for a foreign transaction, the longest",
                ),
            ),
            [
                PanelQuery(
                    queries.gauge("enforcement_open_waits_seconds", how="max"), Words("最长", "longest")
                )
            ],
            SECONDS,
            width=8,
        ),
    )


def _versions(title: Words, metric: str) -> Sized:
    alike = Words("多于一行即各进程不一", "More than one line: workers are not alike")
    workers = PanelQuery(f"count by (version) ({metric})", Words("工作进程", "workers"), look=COUNT)
    about = PanelText(title.zh, title.en, alike)
    return rows(about, [("version", Words("版本", "version"))], [workers], width=8, height=4)


def timers() -> tuple[Sized, ...]:
    """How late timers fire, which fired, and deadlines that may still move."""
    late = Look("s", steps=act_from(LATE_SECONDS_MAX), floor=0)
    return (
        lines(
            PanelText(
                "触发迟到",
                "Timers, how late",
                Words(f"p99 不应超过 {LATE_SECONDS_MAX} 秒", f"p99 should stay below {LATE_SECONDS_MAX} s"),
            ),
            quantiles("enforcement_timer_late_seconds"),
            late,
            width=12,
            goal_line=True,
        ),
        bars(
            PanelText("已触发", "Timers fired", Words("时段内，按种类", "In the time chosen, by kind")),
            [PanelQuery(queries.increase("enforcement_timers_fired_total", by="kind"), label="kind")],
            BARS,
            width=12,
            height=height_of_bars(len(TIMERS)),
        ),
        bars(
            PanelText(
                "审计看到的迟到",
                "Late, by the auditor",
                Words(
                    "审计从日志算出的触发迟到", "How late timers fired, as the auditor reads it from the log"
                ),
            ),
            [PanelQuery("max by (quantile) (enforcement_audit_timer_late_seconds)", label="quantile")],
            SECONDS._replace(steps=act_from(LATE_SECONDS_MAX)),
            width=6,
        ),
        _provisional(),
    )


def _provisional() -> Sized:
    query = queries.gauge("enforcement_provisional_cases")
    return figure(
        PanelText(
            "时限待定案件",
            "Provisional deadlines",
            Words(
                "时限落在尚未公布放假安排的年份",
                "Cases whose deadline counts on a year that is not announced",
            ),
        ),
        [
            PanelQuery(
                query,
                Words("案件", "cases"),
                look=COUNT._replace(steps=(ThresholdStep(None, WELL), ThresholdStep(1, WATCH))),
            ),
            level_query(f"{query} > bool 0"),
        ],
        COUNT,
        width=6,
        height=8,
    )


def audit() -> tuple[Sized, ...]:
    """The auditor's findings, how the audit runs, and what it could not read."""
    return (_invariants(), _unread(), *_audits())


def _invariants() -> Sized:
    violations = PanelQuery(
        "max by (invariant) (enforcement_audit_violations)",
        Words("违反", "violations"),
        look=COUNT._replace(steps=act_from(1)),
    )
    checks = PanelQuery("max by (invariant) (enforcement_audit_checks)", Words("检查", "checks"), look=COUNT)
    return rows(
        PanelText(
            "不变量",
            "Invariants",
            Words("最近一次审计；含义见 docs/audit.md", "The last audit; what each means: docs/audit.md"),
        ),
        [("invariant", Words("不变量", "invariant"))],
        [violations, checks],
        width=12,
        height=18,
        sort=Words("违反", ""),
    )


def _unread() -> Sized:
    code = ("code", Words("原因", "code"))
    many = Words("件数", "count")
    return rows(
        PanelText(
            "死信",
            "Dead letters",
            Words(
                "时段内，按原因；对策见 docs/codes.md",
                "In the time chosen, by code; what to do: docs/codes.md",
            ),
        ),
        [code],
        [
            PanelQuery(
                f"{queries.increase('enforcement_dead_letters_total', by='code')} > 0", many, look=COUNT
            )
        ],
        width=12,
        sort=many,
    )


def _audits() -> tuple[Sized, ...]:
    return (
        lines(
            PanelText("审计用时", "Time an audit takes", Words("最近一次", "Of the last run")),
            [PanelQuery("max(enforcement_audit_seconds)", Words("用时", "time"))],
            SECONDS,
            width=6,
            height=9,
        ),
        lines(
            PanelText(
                "审计读不到日志", "Audits that could not read", Words("每小时，按原因", "Per hour, by code")
            ),
            [
                PanelQuery(
                    queries.increase("enforcement_audit_failures_total", window="1h", by="code"), label="code"
                )
            ],
            NUMBER,
            width=6,
            height=9,
        ),
    )
