"""`enforcement act CASE …`: one subcommand per action, made from the action's contract and its row of words.

A new action needs no command of its own: its fields become options, `pipeline.words.action_words` teaches them.
"""

from collections.abc import Mapping
from typing import cast

import click

from pipeline.edge.commands.act_options import ActOptions, Content, options_of_every_action, push_action
from pipeline.edge.commands.action_contracts import ContractField, fields_of_action
from pipeline.edge.commands.answer_draft import draft_options, with_draft
from pipeline.edge.commands.facts_options import STEPS, facts_help
from pipeline.edge.commands.field_options import options_of
from pipeline.words.act_help import STANDARD_OPTIONS, ActionWords, help_label
from pipeline.words.action_words import ACTION_WORDS
from pipeline.words.command_line import SpokenCommand, SpokenGroup
from pipeline.words.field_words import Lang
from pipeline.words.spoken import spoken
from schemas.wire import codecs


class ActionGroup(SpokenGroup):
    """Has a subcommand for every action of the contracts, made when it is asked for."""

    def list_commands(self, context: click.Context) -> list[str]:
        """In the order of the alphabet."""
        return sorted(map(_command_name, codecs.ACTIONS))

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """The subcommand, its help in the language of this process; None where there is no such action."""
        codes = {_command_name(code): code for code in codecs.ACTIONS}
        return action_command(codes[name], spoken()) if name in codes else None


@click.group("act", cls=ActionGroup, subcommand_metavar="ACTION …")
@click.argument("case_id", metavar="CASE")
@click.pass_context
def act_group(context: click.Context, case_id: str) -> None:
    """Do something to CASE and say what became of it.

    \b
    Example:
      enforcement act 140109004-E2RRVT6Q509DJ sign --actor W0931 --team city-appearance
      enforcement act 140109004-E2RRVT6Q509DJ verify --help

    Ends with 0 if it was accepted, 1 if it was refused, 2 if the usage is wrong, 69 if no broker answers, 75 if no receipt
    came in time; then the same --id again is safe.
    """
    context.obj = case_id


def action_command(code: str, lang: Lang) -> click.Command:
    """The subcommand of an action: an option for each of its fields, then the options of every action."""
    words, fields = ACTION_WORDS[code], fields_of_action(code)
    is_answer = code == "answer"
    readers = {
        field.name: options_of(field, words.options.get(field.name) or STANDARD_OPTIONS[field.name], lang)
        for field in fields
    }

    @options_of_every_action(words.role, lang)
    @click.pass_obj
    def act(case_id: str, /, **values: object) -> None:
        content: Content = {"action": code}
        content |= {name: reader.read(values) for name, reader in readers.items()}
        if is_answer:
            content = with_draft(case_id, content, values, _common(values))
        push_action(case_id, content, _common(values))

    return click.command(
        _command_name(code),
        cls=SpokenCommand,
        params=[
            *(option for reader in readers.values() for option in reader.options),
            *(draft_options(lang) if is_answer else ()),
        ],
        help=_help(words, lang),
        epilog=_epilog(fields, lang),
    )(act)


def _common(values: Mapping[str, object]) -> ActOptions:
    return cast(ActOptions, {name: values[name] for name in ActOptions.__annotations__})


def _help(words: ActionWords, lang: Lang) -> str:
    """The Chinese name, one sentence, lines that can be typed, and what else is to be known."""
    sentence, more = (words.zh, words.more_zh) if lang is Lang.ZH else (words.en, words.more_en)
    examples = "\n".join(words.examples).replace("\n", "\n  ")
    teaching = f"\b\n{help_label('example', lang)}\n  {examples}"
    return "\n\n".join((f"{words.name_zh}: {sentence}", teaching, more))


def _epilog(fields: tuple[ContractField, ...], lang: Lang) -> str | None:
    """Which facts belong to which step, where the action takes facts."""
    steps = next((STEPS[field.definition] for field in fields if field.definition in STEPS), None)
    return facts_help(steps, lang) if steps else None


def _command_name(code: str) -> str:
    return code.replace("_", "-")
