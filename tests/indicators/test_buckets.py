"""A quantile on a board is near what was measured: no histogram is too coarse for what it counts, or ends below it."""

from math import ceil

import pytest

from pipeline import metrics

MINUTE_S, HOUR_S, DAY_S = 60.0, 3_600.0, 86_400.0


def shown(metric, value):
    """The median of a hundred times this value, as Prometheus interpolates it between two bounds."""
    bounds = [bound for bound in metric._upper_bounds if bound != float("inf")]
    above = next((bound for bound in bounds if value <= bound), None)
    if above is None:
        return bounds[-1]
    below = max((bound for bound in bounds if bound < value), default=0.0)
    return below + (above - below) / 2


@pytest.mark.parametrize(
    ("metric", "value"),
    [
        (metrics.JOINT_SECONDS, 40 * MINUTE_S),
        (metrics.JOINT_SECONDS, 0.15 * DAY_S),
        (metrics.JOINT_SECONDS, 0.2 * DAY_S),
        (metrics.JOINT_SECONDS, 3 * DAY_S),
        (metrics.JOINT_SECONDS, 25 * DAY_S),
        (metrics.TIMER_LATE, 8 * MINUTE_S),
        (metrics.TIMER_LATE, 5 * HOUR_S),
        (metrics.RESTORE_SECONDS, 200.0),
        (metrics.COMMIT_SECONDS, 8.0),
        (metrics.TRANSACTION_SECONDS, 20.0),
        (metrics.CLOCK_SECONDS, 12 * MINUTE_S),
        (metrics.CLOCK_SECONDS, 10 * DAY_S),
    ],
    ids=lambda one: getattr(one, "_name", one),
)
def test_a_duration_is_shown_in_its_order_of_magnitude(metric, value):
    """Between half of it and twice as long, also where a machine or a case is slow."""
    near = shown(metric, value)
    assert value / 2 <= near <= value * 2


@pytest.mark.parametrize("entries", [1, 2, 3, 40, 250])
def test_a_batch_is_shown_in_whole_entries(entries):
    """A batch of one is shown as 1, not as half an entry."""
    near = ceil(shown(metrics.BATCH, entries))
    assert near == entries if entries <= 3 else entries / 2 <= near <= entries * 2
