"""Evidence is handed in as it is: nobody computes a hash, and what a file cannot be is said before anything is sent."""

import hashlib
import json
import os
from pathlib import Path

import click
import pytest
from PIL import Image

from pipeline.edge.evidence.evidence_options import read_evidence
from schemas.values.evidence import Evidence
from schemas.wire.codec import Codec

MORNING_S = 1_795_485_600
"""2026-11-24T10:00:00+08:00."""


def photo(folder: Path, exif: dict[int, str] | None = None) -> Path:
    """A picture whose file is of 10:00; with what its camera says."""
    file = folder / "photo.jpg"
    said = Image.Exif()
    said.get_ifd(0x8769).update(exif or {})
    Image.new("RGB", (8, 8)).save(file, exif=said)
    os.utime(file, (MORNING_S, MORNING_S))
    return file


def item_of(file: Path, kind: str) -> dict[str, object]:
    """The one item of a file; the contract takes it."""
    [item] = read_evidence((file,), (kind,))
    assert isinstance(item, dict)
    Codec(Evidence).decode_strictly(json.dumps(item).encode())
    return item


def test_a_photo_becomes_an_item_with_hash_time_and_size(tmp_path: Path) -> None:
    """Without a word of its camera, the file's time; in the street's zone."""
    file = photo(tmp_path)
    assert item_of(file, "photo_before") == {
        "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
        "kind": "photo_before",
        "taken_at": "2026-11-24T10:00:00+08:00",
        "size_bytes": file.stat().st_size,
    }


@pytest.mark.parametrize(
    ("exif", "taken_at"),
    [
        ({0x9003: "2026:11:24 09:30:05"}, "2026-11-24T09:30:05+08:00"),
        ({0x9003: "2026:11:24 09:30:05", 0x9011: "+09:00"}, "2026-11-24T09:30:05+09:00"),
        ({0x9003: "0000:00:00 00:00:00"}, "2026-11-24T10:00:00+08:00"),
        ({0x9003: "2026:11:24 09:30:05", 0x9011: "   :  "}, "2026-11-24T09:30:05+08:00"),
    ],
    ids=["camera", "zone", "never set", "no zone"],
)
def test_the_camera_knows_when_the_photo_was_taken(
    tmp_path: Path, exif: dict[int, str], taken_at: str
) -> None:
    """Its clock counts, not that of whoever copied the file; a camera that was never set says nothing."""
    assert item_of(photo(tmp_path, exif), "photo_after")["taken_at"] == taken_at


def test_a_paper_has_its_name_and_a_list_stays_a_list(tmp_path: Path) -> None:
    """Files and lists together, in the order in which they were named."""
    paper, listed = tmp_path / "notice.pdf", tmp_path / "more.json"
    paper.write_text("责令改正")
    listed.write_text('[{"sha256": "1"}, {"sha256": "2"}]')
    items = read_evidence((listed, paper), ("document:rectification_notice",))
    assert items[:2] == [{"sha256": "1"}, {"sha256": "2"}]
    assert isinstance(items[2], dict)
    assert (items[2]["kind"], items[2]["name"]) == ("document", "rectification_notice")


@pytest.mark.parametrize(
    ("kinds", "why"),
    [
        ((), "1 files, 0 kinds"),
        (("photo_before", "photo_after"), "1 files, 2 kinds"),
        (("selfie",), "selfie: no such kind; allowed: photo, "),
    ],
    ids=["no kind", "one kind too many", "no such kind"],
)
def test_a_file_without_its_kind_is_not_sent(tmp_path: Path, kinds: tuple[str, ...], why: str) -> None:
    """What is allowed is said."""
    with pytest.raises(click.BadParameter, match=why):
        read_evidence((photo(tmp_path),), kinds)


def test_an_empty_file_is_no_evidence(tmp_path: Path) -> None:
    """A camera whose card was full leaves one."""
    (empty := tmp_path / "photo.jpg").touch()
    with pytest.raises(click.BadParameter, match="it is empty"):
        read_evidence((empty,), ("photo_before",))
