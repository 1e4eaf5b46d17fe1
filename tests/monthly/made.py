"""Journals to report on, without a broker; run by itself it writes the report of one of them into a folder."""

import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from msgspec.structs import replace

from pipeline.monthly.monthly_goals import goals_of
from pipeline.monthly.report_files import MonthlyReport, make_report, write_report
from pipeline.monthly.rows.journal_parts import JournalPart
from pipeline.monthly.window import Window, month_of
from pipeline.rulebook.book import RULES_DIR, read_book
from schemas.journal.entry import JournalEntry
from schemas.wire import codecs
from tests.audit.good_story.good import good_story
from tests.audit.good_story.good_penalties import elsewhere
from tests.core.story import Story

BOOK = read_book()
GOALS = goals_of(RULES_DIR)
DECEMBER = month_of("2026-12")


def part(entries: Iterable[JournalEntry], partition: int = 0) -> JournalPart:
    """A partition of the journal as the broker holds it: transactions leave gaps between the offsets."""
    values = [codecs.JOURNAL_ENTRY.encode(replace(entry, partition=partition)) for entry in entries]
    return JournalPart(partition, [(100 + 2 * number, value) for number, value in enumerate(values)])


def two_parts() -> list[JournalPart]:
    """Weeks of one street in which everything happens, and a day of another."""
    other = Story().report(street="140109005", place=elsewhere(1))
    return [
        part(outcome.entry for outcome in good_story().outcomes),
        part((outcome.entry for outcome in other.path("sign").wait(days=50).outcomes), 1),
    ]


def reported(story: Story, window: Window) -> MonthlyReport:
    """The report of what happened in a story."""
    return make_report([part(outcome.entry for outcome in story.outcomes)], window, BOOK)


def short(file: Path) -> str:
    """The name of a report's file without street and month."""
    return file.name.rpartition("-")[2]


def written(parts: Sequence[JournalPart], folder: Path) -> dict[str, bytes]:
    """All files of December's report, by short name."""
    files = write_report(make_report(parts, DECEMBER, BOOK), folder, BOOK, GOALS)
    return {short(file): file.read_bytes() for file in files}


def at(text: str) -> datetime:
    """A time in the street's zone."""
    return datetime.fromisoformat(f"{text}+08:00")


if __name__ == "__main__":
    written(two_parts(), Path(sys.argv[1]))
