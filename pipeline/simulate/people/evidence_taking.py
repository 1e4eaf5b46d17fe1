"""Metadata of the evidence that people hand in, without files: photos, clips and papers from the time on site, each with its own hash."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Final

from msgspec.structs import replace

from pipeline.simulate.people.crews import INVENTED, Crews
from pipeline.simulate.world.seeded_chance import photo_hash
from schemas.outputs import Assignment
from schemas.values.evidence import Evidence
from schemas.values.terms import EvidenceKind

BODY_CAMERAS: Final = 30


def evidence(
    task: Assignment,
    begun: datetime,
    done: datetime,
    officers: Sequence[str],
    draw: Random,
    crews: Crews = INVENTED,
) -> Iterator[Evidence]:
    """All required evidence, by kind and by name, taken between arrival and completion.

    The body camera runs from the arrival to the end of the work; of work of days, its last part is recorded.
    """
    span = max(done - begun, timedelta(minutes=2))
    for kind in task.evidence_required:
        camera: str | None = f"BWC-{draw.randint(1, BODY_CAMERAS):02d}"
        part = _TAKEN.get(kind, 0.3)
        taken = min((begun + span * part).replace(microsecond=0), done)
        if crews.is_known(task.street):
            if kind is EvidenceKind.BODYCAM:
                camera, taken = crews.recording(task, officers, begun, done)
            else:
                camera = crews.camera(task.street, officers[0], taken)
        papers: list[str | None] = [named.name for named in task.evidence_named if named.kind is kind]
        for paper in papers or [None]:
            taken_item = item(task, kind, taken, officers[0], f"{paper or kind.value}-{task.leg}", camera)
            ended_at = done if kind is EvidenceKind.BODYCAM else taken_item.ended_at
            yield replace(taken_item, name=paper, ended_at=ended_at)


def item(
    task: Assignment, kind: EvidenceKind, taken: datetime, officer: str, name: str, camera: str | None = None
) -> Evidence:
    """One item of evidence; the same name gives the same hash."""
    recorded = kind in (EvidenceKind.BODYCAM, EvidenceKind.VIDEO)
    sha256 = photo_hash(task.case_id, task.team, name)
    return Evidence(
        sha256=sha256,
        kind=kind,
        taken_at=taken,
        ended_at=taken + timedelta(seconds=90) if recorded else None,
        device=camera if recorded else None,
        officer=officer,
        uri=f"s3://evidence/{task.case_id}/{sha256[:16]}",
    )


_TAKEN: Final = {EvidenceKind.PHOTO_BEFORE: 0.1, EvidenceKind.PHOTO_AFTER: 0.9, EvidenceKind.BODYCAM: 0.0}
"""The share of the work that is over when an item of this kind is taken."""
