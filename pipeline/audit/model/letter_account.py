"""Of every dead letter that was read what became of it: open, retried or discarded. By content, as whoever repairs them counts."""

from collections import Counter
from datetime import datetime
from typing import Final

from schemas.journal.entry import JournalEntry, RecordCause
from schemas.journal.events import MessageDead, RecordForwarded
from schemas.journal.partition_events import LetterDiscarded

STATES: Final = ("open", "retried", "discarded")
_SUFFIX: Final = ":deadletter:0"


class LetterAccount:
    """Fed entry by entry, in any order of partitions: a letter that is pushed again may be decided in another one."""

    def __init__(self) -> None:
        """No entry is read yet."""
        self._content: dict[str, tuple[str, str]] = {}
        """Of each letter its topic and hash."""
        self._first: dict[str, str] = {}
        """Of a letter whose record was pushed again the one for which it was."""
        self._settled: dict[str, tuple[datetime, str]] = {}
        """What was done about a letter last."""

    def note(self, entry: JournalEntry) -> None:
        """An entry."""
        cause = entry.cause
        if not isinstance(cause, RecordCause):
            return
        letter = entry.entry_id + _SUFFIX
        is_dead = any(isinstance(event, MessageDead) for event in entry.events)
        is_decided = not isinstance(entry.events[0], RecordForwarded)
        if is_dead:
            self._content[letter] = (cause.topic, cause.sha256)
        if cause.retry_of is not None and is_decided:
            self._settle(cause.retry_of, entry.at, "open" if is_dead else "retried")
            if is_dead:
                self._first[letter] = cause.retry_of
        for event in entry.events:
            if isinstance(event, LetterDiscarded):
                self._settle(event.letter, entry.at, "discarded")

    def counts(self) -> Counter[str]:
        """How many contents are in each state."""
        states: dict[tuple[str, str], tuple[datetime | None, str]] = {}
        for letter in self._content:
            at, state = self._settled.get(letter, (None, STATES[0]))
            before = states.setdefault(self._root(letter), (at, state))
            if at is not None and (before[0] is None or at >= before[0]):
                states[self._root(letter)] = (at, state)
        return Counter(state for _, state in states.values())

    def add(self, other: "LetterAccount") -> None:
        """What another partition knows."""
        self._content |= other._content
        self._first |= other._first
        for letter, (at, state) in other._settled.items():
            self._settle(letter, at, state)

    def _settle(self, letter: str, at: datetime, state: str) -> None:
        before = self._settled.get(letter)
        if before is None or at >= before[0]:
            self._settled[letter] = (at, state)

    def _root(self, letter: str) -> tuple[str, str]:
        seen = set[str]()
        while self._first.get(letter) in self._content and letter not in seen:
            seen.add(letter)
            letter = self._first[letter]
        return self._content[letter]
