"""Commands that speak two languages: `command`, `group` and what they print of themselves.

Every command has `--lang`, wherever it stands on the line; else the locale decides. What click says by itself (usage errors, the
heads of the help) and what our commands say in their docstrings and options is said through `pipeline.words.spoken`.
"""

import inspect
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import copy
from typing import Final, TypeVar

import click
from click import core, decorators, exceptions, formatting, parser, termui, types

from pipeline.words.language import Lang
from pipeline.words.spoken import environment_language, said, speak, spoken

_OPTION: Final = "--lang"
LANG_HELP: Final = "Language of all that is said; default: as LANG says."
_LANGS: Final = click.Choice([lang.value for lang in Lang])
_AS_IT_STANDS: Final = "\b"
_SENTENCE_END: Final = re.compile(r"(?<=[.。])(?=\s|$)|(?<=。)")
_TOKEN: Final = re.compile(r"[ \n]+|[\u3000-\u9fff\uff00-\uffef]|[^ \n\u3000-\u9fff\uff00-\uffef]+")
_NEVER_FIRST: Final = frozenset("，。、；：？！）」』】〉》”’…,.;:?!)]}")
_WIDE: Final = "WF"
AnyCommand = TypeVar("AnyCommand", bound=click.Command)


def plural(one: str, many: str, number: int) -> str:
    """One of the two sentences by the number, in the language of this process."""
    return said(one if number == 1 else many)


for _module in (core, decorators, exceptions, formatting, parser, termui, types):
    # click binds gettext's functions when it is imported, and gettext knows only files of the machine's
    for _name, _function in (("_", said), ("ngettext", plural)):
        if hasattr(_module, _name):
            setattr(_module, _name, _function)


def width_of(text: str) -> int:
    """The columns that a terminal needs: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(character) in _WIDE else 1 for character in text)


def folded(text: str, width: int) -> list[str]:
    """`text` in lines of at most `width` columns; broken at spaces and between Chinese characters, never before a closing mark."""
    lines, line = [], ""
    for token in _unbroken(_TOKEN.findall(text)):
        if line and width_of(line + token.rstrip()) > width:
            lines.append(line.rstrip())
            line = ""
        line += token if line else token.lstrip()
    return [*lines, line.rstrip()] if line.strip() else lines


def _unbroken(tokens: Iterable[str]) -> Iterator[str]:
    """Each token with the closing marks that follow it."""
    held = ""
    for token in tokens:
        if held and token[0] not in _NEVER_FIRST:
            yield held
            held = ""
        held += token
    if held:
        yield held


class TwoColumnFormatter(click.HelpFormatter):
    """Lays out help by the columns that characters take, so that Chinese stays within the terminal too."""

    def write_text(self, text: str) -> None:
        """Paragraphs, folded; a block that begins with \\b stays as it stands."""
        margin = " " * self.current_indent
        width = max(self.width - self.current_indent, 11)
        paragraphs = [_laid(paragraph, width) for paragraph in text.split("\n\n")]
        self.write("\n\n".join("\n".join(margin + line for line in lines) for lines in paragraphs) + "\n")

    def write_dl(self, rows: Sequence[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Names at the left, what they mean at the right."""
        first = min(max(width_of(name) for name, _ in rows), col_max) + col_spacing
        margin = " " * self.current_indent
        room = max(self.width - self.current_indent - first, 10)
        for name, meaning in rows:
            lines = folded(meaning, room)
            gap = first - width_of(name)
            if gap < col_spacing or not lines:
                self.write(f"{margin}{name}\n")
                gap = first
            else:
                self.write(f"{margin}{name}{' ' * gap}{lines.pop(0)}\n")
            self.write("".join(f"{margin}{' ' * first}{line}\n" for line in lines))


def _laid(paragraph: str, width: int) -> list[str]:
    if paragraph.startswith(_AS_IT_STANDS):
        return paragraph.split("\n")[1:]
    return folded(" ".join(paragraph.split()), width)


class SpokenContext(click.Context):
    """A context whose help is laid out for both languages."""

    formatter_class = TwoColumnFormatter


def paragraphs(text: str) -> Iterator[str]:
    """What is translated of a help text: each paragraph on one line; of a block that stays as it stands, each line."""
    for paragraph in inspect.cleandoc(text).split("\n\n"):
        if paragraph.startswith(_AS_IT_STANDS):
            yield from (line.strip() for line in paragraph.split("\n")[1:])
        else:
            yield " ".join(paragraph.split())


def translated(text: str) -> str:
    """A help text in the language of this process, paragraph by paragraph."""
    return "\n\n".join(map(_translated, inspect.cleandoc(text).split("\n\n")))


def _translated(paragraph: str) -> str:
    if not paragraph.startswith(_AS_IT_STANDS):
        return said(" ".join(paragraph.split()))
    lines = paragraph.split("\n")[1:]
    return "\n".join(
        (
            _AS_IT_STANDS,
            *(line.replace(line.strip(), said(line.strip())) if line.strip() else "" for line in lines),
        )
    )


def _chosen(context: click.Context, _: click.Parameter, chosen: str | None) -> Lang:
    """`--lang`, else what is spoken already."""
    return spoken() if chosen is None else Lang(chosen)


LANG: Final = click.option(_OPTION, type=_LANGS, callback=_chosen, help=LANG_HELP)
"""Gives a command `lang`, where it needs the language itself; every command has the option."""


def _named_in(args: Sequence[str]) -> Lang | None:
    """The language that `args` name; the last one counts."""
    named = None
    for place, word in enumerate(args):
        if word == "--":
            break
        if word == _OPTION and place + 1 < len(args):
            named = args[place + 1]
        elif word.startswith(f"{_OPTION}="):
            named = word.partition("=")[2]
    return Lang(named) if named in set(Lang) else None


def choose_language(args: Sequence[str], *, is_first: bool) -> None:
    """Speak as `args` say; where they do not, the first command of the line returns to the environment's language."""
    named = _named_in(args)
    if named is not None or is_first:
        speak(named or environment_language())


class _Spoken(click.Command):
    """What commands and groups have in common: `--lang`, and help in the language that was chosen."""

    context_class = SpokenContext

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: object
    ) -> click.Context:
        """As click, after the language is chosen: usage errors are said in it."""
        choose_language(args, is_first=parent is None)
        return super().make_context(info_name, args, parent, **extra)

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Its own, `--lang`, and the help."""
        return _with_lang(super().get_params(ctx))

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The help in the language of this process."""
        super(_Spoken, in_words(self)).format_help(ctx, formatter)

    def get_short_help_str(self, limit: int = 45) -> str:
        """One line in the language of this process."""
        return first_line(self)


class SpokenCommand(_Spoken):
    """A command with `--lang`, whose help is in the language that was chosen."""


class SpokenGroup(_Spoken, click.Group):
    """A group with `--lang`, whose commands are such commands."""

    command_class = SpokenCommand
    group_class = type


def command(name: str) -> Callable[[Callable[..., object]], SpokenCommand]:
    """As `click.command`."""
    return click.command(name, cls=SpokenCommand)


def group(name: str) -> Callable[[Callable[..., object]], SpokenGroup]:
    """As `click.group`; the group's own `command` and `group` make such commands too."""
    return click.group(name, cls=SpokenGroup)


def in_words(command: AnyCommand) -> AnyCommand:
    """A copy that says in the language of this process what the command says in English."""
    said_so = copy(command)
    said_so._help_option = None  # click keeps it, in the language that was spoken first
    said_so.help = translated(command.help) if command.help else command.help
    said_so.epilog = translated(command.epilog) if command.epilog else command.epilog
    said_so.params = [_in_words(param) for param in command.params]
    said_so.options_metavar = said(command.options_metavar or "")
    if isinstance(said_so, click.Group):
        said_so.subcommand_metavar = said(said_so.subcommand_metavar)
    return said_so


def first_line(command: click.Command) -> str:
    """What a list of commands says of one: its first sentence."""
    text = translated(command.help or "").split("\n\n", 1)[0]
    end = _SENTENCE_END.search(text)
    return text[: end.end()] if end else text


def _in_words(param: click.Parameter) -> click.Parameter:
    said_so = copy(param)
    if not isinstance(said_so, click.Option):
        return said_so
    if said_so.help:
        said_so.help = said(said_so.help)
    if not isinstance(said_so.type, click.Choice) and not said_so.is_flag:
        said_so.metavar = said(said_so.metavar or said_so.type.name.upper().removesuffix(" RANGE"))
    return said_so


def _with_lang(params: list[click.Parameter]) -> list[click.Parameter]:
    """The parameters, with `--lang` before the last, which is the help, where it is not among them."""
    if any(_OPTION in param.opts for param in params):
        return params
    option = click.Option([_OPTION], type=_LANGS, expose_value=False, help=said(LANG_HELP))
    return [*params[:-1], option, *params[-1:]]
