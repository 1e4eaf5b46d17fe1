"""`enforcement broker down --wipe`: whoever would lose records is asked first."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.broker.kept_records import wiped_bytes

COMMAND = (sys.executable, "-c", "from pipeline.cli import main; main()")
KEPT = b"a record" * 10_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of a broker that does not run: with records, and with a file that is not its own."""
    data = tmp_path / "broker" / "data"
    data.mkdir(parents=True)
    (data / "log").write_bytes(KEPT)
    (tmp_path / "broker" / "mine.txt").write_bytes(KEPT)
    return data.parent


def down(folder: Path, *options: str, answer: str | None = None) -> subprocess.CompletedProcess[str]:
    """Runs the command: on a terminal at which `answer` is typed; None: without a terminal."""
    environment = {**os.environ, "ENFORCEMENT_HOME": str(folder.parent), "LC_ALL": "C.UTF-8"}
    command = [*COMMAND, "broker", "down", "--wipe", *options]
    person, terminal = pty.openpty()
    try:
        if answer is not None:
            os.write(person, answer.encode() + b"\n")
        stdin = subprocess.DEVNULL if answer is None else terminal
        return subprocess.run(
            command, env=environment, stdin=stdin, capture_output=True, text=True, check=False
        )
    finally:
        os.close(person)
        os.close(terminal)


def test_a_person_is_asked_with_folder_and_bytes_before_records_go(folder: Path) -> None:
    """After a no all is as it was; after a yes the records are gone, and nothing else."""
    question = f"Remove all topics and records in {folder} ({wiped_bytes(folder):,} bytes)?"
    assert len(KEPT) <= wiped_bytes(folder) < 2 * len(KEPT)
    for refusal in ("n", ""):
        done = down(folder, answer=refusal)
        assert question in done.stderr
        assert (done.returncode, done.stdout.strip()) == (130, "")
        assert (folder / "data" / "log").read_bytes() == KEPT
    done = down(folder, answer="y")
    assert (done.returncode, done.stdout.lstrip()) == (
        0,
        f"Kafka does not run\nRemoved what it kept in {folder}\n",
    )
    assert [entry.name for entry in folder.iterdir() if entry.name != "lock"] == ["mine.txt"]


def test_a_script_is_refused_in_one_line_unless_it_says_yes(folder: Path) -> None:
    """Without a terminal nobody can answer: exit 2, and what to add."""
    done = down(folder)
    size = f"{wiped_bytes(folder):,}"
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"enforcement: not_confirmed: --wipe would remove {size} bytes in {folder} and nobody can be asked here: add --yes\n"
    )
    assert (folder / "data" / "log").exists()
    assert down(folder, "--yes").returncode == 0
    assert not (folder / "data").exists()


def test_the_question_is_chinese_for_who_reads_chinese(folder: Path) -> None:
    """The question, and the refusal with the same code."""
    assert f"删除 {folder} 中的全部主题和记录" in down(folder, "--lang", "zh", answer="n").stderr
    refused = down(folder, "--lang", "zh").stderr
    assert refused.startswith("enforcement: not_confirmed: --wipe 将删除")
