"""A street that works badly for two days and better then, played by simulated people on a real worker: what stands and what was missed."""

import json
import shutil
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace as changed
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Final

import yaml
from msgspec.structs import replace

from pipeline.broker.ports import low_port
from pipeline.edge.client import Client
from pipeline.simulate.people.actors import People, Timetable
from pipeline.simulate.people.person_steps import Habits
from pipeline.simulate.world.day import generate_day
from pipeline.simulate.world.seeded_chance import LOCAL
from pipeline.simulate.world.virtual_clock import VirtualClock
from schemas.inputs.action import Action, Arrive
from schemas.outputs import Assignment
from schemas.values.terms import AssignmentKind, AssignmentStatus
from tests.core.story import OTHER_STREET, RULES
from tests.deploy.alerts_live.delivered import Key, rules_by_key
from tests.deploy.alerts_live.scene import STREET, Happening, Scene, own_deployment, report
from tests.deploy.alerts_live.watching import Watching, watching
from tests.deploy.tools import ROOT
from tests.stream.fleet.deployment import until

FIRST_DAY: Final = date(2026, 12, 28)
"""Limits that begin then reach into a year whose holidays are not known."""
REPORTING_DAYS: Final = 7
DAYS_MAX: Final = 17
"""Until all is told, at most; reports come in the first ones."""
SPEED: Final = 2_880.0
"""A day in half a minute."""
SCALE: Final = 0.7
LEAD_S: Final = 20.0
_BAD: Final = Habits(
    returns=0.7, late=1.0, extends=0.6, grants=0.9, whistles=0.9, refuses=0.0, suspends=0.25, reopens=0.3,
    comes_alone=0.5, fails_verification=0.3, not_solved=0.3, not_satisfied=0.3,
)  # fmt: skip
_BETTER: Final = changed(_BAD, late=0.0, whistles=0.5)
_NEVER_HANDLED: Final = 60
_LONG_LIMIT: Final = "SR-004"
"""Seven working days, so that it is about to be late for more than a day."""
_SLOW_DAYS: Final = 2
"""For so many days they are bad and slow, then they hurry."""
_ALONE: Final = 0.2
_AGAIN: Final = tuple(map(timedelta, (2, 3, 4)))
"""So long after the first days the same is reported again."""
_FORGOTTEN: Final = 0.25
"""This share of what a team or the centre is given nobody ever looks at."""


class BadStreet(People):
    """People who read what they are given late, or never."""

    def __init__(self, timetable: Timetable, client: Client, clock: VirtualClock) -> None:
        super().__init__(7, timetable, self._submit, _BAD)
        self._client = client
        self._clock = clock
        self._draw = Random(7)

    def turn(self) -> None:
        """From now on they hurry."""
        self._habits = _BETTER

    def hear(self, task: Assignment) -> None:
        """As it is told, but later."""
        if task.status is AssignmentStatus.OPEN:
            forgotten = task.kind is not AssignmentKind.JOINT and self._draw.random() < _FORGOTTEN
            if forgotten or (task.matter == _LONG_LIMIT and task.kind is AssignmentKind.HANDLE):
                return
            late = timedelta(days=3.3) if task.kind is AssignmentKind.JOINT else self._late()
            task = replace(task, at=max(task.at, self._clock.now()) + late)
        super().hear(task)

    def _submit(self, action: Action) -> None:
        """Now and then an officer goes alone."""
        if isinstance(action, Arrive) and self._draw.random() < _ALONE:
            action = replace(action, officers=action.officers[:1])
        self._client.submit_action(action)

    def _late(self) -> timedelta:
        return timedelta(hours=4 if self._habits is _BAD and self._draw.random() < 0.5 else 0)


def _play(folder: Path) -> Mapping[Key, str]:
    port = low_port()
    with own_deployment(folder) as deployment, watching(folder / "watching", {"worker": [port]}) as seen:
        midnight = datetime.combine(FIRST_DAY, datetime.min.time(), LOCAL) + timedelta(hours=8)
        clock = VirtualClock(midnight, time.time() + LEAD_S, SPEED)
        settings = {
            name.removeprefix("ENFORCEMENT_").lower(): value for name, value in clock.settings().items()
        }
        rules = _rules_for_one(folder)
        deployment.worker(real=True, http_port=str(port), rules_dir=str(rules), **settings).wait_ready(60)
        with Client(deployment.settings.brokers, topic_prefix=deployment.settings.topic_prefix) as client:
            _days(client, clock, seen)
        return seen.told()


def _rules_for_one(folder: Path) -> Path:
    """The shipped rules, but that one officer may go alone: else nobody could, and the goal would be kept by force."""
    rules = folder / "other-rules"
    shutil.copytree(ROOT / "rules", rules)
    policy = rules / "policy.yaml"
    policy.write_text(policy.read_text("utf-8").replace("officers_min: 2", "officers_min: 1"), "utf-8")
    _listed_next_door(rules / "people")
    return rules


def _listed_next_door(folder: Path) -> None:
    """Here nobody is listed, and whoever goes is invented; in a street where nothing happens one certificate ends in three weeks."""
    own = folder / f"{STREET}.yaml"
    table = yaml.safe_load(own.read_text("utf-8"))
    squads = {squad.id for squad in RULES.streets[STREET].teams.values() if squad.communities}
    table["officers"] = [officer for officer in table["officers"] if officer["team"] not in squads]
    table["officers"][0]["certificates"][0]["until"] = FIRST_DAY + timedelta(days=21)
    own.unlink()
    (folder / f"{OTHER_STREET}.yaml").write_text(yaml.safe_dump(table, allow_unicode=True), "utf-8")


def _days(client: Client, clock: VirtualClock, seen: Watching) -> None:
    timetable = Timetable()
    people = BadStreet(timetable, client, clock)
    for number in range(REPORTING_DAYS):
        day = FIRST_DAY + timedelta(days=number)
        for push in generate_day(7 + number, day, (STREET,), SCALE, RULES).pushes:
            if push.at >= clock.origin:
                timetable.add(push.at, push, partial(_push, client, push.street, push.value))
                if push.expectation == "valid" and number < _SLOW_DAYS:
                    for later in _AGAIN:
                        at = push.at + later
                        again = partial(_push, client, push.street, _once_more(push.value, at))
                        timetable.add(at, (later, push), again)
    ends = clock.origin + timedelta(days=DAYS_MAX)
    for number in range(_NEVER_HANDLED):
        value = report(
            f"never-{number}",
            clock.origin + timedelta(minutes=number - 1),
            matter=_LONG_LIMIT,
            place={"address": f"解放路 {number} 号", "grid": f"{STREET}001001"},
        )
        timetable.add(clock.origin + timedelta(minutes=number), number, partial(_push, client, STREET, value))
    timetable.add(clock.origin + timedelta(days=_SLOW_DAYS), "turn", people.turn)
    with ThreadPoolExecutor(2) as pool:
        jobs = pool.submit(timetable.run, clock)
        hearing = pool.submit(_hear, client, people)
        try:
            until(
                DAYS_MAX * 60,
                "all is told",
                lambda: is_all_told(seen) or clock.now() >= ends or jobs.done() or hearing.done(),
            )
        finally:
            timetable.stop()
            client.close()
        jobs.result()
        hearing.result()


def is_all_told(seen: Watching) -> bool:
    """Of every rule for managers."""
    return {key for key, rule in rules_by_key().items() if rule["labels"]["receiver"] == "duty_chief"} <= set(
        seen.told()
    )


def _hear(client: Client, people: People) -> None:
    for task in client.assignments(None, follow=True):
        people.hear(task)


def _once_more(value: bytes, at: datetime) -> bytes:
    """The same happens again at the same place."""
    content = json.loads(value)
    content.pop("occurred_at", None)
    again = {"source_no": f"{content['source_no']}-{at:%d}", "reported_at": at.isoformat()}
    return json.dumps(content | again, ensure_ascii=False).encode()


def _push(client: Client, street: str, value: bytes) -> None:
    client.submit(value, street=street)


_SLOWLY: Final = "a street reads late what it is given, or never, and its people work badly, for two days of half a minute each"
SCENE: Final = Scene(
    "a street that works badly",
    {
        "HandlingBurn": Happening(f"{_SLOWLY}; then they hurry"),
        "HandlingLateBudget": Happening("the first of them that end"),
        "UrgentAtRisk": Happening(_SLOWLY),
        "ManyAtRisk": Happening(f"{_NEVER_HANDLED} reports that nobody handles"),
        "UrgentOverdue": Happening(_SLOWLY),
        "ManyOverdue": Happening(_SLOWLY),
        "NobodyTook": Happening(_SLOWLY),
        "DecisionsOverdue": Happening("requests that nobody decides"),
        "CertificatesEnding": Happening("a certificate of the next street ends in three weeks"),
        "GoalMissed": Happening(
            f"{_SLOWLY}; the same things happen again, officers go alone, partners take three days; one officer may go by these rules"
        ),
        "CalendarProvisional": Happening(
            "it is the end of December 2026, and the holidays of 2027 are not known"
        ),
        "TimersLate": Happening(
            "the clock runs 2,880 times as fast, so that a quarter of a second is twelve minutes"
        ),
    },
    _play,
)
