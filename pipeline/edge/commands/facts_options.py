"""The facts that a step of a penalty procedure or of a measure rests on: a file, and single facts beside it.

Which facts belong to which step is the core's table, what each may be is the contract's; the help is made from both.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Final, cast

import click

from pipeline.core.penalty.allowed_facts import FACTS
from pipeline.edge.commands.action_contracts import ContractField, fields_of
from pipeline.edge.commands.json_argument import JSON_FILE, read_json
from pipeline.words.act_help import STANDARD_OPTIONS, help_label
from pipeline.words.field_words import Lang
from pipeline.words.spoken import said
from schemas.values.penalty_terms import MeasureStep
from schemas.values.terms import PenaltyStep

STEPS: Final[Mapping[str, type[PenaltyStep] | type[MeasureStep]]] = {
    "PenaltyStep": PenaltyStep,
    "MeasureStep": MeasureStep,
}
_DIGITS_MAX: Final = 18
"""A longer number stays text, for the contract to refuse: Python reads no more than some thousand digits."""


@cache
def _facts() -> Mapping[str, ContractField]:
    return {field.name: field for field in fields_of("PenaltyFacts")}


def facts_options(name: str, lang: Lang) -> tuple[click.Option, ...]:
    """`--facts FILE.json` as parameter `name`, and `--fact NAME=VALUE` as `name`_one."""
    file, fact = (
        click.Option(
            [f"--{option}", parameter],
            type=None if option == "fact" else JSON_FILE,
            multiple=option == "fact",
            metavar=STANDARD_OPTIONS[option].metavar,
            help=STANDARD_OPTIONS[option].says(lang),
        )
        for option, parameter in (("facts", name), ("fact", f"{name}_one"))
    )
    return file, fact


def read_facts(name: str, values: Mapping[str, object]) -> object:
    """The file's facts with the single ones; None where none are given. What the file holds is for the contract to judge.

    Raises:
        BadParameter: a fact that does not exist, or a file without an object to add a fact to.
    """
    file, pairs = cast("Path | None", values[name]), cast(Sequence[str], values[f"{name}_one"])
    if file is None:
        return dict(map(_fact, pairs)) if pairs else None
    facts = read_json(file, "--facts")
    if not pairs:
        return facts
    if not isinstance(facts, dict):
        raise click.BadParameter(said("no object, so --fact adds nothing to it"), param_hint="--facts")
    return facts | dict(map(_fact, pairs))


def _fact(pair: str) -> tuple[str, object]:
    name, _, value = pair.partition("=")
    if name not in _facts():
        raise click.BadParameter(
            said("{name}: allowed: {allowed}", name=name, allowed=", ".join(_facts())), param_hint="--fact"
        )
    kind = _facts()[name].type
    if kind == "array":
        return name, [item for item in value.split(",") if item]
    if kind == "boolean" and value in ("true", "false"):
        return name, value == "true"
    is_number = kind == "integer" and value.isdecimal() and len(value) <= _DIGITS_MAX
    return name, int(value) if is_number else value


def facts_help(steps: type[PenaltyStep] | type[MeasureStep], lang: Lang) -> str:
    """Which facts may be said with which step, and what they may be; lines as they stand."""
    lines = ["\b", help_label("facts_of_steps", lang)]
    lines += [f"  {step.value}: {', '.join(FACTS[step]) or '-'}" for step in steps]
    names = {name for step in steps for name in FACTS[step]}
    fields = [field for name, field in _facts().items() if name in names]
    lines += [help_label("facts_of_lists", lang)]
    lines += [f"  {field.name}: {', '.join(field.choices)}" for field in fields if field.choices]
    yes_or_no = ", ".join(field.name for field in fields if field.type == "boolean")
    return "\n".join([*lines, help_label("facts_yes_or_no", lang), f"  {yes_or_no}"])
