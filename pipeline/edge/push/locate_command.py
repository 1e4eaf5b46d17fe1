"""`enforcement locate`: where an address in words is, how sure that is, the words it rests on, and what else it may be."""

import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

import click

from pipeline.core.locate.locating import Candidate, Located, Unlocated
from pipeline.core.rules.rules import Rules
from pipeline.edge.commands import terminal
from pipeline.edge.commands.rules_option import RULES, rules_in
from pipeline.edge.push.wrong_rows import tell_wrong
from pipeline.edge.sources.files import json_rows
from pipeline.words.command_line import command
from pipeline.words.field_words import Both, Lang, both
from pipeline.words.language import name_in
from pipeline.words.recognition_words import PLACE_WORDS
from schemas.errors import BadMessage

_TEXTS: Final[Mapping[str, Both]] = {
    "grid": both("网格", "grid"),
    "sure": both("可信度{confidence}，误差约{radius}米", "confidence {confidence}, within some {radius} m"),
    "unlocated": both("无法定位，须人工确认", "cannot be located: a person must say"),
    "nothing": both("没有已知地名", "no place that is known"),
    "rests_on": both("依据：{words}", "rests on: {words}"),
    "or": both("也可能：{name} ({street}, {confidence})", "perhaps: {name} ({street}, {confidence})"),
    "counts": both("{located}条已定位，{unlocated}条须人工确认", "{located} located, {unlocated} for a person"),
}  # fmt: skip


class _Row(NamedTuple):
    """An address to be found."""

    id: object
    address: str
    street: str | None


@command("locate")
@click.argument("what", metavar="ADDRESS|FILE")
@click.option("--street", help="Code of the street that it is said to be in; default: any of the rules.")
@RULES
@terminal.output_options
def locate_command(what: str, street: str | None, folder: Path, as_json: bool, lang: Lang) -> None:
    """Where ADDRESS is by the rules' grids and places; or each address in FILE (.jsonl, or - for stdin); nothing is pushed.

    FILE holds one JSON object a line: id and address (or text), and street if it is known.

    \b
    Example:
      enforcement locate 兴华街23号旁边
      enforcement locate addresses.jsonl --json

    An address names a door, a junction, a stretch of road, an estate or a landmark of rules/places/, perhaps by an alias or as speech
    recognition wrote it, and what stands around it. Where two places fit alike, or what is named besides contradicts, nothing is
    located: a person must say. How sure it must be stands in rules/policy.yaml (locate_confidence_min).

    Ends with 0, with 1 if an address was not located or a row could not be read, with 2 if the rules are wrong.
    """
    rules = rules_in(folder, lang)
    if street is not None and street not in rules.streets:
        raise click.BadParameter(f"{', '.join(rules.streets)}", param_hint="--street")
    counts: Counter[str] = Counter()
    with terminal.one_line_errors(lang):
        for number, row in _rows(what, street):
            if isinstance(row, BadMessage):
                counts["wrong"] += 1
                tell_wrong(number, row, as_json=as_json, lang=lang)
                continue
            result = rules.locator.locate(row.address, row.street)
            counts["located" if isinstance(result, Located) else "unlocated"] += 1
            if as_json:
                terminal.say_json(_as_json(row.id, result))
            else:
                for line in _lines(rules, row, result, lang):
                    terminal.say(line)
    if not as_json:
        told_counts = {"located": counts["located"], "unlocated": counts["unlocated"]}
        click.echo(_TEXTS["counts"][lang].format(**told_counts), err=True)
    if counts["wrong"] or counts["unlocated"]:
        sys.exit(terminal.EXIT_REFUSED)


def _rows(what: str, street: str | None) -> Iterator[tuple[int, _Row | BadMessage]]:
    """The addresses with their numbers: those of a file, or the one that was typed."""
    if what != "-" and not what.endswith(".jsonl"):
        yield 1, _Row(None, what, street)
        return
    with nullcontext(sys.stdin.buffer) if what == "-" else _opened(what) as file:
        for row in json_rows(file):
            yield row.number, _read(row.record, street)


def _opened(path: str) -> BinaryIO:
    try:
        return Path(path).open("rb")
    except OSError as why:
        raise click.FileError(path, why.strerror) from why


def _read(record: object, street: str | None) -> _Row | BadMessage:
    if isinstance(record, BadMessage):
        return record
    if not isinstance(record, dict):
        return BadMessage("wrong_type", "", "a JSON object")
    address, own = record.get("address") or record.get("text"), record.get("street")
    if not isinstance(address, str):
        return BadMessage("field_missing", "address", "an address or a text")
    return _Row(record.get("id"), address, own if isinstance(own, str) else street)


def _as_json(number: object, result: Located | Unlocated) -> dict[str, object]:
    is_located = isinstance(result, Located)
    found = _of(result.place) if isinstance(result, Located) else dict.fromkeys(_of(_NOWHERE))
    others = result.alternatives if isinstance(result, Located) else result.candidates
    return {"id": number, "located": is_located, **found, "alternatives": [_of(one) for one in others]}


def _of(place: Candidate) -> dict[str, object]:
    return {
        "street": place.street,
        "grid": place.grid,
        "lon": place.lonlat[0],
        "lat": place.lonlat[1],
        "radius_m": place.radius_m,
        "confidence": place.confidence,
        "name": place.name,
        "words": [f"{kind} {text}" for kind, text in place.words],
    }


def _lines(rules: Rules, row: _Row, result: Located | Unlocated, lang: Lang) -> Iterator[str]:
    """The address; where it is; what that rests on; what else it may be."""
    yield f"{row.id}  {row.address}" if row.id is not None else row.address
    if isinstance(result, Located):
        place = result.place
        sure = _TEXTS["sure"][lang].format(confidence=place.confidence, radius=place.radius_m)
        yield f"    {_street(rules, place, lang)} {_TEXTS['grid'][lang]} {place.grid}  {place.name}: {sure}"
        yield "    " + _TEXTS["rests_on"][lang].format(words=_words(place, lang))
        others = result.alternatives
    else:
        others = result.candidates
        yield "    " + _TEXTS["unlocated" if others else "nothing"][lang]
    for one in others:
        street = _street(rules, one, lang)
        line = _TEXTS["or"][lang].format(name=one.name, street=street, confidence=one.confidence)
        yield f"    {line}  {_words(one, lang)}"


def _words(place: Candidate, lang: Lang) -> str:
    return ", ".join(f"{PLACE_WORDS[kind][lang]} {text}" for kind, text in place.words)


def _street(rules: Rules, place: Candidate, lang: Lang) -> str:
    return name_in(lang, rules.streets[place.street])


_NOWHERE: Final = Candidate("", None, (0.0, 0.0), 0, 0, "", ())
