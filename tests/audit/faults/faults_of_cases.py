"""Faults of what becomes of cases: I4 to I10, I12. Each spoils a good log in one way."""

import dataclasses
import hashlib
from datetime import timedelta

from msgspec.structs import replace

from pipeline.audit.model.oracle import instant_of, number_of
from schemas import topics
from schemas.journal.clock_events import ClockChange, ClocksChanged
from schemas.journal.events import CaseDispatched
from schemas.journal.joint_events import TaskHandedOver
from schemas.values.terms import AssignmentStatus, CaseOutcome, ClockEvent, ClockKind, Role, TimerKind
from schemas.wire import codecs
from tests.audit.faults_of_the_log import action_at
from tests.audit.logs import MemoryLog, audit_rules, story_log
from tests.audit.mutant import planted
from tests.audit.spoiling import (
    SECOND,
    at,
    count,
    drop,
    edit,
    edit_clock,
    edit_entry,
    edit_event,
    entries,
    entry,
    event_of,
    invent,
    outputs,
    read,
    with_clock,
    without_event,
)
from tests.core.story import RULES, STREET, Story

HOUR = timedelta(hours=1)


@planted("I4", "a case arrives that nobody has signed for")
def illegal_move(log: MemoryLog):
    drop(log, topics.JOURNAL, at(log, "case_signed"))


@planted("I4", "somebody acts in a role that may not")
def other_role(log: MemoryLog):
    edit_event(log, at(log, "case_signed"), "action_accepted", role=Role.HOTLINE)


@planted("I4", "whoever handled the case verifies it")
def self_verified(log: MemoryLog):
    edit_event(log, at(log, "verification_passed"), "action_accepted", actor="o1")


@planted("I4", "whoever asked decides")
def self_decided(log: MemoryLog):
    asked = event_of(log, at(log, "case_asked"), "case_asked").request.by
    edit_event(log, at(log, "request_decided"), "action_accepted", actor=asked.lower())


@planted("I4", "an accepted action did not do what it is for")
def other_deed(log: MemoryLog):
    without_event(log, at(log, "stage_reached"), "stage_reached")


@planted("I4", "a version is passed over")
def version_gap(log: MemoryLog):
    index = at(log, "case_arrived")
    done = event_of(log, index, "action_accepted").done
    edit_event(log, index, "action_accepted", done=replace(done, version=done.version + 1))


@planted("I4", "something happens to a case that was never opened")
def never_opened(log: MemoryLog):
    drop(log, topics.JOURNAL, at(log, "case_opened", "case_offered"))


@planted("I5", "an action that rests on an old version is accepted")
def stale_accepted(log: MemoryLog):
    index = next(n for n in entries(log, "case_signed") if action_at(log, n)[1].expected_version)
    number, action = action_at(log, index)
    _resay(log, index, number, expected_version=action.expected_version - 1)


@planted("I5", "an action that rests on the newest version is refused as stale")
def fresh_refused(log: MemoryLog):
    index = next(
        n
        for n in entries(log, "action_refused")
        if event_of(log, n, "action_refused").code == "stale_version"
    )
    number, _ = action_at(log, index)
    version = read(log, topics.RECEIPTS, outputs(log, topics.RECEIPTS, index)[0]).case_version
    _resay(log, index, number, expected_version=version)


@planted("I5", "a team is told that its claim is lost, and nobody has claimed")
def claim_refused(log: MemoryLog):
    drop(log, topics.JOURNAL, at(log, "case_claimed"))


@planted("I6", "a task is handed to a second team in the same entry")
def given_twice(log: MemoryLog):
    index = at(log, "case_opened", "case_dispatched")
    given = event_of(log, index, "case_dispatched")
    events = entry(log, index).events
    place = events.index(given) + 1
    again = CaseDispatched(case_id=given.case_id, at=given.at, team="duty", why="once more")
    edit_entry(log, index, events=(*events[:place], again, *events[place:]))


@planted("I6", "two teams see the same task as their own")
def two_holders(log: MemoryLog):
    index = at(log, "case_opened", "case_dispatched")
    (number,) = outputs(log, topics.ASSIGNMENTS, index)
    there = log.topics[topics.ASSIGNMENTS]
    edited = replace(read(log, topics.ASSIGNMENTS, number), team="planning")
    twin = there[number]._replace(value=codecs.ASSIGNMENT.encode(edited))
    there.insert(number + 1, twin)
    count(log, index, assignments=2)


@planted("I6", "a team acts on a task that another holds")
def not_the_holder(log: MemoryLog):
    edit_event(log, at(log, "case_disposed"), "action_accepted", team="planning")


@planted("I6", "an officer of another team resumes a case")
def resumed_by_strangers(log: MemoryLog):
    index = next(n for n in entries(log, "case_resumed", "action_accepted"))
    edit_event(log, index, "action_accepted", role=Role.OFFICER, team="utilities")


@planted("I6", "a partner reports on the joint task of another")
def other_partner(log: MemoryLog):
    index = next(
        n
        for n in entries(log, "joint_task_moved")
        if event_of(log, n, "action_accepted").action == "joint_step"
    )
    edit_event(log, index, "action_accepted", team="fire-brigade")


@planted("I6", "a verifier acts for the team that handled the case")
def other_post(log: MemoryLog):
    edit_event(log, at(log, "verification_passed"), "action_accepted", team="city-appearance")


@planted("I6", "a task is handed over by no line of the roster")
def handed_over_wrong(log: MemoryLog):
    index = at(log, "case_signed")
    signed = event_of(log, index, "case_signed")
    over = TaskHandedOver(
        case_id=signed.case_id, at=entry(log, index).at, gone="city-appearance", successor="planning"
    )
    edit_entry(log, index, events=(over, *entry(log, index).events))


@planted("I6", "people of another street act on a case")
def acted_from_elsewhere(log: MemoryLog):
    index = at(log, "case_arrived")
    number, action = action_at(log, index)
    _resay(log, index, number, actor=replace(action.actor, street="140109001"))


@planted("I6", "a second team claims what the first has claimed")
def claimed_twice(log: MemoryLog):
    edit_event(log, at(log, "case_claimed"), "case_claimed", team="planning")


@planted("I6", "a team claims more than the policy lets it have unfinished")
def claimed_too_many(log: MemoryLog):
    any_number = dataclasses.replace(RULES, policy=dataclasses.replace(RULES.policy, claims_open_max=None))
    story = Story(any_number)
    for number in range((RULES.policy.claims_open_max or 0) + 1):
        place = {"address": f"兴华街{2 * number + 1}号", "grid": f"{STREET}001001"}
        story.report(source="patrol", caller=None, place=place).path("claim")
    log.topics = story_log(story).topics


@planted("I6", "a claim holds a second longer than the policy has it")
def lease_wrong(log: MemoryLog):
    index = at(log, "case_claimed")
    until = event_of(log, index, "case_claimed").until
    edit_event(log, index, "case_claimed", until=until + SECOND)


@planted("I6", "who claimed and did not come has the task again")
def lease_ignored(log: MemoryLog):
    index = next(
        n
        for n in entries(log, "timer_fired", "case_dispatched")
        if event_of(log, n, "timer_fired").timer.kind is TimerKind.LEASE_LAPSED
    )
    case_id = event_of(log, index, "case_dispatched").case_id
    claims = [event_of(log, n, "case_claimed") for n in entries(log, "case_claimed")]
    late = next(claim.team for claim in claims if claim.case_id == case_id)
    edit_event(log, index, "case_dispatched", team=late, designated=False)


@planted("I7", "a team is not told that its task was withdrawn")
def not_withdrawn(log: MemoryLog):
    index = at(log, "case_returned")
    number = next(
        n
        for n in outputs(log, topics.ASSIGNMENTS, index)
        if read(log, topics.ASSIGNMENTS, n).status is AssignmentStatus.WITHDRAWN
    )
    drop(log, topics.ASSIGNMENTS, number)
    count(log, index, assignments=1)


@planted("I7", "a team sees a deadline that is a second later than the case's")
def other_deadline_seen(log: MemoryLog):
    (number,) = outputs(log, topics.ASSIGNMENTS, 0)
    edit(log, topics.ASSIGNMENTS, number, due_at=read(log, topics.ASSIGNMENTS, number).due_at + SECOND)


@planted("I8", "a deadline is a second late")
def deadline_late(log: MemoryLog):
    edit_clock(log, 0, "started", lambda clock: replace(clock, due_at=clock.due_at + SECOND), "dispose")


@planted("I8", "a deadline in a year that is not announced is not marked provisional")
def not_provisional(log: MemoryLog):
    index = next(
        n
        for n in entries(log, "clocks_changed")
        for event in entry(log, n).events
        if isinstance(event, ClocksChanged) and any(change.clock.provisional for change in event.changes)
    )
    edit_entry(log, index, events=tuple(map(_certain, entry(log, index).events)))


@planted("I8", "a clock has an hour more than the rules give it, and counts it rightly")
def other_limit(log: MemoryLog):
    def longer(clock):
        limit = f"{int(clock.limit.split()[0]) + 60} work_minutes"
        due = audit_rules().hours(None).deadline(number_of(clock.started_at), limit, ())
        return replace(clock, limit=limit, due_at=instant_of(due.at))

    edit_clock(log, 0, "started", longer, "dispose")


@planted("I8", "a clock is not stopped when its step is done")
def not_stopped(log: MemoryLog):
    index = with_clock(log, "case_signed", "stopped", "sign")
    edit_entry(log, index, events=tuple(without_clocks(entry(log, index).events, ClockKind.SIGN)))


@planted("I9", "a suspended clock goes on with less time than it had left")
def resumed_short(log: MemoryLog):
    index = with_clock(log, "case_resumed", "went_on")
    edit_clock(log, index, "went_on", lambda clock: replace(clock, due_at=clock.due_at - HOUR))


@planted("I9", "a deadline is moved, and nothing gave it the right to")
def moved_freely(log: MemoryLog):
    index = with_clock(log, "timer_fired", "fired")
    edit_clock(log, index, "fired", lambda clock: replace(clock, due_at=clock.due_at + HOUR))


@planted("I9", "a clock is computed anew although the rules are the same")
def recomputed_freely(log: MemoryLog):
    index = at(log, "case_arrived")
    case_id = event_of(log, index, "case_arrived").case_id
    clock = event_of(log, 0, "clocks_changed").changes[0].clock
    change = ClockChange(change=ClockEvent.RECOMPUTED, clock=clock)
    moved = ClocksChanged(case_id=case_id, changes=(change,))
    edit_entry(log, index, events=(*entry(log, index).events, moved))


@planted("I9", "an extension makes the deadline earlier")
def extended_back(log: MemoryLog):
    index = with_clock(log, "case_extended", "extended")
    edit_clock(log, index, "extended", lambda clock: replace(clock, due_at=clock.started_at))


@planted("I9", "an extension leaves the stages of the matter where they were")
def linked_left_behind(log: MemoryLog):
    index = next(
        n
        for n in entries(log, "case_extended")
        if any(change.clock.kind is ClockKind.STAGE for change in event_of(log, n, "clocks_changed").changes)
    )
    edit_entry(log, index, events=tuple(without_clocks(entry(log, index).events, ClockKind.STAGE)))


@planted("I10", "a timer fires a second before it is due")
def timer_early(log: MemoryLog):
    index = at(log, "timer_fired", "case_dispatched")
    edit_entry(log, index, at=entry(log, index).cause.due_at - SECOND)


@planted("I10", "a timer never fires")
def timer_never(log: MemoryLog):
    index = at(log, "timer_fired", "case_dispatched")
    for n in reversed(outputs(log, topics.ASSIGNMENTS, index)):
        drop(log, topics.ASSIGNMENTS, n)
    drop(log, topics.JOURNAL, index)


@planted("I10", "a level of a ladder is told twice")
def level_twice(log: MemoryLog):
    index = next(
        n for n in entries(log, "timer_fired") if event_of(log, n, "timer_fired").timer.level is not None
    )
    last = entry(log, -1)
    invent(log, topics.JOURNAL, index, entry_id=f"0:1:{last.seq + 1}", seq=last.seq + 1, at=last.at)


@planted("I10", "a rung is to be climbed a second too late")
def rung_late(log: MemoryLog):
    edit_clock(log, 0, "started", lambda clock: replace(clock, wake_at=clock.wake_at + SECOND), "dispose")


@planted("I10", "a ladder is climbed to the wrong level")
def other_level(log: MemoryLog):
    index = next(
        n for n in entries(log, "timer_fired") if event_of(log, n, "timer_fired").timer.level is not None
    )
    timer = event_of(log, index, "timer_fired").timer
    edit_event(log, index, "timer_fired", timer=replace(timer, level=timer.level + 1))


@planted("I10", "a timer says that it is less late than it is")
def lateness_wrong(log: MemoryLog):
    index = at(log, "timer_fired", "call_back_due")
    edit_event(log, index, "timer_fired", late_s=0)


@planted("I12", "a case is closed and nobody who reported it is told")
def no_final_answer(log: MemoryLog):
    index = at(log, "case_closed")
    for n in reversed(outputs(log, topics.NOTICES, index)):
        drop(log, topics.NOTICES, n)
    count(log, index, notices=0)


@planted("I12", "a case is closed and its caller was not asked")
def not_called(log: MemoryLog):
    without_event(log, at(log, "call_back_recorded", "case_closed"), "call_back_recorded")


@planted("I12", "an open case has nothing due any more: it is forgotten")
def forgotten(log: MemoryLog):
    index = at(log, "case_opened", "case_dispatched")

    def mute(event):
        if not isinstance(event, ClocksChanged):
            return event
        silent = (replace(change, clock=replace(change.clock, wake_at=None)) for change in event.changes)
        return replace(event, changes=tuple(silent))

    edit_entry(log, index, events=tuple(map(mute, entry(log, index).events)))


@planted("I12", "a case is closed that nobody has handled since it was opened again")
def closed_unhandled(log: MemoryLog):
    handled = list(entries(log, "case_disposed"))[2]
    without_event(log, handled, "case_disposed")


@planted("I12", "a case is closed as unreached, and nobody called")
def closed_unreached(log: MemoryLog):
    edit_event(log, at(log, "case_closed"), "case_closed", outcome=CaseOutcome.UNREACHED)


def _resay(log: MemoryLog, index: int, number: int, **changes: object) -> None:
    """The action that the entry decides said something else, and the entry knows it by that."""
    record = log.topics[topics.ACTIONS][number]
    value = codecs.ACTION.encode(replace(read(log, topics.ACTIONS, number), **changes))
    log.topics[topics.ACTIONS][number] = record._replace(value=value)
    cause = entry(log, index).cause
    edit_entry(log, index, cause=replace(cause, sha256=hashlib.sha256(value).hexdigest()))


def _certain(event: object) -> object:
    if not isinstance(event, ClocksChanged):
        return event
    edited = tuple(
        replace(change, clock=replace(change.clock, provisional=False)) for change in event.changes
    )
    return replace(event, changes=edited)


def without_clocks(events, kind: ClockKind):
    """The events without any change of the clocks of this kind."""
    for event in events:
        if not isinstance(event, ClocksChanged):
            yield event
            continue
        left = tuple(change for change in event.changes if change.clock.kind is not kind)
        if left:
            yield replace(event, changes=left)
