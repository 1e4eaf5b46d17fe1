"""证据: what is handed in makes sense, and what closing asks for is there.

An item is one content (its hash) in one role (its kind and name). The same item handed in again, alike in every field, changes
nothing.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from pipeline.core.rules.refusals import Refusal, all_of
from pipeline.core.rules.rules import Rules
from schemas.state.case import Case
from schemas.values.evidence import Evidence, NamedEvidence
from schemas.values.terms import EvidenceKind

BEFORE, AFTER = EvidenceKind.PHOTO_BEFORE, EvidenceKind.PHOTO_AFTER
Items = tuple[Evidence, ...]


def examine_evidence(rules: Rules, case: Case, items: Items, at: datetime) -> Refusal | None:
    """Refuse items whose times are wrong, content that is there in another role, after photos not later than before photos."""
    faults: list[Refusal] = []
    for number, item in enumerate(items):
        if item in case.evidence:
            continue
        wrong = _wrong_time(rules, case, item, at) or _used_already((*case.evidence, *items[:number]), item)
        if wrong:
            faults.append(wrong._replace(field=f"evidence.{number}.{wrong.field}"))
    return all_of(faults) or _not_later(case, items)


def examine_proof(rules: Rules, case: Case, items: Items) -> Refusal | None:
    """Refuse to dispose without what the matter asks for: kinds, particular papers and photos, a clip of the time on site."""
    required = rules.matters[case.facts.matter].evidence_required
    began, evidence = _leg_began(case), (*case.evidence, *items)
    current = [item for item in evidence if not _is_stale(item, began)]
    faults = [
        Refusal(
            "after_photo_not_later",
            f"evidence.{number}.taken_at",
            f"after {began:%Y-%m-%dT%H:%M:%SZ}, when it was sent back",
        )
        for number, item in enumerate(items)
        if _is_stale(item, began)
    ]
    missing = [_name_of(wanted) for wanted in required if not any(_is(wanted, item) for item in current)]
    if missing:
        faults.append(Refusal("evidence_missing", "evidence", ", ".join(missing)))
    clips = [item for item in evidence if item.kind is EvidenceKind.BODYCAM]
    if EvidenceKind.BODYCAM in required and not any(_was_on_site(case, item) for item in clips):
        since = _on_site_since(case)
        wanted = f"a clip that ends at {_stamp(since)} or later"
        if clips or not missing:
            faults.append(Refusal("bodycam_not_on_site", "evidence", wanted))
    return all_of(faults)


def _wrong_time(rules: Rules, case: Case, item: Evidence, at: datetime) -> Refusal | None:
    """Nothing lies in the future, nothing but a document is older than the case, nothing ends before it begins."""
    latest = at + timedelta(seconds=rules.policy.future_skew_s)
    told = (case.facts, *(report.facts for report in case.reports if report.facts))
    earliest = min(moment for facts in told for moment in (facts.reported_at, facts.occurred_at) if moment)
    if item.taken_at > latest:
        return Refusal("evidence_in_future", "taken_at", "not after now")
    if item.ended_at is not None and item.ended_at > latest:
        return Refusal("evidence_in_future", "ended_at", "not after now")
    if item.ended_at is not None and item.ended_at < item.taken_at:
        return Refusal("evidence_ends_before_begin", "ended_at", "not before taken_at")
    if item.taken_at < earliest and item.kind is not EvidenceKind.DOCUMENT:
        return Refusal("evidence_predates_case", "taken_at", f"from {_stamp(earliest)} on")
    return None


def _used_already(items: Items, item: Evidence) -> Refusal | None:
    for other in items:
        if other.sha256 != item.sha256:
            continue
        if other.kind is not item.kind or (other.name and item.name and other.name != item.name):
            return Refusal("same_photo_twice", "sha256", f"other content: this is there as {_role(other)}")
        if (other.taken_at, other.ended_at) != (item.taken_at, item.ended_at):
            return Refusal("evidence_contradicts", "taken_at", f"as before: {_stamp(other.taken_at)}")
    return None


def _not_later(case: Case, items: Items) -> Refusal | None:
    """Of one leg: every after photo is later than the first before photo, and the last later than the last."""
    afters = _times(items, AFTER)
    began = _leg_began(case)
    of_leg = (*(item for item in case.evidence if began is None or item.taken_at > began), *items)
    befores = _times(of_leg, BEFORE) or _times(case.evidence, BEFORE)
    if afters and befores and (min(afters) <= min(befores) or max(afters) <= max(befores)):
        return Refusal("after_photo_not_later", "evidence", f"an after photo after {_stamp(max(befores))}")
    return None


def _leg_began(case: Case) -> datetime | None:
    """When the team was sent again; None for the first time."""
    return case.task.since if case.task and (case.reworks or case.reopens) else None


def _is_stale(item: Evidence, began: datetime | None) -> bool:
    """Each leg is proved anew: an after photo from before a rework proves nothing."""
    return began is not None and item.kind is AFTER and item.taken_at <= began


def _on_site_since(case: Case) -> datetime:
    """When the officers arrived by their own record; never before they had the task, however late the record came in."""
    task = case.task
    if task is None:
        return case.facts.opened_at
    return task.on_site_at or task.arrived_at or task.since


def _was_on_site(case: Case, item: Evidence) -> bool:
    """Whether the clip reaches into the time on site, which lasts until now; `_wrong_time` refuses clips from the future."""
    is_clip = item.kind is EvidenceKind.BODYCAM
    return is_clip and (item.ended_at or item.taken_at) >= _on_site_since(case)


def _is(wanted: EvidenceKind | NamedEvidence, item: Evidence) -> bool:
    if isinstance(wanted, NamedEvidence):
        return item.kind is wanted.kind and item.name == wanted.name
    return item.kind is wanted


def _name_of(wanted: EvidenceKind | NamedEvidence) -> str:
    return f"{wanted.kind.value} named {wanted.name}" if isinstance(wanted, NamedEvidence) else wanted.value


def _role(item: Evidence) -> str:
    return f"{item.kind.value} {item.name}" if item.name else item.kind.value


def _times(items: Iterable[Evidence], kind: EvidenceKind) -> list[datetime]:
    return [item.taken_at for item in items if item.kind is kind]


def _stamp(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
