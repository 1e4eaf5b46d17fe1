"""What a source pushes to `reports.v1`: somebody saw something, somewhere."""

from typing import Annotated

from pydantic import Field

from schemas import limits
from schemas.values.evidence import Evidence
from schemas.values.place import Place
from schemas.values.terms import Source, Urgency
from schemas.values.text import Identifier, Instant, MatterCode, Name, Phone, StreetCode, Text
from schemas.wire.contract import contract


@contract
class Person:
    """Who called. Leaves the report for `callers.v1` and stands in no other topic."""

    name: Name | None = None
    phone: Phone | None = None
    secret: bool = False


@contract
class Alarm:
    """What a device saw; it can start a case, and is no evidence for a penalty until it was reviewed."""

    device: Identifier
    algorithm: Identifier
    confidence: Annotated[float, Field(ge=0.0, le=1.0)]
    dwell_s: Annotated[int, Field(ge=0, le=86_400)] | None = None


@contract
class Report:
    """One report. (`source`, `source_no`) names it for ever: pushing it again gives the same receipt."""

    source: Source
    source_no: Identifier
    street: StreetCode
    matter: MatterCode
    reported_at: Instant
    place: Place
    text: Text = ""
    occurred_at: Instant | None = None
    urgency: Urgency = Urgency.NORMAL
    reporter: Identifier | None = None
    caller: Person | None = None
    call_back: bool = True
    alarm: Alarm | None = None
    evidence: Annotated[tuple[Evidence, ...], Field(max_length=limits.EVIDENCE_MAX, fail_fast=True)] = ()
    self_disposed: bool = False
