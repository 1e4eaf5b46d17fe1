"""An original as it may be shown to whoever mends it: the contract's fields with what they hold, personal data masked.

A field that is not of the contract may hold anything under any name, and so may one that is not of its type: of these it is said what
stands there, and no value. What is no JSON object is not shown at all.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Final, get_args, get_type_hints

from msgspec import Struct
from pydantic import TypeAdapter, ValidationError

from pipeline.core.rules.redaction import scrub
from pipeline.operations.record_view import fields_only, kind_of, masked_person
from schemas import limits, topics
from schemas.inputs.letter_discard import DISCARD, DiscardLetter
from schemas.inputs.report import Person, Report
from schemas.values.text import Address, Name, Note, Reason, Text
from schemas.wire import codecs
from schemas.wire.contract import STRICT
from schemas.wire.envelope import fields_in

_FREE: Final = (Text, Address, Note, Reason, Name)
_PLAIN: Final = re.compile(r"(?=[^0-9]*[0-9])[A-Za-z0-9._:/+\-]{1,64}( [0-9:.+\-]{1,20})?")
"""What a number, a code or a time in another form looks like; a name has no digit."""


def masked(topic: str, value: bytes) -> Mapping[str, object] | None:
    """The message's fields; None where it is no JSON object."""
    message = fields_in(value)
    if message is None:
        return None
    contract = _contract(topic, message)
    return fields_only(message) if contract is None else _masked(message, contract, _names(message))


def _contract(topic: str, message: Mapping[str, object]) -> type[Struct] | None:
    if topic == topics.REPORTS:
        return Report
    action = message.get("action")
    return DiscardLetter if action == DISCARD else codecs.ACTIONS.get(str(action))


def _names(message: Mapping[str, object]) -> tuple[str, ...]:
    """Whom the message calls its caller: the name is masked wherever it stands."""
    caller = message.get("caller")
    name = caller.get("name") if isinstance(caller, dict) else None
    return (name.strip(),) if isinstance(name, str) and name.strip() else ()


def _masked(
    message: Mapping[str, object], contract: type[Struct], names: tuple[str, ...]
) -> Mapping[str, object]:
    types = _types(contract)
    shown: dict[str, object] = {}
    for name, held in message.items():
        if name in types:
            shown[name] = _field(held, types[name], names)
        else:
            shown |= fields_only({name: held})
    return shown


def _field(held: object, kind: type, names: tuple[str, ...]) -> object:
    if held is None or isinstance(held, bool):
        return held
    arms = (kind, *get_args(kind))
    structs = [arm for arm in arms if isinstance(arm, type) and issubclass(arm, Struct)]
    if Person in structs:
        return masked_person(held) if isinstance(held, dict) else kind_of(held)
    if isinstance(held, dict) and structs:
        return _masked(held, structs[0], names)
    if not isinstance(held, str | int | float):
        return kind_of(held)
    return _leaf(held, kind, any(free in arms for free in _FREE), names)


def _leaf(held: str | float, kind: type, is_free: bool, names: tuple[str, ...]) -> object:
    """A value as it stands, if it is the contract's or looks like a code or a time; what is free text is scrubbed."""
    text = str(held)
    clean = scrub(text, limits.TEXT_MAX, names)
    if isinstance(held, str) and is_free:
        return clean
    if not (_is_of(kind, held) or _PLAIN.fullmatch(text)):
        return kind_of(held)
    return held if clean == text else clean


@cache
def _types(contract: type[Struct]) -> Mapping[str, type]:
    return get_type_hints(contract, include_extras=True)


def _is_of(kind: type, held: object) -> bool:
    try:
        TypeAdapter[object](kind, config=STRICT).validate_python(held)
    except ValidationError:
        return False
    return True
