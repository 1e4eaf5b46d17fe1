"""Two teams race for the same thousand offers (领单), each through a client and a thread of its own, on a real worker."""

import json
import os
import shutil
import threading
import time
from collections import Counter
from datetime import datetime
from pathlib import Path
from random import Random

from pipeline.edge.client import Client
from pipeline.edge.client.action_builder import ActionBuilder
from pipeline.rulesdiff.rules_options import VARIABLE
from schemas import topics
from schemas.inputs.action import Claim
from schemas.inputs.action_base import Actor
from schemas.journal.events import CaseClaimed
from schemas.outputs import Receipt
from schemas.values.terms import AssignmentKind, AssignmentStatus, Role
from schemas.wire import codecs
from tests.core.story import STREET
from tests.stream.conftest import Deploy
from tests.stream.fleet.deployment import Deployment, assert_each_input_decided_once, value_of

OFFERS = 1_000
AT_ONCE = 250
"""Claims a team makes before it waits for the other: even one that comes late has most of its first ones to itself."""
TEAMS = ("city-appearance", "area-west")
"""The matter's own team and that of the area: both may claim."""
MORNING = "2026-11-24T09:00:00+08:00"


def find(number: int) -> bytes:
    """What a patrol found, and anybody free may take."""
    content = {
        "source": "patrol",
        "source_no": f"RACE-{number}",
        "street": STREET,
        "matter": "SR-001",
        "reported_at": MORNING,
        "place": {"address": f"兴华街{number}号", "grid": f"{STREET}001001"},
        "text": "占道经营",
    }
    return json.dumps(content, ensure_ascii=False).encode()


class Racer:
    """A team that claims all it is offered, as fast as it can."""

    def __init__(self, deployment: Deployment, team: str, cases: list[str], start: threading.Barrier) -> None:
        settings = deployment.settings
        self._client = Client(settings.brokers, topic_prefix=settings.topic_prefix)
        builder = ActionBuilder(
            Actor(id=f"{team}-1", role=Role.TEAM, team=team), lambda: datetime.fromisoformat(MORNING)
        )
        self._claims = [builder.build(Claim, case_id) for case_id in cases]
        self._cases, self._start = cases, start
        self.answers: dict[str, Receipt] = {}
        self.thread = threading.Thread(target=self._run, name=team)

    def _run(self) -> None:
        with self._client:
            for first in range(0, OFFERS, AT_ONCE):
                self._start.wait(60)
                claims = self._claims[first : first + AT_ONCE]
                for number, answer in self._client.act_many(claims, timeout_s=60):
                    assert isinstance(answer, Receipt), answer
                    self.answers[self._cases[first + number]] = answer


def rules_without_limit(folder: Path) -> Path:
    """By which a team may claim a thousand cases and deal with none."""
    rules = Path(shutil.copytree(os.environ[VARIABLE], folder / "rules"))
    policy = rules / "policy.yaml"
    text = policy.read_text("utf-8")
    assert "claims_open_max: 20" in text
    policy.write_text(text.replace("claims_open_max: 20", "claims_open_max: null"), "utf-8")
    return rules


def test_of_two_claims_one_wins_and_the_loser_is_told_who(deploy: Deploy, tmp_path: Path) -> None:
    """Of a thousand offers each has one winner; the other team's receipt says `claim_lost` and names it; one holder each."""
    deployment = deploy(instance_id="the-one", rules_dir=rules_without_limit(tmp_path))
    deployment.worker(real=True, clock_origin=MORNING, clock_speed="0.001").wait_ready(60)
    with Client(deployment.settings.brokers, topic_prefix=deployment.settings.topic_prefix) as client:
        opened = [answer for _, answer in client.push_many(map(find, range(OFFERS)), timeout_s=60)]
    cases = [str(one.case_id) for one in opened if isinstance(one, Receipt)]
    assert len(set(cases)) == OFFERS

    start = threading.Barrier(len(TEAMS))
    racers = {
        team: Racer(deployment, team, Random(team).sample(cases, OFFERS), start) for team in TEAMS
    }  # each in an order of its own, so that neither is always ahead
    began = time.monotonic()
    for racer in racers.values():
        racer.thread.start()
    for racer in racers.values():
        racer.thread.join(240)
    took = time.monotonic() - began

    won = Counter(winner(case_id, {t: r.answers[case_id] for t, r in racers.items()}) for case_id in cases)
    print(f"\n2 x {OFFERS:,} claims answered in {took:.2f} s: {won[TEAMS[0]]} and {won[TEAMS[1]]} won")
    assert min(won[team] for team in TEAMS) > 0, "nobody raced"
    assert_one_holder_each(deployment, cases, racers)
    assert_each_input_decided_once(deployment)


def winner(case_id: str, answers: dict[str, Receipt]) -> str:
    """The one team whose claim was accepted; the other's receipt is a refusal with the winner's name."""
    [won] = [team for team, answer in answers.items() if answer.code == "accepted"]
    [lost] = [answer for team, answer in answers.items() if team != won]
    assert (lost.code, lost.team, lost.case_id) == ("claim_lost", won, case_id)
    assert (lost.message_zh, lost.message_en) == ("已被其他队伍领取", "Another team has it")
    return won


def assert_one_holder_each(deployment: Deployment, cases: list[str], racers: dict[str, Racer]) -> None:
    """The journal has one claim of each case; folding the assignments leaves the winner with the case, and nobody with an offer."""
    claimed = [
        (event.case_id, event.team)
        for entry in deployment.entries()
        for event in entry.events
        if isinstance(event, CaseClaimed)
    ]
    held: dict[str, set[tuple[str, AssignmentKind]]] = {case_id: set() for case_id in cases}
    for message in deployment.messages(topics.ASSIGNMENTS):
        one = codecs.ASSIGNMENT.decode(value_of(message))
        if one.status is AssignmentStatus.OPEN:
            held[one.case_id].add((one.team, one.kind))
        else:
            held[one.case_id].remove((one.team, one.kind))
    won = {
        case_id: team
        for team, racer in racers.items()
        for case_id, answer in racer.answers.items()
        if answer.code == "accepted"
    }
    assert len(claimed) == len(cases)
    assert dict(claimed) == won
    assert held == {case_id: {(team, AssignmentKind.HANDLE)} for case_id, team in won.items()}
