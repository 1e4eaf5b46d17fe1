"""The examples in docstrings of pure arithmetic are true."""

import doctest

import pytest

from pipeline.core.penalty import guard_context, late_fee
from pipeline.core.rules import grid, law, redaction

MODULES = (grid, guard_context, late_fee, law, redaction)


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_the_examples_of_a_module_are_true(module):
    """Each module has at least one example, and every example gives what it says."""
    failed, attempted = doctest.testmod(module)
    assert attempted > 0
    assert failed == 0
