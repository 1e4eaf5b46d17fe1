"""The 12345 hotline's work orders (工单)."""

from typing import Final

from pipeline.edge.sources.own_format import OwnFormat
from pipeline.edge.sources.record_fields import (
    Content,
    Record,
    object_under,
    person_of,
    photos_under,
    place_of,
    plain,
    point_under,
    value_in,
)
from schemas.values.terms import Urgency

URGENCIES: Final = {"一般": Urgency.NORMAL, "紧急": Urgency.URGENT, "特急": Urgency.CRITICAL}
CALL_BACKS: Final = {
    "phone": True,
    "sms": True,
    "none": False,
    "电话": True,
    "短信": True,
    "不回访": False,
}


def read(record: Record) -> Content:
    """A work order as a report. An anonymous caller leaves no name and is not called back."""
    citizen = object_under(record, "citizen")
    anonymous = citizen.get("anonymous") is True
    caller = {
        "name": citizen.get("name"),
        "phone": plain(citizen.get("phone")),
        "secret": citizen.get("secret", False),
    }
    call_back = value_in(record, "callback", CALL_BACKS, default=True)
    return {
        "source_no": plain(record.get("order_no")),
        "street": plain(record.get("region")),
        "matter": record.get("cat"),
        "reported_at": record.get("accepted_at"),
        "occurred_at": record.get("occurred_at"),
        "place": place_of(record.get("addr"), record.get("grid"), point_under(record, "loc")),
        "text": _text(record.get("title"), record.get("content")),
        "urgency": value_in(record, "urgency", URGENCIES, default=Urgency.NORMAL),
        "caller": None if anonymous else person_of(caller),
        "call_back": False if anonymous else call_back,
        "evidence": photos_under(record, "attachments", record.get("accepted_at")),
    }


def _text(title: object, content: object) -> object:
    """Title and content; the content alone where it repeats the title."""
    if not isinstance(title, str) or not isinstance(content, str):
        return content if content is not None else title
    return content if title in content else f"{title}。{content}" if content else title


FORMAT: Final = OwnFormat(
    number="order_no",
    read=read,
    names={
        "source_no": "order_no",
        "street": "region",
        "matter": "cat",
        "reported_at": "accepted_at",
        "place.address": "addr",
        "place.grid": "grid",
        "place.point": "loc",
        "text": "content",
        "caller": "citizen",
        "evidence": "attachments",
    },
)
