"""Copies of the shipped rules, and what is wrong with one."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from pipeline.rulebook import RULES_DIR, BadRules, Problem, load_rules
from pipeline.rulesdiff.rules_options import VARIABLE

Edit = tuple[str, str, str]
"""File without its ending, text there, text instead."""

Rewritten = Callable[..., Path]

RENAMED: Final[tuple[Edit, ...]] = (
    ("matters", "code: SR-001", "code: SR-098"),
    ("sla/2020-01-01", "SR-001:", "SR-098:"),
    *[("duplicates", "SR-001", "SR-098")] * 4,
    ("lexicon/SR", "SR-001:", "SR-098:"),
)
"""Edits after which no matter is called SR-001, and nothing names it where it must be there."""


@pytest.fixture(autouse=True)
def _shipped_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    """Here the rules are those that are shipped, with their people."""
    monkeypatch.delenv(VARIABLE)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped rules."""
    return Path(shutil.copytree(RULES_DIR, tmp_path / "rules"))


def problems_of(folder: Path) -> list[Problem]:
    """What is found wrong there."""
    with pytest.raises(BadRules) as caught:
        load_rules(folder)
    assert caught.value.code == "bad_rules"
    return list(caught.value.problems)


@pytest.fixture
def rewritten(tmp_path: Path) -> Rewritten:
    """Makes a copy of the shipped rules with some edits in it."""

    def make(*edits: Edit, name: str = "new") -> Path:
        folder = Path(shutil.copytree(RULES_DIR, tmp_path / name))
        for file, old, new in edits:
            path = folder / f"{file}.yaml"
            text = path.read_text()
            assert old in text, "the edit no longer fits the shipped rules"
            path.write_text(text.replace(old, new, 1))
        return folder

    return make
