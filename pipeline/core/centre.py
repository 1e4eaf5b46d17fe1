"""The enforcement centre of one street: all its cases, and the only place where the stages meet.

Deciding reads and changes nothing; `apply` alone changes the state, and only to what a decision says.
"""

from collections.abc import MutableMapping
from datetime import datetime
from functools import partial

from msgspec.structs import replace

from pipeline.core import actions
from pipeline.core.case.capacity import has_room, is_within_limits, may_take
from pipeline.core.case.case_book import CaseBook, FoundCase
from pipeline.core.case.decision import (
    AcceptedAction,
    AcceptedReport,
    Decision,
    RetiredReply,
    refuse_action,
    refuse_report,
)
from pipeline.core.case.decision_context import DecisionContext
from pipeline.core.case.joined_reports import is_elsewhere_now
from pipeline.core.case.open_requests import request_of
from pipeline.core.case.turn import Change, Turn
from pipeline.core.case_endings import ended_of
from pipeline.core.duplicates.report_said import Comparable
from pipeline.core.duty.duty_desk import DutyDesk
from pipeline.core.duty.who_goes import WhoGoes
from pipeline.core.locate.secret_place import is_secret
from pipeline.core.moved_cases import moved
from pipeline.core.other_street import arriving
from pipeline.core.retired_index import RetiredIndex
from pipeline.core.rules.identity import action_digest, case_id_of, report_digest, report_key
from pipeline.core.rules.refusals import Refusal
from pipeline.core.rules.rules import Rules, Street
from pipeline.core.stages import discovery, joining, reported_evidence
from pipeline.core.stages.discovery import Examined
from pipeline.core.stages.duplicates import (
    Apart,
    DuplicateIndex,
    is_merge_candidate,
    may_relapse,
    spot_in,
)
from pipeline.core.stages.joinable_cases import Fits, OpenCases, said_of
from pipeline.core.stages.updates import repeated_orders, updating
from pipeline.core.timers import TIMER_TABLE
from pipeline.core.worktime.office_hours import MINUTES_PER_DAY
from schemas import limits
from schemas.inputs.action import Action, Merge
from schemas.inputs.lenient_reading import PushedReport
from schemas.inputs.report import Report
from schemas.journal.clock_events import TimerFired
from schemas.journal.events import (
    ActionAccepted,
    ActionRepeated,
    CaseEvent,
    CaseRetired,
    ReportRepeated,
)
from schemas.state.case import ActionRef, Case, ReportRef, Timer
from schemas.state.retired import Ended, RetiredReport, content_bits
from schemas.values.terms import RequestKind
from schemas.values.update_terms import ReportMark
from schemas.wire.move_header import MoveHeader


class Centre:
    """The state of one street. `cases` may be shared with other streets of the partition; ids tell them apart."""

    def __init__(self, street: Street, rules: Rules, cases: MutableMapping[str, Case]) -> None:
        self._street = street
        self._rules = rules
        self._cases = cases
        self._book = CaseBook(cases, self._same_as)
        self._case_of_report: dict[str, str] = {}
        self.retired = RetiredIndex(street.code)
        self.duty = DutyDesk(street, rules)
        self._who_goes = WhoGoes(rules, self.duty)
        policy = rules.policy
        apart = Apart.of(policy)
        near = DuplicateIndex(policy.duplicate_window_minutes, apart, policy.address, street.grids)
        self._duplicates = OpenCases(rules.duplicates, near)
        relapse_minutes = policy.relapse_days * MINUTES_PER_DAY
        self._relapses = DuplicateIndex(relapse_minutes, apart, policy.address, street.grids)

    def decide_report(
        self,
        pushed: PushedReport,
        sha256: str,
        caller: str | None,
        turn: Turn,
        came: MoveHeader | None = None,
    ) -> Decision:
        """Repeat the answer to this content, update its case, refuse, merge into an open case, or open one: in this order.

        `came`: what another street says that moved it here.
        """
        report = pushed.report
        key = report_key(report.source, report.source_no)
        case_id = self._case_of_report.get(key)
        if case_id is not None:
            return self._again(self._cases[case_id], pushed, sha256, caller, turn)
        retired = self.retired.report(key)
        if retired is not None:
            return self._repeat_retired(retired, report)
        if report.mark is ReportMark.WITHDRAWN:
            return refuse_report(
                report, Refusal("withdrawal_of_unknown", "mark", "a number that was pushed before")
            )
        examined = discovery.examine(self._rules, self._street, self._book, pushed, turn.at)
        if isinstance(examined, Refusal):
            return refuse_report(report, examined)
        seen = discovery.seen_report(report, sha256, turn.entry_id, turn.at, caller, examined)
        seen = arriving.with_caller(came, seen)
        found = self._found(report, examined, seen.caller, turn.at)
        earlier = self._earlier(report)
        found = arriving.where_to(came, self._cases, self._repeated(earlier, report, examined, found))
        match = found.same
        host_id = match.case_id if match else None
        seen = reported_evidence.marked(self._rules, self._book, report, seen, host_id)
        if match:
            examined, seen = examined._replace(missing=()), replace(seen, missing=())
            since = came.opened_at if came else None
            return self._merge(self._cases[match.case_id], report, examined, seen, match.why, turn, since)
        relapse_of = self._relapse_of(earlier, report, examined, turn.at)
        opening = discovery.open_case(
            self._rules, self._street, report, examined, seen, relapse_of, found.suspect, came
        )
        events, changes = self._moved(opening, turn)
        after = changes[0].after
        return Decision(events, changes, _accepted(after.case_id, after.reports[0], report))

    def decide_action(self, action: Action, turn: Turn) -> Decision:
        """Repeat the first answer, refuse the action, or accept it: in this order."""
        case = self._cases.get(action.case_id)
        if case is None:
            return self._refuse_unknown(action)
        for done in case.actions:
            if done.action_id == action.action_id:
                if done.content not in (None, action_digest(action)):
                    return refuse_action(action, Refusal("id_used_otherwise", "action_id", "a new id"), case)
                again = ActionRepeated(case_id=case.case_id, action_id=action.action_id)
                return Decision((again,), reply=AcceptedAction(case.case_id, action.actor.id, done))
        decided = actions.decide(self._context(case, turn.at), action)
        if isinstance(decided, Refusal):
            if decided.code == "unknown_case" and isinstance(action, Merge) and self._ended(action.into):
                decided = Refusal("merge_into_terminal", "into", "an open case; it ended long ago")
            return refuse_action(action, decided, case)
        return self._accept(case, action, decided, turn)

    def decide_timer(self, case: Case, timer: Timer, turn: Turn) -> Decision:
        """What a due timer does, by its row of the table of timers."""
        row = TIMER_TABLE[timer.kind]
        late_s = max(0, int(((turn.decided_at or turn.at) - timer.due_at).total_seconds()))
        fired = TimerFired(case_id=case.case_id, timer=timer, late_s=late_s)
        events: tuple[CaseEvent, ...] = (fired, *row.fire(self._context(case, turn.at), timer))
        retired = any(isinstance(event, CaseRetired) for event in events)
        events, (change, *others) = self._moved(events, turn, timer.due_at if row.ends_when_due else turn.at)
        return Decision(events, (change._replace(retired=retired), *others))

    def apply(self, change: Change) -> None:
        """The change becomes the state."""
        before, after = change.before, change.after
        self._book.note(before, None if change.retired else after)
        self._who_goes.note(before, None if change.retired else after)
        if change.retired:
            self._forget(after)
            return
        self._cases[after.case_id] = after
        for report in after.reports[len(before.reports) if before else 0 :]:
            self._case_of_report[report_key(report.source, report.source_no)] = after.case_id
        was_candidate = before is not None and is_merge_candidate(before)
        is_candidate = is_merge_candidate(after)
        if is_candidate and not was_candidate:
            self._duplicates.add(after)
        elif was_candidate and not is_candidate:
            self._duplicates.remove(after)
        elif is_candidate and before is not None and is_elsewhere_now(before, after):
            self._duplicates.remove(before)
            self._duplicates.add(after)
        elif is_candidate and before is not None and before.reports is not after.reports:
            self._duplicates.renew(after)
        was_closed, closed = before.closed_at if before else None, after.closed_at
        if closed is not None and was_closed is None and may_relapse(after):
            self._relapses.add(after, closed)
        elif was_closed is not None and closed is None:
            self._relapses.remove(after)

    def read_ahead(self) -> bool:
        """Reads one more open case of which nobody has needed the words; False where all are read."""
        return self._duplicates.read_ahead()

    def _context(self, case: Case, at: datetime) -> DecisionContext:
        return DecisionContext(self._rules, self._street, self._book, case, at, self.duty.view(at))

    def _found(self, report: Report, examined: Examined, caller: str | None, at: datetime) -> FoundCase:
        """The open case that the report repeats, if it can take the report in; or that it likely repeats."""
        if report.self_disposed or examined.taken.answer is not None:
            return FoundCase()
        callers = (caller,) if caller else ()

        def said() -> Comparable:
            facts = discovery.facts_of(self._rules, report, examined, at)
            return said_of(self._rules.duplicates, "", facts, examined.spot, callers)

        fits = Fits(lambda case_id: may_take(self._cases[case_id], report), self._may_be_suspected)
        if not examined.is_comparable:
            return self._duplicates.find_called(said(), at, fits) if callers else FoundCase()
        return self._duplicates.find(examined.matter.code, said, examined.spot, at, fits, callers)

    def _earlier(self, report: Report) -> str | None:
        """The case that answers for the order which this one repeats, as its sender says; kept or not."""
        if report.order is None or report.order.repeat_of is None:
            return None
        key = report_key(report.source, report.order.repeat_of)
        retired = self.retired.report(key)
        gone = case_id_of(self._street.code, retired.case_name) if retired else None
        case_id = self._case_of_report.get(key, gone)
        case = self._cases.get(case_id or "")
        return case.merged.into if case and case.merged else case_id

    def _repeated(
        self, earlier: str | None, report: Report, examined: Examined, found: FoundCase
    ) -> FoundCase:
        """What is found by the number of the earlier order, where its case can take in the report."""
        host = self._cases.get(earlier or "")
        is_told = not report.self_disposed and examined.taken.answer is None
        if host is None or not (is_told and is_merge_candidate(host) and may_take(host, report)):
            return found
        may_be_suspected = self._may_be_suspected(host.case_id)
        return repeated_orders.found_by_number(
            self._rules, self._street, host, report, examined, found, may_be_suspected=may_be_suspected
        )

    def _same_as(self, case: Case, at: datetime) -> FoundCase:
        """The open case that tells of the same as one of which nothing is missing any more."""
        facts, words = case.facts, self._rules.policy.address
        callers = tuple(report.caller for report in case.reports if report.caller)
        spot = spot_in(facts, words)
        said = partial(said_of, self._rules.duplicates, "", facts, spot, callers)
        is_asked = request_of(case, RequestKind.DUPLICATE) is not None
        fits = Fits(
            lambda case_id: has_room(self._cases[case_id]),
            lambda case_id: (
                not is_asked and case_id not in case.not_duplicate_of and self._may_be_suspected(case_id)
            ),
        )
        return self._duplicates.find(facts.matter, said, spot, at, fits, callers)

    def _may_be_suspected(self, case_id: str) -> bool:
        """Whether a case can take in another, and not too many are asked about already."""
        few = len(self._book.suspected_of(case_id)) < limits.SUSPECTS_PER_CASE_MAX
        return few and has_room(self._cases[case_id])

    def _relapse_of(
        self, earlier: str | None, report: Report, examined: Examined, at: datetime
    ) -> str | None:
        """The case that ended a few days ago about the same, or that answered the order which this one repeats."""
        if report.self_disposed:
            return None
        if earlier is not None and self._ended(earlier) is not None:
            return earlier
        if not (examined.is_comparable and examined.is_complete):
            return None
        relapse = self._relapses.find(examined.matter.code, examined.spot, at)
        return relapse.case_id if relapse else None

    def _again(
        self, case: Case, pushed: PushedReport, sha256: str, caller: str | None, turn: Turn
    ) -> Decision:
        """The number comes again: a content that was answered gets its answer once more, another one is an update."""
        report = pushed.report
        key, content = report_key(report.source, report.source_no), report_digest(report)
        first = next(seen for seen in case.reports if report_key(seen.source, seen.source_no) == key)
        is_first = first.sha256 == sha256 or first.content == content
        update = next((told for told in first.updates if told.content == content and not is_first), None)
        if not is_first and update is None and first.content is not None:
            return self._update(case, pushed, first, caller, turn)
        again = ReportRepeated(
            case_id=case.case_id,
            source=first.source,
            source_no=first.source_no,
            differs=not is_first and update is None,
            of=update.entry_id if update else None,
        )
        ended = self._ended(case.case_id)
        reply = AcceptedReport(case.case_id, first, differs=again.differs, ended=ended, update=update)
        return Decision((again,), reply=reply)

    def _update(
        self, case: Case, pushed: PushedReport, first: ReportRef, caller: str | None, turn: Turn
    ) -> Decision:
        context = self._context(case, turn.at)
        decided = updating.decide_update(context, pushed, first, caller, turn.entry_id)
        if isinstance(decided, Refusal):
            return refuse_report(pushed.report, decided)
        updated = decided.updated
        events, changes = self._moved(decided.events, turn)
        reply = AcceptedReport(
            case.case_id,
            replace(first, caller=updated.caller or first.caller),
            caller=decided.person,
            secret=pushed.report if decided.person and decided.person.secret else None,
            ended=self._ended(case.case_id),
            update=updated.update,
        )
        return Decision(events, changes, reply)

    def _repeat_retired(self, retired: RetiredReport, report: Report) -> Decision:
        """Its case is kept no longer: nobody knows the first answer, but what became of it."""
        case_id = case_id_of(self._street.code, retired.case_name)
        ended = self._ended(case_id) or Ended()
        differs = retired.content not in (0, content_bits(report_digest(report)))
        again = ReportRepeated(
            case_id=case_id, source=report.source, source_no=report.source_no, differs=differs, ended=ended
        )
        return Decision((again,), reply=RetiredReply(case_id, report, retired.joined, differs, ended))

    def _refuse_unknown(self, action: Action) -> Decision:
        """Nothing is to be done to a case that is kept no longer, or never was."""
        ended = self._ended(action.case_id)
        if ended is None:
            return refuse_action(action, Refusal("unknown_case", "case_id", "the id of a case"), None)
        return refuse_action(action, Refusal("case_retired", "case_id", "an open case"), None, ended)

    def _ended(self, case_id: str) -> Ended | None:
        return ended_of(self._cases, self.retired, self._street.code, case_id)

    def _merge(
        self,
        case: Case,
        report: Report,
        examined: Examined,
        seen: ReportRef,
        why: str,
        turn: Turn,
        since: datetime | None,
    ) -> Decision:
        merged, events = joining.join(self._context(case, turn.at), report, examined, seen, why, since)
        events, changes = self._moved(events, turn)
        return Decision(events, changes, _accepted(case.case_id, merged, report))

    def _accept(self, case: Case, action: Action, decided: tuple[CaseEvent, ...], turn: Turn) -> Decision:
        decided, changes = self._moved(decided, turn)
        if not all(is_within_limits(change.before, change.after) for change in changes if change.before):
            return refuse_action(action, Refusal("case_full", "case_id"), case)
        acted = next(number for number, change in enumerate(changes) if change.after.case_id == case.case_id)
        after = changes[acted].after
        done = ActionRef(
            action_id=action.action_id,
            entry_id=turn.entry_id,
            at=turn.at,
            version=after.version,
            stage=after.stage,
            content=action_digest(action),
        )
        actor = action.actor
        accepted = ActionAccepted(
            case_id=case.case_id,
            action=action.action,
            actor=actor.id,
            role=actor.role,
            team=actor.team,
            acted_at=action.acted_at,
            done=done,
        )
        remembered = changes[acted]._replace(after=replace(after, actions=(*after.actions, done)))
        reply = AcceptedAction(case.case_id, actor.id, done)
        return Decision((*decided, accepted), (*changes[:acted], remembered, *changes[acted + 1 :]), reply)

    def _moved(
        self, events: tuple[CaseEvent, ...], turn: Turn, at: datetime | None = None
    ) -> tuple[tuple[CaseEvent, ...], tuple[Change, ...]]:
        return moved(self._rules, self._book, events, turn.entry_id, at or turn.at, self._who_goes)

    def _forget(self, case: Case) -> None:
        del self._cases[case.case_id]
        self._relapses.remove(case)
        for report in case.reports:
            self._case_of_report.pop(report_key(report.source, report.source_no), None)
        self.retired.add(case)


def _accepted(case_id: str, seen: ReportRef, report: Report) -> AcceptedReport:
    return AcceptedReport(case_id, seen, report.caller, secret=report if is_secret(report) else None)
