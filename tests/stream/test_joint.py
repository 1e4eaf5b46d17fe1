"""A joint case on real workers, over three days: one partner does its part, one refuses and is settled, one is late."""

import json
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from pipeline.core.worktime import clock_arithmetic
from pipeline.core.worktime.policy import span_of
from pipeline.edge.client import Client
from pipeline.edge.client.action_builder import ActionBuilder
from schemas import topics
from schemas.inputs.action import (
    Arrive,
    CallBack,
    Contact,
    Decide,
    Dispose,
    JointStep,
    Settle,
    Sign,
    Verify,
    Whistle,
    WriteAnswer,
)
from schemas.inputs.action_base import Actor
from schemas.journal.joint_events import JointStarted, JointTaskMoved
from schemas.outputs import Notice, Receipt
from schemas.state.case import Case
from schemas.values.answer_terms import AnswerFinding, ContactWay
from schemas.values.evidence import Evidence, NamedEvidence
from schemas.values.terms import ClockKind, JointStatus, NoticeKind, Role
from schemas.wire import codecs
from tests.core.story import RULES, STREET, sha
from tests.stream.conftest import Deploy
from tests.stream.fleet.deployment import Deployment, assert_each_input_decided_once, until, value_of
from tests.stream.fleet.workers_in_turn import WorkersInTurn

MATTER = "SZ-001"
DONE, REFUSING, LATE = "traffic-police", "sanitation", "pipeline-owner"
BEGUN = "2026-11-24T09:00:00+08:00"
AFTER_THE_ANSWER = "2026-11-24T11:30:00+08:00"
AFTER_THE_END = "2026-11-26T18:00:00+08:00"
"""Tuesday morning; half an hour after the partners were to answer; Thursday evening, half an hour after they were to be done."""


def local(text: str) -> datetime:
    """A time of November 2026."""
    return datetime.fromisoformat(f"2026-{text}:00+08:00").astimezone(UTC)


class Scene(WorkersInTurn):
    """People at work on one case, on a worker whose clock all but stands."""

    def __init__(self, deployment: Deployment, client: Client) -> None:
        super().__init__(deployment, BEGUN)
        self._client = client
        self._ids = count()
        self.case_id, self.team = "", ""

    def report(self) -> None:
        """A road is dug up."""
        content = {
            "source": "12345",
            "source_no": "JOINT-1",
            "street": STREET,
            "matter": MATTER,
            "reported_at": BEGUN,
            "place": {"address": "兴华街18号"},
            "text": "擅自挖掘道路",
            "caller": {"name": "王测试", "phone": "13800000001"},
        }
        answer = self._client.push(json.dumps(content).encode(), timeout_s=30)
        assert answer.code == "accepted"
        self.case_id, self.team = str(answer.case_id), str(answer.team)

    def does(self, person: str, role: Role, team: str | None, kind: type, **fields: Any) -> Receipt:
        """Somebody does something; the receipt."""
        actor = Actor(id=person, role=role, team=team)
        builder = ActionBuilder(actor, lambda: self.now, lambda: f"J{next(self._ids)}")
        return self._client.act(builder.build(kind, self.case_id, **fields), timeout_s=30)

    def lead(self, kind: type, **fields: Any) -> Receipt:
        """The team that holds the case."""
        return self.does("O1", Role.TEAM, self.team, kind, **fields)

    def partner(self, department: str, *statuses: JointStatus, note: str = "") -> None:
        """A department says how far it is."""
        for status in statuses:
            answer = self.does("P1", Role.DEPARTMENT, department, JointStep, status=status, note=note)
            assert answer.code == "accepted"

    def case(self) -> Case:
        """The newest snapshot."""
        return next(
            codecs.CASE.decode(value_of(message))
            for message in reversed(self._deployment.messages(topics.CASES))
            if message.key() == self.case_id.encode()
        )

    def notices(self) -> list[Notice]:
        """All that anybody was told."""
        return [
            codecs.NOTICE.decode(value_of(message)) for message in self._deployment.messages(topics.NOTICES)
        ]

    def breached(self) -> set[tuple[ClockKind | None, str | None]]:
        """The clocks whose deadline somebody was told has passed."""
        over = (NoticeKind.BREACH, NoticeKind.ESCALATION, NoticeKind.OVERDUE)
        return {(notice.clock, notice.clock_name) for notice in self.notices() if notice.kind in over}


@pytest.fixture
def scene(deploy: Deploy):
    """Nobody is there yet."""
    deployment = deploy(instance_id="the-one")
    with Client(deployment.settings.brokers, topic_prefix=deployment.settings.topic_prefix) as client:
        yield Scene(deployment, client), deployment


def evidence(now: datetime) -> tuple[Evidence, ...]:
    """All that closing asks for."""
    kinds = RULES.matters[MATTER].evidence_required
    begun = now - timedelta(seconds=len(kinds))
    return tuple(
        Evidence(
            sha256=sha(f"{now} {number}"),
            kind=kind.kind if isinstance(kind, NamedEvidence) else kind,
            taken_at=begun + timedelta(seconds=number),
            name=kind.name if isinstance(kind, NamedEvidence) else None,
        )
        for number, kind in enumerate(kinds)
    )


def test_three_partners_one_done_one_settled_one_late(scene: tuple[Scene, Deployment]) -> None:
    """The lead waits for the last of them; who is late is told of by its own task; the case itself is in time, to the second."""
    people, deployment = scene
    people.at(BEGUN)
    people.report()
    people.lead(Sign)
    people.lead(Contact, way=ContactWay.PHONE, reached=True)
    people.lead(Arrive, officers=("C001", "C002"))
    people.lead(Whistle, departments=(DONE, REFUSING, LATE))
    assert people.does("C1", Role.DUTY_CHIEF, "duty", Decide, granted=True).stage == "joint_in_progress"
    people.partner(DONE, JointStatus.RESPONDED, JointStatus.ARRIVED, JointStatus.DONE)
    people.partner(REFUSING, JointStatus.REFUSED, note="无人可派")
    early = people.lead(Dispose, evidence=evidence(people.now))
    assert (early.code, set(early.allowed.split(", "))) == ("joint_open_tasks", {REFUSING, LATE})
    settling = {"department": REFUSING, "waive": True, "note": "由主办队代办"}
    assert people.lead(Settle, **settling).code == "settled_by_centre"
    assert people.does("C1", Role.DUTY_CHIEF, "duty", Settle, **settling).code == "accepted"
    assert people.breached() == set()
    begun = people.case().joint.since

    people.at(AFTER_THE_ANSWER)
    late = LATE.replace("-", "_")
    until(60, "the late partner is told of", lambda: people.breached() == {(ClockKind.PARTNER_RESPOND, late)})
    told = {(notice.to, notice.level) for notice in people.notices() if notice.kind is NoticeKind.BREACH}
    assert told == {(LATE, 1), ("duty_chief", 1)}

    people.at(AFTER_THE_END)
    partner_clocks = {ClockKind.PARTNER_RESPOND, ClockKind.PARTNER_ARRIVE, ClockKind.PARTNER_FINISH}
    until(60, "all of its clocks", lambda: people.breached() == {(kind, late) for kind in partner_clocks})
    still = people.lead(Dispose, evidence=evidence(people.now))
    assert (still.code, still.allowed) == ("joint_open_tasks", LATE)
    people.partner(LATE, JointStatus.ARRIVED, JointStatus.DONE)
    opened = people.case().joint.tasks[2].at
    people.lead(WriteAnswer, found=AnswerFinding.TRUE, done="路面已恢复")
    assert people.lead(Dispose, evidence=evidence(people.now)).stage == "awaiting_verification"
    assert people.does("V1", Role.VERIFIER, "verification", Verify, passed=True).stage == "awaiting_callback"
    answered = {"reached": True, "solved": True, "satisfied": True}
    assert people.does("H1", Role.CALLBACK_CLERK, "callback", CallBack, **answered).stage == "closed"

    assert people.breached() == {(kind, late) for kind in partner_clocks}, "the case itself was in time"
    closed = people.case()
    assert [task.status for task in closed.joint.tasks] == [
        JointStatus.DONE,
        JointStatus.WAIVED,
        JointStatus.DONE,
    ]
    assert_times(closed, begun, opened)
    assert_journal(deployment, begun, opened)
    people.stop()
    assert_each_input_decided_once(deployment)


def assert_times(closed: Case, begun: datetime, opened: datetime) -> None:
    """Every clock of the joint task is what the calendar gives, counted from the second in which it began."""
    found = {(one.kind, one.name): one for one in closed.clocks}
    service = RULES.service_of(closed.facts.opened_at)
    for kind in (ClockKind.PARTNER_RESPOND, ClockKind.PARTNER_ARRIVE, ClockKind.PARTNER_FINISH):
        span = service.limit(MATTER, closed.facts.severity, kind)
        assert span is not None
        for department in (DONE, REFUSING, LATE):
            clock = found[kind, department.replace("-", "_")]
            assert (clock.started_at, clock.due_at) == (
                begun,
                clock_arithmetic.after(RULES.calendar, begun, span).at,
            )
    assert begun.replace(second=0, microsecond=0) == local("11-24T09:00")
    finish = found[ClockKind.PARTNER_FINISH, LATE.replace("-", "_")]
    assert finish.due_at == local("11-26T17:30")
    assert finish.stopped_at == opened
    joint = found[ClockKind.JOINT, None]
    assert (joint.started_at, joint.due_at) == (
        begun,
        clock_arithmetic.after(RULES.calendar, begun, span_of("3 workdays")).at,
    )
    assert joint.stopped_at is not None
    assert opened <= joint.stopped_at < joint.due_at
    dispose = found[ClockKind.DISPOSE, None]
    assert dispose.stopped_at == begun, "the lead's own clock stands while the partners are at it"


def assert_journal(deployment: Deployment, begun: datetime, opened: datetime) -> None:
    """The same times in the journal: begun once; each partner's steps at the time of their entry; the last opens the barrier."""
    entries = deployment.entries()
    started = [entry.at for entry in entries for event in entry.events if isinstance(event, JointStarted)]
    moved = [
        (event.department, event.status, event.at == entry.at)
        for entry in entries
        for event in entry.events
        if isinstance(event, JointTaskMoved)
    ]
    assert started == [begun]
    assert all(in_time for _, _, in_time in moved)
    assert [one[:2] for one in moved] == [
        (DONE, JointStatus.RESPONDED),
        (DONE, JointStatus.ARRIVED),
        (DONE, JointStatus.DONE),
        (REFUSING, JointStatus.REFUSED),
        (REFUSING, JointStatus.WAIVED),
        (LATE, JointStatus.ARRIVED),
        (LATE, JointStatus.DONE),
    ]
    assert opened in [entry.at for entry in entries]
