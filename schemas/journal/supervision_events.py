"""What those above a unit do about a case: supervise it, end that, take it for a hard one, lift what counts; part of `schemas.journal.events`."""

from schemas.journal.journal_event import JournalEvent
from schemas.state.demerit import Demerit
from schemas.state.supervision import HardCase, Supervision
from schemas.values.text import CaseId, Identifier, Instant, Note


class CaseSupervised(JournalEvent, frozen=True, kw_only=True, tag="case_supervised.v1"):
    """挂牌督办: from now on the case is over only when the supervisor agrees."""

    case_id: CaseId
    supervision: Supervision


class SupervisionEnded(JournalEvent, frozen=True, kw_only=True, tag="supervision_ended.v1"):
    """解除督办: the supervisor agrees that the case may be over."""

    case_id: CaseId
    at: Instant
    by: Identifier
    note: Note


class CaseFoundHard(JournalEvent, frozen=True, kw_only=True, tag="case_found_hard.v1"):
    """疑难工单: the district agrees that it is hard. More time, where the policy gives some, is an extension of its own."""

    case_id: CaseId
    hard_case: HardCase


class DemeritCounted(JournalEvent, frozen=True, kw_only=True, tag="demerit_counted.v1"):
    """考核扣分: it follows from what happened in the entry; who it is counted against may appeal."""

    case_id: CaseId
    demerit: Demerit


class DemeritLifted(JournalEvent, frozen=True, kw_only=True, tag="demerit_lifted.v1"):
    """不纳入考核: an appeal was granted, and this is counted against the unit no longer. That it once was stays in the journal."""

    case_id: CaseId
    at: Instant
    by: Identifier
    demerit: Demerit


SupervisionEvent = CaseSupervised | SupervisionEnded | CaseFoundHard | DemeritCounted | DemeritLifted
