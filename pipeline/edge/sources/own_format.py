"""A source's own JSON format, and how a record of it becomes a report. What is wrong is said in the sender's own field names.

Each source's format is read by a module of its own in this folder, which the table `schemas.values.sources` names. Fields that
nobody needs downstream are passed over.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Final

from pipeline.edge.sources.record_fields import Content, Record, without_none
from schemas import limits
from schemas.errors import BadMessage
from schemas.inputs.lenient_reading import decode_report
from schemas.values.sources import SOURCE_TABLE
from schemas.values.terms import Source
from schemas.wire.codec import first_of

_FOLDER: Final = __name__.rpartition(".")[0]


@dataclass(frozen=True)
class OwnFormat:
    """A source's own format: its numbering field, how it is read, and its names of a report's fields."""

    number: str
    read: Callable[[Record], Content]
    names: Mapping[str, str]


def own_format_of(source: Source) -> OwnFormat:
    """The format of `source`: what its reader calls FORMAT."""
    own: OwnFormat = import_module(f"{_FOLDER}.{SOURCE_TABLE[source].reader}").FORMAT
    return own


def adapt(source: Source, record: object) -> Content:
    """`record` of `source` as the content of a Report: from the source's own format, or a Report as it is.

    Raises:
        BadMessage: neither, or a field of the source's own format is wrong; `field` is the sender's name of it. A Report
            is left to the pipeline to judge, but for a `source` that is another one.
    """
    if not isinstance(record, Mapping):
        raise BadMessage("wrong_type", "", "a JSON object")
    if "source_no" in record:
        return _as_it_is(source, record)
    own = own_format_of(source)
    if own.number not in record:
        likely = likely_source(record)
        if likely is not None and likely is not source:
            raise BadMessage("wrong_source", own_format_of(likely).number, f"--source {likely.value}")
        raise BadMessage("field_missing", own.number, f"{own.number}, or source_no of a report")
    faults: list[BadMessage] = []
    content = without_none({"source": source.value, **_read(own, record, faults)})
    _check(own, content, faults)
    return content


def _read(own: OwnFormat, record: Record, faults: list[BadMessage]) -> Content:
    """What the reader makes of the record; a field that it cannot read is noted among `faults`, and left out."""
    kept = dict(record)
    while True:
        try:
            return own.read(kept)
        except BadMessage as why:
            faults.append(why)
            if kept.pop(why.field.partition(".")[0], None) is None or len(faults) == limits.FAULTS_TOLD_MAX:
                raise first_of(faults) from None


def likely_source(record: Record) -> Source | None:
    """Whose format the record is in, by its number and the most fields; None where it has nobody's number."""
    known = {
        source: {own.number, *(name.partition(".")[0] for name in own.names.values())}
        for source, own in ((source, own_format_of(source)) for source in Source)
        if own.number in record
    }
    return max(known, key=lambda source: len(known[source] & set(record)), default=None)


def _as_it_is(source: Source, record: Record) -> Content:
    named = record.get("source", source.value)
    if named != source.value:
        meant = f"--source {named}, or {source.value}" if named in set(Source) else source.value
        raise BadMessage("wrong_source", "source", meant)
    return {"source": source.value, **record}


def _check(own: OwnFormat, content: Content, faults: list[BadMessage]) -> None:
    """The contract's verdict on the result, in the sender's names, after what its reader found."""
    left_out = {fault.field.partition(".")[0] for fault in faults}
    try:
        decode_report(json.dumps(content, ensure_ascii=False).encode())
    except BadMessage as why:
        for one in (why, *why.also):
            field = _renamed(own, one.field)
            if field.partition(".")[0] not in left_out:
                faults.append(BadMessage(one.code, field, one.allowed))
    except (TypeError, ValueError) as error:
        raise BadMessage("broken_json", "", str(error)) from None
    if faults:
        raise first_of(faults)


def _renamed(own: OwnFormat, field: str) -> str:
    """The sender's name of a report's field: the longest of ours that it begins with is replaced."""
    for ours in sorted(own.names, key=len, reverse=True):
        if field == ours or field.startswith(f"{ours}."):
            return f"{own.names[ours]}{field[len(ours) :]}".lstrip(".")
    return field
