"""What concerns a partition as a whole, and no street of it: its dead letters, its time; part of `schemas.journal.events`."""

from schemas.journal.journal_event import JournalEvent
from schemas.values.text import DeadLetterId, Identifier, Instant, Note


class LetterDiscarded(JournalEvent, frozen=True, kw_only=True, tag="letter_discarded.v1"):
    """Somebody decided that nothing will be made of a dead letter of this partition."""

    letter: DeadLetterId
    action_id: Identifier
    by: Identifier
    why: Note


class TimeSetBack(JournalEvent, frozen=True, kw_only=True, tag="time_set_back.v1"):
    """The entries behind this one count from its `at` on; those before it did so from `before`, which no clock had shown yet.

    No case is touched: what was dated ahead stays so.
    """

    before: Instant
