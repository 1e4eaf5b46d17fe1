"""The operator's board: whether every partition has a worker, whether it keeps up, whether the log keeps its invariants."""

from typing import Final

from deploy.grafana.kit import queries
from deploy.grafana.kit.board import Board, Section
from deploy.grafana.kit.board_bounds import AUDIT_AGE_SECONDS_MAX, LOOP_LAG_SECONDS_MAX
from deploy.grafana.kit.number_looks import COUNT, NUMBER, SECONDS, Look
from deploy.grafana.kit.panel_text import PanelText
from deploy.grafana.kit.panels import PanelQuery, Sized, figure, heat_map, level_query, lines
from deploy.grafana.kit.thresholds import act_from
from deploy.grafana.sections.reliability import audit, partitions, timers
from deploy.grafana.sections.step_times import RATE, quantiles
from deploy.grafana.sections.trust import freshness, lost, waits
from deploy.value_words import NAMES, Words
from schemas.values.terms import ReportOutcome

_PER_SECOND: Final = Look("cps", floor=0)


def board() -> Board:
    """The whole board."""
    return Board(
        key="health",
        title=Words("综合执法·运行看板", "Enforcement: pipeline health"),
        about=Words(
            "每个分区都有人做吗？跟得上吗？日志如所承诺吗？",
            "Has every partition a worker, does it keep up, is the log as promised?",
        ),
        sections=(
            Section(Words("现在", "Now"), _now()),
            Section(Words("跟得上吗", "Does it keep up"), _pace()),
            Section(Words("分区与接管", "Partitions and who owns them"), partitions()),
            Section(Words("到时触发", "Timers"), timers()),
            Section(Words("审计与死信", "Audit and dead letters"), audit()),
        ),
        since="now-24h",
    )


def _now() -> tuple[Sized, ...]:
    audited = "time() - max(enforcement_audit_last_run_timestamp_seconds)"
    return (
        freshness(8),
        lost(8),
        _owned(),
        _watched(
            PanelText(
                "违反不变量",
                "Violations",
                Words("最近一次审计的全部违反；应为 0", "All that the last audit found; 0 is right"),
            ),
            "sum(enforcement_audit_violations)",
            COUNT,
            0,
        ),
        _watched(
            PanelText(
                "距上次审计",
                "Since the last audit",
                Words(
                    f"超过 {AUDIT_AGE_SECONDS_MAX // 60} 分钟须处理",
                    f"Above {AUDIT_AGE_SECONDS_MAX // 60} min somebody must act",
                ),
            ),
            audited,
            SECONDS,
            AUDIT_AGE_SECONDS_MAX,
        ),
        _watched(
            PanelText(
                "事件循环迟滞",
                "Loop lag",
                Words(
                    f"最慢的工作进程；超过 {LOOP_LAG_SECONDS_MAX} 秒须处理",
                    f"The slowest worker; above {LOOP_LAG_SECONDS_MAX} s somebody must act",
                ),
            ),
            queries.gauge("enforcement_loop_lag_seconds", how="max"),
            SECONDS,
            LOOP_LAG_SECONDS_MAX,
        ),
    )


def _owned() -> Sized:
    # each once, though its old and its new owner may both tell of it
    owned = "(count(max by (partition) (enforcement_partition_generation)) or vector(0))"
    missing = f"(max(enforcement_topic_partitions) - {owned})"
    return figure(
        PanelText(
            "分区",
            "Partitions",
            Words(
                "已打开的与应有的；相差即无人处理",
                "Open ones and how many there should be; nobody works the difference",
            ),
        ),
        [
            PanelQuery(owned, Words("已打开", "open"), look=COUNT),
            PanelQuery("max(enforcement_topic_partitions)", Words("应有", "of"), look=COUNT),
            level_query(f"({missing} > bool 0) * 2"),
        ],
        COUNT,
        width=8,
    )


def _watched(about: PanelText, query: str, look: Look, most: float) -> Sized:
    """A number, and whether it exceeds `most`."""
    steps = act_from(most + 1 if look is COUNT else most)
    return figure(
        about,
        [
            PanelQuery(query, Words("现在", "now"), look=look._replace(steps=steps)),
            level_query(f"({query} > bool {most:g}) * 2"),
        ],
        look,
        width=8,
    )


def _per_second(metric: str, by: str) -> str:
    return f"sum by ({by}) (rate({metric}[{RATE}]))"


def _pace() -> tuple[Sized, ...]:
    return (*_waiting(), *_transactions(), *_written())


def _waiting() -> tuple[Sized, ...]:
    return (
        lines(
            PanelText(
                "积压",
                "Lag",
                Words(
                    "尚未处理的输入记录，按主题与分区",
                    "Input records not yet decided, by topic and partition",
                ),
            ),
            [
                PanelQuery(
                    queries.lag("topic, partition"),
                    legend="{{topic}}/{{partition}}",
                )
            ],
            NUMBER,
            width=8,
        ),
        waits(
            PanelText(
                "最早未处理输入",
                "Oldest undecided input",
                Words("各工作进程；0 为全部处理完", "By worker; 0 where all is decided"),
            )
        ),
        lines(
            PanelText(
                "处理速率", "Records decided", Words("每秒，按主题与结果", "Per second, by topic and outcome")
            ),
            [
                PanelQuery(
                    _per_second(f'enforcement_records_total{{outcome="{outcome.value}"}}', "topic"),
                    legend=f"{{{{topic}}}} {NAMES['outcome'][outcome.value].zh}",
                )
                for outcome in ReportOutcome
            ],
            _PER_SECOND,
            width=8,
        ),
    )


def _transactions() -> tuple[Sized, ...]:
    return (
        heat_map(
            PanelText(
                "事务用时分布",
                "Transactions, by time taken",
                Words("从第一条记录到提交", "From the first record to the commit"),
            ),
            f"sum by (le) (increase(enforcement_transaction_seconds_bucket[{RATE}]))",
            SECONDS,
            width=8,
        ),
        lines(
            PanelText("事务与提交用时", "Transaction and commit", Words("p99", "p99")),
            [
                PanelQuery(
                    queries.quantile(0.99, "enforcement_transaction_seconds", window=RATE),
                    Words("事务", "transaction"),
                ),
                PanelQuery(
                    queries.quantile(0.99, "enforcement_commit_seconds", window=RATE),
                    Words("提交", "commit"),
                ),
            ],
            SECONDS,
            width=8,
        ),
        lines(
            PanelText(
                "批量",
                "Entries per transaction",
                Words("一个事务里的台账条数", "Journal entries in one transaction"),
            ),
            quantiles("enforcement_batch_entries"),
            NUMBER,
            width=8,
        ),
    )


def _written() -> tuple[Sized, ...]:
    return (
        lines(
            PanelText("输出速率", "Records written", Words("每秒，按主题", "Per second, by topic")),
            [PanelQuery(_per_second("enforcement_outputs_total", "topic"), label="topic")],
            _PER_SECOND,
            width=8,
        ),
        lines(
            PanelText("事务结局", "Transactions by their end", Words("每秒", "Per second")),
            [PanelQuery(_per_second("enforcement_transactions_total", "end"), label="end")],
            _PER_SECOND,
            width=8,
        ),
        lines(
            PanelText("事件循环迟滞走势", "Loop lag", Words("最慢的工作进程", "The slowest worker")),
            [PanelQuery(queries.gauge("enforcement_loop_lag_seconds", how="max"), Words("最慢", "slowest"))],
            SECONDS,
            width=8,
        ),
    )
