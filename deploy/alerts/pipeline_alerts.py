"""Alerts about the pipeline, for whoever runs it: whether it is alive, keeps up and is right, and whether its clocks agree."""

from collections.abc import Iterator
from typing import Final

from deploy.alerts.alert import Alert, AlertText, alert_of, duration_zh
from deploy.alerts.broker_alerts import broker_alerts
from pipeline.indicators.alert_tables import AlertsTable
from pipeline.indicators.indicator_table import MetricTerm
from pipeline.indicators.objectives import Objectives
from pipeline.indicators.stock_records import INCOMPLETE, VIOLATIONS, last

_OWNED: Final = MetricTerm("enforcement_partitions", 'state=~"open|parked"', gauge=True)
_OPENING: Final = MetricTerm("enforcement_partitions", 'state="opening"', gauge=True)
_OUR_FAULT: Final = 'code="internal_error"'
_LOOP_WINDOW: Final = "15m"
_TAKEN_OVER: Final = "2m"
"""Within so long a partition has another owner."""
_IN_FUTURE: Final = 'code=~".+_in_future"'


def machine_alerts(objectives: Objectives) -> Iterator[Alert]:
    """All of them, in the order of objectives.yaml."""
    alerts = objectives.table.alerts
    yield from _audit(alerts)
    yield from _pace(alerts)
    yield from _input(alerts)
    yield from _workers(alerts)
    yield from _partitions(alerts)
    yield from _trouble(alerts)
    yield from _clocks(alerts)
    yield from broker_alerts(alerts)
    yield from _messages(alerts)


def _increase(metric: str, window: str, where: str = "", by: str = "") -> str:
    """The increase of a counter."""
    return MetricTerm(metric, where).query(window, by=by)


def _audit(alerts: AlertsTable) -> Iterator[Alert]:
    yield alert_of(
        "loop_broken",
        alerts.loop_broken,
        f"max by (invariant) ({VIOLATIONS}) > 0",
        AlertText(
            "闭环被破坏：{{ $labels.invariant }}",
            "The loop is broken: {{ $labels.invariant }}",
            "审计发现 {{ $value }} 处违反不变量 {{ $labels.invariant }}：有上报、案件或答复与承诺不符。",
            "The audit has found {{ $value }} violations of {{ $labels.invariant }}: a report, a case or an answer is not as promised.",
        ),
    )
    entry = alerts.audit_silent
    ran = "max(enforcement_audit_last_run_timestamp_seconds)"
    yield alert_of(
        "audit_silent",
        entry,
        f"abs(time() - {ran}) > {entry.age_minutes_max * 60} or absent(enforcement_audit_last_run_timestamp_seconds)",
        AlertText(
            "审计没有运行",
            "The audit does not run",
            f"最近 {entry.age_minutes_max} 分钟没有完成的审计（或其时钟偏离如此之多）：此刻无法证明没有丢件。",
            f"No audit has ended in the last {entry.age_minutes_max} minutes, or its clock is that far off: nobody proves now that nothing "
            "is lost.",
        ),
    )


def _pace(alerts: AlertsTable) -> Iterator[Alert]:
    stale, lag = alerts.decisions_stale, alerts.lag_high
    yield alert_of(
        "decisions_stale",
        stale,
        f"max by (instance) (enforcement_input_age_seconds) > {stale.age_seconds_max}",
        AlertText(
            "来件迟迟未判：{{ $labels.instance }}",
            "Input waits for a decision: {{ $labels.instance }}",
            "{{ $labels.instance }} 最早的未判记录已等待 {{ $value | humanizeDuration }}。看板上的数字也落后这么多。",
            "The oldest record of {{ $labels.instance }} that is not decided has waited {{ $value | humanizeDuration }}. The boards are "
            "behind by as much.",
        ),
    )
    yield alert_of(
        "lag_high",
        lag,
        # each partition once, and while it has no owner as it was: a backlog is not gone because nobody tells of it
        f"sum by (topic) (max by (topic, partition) (last_over_time(enforcement_lag_records[{_TAKEN_OVER}]))) > {lag.records_max}",
        AlertText(
            "积压过多：{{ $labels.topic }}",
            "Large backlog: {{ $labels.topic }}",
            "{{ $labels.topic }} 有 {{ $value }} 条记录尚未判定。",
            "{{ $value }} records of {{ $labels.topic }} are not decided yet.",
        ),
    )


def _input(alerts: AlertsTable) -> Iterator[Alert]:
    letters, calendar = alerts.dead_letters, alerts.calendar_provisional
    yield alert_of(
        "dead_letters",
        letters,
        f"{_increase('enforcement_dead_letters_total', '1h')} > {letters.letters_per_hour_max}",
        AlertText(
            "死信过多",
            "Many dead letters",
            f"一小时内有 {{{{ $value }}}} 条来件无法读懂（超过 {letters.letters_per_hour_max} 条即提示）。",
            f"{{{{ $value }}}} messages could not be understood within an hour; told above {letters.letters_per_hour_max}.",
        ),
    )
    internal = alerts.internal_errors
    yield alert_of(
        "internal_errors",
        internal,
        f"{_increase('enforcement_dead_letters_total', '1h', _OUR_FAULT)} > {internal.letters_per_hour_max}",
        AlertText(
            "系统自身错误导致死信",
            "Dead letters by a fault of the pipeline itself",
            "一小时内有 {{ $value }} 条来件因程序错误未能处理：来件无误，需要人工修复后重放。",
            "{{ $value }} messages were set aside within an hour for an error in our code: they are well, and have to be repaired by people.",
        ),
    )
    yield alert_of(
        "calendar_provisional",
        calendar,
        f"{last(MetricTerm('enforcement_provisional_cases', gauge=True).query(''))} > {calendar.cases_max}",
        AlertText(
            "时限依据未公布的节假日",
            "Deadlines count on a calendar that is not announced",
            "{{ $value }} 件在办案件的时限落在尚未录入放假安排的年份，均为暂定。",
            "The deadlines of {{ $value }} open cases lie in a year whose holidays are not in the rules yet: they are provisional.",
        ),
    )


def _workers(alerts: AlertsTable) -> Iterator[Alert]:
    yield alert_of(
        "worker_down",
        alerts.worker_down,
        'up{job="worker"} == 0',
        AlertText(
            "工作进程无应答：{{ $labels.instance }}",
            "A worker does not answer: {{ $labels.instance }}",
            "Prometheus 读不到 {{ $labels.instance }} 的指标，其分区应由其他进程接管。",
            "Prometheus cannot read {{ $labels.instance }}. Another worker should have taken its partitions over.",
        ),
    )
    yield alert_of(
        "no_worker",
        alerts.no_worker,
        'absent(up{job="worker"} == 1)',
        AlertText(
            "没有任何工作进程",
            "There is no worker at all",
            "没有一个工作进程应答：来件仍被 Kafka 保存，但无人判定，时限照走。",
            "No worker answers. What is pushed is kept by Kafka, but nothing is decided, and deadlines run on.",
        ),
    )
    starts = alerts.crash_loop
    yield alert_of(
        "crash_loop",
        starts,
        f'max by (instance) (changes(process_start_time_seconds{{job="worker"}}[{_LOOP_WINDOW}])) > {starts.starts_max}',
        AlertText(
            "工作进程反复重启：{{ $labels.instance }}",
            "A worker starts again and again: {{ $labels.instance }}",
            f"{{{{ $labels.instance }}}} 在 {duration_zh(_LOOP_WINDOW)}内重启了 {{{{ $value }}}} 次：每次启动后很快退出，其分区没有推进。",
            f"{{{{ $labels.instance }}}} started {{{{ $value }}}} times within {_LOOP_WINDOW}: each time it ends soon, and its partitions "
            "do not move.",
        ),
    )
    yield alert_of(
        "rules_differ",
        alerts.rules_differ,
        "count(count by (version) (enforcement_rules_info)) > 1",
        AlertText(
            "各工作进程的规则版本不一",
            "Workers have different rules",
            "同时有 {{ $value }} 个规则版本在用：同样的来件在不同街道会有不同的结果。",
            "{{ $value }} versions of the rules are in use: the same report is decided differently from street to street.",
        ),
    )


def _partitions(alerts: AlertsTable) -> Iterator[Alert]:
    yield alert_of(
        "partitions_unowned",
        alerts.partitions_unowned,
        f"{_OWNED.query('')} < max(enforcement_topic_partitions)",
        AlertText(
            "有分区无人处理",
            "Partitions nobody works",
            "只有 {{ $value }} 个分区有人处理，少于主题的分区数：其余分区的街道停摆。",
            "Only {{ $value }} partitions are being worked, fewer than there are: the streets of the others stand still.",
        ),
    )
    yield alert_of(
        "stock_incomplete",
        alerts.stock_incomplete,
        f"max({INCOMPLETE}) > 0",
        AlertText(
            "在办、超期等数字不完整",
            "What stands is not counted in full",
            "有 {{ $value }} 个分区的案件未被统计：看板显示“数据不完整”，案件类告警保持最后完整统计时的状态。",
            "The cases of {{ $value }} partitions are not counted: boards say so in place of numbers, and alerts about cases stay as when all "
            "was last counted.",
        ),
    )
    yield alert_of(
        "restore_stuck",
        alerts.restore_stuck,
        f"{_OPENING.query('', by='instance')} > 0",
        AlertText(
            "分区恢复迟迟未完：{{ $labels.instance }}",
            "A partition does not get open: {{ $labels.instance }}",
            f"{{{{ $labels.instance }}}} 有 {{{{ $value }}}} 个分区恢复超过 {alerts.restore_stuck.for_minutes} 分钟。",
            f"{{{{ $labels.instance }}}} has been opening {{{{ $value }}}} partitions for more than {alerts.restore_stuck.for_minutes} minutes.",
        ),
    )
    entry = alerts.opening_waits
    yield alert_of(
        "opening_waits",
        entry,
        f"max by (partition) (enforcement_open_waits_seconds) > {entry.wait_seconds_max}",
        AlertText(
            "分区等待他人的事务：{{ $labels.partition }}",
            "An opening waits for somebody's transaction: {{ $labels.partition }}",
            "分区 {{ $labels.partition }} 已等待未结束的事务 {{ $value | humanizeDuration }}。",
            "The opening of partition {{ $labels.partition }} has waited {{ $value | humanizeDuration }} for a transaction that does not end.",
        ),
    )


def _trouble(alerts: AlertsTable) -> Iterator[Alert]:
    fencings, retired, slow = alerts.many_fencings, alerts.producers_retired, alerts.commits_slow
    yield alert_of(
        "many_fencings",
        fencings,
        f"{_increase('enforcement_fencings_total', '1h')} > {fencings.fencings_per_hour_max}",
        AlertText(
            "工作进程互相争夺分区",
            "Workers take partitions from each other",
            "一小时内有 {{ $value }} 次分区被他人夺走。数据不会错，但处理会停顿。",
            "{{ $value }} partitions were lost to another owner within an hour. Nothing becomes wrong by it, but work halts each time.",
        ),
    )
    yield alert_of(
        "producers_retired",
        retired,
        f"{_increase('enforcement_producers_retired_total', '1h', by='reason')} > {retired.retired_per_hour_max}",
        AlertText(
            "提交频频存疑：{{ $labels.reason }}",
            "Commits are often in doubt: {{ $labels.reason }}",
            "一小时内有 {{ $value }} 个生产者因“{{ $labels.reason }}”被弃用，多半是 Kafka 缓慢或网络不稳。",
            "{{ $value }} producers were given up within an hour for {{ $labels.reason }}: most likely brokers are slow or the network loses "
            "answers.",
        ),
    )
    buckets = MetricTerm("enforcement_commit_seconds_bucket").query("10m", by="le")
    yield alert_of(
        "commits_slow",
        slow,
        f"histogram_quantile(0.5, {buckets}) > {slow.commit_seconds_max:g}",
        AlertText(
            "Kafka 提交缓慢",
            "Kafka commits slowly",
            "半数提交用时 {{ $value | humanizeDuration }} 以上：案件照常判定，但每一步都晚这么久，积压时追赶更慢。",
            "Half of the commits take {{ $value | humanizeDuration }} or more: cases are decided as ever, but each step comes so much later, and "
            "a backlog takes longer.",
        ),
    )


def _clocks(alerts: AlertsTable) -> Iterator[Alert]:
    late, loop, suspect = alerts.timers_late, alerts.loop_lag, alerts.clock_suspect
    buckets = MetricTerm("enforcement_timer_late_seconds_bucket").query("15m", by="le")
    yield alert_of(
        "timers_late",
        late,
        f"histogram_quantile(0.99, {buckets}) > {late.late_seconds_max}",
        AlertText(
            "预警和超期通知延迟",
            "Warnings and breaches are told late",
            "百分之一的定时事项晚于应发时间 {{ $value | humanizeDuration }} 以上。",
            "One timer in a hundred fired {{ $value | humanizeDuration }} or more after it was due.",
        ),
    )
    yield alert_of(
        "loop_lag",
        loop,
        f"max by (instance) (enforcement_loop_lag_seconds) > {loop.lag_seconds_max:g}",
        AlertText(
            "事件循环迟滞：{{ $labels.instance }}",
            "The event loop is late: {{ $labels.instance }}",
            "{{ $labels.instance }} 的事件循环晚醒 {{ $value | humanizeDuration }}，再久会被踢出消费组。",
            "The event loop of {{ $labels.instance }} wakes {{ $value | humanizeDuration }} late. If it gets worse its heartbeats stop and it "
            "loses its partitions.",
        ),
    )
    yield alert_of(
        "clock_suspect",
        suspect,
        f"{_increase('enforcement_refusals_total', '1h', _IN_FUTURE, by='of')} > {suspect.refusals_per_hour_max}",
        AlertText(
            "时钟可疑",
            "Somebody's clock is wrong",
            "一小时内有 {{ $value }} 条{{ $labels.of }}因时间在未来被拒：来源设备的时钟偏快，或本机时钟偏慢。",
            "{{ $value }} records ({{ $labels.of }}) were refused within an hour because their time lies ahead: a source's clock is fast, or "
            "ours is slow.",
        ),
    )


def _messages(alerts: AlertsTable) -> Iterator[Alert]:
    entry = alerts.not_delivered
    not_taken = _increase(
        "enforcement_notify_messages_total", "15m", 'result=~"refused|failed"', by="channel"
    )
    gone = 'label_replace(max(up{job="notify"}) == 0, "channel", "notify", "", "")'
    yield alert_of(
        "not_delivered",
        entry,
        f"{not_taken} > {entry.failures_max} or {gone}",
        AlertText(
            "告警送不到人：{{ $labels.channel }}",
            "Alerts do not reach people: {{ $labels.channel }}",
            "近 15 分钟{{ $labels.channel }}多次未收下消息，或通知进程没有运行。未送达的会重发，但此刻无人收到。",
            "{{ $labels.channel }} has not taken messages for 15 minutes, or the notifier does not run. What was not taken is sent again, but "
            "nobody hears of it now.",
        ),
    )
