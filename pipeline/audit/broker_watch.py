"""What `enforcement audit --watch` tells of the brokers between two runs: how full their disks are, and replicas that are behind.

A broker whose disk is full stops; it is seen before, from outside, whoever runs the brokers.
"""

import threading
import time
from collections.abc import Iterable
from contextlib import closing
from typing import Final

from prometheus_client import Gauge

from pipeline.audit.gauges import REGISTRY
from pipeline.kafka_log.broker_admin import BrokerAdmin
from pipeline.kafka_log.connection import Connection
from pipeline.metrics import made
from schemas import topics
from schemas.errors import Unavailable

LOOK_S: Final = 15.0
_DISK: Final = ("broker", "folder")
_USABLE: Final = made(
    Gauge,
    "audit_disk_usable_bytes",
    "Free for a broker on the disk of its logs",
    "消息服务磁盘可用",
    _DISK,
    registry=REGISTRY,
)
_TOTAL: Final = made(
    Gauge,
    "audit_disk_total_bytes",
    "Size of the disk of a broker's logs",
    "消息服务磁盘总量",
    _DISK,
    registry=REGISTRY,
)
_OFFLINE: Final = made(
    Gauge,
    "audit_disk_offline",
    "1 where a broker cannot use the folder of its logs",
    "消息服务磁盘离线",
    _DISK,
    registry=REGISTRY,
)
_BEHIND: Final = made(
    Gauge,
    "audit_partitions_behind",
    "Partitions with a replica that is not in sync",
    "副本未同步的分区",
    ("topic",),
    registry=REGISTRY,
)
_NAMES: Final = tuple(topic.name for topic in topics.TOPICS)


class BrokerWatch:
    """Looks every quarter of a minute, in a thread of its own. While no broker answers there are no figures: old ones would be believed."""

    def __init__(self) -> None:
        """Has told of nothing yet."""
        self._exported: dict[Gauge, set[tuple[str, ...]]] = {}

    def start(self, connection: Connection) -> None:
        """Until the process ends."""
        threading.Thread(target=self._run, args=(connection,), name="brokers", daemon=True).start()

    def look(self, connection: Connection) -> None:
        """Once."""
        try:
            with closing(BrokerAdmin(connection)) as admin:
                disks, facts = admin.disks(), admin.topics(_NAMES)
        except Unavailable:  # the audit's own runs count and tell of it
            disks, facts = [], {}
        known = [disk for disk in disks if not disk.offline and disk.total_bytes > 0]
        self._export(_USABLE, [((str(disk.broker), disk.folder), disk.usable_bytes) for disk in known])
        self._export(_TOTAL, [((str(disk.broker), disk.folder), disk.total_bytes) for disk in known])
        self._export(_OFFLINE, [((str(disk.broker), disk.folder), disk.offline) for disk in disks])
        self._export(_BEHIND, [((name,), len(topic.behind)) for name, topic in facts.items()])

    def _export(self, gauge: Gauge, series: Iterable[tuple[tuple[str, ...], float]]) -> None:
        """These series, and no others."""
        labels = set()
        for values, number in series:
            gauge.labels(*values).set(number)
            labels.add(values)
        for gone in self._exported.get(gauge, set()) - labels:
            gauge.remove(*gone)
        self._exported[gauge] = labels

    def _run(self, connection: Connection) -> None:
        while True:
            self.look(connection)
            time.sleep(LOOK_S)
