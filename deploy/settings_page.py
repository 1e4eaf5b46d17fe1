"""`docs/settings.md`: every variable of the environment that a deployment may set, from the code that reads it."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Final, Literal, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt
from pydantic import SecretStr
from pydantic.fields import FieldInfo

from pipeline.other_variables import OTHER_VARIABLES, Variable
from pipeline.setting_meaning import SettingMeaning
from pipeline.settings import Settings

PAGE: Final = "docs/settings.md"
PREFIX: Final = "ENFORCEMENT_"
_ROOT: Final = Path(__file__).parents[1]
_HEAD: Final = """# Settings 设置

Made by `python -m deploy.generate` from `pipeline/settings.py`, `pipeline/intake_settings.py` and `pipeline/other_variables.py`: do not edit.

A setting is a variable of the environment; a program reads it once, when it starts. A value that is not allowed, or a variable with this
prefix that nothing reads, ends it with one line that names the variable, and exit code 78. `enforcement config show` shows what holds,
`enforcement config check` all that is wrong. What Kubernetes sets for a service of this name is passed over. Deadlines, teams, windows and roles are no settings: they are rules, in `rules/`.
Every worker of a deployment needs the same `ENFORCEMENT_BROKERS`, `_TOPIC_PREFIX`, `_APP_ID`, `_PARTITIONS`, `_RULES_DIR` and caller key.
"""
_TYPES: Final = {
    str: "text", int: "whole number", float: "number", bool: "true or false",
    Path: "path", datetime: "RFC 3339", SecretStr: "secret",
}  # fmt: skip


def settings_page() -> Iterator[tuple[str, str]]:
    """The page."""
    parts = [
        _HEAD,
        "## Of a deployment 部署设置\n",
        _table(
            ("variable", "type", "default", "meaning", "含义", "read by"),
            (_field_row(name, field) for name, field in Settings.model_fields.items()),
        ),
        "\n## Of the machine 本机设置\n",
        _table(
            ("variable", "default", "meaning", "含义", "read by"),
            (_variable_row(variable) for variable in OTHER_VARIABLES),
        ),
    ]
    yield PAGE, "\n".join(parts) + "\n"


def meaning_of(field: FieldInfo) -> SettingMeaning:
    """What the field means.

    Raises:
        LookupError: the field does not say it.
    """
    for part in field.metadata:
        if isinstance(part, SettingMeaning):
            return part
    raise LookupError("a setting without its meaning")


def _field_row(name: str, field: FieldInfo) -> tuple[str, ...]:
    meaning = meaning_of(field)
    return (
        f"`{PREFIX}{name.upper()}`",
        _type(field),
        _default(field.default),
        meaning.en,
        meaning.zh,
        ", ".join(meaning.read_by),
    )


def _variable_row(variable: Variable) -> tuple[str, ...]:
    meaning = variable.meaning
    names = ", ".join(f"`{name}`" for name in variable.name.split(", "))
    return (
        names,
        variable.default,
        meaning.en,
        meaning.zh,
        f"{', '.join(meaning.read_by)}: `{variable.module}`",
    )


def _type(field: FieldInfo) -> str:
    """In words, with the bounds; a choice as its values."""
    kinds = [kind for kind in get_args(field.annotation) or (field.annotation,) if kind is not type(None)]
    if get_origin(field.annotation) is Literal:
        return ", ".join(f"`{kind}`" for kind in kinds)
    plain = get_args(kinds[0])[0] if get_args(kinds[0]) else kinds[0]
    return " ".join((_TYPES[plain], *_bounds(field)))


def _bounds(field: FieldInfo) -> Iterator[str]:
    for bound in field.metadata:
        if isinstance(bound, Gt):
            yield f"> {bound.gt}"
        elif isinstance(bound, Ge):
            yield f"≥ {bound.ge}"
        elif isinstance(bound, Lt):
            yield f"< {bound.lt}"
        elif isinstance(bound, Le):
            yield f"≤ {bound.le}"


def _default(value: object) -> str:
    """As it would be written into the environment; a path of the project without the place of the clone."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, Path) and value.is_relative_to(_ROOT):
        return f"`{value.relative_to(_ROOT)}/`"
    return f"`{value}`"


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    named = tuple(heads)
    lines = (named, ["---"] * len(named), *rows)
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
