"""Dead letters by content, and what became of each. Pure: it is given what stands in the topics, in any order.

The same content of the same topic is one item, however often it came; what was pushed again for it and died again belongs to it too.

letters ─► item: first and last time, copies ─┬─ nothing more, or the last retry died again ─► open
entries with `retry_of`, `letter_discarded` ──┼─ the last retry was answered ────────────────► retried
                                              └─ discarded, and not retried since ───────────► discarded
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple

from schemas.journal.entry import JournalEntry, RecordCause
from schemas.journal.events import (
    ActionAccepted,
    ActionRefused,
    ActionRepeated,
    CaseOpened,
    MessageDead,
    ReportMerged,
    ReportRefused,
    ReportRepeated,
)
from schemas.journal.partition_events import LetterDiscarded
from schemas.outputs import DeadLetter

SUFFIX: Final = ":deadletter:0"
"""Behind the entry's id in each letter's."""


class State(StrEnum):
    """What became of it."""

    OPEN = "open"
    RETRIED = "retried"
    DISCARDED = "discarded"


class Retry(NamedTuple):
    """One pushing again: `outcome` is accepted, answered, merged, repeated, refused, dead, or forwarded where it is not decided yet."""

    entry_id: str
    at: datetime
    outcome: str
    code: str = ""
    case_id: str | None = None


class Discarded(NamedTuple):
    """By whom it was discarded, and why."""

    at: datetime
    by: str
    why: str


class LetterItem(NamedTuple):
    """A content. `copies` are its letters, the oldest first; `retries` what was pushed again for it, in order of time."""

    copies: tuple[DeadLetter, ...]
    retries: tuple[Retry, ...] = ()
    discarded: Discarded | None = None

    @property
    def first(self) -> DeadLetter:
        """The letter that came first: what is pushed again names it."""
        return self.copies[0]

    @property
    def latest(self) -> DeadLetter:
        """The letter that came last."""
        return self.copies[-1]

    @property
    def state(self) -> State:
        """What became of it; the later of a retry and a discarding counts."""
        last = self.retries[-1] if self.retries else None
        if self.discarded is not None and (last is None or last.at <= self.discarded.at):
            return State.DISCARDED
        settled = last is not None and last.outcome not in (_DEAD, _FORWARDED)
        return State.RETRIED if settled else State.OPEN


_DEAD: Final = "dead"
_FORWARDED: Final = "forwarded"


def items_of(letters: Iterable[DeadLetter], entries: Iterable[JournalEntry]) -> list[LetterItem]:
    """All contents, that which came last at the end. `entries`: those that retry or discard a letter; others are passed over."""
    known = {letter.dead_letter_id: letter for letter in letters}
    retries, discards = _by_letter(entries)
    retried_as = {retry.entry_id + SUFFIX: letter for letter, made in retries.items() for retry in made}
    copies: dict[tuple[str, str], list[DeadLetter]] = {}
    for letter in known.values():
        root = _root(letter, known, retried_as)
        copies.setdefault((root.topic, root.sha256), []).append(letter)
    items = [_item(own, retries, discards) for own in copies.values()]
    return sorted(items, key=lambda item: (item.latest.at, item.latest.dead_letter_id))


def _item(
    own: list[DeadLetter],
    retries: Mapping[str, Sequence[Retry]],
    discards: Mapping[str, Sequence[Discarded]],
) -> LetterItem:
    own.sort(key=lambda letter: (letter.at, letter.partition, letter.offset))
    ids = [letter.dead_letter_id for letter in own]
    made = sorted((retry for one in ids for retry in retries.get(one, ())), key=_order)
    given_up = sorted((one for letter in ids for one in discards.get(letter, ())), key=lambda one: one.at)
    return LetterItem(tuple(own), tuple(made), given_up[-1] if given_up else None)


def _order(retry: Retry) -> tuple[datetime, bool]:
    """What was forwarded is decided after that, perhaps in the same instant."""
    return retry.at, retry.outcome != _FORWARDED


def _root(letter: DeadLetter, known: Mapping[str, DeadLetter], retried_as: Mapping[str, str]) -> DeadLetter:
    """The letter for which this one's record was pushed again, and so on; itself for most."""
    seen = set[str]()
    while letter.dead_letter_id in retried_as and letter.dead_letter_id not in seen:
        seen.add(letter.dead_letter_id)
        before = known.get(retried_as[letter.dead_letter_id])
        if before is None:
            break
        letter = before
    return letter


def _by_letter(
    entries: Iterable[JournalEntry],
) -> tuple[dict[str, list[Retry]], dict[str, list[Discarded]]]:
    retries: dict[str, list[Retry]] = {}
    discards: dict[str, list[Discarded]] = {}
    for entry in entries:
        if isinstance(entry.cause, RecordCause) and entry.cause.retry_of is not None:
            retries.setdefault(entry.cause.retry_of, []).append(retry_in(entry))
        for event in entry.events:
            if isinstance(event, LetterDiscarded):
                discards.setdefault(event.letter, []).append(Discarded(entry.at, event.by, event.why))
    return retries, discards


def retry_in(entry: JournalEntry) -> Retry:
    """What became of a record that was pushed again."""
    for event in reversed(entry.events):
        match event:
            case MessageDead() | ReportRefused() | ActionRefused():
                outcome = _DEAD if isinstance(event, MessageDead) else "refused"
                return Retry(entry.entry_id, entry.at, outcome, event.code)
            case ReportRepeated() | ActionRepeated():
                return Retry(entry.entry_id, entry.at, "repeated", case_id=event.case_id)
            case ActionAccepted():
                return Retry(entry.entry_id, entry.at, "accepted", case_id=event.case_id)
            case CaseOpened():
                return Retry(entry.entry_id, entry.at, event.report.outcome.value, case_id=event.case_id)
            case ReportMerged():
                return Retry(entry.entry_id, entry.at, "merged", case_id=event.case_id)
            case _:
                pass
    return Retry(entry.entry_id, entry.at, _FORWARDED)


def named(items: Iterable[LetterItem], name: str) -> LetterItem | None:
    """The item of a letter's id, with or without its end, or of TOPIC:PARTITION:OFFSET; None where there is none."""
    wanted = name.removesuffix(SUFFIX)
    for item in items:
        for letter in item.copies:
            place = f"{letter.topic}:{letter.partition}:{letter.offset}"
            if wanted in (letter.entry_id, place):
                return item
    return None
