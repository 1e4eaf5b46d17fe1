"""`docs/settings.md` holds every variable of the environment that the programs read."""

import ast
import re
from collections.abc import Iterator

from deploy.settings_page import PAGE, PREFIX, meaning_of
from pipeline.settings import OTHER_VARIABLES, Settings
from tests.deploy.tools import ROOT


def texts() -> Iterator[tuple[str, str]]:
    """Every string of the programs, docstrings and help among them, with its file."""
    for folder in ("pipeline", "schemas", "deploy"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield node.value, str(path.relative_to(ROOT))


def test_every_setting_says_what_it_means_in_both_languages():
    """And who reads it; a new setting cannot come without."""
    meanings = [meaning_of(field) for field in Settings.model_fields.values()]
    meanings += [variable.meaning for variable in OTHER_VARIABLES]
    assert all(meaning.en and meaning.zh and meaning.read_by for meaning in meanings)
    assert all(re.search("[\u4e00-\u9fff]", meaning.zh) for meaning in meanings)


def test_no_variable_is_read_that_the_page_does_not_list():
    """Each name with our prefix that stands anywhere in the programs is on the page."""
    page = (ROOT / PAGE).read_text("utf-8")
    ours = rf"(?<!_){PREFIX}[A-Z_]*[A-Z]"  # with a mark before it, it is click's, which completes commands
    named = {(name, path) for text, path in texts() for name in re.findall(ours, text)}
    assert len(named) > len(Settings.model_fields) // 2
    assert {place for place in named if f"`{place[0]}`" not in page} == set()


def test_each_variable_beside_the_settings_is_read_by_the_module_named():
    """A module that was moved, or reads it no longer, would leave the page wrong."""
    for variable in OTHER_VARIABLES:
        text = (ROOT / variable.module).read_text("utf-8")
        assert all(f'"{name}"' in text for name in variable.name.split(", ")), variable.name
