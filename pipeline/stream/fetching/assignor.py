"""Who gets which partitions: as Faust shares them out, but by the number of partitions that the deployment has.

A broker that has just started may answer for a moment that there are no topics. The member that happens to share out then
would give nobody anything, everybody would be content with nothing, and no rebalance would ever come: seen under faults,
with all workers alive. So the number is taken from the settings, which every topic was compared with at the start.
"""

from collections.abc import MutableMapping
from typing import Any

from faust.assignor import PartitionAssignor


class _Known:
    """What the broker says of the topics, and of those that it does not name, what is known."""

    def __init__(self, cluster: Any, partitions: int) -> None:  # noqa: ANN401  aiokafka's ClusterMetadata is untyped
        self._cluster = cluster
        self._partitions = partitions

    def partitions_for_topic(self, topic: str) -> set[int]:
        """The numbers of its partitions; never none."""
        return self._cluster.partitions_for_topic(topic) or set(range(self._partitions))


class SureAssignor(PartitionAssignor):
    """Leaves no partition without an owner while there is a member of the group."""

    def assign(self, cluster: Any, member_metadata: MutableMapping[str, Any]) -> MutableMapping[str, Any]:  # noqa: ANN401
        """Every partition of every subscribed topic is given to somebody."""
        app: Any = self.app  # ours, with settings of its own; Faust knows it as one of its own
        return super().assign(_Known(cluster, app.settings.partitions), member_metadata)
