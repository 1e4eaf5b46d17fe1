"""What `enforcement notify` serves to Prometheus."""

from itertools import product
from typing import Final

from prometheus_client import CollectorRegistry, Counter

from pipeline.metrics import made
from pipeline.notify.channel import ChannelKind, SendResult

REGISTRY: Final = CollectorRegistry()
_KINDS: Final = tuple(kind.value for kind in ChannelKind)
_RESULTS: Final = tuple(result.value for result in SendResult)
_MESSAGES: Final = made(
    Counter,
    "notify_messages",
    "Messages to people, by channel and what became of them",
    "告警消息",
    {"channel": _KINDS, "result": _RESULTS},
    registry=REGISTRY,
)


def begin() -> None:
    """Every series is there, at 0, so that the first failure is seen."""
    for values in product(_KINDS, _RESULTS):
        _MESSAGES.labels(*values)


def count(kind: ChannelKind, result: SendResult) -> None:
    """One message."""
    _MESSAGES.labels(kind.value, result.value).inc()
