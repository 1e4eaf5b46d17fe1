"""A play: random actors and reporters against the core through its one door, watched by a witness.

A burst of steps follows from its seed alone, and a shorter burst of the same seed is its beginning. So what went wrong
is told by a script of a few words, which plays it again.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Final, NamedTuple

from msgspec import to_builtins

from pipeline.core.actions import ACTIONS as REGISTRY
from pipeline.core.case.open_requests import requests_of
from pipeline.core.case.reporters import answered
from pipeline.core.case.stage_table import STAGE_TABLE
from pipeline.core.case.turn import InputRecord, Outcome, Turn
from pipeline.core.correction_orders import latest, unsettled
from pipeline.core.instead_costs import has_open_costs
from pipeline.core.partition import Partition
from pipeline.core.penalty import penalty_procedure
from pipeline.core.stages import joint
from schemas import topics
from schemas.inputs.intake import Headers
from schemas.state.case import Case
from schemas.values.order_number import comparable
from schemas.values.penalty_terms import CorrectionState
from schemas.values.terms import RequestKind, Stage
from schemas.wire import codecs
from tests.core.players.actors import ACTIONS, SAID, actor
from tests.core.players.reporters import JOINT, MATTERS, PUNISHED, report, updated
from tests.core.players.scene import Content, Scene
from tests.core.players.witness import Tally, Witness, digest, written
from tests.core.story import KEY, RULES, encode


class Mood(NamedTuple):
    """How people are: the shares of steps that are legal and of things said right; what they like to do; how time goes.

    `matters` are what is reported to them. `hops` is the share of steps that come on a later day. `many`: they hand in as
    much as they can.
    """

    legal: float
    right: float
    likes: tuple[str, ...] = ()
    matters: tuple[str, ...] = MATTERS
    hops: float = 0.008
    many: bool = False


MOODS: Final = {
    "orderly": Mood(0.97, 0.95),
    "careless": Mood(0.85, 0.7),
    "hostile": Mood(0.5, 0.4),
    "punishing": Mood(0.95, 0.8, ("penalise",), PUNISHED, hops=0.03),
    "together": Mood(0.95, 0.8, ("whistle", "joint_step", "settle", "decide"), JOINT),
    "asking": Mood(0.95, 0.75, ("suspend", "extend", "decide", "resume", "void", "return", "object")),
    "tidying": Mood(0.95, 0.8, ("merge", "split", "return", "decide"), MATTERS[:4]),
    "hoarding": Mood(0.97, 0.95, ("dispose", "verify"), hops=0.0, many=True),
}
STARTS: Final = {
    "tuesday": "2026-11-24T09:00:00+08:00",
    "golden week": "2026-09-30T17:00:00+08:00",
    "year end": "2026-12-31T23:50:00+08:00",
    "spring festival": "2026-02-13T16:00:00+08:00",
    "make-up saturday": "2026-10-10T08:00:00+08:00",
}
"""Where a play begins: the last is a Saturday that is worked, and the year after 2026 has no announced holidays."""
OPEN_MAX: Final = 10
"""Nobody reports while so many cases are open: few cases live long lives."""
FORWARD: Final[Mapping[Stage, tuple[str, ...]]] = {
    Stage.VERIFYING_BEFORE_FILING: ("check",),
    Stage.OFFERED: ("claim",),
    Stage.DISPATCHED: ("sign",),
    Stage.SIGNED: ("arrive",),
    Stage.ARRIVED: ("dispose",),
    Stage.JOINT_IN_PROGRESS: ("joint_step", "settle", "dispose"),
    Stage.REWORK: ("arrive", "dispose"),
    Stage.SUSPENDED: ("resume",),
    Stage.AWAITING_VERIFICATION: ("verify",),
    Stage.AWAITING_CALLBACK: ("call_back",),
}
"""What leads a case on, which is done most."""
_REQUESTS: Final[Mapping[RequestKind, str]] = {
    RequestKind.SUSPENSION: "suspend",
    RequestKind.EXTENSION: "extend",
    RequestKind.JOINT: "whistle",
    RequestKind.VOID: "void",
    RequestKind.OBJECTION: "object",
    RequestKind.TERMINATION: "terminate",
    RequestKind.DUPLICATE: "merge",
    RequestKind.DECLINE: "decline",
    RequestKind.SENDING_BACK: "decline",
    RequestKind.UNREASONABLE: "call_back",
    RequestKind.SUPERVISION: "supervise",
    RequestKind.HARD_CASE: "raise_hard",
    RequestKind.APPEAL: "appeal",
}
RARE: Final = (
    "void",
    "order_check",
    "transfer",
    "move",
    "terminate",
    "decline",
    "merge",
    "claim",
    "dispatch",
)
"""What ends a case early, or is mostly somebody else's already: seldom done once somebody has the case."""


class Play:
    """One core from its beginning, and everything that it was fed."""

    def __init__(self, tally: Tally, start: str) -> None:
        self.now = datetime.fromisoformat(STARTS[start]).astimezone(UTC)
        self.core = Partition(RULES, KEY, "test")
        self.witness = Witness(tally)
        self.script = [f"start {start}"]
        self.failed = False
        self.current = ""
        """The case that people are busy with."""
        self.fed: list[tuple[datetime, InputRecord | None]] = []
        """Each turn's time and record; None for a timer."""
        self.set_backs: list[int] = []
        """How many turns there were when the time was set back."""
        tally.plays += 1

    def do(self, words: str) -> None:
        """One line of a script. What goes wrong in it is told with all that led to it."""
        what, *rest = words.split()
        self.script.append(words)
        try:
            match what:
                case "burst":
                    self._burst(int(rest[0]), int(rest[1]), rest[2])
                case "wait":
                    self._pass_time(self.now + timedelta(hours=int(rest[0])))
                case "restart":
                    self._restart(int(rest[0]))
                case "set_back":
                    self._set_back(int(rest[0]))
                case "replay":
                    self._replay()
                case _:
                    raise LookupError(f"no such thing in a play: {words}")
        except Exception as wrong:
            self.failed = True
            script = "; ".join(self.script)
            wrong.add_note(f"once more: PLAY='{script}' .venv/bin/pytest tests/core/players/test_actors.py")
            raise

    def _burst(self, seed: int, length: int, mood: str) -> None:
        """So many steps, each drawn from the seed."""
        draw = Random(seed)
        for done in range(length):
            self.script[-1] = f"burst {seed} {done + 1} {mood}"
            self._next(draw, MOODS[mood])
        self.script[-1] = f"burst {seed} {length} {mood}"
        self.witness.closes()

    def _next(self, draw: Random, mood: Mood) -> None:
        """Time goes by, and one record comes."""
        self._pass_time(self.now + _pause(draw, mood), late=draw.random() < 0.25)
        over = [case for case in self.witness.latest.values() if STAGE_TABLE[case.stage].is_terminal]
        ongoing = [case for case in self.witness.latest.values() if not STAGE_TABLE[case.stage].is_terminal]
        dice = draw.random()
        if dice < 0.04 and self.fed:
            lately = draw.random() < 0.7
            again = draw.choice(self.fed[-60:] if lately else self.fed)[1]
            if again is not None:
                self._push(again.topic, again.key, again.value, again.headers)
        elif dice < (0.2 if mood.many else 0.1) and ongoing:
            self._update(draw, ongoing if draw.random() < 0.9 or not over else over, mood)
        elif not ongoing or (dice < 0.15 and len(ongoing) < OPEN_MAX):
            content = report(draw, self.now, len(self.fed), (1 - mood.right) / 2, mood.matters)
            content |= self._told_again(draw, ongoing)
            self._push(topics.REPORTS, str(content["street"]).encode(), encode(content))
        else:
            case = self.witness.latest.get(self.current)
            if case is None or draw.random() < (0.9 if STAGE_TABLE[case.stage].is_terminal else 0.4):
                case = draw.choice(over if over and draw.random() < 0.2 else ongoing)
            self.current = case.case_id
            self._push(topics.ACTIONS, case.street.encode(), encode(self._deed(draw, mood, case)))

    def _update(self, draw: Random, cases: list[Case], mood: Mood) -> None:
        """A report of one of the cases comes again and says more, or something else; or one that never came is withdrawn."""
        case = draw.choice(cases)
        if mood.many:  # one that never lets go
            case = max(cases, key=lambda case: (len(case.reports[0].updates), case.case_id))
        seen = case.reports[0] if mood.many else draw.choice(answered(case))
        number = (seen.source.value, comparable(seen.source_no), case.street)
        pushed = (record for _, record in self.fed if record is not None and record.topic == topics.REPORTS)
        first = next(content for record in pushed if (content := _sent_as(record, number)) is not None)
        content = updated(draw, self.now, first, len(self.fed), mood.matters)
        self._push(topics.REPORTS, str(content["street"]).encode(), encode(content))

    def _told_again(self, draw: Random, ongoing: list[Case]) -> Content:
        """Sometimes it is of what was just disposed of, and waits to be confirmed."""
        waiting = [
            case
            for case in ongoing
            if case.stage in (Stage.AWAITING_VERIFICATION, Stage.AWAITING_CALLBACK)
            and case.task is not None
            and case.task.team is not None
        ]
        if not waiting or draw.random() < 0.5:
            return {}
        same = draw.choice(waiting)
        place = {name: value for name, value in to_builtins(same.facts.place).items() if value}
        told: Content = {"street": same.street, "matter": same.facts.matter, "place": place}
        return told | {"reported_at": self.now.isoformat(), "self_disposed": False}

    def _deed(self, draw: Random, mood: Mood, case: Case) -> Content:
        """What somebody does to the case."""
        right = draw.random() < mood.right
        scene = Scene(draw, case, self.witness.latest, self.now, len(self.fed), right, mood.many)
        action = _choice(draw, mood, case)
        content = {
            "action": action,
            "action_id": f"A{len(self.fed)}",
            "case_id": case.case_id,
            "acted_at": scene.at(minutes=-20) if scene.slips(0.05) else scene.at(seconds=draw.randrange(40)),
            "actor": actor(scene, action),
            **SAID[action](scene),
        }
        if draw.random() < 0.3:
            content["expected_version"] = max(1, case.version - scene.slips(0.5))
        if case.actions and scene.slips(0.03):
            content["action_id"] = draw.choice(
                case.actions
            ).action_id  # a form that was opened once and sent twice
        if scene.slips(0.02):
            content["case_id"] = f"{case.street}-0000000000000"
        return content

    def _pass_time(self, until: datetime, *, late: bool = False) -> None:
        """What is due fires at its time; or `late`, when there was no worker until now."""
        while (due := self.core.next_due()) is not None and due <= until:
            self.now = until if late else max(due, self.now)
            turn = self._turn(None)
            self._seen(self.core.fire(turn))
        self.now = until

    def _push(self, topic: str, key: bytes | None, value: bytes | None, headers: Headers = ()) -> None:
        """It arrives; and after it whatever it sends to another street."""
        record = InputRecord(topic, 0, len(self.fed), key, value, headers)
        turn = self._turn(record)
        outcome = self.core.step(record, turn)
        self._seen(outcome)
        for sent in outcome.sent:
            self._push(sent.topic, sent.key, sent.value, sent.headers)

    def _turn(self, record: InputRecord | None) -> Turn:
        self.fed.append((self.now, record))
        return Turn(0, 1, len(self.fed), self.now)

    def _seen(self, outcome: Outcome) -> None:
        self.witness.sees(outcome, self.core)
        if outcome.cases and outcome.cases[0].version == 1:
            self.current = outcome.cases[0].case_id

    def _restart(self, seed: int) -> None:
        """A worker takes over: all it has is the bytes of the snapshots, in any order."""
        cases = [codecs.CASE.decode(codecs.CASE.encode(case)) for case in self.witness.latest.values()]
        Random(seed).shuffle(cases)
        self.core = Partition(RULES, KEY, "test")
        retired = [codecs.RETIRED.decode(codecs.RETIRED.encode(one)) for one in self.witness.retired.values()]
        Random(seed).shuffle(retired)
        self.core.restore(cases, retired)
        self.witness.takes_over(self.core)

    def _set_back(self, hours: int) -> None:
        """All this was dated ahead: the partition's time is set back, and a worker takes over."""
        self.now = self.fed[-1][0] - timedelta(hours=hours)
        self.set_backs.append(len(self.fed))
        self._restart(hours)

    def _replay(self) -> None:
        """All of it once more without a restart: the same bytes at every step, and the same state in the end."""
        anew = Partition(RULES, KEY, "test")
        for number, ((at, record), hashed) in enumerate(zip(self.fed, self.witness.hashes, strict=True), 1):
            turn = Turn(0, 1, number, at)
            outcome = anew.fire(turn) if record is None else anew.step(record, turn)
            assert digest(written(outcome)) == hashed, f"entry {number} is another one the second time"
        assert {case.case_id: case for case in anew.cases()} == self.witness.latest


def _sent_as(record: InputRecord, number: tuple[str, str, str]) -> Content | None:
    """What the record says, where it is the report of this source and number in this street."""
    content: Content = json.loads(record.value or b"{}")
    name = (content["source"], comparable(str(content["source_no"])), content["street"])
    return content if name == number else None


def _pause(draw: Random, mood: Mood) -> timedelta:
    """Seconds or minutes, seldom hours; now and then the next morning, some days, or weeks."""
    dice = draw.random()
    if dice < mood.hops / 12:
        return timedelta(days=draw.randint(7, 45))
    if dice < mood.hops:
        return timedelta(days=draw.randint(1, 6), hours=draw.randrange(24))
    if dice < mood.hops + 0.04:
        return timedelta(minutes=draw.randint(5, 16 * 60))
    return timedelta(seconds=draw.randrange(120))


def _choice(draw: Random, mood: Mood, case: Case) -> str:
    """Mostly something that is possible at the case's stage, what people like and what leads on before the rest."""
    if draw.random() >= mood.legal:
        return draw.choice(ACTIONS)
    possible = sorted(name for name, row in REGISTRY.items() if case.stage in row.stages)
    possible += ["penalise", "measure"] if penalty_procedure.is_open(case) else []
    possible += ["call_back"] if case.call_due else []
    possible += ["claim_costs"] if has_open_costs(case) and "claim_costs" not in possible else []
    if (
        draw.random() < 0.9
    ):  # what is possible at the stage is still in vain where there is nothing to do it to
        possible = [action for action in possible if action not in _in_vain(case)]
    if not possible:
        return draw.choice(ACTIONS)
    forward = (*FORWARD.get(case.stage, ()), "decide", "reinspect")
    seldom = 3.0 if case.stage in (Stage.OFFERED, Stage.DISPATCH_PENDING) else 0.5
    weights = [
        15.0 if action in mood.likes else 10.0 if action in forward else seldom if action in RARE else 1.0
        for action in possible
    ]
    return draw.choices(possible, weights)[0]


def _in_vain(case: Case) -> set[str]:
    kinds = {request.kind for request in requests_of(case)}
    vain = {_REQUESTS[kind] for kind in kinds if kind in _REQUESTS} | (set() if kinds else {"decide"})
    if len(answered(case)) == 1:
        vain.add("split")
    if case.stage is Stage.JOINT_IN_PROGRESS and joint.blocking(case):
        vain.add("dispose")
    vain |= _without_an_order(case) | (set() if has_open_costs(case) else {"claim_costs"})
    return vain


def _without_an_order(case: Case) -> set[str]:
    """Nothing to inspect, to extend or to release where no order stands; and no end while one does."""
    order = latest(case)
    if order is None or order.state not in (CorrectionState.RUNNING, CorrectionState.DISOBEYED):
        return {"reinspect", "extend_correction", "release_correction"}
    return {"order_correction", *(("dispose",) if unsettled(case) else ())}
