"""The registry of actions is what every list of actions agrees with: the contract, the command line, the auditor, the rules."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_type_hints

import click
import pytest

from pipeline.audit.model import audit_tables
from pipeline.core.action_rows import HandsIn
from pipeline.core.actions import ACTIONS, CHECKS
from pipeline.core.case.stage_table import STAGE_TABLE
from pipeline.core.case.task_rights import Whose
from pipeline.core.rules.personal_numbers import PHONE_MASK
from pipeline.core.rules.redaction import without_personal_data
from pipeline.edge.commands.act_command import act_group
from schemas.wire import codecs
from tests.core.story import RULES, Story

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "schemas/generated/action.schema.json").read_text(encoding="utf-8"))
CONTRACTS = {
    part["properties"]["action"]["const"]: name
    for name, part in SCHEMA["$defs"].items()
    if "action" in part.get("properties", {})
}
PHONE = "13912345678"


def test_every_action_of_the_contract_has_one_row_with_its_contract():
    """Under the name that stands in the message."""
    assert {name: row.contract.__name__ for name, row in ACTIONS.items()} == CONTRACTS


@pytest.mark.parametrize("name", ACTIONS)
def test_an_action_hands_in_evidence_if_its_contract_has_room_for_it(name):
    """And only then."""
    assert (ACTIONS[name].hands_in is not HandsIn.NOTHING) == (
        "evidence" in get_type_hints(ACTIONS[name].contract)
    )


def test_every_action_can_be_done_somewhere():
    """At a stage, or wherever a case of some kind stands."""
    for name, row in ACTIONS.items():
        assert row.stages or row.also, name
        assert set(row.stages) <= set(STAGE_TABLE)
        assert row.too_late is None or not set(row.too_late.stages) & set(row.stages), name


def test_each_check_stands_once():
    """Their order is held by the recorded days, byte for byte."""
    assert len(CHECKS) == len(set(CHECKS))


def test_the_rules_say_of_every_action_who_may_do_it():
    """By the action's name; and for those that are kept apart, what that rests on."""
    assert set(RULES.may) == set(ACTIONS)
    assert all(RULES.may.values())
    apart = {name for name, row in ACTIONS.items() if row.apart}
    assert apart == set(RULES.apart) - {"decide"}  # that is about the request, not about the case


def test_the_command_line_offers_every_action():
    """One sub-command each, which acts as somebody who may do it unless told otherwise."""
    context = click.Context(act_group)
    offered = {
        name.replace("-", "_"): act_group.get_command(context, name)
        for name in act_group.list_commands(context)
    }
    assert set(offered) == set(ACTIONS)
    for name, command in offered.items():
        (role,) = (option for option in command.params if option.name == "role")
        assert role.default in RULES.may[name] | set().union(*RULES.decides.values()), name


def test_the_auditor_has_its_own_row_for_every_action():
    """Written apart, they say the same of who may do it."""
    assert set(audit_tables.EFFECTS) == set(ACTIONS)
    words = {
        Whose.HOLDER: "holder",
        Whose.HOLDER_OR_POST: "holder+",
        Whose.PROCEDURE: "handler",
        Whose.OFFERED: "offered",
        Whose.PARTNER: "partner",
        Whose.STREET: "anybody",
    }
    assert {name: whose for name, (_, whose) in audit_tables.EFFECTS.items()} == {
        name: words[row.whose] for name, row in ACTIONS.items()
    }
    assert {name for name, row in ACTIONS.items() if row.apart} == audit_tables.NOT_BY_HANDLERS


@pytest.mark.parametrize("name", sorted(set(ACTIONS) - {"claim"}))
def test_an_action_is_legal_where_the_auditor_knows_the_move_that_it_brings_about(name):
    """A claim alone is legal where it can only be lost: the answer says who won."""
    events, _ = audit_tables.EFFECTS[name]
    for event in events & set(audit_tables.MOVES):
        sources, _ = audit_tables.MOVES[event]
        assert {stage.value for stage in ACTIONS[name].stages} <= sources


# free of personal data


def texts_of(part: dict[str, Any]) -> Iterator[list[str]]:
    """Where the published schema has free text: strings with a length and without a form."""
    part = SCHEMA["$defs"][part["$ref"].rsplit("/", 1)[1]] if "$ref" in part else part
    if part.get("type") == "string" and "maxLength" in part and "pattern" not in part:
        yield []
    for arm in (*part.get("anyOf", ()), *([part["items"]] if "items" in part else [])):
        yield from texts_of(arm)
    for name, field in part.get("properties", {}).items():
        yield from ([name, *rest] for rest in texts_of(field))


@pytest.mark.parametrize("name", ACTIONS)
def test_every_free_text_of_an_action_is_scrubbed_at_the_door(name):
    """A telephone number in each text that the published schema knows of; none is left, and nothing else is touched."""
    story = Story().report().act(name)
    content = json.loads(story.pushed[-1][0].value or b"")
    texts = list(texts_of(SCHEMA["$defs"][CONTRACTS[name]]))
    for *within, last in texts:
        part = content
        for field in within:
            part = part.setdefault(field, {})
        part[last] = f"请拨{PHONE}联系"
    pushed = json.dumps(content).encode()
    clean = codecs.ACTION.encode(without_personal_data(codecs.ACTION.decode_strictly(pushed))).decode()
    assert clean.count(f"请拨{PHONE_MASK}联系") == len(texts)
    assert (
        clean.replace(PHONE_MASK, PHONE)
        == codecs.ACTION.encode(codecs.ACTION.decode_strictly(pushed)).decode()
    )


def test_the_receiver_of_a_transfer_is_free_of_telephone_numbers_too():
    """Not only notes: whatever is written by hand."""
    story = Story().path("report").act("transfer", to=f"区水务局 {PHONE}")
    assert story.answer == "accepted"
    assert story.last.entry.events[0].to == f"区水务局 {PHONE_MASK}"
