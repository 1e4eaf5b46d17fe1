"""How a process that runs on and on logs: one line an event, plain or JSON, no control characters, no record's value ever."""

import json
import logging
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from traceback import walk_tb
from typing import Final

from pipeline.settings import Settings
from schemas.errors import PipelineError

LINE_MAX: Final = 4_000
_PATTERN: Final = 40
_SELDOM_S: Final = 10.0
LOST_S: Final = 60.0
"""Between two lines that tell of one and the same: a broker does not answer, or none."""
BROKER_LOST: Final[Mapping[str, object]] = {"broker_lost": True}
"""Given as `extra` with a line of ours that tells that none does."""
FACTS: Final = "facts"
"""The name under which a line's `extra` has what only JSON shows: a mapping."""
_LOST: Final = re.compile(
    r"KafkaConnectionError|NodeNotReady|RequestTimedOut|Connect call failed|Unable connect to node|Unable to update metadata"
    r"|Unable to request metadata"
)
"""What the worker's client writes while a broker does not answer, some twenty lines a minute by itself."""
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
        content: dict[str, object] = {
            "at": _time(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "thread": record.threadName,
            "message": _plain("\n".join([record.getMessage(), *_traceback(record)])),
        }
        facts = getattr(record, FACTS, None)
        if facts is not None:
            content[FACTS] = facts
        return json.dumps(content, ensure_ascii=False)


class Seldom(logging.Filter):
    """Lets what is said again and again pass once in a while: that a broker does not answer once in a minute, whoever says it and in whatever
    words; another line of the Kafka client once in ten seconds.

    A broker that has just started makes its group coordinator first, and answers for some seconds that it has none: this is an error
    only where it lasts.
    """

    def __init__(self) -> None:
        super().__init__()
        self._passed: dict[str, float] = {}
        self._lost_at: float | None = None
        self._left_out = 0
        self._coordinator_awaited: tuple[float, float] | None = None

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether to write it. Lines are the same where their pattern is."""
        is_clients = record.name.startswith("aiokafka")
        if (
            is_clients
            and _COORDINATOR_AWAITED in record.getMessage()
            and not self._has_lasted(record.created)
        ):
            return False
        if getattr(record, "broker_lost", False):
            return self._tells_of_loss(record, "no broker answers")
        if _LOST.search(record.getMessage()):
            return self._tells_of_loss(record, "a broker does not answer")
        if not is_clients:
            return True
        pattern = str(record.msg)[:_PATTERN]
        if record.created - self._passed.get(pattern, 0.0) < _SELDOM_S:
            return False
        self._passed[pattern] = record.created
        return True

    def _tells_of_loss(self, record: logging.LogRecord, loss: str) -> bool:
        """Once in a minute, with the number of lines that were left out since."""
        if self._lost_at is not None and record.created - self._lost_at < LOST_S:
            self._left_out += 1
            return False
        more = f" ({self._left_out} such lines left out)" if self._left_out else ""
        record.msg, record.args = f"{loss}: {record.getMessage()}{more}", ()
        self._lost_at, self._left_out = record.created, 0
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


def last_line(settings_format: str | None, line: str) -> str:
    """The line with which a process ends before its logging is set up, in the format that the environment asks for."""
    if settings_format != "json":
        return line
    record = logging.LogRecord("enforcement", logging.CRITICAL, "", 0, line, None, None)
    return JsonLine().format(record)


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
