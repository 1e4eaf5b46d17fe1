"""A point in time as people give it to a command."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Final

import click

_SHANGHAI: Final = timezone(timedelta(hours=8))


class Moment(click.ParamType):
    """A point in time; without an offset it is Asia/Shanghai."""

    name = "moment"

    def convert(
        self, value: str | datetime, param: click.Parameter | None, context: click.Context | None
    ) -> datetime:
        """As ISO 8601 writes it."""
        if isinstance(value, datetime):
            return value
        try:
            at = datetime.fromisoformat(value)
            return (at if at.tzinfo else at.replace(tzinfo=_SHANGHAI)).astimezone(UTC)
        except (ValueError, OverflowError):
            self.fail(f"{value} is no time; allowed: as 2026-11-24T09:00+08:00", param, context)
