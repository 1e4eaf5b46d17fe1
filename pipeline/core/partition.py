"""All streets whose records share a partition, and the timers of all their cases.

The one door through which a shell drives the core: restore it, ask what is due, fire that, then step a record.

    record ─► read ─► centre.decide ─► Decision ─► outputs.of ─► Outcome (entry, snapshots, outputs)
                └─ cannot be read ───────┘ └─────► centre.apply, wakeups.note: the only changes
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial
from itertools import chain
from typing import Final

from pipeline.core import forwarding, letters, outputs
from pipeline.core.case.decision import DeadRecord, Decision, refuse_action, refuse_report
from pipeline.core.case.turn import Change, InputRecord, Outcome, Turn
from pipeline.core.centre import Centre
from pipeline.core.clocks import decision_clocks, running_clocks
from pipeline.core.clocks.wakeups import Wakeups
from pipeline.core.duty.duty_desk import refuse_duty
from pipeline.core.other_street import arriving, leaving, move_seal
from pipeline.core.retired_index import Chunk, chunk_of
from pipeline.core.rules.identity import caller_token, original_token, report_key, sha256_of
from pipeline.core.rules.refusals import Refusal
from pipeline.core.rules.rules import Rules
from pipeline.core.stages import discovery, succession
from schemas.duty.duty_actions import DutyAction
from schemas.duty.street_duty import StreetDuty
from schemas.errors import BadMessage, CorruptLog
from schemas.inputs.action import Action
from schemas.inputs.intake import read_action, read_discard, read_duty_action, read_pushed
from schemas.inputs.report import Report
from schemas.journal.entry import JournalEntry, OutputCounts, RecordCause, TimerCause
from schemas.journal.events import MessageDead
from schemas.state.case import Case, Timer
from schemas.state.retired import RetiredReports
from schemas.topics import REPORTS
from schemas.values.terms import TimerKind
from schemas.values.text import street_of
from schemas.wire.retried_letter import read_retry


class Partition:
    """The state of one partition. A step either returns its outcome or raises and has changed nothing."""

    def __init__(
        self, rules: Rules, caller_key: bytes, code_version: str, partitions: int | None = None
    ) -> None:
        """An empty core. `caller_key` (≥ 32 bytes) keys the tokens that stand for callers.

        With `partitions`, the number there are, a record in another partition than its street's is forwarded.
        """
        self._rules = rules
        self._caller_key = caller_key
        self._code_version = code_version
        self._partitions = partitions
        self._cases: dict[str, Case] = {}
        self.provisional = 0
        """How many cases have a running clock whose deadline is provisional."""
        self._wakeups = Wakeups(self._cases, partial(succession.due, rules) if rules.heirs else None)
        self._centres = {code: Centre(street, rules, self._cases) for code, street in rules.streets.items()}
        self._of_former_streets: list[RetiredReports] = []
        """Past reports of streets that the rules no longer have."""
        self._duties_of_former_streets: list[StreetDuty] = []

    def __len__(self) -> int:
        """How many cases are held, the closed ones that are not yet retired among them."""
        return len(self._cases)

    def cases(self) -> Iterable[Case]:
        """The latest snapshot of every case."""
        return self._cases.values()

    def restore(
        self,
        cases: Iterable[Case],
        retired: Iterable[RetiredReports] = (),
        duties: Iterable[StreetDuty] = (),
    ) -> None:
        """Take over the latest snapshot of each case, all records of reports whose cases are kept no longer, in any order, and the
        state of each street's people and devices.

        Raises:
            CorruptLog: cases of a street, a matter, a team or a department that the rules do not know; or a record cannot be read.
        """
        chunks: dict[str, list[Chunk]] = {}
        for record in retired:
            if record.street in self._centres:
                chunks.setdefault(record.street, []).append(chunk_of(record))
            else:
                self._of_former_streets.append(record)
        for street, own in chunks.items():
            self._centres[street].retired.restore(own)
        for duty in duties:
            if duty.street in self._centres:
                self._centres[duty.street].duty.apply(duty)
            else:
                self._duties_of_former_streets.append(duty)
        lacking: dict[str, list[str]] = {}
        for case in cases:
            why = succession.lacking(self._rules, case)
            if why is not None:
                lacking.setdefault(why, []).append(case.case_id)
                continue
            self._apply(Change(None, case))
            if running_clocks.recomputed(self._rules, case) or decision_clocks.unclocked(case):
                self._wakeups.note_other_rules(case)
        if lacking:
            raise _unfit(self._rules, lacking)

    def held(self) -> tuple[Iterable[Case], Iterable[RetiredReports], Iterable[StreetDuty]]:
        """All that `restore` would take over."""
        duties = (centre.duty.state for centre in self._centres.values())
        known = (duty for duty in duties if duty is not None)
        kept = (record for centre in self._centres.values() for record in centre.retired.records())
        return (
            self.cases(),
            chain(kept, self._of_former_streets),
            chain(known, self._duties_of_former_streets),
        )

    def next_due(self) -> datetime | None:
        """When the earliest armed timer is due."""
        return self._wakeups.next_due()

    def fire(self, turn: Turn) -> Outcome:
        """Fire the earliest armed timer, which is due at or before `turn.at`."""
        case, timer = self._first(turn)
        cause = TimerCause(
            case_id=case.case_id, timer=timer.kind, clock=timer.clock, name=timer.name, due_at=timer.due_at
        )
        decision = self._centres[case.street].decide_timer(case, timer, turn)
        return self._conclude(decision, turn, case.street, cause)

    def step(self, record: InputRecord, turn: Turn) -> Outcome:
        """Decide one input record."""
        cause = self._cause(record)
        record = forwarding.without_hop(record)
        try:
            if record.topic == REPORTS:
                return self._report(record, turn, cause)
            return self._action(record, turn, cause)
        except BadMessage as fault:
            return self._dead(record, turn, cause, fault)

    def _first(self, turn: Turn) -> tuple[Case, Timer]:
        case = self._wakeups.first()
        if case is None:
            raise LookupError("no timer is armed")
        if self._wakeups.is_outdated(case) or self._wakeups.is_also_due(case):
            # nobody is late: it is due to whoever first has the rules
            return case, Timer(kind=TimerKind.RULES_CHANGED, due_at=turn.at)
        return case, running_clocks.next_timer(self._rules, case)

    def bury(self, record: InputRecord, turn: Turn) -> Outcome:
        """A dead letter `internal_error` for a record that `step` cannot decide."""
        return self._dead(record, turn, self._cause(record), BadMessage("internal_error"))

    def read_ahead(self) -> bool:
        """One small piece of work that makes later steps faster and changes none; False where none is left."""
        return any(centre.read_ahead() for centre in self._centres.values())

    def _report(self, record: InputRecord, turn: Turn, cause: RecordCause) -> Outcome:
        pushed = read_pushed(record.key, record.headers, record.value)
        report = pushed.report
        forwarded = self._forwarded(record, turn, cause, report, report.street)
        if forwarded is not None:
            return forwarded
        person, token = report.caller, None
        if person is not None and (person.name or person.phone or person.secret):
            token = caller_token(self._caller_key, person, report_key(report.source, report.source_no))
        centre = self._centres.get(report.street)
        if centre is None:
            streets = ", ".join(sorted(self._centres))[:200]
            unknown = Refusal("unknown_street", "street", streets)
            also = tuple(discovery.faults_of(self._rules, report, turn.at))
            decision = refuse_report(report, unknown._replace(also=also))
        else:
            came = move_seal.came_with(self._caller_key, record, cause.sha256)
            token = came.caller if came else token
            decision = centre.decide_report(pushed, cause.sha256, token, turn, came)
            decision = arriving.unnamed(decision) if came else decision
        return self._conclude(decision, turn, report.street, cause)

    def _action(self, record: InputRecord, turn: Turn, cause: RecordCause) -> Outcome:
        discard = read_discard(record.headers, record.value)
        if discard is not None:
            return self._conclude(letters.decide(discard, turn), turn, None, cause)
        on_duty = read_duty_action(record.key, record.headers, record.value)
        if on_duty is not None:
            return self._duty_action(on_duty, record, turn, cause)
        action = read_action(record.key, record.headers, record.value)
        street = street_of(action.case_id)
        forwarded = self._forwarded(record, turn, cause, action, street)
        if forwarded is not None:
            return forwarded
        centre = self._centres.get(street)
        if centre is None:
            unknown = Refusal("unknown_case", "case_id", "the id of a case")
            decision = refuse_action(action, unknown, None)
        else:
            decision = centre.decide_action(action, turn)
            decision = leaving.with_reports(self._caller_key, decision, turn, self._partitions)
        return self._conclude(decision, turn, street, cause)

    def _duty_action(
        self, action: DutyAction, record: InputRecord, turn: Turn, cause: RecordCause
    ) -> Outcome:
        street = action.street
        forwarded = self._forwarded(record, turn, cause, action, street)
        if forwarded is not None:
            return forwarded
        centre = self._centres.get(street)
        if centre is None:
            unknown = Refusal("unknown_street", "street", ", ".join(sorted(self._centres))[:200])
            return self._conclude(refuse_duty(action, unknown), turn, street, cause)
        return self._conclude(centre.duty.decide(action, turn), turn, street, cause)

    def _forwarded(
        self,
        record: InputRecord,
        turn: Turn,
        cause: RecordCause,
        content: Report | Action | DutyAction,
        street: str,
    ) -> Outcome | None:
        """The outcome of a record that belongs elsewhere; None for one that is where it belongs."""
        decision = forwarding.decide(
            self._caller_key, record, cause, content, street, self._partitions, turn.at
        )
        return None if decision is None else self._conclude(decision, turn, street, cause)

    def _dead(self, record: InputRecord, turn: Turn, cause: RecordCause, fault: BadMessage) -> Outcome:
        token = original_token(self._caller_key, record.topic, record.partition, record.offset)
        event = MessageDead(code=fault.code, field=fault.field)
        decision = Decision((event,), reply=DeadRecord(record, cause.sha256, token, fault))
        return self._conclude(decision, turn, None, cause)

    def _conclude(
        self, decision: Decision, turn: Turn, street: str | None, cause: RecordCause | TimerCause
    ) -> Outcome:
        """What the decision sends out, counted in its entry; only when all of it is made is the state changed."""
        made = outputs.of(decision, turn, self._rules)
        entry = self._entry(decision, turn, street, cause, made.counts(len(decision.changes)))
        for change in decision.changes:
            self._apply(change)
        if decision.duty is not None:
            self._centres[decision.duty.street].duty.apply(decision.duty)
        return Outcome(
            entry=entry,
            changes=decision.changes,
            assignments=made.assignments,
            receipts=made.receipts,
            notices=made.notices,
            callers=made.callers,
            dead_letters=made.dead_letters,
            forwarded=made.forwarded,
            duty=decision.duty,
            sent=decision.sent,
            retired_reports=[
                record
                for change in decision.changes
                if change.retired
                for record in self._centres[change.after.street].retired.changed(turn.entry_id)
            ],
        )

    def _cause(self, record: InputRecord) -> RecordCause:
        sha256 = sha256_of(record.value or b"")
        came = move_seal.came_with(self._caller_key, record, sha256)
        return RecordCause(
            topic=record.topic,
            partition=record.partition,
            offset=record.offset,
            sha256=sha256,
            origin=forwarding.origin_of(self._caller_key, record, sha256),
            retry_of=read_retry(record.headers),
            moved_from=came.came_from.cases[-1] if came else None,
        )

    def _apply(self, change: Change) -> None:
        stays = None if change.retired else change.after
        self._centres[change.after.street].apply(change)
        self._wakeups.note(change.before, stays)
        self.provisional += _provisional(stays) - _provisional(change.before)

    def _entry(
        self,
        decision: Decision,
        turn: Turn,
        street: str | None,
        cause: RecordCause | TimerCause,
        counts: OutputCounts,
    ) -> JournalEntry:
        return JournalEntry(
            entry_id=turn.entry_id,
            partition=turn.partition,
            epoch=turn.epoch,
            seq=turn.seq,
            at=turn.at,
            street=street,
            cause=cause,
            rules_version=self._rules.version,
            code_version=self._code_version,
            events=decision.events,
            counts=counts,
            decided_at=turn.decided_at,
        )


_NAMED_MAX: Final = 20
"""So many cases of each kind stand in the line of a worker that refuses to start; `enforcement rules diff` lists all."""
_CODES: Final = {"street": "unknown_street", "matter": "unknown_matter", "team": "unknown_team"}


def _unfit(rules: Rules, lacking: Mapping[str, list[str]]) -> CorruptLog:
    parts = []
    for why, cases in sorted(lacking.items()):
        more = f" and {len(cases) - _NAMED_MAX} more" if len(cases) > _NAMED_MAX else ""
        parts.append(f"{why}, which {', '.join(sorted(cases)[:_NAMED_MAX])}{more} need")
    code = _CODES[min(lacking).split()[1]]
    remedy = (
        "put it back until they are over; a team or department ends in roster.yaml by gone_from and successor"
    )
    return CorruptLog(code, f"rules {rules.version} have {'; '.join(parts)}: {remedy}")


def _provisional(case: Case | None) -> int:
    if case is None:
        return 0
    return any(clock.provisional and clock.stopped_at is None for clock in case.clocks)
