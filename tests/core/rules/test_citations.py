"""Every refusal names the rule it rests on, and there is such a rule."""

import ast
from pathlib import Path
from typing import get_args

import pytest
import yaml
from msgspec.structs import fields

from pipeline.core.actions import ACTIONS
from pipeline.core.case.turn import Turn
from pipeline.core.partition import Partition
from pipeline.core.penalty.guards import CHECKS
from pipeline.core.rules.meanings import citations
from pipeline.core.rules.refusals import MEANINGS, meaning_of
from schemas import topics
from schemas.codes import CODES
from schemas.duty import street_duty
from schemas.duty.duty_actions import DutyAction
from schemas.inputs import report
from schemas.inputs.action import Action, action_name
from schemas.state import case
from schemas.values import evidence
from schemas.values.update_terms import UpdateCode
from tests.core.story import HERE, KEY, RULES, START, STREET, Story

ROOT = Path(__file__).parents[3]
GUARDS = {guard.code for guard in RULES.procedure.guards}
ANSWERS = {"accepted", "merged", "answered", *(code.value for code in UpdateCode)}
MOVES = {"case", "penalty", "measure", "joint"}
FILLED = {
    "street": STREET,
    "right": "may.return",
    "matter": "SR-001",
    "edition": RULES.services[0].effective,
    "apart": RULES.apart,
}


def refused_by_name() -> set[str]:
    """Every code that stands in a `Refusal(...)` of the core."""
    found: set[str] = set()
    for file in sorted((ROOT / "pipeline/core").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "Refusal":
                code = node.args[0]
                # of a guard, of a malformed message, of an action that is kept apart
                known = ast.unparse(code) in ("guard.code", "fault.code", "row.apart")
                assert known or isinstance(code, ast.Constant), f"{file.name}:{node.lineno}"
                found |= {str(code.value)} if isinstance(code, ast.Constant) else set()
    return found


def test_every_code_the_core_can_give_has_its_words_and_its_rule():
    """In both languages; a guard's rule is the article it quotes, a malformed message's the contract."""
    given = refused_by_name() | GUARDS | {row.apart for row in ACTIONS.values() if row.apart}
    assert len(given) > 60
    for code in given | set(CODES):
        assert all(meaning_of(code)), code
        assert code in MEANINGS or code in CODES
        assert bool(citations.rule_behind(RULES, code)) == (code != "internal_error"), code
    assert given <= set(citations.RULES_BEHIND) | GUARDS
    assert {name.lower() for name in CHECKS} == GUARDS


def test_the_table_of_rules_has_a_row_for_each_meaning_and_no_other():
    """What is no answer, no guard's and no failure of ours."""
    assert set(citations.RULES_BEHIND) == set(MEANINGS) - ANSWERS - GUARDS - citations.NO_RULE
    assert not set(citations.RULES_BEHIND) & set(CODES)


@pytest.mark.parametrize("code", citations.RULES_BEHIND)
def test_the_rule_that_is_named_is_there(code):
    """A key of a rules file, a table of moves, a field of a contract."""
    where, _, rest = citations.RULES_BEHIND[code].format(**FILLED).partition(" ")
    path, _, _ = rest.partition(",")
    if where == "moves":
        assert path in MOVES
    elif where == "contract":
        message, _, field = path.partition(".")
        assert field in fields_of(message), path
    else:
        file = f"{where}.yaml" if where.startswith("sla/") else where
        content = yaml.safe_load((ROOT / "rules" / file).read_text(encoding="utf-8"))
        for step in path.split(".") if path else ():
            content = step_into(content, step)
        assert content, path


def step_into(content: object, step: str) -> object:
    """A key of a mapping, or the entry of a list with this code."""
    if isinstance(content, list):
        return next(one for one in content if one["code"] == step)
    assert isinstance(content, dict)
    return content[step]


def fields_of(message: str) -> set[str]:
    """The fields of a message; of `action`, those that all actions have."""
    kinds = get_args(get_args(Action)[0])
    by_name = {
        "report": report.Report,
        "case": case.Case,
        "evidence": evidence.Evidence,
        "street_duty": street_duty.StreetDuty,
        **{action_name(kind): kind for kind in (*kinds, *get_args(get_args(DutyAction)[0]))},
    }
    if message == "action":
        return set.intersection(*map(names_of, kinds))
    return names_of(by_name[message])


def names_of(contract: type) -> set[str]:
    """The names of a contract's fields."""
    return {field.name for field in fields(contract)}


REPORT = {
    "source": "12345",
    "source_no": "R1",
    "street": STREET,
    "matter": "SR-001",
    "reported_at": START.isoformat(),
    "place": HERE,
    "text": "占道",
}
PLAYED = {
    "matter_missing": (lambda: Story().report(matter=None, text=""), "matters.yaml matters"),
    "unknown_matter": (lambda: Story().report(matter="ZZ-999"), "matters.yaml matters"),
    "unknown_street": (lambda: Story().report(street="999999999"), "streets.yaml streets"),
    "grid_not_in_street": (
        lambda: Story().report(place={"grid": "140109001001001"}),
        f"streets.yaml streets.{STREET}",
    ),
    "unknown_case": (lambda: Story().act("sign"), "contract action.case_id"),
    "not_at_this_stage": (lambda: Story().path("report").act("dispose"), "moves case"),
    "role_not_allowed": (
        lambda: Story().path("report").act("return", actor={"id": "V1", "role": "verifier"}),
        "roles.yaml may.return",
    ),
    "nothing_asked": (lambda: Story().path("report").act("decide"), "contract case.request"),
    "return_too_late": (
        lambda: Story().path("report", "sign").wait(days=5).act("return"),
        "policy.yaml return_within",
    ),
    "suspension_end": (
        lambda: Story().path("report", "sign").act("suspend", until="2027-11-24T09:00:00+08:00"),
        "sla/2020-01-01 suspension.longest",
    ),
    "joint_not_eligible": (
        lambda: Story().path("report", "sign", "arrive").act("whistle"),
        "sla/2020-01-01 matters.SR-001",
    ),
    "evidence_missing": (
        lambda: Story().path("report", "sign", "arrive").act("dispose", evidence=[]),
        "matters.yaml matters.SR-001.close.evidence",
    ),
    "self_verification": (
        lambda: (
            Story()
            .path("report", "sign", "arrive", "dispose")
            .act("verify", actor={"id": "O1", "role": "verifier"})
        ),
        "roles.yaml apart.verify, CJ/T 292",
    ),
    "self_approval": (
        lambda: Story().path("report").act("void").act("decide", actor={"id": "D1", "role": "duty_chief"}),
        "roles.yaml apart.decide, ours",
    ),
    "penalty_step": (
        lambda: Story().path("report", "sign", "arrive").act("penalise", step="served"),
        "moves penalty",
    ),
    "process_not_recorded": (
        lambda: Story().path("report", "sign", "arrive").act("penalise", evidence=[]),
        "《行政处罚法》(2021) 47",
    ),
    "field_missing": (lambda: Story().report(reported_at=None), "contract"),
    "wrong_key": (lambda: Story().push(topics.REPORTS, "1", REPORT), "contract"),
}


@pytest.mark.parametrize("code", PLAYED)
def test_a_refusal_says_by_which_rule_of_which_version(code):
    """Told on the receipt, whatever is refused: a report, an action, a message."""
    play, rule = PLAYED[code]
    [receipt] = play().last.receipts
    assert (receipt.code, receipt.rule) == (code, f"{rule}; rules {RULES.version}")


def test_who_may_decide_is_said_of_what_was_asked_for():
    """A void is not decided by whom a termination is; where nothing was asked for, by any of them."""
    team = {"id": "T9", "role": "team"}
    story, told = Story().path("report"), []
    for _ in range(2):
        told.append(story.act("decide", actor=team).last.receipts[0].rule)
        story.act("void")
    assert told == [f"roles.yaml {right}; rules {RULES.version}" for right in ("decides", "decides.void")]


def test_what_is_accepted_names_no_rule_and_neither_does_a_failure_of_ours():
    """It is not for the rules that a record could not be decided."""
    story = Story().path("report", "sign")
    assert [receipt.rule for outcome in story.outcomes for receipt in outcome.receipts] == ["", ""]
    record, now = story.pushed[-1]
    buried = Partition(RULES, KEY, "test").bury(record, Turn(0, 1, 1, now))
    [receipt] = buried.receipts
    assert (receipt.code, receipt.rule) == ("internal_error", "")
