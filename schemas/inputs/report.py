"""What a source pushes to `reports.v1`: somebody saw something, somewhere."""

from typing import Annotated

from schemas import limits
from schemas.values.bounds import at_most, between
from schemas.values.evidence import Evidence
from schemas.values.hotline_order import OrderTerms
from schemas.values.order_number import PushedNumber
from schemas.values.place import Place
from schemas.values.recognised_text import RankedSubject
from schemas.values.terms import Source, Urgency
from schemas.values.text import Category, Identifier, Instant, MatterCode, Name, Phone, StreetCode, Text
from schemas.values.update_terms import ReportMark
from schemas.wire.contract import Contract


class Person(Contract, frozen=True, kw_only=True):
    """Who called. Leaves the report for `callers.v1` and stands in no other topic."""

    name: Name | None = None
    phone: Phone | None = None
    secret: bool = False


class Alarm(Contract, frozen=True, kw_only=True):
    """What a device saw; it can start a case, and is no evidence for a penalty until it was reviewed."""

    device: Identifier
    algorithm: Identifier
    confidence: Annotated[float, *between(0.0, 1.0)] | None = None
    dwell_s: Annotated[int, *between(0, 86_400)] | None = None


class Report(Contract, frozen=True, kw_only=True):
    """One report. (`source`, `source_no`) names it for ever: pushing it again gives the same receipt; pushing it with something else is
    an update of it, and each content has its own receipt. `mark` says why it is pushed again, where its sender says so.

    Two writings of a number are one number: width, spaces, and the kind of bracket and dash do not count. An optional field that
    is empty, or holds what people write for no value (null, N/A, 无, 不详, -, 1970-01-01), is as good as absent; the receipt's `left_out`
    names the latter. `category` is what the sender calls the matter, in words or by its own code; it is kept for whoever recognises
    the matter where no code of ours is given. `proposal` is how a model of the sender's own ranks what the text may be about, the best
    first; it is decided on by the rules' margins, as a ranking of our own would be. `order` is what a hotline says
    of its order: its own deadline, the kind of the call, which order it repeats; a deadline that cannot be one is left out.
    """

    source: Source
    source_no: PushedNumber
    street: StreetCode
    matter: MatterCode | None = None
    category: Category | None = None
    reported_at: Instant
    place: Place
    text: Text = ""
    occurred_at: Instant | None = None
    urgency: Urgency = Urgency.NORMAL
    reporter: Identifier | None = None
    caller: Person | None = None
    call_back: bool = True
    alarm: Alarm | None = None
    evidence: Annotated[tuple[Evidence, ...], *at_most(limits.EVIDENCE_MAX, fail_fast=True)] = ()
    self_disposed: bool = False
    proposal: Annotated[tuple[RankedSubject, ...], *at_most(limits.PROPOSAL_MAX, least=2)] | None = None
    mark: ReportMark | None = None
    order: OrderTerms | None = None
