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
    done("mark_device", device="CAM-03", mark="calibrated", until="2027-11-30")
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
    certificate = {
        "number": "140100066",
        "kind": "comprehensive",
        "organ": "测试区司法局",
        "since": "2026-11-01",
        "until": "2028-11-01",
    }
    done("issue_certificate", officer="XH-006", certificate=certificate)
    done("withdraw_certificate", number="140100005", note="停职")
    story.wait(hours=2)
    done("hand_back", device="CAM-01", state="broken")
    done("mark_device", device="CAM-01", mark="repaired")
    done("end_leave", officer="XH-006")
    done("end_loan", officer="XH-002")
