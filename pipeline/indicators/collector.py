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
    """Reads all stocks at one instant. Series that the rules foresee are there at nought, and so are those seen once."""

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
            (stage.value, one.value)
            for stage in Stage
            if not STAGE_TABLE[stage].is_terminal
            for one in Severity
        ]
        late = [(kind.value, *holder) for kind in _LATE for holder in holders]
        family = self._family
        yield family(metrics.OPEN_CASES, stages, (one.stages for one in readings))
        yield family(metrics.HELD, holders, (one.held for one in readings))
        yield family(metrics.DUE_TODAY, holders, (_handling(one.today) for one in readings))
        yield family(metrics.AT_RISK, holders, (one.at_risk for one in readings))
        yield family(metrics.OVERDUE, late, map(_overdue, readings))
        yield family(metrics.CHANNEL, _alone(Source), (_tuples(one.sources) for one in readings))
        yield family(metrics.RUNNING, _alone(ClockKind), (_tuples(one.running) for one in readings))
        yield family(metrics.LATE_CLOCKS, _alone(ClockKind), (_tuples(_by_kind(one)) for one in readings))
        yield family(
            metrics.SUSPENDED, _alone(SuspensionReason), (_tuples(one.suspended) for one in readings)
        )
        yield family(metrics.GRID_OPEN, (), (_tuples(one.grids) for one in readings))
        yield family(metrics.GRID_REPEATS, (), (_tuples(one.repeats) for one in readings))
        yield _ages(at, *(one.slots for one in readings))
        cameras = frozenset[str]().union(*(one.cameras for one in readings))
        no_label: dict[tuple[str, ...], int] = {(): len(cameras)}
        yield family(metrics.CAMERAS, (), [no_label])

    def _family(
        self,
        told: DescribedMetric,
        known: Iterable[tuple[str, ...]],
        readings: Iterable[Mapping[K, int]],
    ) -> GaugeMetricFamily:
        total: Counter[tuple[str, ...]] = Counter(dict.fromkeys((*known, *self._seen.get(told.name, ())), 0))
        for one in readings:
            for labels, many in one.items():
                total[labels] += many
        self._seen[told.name] = set(total)
        family = GaugeMetricFamily(told.name, f"{told.en} ({told.zh})", labels=told.labels)
        for values, many in total.items():
            family.add_metric(values, many)
        return family


def _ages(at: datetime, *slots: Counter[int]) -> GaugeHistogramMetricFamily:
    """Ages by bucket. An opening counts as the middle of its slot."""
    now, told = at.timestamp(), metrics.OPEN_AGE
    counts, total, seconds = [0] * len(metrics.AGES), 0, 0.0
    for one in slots:
        for slot, many in one.items():
            age = max(0.0, now - (slot + 0.5) * SLOT_S)
            total += many
            seconds += age * many
            for number, bound in enumerate(metrics.AGES):
                counts[number] += many if age <= bound else 0
    buckets = [(str(float(bound)), float(many)) for bound, many in zip(metrics.AGES, counts, strict=True)]
    family = GaugeHistogramMetricFamily(told.name, f"{told.en} ({told.zh})")
    family.add_metric((), [*buckets, ("+Inf", float(total))], seconds)
    return family


def _handling(there: Counter[tuple[str, Holder]]) -> dict[tuple[str, ...], int]:
    total: Counter[tuple[str, ...]] = Counter()
    for (kind, holder), many in there.items():
        if kind in HANDLING:
            total[holder] += many
    return total


def _overdue(one: Reading) -> dict[tuple[str, ...], int]:
    """Of joint enforcement too, as handling."""
    late: dict[tuple[str, ...], int] = {
        (ClockKind.DISPOSE.value, *holder): many for holder, many in _handling(one.late).items()
    }
    whole = ClockKind.WHOLE.value
    return late | {(kind, *holder): many for (kind, holder), many in one.late.items() if kind == whole}


def _by_kind(one: Reading) -> Counter[str]:
    there: Counter[str] = Counter()
    for (name, _), many in one.late.items():
        there[name] += many
    return there


def _alone(terms: type[Source | ClockKind | SuspensionReason]) -> list[tuple[str, ...]]:
    return [(one.value,) for one in terms]


def _tuples(there: Counter[str]) -> dict[tuple[str, ...], int]:
    return {(name,): many for name, many in there.items()}
