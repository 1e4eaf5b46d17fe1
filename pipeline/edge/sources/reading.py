"""An order of a sender's own format becomes the content of a Report, by its mapping. What is wrong is said in the sender's own names.

    record ──► parts (values, points, photos, street) ──► content ──► the contract's verdict ──► ReadRow, or BadMessage

A pure function of record, mapping and the streets: the same for a file, a command and whoever takes orders in at a door. What had to be
understood (a time in milliseconds, metres, an unknown word) is noted; fields that nobody needs downstream are passed over.
"""

import json
import re
from collections.abc import Mapping
from datetime import datetime, time
from typing import Final, NamedTuple

from pipeline.edge.sources.field_reader import FieldReader, RowNote
from pipeline.edge.sources.mapping import SourceMapping
from pipeline.edge.sources.photos import photos_of
from pipeline.edge.sources.place_reader import locate
from pipeline.edge.sources.streets import Streets
from pipeline.edge.sources.values import (
    LIMIT_TEXT,
    Understood,
    day_in,
    is_nothing,
    is_placeholder,
    moment,
    number,
    number_text,
    phone,
    plain,
)
from schemas import limits
from schemas.errors import BadMessage
from schemas.inputs.lenient_reading import decode_report
from schemas.inputs.report import Report
from schemas.values.order_number import pushed_number
from schemas.values.terms import LeftOutReason
from schemas.values.update_terms import ReportMark
from schemas.wire.codec import first_of

Content = dict[str, object]
MATTER_CODE: Final = re.compile("[A-Z]{2}-[0-9]{3}")
_NO_IDENTIFIER: Final = re.compile(r"[/\\\s]+")
CONTRACT_NUMBER: Final = "source_no"
"""A record with this field is a Report as it is."""
ERROR_FIELD: Final = "_error"
"""What a refused row's file says of each; it is passed over when the row is pushed again."""


_LAST_SECOND: Final = time(23, 59, 59)
_UNITS: Final = {
    "工作日": "workdays",
    "自然日": "calendar_days",
    "天": "calendar_days",
    "日": "calendar_days",
    "小时": "natural_hours",
    "工作小时": "work_hours",
}


class ReadRow(NamedTuple):
    """What is pushed, what the pipeline will read of it, and what had to be understood.

    `content` still holds placeholders, so that the case notes what was left out; `report` does not.
    """

    content: Content
    report: Report
    notes: tuple[RowNote, ...]

    @property
    def is_withdrawn(self) -> bool:
        """Whether its sender has taken the order back."""
        return self.report.mark is ReportMark.WITHDRAWN


def read_record(mapping: SourceMapping, record: object, streets: Streets) -> ReadRow:
    """The order as a report.

    Raises:
        BadMessage: it cannot be one; `field` is the sender's name, `also` says what else is wrong.
    """
    if not isinstance(record, Mapping):
        raise BadMessage("wrong_type", "", "an object")
    reader = FieldReader(mapping, record)
    content = _content(reader, streets)
    report, left_out = _verdict(reader, content)
    if unread := reader.unread(besides=ERROR_FIELD):
        reader.note("fields_unread", "", unread)
    return ReadRow(content, report, (*reader.notes, *left_out))


def read_report(record: object, source: str | None = None) -> ReadRow:
    """A record that is a Report as it is; `source` is added where it names none.

    Raises:
        BadMessage: as the contract says; `wrong_source` where it names another source than `source`.
    """
    content = report_content(record, source)
    pushed = decode_report(_as_json(content))
    codes = {LeftOutReason.UNHASHED: "evidence_unhashed"}
    left_out = (RowNote(codes.get(one.why, "placeholder"), one.field) for one in pushed.left_out)
    return ReadRow(content, pushed.report, (*_without_matter(pushed.report, "matter"), *left_out))


def report_content(record: object, source: str | None = None) -> Content:
    """A record that is a Report, as it is pushed: the pipeline judges it. Raises as `read_report`, of what is no object, or another source's."""
    if not isinstance(record, Mapping):
        raise BadMessage("wrong_type", "", "an object")
    named = record.get("source", source)
    if source is not None and named != source:
        raise BadMessage("wrong_source", "source", source)
    content = {name: value for name, value in record.items() if name != ERROR_FIELD}
    return content if source is None else {"source": source, **content}


def _content(reader: FieldReader, streets: Streets) -> Content:
    """What the reader makes of each field; what it cannot read is noted among its faults, and left out."""
    mapping = reader.mapping
    times = {name: _time(reader, name) for name in ("reported_at", "occurred_at")}
    is_anonymous = reader.holds(mapping.table.marks.anonymous)
    place, street = locate(reader, streets)
    content: Content = {
        "source": mapping.source.value,
        "source_no": number_text(reader.value("source_no")),
        "street": street,
        **_matter(reader),
        **times,
        "place": place,
        "text": reader.value("text"),
        "urgency": reader.word("urgency"),
        "reporter": number_text(reader.value("reporter")),
        "caller": None if is_anonymous else _caller(reader),
        "call_back": False if is_anonymous else reader.yes_or_no("call_back"),
        "self_disposed": reader.yes_or_no("self_disposed"),
        "alarm": _alarm(reader),
        "order": _order_terms(reader),
        "evidence": photos_of(reader, times["reported_at"]) or None,
    }
    for mark in ReportMark:  # of several the last says most: what is withdrawn is not urged
        if field := reader.holds(getattr(mapping.table.marks, mark.value)):
            reader.note(mark.value, field)
            content["mark"] = mark.value
    return {name: value for name, value in content.items() if value is not None}


def _time(reader: FieldReader, name: str) -> object:
    """The first of its fields that holds a time, else of those that stand in for it; of a required one that holds none it is the fault."""
    zone, epoch = reader.mapping.zone, reader.mapping.table.epoch
    rule = reader.rule(name)
    given = reader.value(name)
    if not (rule.stand_in or rule.day_in) or not (given is None or is_placeholder(given)):
        return reader.converted(name, lambda value: moment(value, zone, epoch))
    found = reader.first(rule.stand_in)
    if found is not None and not is_placeholder(found.value):
        reader.note("time_stands_in", found.name)
        try:
            return moment(found.value, zone, epoch).value
        except BadMessage as why:
            reader.fault(why.code, found.name, why.allowed)
            return None
    for found in filter(None, (reader.first([field]) for field in rule.day_in)):
        day = day_in(str(number_text(found.value)))
        if day is not None:
            reader.note("time_by_number", found.name)
            return moment(day, zone, epoch).value
    return given


def _matter(reader: FieldReader) -> Content:
    """The matter by its code, or by the mapping's table of the sender's categories; and the category as the sender says it."""
    value, category = reader.value("matter"), _category_text(reader.value("category"))
    known = reader.in_table("matter")
    if known is None and MATTER_CODE.fullmatch(str(plain(value))):
        known = str(plain(value))
    elif known is None and not is_nothing(value) and not is_placeholder(value):
        category = category or _category_text(value)
        value = None
    if known is None and (value is None or is_placeholder(value)):
        reader.note("matter_unknown", reader.name_of("category") or reader.name_of("matter") or "matter")
    return {"matter": known or value, "category": category}


def _category_text(value: object) -> str | None:
    """The sender's category in words or by its code, on one line."""
    if is_nothing(value) or is_placeholder(value) or not isinstance(value, str | int | float):
        return None
    return " ".join(str(number_text(value)).split())[: limits.CATEGORY_MAX]


def _caller(reader: FieldReader) -> Content | None:
    """Who called; None where neither name nor phone is given. Whoever wrote an unknown word for secret meant something by it."""
    person = {
        "name": reader.value("caller.name"),
        "phone": reader.converted("caller.phone", phone),
        "secret": reader.yes_or_no("caller.secret", unknown=True),
    }
    person = {name: value for name, value in person.items() if value is not None}
    return person if person.keys() & {"name", "phone"} else None


def _alarm(reader: FieldReader) -> Content | None:
    algorithm = reader.value("alarm.algorithm")
    alarm = {
        "device": number_text(reader.value("alarm.device")),
        "algorithm": _NO_IDENTIFIER.sub("-", algorithm) if isinstance(algorithm, str) else algorithm,
        "confidence": reader.converted("alarm.confidence", lambda value: Understood(number(value))),
        "dwell_s": reader.converted("alarm.dwell_s", lambda value: Understood(number(value))),
    }
    return {name: value for name, value in alarm.items() if value is not None} or None


def _order_terms(reader: FieldReader) -> Content | None:
    """The terms of the order; what of them cannot be read is noted, and left out. None where there are none."""
    terms = {
        "due_at": _due_at(reader),
        "limit": _limit(reader),
        "kind": reader.in_table("order.kind"),
        "repeat_of": _repeat_of(reader),
    }
    return {name: value for name, value in terms.items() if value is not None} or None


def _due_at(reader: FieldReader) -> object:
    """The deadline; of a day alone its end."""
    value = reader.value("order.due_at")
    if value is None or is_placeholder(value):
        return None
    try:
        read = moment(value, reader.mapping.zone, reader.mapping.table.epoch)
        at = datetime.fromisoformat(str(read.value))
    except (BadMessage, ValueError):
        return _unread(reader, "order.due_at")
    if at.tzinfo is None:
        return _unread(reader, "order.due_at")
    if read.note == "day_only":
        reader.note("day_end", reader.name_of("order.due_at"))
        return datetime.combine(at.date(), _LAST_SECOND, at.tzinfo).isoformat()
    return read.value


def _limit(reader: FieldReader) -> object:
    """How long it gives: a number and the unit that stands with it, or in a field of its own, or is the format's."""
    value = number_text(reader.value("order.limit"))
    if value is None or is_placeholder(value):
        return None
    found = LIMIT_TEXT.fullmatch("".join(str(value).split()))
    if found is None or not int(found["number"]):
        return _unread(reader, "order.limit")
    of_format = reader.rule("order.limit_unit").default
    unit = _UNITS.get(found["unit"]) or reader.in_table("order.limit_unit") or of_format
    return f"{int(found['number'])} {unit}" if unit else _unread(reader, "order.limit")


def _repeat_of(reader: FieldReader) -> object:
    value = number_text(reader.value("order.repeat_of"))
    if value is None or is_placeholder(value):
        return None
    return pushed_number(value) or _unread(reader, "order.repeat_of")


def _unread(reader: FieldReader, ours: str) -> str | None:
    """Nothing, and a note of it."""
    reader.note("order_unread", reader.name_of(ours))
    return None


def _verdict(reader: FieldReader, content: Content) -> tuple[Report, list[RowNote]]:
    """The contract's verdict on the result, in the sender's names, after what the reader found.

    Raises:
        BadMessage: something is wrong.
    """
    faults = [*reader.faults]
    broken = {fault.field.partition(".")[0] for fault in faults}
    pushed = None
    try:
        pushed = decode_report(_as_json(content))
    except BadMessage as why:
        for one in (why, *why.also):
            field = reader.sender_name(one.field)
            if field.partition(".")[0] not in broken:
                faults.append(BadMessage(one.code, field, one.allowed))
    if faults or pushed is None:
        raise first_of(faults)
    left_out = [
        RowNote("placeholder", reader.sender_name(one.field))
        for one in pushed.left_out
        if one.why is LeftOutReason.PLACEHOLDER
    ]
    return pushed.report, left_out


def _without_matter(report: Report, field: str) -> tuple[RowNote, ...]:
    return () if report.matter else (RowNote("matter_unknown", field),)


def _as_json(content: Content) -> bytes:
    """The content in JSON.

    Raises:
        BadMessage: it holds what JSON cannot say.
    """
    try:
        return json.dumps(content, ensure_ascii=False, allow_nan=False).encode()
    except UnicodeEncodeError:
        raise BadMessage("broken_text", "", "UTF-8") from None
    except (TypeError, ValueError, RecursionError) as error:
        raise BadMessage("broken_json", "", str(error)) from None
