"""A bundle of evidence: made from a case's snapshot and journal, checked offline, and whatever was done to it is found."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from pipeline.edge.evidence.evidence_bundle import Disagrees, bundle_of, proof_of, seal, written
from pipeline.edge.evidence.evidence_check import NoBundle, check, read_bundle
from pipeline.edge.explain.case_history import NoBeginning
from schemas.journal.entry import RecordCause
from schemas.state import chain
from tests.core.story import START, Story, sha
from tests.edge.proved import bundle, proved, told

Tampering = Callable[[dict[str, Any]], object]
MANY = settings(max_examples=500, deadline=None)


def found_in(content: dict[str, Any]) -> list[tuple[str, int | None]]:
    """What a check of it finds: codes, and the items they are about."""
    return [(finding.code, finding.number) for finding in check(read_bundle(written(content)))]


def findings_in(file: bytes) -> list[str]:
    """What a check finds, or that it is no bundle."""
    try:
        return [f"{finding.code} {finding.number or ''}".rstrip() for finding in check(read_bundle(file))]
    except NoBundle as error:
        return [error.code]


def resealed(content: dict[str, Any]) -> dict[str, Any]:
    """By somebody who knows how seals are made."""
    return content | {"seal": seal(content)}


def test_a_bundle_is_whole():
    """The items in order, each with its link, the last one the case's head; nothing to find."""
    case, _ = told()
    assert len(case.evidence) == len(bundle()["items"]) == bundle()["count"] == 8
    assert bundle()["head"] == bundle()["items"][-1]["link"] == case.evidence_head
    assert found_in(bundle()) == []


def test_it_says_who_added_what_when_and_by_which_entry():
    """The report's photo by its source, the team's and the verifier's by their action, each with its record and receipt."""
    case, entries = told()
    how = [item["added"] for item in bundle()["items"]]
    events = ["case_opened", *["case_disposed"] * 3, "verification_failed", *["case_disposed"] * 3]
    assert [one["event"] for one in how] == events
    assert (how[0]["source"], how[0]["source_no"]) == ("12345", "R1")
    assert (how[1]["by"], how[1]["role"], how[4]["by"], how[4]["role"]) == ("O1", "team", "V1", "verifier")
    told_of = {one["entry_id"]: one for one in bundle()["entries"]}
    by_id = {entry.entry_id: entry for entry in entries}
    for one in how:
        entry = told_of[one["entry_id"]]
        cause = by_id[one["entry_id"]].cause
        assert isinstance(cause, RecordCause)
        assert entry["record"]["sha256"] == cause.sha256
        assert entry["receipt"]["outcome"] == "accepted"
    assert bundle()["rules_version"] == case.rules_version


def test_no_personal_data_is_in_it():
    """Neither the caller nor the place nor what was told, not even the caller's token."""
    case, _ = told()
    text = json.dumps(bundle(), ensure_ascii=False)
    for personal in ("王测试", "13800000001", "兴华街", "卖水果", case.reports[0].caller):
        assert personal
        assert personal not in text


def test_what_was_added_later_is_left_to_a_later_bundle():
    """The journal is read after the snapshot and may be ahead of it."""
    _, entries = told()
    early = Story()
    early.report(matter="SR-003").path("sign", "arrive")
    case = early.case
    journal = [outcome.entry for outcome in early.outcomes]
    early.path("dispose")
    assert len(early.case.evidence) == 3
    proof = proof_of(case, [outcome.entry for outcome in early.outcomes])
    assert proof is not None
    assert (proof.added, proof.head) == ((), chain.START)
    assert found_in(json.loads(written(bundle_of(proof)))) == []
    assert proof_of(case, journal) == proof
    assert len(entries) > len(journal)


def test_a_case_that_is_kept_no_longer_has_its_evidence_in_the_journal():
    """Its snapshot is gone after some days; the proof of it stays."""
    case, entries = told()
    proof = proof_of(None, entries)
    assert proof is not None
    assert proof.head == case.evidence_head
    assert proof_of(None, []) is None


def test_a_changed_snapshot_or_journal_gives_no_bundle():
    """Which of them was changed is for people to find out."""
    case, entries = told()
    changed = replace(case.evidence[1], taken_at=START)
    others = {
        "journal_disagrees": replace(case, evidence=(case.evidence[0], changed, *case.evidence[2:])),
        "head_disagrees": replace(case, evidence_head=sha("other")),
    }
    for code, other in others.items():
        with pytest.raises(Disagrees) as error:
            proof_of(other, entries)
        assert error.value.code == code
    for cut in (entries[1:], ()):
        with pytest.raises(NoBeginning):
            proof_of(case, cut)


def _change(number: int, name: str, content: object) -> Tampering:
    return lambda made: made["items"][number - 1]["item"].update({name: content})


def _exchange(made: dict[str, Any]) -> None:
    """Another item, rightly linked to the one before it."""
    one = made["items"][2]
    one["item"]["sha256"] = sha("nicer")
    one["link"] = chain.link(one["previous"], chain.canonical_json(one["item"]))


def _insert(number: int, after: int) -> Tampering:
    def tamper(made: dict[str, Any]) -> None:
        new = copy.deepcopy(made["items"][after - 1])
        new["item"]["sha256"] = sha("planted")
        new["previous"] = made["items"][after - 1]["link"]
        new["link"] = chain.link(new["previous"], chain.canonical_json(new["item"]))
        made["items"].insert(number - 1, new)

    return tamper


def _swap(first: int, second: int) -> Tampering:
    def tamper(made: dict[str, Any]) -> None:
        items = made["items"]
        items[first - 1], items[second - 1] = items[second - 1], items[first - 1]

    return tamper


TAMPERED: dict[str, tuple[Tampering, list[tuple[str, int | None]]]] = {
    "a hash": (_change(3, "sha256", sha("other")), [("item_changed", 3)]),
    "a time": (_change(1, "taken_at", "2026-11-24T01:00:01Z"), [("item_changed", 1)]),
    "a name": (_change(4, "name", "inspection_record"), [("item_changed", 4)]),
    "a field more": (_change(8, "reviewed", True), [("item_changed", 8)]),
    "a field that says nothing": (_change(2, "device", None), [("item_changed", 2)]),
    "another item, well linked": (_exchange, [("item_changed", 3)]),
    "an item's link": (
        lambda made: made["items"][2].update(link=sha("x")),
        [("item_changed", 3)],
    ),
    "what an item follows": (
        lambda made: made["items"][2].update(previous=sha("x")),
        [("item_changed", 3)],
    ),
    "the first removed": (lambda made: made["items"].pop(0), [("item_removed", 1)]),
    "one in the middle removed": (lambda made: made["items"].pop(3), [("item_removed", 4)]),
    "two apart removed": (
        lambda made: (made["items"].pop(5), made["items"].pop(2)),
        [("item_removed", 3), ("item_removed", 5)],
    ),
    "the last removed": (lambda made: made["items"].pop(), [("item_removed", 8)]),
    "all removed": (lambda made: made["items"].clear(), [("item_removed", 1)]),
    "one added at the end": (_insert(9, 8), [("item_added", 9)]),
    "one added in the middle": (_insert(4, 3), [("item_added", 4)]),
    "one added out of its place": (_insert(2, 5), [("item_added", 2)]),
    "one there twice": (
        lambda made: made["items"].append(copy.deepcopy(made["items"][1])),
        [("item_added", 9)],
    ),
    "two neighbours swapped": (_swap(4, 5), [("item_reordered", 4)]),
    "first and last swapped": (_swap(1, 8), [("item_reordered", 1), ("item_reordered", 2)]),
    "the head": (lambda made: made.update(head=sha("x")), [("head_wrong", None)]),
    "the head, to none": (lambda made: made.update(head=chain.START), [("head_wrong", None)]),
    "the last removed, and counted so": (
        lambda made: (made["items"].pop(), made.update(count=7)),
        [("head_wrong", None)],
    ),
    "removed and swapped": (
        lambda made: (made["items"].pop(6), _swap(1, 2)(made)),
        [("item_reordered", 1), ("item_removed", 7)],
    ),
}


@pytest.mark.parametrize("what", TAMPERED)
@pytest.mark.parametrize("is_resealed", [False, True], ids=["as it was sealed", "sealed anew"])
def test_whatever_was_done_to_the_items_is_named(what: str, is_resealed: bool):
    """By its code and the item's place in the file."""
    tamper, expected = TAMPERED[what]
    content = copy.deepcopy(bundle())
    tamper(content)
    if is_resealed:
        assert found_in(resealed(content)) == expected
    else:
        assert found_in(content) == [*expected, ("bundle_changed", None)]


@pytest.mark.parametrize(
    "tamper",
    [
        lambda made: made["items"][1]["added"].update(by="O9"),
        lambda made: made["entries"][0].update(at="2026-11-24T02:00:00Z"),
        lambda made: made["entries"].pop(),
        lambda made: made.update(matter="SR-001"),
        lambda made: made.update(count=9),
        lambda made: made.update(more="than there was"),
        lambda made: made.update(seal=sha("x")),
        lambda made: made.pop("seal"),
    ],
)
def test_everything_else_is_under_the_seal(tamper: Tampering):
    """Who, when, by which entry."""
    content = copy.deepcopy(bundle())
    tamper(content)
    assert found_in(content) == [("bundle_changed", None)]


def test_a_chain_made_anew_shows_by_its_head():
    """All links and the seal computed once more: only a head noted elsewhere tells."""
    case, _ = told()
    evidence = (
        replace(case.evidence[0], taken_at=case.evidence[0].taken_at.replace(minute=1)),
        *case.evidence[1:],
    )
    proof = proved()
    forged = proof._replace(
        added=tuple(one._replace(item=item) for one, item in zip(proof.added, evidence, strict=True)),
        head=chain.head(evidence),
    )
    read = read_bundle(written(bundle_of(forged)))
    assert check(read) == []
    assert [finding.code for finding in check(read, case.evidence_head)] == ["other_head"]
    assert check(read_bundle(written(bundle())), case.evidence_head) == []


@MANY
@given(st.data())
def test_any_changed_byte_of_an_item_is_found(data):
    """As it stands in the file, whatever byte it becomes: another item, or no bundle at all."""
    number = data.draw(st.integers(0, 7))
    canonical = chain.canonical_json(bundle()["items"][number]["item"])
    place = data.draw(st.integers(0, len(canonical) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda one: one != canonical[place]))
    changed = canonical[:place] + bytes([byte]) + canonical[place + 1 :]
    content = copy.deepcopy(bundle())
    content["items"][number]["item"] = "HERE"
    file = json.dumps(content, ensure_ascii=False).encode().replace(b'"HERE"', changed)
    assert findings_in(file)[0] in ("no_bundle", f"item_changed {number + 1}")


@MANY
@given(st.data())
def test_any_changed_byte_of_the_file_is_found(data):
    """Anywhere but in the space between its parts."""
    file = json.dumps(bundle(), ensure_ascii=False, separators=(",", ":")).encode()
    place = data.draw(st.integers(0, len(file) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda one: one != file[place]))
    changed = file[:place] + bytes([byte]) + file[place + 1 :]
    assert findings_in(changed)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"lat": 1e-05', b'"lat": 1E-05'),
        (b'"lat": 1e-05', b'"lat": 0.00001'),
        (b'"lon": 112.0', b'"lon": 112.00'),
        (b'"lon": 112.0', b'"lon": 112'),
        (b'"kind": "photo_before"', b'"kind": "photo_after", "kind": "photo_before"'),
    ],
)
def test_the_same_said_otherwise_is_not_the_same(old: bytes, new: bytes):
    """What another reader might take otherwise is told of, too."""
    file = written(bundle())
    assert file.count(old) >= 1
    assert [finding.code for finding in check(read_bundle(file.replace(old, new, 1)))] == [
        *("item_changed", "bundle_changed"),
    ]


@given(st.permutations(range(8)))
def test_any_other_order_is_found(order):
    """However it was shuffled."""
    content = copy.deepcopy(bundle())
    content["items"] = [content["items"][number] for number in order]
    codes = {code for code, _ in found_in(resealed(content))}
    assert codes == (set() if list(order) == sorted(order) else {"item_reordered"})


@given(st.sets(st.integers(0, 7), max_size=8))
def test_any_removed_items_are_found(kept):
    """However many are left."""
    content = copy.deepcopy(bundle())
    content["items"] = [content["items"][number] for number in sorted(kept)]
    codes = [code for code, _ in found_in(resealed(content))]
    assert ("item_removed" in codes) == (len(kept) < 8)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_bundle_or_not(data):
    """Nothing else ever happens."""
    with pytest.raises(NoBundle):
        read_bundle(data)
