"""I4 to I7: every move is legal and its actor may make it, the first claim wins, a case has one holder, and the assignments say so."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from pipeline.audit.checks.check_context import OTHER_RULES, CheckContext
from pipeline.audit.findings import Invariant
from pipeline.audit.log.entry_join import Join, JoinedEntry
from pipeline.audit.log.partition_log import LogPlace
from pipeline.audit.model.audit_tables import (
    EFFECTS,
    HANDLED,
    NOT_BY_HANDLERS,
    OPEN_TASKS,
    POSTS,
    TEAM_ROLES,
    UNHELD,
    name_of,
)
from pipeline.audit.model.case_memory import CaseMemory
from pipeline.audit.model.claim_account import UnfinishedClaims, lease_end
from pipeline.audit.model.fold import Touched
from pipeline.audit.model.procedure.penalty_order import approving_handlers, waited_for
from pipeline.audit.model.rules_reader import AuditRules
from schemas import topics
from schemas.errors import BadMessage
from schemas.inputs import intake
from schemas.inputs.action import Action
from schemas.journal.clock_events import PenaltyMoved, RequestDecided, TimerFired
from schemas.journal.events import ActionAccepted, ActionRefused, CaseClaimed, CaseDispatched
from schemas.journal.joint_events import TaskHandedOver
from schemas.outputs import Assignment
from schemas.state.case import Case
from schemas.values.terms import AssignmentKind, AssignmentStatus, ClockKind, Stage, TimerKind

Task = tuple[str, str, str]
"""A team or post, what it is asked for, and of an approval what is to be decided."""

_OUTPUTS_GONE: Final = "the assignments are gone by retention, or were not asked for"
_UNREAD: Final = "the case was opened before the part of the journal that is read"
_CLOCK_OF: Final[Mapping[str, ClockKind]] = {
    "assess": ClockKind.ACCEPT,
    "check": ClockKind.ACCEPT,
    "dispatch": ClockKind.DISPATCH,
    "offer": ClockKind.CLAIM,
    "handle": ClockKind.DISPOSE,
    "verify": ClockKind.VERIFY,
    "call_back": ClockKind.CALLBACK,
}


class Moves:
    """I4, I5, I6: the moves of a case, and who made them."""

    def __init__(self, context: CheckContext) -> None:
        self._context = context
        self._holds = context.findings.holds
        self._claims = UnfinishedClaims()

    def check_entry(self, joined: JoinedEntry, touched_cases: Sequence[Touched]) -> None:
        """An entry."""
        for case_id in self._context.fold.strangers:
            if self._context.is_whole:
                self._holds("never_opened", False, joined.place, case_id)
            else:
                self._context.findings.skip((Invariant.I4,), _UNREAD)
            if (case := self._context.fold.cases.get(case_id)) is not None:
                self._claims.note(None, case)
        for touched in touched_cases:
            self._moved(joined, touched)
            self._claims.note(touched.before, touched.after)
        for event in joined.entry.events:
            if isinstance(event, ActionAccepted):
                self._accepted(joined, touched_cases, event)
            elif isinstance(event, ActionRefused):
                self._refused(joined, event)

    def end(self, join: Join) -> None:
        """Nothing is left to check."""

    def _moved(self, joined: JoinedEntry, touched: Touched) -> None:
        after, place = touched.after, joined.place
        stage = touched.before.stage if touched.before else "-"
        self._holds(
            "illegal_move",
            touched.illegal_event is None,
            place,
            after.case_id,
            event=touched.illegal_event,
            stage=stage,
        )
        for event in touched.events:
            if isinstance(event, PenaltyMoved) and touched.before:
                # what is to be announced the rules say; all else is the law's own order
                demolition = self._context.audit_rules.demolition if self._context.has_rules else frozenset()
                open_steps = waited_for(touched.before, event.step, demolition)
                words = {"step": event.step.value, "waits": open_steps}
                self._holds("penalty_shut", not open_steps, place, after.case_id, **words)
                both = approving_handlers(touched.before.penalty, event)
                words = {"step": event.step.value, "who": ", ".join(sorted(both))}
                self._holds("approved_by_handler", not both, place, after.case_id, **words)
            if isinstance(event, CaseClaimed):
                offered_to = touched.before.offered_to if touched.before else ()
                free = touched.before is not None and touched.before.team is None and event.team in offered_to
                self._holds("claimed_twice", free, place, after.case_id, team=event.team)
                self._claimed_by_policy(joined, after, event)
            if isinstance(event, TimerFired) and event.timer.kind is TimerKind.LEASE_LAPSED:
                late, anew = touched.before and touched.before.team, touched.event("case_dispatched")
                is_given = isinstance(anew, CaseDispatched) and (anew.designated or anew.team != late)
                self._holds("lease_ignored", is_given, place, after.case_id, team=late)
            if isinstance(event, TaskHandedOver) and self._context.measures(joined, Invariant.I6):
                right = self._context.audit_rules.successor_of(after.street, event.gone, joined.entry.at)
                is_right = right == event.successor != event.gone
                words = {"gone": event.gone, "successor": event.successor, "right": right}
                self._holds("handed_over_wrong", is_right, place, after.case_id, **words)
        given = sum(name_of(event) in ("case_dispatched", "case_claimed") for event in touched.events)
        if given:
            self._holds("given_twice", given <= 1, place, after.case_id)

    def _claimed_by_policy(self, joined: JoinedEntry, case: CaseMemory, event: CaseClaimed) -> None:
        """The team had fewer unfinished claims than it may have, and has this one as long as it may."""
        if self._context.measures(joined, Invariant.I6):
            rules, had = self._context.audit_rules, self._claims.of(case.street, event.team)
            words = {"team": event.team, "claims": had, "most": rules.claims_open_max}
            is_within = rules.claims_open_max is None or had < rules.claims_open_max
            self._holds("claimed_too_many", is_within, joined.place, case.case_id, **words)
            right = lease_end(rules, event.at)
            words = {"team": event.team, "until": event.until, "right": right}
            self._holds("lease_wrong", event.until == right, joined.place, case.case_id, **words)

    def _accepted(self, joined: JoinedEntry, touched_cases: Sequence[Touched], event: ActionAccepted) -> None:
        touched = next((touched for touched in touched_cases if touched.after.case_id == event.case_id), None)
        before = touched.before if touched else None
        if touched is None or before is None:
            return
        place, case_id, action = joined.place, event.case_id, event.action
        words = {"action": action, "actor": event.actor, "role": event.role.value, "team": event.team}
        effects, whose = EFFECTS.get(action, (frozenset(), "anybody"))
        self._holds("other_deed", touched.has(*effects), place, case_id, **words)
        self._holds("version_told", event.done.version == touched.after.version, place, case_id, **words)
        self._holds("stage_told", event.done.stage.value == touched.after.stage, place, case_id, **words)
        if self._context.measures(joined, Invariant.I4):
            self._holds("role_not_allowed", event.role in self._may(touched, action), place, case_id, **words)
        if action in NOT_BY_HANDLERS:
            self._holds(
                "by_handler",
                event.actor.casefold() not in map(str.casefold, before.handlers),
                place,
                case_id,
                **words,
            )
        decided = touched.event("request_decided")
        if isinstance(decided, RequestDecided) and (asked := before.request_of(decided.kind)) is not None:
            self._holds(
                "self_decided", event.actor.casefold() != asked.by.casefold(), place, case_id, **words
            )
        self._is_theirs(joined, touched, event, whose)
        self._version_is_current(joined, before, event)

    def _is_theirs(self, joined: JoinedEntry, touched: Touched, event: ActionAccepted, whose: str) -> None:
        """Whoever acts is of the task's team, of its own department, of the post of its role, and of the case's street."""
        before, place, case_id = touched.before, joined.place, event.case_id
        words = {"action": event.action, "team": event.team, "role": event.role.value}
        holder = before.team if before and (before.stage not in UNHELD or whose == "handler") else None
        is_bound = whose in ("holder", "handler") or (whose == "holder+" and event.role in TEAM_ROLES)
        if is_bound:
            is_theirs = holder is not None and event.team == holder
            self._holds("not_the_holder", is_theirs, place, case_id, holder=holder, **words)
        done = touched.event("joint_task_moved") if whose == "partner" else touched.event("case_claimed")
        if whose in ("partner", "offered"):
            owner = getattr(done, "department", None) or getattr(done, "team", None)
            self._holds("not_the_holder", event.team == owner, place, case_id, holder=owner, **words)
        if event.team is not None and self._context.measures(joined, Invariant.I6):
            post = self._context.audit_rules.of_post.get(event.role)
            self._holds("other_post", post in (None, event.team), place, case_id, post=post, **words)
        action = action_of(joined)
        street = action.actor.street if action else None
        own = touched.after.street
        self._holds("other_street", street in (None, own), place, case_id, street=street, **words)

    def _may(self, touched: Touched, action: str) -> frozenset[object]:
        audit_rules = self._context.audit_rules
        if action != "decide":
            return frozenset(audit_rules.may.get(action, frozenset()))
        decided = touched.event("request_decided")
        if not isinstance(decided, RequestDecided):
            return frozenset()
        return frozenset(audit_rules.decides[decided.kind])

    def _version_is_current(self, joined: JoinedEntry, before: CaseMemory, event: ActionAccepted) -> None:
        """An action that names an expected version is accepted only at that version."""
        action = action_of(joined)
        if action is None:
            return
        same = (action.action, action.case_id, action.actor.id, action.action_id) == (
            event.action, event.case_id, event.actor, event.done.action_id,
        )  # fmt: skip
        self._holds("other_action", same, joined.place, event.case_id, action=event.action)
        if action.expected_version is not None:
            words = {"expected": action.expected_version, "version": before.version}
            fresh = action.expected_version == before.version
            self._holds("stale_accepted", fresh, joined.place, event.case_id, **words)

    def _refused(self, joined: JoinedEntry, event: ActionRefused) -> None:
        case, action = self._context.fold.cases.get(event.case_id), action_of(joined)
        if case is None or action is None:
            return
        words = {"expected": action.expected_version, "version": case.version}
        stale = action.expected_version not in (None, case.version)
        if event.code == "stale_version":
            self._holds("fresh_refused", stale, joined.place, event.case_id, **words)
        elif event.code == "claim_lost":
            free = case.stage == "offered" and action.actor.team in case.offered_to
            self._holds("claim_refused", not free, joined.place, event.case_id, team=action.actor.team)


class Views:
    """I7, and the part of I6 that teams see: the open assignments of each case, and that they find each, however old it is."""

    def __init__(self, context: CheckContext) -> None:
        self._context = context
        self._holds = context.findings.holds
        self._open: dict[str, Mapping[Task, datetime | None]] = {}
        self._callers: dict[str, frozenset[str]] = {}
        self._unknown: set[str] = set()
        self._in_state: dict[str, frozenset[Task]] = {}

    def check_entry(self, joined: JoinedEntry, touched_cases: Sequence[Touched]) -> None:
        """An entry."""
        for assignment in joined.contents(topics.ASSIGNMENTS):
            if isinstance(assignment, Assignment):
                self._note(assignment)
        for output in joined.outputs.get(topics.CASES, ()):
            case_id = (output.record.key or b"").decode(errors="replace")
            self._in_state.pop(case_id, None)
            if isinstance(output.content, Case):
                self._note_state(output.content)
        for touched in touched_cases:
            self._compare(joined, touched)

    def _note_state(self, snapshot: Case) -> None:
        if self._context.has_rules:
            self._in_state[snapshot.case_id] = _tasks_in(snapshot, self._context.audit_rules)

    def end(self, join: Join) -> None:
        """Each task that is open at the end is found: its assignment is still there, or the last snapshot shows it."""
        place = LogPlace(topics.CASES, self._context.partition)
        for _, snapshot, _ in self._context.fold.last_of(join.cases.written_back):
            self._note_state(snapshot)
        for case_id, case in self._context.fold.cases.items():
            if not case.opening_was_read:
                self._context.findings.skip((Invariant.I7,), _UNREAD)
                continue
            rules = self._context.setup.rules_of(case.rules_version)
            if rules is None:
                self._context.findings.skip((Invariant.I7,), OTHER_RULES)
                continue
            expected = {task for task, _ in _expected(case, rules)}
            lost = expected - self._open.get(case_id, {}).keys() - self._in_state.get(case_id, frozenset())
            self._holds("task_unfindable", not lost, place, case_id, tasks=_task_names(lost))

    def _note(self, assignment: Assignment) -> None:
        open_tasks = dict(self._open.get(assignment.case_id, {}))
        asked = assignment.request.kind.value if assignment.request else ""
        task = assignment.team, assignment.kind.value, asked
        open_tasks.pop(task, None)
        if assignment.status is AssignmentStatus.OPEN:
            open_tasks[task] = assignment.due_at
            if assignment.kind is AssignmentKind.CALL_BACK:
                self._callers[assignment.case_id] = frozenset(assignment.callers)
        self._open[assignment.case_id] = open_tasks

    def _compare(self, joined: JoinedEntry, touched: Touched) -> None:
        case, place = touched.after, joined.place
        if touched.before is None and topics.ASSIGNMENTS in joined.absent:
            self._unknown.add(case.case_id)
        if not case.opening_was_read or case.case_id in self._unknown:
            self._context.findings.skip(
                (Invariant.I7,), _UNREAD if not case.opening_was_read else _OUTPUTS_GONE
            )
        elif self._context.measures(joined, Invariant.I7):
            seen = self._open.get(case.case_id, {})
            holding = sorted(team for team, kind, _ in seen if kind == "handle")
            self._holds("two_holders", len(holding) <= 1, place, case.case_id, teams=", ".join(holding))
            expected = dict(_expected(case, self._context.audit_rules))
            words = {"seen": _task_names(seen), "true": _task_names(expected)}
            if self._holds("other_view", seen.keys() == expected.keys(), place, case.case_id, **words):
                same = all(seen[task] == due_at for task, due_at in expected.items())
                self._holds("other_deadline_seen", same, place, case.case_id, **words)
            if any(kind == "call_back" for _, kind, _ in expected):
                called = self._callers.get(case.case_id, frozenset())
                waiting = frozenset(
                    report.caller for report in case.answered() if report.call_back and report.caller
                )
                numbers = {"seen": len(called), "true": len(waiting)}
                self._holds("other_callers_seen", called == waiting, place, case.case_id, **numbers)
        if touched.has("case_retired"):
            self._open.pop(case.case_id, None)
            self._callers.pop(case.case_id, None)
            self._unknown.discard(case.case_id)


def action_of(joined: JoinedEntry) -> Action | None:
    """The action that the entry decides, where it is there and can be read."""
    record = joined.input
    if record is None or record.topic != topics.ACTIONS:
        return None
    try:
        return intake.read_action(record.key, record.headers, record.value)
    except BadMessage:
        return None


def _expected(case: CaseMemory, rules: AuditRules) -> Iterator[tuple[Task, datetime | None]]:
    """The assignments that must be open in the present state of the case; when it is over only to decide what is appealed against."""
    for team, kind in () if case.is_over else _tasks(case, rules):
        yield (team, kind, ""), _due(case, _CLOCK_OF[kind], None)
    for request in case.requests:
        kind, approver = request.kind.value, rules.approver(request.kind)
        yield (approver, "approve", kind), _due(case, ClockKind.DECIDE, kind)
    if case.stage == "joint_in_progress":
        for department, status in (case.joint or {}).items():
            if status in OPEN_TASKS:
                name = department.replace("-", "_")
                yield (department, "joint", ""), _due(case, ClockKind.PARTNER_FINISH, name)


def _tasks_in(case: Case, rules: AuditRules) -> frozenset[Task]:
    """The tasks that a reader of the snapshot finds in it."""
    requests = filter(None, (case.request, *case.further_requests))
    tasks = {(rules.approver(request.kind), "approve", request.kind.value) for request in requests}
    if case.closed_at is not None:
        return frozenset(tasks)
    posts = rules.posts
    if case.stage.value in POSTS:
        post, kind = POSTS[case.stage.value]
        tasks.add((posts[post], kind, ""))
    elif case.stage is Stage.OFFERED and case.task is not None:
        tasks |= {(team, "offer", "") for team in case.task.offered_to}
    elif case.stage.value in HANDLED and case.task is not None and case.task.team:
        tasks.add((case.task.team, "handle", ""))
    if case.call_due and case.stage is not Stage.AWAITING_CALLBACK:
        tasks.add((posts["callback"], "call_back", ""))
    if case.joint is not None and case.stage is Stage.JOINT_IN_PROGRESS:
        tasks |= {(task.department, "joint", "") for task in case.joint.tasks if task.status in OPEN_TASKS}
    return frozenset(tasks)


def _tasks(case: CaseMemory, rules: AuditRules) -> Iterator[tuple[str, str]]:
    posts = rules.posts
    if case.stage in POSTS:
        post, kind = POSTS[case.stage]
        yield posts[post], kind
    elif case.stage == "offered":
        yield from ((team, "offer") for team in case.offered_to)
    elif case.stage in HANDLED and case.team:
        yield case.team, "handle"
    if case.call_due and case.stage != "awaiting_callback":
        yield posts["callback"], "call_back"


def _due(case: CaseMemory, kind: ClockKind, name: str | None) -> datetime | None:
    clock = case.clocks.get((kind, name))
    return clock.due_at if clock else None


def _task_names(tasks: Iterable[Task]) -> str:
    return ", ".join(" ".join(task).rstrip() for task in sorted(tasks)) or "-"
