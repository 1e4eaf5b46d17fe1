"""A day of people and cameras on a real Kafka: a certificate ends at noon, a camera breaks on site, a whole team is on leave."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from pipeline.edge.client import Client
from pipeline.rulebook import RULES_DIR
from schemas import topics
from schemas.outputs import Notice, Receipt
from schemas.values.terms import NoticeKind
from schemas.wire import codecs
from tests.audit.on_a_broker.test_day import enforcement
from tests.core.story import STREET, sha
from tests.stream.conftest import Deploy
from tests.stream.fleet.deployment import Deployment, assert_each_input_decided_once, until, value_of
from tests.stream.fleet.workers_in_turn import WorkersInTurn

MORNING, ON_SITE, NOON, AFTERNOON = (
    f"2026-11-24T{at}:00+08:00" for at in ("09:00", "09:20", "12:00", "12:10")
)
"""Of a Tuesday."""
TEAM = "city-appearance"
PAIR = ("XH-001", "XH-002")
REST = ("XH-003", "XH-004", "XH-007")
"""The certified of the team whose day it is."""
CERTIFICATE = "SX140109-0001"
"""Of the first of the pair."""


class Street(WorkersInTurn):
    """Whoever acts there, on workers whose clock all but stands; they know the people who are shipped."""

    def __init__(self, deployment: Deployment, client: Client) -> None:
        super().__init__(deployment, MORNING)
        self._client = client
        self._ids = count()

    def report(self, address: str) -> str:
        """A stall on the pavement; the case, which the team gets and signs for."""
        content = {
            "source": "12345", "source_no": f"D{next(self._ids)}", "street": STREET, "matter": "SR-001",
            "reported_at": self.now.isoformat(), "text": "占道经营", "place": {"address": address},
            "caller": {"name": "王测试", "phone": "13800000001"},
        }  # fmt: skip
        answer = self._client.push(json.dumps(content).encode(), timeout_s=30)
        assert answer.code == "accepted"
        case_id = str(answer.case_id)
        if answer.team != TEAM:
            chief = {"id": "XH-060", "role": "dispatcher", "team": "duty"}
            assert self.does("dispatch", case_id, chief, team=TEAM).code == "accepted"
        return case_id

    def does(self, action: str, case_id: str, actor: object = None, **said: object) -> Receipt:
        """The team's leader, or whoever is said, does something about a case; the receipt."""
        actor = actor or {"id": PAIR[0], "role": "team", "team": TEAM}
        return self._act({"action": action, "case_id": case_id, "actor": actor} | said)

    def on_duty(self, action: str, **said: object) -> None:
        """The duty chief does something about people or devices, and it is accepted."""
        chief = {"id": "XH-056", "role": "duty_chief", "team": "duty"}
        answer = self._act({"action": action, "street": STREET, "actor": chief} | said)
        assert answer.code == "accepted", answer

    def _act(self, content: dict[str, object]) -> Receipt:
        acted = {"action_id": f"P{next(self._ids)}", "acted_at": self.now.isoformat()}
        pending = self._client.submit_action(json.dumps(acted | content).encode(), street=STREET)
        return pending.receipt(30)

    def nobody_there(self, case_id: str) -> list[Notice]:
        """Whoever was told that nobody of the team can go for the case."""
        notices = map(codecs.NOTICE.decode, map(value_of, self._deployment.messages(topics.NOTICES)))
        return [
            notice
            for notice in notices
            if notice.kind is NoticeKind.NOBODY_ON_DUTY and notice.case_id == case_id
        ]


@pytest.fixture
def scene(deploy: Deploy) -> Iterator[tuple[Street, Deployment]]:
    """Nobody is there yet."""
    deployment = deploy(instance_id="the-one", rules_dir=RULES_DIR)
    with Client(deployment.settings.brokers, topic_prefix=deployment.settings.topic_prefix) as client:
        yield Street(deployment, client), deployment


def evidence(now: datetime, camera: str) -> list[dict[str, object]]:
    """All that closing asks for, from the minute before; the clip by that camera."""
    items: list[dict[str, object]] = []
    for number, kind in enumerate(("photo_before", "photo_after", "bodycam")):
        taken_at = (now - timedelta(seconds=30 - number)).isoformat()
        items.append({"sha256": sha(f"{now} {kind} {camera}"), "kind": kind, "taken_at": taken_at})
    items[-1] |= {"device": camera, "officer": PAIR[1]}
    return items


@pytest.mark.slow
def test_a_day_on_which_people_and_cameras_fail_is_told_right_and_loses_nothing(
    scene: tuple[Street, Deployment],
) -> None:
    """Each is refused with what would do, the next way is accepted, and the audit finds nothing."""
    street, deployment = scene
    street.at(MORNING)
    first, second = street.report("兴华街18号"), street.report("兴华街150号")
    for case_id in (first, second):
        assert street.does("sign", case_id).code == "accepted"
    street.on_duty("hand_out", device="XH-BWC-01", officer=PAIR[0])

    street.at(ON_SITE)
    assert street.does("arrive", first, officers=PAIR).code == "accepted"
    street.on_duty("mark_device", device="XH-BWC-01", mark="broken")

    street.at(NOON)
    refused = street.does("dispose", first, evidence=evidence(street.now, "XH-BWC-01"))
    assert (refused.code, refused.field) == ("device_broken", "evidence.2.device")
    street.on_duty("hand_out", device="XH-BWC-02", officer=PAIR[1])
    street.on_duty("withdraw_certificate", number=CERTIFICATE, note="证件到期")

    street.at(AFTERNOON)
    refused = street.does("arrive", second, officers=PAIR)
    assert (refused.code, refused.field) == ("not_certified", "officers")
    assert set(REST) <= set(str(refused.allowed).removeprefix("at least 2: ").split(", "))
    assert PAIR[0] not in str(refused.allowed)
    assert street.does("arrive", second, officers=(PAIR[1], REST[0])).code == "accepted"
    answer = street.does("dispose", first, evidence=evidence(street.now, "XH-BWC-02"))
    assert answer.code == "accepted", answer

    begins, ends = street.now.isoformat(), (street.now + timedelta(hours=8)).isoformat()
    for officer in (*PAIR, *REST):
        street.on_duty("take_leave", officer=officer, begins=begins, ends=ends, reason="leave")
    third = street.report("兴华街230号")
    until(30, "the team and the centre are told", lambda: len(street.nobody_there(third)) == 2)
    next_morning = datetime.fromisoformat("2026-11-25T08:30:00+08:00").astimezone(UTC)
    assert {(notice.to, notice.due_at) for notice in street.nobody_there(third)} == {
        (TEAM, next_morning),
        ("duty", next_morning),
    }

    street.stop()
    assert_each_input_decided_once(deployment)
    audited = enforcement(deployment, "audit", "--json", clock_origin=AFTERNOON, clock_speed="0.001")
    assert (audited.returncode, len(audited.stdout.splitlines())) == (0, 1), audited.stdout
    checked = {row["invariant"]: row["checked"] for row in json.loads(audited.stdout)["invariants"]}
    assert checked["I21"] > 0, "the audit knows nobody"
