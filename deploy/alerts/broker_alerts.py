"""Alerts about Kafka's brokers: as the auditor, the workers and Kafka itself see them."""

from collections.abc import Iterator

from deploy.alerts.alert import Alert, AlertText, alert_of
from pipeline.indicators.alert_tables import AlertsTable


def broker_alerts(alerts: AlertsTable) -> Iterator[Alert]:
    """All of them, in the order of objectives.yaml."""
    yield from _disks(alerts)
    yield from _silence(alerts)
    yield from _kafka(alerts)


def _disks(alerts: AlertsTable) -> Iterator[Alert]:
    entry = alerts.disk_full
    free = (
        "min by (broker, folder) (enforcement_audit_disk_usable_bytes / enforcement_audit_disk_total_bytes)"
    )
    yield alert_of(
        "disk_full",
        entry,
        f"{free} * 100 < {entry.free_percent_min} or max by (broker, folder) (enforcement_audit_disk_offline) > 0",
        AlertText(
            "Kafka 节点 {{ $labels.broker }} 的磁盘将满或不可用",
            "The disk of broker {{ $labels.broker }} is nearly full, or cannot be used",
            f"{{{{ $labels.folder }}}} 的可用空间低于 {entry.free_percent_min}%，或该目录已离线。磁盘写满后该节点停止，其上的分区随之停摆。",
            f"Less than {entry.free_percent_min} % is free for {{{{ $labels.folder }}}}, or the folder is offline. A broker whose disk is full "
            "stops, and what only it holds stands still.",
        ),
    )


def _silence(alerts: AlertsTable) -> Iterator[Alert]:
    """By the workers, whoever reads Kafka's own metrics."""
    yield alert_of(
        "broker_silent",
        alerts.broker_silent,
        "max(enforcement_broker_silent_seconds) > 0",
        AlertText(
            "Kafka 节点不应答，连接却未断",
            "A broker answers nothing, and its connections stand",
            "有 Kafka 节点已 {{ $value | humanizeDuration }} 不应答而连接未断：断电、断网或进程冻结。有副本时由其余节点接替，处理照常；没有时其分区停摆。",
            "A broker has answered nothing for {{ $value | humanizeDuration }} and closed nothing: no power, a cut cable or a frozen process. Where "
            "there are replicas the others have taken over and work goes on; where there are none its partitions stand still.",
        ),
    )


def _kafka(alerts: AlertsTable) -> Iterator[Alert]:
    """By its own metrics; where nobody reads them these are silent."""
    behind = alerts.replicas_behind
    yield alert_of(
        "broker_down",
        alerts.broker_down,
        'up{job="kafka"} == 0',
        AlertText(
            "Kafka 节点无应答：{{ $labels.instance }}",
            "A broker does not answer: {{ $labels.instance }}",
            "Prometheus 读不到 Kafka 节点 {{ $labels.instance }} 的指标。若只有这一个节点，来件无法推送，也无人判定；已收下的不会丢。",
            "Prometheus cannot read the broker {{ $labels.instance }}. If it is the only one, nothing is taken and nothing is decided; what was "
            "taken is not lost.",
        ),
    )
    yield alert_of(
        "partitions_offline",
        alerts.partitions_offline,
        "max(kafka_controller_offlinepartitionscount) > 0",
        AlertText(
            "Kafka 分区离线：{{ $value }} 个",
            "Partitions of Kafka are offline: {{ $value }}",
            "Kafka 有 {{ $value }} 个分区没有可用副本：这些分区既不能写也不能读，其街道停摆。恢复存有副本的节点或磁盘。",
            "{{ $value }} partitions of Kafka have no replica that works: they take nothing and give nothing, and their streets stand still. "
            "Bring back the broker or the disk that holds them.",
        ),
    )
    yield alert_of(
        "replicas_behind",
        behind,
        "sum(kafka_replica_underreplicatedpartitions) > 0",
        AlertText(
            "Kafka 副本不齐：{{ $value }} 个分区",
            "Replicas of Kafka are behind: {{ $value }} partitions",
            f"Kafka 有 {{{{ $value }}}} 个分区的副本落后或缺失超过 {behind.for_minutes} 分钟：现在照常工作，但再坏一个节点就可能停摆，或丢失已收下的来件。",
            f"{{{{ $value }}}} partitions of Kafka have lacked a replica for more than {behind.for_minutes} minutes: work goes on, but with one "
            "broker more gone it may halt, or lose what was taken.",
        ),
    )
    yield alert_of(
        "no_controller",
        alerts.no_controller,
        "sum(kafka_controller_activecontrollercount) < 1",
        AlertText(
            "Kafka 没有控制节点",
            "Kafka has no controller",
            "没有一个 Kafka 节点在任控制节点：眼下的读写照旧，但节点故障无人接替，分区主副本不会切换。",
            "No broker of Kafka is the active controller: reading and writing go on for now, but when a broker fails nobody takes over from it.",
        ),
    )
