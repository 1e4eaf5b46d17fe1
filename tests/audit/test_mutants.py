"""An auditor that never failed has proved nothing: each planted fault is caught by the invariant that it breaks."""

from collections import Counter
from collections.abc import Iterator

import pytest

from pipeline.audit.findings import Invariant
from pipeline.audit.sentences import SENTENCES
from tests.audit.good_story.good import good_log
from tests.audit.logs import audited
from tests.audit.mutant import MUTANTS
from tests.audit.table import DOCUMENT, row, written

CAUGHT: dict[str, list[str]] = {}
"""By name of the fault, the codes that caught it: what the document says."""
OFTEN = 2
FOUND: list[set[str]] = []
"""All codes that came up, of other invariants too."""


def _planted() -> Iterator[object]:
    """The first two of each invariant, and the others for `make test-long`: an audit of the whole log each."""
    met: Counter[str] = Counter()
    for mutant in MUTANTS:
        met[mutant.invariant] += 1
        marks = [pytest.mark.long] if met[mutant.invariant] > OFTEN else []
        yield pytest.param(mutant, id=f"{mutant.invariant}-{mutant.name}", marks=marks)


@pytest.mark.parametrize("mutant", _planted())
def test_a_planted_fault_is_caught_by_its_invariant(mutant):
    """The good log is spoilt in one way, and the invariant that this breaks says so, with a place and a sentence in both languages."""
    log = good_log()
    asked = mutant.plant(log) or {}
    found = audited(log, **asked)
    caught = [one for one in found.kept if one.invariant == mutant.invariant]
    assert caught, sorted({f"{one.invariant} {one.code}" for one in found.kept})
    assert all(one.place.topic and one.en and one.zh for one in caught)
    FOUND.append({one.code for one in found.kept})
    CAUGHT[mutant.name] = sorted({one.code for one in caught})


def test_every_invariant_has_a_planted_fault():
    """None is only believed to work."""
    assert {mutant.invariant for mutant in MUTANTS} == {invariant.value for invariant in Invariant}


def test_every_sentence_was_said():
    """Whatever the auditor can find, it has found: no code is there that no planted fault brings up."""
    if len(CAUGHT) == len(MUTANTS):  # unless only some tests were asked for
        assert set().union(*FOUND) == set(SENTENCES)


def test_the_document_says_what_was_planted_and_caught():
    """`python -m tests.audit.table` writes it anew."""
    lines = written(DOCUMENT.read_text(encoding="utf-8")).splitlines()
    told = [line for line in lines if line.startswith(("| T", "| I"))]
    assert len(told) == len(MUTANTS)
    for mutant in MUTANTS:
        if mutant.name in CAUGHT:  # all, unless only some tests were asked for
            assert row(mutant, CAUGHT[mutant.name]) in told
