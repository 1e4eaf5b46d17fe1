"""What is printed on a terminal that lacks a character: another that says the same, else `?`. A command never fails for having printed.

A code page of Windows or an old locale (`PYTHONIOENCODING=gbk`, `LC_ALL=C`) lacks ✓, or all Chinese.
"""

import codecs
import io
import sys
from collections.abc import Mapping
from typing import Final

ERRORS: Final = "enforcement_terminal"
"""The name of the error handler, for `reconfigure` and `open`."""
SAME: Final[Mapping[str, str]] = {
    "✓": "√",
    "✗": "×",
    "…": "...",
    "·": "-",
    "—": "-",
    "–": "-",
    "→": "->",
    "←": "<-",
    "►": ">",
    "◄": "<",
    "▲": "^",
    "▼": "v",
    "─": "-",
    "│": "|",
    **dict.fromkeys("┌┐└┘├┤┬┴┼", "+"),
    "≥": ">=",
    "≤": "<=",
    "×": "x",
    "█": "#",
    "▏": "|",
}


def speak_any_encoding() -> None:
    """From now on stdout and stderr print whatever they are given."""
    codecs.register_error(ERRORS, _shown)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=ERRORS)


def _shown(error: UnicodeError) -> tuple[str, int]:
    """For characters from `start` to `end` that the encoding lacks: what is printed, and where to go on."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    return "".join(_instead(character, error.encoding) for character in lacking), error.end


def _instead(character: str, encoding: str) -> str:
    """The nearest thing that the encoding has; of several steps, such as ✗, then ×, then x."""
    nearest = SAME.get(character, "?")
    try:
        nearest.encode(encoding)
    except UnicodeEncodeError:
        return _instead(nearest, encoding) if nearest in SAME else "?"
    return nearest
