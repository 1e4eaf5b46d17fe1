"""The article beside each guard in the code is the one that the rules cite."""

import inspect
import re

import pytest

from pipeline.core.penalty.guards import CHECKS
from tests.core.story import RULES


@pytest.mark.parametrize("guard", RULES.procedure.guards, ids=lambda guard: guard.id)
def test_the_article_stands_beside_the_guard(guard):
    """The comment that begins the function names the law and the article of `rules/procedure.yaml` first."""
    lines = inspect.getsource(CHECKS[guard.id].missing).splitlines()
    assert any(
        re.fullmatch(rf"    # {guard.law} {re.escape(guard.article)}(?:[;,] .*)?", line)
        for line in lines[1:3]
    )
