"""A record of any topic as it may be shown: as its contract reads it, personal data masked.

What others pushed and no contract reads may hold anything under any name: of it the fields are shown, and no value.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Final, NamedTuple

from msgspec.structs import replace
from pydantic_core import from_json

from pipeline.core.locate.secret_place import coarse_place, coarse_report, is_secret
from pipeline.core.rules.personal_numbers import PHONE_MASK
from pipeline.core.rules.redaction import NAME_MASK, scrub, without_personal_data
from pipeline.kafka_log.log_record import LogRecord, header_of
from schemas import limits, topics
from schemas.errors import BadMessage
from schemas.inputs.intake import read_action, read_discard, read_report
from schemas.inputs.report import Person, Report
from schemas.outputs import Caller, Forgotten
from schemas.wire import codecs

_TYPE: Final = "ce_type"
_BY_BROKER: Final = 1
_VALUE_MAX: Final = 300
"""So much of a value is shown."""
_FIELD: Final = re.compile(r"[A-Za-z_][A-Za-z_.\-]{0,63}")
_PLAIN_KEY: Final = re.compile(r"[A-Za-z0-9._:/\-]{1,200}")


class RecordView(NamedTuple):
    """`content` is None where there is no value; `fault` says why the fields have no values, None where the contract reads them."""

    topic: str
    partition: int
    offset: int
    at: datetime
    stamped_by_broker: bool
    key: str | None
    kind: str
    size_bytes: int
    content: Mapping[str, object] | None
    fault: BadMessage | None


def view_of(record: LogRecord, name: str) -> RecordView:
    """A record of the contract's topic `name`."""
    value = record.value
    fault, content = None, None
    if value is not None:
        try:
            content = _READERS.get(name, _as_written)(record)
        except BadMessage as why:
            fault, content = why, _fields_of(value)
    return RecordView(
        name,
        record.partition,
        record.offset,
        datetime.fromtimestamp(record.timestamp / 1_000, UTC),
        record.timestamp_type == _BY_BROKER,
        _key(record.key),
        (header_of(record, _TYPE) or b"").decode(errors="replace"),
        len(value or b""),
        content,
        fault,
    )


def _report(record: LogRecord) -> Mapping[str, object]:
    report: Report = read_report(record.key, record.headers, record.value)
    names = (report.caller.name,) if report.caller and report.caller.name else ()
    if is_secret(report):
        report = replace(coarse_report(report), place=coarse_place(report.place))
    place = replace(report.place, address=scrub(report.place.address, limits.ADDRESS_MAX, names))
    masked = replace(report, text=scrub(report.text, limits.TEXT_MAX, names), place=place, caller=None)
    caller = {"caller": _person(report.caller)} if report.caller else {}
    return {**_parsed(codecs.REPORT.encode(masked)), **caller}


def _action(record: LogRecord) -> Mapping[str, object]:
    discard = read_discard(record.headers, record.value)
    if discard is not None:
        return _parsed(codecs.DISCARD.encode(without_personal_data(discard)))
    action = read_action(record.key, record.headers, record.value)
    return _parsed(codecs.ACTION.encode(without_personal_data(action)))


def _caller(record: LogRecord) -> Mapping[str, object]:
    """Of a dead letter's bytes only how many there are."""
    held = codecs.CALLER.decode(record.value or b"")
    common = {"token": held.token, "at": held.at.isoformat()}
    if isinstance(held, Caller):
        return {"kind": "caller", **common, "person": _person(held.person)}
    if isinstance(held, Forgotten):
        return {"kind": "forgotten", **common, "by": held.by, "why": scrub(held.why, limits.NOTE_MAX)}
    size = len(held.value_base64)
    return {"kind": "original", **common, "base64_characters": size, "truncated": held.truncated}


def _as_written(record: LogRecord) -> Mapping[str, object]:
    """What the pipeline wrote, which holds no personal data."""
    return _parsed(record.value or b"")


_READERS: Final[Mapping[str, Callable[[LogRecord], Mapping[str, object]]]] = {
    topics.REPORTS: _report,
    topics.ACTIONS: _action,
    topics.CALLERS: _caller,
}


def _person(person: Person) -> Mapping[str, object]:
    return masked_person({"name": person.name, "phone": person.phone, "secret": person.secret})


def masked_person(person: Mapping[str, object]) -> Mapping[str, object]:
    """A caller: whether a name and a phone are there, and whether they are secret."""
    return {
        "name": NAME_MASK if person.get("name") else None,
        "phone": PHONE_MASK if person.get("phone") else None,
        "secret": person.get("secret") is True,
    }


def _parsed(value: bytes) -> Mapping[str, object]:
    try:
        content = from_json(value)
    except ValueError:
        raise BadMessage("broken_json") from None
    if not isinstance(content, dict):
        raise BadMessage("wrong_type", "", "an object")
    return content


def _fields_of(value: bytes) -> Mapping[str, object]:
    try:
        return fields_only(_parsed(value))
    except BadMessage:
        return {}


def fields_only(content: Mapping[str, object]) -> Mapping[str, object]:
    """The names of the fields that look like names, each with the kind of what stands there."""
    return {name: kind_of(held) for name, held in content.items() if _FIELD.fullmatch(name)}


def kind_of(held: object) -> str:
    """What stands there, without its value."""
    match held:
        case None:
            return "null"
        case bool():
            return "true or false"
        case int() | float():
            return "number"
        case str():
            return f"text of {len(held)}"
        case list():
            return f"list of {len(held)}"
    return "object"


def _key(key: bytes | None) -> str | None:
    """A key that is no identifier may be anything."""
    if key is None:
        return None
    text = key.decode(errors="replace")
    return scrub(text, limits.NOTE_MAX) if _PLAIN_KEY.fullmatch(text) else f"({len(key)} bytes)"


def flat(content: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Every value that says something, by its dotted path, in the order of the contract."""
    if isinstance(content, dict):
        for name, held in content.items():
            yield from flat(held, f"{path}.{name}" if path else name)
    elif isinstance(content, list):
        for number, held in enumerate(content):
            yield from flat(held, f"{path}.{number}")
    elif content is not None and content != "":
        text = content if isinstance(content, str) else json.dumps(content)
        yield path, text if len(text) <= _VALUE_MAX else f"{text[:_VALUE_MAX]}…"
