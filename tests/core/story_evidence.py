"""What a story shows as evidence: an item of a kind, taken at an instant, of a content that is not there."""

import hashlib
from datetime import datetime

from schemas.values.evidence import NamedEvidence
from schemas.values.terms import EvidenceKind


def sha(text: str) -> str:
    """The hash of a photo that is not there."""
    return hashlib.sha256(text.encode()).hexdigest()


def item_of(
    case_id: str, wanted: EvidenceKind | NamedEvidence, taken: datetime, now: datetime
) -> dict[str, str]:
    """As a team sends it; a recording ends now."""
    named = {"name": wanted.name} if isinstance(wanted, NamedEvidence) else {}
    kind = wanted.kind if isinstance(wanted, NamedEvidence) else wanted
    ends = {"ended_at": now.isoformat()} if kind is EvidenceKind.BODYCAM else {}
    content = sha(f"{case_id} {kind.value} {named.get('name')} {taken.isoformat()}")
    return {"sha256": content, "kind": kind.value, "taken_at": taken.isoformat(), **ends, **named}
