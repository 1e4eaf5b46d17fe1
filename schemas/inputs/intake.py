"""From an input record to a contract: the cap in bytes first, then the envelope, the contract, and the key."""

from collections.abc import Sequence
from typing import Final

from schemas import limits
from schemas.duty.duty_actions import DutyAction
from schemas.errors import BadMessage
from schemas.inputs.action import Action
from schemas.inputs.lenient_reading import PushedReport, decode_action, decode_report
from schemas.inputs.letter_discard import DISCARD, DiscardLetter
from schemas.inputs.report import Report
from schemas.values.text import street_of
from schemas.wire import codecs, envelope

Headers = Sequence[tuple[str, bytes | None]]
_DISCARD: Final = f'"{DISCARD}"'.encode()
_CASE_ID: Final = b'"case_id"'


def read_pushed(key: bytes | None, headers: Headers, value: bytes | None) -> PushedReport:
    """A report as pushed (plain JSON, or CloudEvents in binary or structured mode), and what was left out of it.

    Raises:
        BadMessage: the sender's fault, with code, field and what is allowed.
    """
    pushed = decode_report(envelope.payload(envelope.REPORT, headers, _capped(value)))
    _check_key(key, pushed.report.street)
    return pushed


def read_report(key: bytes | None, headers: Headers, value: bytes | None) -> Report:
    """The report alone. Raises as `read_pushed` does."""
    return read_pushed(key, headers, value).report


def read_action(key: bytes | None, headers: Headers, value: bytes | None) -> Action:
    """An action as pushed, in the same three modes.

    Raises:
        BadMessage: the sender's fault, with code, field and what is allowed.
    """
    action = decode_action(envelope.payload(envelope.ACTION, headers, _capped(value)))
    _check_key(key, street_of(action.case_id))
    return action


def read_discard(headers: Headers, value: bytes | None) -> DiscardLetter | None:
    """The dead letter's discarding that stands in a record of `actions.v1`, in the same three modes; None where it is any other action.

    Raises:
        BadMessage: it names itself one, and is not what the contract says.
    """
    if value is None or _DISCARD not in value or len(value) > limits.VALUE_BYTES_MAX:
        return None
    message = envelope.fields_in(value)
    if message is None or message.get("action") != DISCARD:  # a note may speak of it
        return None
    return codecs.DISCARD.decode_strictly(envelope.payload(envelope.DISCARD, headers, value))


def read_duty_action(key: bytes | None, headers: Headers, value: bytes | None) -> DutyAction | None:
    """The action about the people and devices of a street that stands in a record of `actions.v1`, in the same three modes; None
    where it is any other action.

    Raises:
        BadMessage: it names itself one, and is not what the contract says; or its key is another street's.
    """
    if (
        value is None or _CASE_ID in value or len(value) > limits.VALUE_BYTES_MAX
    ):  # in a text the mark is escaped
        return None
    message = envelope.fields_in(value)
    if message is None or message.get("action") not in codecs.DUTY_ACTIONS:
        return None
    action = codecs.DUTY_ACTION.decode_strictly(envelope.payload(envelope.DUTY_ACTION, headers, value))
    _check_key(key, action.street)
    return action


def _capped(value: bytes | None) -> bytes:
    if not value:
        raise BadMessage("empty", "", "a message")
    if len(value) > limits.VALUE_BYTES_MAX:
        raise BadMessage("too_large", "", f"at most {limits.VALUE_BYTES_MAX} bytes")
    return value


def _check_key(key: bytes | None, street: str) -> None:
    """A key that contradicts the message is refused: nobody knows which of both is meant. Without one the message says it."""
    if key and key != street.encode():
        raise BadMessage("wrong_key", "key", "the street code")
