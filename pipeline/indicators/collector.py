"""The stocks of a worker's partitions as Prometheus reads them: read when somebody looks, each by its partition."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final, NamedTuple, TypeVar

from prometheus_client.core import GaugeHistogramMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from pipeline import metrics
from pipeline.core.rules.rules import Rules
from pipeline.indicators import initial_series
from pipeline.indicators.stock import HANDLING, ORDER_STATES, SLOT_S, Holder, Reading, Stock
from pipeline.metrics import DescribedMetric
from schemas.values.request_terms import SupervisionReason
from schemas.values.terms import ClockKind, Source, SuspensionReason
from schemas.values.text import category_of

_ORDERS: Final[list[tuple[str, ...]]] = [(state,) for state in ORDER_STATES]
_LATE: Final = (ClockKind.DISPOSE, ClockKind.WHOLE)
K = TypeVar("K", bound=tuple[str, ...])
Family = GaugeMetricFamily | GaugeHistogramMetricFamily


class CountedPartition(NamedTuple):
    """An open partition: in which generation of the group it was given to this worker, its stock, its provisional cases."""

    partition: int
    generation: int
    stock: Stock
    provisional: int


class StockCollector(Collector):
    """Reads all stocks at one instant, each series by its partition; of a partition that is not open there is none.

    What stands at 0 is not exported, but for the series that the rules foresee: these stand once, at 0, in the first open partition,
    since its sum with the others is what counts.
    """

    def __init__(
        self, rules: Rules, counted: Callable[[], Iterable[CountedPartition]], clock: Callable[[], datetime]
    ) -> None:
        """`counted` gives the partitions that are open now, each once."""
        self._squads = tuple(initial_series.squads(rules))
        self._devices = tuple(initial_series.devices(rules))
        self._holders = tuple(initial_series.holders(rules))
        self._stages = tuple(initial_series.stages(rules))
        self._counted = counted
        self._clock = clock

    def describe(self) -> Iterable[Family]:
        """Nothing: whoever registers it need not read it."""
        return ()

    def collect(self) -> Iterator[Family]:
        """Every gauge over state."""
        at = self._clock()
        counted = sorted(self._counted(), key=lambda one: one.partition)
        readings = [one.stock.read(at) for one in counted]
        partitions = [str(one.partition) for one in counted]
        holders = self._holders
        late = [(kind.value, *holder) for kind in _LATE for holder in holders]

        def family(
            metric: DescribedMetric,
            foreseen: Iterable[K],
            stands: Callable[[Reading], Mapping[K, float]],
        ) -> GaugeMetricFamily:
            return _family(metric, foreseen, zip(partitions, map(stands, readings), strict=True))

        yield family(metrics.OPEN_CASES, self._stages, lambda reading: reading.stages)
        yield family(metrics.HELD, holders, lambda reading: reading.held)
        yield family(metrics.DUE_TODAY, holders, lambda reading: _handling(reading.today))
        yield family(metrics.AT_RISK, holders, lambda reading: reading.at_risk)
        yield family(metrics.OVERDUE, late, _overdue)
        yield family(metrics.CASE_DUE, (), _nearest)
        yield family(metrics.CHANNEL, _alone(Source), lambda reading: _tuples(reading.sources))
        yield family(metrics.RUNNING, _alone(ClockKind), lambda reading: _tuples(reading.running))
        yield family(metrics.LATE_CLOCKS, _alone(ClockKind), lambda reading: _tuples(_by_kind(reading)))
        yield family(metrics.STEP_DUE, (), _untaken)
        yield family(metrics.SUSPENDED, _alone(SuspensionReason), lambda reading: _tuples(reading.suspended))
        yield family(
            metrics.SUPERVISED, _alone(SupervisionReason), lambda reading: _tuples(reading.supervised)
        )
        yield family(metrics.ORDERED, _ORDERS, lambda reading: _tuples(reading.ordered))
        yield family(metrics.GRID_OPEN, (), lambda reading: _tuples(reading.grids))
        yield family(metrics.GRID_REPEATS, (), lambda reading: _tuples(reading.repeats))
        yield _ages(at, zip(partitions, (reading.slots for reading in readings), strict=True))
        yield family(metrics.CAMERAS, [()], lambda reading: {(): len(reading.cameras)})
        yield family(metrics.ON_DUTY, self._squads, lambda reading: reading.duty.on_duty)
        yield family(metrics.DEVICES, self._devices, lambda reading: reading.duty.devices)
        yield family(metrics.ENDING_CERTIFICATES, self._squads, lambda reading: reading.duty.ending)
        provisional = ({(): one.provisional} for one in counted)
        yield _family(metrics.PROVISIONAL, [()], zip(partitions, provisional, strict=True))
        yield _generations(counted)


def _family(
    metric: DescribedMetric,
    foreseen: Iterable[K],
    readings: Iterable[tuple[str, Mapping[K, float]]],
) -> GaugeMetricFamily:
    """A sample for each that is not 0, by partition, and those foreseen at 0 with the first partition."""
    family = GaugeMetricFamily(metric.name, f"{metric.en} ({metric.zh})", labels=metric.labels)
    zeros = foreseen
    for partition, reading in readings:
        for labels in zeros:
            if not reading.get(labels):
                family.add_metric((*labels, partition), 0)
        for labels, value in reading.items():
            if value:
                family.add_metric((*labels, partition), value)
        zeros = ()
    return family


def _generations(counted: Iterable[CountedPartition]) -> GaugeMetricFamily:
    """By which assignment each open partition is worked."""
    metric = metrics.GENERATION
    family = GaugeMetricFamily(metric.name, f"{metric.en} ({metric.zh})", labels=metric.labels)
    for one in counted:
        family.add_metric((str(one.partition),), one.generation)
    return family


def _ages(at: datetime, slots: Iterable[tuple[str, Counter[int]]]) -> GaugeHistogramMetricFamily:
    """Ages by bucket and partition. An opening counts as the middle of its slot."""
    now, metric = at.timestamp(), metrics.OPEN_AGE
    family = GaugeHistogramMetricFamily(metric.name, f"{metric.en} ({metric.zh})", labels=metric.labels)
    for partition, opened in slots:
        counts, total, seconds = [0] * len(metrics.AGES), 0, 0.0
        for slot, cases in opened.items():
            age = max(0.0, now - (slot + 0.5) * SLOT_S)
            total += cases
            seconds += age * cases
            for number, bound in enumerate(metrics.AGES):
                counts[number] += cases if age <= bound else 0
        buckets = [
            (str(float(bound)), float(cases)) for bound, cases in zip(metrics.AGES, counts, strict=True)
        ]
        family.add_metric((partition,), [*buckets, ("+Inf", float(total))], seconds)
    return family


def _handling(late: Counter[tuple[str, Holder]]) -> Counter[Holder]:
    total: Counter[Holder] = Counter()
    for (kind, holder), cases in late.items():
        if kind in HANDLING:
            total[holder] += cases
    return total


def _nearest(reading: Reading) -> dict[tuple[str, ...], float]:
    """Each case once: with two handlings at the same time, by its first deadline."""
    found: dict[tuple[str, ...], float] = {}
    for (street, team, severity), state, case in reading.nearest:
        labels = (case.case, street, team, category_of(case.matter), severity, case.matter, state)
        found.setdefault(labels, case.due_s)
    return found


def _untaken(reading: Reading) -> dict[tuple[str, ...], float]:
    """Each case once a step."""
    found: dict[tuple[str, ...], float] = {}
    for (step, team, _), _, case in reading.untaken:
        found.setdefault((case.case, step, team), case.due_s)
    return found


def _overdue(reading: Reading) -> dict[tuple[str, str, str, str, str], int]:
    """Of joint enforcement too, as handling."""
    late = {(ClockKind.DISPOSE.value, *holder): cases for holder, cases in _handling(reading.late).items()}
    whole = ClockKind.WHOLE.value
    return late | {(kind, *holder): cases for (kind, holder), cases in reading.late.items() if kind == whole}


def _by_kind(reading: Reading) -> Counter[str]:
    cases_late: Counter[str] = Counter()
    for (name, _), cases in reading.late.items():
        cases_late[name] += cases
    return cases_late


def _alone(terms: type[Source | ClockKind | SuspensionReason | SupervisionReason]) -> list[tuple[str, ...]]:
    return [(term.value,) for term in terms]


def _tuples(cases: Counter[str]) -> dict[tuple[str, ...], int]:
    return {(name,): number for name, number in cases.items()}
