"""The field's closed lists. Codes never change and are never translated; the glossary has the Chinese beside them."""

from enum import StrEnum
from operator import attrgetter
from typing import TYPE_CHECKING


class Term(StrEnum):
    """A code out of a closed list. Reading `value` and looking up by it is what deciding does most, so it is done without Python code."""

    __hash__ = str.__hash__
    if not TYPE_CHECKING:  # for mypy this would be a member
        value = property(attrgetter("_value_"))


class Source(Term):
    """Where a report comes from."""

    HOTLINE_12345 = "12345"
    HOTLINE_12319 = "12319"
    PATROL = "patrol"
    MONITOR = "monitor"


class Stage(Term):
    """Where a case stands. The moves between stages are a table in `pipeline.core.case.stage_table`."""

    REPORTED = "reported"
    VERIFYING_BEFORE_FILING = "verifying_before_filing"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    MERGED = "merged"
    DISPATCH_PENDING = "dispatch_pending"
    OFFERED = "offered"
    DISPATCHED = "dispatched"
    SIGNED = "signed"
    ARRIVED = "arrived"
    IN_PROGRESS = "in_progress"
    JOINT_IN_PROGRESS = "joint_in_progress"
    SUSPENDED = "suspended"
    AWAITING_VERIFICATION = "awaiting_verification"
    REWORK = "rework"
    AWAITING_CALLBACK = "awaiting_callback"
    CLOSED = "closed"
    REOPENED = "reopened"
    VOIDED = "voided"
    TRANSFERRED_OUT = "transferred_out"
    TERMINATED = "terminated"
    UNDER_ASSESSMENT = "under_assessment"
    ANSWERED = "answered"
    DECLINED = "declined"
    SENT_BACK = "sent_back"
    MOVED = "moved"


class MissingFact(Term):
    """What somebody is to say of a case before anybody can be sent (待研判): what it is about, where it is."""

    MATTER = "matter"
    PLACE = "place"


class Role(Term):
    """In what capacity somebody acts."""

    HOTLINE = "hotline"
    GRID_MEMBER = "grid_member"
    DISPATCHER = "dispatcher"
    TEAM = "team"
    OFFICER = "officer"
    DEPARTMENT = "department"
    VERIFIER = "verifier"
    CALLBACK_CLERK = "callback_clerk"
    DUTY_CHIEF = "duty_chief"
    DISTRICT = "district"
    SYSTEM = "system"


class Severity(Term):
    """How urgent a matter is; P1 and P2 run on natural time, P3 and P4 on working time."""

    P1 = "P1"
    P2 = "P2"
    P3 = "P3"
    P4 = "P4"


class Urgency(Term):
    """The hotline's grade: 一般, 紧急, 特急."""

    NORMAL = "normal"
    URGENT = "urgent"
    CRITICAL = "critical"


class Crs(Term):
    """The coordinate system of a point; without it a point may be several hundred metres off."""

    WGS84 = "WGS84"
    CGCS2000 = "CGCS2000"
    GCJ02 = "GCJ02"
    BD09 = "BD09"


class EvidenceKind(Term):
    """What a piece of evidence is."""

    PHOTO = "photo"
    PHOTO_BEFORE = "photo_before"
    PHOTO_AFTER = "photo_after"
    BODYCAM = "bodycam"
    VIDEO = "video"
    DOCUMENT = "document"


class ClockKind(Term):
    """What a clock of a case measures: one step, a named stage of a matter, the whole case, or how long a request waits for its decision."""

    ACCEPT = "accept"
    DISPATCH = "dispatch"
    CLAIM = "claim"
    SIGN = "sign"
    ARRIVE = "arrive"
    DISPOSE = "dispose"
    STAGE = "stage"
    JOINT = "joint"
    VERIFY = "verify"
    CALLBACK = "callback"
    WHOLE = "whole"
    LEGAL = "legal"
    PARTNER_RESPOND = "partner_respond"
    PARTNER_ARRIVE = "partner_arrive"
    PARTNER_FINISH = "partner_finish"
    DECIDE = "decide"
    CONTACT = "contact"


class ClockEvent(Term):
    """What became of a clock. `BOUNDED`: the hotline's own deadline came, moved or went."""

    STARTED = "started"
    STOPPED = "stopped"
    WENT_ON = "went_on"
    EXTENDED = "extended"
    FIRED = "fired"
    RECOMPUTED = "recomputed"
    ADOPTED = "adopted"
    RESTORED = "restored"
    BOUNDED = "bounded"


class TimerKind(Term):
    """What happens when a timer is due."""

    WARNING = "warning"
    BREACH = "breach"
    ESCALATION = "escalation"
    OVERDUE = "overdue"
    CLAIM_LAPSED = "claim_lapsed"
    WINDOW_LAPSED = "window_lapsed"
    TESTING_OVER = "testing_over"
    RESUME = "resume"
    RULES_CHANGED = "rules_changed"
    RETIRE = "retire"
    REQUEST_LAPSED = "request_lapsed"
    HOTLINE_DUE = "hotline_due"
    LEASE_LAPSED = "lease_lapsed"


class ReportOutcome(Term):
    """What became of a report or an action; a forwarded one is answered once more where it is decided."""

    ACCEPTED = "accepted"
    MERGED = "merged"
    REFUSED = "refused"
    DEAD_LETTER = "dead_letter"
    FORWARDED = "forwarded"
    ANSWERED = "answered"
    UPDATED = "updated"


class LeftOutReason(Term):
    """Why a field of a report was not taken over: it holds no value, a point far outside the street, an attachment of which only the address is known, or a hotline's deadline that is no time, or none that could be meant."""

    PLACEHOLDER = "placeholder"
    OUTSIDE_STREET = "outside_street"
    UNHASHED = "unhashed"
    UNREADABLE = "unreadable"
    IMPLAUSIBLE = "implausible"


class AssignmentKind(Term):
    """What a team or a post is asked to do."""

    CHECK = "check"
    DISPATCH = "dispatch"
    OFFER = "offer"
    HANDLE = "handle"
    JOINT = "joint"
    APPROVE = "approve"
    VERIFY = "verify"
    CALL_BACK = "call_back"
    ASSESS = "assess"


class AssignmentStatus(Term):
    """Whether the assignment still stands."""

    OPEN = "open"
    WITHDRAWN = "withdrawn"
    DONE = "done"


class NoticeKind(Term):
    """Why somebody is told."""

    WARNING = "warning"
    BREACH = "breach"
    ESCALATION = "escalation"
    OVERDUE = "overdue"
    CLAIM_LAPSED = "claim_lapsed"
    WINDOW_LAPSED = "window_lapsed"
    TESTING_OVER = "testing_over"
    REQUEST = "request"
    GRANTED = "granted"
    DENIED = "denied"
    RESUMED = "resumed"
    RETURNED = "returned"
    REWORK_LIMIT = "rework_limit"
    JOINT_REFUSED = "joint_refused"
    MERGED = "merged"
    SPLIT = "split"
    RAISED = "raised"
    REPORTED_AGAIN = "reported_again"
    INTERIM_ANSWER = "interim_answer"
    FINAL_ANSWER = "final_answer"
    ANSWER = "answer"
    HANDED_OVER = "handed_over"
    NOBODY_ON_DUTY = "nobody_on_duty"
    REQUEST_LAPSED = "request_lapsed"
    EMERGENCY = "emergency"
    TAKEN_UP = "taken_up"
    URGED = "urged"
    UPDATED = "updated"
    WITHDRAWN = "withdrawn"
    EXTENDED = "extended"
    HOTLINE_DUE = "hotline_due"
    MOVED = "moved"
    LEASE_LAPSED = "lease_lapsed"


class CaseOutcome(Term):
    """How a case ended."""

    RESOLVED = "resolved"
    SELF_DISPOSED = "self_disposed"
    UNREACHED = "unreached"
    UNSATISFIED = "unsatisfied"
    REJECTED = "rejected"
    VOIDED = "voided"
    TRANSFERRED = "transferred"
    MERGED = "merged"
    TERMINATED = "terminated"
    ANSWERED = "answered"
    DECLINED = "declined"
    SENT_BACK = "sent_back"
    UNREASONABLE = "unreasonable"
    MOVED = "moved"


class ReturnReason(Term):
    """Why a team returns a task (退单), or objects to having it (派单异议)."""

    NOT_OUR_MATTER = "not_our_matter"
    NOT_OUR_AREA = "not_our_area"
    NOT_ENOUGH_FACTS = "not_enough_facts"
    BEYOND_POWERS = "beyond_powers"


class RequestKind(Term):
    """What somebody may ask for, and somebody else decides: 挂账, 延期, 联合执法, 作废, 派单异议, 终止办理, 变更, 疑似重复, 热线延期, 不予受理, 退回, 不合理诉求, 挂牌督办, 疑难工单, 考核申诉. That two cases are likely one (`DUPLICATE`) is asked by the pipeline itself. An extension that would pass the hotline's own deadline (`HOTLINE_EXTENSION`) is the hotline's to grant."""

    SUSPENSION = "suspension"
    EXTENSION = "extension"
    JOINT = "joint"
    VOID = "void"
    OBJECTION = "objection"
    TERMINATION = "termination"
    CHANGE = "change"
    DUPLICATE = "duplicate"
    HOTLINE_EXTENSION = "hotline_extension"
    DECLINE = "decline"
    SENDING_BACK = "sending_back"
    UNREASONABLE = "unreasonable"
    SUPERVISION = "supervision"
    HARD_CASE = "hard_case"
    APPEAL = "appeal"


class LapseReason(Term):
    """Why nobody decides a request any more: its own end has passed, or the case has moved on to where it cannot be granted."""

    END_PASSED = "end_passed"
    CASE_MOVED_ON = "case_moved_on"


class SuspensionReason(Term):
    """Why a case cannot be worked on for a while (挂账). `CORRECTION` follows from an order to correct (责令限期改正): nobody asks for it."""

    APPRAISAL = "appraisal"
    HEARING = "hearing"
    REVIEW_OR_LITIGATION = "review_or_litigation"
    WEATHER = "weather"
    OWNERSHIP_UNCLEAR = "ownership_unclear"
    MAJOR_EVENT = "major_event"
    CORRECTION = "correction"


class ExtensionReason(Term):
    """Why a deadline cannot be kept (延期)."""

    COMPLEX = "complex"
    PARTY_ABSENT = "party_absent"
    NEEDS_MATERIAL = "needs_material"
    OTHER_UNIT = "other_unit"


class Paper(Term):
    """The paper that goes with an escalation: 催办通知书, 督办单, 通报批评."""

    URGE = "urge"
    SUPERVISE = "supervise"
    CRITICISE = "criticise"


class PenaltyStep(Term):
    """How far a penalty procedure has come: 线索, 立案, 调查, 告知, 听证通知, 听证, 法制审核, 决定, 当场决定, 送达, 缴款, 执行, 不予处罚, 移送, 归档.  Of a fine that is not paid: 催告, 强制执行决定, 申请法院强制执行, 准予执行, 不予执行. Beside these, without moving the procedure: 申请听证, 撤回听证申请, 暂缓或者分期缴纳, 分期缴纳一笔, 催告后陈述申辩, 申请复议, 复议结束, 起诉, 诉讼结束; and what the organ has to see to: 回避, 涉嫌犯罪, 移送审批, 限期拆除公告, 公开决定, 撤回公开, 退还罚款. What comes again: 退回补充调查, 自行变更决定, 自行撤销决定, 重新处理."""

    CLUE = "clue"
    FILED = "filed"
    INVESTIGATED = "investigated"
    NOTICED = "noticed"
    HEARING_NOTIFIED = "hearing_notified"
    HEARD = "heard"
    REVIEWED = "reviewed"
    DECIDED = "decided"
    SIMPLE_DECIDED = "simple_decided"
    SERVED = "served"
    PAID = "paid"
    ENFORCED = "enforced"
    NO_PENALTY = "no_penalty"
    TRANSFERRED = "transferred"
    ARCHIVED = "archived"
    HEARING_REQUESTED = "hearing_requested"
    HEARING_WITHDRAWN = "hearing_withdrawn"
    PAYMENT_DEFERRED = "payment_deferred"
    INSTALMENT_PAID = "instalment_paid"
    DEMANDED = "demanded"
    COERCION_HEARD = "coercion_heard"
    COERCION_DECIDED = "coercion_decided"
    COURT_APPLIED = "court_applied"
    COURT_GRANTED = "court_granted"
    COURT_REFUSED = "court_refused"
    RECONSIDERATION_FILED = "reconsideration_filed"
    RECONSIDERATION_ENDED = "reconsideration_ended"
    SUIT_FILED = "suit_filed"
    SUIT_ENDED = "suit_ended"
    RECUSED = "recused"
    CRIME_SUSPECTED = "crime_suspected"
    CRIME_DECIDED = "crime_decided"
    ANNOUNCED = "announced"
    PUBLISHED = "published"
    UNPUBLISHED = "unpublished"
    SENT_BACK = "sent_back"
    CHANGED = "changed"
    REVOKED = "revoked"
    REOPENED = "reopened"
    REFUNDED = "refunded"


class VoidReason(Term):
    """Why a case should never have been one (作废)."""

    ENTERED_TWICE = "entered_twice"
    ENTERED_WRONGLY = "entered_wrongly"
    TEST_ENTRY = "test_entry"
    WITHDRAWN = "withdrawn"


class JointStatus(Term):
    """How far a partner department has come with its joint task."""

    ASKED = "asked"
    RESPONDED = "responded"
    ARRIVED = "arrived"
    DONE = "done"
    REFUSED = "refused"
    WAIVED = "waived"
