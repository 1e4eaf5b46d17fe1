"""Names derived from what is in the log, never from a clock or from chance: case ids, tokens, hashes, report keys."""

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from msgspec.structs import replace

from schemas.duty.duty_actions import DutyAction
from schemas.inputs.action import Action
from schemas.inputs.report import Person, Report
from schemas.values.order_number import comparable
from schemas.values.terms import Source
from schemas.wire import codecs

_CROCKFORD: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PAIRS: Final = tuple(first + second for first in _CROCKFORD for second in _CROCKFORD)
"""The two letters for each value of ten bits."""
_SAYS_NOTHING: Final = re.compile(rb',"[a-z_]++":(?:null|""|\[\])')
"""A field without a value, in JSON as we write it; within a text a quotation mark is escaped, so it is none."""
_PHONE_DIGITS: Final = 11
_ANY_TIME: Final = datetime(2000, 1, 1, tzinfo=UTC)


def report_key(source: Source, source_no: str) -> str:
    """The lasting name of a report: the same for every writing of its number."""
    return f"{source.value}/{comparable(source_no)}"


def case_id(street: str, key: str) -> str:
    """The id of the case that the report `key` opens: the street, then 64 bits in letters that do not look alike."""
    return case_id_of(street, report_name(street, key))


def report_name(street: str, key: str) -> int:
    """The 64 bits of the id of the case that the report `key` opens."""
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8, salt=street.encode()).digest())


def report_check(street: str, key: str) -> int:
    """32 bits more of the report `key`, of another hash than its name."""
    seal = hashlib.blake2b(key.encode(), digest_size=4, salt=street.encode(), person=b"check")
    return int.from_bytes(seal.digest())


def case_id_of(street: str, name: int) -> str:
    """The id with these 64 bits."""
    pairs = "".join([_PAIRS[name >> shift & 1_023] for shift in (54, 44, 34, 24, 14, 4)])
    return f"{street}-{pairs}{_CROCKFORD[name & 15]}"


def name_of(case_id: str) -> int:
    """The 64 bits of an id.

    >>> name_of(case_id("140109004", "12345/R1")) == report_name("140109004", "12345/R1")
    True
    """
    letters = case_id.partition("-")[2]
    bits = 0
    for letter in letters[:-1]:
        bits = bits << 5 | _CROCKFORD.index(letter)
    return bits << 4 | _CROCKFORD.index(letters[-1]) & 15


def action_digest(action: Action) -> str:
    """What an action says: what, to which case, by whom and how. When it was sent, and at which version, may differ when it is sent again."""
    said = replace(action, acted_at=_ANY_TIME, expected_version=None)
    return _digest(codecs.ACTION.encode(said))


def duty_digest(action: DutyAction) -> str:
    """What an action about a street's people or devices says; when it was sent may differ when it is sent again."""
    return _digest(codecs.DUTY_ACTION.encode(replace(action, acted_at=_ANY_TIME)))


def report_digest(report: Report) -> str:
    """What a report says, however its sender wrote it: neither the order of keys, nor the space between them, nor the writing of
    its number is a difference.
    """
    number = comparable(report.source_no)
    if number != report.source_no:
        report = replace(report, source_no=number)
    return _digest(codecs.REPORT.encode(report))


def _digest(message: bytes) -> str:
    """Of what is said: a field that says nothing counts as one that is not there, so that a contract that has grown gives the same."""
    return hashlib.blake2b(_SAYS_NOTHING.sub(b"", message), digest_size=8).hexdigest()


def sha256_of(value: bytes) -> str:
    """The hash of a record's value, in hexadecimal digits."""
    return hashlib.sha256(value).hexdigest()


def person(actor: str) -> str:
    """The form in which two writings of an actor's id, or of a certificate's number, are one person's. Other forms of a letter
    than its case cannot occur: identifiers are plain ASCII.

    >>> person("w0931") == person("W0931")
    True
    """
    return actor.casefold()


def persons(actors: Iterable[str]) -> frozenset[str]:
    """The persons whose ids these are."""
    return frozenset(map(person, actors))


def phone_digits(phone: str) -> str:
    """The digits of a phone by which its caller is known again, without the country's number.

    >>> phone_digits("+86 １３８-0000 5678")
    '13800005678'
    """
    return "".join(filter(str.isdigit, unicodedata.normalize("NFKC", phone)))[-_PHONE_DIGITS:]


def caller_token(key: bytes, person: Person, report: str) -> str:
    """The token of a caller: the same for the same phone; without a phone, and for whoever wants to stay secret, one per report.

    A secret caller's token would else tell whoever handles two of their orders that one person complained of both.
    """
    digits = "" if person.secret else phone_digits(person.phone or "")
    subject = f"phone:{digits}" if digits else f"report:{report}"
    return "c-" + hmac.new(key, subject.encode(), hashlib.sha256).hexdigest()[:32]


def key_mark(key: bytes) -> str:
    """The fingerprint of the key of the callers' tokens: may be written anywhere."""
    return "k1-" + hmac.new(key, b"fingerprint", hashlib.sha256).hexdigest()[:16]


def original_token(key: bytes, topic: str, partition: int, offset: int) -> str:
    """The token of the sealed bytes of the record at this place in the log."""
    return "d-" + hmac.new(key, f"{topic}/{partition}/{offset}".encode(), hashlib.sha256).hexdigest()[:32]
