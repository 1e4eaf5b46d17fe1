"""发现: what becomes of a report. Refuse it with a reason, or say what case it opens or joins."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from msgspec.structs import replace

from pipeline.core.case.case_book import CaseBook, Match
from pipeline.core.clocks import hotline_deadlines
from pipeline.core.locate.locating import Located, Unlocated
from pipeline.core.locate.secret_place import coarse_geocode, coarse_place, coarse_report, is_secret
from pipeline.core.other_street import arriving
from pipeline.core.rules.address_key import is_no_address
from pipeline.core.rules.grid import is_no_point, to_wgs84
from pipeline.core.rules.identity import case_id, report_digest, report_key
from pipeline.core.rules.redaction import scrub
from pipeline.core.rules.refusals import Refusal, all_of
from pipeline.core.rules.rules import Matter, Rules, Street
from pipeline.core.stages import dispatch, filing_and_closing, reported_evidence
from pipeline.core.stages.assessment import assessing
from pipeline.core.stages.assessment.recognition import (
    TakenFor,
    names_in,
    refuse_matter,
    severity_of,
    taken_for,
)
from pipeline.core.stages.duplicates import Spot, spot_of
from pipeline.core.stages.filing_and_closing import TakenUp
from pipeline.core.stages.requested import request_filing
from schemas import limits
from schemas.inputs.lenient_reading import PushedReport
from schemas.inputs.report import Report
from schemas.journal.events import CaseAccepted, CaseEvent, CaseOpened
from schemas.state.case import Facts, ReportRef, ReportUpdate
from schemas.values.evidence import Evidence
from schemas.values.hotline_order import DeadlineOwner, HotlineOrder
from schemas.values.left_out import LeftOut
from schemas.values.place import Geocode, Place
from schemas.values.sources import SOURCE_TABLE
from schemas.values.terms import EvidenceKind, LeftOutReason, MissingFact, ReportOutcome
from schemas.values.text import UNDETERMINED
from schemas.values.update_terms import ReportMark, UpdateCode, UpdatePart
from schemas.wire.move_header import MoveHeader

_SELF_DISPOSING: Final = " or ".join(
    row.source.value for row in SOURCE_TABLE.values() if row.may_self_dispose
)


class Examined(NamedTuple):
    """What a report is about, its place with its grid, its text, both free of personal data, its spot, and what of it was left out.

    `missing`: what a person is to say before anybody is sent. `found`: where its address is, or may be, where nothing else says its grid.
    Of a secret order all but the spot is without doors (`secret_place`), and so is its `evidence`. `order`: what the hotline says of it.
    """

    taken: TakenFor
    place: Place
    spot: Spot
    text: str
    left_out: tuple[LeftOut, ...]
    missing: tuple[MissingFact, ...] = ()
    found: Located | Unlocated | None = None
    evidence: tuple[Evidence, ...] = ()
    order: HotlineOrder | None = None

    @property
    def matter(self) -> Matter:
        """Its matter, or what stands for it."""
        return self.taken.matter

    @property
    def is_complete(self) -> bool:
        """Whether it is known what it is about and where."""
        return not self.missing and self.taken.answer is None

    @property
    def is_comparable(self) -> bool:
        """Whether it may be held against open cases: also by an address that only they, and no place of the rules, may know."""
        if self.taken.answer is not None or MissingFact.MATTER in self.missing:
            return False
        return MissingFact.PLACE not in self.missing or bool(self.place.address)


def examine(
    rules: Rules,
    street: Street,
    book: CaseBook,
    pushed: PushedReport,
    at: datetime,
    case_id: str | None = None,
) -> Refusal | Examined:
    """Refuse what cannot be a case here; else where it is. `case_id`: the case that has it already, when it comes again."""
    report, faults = pushed.report, [*faults_of(rules, pushed.report, at)]
    proof = reported_evidence.refuse_proof(rules, book, report, at, case_id)
    located, missing = _locate(rules, street, pushed), []
    if isinstance(located, Refusal) and located.code == "place_missing" and report.text:
        # its text may say where, else somebody reads it, and asks
        located, missing = (Place(), _with_placeholder(pushed.left_out, located.field)), [MissingFact.PLACE]
    if isinstance(located, Refusal):
        return all_of((*faults, located, proof)) or located
    refusal = all_of((*faults, proof))
    if refusal is not None:
        return refusal
    place, left_out = located
    order, order_left_out = hotline_deadlines.order_of(rules, report)
    left_out = (*left_out, *order_left_out)[: limits.LEFT_OUT_MAX]
    told = coarse_report(report) if is_secret(report) else report
    text = scrub(told.text, limits.TEXT_MAX, names_in(report))
    taken = taken_for(rules, told, text)
    if taken.matter.code == UNDETERMINED:
        missing.insert(0, MissingFact.MATTER)
    # before it is compared: what it is compared with was kept without personal data, too
    address = scrub(place.address, limits.ADDRESS_MAX, names_in(report))
    if address != place.address:
        place = replace(place, address=address)
    # a grid that is only found by the address says no more of where it is than the address
    spot = spot_of(place, rules.policy.address)
    said = scrub(report.text, limits.TEXT_MAX, names_in(report)) if MissingFact.PLACE in missing else ""
    words = address or said
    found = rules.locator.locate(words, street.code) if place.grid is None and words else None
    if isinstance(found, Located):
        place = replace(place, grid=found.place.grid)
        missing = [fact for fact in missing if fact is not MissingFact.PLACE]
    elif found is not None and place.point is None and MissingFact.PLACE not in missing:
        missing.append(MissingFact.PLACE)
    if told is not report:
        place = coarse_place(place)
    still_missing = () if taken.answer else tuple(missing)
    return Examined(taken, place, spot, text, left_out, still_missing, found, told.evidence, order)


def faults_of(rules: Rules, report: Report, at: datetime) -> Iterator[Refusal]:
    """What is wrong with a report whatever its street and place."""
    matter = refuse_matter(rules, report)
    if matter is not None:
        yield matter
    latest = at + timedelta(seconds=rules.policy.future_skew_s)
    for field, moment in (("reported_at", report.reported_at), ("occurred_at", report.occurred_at)):
        if moment is not None and moment > latest:
            yield Refusal("occurred_in_future", field, f"at most {rules.policy.future_skew_s} s ahead")
    if report.alarm is not None:
        yield from rules.policy.alarms.faults(report.alarm, at)
    if report.self_disposed and not SOURCE_TABLE[report.source].may_self_dispose:
        yield Refusal("self_disposal_not_allowed", "self_disposed", f"false, or source {_SELF_DISPOSING}")


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


def _with_placeholder(left_out: tuple[LeftOut, ...], field: str) -> tuple[LeftOut, ...]:
    """What was left out, with the field of the place that holds what stands for none; `place` itself is no such field."""
    if field == "place" or any(one.field == field for one in left_out):
        return left_out
    return (*left_out, LeftOut(field=field, why=LeftOutReason.PLACEHOLDER))[: limits.LEFT_OUT_MAX]


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
    suspect: Match | None,
    came: MoveHeader | None = None,
) -> tuple[CaseEvent, ...]:
    """The events by which `report` becomes a case of its own and somebody is asked to handle it, or to look or to say something
    first; or by which it is answered directly. `suspect`: the case that it is likely one with; `came`: what another street says that moved it here."""
    new_id = case_id(street.code, report_key(report.source, report.source_no))
    facts = facts_of(rules, report, examined, came.opened_at if came else seen.at)
    if relapse_of is not None:
        facts = replace(facts, relapse_of=relapse_of)
    by = _self_disposed_by(report)
    if examined.is_complete:
        is_filed = arriving.is_filed(came)
        taken_up = filing_and_closing.taken_up(rules, street, new_id, facts, by, seen.at, is_filed=is_filed)
    else:
        begun = assessing.begun(rules, new_id, examined.missing, examined.taken.answer, by, seen.at)
        taken_up = TakenUp(begun)
    theirs = seen.order.due_at if seen.order and not examined.taken.answer else None
    due_at, due_by = hotline_deadlines.promised(arriving.due_at(came, taken_up.due_at), theirs)
    answered = replace(
        seen,
        due_at=due_at,
        due_by=due_by,
        team=taken_up.team,
        suspected=suspect.case_id if suspect else None,
    )
    opened = CaseOpened(
        case_id=new_id,
        facts=facts,
        report=answered,
        evidence=examined.evidence,
        came_from=came.came_from if came else None,
    )
    return (opened, *taken_up.events, *request_filing.suspected(new_id, suspect, seen.at))


def merged_report(
    seen: ReportRef,
    facts: Facts,
    examined: Examined,
    due: tuple[datetime | None, DeadlineOwner | None],
    team: str | None,
) -> ReportRef:
    """The report `examined` as the case that it is merged into keeps it: with all that it takes to split it off as a case of its own."""
    return replace(
        seen,
        outcome=ReportOutcome.MERGED,
        due_at=due[0],
        due_by=due[1],
        team=team,
        facts=facts,
        evidence=examined.evidence,
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
        suspected=None,
    )
    opened = CaseOpened(case_id=new_id, facts=facts, report=kept, evidence=report.evidence)
    return (opened, CaseAccepted(case_id=new_id), *events)


def seen_report(
    report: Report,
    sha256: str,
    entry_id: str,
    at: datetime,
    caller: str | None,
    examined: Examined,
) -> ReportRef:
    """`report` as its case keeps it; outcome, deadline and team are still to be filled in."""
    answer, content = examined.taken.answer, report_digest(report)
    urged: tuple[ReportUpdate, ...] = ()
    if report.mark is ReportMark.URGED:  # a source that pushes only what it urges
        urge = (UpdatePart.URGE,)
        urged = (ReportUpdate(content=content, entry_id=entry_id, at=at, code=UpdateCode.URGED, added=urge),)
    return ReportRef(
        source=report.source,
        source_no=report.source_no,
        sha256=sha256,
        entry_id=entry_id,
        at=at,
        outcome=ReportOutcome.ANSWERED if answer else ReportOutcome.ACCEPTED,
        due_at=None,
        team=None,
        caller=caller,
        call_back=wants_call(report),
        content=content,
        left_out=examined.left_out,
        recognised=examined.taken.recognised,
        missing=examined.missing,
        answer=answer,
        updates=urged,
        order=examined.order,
    )


def wants_call(report: Report) -> bool:
    """Whether a hotline's caller left a phone, and wishes to be called back."""
    has_phone = report.caller is not None and report.caller.phone is not None
    return report.call_back and has_phone and SOURCE_TABLE[report.source].is_hotline


def facts_of(rules: Rules, report: Report, examined: Examined, at: datetime) -> Facts:
    """What a case of this report alone is about."""
    geocode = _geocode(examined.found)
    return Facts(
        matter=examined.matter.code,
        severity=severity_of(rules, examined.matter, report.urgency),
        urgency=report.urgency,
        source=report.source,
        place=examined.place,
        text=examined.text,
        reported_at=report.reported_at,
        opened_at=at,
        occurred_at=report.occurred_at,
        reporter=report.reporter,
        geocode=coarse_geocode(geocode) if is_secret(report) else geocode,
        secret=is_secret(report),
    )


def _geocode(found: Located | Unlocated | None) -> Geocode | None:
    if not isinstance(found, Located):
        return None
    place = found.place
    words = (f"{kind} {text}"[: limits.ADDRESS_MAX] for kind, text in place.words[: limits.GEOCODE_WORDS_MAX])
    return Geocode(
        lon=place.lonlat[0],
        lat=place.lonlat[1],
        radius_m=min(place.radius_m, limits.GEOCODE_RADIUS_M_MAX),
        confidence=place.confidence,
        words=tuple(words),
    )


def _self_disposed_by(report: Report) -> str | None:
    """Who dealt with it on the spot: a find of a patrol counts as dealt with when a photo shows it; else a team is sent."""
    shown = report.self_disposed and any(item.kind is EvidenceKind.PHOTO_AFTER for item in report.evidence)
    return (report.reporter or report.source.value) if shown else None
