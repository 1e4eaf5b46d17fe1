"""Recorded days decided anew: the same bytes on every topic, turn by turn."""

import pytest

from tests.golden.recorded import RECORDINGS, crc_of, read, replay


@pytest.mark.parametrize("name", RECORDINGS)
def test_a_recorded_day_gives_the_same_bytes(name):
    """Journal, snapshots, assignments, receipts, notices, callers and dead letters."""
    turns = list(read(name))
    assert len(turns) > 100
    for number, ((fed, wanted), outcome) in enumerate(
        zip(turns, replay(fed for fed, _ in turns), strict=True), 1
    ):
        assert crc_of(outcome, fed.record) == wanted, f"turn {number} of {name} writes otherwise: {outcome}"
