"""`enforcement sources list|show|try|guess`: which formats are known, and what would be understood of a file, before anything is pushed."""

import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import click
from msgspec import to_builtins

from pipeline.edge.commands import terminal
from pipeline.edge.commands.rules_option import RULES, read_or_stop
from pipeline.edge.push.source_options import AS_NAME, SOURCE, mapping_named, opened
from pipeline.edge.push.told_rows import note_line
from pipeline.edge.sources.field_reader import RowNote
from pipeline.edge.sources.files import SourceFile
from pipeline.edge.sources.guess import guessed
from pipeline.edge.sources.json_files import Row
from pipeline.edge.sources.mapping import FieldRule, SourceMapping, load_mappings
from pipeline.edge.sources.reading import ReadRow
from pipeline.edge.sources.streets import Streets, streets_of
from pipeline.words.command_line import group
from pipeline.words.error_words import words_of
from pipeline.words.field_words import Lang, label, moment
from pipeline.words.language import name_in
from pipeline.words.spoken import said
from schemas.errors import BadMessage
from schemas.values.terms import Source

_SHOWN_MAX = 60
"""Characters of a value on a line for people."""


@group("sources")
def sources_group() -> None:
    """Senders' own formats: which are known, and how a file would be read.

    A format is a file of rules/sources: docs/sources.md says how one is written.
    """


@sources_group.command("list")
@RULES
@terminal.output_options
def list_command(folder: Path, as_json: bool, lang: Lang) -> None:
    """The formats that are known: name, whose reports, in which files, and a sample to try."""
    for mapping in read_or_stop(load_mappings, folder, lang):
        table = mapping.table
        name = name_in(lang, table)
        if as_json:
            names = {"name": mapping.name, "name_zh": table.name_zh, "name_en": table.name_en}
            rest = {"formats": table.formats, "sample": table.sample, "number": [*mapping.number_names]}
            terminal.say_json({**names, "source": mapping.source.value, **rest})
        else:
            files = ", ".join(table.formats)
            terminal.say(
                f"{mapping.name:<18} {mapping.source.value:<8} {files:<15} {name}  {table.sample or ''}"
            )


@sources_group.command("show")
@click.argument("name")
@RULES
@terminal.output_options
def show_command(name: str, folder: Path, as_json: bool, lang: Lang) -> None:
    """Of which fields of its sender a report in the format NAME is made.

    \b
    Example:
      enforcement sources show 12345-order
    """
    mapping = mapping_named(folder, lang, name)
    if as_json:
        table = mapping.table.model_dump(by_alias=True, exclude_none=True, exclude_defaults=True, mode="json")
        terminal.say_json({"name": mapping.name, **table})
        return
    for ours, theirs in _made_of(mapping):
        terminal.say(f"{ours:<18} ← {theirs}")


@sources_group.command("try")
@click.argument("file", type=click.File("rb"))
@AS_NAME
@SOURCE
@RULES
@terminal.output_options
def try_command(
    file: BinaryIO, name: str | None, source: str | None, folder: Path, as_json: bool, lang: Lang
) -> None:
    """Say how each row of FILE (or - for stdin) would be read, and why. Nothing is pushed, and no broker is needed.

    \b
    Example:
      enforcement sources try examples/sources/12345-export.csv
      enforcement sources try orders.xlsx --as 12345-order --json

    Rows are numbered as in the file, without titles and header. With --json each is one line:
    {"row":1,"report":{…},"notes":[{"code":…,"field":…,"what":…}]} or {"row":2,"error":{"code":…,"field":…,"allowed":…}};
    what holds for the whole file (its encoding) is noted on the first. The codes are in docs/codes.md.

    Ends with 0 if every row can be a report, 1 if some cannot, 2 if the file or the usage is wrong.
    """
    with terminal.one_line_errors(lang):
        streets = read_or_stop(streets_of, folder, lang)
        known = opened(file, folder, lang, Source(source) if source else None, name)
        counts: Counter[str] = Counter()
        for row in known.rows:
            notes = () if counts else known.notes
            if not counts and not as_json:
                terminal.say(_head(known))
            outcome = _outcome(known, row, streets, Source(source) if source else None)
            counts["refused" if isinstance(outcome, BadMessage) else "reports"] += 1
            if as_json:
                terminal.say_json(_as_json(row, outcome, notes))
            else:
                for line in _lines(row, outcome, lang):
                    terminal.say(line)
    shown = {"reports": counts["reports"], "refused": counts["refused"]}
    click.echo(said("{reports} rows can be reports, {refused} cannot", **shown), err=True)
    if counts["refused"]:
        sys.exit(terminal.EXIT_REFUSED)


@sources_group.command("guess")
@click.argument("file", type=click.File("rb"))
@click.option(
    "--source", required=True, type=click.Choice([one.value for one in Source]), help="Who reports."
)
@RULES
@terminal.output_options
def guess_command(file: BinaryIO, source: str, folder: Path, as_json: bool, lang: Lang) -> None:
    """Propose a mapping for FILE, whose format is not known, to be edited: by names like those of known formats, and by its values.

    \b
    Example:
      enforcement sources guess orders.csv --source 12345 > rules/sources/our-hotline.yaml
      enforcement sources try orders.csv --as our-hotline
    """
    with terminal.one_line_errors(lang):
        proposal = guessed(file, Source(source), read_or_stop(load_mappings, folder, lang))
    if as_json:
        terminal.say_json({"fields": proposal.fields, "unused": [*proposal.unused]})
    else:
        click.echo(proposal.as_yaml(), nl=False)


def _outcome(file: SourceFile, row: Row, streets: Streets, source: Source | None) -> ReadRow | BadMessage:
    try:
        return file.read(row, streets, source)
    except BadMessage as why:
        return why


def _as_json(row: Row, outcome: ReadRow | BadMessage, of_file: tuple[RowNote, ...]) -> dict[str, object]:
    noted = [note._asdict() for note in of_file]
    if isinstance(outcome, BadMessage):
        also = [_error(one) for one in outcome.also]
        error = {**_error(outcome), "also": also} if also else _error(outcome)
        return {"row": row.number, "error": error, **({"notes": noted} if noted else {})}
    noted += [note._asdict() for note in outcome.notes]
    return {"row": row.number, "report": _without_nothing(to_builtins(outcome.report)), "notes": noted}


def _error(fault: BadMessage) -> dict[str, str]:
    return {"code": fault.code, "field": fault.field, "allowed": fault.allowed}


def _without_nothing(value: object) -> object:
    """Without the fields that hold nothing."""
    if isinstance(value, dict):
        kept = {name: _without_nothing(one) for name, one in value.items()}
        return {name: one for name, one in kept.items() if one not in (None, "", [], {})}
    return [_without_nothing(one) for one in value] if isinstance(value, list | tuple) else value


def _head(file: SourceFile) -> str:
    how = ", ".join(f"{note.code} {note.what!r}" for note in file.notes)
    return f"{file.format_name}: {file.kind}{f', {how}' if how else ''}"


def _lines(row: Row, outcome: ReadRow | BadMessage, lang: Lang) -> Iterator[str]:
    """A row's head, then what each field became, then what had to be understood."""
    head = label("row", lang, row=row.number)
    if isinstance(outcome, BadMessage):
        yield f"{head}: ✗ error[{outcome.code}]: {words_of(outcome, lang)}"
        return
    yield f"{head}: ✓ {outcome.report.source_no}"
    shown = _without_nothing(to_builtins(outcome.report, builtin_types=(datetime,)))
    for name, value in _flat(shown if isinstance(shown, dict) else {}):
        if name not in ("source", "source_no"):
            text = moment(value) if isinstance(value, datetime) else str(value)
            yield f"    {name:<18} {text[:_SHOWN_MAX]}{'…' if len(text) > _SHOWN_MAX else ''}"
    for note in outcome.notes:
        yield f"    · {note_line(note, lang)}"


def _flat(content: Mapping[str, object], before: str = "") -> Iterator[tuple[str, object]]:
    for name, value in content.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", value


def _made_of(mapping: SourceMapping) -> Iterator[tuple[str, str]]:
    """Each of our fields with those of the sender, and the words of its table."""
    table = mapping.table
    for ours, rule in table.fields.items():
        yield ours, _rule(rule)
    if table.point:
        point = table.point
        where = ", ".join((*point.lon, *point.lat, *point.at))
        yield "place.point", f"{where}  crs: {' | '.join((*point.crs, point.is_))}"
    if table.evidence:
        yield "evidence", table.evidence.list_
    for mark, condition in table.marks.model_dump(exclude_defaults=True).items():
        yield mark, "; ".join(f"{name} = {', '.join(words)}" for name, words in condition.items())
    if table.zone:
        yield "zone", table.zone


def _rule(rule: FieldRule) -> str:
    names = " + ".join(rule.join) if rule.join else " | ".join(rule.from_)
    words = ", ".join(f"{theirs} = {ours}" for theirs, ours in rule.table.items())
    return f"{names}  ({words})" if words else names
