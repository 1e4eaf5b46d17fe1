"""`enforcement duplicates`: which reports of a file tell of one thing, and why; nothing is pushed."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

import click

from pipeline.core.duplicates.duplicate_rules import DuplicateRules
from pipeline.core.duplicates.grouping import Grouping, Pair, grouped
from pipeline.core.duplicates.report_said import Comparable, Subjects, Where, comparable
from pipeline.core.duplicates.subjects import recognised_subjects
from pipeline.core.recognise.recogniser import RecognitionRules
from pipeline.core.rules.address_key import address_key
from pipeline.core.rules.rules import Rules
from pipeline.edge.commands import terminal
from pipeline.edge.commands.rules_option import RULES, read_or_stop, rules_in
from pipeline.edge.sources.files import inner_rows, json_rows
from pipeline.edge.sources.loose_rows import LooseReport, loose_report, says_something
from pipeline.rulebook.lexicon.lexicon_loading import load_recognition
from pipeline.words.command_line import command
from pipeline.words.field_words import BUSINESS_ZONE, Both, Lang, both
from pipeline.words.spoken import told, told_in
from schemas.errors import BadMessage

_WORDS: Final[Mapping[str, Both]] = {
    "group": both("同一件事，{count}件", "one thing, {count} reports"),
    "likely": both("可能是同一件事，请人工判断", "may be one thing: a person should look"),
    "and": both("{one} 与 {other}", "{one} and {other}"),
    "counts": both(
        "{rows}件，其中{together}件归为{groups}组，{likely}对待人工判断",
        "{rows} reports, {together} of them in {groups} groups; {likely} pairs for a person to look at",
    ),
    "wrong_row": both(
        "第{row}行：{code} {field} 应为：{allowed}", "row {row}: {code} {field}: allowed: {allowed}"
    ),
    "ignored": both(
        "第{row}行：{field} 无法读取，未使用", "row {row}: {field} cannot be read and is not used"
    ),
    "same_id": both(
        "第{row}行：编号 {id} 前面已有，按另一件处理",
        "row {row}: id {id} was there before; taken as another report",
    ),
}
_TEXT_SHOWN: Final = 60


class ComparedRow(NamedTuple):
    """A row of the file, and the report that is compared."""

    report: LooseReport
    compared: Comparable


class Comparer:
    """Makes rows comparable by one version of the rules."""

    def __init__(self, rules: Rules, recognition: RecognitionRules) -> None:
        """`recognition` is asked for rows that name no matter."""
        self._rules = rules
        self._recognition = recognition

    @property
    def rules(self) -> DuplicateRules:
        """By which they are compared."""
        return self._rules.duplicates

    def compared(self, key: str, report: LooseReport) -> Comparable:
        """The report under the name `key`."""
        key_of_address = address_key(report.address, self._rules.policy.address) if report.address else ""
        return comparable(
            self._rules.duplicates,
            key,
            report.text,
            report.address,
            report.at,
            Where(key_of_address, report.lonlat, report.crs, report.grid),
            self._subjects(report),
            callers=frozenset({report.caller} if report.caller else ()),
            device=report.device,
            plate=report.plate,
        )

    def _subjects(self, report: LooseReport) -> Subjects:
        for code in (report.matter, report.category):
            if code in self._rules.matters:
                return Subjects((code,), certain=True, stated=True)
        category = " ".join(filter(None, (report.matter, report.category)))
        return recognised_subjects(self._recognition, self.rules.fits, report.text, category)


@command("duplicates")
@click.argument("file", type=click.File("rb"))
@RULES
@terminal.output_options
def duplicates_command(file: BinaryIO, folder: Path, as_json: bool, lang: Lang) -> None:
    """Which reports in FILE (or - for stdin) tell of one thing, and why; nothing is pushed.

    FILE holds one JSON object a line, or a JSON array, in UTF-8, UTF-16 or GB18030: reports of the contract, or objects with a text
    (text, content, description, title) and what else is known: id, address, lon and lat or point with crs, grid, matter or category,
    reported_at, caller or phone, device. Without an id a row is called by its number.

    \b
    Example:
      enforcement duplicates examples/duplicates.jsonl
      enforcement duplicates day.jsonl --json

    Two reports are held together by place and by matter, never by their text alone; another house number, plate, building, gate, shop or
    street, points far apart or another time show that they are two. What is sure becomes a group; what is only likely
    is for a person, with the reasons, and in no group. The points and words stand in rules/duplicates.yaml.

    With --json one line is printed: {"groups":[[id,…],…]}, groups of two ids and more, in the order of the file; a report that is alone is in no
    group.

    Ends with 0, with 1 if a row could not be read, with 2 if the file or the rules are wrong.
    """
    comparer = Comparer(rules_in(folder, lang), read_or_stop(load_recognition, folder, lang))
    with terminal.one_line_errors(lang):
        rows, wrong = _read(file, comparer, lang)
    found = grouped(comparer.rules, [row.compared for row in rows.values() if not row.report.self_disposed])
    if as_json:
        groups = [[rows[key].report.id for key in group] for group in found.groups]
        terminal.say_json({"groups": groups})
    else:
        _print(found, rows, lang)
    if wrong:
        sys.exit(terminal.EXIT_REFUSED)


def _read(file: BinaryIO, comparer: Comparer, lang: Lang) -> tuple[Mapping[str, ComparedRow], int]:
    """The rows by a name of their own each, and how many could not be read; those are told."""
    rows: dict[str, ComparedRow] = {}
    ids: set[str | int] = set()
    wrong = 0
    for row in inner_rows(json_rows(file), says_something):
        try:
            report = loose_report(row.record, row.number, BUSINESS_ZONE)
        except BadMessage as fault:
            wrong += 1
            _warn(
                "wrong_row",
                lang,
                row=row.number,
                code=fault.code,
                field=fault.field,
                allowed=told(fault.allowed),
            )
            continue
        for field in report.ignored:
            _warn("ignored", lang, row=row.number, field=field)
        if report.id in ids:
            _warn("same_id", lang, row=row.number, id=report.id)
        ids.add(report.id)
        key = f"{row.number:08}"
        rows[key] = ComparedRow(report, comparer.compared(key, report))
    return rows, wrong


def _warn(word: str, lang: Lang, **values: object) -> None:
    click.echo(terminal.clean(_WORDS[word][lang].format(**values)), err=True)


def _print(found: Grouping, rows: Mapping[str, ComparedRow], lang: Lang) -> None:
    """Each group with the pairs that made it; then the pairs for a person."""
    for group in found.groups:
        terminal.say(_WORDS["group"][lang].format(count=len(group)))
        for key in group:
            terminal.say(f"  {_shown(rows[key].report)}")
        _print_pairs([pair for pair in found.sure if pair.one in group and pair.other in group], rows, lang)
    if found.likely:
        terminal.say(_WORDS["likely"][lang])
        for pair in found.likely:
            for key in (pair.one, pair.other):
                terminal.say(f"  {_shown(rows[key].report)}")
            _print_pairs([pair], rows, lang)
    counts = {
        "rows": len(rows),
        "together": sum(map(len, found.groups)),
        "groups": len(found.groups),
        "likely": len(found.likely),
    }
    click.echo(_WORDS["counts"][lang].format(**counts), err=True)


def _print_pairs(pairs: Sequence[Pair], rows: Mapping[str, ComparedRow], lang: Lang) -> None:
    for pair in pairs:
        words = {"one": rows[pair.one].report.id, "other": rows[pair.other].report.id}
        terminal.say(f"    {_WORDS['and'][lang].format(**words)}: {told_in(lang, pair.comparison.reason)}")


def _shown(report: LooseReport) -> str:
    text = " ".join(filter(None, (report.address, report.text))).replace("\n", " ")
    return f"{report.id}  {text[:_TEXT_SHOWN]}{'…' if len(text) > _TEXT_SHOWN else ''}"
