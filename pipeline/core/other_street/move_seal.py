"""The seal of a report that one street hands to another: a hash under the key of the callers' tokens, so that no sender can pretend it.

What else a sender writes under that header's name is passed over, and the report is one as any other.
"""

import hashlib
import hmac
from typing import Final

from pipeline.core.case.turn import InputRecord
from pipeline.core.rules.identity import sha256_of
from schemas.topics import REPORTS
from schemas.wire import move_header
from schemas.wire.move_header import MoveHeader, read_move

_TOKEN_LENGTH: Final = 32


def sealed(key: bytes, header: MoveHeader, value: bytes) -> bytes:
    """The header of the record with this value."""
    return move_header.encode(header, _token(key, header, sha256_of(value)))


def came_with(key: bytes, record: InputRecord, sha256: str) -> MoveHeader | None:
    """What a worker says of a report that another street has handed over; None of any other record."""
    if not record.headers or record.topic != REPORTS:
        return None
    move = read_move(record.headers)
    if move is None:
        return None
    token = _token(key, move.header, sha256)
    return move.header if hmac.compare_digest(move.token.encode(), token.encode()) else None


def _token(key: bytes, header: MoveHeader, sha256: str) -> str:
    words = b"move " + move_header.said(header) + sha256.encode()
    return hmac.new(key, words, hashlib.sha256).hexdigest()[:_TOKEN_LENGTH]
