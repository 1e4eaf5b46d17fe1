"""The snapshot of a case in `cases.v1`: all that is needed to go on, its armed timers included."""

from typing import Annotated

from schemas import limits
from schemas.state.answer import CallerContact, WrittenAnswer
from schemas.state.assessment import Assessment, MissingFacts
from schemas.state.claim import LapsedClaims
from schemas.state.correction import CorrectionOrders
from schemas.state.demerit import Demerit
from schemas.state.instead import DoneInSteads
from schemas.state.later_report import LaterReport
from schemas.state.penalty import Measure, PenaltyRecord
from schemas.state.supervision import HardCase, Supervision
from schemas.state.task import Count, Returned, Task
from schemas.values.bounds import at_most, between
from schemas.values.evidence import Evidence
from schemas.values.hotline_order import DeadlineOwner, HotlineOrder
from schemas.values.left_out import LeftOutFields
from schemas.values.order_number import OrderNumber
from schemas.values.place import Geocode, Place
from schemas.values.recognised_text import DirectAnswer, Recognised
from schemas.values.terms import (
    CaseOutcome,
    ClockKind,
    JointStatus,
    PenaltyStep,
    ReportOutcome,
    RequestKind,
    Severity,
    Source,
    Stage,
    SuspensionReason,
    TimerKind,
    Urgency,
)
from schemas.values.text import (
    CallerToken,
    CaseId,
    Code,
    ContentDigest,
    EntryId,
    Identifier,
    Instant,
    LimitText,
    MatterCode,
    Note,
    Sha256,
    StreetCode,
    Text,
)
from schemas.values.update_terms import UpdateCode, UpdatePart
from schemas.wire.contract import Contract

Version = Annotated[int, *between(1, 1_000_000)]
Percent = Annotated[int, *between(0, 100)]
CasesBefore = Annotated[tuple[CaseId, ...], *at_most(limits.MOVES_PER_CASE_MAX)]


class Facts(Contract, frozen=True, kw_only=True):
    """What the case is about, as it was opened, or as reports that joined it changed it (`Amended`). Personal data is already gone from `text`.

    `relapse_of` is the case that was closed a few days ago about the same (回潮). `matter` is `WD-000` while nobody knows it.
    `geocode`: how the grid was found, where only the address says where it is. `secret`: whoever reported it wants to stay secret (保密),
    so that place and text are without doors, and the point is rounded.
    """

    matter: MatterCode
    severity: Severity
    urgency: Urgency
    source: Source
    place: Place
    text: Text
    reported_at: Instant
    opened_at: Instant
    occurred_at: Instant | None = None
    reporter: Identifier | None = None
    relapse_of: CaseId | None = None
    geocode: Geocode | None = None
    secret: bool = False


class ClockMove(Contract, frozen=True, kw_only=True):
    """Why a deadline is not where it was: the clock stood from `at` `until`, or from `at` on it has more time, `by`.

    `why` is the stage the case stood at meanwhile, or the reason of the extension.
    """

    at: Instant
    until: Instant | None = None
    by: LimitText | None = None
    why: Code


class Clock(Contract, frozen=True, kw_only=True):
    """One clock of a case: all that is needed to compute its deadline anew, and why it is what it is.

    `name` tells the stages of a matter apart, `leg` the visits of a step. It does not run from `stopped_at` on, until it goes on. `due_at` follows from `limit`, `started_at` and `moves` by the hours of `roster` (None: office hours);
    `provisional` when the calendar of a year that it touches is not announced yet. `hotline_due_at`: by when the hotline wants the answer, whatever else moves the clock; `due_at` never lies behind it. `rung` counts the rungs of its ladder that are behind it, each climbed once; `wake_at` is when the next one is due.
    """

    kind: ClockKind
    name: Code | None = None
    leg: Count
    started_at: Instant
    limit: LimitText
    roster: Code | None = None
    due_at: Instant
    provisional: bool = False
    stopped_at: Instant | None = None
    moves: Annotated[tuple[ClockMove, ...], *at_most(limits.CLOCK_MOVES_MAX)] = ()
    rung: Count = 0
    wake_at: Instant | None = None
    hotline_due_at: Instant | None = None


class SetAside(Contract, frozen=True, kw_only=True):
    """Evidence of a report that is kept and proves nothing, by its content; `code` is that of the refusal an action would get.

    `case_id` is the case that has the same content already. Without it the camera's clock is wrong: a photo taken before
    still shows what there was before the report came, but its time counts for nothing.
    """

    sha256: Sha256
    code: Code
    case_id: CaseId | None = None


class ReportUpdate(Contract, frozen=True, kw_only=True, omit_defaults=True):
    """A report that came again with something else, as its case keeps it: by its `content` a copy of it gets the same receipt.

    `added` is what it brought that was not there. `urgency` and `place` are what it said of them, where it raised or completed the case's,
    `matter` and `place` what it offers instead, where the code is a change; `due_at` is the hotline's deadline, where it is another.
    """

    content: ContentDigest
    entry_id: EntryId
    at: Instant
    code: UpdateCode
    added: Annotated[tuple[UpdatePart, ...], *at_most(limits.UPDATE_PARTS_MAX)] = ()
    urgency: Urgency | None = None
    place: Place | None = None
    matter: MatterCode | None = None
    due_at: Instant | None = None


class ReportRef(Contract, frozen=True, kw_only=True):
    """A report that this case answers for, with the receipt it was given: `due_at` and `team` as promised then.

    `told_case` is the case that the receipt named, where that is not the one that holds the report now. Of a report that was
    merged, `facts` and `evidence` are what it said, so that it can still become a case of its own; `clocks` are those of the
    case that gave way to earlier deadlines when it came, as they were. `against`: it came after the disposal and speaks
    against it. `left_out`: fields that it held and that were not taken over. `content` is the digest of what it said; None for
    one that was accepted before digests were kept. `set_aside`: of its evidence, what proves nothing. `recognised`: what its text was taken for, where it named no matter;
    `missing`: what somebody was to say then; `answer`: what it was answered directly, being nothing to enforce; `suspected`: the
    case that it was likely one with when it opened its own. `updates`: what came under its number since. `order`: what the hotline
    says of its order; `due_by`: whose the promised deadline is, where the hotline has one.
    """

    source: Source
    source_no: OrderNumber
    sha256: Sha256
    entry_id: EntryId
    at: Instant
    outcome: ReportOutcome
    due_at: Instant | None
    team: Identifier | None
    caller: CallerToken | None = None
    call_back: bool = False
    told_case: CaseId | None = None
    facts: Facts | None = None
    evidence: Annotated[tuple[Evidence, ...], *at_most(limits.EVIDENCE_MAX)] = ()
    content: ContentDigest | None = None
    against: bool = False
    clocks: Annotated[tuple[Clock, ...], *at_most(limits.CLOCKS_PER_CASE_MAX)] = ()
    set_aside: Annotated[tuple[SetAside, ...], *at_most(limits.EVIDENCE_MAX)] = ()
    left_out: LeftOutFields = ()
    recognised: Recognised | None = None
    missing: MissingFacts = ()
    answer: DirectAnswer | None = None
    updates: Annotated[tuple[ReportUpdate, ...], *at_most(limits.UPDATES_PER_REPORT_MAX)] = ()
    suspected: CaseId | None = None
    order: HotlineOrder | None = None
    due_by: DeadlineOwner | None = None


class Amended(Contract, frozen=True, kw_only=True):
    """What reports that joined the case changed of it: `facts` are as it was opened; since `raised_at` it is of a higher severity."""

    facts: Facts
    raised_at: Instant | None = None


class Timer(Contract, frozen=True, kw_only=True):
    """Something due. `clock` and `name` say which clock it belongs to, where it does, `level` and `percent` which rung."""

    kind: TimerKind
    due_at: Instant
    clock: ClockKind | None = None
    name: Code | None = None
    level: Count | None = None
    percent: Percent | None = None


class Request(Contract, frozen=True, kw_only=True):
    """What somebody asked for and nobody has decided yet; until then every clock runs, and one for the decision.

    A suspension `until` when, an extension by `more` (one that the hotline grants: its new deadline is `until`), joint enforcement with `departments` (the first `mandatory` of them),
    a termination by the written request `paper`; that the case is likely one with `into`, for the reasons in the note. A change to another
    `matter` or `place`, and the withdrawal of an order, are asked for by the report `source_no` of `source`. That an order is not accepted,
    or sent back, with the `answer` to the citizen; `earlier` is the number of the order that it repeats. Of an unreasonable demand: what was said. An appeal is against the `demerit`.
    """

    kind: RequestKind
    by: Identifier
    team: Identifier | None
    at: Instant
    reason: Code
    until: Instant | None = None
    more: LimitText | None = None
    departments: Annotated[tuple[Identifier, ...], *at_most(limits.PARTNERS_MAX)] = ()
    mandatory: Count = 0
    paper: OrderNumber | None = None
    note: Note = ""
    matter: MatterCode | None = None
    place: Place | None = None
    source: Source | None = None
    source_no: OrderNumber | None = None
    into: CaseId | None = None
    answer: Note = ""
    earlier: OrderNumber | None = None
    solved: bool | None = None
    satisfied: bool | None = None
    demerit: Demerit | None = None


class JointTask(Contract, frozen=True, kw_only=True):
    """What one partner department is to do. `mandatory` ones hold the barrier."""

    department: Identifier
    mandatory: bool
    status: JointStatus
    at: Instant
    by: Identifier | None = None
    note: Note = ""


class Joint(Contract, frozen=True, kw_only=True):
    """联合执法: who convened it and why, since when, and the task of each partner."""

    convened_by: Identifier
    approved_by: Identifier
    since: Instant
    tasks: Annotated[tuple[JointTask, ...], *at_most(limits.PARTNERS_MAX)]
    note: Note = ""


class Suspension(Contract, frozen=True, kw_only=True):
    """挂账: why the case rests, who approved it, from when until when at the latest, and at which stage it goes on."""

    reason: SuspensionReason
    approved_by: Identifier
    since: Instant
    until: Instant
    stage: Stage


class Penalty(Contract, frozen=True, kw_only=True):
    """The penalty procedure of the case: its steps so far, since when it stands at the last, and what was said of each.

    `measures` are those taken beside the steps, the newest last.
    """

    steps: Annotated[tuple[PenaltyStep, ...], *at_most(limits.PENALTY_STEPS_MAX, least=1)]
    since: Instant
    records: Annotated[tuple[PenaltyRecord, ...], *at_most(limits.PENALTY_STEPS_MAX)] = ()
    measures: Annotated[tuple[Measure, ...], *at_most(limits.MEASURES_MAX)] = ()


class Joined(Contract, frozen=True, kw_only=True):
    """Another case that was merged into this one: this one answers its `reports`, and handles it by the earlier deadlines.

    `clocks` are those of this case that gave way to earlier ones, as they were.
    """

    case_id: CaseId
    at: Instant
    by: Identifier
    reports: Annotated[tuple[ReportRef, ...], *at_most(limits.REPORTS_PER_CASE_MAX)]
    clocks: Annotated[tuple[Clock, ...], *at_most(limits.CLOCKS_PER_CASE_MAX)] = ()


class Merged(Contract, frozen=True, kw_only=True):
    """并案: into which case, since when, and at which stage this one goes on should it be split off again."""

    into: CaseId
    since: Instant
    stage: Stage


class ActionRef(Contract, frozen=True, kw_only=True):
    """An accepted action, so that the same action again gets the same receipt, and another one with its id is refused.

    `content` is the digest of what it said; None for one that was accepted before digests were kept.
    """

    action_id: Identifier
    entry_id: EntryId
    at: Instant
    version: Version
    stage: Stage
    content: ContentDigest | None = None


class Case(Contract, frozen=True, kw_only=True):
    """One case at one version; `version` rises by one with each entry that touches it.

    `timers` holds what is due beside the clocks, which carry their own next wake-up. `stages_done` are the stages of the matter that were reported done. `evidence_head` is the last link of the evidence (`schemas.state.chain`). `failed_calls` nobody answered, on `failed_days` days, the last one at `missed_at`; `call_due`: the deadline has passed, and the caller is to be asked although nothing is done. `request` is the oldest that is open, `further_requests` are those of other kinds that came after it, `lapsed_requests` the kinds that lapsed and were not asked for again. `joined` are the cases merged into this one, `merged` says into which this one was. `contradicted_by`: reports that came after the disposal, and that nobody has answered yet. `assessment`: what is missing of it, or how it was answered directly. `not_duplicate_of`: cases of which somebody said that this is another. `check_ordered`: the centre had somebody look before it was handled. `contact`: with its callers, by whoever handles it. `answers`: what they are told, the newest last, one for each leg. `corrections`: the orders to correct (责令限期改正), `done_instead` what was done in somebody's stead, the newest last. `demerits`: what is counted against whoever handled it, or was. `moved_from`: the cases of other streets that it was before, the first first; `moved_to` the one that it is since. `lapsed_claims`: teams that claimed it and did not come.
    """

    case_id: CaseId
    street: StreetCode
    version: Version
    stage: Stage
    facts: Facts
    reports: Annotated[tuple[ReportRef, ...], *at_most(limits.REPORTS_PER_CASE_MAX)]
    task: Task | None = None
    returned: Annotated[tuple[Returned, ...], *at_most(limits.TEAMS_MAX)] = ()
    reworks: Count = 0
    reopens: Count = 0
    failed_calls: Count = 0
    failed_days: Count = 0
    missed_at: Instant | None = None
    call_due: bool = False
    stages_done: Annotated[tuple[Code, ...], *at_most(limits.STAGES_PER_MATTER_MAX)] = ()
    clocks: Annotated[tuple[Clock, ...], *at_most(limits.CLOCKS_PER_CASE_MAX)] = ()
    timers: Annotated[tuple[Timer, ...], *at_most(limits.TIMERS_PER_CASE_MAX)] = ()
    request: Request | None = None
    further_requests: Annotated[tuple[Request, ...], *at_most(limits.REQUESTS_PER_CASE_MAX - 1)] = ()
    lapsed_requests: Annotated[tuple[RequestKind, ...], *at_most(limits.REQUESTS_PER_CASE_MAX)] = ()
    suspension: Suspension | None = None
    suspensions: Count = 0
    extensions: Count = 0
    penalty: Penalty | None = None
    joint: Joint | None = None
    joined: Annotated[tuple[Joined, ...], *at_most(limits.JOINED_PER_CASE_MAX)] = ()
    merged: Merged | None = None
    amended: Amended | None = None
    contradicted_by: Annotated[tuple[LaterReport, ...], *at_most(limits.REPORTS_PER_CASE_MAX)] = ()
    actions: Annotated[tuple[ActionRef, ...], *at_most(limits.ACTIONS_PER_CASE_MAX)] = ()
    evidence: Annotated[tuple[Evidence, ...], *at_most(limits.EVIDENCE_PER_CASE_MAX)] = ()
    evidence_head: Sha256 | None = None
    assessment: Assessment | None = None
    closed_at: Instant | None = None
    outcome: CaseOutcome | None = None
    not_duplicate_of: Annotated[tuple[CaseId, ...], *at_most(limits.SUSPECTS_PER_CASE_MAX)] = ()
    contact: CallerContact | None = None
    answers: Annotated[tuple[WrittenAnswer, ...], *at_most(limits.ANSWERS_PER_CASE_MAX)] = ()
    check_ordered: bool = False
    supervision: Supervision | None = None
    hard_case: HardCase | None = None
    corrections: CorrectionOrders = ()
    done_instead: DoneInSteads = ()
    demerits: Annotated[tuple[Demerit, ...], *at_most(limits.DEMERITS_PER_CASE_MAX)] = ()
    moved_from: CasesBefore = ()
    moved_to: CaseId | None = None
    lapsed_claims: LapsedClaims = ()
    entry_id: EntryId
    rules_version: Identifier
