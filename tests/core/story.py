"""A case told as a story: given what happened, when this comes, then that follows. Drives the core through its one door."""

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

from pipeline.core.case.reporters import answered
from pipeline.core.case.turn import InputRecord, Outcome, Turn
from pipeline.core.partition import Partition
from pipeline.core.rules.rules import Rules
from pipeline.core.stages.answers.answering import refuse_unanswered
from pipeline.rulebook import load_rules
from schemas import topics
from schemas.journal.entry import JournalEntry, OutputCounts, SetBackCause
from schemas.journal.partition_events import TimeSetBack
from schemas.state.case import Case, Clock
from schemas.values.evidence import NamedEvidence
from schemas.values.terms import EvidenceKind, RequestKind, Role, Stage
from schemas.wire import codecs
from tests.core.known_people import people_of
from tests.core.said_of_orders import said_of_orders
from tests.core.story_evidence import item_of
from tests.core.story_evidence import sha as sha
from tests.core.story_paths import ELSEWHERE as ELSEWHERE
from tests.core.story_paths import PATHS

STREET = "140109004"
OTHER_STREET = "140109001"
"""A neighbour of it."""
_MOVE: dict[str, dict[str, object]] = {
    "move": {"to": OTHER_STREET, "grid": f"{OTHER_STREET}001001", "note": "在千峰街道辖区"}
}
KEY = b"k" * 32
HERE = {"point": {"lon": 112.5, "lat": 37.88, "crs": "WGS84"}, "address": "兴华街18号"}
NEIGHBOUR = "140109002"
RULES: Rules = replace(
    load_rules(Path(__file__).parents[2] / "rules"), people={NEIGHBOUR: people_of(NEIGHBOUR)}
)
"""The street of the stories is without people: their officers are invented, and nobody there is known. The next street knows its own."""
START = datetime.fromisoformat("2026-11-24T09:00:00+08:00").astimezone(UTC)
"""A Tuesday morning within office hours."""
CHIEF = {"id": "W9", "role": "duty_chief"}
DISPATCHERS = frozenset(
    ["recognise", "locate", "dispatch", "check", "order_check", "supervise", "void", "transfer", "move", "terminate", "decline", "merge", "split"]
)  # fmt: skip
"""What a dispatcher does, where a story names nobody."""


def encode(content: object) -> bytes:
    """JSON as a source would push it."""
    return json.dumps(content, ensure_ascii=False).encode()


def time_set_back(turn: Turn, before: datetime) -> Outcome:
    """As `enforcement topics set-back` writes it: nothing but the entry."""
    entry = JournalEntry(
        entry_id=turn.entry_id,
        partition=turn.partition,
        epoch=turn.epoch,
        seq=turn.seq,
        at=turn.at,
        street=None,
        cause=SetBackCause(by="W9", reason="a wrong clock"),
        rules_version=RULES.version,
        code_version="test",
        events=(TimeSetBack(before=before),),
        counts=OutputCounts(),
        decided_at=turn.decided_at,
    )
    return Outcome(entry)


@dataclass
class Story:
    """One core, its clock, and everything it ever answered."""

    rules: Rules = RULES
    now: datetime = START
    partition: int = 0
    outcomes: list[Outcome] = field(default_factory=list)
    pushed: list[tuple[InputRecord, datetime]] = field(default_factory=list)
    answers_callers: bool = True
    """The team writes the answer by itself before somebody verifies, where callers wait for one."""

    def __post_init__(self) -> None:
        self.core = Partition(self.rules, KEY, "test")
        self._ids = self._duties = 0
        self._meant: object = None

    # given and when

    def report(self, **changes: object) -> "Story":
        """Somebody pushes a report; fields default to a 12345 order about a street vendor."""
        self._ids += 1
        content = {
            "source": "12345",
            "source_no": f"R{self._ids}",
            "street": STREET,
            "matter": "SR-001",
            "reported_at": self.now.isoformat(),
            "place": HERE,
            "text": "有人占道卖水果",
            "caller": {"name": "王测试", "phone": "13800000001"},
        } | changes
        return self.push(
            topics.REPORTS, str(content["street"]), {k: v for k, v in content.items() if v is not None}
        )

    def act(self, action: str, **changes: object) -> "Story":
        """Somebody acts on the last case opened; who acts defaults to whoever would be right."""
        if action == "verify" and self.answers_callers and changes.get("passed", True):
            self._answer_callers(str(changes.get("case_id", self.case_id)))
        self._ids += 1
        content: dict[str, object] = {
            "action": action,
            "action_id": f"A{self._ids}",
            "case_id": self.case_id,
            "acted_at": self.now.isoformat(),
        }
        self._meant = changes.get("request")
        content |= {"actor": self._actor(action)} | self._body(action) | changes
        if content.get("step") == "filed":  # a head approves of it
            content.setdefault("facts", {"approved_by": "L08"})
        return self.push(topics.ACTIONS, str(content["case_id"])[:9], content)

    def _answer_callers(self, case_id: str) -> None:
        """What is still to be answered of a case that awaits verification."""
        case = next((case for case in self.core.cases() if case.case_id == case_id), None)
        if case is not None and case.stage is Stage.AWAITING_VERIFICATION and refuse_unanswered(case):
            team = case.task.team if case.task else None
            self.act("answer", case_id=case_id, actor={"id": "O1", "role": "team", "team": team})

    def demand(self, **changes: object) -> "Story":
        """The caller asks for what nobody can give, which the call-back post says with evidence (不合理诉求)."""
        said = {"solved": False, "satisfied": False, "cause": "unreasonable", "note": "要求免除"}
        return self.act("call_back", **{**said, "evidence": self.evidence("document"), **changes})

    def on_duty(self, action: str, **said: object) -> Self:
        """The duty chief, or whoever is said, does something about people or devices of the street, or the one that is said."""
        self._duties += 1
        content = {
            "action": action,
            "action_id": f"D{self._duties}",
            "street": STREET,
            "actor": CHIEF,
            "acted_at": self.now.isoformat(),
        } | said
        self.push(topics.ACTIONS, str(content["street"]), content)
        return self

    def push(self, topic: str, key: str, content: object) -> "Story":
        """Any content at all."""
        return self.push_bytes(topic, key.encode(), encode(content))

    def push_bytes(self, topic: str, key: bytes | None, value: bytes | None, headers=()) -> "Story":
        """Any bytes at all."""
        record = InputRecord(topic, self.partition, len(self.pushed), key, value, headers)
        self._fire_due()
        self.pushed.append((record, self.now))
        self.outcomes.append(self.core.step(record, self._turn()))
        return self

    def hop(self) -> "Story":
        """The record that was forwarded last arrives where it was sent."""
        sent = self.last.forwarded
        assert sent is not None
        self.partition = sent.partition
        return self.push_bytes(sent.topic, sent.key, sent.value, sent.headers)

    def hand_on(self) -> "Story":
        """The reports of the case that was moved last arrive in the other street."""
        for sent in self.last.sent:
            self.push_bytes(sent.topic, sent.key, sent.value, sent.headers)
        return self

    def again(self) -> "Story":
        """The last record comes once more, byte for byte."""
        record = self.pushed[-1][0]
        return self.push_bytes(record.topic, record.key, record.value)

    def wait(self, **duration: float) -> "Story":
        """Time passes; what is due fires."""
        self.now += timedelta(**duration)
        self._fire_due()
        return self

    def set_back(self, **duration: float) -> "Story":
        """All this was dated ahead: the time is set back, and a worker takes over."""
        before = self.last.entry.at
        self.now = before - timedelta(**duration)
        self.outcomes.append(time_set_back(self._turn(), before))
        return self.restart()

    def path(self, *names: str) -> "Story":
        """A report and then these actions, each a minute after the other."""
        for name in names:
            self.wait(minutes=1)
            PATHS[name](self)
        return self

    def restart(self) -> "Story":
        """Another worker takes over: all it has is the bytes of the state, in another order."""
        cases, retired = reversed(self.state()), reversed(self.retired())
        held, self.core = self.core, Partition(self.rules, KEY, "test")
        _, _, duties = held.held()
        known = [codecs.STREET_DUTY.decode(codecs.STREET_DUTY.encode(duty)) for duty in duties]
        self.core.restore(map(codecs.CASE.decode, cases), map(codecs.RETIRED.decode, retired), known)
        return self

    # then

    @property
    def last(self) -> Outcome:
        """The newest outcome."""
        return self.outcomes[-1]

    @property
    def case_id(self) -> str:
        """The id of the case opened last."""
        backwards = (case for outcome in reversed(self.outcomes) for case in reversed(outcome.cases))
        return next((case.case_id for case in backwards if case.version == 1), f"{STREET}-0000000000000")

    @property
    def case(self) -> Case:
        """The newest snapshot of the case opened last."""
        case_id = self.case_id
        return next(case for case in self.core.cases() if case.case_id == case_id)

    @property
    def stage(self) -> Stage:
        """Where the case opened last stands."""
        return self.case.stage

    @property
    def answer(self) -> str:
        """The code of the newest receipt."""
        return self.last.receipts[0].code

    @property
    def events(self) -> list[str]:
        """The newest entry's events by name, without clocks and timers."""
        names = [event.event.removesuffix(".v1") for event in self.last.entry.events]
        return [name for name in names if name not in ("clocks_changed", "timer_armed", "action_accepted")]

    def clock(self, kind: str, name: str | None = None) -> Clock:
        """A clock of the case opened last."""
        return next(clock for clock in self.case.clocks if clock.kind.value == kind and clock.name == name)

    def notified(self, kind: str = "dispose") -> list[tuple[str, int | None, str]]:
        """Of a clock, every notice there was: why, at which level, whom."""
        return [
            (notice.kind.value, notice.level, notice.to)
            for outcome in self.outcomes
            for notice in outcome.notices
            if notice.clock is not None and notice.clock.value == kind
        ]

    def state(self) -> list[bytes]:
        """All snapshots as bytes, in a fixed order."""
        return sorted(codecs.CASE.encode(case) for case in self.core.cases())

    def retired(self) -> list[bytes]:
        """What was written last of the reports of cases that are gone, as bytes, in a fixed order."""
        latest = {
            (record.street, record.low): codecs.RETIRED.encode(record)
            for outcome in self.outcomes
            for record in outcome.retired_reports
        }
        return [latest[key] for key in sorted(latest)]

    # inside

    def _turn(self) -> Turn:
        return Turn(0, 1, len(self.outcomes) + 1, self.now)

    def _fire_due(self) -> None:
        while (due := self.core.next_due()) is not None and due <= self.now:
            self.outcomes.append(self.core.fire(self._turn()))

    def _actor(self, action: str) -> dict[str, object]:
        policy = self.rules.policy
        if action == "verify":
            return {"id": "V1", "role": "verifier", "team": policy.verification_post}
        if action == "call_back":
            return {"id": "H1", "role": "callback_clerk", "team": policy.callback_post}
        if action in DISPATCHERS:
            return {"id": "D1", "role": "dispatcher"}
        if action == "end_supervision":
            return {"id": "Q1", "role": "district"}
        if action == "reopen":
            return {"id": "H2", "role": "hotline"}
        if action == "joint_step":
            return {"id": "P1", "role": "department", "team": "traffic-police"}
        if action in ("decide", "settle", "release_correction", "act_instead", "claim_costs"):
            decides = self.rules.decides if action == "decide" else {}
            of_one = {kind: next(iter(roles)) for kind, roles in decides.items() if len(roles) == 1}
            whose = next((role for kind, role in of_one.items() if self._decides_on(kind)), Role.DUTY_CHIEF)
            post = {} if whose is Role.DISTRICT else {"team": policy.centre_team}
            return {"id": "C1", "role": whose.value, **post}
        role = "officer" if action in ("penalise", "measure") else "team"
        task = self.case.task if self._is_known() else None
        team = (task.team or next(iter(task.offered_to), None)) if task else None
        return {"id": "O1", "role": role, "team": team or "nobody"}

    def _decides_on(self, kind: RequestKind) -> bool:
        """Whether the request that is named, or the oldest, is of this kind."""
        oldest = self.case.request if self._is_known() else None
        return self._meant == kind.value if self._meant else oldest is not None and oldest.kind is kind

    def _is_known(self) -> bool:
        return any(case.case_id == self.case_id for case in self.core.cases())

    def _body(self, action: str) -> dict[str, object]:
        bodies: dict[str, dict[str, object]] = {
            "return": {"reason": "not_our_matter"},
            "arrive": {"officers": ["O1", "O2"]},
            "dispose": {"evidence": self.evidence()},
            "verify": {"passed": True},
            "call_back": {"reached": True, "solved": True, "satisfied": True},
            "dispatch": {"team": "duty"},
            "suspend": {"reason": "weather", "until": (self.now + timedelta(days=2)).isoformat()},
            "extend": {"reason": "complex", "more": "1 work_hours"},
            "decide": {"granted": True}
            | ({"team": "area-west"} if self._decides_on(RequestKind.OBJECTION) else {}),
            "reach_stage": {"stage": "stop_work"},
            "penalise": {"step": "filed", "evidence": self.evidence("document")},
            "measure": {
                "measure_kind": "preservation",
                "step": "begun",
                "facts": {"officers": ["O1", "O2"], "identity_shown": True, "approved_by": "L1"},
                "evidence": self.evidence("document"),
            },
            "check": {"valid": True},
            "order_check": {"note": "同一号码多次误报"},
            "recognise": {"matter": "SR-001"},
            "locate": {"grid": f"{STREET}005001"},
            "void": {"reason": "entered_twice"},
            "transfer": {"to": "区城市管理局", "receipt": "T-1", "note": "不属街道职权"},
            "reopen": {"note": "问题又出现"},
            "whistle": {"departments": ["traffic-police"], "optional": ["sanitation"]},
            "joint_step": {"status": "responded"},
            "object": {"reason": "not_our_matter", "note": "不属本队"},
            "terminate": {"paper": "ZZ-1", "note": "当事人已撤回"},
            "decline": {"reason": "in_litigation"},
            "supervise": {"reason": "overdue"},
            "assign": {"members": ["W0931", "W0940"]},
            "end_supervision": {"note": "现场已整改到位"},
            "raise_hard": {"reason": "several_units", "note": "涉及三家管线单位"},
            "appeal": {
                "demerit": "overdue",
                "reason": "legal_procedure",
                "note": "等待鉴定结论",
                "evidence": self.evidence("document"),
            },
            "progress": {"measure": "已立案", "expected_at": (self.now + timedelta(days=1)).isoformat()},
            "contact": {"way": "phone", "reached": True},
            "answer": {"found": "true", "done": "摊贩已劝离，路面已清扫"},
            "merge": {"into": self._another()},
            "split": self._merged_report(),
            "settle": {"department": "sanitation", "waive": True, "note": "不需到场"},
        }
        return (bodies | _MOVE | said_of_orders(self.now, self.evidence)).get(action, {})

    def _another(self) -> str:
        """An open case other than the last; one that is not there where there is none."""
        others = [case.case_id for case in self.core.cases() if case.case_id != self.case_id]
        return min(others) if others else f"{STREET}-0000000000000"

    def _merged_report(self) -> dict[str, object]:
        """The report that was merged last into the last case, alone or with its case."""
        reports = [
            report for case in self.core.cases() if case.case_id == self.case_id for report in answered(case)
        ]
        last = reports[-1] if reports else None
        return (
            {"source": last.source.value, "source_no": last.source_no}
            if last
            else {"source": "12345", "source_no": "none"}
        )

    def evidence(self, *kinds: str) -> list[dict[str, str]]:
        """Items of these kinds, one second apart up to now; by default all that the case's matter asks for, by its name."""
        known = [case for case in self.core.cases() if case.case_id == self.case_id]
        wanted: list[EvidenceKind | NamedEvidence] = [EvidenceKind(kind) for kind in kinds]
        if not kinds and known:
            wanted = list(self.rules.matter_of(known[0].facts.matter).evidence_required)
        begin = self.now - timedelta(seconds=len(wanted))
        return [
            item_of(self.case_id, item, begin + timedelta(seconds=n), self.now)
            for n, item in enumerate(wanted)
        ]


HANDLED = ("report", "sign", "arrive", "dispose")
