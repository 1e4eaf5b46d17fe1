"""A moment at which somebody is about to act on a case, and what he could hand in there: photos, clips and papers.

Mostly these are what the case asks for; in a scene that is not `right`, something near it.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random
from typing import Final, NamedTuple

from schemas.state.case import Case
from schemas.values.evidence import NamedEvidence
from schemas.values.terms import EvidenceKind
from tests.core.story import RULES

Content = dict[str, object]
RECORDING: Final = ("document", "bodycam", "video", "photo")


class Scene(NamedTuple):
    """Somebody is about to do something to a case, one of `cases`. `number` is new each time; `many`: much is handed in."""

    draw: Random
    case: Case
    cases: Mapping[str, Case]
    now: datetime
    number: int
    right: bool
    many: bool = False

    def one_of(self, kind: Iterable[StrEnum]) -> str:
        """Any code of a closed list."""
        return self.draw.choice(list(kind)).value

    def slips(self, share: float = 0.5) -> bool:
        """Whether this is said wrongly, in a scene where things may be."""
        return not self.right and self.draw.random() < share

    def at(self, **ago: float) -> str:
        """So long ago."""
        return (self.now - timedelta(**ago)).isoformat() if ago else self.now.isoformat()

    def team(self) -> str | None:
        """Who holds the case, or one of those to whom it is offered."""
        task = self.case.task
        if task is None:
            return None
        return task.team or (self.draw.choice(task.offered_to) if task.offered_to else None)

    def partners(self) -> list[str]:
        """The departments that have a joint task."""
        return [task.department for task in self.case.joint.tasks] if self.case.joint else []


def evidence(scene: Scene) -> list[Content]:
    """All that closing the case asks for, in order up to now; or something of it, or something else."""
    required = RULES.matter_of(scene.case.facts.matter).evidence_required
    items = [_item(scene, item, n, len(required)) for n, item in enumerate(required)]
    if scene.many:
        items += [_item(scene, EvidenceKind.DOCUMENT, 50 + n, 60) for n in range(20 - len(items))]
    return _spoiled(scene, items) if items and scene.slips(0.7) else items


def documents(scene: Scene) -> list[Content]:
    """A paper that records what was done; or none, or a mere photo, or one already used."""
    if scene.slips(0.2):
        return []
    kind = scene.draw.choice(RECORDING) if scene.slips(0.3) else "document"
    items = [_item(scene, EvidenceKind(kind), n, 20) for n in range(20 if scene.many else 1)]
    return _spoiled(scene, items) if scene.slips(0.2) else items


def _item(scene: Scene, wanted: EvidenceKind | NamedEvidence, number: int, count: int) -> Content:
    kind = wanted.kind if isinstance(wanted, NamedEvidence) else wanted
    item: Content = {
        "sha256": f"{scene.number:056x}{number:08x}",
        "kind": kind.value,
        "taken_at": scene.at(seconds=max(0, count - number)),
    }
    if isinstance(wanted, NamedEvidence):
        item["name"] = wanted.name
    if kind is EvidenceKind.BODYCAM:
        item["ended_at"] = scene.at()
    return item


def _spoiled(scene: Scene, items: list[Content]) -> list[Content]:
    """Something is missing, or a time, a role or a content is wrong."""
    draw = scene.draw
    item = draw.choice(items)
    known = draw.choice(scene.case.evidence) if scene.case.evidence else None
    theirs = [other for case in scene.cases.values() if case is not scene.case for other in case.evidence]
    match draw.randrange(9):
        case 0:
            items.remove(item)
        case 1:
            item["taken_at"] = scene.at(days=-1)
        case 2:
            item["taken_at"] = scene.at(days=400)
        case 3:
            item["ended_at"] = scene.at(days=1)
        case 4 if known:
            item["sha256"] = known.sha256
        case 5 if known:
            item |= {"sha256": known.sha256, "kind": known.kind.value}
        case 7 if theirs:
            item["sha256"] = draw.choice(theirs).sha256
        case 6:
            before = scene.case.facts.reported_at.isoformat()
            items = [one | {"taken_at": before} if one["kind"] == "bodycam" else one for one in items]
            items = [one | {"ended_at": before} if one["kind"] == "bodycam" else one for one in items]
        case _:
            items = [
                one | {"taken_at": scene.at()} if one["kind"] == "photo_before" else one for one in items
            ]
    return items
