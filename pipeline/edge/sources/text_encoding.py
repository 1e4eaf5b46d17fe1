"""A file of text in whatever encoding it came, as UTF-8: by its byte-order mark, its zeros (UTF-16), else UTF-8 or GB18030 by its content.

The decision falls with the first bytes that are no ASCII, in what is there by then, so that a pipe is read while it grows. Bytes that are
no text stay broken in the result: whoever reads a row refuses that row, and the rest of the file is read.
"""

import codecs
import io
from typing import TYPE_CHECKING, BinaryIO, Final

from schemas.errors import BadMessage

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

CHUNK_BYTES: Final = 64 * 1024
UTF_8, GB18030 = "utf-8", "gb18030"
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


class BadFile(BadMessage):
    """The file as a whole cannot be read."""


class InUtf8(io.RawIOBase):
    """`file`, of which `begin` was read already, as UTF-8 while it is read; a mark at its begin is passed over."""

    def __init__(self, begin: bytes, file: BinaryIO) -> None:
        """`begin` holds at least the first four bytes, where there are so many."""
        super().__init__()
        self._file = file
        self._undecoded, self.encoding = _without_mark(begin)
        """`encoding` is empty while all was ASCII."""
        self._decoder = _decoder(self.encoding) if self.encoding.startswith("utf-16") else None
        self._waiting = b""

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        """What is there, at most as much as fits.

        Raises:
            BadFile: a file of UTF-16 ends in the middle of a character.
        """
        while not self._waiting:
            chunk = self._undecoded or read_some(self._file)
            self._undecoded = b""
            self._waiting = self._as_utf_8(chunk)
            if not chunk:
                break
        room = memoryview(buffer).nbytes
        given, self._waiting = self._waiting[:room], self._waiting[room:]
        memoryview(buffer).cast("B")[: len(given)] = given
        return len(given)

    def _as_utf_8(self, chunk: bytes) -> bytes:
        if not self.encoding and not chunk.isascii():
            self.encoding = encoding_of(chunk)
            self._decoder = _decoder(GB18030) if self.encoding == GB18030 else None
        if self._decoder is None:
            return chunk
        errors = "surrogatepass" if self.encoding.startswith("utf-16") else "surrogateescape"
        try:
            return self._decoder.decode(chunk, final=not chunk).encode(errors=errors)
        except UnicodeError:
            raise BadFile("broken_text", "FILE", "UTF-8, UTF-16 or GB18030") from None


def read_some(file: BinaryIO) -> bytes:
    """What is there, without waiting until it is much; empty at the end."""
    read = getattr(file, "read1", file.read)
    chunk = read(CHUNK_BYTES)
    return chunk if isinstance(chunk, bytes) else b""


def encoding_of(chunk: bytes) -> str:
    """UTF-8 or GB18030, for bytes that are not all ASCII: a text in GB18030 is hardly ever UTF-8; a damaged one in UTF-8 mostly still is.

    >>> encoding_of("占道经营".encode("gb18030")), encoding_of("占道经营".encode() + b"\\xff")
    ('gb18030', 'utf-8')
    """
    replaced = chunk[: len(chunk) - _cut_off(chunk)].decode(errors="replace")
    broken = replaced.count("\ufffd")
    whole = sum(1 for character in replaced if not character.isascii()) - broken
    if not broken or whole > broken:
        return UTF_8
    try:
        codecs.getincrementaldecoder(GB18030)().decode(chunk)
    except UnicodeError:
        text = chunk.decode(GB18030, errors="replace")
        return GB18030 if text.count("\ufffd") * _RATHER < broken else UTF_8
    return GB18030


def _cut_off(chunk: bytes) -> int:
    """The bytes at the end that may be the begin of a character."""
    for length in range(1, min(4, len(chunk)) + 1):
        byte = chunk[-length]
        if byte >= 0xC0:
            needed = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return length if length < needed else 0
        if byte < 0x80:
            return 0
    return 0


def _without_mark(begin: bytes) -> tuple[bytes, str]:
    for mark, encoding in _MARKS:
        if begin.startswith(mark):
            return begin[len(mark) :], encoding
    sample = begin[:4_096]
    if b"\0" in sample:
        even, odd = sample[::2].count(0), sample[1::2].count(0)
        if max(even, odd) * _RATHER > len(sample) // 2:
            return begin, "utf-16-le" if odd > even else "utf-16-be"
    return begin, ""


def _decoder(encoding: str) -> codecs.IncrementalDecoder:
    errors = "surrogatepass" if encoding.startswith("utf-16") else "surrogateescape"
    return codecs.getincrementaldecoder(encoding)(errors)


_RATHER: Final = 10
"""So many times rarer."""
