"""`enforcement recognise`: which matter a text is about, or that it is none, or that a person must say; and the words it rests on."""

import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

import click

from pipeline.core.recognise.recogniser import Recognition, RecognitionRules
from pipeline.core.rules.rules import Rules
from pipeline.edge.commands import terminal
from pipeline.edge.commands.rules_option import RULES, read_or_stop, rules_in
from pipeline.edge.push.wrong_rows import tell_wrong
from pipeline.edge.sources.files import json_rows
from pipeline.rulebook.lexicon.lexicon_loading import load_recognition
from pipeline.words.command_line import command, width_of
from pipeline.words.field_words import Both, Lang, both
from pipeline.words.recognition_words import REASONS, VERDICTS
from schemas.errors import BadMessage
from schemas.values.recognised_text import Verdict

_WORDS: Final[Mapping[str, Both]] = {
    "or": both("或", "or"),
    "rests_on": both("依据：{words}", "rests on: {words}"),
    "counts": both(
        "{matters}件属执法事项，{none}件不属于，{asked}件待人工判定",
        "{matters} matters, {none} no enforcement, {asked} to ask a person",
    ),
}
_COLUMN: Final = 14


class _Text(NamedTuple):
    """A row that can be recognised."""

    id: object
    text: str
    category: str


@command("recognise")
@click.argument("file", type=click.File("rb"))
@RULES
@terminal.output_options
def recognise_command(file: BinaryIO, folder: Path, as_json: bool, lang: Lang) -> None:
    """Which matter each text in FILE (or - for stdin) is about, by the rules; nothing is pushed.

    FILE holds one JSON object a line: id and text; title and category (the sender's own, in words) if there are. In UTF-8, UTF-16
    or GB18030.

    \b
    Example:
      enforcement recognise examples/texts.jsonl
      enforcement recognise day.jsonl --json

    A text is about one of the matters, or it is no enforcement (an enquiry, praise, a suggestion, a call for help, a private dispute,
    another organ's duty, an emergency), or the best two are so close that a person must say: `ask`. Words and points
    that speak for it are printed with it; the words stand in rules/lexicon/, and so do the margins.

    Ends with 0, with 1 if a row could not be read, with 2 if the file or the rules are wrong.
    """
    rules = read_or_stop(load_recognition, folder, lang)
    names = {} if as_json else _names(rules, rules_in(folder, lang), lang)
    counts: Counter[Verdict | None] = Counter()
    with terminal.one_line_errors(lang):
        for told_row in json_rows(file):
            row = _read(told_row.record)
            if isinstance(row, BadMessage):
                counts[None] += 1
                tell_wrong(told_row.number, row, as_json=as_json, lang=lang)
                continue
            recognition = rules.recognise(row.text, row.category)
            counts[recognition.verdict] += 1
            if as_json:
                terminal.say_json(_as_json(row.id, rules, recognition))
            else:
                for line in _lines(row, names, recognition, lang):
                    terminal.say(line)
    if not as_json:
        told = {
            "matters": counts[Verdict.MATTER],
            "none": counts[Verdict.NOT_ENFORCEMENT],
            "asked": counts[Verdict.ASK],
        }
        click.echo(_WORDS["counts"][lang].format(**told), err=True)
    if counts[None]:
        sys.exit(terminal.EXIT_REFUSED)


def _read(record: object) -> _Text | BadMessage:
    """The row's text, its title before it, or what is wrong with it."""
    if isinstance(record, BadMessage):
        return record
    if not isinstance(record, dict):
        return BadMessage("wrong_type", "", "a JSON object")
    texts = [record.get(field) or "" for field in ("title", "text", "category")]
    for field, text in zip(("title", "text", "category"), texts, strict=True):
        if not isinstance(text, str):
            return BadMessage("wrong_type", field, "a text")
    title, text, category = texts
    if not title and not text:
        return BadMessage("field_missing", "text", "a text")
    return _Text(record.get("id"), text if title in text else f"{title}。{text}", category)


def _as_json(number: object, rules: RecognitionRules, recognition: Recognition) -> dict[str, object]:
    verdict, best, second = recognition.verdict, recognition.best, recognition.second
    is_kind = best.code in rules.kinds
    return {
        "id": number,
        "matter": best.code if verdict is Verdict.MATTER else verdict.value,
        "kind": best.code if is_kind else "complaint",
        "best": best.code,
        "second": second.code,
        "lead": best.points - second.points,
        "reason": recognition.reason.value,
        "why": [f"{word} {points:+}" for word, points in best.evidence],
    }


def _names(rules: RecognitionRules, book: Rules, lang: Lang) -> Mapping[str, str]:
    """What each subject is called."""
    matters = {code: (matter.name_zh, matter.name_en) for code, matter in book.matters.items()}
    kinds = {code: (kind.name_zh, kind.name_en) for code, kind in rules.kinds.items()}
    return {code: zh if lang is Lang.ZH else en for code, (zh, en) in (matters | kinds).items()}


def _lines(row: _Text, names: Mapping[str, str], recognition: Recognition, lang: Lang) -> Iterator[str]:
    """Three lines: the text; what it is about; the words that say so."""
    best, second = recognition.best, recognition.second
    yield f"{row.id}  {row.text}" if row.id is not None else row.text
    verdict = VERDICTS[recognition.verdict][lang]
    line = f"    {verdict}{' ' * (_COLUMN - width_of(verdict))}  {best.code} {names[best.code]}"
    if recognition.verdict is Verdict.ASK:
        line += (
            f" {_WORDS['or'][lang]} {second.code} {names[second.code]}: {REASONS[recognition.reason][lang]}"
        )
    yield line
    yield "    " + _WORDS["rests_on"][lang].format(
        words=", ".join(f"{word} {points:+}" for word, points in best.evidence)
    )
