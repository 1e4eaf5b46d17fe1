"""I4 to I7: every move legal and by whom it may be made, the first in the log wins, one holder, and what teams see is the truth."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from pipeline.audit.checks.check_context import CheckContext
from pipeline.audit.findings import Invariant
from pipeline.audit.log.entry_join import Join, JoinedEntry
from pipeline.audit.model.audit_tables import DEEDS, HANDLED, NOT_BY_HANDLERS, OPEN_TASKS, POSTS, name_of
from pipeline.audit.model.case_memory import CaseMemory
from pipeline.audit.model.fold import Touched
from schemas import topics
from schemas.errors import BadMessage
from schemas.inputs import intake
from schemas.inputs.action import Action
from schemas.journal import events as e
from schemas.outputs import Assignment
from schemas.values.terms import AssignmentStatus, ClockKind

Task = tuple[str, str]
"""A team or post, and what it is asked for."""

_OUTPUTS_GONE: Final = "the assignments are gone by retention"
_UNREAD: Final = "the case was opened before the part of the journal that is read"
_CLOCK_OF: Final[Mapping[str, ClockKind]] = {
    "check": ClockKind.ACCEPT,
    "dispatch": ClockKind.DISPATCH,
    "offer": ClockKind.CLAIM,
    "handle": ClockKind.DISPOSE,
    "approve": ClockKind.WHOLE,
    "verify": ClockKind.VERIFY,
    "call_back": ClockKind.CALLBACK,
}


class Moves:
    """I4, I5, I6: the moves of a case, and who made them."""

    def __init__(self, ground: CheckContext) -> None:
        self._ground = ground
        self._holds = ground.found.holds

    def turn(self, turn: JoinedEntry, touched: Sequence[Touched]) -> None:
        """An entry."""
        for case_id in self._ground.fold.strangers:
            if self._ground.is_whole:
                self._holds("never_opened", False, turn.place, case_id)
            else:
                self._ground.found.skip((Invariant.I4,), _UNREAD)
        for one in touched:
            self._moved(turn, one)
        for event in turn.entry.events:
            if isinstance(event, e.ActionAccepted):
                self._accepted(turn, touched, event)
            elif isinstance(event, e.ActionRefused):
                self._refused(turn, event)

    def end(self, join: Join) -> None:
        """Nothing is left to be said."""

    def _moved(self, turn: JoinedEntry, one: Touched) -> None:
        after, place = one.after, turn.place
        stage = one.before.stage if one.before else "-"
        self._holds("illegal_move", one.illegal is None, place, after.case_id, event=one.illegal, stage=stage)
        for event in one.events:
            if isinstance(event, e.CaseClaimed):
                pool = one.before.pool if one.before else ()
                free = one.before is not None and one.before.team is None and event.team in pool
                self._holds("claimed_twice", free, place, after.case_id, team=event.team)
        given = sum(name_of(event) in ("case_dispatched", "case_claimed") for event in one.events)
        if given:
            self._holds("given_twice", given <= 1, place, after.case_id)

    def _accepted(self, turn: JoinedEntry, touched: Sequence[Touched], event: e.ActionAccepted) -> None:
        one = next((one for one in touched if one.after.case_id == event.case_id), None)
        before = one.before if one else None
        if one is None or before is None:
            return
        place, case_id, action = turn.place, event.case_id, event.action
        words = {"action": action, "actor": event.actor, "role": event.role.value, "team": event.team}
        deeds, holder_only = DEEDS.get(action, (frozenset(), False))
        self._holds("other_deed", one.has(*deeds), place, case_id, **words)
        self._holds("version_told", event.done.version == one.after.version, place, case_id, **words)
        self._holds("stage_told", event.done.stage.value == one.after.stage, place, case_id, **words)
        if self._ground.measures(turn, Invariant.I4):
            self._holds("role_not_allowed", event.role in self._may(before, action), place, case_id, **words)
        if action in NOT_BY_HANDLERS:
            self._holds("by_handler", event.actor not in before.handlers, place, case_id, **words)
        if action == "decide" and before.request is not None:
            self._holds("self_decided", event.actor != before.request.by, place, case_id, **words)
        if holder_only:
            self._holds(
                "not_the_holder", event.team == before.team, place, case_id, holder=before.team, **words
            )
        self._wins(turn, before, event)

    def _may(self, before: CaseMemory, action: str) -> frozenset[object]:
        yardstick = self._ground.yardstick
        if action != "decide":
            return frozenset(yardstick.may.get(action, frozenset()))
        kind = before.request.kind if before.request else None
        return frozenset(yardstick.decides[kind]) if kind else frozenset()

    def _wins(self, turn: JoinedEntry, before: CaseMemory, event: e.ActionAccepted) -> None:
        """What rests on a version is taken only at that version."""
        asked = action_of(turn)
        if asked is None:
            return
        same = (asked.action, asked.case_id, asked.actor.id, asked.action_id) == (
            event.action, event.case_id, event.actor, event.done.action_id,
        )  # fmt: skip
        self._holds("other_action", same, turn.place, event.case_id, action=event.action)
        if asked.expected_version is not None:
            words = {"expected": asked.expected_version, "version": before.version}
            fresh = asked.expected_version == before.version
            self._holds("stale_accepted", fresh, turn.place, event.case_id, **words)

    def _refused(self, turn: JoinedEntry, event: e.ActionRefused) -> None:
        case, asked = self._ground.fold.cases.get(event.case_id), action_of(turn)
        if case is None or asked is None:
            return
        words = {"expected": asked.expected_version, "version": case.version}
        stale = asked.expected_version not in (None, case.version)
        if event.code == "stale_version":
            self._holds("fresh_refused", stale, turn.place, event.case_id, **words)
        elif event.code == "claim_lost":
            free = case.stage == "offered" and asked.actor.team in case.pool
            self._holds("claim_refused", not free, turn.place, event.case_id, team=asked.actor.team)


class Views:
    """I7, and of I6 what teams see: the assignments that are open, by case."""

    def __init__(self, ground: CheckContext) -> None:
        self._ground = ground
        self._holds = ground.found.holds
        self._open: dict[str, Mapping[Task, datetime | None]] = {}
        self._unknown: set[str] = set()

    def turn(self, turn: JoinedEntry, touched: Sequence[Touched]) -> None:
        """An entry."""
        for told in turn.contents(topics.ASSIGNMENTS):
            if isinstance(told, Assignment):
                self._hear(told)
        for one in touched:
            self._compare(turn, one)

    def end(self, join: Join) -> None:
        """Nothing is left to be said."""

    def _hear(self, told: Assignment) -> None:
        standing = dict(self._open.get(told.case_id, {}))
        standing.pop((told.team, told.kind.value), None)
        if told.status is AssignmentStatus.OPEN:
            standing[told.team, told.kind.value] = told.due_at
        self._open[told.case_id] = standing

    def _compare(self, turn: JoinedEntry, one: Touched) -> None:
        case, place = one.after, turn.place
        if one.before is None and topics.ASSIGNMENTS in turn.absent:
            self._unknown.add(case.case_id)
        if not case.opened_here or case.case_id in self._unknown:
            self._ground.found.skip((Invariant.I7,), _UNREAD if not case.opened_here else _OUTPUTS_GONE)
        elif self._ground.measures(turn, Invariant.I7):
            seen = self._open.get(case.case_id, {})
            holding = sorted(team for team, kind in seen if kind == "handle")
            self._holds("two_holders", len(holding) <= 1, place, case.case_id, teams=", ".join(holding))
            true = dict(self._true(case))
            words = {"seen": _said(seen), "true": _said(true)}
            if self._holds("other_view", seen.keys() == true.keys(), place, case.case_id, **words):
                same = all(seen[task] == due_at for task, due_at in true.items())
                self._holds("other_deadline_seen", same, place, case.case_id, **words)
        if one.has("case_retired"):
            self._open.pop(case.case_id, None)
            self._unknown.discard(case.case_id)

    def _true(self, case: CaseMemory) -> Iterator[tuple[Task, datetime | None]]:
        """Who is asked for what, while the case stands as it does."""
        if case.is_over:
            return
        for team, kind in self._asked(case):
            yield (team, kind), _due(case, _CLOCK_OF[kind], None)
        if case.stage == "joint_in_progress":
            for department, status in (case.joint or {}).items():
                if status in OPEN_TASKS:
                    name = department.replace("-", "_")
                    yield (department, "joint"), _due(case, ClockKind.PARTNER_FINISH, name)

    def _asked(self, case: CaseMemory) -> Iterator[Task]:
        posts = self._ground.yardstick.posts
        if case.stage in POSTS:
            post, kind = POSTS[case.stage]
            yield posts[post], kind
        elif case.stage == "offered":
            yield from ((team, "offer") for team in case.pool)
        elif case.stage in HANDLED and case.team:
            yield case.team, "handle"
        if case.request is not None:
            yield self._ground.yardstick.approver(case.request.kind), "approve"
        if case.call_due and case.stage != "awaiting_callback":
            yield posts["callback"], "call_back"


def action_of(turn: JoinedEntry) -> Action | None:
    """The action that the entry decides, where it is there and can be read."""
    record = turn.input
    if record is None or record.topic != topics.ACTIONS:
        return None
    try:
        return intake.read_action(record.key, record.headers, record.value)
    except BadMessage:
        return None


def _due(case: CaseMemory, kind: ClockKind, name: str | None) -> datetime | None:
    clock = case.clocks.get((kind, name))
    return clock.due_at if clock else None


def _said(tasks: Mapping[Task, datetime | None]) -> str:
    return ", ".join(f"{team} {kind}" for team, kind in sorted(tasks)) or "-"
