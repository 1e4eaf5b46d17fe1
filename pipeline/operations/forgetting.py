"""What is to be erased in `callers.v1` for tokens that are to be forgotten, and the records that erase it.

Of each partition in which something stands under a token: a `Forgotten` under a key of its own, which stays as the proof, then the record
without a value under the token, after which compaction takes the older ones. In this order: whoever is stopped between the two is found by
the audit, and erases what is left by doing it again.
"""

import base64
import re
import unicodedata
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple

from pipeline.core.rules.identity import phone_digits
from schemas import topics
from schemas.errors import BadMessage
from schemas.outputs import Caller, Forgotten, SealedOriginal
from schemas.wire import codecs, envelope

_NO_DIGITS: Final = re.compile(r"[ ().\-]")
_DIGITS_MIN: Final = 7
"""A shorter number stands in many texts."""


class Erasure(StrEnum):
    """What becomes of a token."""

    ERASED = "erased"
    BEFORE = "erased_before"
    UNKNOWN = "unknown_token"


class CallersRecord(NamedTuple):
    """A record of `callers.v1`, of any client."""

    partition: int
    key: bytes | None
    value: bytes | None


class ToForget(NamedTuple):
    """A token, where something stands under it, and where it was not asked for whose phone stands there."""

    token: str
    partitions: tuple[int, ...]
    result: Erasure
    holds_phone_of: str | None = None


class ErasingRecord(NamedTuple):
    """A record that is to be written to `callers.v1`."""

    partition: int
    key: bytes
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]


def to_forget(records: Iterable[CallersRecord], tokens: Iterable[str]) -> list[ToForget]:
    """What stands under each of `tokens`, the bytes of dead letters in which a phone of these callers stands, and what stands under the
    other tokens of that phone: a secret order has one of its own.
    """
    wanted = dict.fromkeys(tokens)
    standing: dict[str, dict[int, bytes]] = {}
    same_phone: dict[str, dict[int, str]] = {}
    seen: set[str] = set()
    for partition, key, value in records:
        token = (key or b"").removeprefix(topics.FORGOTTEN_KEY).decode(errors="replace")
        seen.add(token)
        if key and key.startswith(topics.FORGOTTEN_KEY):
            continue
        if value is None:
            standing.get(token, {}).pop(partition, None)
            same_phone.get(token, {}).pop(partition, None)
            continue
        for phone in _phones([value]):
            same_phone.setdefault(token, {})[partition] = phone
        if token in wanted or token.startswith("d-"):
            standing.setdefault(token, {})[partition] = value
    found = [_found(token, standing.get(token, {}), token in seen) for token in wanted]
    phones = {phone: token for token in wanted for phone in _phones(standing.get(token, {}).values())}
    return [*found, *_of_phones(phones, standing, wanted), *_of_other_tokens(phones, same_phone, wanted)]


def _of_phones(
    phones: Mapping[str, str], standing: Mapping[str, Mapping[int, bytes]], wanted: Container[str]
) -> Iterator[ToForget]:
    """The bytes of dead letters in which one of the phones stands."""
    for token, values in standing.items():
        if token in wanted or not values:
            continue
        whose = next(
            (phones[phone] for phone in phones if any(_holds(value, phone) for value in values.values())),
            None,
        )
        if whose is not None:
            yield ToForget(token, tuple(sorted(values)), Erasure.ERASED, whose)


def _of_other_tokens(
    phones: Mapping[str, str], same_phone: Mapping[str, Mapping[int, str]], wanted: Container[str]
) -> Iterator[ToForget]:
    for token, held in same_phone.items():
        whose = next((phones[phone] for phone in held.values() if phone in phones), None)
        if whose is not None and token not in wanted:
            yield ToForget(token, tuple(sorted(held)), Erasure.ERASED, whose)


def erasing_records(forget: ToForget, at: datetime, by: str, why: str) -> Iterator[ErasingRecord]:
    """What erases it, in the order in which it is to be written; nothing where nothing stands."""
    said = at.isoformat().replace("+00:00", "Z")
    mark = codecs.CALLER.encode(Forgotten(token=forget.token, at=at, by=by, why=why))
    headers = envelope.headers(envelope.CALLER, forget.token, said)
    for partition in forget.partitions:
        yield ErasingRecord(partition, topics.FORGOTTEN_KEY + forget.token.encode(), mark, headers)
        yield ErasingRecord(partition, forget.token.encode(), None, headers)


def _found(token: str, standing: Mapping[int, bytes], was_seen: bool) -> ToForget:
    if standing:
        return ToForget(token, tuple(sorted(standing)), Erasure.ERASED)
    return ToForget(token, (), Erasure.BEFORE if was_seen else Erasure.UNKNOWN)


def _phones(values: Iterable[bytes]) -> Iterator[str]:
    """The digits of the callers' phones, without the country's number."""
    for value in values:
        try:
            held = codecs.CALLER.decode(value)
        except BadMessage:
            continue
        if isinstance(held, Caller) and held.person.phone:
            digits = phone_digits(held.person.phone)
            if len(digits) >= _DIGITS_MIN:
                yield digits


def _holds(value: bytes, phone: str) -> bool:
    """Whether the digits stand in the bytes of a dead letter, however they are parted, in any of the usual encodings."""
    try:
        held = codecs.CALLER.decode(value)
    except BadMessage:
        return False
    if not isinstance(held, SealedOriginal):
        return False
    sealed = base64.b64decode(held.value_base64)
    texts = (sealed.decode(encoding, errors="ignore") for encoding in ("utf-8", "gb18030", "utf-16"))
    return any(phone in _NO_DIGITS.sub("", unicodedata.normalize("NFKC", text)) for text in texts)
