"""Every way in which a step may end, played: counters and report say what the definitions on docs/metrics.md say, and nothing else.

The expected values are read from the page, which is for people; neither count reads the table that it is made of.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from pipeline.monthly.counting import connected
from pipeline.monthly.details import details
from pipeline.monthly.rows.journal_parts import gathered
from pipeline.monthly.window import window_of
from tests.core.story import RULES, START, Story
from tests.indicators.test_flow import counted

PAGE = Path(__file__).parents[2] / "docs" / "metrics.md"
FIRST, SECOND = "traffic-police", "sanitation"
JOINT = ("digging", "sign", "arrive", "whistle")


class Counted(NamedTuple):
    """How often a step was done, and how often in time."""

    done: int
    kept: int


EXPECTED = {"1": Counted(1, 1), "1 late": Counted(1, 0), "0": Counted(0, 0)}


def definitions() -> Iterator[tuple[str, str, Counted]]:
    """The rows of the page: clock, ending, what it counts as."""
    for line in PAGE.read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 4 and cells[0].startswith("`") and cells[2] in EXPECTED:
            yield cells[0].strip("`"), cells[1], EXPECTED[cells[2]]


def path(*names: str) -> Callable[[], Story]:
    """These steps, a minute after each other."""
    return lambda: Story().path(*names)


def tried_in_vain() -> Story:
    """As often as the rules ask for nobody answers the team's call."""
    story = Story().path("report", "sign")
    for _ in range(story.rules.policy.unreached_attempts):
        story.wait(hours=2).act("contact", reached=False)
    return story


def asked(action: str, **said: object) -> Callable[[], Story]:
    """Of a text that is not plain somebody of the centre says what it is."""
    return lambda: Story().path("unclear").wait(minutes=1).act(action, **said)


def partner(*statuses: str, waive: bool = False) -> Callable[[], Story]:
    """The first partner comes so far in joint enforcement, and is then perhaps waived by the centre."""

    def played() -> Story:
        story = Story().path(*JOINT)
        for status in statuses:
            story.wait(minutes=1).act("joint_step", status=status, note="警力不足")
        return story.act("settle", department=FIRST) if waive else story

    return played


def unreached() -> Story:
    """Called in vain on three days."""
    story = Story().path("report", "sign", "arrive", "dispose", "pass")
    for _ in range(3):
        story.act("call_back", reached=False, solved=None, satisfied=None).wait(hours=23)
    return story


def found(*then: str) -> Callable[[], Story]:
    """A find that the patrol dealt with on the spot."""

    def played() -> Story:
        story = Story()
        photo = story.evidence("photo_after")
        story.report(source="patrol", caller=None, reporter="W1", self_disposed=True, evidence=photo)
        return story.path(*then)

    return played


def handled_together() -> Story:
    """All partners done or waived, and then the lead."""
    story = partner("arrived", "done")()
    return story.act("settle").wait(minutes=1).act("dispose")


def given_back(*then: str) -> Callable[[], Story]:
    """Given back until the centre is to dispatch it."""
    return lambda: Story().path("report", "return", "return", "return", *then)


PLAYED: Mapping[tuple[str, str], Callable[[], Story]] = {
    ("accept", "accepted"): path("alarm", "check"),
    ("accept", "rejected"): path("alarm", "reject"),
    ("accept", "answered"): asked("recognise", matter=None, kind="consult"),
    ("accept", "voided"): path("alarm", "void"),
    ("accept", "declined"): path("unclear", "decline"),
    ("accept", "sent_back"): path("unclear", "send_back"),
    ("accept", "merged"): lambda: Story().path("host").report(source="monitor", caller=None).path("merge"),
    ("accept", "moved"): path("alarm", "move"),
    ("dispatch", "dispatched"): lambda: given_back()().act("dispatch"),
    ("dispatch", "voided"): given_back("void"),
    ("dispatch", "declined"): given_back("decline"),
    ("dispatch", "sent_back"): given_back("send_back"),
    ("dispatch", "merged"): lambda: Story().path("host", "report", "return", "return", "return", "merge"),
    ("dispatch", "transferred"): given_back("transfer"),
    ("dispatch", "moved"): given_back("move"),
    ("dispatch", "terminated"): given_back("terminate"),
    ("claim", "claimed"): path("offer", "claim"),
    ("claim", "lapsed"): lambda: Story().path("offer").wait(hours=4),
    ("claim", "superseded"): lambda: Story().path("offer").act("dispatch"),
    ("claim", "voided"): path("offer", "void"),
    ("claim", "transferred"): path("offer", "transfer"),
    ("claim", "moved"): path("offer", "move"),
    ("contact", "reached"): path("report", "sign", "contact"),
    ("contact", "unreached"): tried_in_vain,
    ("contact", "neglected"): path("report", "sign", "arrive", "dispose", "pass"),
    ("contact", "returned"): path("report", "sign", "return"),
    ("contact", "voided"): path("report", "sign", "void"),
    ("contact", "merged"): lambda: Story().path("host", "report", "sign", "merge"),
    ("contact", "transferred"): path("report", "sign", "transfer"),
    ("contact", "moved"): path("report", "sign", "move"),
    ("contact", "terminated"): path("report", "sign", "terminate"),
    ("sign", "signed"): path("report", "sign"),
    ("sign", "returned"): path("report", "return"),
    ("sign", "superseded"): lambda: Story().path("report").act("dispatch"),
    ("sign", "checked"): path("report", "doubt"),
    ("sign", "voided"): path("report", "void"),
    ("sign", "declined"): path("report", "decline"),
    ("sign", "sent_back"): path("report", "send_back"),
    ("sign", "merged"): path("host", "report", "merge"),
    ("sign", "moved"): path("report", "move"),
    ("sign", "suspended"): path("report", "suspend"),
    ("arrive", "arrived"): path("report", "sign", "arrive"),
    ("arrive", "returned"): path("report", "sign", "return"),
    ("arrive", "transferred"): path("report", "sign", "transfer"),
    ("arrive", "moved"): path("report", "sign", "move"),
    ("arrive", "terminated"): path("report", "sign", "terminate"),
    ("dispose", "disposed"): path("report", "sign", "arrive", "dispose"),
    ("dispose", "joined"): path(*JOINT),
    ("dispose", "voided"): path("report", "sign", "void"),
    ("dispose", "declined"): path("report", "sign", "decline"),
    ("dispose", "sent_back"): path("report", "sign", "send_back"),
    ("dispose", "merged"): path("host", "report", "sign", "merge"),
    ("dispose", "transferred"): path("report", "sign", "arrive", "transfer"),
    ("dispose", "moved"): path("report", "sign", "arrive", "move"),
    ("dispose", "terminated"): path("report", "sign", "arrive", "terminate"),
    ("dispose", "suspended"): path("report", "sign", "suspend"),
    ("joint", "disposed"): handled_together,
    ("joint", "transferred"): path(*JOINT, "transfer"),
    ("joint", "terminated"): path(*JOINT, "terminate"),
    ("partner_respond", "responded"): partner("responded"),
    ("partner_respond", "arrived"): partner("arrived"),
    ("partner_respond", "refused"): partner("refused"),
    ("partner_respond", "waived"): partner(waive=True),
    ("partner_arrive", "arrived"): partner("responded", "arrived"),
    ("partner_arrive", "refused"): partner("refused"),
    ("partner_arrive", "waived"): partner("responded", waive=True),
    ("partner_finish", "done"): partner("responded", "arrived", "done"),
    ("partner_finish", "waived"): partner("refused", waive=True),
    ("partner_finish", "transferred"): lambda: partner("arrived")().path("transfer"),
    ("verify", "passed"): path("report", "sign", "arrive", "dispose", "pass"),
    ("verify", "failed"): path("report", "sign", "arrive", "dispose", "fail"),
    ("callback", "reached"): path("report", "sign", "arrive", "dispose", "pass", "call"),
    ("callback", "unreasonable"): path("report", "sign", "arrive", "dispose", "pass", "demand", "consent"),
    ("callback", "unreached"): unreached,
    ("decide", "granted"): path("report", "extend"),
    ("decide", "denied"): lambda: Story().path("report", "ask").act("decide", granted=False),
    ("decide", "lapsed"): lambda: Story().path("report", "ask").wait(days=2),
    ("decide", "moved_on"): path("report", "sign", "object", "arrive"),
    ("whole", "closed"): path("report", "sign", "arrive", "dispose", "pass", "call"),
    ("whole", "unreached"): unreached,
    ("whole", "self_disposed"): found("pass"),
    ("whole", "rejected"): path("alarm", "reject"),
    ("whole", "voided"): path("report", "void"),
    ("whole", "declined"): path("report", "decline"),
    ("whole", "sent_back"): path("report", "send_back"),
    ("whole", "merged"): path("host", "report", "merge"),
    ("whole", "transferred"): path("report", "transfer"),
    ("whole", "moved"): path("report", "move"),
    ("whole", "terminated"): path("report", "terminate"),
}


def by_metrics(story: Story, clock: str) -> Counted:
    """What the counters of the step grew by."""
    grown = counted(story)
    ended = {key: many for key, many in grown.items() if key[:2] == ("clocks_ended_total", clock)}
    return Counted(sum(ended.values()), sum(many for key, many in ended.items() if key[-1] == "yes"))


def by_report(story: Story, clock: str) -> Counted:
    """What the month's report says of the step."""
    entries = {0: [outcome.entry for outcome in story.outcomes]}
    tables = gathered(entries, window_of(START, story.now + timedelta(seconds=1)), RULES)
    with connected(tables) as database:
        steps: Counter[bool] = Counter()
        for step in details(database).steps:
            if step.clock == clock:
                steps[True] += step.kept
                steps[False] += step.ended
    return Counted(steps[False], steps[True])


def test_every_ending_that_is_defined_is_played():
    """And none is played that is not defined."""
    assert {(clock, ending) for clock, ending, _ in definitions()} == set(PLAYED)


@pytest.mark.parametrize(("clock", "ending", "expected"), list(definitions()))
def test_an_ending_counts_as_it_is_defined_in_counters_and_report_alike(clock, ending, expected):
    """A partner that refused or was waived has neither come nor finished; whatever ends otherwise is not done."""
    story = PLAYED[clock, ending]()
    assert story.last.receipts == [] or story.answer == "accepted"
    late = ending == "unreached" and clock == "whole"
    got = by_metrics(story, clock), by_report(story, clock)
    assert got[0] == got[1]
    assert got[0].done == expected.done
    assert late or got[0].kept == expected.kept


@pytest.mark.parametrize("department", [FIRST, SECOND])
def test_a_partners_row_counts_its_own_steps_only(department):
    """One comes and is done, the other refuses and is waived: the report's table of partners shows no arrival of that one."""
    story = partner("arrived", "done")()
    other = {"id": "P2", "role": "department", "team": SECOND}
    story.act("joint_step", status="refused", note="警力不足", actor=other).act("settle", department=SECOND)
    entries = {0: [outcome.entry for outcome in story.outcomes]}
    tables = gathered(entries, window_of(START, story.now + timedelta(seconds=1)), RULES)
    with connected(tables) as database:
        rows = {(row.department, row.clock): row.ended for row in details(database).partners}
    steps = {step: rows.get((department, f"partner_{step}"), 0) for step in ("respond", "arrive", "finish")}
    came = int(department == FIRST)
    assert steps == {"respond": 1, "arrive": came, "finish": came}


@pytest.mark.parametrize(
    ("story", "kind", "status"),
    [
        (partner("arrived", "done"), "joint", "done"),
        (partner("refused"), "joint", "withdrawn"),
        (partner(waive=True), "joint", "withdrawn"),
        (path("alarm", "void"), "check", "withdrawn"),
        (path("alarm", "reject"), "check", "done"),
        (given_back("void"), "dispatch", "withdrawn"),
        (path("report", "sign", "ask", "transfer"), "approve", "withdrawn"),
    ],
)
def test_a_task_that_nobody_did_is_withdrawn_and_not_done(story, kind, status):
    """The worklist of a partner that was waived, or of a post whose case went elsewhere, shows no work that was done."""
    told = story().last.assignments
    assert {
        task.status.value for task in told if task.kind.value == kind and task.status.value != "open"
    } == {status}
