"""What of a text is still English, by a rule: words that are neither codes of this project nor names of things."""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import click

from pipeline.cli import commands
from pipeline.words.command_line import paragraphs
from pipeline.words.spoken import catalogue
from schemas.codes import CODES
from schemas.topics import TOPICS

ROOT = Path(__file__).parents[2]
CHINESE = re.compile(r"[\u4e00-\u9fff]")
# between words: what is no letter, digit or mark of a technical term
TERM = re.compile(r"[A-Za-z0-9_./\-<>=@$%~+*:#&|'…{}\[\]\\\"!]+")
NAME_IN_A_SENTENCE = re.compile(r"(?<=[a-z,;(] )[A-Z][A-Za-z]+(?:-[A-Z])?")
CHOICES = re.compile(r"\[[^\]\s]*\|[^\]]*\]")
QUOTED = re.compile(r"`[^`]*`|\b[A-Z][A-Z_]{2,}\b")
FUNCTION_WORDS = frozenset(
    [
        "a",
        "an",
        "the",
        "and",
        "or",
        "of",
        "in",
        "on",
        "at",
        "by",
        "to",
        "from",
        "with",
        "without",
        "not",
        "no",
        "is",
        "are",
        "was",
        "has",
        "have",
        "for",
    ]
)
"""They make a sentence English even where they are also the name of an option or a field."""
TYPED = re.compile(r"enforcement(?: [a-z][a-z-]*)*(?: --[a-z-]+)*|eval \"\$\(")
STARTS_A_COMMAND = ("enforcement ", "tail ", "cp ", "--")


def english_in(text: str) -> list[str]:
    """The English words in `text`; none in a text that is all Chinese but for codes and names."""
    bare = CHOICES.sub(" ", QUOTED.sub(" ", _without_commands(text)))
    return [term for word in TERM.findall(bare) if (term := word.strip(".:'\"…[]!")) and _is_english(term)]


def _is_english(term: str) -> bool:
    is_word = re.fullmatch(r"[A-Za-z][a-z]+(?:[-'][A-Za-z]+)*|[a-z]+/[a-z]+", term) is not None
    return is_word and (term in FUNCTION_WORDS or (term not in codes() and term not in names()))


def _without_commands(text: str) -> str:
    """The lines that are typed, and those that go on, say nothing in a language."""
    kept, is_typed = [], False
    for line in text.splitlines():
        starts = line.strip().startswith(STARTS_A_COMMAND) and line.startswith("    ")
        is_typed = starts or (is_typed and line.startswith("      "))
        if not is_typed:
            kept.append(re.sub(TYPED, " ", line))
    return "\n".join(kept)


def commands_of(
    command: click.Command, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command below `command`, with the words that are typed for it."""
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command, info_name="enforcement")
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from commands_of(below, (*path, name))


@cache
def tree() -> tuple[tuple[tuple[str, ...], click.Command], ...]:
    """All commands."""
    return tuple(commands_of(commands))


@cache
def codes() -> frozenset[str]:
    """What programs read: names of commands, choices, fields and values of the contracts, topics, ids of the rules."""
    known = {"true", "false", "null"} | set(CODES) | {topic.name for topic in TOPICS}
    for path, command in tree():
        known |= set(path)
        for param in command.params:
            if isinstance(param, click.Option):
                known |= {option.lstrip("-") for option in (*param.opts, *param.secondary_opts)}
            known |= set(getattr(param.type, "choices", ()))
    for file in (ROOT / "schemas" / "generated").glob("*.json"):
        known |= set(_strings(json.loads(file.read_text())))
    for file in (ROOT / "examples").glob("*.json"):
        known |= set(re.findall(r'"(\w+)":', file.read_text(encoding="utf-8")))
    for file in (ROOT / "rules").rglob("*.yaml"):
        known |= set(re.findall(r"\bid: ([\w-]+)", file.read_text(encoding="utf-8")))
    return frozenset(known)


def _strings(value: object) -> Iterator[str]:
    """Names of fields and values of enumerations; not what a description says."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in ("properties", "$defs"):
                yield from inner
            if key == "enum":
                yield from map(str, inner)
            if key == "const":
                yield str(inner)
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)


@cache
def names() -> frozenset[str]:
    """Names of things, such as Kafka: capitals in the middle of an English sentence of ours."""
    texts = [*catalogue(), *(part for _, command in tree() for part in paragraphs(command.help or ""))]
    return frozenset(name for text in texts for name in NAME_IN_A_SENTENCE.findall(text))
