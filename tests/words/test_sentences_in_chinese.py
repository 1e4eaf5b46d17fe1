"""Every sentence that the code says in English has its Chinese: ours, click's, pydantic's; and the Chinese is Chinese."""

import ast
import json
import re
from pathlib import Path
from typing import get_args

import click
import pytest
from pydantic_core import PydanticKnownError
from pydantic_core.core_schema import ErrorType

from pipeline.cli import COMMANDS
from pipeline.words.command_line import LANG_HELP, paragraphs
from pipeline.words.language import Lang
from pipeline.words.spoken import catalogue, told_in
from tests.words import texts_in_code
from tests.words.english_left import CHINESE, english_in, tree
from tests.words.texts_in_code import finished_texts, said_texts, shown_texts

FOLDER = Path(__file__).parents[2] / "pipeline" / "words" / "zh"
HOLE = re.compile(r"\{\w+(?:[!.]\w+)?\}|%\(\w+\)s")
CODES_ONLY = re.compile(r"[\w./+-]+(?:, [\w./+-]+)*")
LETTERS = re.compile(r"[A-Za-z]{2}")
LOGGED = "pipeline/stream/partition/"
"""What only the worker's log says: the log is for operators and stays English."""


def bare(text: str) -> str:
    """The text with nameless holes, as it is found in code."""
    return HOLE.sub("{}", text)


KNOWN = frozenset(map(bare, catalogue()))


def test_every_sentence_that_is_said_has_its_chinese():
    """A new command's messages are found in the syntax tree; nobody lists them."""
    texts = [found for found in said_texts() if LETTERS.search(HOLE.sub("", found.text))]
    assert len(texts) > 100
    assert [found for found in texts if found.text not in catalogue()] == []


def test_every_text_that_travels_finished_has_its_chinese():
    """What refusals allow, what is wrong with rules, why something is not there: translated when it is shown."""
    texts = [found for found in finished_texts() if not found.file.startswith(LOGGED)]
    assert len(texts) > 300
    texts = [
        found for found in texts if english_in(bare(found.text)) and not CODES_ONLY.fullmatch(found.text)
    ]
    assert [found for found in texts if bare(found.text) not in KNOWN] == []


def test_nothing_is_shown_as_an_english_literal():
    """Whatever a command prints, or ends with, goes through the words."""
    shown = [found for found in shown_texts() if english_in(found.text.replace("error[{}]", ""))]
    assert shown == []


def test_english_in_a_print_or_an_error_is_found():
    """The rules above see a planted one."""
    module = ast.parse(
        'click.echo(f"{n} files were read")\nraise Refusal("code", "field", "another team")\nsaid("It is so")'
    )
    planted = (("planted.py", module),)
    finders = (texts_in_code.texts_shown, texts_in_code.texts_finished, texts_in_code.texts_said)
    assert [[found.text for found in find(planted)] for find in finders] == [
        ["{} files were read"],
        ["another team"],
        ["It is so"],
    ]


@pytest.mark.parametrize("english", sorted(catalogue()))
def test_a_translation_is_chinese_and_fills_the_same_holes(english: str):
    """No English is left in it, and it asks for nothing that the English does not have."""
    chinese = catalogue()[english]
    assert english_in(HOLE.sub("", chinese).replace("error[", "")) == []
    assert set(HOLE.findall(chinese)) <= set(HOLE.findall(english))
    assert CHINESE.search(chinese) or not english_in(bare(english).replace("{}", ""))


def test_no_text_is_translated_twice_and_none_is_left_over():
    """One place for each; help and messages that nothing says any more go."""
    found = {
        file.name: re.findall(r'^msgid "(.*)"$', file.read_text(), re.MULTILINE)
        for file in FOLDER.glob("*.po")
    }
    texts = [text for texts in found.values() for text in texts]
    assert sorted(text for text in set(texts) if texts.count(text) > 1) == []
    assert len(texts) == len(catalogue())
    said = {found.text for found in said_texts()}
    assert [text for text in found["messages.po"] if text not in said] == []
    taught = {
        part for _, command in tree() for part in paragraphs(f"{command.help}\n\n{command.epilog or ''}")
    }
    taught |= {
        str(param.help)
        for _, command in tree()
        for param in command.params
        if isinstance(param, click.Option)
    }
    taught |= {line for _, line in COMMANDS.values()} | {LANG_HELP}
    assert [
        text for text in map(json.loads, map('"{}"'.format, found["help.po"])) if text not in taught
    ] == []


def test_what_click_says_by_itself_has_its_chinese():
    """Every literal that click gives to gettext."""
    texts = set()
    for file in Path(click.__file__).parent.glob("*.py"):
        for call in ast.walk(ast.parse(file.read_text())):
            if (
                isinstance(call, ast.Call)
                and isinstance(call.func, ast.Name)
                and call.func.id in ("_", "ngettext")
            ):
                texts |= {argument.value for argument in call.args[:2] if isinstance(argument, ast.Constant)}
    sentences = {text for text in texts if isinstance(text, str) and LETTERS.search(HOLE.sub("", text))}
    assert len(sentences) > 40
    assert sorted(sentences - set(catalogue())) == []


CONTEXT = {
    **dict.fromkeys(("gt", "ge", "lt", "le", "multiple_of", "max_length", "min_length", "actual_length"), 7),
    **dict.fromkeys(
        ("max_digits", "decimal_places", "whole_digits", "tz_expected", "tz_actual", "expected_version"), 7
    ),
    **dict.fromkeys(
        ("error", "expected", "expected_tags", "tag", "pattern", "discriminator", "method_name"), "X_1"
    ),
    **dict.fromkeys(
        ("class_name", "class", "encoding", "encoding_error", "attribute", "expected_schemes"), "X_1"
    ),
    "field_type": "Tuple",
    "expected_plural": "s",
}


@pytest.mark.parametrize("kind", get_args(ErrorType))
def test_whatever_pydantic_finds_wrong_is_said_in_chinese(kind: ErrorType):
    """All its kinds of error, those that no door of ours meets today too."""
    try:
        message = PydanticKnownError(kind, CONTEXT).message()
    except TypeError:  # this kind takes no context
        message = PydanticKnownError(kind).message()
    chinese = told_in(Lang.ZH, message)
    assert chinese != message
    assert english_in(chinese) == []


def test_the_tree_of_commands_is_walked_whole():
    """So that a command that nobody can list is not missed."""
    assert len(tree()) > 60


def test_reasons_in_a_row_are_each_said_in_chinese():
    """However many there are before the last, as `enforcement why` shows them for two cases that are likely one."""
    reasons = "SR-002, same road 兴华, same matter SR-002, same object, 0 min after"
    assert told_in(Lang.ZH, reasons) == "SR-002，同一道路 兴华，事项相同 SR-002，对象相同，相隔0分钟"
    assert told_in(Lang.ZH, "SR-002, 30 m away, 5 min after").endswith("相隔5分钟")
