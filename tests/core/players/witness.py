"""What must hold after every step of a play, whoever did what: the witness sees each outcome and keeps account of its own.

Of every case it keeps the fold of the journal, the bytes that were written, and who was asked to do what by the
assignments. It knows the state only by what was written.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from typing import Final, get_type_hints

from pipeline.core.case.stage_table import BACK, STAGE_TABLE
from pipeline.core.case.transitions import TOUCHING_NOTHING, fold
from pipeline.core.case.turn import Outcome
from pipeline.core.clocks import running_clocks
from pipeline.core.outputs import assignments
from pipeline.core.partition import Partition
from pipeline.core.rules.refusals import meaning_of
from schemas.journal.clock_events import CaseResumed
from schemas.journal.entry import TimerCause
from schemas.journal.events import ActionAccepted, Answer, CaseEvent, CaseOpened, ReportMerged
from schemas.journal.merge_events import CaseUnmerged
from schemas.outputs import Assignment
from schemas.state.case import Case
from schemas.state.retired import RetiredReports
from schemas.values.order_number import comparable
from schemas.values.terms import (
    AssignmentKind,
    AssignmentStatus,
    ClockKind,
    ReportOutcome,
    RequestKind,
    Role,
    Stage,
)
from schemas.wire import codecs
from tests.core.story import RULES

LIMITS: Final = {
    name: part.max_length
    for name, hint in get_type_hints(Case, include_extras=True).items()
    for field_info in getattr(hint, "__metadata__", ())
    for part in getattr(field_info, "metadata", ())
    if hasattr(part, "max_length")
}
"""How long each list of a snapshot may be: a longer one is written, and then nobody can read it back."""
NO_WORDS: Final = meaning_of("no code of ours")
_BESIDE: Final = frozenset({AssignmentKind.JOINT, AssignmentKind.APPROVE, AssignmentKind.OFFER})
"""What others are asked beside the one whose turn it is; so are call-backs at the deadline."""
_PARTNERS: Final = frozenset({ClockKind.PARTNER_RESPOND, ClockKind.PARTNER_ARRIVE, ClockKind.PARTNER_FINISH})
_POSTS: Final = {
    Role.DISPATCHER: "duty",
    Role.DUTY_CHIEF: "duty",
    Role.VERIFIER: "verification",
    Role.CALLBACK_CLERK: "callback",
}
_Task = tuple[str, AssignmentKind, RequestKind | None]
_GOING_BACK: Final = (CaseResumed, CaseUnmerged)


@dataclass
class Tally:
    """What was met in all plays, so that nobody believes in a play where nothing happened."""

    records: int = 0
    timers: int = 0
    restarts: int = 0
    plays: int = 0
    accepted: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    moves: Counter[tuple[Stage, str]] = field(default_factory=Counter)

    @property
    def steps(self) -> int:
        """Records decided and timers fired."""
        return self.records + self.timers


class Witness:
    """Sees every outcome of one play."""

    def __init__(self, tally: Tally) -> None:
        self.tally = tally
        self.latest: dict[str, Case] = {}
        """The snapshots that were written last, in the order in which the core holds them."""
        self.hashes: list[bytes] = []
        self._bytes: dict[str, bytes] = {}
        self._folded: dict[str, Case] = {}
        self._asked: dict[str, dict[_Task, datetime | None]] = {}
        self.retired: dict[tuple[str, str], RetiredReports] = {}
        """What is kept of cases that are gone, as it was written last."""
        self._reported: set[tuple[str, str, str]] = set()

    def sees(self, outcome: Outcome, core: Partition) -> None:
        """One more step: it is answered in words, and changed just what it says."""
        parts = written(outcome)
        self.hashes.append(digest(parts))
        self._answered(outcome)
        events = [event for event in outcome.entry.events if not isinstance(event, Answer)]
        for case, content in zip(outcome.cases, parts[1:], strict=False):
            self._changed(outcome, case, [event for event in events if event.case_id == case.case_id])
            self._bytes[case.case_id] = content
        self._is_new(outcome)
        self.retired |= {(record.street, record.low): record for record in outcome.retired_reports}
        for case_id in outcome.retired:
            assert outcome.retired_reports, f"{case_id} is gone and its reports are forgotten"
            gone = self.latest.pop(case_id)
            self._moved(gone, gone, events)
            assert STAGE_TABLE[gone.stage].is_terminal
            assert not self._asked.pop(case_id, None), "somebody is still asked about a case that is gone"
            self._folded.pop(case_id)
            self._bytes.pop(case_id)
        unlike = "the core holds other snapshots than it wrote"
        assert len(core) == len(self.latest), unlike
        assert all(one is two for one, two in zip(core.cases(), self.latest.values(), strict=True)), unlike

    def takes_over(self, core: Partition) -> None:
        """The core was restored; it holds equal snapshots, in an order of its own."""
        restored = {case.case_id: case for case in core.cases()}
        assert restored == self.latest
        self.latest = restored
        self.tally.restarts += 1

    def closes(self) -> None:
        """No snapshot changed after it was written, and all can be read back by the contract, limits and all."""
        for case_id, case in self.latest.items():
            assert codecs.CASE.encode(case) == self._bytes[case_id], f"{case_id} changed after it was written"
            assert codecs.CASE.decode_strictly(self._bytes[case_id]) == case

    def _is_theirs(self, event: ActionAccepted) -> None:
        """Whoever acts for a team acts on the task that it holds, for a partner on its own, and a post is asked only its own."""
        before = self.latest[event.case_id]
        task, team = before.task, event.team
        if event.role in (Role.TEAM, Role.OFFICER) or (
            event.role is Role.DEPARTMENT and event.action != "joint_step"
        ):
            offered = task.offered_to if task and before.stage is Stage.OFFERED else ()
            held = (task.team,) if task and before.stage is not Stage.DISPATCH_PENDING else ()
            last = (task.team,) if task and event.action in ("penalise", "measure") else ()
            counted = [one.team for one in before.demerits] if event.action == "appeal" else ()
            assert team is not None
            assert team in (*offered, *held, *last, *counted), f"{event.action} on a task of others"
        elif event.role is Role.DEPARTMENT:
            assert before.joint is not None
            assert team in {partner.department for partner in before.joint.tasks}
        elif event.role in _POSTS:
            assert team in (None, _POSTS[event.role]), f"{event.role} does {event.action} for {team}"

    def _is_new(self, outcome: Outcome) -> None:
        """No report opens or joins a case that did so before, however long ago."""
        for event in outcome.entry.events:
            if isinstance(event, ReportMerged) or (
                isinstance(event, CaseOpened) and event.report.entry_id == outcome.entry.entry_id
            ):
                name = (event.case_id[:9], event.report.source.value, comparable(event.report.source_no))
                assert name not in self._reported, f"{name} was a case before"
                self._reported.add(name)

    def _answered(self, outcome: Outcome) -> None:
        """A record has one receipt with a code that has words; what is refused or repeated touches nothing."""
        if isinstance(outcome.entry.cause, TimerCause):
            self.tally.timers += 1
            assert not outcome.receipts
            assert outcome.cases or outcome.retired
            return
        self.tally.records += 1
        (receipt,) = outcome.receipts
        self.tally.codes[receipt.code] += 1
        if self.tally.codes[receipt.code] == 1:
            assert meaning_of(receipt.code) != NO_WORDS, f"{receipt.code} has no words"
        assert receipt.message_zh
        assert receipt.message_en
        assert receipt.code != "internal_error"
        for event in outcome.entry.events:
            if isinstance(event, ActionAccepted):
                self._is_theirs(event)
        said_no = receipt.outcome in (
            ReportOutcome.REFUSED,
            ReportOutcome.DEAD_LETTER,
            ReportOutcome.FORWARDED,
        )
        first = [(one.code, one.field, one.allowed) for one in receipt.faults[:1]]
        assert first == ([(receipt.code, receipt.field, receipt.allowed)] if said_no else [])
        repeated = type(outcome.entry.events[0]) in TOUCHING_NOTHING
        assert bool(outcome.cases) != (said_no or repeated)
        if not outcome.cases:
            assert [*outcome.assignments, *outcome.notices, *outcome.retired] == []

    def _changed(self, outcome: Outcome, case: Case, events: list[CaseEvent]) -> None:
        """The next version of a case: the fold of what the journal says of it, by moves of the table, with something due."""
        entry, before = outcome.entry, self.latest.get(case.case_id)
        for name, longest in LIMITS.items():
            assert len(getattr(case, name)) <= longest, f"more than {longest} {name}: nobody can read it back"
        assert case.version == (before.version + 1 if before else 1)
        was = self._folded.get(case.case_id)
        now = fold(was, events, entry.entry_id, entry.rules_version)
        assert now == case, "the snapshot is not what the journal says"
        self._moved(before, case, events)
        self._folded[case.case_id], self.latest[case.case_id] = now, case
        assert running_clocks.wake(case) is not None, f"nothing of {case.case_id} is due"
        _runs_by_its_stage(case)
        _is_decided_in_time(case, None if isinstance(entry.cause, TimerCause) else entry.at)
        self._is_asked(outcome, case)

    def _moved(self, before: Case | None, after: Case, events: list[CaseEvent]) -> None:
        """Each event is a move of the table, one after the other, and they end where the case stands."""
        stage, rested = before.stage if before else Stage.REPORTED, _rested(before)
        for event in events:
            row: Mapping[type[CaseEvent], Stage] = STAGE_TABLE[stage].moves
            to = row.get(type(event))
            if to is not None:
                self.tally.moves[stage, type(event).__name__] += 1
                stage = rested if type(event) in _GOING_BACK else to
            elif isinstance(event, ActionAccepted):
                self.tally.accepted[event.action] += 1
        assert stage is after.stage
        assert before is not None or isinstance(events[0], CaseOpened)

    def _is_asked(self, outcome: Outcome, case: Case) -> None:
        """Folding the assignments gives what the case asks of whom, by when; and it is the turn of one at most."""
        asked = self._asked.setdefault(case.case_id, {})
        for assignment in outcome.assignments:
            if assignment.case_id != case.case_id:
                continue
            if assignment.status is AssignmentStatus.OPEN:
                asked[_task_of(assignment)] = assignment.due_at
            else:
                never = f"{assignment.kind} of {assignment.team} ends and never began"
                assert _task_of(assignment) in asked, never
                del asked[_task_of(assignment)]
        stands = {_task_of(task): task.due_at for task in assignments.open_tasks(case, RULES)}
        assert asked == stands
        beside = _BESIDE if case.stage is Stage.AWAITING_CALLBACK else _BESIDE | {AssignmentKind.CALL_BACK}
        turns = [kind for _, kind, _ in asked if kind not in beside]
        offers = [kind for _, kind, _ in asked if kind is AssignmentKind.OFFER]
        if STAGE_TABLE[case.stage].is_terminal:
            assert {kind for _, _, kind in asked} <= {RequestKind.APPEAL}
        else:
            assert len(turns) == (0 if offers else 1), f"at {case.stage} it is the turn of {turns}"


def _task_of(task: Assignment | assignments.OpenTask) -> _Task:
    return task.team, task.kind, task.request.kind if task.request else None


def _is_decided_in_time(case: Case, at: datetime | None) -> None:
    """For each open request the clock of its decision runs, and for no other; none is open where nobody can grant it any more.

    `at`: of a record; between timers that fire late the one that ends a request may be the next.
    """
    clocks = {clock.name: clock for clock in case.clocks if clock.kind is ClockKind.DECIDE}
    running = {name: clock.started_at for name, clock in clocks.items() if clock.stopped_at is None}
    requests = [request for request in (case.request, *case.further_requests) if request]
    assert running == {request.kind.value: request.at for request in requests}
    for request in requests:
        end = request.until
        if request.kind is RequestKind.EXTENSION:
            end = next(clock.due_at for clock in case.clocks if clock.kind is ClockKind.DISPOSE)
        assert at is None or end is None or at < end, f"{request.kind} cannot be granted any more"


def _runs_by_its_stage(case: Case) -> None:
    """The clocks of the stage run, and no others; of a case that is over only the law's, and nothing is asked but an appeal."""
    running = {clock.kind for clock in case.clocks if clock.stopped_at is None}
    if STAGE_TABLE[case.stage].is_terminal:
        appealed = case.request is not None and case.request.kind is RequestKind.APPEAL
        assert running <= {ClockKind.LEGAL} | ({ClockKind.DECIDE} if appealed else set())
        assert (case.request is None or appealed, case.further_requests, case.suspension) == (True, (), None)
        assert not case.call_due or case.stage is Stage.MERGED  # it goes on so, should it be split off again
        return
    wanted = set(STAGE_TABLE[case.suspension.stage if case.suspension else case.stage].clocks)
    if not _waits_for_contact(case):
        wanted -= {ClockKind.CONTACT}
    beside = {ClockKind.LEGAL} | ({ClockKind.CALLBACK} if case.call_due else set())
    beside |= {ClockKind.STAGE} if ClockKind.DISPOSE in wanted else set()
    beside |= {ClockKind.DECIDE} if case.request is not None else set()
    beside |= _PARTNERS if ClockKind.JOINT in wanted else set()
    assert running <= wanted | beside, f"at {case.stage} these run too: {running - wanted - beside}"
    if case.suspension is None:
        assert wanted <= running, f"at {case.stage} they stand: {wanted - running}"


def _waits_for_contact(case: Case) -> bool:
    """Somebody left a phone and wants to hear of it, nobody of them is secret, and the team has not turned to them."""
    reports = [*case.reports, *(report for joined in case.joined for report in joined.reports)]
    secret = case.facts.secret or any(report.facts.secret for report in reports if report.facts)
    done = case.contact is not None and (case.contact.reached_at or case.contact.given_up)
    by_a_team = case.task is not None and case.task.team is not None
    return by_a_team and not done and not secret and any(report.call_back for report in reports)


def _rested(before: Case | None) -> Stage:
    """Where a case goes on that rests, or was merged."""
    if before is not None and before.merged is not None:
        return before.merged.stage
    return before.suspension.stage if before is not None and before.suspension else BACK


def written(outcome: Outcome) -> list[bytes]:
    """All bytes of a step: its entry first, then the snapshot where there is one."""
    parts = [codecs.JOURNAL_ENTRY.encode(outcome.entry)]
    parts += [codecs.CASE.encode(case) for case in outcome.cases]
    parts += [codecs.RETIRED.encode(record) for record in outcome.retired_reports]
    parts += [codecs.ASSIGNMENT.encode(assignment) for assignment in outcome.assignments]
    parts += [codecs.RECEIPT.encode(receipt) for receipt in outcome.receipts]
    parts += [codecs.NOTICE.encode(notice) for notice in outcome.notices]
    parts += [codecs.CALLER.encode(caller) for caller in outcome.callers]
    parts += [codecs.DEAD_LETTER.encode(letter) for letter in outcome.dead_letters]
    return parts


def digest(parts: list[bytes]) -> bytes:
    """Of what one step wrote."""
    return blake2b(b"\n".join(parts), digest_size=16).digest()
