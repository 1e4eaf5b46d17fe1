"""A message that somebody has mended: it is what the contract says, and still the same message."""

from schemas.errors import BadMessage
from schemas.inputs.intake import read_action, read_report
from schemas.topics import REPORTS
from schemas.values.order_number import comparable, pushed_number
from schemas.wire.envelope import fields_in


def mended(topic: str, value: bytes, was: bytes | None) -> bytes:
    """`value`, to be pushed. `was` is the original, as far as it is there.

    Raises:
        BadMessage: it is not of the contract, or has another number than the original: its caller would have two cases.
    """
    if topic != REPORTS:
        action = read_action(None, (), value)
        name = (fields_in(was) or {}).get("action_id")
        if isinstance(name, str) and name != action.action_id:
            raise BadMessage("wrong_number", "action_id", "the number of the original")
        return value
    report = read_report(None, (), value)
    content = fields_in(was) or {}
    source, number = content.get("source"), pushed_number(content.get("source_no"))
    if isinstance(source, str) and source != report.source.value:
        raise BadMessage("wrong_source", "source", "the source of the original")
    if number is not None and comparable(number) != comparable(report.source_no):
        raise BadMessage("wrong_number", "source_no", "the number of the original")
    return value
