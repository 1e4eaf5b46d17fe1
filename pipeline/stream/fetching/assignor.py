"""Faust's assignment of partitions, with the partition count taken from the settings instead of the broker.

A broker that has just started may answer for a moment that there are no topics. A leader that assigns in that moment would
give no partition to anybody, every member would accept that, and no rebalance would follow: seen under faults, with all
workers alive. The settings' count was compared with every topic at the start.
"""

from collections.abc import MutableMapping
from typing import Any

from faust.assignor import PartitionAssignor


class _SureCluster:
    """The cluster's metadata; a topic that it lacks has the partitions of the settings."""

    def __init__(self, cluster: Any, partitions: int) -> None:  # noqa: ANN401  aiokafka's ClusterMetadata is untyped
        self._cluster = cluster
        self._partitions = partitions

    def partitions_for_topic(self, topic: str) -> set[int]:
        """The numbers of its partitions; never none."""
        return self._cluster.partitions_for_topic(topic) or set(range(self._partitions))


class SureAssignor(PartitionAssignor):
    """Leaves no partition without an owner while the group has a member."""

    def assign(self, cluster: Any, member_metadata: MutableMapping[str, Any]) -> MutableMapping[str, Any]:  # noqa: ANN401
        """Every partition of every subscribed topic is given to somebody."""
        app: Any = self.app  # ours, with settings of its own; Faust knows it as one of its own
        return super().assign(_SureCluster(cluster, app.settings.partitions), member_metadata)
