"""What a broker keeps in its folder: how much it is, and its removal."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

from pipeline.broker.broker_errors import BrokerError
from pipeline.broker.folder_lock import exclusive
from pipeline.broker.process import Broker
from pipeline.broker.progress import ignore_progress
from pipeline.broker.running_address import node_folders

_MADE_FOLDERS: Final = ("data", "tmp")
_MADE_FILES: Final = ("broker.json", "broker.log", "broker.log.1", "server.properties", "crash.log")


def wipe_folder(folder: Path) -> None:
    """Removes what the brokers of `folder` made there, and nothing else.

    Raises:
        BrokerError: still_running.
    """
    folder = folder.expanduser().resolve()
    for node in node_folders(folder):
        _wipe(node)
        if node != folder:
            (node / "lock").unlink(missing_ok=True)
            if not any(node.iterdir()):
                node.rmdir()


def _wipe(folder: Path) -> None:
    if not folder.is_dir():
        return
    with exclusive(folder / "lock", ignore_progress):
        if Broker.find(folder):
            raise BrokerError("still_running", f"stop the broker of {folder} first")
        for name in _MADE_FOLDERS:
            shutil.rmtree(folder / name, ignore_errors=True)
        for name in _MADE_FILES:
            (folder / name).unlink(missing_ok=True)


def wiped_bytes(folder: Path) -> int:
    """What `wipe_folder` would free on the disk."""
    return sum(
        sum(size_bytes(node / name) for name in _MADE_FOLDERS)
        + sum(_on_disk(node / name) for name in _MADE_FILES)
        for node in node_folders(folder)
    )


def size_bytes(folder: Path) -> int:
    """What `folder` takes on the disk. Kafka's index files are sparse: blocks are counted, not lengths."""
    return sum(map(_on_disk, folder.rglob("*")))


def _on_disk(entry: Path) -> int:
    try:
        return entry.stat().st_blocks * 512
    except FileNotFoundError:
        return 0  # Kafka deletes segments while we count
