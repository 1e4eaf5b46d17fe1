"""The help of every command and every option, in Chinese and English."""

import re

import click
import pytest
from click.testing import CliRunner

from pipeline.cli import COMMANDS, commands
from pipeline.words.command_line import SpokenCommand, SpokenGroup, folded, group, width_of
from tests.words.english_left import CHINESE, english_in, tree

PATHS = [path for path, _ in tree()]
ENGLISH = {"LC_ALL": "C.UTF-8"}
CHINESE_LOCALE = {"LC_ALL": "zh_CN.UTF-8"}
CASE = "140109004-E2RRVT6Q509DJ"
WIDTH = 80


def ran(*words: str, env: dict[str, str] = ENGLISH) -> tuple[int, str]:
    """The exit code and all that a command line prints."""
    result = CliRunner().invoke(
        commands, [*typed(words)], env=env, terminal_width=WIDTH, prog_name="enforcement"
    )
    return result.exit_code, result.output


def typed(path: tuple[str, ...]) -> list[str]:
    """`act` takes the case before the action."""
    return [path[0], CASE, *path[1:]] if path[:1] == ("act",) and len(path) > 1 else [*path]


@pytest.mark.parametrize("path", PATHS, ids=" ".join)
def test_the_help_of_every_command_is_chinese_and_leaves_no_english(path):
    """Neither what it teaches, nor an option, nor what click says by itself; and every option teaches something."""
    code, text = ran(*path, "--lang", "zh", "--help")
    assert (code, english_in(text)) == (0, [])
    assert CHINESE.search(text)
    assert not re.search(r"\b(TEXT|INTEGER|FLOAT|OPTIONS|ARGS)\b", text)


@pytest.mark.parametrize("path", PATHS, ids=" ".join)
def test_the_help_of_every_command_is_english_where_the_locale_is_no_chinese(path):
    """The field's own words stand beside the English; no sentence is Chinese."""
    code, text = ran(*path, "--help")
    assert code == 0
    assert "Show this message and exit." in text
    assert not re.search(r"[。，；]", re.sub(r'"[^"]*"', "", text))


@pytest.mark.parametrize("path", PATHS, ids=" ".join)
def test_every_command_and_every_option_is_taught_and_speaks_two_languages(path):
    """A sentence for each; `--lang` on each; none is made by click's own classes, which know no Chinese."""
    command = dict(tree())[path]
    assert isinstance(command, SpokenCommand | SpokenGroup)
    assert command.help
    options = [param for param in command.params if isinstance(param, click.Option)]
    assert [option.name for option in options if not option.help] == []
    assert any("--lang" in param.opts for param in command.get_params(click.Context(command)))


def test_the_locale_chooses_chinese_and_the_option_overrides_it_wherever_it_stands():
    """Before the command, after it, as one word or two; and the next command line starts anew."""
    assert "用法：" in ran("broker", "up", "--help", env=CHINESE_LOCALE)[1]
    for words in (
        ("--lang", "zh", "broker", "up", "--help"),
        ("broker", "--lang=zh", "up", "--help"),
        ("broker", "up", "--help", "--lang", "zh"),
    ):
        assert "用法：" in ran(*words)[1]
    assert "Usage:" in ran("broker", "up", "--lang", "en", "--help", env=CHINESE_LOCALE)[1]
    assert "Usage:" in ran("broker", "up", "--help")[1]


def test_the_list_of_commands_is_chinese_too():
    """Each line of the first page, without importing the commands."""
    text = ran("--lang", "zh", "--help")[1]
    assert all(re.search(rf"^  {name} +[\u4e00-\u9fff]", text, re.MULTILINE) for name in COMMANDS)


def test_a_new_command_or_option_without_chinese_is_found():
    """The rule sees English that nobody listed."""

    @click.option("--fast", is_flag=True, help="Be quick about it.")
    def new(fast: bool) -> None:
        """Do something new."""

    planted = group("rules")(lambda: None)
    planted.help = "几个命令。"
    planted.command("check")(new)
    text = CliRunner().invoke(planted, ["check", "--lang", "zh", "--help"]).output
    assert {"Do", "something", "Be", "quick", "about"} <= set(english_in(text))


@pytest.mark.parametrize("path", PATHS, ids=" ".join)
def test_chinese_help_stays_within_the_terminal(path):
    """Eighty columns, a Chinese character takes two; only what is typed and choices are as long as they are."""
    text = ran(*path, "--lang", "zh", "--help")[1]
    long = [
        line
        for line in text.splitlines()
        if width_of(line) > WIDTH and len(CHINESE.findall(line)) > len(line) / 2
    ]
    assert long == []


def test_lines_break_between_chinese_characters_and_never_before_a_closing_mark():
    """Words of letters stay whole."""
    assert folded("处理进程 enforcement worker 已启动, 请稍候。", 12) == [
        "处理进程",
        "enforcement",
        "worker 已启",
        "动, 请稍候。",
    ]
    assert folded("一二三四五。六", 10) == ["一二三四", "五。六"]
