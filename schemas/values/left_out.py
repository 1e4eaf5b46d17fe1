"""What of a report was not taken over, so that whoever handles the case, and whoever sent it, sees what is missing."""

from typing import Annotated

from schemas import limits
from schemas.values.bounds import at_most, matching
from schemas.values.terms import LeftOutReason
from schemas.wire.contract import Contract

FieldPath = Annotated[str, *matching(r"^[a-z][a-z0-9_]{0,31}(\.[a-z0-9_]{1,32}){0,4}$")]


class LeftOut(Contract, frozen=True, kw_only=True):
    """A field of the report, such as `caller.phone`, and why; items of a list count from 0 as they were sent. Never what it held."""

    field: FieldPath
    why: LeftOutReason


LeftOutFields = Annotated[tuple[LeftOut, ...], *at_most(limits.LEFT_OUT_MAX)]
