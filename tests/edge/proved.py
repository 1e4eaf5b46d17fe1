"""A case with evidence, told without a broker, and its bundle."""

import hashlib
import json
from functools import cache
from typing import Any

from pipeline.edge.evidence.evidence_bundle import Proof, bundle_of, proof_of, written
from schemas.journal.entry import JournalEntry
from schemas.state.case import Case
from tests.core.story import START, Story, sha

PHOTO = b"what the camera saw"


@cache
def told() -> tuple[Case, tuple[JournalEntry, ...]]:
    """A case whose evidence came by a report, two disposals and a verification: nine items."""
    seen = {
        "sha256": hashlib.sha256(PHOTO).hexdigest(),
        "kind": "photo_before",
        "taken_at": START.isoformat(),
        "uri": "s3://evidence/seen.jpg",
        "point": {"lon": 112.0, "lat": 1e-05, "crs": "WGS84"},
    }
    caller = {"name": "王测试", "phone": "13800000001"}
    story = Story().report(matter="SR-003", caller=caller, evidence=[seen])
    story.path("sign", "arrive", "dispose").wait(minutes=1)
    looked = {"sha256": sha("looked"), "kind": "photo", "taken_at": story.now.isoformat()}
    story.act("verify", passed=False, note="仍有残留", evidence=[looked])
    story.path("arrive", "dispose", "pass", "call")
    return story.case, tuple(outcome.entry for outcome in story.outcomes)


def proved() -> Proof:
    """Its evidence."""
    proof = proof_of(*told())
    assert proof is not None
    return proof


@cache
def bundle() -> dict[str, Any]:
    """Its bundle."""
    made: dict[str, Any] = json.loads(written(bundle_of(proved())))
    return made
