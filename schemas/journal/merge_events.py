"""Cases that are merged by hand, and what was merged wrongly taken apart again; part of `schemas.journal.events`.

One entry touches two cases: the events of each carry its own id.
"""

from schemas.journal.journal_event import JournalEvent
from schemas.state.case import Joined
from schemas.values.order_number import OrderNumber
from schemas.values.place import Place
from schemas.values.terms import Severity, Source, Urgency
from schemas.values.text import CaseId, Identifier, Instant, Note


class CaseMerged(JournalEvent, frozen=True, kw_only=True, tag="case_merged.v1"):
    """并案: this case is over here; the case `into` is handled and answers for it."""

    case_id: CaseId
    at: Instant
    by: Identifier
    into: CaseId
    note: Note = ""


class CaseJoined(JournalEvent, frozen=True, kw_only=True, tag="case_joined.v1"):
    """Another case was merged into this one. The earlier of two deadlines holds for both."""

    case_id: CaseId
    joined: Joined


class CaseAmended(JournalEvent, frozen=True, kw_only=True, tag="case_amended.v1"):
    """What joined the case is more urgent than it, or says better where it is; or what did so was split off again.

    `source` and `source_no` name the report that brought it. `raised`: the holder is told, since it is more urgent than before.
    """

    case_id: CaseId
    at: Instant
    severity: Severity
    urgency: Urgency
    place: Place
    source: Source | None = None
    source_no: OrderNumber | None = None
    raised: bool = False


class ReportSplit(JournalEvent, frozen=True, kw_only=True, tag="report_split.v1"):
    """拆案: the report was merged into this case wrongly. `to` is the case that it becomes, or with which it came."""

    case_id: CaseId
    source: Source
    source_no: OrderNumber
    to: CaseId
    by: Identifier
    note: Note = ""


class CaseUnmerged(JournalEvent, frozen=True, kw_only=True, tag="case_unmerged.v1"):
    """The case is one of its own again, and goes on where it stood when it was merged."""

    case_id: CaseId
    by: Identifier
