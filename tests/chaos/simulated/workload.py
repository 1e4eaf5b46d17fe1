"""What the world outside pushes: reports by several sources, some twice, late, changed or broken, and people who act on answers.

All of it is drawn from the seed before the run, so that a run without faults gets the same. People act only on what they
have read as committed; their times are those of the log, since a worker's clock may be wrong.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import chain
from random import Random
from typing import Any, Final

from pydantic_core import from_json

from pipeline.core.rules.rules import Rules
from schemas import topics
from schemas.partitioning import partition_of
from schemas.values.evidence import NamedEvidence
from schemas.values.terms import EvidenceKind, Stage
from schemas.wire import codecs
from tests.chaos.simulated.cluster.log import Content
from tests.chaos.simulated.cluster.network import Network
from tests.corpus.poison import POISON

STREETS: Final = ("140109004", "140109005", "140109001", "140109007")
MATTER: Final = "SR-001"
CRASHES_ALWAYS: Final = "此件必崩"
CRASHES_ONCE: Final = "此件先崩一次"
START: Final = datetime.fromisoformat("2026-11-24T06:00:00+00:00")
_PATH: Final = (("sign", "contact"), ("arrive",), ("answer", "dispose"), ("verify",), ("call_back",))
"""How far people come, and what they do on that way."""
PATH: Final = tuple(chain.from_iterable(_PATH))
_SOURCES: Final = ("12345", "12319", "patrol", "monitor")
_POISON: Final = tuple(one for one in POISON if one.code and len(one.value or b"") < 4_000)
_LOOK_S: Final = 0.7
_CAMERA: Final = "XH-BWC-0"


@dataclass
class Push:
    """A record that a source pushes at `at` (seconds). One that is aborted is never to be seen; one astray stands in the
    partition after its own."""

    at: float
    topic: str
    street: str
    content: Content
    aborted: bool = False
    astray: bool = False


@dataclass
class Script:
    """A report, and what people do about it, one step after the other; `wild` people do not look at answers."""

    street: str
    source: str
    source_no: str
    steps: tuple[str, ...]
    think_s: float
    again: bool
    wild: bool = False
    astray: bool = False
    """Its last step is pushed into the wrong partition."""
    report: bytes = b""
    """What was pushed, and is pushed again when the case is closed."""
    case_id: str = ""
    team: str = ""
    done: list[str] = field(default_factory=list)
    """The code that each step was answered with."""

    @property
    def key(self) -> str:
        return f"{self.source}/{self.source_no}"

    def is_over(self) -> bool:
        return len(self.done) == len(self.steps) or bool(self.done and self.done[-1] != "accepted")


class Workload:
    """Drawn once per seed."""

    def __init__(
        self, seed: int, reports: int, over_s: float, meet: Callable[[str], None], *, crashes: bool
    ) -> None:
        """`crashes`: whether there may be reports over which the core crashes, which costs an owner its memory."""
        self._chance = Random(seed * 7 + 1)
        self._places = Random(seed * 11 + 5)
        """Of its own, so that the rest of a seed is the same without it."""
        self._duties = Random(seed * 13 + 3)
        self._meet = meet
        self._over_s = over_s
        self.pushes: list[Push] = []
        self.scripts: dict[str, Script] = {}
        for number in range(reports):
            self._report(number)
        self._duty(reports // 10)
        self._poison()
        if crashes:
            self._crashes()
        self.pushes.sort(key=lambda one: one.at)

    def _report(self, number: int) -> None:
        chance = self._chance
        street, source = (
            chance.choice(STREETS[:2] if chance.random() < 0.8 else STREETS),
            chance.choice(_SOURCES),
        )
        merges = chance.random() < 0.15
        wild = not merges and chance.random() < 0.1
        content: dict[str, object] = {
            "source": source, "source_no": f"N{number}", "street": street, "matter": MATTER,
            "reported_at": (START - timedelta(hours=2 + chance.random())).isoformat(),
            "place": {"address": "兴华街1号" if merges else f"后北屯路{number}号", "grid": f"{street}001001"},
            "text": "有人占道卖水果",
        }  # fmt: skip
        if source in ("12345", "12319"):
            content["caller"] = {"name": "王测试", "phone": f"138{number:08d}"}
        if chance.random() < 0.1:
            content["reported_at"] = (START - timedelta(hours=chance.randrange(5, 60))).isoformat()
            self._meet("report late by hours")
        is_hotline = source in ("12345", "12319")
        ends = len(_PATH) if wild else chance.randrange(len(_PATH) + 1) if is_hotline and not merges else 0
        steps = tuple(chain.from_iterable(_PATH[:ends]))
        self.scripts[f"{source}/N{number}"] = Script(
            street, source, f"N{number}", steps, 0.2 + 3 * chance.random(), chance.random() < 0.15, wild
        )
        at = chance.random() * self._over_s
        if chance.random() < 0.2:
            at = min(self._over_s, at + chance.random() * self._over_s / 2)
            self._meet("sources reordered")
        self.scripts[f"{source}/N{number}"].astray = self._places.random() < 0.1
        self.scripts[f"{source}/N{number}"].report = encoded(content)
        self._push(at, topics.REPORTS, street, encoded(content), may_stray=not merges)
        while chance.random() < 0.25:
            self._meet("report pushed again")
            self._push(at + chance.random() * 20, topics.REPORTS, street, encoded(content))
        if chance.random() < 0.05:
            self._meet("report pushed changed")
            changed = encoded(content | {"text": "又来了一个摊"})
            self._push(at + chance.random() * 20, topics.REPORTS, street, changed)

    def _duty(self, many: int) -> None:
        """Cameras go out and come back in the street whose people are known; mostly somebody has them already, or has them not."""
        for number in range(many):
            action = self._duties.choice(("hand_out", "hand_out", "hand_back", "mark_device", "take_leave"))
            said = {
                "hand_out": {"officer": f"XH-{self._duties.randrange(1, 41):03d}"},
                "mark_device": {"mark": self._duties.choice(("broken", "repaired"))},
                "take_leave": {
                    "officer": f"XH-{self._duties.randrange(1, 41):03d}", "reason": "sick",
                    "begins": START.isoformat(), "ends": (START + timedelta(hours=9)).isoformat(),
                },
            }.get(action, {})  # fmt: skip
            content = {
                "action": action, "action_id": f"D{number}", "street": STREETS[0], "acted_at": START.isoformat(),
                "actor": {"id": "W9", "role": "duty_chief"}, **said,
            }  # fmt: skip
            if action != "take_leave":
                content["device"] = f"{_CAMERA}{self._duties.randrange(1, 4)}"
            at = self._duties.random() * self._over_s
            for again in range(1 + (self._duties.random() < 0.2)):
                content_at = (STREETS[0].encode(), encoded(content), ())
                self.pushes.append(Push(at + 20 * again, topics.ACTIONS, STREETS[0], content_at))

    def _poison(self) -> None:
        for _ in range(self._chance.randrange(4)):
            one = self._chance.choice(_POISON)
            self._meet("poison")
            at = self._chance.random() * self._over_s
            street = one.key.decode() if one.key == b"140109005" else STREETS[0]
            self.pushes.append(Push(at, one.topic, street, (one.key, one.value, one.headers)))

    def _crashes(self) -> None:
        for rate, text, name in (
            (0.2, CRASHES_ALWAYS, "core crashes always"),
            (0.2, CRASHES_ONCE, "core crashes once"),
        ):
            if self._chance.random() < rate:
                self._meet(name)
                street = self._chance.choice(STREETS[:2])
                content = {
                    "source": "12345", "source_no": f"X{len(self.pushes)}", "street": street, "matter": MATTER,
                    "reported_at": (START - timedelta(hours=2)).isoformat(), "place": {"address": text}, "text": text,
                }  # fmt: skip
                self._push(self._chance.random() * self._over_s, topics.REPORTS, street, encoded(content))

    def _push(self, at: float, topic: str, street: str, value: bytes, *, may_stray: bool = False) -> None:
        aborted = self._chance.random() < 0.05
        if aborted:
            self._meet("aborted push")
            self.pushes.append(Push(at, topic, street, (street.encode(), value, ()), aborted=True))
        key: bytes | None = street.encode()
        astray = may_stray and self._places.random() < 0.1
        if astray:
            self._meet("record astray")
        elif may_stray and self._places.random() < 0.05:
            self._meet("record without key")
            key = None
        self.pushes.append(Push(at, topic, street, (key, value, ()), astray=astray))


class People:
    """They read what is committed and act."""

    def __init__(self, workload: Workload, rules: Rules, network: Network, partitions: int) -> None:
        self._scripts = workload.scripts
        self._network = network
        self._log = network.log
        self._later = later = network.later
        self._meet = network.faults.meet
        self._partitions = partitions
        self._required = rules.matters[MATTER].evidence_required
        self._policy = rules.policy
        self._read = dict.fromkeys(range(partitions), 0)
        self._waiting: dict[str, Script] = {}
        self._coming = 0
        self.answers: dict[str, str] = {}
        """Of each report and each action of a script: its first answer."""
        later(_LOOK_S, self._look)

    def are_done(self) -> bool:
        """Whether every report is answered and every script at its end."""
        return not self._coming and all(
            script.key in self.answers and (script.wild or script.is_over())
            for script in self._scripts.values()
        )

    def waiting(self) -> list[str]:
        """The reports of which something is still to come."""
        return [
            key for key, script in self._scripts.items() if key not in self.answers or not script.is_over()
        ]

    def outcomes(self, snapshots: Iterable[bytes]) -> dict[str, str]:
        """What became of each report and of each step about it; faults must not change it."""
        outcomes = dict(self.answers)
        for value in snapshots:
            case = codecs.CASE.decode(value)
            keys = sorted(f"{report.source.value}/{report.source_no}" for report in case.reports)
            scripts = [script for key in keys if (script := self._scripts.get(key)) is not None]
            if not any(script.wild for script in scripts):
                # nobody acts on it: whether its offer has lapsed is a question of when the run ends
                stage = Stage.OFFERED if case.stage is Stage.DISPATCHED else case.stage
                outcomes[case.case_id] = f"{stage.value} {' '.join(keys)}"
        return outcomes

    def _look(self) -> None:
        for partition, start in self._read.items():
            if not self._network.nodes.is_reached((topics.RECEIPTS, partition)):
                continue
            log = self._log.partitions[topics.RECEIPTS, partition]
            records, self._read[partition] = log.visible(start, 1_000)
            for record in records:
                self._hear(from_json(record.value or b""))
        self._later(_LOOK_S, self._look)

    def _hear(self, receipt: dict[str, Any]) -> None:
        of = receipt["of"]
        if receipt["outcome"] == "forwarded":
            self._meet("record forwarded")
            return
        if of["subject"] == "report":
            key = f"{of['source']}/{of['source_no']}"
            script = self._scripts.get(key)
            if script is None or key in self.answers:
                return
            self.answers[key] = receipt["code"]
            if receipt["outcome"] == "accepted":
                script.case_id, script.team = receipt["case_id"], receipt.get("team") or "nobody"
                self._go_on(script, receipt["at"])
        elif of["subject"] == "action" and (script := self._waiting.pop(of["action_id"], None)):
            self.answers[of["action_id"]] = receipt["code"]
            script.done.append(receipt["code"])
            if not script.is_over():
                self._go_on(script, receipt["at"])
            elif script.done == ["accepted"] * len(PATH):
                self._coming += 1
                self._later(script.think_s, partial(self._push_once_more, script))

    def _push_once_more(self, script: Script) -> None:
        """Its case is closed, and by the rules that are simulated gone at once."""
        self._coming -= 1
        street = script.street
        log = self._log.partitions[topics.REPORTS, partition_of(street, self._partitions)]
        self._network.append(partial(log.append, (street.encode(), script.report, ())))

    def _go_on(self, script: Script, at: str) -> None:
        if script.wild:
            for number, step in enumerate(reversed(script.steps)):
                self._meet("wild action")
                self._later(script.think_s * number, partial(self._act, script, step, at, wild=True))
        elif not script.is_over():
            step = script.steps[len(script.done)]
            self._later(script.think_s, partial(self._act, script, step, at))

    def _act(self, script: Script, step: str, heard_at: str, *, wild: bool = False) -> None:
        acted = datetime.fromisoformat(heard_at) + timedelta(seconds=60)
        action_id = f"{script.key.replace('/', '-')}-{step}"
        content: dict[str, object] = {
            "action": step,
            "action_id": action_id,
            "case_id": script.case_id,
            "acted_at": acted.isoformat(),
        }
        content |= self._said(script, step, acted)
        if not wild:
            self._waiting[action_id] = script
        value: Content = (script.street.encode(), encoded(content), ())
        partition = partition_of(script.street, self._partitions)
        if script.astray and step == script.steps[-1] and not wild:
            self._meet("action astray")
            partition = (partition + 1) % self._partitions
        log = self._log.partitions[topics.ACTIONS, partition]
        self._network.append(partial(log.append, value))
        if script.again:
            self._meet("action pushed again")
            self._later(script.think_s, partial(self._network.append, partial(log.append, value)))

    def _said(self, script: Script, step: str, acted: datetime) -> dict[str, object]:
        team = {"id": "O1", "role": "team", "team": script.team}
        post = self._policy.verification_post
        match step:
            case "verify":
                return {"actor": {"id": "V1", "role": "verifier", "team": post}, "passed": True}
            case "call_back":
                actor = {"id": "H1", "role": "callback_clerk", "team": self._policy.callback_post}
                return {"actor": actor, "reached": True, "solved": True, "satisfied": True}
            case "contact":
                return {"actor": team, "way": "phone", "reached": True}
            case "answer":
                return {"actor": team, "found": "true", "done": "已劝离"}
            case "arrive":
                return {"actor": team, "officers": ["O1", "O2"]}
            case "dispose":
                return {"actor": team, "evidence": list(self._evidence(script, acted))}
        return {"actor": team}

    def _evidence(self, script: Script, acted: datetime) -> Iterator[dict[str, str]]:
        for number, wanted in enumerate(self._required):
            named = {"name": wanted.name} if isinstance(wanted, NamedEvidence) else {}
            kind = wanted.kind if isinstance(wanted, NamedEvidence) else wanted
            taken = (acted - timedelta(seconds=len(self._required) - number)).isoformat()
            ends = {"ended_at": acted.isoformat()} if kind is EvidenceKind.BODYCAM else {}
            content = hashlib.sha256(f"{script.key} {kind.value} {named}".encode()).hexdigest()
            yield {"sha256": content, "kind": kind.value, "taken_at": taken, **ends, **named}


def encoded(content: Mapping[str, object]) -> bytes:
    """JSON as a source would push it."""
    return json.dumps(content, ensure_ascii=False).encode()
