"""Of the good log: what happens to the people and devices of the next street, whose people are known."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta

from pipeline.core.worktime.office_hours import SHANGHAI
from tests.core.story import NEIGHBOUR, Story


def on_duty_next_door(story: Story) -> None:
    """The next street's people are away, swap, come when called, and carry cameras; one breaks, one is wanted twice."""
    day = story.now.astimezone(SHANGHAI).date()
    noon = datetime.combine(day + timedelta(days=1), time(12), SHANGHAI)
    story.now = noon.astimezone(UTC)
    until, later = noon + timedelta(hours=6), noon + timedelta(days=4)

    def done(action: str, **said: object) -> None:
        story.on_duty(action, street=NEIGHBOUR, **said)

    done("hand_out", device="CAM-01", officer="XH-001")
    done("hand_out", device="CAM-01", officer="140100002")
    done(
        "hand_out", device="CAR-01", officer="XH-002", actor={"id": "L1", "role": "team", "team": "area-east"}
    )
    story.again()
    done("mark_device", device="CAM-01", mark="broken", actor={"id": "XH-001", "role": "officer"})
    done("mark_device", device="CAM-03", mark="calibrated", until="2027-01-31")
    done(
        "take_leave",
        officer="XH-005",
        begins=noon.isoformat(),
        ends=later.isoformat(),
        reason="sick",
        note="住院",
    )
    done("take_leave", officer="XH-006", begins=noon.isoformat(), ends=later.isoformat(), reason="training")
    done("lend", officer="XH-002", team="planning", begins=noon.isoformat(), ends=later.isoformat())
    done("call_out", officer="XH-003", until=until.isoformat(), note="保障任务")
    done(
        "swap_shift",
        officer="XH-001",
        day=str(day + timedelta(days=3)),
        other="XH-007",
        actor={"id": "O1", "role": "officer"},
    )
    done("swap_shift", officer="XH-007", day=str(day + timedelta(days=3)), other="XH-003", other_day=None)
    _certified_anew(story, done)


def _certified_anew(story: Story, done: Callable[..., None]) -> None:
    """Certificates come and go; two hours later what was out is back."""
    done("issue_certificate", officer="XH-006", certificate=_certificate("140100066"))
    done("withdraw_certificate", number="140100005", note="停职")
    story.wait(hours=2)
    done("hand_back", device="CAM-01", state="broken")
    done("mark_device", device="CAM-01", mark="repaired")
    done("end_leave", officer="XH-006")
    done("end_loan", officer="XH-002")


def handled_next_door(story: Story) -> None:
    """Two of its officers arrive with a camera, punish and finish; the next who is wanted is alone, and nobody else is certified."""
    team = {"id": "L1", "role": "team", "team": "city-appearance"}
    both = ["XH-005", "140100066"]
    day = story.now.astimezone(SHANGHAI).date() + timedelta(days=1)
    story.now = datetime.combine(day, time(14, 30), SHANGHAI).astimezone(UTC)
    story.on_duty("mark_device", street=NEIGHBOUR, device="CAM-03", mark="calibrated", until="2028-11-30")
    story.on_duty("hand_out", street=NEIGHBOUR, device="CAM-03", officer="XH-005")
    issued = {"officer": "XH-005", "certificate": _certificate("140100005")}
    story.on_duty("issue_certificate", street=NEIGHBOUR, **issued)
    story.report(street=NEIGHBOUR, matter="SR-001", place={"grid": f"{NEIGHBOUR}001001"})
    for action, said in (
        ("sign", {}),
        ("arrive", {"officers": ["XH-001", "XH-002"]}),
        ("arrive", {"officers": both}),
    ):
        story.wait(minutes=5).act(action, actor=team, **said)
    story.wait(minutes=5).act(
        "penalise",
        step="filed",
        actor=team | {"id": "XH-005", "role": "officer"},
        evidence=story.evidence("document"),
    )
    camera = {"device": "CAM-03", "officer": "XH-005"}
    for own in ({"device": "CAM-01"}, camera):
        story.wait(minutes=5).act(
            "dispose",
            actor=team,
            evidence=[
                item | (own if item["kind"] == "bodycam" else {})
                for item in story.evidence("photo_before", "photo_after", "bodycam")
            ],
        )
    story.wait(hours=8).report(street=NEIGHBOUR, matter="SR-001", place={"grid": f"{NEIGHBOUR}002001"})


def _certificate(number: str) -> dict[str, object]:
    """Of two years."""
    return {
        "number": number,
        "kind": "comprehensive",
        "organ": "测试区司法局",
        "since": "2026-11-01",
        "until": "2028-11-01",
    }
