"""Proof of what was found or done. Content stays where it is; its hash and address travel."""

from schemas.contract import contract
from schemas.terms import EvidenceKind
from schemas.text import Identifier, Instant, Sha256, Uri


@contract
class Evidence:
    """One item. `ended_at` is set for recordings; `officer` is the certificate number."""

    sha256: Sha256
    kind: EvidenceKind
    taken_at: Instant
    ended_at: Instant | None = None
    device: Identifier | None = None
    officer: Identifier | None = None
    uri: Uri | None = None
