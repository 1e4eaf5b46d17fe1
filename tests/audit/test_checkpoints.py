"""How far an audit has seen the log is kept for the next one: chain, file, signature."""

import json
from pathlib import Path

import pytest

from pipeline.audit.audit_output import print_heads
from pipeline.audit.checkpoint_file import CheckpointFile
from pipeline.audit.findings import Invariant
from pipeline.audit.log.checkpoint import root_of
from schemas import topics
from schemas.errors import PipelineError
from schemas.state import chain
from tests.audit.good_story.good import good_log, seen_before
from tests.audit.logs import ALL, MemoryLog, audited

KEY = b"of somebody else"


def begun_at(log: MemoryLog, topic: str, stamped_ms: int) -> int:
    """The first offset of a topic from a time on."""
    later = (record.offset for record in log.topics[topic] if record.timestamp_ms >= stamped_ms)
    return next(later, log.end(topic))


def test_the_chain_goes_on_from_the_checkpoint_as_if_all_had_been_read():
    """Read from the checkpoint on: the same head as of the whole journal, which anybody can compute from its bytes."""
    whole, log, (seen,) = (
        audited(good_log(), replayed=False).checkpoints[0],
        good_log(),
        seen_before().values(),
    )
    log.begins = {name: begun_at(log, name, seen.stamped_ms) for name in ALL}
    log.begins |= {topics.JOURNAL: seen.offset, **seen.inputs}
    rest = audited(log, checkpoints={0: seen})
    assert rest.kept == []
    assert rest.checked[Invariant.T7] > len(topics.TOPICS)
    assert rest.checkpoints == {0: whole}
    head = chain.START
    for record in good_log().topics[topics.JOURNAL]:
        head = chain.link(head, record.value or b"")
    assert (whole.begun, whole.head) == (1, head)


def test_a_part_that_begins_elsewhere_leaves_no_checkpoint_and_says_what_was_not_compared():
    """From a time on: no chain from the beginning, nothing to go on from."""
    log, (seen,) = good_log(), seen_before().values()
    log.begins = {topics.JOURNAL: seen.offset + 1}
    log.oldests = {topics.JOURNAL: 0}
    found = audited(log, checkpoints={0: seen})
    assert found.checkpoints == {}
    assert found.reasons(Invariant.T7) == [
        "the entry of the checkpoint is gone by retention, or was not asked for"
    ]


def test_a_checkpoint_is_read_as_it_was_written(tmp_path: Path):
    """None where there is no file yet; with a key it is signed, and without one the signature is not asked for."""
    for name, key in {"open": None, "signed": KEY}.items():
        file = CheckpointFile(tmp_path / "there" / f"{name}.json", key)
        assert file.read() == {}
        file.write(seen_before())
        assert file.read() == seen_before()
        assert CheckpointFile(file.path, None).read() == seen_before()
        assert json.loads(file.path.read_text())["root"] == root_of(seen_before())
    assert [path.suffix for path in (tmp_path / "there").iterdir()] == [".json"] * 2


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('"seq": ', '"seq": 1', "checkpoint_unreadable"),
        ('"offset": ', '"offset": 1', "checkpoint_forged"),
        ('"signature": "', '"signature": "0', "checkpoint_forged"),
        ('"head"', '"heads"', "checkpoint_unreadable"),
        ("{", "", "checkpoint_unreadable"),
    ],
)
def test_a_checkpoint_that_was_changed_is_refused(tmp_path: Path, old: str, new: str, code: str):
    """Whoever sets the log back could set the checkpoint back, too: without the key nobody can."""
    file = CheckpointFile(tmp_path / "checkpoint.json", KEY)
    file.write(seen_before())
    text = file.path.read_text()
    assert old in text
    file.path.write_text(text.replace(old, new, 1))
    with pytest.raises(PipelineError) as refusal:
        file.read()
    assert refusal.value.code == code


def test_a_checkpoint_that_cannot_be_read_is_no_violation(tmp_path: Path):
    """A folder under its name, or no right to read it: a line with the code and exit 2; it was a traceback and 1, as if something was found."""
    with pytest.raises(PipelineError, match="checkpoint_unreadable"):
        CheckpointFile(tmp_path, None).read()


def test_a_checkpoint_without_a_signature_is_none_where_there_is_a_key(tmp_path: Path):
    """An unsigned one is no way around it."""
    path = tmp_path / "checkpoint.json"
    CheckpointFile(path, None).write(seen_before())
    with pytest.raises(PipelineError, match="checkpoint_forged"):
        CheckpointFile(path, KEY).read()


def test_the_heads_can_be_copied_out(capsys: pytest.CaptureFixture[str]):
    """One line with the hash over all and the time, one for each partition."""
    print_heads(seen_before())
    first, second = capsys.readouterr().out.splitlines()
    (seen,) = seen_before().values()
    assert first.startswith(f"root {root_of(seen_before())} up to 20")
    assert second == f"partition 0, entries 1 to {seen.seq}: {seen.head}"
    print_heads({})
    assert capsys.readouterr().out == "no chain heads: only a part of the log was read\n"
