"""An item of evidence made of the photo, clip or document itself: nobody computes a hash by hand.

The time is the camera's own (EXIF) where a picture has one, else the file's. A camera that names no zone means the street's, Asia/Shanghai.
"""

import hashlib
from datetime import datetime
from pathlib import Path
from typing import Final

from pipeline.core.worktime.office_hours import SHANGHAI
from schemas.errors import PipelineError
from schemas.values.terms import EvidenceKind

_EXIF_OF_THE_SHOT: Final = 0x8769
_TAKEN_AT: Final = 0x9003
_OFFSET: Final = 0x9011
_EXIF_FORM: Final = "%Y:%m:%d %H:%M:%S"


class UnreadableEvidence(PipelineError):
    """The file cannot be read: not there, no right to, or it is empty."""

    def __init__(self, file: Path, why: str) -> None:
        super().__init__("evidence_unreadable", f"{file}: {why}")


def evidence_of(file: Path, kind: EvidenceKind, name: str | None = None) -> dict[str, object]:
    """The item as JSON: `sha256`, `kind`, `taken_at` (RFC 3339), `size_bytes`, and `name` where closing asks for a particular paper.

    Raises:
        UnreadableEvidence: the file cannot be read, or is empty.
    """
    try:
        with file.open("rb") as content:
            sha256 = hashlib.file_digest(content, "sha256").hexdigest()
        facts = file.stat()
    except OSError as error:
        raise UnreadableEvidence(file, error.strerror or str(error)) from error
    if not facts.st_size:
        raise UnreadableEvidence(file, "it is empty")
    taken_at = _exif_time(file) or datetime.fromtimestamp(facts.st_mtime, SHANGHAI)
    item: dict[str, object] = {
        "sha256": sha256,
        "kind": kind.value,
        "taken_at": taken_at.isoformat(),
        "size_bytes": facts.st_size,
    }
    return item if name is None else {**item, "name": name}


def _exif_time(file: Path) -> datetime | None:
    """When the camera says it took the picture; None for a file that is no picture, or says nothing that is a time."""
    from PIL import Image, UnidentifiedImageError  # slow to import: only who hands in a picture pays

    try:
        with Image.open(file) as picture:
            shot = picture.getexif().get_ifd(_EXIF_OF_THE_SHOT)
        taken_at = datetime.strptime(str(shot[_TAKEN_AT]).strip("\0 "), _EXIF_FORM).replace(tzinfo=SHANGHAI)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, KeyError, ValueError, SyntaxError):
        return None
    try:
        return datetime.fromisoformat(f"{taken_at:%Y-%m-%dT%H:%M:%S}{str(shot[_OFFSET]).strip()}")
    except (KeyError, ValueError):
        return taken_at
