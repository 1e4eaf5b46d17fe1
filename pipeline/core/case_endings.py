"""What became of a case, whether its snapshot is kept or only its row among those that ended long ago."""

from collections.abc import Mapping

from pipeline.core.retired_index import RetiredIndex
from pipeline.core.rules.identity import case_id_of
from schemas.state.case import Case
from schemas.state.retired import Ended


def ended_of(cases: Mapping[str, Case], retired: RetiredIndex, street: str, case_id: str) -> Ended | None:
    """What became of a case, kept or not, and of the one into which it was merged; None where it is open, or there was none."""
    into: str | None = None
    while True:
        case = cases.get(into or case_id)
        if case is not None:
            at, outcome = case.closed_at, case.outcome
            host = case.merged.into if case.merged else None
        elif (row := retired.case(into or case_id)) is not None:
            at, outcome = row.ended_at, row.outcome
            host = None if row.host is None else case_id_of(street, row.host)
        else:
            return Ended(merged_into=into) if into else None
        if host is None:
            to = case.moved_to if case else None
            return Ended(at=at, outcome=outcome, merged_into=into, moved_to=to) if into or at else None
        into = host
