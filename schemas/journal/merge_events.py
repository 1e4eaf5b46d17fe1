"""Cases that are merged by hand, and what was merged wrongly taken apart again; part of `schemas.journal.events`.

One entry touches two cases: the events of each carry its own id.
"""

from typing import Literal

from schemas.state.case import Joined
from schemas.values.terms import Source
from schemas.values.text import CaseId, Identifier, Instant, Note
from schemas.wire.contract import contract


@contract
class CaseMerged:
    """并案: this case is over here; the case `into` is handled and answers for it."""

    event: Literal["case_merged.v1"] = "case_merged.v1"
    case_id: CaseId
    at: Instant
    by: Identifier
    into: CaseId
    note: Note = ""


@contract
class CaseJoined:
    """Another case was merged into this one. The earlier of two deadlines holds for both."""

    event: Literal["case_joined.v1"] = "case_joined.v1"
    case_id: CaseId
    joined: Joined


@contract
class ReportSplit:
    """拆案: the report was merged into this case wrongly. `to` is the case that it becomes, or with which it came."""

    event: Literal["report_split.v1"] = "report_split.v1"
    case_id: CaseId
    source: Source
    source_no: Identifier
    to: CaseId
    by: Identifier
    note: Note = ""


@contract
class CaseUnmerged:
    """The case is one of its own again, and goes on where it stood when it was merged."""

    event: Literal["case_unmerged.v1"] = "case_unmerged.v1"
    case_id: CaseId
    by: Identifier
