"""发现: what becomes of a report. Refuse it with a reason, or say what case it opens or joins."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from msgspec.structs import replace

from pipeline.core.case.case_book import CaseBook
from pipeline.core.clocks import running_clocks
from pipeline.core.rules.address_key import is_no_address
from pipeline.core.rules.grid import is_no_point, to_wgs84
from pipeline.core.rules.identity import case_id, report_digest, report_key
from pipeline.core.rules.redaction import scrub
from pipeline.core.rules.refusals import Refusal, all_of
from pipeline.core.rules.rules import Matter, Rules, Street
from pipeline.core.stages import dispatch, reported_evidence
from pipeline.core.stages.duplicates import Spot, spot_of
from schemas import limits
from schemas.inputs.lenient_reading import PushedReport
from schemas.inputs.report import Report
from schemas.journal.events import CaseAccepted, CaseEvent, CaseOpened, CaseSelfDisposed
from schemas.journal.joint_events import CaseUnderCheck
from schemas.state.case import Facts, ReportRef
from schemas.values.left_out import LeftOut
from schemas.values.place import Place
from schemas.values.sources import SOURCE_TABLE
from schemas.values.terms import EvidenceKind, LeftOutReason, ReportOutcome, Severity, Urgency

_SELF_DISPOSING: Final = " or ".join(
    row.source.value for row in SOURCE_TABLE.values() if row.may_self_dispose
)


class Examined(NamedTuple):
    """The matter of a report, its place with its grid, free of personal data, its spot, and what of the report was left out."""

    matter: Matter
    place: Place
    spot: Spot
    left_out: tuple[LeftOut, ...]


def examine(
    rules: Rules, street: Street, book: CaseBook, pushed: PushedReport, at: datetime
) -> Refusal | Examined:
    """Refuse what cannot be a case here; else where it is."""
    report, faults = pushed.report, [*faults_of(rules, pushed.report, at)]
    proof = reported_evidence.refuse_proof(rules, book, report, at)
    located = _locate(rules, street, pushed)
    if isinstance(located, Refusal):
        return all_of((*faults, located, proof)) or located
    refusal, matter = all_of((*faults, proof)), matter_of(rules, report)
    if refusal is not None:
        return refusal
    if isinstance(matter, Refusal):  # it is among the faults
        return matter
    place, left_out = located
    # before it is compared: what it is compared with was kept without personal data, too
    address = scrub(place.address, limits.ADDRESS_MAX, _names(report))
    if address != place.address:
        place = replace(place, address=address)
    return Examined(matter, place, spot_of(place, rules.policy.address), left_out)


def faults_of(rules: Rules, report: Report, at: datetime) -> Iterator[Refusal]:
    """What is wrong with a report whatever its street and place."""
    matter = matter_of(rules, report)
    if isinstance(matter, Refusal):
        yield matter
    latest = at + timedelta(seconds=rules.policy.future_skew_s)
    for field, moment in (("reported_at", report.reported_at), ("occurred_at", report.occurred_at)):
        if moment is not None and moment > latest:
            yield Refusal("occurred_in_future", field, f"at most {rules.policy.future_skew_s} s ahead")
    if report.self_disposed and not SOURCE_TABLE[report.source].may_self_dispose:
        yield Refusal("self_disposal_not_allowed", "self_disposed", f"false, or source {_SELF_DISPOSING}")


def matter_of(rules: Rules, report: Report) -> Refusal | Matter:
    """What the report is about: by the code that it names."""
    allowed = f"one of {len(rules.matters)} matters, see rules/matters.yaml"
    if report.matter is None:
        return Refusal("matter_missing", "matter", allowed)
    return rules.matters.get(report.matter) or Refusal("unknown_matter", "matter", allowed)


def _locate(
    rules: Rules, street: Street, pushed: PushedReport
) -> Refusal | tuple[Place, tuple[LeftOut, ...]]:
    """Where it is: its grid by the code it names or by its point, without what stands there for nothing or lies far off.

    What was left out comes with it.
    """
    policy, place = rules.policy, pushed.report.place
    address, point, grid = place.address, place.point, place.grid
    left_out = [*pushed.left_out]
    if address and is_no_address(address, policy.address):
        address = ""
        left_out.append(LeftOut(field="place.address", why=LeftOutReason.PLACEHOLDER))
    if point is not None and is_no_point(point.lon, point.lat):
        point = None
        left_out.append(LeftOut(field="place.point", why=LeftOutReason.PLACEHOLDER))
    lonlat = to_wgs84(point.lon, point.lat, point.crs) if point else None
    is_off = lonlat is not None and street.grids.beyond_m(*lonlat) > policy.point_outside_max_m
    if is_off and (grid is not None or address):
        point = lonlat = None
        left_out.append(LeftOut(field="place.point", why=LeftOutReason.OUTSIDE_STREET))
    if grid is None and lonlat is None and not address:
        return Refusal("place_missing", _where(left_out), "an address, a grid or a point")
    if grid is not None:
        if not street.grids.contains(grid):
            return Refusal("grid_not_in_street", "place.grid", f"a grid of street {street.code}")
    elif lonlat is not None:
        grid = street.grids.grid_at(*lonlat)
        if grid is None and not address:
            return Refusal("place_outside_street", "place.point", f"a point in street {street.code}")
    return Place(address=address, grid=grid, point=point), tuple(left_out[: limits.LEFT_OUT_MAX])


def _where(left_out: Sequence[LeftOut]) -> str:
    """The field that was to say where, and did not; of several the most exact."""
    fields = {one.field for one in left_out}
    return next((name for name in ("place.point", "place.grid", "place.address") if name in fields), "place")


def open_case(
    rules: Rules,
    street: Street,
    report: Report,
    examined: Examined,
    seen: ReportRef,
    relapse_of: str | None,
) -> tuple[CaseEvent, ...]:
    """The events by which `report` becomes a case of its own and somebody is asked to handle it, or to look first."""
    new_id = case_id(street.code, report_key(report.source, report.source_no))
    facts = facts_of(report, examined.matter, examined.place, seen.at)
    if relapse_of is not None:
        facts = replace(facts, relapse_of=relapse_of)
    if _is_self_disposed(report):
        by = report.reporter or report.source.value
        events: tuple[CaseEvent, ...] = (CaseSelfDisposed(case_id=new_id, by=by, at=seen.at),)
        promise, team = None, None
    elif report.source in rules.policy.check_sources:
        opened = CaseOpened(case_id=new_id, facts=facts, report=seen, evidence=report.evidence)
        return (opened, CaseUnderCheck(case_id=new_id))
    else:
        events, team = dispatch.first(rules, street, new_id, facts, seen.at)
        promise = running_clocks.promise(rules, facts).at
    answered = replace(seen, due_at=promise, team=team)
    opened = CaseOpened(case_id=new_id, facts=facts, report=answered, evidence=report.evidence)
    return (opened, CaseAccepted(case_id=new_id), *events)


def merged_report(
    seen: ReportRef, facts: Facts, report: Report, due_at: datetime | None, team: str | None
) -> ReportRef:
    """`report` as the case that it is merged into keeps it: with all that it takes to split it off as a case of its own."""
    return replace(
        seen,
        outcome=ReportOutcome.MERGED,
        due_at=due_at,
        team=team,
        facts=facts,
        evidence=report.evidence,
    )


def split_off(
    rules: Rules, street: Street, host_id: str, report: ReportRef, facts: Facts, at: datetime
) -> tuple[CaseEvent, ...]:
    """The events by which a report that was merged into `host_id` becomes a case of its own.

    It is filed at once, since somebody looked already; its clocks count from when it was reported.
    """
    new_id = case_id(street.code, report_key(report.source, report.source_no))
    report = reported_evidence.marked_anew(rules, report)
    events, _ = dispatch.first(rules, street, new_id, facts, at)
    kept = replace(
        report,
        told_case=report.told_case or host_id,
        facts=None,
        evidence=(),
        against=False,
        clocks=(),
    )
    opened = CaseOpened(case_id=new_id, facts=facts, report=kept, evidence=report.evidence)
    return (opened, CaseAccepted(case_id=new_id), *events)


def seen_report(
    report: Report,
    sha256: str,
    entry_id: str,
    at: datetime,
    caller: str | None,
    left_out: tuple[LeftOut, ...] = (),
) -> ReportRef:
    """`report` as its case keeps it; outcome, deadline and team are still to be filled in."""
    wants_call = report.call_back and report.caller is not None and report.caller.phone is not None
    return ReportRef(
        source=report.source,
        source_no=report.source_no,
        sha256=sha256,
        entry_id=entry_id,
        at=at,
        outcome=ReportOutcome.ACCEPTED,
        due_at=None,
        team=None,
        caller=caller,
        call_back=wants_call and SOURCE_TABLE[report.source].is_hotline,
        content=report_digest(report),
        left_out=left_out,
    )


def facts_of(report: Report, matter: Matter, place: Place, at: datetime) -> Facts:
    """What a case of this report alone is about."""
    return Facts(
        matter=matter.code,
        severity=_severity(matter, report.urgency),
        urgency=report.urgency,
        source=report.source,
        place=place,
        text=scrub(report.text, limits.TEXT_MAX, _names(report)),
        reported_at=report.reported_at,
        opened_at=at,
        occurred_at=report.occurred_at,
        reporter=report.reporter,
    )


def _severity(matter: Matter, urgency: Urgency) -> Severity:
    return Severity.P1 if urgency is Urgency.CRITICAL else matter.severity


def _names(report: Report) -> tuple[str, ...]:
    return (report.caller.name,) if report.caller and report.caller.name else ()


def _is_self_disposed(report: Report) -> bool:
    """A find of a patrol counts as dealt with when a photo shows it; else a team is sent."""
    return report.self_disposed and any(item.kind is EvidenceKind.PHOTO_AFTER for item in report.evidence)
