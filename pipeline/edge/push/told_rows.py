"""The rows of a file with what becomes of each: what is pushed of it, and its answer, told, counted and kept where it was refused."""

import re
from collections import Counter
from typing import Final

import click

from pipeline.edge.commands import receipt_text, terminal
from pipeline.edge.push.refused_rows import RefusedRows
from pipeline.edge.sources.field_reader import RowNote
from pipeline.edge.sources.files import SourceFile
from pipeline.edge.sources.json_files import Row
from pipeline.edge.sources.reading import Content
from pipeline.edge.sources.streets import Streets
from pipeline.words.field_words import Lang, label
from schemas.codes import NOTES
from schemas.errors import Unavailable
from schemas.outputs import Receipt
from schemas.values.terms import Source

FAULTS_SHOWN_MAX: Final = 20
UNANSWERED: Final = "unanswered"
REFUSED: Final = "refused"


def report_in(
    file: SourceFile, row: Row, streets: Streets, source: Source | None
) -> tuple[Content, tuple[RowNote, ...]]:
    """What is pushed of the row, and what had to be understood; a Report of the contract is passed on as it is, for the pipeline to judge.

    Raises:
        BadMessage: the row is not what it should be.
    """
    if (content := file.report_of(row, source)) is not None:
        return content, ()
    reading = file.read(row, streets)
    return reading.content, reading.notes


class ToldRows:
    """The answers to the rows of one file. `counts` are the rows by what became of them."""

    def __init__(self, as_json: bool, lang: Lang, refused: RefusedRows | None = None) -> None:
        """Nothing is told yet; refused rows are kept in `refused`, where there is one."""
        self._as_json = as_json
        self._lang = lang
        self._refused = refused
        self._faults: Counter[tuple[str, str]] = Counter()
        self._notes: Counter[RowNote] = Counter()
        self.counts: Counter[str] = Counter()

    def tell(
        self, row: Row, source_no: object, answer: receipt_text.Answer, notes: tuple[RowNote, ...] = ()
    ) -> None:
        """The answer to a row, as one line or one JSON object."""
        self._print(row.number, source_no, answer, notes)
        self.counts["rows"] += 1
        bucket = _bucket(answer)
        self.counts[bucket] += 1
        self._notes.update(dict.fromkeys(map(_of_any_row, notes), 1))
        if bucket == REFUSED:
            error = receipt_text.fault_of(answer)
            self._faults[str(error.get("code", "")), str(error.get("field", ""))] += 1
            if self._refused is not None:
                self._refused.write(row, error)

    def say_results(self) -> None:
        """All rows by what became of them, the refused by what was wrong, and what had to be understood: to people. Of a single row, whose
        answer says all else, the last alone.
        """
        if self._as_json:
            return
        if self.counts["rows"] > 1:
            names = ("rows", "accepted", "merged", "answered", "updated", REFUSED, UNANSWERED)
            click.echo(label("rows", self._lang, **{name: self.counts[name] for name in names}), err=True)
            for (code, field), count in self._faults.most_common(FAULTS_SHOWN_MAX):
                click.echo(f"{count:>7}  {code}{f'  {terminal.clean(field)}' if field else ''}", err=True)
        if self._notes:
            click.echo(label("understood", self._lang), err=True)
        for note, count in self._notes.most_common(FAULTS_SHOWN_MAX):
            click.echo(f"{count:>7}  {terminal.clean(note_line(note, self._lang))}", err=True)

    def _print(
        self, number: int, source_no: object, answer: receipt_text.Answer, notes: tuple[RowNote, ...]
    ) -> None:
        number_shown = str(source_no) if isinstance(source_no, str | int) else None
        if self._as_json:
            told = receipt_text.as_json(answer, self._lang)
            noted = {"notes": [note._asdict() for note in notes]} if notes else {}
            terminal.say_json({"row": number, "source_no": number_shown, **told, **noted})
        else:
            name = f" {number_shown}" if number_shown else ""
            line = receipt_text.as_line(answer, self._lang)
            terminal.say(f"{label('row', self._lang, row=number)}{name}: {line}")


def note_line(note: RowNote, lang: Lang) -> str:
    """A note for people: its code, what it means, where, and what more is known."""
    words = NOTES[note.code].zh if lang is Lang.ZH else NOTES[note.code].en
    where = " ".join(filter(None, (note.field, f"({note.what})" if note.what else "")))
    return f"{note.code}: {words}{f': {where}' if where else ''}"


def _of_any_row(note: RowNote) -> RowNote:
    """The note without what is this row's own, so that the rows with the same can be counted."""
    is_of_all = note.code in _SAME_IN_ALL_ROWS
    return note if is_of_all else note._replace(field=_LIST_PLACE.sub("", note.field), what="")


_LIST_PLACE: Final = re.compile(r"\.\d+$")
_SAME_IN_ALL_ROWS: Final = frozenset({"fields_unread"})
"""Their `what` is of the file, not of the row."""


def _bucket(answer: receipt_text.Answer) -> str:
    if receipt_text.is_unanswered(answer) or isinstance(answer, Unavailable):
        return UNANSWERED
    if isinstance(answer, Receipt) and receipt_text.is_accepted(answer):
        return answer.outcome.value
    return REFUSED
