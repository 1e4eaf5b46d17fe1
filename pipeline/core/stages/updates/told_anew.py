"""What an update says that its case does not know yet. Looks and compares; decides nothing."""

from datetime import datetime
from typing import NamedTuple

from msgspec.structs import replace

from pipeline.core.case.decision_context import DecisionContext
from pipeline.core.clocks import hotline_deadlines
from pipeline.core.duplicates.common_places import common_roads
from pipeline.core.duplicates.likeness import compare
from pipeline.core.locate.locating import Located
from pipeline.core.locate.secret_place import coarse_report, is_secret
from pipeline.core.rules.redaction import scrub
from pipeline.core.rules.refusals import Refusal
from pipeline.core.rules.rules import Rules, Street
from pipeline.core.stages import discovery, joining, reported_evidence
from pipeline.core.stages.assessment.recognition import names_in
from pipeline.core.stages.discovery import Examined
from pipeline.core.stages.duplicates import Apart, contradicts, spot_in
from pipeline.core.stages.joinable_cases import said_of
from schemas import limits
from schemas.inputs.lenient_reading import PushedReport
from schemas.inputs.report import Person, Report
from schemas.state.case import Facts, ReportRef, SetAside
from schemas.values.evidence import Evidence
from schemas.values.place import Place
from schemas.values.recognised_text import Verdict
from schemas.values.terms import Urgency
from schemas.values.text import UNDETERMINED
from schemas.values.update_terms import ReportMark

_ADDED = "；补充："
"""Between a text and what was said later."""


class ToldAnew(NamedTuple):
    """`said` is the text of the update, `text` that of the report with it, where it says more than before.

    `urgency` where it is more urgent, `place` where it completes the place that was known, and is not elsewhere. `matter` where the case has
    none; `other_matter` and `elsewhere` where it is another than the case's, and was not said so before. `caller` is the token of whom to call from
    now on; `person` is who called, where a secret one says all of it again, so that it stands with the callers. `due_at` is the
    hotline's deadline, where it is another.
    """

    said: str
    text: str | None
    evidence: tuple[Evidence, ...]
    set_aside: tuple[SetAside, ...]
    caller: str | None
    person: Person | None
    call_back: bool
    urgency: Urgency | None
    place: Place | None
    matter: str | None
    other_matter: str | None
    elsewhere: Place | None
    due_at: datetime | None


def told_anew(
    context: DecisionContext, pushed: PushedReport, first: ReportRef, caller: str | None
) -> Refusal | ToldAnew:
    """What the report that was `first` says now, in the case that holds it; a Refusal where it says what cannot be."""
    rules, street, cases, case, at, _ = context
    opened_it = first is case.reports[0]
    known = case.facts if opened_it else first.facts or case.facts
    if known.secret:  # who once wanted to stay secret stays so
        person = replace(pushed.report.caller or Person(), secret=True)
        pushed = pushed._replace(report=replace(pushed.report, caller=person))
    report = pushed.report
    seen = discovery.examine(rules, street, cases, pushed, at, case.case_id)
    if isinstance(seen, Refusal) and not _may_lack_place(seen, report.mark):
        return seen
    examined = None if isinstance(seen, Refusal) else seen
    shown = coarse_report(report) if is_secret(report) else report
    held = case.evidence if opened_it else first.evidence
    said = scrub(shown.text, limits.TEXT_MAX, names_in(report))
    new = tuple(
        item for item in dict.fromkeys(shown.evidence) if item.sha256 not in {one.sha256 for one in held}
    )
    anew = replace(report, evidence=new)
    marked = reported_evidence.marked(rules, cases, anew, replace(first, at=at, set_aside=()), case.case_id)
    place, elsewhere = _place(rules, street, known, examined, first)
    matter = _matter(examined, first)
    is_known = known.matter != UNDETERMINED
    was_said = {update.matter for update in first.updates}
    return ToldAnew(
        said=said,
        text=_longer(known.text, said),
        evidence=new,
        set_aside=marked.set_aside,
        caller=caller if not known.secret and _is_better_reached(pushed, first, caller) else None,
        person=_person(report, known),
        call_back=discovery.wants_call(report),
        urgency=report.urgency if joining.is_more_urgent(report.urgency, known.urgency) else None,
        place=place,
        matter=None if is_known else matter,
        other_matter=matter if is_known and matter not in (None, known.matter, *was_said) else None,
        elsewhere=elsewhere,
        due_at=_due_at(rules, report, first),
    )


def _due_at(rules: Rules, report: Report, first: ReportRef) -> datetime | None:
    """The deadline that its hotline says now; one that says none takes none back."""
    order, _ = hotline_deadlines.order_of(rules, report)
    said, known = order.due_at if order else None, first.order.due_at if first.order else None
    return said if said != known else None


def _person(report: Report, known: Facts) -> Person | None:
    is_whole = bool(report.text) and report.place != Place()
    return report.caller if known.secret and is_whole else None


def _may_lack_place(refusal: Refusal, mark: ReportMark | None) -> bool:
    """Whoever urges, withdraws or adds a photo need not say once more where it is."""
    if mark in (ReportMark.URGED, ReportMark.WITHDRAWN):
        return True
    return refusal.code == "place_missing" and not refusal.also


def _matter(examined: Examined | None, first: ReportRef) -> str | None:
    """The matter that it says, or that its text is taken for where the first one named none either."""
    if examined is None or examined.matter.code == UNDETERMINED:
        return None
    recognised = examined.taken.recognised
    if recognised is None:
        return examined.matter.code
    was_text = first.recognised is not None and recognised.verdict is Verdict.MATTER
    return examined.matter.code if was_text else None


def _place(
    rules: Rules, street: Street, known: Facts, examined: Examined | None, first: ReportRef
) -> tuple[Place | None, Place | None]:
    """What completes the place that is known; or where it is instead."""
    if examined is None:
        return None, None
    said = examined.place
    if isinstance(examined.found, Located):
        said = replace(said, grid=None)
    if said == Place():
        return None, None
    if known.geocode is not None:
        known = replace(known, place=replace(known.place, grid=None))
    if is_elsewhere(rules, street, known, said):
        was_said = any(update.place == said for update in first.updates)
        return None, None if was_said else said
    return (None if joining.completed(known.place, said) == known.place else said), None


def is_elsewhere(rules: Rules, street: Street, known: Facts, said: Place) -> bool:
    """Whether both cannot be one place: by points and grids, else by what the addresses name."""
    policy = rules.policy
    one, other = spot_in(known, policy.address), spot_in(replace(known, place=said), policy.address)
    apart = Apart.of(policy)
    if contradicts(street.grids, apart, one, other):
        return True
    if known.secret:  # without its door an address has its road all the same
        one, other = one._replace(address=known.place.address), other._replace(address=said.address)
    if not one.address or not other.address or one.address == other.address:
        return False
    if one.lonlat and other.lonlat:
        return False
    mine = said_of(rules.duplicates, "", replace(known, text=""), one, ())
    theirs = said_of(rules.duplicates, "", replace(known, text="", place=said), other, ())
    no_road_in_common = mine.place.roads and theirs.place.roads and not common_roads(mine.place, theirs.place)
    return bool(no_road_in_common) or compare(rules.duplicates, mine, theirs).contradicts


def _longer(known: str, said: str) -> str | None:
    """The text that is known with what is said now; None where that is nothing new.

    >>> _longer("占道", "占道 经营"), _longer("占道经营", "占道"), _longer("占道经营", "又来了")
    ('占道 经营', None, '占道经营；补充：又来了')
    """
    mine, theirs = "".join(known.split()), "".join(said.split())
    if theirs in mine:
        return None
    text = said if mine in theirs else f"{known}{_ADDED}{said}"[: limits.TEXT_MAX]
    return text if text != known else None


def _is_better_reached(pushed: PushedReport, first: ReportRef, caller: str | None) -> bool:
    person = pushed.report.caller
    has_phone = person is not None and person.phone is not None
    return caller is not None and caller != first.caller and (has_phone or first.caller is None)
