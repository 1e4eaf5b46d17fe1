"""Proof of what was found or done. Content stays where it is; its hash and address travel."""

from typing import Annotated

from schemas.values.bounds import between
from schemas.values.place import Point
from schemas.values.terms import EvidenceKind
from schemas.values.text import Code, Identifier, Instant, Name, Sha256, Uri
from schemas.wire.contract import Contract


class Evidence(Contract, frozen=True, kw_only=True):
    """One item. `ended_at` is set for recordings; `device` and `officer` are the device's and the certificate's number.

    `name` says which paper or photo it is, where closing asks for a particular one, such as `rectification_notice`.
    `point` is where it was taken. `reviewed`: a record of a monitoring device was reviewed by law and by technique
    (法制和技术审核, 行政处罚法 41); null where nobody has said so. `size_bytes` is the size of what was hashed.
    """

    sha256: Sha256
    kind: EvidenceKind
    taken_at: Instant
    ended_at: Instant | None = None
    device: Identifier | None = None
    officer: Identifier | None = None
    uri: Uri | None = None
    name: Code | None = None
    point: Point | None = None
    reviewed: bool | None = None
    size_bytes: Annotated[int, *between(1)] | None = None


class NamedEvidence(Contract, frozen=True, kw_only=True):
    """A particular paper or photo that closing asks for, such as 责令改正通知书, and the kind that it comes as."""

    name: Code
    kind: EvidenceKind
    name_zh: Name
    name_en: Name
