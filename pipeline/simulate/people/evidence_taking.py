"""What people hand in: photos, clips and papers of a time when they were there, under hashes of their own. Content there is none."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Final

from msgspec.structs import replace

from pipeline.simulate.world.seeded_chance import photo_hash
from schemas.outputs import Assignment
from schemas.values.evidence import Evidence
from schemas.values.terms import EvidenceKind

BODY_CAMERAS: Final = 30


def evidence(
    task: Assignment, begun: datetime, done: datetime, officer: str, draw: Random
) -> Iterator[Evidence]:
    """All that is asked for, by kind and by name: what was before, then what is after, none older than the case.

    The body camera runs from the arrival until all is done.
    """
    span = max(done - begun, timedelta(minutes=2))
    for kind in task.evidence_required:
        camera = draw.randint(1, BODY_CAMERAS)
        part = _TAKEN.get(kind, 0.3)
        taken = min((begun + span * part).replace(microsecond=0), done)
        papers: list[str | None] = [named.name for named in task.evidence_named if named.kind is kind]
        for paper in papers or [None]:
            one = item(task, kind, taken, officer, f"{paper or kind.value}-{task.leg}", camera)
            ended_at = done if kind is EvidenceKind.BODYCAM else one.ended_at
            yield replace(one, name=paper, ended_at=ended_at)


def item(
    task: Assignment, kind: EvidenceKind, taken: datetime, officer: str, name: str, camera: int | None = None
) -> Evidence:
    """One item, alike whenever it is asked for by the same name."""
    recorded = kind in (EvidenceKind.BODYCAM, EvidenceKind.VIDEO)
    sha256 = photo_hash(task.case_id, task.team, name)
    return Evidence(
        sha256=sha256,
        kind=kind,
        taken_at=taken,
        ended_at=taken + timedelta(seconds=90) if recorded else None,
        device=f"BWC-{camera:02d}" if recorded and camera else None,
        officer=officer,
        uri=f"s3://evidence/{task.case_id}/{sha256[:16]}",
    )


_TAKEN: Final = {EvidenceKind.PHOTO_BEFORE: 0.1, EvidenceKind.PHOTO_AFTER: 0.9, EvidenceKind.BODYCAM: 0.0}
"""How far into the work something is taken."""
