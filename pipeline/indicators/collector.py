"""The stocks of a worker's partitions as Prometheus reads them: added up when somebody looks."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final, TypeVar

from prometheus_client.core import GaugeHistogramMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from pipeline import metrics
from pipeline.core.rules import Rules
from pipeline.indicators import zero
from pipeline.indicators.stock import HANDLING, SLOT_S, Holder, Reading, Stock
from pipeline.metrics import Described
from schemas.terms import ClockKind, Severity, Source, Stage, SuspensionReason

_ENDS: Final = frozenset(
    {Stage.REJECTED, Stage.MERGED, Stage.CLOSED, Stage.VOIDED, Stage.TRANSFERRED_OUT, Stage.TERMINATED}
)
_LATE: Final = (ClockKind.DISPOSE, ClockKind.WHOLE)
K = TypeVar("K")
Family = GaugeMetricFamily | GaugeHistogramMetricFamily


class StockCollector(Collector):
    """Reads all stocks at one instant. Series that the rules foresee are there at nought."""

    def __init__(
        self, rules: Rules, stocks: Callable[[], Iterable[Stock]], clock: Callable[[], datetime]
    ) -> None:
        """`stocks` gives those of the partitions that are open now."""
        self._holders = tuple(zero.holders(rules))
        self._stocks = stocks
        self._clock = clock

    def describe(self) -> Iterable[Family]:
        """Nothing: whoever registers it need not read it."""
        return ()

    def collect(self) -> Iterator[Family]:
        """Every gauge over state."""
        at = self._clock()
        readings = [stock.read(at) for stock in self._stocks()]
        known = dict.fromkeys(self._holders, 0)
        stages = {
            (stage.value, severity.value): 0 for stage in Stage if stage not in _ENDS for severity in Severity
        }
        yield _family(metrics.OPEN_CASES, stages, *(one.stages for one in readings))
        yield _family(metrics.HELD, known, *(one.held for one in readings))
        yield _family(metrics.DUE_TODAY, known, *(_handling(one.today) for one in readings))
        yield _family(metrics.AT_RISK, known, *(one.at_risk for one in readings))
        late = {(kind.value, *holder): 0 for kind in _LATE for holder in self._holders}
        yield _family(metrics.OVERDUE, late, *map(_overdue, readings))
        yield _family(metrics.CHANNEL, _nought(Source), *(one.sources for one in readings))
        yield _family(metrics.RUNNING, _nought(ClockKind), *(one.running for one in readings))
        yield _family(metrics.LATE_CLOCKS, _nought(ClockKind), *(_by_kind(one) for one in readings))
        yield _family(metrics.SUSPENDED, _nought(SuspensionReason), *(one.suspended for one in readings))
        no_grid: dict[str, int] = {}
        yield _family(metrics.GRID_OPEN, no_grid, *(one.grids for one in readings))
        yield _family(metrics.GRID_REPEATS, no_grid, *(one.repeats for one in readings))
        yield _ages(at, *(one.slots for one in readings))
        cameras = frozenset[str]().union(*(one.cameras for one in readings))
        yield GaugeMetricFamily(
            metrics.CAMERAS.name, f"{metrics.CAMERAS.en} ({metrics.CAMERAS.zh})", len(cameras)
        )


def _family(told: Described, known: Mapping[K, int], *readings: Mapping[K, int]) -> GaugeMetricFamily:
    total = Counter(known)
    for one in readings:
        for labels, many in one.items():
            total[labels] += many
    family = GaugeMetricFamily(told.name, f"{told.en} ({told.zh})", labels=told.labels)
    for labels, many in total.items():
        family.add_metric(labels if isinstance(labels, tuple) else (str(labels),), many)
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


def _handling(there: Counter[tuple[str, Holder]]) -> Counter[Holder]:
    total: Counter[Holder] = Counter()
    for (kind, holder), many in there.items():
        if kind in HANDLING:
            total[holder] += many
    return total


def _overdue(one: Reading) -> dict[tuple[str, str, str, str], int]:
    """Of joint enforcement too, as handling."""
    late = {(ClockKind.DISPOSE.value, *holder): many for holder, many in _handling(one.late).items()}
    whole = ClockKind.WHOLE.value
    return late | {(kind, *holder): many for (kind, holder), many in one.late.items() if kind == whole}


def _by_kind(one: Reading) -> Counter[str]:
    there: Counter[str] = Counter()
    for (name, _), many in one.late.items():
        there[name] += many
    return there


def _nought(terms: type[Source | ClockKind | SuspensionReason]) -> dict[str, int]:
    return {one.value: 0 for one in terms}
