"""The file in which the auditor keeps how far it has seen each partition. With a key it is signed (HMAC-SHA-256)."""

import hashlib
import hmac
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

from pipeline.audit.log.checkpoint import Checkpoint, root_of
from pipeline.whole_file import whole_file
from schemas.errors import PipelineError
from schemas.state import chain

FORMAT: Final = "enforcement-audit-checkpoint/1"


class _Content(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    format: str
    root: str
    partitions: dict[int, Checkpoint]
    signature: str | None = None


class CheckpointFile:
    """One deployment's."""

    def __init__(self, path: Path, key: bytes | None) -> None:
        """`key`: whoever has it can sign, so it does not lie beside the file."""
        self.path: Final = path
        self._key = key

    def read(self) -> Mapping[int, Checkpoint]:
        """By partition; none where there is no file yet.

        Raises:
            PipelineError: it cannot be read, is not such a file, was changed, or is not signed with the key.
        """
        try:
            written = self.path.read_bytes()
        except FileNotFoundError:
            return {}
        except OSError as why:
            raise PipelineError("checkpoint_unreadable", f"{self.path}: {why.strerror}") from None
        try:
            content = msgspec.json.decode(written, type=_Content)
        except msgspec.MsgspecError as why:
            raise PipelineError("checkpoint_unreadable", f"{self.path}: {why}") from None
        if content.format != FORMAT or content.root != root_of(content.partitions):
            raise PipelineError("checkpoint_unreadable", f"{self.path}: it does not hold what it says")
        if self._key is not None and not hmac.compare_digest(content.signature or "", self._signed(content)):
            raise PipelineError("checkpoint_forged", f"{self.path}: it is not signed with the key at hand")
        return content.partitions

    def write(self, checkpoints: Mapping[int, Checkpoint]) -> None:
        """Whole or not at all.

        Raises:
            OSError: it cannot be written.
        """
        content = _Content(format=FORMAT, root=root_of(checkpoints), partitions=dict(checkpoints))
        if self._key is not None:
            content = msgspec.structs.replace(content, signature=self._signed(content))
        with whole_file(self.path) as file:
            file.write(msgspec.json.format(msgspec.json.encode(content), indent=1))

    def _signed(self, content: _Content) -> str:
        unsigned = msgspec.to_builtins(msgspec.structs.replace(content, signature=None), str_keys=True)
        return hmac.new(self._key or b"", chain.canonical_json(unsigned), hashlib.sha256).hexdigest()
