"""Whoever looks at a file of ours while it is written sees what was there before."""

import stat
from pathlib import Path

import pytest

from pipeline.whole_file import whole_file


def test_a_reader_sees_the_old_file_until_the_new_one_is_whole(tmp_path: Path) -> None:
    """And only its owner may read it, unless said otherwise."""
    path = tmp_path / "new" / "state.json"
    with whole_file(path) as file:
        file.write(b"one")
        assert not path.exists()
    with whole_file(path) as file:
        file.write(b"two")
        assert path.read_bytes() == b"one"
    assert path.read_bytes() == b"two"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with whole_file(path, mode=0o644):
        pass
    assert stat.S_IMODE(path.stat().st_mode) == 0o644


def test_what_could_not_be_written_leaves_the_old_file_and_no_other(tmp_path: Path) -> None:
    """A full disk, a signal: nothing half lies about."""
    path = tmp_path / "state.json"
    path.write_bytes(b"one")

    def write_half() -> None:
        with whole_file(path) as file:
            file.write(b"tw")
            raise OSError("no room")

    with pytest.raises(OSError, match="no room"):
        write_half()
    assert [*tmp_path.iterdir()] == [path]
    assert path.read_bytes() == b"one"
