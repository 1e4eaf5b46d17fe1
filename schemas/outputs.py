"""What the pipeline tells the world. Ids are made of the entry id, so the same decision always has the same ids."""

from typing import Annotated

from pydantic import Field

from schemas import limits
from schemas.duty.proposal import OfficerProposal
from schemas.inputs.action_base import Officers
from schemas.inputs.report import Person
from schemas.state.answer import WrittenAnswer
from schemas.state.assessment import MissingFacts
from schemas.state.case import Request, Version
from schemas.state.correction import CorrectionOrder
from schemas.state.later_report import LaterReport
from schemas.state.retired import Ended
from schemas.state.task import Count
from schemas.values.answer_terms import AnswerFinding
from schemas.values.bounds import at_most, between, matching
from schemas.values.evidence import NamedEvidence
from schemas.values.hotline_order import DeadlineOwner, HotlineOrder
from schemas.values.left_out import LeftOutFields
from schemas.values.order_number import OrderNumber
from schemas.values.place import Place
from schemas.values.recognised_text import DirectAnswer, Recognised
from schemas.values.terms import (
    AssignmentKind,
    AssignmentStatus,
    CaseOutcome,
    ClockKind,
    EvidenceKind,
    NoticeKind,
    Paper,
    ReportOutcome,
    RequestKind,
    Severity,
    Source,
    Stage,
)
from schemas.values.text import (
    CallerToken,
    CaseId,
    Code,
    EntryId,
    Identifier,
    Instant,
    KeyMark,
    MatterCode,
    Name,
    Note,
    Sha256,
    StreetCode,
    Text,
)
from schemas.values.update_terms import UpdatePart
from schemas.wire.contract import Contract

OutputId = Annotated[str, *matching(r"^[0-9]{1,5}:[0-9]{1,9}:[0-9]{1,15}:[a-z]{1,16}:[0-9]{1,5}$")]
RecipientRole = Annotated[str, *matching(r"^[a-z0-9_.\-]{1,64}$")]


class Assignment(Contract, frozen=True, kw_only=True):
    """What a team or post is to do, whole in itself. A later one of the same case, team, kind, and kind of `request` replaces it.

    `due_at` is the deadline of this task; `evidence_required` the kinds of evidence that closing it needs, `evidence_named`
    the particular papers and photos among them; `why` the routing trace, or at stage `rework` what the verifier found wrong.
    `callers` is filled for call-backs only. `reported_again`: of a verification or a call-back, the reports that came after
    the disposal and are to be answered; the newest ones. `left_out`: what the report that opened the case held and the case
    does not, such as a point of a device without a fix. `request`: of an approval,
    what is to be decided. `missing`: of an assessment, what is to be said of the case; `recognised`: what its text may be about.
    `secret`: somebody who reported it wants to stay secret (保密): place and text of that report are without doors.
    `urges`: how often the case was asked for again (催办). `supervised`: the district supervises it (挂牌督办); `members`: whom the leader of the team named for it (二级派遣), `proposed`: whom the pipeline proposes to send. `order`: what the hotline says of the order that opened the case; `due_by`:
    whose `due_at` is, where a hotline has a deadline of its own.
    `answers`: what the callers are told, to be verified or told them; of a case that is
    handled again what they were told before. The newest last. `to_contact`: the team turns to whoever called once it has signed. `correction`: the order to correct (责令限期改正) that is to be inspected again at
    its date, or is disobeyed. `claim_until`: so long the claim (领单) holds; a team that is not on site by then loses the task.
    """

    assignment_id: OutputId
    entry_id: EntryId
    at: Instant
    case_id: CaseId
    case_version: Version
    street: StreetCode
    team: Identifier
    kind: AssignmentKind
    status: AssignmentStatus
    stage: Stage
    leg: Count
    matter: MatterCode
    matter_zh: Name
    matter_en: Name
    severity: Severity
    source: Source
    place: Place
    text: Text
    due_at: Instant | None
    provisional: bool = False
    evidence_required: Annotated[tuple[EvidenceKind, ...], *at_most(10)] = ()
    evidence_named: Annotated[tuple[NamedEvidence, ...], *at_most(10)] = ()
    legal_basis: Annotated[tuple[Note, ...], *at_most(10)] = ()
    why: Note = ""
    callers: Annotated[tuple[CallerToken, ...], *at_most(limits.CALLERS_PER_ASSIGNMENT_MAX)] = ()
    reported_again: Annotated[tuple[LaterReport, ...], *at_most(limits.REPORTS_PER_CASE_MAX)] = ()
    left_out: LeftOutFields = ()
    request: Request | None = None
    missing: MissingFacts = ()
    recognised: Recognised | None = None
    secret: bool = False
    urges: Count = 0
    supervised: bool = False
    members: Officers = ()
    proposed: OfficerProposal | None = None
    order: HotlineOrder | None = None
    due_by: DeadlineOwner | None = None
    answers: Annotated[tuple[WrittenAnswer, ...], *at_most(limits.ANSWERS_PER_CASE_MAX)] = ()
    to_contact: bool = False
    correction: CorrectionOrder | None = None
    claim_until: Instant | None = None


class ReportSubject(Contract, frozen=True, kw_only=True, tag_field="subject", tag="report"):
    """The receipt answers a report."""

    source: Source
    source_no: OrderNumber


class ActionSubject(Contract, frozen=True, kw_only=True, tag_field="subject", tag="action"):
    """The receipt answers an action."""

    action_id: Identifier
    actor: Identifier


class RecordSubject(Contract, frozen=True, kw_only=True, tag_field="subject", tag="record"):
    """The receipt answers a record whose number could not be read."""

    topic: Identifier
    partition: Annotated[int, *between(0)]
    offset: Annotated[int, *between(0)]


class Fault(Contract, frozen=True, kw_only=True):
    """One thing that is wrong with a message: its code, the field, and what would have been right. Never what was sent."""

    code: Code
    field: Note = ""
    allowed: Note = ""


Faults = Annotated[tuple[Fault, ...], *at_most(limits.FAULTS_TOLD_MAX)]


class Receipt(Contract, frozen=True, kw_only=True):
    """What became of a report or an action, at once.

    `code` is stable: the outcome for accepted ones, the reason for the others. `field` says where it was wrong,
    `allowed` what would have been right, `rule` what a refusal rests on: a key of a rules file, a table of moves, a field
    of the contract, or law and article, with the version of the rules. `team` is who is responsible, or for a lost claim who won.
    `faults` are the first ten things that are wrong; the first of them is `code`, `field` and `allowed` once more.
    `differs`: the number was pushed before with other content; the first one holds, and this is its answer.
    `left_out`: fields of an accepted report that were not taken over, each with the reason; the rest of it holds.
    `ended`: the report was pushed before, or the action comes too late: what became of the case meanwhile.
    `recognised`: what the text of a report without a matter was taken for; `missing`: what somebody of the centre is to say before
    anybody is sent; `answer`: the report is nothing to enforce, and this is for its caller. `added`: of a report that came again and said
    something else, what of it the case did not have. `suspected`: the open case that it is likely of as well, which somebody of the
    centre is to say. `due_by`: whose `due_at` is, where the hotline has a deadline of its own.
    """

    receipt_id: OutputId
    entry_id: EntryId
    at: Instant
    of: Annotated[ReportSubject | ActionSubject | RecordSubject, Field(discriminator="subject")]
    outcome: ReportOutcome
    code: Code
    field: Note = ""
    allowed: Note = ""
    rule: Note = ""
    message_zh: Note = ""
    message_en: Note = ""
    case_id: CaseId | None = None
    case_version: Version | None = None
    stage: Stage | None = None
    team: Identifier | None = None
    due_at: Instant | None = None
    faults: Faults = ()
    differs: bool = False
    left_out: LeftOutFields = ()
    ended: Ended | None = None
    recognised: Recognised | None = None
    missing: MissingFacts = ()
    answer: DirectAnswer | None = None
    added: Annotated[tuple[UpdatePart, ...], *at_most(limits.UPDATE_PARTS_MAX)] = ()
    suspected: CaseId | None = None
    due_by: DeadlineOwner | None = None


class Notice(Contract, frozen=True, kw_only=True):
    """Somebody is told: a leader of a warning or a breach, a hotline of the final answer to one of its reports.

    `request`: what was asked for, where the notice tells of a request; of a likely duplicate `into` is the other case, of a case that was moved
    the one that it is in the other street, and `why` says what both have in common. `urges`: how often the case was asked for again (催办). `text_zh` of an answer is what the caller is told,
    `found` whether it was found so, `due_at` when something further happens.
    """

    notice_id: OutputId
    entry_id: EntryId
    at: Instant
    to: RecipientRole
    kind: NoticeKind
    case_id: CaseId
    matter: MatterCode
    stage: Stage
    team: Identifier | None = None
    clock: ClockKind | None = None
    clock_name: Code | None = None
    level: Annotated[int, *between(0, 99)] | None = None
    percent: Annotated[int, *between(0, 100)] | None = None
    paper: Paper | None = None
    due_at: Instant | None = None
    late_s: Annotated[int, *between(0)] = 0
    source: Source | None = None
    source_no: OrderNumber | None = None
    outcome: CaseOutcome | None = None
    text_zh: Note = ""
    request: RequestKind | None = None
    urges: Count = 0
    into: CaseId | None = None
    why: Note = ""
    found: AnswerFinding | None = None


class Caller(Contract, frozen=True, kw_only=True, tag_field="kind", tag="caller"):
    """A person in `callers.v1`, under the token that stands for them everywhere else.

    Of a secret order also its `place` and `text` as they were said, which stand nowhere else.
    """

    token: CallerToken
    at: Instant
    person: Person
    place: Place | None = None
    text: Text = ""


class SealedOriginal(Contract, frozen=True, kw_only=True, tag_field="kind", tag="original"):
    """The bytes of a dead letter, base64. They may hold anything, personal data too, so they are kept with the callers."""

    token: CallerToken
    at: Instant
    value_base64: Annotated[str, *at_most(2_000_000)]
    truncated: bool = False


class Forgotten(Contract, frozen=True, kw_only=True, tag_field="kind", tag="forgotten"):
    """That what stood under a token was erased: when, by whom and why. Stands under a key of its own (`topics.FORGOTTEN_KEY`), and stays."""

    token: CallerToken
    at: Instant
    by: Identifier
    why: Note


CallerRecord = Annotated[Caller | SealedOriginal | Forgotten, Field(discriminator="kind")]


class DeadLetter(Contract, frozen=True, kw_only=True):
    """A record that could not be worked: where it stands, why, and the token of its bytes in `callers.v1`.

    `faults` are the first ten things that are wrong; the first of them is `code`, `field` and `allowed` once more.
    """

    dead_letter_id: OutputId
    entry_id: EntryId
    at: Instant
    topic: Identifier
    partition: Annotated[int, *between(0)]
    offset: Annotated[int, *between(0)]
    sha256: Sha256
    size_bytes: Annotated[int, *between(0)]
    code: Code
    field: Note = ""
    allowed: Note = ""
    original: CallerToken
    faults: Faults = ()


class TopicPosition(Contract, frozen=True, kw_only=True):
    """Where the pipeline stands in one input topic; `topic_id` tells a topic from a later one of the same name."""

    topic: Identifier
    topic_id: Identifier
    next_offset: Annotated[int, *between(0)]


class Position(Contract, frozen=True, kw_only=True):
    """The last word on one partition, under the key `__position` of `cases.v1`; written in each transaction.

    `digest` is that of all case snapshots of the partition, of the reports of cases that are kept no longer, and of the people and
    devices of its streets.
    """

    partition: Annotated[int, *between(0)]
    partitions: Annotated[int, *between(1)]
    epoch: Annotated[int, *between(1)]
    seq: Annotated[int, *between(0)]
    at: Instant | None
    inputs: Annotated[tuple[TopicPosition, ...], *at_most(4)]
    cases_topic_id: Identifier
    journal_topic_id: Identifier
    digest: Annotated[str, *matching(r"^[0-9a-f]{32}$")]
    rules_version: Identifier
    code_version: Identifier
    caller_key: KeyMark | None = None
    """Of the key of the callers' tokens; None where a worker of 0.1 was the last."""
