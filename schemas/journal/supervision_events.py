"""What the district does about a case: supervises it, ends that, takes it for a hard one; part of `schemas.journal.events`."""

from schemas.journal.journal_event import JournalEvent
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


SupervisionEvent = CaseSupervised | SupervisionEnded | CaseFoundHard
