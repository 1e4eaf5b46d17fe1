"""Rules change while the log goes on: each entry is measured by the rules that decided it, and decided again by them."""

import dataclasses
import os
import shutil
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from pipeline.audit.audit_command import exit_code
from pipeline.audit.auditing import audit_partition
from pipeline.audit.checks.check_context import OTHER_CODE, OTHER_RULES
from pipeline.audit.findings import Findings, Invariant
from pipeline.audit.findings_text import summary
from pipeline.audit.model.rules_reader import read_audit_rules
from pipeline.core.case.turn import Outcome, Turn
from pipeline.core.partition import Partition
from pipeline.core.rules.rules import Rules
from pipeline.rulebook import load_rules
from pipeline.rulesdiff.rules_options import VARIABLE
from schemas import topics
from schemas.wire import codecs
from tests.audit.good_story.good import good_story
from tests.audit.logs import EPOCH, MemoryLog, audit_setup, logged
from tests.core.story import KEY

SHORTER = (
    ("sla/2020-01-01", "SR-001: {dispose: 2 work_hours}", "SR-001: {dispose: 1 work_hours}"),
    ("policy", "retire_days: 30", "retire_days: 20"),
)
HANDED_OVER = 60
"""So many records are decided between one change and the next."""


@pytest.fixture(scope="module")
def first_folder() -> Path:
    """Those by which all tests go: as they are shipped, but for the people; whoever acts in the good story is invented."""
    return Path(os.environ[VARIABLE])


@pytest.fixture(scope="module")
def other_folder(first_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Rules with less time and an earlier end, so that every change of the rules moves deadlines."""
    folder = Path(shutil.copytree(first_folder, tmp_path_factory.mktemp("other") / "rules"))
    for file, old, new in SHORTER:
        path = folder / f"{file}.yaml"
        assert old in path.read_text()
        path.write_text(path.read_text().replace(old, new))
    return folder


def opened(rules: Rules, outcomes: Sequence[Outcome]) -> Partition:
    """As a worker with these rules opens the partition: from the latest snapshots in the log."""
    cases: dict[str, bytes] = {}
    retired: dict[tuple[str, str], bytes] = {}
    for outcome in outcomes:
        for change in outcome.changes:
            cases[change.after.case_id] = codecs.CASE.encode(change.after)
            if change.retired:
                del cases[change.after.case_id]
        for record in outcome.retired_reports:
            retired[record.street, record.low] = codecs.RETIRED.encode(record)
    core = Partition(rules, KEY, "test")
    core.restore(map(codecs.CASE.decode, cases.values()), map(codecs.RETIRED.decode, retired.values()))
    return core


@pytest.fixture(scope="module")
def log(first_folder: Path, other_folder: Path) -> MemoryLog:
    """Two workers in turn, each with its own rules."""
    story, outcomes, last = good_story(), list[Outcome](), EPOCH
    arrivals = [story.pushed[n : n + HANDED_OVER] for n in range(0, len(story.pushed), HANDED_OVER)]
    for epoch, some in enumerate(arrivals, 1):
        core = opened(load_rules(first_folder) if epoch % 2 else load_rules(other_folder), outcomes)

        def fire_until(end: datetime, core: Partition = core, epoch: int = epoch) -> None:
            nonlocal last
            while (due := core.next_due()) is not None and due <= end:
                last = max(last, due)
                outcomes.append(core.fire(Turn(0, epoch, len(outcomes) + 1, last, last)))

        for record, at in some:
            fire_until(at)
            last = max(last, at)
            outcomes.append(core.step(record, Turn(0, epoch, len(outcomes) + 1, last, last)))
        fire_until(story.now if epoch == len(arrivals) else some[-1][1])
    return logged(story.pushed, outcomes)


def audited_by(log: MemoryLog, *folders: Path, code_version: str = "test") -> Findings:
    """What the auditor finds with these rules at hand."""
    measured = {rules.version: rules for rules in map(read_audit_rules, folders)}
    decided = {rules.version: rules for rules in map(load_rules, folders)}
    setup = audit_setup(rules_of=measured.get, code_version=code_version)
    return audit_partition(log.copy(), setup, decided.get)


def test_with_all_rules_everything_is_measured_and_decided_again(
    log: MemoryLog, first_folder: Path, other_folder: Path
) -> None:
    """Whichever came first: the core takes over the state at each change, as the worker did."""
    found = audited_by(log, first_folder, other_folder)
    assert [(one.code, one.en) for one in found.kept] == []
    assert found.checked[Invariant.I14] == found.numbers["entries"] > 500
    assert exit_code(found) == 0
    assert summary(found, 1.0)["not_checked"] == {
        "entries": 0, "share": 0.0, "reasons": {}, "rules_versions": {}
    }  # fmt: skip


def test_what_no_folder_has_rules_for_is_said_to_be_not_checked(
    log: MemoryLog, first_folder: Path, other_folder: Path
) -> None:
    """With the first rules alone up to the change, with the others nothing: never 0, with the share and the version that lacks."""
    versions = {folder: load_rules(folder).version for folder in (first_folder, other_folder)}
    for folder, lacking in ((first_folder, other_folder), (other_folder, first_folder)):
        found = audited_by(log, folder)
        assert found.kept == []
        entries, again = found.numbers["entries"], found.checked[Invariant.I14]
        assert (again > 0) == (folder == first_folder)
        assert found.not_checked == {OTHER_RULES: entries - again}
        assert found.lacking_rules.keys() == {versions[lacking]}
        assert 0 < found.lacking_rules[versions[lacking]] < entries - again
        assert exit_code(found) == 3


def test_what_other_code_decided_alike_is_checked(
    log: MemoryLog, first_folder: Path, other_folder: Path
) -> None:
    """After an upgrade that changes no decision the whole log is decided again, and the audit ends with 0."""
    found = audited_by(log, first_folder, other_folder, code_version="other")
    assert found.kept == []
    assert found.checked[Invariant.I14] == found.numbers["entries"]
    assert exit_code(found) == 0


REPLAYED = frozenset({"entry_not_replayed", "outputs_not_replayed", "snapshot_not_replayed"})


@pytest.fixture(scope="module")
def later_ends(first_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Rules:
    """What stands for other code: under the version of the first rules, a case that ended is kept for longer."""
    folder = Path(shutil.copytree(first_folder, tmp_path_factory.mktemp("later") / "rules"))
    policy = folder / "policy.yaml"
    policy.write_text(policy.read_text().replace("retire_days: 30", "retire_days: 40"))
    return dataclasses.replace(load_rules(folder), version=load_rules(first_folder).version)


def decided_otherwise(
    log: MemoryLog, first_folder: Path, other_folder: Path, later_ends: Rules, code_version: str
) -> Findings:
    """What is found by code that decides the first end of a case otherwise."""
    measured = {rules.version: rules for rules in map(read_audit_rules, (first_folder, other_folder))}
    decided = {rules.version: rules for rules in (later_ends, load_rules(other_folder))}
    setup = audit_setup(rules_of=measured.get, code_version=code_version)
    return audit_partition(log.copy(), setup, decided.get)


def test_what_other_code_decided_otherwise_is_not_checked(
    log: MemoryLog, first_folder: Path, other_folder: Path, later_ends: Rules
) -> None:
    """From that entry on: exit 3. If this very code wrote it, it is a violation: exit 1."""
    found = decided_otherwise(log, first_folder, other_folder, later_ends, "other")
    assert found.kept == []
    entries, again = found.numbers["entries"], found.checked[Invariant.I14]
    assert 0 < again < entries
    assert found.not_checked == {OTHER_CODE: entries - again}
    assert exit_code(found) == 3
    found = decided_otherwise(log, first_folder, other_folder, later_ends, "test")
    assert {one.code for one in found.kept} & REPLAYED
    assert exit_code(found) == 1


@pytest.mark.parametrize("compacted", [False, True])
def test_a_difference_after_other_code_is_a_fault_if_its_state_is_known(
    log: MemoryLog, first_folder: Path, other_folder: Path, later_ends: Rules, compacted: bool
) -> None:
    """Snapshots of the other code that are alike prove what this code went on from; where compaction took them nothing does."""
    again = decided_otherwise(log, first_folder, other_folder, later_ends, "other").checked[Invariant.I14]
    upgraded = log.copy()
    journal = upgraded.topics[topics.JOURNAL]
    journal[: again - 1] = [
        record._replace(value=by_other_code(record.value)) for record in journal[: again - 1]
    ]
    if compacted:
        until = journal[again - 1].timestamp_ms
        cases = upgraded.topics[topics.CASES]
        upgraded.topics[topics.CASES] = [record for record in cases if record.timestamp_ms >= until]
    found = decided_otherwise(upgraded, first_folder, other_folder, later_ends, "test")
    assert bool({one.code for one in found.kept} & REPLAYED) != compacted
    assert bool(found.not_checked) == compacted


def by_other_code(value: bytes | None) -> bytes:
    """The entry as another version of the code writes it that decides alike."""
    entry = codecs.JOURNAL_ENTRY.decode(value or b"")
    return codecs.JOURNAL_ENTRY.encode(replace(entry, code_version="other"))
