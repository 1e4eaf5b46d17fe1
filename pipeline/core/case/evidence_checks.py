"""证据: what is handed in makes sense and is no other case's, and what closing asks for is there.

An item is one content (its hash) in one role (its kind and name). The same item handed in again, alike in every field, changes
nothing. What came with a report is not refused but set aside (`reported_evidence`); here it counts for what it can.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from pipeline.core.case.case_book import CaseBook
from pipeline.core.case.decision_context import DecisionContext
from pipeline.core.rules.refusals import Refusal, all_of
from pipeline.core.rules.rules import Rules
from pipeline.core.worktime.office_hours import local_text
from schemas.state.case import Case, SetAside
from schemas.values.evidence import Evidence, NamedEvidence
from schemas.values.terms import EvidenceKind

BEFORE, AFTER = EvidenceKind.PHOTO_BEFORE, EvidenceKind.PHOTO_AFTER
Items = tuple[Evidence, ...]


def examine_evidence(context: DecisionContext, items: Items) -> Refusal | None:
    """Refuse another case's photos and clips, wrong times, content that is there in another role, after photos not later than before."""
    rules, _, book, case, at, _ = context
    latest = at + timedelta(seconds=rules.policy.future_skew_s)
    earliest, held = _first_heard_of(case), _held(book, case)
    faults: list[Refusal] = []
    for number, item in enumerate(items):
        wrong = of_another_case(book, item, case.case_id)
        if wrong is None and item not in case.evidence:
            wrong = wrong_time(item, earliest, latest) or used_already((*held, *items[:number]), item)
        if wrong:
            faults.append(wrong._replace(field=f"evidence.{number}.{wrong.field}"))
    return all_of(faults) or _not_later(rules, case, items, latest)


def examine_proof(context: DecisionContext, items: Items) -> Refusal | None:
    """Refuse to dispose without what the matter asks for: kinds, particular papers and photos, a clip of the time on site."""
    rules, _, book, case, at, _ = context
    latest = at + timedelta(seconds=rules.policy.future_skew_s)
    required = rules.matter_of(case.facts.matter).evidence_required
    began, on_site_since = _leg_began(case, latest), _on_site_since(case, latest)
    evidence = (*(item for item in case.evidence if _proves(rules, book, case, item, latest)), *items)
    current = [item for item in evidence if not _is_stale(item, began)]
    faults = [
        Refusal(
            "after_photo_not_later",
            f"evidence.{number}.taken_at",
            f"after {_stamp(began) if began else began}, when it was sent back",
        )
        for number, item in enumerate(items)
        if _is_stale(item, began)
    ]
    missing = [_name_of(wanted) for wanted in required if not any(_is(wanted, item) for item in current)]
    if missing:
        faults.append(Refusal("evidence_missing", "evidence", ", ".join(missing)))
    clips = [item for item in evidence if item.kind is EvidenceKind.BODYCAM]
    if EvidenceKind.BODYCAM in required and not any(_was_on_site(on_site_since, item) for item in clips):
        wanted = f"a clip that ends at {_stamp(on_site_since)} or later"
        if clips or not missing:
            faults.append(Refusal("bodycam_not_on_site", "evidence", wanted))
    return all_of(faults)


def of_another_case(book: CaseBook, item: Evidence, case_id: str | None) -> Refusal | None:
    """Refuse a photo or a clip that another case of the street has: it shows one place, and proves one case."""
    other = book.held_by_another(item, case_id)
    return Refusal("evidence_of_other_case", "sha256", f"other content: {other} has this") if other else None


def wrong_time(item: Evidence, earliest: datetime, latest: datetime) -> Refusal | None:
    """Nothing lies in the future, nothing but a document is older than it may be, nothing ends before it begins."""
    if item.taken_at > latest:
        return Refusal("evidence_in_future", "taken_at", "not after now")
    if item.ended_at is not None and item.ended_at > latest:
        return Refusal("evidence_in_future", "ended_at", "not after now")
    if item.ended_at is not None and item.ended_at < item.taken_at:
        return Refusal("evidence_ends_before_begin", "ended_at", "not before taken_at")
    if item.taken_at < earliest and item.kind is not EvidenceKind.DOCUMENT:
        return Refusal("evidence_predates_case", "taken_at", f"from {_stamp(earliest)} on")
    return None


def used_already(items: Items, item: Evidence) -> Refusal | None:
    """Refuse content that is among `items` in another role, of another time, or from another device or officer."""
    for other in items:
        if other.sha256 != item.sha256:
            continue
        if other.kind is not item.kind or (other.name and item.name and other.name != item.name):
            return Refusal("same_photo_twice", "sha256", f"other content: this is there as {_role(other)}")
        if (other.taken_at, other.ended_at) != (item.taken_at, item.ended_at):
            return Refusal("evidence_contradicts", "taken_at", f"as before: {_stamp(other.taken_at)}")
        for field in ("device", "officer", "size_bytes"):
            before, now = getattr(other, field), getattr(item, field)
            if before is not None and now is not None and before != now:
                return Refusal("evidence_contradicts", field, f"as before: {before}")
    return None


def after_is_not_later(befores: Iterable[datetime], afters: Iterable[datetime]) -> Refusal | None:
    """Refuse unless every after photo is later than the first before photo, and the last later than the last."""
    befores, afters = tuple(befores), tuple(afters)
    if afters and befores and (min(afters) <= min(befores) or max(afters) <= max(befores)):
        return Refusal("after_photo_not_later", "evidence", f"an after photo after {_stamp(max(befores))}")
    return None


def times_of(items: Iterable[Evidence], kind: EvidenceKind) -> tuple[datetime, ...]:
    """When the items of this kind were taken."""
    return tuple(item.taken_at for item in items if item.kind is kind)


def mark_of(case: Case, item: Evidence) -> SetAside | None:
    """Why the item was set aside when it came with the report that opened the case."""
    return next((mark for mark in case.reports[0].set_aside if mark.sha256 == item.sha256), None)


def _not_later(rules: Rules, case: Case, items: Items, latest: datetime) -> Refusal | None:
    """The order of the photos of one leg; a camera whose clock is known to be wrong says nothing about it."""
    began = _leg_began(case, latest)
    timed = [item for item in case.evidence if not _is_untimed(rules, case, item)]
    of_leg = (*(item for item in timed if began is None or item.taken_at > began), *items)
    befores = times_of(of_leg, BEFORE) or times_of(timed, BEFORE)
    return after_is_not_later(befores, times_of(items, AFTER))


def _first_heard_of(case: Case) -> datetime:
    """From when on there was something to take a photo of: the reports say so, unless their clocks are ahead of their arrival."""
    told = (case.facts, *(report.facts for report in case.reports if report.facts))
    return min(
        moment
        for facts in told
        for moment in (facts.reported_at, facts.occurred_at, facts.opened_at)
        if moment
    )


def _held(book: CaseBook, case: Case) -> Items:
    """All that the case has, with the evidence of reports and cases that were merged into it."""
    return tuple(_held_parts(book, case))


def _held_parts(book: CaseBook, case: Case) -> Iterator[Evidence]:
    yield from case.evidence
    for report in case.reports[1:]:
        yield from report.evidence
    for joined in case.joined:
        part = book.get(joined.case_id)
        yield from part.evidence if part else ()


def _is_untimed(rules: Rules, case: Case, item: Evidence) -> bool:
    """Whether the item came with the report, and its time is no time to go by.

    A case from before reports' evidence was looked at has no marks: there an item came with the report where it was taken
    after that arrived, and no action has been accepted since then that could have brought it.
    """
    if mark_of(case, item) is not None:
        return True
    if item.taken_at <= case.reports[0].at:
        return False
    skew = timedelta(seconds=rules.policy.future_skew_s)
    return not any(done.at + skew >= item.taken_at for done in case.actions)


def _proves(rules: Rules, book: CaseBook, case: Case, item: Evidence, latest: datetime) -> bool:
    """Whether the item shows anything of this case: not what another has; of an untimed one only what was before the report came;
    and nothing from before that is an after photo, whatever its sender calls it."""
    mark, came = mark_of(case, item), case.reports[0].at
    if mark is not None and book.is_of_another(mark, case):
        return False
    if item.kind is AFTER and item.taken_at <= came <= latest:
        return False
    return item.kind is BEFORE or not _is_untimed(rules, case, item)


def _leg_began(case: Case, latest: datetime) -> datetime | None:
    """When the team was sent again; None for the first time. A time after `latest`, set back since, says nothing of any photo."""
    since = case.task.since if case.task and (case.reworks or case.reopens) else None
    return since if since is not None and since <= latest else None


def _is_stale(item: Evidence, began: datetime | None) -> bool:
    """Each leg is proved anew: an after photo from before a rework proves nothing."""
    return began is not None and item.kind is AFTER and item.taken_at <= began


def _on_site_since(case: Case, latest: datetime) -> datetime:
    """When the officers arrived by their own record; never before they had the task, however late the record came in.

    Where that is after `latest`, and the time was set back since, any clip of the case will do.
    """
    task = case.task
    since = case.facts.opened_at if task is None else task.on_site_at or task.arrived_at or task.since
    return since if since <= latest else _first_heard_of(case)


def _was_on_site(since: datetime, item: Evidence) -> bool:
    """Whether the clip reaches into the time on site, which lasts until now; `wrong_time` refuses clips from the future."""
    return item.kind is EvidenceKind.BODYCAM and (item.ended_at or item.taken_at) >= since


def _is(wanted: EvidenceKind | NamedEvidence, item: Evidence) -> bool:
    if isinstance(wanted, NamedEvidence):
        return item.kind is wanted.kind and item.name == wanted.name
    return item.kind is wanted


def _name_of(wanted: EvidenceKind | NamedEvidence) -> str:
    return f"{wanted.kind.value} named {wanted.name}" if isinstance(wanted, NamedEvidence) else wanted.value


def _role(item: Evidence) -> str:
    return f"{item.kind.value} {item.name}" if item.name else item.kind.value


def _stamp(moment: datetime) -> str:
    return local_text(moment, "seconds")
