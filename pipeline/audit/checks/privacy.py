"""I18: no phone number, no citizen's id, no caller's name and no planted canary in anything but the inputs and the callers."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from pipeline.audit.checks.check_context import CheckContext
from pipeline.audit.log.entry_join import Join, JoinedEntry
from pipeline.audit.log.partition_log import AuditRecord
from pipeline.audit.model.fold import Touched
from schemas import topics
from schemas.errors import BadMessage
from schemas.inputs import intake

# each begins with one digit that is searched for quickly; what stands before it is looked at afterwards
_MOBILE: Final = re.compile(rb"1[3-9][0-9](?:[ -]?[0-9]{4}){2}(?![0-9A-Za-z])")
_LANDLINE: Final = re.compile(rb"0[0-9]{2,3}[ -][0-9]{7,8}(?![0-9])")
_CITIZEN: Final = re.compile(rb"[1-9][0-9]{16}[0-9Xx](?![0-9A-Za-z])")
_ALONE: Final = re.compile(rb"(?:^|[^0-9A-Za-z])(?:\+?86[ -]?)?$")
"""Eleven digits within a run of letters and digits, such as a hash or an id, are no phone number."""

_UNHYPHENED: Final = re.compile(rb"(?:^|[^0-9A-Za-z\-])$")
_BEFORE: Final = 5
_FULL_WIDTH_DIGIT: Final = re.compile(rb"\xef\xbc[\x90-\x99]")
_WEIGHTS: Final = tuple(pow(2, 17 - place, 11) for place in range(17))
_CHECKS: Final = b"10X98765432"
_FULL_WIDTH: Final = {0xFF10 + digit: str(digit) for digit in range(10)}


class Privacy:
    """Looks at every byte that an entry wrote."""

    def __init__(self, context: CheckContext) -> None:
        self._context = context
        self._canaries = [text.encode() for text in context.setup.canaries]

    def check_entry(self, joined: JoinedEntry, touched_cases: Sequence[Touched]) -> None:
        """An entry."""
        names = list(_names(joined.input))
        for record in (
            joined.record,
            *(output.record for outputs in joined.outputs.values() for output in outputs),
        ):
            self._look(record, names)

    def end(self, join: Join) -> None:
        """Nothing is left to check."""

    def _look(self, record: AuditRecord, names: Sequence[bytes]) -> None:
        parts = (record.value or b"", record.key or b"", *(content or b"" for _, content in record.headers))
        text = b"\n".join(parts)
        kind = next(personal_data(text, (*names, *self._canaries)), None)
        self._context.findings.holds("personal_data", kind is None, record.place, None, what=kind)


def personal_data(text: bytes, texts: Sequence[bytes] = ()) -> Iterator[str]:
    """What kinds of personal data stand in `text`; never the data itself."""
    if any(text_to_find in text for text_to_find in texts):
        yield "a caller's name, or a planted text"
    if _FULL_WIDTH_DIGIT.search(text):
        text = text.decode(errors="replace").translate(_FULL_WIDTH).encode()
    if _occurs(_MOBILE, _ALONE, text) or _occurs(_LANDLINE, _UNHYPHENED, text):
        yield "a phone number"
    if any(_is_citizen_id(text_to_find) for text_to_find in _matches(_CITIZEN, _ALONE, text)):
        yield "a citizen's id number"


def _occurs(pattern: re.Pattern[bytes], before: re.Pattern[bytes], text: bytes) -> bool:
    return next(_matches(pattern, before, text), None) is not None


def _matches(pattern: re.Pattern[bytes], before: re.Pattern[bytes], text: bytes) -> Iterator[bytes]:
    for match in pattern.finditer(text):
        if before.search(text[max(0, match.start() - _BEFORE) : match.start()]):
            yield match.group()


def _is_citizen_id(digits: bytes) -> bool:
    """By its check digit (GB 11643)."""
    total = sum((digit - ord("0")) * weight for digit, weight in zip(digits, _WEIGHTS, strict=False))
    return _CHECKS[total % 11] == digits[17:].upper()[0]


def _names(record: AuditRecord | None) -> Iterator[bytes]:
    """The caller's name, if the input says one that is not part of every other text: not one character, not plain Latin."""
    if record is None or record.topic != topics.REPORTS:
        return
    try:
        caller = intake.read_report(record.key, record.headers, record.value).caller
    except BadMessage:
        return
    if caller is not None and caller.name and len(caller.name) > 1 and not caller.name.isascii():
        yield caller.name.encode()
