"""Hands each alert group to all channels of its audience, at least once each.

Alertmanager posts a group again until it is answered with 2xx, which it is only when every channel has taken it. Meanwhile is
remembered which have, so that people do not hear the same again from one channel while another is out of order.
"""

import logging
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import Final, NamedTuple

from pipeline.notify.alert_group import AlertGroup, News
from pipeline.notify.channel import Channel, NotTaken, SendResult
from pipeline.notify.message_text import MessageTexts
from pipeline.notify.notify_metrics import count

log: Final = logging.getLogger("enforcement.notify")
REMEMBERED_S: Final = 3_000.0
"""Shorter than any `repeat_hours`: then Alertmanager means to tell it again."""
_CHANNELS_AT_ONCE: Final = 16
_Pending = tuple[str, News]


class _Taken(NamedTuple):
    """Which channels have a message that others still lack, and since when the first has."""

    since_s: float
    channels: frozenset[int]


class Delivery:
    """Of one process; what it remembers ends with it."""

    def __init__(
        self,
        channels: Mapping[str, tuple[Channel, ...]],
        texts: MessageTexts,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`channels` by audience."""
        self._channels = channels
        self._texts = texts
        self._clock = clock
        self._lock = Lock()
        self._taken: dict[_Pending, _Taken] = {}

    def audiences(self) -> Iterable[str]:
        """All that there are."""
        return self._channels.keys()

    def deliver(self, audience: str, group: AlertGroup) -> bool:
        """Whether every channel of the audience has it now."""
        channels = self._channels[audience]
        pending = audience, group.news()
        taken = self._taken_before(pending)
        lacking = [place for place in range(len(channels)) if place not in taken]
        with ThreadPoolExecutor(min(_CHANNELS_AT_ONCE, len(channels))) as pool:
            results = pool.map(lambda place: self._send(channels[place], audience, group), lacking)
            now_taken = frozenset(place for place, is_sent in zip(lacking, results, strict=True) if is_sent)
        is_whole = len(taken | now_taken) == len(channels)
        self._remember(pending, taken | now_taken, is_whole=is_whole)
        return is_whole

    def _send(self, channel: Channel, audience: str, group: AlertGroup) -> bool:
        message = self._texts.message(audience, group, channel.form)
        try:
            channel.send(message)
        except NotTaken as why:
            log.warning("%s for %s has not taken it (%s): %s", channel.kind, audience, why.result, why)
            count(channel.kind, why.result)
            return False
        log.info("%s for %s has taken %d alerts", channel.kind, audience, len(group.alerts))
        count(channel.kind, SendResult.SENT)
        return True

    def _taken_before(self, pending: _Pending) -> frozenset[int]:
        with self._lock:
            now = self._clock()
            self._taken = {
                key: taken for key, taken in self._taken.items() if now - taken.since_s < REMEMBERED_S
            }
            return self._taken[pending].channels if pending in self._taken else frozenset()

    def _remember(self, pending: _Pending, channels: frozenset[int], *, is_whole: bool) -> None:
        with self._lock:
            before = self._taken.pop(pending, None)
            if channels and not is_whole:
                self._taken[pending] = _Taken(before.since_s if before else self._clock(), channels)
