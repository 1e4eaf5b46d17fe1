"""Where this machine's brokers answer, as every client asks first: read without what starting and ending a broker needs."""

import json
import os
from pathlib import Path
from typing import Final

MAIN_CLASS: Final = "kafka.Kafka"


def running_address(folder: Path) -> str | None:
    """host:port of the running broker of `folder`, of several with commas; None where none runs."""
    found = [address for node in node_folders(folder) if (address := _address(node))]
    return ",".join(found) or None


def node_folders(folder: Path) -> list[Path]:
    """Each broker's own: `node-1` and so on in `folder` where it holds several, else `folder` itself."""
    folder = folder.expanduser().resolve()
    nodes = sorted(folder.glob("node-[1-9]"))
    return nodes if any((node / "data").is_dir() for node in nodes) else [folder]


def _address(folder: Path) -> str | None:
    try:
        facts = json.loads((folder / "broker.json").read_text())
        address, pid = str(facts["address"]), int(facts["pid"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return address if is_broker_of(pid, folder) else None


def is_broker_of(pid: int, folder: Path) -> bool:
    """Whether the process lives and is this folder's broker. A dead child not yet waited for does not live."""
    return command_line_of(pid)[-2:] == [MAIN_CLASS, str(properties_file(folder))]


def command_line_of(pid: int) -> list[str]:
    """The arguments of a living process; empty for none, and for a dead child nobody has waited for."""
    import psutil  # slow to import, and needed only where a broker is remembered

    try:
        return psutil.Process(pid).cmdline()
    except psutil.Error:
        return []


def properties_file(folder: Path) -> Path:
    """The broker's settings; by them its process is known."""
    return folder / "server.properties"


def default_folder() -> Path:
    """Where the broker of this clone lives: `broker` under ENFORCEMENT_HOME, or `.broker` under the project root."""
    if home := os.environ.get("ENFORCEMENT_HOME"):
        return Path(home).expanduser().resolve() / "broker"
    root = Path(__file__).resolve().parents[2]
    return (root if (root / "pyproject.toml").is_file() else Path.cwd()) / ".broker"
