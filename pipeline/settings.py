"""What a deployment may set, read once from the environment as `ENFORCEMENT_<NAME>`. Nothing is decided here.

Times are seconds unless the name says otherwise. The rules of the field (deadlines, teams, windows) are no settings:
they are data in `rules/`.
"""

import contextlib
import os
import secrets
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from schemas.topics import prefixed

CALLER_KEY_BYTES_MIN: Final = 32
_PROJECT: Final = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """One deployment. Every worker of a deployment has the same brokers, prefix, application id and caller key."""

    model_config = SettingsConfigDict(
        env_prefix="ENFORCEMENT_", frozen=True, extra="ignore", hide_input_in_errors=True
    )

    brokers: str = "127.0.0.1:9092"
    """host:port, several with commas."""
    topic_prefix: Annotated[str, Field(pattern=r"^[A-Za-z0-9._\-]{0,64}$")] = ""
    app_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9._\-]{1,64}$")] = "enforcement"
    """The consumer group, and the first part of each partition's transactional id."""
    instance_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9._\-]{1,64}$")] | None = None
    """Of this worker, unlike every other's: with it a restart within the session timeout moves no partition."""
    partitions: Annotated[int, Field(ge=1, le=10_000)] = 4
    """Of every topic, for ever: a street must never move to another partition."""
    replication: Annotated[int, Field(ge=1, le=10)] = 1

    rules_dir: Path = _PROJECT / "rules"
    data_dir: Path = Path(".enforcement")
    caller_key: SecretStr | None = None
    """Keys the tokens that stand for callers; at least 32 bytes. Without it, `caller_key_file` is used."""
    caller_key_file: Path | None = None
    """Default: `caller.key` in the data folder, made once. Several workers need the same file."""

    batch_records_max: Annotated[int, Field(ge=1, le=10_000)] = 1_000
    batch_decide_ms_max: Annotated[int, Field(ge=1, le=2_000)] = 100
    """A batch ends after so much deciding, far below the transaction timeout; meanwhile other partitions wait."""
    read_back: bool = False
    """Whether each case snapshot is read as a restore would, before it is written: one that cannot be read would close
    its partition for ever. Costs about 25 µs a case; the laws of tests/core prove it of every output instead."""
    inbox_records_max: Annotated[int, Field(ge=1, le=100_000)] = 4_000
    """A partition with so many records waiting is not fetched."""
    tick_s: Annotated[float, Field(gt=0, le=1)] = 1.0
    """The longest an idle partition waits before it looks for due timers."""

    session_timeout_s: Annotated[float, Field(ge=1, le=300)] = 6.0
    """A worker silent for so long has lost its partitions: 6 s is the least that brokers allow by default."""
    heartbeat_s: Annotated[float, Field(gt=0, le=100)] = 1.5
    rebalance_timeout_s: Annotated[float, Field(ge=1, le=300)] = 30.0
    transaction_timeout_ms: Annotated[int, Field(ge=1_000, le=60_000)] = 10_000
    commit_slow_s: Annotated[float, Field(gt=0)] = 1.0
    """A commit slower than this retires its producer, even if it succeeded."""
    stall_s: Annotated[float, Field(gt=0)] = 30.0
    """An open partition with records left and no progress for so long stops the worker."""
    stop_s: Annotated[float, Field(gt=0)] = 10.0
    """The worker is gone so long after SIGTERM, whatever happens."""

    http_host: str = "127.0.0.1"
    http_port: Annotated[int, Field(ge=0, le=65_535)] = 6066
    """Of /livez, /readyz and /metrics; 0 takes a free one."""
    status_file: Path | None = None
    """Where the worker writes its process id and HTTP port, as JSON, once it serves."""

    clock_origin: datetime | None = None
    """With it the worker's clock shows origin + (now - started) x speed: for demonstrations and what-if runs."""
    clock_started: float | None = None
    """Seconds since the epoch of the real clock at which the virtual clock showed `clock_origin`."""
    clock_speed: Annotated[float, Field(gt=0, le=1_000_000)] = 1.0

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["plain", "json"] = "plain"

    def topic(self, name: str) -> str:
        """The contract's topic `name` as it is called on this deployment's brokers."""
        return prefixed(name, self.topic_prefix)

    def contract_name(self, topic: str) -> str:
        """The contract's name of a topic of this deployment."""
        return topic.removeprefix(self.topic_prefix)


def caller_key(settings: Settings) -> bytes:
    """The key of the callers' tokens; makes the key file (mode 0600) where there is none.

    Raises:
        ValueError: the key is shorter than 32 bytes.
    """
    if settings.caller_key is not None:
        return _long_enough(settings.caller_key.get_secret_value().encode(), "ENFORCEMENT_CALLER_KEY")
    path = settings.caller_key_file or settings.data_dir / "caller.key"
    if not path.exists():
        _make_key(path)
    return _long_enough(path.read_bytes().strip(), str(path))


def known_caller_key(settings: Settings) -> bytes | None:
    """The key of the callers' tokens where there is one; makes none.

    Raises:
        ValueError: the key is shorter than 32 bytes.
    """
    path = settings.caller_key_file or settings.data_dir / "caller.key"
    return caller_key(settings) if settings.caller_key is not None or path.exists() else None


def _make_key(path: Path) -> None:
    """Whole or not at all, since several workers may start at once: the first one's key stays."""
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
