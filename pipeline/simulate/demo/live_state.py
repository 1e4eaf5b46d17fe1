"""The present state of all cases, from the snapshots and the journal, for the screen only.

Counts to rely on are made at the end of the day, by `pipeline.simulate.tally.day_counts`.
"""

from collections import Counter, deque
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from pipeline.core.rules.rules import Rules
from pipeline.simulate.tally.day_counts import DayCounts
from pipeline.simulate.tally.topic_reader import TopicRecord
from pipeline.simulate.world.seeded_chance import LOCAL
from pipeline.words.field_words import Lang
from pipeline.words.penalty_words import PENALTY_STEPS
from schemas import topics
from schemas.duty.duty_events import DutyEvent
from schemas.journal import events
from schemas.journal.assessment_events import CaseAnswered, CaseLocated, CaseRecognised
from schemas.journal.clock_events import CaseExtended, CaseSuspended, PenaltyMoved, TimerFired
from schemas.journal.entry import JournalEntry, RecordCause
from schemas.journal.joint_events import CaseMoved, CaseTransferred, CaseVoided, JointStarted, JointTaskMoved
from schemas.journal.partition_events import LetterDiscarded, TimeSetBack
from schemas.state.case import Case, JointTask, Penalty
from schemas.values.terms import CaseOutcome, ClockKind, JointStatus, PenaltyStep, Stage, TimerKind
from schemas.wire import codecs

LINES_MAX: Final = 16
SHOWN_TOPICS: Final = (topics.REPORTS, topics.JOURNAL, topics.CASES)
STAGES: Final = (
    ("发现", "待研判", Stage.UNDER_ASSESSMENT),
    ("发现", "待核实", Stage.VERIFYING_BEFORE_FILING),
    ("流转", "待派单", Stage.DISPATCH_PENDING),
    ("流转", "待领单", Stage.OFFERED),
    ("流转", "待签收", Stage.DISPATCHED),
    ("处置", "已签收", Stage.SIGNED),
    ("处置", "已到场", Stage.ARRIVED),
    ("处置", "联合执法", Stage.JOINT_IN_PROGRESS),
    ("处置", "挂账", Stage.SUSPENDED),
    ("处置", "返工", Stage.REWORK),
    ("反馈", "待核查", Stage.AWAITING_VERIFICATION),
    ("反馈", "待回访", Stage.AWAITING_CALLBACK),
    ("办结", "已结案", Stage.CLOSED),
    ("办结", "直接答复", Stage.ANSWERED),
    ("办结", "并入他案", Stage.MERGED),
    ("办结", "不予立案", Stage.REJECTED),
    ("办结", "作废", Stage.VOIDED),
    ("办结", "移送", Stage.TRANSFERRED_OUT),
)
"""Phase, the field's name, stage, in the order of the loop: all stages at which a case rests."""


class LateCase(NamedTuple):
    """An open case whose handling deadline has passed."""

    case: Case
    by: timedelta


class Line(NamedTuple):
    """A recent event: its time, its kind (a key of the colours), and a sentence."""

    at: datetime
    kind: str
    text: str


class LiveState:
    """Built record by record; not safe for several threads."""

    def __init__(self, rules: Rules) -> None:
        """Start without cases."""
        self._rules = rules
        self.cases: dict[str, Case] = {}
        self.lines: deque[Line] = deque(maxlen=LINES_MAX)
        self.entries = 0
        """Journal entries so far, those of timers not counted."""
        self._reports = 0
        self._events: Counter[str] = Counter()

    def feed(self, record: TopicRecord) -> None:
        """Take up a record of one of `SHOWN_TOPICS`; others are ignored."""
        if record.topic == topics.REPORTS:
            self._reports += 1
        elif record.topic == topics.CASES and topics.is_case_key(record.key) and record.value:
            case = codecs.CASE.decode(record.value)
            self.cases[case.case_id] = case
        elif record.topic == topics.JOURNAL:
            entry = codecs.JOURNAL_ENTRY.decode(record.value)
            self.entries += isinstance(entry.cause, RecordCause)
            self._events.update(event.event for event in entry.events)
            self.lines += [Line(entry.at.astimezone(LOCAL), *line) for line in self._lines_of(entry)]

    def counts(self, now: datetime) -> DayCounts:
        """The day so far; nothing is lost or doubled as long as nobody has audited it."""
        times, cases = self._events, self.cases.values()
        late = Counter(filter(None, (_handling(case, now) for case in cases)))
        answered = sum(case.stage is Stage.ANSWERED and case.reports[0].answer is not None for case in cases)
        closed = sum(case.closed_at is not None for case in cases) - answered
        return DayCounts(
            reports=self._reports,
            cases=len(cases) - answered,
            merged=times["report_merged.v1"],
            answered=answered,
            assessed=times["case_under_assessment.v1"],
            repeated=times["report_repeated.v1"],
            refused=times["report_refused.v1"],
            dead_letters=times["message_dead.v1"],
            closed=closed,
            open=len(cases) - answered - closed,
            on_time=late["on_time"],
            breached=late["breached"],
            returned=times["case_returned.v1"],
            joint=times["joint_started.v1"],
            suspended=times["case_suspended.v1"],
            extended=times["case_extended.v1"],
            voided=times["case_voided.v1"],
            transferred=times["case_transferred.v1"],
            reopened=times["case_reopened.v1"],
            penalties=sum(case.penalty is not None for case in cases),
        )

    def stages(self) -> Counter[Stage]:
        """The number of cases at each stage."""
        return Counter(case.stage for case in self.cases.values())

    def late(self, now: datetime) -> list[LateCase]:
        """Open cases past their deadline, the latest first."""
        late_cases = []
        for case in self.cases.values():
            running = next(
                (c for c in case.clocks if c.kind is ClockKind.DISPOSE and c.stopped_at is None), None
            )
            if running is not None and running.due_at < now and case.stage is not Stage.CLOSED:
                late_cases.append(LateCase(case, now - running.due_at))
        return sorted(late_cases, key=lambda late_case: late_case.by, reverse=True)

    def partners(self) -> list[tuple[Case, JointTask]]:
        """Joint tasks (联合任务) that a case still waits for, the oldest first."""
        waiting = [
            (case, task)
            for case in self.cases.values()
            for task in (case.joint.tasks if case.joint else ())
            if case.stage is Stage.JOINT_IN_PROGRESS and task.status in _AWAITED
        ]
        return sorted(waiting, key=lambda pair: pair[1].at)

    def penalties(self) -> list[tuple[Case, Penalty]]:
        """Penalty procedures under way, and their cases, the newest step first."""
        begun = [(case, case.penalty) for case in self.cases.values() if case.penalty]
        going_on = [pair for pair in begun if pair[1].steps[-1] is not PenaltyStep.ARCHIVED]
        return sorted(going_on, key=lambda pair: pair[1].since, reverse=True)

    def name_of(self, case_id: str) -> str:
        """A case's matter: its code and short name."""
        case = self.cases.get(case_id)
        if case is None:
            return case_id[-6:]
        return self.matter(case.facts.matter)

    def matter(self, code: str) -> str:
        """A matter's code and short name."""
        matter = self._rules.matters.get(code)
        return f"{code} {matter.name_zh.split('、')[0][:12]}" if matter else code

    def _kind(self, kind: str) -> str:
        """What is nothing to enforce, by its name."""
        known = self._rules.recognition.kinds if self._rules.recognition else {}
        return known[kind].name_zh if kind in known else kind

    def team(self, street: str, team: str | None) -> str:
        """A team's name."""
        named = self._rules.streets[street].teams.get(team or "") if street in self._rules.streets else None
        return named.name_zh if named else (team or "")

    def department(self, department: str) -> str:
        """A partner department's name."""
        partner = self._rules.departments.get(department)
        return partner.name_zh if partner else department

    def _lines_of(self, entry: JournalEntry) -> Iterator[tuple[str, str]]:
        """The lines worth showing of an entry: kind, text."""
        for event in entry.events:
            match event:
                case events.ReportRefused():
                    yield "refused", f"不予受理 {event.source.value}/{event.source_no}:{event.code}"
                case events.ActionRefused():
                    yield "refused", f"操作被拒 {self.name_of(event.case_id)} {event.action}:{event.code}"
                case events.MessageDead():
                    yield "refused", f"报文无法识别：{event.code} {event.field}"
                case events.RecordForwarded():
                    yield "refused", f"报文不在应在分区，已转入分区 {event.to}"
                case LetterDiscarded():
                    yield "refused", f"死信已作废 {event.letter}:{event.why}"
                case TimeSetBack():
                    pass  # concerns no case
                case _ if isinstance(event, DutyEvent):
                    pass  # neither does what happens to people and devices
                case _:
                    yield from self._discovery_lines(event, entry.street or "")
                    yield from self._handling_lines(event)
                    yield from self._exception_lines(event)

    def _discovery_lines(self, event: events.CaseEvent, street: str) -> Iterator[tuple[str, str]]:
        """发现 and 流转. Only the opening shows the report's text; later lines show the matter."""
        match event:
            case events.CaseOpened():
                facts = event.facts
                place = facts.place.address or f"网格{(facts.place.grid or '')[9:]}"
                text = facts.text.split("\n")[0]
                yield "report", f"发现 {self.matter(facts.matter)} [{facts.source.value}] {place} {text}"
            case events.ReportMerged():
                yield "merge", f"并案 {self.name_of(event.case_id)}:{event.why}"
            case events.CaseDispatched():
                yield "dispatch", f"派单 {self.name_of(event.case_id)} → {self.team(street, event.team)}"
            case events.CaseClaimed():
                yield "dispatch", f"领单 {self.name_of(event.case_id)} ← {self.team(street, event.team)}"
            case CaseAnswered():
                kind = self._kind(event.answer.kind)
                yield "report", f"直接答复 {event.case_id[-6:]}:{kind}"
            case CaseRecognised():
                yield "dispatch", f"研判 {event.case_id[-6:]}:{self.matter(event.matter)}"
            case CaseLocated():
                yield "dispatch", f"定位 {self.name_of(event.case_id)}：网格{(event.place.grid or '')[9:]}"
            case events.CaseReturned():
                yield "trouble", f"退单 {self.name_of(event.case_id)}:{event.note}"
            case _:
                pass

    def _handling_lines(self, event: events.CaseEvent) -> Iterator[tuple[str, str]]:
        """处置 and 反馈. Closings of finds disposed of on the spot are too many to show."""
        match event:
            case events.CaseDisposed():
                yield "done", f"处置 {self.name_of(event.case_id)}:{event.note}"
            case events.VerificationFailed():
                yield "trouble", f"返工 {self.name_of(event.case_id)}:{event.note}"
            case events.CaseReopened():
                yield "trouble", f"重办 {self.name_of(event.case_id)}：来电人不认可"
            case events.CaseClosed() if event.outcome is not CaseOutcome.SELF_DISPOSED:
                yield "closed", f"结案 {self.name_of(event.case_id)}"
            case TimerFired() if (
                event.timer.kind is TimerKind.BREACH and event.timer.clock is ClockKind.DISPOSE
            ):
                yield "trouble", f"超期 {self.name_of(event.case_id)}"
            case _:
                pass

    def _exception_lines(self, event: events.CaseEvent) -> Iterator[tuple[str, str]]:
        """Exceptions from the ordinary course: 联合执法, 挂账, 延期, 作废, 移送, 处罚."""
        match event:
            case JointStarted():
                called = "、".join(self.department(task.department) for task in event.joint.tasks)
                yield "together", f"吹哨 {self.name_of(event.case_id)} → {called}"
            case JointTaskMoved():
                who = self.department(event.department)
                kind = "trouble" if event.status is JointStatus.REFUSED else "together"
                yield kind, f"报到 {self.name_of(event.case_id)} {who}:{JOINT_STATUS[event.status]}"
            case PenaltyMoved():
                yield "penalty", f"处罚 {self.name_of(event.case_id)}:{PENALTY_STEPS[event.step][Lang.ZH]}"
            case CaseSuspended():
                yield "trouble", f"挂账 {self.name_of(event.case_id)}"
            case CaseExtended():
                yield "dispatch", f"延期 {self.name_of(event.case_id)}:{event.more}"
            case CaseVoided():
                yield "closed", f"作废 {self.name_of(event.case_id)}"
            case CaseTransferred():
                yield "closed", f"移送 {self.name_of(event.case_id)} → {event.to}"
            case CaseMoved():
                yield "closed", f"移交 {self.name_of(event.case_id)} → {event.to_case}"
            case _:
                pass


_ELSEWHERE: Final = frozenset(
    {
        *(CaseOutcome.VOIDED, CaseOutcome.TRANSFERRED, CaseOutcome.TERMINATED, CaseOutcome.MERGED),
        *(CaseOutcome.DECLINED, CaseOutcome.SENT_BACK, CaseOutcome.MOVED),
    }
)


def _handling(case: Case, now: datetime) -> str | None:
    """Whether the last handling was done in time, or is late; None while it runs in time, and where there is none."""
    clocks = [clock for clock in case.clocks if clock.kind in (ClockKind.DISPOSE, ClockKind.JOINT)]
    if not clocks or case.stage is Stage.SUSPENDED or case.outcome in _ELSEWHERE:
        return None
    last = max(clocks, key=lambda clock: clock.stopped_at or now)
    if (last.stopped_at or now) > last.due_at:
        return "breached"
    return "on_time" if last.stopped_at is not None else None


_AWAITED: Final = frozenset(
    {JointStatus.ASKED, JointStatus.RESPONDED, JointStatus.ARRIVED, JointStatus.REFUSED}
)
JOINT_STATUS: Final = {
    JointStatus.ASKED: "未响应",
    JointStatus.RESPONDED: "已响应",
    JointStatus.ARRIVED: "已到场",
    JointStatus.DONE: "已完成",
    JointStatus.REFUSED: "不到场",
    JointStatus.WAIVED: "已免除",
}
