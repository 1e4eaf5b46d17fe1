"""Sent against received: what is lost, what is unknown, what differs. Decides nothing else."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from pipeline.edge.reconcile.received_reports import ReceivedReport
from pipeline.edge.reconcile.sent_orders import SentOrder
from pipeline.words.field_words import BUSINESS_ZONE


class Standing(StrEnum):
    """How a number stands in the two books."""

    SAME = "same"
    LOST = "lost"
    """Sent, and the pipeline has never seen it."""
    UNKNOWN = "unknown"
    """The pipeline has it of this day, and the file has not."""
    DIFFERENT = "different"
    """Both have it, with other content."""
    REFUSED = "refused"
    """It came, and is in no case: its sender was told why."""
    WITHDRAWN = "withdrawn"
    """Taken back by its sender, and it never came."""
    NOT_COMPARED = "not_compared"
    """Both have it; of its row the number alone can be read."""


_NOTHING_TO_WITHDRAW: Final = "withdrawal_of_unknown"
DIFFERENCES: Final = frozenset({Standing.LOST, Standing.UNKNOWN, Standing.DIFFERENT, Standing.REFUSED})
"""What somebody must look at."""


class Compared(NamedTuple):
    """A number with both sides of it, the one that is there."""

    standing: Standing
    sent: SentOrder | None
    received: ReceivedReport | None


class Days(NamedTuple):
    """Calendar days of the business zone, both included."""

    first: date
    last: date

    @property
    def begin(self) -> datetime:
        """When the first begins."""
        return datetime(self.first.year, self.first.month, self.first.day, tzinfo=BUSINESS_ZONE)

    @property
    def end(self) -> datetime:
        """When the last is over."""
        day = self.last + timedelta(days=1)
        return datetime(day.year, day.month, day.day, tzinfo=BUSINESS_ZONE)

    def cover(self, received: ReceivedReport) -> bool:
        """Whether it was reported on one of them; where that is not known, whether it came then."""
        return self.begin <= (received.reported_at or received.at) < self.end


def days_of(orders: Sequence[SentOrder]) -> Days | None:
    """From the earliest to the latest order; None where no time is known."""
    days = [order.reported_at.astimezone(BUSINESS_ZONE).date() for order in orders if order.reported_at]
    return Days(min(days), max(days)) if days else None


def compare(
    orders: Sequence[SentOrder], received: Mapping[str, ReceivedReport], days: Days, *, by_content: bool
) -> Iterator[Compared]:
    """Each number once: those of the file in its order, then those that only the pipeline has, as they came.

    Of a number that stands in several rows the row counts that says what the pipeline has, else the last.
    """
    rows: dict[str, list[SentOrder]] = {}
    for order in orders:
        rows.setdefault(order.key, []).append(order)
    for key, own in rows.items():
        yield _compared(own, received.get(key), by_content=by_content)
    for report in _only_received(received, rows, days):
        yield Compared(Standing.UNKNOWN, None, report)


def _compared(own: Sequence[SentOrder], report: ReceivedReport | None, *, by_content: bool) -> Compared:
    order = own[-1]
    if report is None:
        return Compared(Standing.WITHDRAWN if order.is_withdrawn else Standing.LOST, order, None)
    if report.refusal == _NOTHING_TO_WITHDRAW:
        return Compared(Standing.WITHDRAWN, order, report)
    if report.refusal is not None:
        return Compared(Standing.REFUSED, order, report)
    same = next((one for one in own if one.digest in report.digests), None)
    if same is not None and same.digest is not None:
        return Compared(Standing.SAME, same, report)
    if not by_content:
        return Compared(Standing.SAME, order, report)
    is_comparable = order.digest is not None and bool(report.digests)
    return Compared(Standing.DIFFERENT if is_comparable else Standing.NOT_COMPARED, order, report)


def _only_received(
    received: Mapping[str, ReceivedReport], rows: Collection[str], days: Days
) -> Iterator[ReceivedReport]:
    only = (report for key, report in received.items() if key not in rows and days.cover(report))
    return iter(sorted(only, key=lambda report: (report.at, report.number)))
