"""The name of a report that came after the disposal; part of `schemas.state.case`."""

from schemas.values.order_number import OrderNumber
from schemas.values.terms import Source
from schemas.wire.contract import Contract


class LaterReport(Contract, frozen=True, kw_only=True):
    """The name of a report that came after the disposal."""

    source: Source
    source_no: OrderNumber
