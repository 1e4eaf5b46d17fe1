"""What comes under the number of a report that is in a case already; part of `schemas.journal.events`."""

from typing import Annotated

from schemas import limits
from schemas.inputs.action_base import EvidenceList
from schemas.journal.journal_event import JournalEvent
from schemas.state.case import ReportUpdate, SetAside
from schemas.values.bounds import at_most
from schemas.values.order_number import OrderNumber
from schemas.values.place import Place
from schemas.values.terms import Severity, Source
from schemas.values.text import CallerToken, CaseId, Identifier, Instant, MatterCode, Note, Text
from schemas.values.update_terms import ReportMark


class ReportUpdated(JournalEvent, frozen=True, kw_only=True, tag="report_updated.v1", omit_defaults=True):
    """补充, 催办, 变更, 撤销: the number comes again and says something else. What it asks for, or raises, has events of its own.

    `said` is its text, `text` that of the case with it, where it grew; `evidence` what was not there yet, of which `set_aside` proves
    nothing; `caller` who is called from now on. Of a case that was merged
    its `host` has the same event, without text and evidence.
    """

    case_id: CaseId
    source: Source
    source_no: OrderNumber
    update: ReportUpdate
    mark: ReportMark | None = None
    said: Text = ""
    text: Text | None = None
    evidence: EvidenceList = ()
    set_aside: Annotated[tuple[SetAside, ...], *at_most(limits.EVIDENCE_MAX)] = ()
    caller: CallerToken | None = None
    call_back: bool = False
    host: CaseId | None = None


class CaseChanged(JournalEvent, frozen=True, kw_only=True, tag="case_changed.v1"):
    """变更: the report that opened the case is about something else, or about another place; somebody agreed. It goes on as such."""

    case_id: CaseId
    at: Instant
    by: Identifier
    matter: MatterCode
    severity: Severity
    place: Place
    note: Note = ""
