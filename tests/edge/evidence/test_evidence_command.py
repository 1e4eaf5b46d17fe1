"""`enforcement evidence`: from the brokers to a bundle, its check offline, and the files it is about."""

import copy
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from msgspec.structs import replace

from pipeline.core.case.turn import Outcome
from pipeline.edge.commands.evidence_command import evidence_group
from pipeline.edge.evidence.evidence_bundle import bundle_of, linked, proof_of, seal, written
from pipeline.edge.evidence.evidence_check import check_files, read_bundle
from pipeline.words.evidence_words import FINDINGS, KINDS
from pipeline.words.field_words import Lang
from schemas import topics
from schemas.state import chain
from schemas.values.terms import EvidenceKind
from schemas.wire import codecs
from tests.core.story import ELSEWHERE, Story
from tests.edge.played import Log, Written, case_record
from tests.edge.proved import PHOTO, bundle, proved, told


def run(*arguments: str) -> Result:
    """`enforcement evidence …`."""
    return CliRunner().invoke(evidence_group, arguments, prog_name="enforcement evidence")


BROKEN: dict[str, bytes | dict[str, object]] = {
    "empty": b"",
    "no JSON": b"{",
    "no text": b"\xff\xfe",
    "a list": b"[]",
    "another's": b'{"format": "other/1"}',
    "no items": {"items": None},
    "an item that is none": {"items": [1]},
    "an item without content": {"items": [{"item": 1}]},
    "a head that is a number": {"head": 1},
    "a count that is none": {"count": True},
    "half a character": {"matter": "\ud800"},
    "a bottomless pit": b"[" * 100_000,
    "a number without end": b'{"format": ' + b"9" * 5_000 + b"}",
}
"""Files that are no bundle: their bytes, or what is otherwise than in one."""


@pytest.mark.parametrize("what", BROKEN)
def test_a_file_that_is_no_bundle_is_said_so(what: str, tmp_path: Path):
    """Exit 2, one line, and how to make one."""
    file = tmp_path / "case.json"
    content = BROKEN[what]
    file.write_bytes(content if isinstance(content, bytes) else json.dumps(bundle() | content).encode())
    ran = run("verify", str(file), "--lang", "en")
    assert ran.exit_code == 2
    assert ran.stdout == ""
    [line] = ran.stderr.splitlines()
    assert line.startswith(f"error[no_bundle]: {file} is no bundle; allowed: ")
    assert line.endswith("make one: enforcement evidence CASE --bundle FILE")


# files


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A whole bundle in a file."""
    made = tmp_path / "case.json"
    made.write_bytes(written(bundle()))
    return made


@pytest.mark.parametrize(
    ("name", "content", "codes", "found"),
    [
        ("seen.jpg", PHOTO, [], (1,)),
        ("renamed.jpg", PHOTO, [], (1,)),
        (f"{hashlib.sha256(PHOTO).hexdigest()}.jpg", PHOTO, [], (1,)),
        ("seen.jpg", PHOTO + b"!", ["file_changed"], ()),
        (f"{hashlib.sha256(PHOTO).hexdigest()}.jpg", b"", ["file_changed"], ()),
        (hashlib.sha256(PHOTO).hexdigest(), b"", ["file_changed"], ()),
        ("someone's.jpg", b"something else", [], ()),
    ],
)
def test_files_are_compared_by_content_and_by_name(
    name: str, content: bytes, codes: list[str], found: tuple[int, ...], tmp_path: Path
):
    """A file that is an item's by its name must have its hash; what is an item's by its hash may have any name."""
    folder = tmp_path / "photos" / "2026"
    folder.mkdir(parents=True)
    (folder / name).write_bytes(content)
    files = check_files(read_bundle(written(bundle())), tmp_path / "photos")
    assert [finding.code for finding in files.findings] == codes
    assert files.found == found


def test_another_items_file_of_the_same_name_is_not_a_changed_one(tmp_path: Path):
    """Cameras number their photos from 1 each."""
    content = copy.deepcopy(bundle())
    content["items"][1]["item"] |= {"uri": "s3://other/seen.jpg"}
    (tmp_path / "seen.jpg").write_bytes(PHOTO)
    files = check_files(read_bundle(written(content)), tmp_path)
    assert (files.findings, files.found) == ((), (1,))


# the command


def test_a_whole_bundle_ends_with_0(file: Path, tmp_path: Path):
    """And says how many items, its head, and what to compare it with."""
    head = bundle()["head"]
    ran = run("verify", str(file), "--lang", "en")
    assert (ran.exit_code, ran.stderr) == (0, "")
    assert "8 items, the chain is whole" in ran.stdout
    assert head in ran.stdout
    folder = tmp_path / "photos"
    folder.mkdir()
    (folder / "seen.jpg").write_bytes(PHOTO)
    ran = run("verify", str(file), "--files", str(folder), "--head", head.upper(), "--json")
    said = json.loads(ran.stdout)
    assert ran.exit_code == 0
    assert (said["whole"], said["count"], said["findings"], said["files_found"]) == (True, 8, [], [1])


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_each_finding_is_a_line_with_its_code(lang: str, tmp_path: Path):
    """Exit 1."""
    content = copy.deepcopy(bundle())
    content["items"].pop(3)
    content["items"][0]["item"]["officer"] = "C9"
    file = tmp_path / "case.json"
    file.write_bytes(written(content | {"seal": seal(content)}))
    ran = run("verify", str(file), "--head", "0" * 64, "--lang", lang)
    assert ran.exit_code == 1
    codes = [line.split(": ")[0] for line in ran.stdout.splitlines()[1:4]]
    assert codes == ["item_changed", "item_removed", "other_head"]
    assert ("第4项" in ran.stdout) == (lang == "zh")
    ran = run("verify", str(file), "--json")
    assert ran.exit_code == 1
    assert [(finding["code"], finding["item"]) for finding in json.loads(ran.stdout)["findings"]] == [
        *(("item_changed", 1), ("item_removed", 4)),
    ]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_of_several_bundles_a_photo_that_two_cases_have_is_warned_of(lang: str, tmp_path: Path):
    """Each is whole, so it ends with 0; a paper that both have is nothing to warn of, nor two bundles of one case."""
    story = Story().report(matter="SR-003").path("sign", "arrive", "dispose")
    files: list[Path] = []
    theirs: list[str] = []
    for place in (None, ELSEWHERE):
        if place is not None:
            story.report(matter="SR-003", place=place).path("sign", "arrive", "dispose")
        entries = [outcome.entry for outcome in story.outcomes if _is_about(outcome, story.case_id)]
        proof = proof_of(story.case, entries)
        assert proof is not None
        content = json.loads(written(bundle_of(proof)))
        theirs = theirs or [row["item"]["sha256"] for row in content["items"]]
        for number in (1, 2):  # the after photo and the paper of the first, as an earlier release took them
            content["items"][number]["item"]["sha256"] = theirs[number]
        files.append(tmp_path / f"{story.case_id}.json")
        files[-1].write_bytes(written(_linked_anew(content)))
    first, second = (file.stem for file in files)
    ran = run("verify", *map(str, files), str(files[0]), "--lang", lang)
    assert ran.exit_code == 0, ran.stdout
    lines = [line for line in ran.stdout.splitlines() if line.startswith("shared_content")]
    assert len(lines) == 1
    assert first in lines[0]
    assert second in lines[0]
    said = [json.loads(line) for line in run("verify", *map(str, files), "--json").stdout.splitlines()]
    assert [one["shared"] for one in said] == [[], [{"item": 2, "case_id": first, "other_item": 2}]]
    assert run("verify", *map(str, files), "--head", "0" * 64).exit_code == 2


def _is_about(outcome: Outcome, case_id: str) -> bool:
    return any(case.case_id == case_id for case in outcome.cases)


def _linked_anew(content: dict[str, Any]) -> dict[str, Any]:
    """As whoever has the items of a case links and seals them."""
    previous = chain.START
    for row in content["items"]:
        row["previous"], previous = previous, chain.link(previous, chain.canonical_json(row["item"]))
        row["link"] = previous
    changed = content | {"head": previous}
    return changed | {"seal": seal(changed)}


def test_wrong_usage_is_told(file: Path, tmp_path: Path):
    """Exit 2: no such file, no such folder, a bundle over a file that is there."""
    for arguments in (
        ("verify",),
        ("verify", str(tmp_path)),
        ("verify", str(tmp_path / "none.json")),
        ("verify", str(file), "--files", str(file)),
        ("140109004-0000000000001", "--bundle", str(file), "--brokers", "127.0.0.1:1"),
    ):
        assert run(*arguments).exit_code == 2, arguments
    assert json.loads(file.read_bytes()) == bundle()


@pytest.mark.parametrize("arguments", [("--help",), ("show", "--help"), ("verify", "--help")])
def test_help_teaches(arguments: tuple[str, ...]):
    """With lines that can be typed."""
    ran = run(*arguments)
    assert ran.exit_code == 0
    assert "enforcement evidence " in ran.stdout.split("Example:", 1)[1]


def test_everything_is_said_in_both_languages():
    """Every kind and every finding."""
    assert set(KINDS) == set(EvidenceKind)
    for said in (*KINDS.values(), *FINDINGS.values()):
        assert all(said[lang] for lang in Lang)


def test_from_the_brokers_to_a_bundle_that_is_whole(log: Log, tmp_path: Path):
    """The list, the bundle, and its check; a case that is not there, and one whose journal was cut."""
    case, entries = told()
    key = case.case_id.encode()
    journal = [Written(topics.JOURNAL, key, codecs.JOURNAL_ENTRY.encode(entry)) for entry in entries]
    log.write([*journal, case_record(case)])
    reach = ("--brokers", log.settings.brokers, "--topic-prefix", log.settings.topic_prefix)
    ran = run(case.case_id, "--lang", "en", *reach)
    assert ran.exit_code == 0, ran.stderr
    assert "8 items of evidence" in ran.stdout.splitlines()[0]
    assert "rectification_notice" in ran.stdout
    assert "处置后照片" in run(case.case_id, "--lang", "zh", *reach).stdout
    rows = [json.loads(line) for line in run(case.case_id, "--json", *reach).stdout.splitlines()]
    assert rows == list(linked(proved()))
    file = tmp_path / "made.json"
    assert run("--bundle", str(file), case.case_id, "--lang", "en", *reach).exit_code == 0
    assert json.loads(file.read_bytes()) == bundle()
    assert run("verify", str(file)).exit_code == 0
    assert run("140109004-0000000000009", *reach).exit_code == 1
    cut = replace(case, case_id="140109004-0000000000008")
    log.write([case_record(cut)])
    ran = run(cut.case_id, *reach)
    assert (ran.exit_code, ran.stdout) == (76, "")
    assert ran.stderr.startswith("error[journal_incomplete]")
