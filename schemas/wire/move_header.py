"""The header by which a report that a street hands to another says whose case it is. Only a worker can write it: it begins with a keyed hash.

moved: 5f0c…|{"came_from":{"cases":["140109001-…"],…},"into":"140109004-…",…}       token, then what it says, in JSON
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from schemas import limits
from schemas.errors import BadMessage
from schemas.state.came_from import CameFrom
from schemas.values.text import CallerToken, CaseId, Instant
from schemas.wire.codec import Codec
from schemas.wire.contract import Contract
from schemas.wire.envelope import MOVED

_BETWEEN: Final = b"|"


class MoveHeader(Contract, frozen=True, kw_only=True):
    """What the header says beside the report. `into`: the case that the first of them opens, which the others join.

    `opened_at`: since when the citizen waits; `caller`: the token of who called, who stands in no record here.
    """

    came_from: CameFrom
    into: CaseId
    opened_at: Instant
    caller: CallerToken | None = None
    call_back: bool = False


class SealedMove(NamedTuple):
    """A header as it came: whether `token` fits is for whoever has the key."""

    header: MoveHeader
    token: str


_CODEC: Final[Codec[MoveHeader]] = Codec(MoveHeader)


def said(header: MoveHeader) -> bytes:
    """What the token is over, beside the report itself."""
    return _CODEC.encode(header)


def encode(header: MoveHeader, token: str) -> bytes:
    """As a record holds it."""
    return token.encode() + _BETWEEN + said(header)


def read_move(headers: Sequence[tuple[str, bytes | None]] | None) -> SealedMove | None:
    """What the first such header says; None where there is none, or not in this form."""
    content = next((content for name, content in headers or () if name == MOVED), None)
    if not content or len(content) > limits.MOVE_HEADER_BYTES_MAX:
        return None
    token, _, text = content.partition(_BETWEEN)
    try:
        return SealedMove(_CODEC.decode(text), token.decode(errors="replace"))
    except BadMessage:
        return None
