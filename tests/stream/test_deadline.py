"""A worker that is killed across a deadline: what was due meanwhile fires at the restart, once, with its lateness."""

import json
import signal
from collections import Counter
from datetime import datetime

from schemas import topics
from schemas.journal.clock_events import ClocksChanged, TimerFired
from schemas.journal.entry import JournalEntry, TimerCause
from schemas.values.terms import ClockKind
from tests.stream.conftest import Deploy
from tests.stream.fleet.deployment import Deployment, assert_each_input_decided_once, until

STREET = "140109004"
CASES = 300
OPENED = "2026-11-24T09:00:00+08:00"
RESTARTED = "2026-11-24T15:30:00+08:00"


def report(number: int) -> bytes:
    """A case of its own: two working hours from 09:00, so its deadline is 11:00."""
    content = {
        "source": "12345",
        "source_no": f"D{number}",
        "street": STREET,
        "matter": "SR-001",
        "reported_at": OPENED,
        "place": {"address": f"兴华街{number}号", "grid": f"{STREET}001001"},
        "text": "占道经营",
    }
    return json.dumps(content, ensure_ascii=False).encode()


def fired(deployment: Deployment) -> list[tuple[JournalEntry, TimerFired]]:
    """The entries that a timer caused, with what they say of it."""
    return [
        (entry, event)
        for entry in deployment.entries()
        if isinstance(entry.cause, TimerCause)
        for event in entry.events
        if isinstance(event, TimerFired)
    ]


def test_killed_across_a_deadline_it_fires_once_at_the_restart_with_its_lateness(deploy: Deploy) -> None:
    """Opened at 09:00, killed; started again at 15:30 and killed in the middle of firing; then once more."""
    deployment = deploy(batch_records_max=1, instance_id="the-one")  # small, so that a kill hits the middle
    # its clock stands at the origin from when it starts, and a report that came before counts from before
    first = deployment.worker(real=True, clock_origin=OPENED, clock_speed="0.001").wait_ready(60)
    deployment.write(topics.REPORTS, [(STREET.encode(), report(number)) for number in range(CASES)])
    until(60, "all opened", lambda: deployment.decided() == CASES)
    first.send(signal.SIGKILL)
    first.wait(60)
    assert fired(deployment) == []

    second = deployment.worker(real=True, clock_origin=RESTARTED, clock_speed="0.001")
    until(60, "in the middle of firing", lambda: len(fired(deployment)) > 0)
    second.send(signal.SIGKILL)
    second.wait(60)
    halfway = len(fired(deployment))
    third = deployment.worker(real=True, clock_origin=RESTARTED, clock_speed="0.001").wait_ready(60)
    until(60, "all fired", lambda: len(_breaches(fired(deployment))) == CASES and _is_quiet(deployment))
    third.send(signal.SIGTERM)
    assert third.wait(60) == 0

    everything = fired(deployment)
    assert 0 < halfway < len(everything), "no kill hit the middle: the test proved nothing"
    times = Counter(
        (entry.cause.case_id, event.timer.clock, event.timer.level) for entry, event in everything
    )
    assert set(times.values()) == {1}
    assert len({entry.cause.case_id for entry, _ in everything}) == CASES
    assert [e.cause.due_at for e, _ in everything] == sorted(e.cause.due_at for e, _ in everything)
    assert all(
        entry.decided_at and event.late_s == int((entry.decided_at - event.timer.due_at).total_seconds())
        for entry, event in everything
    )
    assert all(event.late_s > 4 * 3600 for _, event in _breaches(everything))
    assert _deadlines(deployment) == {datetime.fromisoformat("2026-11-24T11:00:00+08:00")}
    assert_each_input_decided_once(deployment)


def _breaches(everything: list[tuple[JournalEntry, TimerFired]]) -> list[tuple[JournalEntry, TimerFired]]:
    return [
        (entry, event)
        for entry, event in everything
        if event.timer.clock is ClockKind.DISPOSE and event.timer.kind.value == "breach"
    ]


def _deadlines(deployment: Deployment) -> set[datetime]:
    """The deadlines of handling, to the minute, as the clocks of the journal have them."""
    return {
        change.clock.due_at.replace(second=0, microsecond=0)
        for entry in deployment.entries()
        for event in entry.events
        if isinstance(event, ClocksChanged)
        for change in event.changes
        if change.clock.kind is ClockKind.DISPOSE
    }


def _is_quiet(deployment: Deployment) -> bool:
    """Every case has fired the same number of timers, so none is under way."""
    return len(set(Counter(entry.cause.case_id for entry, _ in fired(deployment)).values())) == 1
