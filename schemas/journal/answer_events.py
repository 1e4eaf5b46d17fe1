"""How whoever reported a case was contacted and answered; part of `schemas.journal.events`."""

from schemas.journal.journal_event import JournalEvent
from schemas.state.answer import WrittenAnswer
from schemas.values.answer_terms import ContactWay
from schemas.values.text import CaseId, Identifier, Instant, Note


class CallerContacted(JournalEvent, frozen=True, kw_only=True, tag="caller_contacted.v1"):
    """联系来电人: the caller was spoken to, or not reached. `contacted_at` is when, as the team says, `at` when the pipeline heard of it.

    An attempt that is too near to the one before is not `counted`; `given_up`: it was tried as often as the policy asks for.
    """

    case_id: CaseId
    at: Instant
    contacted_at: Instant
    by: Identifier
    way: ContactWay
    reached: bool
    counted: bool = True
    given_up: bool = False
    note: Note = ""


class AnswerWritten(JournalEvent, frozen=True, kw_only=True, tag="answer_written.v1"):
    """答复: what the caller is to be told; a later one of the same leg takes its place, that of an earlier leg stays on file."""

    case_id: CaseId
    answer: WrittenAnswer
