"""What a hotline says of its order beside the matter: by when, how long, of what kind, which order it repeats. Nothing here costs an order."""

import re
from datetime import datetime, time
from typing import Final

from pipeline.edge.sources.field_reader import FieldReader
from pipeline.edge.sources.values import is_placeholder, moment, number_text
from schemas.errors import BadMessage
from schemas.values.order_number import pushed_number


def order_terms(reader: FieldReader) -> dict[str, object] | None:
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
    found = _LIMIT.fullmatch("".join(str(value).split()))
    if found is None or not int(found["number"]):
        return _unread(reader, "order.limit")
    unit = _UNITS.get(found["unit"]) or reader.in_table("order.limit_unit")
    unit = unit or reader.rule("order.limit_unit").default
    return f"{int(found['number'])} {unit}" if unit else _unread(reader, "order.limit")


def _repeat_of(reader: FieldReader) -> object:
    value = number_text(reader.value("order.repeat_of"))
    if value is None or is_placeholder(value):
        return None
    return pushed_number(value) or _unread(reader, "order.repeat_of")


def _unread(reader: FieldReader, ours: str) -> None:
    reader.note("order_unread", reader.name_of(ours))


_LAST_SECOND: Final = time(23, 59, 59)
_LIMIT: Final = re.compile(r"(?P<number>[0-9]{1,3})个?(?P<unit>工作日|自然日|工作小时|小时|天|日)?")
_UNITS: Final = {
    "工作日": "workdays",
    "自然日": "calendar_days",
    "天": "calendar_days",
    "日": "calendar_days",
    "小时": "natural_hours",
    "工作小时": "work_hours",
}
