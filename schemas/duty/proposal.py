"""Who is proposed to go (派员建议): an answer of the pipeline's own, which the team's leader may override with a reason."""

from schemas.inputs.action_base import Officers
from schemas.values.text import Identifier, Instant, Note
from schemas.wire.contract import Contract


class OfficerProposal(Contract, frozen=True, kw_only=True):
    """Officers of the team, by id, with the camera that they carry or take along, and why it is they.

    Where fewer qualify than the law asks, `officers` are those, and `enough_from` is when enough are there; null: not within a month.
    """

    officers: Officers = ()
    camera: Identifier | None = None
    is_enough: bool = True
    enough_from: Instant | None = None
    why: Note
