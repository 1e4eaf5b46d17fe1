"""The subcommands of `enforcement act`, made from the contracts: all there, all taught, in both languages."""

import re

import click
import pytest
from click.testing import CliRunner

from pipeline.edge.commands.act_command import act_group, action_command
from pipeline.edge.commands.action_contracts import ContractField, action_fields
from pipeline.edge.commands.field_options import options_of
from pipeline.words.act_help import CHOICE_WORDS, COMMON_OPTIONS, STANDARD_OPTIONS, OptionWords
from pipeline.words.action_words import ACTION_WORDS
from pipeline.words.field_words import Lang

CASE = "140109004-0000000000001"
CHINESE = re.compile("[\u4e00-\u9fff]")
WORDS = OptionWords("是否", "Whether.")


def help_of(code: str, lang: Lang) -> str:
    """What `--help` of an action prints."""
    name = code.replace("_", "-")
    locale = {"LANG": "zh_CN.UTF-8" if lang is Lang.ZH else "C.UTF-8", "LC_ALL": "", "LC_MESSAGES": ""}
    ran = CliRunner().invoke(act_group, [CASE, name, "--help"], env=locale, terminal_width=200)
    assert ran.exit_code == 0
    return ran.stdout


def test_every_action_has_its_words_and_no_words_are_left_over():
    """A new action comes with its row, one that goes takes it along."""
    assert set(ACTION_WORDS) == set(action_fields())


@pytest.mark.parametrize("code", ACTION_WORDS)
def test_every_field_of_an_action_is_taught(code: str):
    """By the action's own words, or by those that say the same whatever the action; and no words teach what is not there."""
    fields = {field.name: field for field in action_fields()[code]}
    assert set(ACTION_WORDS[code].options) <= set(fields)
    assert set(fields) <= set(ACTION_WORDS[code].options) | set(STANDARD_OPTIONS)
    for field in fields.values():
        assert set(field.choices) == set(CHOICE_WORDS.get(field.definition, {}))


@pytest.mark.parametrize("code", ACTION_WORDS)
def test_an_action_teaches_with_an_example(code: str):
    """The whole line, with the options that this action has."""
    name = code.replace("_", "-")
    example = help_of(code, Lang.EN).split("Example:\n", 1)[1].split("Options:")[0]
    assert f"enforcement act CASE {name} " in example
    own = {
        option
        for param in action_command(code, Lang.EN).params
        for option in param.opts + param.secondary_opts
    }
    lines = [line for line in re.sub(r"\\\n", "", example).splitlines() if f" CASE {name} " in line]
    assert {word for line in lines for word in line.split() if word.startswith("--")} <= own


@pytest.mark.parametrize("code", ACTION_WORDS)
def test_the_help_is_in_the_language_of_the_environment(code: str):
    """The Chinese name stands first in both; the sentence after it is in one."""
    for lang, is_chinese in ((Lang.EN, False), (Lang.ZH, True)):
        line = help_of(code, lang).splitlines()[2].strip()
        name, _, sentence = line.partition(": ")
        assert name == ACTION_WORDS[code].name_zh
        assert bool(CHINESE.search(sentence)) is is_chinese


def test_words_of_options_are_in_both_languages():
    """None is empty, and the Chinese is Chinese."""
    rows = [*STANDARD_OPTIONS.values(), *COMMON_OPTIONS.values()]
    rows += [words for action in ACTION_WORDS.values() for words in action.options.values()]
    assert all(CHINESE.search(words.zh) and words.en for words in rows)


FLAG = ContractField("urgent", "boolean", "", (), False, False, None, None)


def made(field: ContractField) -> click.Option:
    """The option of a field of the contract."""
    [option] = options_of(field, WORDS, Lang.EN).options
    return option


def test_a_yes_or_no_that_may_be_left_open_has_an_option_for_each():
    """Said by neither, it stays open; where it must be said, one of the two must be."""
    assert (made(FLAG).opts, made(FLAG).secondary_opts) == (["--urgent"], [])
    assert (
        made(FLAG._replace(is_nullable=True)).secondary_opts,
        made(FLAG._replace(is_required=True)).secondary_opts,
    ) == (["--no-urgent"],) * 2
    assert made(FLAG._replace(is_required=True)).required


def test_a_limit_of_the_contract_is_said():
    """Of lists and of texts."""
    assert made(FLAG._replace(type="array", items_max=20)).help == "Whether. (at most 20)"
    assert made(FLAG._replace(type="string", length_max=500)).help == "Whether. (at most 500 characters)"
    assert made(FLAG._replace(type="array", items_max=20)).multiple


@pytest.mark.parametrize("content", ["null", "[]", "3"])
def test_a_single_fact_is_added_to_an_object_alone(content, tmp_path):
    """A file that holds something else is told, whatever it is."""
    file = tmp_path / "facts.json"
    file.write_text(content, "utf-8")
    words = ["--step", "noticed", "--actor", "W0931", "--facts", str(file), "--fact", "fine_yuan=1"]
    ran = CliRunner().invoke(act_group, [CASE, "penalise", *words])
    assert ran.exit_code == 2
    assert "no object, so --fact adds nothing to it" in ran.stderr
