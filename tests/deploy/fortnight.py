"""A fortnight of a street in virtual time, as its worker would have exported it: the same metrics code, no Kafka.

`python -m tests.deploy.fortnight FILE` writes it as OpenMetrics, for `promtool tsdb create-blocks-from openmetrics`.
"""

import argparse
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

from prometheus_client import REGISTRY
from prometheus_client.samples import Sample

from pipeline import metrics
from pipeline.core.rules.rules import Rules
from pipeline.core.worktime.office_hours import SHANGHAI
from pipeline.indicators import initial_series
from pipeline.indicators.collector import CountedPartition, StockCollector
from pipeline.indicators.stock import Stock
from pipeline.rulebook import load_rules
from pipeline.simulate.demo.dry_run import DryRun
from pipeline.simulate.world.day import generate_day
from pipeline.stream.partition.outgoing_records import outgoing, rfc3339
from pipeline.stream.partition.work_metrics import TransactionCounts
from schemas.journal.entry import JournalEntry

FIRST_DAY: Final = date(2026, 11, 9)
DAYS: Final = 14
STEP: Final = timedelta(hours=1)
SCALE: Final = 0.3
"""A hundred reports a day: what a street really has."""
BEGIN: Final = datetime.combine(FIRST_DAY, datetime.min.time(), SHANGHAI).astimezone(UTC)
END: Final = BEGIN + timedelta(days=DAYS)
ROOT: Final = Path(__file__).parents[2]
_HERE: Final = "140109004"
"""The street that is played; in the others nothing happens."""
_RARELY: Final = timedelta(hours=6) // STEP
_Series = tuple[str, tuple[tuple[str, str], ...]]


class Fortnight:
    """Played once; `samples` are what was scraped, `entries` the journal."""

    def __init__(self, rules: Rules, scale: float = SCALE) -> None:
        """Play it. Counters are those of this process, so one process plays one fortnight."""
        self._rules = rules
        self._dry_run = DryRun(rules, seed=7)
        self._stock = Stock(rules, BEGIN, rules.people)
        self._at = BEGIN
        self._counted = 0
        self.scrapes: list[tuple[datetime, dict[_Series, float]]] = []
        initial_series.begin(rules)
        metrics.TOPIC_PARTITIONS.set(1)
        collector = StockCollector(rules, lambda: [CountedPartition(0, 1, self._stock, 0)], lambda: self._at)
        self._scrape(collector)
        for number in range(DAYS):
            day = FIRST_DAY + timedelta(days=number)
            self._dry_run.expect(generate_day(7 + number, day, scale=scale, rules=rules))
            while self._at < BEGIN + timedelta(days=number + 1):
                self._at += STEP
                self._dry_run.advance(self._at)
                self._count()
                self._scrape(collector)

    @property
    def entries(self) -> list[JournalEntry]:
        """The journal."""
        return self._dry_run.entries

    def lines(self) -> Iterator[str]:
        """OpenMetrics. A series that never moves is told at the ends and four times a day."""
        first = self.scrapes[0][1]
        moving = {
            series
            for _, values in self.scrapes
            for series, value in values.items()
            if value != first.get(series)
        }
        before: frozenset[_Series] = frozenset()
        for number, (at, values) in enumerate(self.scrapes):
            seldom = number % _RARELY == 0
            for series, value in values.items():
                if seldom or series in moving:
                    name, labels = series
                    label_text = ",".join(f'{key}="{value}"' for key, value in labels)
                    yield f"{name}{{{label_text}}} {value} {at.timestamp():.0f}"
            gone = (series for series in before - values.keys() if _is_here(series))
            for (
                name,
                labels,
            ) in gone:  # it is not exported any more, and a scrape would mark it; here it is told as 0
                label_text = ",".join(f'{key}="{value}"' for key, value in labels)
                yield f"{name}{{{label_text}}} 0 {at.timestamp():.0f}"
            before = frozenset(values)
        yield "# EOF"

    def _count(self) -> None:
        outcomes = self._dry_run.outcomes
        counted = TransactionCounts(self._rules)
        for outcome in outcomes[self._counted :]:
            written = outgoing(outcome, None, rfc3339(outcome.entry.at))
            counted.note(outcome, (record.topic for record in written))
            self._stock.note(outcome.changes)
            if outcome.duty is not None:
                self._stock.duty.note(outcome.duty)
        counted.publish(len(outcomes) - self._counted, 0.01)
        self._counted = len(outcomes)

    def _scrape(self, collector: StockCollector) -> None:
        seldom = len(self.scrapes) % _RARELY == 0
        families = (*REGISTRY.collect(), *collector.collect())
        samples = (
            sample
            for family in families
            for sample in family.samples
            if sample.name.startswith("enforcement_")
            and (seldom or sample.labels.get("street", _HERE) == _HERE)
        )
        self.scrapes.append((self._at, {_series(sample): sample.value for sample in samples}))


def _is_here(series: _Series) -> bool:
    """Whether it is told at each scrape, not a few times a day."""
    return dict(series[1]).get("street", _HERE) == _HERE


def _series(sample: Sample) -> _Series:
    """With the labels that a scrape adds."""
    return sample.name, (*sorted(sample.labels.items()), ("instance", "worker-1"), ("job", "worker"))


def main() -> int:
    """Play, and write the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    options = parser.parse_args()
    played = Fortnight(load_rules(ROOT / "rules"))
    options.file.write_text("".join(f"{line}\n" for line in played.lines()), "utf-8")
    print(f"{len(played.entries):,} entries, {len(played.scrapes):,} scrapes", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
