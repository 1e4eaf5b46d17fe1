"""How the worker logs: one line an event, plain or JSON, no control characters, no record's value ever."""

import json
import logging
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from traceback import walk_tb
from typing import Final

from pipeline.settings import Settings
from schemas.errors import PipelineError

LINE_MAX: Final = 4_000
_PATTERN: Final = 40
_SELDOM_S: Final = 10.0
_COORDINATOR_AWAITED: Final = "GroupCoordinatorNotAvailable"
_COORDINATOR_S: Final = 30.0
"""How long a broker that starts may be without a group coordinator before it is worth a line."""
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_QUOTES_NOTHING: Final = (PipelineError, OSError)
_QUIET: Final = {"aiokafka": "ERROR", "faust": "WARNING", "mode": "WARNING", "asyncio": "WARNING"}


def _plain(text: str) -> str:
    """`text` on one line, cut, its control characters written out: a log line cannot be forged."""
    return _CONTROL.sub(lambda match: match.group().encode("unicode_escape").decode(), text)[:LINE_MAX]


def traceback_lines(error: BaseException) -> Iterator[str]:
    """Where an exception was raised and its type, causes first. Its text is left out unless the type is known to quote no
    record: a text may hold somebody's name.
    """
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None:
        yield from traceback_lines(cause)
        yield "that led to:"
    for frame, line in walk_tb(error.__traceback__):
        yield f"{frame.f_code.co_filename}:{line} in {frame.f_code.co_name}"
    yield f"{type(error).__name__}: {error}" if isinstance(error, _QUOTES_NOTHING) else type(error).__name__


class PlainLine(logging.Formatter):
    """time level logger: message. Lines of a traceback follow, marked so that none can pass for an event."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, and a traceback's."""
        line = f"{_time(record)} {record.levelname} {record.name}: {_plain(record.getMessage())}"
        return "\n".join([line, *(f"  | {_plain(traceback_line)}" for traceback_line in _traceback(record))])


class JsonLine(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        return json.dumps(
            {
                "at": _time(record),
                "level": record.levelname.lower(),
                "logger": record.name,
                "thread": record.threadName,
                "message": _plain("\n".join([record.getMessage(), *_traceback(record)])),
            }
        )


class Seldom(logging.Filter):
    """Lets a line of the Kafka client pass once in ten seconds: a dead broker makes it write twenty a second.

    A broker that has just started makes its group coordinator first, and answers for some seconds that it has none: this is an error
    only where it lasts.
    """

    def __init__(self) -> None:
        super().__init__()
        self._passed: dict[str, float] = {}
        self._coordinator_awaited: tuple[float, float] | None = None

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether to write it. Lines are the same where their pattern is."""
        if not record.name.startswith("aiokafka"):
            return True
        if _COORDINATOR_AWAITED in record.getMessage() and not self._has_lasted(record.created):
            return False
        pattern = str(record.msg)[:_PATTERN]
        if record.created - self._passed.get(pattern, 0.0) < _SELDOM_S:
            return False
        self._passed[pattern] = record.created
        return True

    def _has_lasted(self, now: float) -> bool:
        """Whether the coordinator has been awaited for longer than a start takes, without a pause."""
        first, last = self._coordinator_awaited or (now, now)
        first = first if now - last < _SELDOM_S else now
        self._coordinator_awaited = (first, now)
        return now - first > _COORDINATOR_S


def _traceback(record: logging.LogRecord) -> Iterator[str]:
    error = record.exc_info[1] if record.exc_info else None
    return traceback_lines(error) if error is not None else iter(())


def _time(record: logging.LogRecord) -> str:
    return (
        datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    )


def logging_config(settings: Settings) -> dict[str, object]:
    """The configuration for `logging.config.dictConfig` and for Faust."""
    formatter = JsonLine if settings.log_format == "json" else PlainLine
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": formatter}},
        "filters": {"seldom": {"()": Seldom}},
        "handlers": {"err": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["seldom"]}},
        "root": {"level": settings.log_level, "handlers": ["err"]},
        "loggers": {name: {"level": level} for name, level in _QUIET.items()},
    }
