"""A folder is worked in by one process at a time, and a killed holder holds nothing."""

import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.broker import BrokerError, StartProgress, StartStage, ignore_progress
from pipeline.broker.folder_lock import exclusive

HOLD = """
import pathlib, sys, time
from pipeline.broker import ignore_progress
from pipeline.broker.folder_lock import exclusive
with exclusive(pathlib.Path(sys.argv[1]), ignore_progress):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_killed_holder_releases_the_lock(tmp_path: Path):
    """Who waits says so once, and goes on when the holder is killed."""
    path = tmp_path / "new" / "lock"
    with subprocess.Popen([sys.executable, "-c", HOLD, str(path)], stdout=subprocess.PIPE) as holder:
        assert holder.stdout.readline() == b"held\n"
        reports: list[StartProgress] = []

        def kill_holder(step: StartProgress) -> None:
            reports.append(step)
            holder.kill()

        with exclusive(path, kill_holder):
            assert holder.wait() != 0
    assert reports == [StartProgress(StartStage.WAIT)]


def test_a_free_lock_is_taken_again_and_again(tmp_path: Path):
    """Nobody is told to wait, and the lock file may stay behind."""
    for _ in range(2):
        with exclusive(tmp_path / "lock", lambda step: pytest.fail(str(step))):
            pass


def test_a_lock_in_a_folder_that_cannot_be_made_is_one_clear_error(tmp_path: Path):
    """Which folder, and what to do."""
    (tmp_path / "file").write_text("")
    with pytest.raises(BrokerError) as refused, exclusive(tmp_path / "file" / "a" / "lock", ignore_progress):
        pass
    assert refused.value.code == "not_writable"
