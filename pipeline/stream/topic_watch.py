"""Watches the topics themselves, and stops a worker that decides on what the log will not keep: everything here is exit code 78.

each look     topics there, of the same ids and partition counts; no log ends before where it ended; no state was deleted
each minute   all that `enforcement topics check` knows
"""

import logging
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Final

from pipeline.stream import broker_topics
from pipeline.stream.brokers import Ends
from pipeline.stream.core_protocol import WorkerParts
from pipeline.stream.partition.known_log import KnownPartition
from schemas import topics
from schemas.errors import PARTITIONS_DIFFER, CorruptLog, Unavailable

log: Final = logging.getLogger("enforcement.watch")
MISSING_S: Final = 12.0
CHECK_S: Final = 60.0
_MISSING: Final = "topic_missing"
_DIFFERS: Final = "topics_differ"
_WATCHED: Final = (*topics.INPUTS, topics.CASES, topics.JOURNAL)


class TopicWatch:
    """Of one worker, and one thread."""

    def __init__(self, parts: WorkerParts, missing_s: float = MISSING_S, check_s: float = CHECK_S) -> None:
        """`missing_s`: what is wrong for so long is wrong; a broker that starts learns its topics late. `check_s`: how often the
        topics' settings are compared.
        """
        self._parts = parts
        self._settings = parts.settings
        self._now_s = parts.machine.monotonic
        self._missing_s = missing_s
        self._check_s = check_s
        self._checked_at_s = self._now_s()
        self._topic_ids: dict[str, str] = {}
        self._wrong_since: dict[str, float] = {}

    def look(self) -> None:
        """Compare the topics with those known.

        Raises:
            CorruptLog: the worker must not go on.
            Unavailable: the brokers do not answer, or do not know their topics yet.
        """
        self._compare_topics()
        if _DIFFERS in self._wrong_since or self._now_s() - self._checked_at_s >= self._check_s:
            self._checked_at_s = self._now_s()
            self._compare_settings()

    def ends(self, partition: int) -> Mapping[str, Ends]:
        """Of the watched topics (contract names), compared with those known. Raises as `look`."""
        known = self._parts.known_log.of(partition)
        ends = self._parts.brokers.ends(_WATCHED, partition)
        self._compare_ends(known, ends)
        return ends

    def look_at_others(self, own: AbstractSet[int]) -> None:
        """Compare the ends of the partitions that other workers have: whoever takes one over may know less. Raises CorruptLog."""
        others = [number for number in range(self._settings.partitions) if number not in own]
        known = [self._parts.known_log.of(number) for number in others]
        try:
            ends = self._parts.brokers.all_ends(_WATCHED, others) if others else {}
        except Unavailable as error:
            log.debug("not watching the others' partitions: %s", error)
            return
        for partition in known:
            self._compare_ends(partition, {name: ends[name, partition.partition] for name in _WATCHED})

    def _compare_topics(self) -> None:
        """A topic made anew under its name: its offsets mean something else. One with more partitions: nobody works what comes there."""
        present = self._parts.brokers.topics(topic.name for topic in topics.TOPICS)
        missing = ", ".join(name for name in _WATCHED if name not in present)
        if self._lasts(_MISSING, bool(missing)):
            raise CorruptLog(_MISSING, f"{missing} is gone ({broker_topics.RUNBOOK})")
        if missing:
            raise Unavailable(_MISSING, f"{missing} is not there now")
        for name, facts in present.items():
            if self._topic_ids.setdefault(name, facts.topic_id) != facts.topic_id and name in _WATCHED:
                raise CorruptLog("topic_replaced", f"{name} was made anew ({broker_topics.RUNBOOK})")
            if facts.partitions > self._settings.partitions:
                found = broker_topics.partitions_differ(self._settings, name, facts.partitions)
                raise CorruptLog(PARTITIONS_DIFFER, f"{found} ({broker_topics.what_to_do([found])})")

    def _compare_ends(self, known: KnownPartition, ends: Mapping[str, Ends]) -> None:
        known.compare_ends(ends)
        self._parts.known_log.saw(known.partition, ends)
        begin = ends[topics.CASES].begin
        if known.state_begin is not None and known.state_begin < begin:
            line = f"{topics.CASES}/{known.partition} begins at {begin}: what stood before was deleted"
            raise CorruptLog("state_deleted", f"{line} ({broker_topics.RUNBOOK})")

    def _compare_settings(self) -> None:
        found = broker_topics.differences(self._settings, self._parts.brokers)
        if self._lasts(_DIFFERS, bool(found)):
            lines = "; ".join(map(str, found))
            raise CorruptLog(_DIFFERS, f"{lines} ({broker_topics.what_to_do(found)})")

    def _lasts(self, what: str, is_wrong: bool) -> bool:
        """Whether it has been wrong for too long."""
        if not is_wrong:
            self._wrong_since.pop(what, None)
            return False
        return self._now_s() - self._wrong_since.setdefault(what, self._now_s()) > self._missing_s
