"""What people decide depends on the seed, the case and the leg, and on nothing else."""

import threading
import time
from datetime import datetime, timedelta
from typing import get_args

from msgspec.structs import replace

from pipeline.simulate.people.actors import People, Timetable
from pipeline.simulate.people.decisions import decide
from pipeline.simulate.people.person_steps import HABITS, Habits
from pipeline.simulate.world.virtual_clock import VirtualClock
from schemas.inputs.action import (
    Action,
    Arrive,
    CallBack,
    Claim,
    Contact,
    Dispose,
    Return,
    Sign,
    Verify,
    WriteAnswer,
    action_name,
)
from schemas.outputs import Assignment
from schemas.values.evidence import NamedEvidence
from schemas.values.place import Place
from schemas.values.terms import (
    AssignmentKind,
    AssignmentStatus,
    EvidenceKind,
    MissingFact,
    Severity,
    Source,
    Stage,
)
from schemas.wire import codecs

MORNING = datetime.fromisoformat("2026-11-24T09:00:00+08:00")
NEEDED = (EvidenceKind.PHOTO_BEFORE, EvidenceKind.PHOTO_AFTER, EvidenceKind.BODYCAM)
CAREFUL = Habits(
    claims=1.0, returns=0, late=0, slow=0, forgets_evidence=0, comes_alone=0, fails_verification=0,
    verifies_own_work=0, not_reached=0, not_solved=0, not_satisfied=0, extends=0, grants=1.0, whistles=0, refuses=0,
    suspends=0, voids=0, transfers=0, reopens=0, penalises=0,
)  # fmt: skip


BASE = Assignment(
    assignment_id="0:1:7:assignment:0",
    entry_id="0:1:7",
    at=MORNING,
    case_id="140109004-0000000000001",
    case_version=1,
    street="140109004",
    team="city-appearance",
    kind=AssignmentKind.HANDLE,
    status=AssignmentStatus.OPEN,
    stage=Stage.DISPATCHED,
    leg=1,
    matter="SR-001",
    matter_zh="占道经营",
    matter_en="Street vending",
    severity=Severity.P4,
    source=Source.PATROL,
    place=Place(address="兴华街18号"),
    text="有人占道",
    due_at=MORNING + timedelta(hours=3),
    evidence_required=NEEDED,
    why="ordinary: dispatch",
)


def task(number: int = 1, kind: AssignmentKind = AssignmentKind.HANDLE, **changes) -> Assignment:
    """An open assignment of a case."""
    return replace(BASE, case_id=f"140109004-{number:013d}", kind=kind, **changes)


def actions(
    of: Assignment, habits: Habits = HABITS, seed: int = 7, handler: str | None = None
) -> list[Action]:
    """What is decided, without the times."""
    return [step.action for step in decide(seed, of, handler, habits)]


def test_the_same_assignment_is_always_decided_alike():
    """Another delivery, another order: the same steps at the same times."""
    tasks = [task(n, kind) for n in range(40) for kind in AssignmentKind]
    first = {(assignment.case_id, assignment.kind): decide(7, assignment) for assignment in tasks}
    for assignment in reversed(tasks):
        assert decide(7, assignment) == first[assignment.case_id, assignment.kind]


def test_another_seed_decides_otherwise():
    """Over some cases, at least."""
    assert [decide(7, task(n)) for n in range(10)] != [decide(8, task(n)) for n in range(10)]


def test_a_team_signs_arrives_and_disposes():
    """The plain way, with all that is asked for, in rising time and within the contract."""
    steps = decide(7, task(), habits=CAREFUL)
    assert [type(step.action) for step in steps] == [Sign, Arrive, WriteAnswer, Dispose]
    assert [step.due for step in steps] == sorted(step.due for step in steps)
    arrive, dispose = steps[1].action, steps[3].action
    assert isinstance(arrive, Arrive)
    assert len(set(arrive.officers)) >= 2
    assert isinstance(dispose, Dispose)
    taken = {item.kind: item.taken_at for item in dispose.evidence}
    assert set(taken) == set(NEEDED)
    assert MORNING < taken[EvidenceKind.PHOTO_BEFORE] < taken[EvidenceKind.PHOTO_AFTER] <= steps[3].due
    for step in steps:
        assert codecs.ACTION.decode_strictly(codecs.ACTION.encode(step.action)).case_id == task().case_id


def test_a_team_turns_to_the_caller_of_a_hotline():
    """Where the assignment asks for it: soon after signing, up to three times."""
    calls = [
        [action for action in actions(task(n, to_contact=True)) if isinstance(action, Contact)]
        for n in range(300)
    ]
    assert {len(tries) for tries in calls} >= {1, 2}
    assert max(map(len, calls)) <= 3
    assert all(not action.reached for tries in calls for action in tries[:-1])
    assert not any(isinstance(action, Contact) for n in range(300) for action in actions(task(n)))


def test_a_team_hands_in_the_papers_that_are_named():
    """Each particular paper is an item of its own, with its name."""
    named = tuple(
        NamedEvidence(name=name, kind=EvidenceKind.DOCUMENT, name_zh="文书", name_en="Paper")
        for name in ("rectification_notice", "inspection_record")
    )
    kinds = (EvidenceKind.PHOTO_AFTER, EvidenceKind.DOCUMENT)
    dispose = actions(task(evidence_required=kinds, evidence_named=named), CAREFUL)[-1]
    assert isinstance(dispose, Dispose)
    assert [item.name for item in dispose.evidence] == [None, "rectification_notice", "inspection_record"]
    assert len({item.sha256 for item in dispose.evidence}) == 3


def test_the_body_camera_runs_while_the_team_is_on_site():
    """From the arrival until all is done."""
    arrive, _, dispose = decide(7, task(), habits=CAREFUL)[-3:]
    assert isinstance(dispose.action, Dispose)
    clip = next(item for item in dispose.action.evidence if item.kind is EvidenceKind.BODYCAM)
    assert (clip.taken_at, clip.ended_at) == (arrive.due, dispose.due)


def test_rework_needs_no_new_signature():
    """The team's own work came back to it: it goes again."""
    assert [type(action) for action in actions(task(leg=2, stage=Stage.REWORK), CAREFUL)] == [
        Arrive,
        WriteAnswer,
        Dispose,
    ]


def test_a_claimed_task_is_handled_from_the_start():
    """Claimed or dispatched makes no difference to what is to be done."""
    assert [type(action) for action in actions(task(why="claimed by W0931"), CAREFUL)] == [
        Sign,
        Arrive,
        WriteAnswer,
        Dispose,
    ]


def test_an_offer_is_claimed_or_left():
    """Mostly claimed, never anything else."""
    offers = [actions(task(n, AssignmentKind.OFFER)) for n in range(300)]
    assert 0.7 < sum(bool(steps) for steps in offers) / 300 < 0.9
    assert {type(action) for steps in offers for action in steps} == {Claim}


def test_who_verifies_did_not_handle():
    """And whoever tries it with their own work does so first, and then somebody else verifies."""
    handler = "140109004-city-appearance-03"
    tried = 0
    for n in range(400):
        steps = actions(task(n, AssignmentKind.VERIFY, team="verification"), handler=handler)
        assert isinstance(steps[-1], Verify)
        assert steps[-1].actor.id != handler
        tried += steps[0].actor.id == handler
    assert 0 < tried < 30


def test_nobody_is_called_more_than_three_times():
    """Calls end with the first that is answered."""
    for n in range(300):
        calls = actions(task(n, AssignmentKind.CALL_BACK, team="callback"))
        assert 1 <= len(calls) <= 3
        assert all(
            isinstance(call, CallBack) and not call.reached and call.solved is None for call in calls[:-1]
        )


def test_people_make_mistakes():
    """Over many cases: returns, lone officers, forgotten photos, late work, failed verifications, dissatisfaction."""
    legs = [decide(7, task(n)) for n in range(600)]
    kinds = [[type(step.action) for step in steps] for steps in legs]
    assert 10 < sum(Return in kinds_of_one for kinds_of_one in kinds) < 60
    assert 5 < sum(kinds_of_one.count(Arrive) == 2 for kinds_of_one in kinds) < 40
    assert 15 < sum(kinds_of_one.count(Dispose) == 2 for kinds_of_one in kinds) < 90
    assert 15 < sum(steps[-1].due > MORNING + timedelta(hours=3) for steps in legs) < 90
    verdicts = [actions(task(n, AssignmentKind.VERIFY))[-1] for n in range(600)]
    failed = [verdict for verdict in verdicts if isinstance(verdict, Verify) and not verdict.passed]
    assert 15 < len(failed) < 70
    assert all(verify.note for verify in failed)
    answers = [actions(task(n, AssignmentKind.CALL_BACK))[-1] for n in range(600)]
    assert 10 < sum(isinstance(answer, CallBack) and answer.solved is False for answer in answers) < 70


def test_a_team_returns_a_task_only_once():
    """The second team, or the first again, handles it."""
    assert not any(isinstance(action, Return) for n in range(300) for action in actions(task(n, leg=2)))


def test_what_is_not_urgent_waits_for_the_morning():
    """By night only P1 and P2 are worked."""
    night = MORNING.replace(hour=23)
    for n in range(100):
        assert all(8 <= step.due.hour < 21 for step in decide(7, task(n, at=night, due_at=None))[:1])
        urgent = decide(7, task(n, at=night, due_at=None, severity=Severity.P1))
        assert urgent[0].due - night < timedelta(minutes=10)


def test_every_action_has_a_number_of_its_own():
    """So that pushing it again is harmless and two are never mixed up."""
    numbers = [
        action.action_id
        for n in range(50)
        for kind in AssignmentKind
        for leg in (1, 2)
        for action in actions(task(n, kind, leg=leg))
    ]
    assert len(numbers) == len(set(numbers)) > 200
    never_done = {
        *("resume", "reach_stage", "object", "terminate", "decline", "order_check", "progress"),
        *("assign", "supervise", "end_supervision", "raise_hard", "appeal"),
        *("order_correction", "extend_correction", "reinspect", "release_correction"),
        *("act_instead", "claim_costs", "merge", "split", "measure", "move"),
    }
    kinds = {action_name(contract) for contract in get_args(get_args(Action)[0])}
    tasks = [
        task(n, kind, matter=matter, stage=stage)
        for n in range(400)
        for kind in AssignmentKind
        for matter, stage in (("SR-001", Stage.DISPATCHED), ("SZ-001", Stage.AWAITING_CALLBACK))
    ]
    facts = (MissingFact.MATTER, MissingFact.PLACE)
    tasks += [replace(task(n, AssignmentKind.ASSESS), missing=(fact,)) for n in range(20) for fact in facts]
    tasks += [task(n, to_contact=True) for n in range(20)]
    done = {action.action for task in tasks for action in actions(task)}
    assert kinds - done == never_done


def test_people_do_what_is_due_and_leave_what_is_withdrawn():
    """In the order of virtual time, each once, however often the assignment is heard."""
    done: list[Action] = []
    clock = VirtualClock(MORNING, time.time(), 200_000.0)
    timetable = Timetable()
    people = People(7, timetable, done.append, CAREFUL)
    for _ in range(3):
        people.hear(task(1))
        people.hear(task(2))
    people.hear(task(2, status=AssignmentStatus.WITHDRAWN))
    runner = threading.Thread(target=timetable.run, args=(clock,))
    runner.start()
    limit = time.monotonic() + 10
    while timetable.next_due() is not None and time.monotonic() < limit:
        time.sleep(0.005)
    timetable.stop()
    runner.join(60)
    assert [action.action for action in done] == ["sign", "arrive", "answer", "dispose"]
    assert {action.case_id for action in done} == {task(1).case_id}
    assert people.acted.total() == 4
