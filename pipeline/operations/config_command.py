"""`enforcement config`: which settings hold and where each comes from, and whether they are right."""

import os
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

import click
from pydantic import SecretStr, ValidationError

from pipeline.broker.local_settings import local_settings
from pipeline.caller_key import existing_caller_key
from pipeline.edge.commands import terminal
from pipeline.indicators.objectives import load_objectives
from pipeline.notify.audiences import WrongChannel, channels_of
from pipeline.operations.broker_access import show_rows
from pipeline.other_variables import OTHER_VARIABLES
from pipeline.rulebook import BadRules
from pipeline.setting_meaning import SettingMeaning
from pipeline.setting_names import PREFIX, unknown_settings
from pipeline.settings import Settings
from pipeline.words.command_line import group
from pipeline.words.error_words import settings_in_words, unknown_in_words
from pipeline.words.field_words import Both, Lang, both
from pipeline.words.spoken import told_in

MASK: Final = "***"
_WORDS: Final[Mapping[str, Both]] = {
    "variable": both("变量", "variable"),
    "value": both("值", "value"),
    "origin": both("来自", "from"),
    "environment": both("环境", "environment"),
    "default": both("默认", "default"),
    "broker": both("本机消息服务", "this machine's broker"),
    "meaning": both("含义", "meaning"),
    "no_folder": both("{name}：没有目录 {folder}", "{name}: there is no folder {folder}"),
    "right": both(
        "设置正确：环境中设了{count}个", "the settings are right; {count} are set in the environment"
    ),
    "page": both("全部变量见 docs/settings.md", "every variable: docs/settings.md"),
}


class SettingRow(NamedTuple):
    """A setting as it holds; a secret's value is masked."""

    variable: str
    value: str
    origin: str
    meaning: SettingMeaning


@group("config")
def config_group() -> None:
    """The settings of this deployment, as the environment has them."""


@config_group.command("show")
@terminal.output_options
def show_command(as_json: bool, lang: Lang) -> None:
    """Every setting with its value and where it comes from; secrets are masked.

    \b
    Example:
      enforcement config show
      enforcement config show --json | jq 'select(.from == "environment")'

    A worker, the auditor and the commands read the same variables, once, when they start: what is shown is what a process would have that is
    started from here. What each may be: docs/settings.md. Ends with 78 where a setting is wrong.
    """  # fmt: skip
    with terminal.one_line_errors(lang):
        rows = list(_rows())
    if as_json:
        for row in rows:
            terminal.say_json(
                {
                    "variable": row.variable,
                    "value": row.value,
                    "from": row.origin,
                    "meaning": _meaning(row, lang),
                }
            )
        return
    heads = [_WORDS[head][lang] for head in ("variable", "value", "origin", "meaning")]
    show_rows(
        heads,
        [[row.variable, row.value or "-", _WORDS[row.origin][lang], _meaning(row, lang)] for row in rows],
    )


@config_group.command("check")
@terminal.output_options
def check_command(as_json: bool, lang: Lang) -> None:
    """Whether every setting is right: names, values, the rules' folder, the callers' key. A line for each that is not.

    \b
    Example:
      enforcement config check

    A variable that begins with ENFORCEMENT_ and that nothing reads is wrong too, and the nearest names are said. Asks no broker;
    the topics: enforcement topics check. Ends with 0 if all is right, else with 78.
    """
    problems = list(_problems(lang))
    for code, message in problems:
        if as_json:
            terminal.say_json({"code": code, "message": message})
        else:
            click.echo(terminal.error_line(code, message, _WORDS["page"][lang]), err=True)
    if problems:
        raise SystemExit(terminal.EXIT_SETTINGS)
    if not as_json:
        count = sum(row.origin == "environment" for row in _rows())
        terminal.say(_WORDS["right"][lang].format(count=count))


def _rows() -> Iterator[SettingRow]:
    settings = local_settings()
    by_environment = Settings().model_fields_set
    for name, field in Settings.model_fields.items():
        value = getattr(settings, name)
        origin = "environment" if name in by_environment else "default"
        if name == "brokers" and origin == "default" and "brokers" in settings.model_fields_set:
            origin = "broker"
        meaning = next(part for part in field.metadata if isinstance(part, SettingMeaning))
        yield SettingRow(f"{PREFIX}{name.upper()}", _shown(value), origin, meaning)
    for variable in OTHER_VARIABLES:
        if variable.name.startswith(PREFIX):
            held = os.environ.get(variable.name)
            yield SettingRow(
                variable.name,
                held or variable.default,
                "environment" if held else "default",
                variable.meaning,
            )


def _shown(value: object) -> str:
    """As it would stand in the environment; a secret is masked."""
    if isinstance(value, SecretStr):
        return MASK
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _meaning(row: SettingRow, lang: Lang) -> str:
    return row.meaning.zh if lang is Lang.ZH else row.meaning.en


def _problems(lang: Lang) -> Iterator[tuple[str, str]]:
    """A code and a sentence for each."""
    for unknown in unknown_settings():
        yield "unknown_setting", unknown_in_words(unknown.name, unknown.nearest)
    try:
        settings = local_settings()
    except ValidationError as error:
        for line in settings_in_words(error):
            yield "wrong_setting", line
        return
    yield from _wrong_channels(settings, lang)
    if not settings.rules_dir.is_dir():
        name = f"{PREFIX}RULES_DIR"
        yield "wrong_setting", _WORDS["no_folder"][lang].format(name=name, folder=settings.rules_dir)
    try:
        existing_caller_key(settings)
    except (ValueError, OSError) as error:
        yield "wrong_setting", told_in(lang, str(error))


def _wrong_channels(settings: Settings, lang: Lang) -> Iterator[tuple[str, str]]:
    """Of those that alerts go to."""
    try:
        channels_of(settings, tuple(load_objectives(settings.rules_dir).table.receivers))
    except WrongChannel as error:
        yield error.code, told_in(lang, error.message)
    except (BadRules, OSError):  # `enforcement rules check` says what is wrong with them
        return
