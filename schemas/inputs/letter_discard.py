"""A dead letter is discarded (作废死信): pushed to the partition of `actions.v1` where the letter stands, since it is about no case."""

from typing import Final, Literal

from schemas.values.text import DeadLetterId, Identifier, Instant, Reason
from schemas.wire.contract import Contract

DISCARD: Final = "discard_letter"


class DiscardLetter(Contract, frozen=True, kw_only=True):
    """Nothing will be made of the content of this dead letter; `by` decides it, and says `why`."""

    action_id: Identifier
    action: Literal["discard_letter"]
    letter: DeadLetterId
    by: Identifier
    acted_at: Instant
    why: Reason
