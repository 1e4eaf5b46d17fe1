"""How the worker logs: one line an event, plain or JSON, no control characters, no record's value ever."""

import json
import logging
import logging.config
import re
from datetime import UTC, datetime
from typing import Final

from pipeline.settings import Settings

LINE_MAX: Final = 4_000
_PATTERN: Final = 40
_SELDOM_S: Final = 10.0
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_QUIET: Final = {"aiokafka": "ERROR", "faust": "WARNING", "mode": "WARNING", "asyncio": "WARNING"}


def _plain(text: str) -> str:
    """`text` on one line, cut, its control characters written out: a log line cannot be forged."""
    return _CONTROL.sub(lambda found: found.group().encode("unicode_escape").decode(), text)[:LINE_MAX]


class PlainLine(logging.Formatter):
    """time level logger: message. Lines of a traceback follow, marked so that none can pass for an event."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, and a traceback's."""
        line = f"{_time(record)} {record.levelname} {record.name}: {_plain(record.getMessage())}"
        if not record.exc_info:
            return line
        traceback = self.formatException(record.exc_info).splitlines()
        return "\n".join([line, *(f"  | {_plain(one)}" for one in traceback)])


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
                "message": _plain(_message(self, record)),
            }
        )


class Seldom(logging.Filter):
    """Lets a line of the Kafka client pass once in ten seconds: a dead broker makes it write twenty a second."""

    def __init__(self) -> None:
        super().__init__()
        self._passed: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether to write it. Lines are the same where their pattern is."""
        if not record.name.startswith("aiokafka"):
            return True
        pattern = str(record.msg)[:_PATTERN]
        if record.created - self._passed.get(pattern, 0.0) < _SELDOM_S:
            return False
        self._passed[pattern] = record.created
        return True


def _message(formatter: logging.Formatter, record: logging.LogRecord) -> str:
    message = record.getMessage()
    return f"{message}\n{formatter.formatException(record.exc_info)}" if record.exc_info else message


def _time(record: logging.LogRecord) -> str:
    return (
        datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    )


def logging_config(settings: Settings) -> dict[str, object]:
    """For `logging.config.dictConfig`, and for Faust."""
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


def set_up(settings: Settings) -> None:
    """From now on every logger writes so."""
    logging.config.dictConfig(logging_config(settings))
