"""The stocks of a worker's partitions as Prometheus reads them: added up when somebody looks."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final, TypeVar

from prometheus_client.core import GaugeHistogramMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from pipeline import metrics
from pipeline.core.case.stage_table import STAGE_TABLE
from pipeline.core.rules.rules import Rules
from pipeline.indicators import initial_series
from pipeline.indicators.stock import HANDLING, SLOT_S, Holder, Reading, Stock
from pipeline.metrics import DescribedMetric
from schemas.values.terms import ClockKind, Severity, Source, Stage, SuspensionReason

_LATE: Final = (ClockKind.DISPOSE, ClockKind.WHOLE)
K = TypeVar("K", bound=tuple[str, ...])
Family = GaugeMetricFamily | GaugeHistogramMetricFamily


class StockCollector(Collector):
    """Reads all stocks at one instant. Series that the rules foresee, and those that were exported before, are exported at 0."""

    def __init__(
        self, rules: Rules, stocks: Callable[[], Iterable[Stock]], clock: Callable[[], datetime]
    ) -> None:
        """`stocks` gives those of the partitions that are open now."""
        self._holders = tuple(initial_series.holders(rules))
        self._seen: dict[str, set[tuple[str, ...]]] = {}
        self._stocks = stocks
        self._clock = clock

    def describe(self) -> Iterable[Family]:
        """Nothing: whoever registers it need not read it."""
        return ()

    def collect(self) -> Iterator[Family]:
        """Every gauge over state."""
        at = self._clock()
        readings = [stock.read(at) for stock in self._stocks()]
        holders = self._holders
        stages = [
            (stage.value, severity.value)
            for stage in Stage
            if not STAGE_TABLE[stage].is_terminal
            for severity in Severity
        ]
        late = [(kind.value, *holder) for kind in _LATE for holder in holders]
        family = self._family
        yield family(metrics.OPEN_CASES, stages, (reading.stages for reading in readings))
        yield family(metrics.HELD, holders, (reading.held for reading in readings))
        yield family(metrics.DUE_TODAY, holders, (_handling(reading.today) for reading in readings))
        yield family(metrics.AT_RISK, holders, (reading.at_risk for reading in readings))
        yield family(metrics.OVERDUE, late, map(_overdue, readings))
        yield family(metrics.CHANNEL, _alone(Source), (_tuples(reading.sources) for reading in readings))
        yield family(metrics.RUNNING, _alone(ClockKind), (_tuples(reading.running) for reading in readings))
        yield family(
            metrics.LATE_CLOCKS, _alone(ClockKind), (_tuples(_by_kind(reading)) for reading in readings)
        )
        yield family(
            metrics.SUSPENDED, _alone(SuspensionReason), (_tuples(reading.suspended) for reading in readings)
        )
        yield family(metrics.GRID_OPEN, (), (_tuples(reading.grids) for reading in readings))
        yield family(metrics.GRID_REPEATS, (), (_tuples(reading.repeats) for reading in readings))
        yield _ages(at, *(reading.slots for reading in readings))
        cameras = frozenset[str]().union(*(reading.cameras for reading in readings))
        no_label: dict[tuple[str, ...], int] = {(): len(cameras)}
        yield family(metrics.CAMERAS, (), [no_label])

    def _family(
        self,
        metric: DescribedMetric,
        foreseen: Iterable[tuple[str, ...]],
        readings: Iterable[Mapping[K, int]],
    ) -> GaugeMetricFamily:
        total: Counter[tuple[str, ...]] = Counter(
            dict.fromkeys((*foreseen, *self._seen.get(metric.name, ())), 0)
        )
        for reading in readings:
            for labels, cases in reading.items():
                total[labels] += cases
        self._seen[metric.name] = set(total)
        family = GaugeMetricFamily(metric.name, f"{metric.en} ({metric.zh})", labels=metric.labels)
        for values, cases in total.items():
            family.add_metric(values, cases)
        return family


def _ages(at: datetime, *slots: Counter[int]) -> GaugeHistogramMetricFamily:
    """Ages by bucket. An opening counts as the middle of its slot."""
    now, metric = at.timestamp(), metrics.OPEN_AGE
    counts, total, seconds = [0] * len(metrics.AGES), 0, 0.0
    for opened in slots:
        for slot, cases in opened.items():
            age = max(0.0, now - (slot + 0.5) * SLOT_S)
            total += cases
            seconds += age * cases
            for number, bound in enumerate(metrics.AGES):
                counts[number] += cases if age <= bound else 0
    buckets = [(str(float(bound)), float(cases)) for bound, cases in zip(metrics.AGES, counts, strict=True)]
    family = GaugeHistogramMetricFamily(metric.name, f"{metric.en} ({metric.zh})")
    family.add_metric((), [*buckets, ("+Inf", float(total))], seconds)
    return family


def _handling(late: Counter[tuple[str, Holder]]) -> dict[tuple[str, ...], int]:
    total: Counter[tuple[str, ...]] = Counter()
    for (kind, holder), cases in late.items():
        if kind in HANDLING:
            total[holder] += cases
    return total


def _overdue(reading: Reading) -> dict[tuple[str, ...], int]:
    """Of joint enforcement too, as handling."""
    late: dict[tuple[str, ...], int] = {
        (ClockKind.DISPOSE.value, *holder): cases for holder, cases in _handling(reading.late).items()
    }
    whole = ClockKind.WHOLE.value
    return late | {(kind, *holder): cases for (kind, holder), cases in reading.late.items() if kind == whole}


def _by_kind(reading: Reading) -> Counter[str]:
    cases_late: Counter[str] = Counter()
    for (name, _), cases in reading.late.items():
        cases_late[name] += cases
    return cases_late


def _alone(terms: type[Source | ClockKind | SuspensionReason]) -> list[tuple[str, ...]]:
    return [(term.value,) for term in terms]


def _tuples(cases: Counter[str]) -> dict[tuple[str, ...], int]:
    return {(name,): number for name, number in cases.items()}
