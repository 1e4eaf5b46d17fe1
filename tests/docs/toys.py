"""The toy additions: of each kind the smallest that works, written as the lists of CONTRIBUTING.md say."""

from typing import Final

from tests.docs.additions import Addition, Insertion, NewFile, Replacement

_MAPPING: Final = """name_zh: 环保热线
name_en: environment hotline
source: "12369"
formats: [json]
sample: examples/sources/12369.json
fields:
  source_no: "no"
  street: street
  matter: matter
  reported_at: at
  place.address: where
  text: what
"""
_SAMPLE: Final = """{
  "no": "HB-1",
  "street": "140109004",
  "matter": "HB-004",
  "at": "2026-11-24T08:42:31+08:00",
  "where": "兴华街18号",
  "what": "夜间施工噪声"
}
"""
SOURCE: Final = Addition(
    "A source",
    5,
    (
        Insertion("schemas/values/terms.py", 'PATROL = "patrol"', '    HOTLINE_12369 = "12369"\n'),
        Insertion(
            "schemas/values/sources.py",
            "SourceRow(Source.PATROL",
            '    SourceRow(Source.HOTLINE_12369, "12369热线", "hotline 12369", True, False),\n',
        ),
        NewFile("rules/sources/12369.yaml", _MAPPING),
        NewFile("examples/sources/12369.json", _SAMPLE),
    ),
)

_CONTRACT: Final = '''class Announce(ActionBase, frozen=True, kw_only=True):
    """预告: says when somebody will come."""

    action: Literal["announce"] = "announce"
    expected_at: Instant


'''
_DECIDER: Final = '''

def decide_announce(context: DecisionContext, action: Announce) -> Decided:
    """Reporters hear when somebody will come."""
    if action.expected_at <= context.at:
        return Refusal("expected_in_past", "expected_at", "a time after now")
    case_id, by = context.case.case_id, action.actor.id
    return (ProgressReported(case_id=case_id, by=by, measure="预告到场", expected_at=action.expected_at),)


'''
_ROW: Final = """    "announce": action_row(contracts.Announce, requests.decide_announce, {Stage.DISPATCHED}, Whose.HOLDER),
"""
_WORDS: Final = """    "announce": ActionWords(
        "预告",
        Role.TEAM,
        "预告到场时间。",
        "says when somebody will come.",
        ("enforcement act CASE announce --expected-at 2026-12-10T17:30:00+08:00 --actor W0931 --team planning",),
        {"expected_at": OptionWords("预计到场时间", "When somebody will come.")},
    ),
"""
STORY: Final = '''"""预告: the team says when it will come."""

from datetime import timedelta

import pytest

from tests.core.story import Story


def announced(story: Story, hours: int) -> Story:
    """The holder announces that it comes in so many hours."""
    return story.act("announce", expected_at=(story.now + timedelta(hours=hours)).isoformat(), actor=HOLDER)


HOLDER = {"id": "W0931", "role": "team", "team": "city-appearance"}


def test_the_reporter_hears_when_somebody_comes():
    """Accepted of a case that waits to be signed, and its source is notified."""
    story = announced(Story().report(), 2)
    assert story.answer == "accepted"
    assert [(notice.to, notice.kind.value) for notice in story.last.notices] == [("12345", "interim_answer")]


@pytest.mark.parametrize(("path", "hours", "code"), [("report", -2, "expected_in_past"), ("report,sign", 2, "not_at_this_stage")])
def test_it_is_refused_and_nothing_changed(path, hours, code):
    """A time that is over, and a stage where it is not legal."""
    story = Story().path(*path.split(","))
    before = story.state()
    assert announced(story, hours).answer == code
    assert story.state() == before
'''
ACTION: Final = Addition(
    "An action",
    7,
    (
        Insertion("schemas/inputs/action.py", "class Merge(", _CONTRACT),
        Replacement("schemas/inputs/action.py", "    | Progress\n", "    | Progress\n    | Announce\n"),
        Insertion("rules/roles.yaml", "progress:", "  announce: [team]\n"),
        Insertion("pipeline/core/stages/requested/requests.py", "def decide_stage", _DECIDER.lstrip("\n")),
        Insertion(
            "pipeline/core/stages/requested/requests.py",
            "from schemas.inputs.action import",
            "from schemas.inputs.action import Announce\n",
        ),
        Insertion("pipeline/core/actions.py", '"progress": action_row(', _ROW),
        Insertion("pipeline/words/action_words.py", '"claim": ActionWords(', _WORDS),
        Insertion("pipeline/audit/model/audit_tables.py", "progress     progress_reported", "announce     progress_reported   holder\n"),
        Insertion(
            "tests/core/players/actors.py",
            "def _merge(",
            'def _announce(scene: Scene) -> Content:\n    return {"expected_at": scene.at(days=1 if scene.slips() else -1)}\n\n\n',
        ),
        Insertion("tests/core/players/actors.py", '"merge": _merge,', '    "announce": _announce,\n'),
    ),
)  # fmt: skip

INDICATOR: Final = Addition(
    "An indicator",
    5,
    (
        Insertion(
            "pipeline/metrics.py",
            "RETURNS: Final = made(",
            'ARRIVALS: Final = made(Counter, "arrivals", "Arrivals on site", "到场", {"team": _teams_and_nobody})\n',
        ),
        Insertion(
            "pipeline/indicators/flow.py",
            "events.CaseReturned:",
            "    events.CaseArrived: lambda pending, event, seen: pending.count(metrics.ARRIVALS, seen.team),\n",
        ),
        Insertion(
            "pipeline/indicators/indicator_table.py",
            '_RETURNS: Final = _event("returns"',
            '_ARRIVALS: Final = _event("arrivals", "", "event = \'case_arrived\'")\n',
        ),
        Insertion(
            "pipeline/indicators/indicator_table.py",
            '_share("returned"',
            '    _counted("arrivals", "到场数", "Arrivals", ("到场次数", "times that officers arrived"), _ARRIVALS),\n',
        ),
        Insertion("rules/objectives.yaml", "returned:", "  arrivals: {at_least: 1 cases, basis: ours}\n"),
    ),
)

_CHANNEL: Final = '''"""A toy channel: a line in a file for each notice. Run: python examples/lines.py ROLE FILE"""

import sys
from pathlib import Path

from webhook import deliver

from schemas.outputs import Notice

role, file = sys.argv[1:]


def write(notice: Notice) -> None:
    """One line more."""
    with Path(file).open("a", encoding="utf-8") as lines:
        lines.write(f"{notice.notice_id} {notice.text_zh}\\n")


deliver(role, "lines", write)
'''
CHANNEL: Final = Addition("A channel", 2, (NewFile("examples/lines.py", _CHANNEL),))
