"""A penalty procedure told as a story, with its measures: each step as it should be, but for what is changed."""

from dataclasses import replace as changed
from datetime import timedelta
from typing import Any

from pipeline.core.rules.law import Procedure
from pipeline.core.rules.penalty_records import facts_of, owed_back
from pipeline.core.rules.rules import Rules
from schemas.values.penalty_terms import MeasureStep
from schemas.values.terms import PenaltyStep
from tests.core.clocks.test_clock import story_at
from tests.core.story import RULES, STREET, Story, sha

Said = dict[str, object]
Steps = str | list[tuple[str, Said]]
OFFICERS: dict[str, object] = {"officers": ["W0931", "W0932"], "identity_shown": True}
SAID: dict[str, dict[str, object]] = {
    "filed": {"party": "citizen", "approved_by": "L08"},
    "investigated": OFFICERS,
    "noticed": {"party": "citizen", "fine_yuan": 500, "gravity": "slight", "device_checked_by": "T01"},
    "hearing_notified": {"hearing_place": "街道办会议室"},
    "heard": {"host": "W0940"},
    "reviewed": {"reviewer": "L01", "review_passed": True},
    "decided": {"fine_yuan": 500, "defence_done": True, "approved_by": "L09"},
    "simple_decided": {
        **OFFICERS,
        "party": "citizen",
        "rights_told": True,
        "review_first_told": True,
        "fine_yuan": 50,
        "gravity": "slight",
        "device_checked_by": "T01",
    },
    "enforced": {**OFFICERS, "demanded": True, "ordered_by": "万柏林区人民政府"},
    "archived": {"corrected": True, "approved_by": "L09"},
    "payment_deferred": {"approved_by": "L09"},
    "instalment_paid": {"paid_yuan": 100},
    "coercion_heard": {"defence_done": True},
    "coercion_decided": {"approved_by": "L09"},
    "reconsideration_ended": {"outcome": "upheld"},
    "suit_ended": {"outcome": "upheld"},
    "no_penalty": {
        "ground": "first_minor",
        "first_time": True,
        "harm": "slight",
        "corrected": True,
        "educated": True,
        "approved_by": "L09",
    },
    "sent_back": {"reviewer": "L01"},
    "changed": {"fine_yuan": 300, "approved_by": "L09"},
    "revoked": {"approved_by": "L09", "remake": True},
    "reopened": {"approved_by": "L09"},
    "recused": {"recused": ["W0999"], "approved_by": "L09"},
    "crime_suspected": {"officers": ["W0931", "W0932"]},
    "crime_decided": {"crime": False, "approved_by": "L09"},
    "transferred": {"receiver": "公安派出所", "crime": True},
    "begun": {**OFFICERS, "approved_by": "L09"},
    "extended": {"approved_by": "L09", "more": "20 calendar_days", "told_in_writing": True},
    "testing": {"told_in_writing": True},
    "ended": {"disposal": "returned"},
}
"""What is said with each step where everything is as it should be."""

SEIZABLE = "SC-003"
"""A matter whose law lets things be seized."""
NOTICE_5000: Steps = [
    ("filed", {}),
    ("investigated", {}),
    ("noticed", {"fine_yuan": 5000, "hearing_offered": True}),
]
INQUIRY: list[tuple[str, Said]] = [("filed", {}), ("investigated", {})]
NOTICE = "filed investigated noticed"
HEARING = f"{NOTICE} hearing_notified heard"
SERVED = "filed investigated noticed reviewed decided served"
SIMPLE = "simple_decided served"
DAYS_LATER: dict[str, int] = {"demanded": 17, "coercion_decided": 17, "court_applied": 190}
"""How many days `taken` waits before a step that comes too early otherwise: the time to pay, of the demand, to go to court."""
ORDER: Steps = [
    (name, {"fine_yuan": None} if name in ("noticed", "decided") else {}) for name in SERVED.split()
]
"""Served without a fine: something is to be removed."""


def on_site(
    text: str = "11-24 09:00", rules: Rules = RULES, matter: str = "SR-001", source: str = "12345"
) -> Story:
    """Somebody is there and may begin a procedure."""
    story = story_at(text, rules).report(matter=matter, source=source, caller=None)
    for stage, action in (("verifying_before_filing", "check"), ("offered", "claim")):
        if story.stage.value == stage:
            story.act(action)
    return story.path("sign", "arrive")


def take(story: Story, step: str, changes: dict[str, object] | None = None) -> str:
    """Ask for a step as it should be, but for the changes: facts by name, `evidence`, `acted_at`; the answer's code.

    A step of a measure is one of the seizure, unless `measure_kind` says otherwise.
    """
    facts = {**SAID.get(step, {}), **_times(story, step), **(changes or {})}
    content = {name: facts.pop(name) for name in ("evidence", "acted_at", "measure_kind") if name in facts}
    if "evidence" not in content:
        name = f"{step}{len(story.outcomes)}"
        content["evidence"] = [{"sha256": sha(name), "kind": "document", "taken_at": story.now.isoformat()}]
    said = {name: value for name, value in facts.items() if value is not None}
    if step in set(MeasureStep):
        content.setdefault("measure_kind", "seizure")
    return story.act(
        "measure" if "measure_kind" in content else "penalise", step=step, facts=said, **content
    ).answer


def _times(story: Story, step: str) -> dict[str, object]:
    later = {days: (story.now + timedelta(days=days)).isoformat() for days in (5, 10, 14, 30)}
    match step:
        case "hearing_notified":
            return {"hearing_at": later[14]}
        case "testing" | "announced":
            return {"until": later[5]}
        case "demanded":
            return {"until": later[10]}
        case "refunded":
            return {"refunded_yuan": owed_back(story.case.penalty)}
        case "payment_deferred":
            return {"pay_by": [later[30]]}
    return {}


def taken(story: Story, steps: Steps) -> Story:
    """These steps, a minute after each other, all accepted; a hearing is held at its time, a court applied to when it may be; "wait" is
    no step."""
    for step, changes in [(step, {}) for step in steps.split()] if isinstance(steps, str) else steps:
        if step == "wait":
            story.wait(days=float(str(changes["days"])))
            continue
        hearing = facts_of(story.case.penalty, PenaltyStep.HEARING_NOTIFIED).hearing_at
        if step == "heard" and hearing is not None and hearing > story.now:
            story.wait(seconds=(hearing - story.now).total_seconds())
        story.wait(days=DAYS_LATER.get(step, 0))
        assert take(story.wait(minutes=1), step, changes) == "accepted", (step, story.last.receipts[0])
    return story


def with_parameters(**changes: Any) -> Rules:
    """The rules, with other parameters of the guards."""
    procedure = RULES.procedure
    parameters = changed(procedure.parameters, **changes)
    return changed(RULES, procedure=changed(procedure, parameters=parameters))


def ruled(listed: frozenset[str]) -> Rules:
    """The rules, with a list of its own for the street."""
    procedure = RULES.procedure
    return changed(RULES, procedure=Procedure(procedure.guards, procedure.parameters, {STREET: listed}))
