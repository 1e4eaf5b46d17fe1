"""The action by which a case goes to the street that it belongs to; part of `schemas.inputs.action`."""

from typing import Literal

from schemas.inputs.action_base import ActionBase
from schemas.values.place import Point
from schemas.values.text import Address, GridCode, Note, StreetCode


class Move(ActionBase, frozen=True, kw_only=True):
    """跨街道移交: it lies in another street, which goes on with it. Where, is said by a grid, a point or an address of that street's;
    without any the place of the case itself is looked for there."""

    action: Literal["move"] = "move"
    to: StreetCode
    grid: GridCode | None = None
    point: Point | None = None
    address: Address = ""
    note: Note
