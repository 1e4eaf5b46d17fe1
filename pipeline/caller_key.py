"""The key of the callers' tokens: from the settings or its file, which is made once. Who has it can tell whom a token stands for."""

import contextlib
import os
import secrets
from pathlib import Path

from pipeline.settings import CALLER_KEY_BYTES_MIN, Settings


def caller_key(settings: Settings) -> bytes:
    """The key of the callers' tokens; makes the key file (mode 0600) if it does not exist.

    Raises:
        ValueError: the key is shorter than 32 bytes.
    """
    if settings.caller_key is not None:
        return _long_enough(settings.caller_key.get_secret_value().encode(), "ENFORCEMENT_CALLER_KEY")
    path = caller_key_path(settings)
    if not path.exists():
        _make_key(path)
    return _long_enough(path.read_bytes().strip(), str(path))


def caller_key_path(settings: Settings) -> Path:
    """The file of the key, where the setting does not hold the key itself."""
    return settings.caller_key_file or settings.data_dir / "caller.key"


def existing_caller_key(settings: Settings) -> bytes | None:
    """The key of the callers' tokens where a key exists; makes none.

    Raises:
        ValueError: the key is shorter than 32 bytes.
    """
    path = caller_key_path(settings)
    return caller_key(settings) if settings.caller_key is not None or path.exists() else None


def _make_key(path: Path) -> None:
    """Writes the file whole or not at all. Several workers may start at once: the key that was linked first stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(secrets.token_hex(CALLER_KEY_BYTES_MIN).encode())
    with contextlib.suppress(FileExistsError):
        path.hardlink_to(scratch)
    scratch.unlink()


def _long_enough(key: bytes, where: str) -> bytes:
    if len(key) < CALLER_KEY_BYTES_MIN:
        raise ValueError(f"{where}: a key of at least {CALLER_KEY_BYTES_MIN} bytes is needed")
    return key
