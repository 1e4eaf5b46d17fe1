"""Reads reports and actions; a report without what stands in its optional fields for no value, and says which fields these were.

A citizen's report is not lost for the sake of a field that nobody had to fill in. Which fields are optional is read off the
contract, so a new one is covered by itself:

- An optional field with nothing in it (null, an empty text or object) is as good as absent.
- An optional field with a placeholder (`schemas.values.placeholders`) is left out, and noted.
- An optional object, or an item of a list, that lacks what it needs (a point without degrees, a photo with the hash of an empty
  file) is left out as a whole. A photo with an address and no hash is left out as unhashed: whoever can hands it in again.
- A required field is judged by the contract. A time that is none, such as 1970-01-01, is refused and never replaced by the
  arrival: deadlines and law count from it, and each copy would say another.

- The terms of a hotline's order (its deadline) are left out one by one where they cannot be read, and noted.

Free texts stay as they are. Whether an address or a point says where is decided with the rules of the street.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from types import UnionType
from typing import Annotated, Final, NamedTuple, Union, get_args, get_origin

from msgspec import NODEFAULT, Meta, Struct, structs
from pydantic_core import from_json, to_json

from schemas import limits
from schemas.errors import BadMessage
from schemas.inputs.action import Action
from schemas.inputs.report import Report
from schemas.values.evidence import Evidence
from schemas.values.hotline_order import OrderTerms
from schemas.values.left_out import LeftOut
from schemas.values.place import Point
from schemas.values.placeholders import NoValue, is_no_hash, is_no_phone, is_no_text, is_no_time
from schemas.values.terms import LeftOutReason
from schemas.values.text import Address, Instant, Note, Phone, Sha256, Text
from schemas.wire import codecs


class PushedReport(NamedTuple):
    """A report, and what its sender wrote that is not in it."""

    report: Report
    left_out: tuple[LeftOut, ...] = ()


class DoorField(NamedTuple):
    """A field of a contract as this module sees it. `inside` are the fields of its object, or of each item of its list.

    `is_none` tells a placeholder; `may_keep`: there are placeholders that the contract alone would take for a value.
    """

    name: str
    required: bool
    is_free: bool
    is_list: bool
    inside: "Mapping[str, DoorField] | None"
    is_none: Callable[[object], bool]
    may_keep: bool


class _Notes(NamedTuple):
    """What was left out, and of each list the items that were not, by their numbers as they were sent."""

    left_out: list[LeftOut]
    kept_items: dict[str, list[int]]


class _Check(NamedTuple):
    name: str
    is_none: Callable[[object], bool]
    inside: "tuple[_Check, ...]"


def decode_report(data: bytes) -> PushedReport:
    """A report as its sender wrote it, without the placeholders in its optional fields.

    Raises:
        BadMessage: as `Door.decode_strictly`; `placeholder` for a required time that is none.
    """
    try:
        report = codecs.REPORT.decode_strictly(data)
    except BadMessage as fault:
        return _mended(data, fault)
    return _mended(data, None) if _may_hold_one(report, _CHECKS) else PushedReport(report)


def decode_action(data: bytes) -> Action:
    """An action as its sender wrote it. An accuracy that is none does not cost an officer the arrival; nothing else is left out, since
    who acts can mend it and a field of an action has effect.

    Raises:
        BadMessage: as `Door.decode_strictly`; `placeholder` for evidence with the hash of no content, which proves nothing.
    """
    try:
        action = codecs.ACTION.decode_strictly(data)
    except BadMessage as fault:
        if fault.field != "point.accuracy_m":
            raise
        content = from_json(data, allow_inf_nan=False)
        accuracy = _POINT["accuracy_m"]
        if not accuracy.is_none(content["point"]["accuracy_m"]):
            raise
        del content["point"]["accuracy_m"]
        action = codecs.ACTION.decode_strictly(to_json(content))
    evidence: tuple[Evidence, ...] = getattr(action, "evidence", ())
    for number, item in enumerate(evidence):
        if is_no_hash(item.sha256):
            raise BadMessage(
                "placeholder", f"evidence.{number}.sha256", "the hash of the file, which is not empty"
            )
    return action


def fields_of(contract: type[Struct]) -> Mapping[str, DoorField]:
    """The fields of a contract and of all that it holds, by name."""
    return {field.name: _field(field) for field in structs.fields(contract)}


def _mended(data: bytes, fault: BadMessage | None) -> PushedReport:
    """The report without its placeholders; where there are none, `fault` is raised."""
    try:
        content = from_json(data, allow_inf_nan=False)
    except ValueError:
        content = None
    if not isinstance(content, dict):
        raise fault or BadMessage("broken_json")
    notes = _Notes([], {})
    kept = _without(content, FIELDS, "", notes)
    kept = _without_unreadable(kept, fault, notes)
    if kept == content and fault is not None:
        raise fault
    times = [name for name, field in FIELDS.items() if _is_no_moment(content.get(name), field)]
    try:
        report = codecs.REPORT.decode_strictly(to_json(kept))
    except BadMessage as still:
        raise _as_sent(still, notes) from None
    if times:
        raise BadMessage("placeholder", times[0], "the time itself")
    return PushedReport(report, tuple(notes.left_out[: limits.LEFT_OUT_MAX]))


def _without_unreadable(
    kept: dict[object, object], fault: BadMessage | None, notes: _Notes
) -> dict[object, object]:
    """Without the terms of the order that keep to no contract: by when a hotline wants it answered is no reason to lose its order."""
    order = kept.get(_ORDER)
    if order is None or fault is None:
        return kept
    if not isinstance(order, dict):
        notes.left_out.append(LeftOut(field=_ORDER, why=LeftOutReason.UNREADABLE))
        return {name: value for name, value in kept.items() if name != _ORDER}
    wrong = {one.field.split(".")[1] for one in (fault, *fault.also) if one.field.startswith(f"{_ORDER}.")}
    for name in sorted(wrong & order.keys() & _TERMS):
        notes.left_out.append(LeftOut(field=f"{_ORDER}.{name}", why=LeftOutReason.UNREADABLE))
    return kept | {_ORDER: {name: value for name, value in order.items() if name not in wrong & _TERMS}}


def _as_sent(fault: BadMessage, notes: _Notes) -> BadMessage:
    """The fault with items counted as the sender counts them: those that were left out, too."""
    field = fault.field
    for path, numbers in notes.kept_items.items():
        item, _, rest = field.removeprefix(f"{path}.").partition(".")
        if field.startswith(f"{path}.") and item.isdecimal() and int(item) < len(numbers):
            field = ".".join(filter(None, (path, str(numbers[int(item)]), rest)))
    return BadMessage(fault.code, field, fault.allowed, [_as_sent(one, notes) for one in fault.also])


def _without(
    content: Mapping[object, object], fields: Mapping[str, DoorField], path: str, notes: _Notes
) -> dict[object, object]:
    """The object without the optional fields that hold nothing; what they held a placeholder for is noted."""
    kept: dict[object, object] = {}
    for name, value in content.items():
        field = fields.get(name) if isinstance(name, str) else None
        if field is None or (field.is_free and value is not None):
            kept[name] = value
            continue
        value = _inside(field, value, f"{path}{name}", notes)
        if field.required:
            kept[name] = value
        elif value is _LEFT_OUT or (not _is_empty(value) and field.is_none(value)):
            notes.left_out.append(LeftOut(field=f"{path}{name}", why=LeftOutReason.PLACEHOLDER))
        elif not _is_empty(value):
            kept[name] = value
    return kept


def _inside(field: DoorField, value: object, path: str, notes: _Notes) -> object:
    """The field's object, or each item of its list, without placeholders; `_LEFT_OUT` for an object that cannot be kept."""
    if field.inside is None:
        return value
    if not field.is_list:
        return _object(field, value, path, notes)
    if not isinstance(value, list):
        return value
    kept, numbers = [], notes.kept_items.setdefault(path, [])
    for number, item in enumerate(value):
        mended = _object(field, item, f"{path}.{number}", notes, is_optional=True)
        if _is_unhashed(field, item):
            notes.left_out.append(LeftOut(field=f"{path}.{number}", why=LeftOutReason.UNHASHED))
        elif mended is _LEFT_OUT:
            notes.left_out.append(LeftOut(field=f"{path}.{number}", why=LeftOutReason.PLACEHOLDER))
        elif not _is_empty(mended):
            kept.append(mended)
            numbers.append(number)
    return kept


def _is_unhashed(field: DoorField, item: object) -> bool:
    """Whether it is a piece of evidence of which the sender says where it lies, and not what it is."""
    own = field.inside or {}
    if not isinstance(item, dict) or "sha256" not in own or "uri" not in own:
        return False
    sha256, uri = item.get("sha256"), item.get("uri")
    is_hashed = not _is_empty(sha256) and not own["sha256"].is_none(sha256)
    return not is_hashed and isinstance(uri, str) and not own["uri"].is_none(uri) and "://" in uri


def _object(
    field: DoorField, value: object, path: str, notes: _Notes, *, is_optional: bool = False
) -> object:
    if not isinstance(value, dict):
        return _LEFT_OUT if is_optional and isinstance(value, str) and is_no_text(value) else value
    own = field.inside or {}
    if is_optional or not field.required:
        for part in own.values():
            if part.required and part.name in value:
                content = value[part.name]
                if _is_empty(content) or part.is_none(content):
                    return _LEFT_OUT if any(not _is_empty(one) for one in value.values()) else {}
    return _without(value, own, f"{path}.", notes)


def _is_no_moment(value: object, field: DoorField) -> bool:
    return field.required and field.is_none is _NO_TIME and _NO_TIME(value)


def _is_empty(value: object) -> bool:
    """Whether the sender wrote the field, and nothing in it."""
    return value is None or value in ({}, []) or (isinstance(value, str) and not value.strip())


def _may_hold_one(value: Struct, checks: Sequence[_Check]) -> bool:
    """Whether a report that keeps to the contract may hold a placeholder: quick, and rather once too often."""
    for name, is_none, inside in checks:
        content = getattr(value, name)
        if content is None:
            continue
        if isinstance(content, tuple):
            if any(_may_hold_one(item, inside) for item in content):
                return True
        elif inside:
            if _may_hold_one(content, inside):
                return True
        elif isinstance(content, datetime):
            if content.year in _YEARS_OF_NO_TIME:
                return True
        elif is_none(content):
            return True
    return False


def _checks(fields: Mapping[str, DoorField], *, is_optional: bool) -> tuple[_Check, ...]:
    """Where a placeholder may keep to the contract: no text, no closed list, and nothing that is judged by the contract alone."""
    return tuple(
        _Check(
            field.name,
            field.is_none,
            _checks(field.inside, is_optional=field.is_list or not field.required) if field.inside else (),
        )
        for field in fields.values()
        if field.may_keep and (is_optional or not field.required or field.inside or field.is_none is _NO_TIME)
    )


def _field(field: structs.FieldInfo) -> DoorField:
    kind, metadata = _bare(field.type)
    is_list = get_origin(kind) is tuple
    holds = get_args(kind)[0] if is_list else kind
    inside = fields_of(holds) if isinstance(holds, type) and issubclass(holds, Struct) else None
    (whole,) = _arms(field.type)
    none_of_it = _numbers_for_none(metadata) if kind in (int, float) else frozenset()
    is_free = any(whole == free for free in (Text, Address, Note))
    return DoorField(
        name=field.name,
        required=field.default is NODEFAULT,
        is_free=is_free,
        is_list=is_list,
        inside=inside,
        is_none=_is_none(whole, none_of_it),
        may_keep=bool(inside or none_of_it) or (not is_free and kind in (str, datetime)),
    )


def _arms(kind: object) -> tuple[object, ...]:
    """What a field may hold besides null."""
    if get_origin(kind) in (Union, UnionType):
        return tuple(arm for arm in get_args(kind) if arm is not type(None))
    return (kind,)


def _bare(kind: object) -> tuple[object, tuple[object, ...]]:
    """The type in an annotation, and what stands beside it."""
    (only,) = _arms(kind)
    if get_origin(only) is Annotated:
        inner, *metadata = get_args(only)
        return inner, tuple(metadata)
    return only, ()


def _text_that(
    is_none: Callable[[str], bool], numbers: Collection[float] = (0, -1)
) -> Callable[[object], bool]:
    """Such a text, or one of the `numbers`: where a text is asked for, 0 and -1."""
    return lambda value: (
        is_none(value)
        if isinstance(value, str)
        else isinstance(value, int | float) and not isinstance(value, bool) and value in numbers
    )


def _is_no_answer(value: object) -> bool:
    """Where yes or no is asked for: 0 may be a no, and -1 a yes."""
    return isinstance(value, str) and is_no_text(value) and not any(map(str.isdigit, value))


_WORD: Final = _text_that(is_no_text)
_NO_TIME: Final = _text_that(is_no_time)
_IS_NONE_OF: Final = (
    (Instant, _NO_TIME),
    (Phone, _text_that(is_no_phone)),
    (Sha256, _text_that(is_no_hash)),
    (bool, _is_no_answer),
)


def _is_none(whole: object, none_of_it: frozenset[float]) -> Callable[[object], bool]:
    """What tells a placeholder of this type."""
    for kind, test in _IS_NONE_OF:
        if whole == kind:
            return test
    if _bare(whole)[0] not in (int, float):
        return _WORD
    return _text_that(is_no_text, none_of_it)


def _numbers_for_none(metadata: tuple[object, ...]) -> frozenset[float]:
    """What is counted or measured from 0 on is never -1, what begins above 0 never 0; others are marked in the contract."""
    least = [meta.ge for meta in metadata if isinstance(meta, Meta) and meta.ge is not None]
    below = {number for number in (-1.0, 0.0) if any(number < bound and bound >= 0 for bound in least)}
    return frozenset(below | {mark.value for mark in metadata if isinstance(mark, NoValue)})


_LEFT_OUT: Final = object()
_ORDER: Final = "order"
_TERMS: Final = frozenset(field.name for field in structs.fields(OrderTerms))
_YEARS_OF_NO_TIME: Final = frozenset((2000, 2099, 2100))
FIELDS: Final = fields_of(Report)
_POINT: Final = fields_of(Point)
_CHECKS: Final = _checks(FIELDS, is_optional=False)
