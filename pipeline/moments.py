"""A point in time as people give it to a command."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Final

import click

from pipeline.words.spoken import said

_SHANGHAI: Final = timezone(timedelta(hours=8))
_EXAMPLE: Final = "2026-11-24T09:00+08:00"


class Moment(click.ParamType):
    """An instant in ISO 8601, turned to UTC. Without an offset it is Asia/Shanghai, or refused if the offset is required."""

    name = "moment"

    def __init__(self, *, offset_required: bool = False) -> None:
        """By default a missing offset is that of Asia/Shanghai."""
        self._offset_required = offset_required

    def convert(
        self, value: str | datetime, param: click.Parameter | None, context: click.Context | None
    ) -> datetime:
        """The instant; a wrong text fails with what is allowed."""
        if isinstance(value, datetime):
            return value
        try:
            at = datetime.fromisoformat(value)
            if at.tzinfo is None and self._offset_required:
                self.fail(
                    said("{value} has no offset; allowed: as {example}", value=value, example=_EXAMPLE),
                    param,
                    context,
                )
            return (at if at.tzinfo else at.replace(tzinfo=_SHANGHAI)).astimezone(UTC)
        except (ValueError, OverflowError):
            self.fail(
                said("{value} is no time; allowed: as {example}", value=value, example=_EXAMPLE),
                param,
                context,
            )
