"""Journals and snapshots as earlier releases wrote them, byte for byte: this release reads them, folds them, and goes on.

A folder of `tests/golden` is a release of the contracts (`schemas/released`). It is never written again.
"""

from collections import defaultdict
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.core.case.stage_table import STAGE_TABLE
from pipeline.core.case.transitions import fold
from pipeline.core.partition import Partition
from schemas.journal.entry import JournalEntry
from schemas.journal.events import Answer, ReportRepeated
from schemas.state.case import Case
from schemas.values.terms import Stage
from schemas.wire import codecs
from tests.core.story import KEY, RULES, Story

HERE = Path(__file__).parent
RELEASES = sorted(folder.name for folder in HERE.iterdir() if (folder / "journal.jsonl").exists())


def lines(release: str, name: str) -> dict[int, list[bytes]]:
    """The records of each partition, in order."""
    found: dict[int, list[bytes]] = defaultdict(list)
    for line in (HERE / release / name).read_bytes().splitlines():
        partition, _, value = line.partition(b"\t")
        found[int(partition)].append(value)
    return found


def journal(release: str) -> dict[int, list[JournalEntry]]:
    """The entries of each partition."""
    read = codecs.JOURNAL_ENTRY.decode
    return {
        number: [read(value) for value in values]
        for number, values in lines(release, "journal.jsonl").items()
    }


def snapshots(release: str) -> dict[int, list[Case]]:
    """The latest snapshots of each partition."""
    return {
        number: [codecs.CASE.decode(value) for value in values]
        for number, values in lines(release, "cases.jsonl").items()
    }


def test_every_release_of_the_contracts_has_its_golden_logs():
    """A release without them could not be read in a test for ever."""
    released = HERE.parents[1] / "schemas" / "released"
    assert [folder.name for folder in sorted(released.iterdir())] == RELEASES


@pytest.mark.parametrize("release", RELEASES)
def test_the_journal_folds_to_the_snapshots(release):
    """Every event still has its arm: folding the old journal gives the old snapshots."""
    kept = snapshots(release)
    for partition, entries in journal(release).items():
        cases: dict[str, Case] = {}
        for entry in entries:
            events = [e for e in entry.events if not isinstance(e, Answer | ReportRepeated)]
            for case_id in dict.fromkeys(event.case_id for event in events):
                own = [event for event in events if event.case_id == case_id]
                if all(event.event == "action_repeated.v1" for event in own):
                    continue
                cases[case_id] = fold(cases.get(case_id), own, entry.entry_id, entry.rules_version)
        assert sorted(map(codecs.CASE.encode, cases.values())) == sorted(
            map(codecs.CASE.encode, kept[partition])
        )


@pytest.mark.parametrize("release", RELEASES)
def test_a_worker_of_this_release_goes_on_where_that_one_stopped(release):
    """It restores the old snapshots, counts their deadlines by its own rules, and every open case can be handled."""
    seen: set[Stage] = set()
    for partition, cases in snapshots(release).items():
        latest = max(entry.at for entry in journal(release)[partition])
        story = Story(partition=partition, now=latest)
        story.core = Partition(RULES, KEY, "test")
        story.core.restore(cases)
        story.wait(minutes=1)
        assert all(
            case.rules_version == RULES.version for case in story.core.cases() if _is_moved(story, case)
        )
        for case in cases:
            seen.add(case.stage)
            stranger = {"id": "T1", "role": "team", "team": "nobody"}
            refused = story.act("sign", case_id=case.case_id, actor=stranger, action_id=f"new-{case.case_id}")
            assert refused.answer in ("not_your_task", "not_at_this_stage", "case_closed")
        assert len(list(story.core.cases())) == len(cases)
        story.wait(seconds=timedelta(days=3).total_seconds())
        for case in story.core.cases():
            assert codecs.CASE.decode_strictly(codecs.CASE.encode(case)) == case
    over = {stage for stage in seen if STAGE_TABLE[stage].is_terminal}
    assert len(seen - over) >= 6
    assert over


def _is_moved(story: Story, case: Case) -> bool:
    """Whether something happened to the case since it was restored."""
    return any(case.entry_id == outcome.entry.entry_id for outcome in story.outcomes)
