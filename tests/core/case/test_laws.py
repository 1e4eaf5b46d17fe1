"""What holds for every history, checked on random ones: people who do anything at any time, also what they may not."""

from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.core.case.open_requests import requests_of
from pipeline.core.case.stage_table import STAGE_TABLE
from pipeline.core.case.transitions import fold
from pipeline.core.clocks import decision_clocks, running_clocks
from pipeline.core.outputs import assignments
from pipeline.core.stages import joint
from pipeline.core.worktime import clock_arithmetic
from pipeline.core.worktime.policy import span_of
from schemas.journal.entry import RecordCause, TimerCause
from schemas.journal.events import Answer, ReportRepeated
from schemas.outputs import Assignment
from schemas.state.case import Case
from schemas.wire import codecs
from tests.core.story import Story

ACTIONS = (
    *("claim", "dispatch", "sign", "return", "arrive", "dispose", "verify", "call_back"),
    *("suspend", "extend", "decide", "resume", "reach_stage", "penalise", "measure"),
    *("check", "void", "transfer", "move", "reopen", "whistle", "joint_step", "settle"),
    *("object", "terminate", "progress", "merge", "split"),
)
REPORTS = st.fixed_dictionaries(
    {
        "source": st.sampled_from(["12345", "12319", "patrol", "monitor"]),
        "source_no": st.sampled_from([f"N{n}" for n in range(6)]),
        "matter": st.sampled_from(["SR-001", "SR-008", "SZ-002", "HB-005", "SZ-001", "WJ-001", "ZZ-999"]),
        "place": st.sampled_from(
            [
                {"address": "兴华街18号"},
                {"point": {"lon": 112.5, "lat": 37.88, "crs": "WGS84"}},
                {"point": {"lon": 112.5001, "lat": 37.88, "crs": "GCJ02"}, "address": "后北屯"},
                {"address": "后北屯路9号"},
                {},
            ]
        ),
        "urgency": st.sampled_from(["normal", "urgent", "critical"]),
    }
)
PATHS = (
    ("alarm", "check", "sign", "arrive"),
    ("report", "sign", "arrive"),
    ("report", "sign", "arrive", "dispose"),
    ("report", "sign", "arrive", "dispose", "pass"),
    ("report", "return", "return", "return"),
    ("report", "sign", "suspend"),
    ("digging", "sign", "arrive", "whistle"),
    ("report", "sign", "arrive", "dispose", "pass", "call"),
    ("host", "report", "told", "merge"),
    ("host", "report", "sign", "merge"),
    ("report", "told", "split"),
    ("report", "object"),
    ("report", "terminate"),
)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("report"), REPORTS),
        st.tuples(
            st.sampled_from(ACTIONS),
            st.sampled_from(
                [{}, {}, {}, {"passed": False, "note": "没弄好"}, {"reached": False}, {"expected_version": 1}]
            ),
        ),
        st.tuples(st.just("path"), st.sampled_from(PATHS)),
        st.tuples(st.just("again"), st.just({})),
        st.tuples(st.just("wait"), st.integers(1, 60 * 24 * 3)),
        st.tuples(st.just("bytes"), st.binary(max_size=40)),
    ),
    max_size=40,
)
LIVELY = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def tell(steps: list[tuple[str, Any]]) -> Story:
    """Let the steps happen, each a minute after the other."""
    story = Story()
    for kind, what in steps:
        story.now += timedelta(minutes=1)
        match kind:
            case "report":
                story.report(**what)
            case "again" if story.pushed:
                story.again()
            case "wait":
                story.wait(minutes=what)
            case "path":
                story.path(*what)
            case "bytes":
                story.push_bytes("reports.v1", b"140109004", what)
            case _ if kind in ACTIONS:
                fields = {"verify": ("passed", "note"), "call_back": ("reached",)}.get(kind, ())
                allowed = {k: v for k, v in what.items() if k in (*fields, "expected_version")}
                story.act(kind, **allowed)
    return story


@LIVELY
@given(STEPS)
def test_every_record_has_one_entry_and_one_answer(steps):
    """However a record comes, it is decided once, answered once, and its entry says what stands beside it."""
    story = tell(steps)
    causes = [o.entry.cause.offset for o in story.outcomes if isinstance(o.entry.cause, RecordCause)]
    assert causes == list(range(len(story.pushed)))
    for outcome in story.outcomes:
        assert len(outcome.receipts) == isinstance(outcome.entry.cause, RecordCause)
        counts = outcome.entry.counts
        assert counts.cases == len(outcome.cases) + len(outcome.retired)
        assert counts.assignments == len(outcome.assignments)
        assert counts.notices == len(outcome.notices)
        assert counts.callers == len(outcome.callers)
        assert counts.dead_letters == len(outcome.dead_letters)


@LIVELY
@given(STEPS)
def test_the_same_inputs_at_the_same_times_give_the_same_bytes(steps):
    """A second run of the same log is equal to the byte: entries, snapshots and answers."""

    def written(story: Story) -> list[bytes]:
        return [
            part
            for o in story.outcomes
            for part in (
                codecs.JOURNAL_ENTRY.encode(o.entry),
                *map(codecs.CASE.encode, o.cases),
                *map(codecs.ASSIGNMENT.encode, o.assignments),
                *map(codecs.RECEIPT.encode, o.receipts),
                *map(codecs.NOTICE.encode, o.notices),
                *map(codecs.CALLER.encode, o.callers),
            )
        ]

    assert written(tell(steps)) == written(tell(steps))


@LIVELY
@given(STEPS)
def test_the_snapshot_is_the_fold_of_the_journal(steps):
    """Folding each case's events from the journal gives the snapshots that were written, version by version."""
    story = tell(steps)
    folded: dict[str, Case] = {}
    for outcome in story.outcomes:
        entry = outcome.entry
        for case in outcome.cases:
            events = [e for e in entry.events if not isinstance(e, Answer | ReportRepeated)]
            own = [e for e in events if e.case_id == case.case_id]
            folded[case.case_id] = fold(folded.get(case.case_id), own, entry.entry_id, entry.rules_version)
            assert folded[case.case_id] == case


@LIVELY
@given(STEPS, STEPS)
def test_a_restored_partition_goes_on_as_if_it_had_never_stopped(first, then):
    """Restored from its snapshots, read back from their bytes in any order, it answers the rest alike."""
    straight, broken = tell(first), tell(first)
    broken.restart()
    for story in (straight, broken):
        for kind, what in then:
            story.now += timedelta(minutes=1)
            if kind == "report":
                story.report(**what)
            elif kind in ACTIONS:
                story.act(kind)
            elif kind == "path":
                story.path(*what)
            elif kind == "wait":
                story.wait(minutes=what)
    assert straight.state() == broken.state()
    assert straight.retired() == broken.retired()
    assert [o.entry for o in straight.outcomes] == [o.entry for o in broken.outcomes]


@LIVELY
@given(STEPS)
def test_no_open_case_is_without_a_timer(steps):
    """Each case is over or has something due: none can be forgotten."""
    for case in tell(steps).core.cases():
        assert running_clocks.wake(case)
        over = STAGE_TABLE[case.stage].is_terminal or case.suspension is not None
        assert over or any(clock.stopped_at is None for clock in case.clocks)


@LIVELY
@given(STEPS)
def test_what_is_written_is_what_the_contract_says(steps):
    """Every output reads back strictly, limits and all, as the value that was written."""

    def reads_back(codec: Any, values: list[Any]) -> None:
        for value in values:
            assert codec.decode_strictly(codec.encode(value)) == value

    for outcome in tell(steps).outcomes:
        reads_back(codecs.JOURNAL_ENTRY, [outcome.entry])
        reads_back(codecs.CASE, outcome.cases)
        reads_back(codecs.ASSIGNMENT, outcome.assignments)
        reads_back(codecs.RECEIPT, outcome.receipts)
        reads_back(codecs.NOTICE, outcome.notices)
        reads_back(codecs.CALLER, outcome.callers)
        reads_back(codecs.DEAD_LETTER, outcome.dead_letters)


@LIVELY
@given(STEPS)
def test_a_teams_assignments_are_what_it_holds(steps):
    """Folding the assignments gives, for every case, exactly the team or the pool or the post that the snapshot names."""
    story = tell(steps)
    standing: dict[str, set[tuple[str, str]]] = {}
    for outcome in story.outcomes:
        for assignment in outcome.assignments:
            held = standing.setdefault(assignment.case_id, set())
            (held.add if assignment.status.value == "open" else held.discard)(
                (assignment.team, assignment.kind.value)
            )
    for case in story.core.cases():
        held = standing.get(case.case_id, set())
        if STAGE_TABLE[case.stage].is_terminal:
            assert held == set()
            continue
        held -= {
            (decision_clocks.decider(story.rules, request.kind), "approve") for request in requests_of(case)
        }
        if case.call_due and case.stage.value != "awaiting_callback":
            held.remove((story.rules.policy.callback_post, "call_back"))
        if case.stage.value == "joint_in_progress":
            held -= {(task.department, "joint") for task in case.joint.tasks if task.status in joint.OPEN}
        if case.stage.value == "offered":
            assert held == {(team, "offer") for team in case.task.offered_to}
        else:
            assert len(held) == 1


def task_of(task: Assignment) -> tuple[object, ...]:
    """What tells one task of a case from another."""
    return task.team, task.kind.value, task.request.kind if task.request else None


@LIVELY
@given(STEPS)
def test_a_snapshot_alone_shows_the_tasks_that_were_given(steps):
    """Whoever no longer has the assignments finds the same open tasks in the case, with the same deadlines."""
    story, given_ = tell(steps), dict[str, dict[tuple[object, ...], Assignment]]()
    for outcome in story.outcomes:
        for assignment in outcome.assignments:
            given_.setdefault(assignment.case_id, {})[task_of(assignment)] = assignment
    for case in story.core.cases():
        stands = {
            task: one for task, one in given_.get(case.case_id, {}).items() if one.status.value == "open"
        }
        shown = {task_of(one): one for one in assignments.as_they_stand(story.rules, case)}
        assert shown.keys() == stands.keys()
        for task, one in shown.items():
            told = stands[task]
            assert (one.due_at, one.leg, one.callers) == (told.due_at, told.leg, told.callers)
            assert one.request == told.request
            assert (one.evidence_required, one.place) == (told.evidence_required, told.place)
            assert codecs.ASSIGNMENT.decode_strictly(codecs.ASSIGNMENT.encode(one)) == one


@LIVELY
@given(STEPS)
def test_every_deadline_follows_from_its_reasons(steps):
    """Of each clock: the deadline is that of its limit, start and moves; what it ran and what is left is what it was allowed."""
    story = tell(steps)
    for case in story.core.cases():
        for clock in case.clocks:
            hours = story.rules.hours_of(clock.roster)
            again = clock_arithmetic.recomputed(hours, clock, span_of(clock.limit))
            assert (again.due_at, again.provisional) == (clock.due_at, clock.provisional)
            assert clock_arithmetic.used(hours, clock, story.now) >= timedelta()
            if clock.stopped_at is None and clock.due_at > story.now:
                left = clock_arithmetic.allowed(hours, clock) - clock_arithmetic.used(hours, clock, story.now)
                work = clock_arithmetic.counts_work(span_of(clock.limit))
                to_come = hours.worked_between(story.now, clock.due_at) if work else clock.due_at - story.now
                assert left == to_come


@LIVELY
@given(STEPS)
def test_each_level_fires_once_for_a_case_a_clock_and_a_visit_and_they_rise(steps):
    """Whatever happens, nobody is told the same thing of the same clock twice, nor of a lower level after a higher one.

    A merged case's clock that begins earlier is another clock than the host's own.
    """
    fired: dict[tuple[str, str, str | None, int, datetime], list[int]] = {}
    for outcome in tell(steps).outcomes:
        event = outcome.entry.events[0]
        if isinstance(outcome.entry.cause, TimerCause) and event.timer.level is not None:
            (case,) = outcome.cases
            kind, name = event.timer.clock, event.timer.name
            clock = next(clock for clock in case.clocks if (clock.kind, clock.name) == (kind, name))
            visit = (case.case_id, kind.value, name, clock.leg, clock.started_at)
            fired.setdefault(visit, []).append(event.timer.level)
    for levels in fired.values():
        assert levels == sorted(set(levels))
