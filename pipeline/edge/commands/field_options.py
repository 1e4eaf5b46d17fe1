"""The options by which `enforcement act` takes a field of an action, and the way from what was typed to the field's value.

Whatever can only be judged by the contract is passed on as it was typed.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple, cast

import click

from pipeline.edge.commands.action_contracts import ContractField
from pipeline.edge.commands.facts_options import facts_options, read_facts
from pipeline.edge.commands.json_argument import JSON_FILE
from pipeline.edge.evidence.evidence_options import kind_option, read_evidence
from pipeline.words.act_help import CHOICE_WORDS, OptionWords, help_label
from pipeline.words.field_words import Lang
from pipeline.words.spoken import said
from schemas.values.terms import Crs

Values = Mapping[str, object]
"""What the options of a command were given, by the parameter's name."""

POINT_EXAMPLE: Final = "112.50,37.88,WGS84"


class FieldOptions(NamedTuple):
    """A field's options; `read` gives its value out of all options' values, None where nothing was said."""

    options: tuple[click.Option, ...]
    read: Callable[[Values], object]


def options_of(field: ContractField, words: OptionWords, lang: Lang) -> FieldOptions:
    """The options for a field, by its type in the contract."""
    name = f"own_{field.name}"  # an action's `team` is not the actor's
    if field.definition == "PenaltyFacts":
        return FieldOptions(facts_options(name, lang), lambda values: read_facts(name, values))
    option = _option(field, words, name, lang)
    if field.definition == "Evidence":
        kinds = f"{name}_kinds"
        return FieldOptions(
            (option, kind_option(kinds, lang)), lambda values: read_evidence(values[name], values[kinds])
        )
    convert = _CONVERTED.get(field.definition, _listed if field.type == "array" else _as_typed)
    return FieldOptions((option,), lambda values: convert(values[name]))


def _option(field: ContractField, words: OptionWords, name: str, lang: Lang) -> click.Option:
    spelled = words.spelled or f"--{field.name.replace('_', '-')}"
    if field.type == "boolean":
        return _flag(field, spelled, name, _help(field, words, lang))
    json_file = JSON_FILE if field.definition == "Evidence" else None
    return click.Option(
        [spelled, name],
        required=field.is_required,
        type=click.Choice(field.choices) if field.choices else json_file,
        multiple=field.type == "array",
        metavar=words.metavar or None,
        help=_help(field, words, lang),
    )


def _flag(field: ContractField, spelled: str, name: str, text: str) -> click.Option:
    """A plain flag where nothing said means no; else an option for yes and one for no."""
    if not field.is_required and not field.is_nullable:
        return click.Option([spelled, name], is_flag=True, help=text)
    both = spelled if "/" in spelled else f"{spelled}/--no-{spelled.removeprefix('--')}"
    if field.is_required:
        return click.Option([both, name], required=True, help=text)
    return click.Option([both, name], default=None, help=text)


def _help(field: ContractField, words: OptionWords, lang: Lang) -> str:
    """The option's words, the Chinese of each choice, and the limit that the contract sets."""
    text = words.says(lang)
    if field.choices:
        chinese = CHOICE_WORDS[field.definition]
        choices = ", ".join(f"{code} {chinese[code][Lang.ZH]}" for code in field.choices)
        return f"{text.removesuffix('.')}: {choices}"
    limits = {"at_most": field.items_max, "at_most_characters": field.length_max}
    stated = [help_label(name, lang, limit=limit) for name, limit in limits.items() if limit is not None]
    return " ".join((text, *(f"({limit})" for limit in stated)))


def _as_typed(value: object) -> object:
    return value


def _listed(values: object) -> list[object]:
    return list(cast(Sequence[object], values))


def _point(typed: object) -> object:
    if typed is None:
        return None
    lon, lat, crs = (*str(typed).split(","), "", "", "")[:3]
    try:
        return {"lon": float(lon), "lat": float(lat), "crs": Crs(crs.strip()).value}
    except ValueError:
        raise click.BadParameter(
            said("allowed: LON,LAT,CRS such as {example}", example=POINT_EXAMPLE), param_hint="--point"
        ) from None


_CONVERTED: Final[Mapping[str, Callable[[object], object]]] = {"Point": _point}
"""By the contract that a field, or each of its items, is of."""
