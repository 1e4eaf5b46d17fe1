"""An auditor that never failed has proved nothing: each planted fault is caught by the invariant that it breaks."""

import pytest

import tests.audit.faults_of_cases
import tests.audit.faults_of_the_log  # noqa: F401  both fill the table
from pipeline.audit.findings import Invariant
from tests.audit.good import good_log
from tests.audit.logs import audited
from tests.audit.mutant import MUTANTS


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: f"{mutant.invariant}-{mutant.name}")
def test_a_planted_fault_is_caught_by_its_invariant(mutant):
    """The good log is spoilt in one way, and the invariant that this breaks says so, with a place and a sentence in both languages."""
    log = good_log()
    asked = mutant.plant(log) or {}
    found = audited(log, **asked)
    caught = [one for one in found.kept if one.invariant == mutant.invariant]
    assert caught, sorted({f"{one.invariant} {one.code}" for one in found.kept})
    assert all(one.place.topic and one.en and one.zh for one in caught)


def test_every_invariant_has_a_planted_fault():
    """None is only believed to work."""
    assert {mutant.invariant for mutant in MUTANTS} == {one.value for one in Invariant}
